"""Writes what a search finds into a file, beside which a manifest says what it is: for an auditor's folder.

    records.jsonl                  one record a line; from a spool exactly the line that stands there
    records.csv                    one row a record, the columns of `COLUMNS`
    records.jsonl.manifest.json    query, source, time, how many records, from when to when, which of which chains, bytes
                                   and SHA-256 of the file

No cell of a CSV starts a formula in a spreadsheet: what begins with = + - @, a tab or a line end gets a ' before it.
"""

from __future__ import annotations

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

JSONL, CSV = "jsonl", "csv"
FORMATS = (JSONL, CSV)
MANIFEST_END = ".manifest.json"
_BODY = (
    "time", "device", "hostname", "user", "known", "agent", "agent_version", "session", "subagent", "permission_mode",
    "kind", "event", "tool", "tool_use_id", "outcome", "effect", "would", "mode", "rule", "would_rule", "severity",
    "exception",
)  # fmt: skip
_BUNDLE = ("name", "revision", "state")
_TEXTS = ("cwd", "project", "repo", "branch", "reason")
_PLACE = ("id", "chain", "seq")
COLUMNS = ("received", *_BODY, "rules", "bundle", *_BUNDLE[1:], *_TEXTS, "what", *_PLACE, "hash", "erased")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


def write(path: str, form: str, records: Iterable[Seen], *, query: str, source: str) -> dict[str, Any]:
    """Write records and their manifest; return the manifest. Neither file may be there. Raises OSError."""
    found = _Manifest()
    digest = hashlib.sha256()
    size = 0
    with open(path, "xb") as file:
        for data in encoded(form, found.passed(records)):
            file.write(data)
            digest.update(data)
            size += len(data)
    manifest = {
        "file": os.path.basename(path),
        "format": form,
        "query": query,
        "source": source,
        "made": stamp(time.time()),
        **found.counts(),
        "bytes": size,
        "sha256": digest.hexdigest(),
    }
    with open(path + MANIFEST_END, "xb") as file:
        file.write(jsontext.canonical(manifest) + b"\n")
    return manifest


def encoded(form: str, records: Iterable[Seen]) -> Iterator[bytes]:
    """Yield the bytes of a file, piece by piece."""
    if form == CSV:
        yield _csv_line(COLUMNS)
    for record in records:
        yield _csv_line(_cells(record)) if form == CSV else record.as_line() + b"\n"


class _Manifest:
    """Counts records as they pass."""

    def __init__(self) -> None:
        self._records = self._erased = 0
        self._times: list[str] = []
        self._chains: dict[str, list[int]] = {}

    def passed(self, records: Iterable[Seen]) -> Iterator[Seen]:
        for record in records:
            self._records += 1
            self._erased += record.texts is None
            time_of = str(record.body.get("time", ""))
            self._times = [min([*self._times[:1], time_of]), max([*self._times[1:], time_of])]
            seq = record.body.get("seq")
            if type(seq) is int:
                first, last, count = self._chains.get(str(record.body.get("chain")), (seq, seq, 0))
                self._chains[str(record.body.get("chain"))] = [min(first, seq), max(last, seq), count + 1]
            yield record

    def counts(self) -> dict[str, Any]:
        first, last = self._times or ("", "")
        chains = [
            {"chain": chain, "first": numbers[0], "last": numbers[1], "records": numbers[2]}
            for chain, numbers in sorted(self._chains.items())
        ]
        return {"records": self._records, "erased": self._erased, "from": first, "until": last, "chains": chains}


def _cells(record: Seen) -> list[str]:
    body, texts = record.body, record.texts or {}
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
    ]


def _cell(value: Any) -> str:
    return "" if value is None else show.clean(value)


def _csv_line(cells: Iterable[str]) -> bytes:
    text = io.StringIO()
    csv.writer(text).writerow([f"'{cell}" if cell.startswith(_FORMULA) else cell for cell in cells])
    return text.getvalue().encode("utf-8")
