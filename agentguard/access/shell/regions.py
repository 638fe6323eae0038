"""`[[ … ]]` and `((…))`: conditions and arithmetic in bash and zsh, and something else in a shell that has neither.

dash and the ash of busybox, which are `sh` on most Linux systems, take `((` for two subshells and `[[` for a command
that is not found (dash(1), Compound Commands). Where one of them may be the reader, what would then run runs too.
"""

from __future__ import annotations

from agentguard.access.shell.flow import Feed, Frame
from agentguard.access.shell.pieces import Unreadable
from agentguard.access.shell.scan import scan
from agentguard.access.shell.words import assigned_in_arithmetic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.shell.pieces import Simple
    from agentguard.access.shell.words import Reader

# What may stand in an expression beside its variables (bash(1), ARITHMETIC EVALUATION).
_ARITHMETIC = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_ \t\n+-*/%<>=!&|^~?:,()[]#")


def run(simple: Simple, reader: Reader, stdin: Feed | None) -> Feed | None:
    """Run the commands inside a region; what arithmetic assigns is no longer known.

    Return what it writes where it is commands for a plain shell, None where it is not.
    """
    text = reader.frame.text
    lean = reader.state.dialect == "sh"
    for start, end in simple.words:
        raw = text[start:end]
        if simple.region == "arithmetic":
            value = reader.body(raw, start)
            _hidden(reader, value, [])
            feed = _subshell(reader, raw, start, stdin) if lean and _may_run(value) else None
            if "=" in raw or "++" in raw or "--" in raw:
                assigned_in_arithmetic(value if isinstance(value, str) else raw, reader.state)
            return feed
        value = reader.value(raw, start)
        _hidden(reader, value, [value])
    if lean and simple.words and "||" in text[simple.start : simple.end]:
        _otherwise(reader, simple)
    return None


def _may_run(value: Value) -> bool:
    """Return whether an expression may be commands: `$(nproc) > 2`, of which nothing but numbers is missing, is none."""
    return isinstance(value, str) or not all(
        _ARITHMETIC.issuperset(part) for part in getattr(value, "parts", ()) if isinstance(part, str)
    )


def _subshell(reader: Reader, raw: str, start: int, stdin: Feed | None) -> Feed | None:
    """Run text as commands, if it can be read as such."""
    outer, machine = reader.frame, reader.machine
    try:
        scan(raw)
    except Unreadable:
        return None
    offset = None if outer.offset is None else outer.offset + start
    state = reader.state.copy()
    frame = Frame(raw, outer.via, offset, outer.place(start, start + len(raw)))
    feed = machine.run(frame, state, stdin)
    machine.leave(state, reader.state.traps)
    return feed


def _otherwise(reader: Reader, simple: Simple) -> None:
    """`[[ a || rm b ]]`: there is no `[[`, so what stands behind `||` runs, if it is a program that is known."""
    from agentguard.access.programs import index  # noqa: PLC0415 - few texts come here

    at, end = simple.words[0][0], simple.words[-1][1]
    text = reader.frame.text
    while (at := text.find("||", at, end)) >= 0:
        at += 2
        stop = text.find("||", at, end)
        piece = text[at : stop if stop >= 0 else end].strip(" (!")
        name = piece.split(None, 1)[0] if piece else ""
        if name in reader.state.functions or index.entry(name) is not None:
            _subshell(reader, piece, at, None)


def _hidden(reader: Reader, value: Value, words: list[Value]) -> None:
    """Run what an expression names and evaluates again."""
    if isinstance(value, str) and ("[" in value or any("[" in str(reader.state.exact(name)) for name in _names(value))):
        from agentguard.access.shell import hidden  # noqa: PLC0415 - rare

        hidden.subscripts(reader, value)
        hidden.words(reader, words)


def _names(text: str) -> list[str]:
    return "".join(char if char == "_" or char.isalnum() else " " for char in text).split()
