"""Pagers: `+CMD` is typed as soon as a file is shown, and `!` in it starts a shell (less(1), more(1))."""

from __future__ import annotations

from agentguard.access.programs import walk
from agentguard.access.shell.values import parts_of, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def less(call: Call, work: Work) -> None:
    """`less +CMD FILE`, `less ++CMD FILE`."""
    files: list[Value] = []
    commands: list[str] = []
    for word in work.line.operands:
        first = parts_of(unglobbed(word))[0]
        if isinstance(first, str) and first[:1] == "+":
            commands.append(first.lstrip("+"))
        else:
            files.append(word)
    work.line.operands = files
    work.entry = {**work.entry, "operands": "read*"}
    walk.standard(call, work)
    for text in commands:
        if text[:1] in ("!", "#"):
            call.shell(text[1:], call.name)
        elif text[:1] in ("|", "s") and call.name == "less":  # `|X CMD` pipes, `s FILE` saves
            rest = text[2:] if text[0] == "|" else text[1:].strip()
            if text[0] == "|":
                call.shell(rest, call.name)
            elif rest:
                call.path("write", rest, "a command of less")
