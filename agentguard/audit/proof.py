"""Checks a file that `agentguard audit export` wrote, by itself: no network, no spool, no collector.

- The *manifest* (whose SHA-256 whoever exported should have written down) holds every byte of the file and of the index.
- The *index* names what was done to the file: which line was changed, removed, added, or put at another's place.
- The *records* hold each other, whoever wrote the manifest (`agentguard.audit.links`).

What a query left out is no break: it is said which numbers of a chain are not here. Only an export of everything must
have all numbers, unless retention had removed some.
"""

from __future__ import annotations

import hashlib
import os
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard import jsontext
from agentguard.audit import export, lines, show
from agentguard.audit.links import Records
from agentguard.audit.verify import Finding, Report
from agentguard.errors import AuditError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentguard.audit.lines import Line
    from agentguard.audit.receipts import Receipt

_MANIFEST_LIMIT = 64 * 1024 * 1024  # bytes
_WIDTH = 40  # characters of what a file claims that are said
_COUNTED = ("records", "erased", "from", "until")


class _Entry(NamedTuple):
    """What the index says of a line. `flag` is what the collector had marked the record as."""

    line: int
    sha256: str
    chain: str
    seq: int
    flag: str


def has_manifest(path: str) -> bool:
    """Whether a manifest lies beside a file."""
    return os.path.exists(path + export.MANIFEST_END)


def check(path: str, receipts: Iterable[Receipt] = (), sha256: str = "") -> Report:
    """Check an exported file that has a manifest. `sha256`: that of the manifest, if it is known from elsewhere.

    Raises `AuditError` if the manifest is none, and OSError.
    """
    report = Report()
    manifest, digest = _manifest(path + export.MANIFEST_END)
    if sha256 and sha256.lower() != digest:
        report.findings.append(Finding(f"the manifest is not the one that was exported: its SHA-256 is {digest}"))
    report.findings += _held(path, manifest)
    if manifest["format"] != export.JSONL:
        report.records = manifest["records"]
        report.findings.append(Finding("a table is held by the manifest's digest only", broken=False))
        return report
    report.findings += _held(path + export.INDEX_END, manifest.get("index"))
    index = list(_index(path + export.INDEX_END))
    gone = _Index(index).compare(path, report)
    part = any(manifest[name] for name in ("query", "removed", "behind", "missing"))
    records = Records(partial(_lines, path), receipts, part=part)
    records.check(report, gone)
    report.findings += _flags(index)
    if manifest["behind"]:
        text = f"{manifest['behind']} bytes of records had come and were not indexed yet: the newest may be missing"
        report.findings.append(Finding(text, broken=False))
    for one in manifest["missing"]:
        text = f"the collector's index of {_told(one, 'day')} was being made again: {_told(one, 'records')} records are missing"
        report.findings.append(Finding(text, broken=False))
    counts = records.counts.as_json()
    for name in _COUNTED:
        if manifest.get(name) != counts[name]:
            said = show.clean(manifest.get(name), _WIDTH)
            report.findings.append(Finding(f"{name}: {said} in the manifest, {counts[name]} in the file"))
    if manifest.get("chains") != counts["chains"]:
        report.findings.append(Finding("the manifest has other chains, or other numbers of them, than the file"))
    return report


def _manifest(path: str) -> tuple[dict[str, Any], str]:
    """Return a manifest and its SHA-256. Raises `AuditError`."""
    with open(path, "rb") as file:
        data = file.read(_MANIFEST_LIMIT)
    try:
        value = jsontext.loads(data)
    except jsontext.JsonError:
        value = None
    sound = (
        isinstance(value, dict)
        and value.get("format") in export.FORMATS
        and isinstance(value.get("query"), str)
        and isinstance(value.get("removed"), list)
        and isinstance(value.get("missing"), list)
        and type(value.get("records")) is int
        and type(value.get("behind")) is int
    )
    if not sound:
        raise AuditError(f"{path} is no manifest of an export", hint="take away what is not from `audit export`")
    return value, hashlib.sha256(data).hexdigest()


def _told(one: Any, name: str) -> str:
    return show.clean(one.get(name, ""), _WIDTH) if isinstance(one, dict) else "?"


def _held(path: str, said: Any) -> Iterator[Finding]:
    """Compare a file with what the manifest says of it."""
    digest, size = hashlib.sha256(), 0
    try:
        with open(path, "rb") as file:
            while chunk := file.read(1 << 20):
                digest.update(chunk)
                size += len(chunk)
    except FileNotFoundError:
        yield Finding(f"{os.path.basename(path)} is missing")
        return
    if not isinstance(said, dict) or (said.get("bytes"), said.get("sha256")) != (size, digest.hexdigest()):
        yield Finding(f"{os.path.basename(path)} is not the file that the manifest describes: a byte was changed")


def _lines(path: str) -> Iterator[Line]:
    with open(path, "rb") as file:
        for number, raw in enumerate(file, 1):
            line = lines.parse(raw.removesuffix(b"\n"))
            line.file, line.number = os.path.basename(path), number
            yield line


def _index(path: str) -> Iterator[_Entry]:
    """Yield what an index says, as far as it is one: that it was changed is said by the manifest."""
    try:
        with open(path, "rb") as file:
            rows = file.read().splitlines()
    except FileNotFoundError:
        return
    for number, raw in enumerate(rows, 1):
        try:
            value = jsontext.loads(raw)
            flag = show.clean(value.get("flag", ""), _WIDTH)
            yield _Entry(number, str(value["sha256"]), str(value["chain"]), int(value["seq"]), flag)
        except (KeyError, TypeError, ValueError, AttributeError):  # JsonError is a ValueError
            yield _Entry(number, "", "", -1, "")


def _flags(index: list[_Entry]) -> Iterator[Finding]:
    for entry in index:
        if entry.flag:
            text = f"record {entry.seq} in line {entry.line}: the collector had marked it: {entry.flag}"
            yield Finding(text, broken=False, chain=entry.chain)


class _Index:
    """What the index says stood where."""

    def __init__(self, entries: list[_Entry]) -> None:
        self._entries = entries

    def compare(self, path: str, report: Report) -> set[tuple[str, int]]:
        """Say which lines were changed, removed, added or put elsewhere; return which records are gone."""
        wanted: dict[str, list[_Entry]] = {}
        for entry in reversed(self._entries):
            wanted.setdefault(entry.sha256, []).append(entry)
        kept: list[tuple[_Entry, Line]] = []
        strange: list[Line] = []
        for line in _lines(path) if self._entries else ():
            entries = wanted.get(hashlib.sha256(line.raw).hexdigest())
            if entries:
                kept.append((entries.pop(), _bare(line)))
            else:
                strange.append(_bare(line))
        for (entry, line), (there, _line) in zip(kept, sorted(kept, key=lambda pair: pair[0].line), strict=True):
            if entry is not there:
                text = f"record {entry.seq} stands where record {there.seq} stood: the order was changed"
                report.findings.append(Finding(text, line))
        missing = _changed(strange, sorted(entry for entries in wanted.values() for entry in entries), report)
        for entry in missing:
            text = f"record {entry.seq}, which was line {entry.line}, is missing"
            report.findings.append(Finding(text, chain=entry.chain, missing=(entry.seq, entry.seq)))
        return {(entry.chain, entry.seq) for entry in missing}


def _bare(line: Line) -> Line:
    """Return where a line stood and which record it is, without what it holds."""
    bare = lines.Line(b"")
    bare.file, bare.number, bare.chain, bare.seq = line.file, line.number, line.chain, line.seq
    return bare


def _changed(strange: list[Line], missing: list[_Entry], report: Report) -> list[_Entry]:
    """Say what the lines are that the index does not have; return the entries that none of them was.

    A line was changed if it is the same record as a missing one, or stands in the same place.
    """
    left = {entry.line: entry for entry in missing}
    for by_place in (False, True):
        at = {entry.line if by_place else (entry.chain, entry.seq): entry for entry in left.values()}
        for line in list(strange):
            entry = at.pop(line.number if by_place else (line.chain, line.seq), None)
            if entry:
                del left[entry.line]
                strange.remove(line)
                report.findings.append(Finding(f"record {entry.seq} was changed after the export", line))
    report.findings += [Finding("was added after the export: the index does not have it", line) for line in strange]
    return list(left.values())
