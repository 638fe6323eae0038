"""Writes what a search finds into files that can be checked without whoever wrote them: for an auditor's folder.

    q3.jsonl                  one record a line, exactly as the device wrote it, the oldest first
    q3.jsonl.index.jsonl      of each of these lines, in order: {line, sha256, chain, seq} and, where they came from a
                              collector, what only that knows: {received, device, flag}
    q3.csv                    instead of these two: one row a record, the columns of `COLUMNS`
    q3.jsonl.manifest.json    query, source, time, how many records, from when to when, which of which chains, what
                              retention had removed of them (`removed`), how many bytes of records had come and could not
                              be found yet (`behind`), what could not because its index was being made again
                              (`missing`); bytes and SHA-256 of the files

Whoever knows the SHA-256 of the manifest knows every byte of the export (`agentguard.audit.proof` checks it). No cell of
a CSV starts a formula in a spreadsheet: what begins with = + - @, a tab or a line end gets a ' before it.
"""

from __future__ import annotations

import contextlib
import csv
import hashlib
import io
import os
import time
from typing import TYPE_CHECKING, Any

from agentguard import jsontext
from agentguard.audit import show
from agentguard.audit.record import stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentguard.audit.show import Seen
    from agentguard.audit.source import Source

JSONL, CSV = "jsonl", "csv"
FORMATS = (JSONL, CSV)
INDEX_END, MANIFEST_END = ".index.jsonl", ".manifest.json"
_BODY = (
    "time", "device", "hostname", "user", "known", "agent", "agent_version", "session", "subagent", "permission_mode",
    "kind", "event", "tool", "tool_use_id", "outcome", "effect", "would", "mode", "rule", "would_rule", "severity",
    "exception",
)  # fmt: skip
_BUNDLE = ("name", "revision", "state")
_TEXTS = ("cwd", "project", "repo", "branch", "reason")
_PLACE = ("id", "chain", "seq")
COLUMNS = (
    "received",
    *_BODY,
    "rules",
    "bundle",
    *_BUNDLE[1:],
    *_TEXTS,
    "what",
    *_PLACE,
    "hash",
    "erased",
    "says_it_is",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def write(path: str, form: str, source: Source, query: str) -> dict[str, Any]:
    """Write what `source` finds, its index and its manifest; return the manifest with the SHA-256 of its own file.

    None of the files may be there; if it cannot be done, none of them is there after it. Raises OSError, `QueryError` and
    `AuditError`.
    """
    counts = Counts()
    with contextlib.ExitStack() as undo:
        file = _File(path, undo)
        index = _File(path + INDEX_END, undo) if form == JSONL else None
        if not index:
            file.write(_csv_line(COLUMNS))
        for record in source.every(query):
            counts.add(record.body, record.texts)
            if index:
                file.write(record.raw + b"\n")
                index.write(_entry(counts.records, record))
            else:
                file.write(_csv_line(_cells(record)))
        manifest = {
            "format": form,
            "query": query,
            "source": source.name,
            "made": stamp(time.time()),
            **counts.as_json(),
            **source.lacks.as_json(),
            **file.done(),
            **({"index": index.done()} if index else {}),
        }
        said = _File(path + MANIFEST_END, undo)
        said.write(jsontext.canonical(manifest) + b"\n")
        whole = {**manifest, "manifest": said.done()}
        undo.pop_all()
    return whole


class _File:
    """A new file that is hashed as it is written, and removed again if `undo` is."""

    def __init__(self, path: str, undo: contextlib.ExitStack) -> None:
        self._file = open(path, "xb")  # noqa: SIM115 - `done` closes it
        self._digest = hashlib.sha256()
        self._bytes = 0
        undo.callback(os.unlink, path)
        undo.callback(self._file.close)

    def write(self, data: bytes) -> None:
        """Add to the file."""
        self._file.write(data)
        self._digest.update(data)
        self._bytes += len(data)

    def done(self) -> dict[str, Any]:
        """Close the file; return its name, length and digest."""
        self._file.close()
        name = os.path.basename(self._file.name)
        return {"file": name, "bytes": self._bytes, "sha256": self._digest.hexdigest()}


class Counts:
    """Counts records as they pass."""

    def __init__(self) -> None:
        self.records = 0
        self._erased = 0
        self._times: tuple[str, str] | None = None
        self._chains: dict[str, list[int]] = {}

    def add(self, body: dict[str, Any], texts: dict[str, Any] | None) -> None:
        """Count a record."""
        self.records += 1
        self._erased += texts is None
        at = str(body.get("time", ""))
        first, last = self._times or (at, at)
        self._times = min(first, at), max(last, at)
        chain, seq = str(body.get("chain")), int(body["seq"])
        low, high, count = self._chains.get(chain, (seq, seq, 0))
        self._chains[chain] = [min(low, seq), max(high, seq), count + 1]

    def as_json(self) -> dict[str, Any]:
        """Return what stands in a manifest."""
        first, last = self._times or ("", "")
        chains = [
            {"chain": chain, "first": low, "last": high, "records": count}
            for chain, (low, high, count) in sorted(self._chains.items())
        ]
        return {"records": self.records, "erased": self._erased, "from": first, "until": last, "chains": chains}


def table(records: Iterable[Seen]) -> Iterator[bytes]:
    """Yield a CSV, line by line."""
    yield _csv_line(COLUMNS)
    for record in records:
        yield _csv_line(_cells(record))


def _entry(number: int, record: Seen) -> bytes:
    """Return what the index says of a line."""
    place = {name: record.body[name] for name in ("chain", "seq")}
    facts = {"line": number, "sha256": hashlib.sha256(record.raw).hexdigest(), **place, **record.known()}
    return jsontext.dumps(facts).encode("ascii") + b"\n"


def _cells(record: Seen) -> list[str]:
    body, texts = {**record.body, "device": record.sender()}, record.texts or {}
    bundle = body.get("bundle")
    bundle = bundle if isinstance(bundle, dict) else {}
    rules = body.get("rules")
    return [
        record.received,
        *(_cell(body.get(name)) for name in _BODY),
        " ".join(map(str, rules)) if isinstance(rules, list) else "",
        *(_cell(bundle.get(name)) for name in _BUNDLE),
        *(_cell(texts.get(name)) for name in _TEXTS),
        show.clean(show.what(record)),
        *(_cell(body.get(name)) for name in _PLACE),
        record.h,
        "yes" if record.texts is None else "",
        show.clean(record.says()),
    ]


def _cell(value: Any) -> str:
    return "" if value is None else show.clean(value)


def _csv_line(cells: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return text.getvalue().encode("utf-8")
