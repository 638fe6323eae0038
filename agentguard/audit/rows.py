"""Turns the rows of a record back into rows, so that a policy can be tried on what really happened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentguard.access.model import CERTAIN, EXACT, NO_ORIGIN, UNKNOWN, Origin, Path, Pattern, Row
from agentguard.audit.record import NAMES, VALUES, WILDCARDS
from agentguard.errors import AuditError

if TYPE_CHECKING:
    from agentguard.access.model import Value

_WILDCARDS = {number: wildcard for wildcard, number in WILDCARDS.items()}
_ORIGIN_LISTS = ("command", "flags", "args", "via")
# What a condition may ask for, by what was hidden.
_ASKED_FOR = {"resolved": "path", "program": "command"}
_ALL = frozenset({"path", *VALUES, *NAMES, *_ORIGIN_LISTS})


def rows(body: dict[str, Any], texts: dict[str, Any] | None) -> list[Row]:
    """Return the rows of a decision's record, as the evaluator saw them but for what redaction took (see `hidden`).

    Raises `AuditError` if the texts were erased or the record is no decision.
    """
    if texts is None:
        raise AuditError("the texts of this record were erased, and its rows with them")
    try:
        origins = [_origin(facts, values) for facts, values in zip(body["origins"], texts["origins"], strict=True)]
        return [_row(facts, values, origins) for facts, values in zip(body["rows"], texts["rows"], strict=True)]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError):
        raise AuditError("the record has no rows that can be read") from None


def hidden(body: dict[str, Any]) -> list[frozenset[str]]:
    """Return for each row the condition keys that cannot be decided on it, because their value was redacted or cut."""
    facts = body.get("rows", [])
    if body.get("cut"):
        return [_ALL] * len(facts)
    return [
        frozenset(
            _ASKED_FOR.get(name, name) for name in [*row.get("hidden", ()), *_of_origin(body, row).get("hidden", ())]
        )
        for row in facts
    ]


def _of_origin(body: dict[str, Any], row: dict[str, Any]) -> dict[str, Any]:
    number = row.get("origin")
    found: dict[str, Any] = {} if number is None else body["origins"][number]
    return found


def _origin(facts: dict[str, Any], values: dict[str, Any]) -> Origin:
    return Origin(
        tuple(values.get("command", ())),
        program=values.get("program", ""),
        flags=tuple(_value(one) for one in values.get("flags", ())),
        args=tuple(_value(one) for one in values.get("args", ())),
        via=tuple(values.get("via", ())),
        traits=frozenset(facts.get("traits", ())),
    )


def _row(facts: dict[str, Any], values: dict[str, Any], origins: list[Origin]) -> Row:
    path = None
    if "path" in values:
        text = _value(values["path"])
        path = Path(text, _value(values.get("resolved", values["path"])), facts.get("extent", EXACT))
    named: dict[str, Any] = {name: facts[name] for name in NAMES if name in facts}
    named.update({name: _value(values[name]) for name in VALUES if name in values})
    return Row(
        facts["action"],
        facts.get("certainty", CERTAIN),
        origin=origins[facts["origin"]] if "origin" in facts else NO_ORIGIN,
        path=path,
        why=values.get("why", ""),
        malformed=values.get("malformed", ""),
        **named,
    )


def _value(value: Any) -> Value:
    if value is None:
        return UNKNOWN
    if isinstance(value, list):
        return Pattern(tuple(part if isinstance(part, str) else _WILDCARDS[part] for part in value))
    if isinstance(value, str):
        return value
    raise TypeError
