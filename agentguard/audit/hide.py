"""Takes out of a record what must not be in it: secrets, and what is longer than a record keeps.

The hook reaches this module, and only for records that have something of the kind. A row or an origin of which
something was taken says so in its body (`hidden`: the names of those values): a policy cannot be replayed on it.
"""

from __future__ import annotations

from agentguard.audit.record import NAME_LIMIT, ROWS_LIMIT, TEXT_LIMIT
from agentguard.audit.redact import READ_LIMIT
from agentguard.jsontext import dumps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentguard.audit.redact import Redactor

# Redaction reads no more than this of one record (characters). The end of a text that it did not read whole may be half a
# secret, so some of what it read is cut off too.
_RECORD_LIMIT = 256 * 1024
_EDGE = 512
CUT = "…"


def apply(body: dict[str, Any], texts: dict[str, Any], redactor: Redactor) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the record without secrets and with bounded texts.

    The texts are read twice, the command first: a secret that only its place in the command gives away (`-p hunter2`) is
    then known where it stands in another spelling, and one that is found late where it stood before. In the body only
    what looks like a secret by itself is hidden: its facts would else be open to whoever calls `deny` a password.
    """
    budget = _Budget()
    order = sorted(texts, key=lambda name: name != "command")
    read = {name: _each(texts[name], lambda text: budget.read(text, redactor.text)) for name in order}
    done = {name: _each(read[name], lambda text: _short(redactor.again(text), TEXT_LIMIT)) for name in texts}
    shaped = redactor.shaped if redactor.needed(dumps(body)) else str  # most have nothing of the kind
    facts = _each(body, lambda text: _short(budget.read(text, shaped), NAME_LIMIT))
    for name in ("rows", "origins"):
        for number, after in enumerate(facts.get(name, ())):
            pairs = ((body[name][number], after), (texts[name][number], done[name][number]))
            hidden = [key for before, now in pairs for key in before if before[key] != now[key]]
            if hidden:
                after["hidden"] = hidden
    return facts, done


class _Budget:
    """What redaction may still read of one record."""

    def __init__(self) -> None:
        self._room = _RECORD_LIMIT

    def read(self, text: str, job: Callable[[str], str]) -> str:
        """Return a text with a job done on it; what is beyond the budget is cut off."""
        read = min(READ_LIMIT, self._room)
        self._room -= min(len(text), read)
        if len(text) > read:
            seen = job(text[:read])
            return seen[: max(0, len(seen) - _EDGE)] + CUT
        return job(text)


def _each(value: Any, job: Callable[[str], str]) -> Any:
    """Return a value with a job done on each of its texts."""
    if isinstance(value, str):
        return job(value)
    if isinstance(value, list):
        return [_each(one, job) for one in value[:ROWS_LIMIT]]
    if isinstance(value, dict):
        return {key: _each(one, job) for key, one in value.items()}
    return value


def _short(text: str, limit: int) -> str:
    return text if len(text) <= limit else text[:limit] + CUT
