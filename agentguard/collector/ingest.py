"""Takes a request's records: checks them, has them on the disk, and signs for them.

The rules, for records of one chain with consecutive numbers:

- what is there already, with the same hash, is not stored again; the same request can be sent any number of times
- the first record must follow what is there; if it does not, the request is refused and says which number is expected,
  unless the device says that what is missing is gone: then it is taken, and the gap becomes an alert
- the same number with another hash is a *fork*. It is stored, and said
- a hash that does not follow from the record before is *broken*. It is stored, and said: what does not fit is evidence

Alerts are entries of the landing log, like records. `ALERTS` says what each means. An alert about a whole chain is one a
day for each device, however often the device gives reason for it: what comes after it is counted with it, once a minute.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from agentguard import jsontext
from agentguard.audit import lines
from agentguard.audit.record import stamp
from agentguard.audit.show import clean
from agentguard.audit.spool import NO_HEAD
from agentguard.collector import landing, ledger

if TYPE_CHECKING:
    from agentguard.collector.batch import Checked
    from agentguard.collector.keys import Keys
    from agentguard.collector.landing import Landing
    from agentguard.collector.ledger import Chain, Ledger

FORK, BROKEN, GAP, DEVICE, CLAIM = "fork", "broken", "gap", "device", "claim"
REPLAY, RESET, CLONE, CLOCK, LOST = "replay", "reset", "clone", "clock", "lost"
ALERTS = {
    BROKEN: "a record does not follow from the one before it, or its texts are not those it is committed to",
    CLAIM: "records name another device than the one that sent them: it was renamed after it enrolled, or it pretends",
    CLOCK: "the collector's clock went back",
    CLONE: "a chain goes on, or was left twice, after the device had left it: two machines hold the same spool",
    DEVICE: "records came for a chain that another device began",
    FORK: "the same number came twice with different content: a spool restored from a backup, or a cloned device",
    GAP: "records are missing, and the device no longer has them",
    LOST: "records that were signed for are no longer in the landing log",
    REPLAY: "records that another device had sent came again, unchanged",
    RESET: "a person's spool was begun anew: it was deleted, or damaged, and what was not sent is gone",
}

_CLOCK_SECONDS = 60.0
_LOCKS = 256
_NAME = 100  # characters that are kept of the name of another device
_DAY, _MINUTE = len("2026-05-01"), len("2026-05-01T12:00")


class GapError(Exception):
    """Records are missing before these. `expected` is the number that should come; None: the chain's beginning."""

    def __init__(self, expected: int | None) -> None:
        super().__init__("records are missing before these")
        self.expected = expected


class Ingest:
    """Takes batches from many threads: those of one chain after each other, others at the same time."""

    def __init__(self, log: Landing, known: Ledger, keys: Keys) -> None:
        self._log = log
        self._ledger = known
        self._keys = keys
        self._locks = [threading.Lock() for _ in range(_LOCKS)]
        self._newest = known.newest()

    def take(self, device: str, records: list[Checked], now: float, *, gone: bool) -> dict[str, Any]:
        """Return the answer for a batch: a signed receipt, alerts, and how many records were here already.

        The records are on the disk then. Raises `GapError`, and OSError or sqlite3.Error if they cannot be stored.
        """
        first, last = records[0], records[-1]
        at = stamp(now)
        with self._locks[int(first.chain[:8], 16) % _LOCKS]:
            if self._ledger.stale:
                with self._log.still:
                    self._ledger.catch_up()
            chain = self._ledger.chain(first.chain)
            missing = _missing_from(chain.last if chain else None, first)
            if missing is not None and not gone:
                raise GapError(missing if chain else None)
            known = self._known(chain, first, last)
            flags = _flags(records, known)
            new = [
                (line, flag) for line, flag in zip(records, flags, strict=True) if line.h not in known.get(line.seq, {})
            ]
            alerts = _Alerts(at, device)
            if missing is not None:
                alerts.add(GAP, first.chain, (missing, first.seq - 1))
            for line, flag in _starts(new):
                alerts.add(flag, line.chain, (line.seq, line.seq))
            self._about_chain(alerts, chain, first, last, new)
            self._about_names(alerts, new)
            self._about_clock(alerts, at, now)
            if new or alerts.entries:
                self._store(alerts, new)
        fields = {"chain": first.chain, "first": first.seq, "last": last.seq, "head": last.h, "received": at}
        said = sorted(alerts.kinds | {flag for flag in flags if flag})
        return {**self._keys.sign(fields), "alerts": said, "known": len(records) - len(new)}

    def _known(self, chain: Chain | None, first: Checked, last: Checked) -> dict[int, dict[str, str]]:
        """Return {number: {hash: flag}} of what is there from the record before the first one on."""
        if chain is None:
            return {}
        if first.seq == chain.last + 1 and not chain.forks:  # as nearly always
            return {chain.last: {chain.h: ""}}
        return self._ledger.hashes(first.chain, first.seq - 1, last.seq)

    def _about_chain(
        self, alerts: _Alerts, chain: Chain | None, first: Checked, last: Checked, new: list[tuple[Checked, str]]
    ) -> None:
        """Say what the records mean for the chain as a whole, and for the one before it."""
        if chain is None:
            if first.starts:
                self._about_start(alerts, first)
            return
        if chain.device != alerts.device:
            kind = DEVICE if new else REPLAY
            self._once(alerts, kind, chain.chain, (first.seq, last.seq), f"it is {chain.device}'s")
        left = self._ledger.left_at(chain.chain)
        if left is not None and new and new[-1][0].seq > left:
            self._once(alerts, CLONE, chain.chain, (left + 1, last.seq), f"the device had left it at {left}")

    def _about_start(self, alerts: _Alerts, first: Checked) -> None:
        """Say what a new chain means for the one that this person had on this device before."""
        reason = str(first.body.get("reason", ""))
        before = self._ledger.last_of(alerts.device, first)
        previous = ledger.previous(first)
        left = self._ledger.chain(previous[0]) if previous else None
        if left and previous and left.device == alerts.device:
            if previous[1] > left.last:
                alerts.add(GAP, left.chain, (left.last + 1, previous[1]))
            if self._ledger.left_at(left.chain) is not None:
                about = "two chains say that they follow it"
                self._once(alerts, CLONE, left.chain, (previous[1], previous[1]), about)
        if before and reason != FORK:
            about = f"the chain before, {before.chain}, ends at {before.last}"
            alerts.add(RESET, first.chain, (first.seq, first.seq), about)

    def _about_names(self, alerts: _Alerts, new: list[tuple[Checked, str]]) -> None:
        """Say that records name another device than the token's, which alone counts. Before it has an id, one names none."""
        other = [line for line, _flag in new if line.says not in ("", alerts.device)]
        if other:
            first, last = other[0], other[-1]
            name = clean(first.says, _NAME)
            known = ", which is enrolled here" if self._keys.devices.has(first.says) else ""
            self._once(alerts, CLAIM, first.chain, (first.seq, last.seq), f"it says that it is {name}{known}")

    def _about_clock(self, alerts: _Alerts, at: str, now: float) -> None:
        if stamp(now + _CLOCK_SECONDS) < self._newest:
            alerts.add(CLOCK, "", (0, 0), f"from {self._newest} to {at}")
        self._newest = at

    def _once(self, alerts: _Alerts, kind: str, chain: str, numbers: tuple[int, int], about: str) -> None:
        alerts.kinds.add(kind)
        latest = self._ledger.latest_alert(kind, chain, alerts.device)
        if latest[:_MINUTE] != alerts.at[:_MINUTE]:
            alerts.add(kind, chain, numbers, about, again=latest[:_DAY] == alerts.at[:_DAY])

    def _store(self, alerts: _Alerts, new: list[tuple[Checked, str]]) -> None:
        starts = {flag: landing.record_start(alerts.at, alerts.device, flag) for _line, flag in new}
        said = [jsontext.dumps(entry).encode("ascii") for entry in alerts.entries]
        entries = [starts[flag] + line.raw for line, flag in new]
        sizes = [sum(len(entry) + 1 for entry in part) for part in (said, entries)]
        self._log.append(said + entries, ledger.Run(alerts.at, alerts.device, alerts.entries, new, *sizes))


class _Alerts:
    """The alerts of one request: `entries` for the log, and `kinds` for the answer."""

    def __init__(self, at: str, device: str) -> None:
        self.at = at
        self.device = device
        self.kinds: set[str] = set()
        self.entries: list[dict[str, Any]] = []

    def add(self, kind: str, chain: str, numbers: tuple[int, int], about: str = "", *, again: bool = False) -> None:
        """Raise an alert about the records of a chain from the first to the last of `numbers`.

        `again`: it counts with the newest one of this kind, chain and device.
        """
        self.kinds.add(kind)
        where = {"alert": kind, "chain": chain, "first": numbers[0], "last": numbers[1], "about": about}
        self.entries.append({"at": self.at, "device": self.device, **where, **({"again": True} if again else {})})


def _missing_from(last: int | None, first: Checked) -> int | None:
    """Return the first number that is missing before `first`, None if nothing is. `last` is what is there so far."""
    if first.starts or (last is not None and first.seq <= last + 1):
        return None
    return 0 if last is None else last + 1


def _flags(records: list[Checked], known: dict[int, dict[str, str]]) -> list[str]:
    """Return for each record "", FORK or BROKEN. `known`: {number: {hash: flag}} of what is there."""
    first = records[0]
    before = known.get(first.seq - 1, {})  # {hash: flag} of what the next record may follow
    if first.starts:
        before = {NO_HEAD: ""}
    elif not before and lines.is_hex(first.body.get("prev"), 64):
        before = {str(first.body["prev"]): ""}
    flags = []
    for line in records:
        here = known.get(line.seq, {})
        follows = [flag for h, flag in before.items() if (line.is_after(h) if line is first else line.follows)]
        if line.h in here:
            flag = here[line.h]
        elif here or follows == [FORK]:
            flag = FORK
        else:
            flag = BROKEN if (before and not follows) or not line.whole else ""
        flags.append(flag)
        before = {line.h: FORK if flag == FORK else ""}
    return flags


def _starts(new: list[tuple[Checked, str]]) -> list[tuple[Checked, str]]:
    """Return the records at which a flag starts: one alert for each, not one for each record."""
    before = ""
    found = []
    for line, flag in new:
        if flag and flag != before:
            found.append((line, flag))
        before = flag
    return found
