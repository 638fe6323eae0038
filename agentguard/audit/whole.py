"""Everything about one record: itself, how the call ended, where it stands in its chain, its session before and after."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard.audit import query, show
from agentguard.audit.outcome import Outcomes

if TYPE_CHECKING:
    from agentguard.audit.outcome import End
    from agentguard.audit.show import Seen
    from agentguard.audit.source import Source, Standing

AROUND = 5  # records of the session before, and after


class Whole(NamedTuple):
    """`before` and `after` are the nearest records of the session, oldest first."""

    record: Seen
    end: End | None
    standing: Standing
    before: list[Seen]
    after: list[Seen]

    def as_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            **self.record.as_json(),
            "ended": self.end._asdict() if self.end else None,
            "standing": self.standing._asdict(),
            "before": [one.as_json() for one in self.before],
            "after": [one.as_json() for one in self.after],
        }


def whole(source: Source, record_id: str, around: int = AROUND) -> Whole | None:
    """Return everything about the record with this id; None where there is none. Raises `AuditError`."""
    found, _complete = source.find(query.quoted("id", record_id), 1)
    if not found:
        return None
    record = found[0]
    name = record.body.get("session")
    session = [record]
    if isinstance(name, str) and name:
        session = sorted(source.every(query.quoted("session", name)), key=_place)
    at = next((number for number, one in enumerate(session) if one.h == record.h), 0)
    end = Outcomes(one.body for one in session).end(record.body)
    return Whole(record, end, source.standing(record), session[max(0, at - around) : at], session[at + 1 :][:around])


def _place(record: Seen) -> tuple[str, int]:
    """Return by what the records of a session are put in order: a device writes one number after the other."""
    seq = record.body.get("seq")
    return str(record.body.get("device", "")), seq if type(seq) is int else -1


def text(found: Whole) -> list[str]:
    """Return what `show.details` does not say, as lines under headings."""
    lines = []
    if found.end:
        lines.append(f"{'ended':16}  {found.end.word}: {found.end.why}")
    lines.append(f"{'chain status':16}  {show.clean(found.standing.text())}")
    for heading, records in (("before in this session", found.before), ("after in this session", found.after)):
        if records:
            lines += ["", f"{heading}:"]
            lines += ["  " + "  ".join(cell for cell in show.row(one) if cell) for one in records]
    return lines
