"""Counts what a search finds: by verdict, rule, tool, person and day, and how asks and denials ended."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from agentguard.audit import query
from agentguard.audit.outcome import RAN, Outcomes
from agentguard.audit.show import clean
from agentguard.policy.model import ASK, DENY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentguard.audit.show import Seen
    from agentguard.audit.source import Source

MOST = 10  # entries of a list
_NAME = 120  # characters
_SESSIONS = 3000  # characters of one query for sessions
# What is counted: the name of the count, the field of the body.
_COUNTED = (
    ("kinds", "kind"), ("verdicts", "effect"), ("would", "would"), ("rules", "rules"), ("tools", "tool"),
    ("users", "user"), ("devices", "device"), ("outcomes", "outcome"),
)  # fmt: skip


def stats(source: Source, text: str) -> dict[str, Any]:
    """Return what a query finds in numbers. Raises `QueryError` and `AuditError`.

    {"records": how many, "from", "until": times, "kinds", "verdicts", …: {value: how many} with the most frequent first,
    at most `MOST` each, "days": {day: how many} in order, "asks" and "denials": {how they ended: how many}, "ran": the ids of
    calls that were denied and ran all the same}.
    """
    counts: dict[str, Counter[str]] = {name: Counter() for name, _field in _COUNTED}
    days: Counter[str] = Counter()
    judged: dict[str, list[Seen]] = {ASK: [], DENY: []}
    times: list[str] = []
    for record in source.every(text):
        moment = clean(record.received or record.body.get("time", ""), 24)
        times = [min([*times[:1], moment]), max([*times[1:], moment])]
        days[moment[:10]] += 1
        for name, field in _COUNTED:
            value = record.sender() if field == "device" else record.body.get(field)
            counts[name].update(clean(one, _NAME) for one in (value if isinstance(value, list) else [value]) if one)
        if (effect := str(record.body.get("effect"))) in judged and record.body.get("kind") == "decision":
            judged[effect].append(record)
    first, last = times or ("", "")
    outcomes = Outcomes(
        _said(source, {str(one.body.get("session") or "") for found in judged.values() for one in found}, first)
    )
    ends = {
        effect: [(end.word, one) for one in found if (end := outcomes.end(one))] for effect, found in judged.items()
    }
    return {
        "records": days.total(),
        "from": first,
        "until": last,
        **{name: dict(count.most_common(MOST)) for name, count in counts.items()},
        "days": dict(sorted(days.items())),
        "asks": dict(Counter(word for word, _one in ends[ASK]).most_common()),
        "denials": dict(Counter(word for word, _one in ends[DENY]).most_common()),
        "ran": [clean(one.body.get("id", ""), _NAME) for word, one in ends[DENY] if word == RAN],
    }


def _said(source: Source, sessions: set[str], first: str) -> Iterator[Seen]:
    """Yield what was recorded since then of how calls of some sessions ended."""
    part: list[str] = []
    for session in (*sorted(sessions), None):
        if part and (session is None or sum(map(len, part)) > _SESSIONS):
            yield from source.every(f'{Outcomes.QUERY} ({" OR ".join(part)}) since:"{first}"')
            part = []
        if session:
            part.append(query.quoted("session", session))
