"""Redirections: what they read, write and connect to, and what a command gets as its standard input.

bash(1), REDIRECTION: `/dev/tcp/HOST/PORT` and `/dev/udp/HOST/PORT` are connections of the shell's own.
"""

from __future__ import annotations

from agentguard.access.model import READ, UNKNOWN, WRITE
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.values import concat, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value, Wildcard
    from agentguard.access.shell.flow import Frame
    from agentguard.access.shell.interpret import Machine
    from agentguard.access.shell.pieces import Here, Redirection
    from agentguard.access.shell.state import State
    from agentguard.access.shell.words import Reader

_READS = frozenset({"<", "<>"})
_WRITES = frozenset({">", ">>", ">|", "&>", "&>>", ">&", "<>"})
_SOCKETS = ("/dev/tcp/", "/dev/udp/")


class Redirected:
    """What the redirections of one command do together.

    `effects`: (action, path, why) of files; `connections`: (host, port, whether it is written to); `stdin`: None where
    it is left alone; `silent`: standard output goes elsewhere, into the file `target` if its name is known.
    """

    __slots__ = ("connections", "effects", "silent", "stdin", "target")

    def __init__(self) -> None:
        self.effects: list[tuple[str, Value, str]] = []
        self.connections: list[tuple[Value, int | None, bool]] = []
        self.stdin: Feed | None = None
        self.silent = False
        self.target: Value = UNKNOWN


def read(machine: Machine, redirections: list[Redirection], reader: Reader, frame: Frame, state: State) -> Redirected:
    """Work out redirections from left to right. Raises `Unreadable`."""
    done = Redirected()
    for redirection in redirections:
        operator, descriptor = redirection.operator, redirection.descriptor
        if descriptor[:1] == "{":
            state.set(descriptor[1:-1], "10")
        if redirection.here is not None:
            body = _body(redirection.here, reader, frame.text)
            if descriptor in ("", "0"):
                done.stdin = Feed(body)
            continue
        raw = frame.text[redirection.start : redirection.end]
        if operator == "<<<":
            text = concat([*parts_of(reader.value(raw, redirection.start)), "\n"])
            if descriptor in ("", "0"):
                done.stdin = Feed(text)
            continue
        for target in reader.fields(raw, redirection.start) or [""]:
            if operator in ("<&", ">&") and isinstance(target, str) and (target == "-" or target.rstrip("-").isdigit()):
                if descriptor in ("", "1") and operator == ">&" and target in ("2", "-"):
                    done.silent = True
                continue
            _file(machine, done, operator, descriptor, target)
    return done


def _file(machine: Machine, done: Redirected, operator: str, descriptor: str, target: Value) -> None:
    socket = _socket(target)
    stdin = descriptor in ("", "0") and operator in ("<", "<>", "<&")
    if socket is not None:
        done.connections.append((*socket, operator != "<"))
        if stdin:
            done.stdin = Feed(UNKNOWN, fetched=True)
        if operator in _WRITES and descriptor in ("", "1"):
            done.silent = True
        return
    if operator in _READS or operator == "<&":
        done.effects.append((READ, target, f"redirection {operator}"))
    if operator in _WRITES:
        done.effects.append((WRITE, target, f"redirection {operator}"))
    if stdin:
        known = machine.processes.get(target) if isinstance(target, str) else None
        done.stdin = known or Feed(UNKNOWN, source=target)
    elif operator in _WRITES and (descriptor in ("", "1") or operator in ("&>", "&>>")):
        done.silent = True
        done.target = target if operator in (">", ">|", "&>", ">&") else UNKNOWN


def _socket(target: Value) -> tuple[Value, int | None] | None:
    """Return host and port of a `/dev/tcp/HOST/PORT`, None for every other path."""
    first = parts_of(target)[0]
    if not isinstance(first, str) or not first.startswith(_SOCKETS):
        return None
    if isinstance(target, str):
        host, _, port = target[9:].partition("/")
        return host, int(port) if port.isascii() and port.isdigit() and len(port) < 6 else None
    known: list[str | Wildcard] = []
    for part in (first[9:], *parts_of(target)[1:]):
        if isinstance(part, str) and "/" in part:
            known.append(part.partition("/")[0])
            break
        known.append(part)
    return concat(known), None


def _body(here: Here, reader: Reader, text: str) -> Value:
    raw = text[here.start : here.end]
    if here.strip:
        raw = "".join(line.lstrip("\t") for line in raw.splitlines(keepends=True))
    if here.quoted:
        return raw
    return reader.body(raw, None if here.strip else here.start)
