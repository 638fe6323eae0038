"""Commands that a shell runs although they are not written as commands: in subscripts, prompts and start files.

bash(1): the subscript of an array is expanded when an arithmetic expression, `test -v`, `printf -v`, `read`, `unset` or a
declaration names the element, and a variable in an arithmetic expression is evaluated again (SHELL ARITHMETIC EVALUATION,
Arrays); prompts are expanded when they are shown (PROMPTING); a shell that is not interactive runs the file that BASH_ENV
names, and an interactive POSIX shell the one of ENV (INVOCATION).
"""

from __future__ import annotations

from agentguard.access.shell.pieces import Unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.shell.command import Call
    from agentguard.access.shell.words import Reader

START_FILES = frozenset({"BASH_ENV", "ENV"})
# The shell's own commands that expand the subscript of what they name.
NAMING = frozenset({"let", "test", "[", "printf", "read", "unset", "declare", "typeset", "local", "export", "readonly",
                    "mapfile", "readarray", "getopts", "wait"})  # fmt: skip


def _holds(text: object) -> bool:
    return isinstance(text, str) and ("$(" in text or "`" in text)


def subscripts(reader: Reader, text: str) -> None:
    """Run what hides in the variables that an arithmetic expression names."""
    name = ""
    for char in text + " ":
        if char == "_" or char.isalnum():
            name += char
            continue
        if name and _holds(held := reader.state.exact(name)) and "[" in str(held):
            _expand(reader, str(held))
        name = ""


def words(reader: Reader, values: list[Value]) -> None:
    """Run what hides in the subscripts of words."""
    for value in values:
        if isinstance(value, str) and "[" in value and _holds(value):
            _expand(reader, value)


def prompt(reader: Reader, value: Value) -> None:
    """Run what a prompt expands."""
    if _holds(value):
        _expand(reader, str(value))


def _expand(reader: Reader, text: str) -> None:
    try:
        reader.body(text)
    except Unreadable as reason:
        reader.machine.unreadable(reader.frame, reader.frame.where, reason)


def starts(call: Call, name: str, value: Value) -> None:
    """A file that shells or programs run or load when they start. `ENV=production` names none."""
    if name == "ENV" and not (isinstance(value, str) and ("/" in value or call.contents(value))):
        return
    if value == "":
        return
    from agentguard.access.programs.carriers import run_file  # noqa: PLC0415 - rare

    if name in START_FILES:
        run_file(call, None, value, name, state=call.child([]))
    else:
        for part in value.replace(":", " ").split() if isinstance(value, str) else [value]:
            call.path("execute", part, f"{name} loads it into programs")
            for feed in call.contents(part):
                if feed.fetched:
                    call.fetched_or_opaque("what is loaded into programs is not known", fetched=True)
