"""Takes a request's records: checks them, has them on the disk, and signs for them.

The rules, for records of one chain with consecutive numbers:

- what is there already, with the same hash, is not stored again; the same request can be sent any number of times
- the first record must follow what is there; if it does not, the request is refused and says which number is expected,
  unless the device says that what is missing is gone: then it is taken, and the gap becomes an alert
- the same number with another hash is a *fork*: somebody else writes to the same chain. It is stored, and said
- a hash that does not follow from the record before is *broken*. It is stored, and said: what does not fit is evidence
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from agentguard.audit import lines
from agentguard.audit.record import stamp
from agentguard.audit.spool import NO_HEAD
from agentguard.audit.unsent import BATCH_RECORDS
from agentguard.collector import landing

if TYPE_CHECKING:
    from agentguard.audit.lines import Line
    from agentguard.collector.keys import Keys
    from agentguard.collector.landing import Landing
    from agentguard.collector.store import Store

FORK, BROKEN, GAP, DEVICE = "fork", "broken", "gap", "device"


class BadRecordsError(Exception):
    """The request is no batch of records. `line` is the number of the line at fault, from 1; 0 for the whole."""

    def __init__(self, message: str, line: int = 0) -> None:
        super().__init__(message)
        self.line = line


class GapError(Exception):
    """Records are missing before these. `expected` is the number that should come; None: the chain's beginning."""

    def __init__(self, expected: int | None) -> None:
        super().__init__("records are missing before these")
        self.expected = expected


def batch(data: bytes) -> list[Line]:
    """Return the records of a request's NDJSON. Raises `BadRecordsError`."""
    rows = data.split(b"\n")
    if rows[-1] == b"":
        rows.pop()
    if not rows or len(rows) > BATCH_RECORDS:
        raise BadRecordsError(f"a request has 1 to {BATCH_RECORDS} records, this one {len(rows)}")
    found: list[Line] = []
    for number, raw in enumerate(rows, 1):
        line = lines.parse(raw)
        if line.problem:
            raise BadRecordsError(f"line {number} is no record: {line.problem}", number)
        if found and (line.chain != found[-1].chain or line.seq != found[-1].seq + 1):
            raise BadRecordsError(f"line {number} does not follow the line before it", number)
        found.append(line)
    return found


class Ingest:
    """Takes batches, one at a time."""

    def __init__(self, log: Landing, store: Store, keys: Keys) -> None:
        self._log = log
        self._store = store
        self._keys = keys
        self._lock = threading.Lock()

    def take(self, device: str, records: list[Line], now: float, *, gone: bool) -> dict[str, Any]:
        """Return the answer for a batch: a signed receipt and alerts. The records are on the disk then.

        Raises `GapError`, and OSError if they cannot be stored.
        """
        first, last = records[0], records[-1]
        at = stamp(now)
        with self._lock:
            self._store.catch_up()
            owner = self._store.owner(first.chain)
            known = self._store.hashes(first.chain, first.seq - 1, last.seq)
            missing = _missing_from(owner[1] if owner else None, first)
            if missing is not None and not gone:
                raise GapError(missing if owner else None)
            flags = _flags(records, known)
            entries = []
            alerts = {flag for flag in flags if flag}
            if missing is not None:
                alerts.add(GAP)
                entries.append(landing.alert(at, device, GAP, first.chain, (missing, first.seq - 1)))
            if owner and owner[0] != device:
                alerts.add(DEVICE)
                entries.append(landing.alert(at, device, DEVICE, first.chain, (first.seq, last.seq)))
            new = [
                (line, flag) for line, flag in zip(records, flags, strict=True) if line.h not in known.get(line.seq, {})
            ]
            entries += [
                landing.alert(at, device, flag, line.chain, (line.seq, line.seq)) for line, flag in _starts(new)
            ]
            entries += [landing.record(at, device, flag, line) for line, flag in new]
            if new:
                self._log.append(entries)
                self._store.catch_up()
        fields = {"chain": first.chain, "first": first.seq, "last": last.seq, "head": last.h, "received": at}
        return {**self._keys.sign(fields), "alerts": sorted(alerts)}


def _missing_from(last: int | None, first: Line) -> int | None:
    """Return the first number that is missing before `first`, None if nothing is. `last` is what is there so far."""
    if first.starts_chain or (last is not None and first.seq <= last + 1):
        return None
    return 0 if last is None else last + 1


def _flags(records: list[Line], known: dict[int, dict[str, str]]) -> list[str]:
    """Return for each record "", FORK or BROKEN. `known`: {number: {hash: flag}} of what is there."""
    first = records[0]
    before = known.get(first.seq - 1, {})  # {hash: flag} of what the next record may follow
    if first.starts_chain:
        before = {NO_HEAD: ""}
    elif not before and lines.is_hex(first.body.get("prev"), 64):
        before = {str(first.body["prev"]): ""}
    flags = []
    for line in records:
        here = known.get(line.seq, {})
        follows = [flag for h, flag in before.items() if line.h == line.hash_after(h)]
        if line.h in here:
            flag = here[line.h]
        elif here or follows == [FORK]:
            flag = FORK
        else:
            flag = BROKEN if (before and not follows) or not line.texts_hold else ""
        flags.append(flag)
        before = {line.h: FORK if flag == FORK else ""}
    return flags


def _starts(new: list[tuple[Line, str]]) -> list[tuple[Line, str]]:
    """Return the records at which a flag starts: one alert for each, not one for each record."""
    before = ""
    found = []
    for line, flag in new:
        if flag and flag != before:
            found.append((line, flag))
        before = flag
    return found
