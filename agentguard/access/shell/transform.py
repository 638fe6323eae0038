"""`${name@operator}`: a value in another spelling (bash(1), Parameter transformation)."""

from __future__ import annotations

from agentguard.access.model import ANY, UNKNOWN, Pattern
from agentguard.access.shell.values import Unset, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.shell.values import Held
    from agentguard.access.shell.words import Reader

_ESCAPES = {"\a": "\\a", "\b": "\\b", "\x1b": "\\E", "\f": "\\f", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\v": "\\v"}


def transformed(reader: Reader, held: Held, operator: str, name: str) -> Held:
    """Return a value transformed; UNKNOWN where the result is not exact. `name` is the variable's."""
    if isinstance(held, Unset):
        return held if operator not in ("A", "a") else UNKNOWN
    if operator == "P":  # a prompt: commands in it run
        text = held if isinstance(held, str) else ""
        value = reader.body(text)
        return value if isinstance(held, str) and "\\" not in text and "!" not in text else UNKNOWN
    if not isinstance(held, str):
        changed = {"U": str.upper, "L": str.lower}.get(operator)
        if changed is None or not isinstance(held, Pattern):
            return UNKNOWN
        return concat([changed(part) if isinstance(part, str) else part for part in held.parts])
    if operator == "U":
        return held.upper()
    if operator == "u":
        return held[:1].upper() + held[1:]
    if operator == "L":
        return held.lower()
    if operator in ("Q", "K", "k"):
        return _quoted(held)
    if operator == "A" and name.isidentifier():  # `declare`, its attributes and the name may stand before it
        return concat([ANY, f"{name}={_quoted(held)}"])
    if operator == "E":
        from agentguard.access.shell import ansi  # noqa: PLC0415 - rare

        return ansi.decode(held)
    return UNKNOWN


def _quoted(text: str) -> str:
    """Return text as bash quotes it so that it can be read again."""
    if not any(char < " " or char == "\x7f" for char in text):
        return "'" + text.replace("'", "'\\''") + "'"
    done = "".join(
        _ESCAPES.get(char) or (f"\\{ord(char):03o}" if char < " " or char == "\x7f" else char)
        for char in text.replace("\\", "\\\\").replace("'", "\\'")
    )
    return f"$'{done}'"
