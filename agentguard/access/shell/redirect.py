"""Redirections: what they read, write and connect to, and what a command gets as its standard input.

bash(1), REDIRECTION: `/dev/tcp/HOST/PORT` and `/dev/udp/HOST/PORT` are connections of the shell's own.
"""

from __future__ import annotations

from agentguard.access.model import READ, UNKNOWN, WRITE, Pattern
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.values import concat, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value, Wildcard
    from agentguard.access.shell.command import Call
    from agentguard.access.shell.flow import Frame
    from agentguard.access.shell.interpret import Machine
    from agentguard.access.shell.pieces import Here, Redirection
    from agentguard.access.shell.state import State
    from agentguard.access.shell.words import Reader

_READS = frozenset({"<", "<>"})
_WRITES = frozenset({">", ">>", ">|", "&>", "&>>", ">&", "<>"})
_SEEN = ("/dev/stdout", "/dev/stderr", "/dev/tty", "/dev/fd/1", "/dev/fd/2")
_SOCKETS = ("/dev/tcp/", "/dev/udp/")


class Redirected:
    """What the redirections of one command do together.

    `effects`: (action, path, why) of files; `connections`: (host, port, whether it is written to); `inputs`: what each
    descriptor that is opened for reading gives; `outputs`: the file that each other one goes to; `silent`: standard output
    goes elsewhere, into the file `target` if its name is known, behind what is there if it `appends`; `hidden`: nobody sees
    what is written there.
    """

    __slots__ = ("appends", "connections", "effects", "hidden", "inputs", "outputs", "silent", "target")

    def __init__(self) -> None:
        self.effects: list[tuple[str, Value, str]] = []
        self.connections: list[tuple[Value, int | None, bool]] = []
        self.inputs: dict[str, Feed] = {}
        self.outputs: dict[str, Value] = {}
        self.silent = self.appends = self.hidden = False
        self.target: Value = UNKNOWN

    @property
    def stdin(self) -> Feed | None:
        """What standard input gives, None where it is left alone."""
        return self.inputs.get("0")


def read(machine: Machine, redirections: list[Redirection], reader: Reader, frame: Frame, state: State) -> Redirected:
    """Work out redirections from left to right. Raises `Unreadable`."""
    done = Redirected()
    for redirection in redirections:
        operator, descriptor = redirection.operator, redirection.descriptor
        number = descriptor or ("0" if operator[0] == "<" else "1")
        if number[0] == "{":
            number = _number(number[1:-1], state)
        if redirection.here is not None:
            told, secret, machine.secret = machine.told, machine.secret, ""
            done.inputs[number] = Feed(_body(redirection.here, reader, frame.text))
            done.inputs[number].told, done.inputs[number].secret = machine.told > told, machine.secret
            machine.secret = secret
            continue
        raw = frame.text[redirection.start : redirection.end]
        if operator == "<<<":
            told, secret, machine.secret = machine.told, machine.secret, ""
            text = concat([*parts_of(reader.value(raw, redirection.start)), "\n"])
            done.inputs[number] = Feed(text)
            done.inputs[number].told, done.inputs[number].secret = machine.told > told, machine.secret
            machine.secret = secret
            continue
        for target in reader.fields(raw, redirection.start) or [""]:
            if operator in ("<&", ">&") and _is_descriptor(target, operator):
                _double(done, operator, number, target, state)
            else:
                _file(machine, done, operator, number, target, state, frame)
        if descriptor[:1] == "{":  # stays open behind the command
            state.inputs.update({number: done.inputs[number]} if number in done.inputs else {})
            state.outputs.update({number: done.outputs[number]} if number in done.outputs else {})
    return done


def _number(name: str, state: State) -> str:
    """Return the descriptor of `{name}>`: a new one, or the one it holds where it is closed."""
    held = state.exact(name)
    number = held if held is not None and held in {**state.inputs, **state.outputs} else None
    number = number or str(10 + len(state.inputs) + len(state.outputs))
    state.set(name, number)
    return number


def _is_descriptor(target: Value, operator: str) -> bool:
    """Return whether `<&` or `>&` names a descriptor; what is not known does for `<&`."""
    if isinstance(target, str):
        return target == "-" or target.rstrip("-").isdigit()
    return operator == "<&"


def _double(done: Redirected, operator: str, number: str, target: Value, state: State) -> None:
    """`N<&M`, `N>&M`, `N>&M-`, `N>&-`: one descriptor becomes a copy of another one."""
    if target == "-":
        done.inputs[number] = Feed("")
        done.outputs.pop(number, None)
        done.silent = done.silent or number == "1"
        return
    source = target.rstrip("-") if isinstance(target, str) else ""
    opened = {**state.inputs, **done.inputs}
    goes = {**state.outputs, **done.outputs}
    if source in opened:
        done.inputs[number] = opened[source]
    elif operator == "<&" and source != number:
        done.inputs[number] = Feed(UNKNOWN)
    if operator == ">&" and source in goes:
        done.outputs[number] = goes[source]
    if operator == ">&" and number == "1" and source != "1":
        done.silent = done.silent or source == "2" or source in goes
        done.hidden = source in goes
        done.target, done.appends = goes.get(source, UNKNOWN), True


def _file(
    machine: Machine, done: Redirected, operator: str, number: str, target: Value, state: State, frame: Frame
) -> None:
    socket = _socket(target)
    both = operator in ("&>", "&>>") or (operator == ">&" and number == "1")
    if socket is not None:
        done.connections.append((*socket, operator != "<"))
        done.inputs[number] = Feed(UNKNOWN, fetched=True)  # what is opened for writing can be read as well
        if operator in _WRITES and number == "1":
            done.silent = done.hidden = True
        return
    if operator in _READS or operator == "<&":
        done.effects.append((READ, target, f"redirection {operator}"))
        done.inputs[number] = _content(machine, done, target, state, frame)
    if operator in _WRITES:
        done.effects.append((WRITE, target, f"redirection {operator}"))
        done.outputs[number] = target
        if number == "1" or both:
            done.silent, done.hidden = True, target not in _SEEN
            done.target, done.appends = target, operator in (">>", "&>>")


def _content(machine: Machine, done: Redirected, target: Value, state: State, frame: Frame) -> Feed:
    """Return what a file gives: what this text has put there, else what nobody knows but where it comes from."""
    from agentguard.access.shell.command import Call  # noqa: PLC0415 - each needs the other

    call = Call(machine, state, frame, frame.where, [], done.stdin, {})
    call.inputs = {**state.inputs, **done.inputs}
    return call.written(target) or Feed(UNKNOWN, source=target)


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


def opened(call: Call, redirections: Redirected) -> None:
    """Keep what `exec` without a command opens."""
    state = call.state
    if redirections.silent and not redirections.appends:
        call.remember(redirections.target, Feed(""))
    state.inputs.update(redirections.inputs)
    state.outputs.update(redirections.outputs)
    if redirections.silent and "1" not in redirections.outputs:
        state.outputs.pop("1", None)


def redirected(
    machine: Machine, redirections: list[Redirection], state: State, stdin: Feed | None, frame: Frame
) -> tuple[Call, Redirected]:
    """Do the redirections of a compound command. Return them, and the call that their rows belong to."""
    from agentguard.access.shell.command import Call  # noqa: PLC0415 - each needs the other
    from agentguard.access.shell.words import Reader  # noqa: PLC0415 - it needs us

    where = frame.place(redirections[0].start, redirections[-1].end)
    call = Call(machine, state, frame, where, [], stdin, {})
    done = read(machine, redirections, Reader(machine, state, frame), frame, state)
    effects(call, done)
    return call, done


def effects(call: Call, redirections: Redirected) -> None:
    """Add the rows of what redirections read, write and connect to."""
    for action, value, why in redirections.effects:
        call.path(action, value, why)
    for host, port, writes in redirections.connections:
        origin = call.origin
        traits = set(origin.traits)
        if writes:
            traits.add("sends")
        if call.told and isinstance(host, Pattern):
            traits.add("computed-address")
        call.begin(origin.command, origin.flags, origin.args, frozenset(traits))
        call.connect(host, port, "redirection to the network")
        call.origin = origin
