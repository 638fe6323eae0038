"""The shell's own commands, as far as they make rows (bash(1), SHELL BUILTIN COMMANDS), and small things beside them."""

from __future__ import annotations

from agentguard.access.programs import walk
from agentguard.access.shell import telling
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def _prints(call: Call, work: Work, *, everything: bool) -> None:
    work.entry = {**work.entry, "operands": "text*", "traits": "prints-environment" if everything else ""}
    walk.standard(call, work)


def declares(call: Call, work: Work) -> None:
    """`export` or `declare` with no name lists every variable with its value; `declare -p NAME` shows one."""
    if work.line.has("-p"):
        _named(call, work)
    _prints(call, work, everything=not work.line.operands)


def sets(call: Call, work: Work) -> None:
    """`set` alone lists every variable and function."""
    _prints(call, work, everything=not call.words)


def _named(call: Call, work: Work) -> None:
    """Note the secret that a command shows by the name of its variable."""
    names = [name for name in map(plain, work.line.operands) if name]
    held = (telling.key(name) or call.state.told.get(name, "") for name in names)
    if secret := next(filter(None, held), ""):
        call.secret = secret
        call.machine.told += 1


def prints(call: Call, work: Work) -> None:
    """`printenv` alone lists every variable, `printenv NAME…` shows those."""
    _named(call, work)
    _prints(call, work, everything=not work.line.operands)
