"""The shell's own commands, as far as they make rows (bash(1), SHELL BUILTIN COMMANDS), and small things beside them."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

from agentguard.access.programs import walk

_INERT: dict[str, Any] = {"operands": "text*", "traits": "read-only"}
_PLAIN: dict[str, Any] = {"operands": "text*"}

TABLE: dict[str, Any] = {
    "cd": _INERT, "chdir": _INERT, "pushd": _INERT, "popd": _INERT, "dirs": _INERT, ":": _INERT, "true": _INERT,
    "false": _INERT, "test": _INERT, "[": _INERT, "break": _INERT, "continue": _INERT, "exit": _INERT,
    "return": _INERT, "shift": _INERT, "let": _INERT, "getopts": _INERT, "type": _INERT, "which": _INERT,
    "whereis": _INERT, "hash": _INERT, "umask": _INERT, "ulimit": _INERT, "wait": _INERT, "jobs": _INERT, "fg": _INERT,
    "bg": _INERT, "disown": _INERT, "times": _INERT, "caller": _INERT, "shopt": _INERT, "unset": _INERT,
    "sleep": _INERT, "yes": _INERT, "tput": _INERT, "clear": _INERT, "reset": _INERT, "stty": _INERT, "tty": _INERT,
    "expr": {**_INERT, "output": "word"}, "factor": _INERT, "cal": _INERT, "uptime": _INERT, "bc": {"operands": "read*"},
    "man": {"options": "-P,--pager=shell -k -f", "operands": "text*", "traits": "read-only"},
    "info": _INERT, "help": _INERT, "apropos": _INERT, "nproc": {**_INERT, "output": "word"},
    "alias": _PLAIN, "unalias": _PLAIN, "bind": _PLAIN, "complete": _PLAIN, "compgen": _PLAIN, "enable": _PLAIN,
    "history": _PLAIN, "fc": _PLAIN, "logout": _PLAIN, "mapfile": _PLAIN, "readarray": _PLAIN, "read": _PLAIN,
    "local": _PLAIN, "suspend": _PLAIN, "autoload": _PLAIN, "setopt": _PLAIN, "unsetopt": _PLAIN, "zstyle": _PLAIN,
    "export": {"operands": "text*", "run": "shells.declares"}, "declare": "export", "typeset": "export",
    "readonly": "export", "set": {"operands": "text*", "run": "shells.sets"},
    "printenv": {"options": "-0,--null", "run": "shells.prints"},
    "echo": {"operands": "text*", "traits": "read-only", "output": "echo"},
    "printf": {"operands": "text*", "traits": "read-only", "output": "printf"},
    "pwd": {"options": "-L -P", "operands": "text*", "traits": "read-only", "output": "pwd"},
    "seq": {"options": "-s,--separator=text -f,--format=text -w", "operands": "text*", "traits": "read-only",
            "output": "seq"},
    "date": {"options": "-d,--date=text -f,--file=read -I=text? -r,--reference=read -s,--set=text -u -j -v=text",
             "operands": "text*", "traits": "read-only", "output": "word"},
    "whoami": {**_INERT, "output": "user"}, "logname": {**_INERT, "output": "user"}, "id": _INERT, "groups": _INERT,
    "hostname": {**_INERT, "output": "hostname"}, "uname": {**_INERT, "output": "word"}, "arch": {**_INERT, "output": "word"},
    "uuidgen": {**_INERT, "output": "word"}, "last": _INERT, "who": _INERT, "w": _INERT, "getconf": _INERT,
}  # fmt: skip


def _prints(call: Call, work: Work, *, everything: bool) -> None:
    work.entry = {"operands": "text*", "traits": "prints-environment" if everything else ""}
    walk.standard(call, work)


def declares(call: Call, work: Work) -> None:
    """`export` or `declare` with no name lists every variable with its value."""
    _prints(call, work, everything=not work.line.operands)


def sets(call: Call, work: Work) -> None:
    """`set` alone lists every variable and function."""
    _prints(call, work, everything=not call.words)


def prints(call: Call, work: Work) -> None:
    """`printenv` alone lists every variable."""
    _prints(call, work, everything=not work.line.operands)
