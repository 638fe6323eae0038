"""Takes out of a record what must not be in it: secrets, and what is longer than a record keeps.

The hook reaches this module, and only for records that have something of the kind. A row or an origin of which
something was taken says so in its body (`hidden`: the names of those values): a policy cannot be replayed on it.
"""

from __future__ import annotations

from agentguard.audit.record import NAME_LIMIT, ROWS_LIMIT, TEXT_LIMIT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.audit.redact import Redactor

# Redaction reads no more than this of one text and of one record (characters). The end of a text that it did not read
# whole may be half a secret, so some of what it read is cut off too.
_READ_LIMIT = 64 * 1024
_RECORD_LIMIT = 256 * 1024
_EDGE = 512
CUT = "…"


def apply(body: dict[str, Any], texts: dict[str, Any], redactor: Redactor) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the record without secrets and with bounded texts.

    The command comes first: a secret that only its place in the command gives away (`-p hunter2`) is then known by
    itself where it stands among the arguments.
    """
    clean = _Cleaner(redactor)
    order = sorted(texts, key=lambda name: name != "command")
    done = {name: clean.value(texts[name], TEXT_LIMIT) for name in order}
    facts = {name: clean.value(value, NAME_LIMIT) for name, value in body.items()}
    for name in ("rows", "origins"):
        for number, after in enumerate(facts.get(name, ())):
            pairs = ((body[name][number], after), (texts[name][number], done[name][number]))
            hidden = [key for before, now in pairs for key in before if before[key] != now[key]]
            if hidden:
                after["hidden"] = hidden
    return facts, {name: done[name] for name in texts}


class _Cleaner:
    """Cleans the values of one record, as long as its budget lasts; after that they are cut."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor
        self._room = _RECORD_LIMIT

    def value(self, value: Any, limit: int) -> Any:
        """Return a value without secrets, its texts at most `limit` characters long."""
        if isinstance(value, str):
            return self._text(value, limit)
        if isinstance(value, list):
            return [self.value(one, limit) for one in value[:ROWS_LIMIT]]
        if isinstance(value, dict):
            return {key: self.value(one, limit) for key, one in value.items()}
        return value

    def _text(self, text: str, limit: int) -> str:
        read = min(_READ_LIMIT, self._room)
        self._room -= min(len(text), read)
        if len(text) > read:
            seen = self._redactor.text(text[:read])
            return seen[: max(0, min(limit, len(seen) - _EDGE))] + CUT
        text = self._redactor.text(text)
        return text if len(text) <= limit else text[:limit] + CUT
