"""Everything about one record: itself, how the call ended, where it stands in its chain, its session before and after.

A session is that of one chain of one device, whatever others call theirs. An id is no secret, so records of several devices
may have it: the one that came first is the one, as nobody else knew its id then, and the others are shown after it.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard.audit import query, show
from agentguard.audit.outcome import Outcomes

if TYPE_CHECKING:
    from agentguard.audit.outcome import End
    from agentguard.audit.show import Seen
    from agentguard.audit.source import Source, Standing

AROUND = 5  # records of the session before, and after
MOST = 20  # records with one id


class Whole(NamedTuple):
    """`before` and `after` are the nearest records of the session, oldest first; `others` have the same id and came later."""

    record: Seen
    end: End | None
    standing: Standing
    before: list[Seen]
    after: list[Seen]
    others: list[Seen]

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            **self.record.as_json(),
            "ended": self.end._asdict() if self.end else None,
            "standing": self.standing._asdict(),
            "before": [one.as_json() for one in self.before],
            "after": [one.as_json() for one in self.after],
            "others": [one.as_json() for one in self.others],
        }


def whole(source: Source, record_id: str, around: int = AROUND) -> Whole | None:
    """Return everything about the record with this id; None where there is none. Raises `AuditError`."""
    wanted = query.quoted("id", record_id)
    alike = [*islice(source.every(wanted), MOST)] or [*islice(source.every(f"{wanted} kind:read"), MOST)]
    if not alike:
        return None
    record, *others = alike
    name, chain = record.body.get("session"), str(record.body.get("chain"))
    session = [record]
    if isinstance(name, str) and name:
        same = source.every(f"{query.quoted('session', name)} {query.quoted('chain', chain)}")
        session = sorted((one for one in same if one.device == record.device), key=_place)
    at = next((number for number, one in enumerate(session) if one.h == record.h), 0)
    end = Outcomes(session).end(record)
    before, after = session[max(0, at - around) : at], session[at + 1 :][:around]
    return Whole(record, end, source.standing(record), before, after, others)


def _place(record: Seen) -> int:
    """Return by what the records of a session are put in order: a device writes one number after the other."""
    seq = record.body.get("seq")
    return seq if type(seq) is int else -1


def text(found: Whole) -> list[str]:
    """Return what `show.details` does not say, as lines under headings."""
    lines = []
    if found.end:
        lines.append(f"{'ended':16}  {found.end.word}: {found.end.why}")
    lines.append(f"{'chain status':16}  {show.clean(found.standing.text())}")
    if found.others:
        lines.append(f"{'same id':16}  other records have this id too: they came later, and stand at the end")
    for heading, records in (("before in this session", found.before), ("after in this session", found.after)):
        if records:
            lines += ["", f"{heading}:"]
            lines += ["  " + "  ".join(cell for cell in show.row(one) if cell) for one in records]
    for other in found.others:
        lines += ["", f"another record with this id, from {show.clean(other.sender())}:"]
        lines += ["  " + line for line in show.details(other).splitlines()]
    return lines
