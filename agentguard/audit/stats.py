"""Counts what a search finds: by verdict, rule, tool, person and day, and how asks ended."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from agentguard.audit.outcome import Outcomes
from agentguard.audit.show import clean
from agentguard.policy.model import ASK

if TYPE_CHECKING:
    from agentguard.audit.source import Source

MOST = 10  # entries of a list
_NAME = 120  # characters
# What is counted: the name of the count, the field of the body.
_COUNTED = (
    ("kinds", "kind"), ("verdicts", "effect"), ("would", "would"), ("rules", "rules"), ("tools", "tool"),
    ("users", "user"), ("devices", "device"), ("outcomes", "outcome"),
)  # fmt: skip


def stats(source: Source, text: str) -> dict[str, Any]:
    """Return what a query finds in numbers. Raises `QueryError` and `AuditError`.

    {"records": how many, "from", "until": times, "kinds", "verdicts", …: {value: how many} with the most frequent first,
    at most `MOST` each, "days": {day: how many} in order, "asks": {how they ended: how many}}.
    """
    counts: dict[str, Counter[str]] = {name: Counter() for name, _field in _COUNTED}
    days: Counter[str] = Counter()
    asks = []
    times: list[str] = []
    for record in source.every(text):
        moment = clean(record.received or record.body.get("time", ""), 24)
        times = [min([*times[:1], moment]), max([*times[1:], moment])]
        days[moment[:10]] += 1
        for name, field in _COUNTED:
            value = record.sender() if field == "device" else record.body.get(field)
            counts[name].update(clean(one, _NAME) for one in (value if isinstance(value, list) else [value]) if one)
        if record.body.get("effect") == ASK:
            asks.append(record)
    first, last = times or ("", "")
    ends: Counter[str] = Counter()
    if asks:
        outcomes = Outcomes(source.every(f'{Outcomes.QUERY} since:"{first}"'))
        ends.update(end.word for record in asks if (end := outcomes.end(record)))
    return {
        "records": days.total(),
        "from": first,
        "until": last,
        **{name: dict(count.most_common(MOST)) for name, count in counts.items()},
        "days": dict(sorted(days.items())),
        "asks": dict(ends.most_common()),
    }
