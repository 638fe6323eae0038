"""Takes out of a record what must not be in it: secrets, and what is longer than a record keeps.

The hook reaches this module, and only for records that have something of the kind. A row or an origin of which
something was taken says so in its body (`hidden`: the names of those values): a policy cannot be replayed on it.
"""

from __future__ import annotations

from agentguard.audit.record import NAME_LIMIT, TEXT_LIMIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.audit.redact import Redactor

# Redaction reads no more of one text than this; the end of what it read may hold half a secret, so that is cut off too.
_READ_LIMIT = 64 * 1024
_EDGE = 512


def apply(body: dict[str, Any], texts: dict[str, Any], redactor: Redactor) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the record without secrets and with bounded texts.

    The command comes first: a secret that only its place in the command gives away (`-p hunter2`) is then known by
    itself where it stands among the arguments.
    """
    first = {"command": _clean(texts["command"], redactor, TEXT_LIMIT)} if "command" in texts else {}
    body = {name: _clean(value, redactor, NAME_LIMIT) for name, value in body.items()}
    clean = {
        name: first[name] if name in first else _clean(value, redactor, TEXT_LIMIT) for name, value in texts.items()
    }
    for name in ("rows", "origins"):
        for facts, before, after in zip(body.get(name, ()), texts.get(name, ()), clean.get(name, ()), strict=True):
            hidden = [key for key in before if before[key] != after[key]]
            if hidden:
                facts["hidden"] = hidden
    return body, clean


def _clean(value: Any, redactor: Redactor, limit: int) -> Any:
    if isinstance(value, str):
        if len(value) > _READ_LIMIT:
            value = redactor.text(value[:_READ_LIMIT])[:-_EDGE]
            return value[:limit] + "…"
        value = redactor.text(value)
        return value if len(value) <= limit else value[:limit] + "…"
    if isinstance(value, (list, tuple)):
        return [_clean(one, redactor, limit) for one in value]
    if isinstance(value, dict):
        return {key: _clean(one, redactor, limit) for key, one in value.items()}
    return value
