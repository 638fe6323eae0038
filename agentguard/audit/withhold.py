"""What a policy keeps out of the audit log: fields that are dropped, and fields of which only a mark is recorded.

A mark is an HMAC under the device's key (`‹row.host:1a2b3c4d›`), so equal values look equal on that device and nowhere else.
The names are those of `agentguard.policy.conditions.WITHHELD`: a field of the record, or one of its rows (`row.path`) or
origins (`origin.args`). A row of which something was withheld says so, as it does of secrets: a policy cannot be replayed
on what is not there. The hook reaches this module, and only where the policy names a field.
"""

# ruff: noqa: RUF002 - marks are made of these characters
from __future__ import annotations

from agentguard.jsontext import dumps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.audit.redact import Redactor

_LISTS = {"row": "rows", "origin": "origins"}
_ALSO = {"path": ("path", "resolved", "malformed"), "host": ("host", "malformed")}  # spellings of one thing


def apply(body: dict[str, Any], texts: dict[str, Any], redactor: Redactor) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the record without what the policy withholds. `redactor.found` counts it, by the field's name."""
    body, texts = dict(body), dict(texts)
    for name in redactor.withheld:
        outer, _, inner = name.rpartition(".")
        if not outer:
            for part in (body, texts):
                if name in part:
                    part[name] = _withheld(name, part[name], redactor)
            continue
        lists = _LISTS.get(outer, "")
        pairs = zip(body.get(lists, ()), texts.get(lists, ()), strict=True)
        done = [_row(name, _ALSO.get(inner, (inner,)), facts, values, redactor) for facts, values in pairs]
        body[lists], texts[lists] = [facts for facts, _values in done], [values for _facts, values in done]
    return body, texts


def _row(
    name: str, fields: tuple[str, ...], facts: dict[str, Any], values: dict[str, Any], redactor: Redactor
) -> tuple[dict[str, Any], dict[str, Any]]:
    there = [field for field in fields if field in values]
    if not there:
        return facts, values
    done = {field: _withheld(name, values[field], redactor) for field in there}
    kept = {
        field: done.get(field, value) for field, value in values.items() if field not in done or redactor.withheld[name]
    }
    return {**facts, "hidden": list(dict.fromkeys([*facts.get("hidden", ()), *there]))}, kept


def _withheld(name: str, value: Any, redactor: Redactor) -> Any:
    """Return what stands for a value: nothing of its kind, or a mark."""
    redactor.found[name] = redactor.found.get(name, 0) + 1
    if not redactor.withheld[name] or value is None:
        return None if value is None else type(value)()
    if isinstance(value, str):
        return redactor.mark(name, value, strong=True) if value else ""
    if isinstance(value, dict):
        return {key: redactor.mark(name, one, strong=True) for key, one in value.items()}
    return [redactor.mark(name, one if isinstance(one, str) else dumps(one), strong=True) for one in value]
