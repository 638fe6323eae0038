"""One simple command: assignments, redirections, expansion, and then whatever its first word names.

A function of this text comes first, then the shell's own commands, then the table of programs. A first word that is not
known is opaque. Programs reach the interpreter through a `Call`.
"""

from __future__ import annotations

from agentguard.access import paths
from agentguard.access.model import (
    CERTAIN,
    CONNECT,
    DELETE,
    EXACT,
    EXECUTE,
    STAR,
    TREE,
    UNCERTAIN,
    UNKNOWN,
    WRITE,
    Origin,
    Pattern,
    Row,
)
from agentguard.access.shell.flow import Feed, Frame
from agentguard.access.shell.limits import MAX_NESTING
from agentguard.access.shell.pieces import TooMuch
from agentguard.access.shell.skip import assignment
from agentguard.access.shell.values import Beneath, Globbed, concat
from agentguard.access.shell.words import Reader, assigned_in_arithmetic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.model import Value
    from agentguard.access.shell.interpret import Machine
    from agentguard.access.shell.pieces import Redirection, Simple
    from agentguard.access.shell.redirect import Redirected
    from agentguard.access.shell.state import State
    from agentguard.access.world import World

_MALFORMED = frozenset({"malformed"})


class Call:
    """One command with its words worked out, and the ways in which it can act.

    `name` is the program as it is called without its folder, `words` what follows it, `assigned` the variables set for
    this command alone, `program` the path it was called by ("" for a bare name).
    """

    __slots__ = ("assigned", "cwd", "frame", "machine", "name", "origin", "program", "state", "stdin", "where", "words")

    def __init__(
        self, machine: Machine, state: State, frame: Frame, where: tuple[int, int], words: list[Value],
        stdin: Feed | None, assigned: dict[str, Value],
    ) -> None:  # fmt: skip
        self.machine = machine
        self.state = state
        self.frame = frame
        self.where = where
        self.cwd: Value = state.cwd  # type: ignore[assignment]  # choices have been pinned
        self.words = words
        self.stdin = stdin
        self.assigned = assigned
        self.name = ""
        self.program = ""
        self.origin = Origin(via=frame.via, span=where)

    @property
    def world(self) -> World:
        """What the call happens in."""
        return self.machine.world

    def variable(self, name: str) -> Value | None:
        """Return what the program sees in a variable; None where this text says nothing about it."""
        if name in self.assigned:
            return self.assigned[name]
        held = self.state.variables.get(name)
        return held if isinstance(held, (str, Pattern)) or held is UNKNOWN else None

    def begin(
        self, command: tuple[str, ...], flags: tuple[Value, ...], args: tuple[Value, ...], traits: frozenset[str]
    ) -> None:
        """Say what the command is. Every row from here on carries it."""
        self.origin = Origin(
            command, program=self.program, flags=flags, args=args, via=self.frame.via, traits=traits, span=self.where
        )

    def row(self, action: str, certainty: str = CERTAIN, why: str = "", **resource: Any) -> None:
        """Add a row of this command."""
        self.machine.row(Row(action, certainty, origin=self.origin, why=why, **resource))

    def path(self, action: str, value: Value, why: str, extent: str = EXACT, certainty: str = CERTAIN) -> None:
        """Add the rows of a path; none for the empty text and for the null device and its kin."""
        if value == "":
            return
        if isinstance(value, str) and (fault := paths.fault(value)):
            self._malformed(action, f"{why}: {fault}")
            return
        if isinstance(value, Beneath):
            value, extent = value.root, TREE
        elif extent == TREE and action == DELETE and isinstance(value, Pattern):
            value = _folder_of_all(value)
        for path in paths.of(value, self.cwd, self.world, extent):
            if not paths.silent(path.text):
                self.row(action, UNCERTAIN if path.text is UNKNOWN else certainty, why, path=path)

    def connect(
        self, host: Value, port: int | None = None, why: str = "", certainty: str = CERTAIN, **more: Any
    ) -> None:
        """Add the row of a connection."""
        from agentguard.access import hosts  # noqa: PLC0415 - few commands connect

        if isinstance(host, str):
            host = hosts.normal(host)
        action = more.pop("action", CONNECT)
        self.row(action, UNCERTAIN if host is UNKNOWN else certainty, why, host=host, port=port, **more)

    def opaque(self, why: str, traits: frozenset[str] = frozenset()) -> None:
        """Say that what this command runs cannot be known."""
        name = self.origin.command[0] if self.origin.command else self.name
        self.machine.opaque(self.frame, self.where, why, traits | self.origin.traits, name)

    def run(self, words: list[Value], label: str, *, stdin: Feed | None = None, state: State | None = None) -> Feed:
        """Run other words as a command that this one carries."""
        machine = self.machine
        if machine.depth >= MAX_NESTING:
            machine.unreadable(self.frame, self.where, TooMuch("it is nested too deeply"))
            return Feed(UNKNOWN)
        machine.depth += 1
        frame = Frame(self.frame.text, (*self.frame.via, label) if label else self.frame.via, None, self.where)
        frame.scanned = self.frame.scanned
        machine.count("commands")
        if state is None:  # a program of its own: it changes nothing here, and knows no functions
            state = self.state.copy()
            state.functions, state.aliases = {}, {}
            state.cwd = self.cwd
        inner = Call(machine, state, frame, self.where, words, stdin, dict(self.assigned))
        feed = _named(inner, "")
        machine.depth -= 1
        return feed

    def shell(self, text: Value, label: str, *, stdin: Feed | None = None, state: State | None = None) -> Feed:
        """Run text as a shell does that this command starts; opaque where the text is not known."""
        via = (*self.frame.via, label) if label else self.frame.via
        if not isinstance(text, str):
            self.fetched_or_opaque(f"the text that {label or self.name} runs is not known")
            return Feed(UNKNOWN)
        return self.machine.run(Frame(text, via, None, self.where), state or self.child([]), stdin)

    def child(self, parameters: list[Value], zero: Value = "bash") -> State:
        """Return the state in which another shell starts that this command runs: it sees what is exported."""
        state = self.state.copy()
        state.zero = zero
        state.cwd = self.cwd
        state.functions, state.aliases, state.parameters, state.locals = {}, {}, parameters, None
        state.hide()
        for name, value in self.assigned.items():
            state.set(name, value)
        return state

    def written(self, path: Value) -> Feed | None:
        """Return what this text has put into a file, or what a process substitution gives; None for other files."""
        if not isinstance(path, str) or not isinstance(self.cwd, str) or paths.fault(path):
            return None
        machine = self.machine
        known = machine.processes.get(path)
        return known or machine.written.get(paths.absolute(path, self.cwd, self.world.platform))

    def remember(self, path: Value, feed: Feed) -> None:
        """Note what this text puts into a file."""
        if isinstance(path, str) and isinstance(self.cwd, str) and not paths.fault(path):
            self.machine.written[paths.absolute(path, self.cwd, self.world.platform)] = feed

    def set_variable(self, name: str) -> None:
        """Run the command that programs take from a variable which is set for this command."""
        from agentguard.access.shell import builtins  # noqa: PLC0415 - few commands assign

        builtins.runs_by_variable(self, name, self.assigned[name])

    def fetched_or_opaque(self, why: str, *, fetched: bool = False) -> None:
        """Say that unknown code runs, and whether it came over the network."""
        traits = frozenset({"runs-fetched-code"}) if fetched or self.machine.fetched else frozenset[str]()
        if traits:
            origin = self.origin
            self.begin(origin.command or (self.name,), origin.flags, origin.args, origin.traits | traits)
            self.row(EXECUTE, why="it runs code that was fetched")
        self.opaque(why, traits)

    def _malformed(self, action: str, why: str) -> None:
        origin = self.origin
        malformed = Origin(
            origin.command, program=origin.program, flags=origin.flags, args=origin.args, via=origin.via,
            traits=origin.traits | _MALFORMED, span=origin.span,
        )  # fmt: skip
        self.machine.row(Row(action, origin=malformed, why=why))


def _folder_of_all(value: Pattern) -> Value:
    """Return D for `D/*`: deleting everything in a folder is deleting what is beneath it."""
    parts = value.parts
    if parts[-1] is not STAR:
        return value
    if len(parts) == 1:
        return "."
    before = parts[-2]
    if not isinstance(before, str) or before[-1:] != "/":
        return value
    return concat([*parts[:-2], before if before == "/" else before[:-1]])


def run(machine: Machine, simple: Simple, state: State, stdin: Feed | None, frame: Frame) -> Feed:
    """Run one simple command. Raises `Unreadable`."""
    text = frame.text
    where = frame.place(simple.start, simple.end)
    reader = Reader(machine, state, frame)
    machine.fetched = False
    if simple.region:
        _region(simple, reader)
        words: list[Value] = []
        assigned: dict[str, Value] = {}
    else:
        words, assigned = _words(simple, text, reader)
        machine.count("words", len(words))
    redirections = None
    if simple.redirections:
        from agentguard.access.shell import redirect  # noqa: PLC0415 - many commands have none

        redirections = redirect.read(machine, simple.redirections, reader, frame, state)
        stdin = redirections.stdin or stdin
    call = Call(machine, state, frame, where, words, stdin, assigned)
    rest = ""
    if simple.words and not simple.region:
        rest = text[simple.words[0][1] : simple.end] if not assigned else ""
    for name in assigned:
        call.row(WRITE, variable=name, why="an assignment before the command" if words else "an assignment")
        call.set_variable(name)
    if words:
        feed = _named(call, rest)
    else:
        if machine.note is not None and assigned:
            machine.note(call, [])
        for name, value in assigned.items():
            state.set(name, value)
        feed = Feed("")
        feed.fetched = machine.fetched
    if redirections is None:
        return feed
    _effects(call, redirections)
    if redirections.silent:
        call.remember(redirections.target, feed)
        return Feed("")
    return feed


def _words(simple: Simple, text: str, reader: Reader) -> tuple[list[Value], dict[str, Value]]:
    """Return the expanded words of a command, and the assignments before them."""
    raws = simple.words
    first = 0
    while first < len(raws) and assignment(text[raws[first][0] : raws[first][1]]):
        first += 1
    words: list[Value] = []
    assigned: dict[str, Value] = {}
    declares = first < len(raws) and text[raws[first][0] : raws[first][1]] in _DECLARATIONS
    keyed = False
    for start, end in raws[first:]:
        raw = text[start:end]
        keyed = keyed or (raw[:1] == "-" and "A" in raw)
        if declares and assignment(raw):  # neither split nor matched with files
            from agentguard.access.shell import assign  # noqa: PLC0415 - few commands declare

            words.append(assign.declared(raw, start, reader, keyed=keyed))
        else:
            words += reader.fields(raw, start)
    for start, end in raws[:first]:
        from agentguard.access.shell import assign  # noqa: PLC0415 - few commands assign

        assign.assign(text[start:end], start, reader, assigned)
    return words, assigned


# The shell's own commands that change what later commands see (see builtins).
_CHANGES = frozenset({
    "cd", "chdir", "pushd", "popd", "export", "declare", "typeset", "local", "readonly", "unset", "set", "shift", "read",
    "mapfile", "readarray", "getopts", "printf", "let", "alias", "unalias", "shopt", "exit", "return", "wait",
})  # fmt: skip
_DECLARATIONS = frozenset({"export", "declare", "typeset", "local", "readonly"})


def redirected(
    machine: Machine, redirections: list[Redirection], state: State, stdin: Feed | None, frame: Frame
) -> tuple[Feed | None, bool]:
    """Do the redirections of a compound command. Return its standard input, and whether its output goes elsewhere."""
    from agentguard.access.shell import redirect  # noqa: PLC0415 - few compound commands have any

    where = frame.place(redirections[0].start, redirections[-1].end)
    call = Call(machine, state, frame, where, [], stdin, {})
    done = redirect.read(machine, redirections, Reader(machine, state, frame), frame, state)
    _effects(call, done)
    return done.stdin or stdin, done.silent


def _effects(call: Call, redirections: Redirected) -> None:
    for action, value, why in redirections.effects:
        call.path(action, value, why)
    for host, port, writes in redirections.connections:
        origin = call.origin
        traits = set(origin.traits)
        if writes:
            traits.add("sends")
        if not isinstance(host, str):
            traits.add("computed-address")
        call.begin(origin.command, origin.flags, origin.args, frozenset(traits))
        call.connect(host, port, "redirection to the network")
        call.origin = origin


def _region(simple: Simple, reader: Reader) -> None:
    """Run the commands inside `[[ … ]]` and `((…))`; what the latter assigns is no longer known."""
    for start, end in simple.words:
        raw = reader.frame.text[start:end]
        if simple.region == "arithmetic":
            value = reader.body(raw, start)
            if "=" in raw or "++" in raw or "--" in raw:
                assigned_in_arithmetic(value if isinstance(value, str) else raw, reader.state)
        else:
            reader.value(raw, start)


def _named(call: Call, rest: str) -> Feed:
    """Run what the first word names. `rest` is the raw text behind it, for aliases."""
    from agentguard.access.programs import walk  # noqa: PLC0415 - loaded with the first command

    if call.machine.note is not None:
        call.machine.note(call, call.words)
    word, call.words = call.words[0], call.words[1:]
    if isinstance(word, Globbed):  # the first file that matches is the command, the others are its first words
        texts = [path.text for path in paths.of(word, call.cwd, call.world)]
        word = texts[0]
        call.words = [*texts[1:], *call.words]
    name = word if isinstance(word, str) else None
    if not name:
        call.name = ""
        call.opaque("the command's name is not known")
        return walk.unknown(call)
    if "/" in name:
        call.name = name.rstrip("/").rpartition("/")[2] or name
        if isinstance(call.cwd, str) and not paths.fault(name):
            call.program = paths.absolute(name, call.cwd, call.world.platform)
    else:
        call.name = name.lstrip("=") or name  # zsh: `=cmd` is the path of cmd
        if call.world.platform == "darwin":
            call.name = call.name.lower() if call.name.isupper() else call.name
        state = call.state
        if name in state.functions:
            return _functions(call, name)
        if name in state.aliases:
            meanings = state.aliases.pop(name)  # an alias is not replaced within itself
            for meaning in meanings:
                call.shell(meaning if not isinstance(meaning, str) else meaning + rest, "", state=state)
            state.aliases[name] = meanings
    feed = walk.run(call)
    if call.name in _CHANGES and not call.program:
        from agentguard.access.shell import builtins  # noqa: PLC0415 - few commands change the shell

        builtins.change(call)
    return feed


def _functions(call: Call, name: str) -> Feed:
    feed = Feed("")
    state = call.state
    for key, value in call.assigned.items():
        state.set(key, value)
    for function in state.functions[name]:
        feed = call.machine.call(function, call.words, state, call.stdin, call.frame.via)
    return feed
