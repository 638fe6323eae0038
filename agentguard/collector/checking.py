"""Checks the landing log from one end to the other: what was changed there, or taken out, since it was signed for.

Records are checked when they come. This checks them again, where they lie: texts are those that a record is committed to,
a record follows from the one before it, and no number of a chain is missing. What was said already is not said again: flags
of records, gaps that a device could not fill, losses that somebody accepted, and files that were retired. What is new
becomes an alert, which stays.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard import jsontext
from agentguard.audit.record import stamp
from agentguard.collector import fast, landing, ledger
from agentguard.collector.ingest import BROKEN, GAP, LOST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentguard.audit.lines import Line
    from agentguard.collector.landing import Landing
    from agentguard.collector.ledger import Ledger

_TEXTS = "in the landing log its texts are not those it is committed to"
_LINK = "in the landing log it does not follow from the one before it"
_HOLE = "they are not in the landing log, though they came"


class _Wrong(NamedTuple):
    kind: str
    chain: str
    first: int
    last: int
    about: str


def check(log: Landing, known: Ledger, now: float) -> list[dict[str, Any]]:
    """Check everything; return the alerts that were raised. Raises `AuditError` where an entry cannot be read at all.

    Nothing may be appended meanwhile.
    """
    said: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    wrong = [*_records(log, said)]
    for chain, found in _numbers(known).items():
        wrong += [_Wrong(GAP, chain, *hole, _HOLE) for hole in _holes([*found, *said[chain]])]
    devices = {chain["chain"]: chain["device"] for chain in known.chains()}
    old = {(alert["alert"], alert["chain"], alert["first"], alert["last"]) for alert in known.alerts()}
    alerts = [{"at": stamp(now), "device": devices.get(one.chain, ""), "alert": one.kind, "chain": one.chain,
               "first": one.first, "last": one.last, "about": one.about}
              for one in _together(wrong) if one[:4] not in old]  # fmt: skip
    entries = [jsontext.dumps(alert).encode("ascii") for alert in alerts]
    if entries:
        log.append(entries, ledger.Run(stamp(now), "", alerts, [], sum(len(entry) + 1 for entry in entries), 0))
    return alerts


def follows(line: Line, before: Iterable[Line]) -> bool:
    """Whether a record follows from one of those that may be before it; it does if there are none."""
    heads = [one.h for one in before]
    return line.starts_chain or not heads or any(line.h == line.hash_after(head) for head in heads)


def _records(log: Landing, said: defaultdict[str, list[tuple[int, int]]]) -> Iterator[_Wrong]:
    """Yield what is wrong with single records; `said` learns which numbers are known not to be there."""
    newest: dict[str, Line] = {}  # of each chain
    for _place, raw in log.entries(0, 0):
        header = landing.parse(raw).header
        if header.get("alert") in (GAP, LOST):
            said[header["chain"]].append((header["first"], header["last"]))
        for chain in header.get("chains", ()):  # of a file that was retired, with the alerts about what it did not have
            said[chain["chain"]].append((0, chain["last"]))
        if "flag" not in header or header["flag"]:
            continue
        line = fast.parse(raw.partition(b"\t")[2])
        before = newest.get(line.chain)
        if not line.texts_hold:
            yield _Wrong(BROKEN, line.chain, line.seq, line.seq, _TEXTS)
        elif before and before.seq == line.seq - 1 and not follows(line, [before]):
            yield _Wrong(BROKEN, line.chain, line.seq, line.seq, _LINK)
        newest[line.chain] = line


def _numbers(known: Ledger) -> dict[str, list[tuple[int, int]]]:
    found: defaultdict[str, list[tuple[int, int]]] = defaultdict(list)
    for chain, first, last in known.runs():
        found[chain].append((first, last))
    return found


def _holes(ranges: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield what is missing between some ranges of numbers."""
    end = min(ranges)[0] - 1
    for first, last in sorted(ranges):
        if first > end + 1:
            yield end + 1, first - 1
        end = max(end, last)


def _together(wrong: list[_Wrong]) -> Iterator[_Wrong]:
    """Yield findings of one kind about records that follow each other as one."""
    one: _Wrong | None = None
    for other in sorted(wrong):
        if (
            one
            and (one.kind, one.chain, one.about) == (other.kind, other.chain, other.about)
            and other.first == one.last + 1
        ):
            one = one._replace(last=other.last)
            continue
        if one:
            yield one
        one = other
    if one:
        yield one
