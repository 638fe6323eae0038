"""Shell text to rows: an abstract run of the text in which no program is started.

Every command is looked at as if it ran: both sides of a branch, the body of a loop, both sides of `&&`. What a command
does to the shell (folder, variables, functions) is carried on, branches meet again in one state, and what a command
writes is handed to the next one of a pipeline where it can be computed. What is not understood becomes an opaque row,
and so does everything past a limit: nothing is passed over in silence.
"""

from __future__ import annotations

from agentguard.access.model import CERTAIN, EXECUTE, OPAQUE, POSSIBLE, UNKNOWN, Access, Origin, Row
from agentguard.access.shell import command, telling, tree
from agentguard.access.shell.flow import Enough, Feed, Frame, Function, Spent
from agentguard.access.shell.limits import (
    MAX_COMBINATIONS,
    MAX_COMMANDS,
    MAX_NESTING,
    MAX_PROCESSED,
    MAX_READ_COMMANDS,
    MAX_READ_WORDS,
    MAX_ROWS,
    MAX_WORDS,
)
from agentguard.access.shell.pieces import TooMuch, Unreadable
from agentguard.access.shell.scan import scan
from agentguard.access.shell.state import initial
from agentguard.access.shell.values import UNSET, concat, parts_of
from agentguard.access.shell.words import Reader
from agentguard.access.world import Looked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentguard.access.model import Value
    from agentguard.access.programs.elsewhere import Place
    from agentguard.access.shell.command import Call
    from agentguard.access.shell.made import Made
    from agentguard.access.shell.pieces import Simple
    from agentguard.access.shell.state import State
    from agentguard.access.shell.tree import Node
    from agentguard.access.world import World


def interpret(
    text: str, cwd: str, world: World, tool: str, note: Callable[[Call, list[Value]], None] | None = None
) -> Access:
    """Return all that `text` would do when a shell runs it in the folder `cwd`. Never raises.

    `note` is told of every command and its words as it is run.
    """
    machine = Machine(world, tool, len(text))
    machine.note = note
    frame = Frame(text, (), 0, (0, len(text)))
    try:
        if "\0" in text:
            origin = Origin(traits=frozenset({"malformed"}), span=frame.where)
            machine.row(Row(EXECUTE, origin=origin, why="it holds a NUL character"))
        else:
            state = initial(cwd, world)
            machine.run(frame, state, None)
            machine.leave(state)
            if machine.twice:
                from agentguard.access.shell import again  # noqa: PLC0415 - few texts echo escapes that count

                again.afresh(machine)
                state = initial(cwd, world)
                machine.run(frame, state, None)
                machine.leave(state)
    except Spent as spent:
        machine.opaque(frame, frame.where, str(spent))
        machine.complete = False
    except RecursionError:
        machine.opaque(frame, frame.where, "it is nested too deeply")
        machine.complete = False
    return Access(machine.rows, complete=machine.complete, work=machine.work, files=machine.files)


_PARTLY = 4  # rows of exact paths that one of a path of which only parts are known counts as: rules take longer for it


class Machine:
    """The run of one tool call. Holds what is counted and the rows; states are handed from command to command."""

    __slots__ = (
        "_origin", "_origin_number", "_origins", "_seen", "_weight", "behind", "captured", "complete", "depth", "doubted",
        "echoed", "elsewhere", "escapes", "fetched", "files", "made", "note", "processed", "processes", "program",
        "reading", "rows", "secret", "sinks", "sought", "taken", "told", "tool", "twice", "unsplit", "unsure", "work",
        "world",
    )  # fmt: skip

    def __init__(self, world: World, tool: str, size: int) -> None:
        self.behind = ""  # the raw text of the command that gets what the one at hand writes, "" where there is none
        self.world = world.over(Looked(world.disk))  # a call is so short that the disk stays as it is
        self.world.folders = {} if world.folders is None else world.folders
        self.tool = tool
        self.rows: list[Row] = []
        self._seen: set[object] = set()
        self._weight = 0
        self._origins: dict[object, int] = {}
        self._origin: Origin | None = None
        self._origin_number = 0
        self.complete = True
        self.unsplit = False  # a word of the command at hand is one path in zsh and several words in bash
        self.depth = 0
        self.doubted = 0  # lines are being read in a way that is not the only one (see doubts), one inside another
        self.unsure = 0  # how many branches and loops are round the command at hand
        self.note: Callable[[Call, list[Value]], None] | None = None
        self.escapes = False  # `echo` reads escapes, as that of zsh and of dash does
        self.echoed = 0  # how often it would have written something else then
        self.twice = False  # and something got that which may run it
        self.reading = 0  # files of the disk that are being read because they are about to run, one inside another
        # Whether the innermost of them is no shell script; "loaded" for a file of this text, "tool" for one that surely runs.
        self.program: bool | str = False
        self.files: dict[str, tuple[str, int]] = {}  # hash and size of each that was read, by its path
        self.fetched = False  # a substitution of the command at hand fetched something
        self.sought: list[str] = []  # names of processes whose numbers this text has looked up
        self.elsewhere: Place | None = None  # the container in which the command at hand runs
        self.secret = ""  # the last variable with a secret that stood in a word of the command at hand
        self.captured = 0  # how many take what is written, so that nobody sees it
        self.taken = 0  # how many command substitutions are among them
        self.told = 0  # how often something was read that may be nobody else's business (see telling)
        self.processes: dict[str, Feed] = {}  # what `/dev/fd/N` of a process substitution gives
        self.sinks: dict[str, Callable[[Feed], None]] = {}  # what reads `/dev/fd/N` of a `>(…)` of the command at hand
        self.made: Made | None = None  # what this text has made of the file system, None as long as that is nothing
        self.processed = 0
        self.work = {"characters": size, "commands": 0, "words": 0}

    def wrote(self, before: int) -> None:
        """Note that what was written since `echoed` was `before` goes somewhere."""
        self.twice = self.twice or self.echoed > before

    # -- rows

    def row(self, row: Row) -> None:
        """Add a row, unless an equal one is there."""
        if self.elsewhere is not None:
            from agentguard.access.programs import elsewhere  # noqa: PLC0415 - few commands run in a container

            moved = elsewhere.row(self.elsewhere, row, self.world)
            if moved is None:
                return
            row = moved
        if self.reading:
            from agentguard.access.code import possible  # noqa: PLC0415 - few commands run a file that is read

            kept = possible.row(row, self.world)
            if kept is None:
                return
            if len(self.rows) >= MAX_ROWS // 4:
                raise Enough("its files do too many things")
            row = kept
        row.tool = self.tool
        if self.doubted and row.certainty == CERTAIN:
            row.certainty = POSSIBLE
        path = row.path
        if telling.tells(row):
            self.told += 1
        kind, value = row.resource()
        what = repr(value) if path is None else (path.text, path.resolved, path.extent, path.keeps)
        key = (
            self._number(row.origin), row.action, row.certainty, kind, what, row.port, row.method, row.sql_verb,
            row.remote and repr(row.remote),
        )  # fmt: skip
        if key in self._seen:
            return
        self._weight += 1 if path is None or isinstance(path.text, str) else _PARTLY
        if self._weight > MAX_ROWS:
            raise Spent("it does too many things")
        self._seen.add(key)
        self.rows.append(row)

    def _number(self, origin: Origin) -> int:
        """Return a number that equal origins share; the rows of one command have the same one."""
        if origin is not self._origin:
            key = (origin.command, repr(origin.flags), repr(origin.args), origin.via, origin.traits, origin.program)
            self._origin = origin
            self._origin_number = self._origins.setdefault(key, len(self._origins))
        return self._origin_number

    def opaque(
        self, frame: Frame, where: tuple[int, int], why: str, traits: frozenset[str] = frozenset(), name: str = ""
    ) -> None:
        """Add a row that says: what runs here cannot be known. What a file of the disk runs is out of scope."""
        if self.reading:
            return
        origin = Origin((name,) if name else (), via=frame.via, traits=traits, span=where)
        row = Row(EXECUTE, OPAQUE, origin=origin, tool=self.tool, why=why)
        key = (why, frame.via, traits, where)
        if key not in self._seen:
            self._seen.add(key)
            self.rows.append(row)

    def unreadable(self, frame: Frame, where: tuple[int, int], reason: Unreadable) -> None:
        """Add the opaque row of what could not be read."""
        self.opaque(frame, where, str(reason))
        if isinstance(reason, TooMuch) and not self.reading:
            self.complete = False

    def count(self, kind: str, amount: int = 1) -> None:
        """Spend some of a budget. Raises `Spent`, and `Enough` for that of files."""
        if self.reading:
            kind = "read " + kind
            self.work[kind] = self.work.get(kind, 0) + amount
            if self.work[kind] > (MAX_READ_COMMANDS if kind == "read commands" else MAX_READ_WORDS):
                raise Enough("its files do too many things")
            return
        self.work[kind] += amount
        if self.work["commands"] > MAX_COMMANDS:
            raise Spent("it runs too many commands")
        if self.work["words"] > MAX_WORDS:
            raise Spent("it holds too many words")

    def spend(self, characters: int) -> None:
        """Spend some of the budget of what is gone through. Raises `Spent`, and `Enough` in files of the disk."""
        self.processed += characters
        if self.processed > MAX_PROCESSED:
            raise (Enough if self.reading else Spent)("it works through too much text")

    # -- running text

    def run(self, frame: Frame, state: State, stdin: Feed | None) -> Feed:
        """Run the text of a frame in `state`, which changes with it. Return what it writes."""
        if self.depth >= MAX_NESTING:
            self.unreadable(frame, frame.where, TooMuch("it is nested too deeply"))
            if self.depth == MAX_NESTING:
                from agentguard.access.shell import part  # noqa: PLC0415 - few texts come so far

                self.depth += 1
                words = part.innermost([*frame.text.split(" ")], frame.via)
                part.run(self, Frame(" ".join(map(str, words)), frame.via, None, frame.where), state)
                self.depth -= 1
            return Feed(UNKNOWN)
        self.depth += 1
        self.spend(len(frame.text))
        try:
            frame.scanned = scan(frame.text)
            root = tree.build(frame.scanned)
        except Unreadable as reason:
            from agentguard.access.shell import again  # noqa: PLC0415 - most texts are bash's

            feed = again.in_zsh(self, frame, state, stdin, reason)
            self.depth -= 1
            return feed
        feed = self.node(root, state, stdin, frame)
        self.depth -= 1
        return feed

    def substitute(self, text: str, reader: Reader, place: int | None) -> Value:
        """Run the text of a command substitution; return what takes its place."""
        outer = reader.frame
        offset = None if place is None or outer.offset is None else outer.offset + place
        where = outer.where if offset is None else (offset, offset + len(text))
        before = self.fetched  # of an earlier substitution of the same command
        state = reader.state.copy()
        state.outputs.pop("1", None)
        echoed, secret = self.echoed, self.secret
        self.captured += 1
        self.taken += 1
        feed = self.run(Frame(text, outer.via, offset, where), state, None)
        self.taken -= 1
        self.captured -= 1
        self.wrote(echoed)
        self.secret = feed.secret or secret
        self.leave(state, reader.state.traps)
        self.fetched = before or feed.fetched
        if feed.items and feed.value is UNKNOWN:
            if len(feed.items) == 1:
                return feed.items[0]
            return concat([part for item in feed.items for part in ("\n", *parts_of(item))][1:])
        if isinstance(feed.value, str):
            return feed.value.rstrip("\n").replace("\0", "")
        parts = parts_of(feed.value)
        return concat([*parts[:-1], last.rstrip("\n")]) if isinstance(last := parts[-1], str) else feed.value

    def process(self, text: str, direction: str, reader: Reader, place: int | None) -> str:
        """Run the text of a process substitution; return the path that stands for it."""
        outer = reader.frame
        offset = None if place is None or outer.offset is None else outer.offset + place
        where = outer.where if offset is None else (offset, offset + len(text))
        path = f"/dev/fd/{63 - len(self.processes)}"
        frame, state = Frame(text, outer.via, offset, where), reader.state.copy()
        if direction == ">":  # it runs when the command has written to it
            self.processes[path] = Feed("")
            self.sinks[path] = lambda feed: self._sink(frame, state, feed)
            return path
        before, told, echoed, secret = self.fetched, self.told, self.echoed, self.secret
        self.captured += 1
        feed = self.run(frame, state, None)
        self.captured -= 1
        self.wrote(echoed)
        self.secret = secret
        self.leave(state, reader.state.traps)
        self.fetched = before
        feed.told = feed.told or self.told > told
        self.processes[path] = feed
        return path

    def _sink(self, frame: Frame, state: State, feed: Feed) -> None:
        before = self.fetched
        self.run(frame, state, feed)
        self.fetched = before

    def leave(self, state: State, kept: tuple[Any, ...] = ()) -> None:
        """Let a shell end: its traps run, but for those of the shell round it."""
        if state.traps is not kept:
            traps, state.traps = state.traps, kept
            for trap in traps:
                if trap not in kept:
                    text, via, where = trap
                    self.run(Frame(text, via, None, where), state, None)

    def drain(self, before: dict[str, Callable[[Feed], None]]) -> None:
        """Run what reads from the command that is done and has got nothing that is known."""
        sinks, self.sinks = self.sinks, before
        for sink in sinks.values():
            sink(Feed(UNKNOWN))

    def changes(self) -> Made:
        """Return what this text has made of the file system, to change it."""
        if self.made is None:
            from agentguard.access.shell.made import Made  # noqa: PLC0415 - few texts make files

            self.made = Made(self.world.disk, self.world.platform)
            self.made.sure = not self.unsure
            self.world = self.world.over(self.made)
        return self.made

    def perhaps(self, node: Node, state: State, stdin: Feed | None, frame: Frame) -> Feed:
        """Run one node of a tree that may be passed over."""
        self.unsure += 1
        if self.made is not None:
            self.made.sure = False
        feed = self.node(node, state, stdin, frame)
        self.unsure -= 1
        if self.made is not None:
            self.made.sure = not self.unsure
        return feed

    def call(
        self, function: Function, arguments: list[Value], state: State, stdin: Feed | None, via: tuple[str, ...]
    ) -> Feed:
        """Run a function of the shell."""
        if self.depth >= MAX_NESTING:
            self.unreadable(function.frame, function.frame.where, TooMuch("its functions are nested too deeply"))
            return Feed(UNKNOWN)
        self.depth += 1
        frame = function.frame
        self.reading += frame.file
        inner = Frame(frame.text, via, frame.offset, frame.where)
        inner.scanned = frame.scanned
        parameters, state.parameters = state.parameters, arguments
        outer, state.locals = state.locals, {}
        references = state.references.copy()
        try:
            feed = self.node(function.body, state, stdin, inner)
        except Enough:
            if self.reading > frame.file:  # inside the reading of another file, which ends there
                raise
            feed = Feed(UNKNOWN)
        state.references = references
        for name, held in (state.locals or {}).items():
            state.set(name, held)
        self.reading -= frame.file
        state.parameters, state.locals = parameters, outer
        state.dead = False
        self.depth -= 1
        return feed

    def node(self, node: Node, state: State, stdin: Feed | None, frame: Frame) -> Feed:
        """Run one node of a tree."""
        handler = _HANDLERS.get(node[0])
        if handler is None:
            from agentguard.access.shell import compound  # noqa: PLC0415 - many texts hold none

            _HANDLERS.update(compound.HANDLERS)
            handler = _HANDLERS[node[0]]
        return handler(self, node, state, stdin, frame)


def _sequence(machine: Machine, node: Node, state: State, stdin: Feed | None, frame: Frame) -> Feed:
    feeds: list[Feed] = []
    for child, background in node[1]:
        if background:
            feeds.append(apart(machine, child, state, stdin, frame))
        else:
            feeds.append(machine.node(child, state, stdin, frame))
            _settle(state)
    return together(feeds)


def apart(machine: Machine, node: Node, state: State, stdin: Feed | None, frame: Frame) -> Feed:
    """Run one node in a shell of its own."""
    own = state.copy()
    feed = machine.node(node, own, stdin, frame)
    machine.leave(own, state.traps)
    return feed


def _settle(state: State) -> None:
    """Let what a failed command left and what a successful one left meet; under `set -e` a failure ends everything."""
    failed, state.failed = state.failed, None
    if failed is not None and not state.errexit:
        state.join(failed)


def together(feeds: list[Feed]) -> Feed:
    """Return what commands write one after the other."""
    if len(feeds) == 1:
        return feeds[0]
    parts = [part for feed in feeds for part in parts_of(feed.value)]
    return Feed(concat(parts), any(feed.fetched for feed in feeds))


def _chain(machine: Machine, node: Node, state: State, stdin: Feed | None, frame: Frame) -> Feed:
    """Run `a && b || c`. The next command of `&&` sees success, that of `||` failure; afterwards all of them meet."""
    feeds: list[Feed] = []
    succeeded: list[State] = []  # states in which commands were passed over, and how the chain stands in them
    failed: list[State] = []
    before = node
    for operator, child in node[1]:
        if operator:
            failure = state.failed or state.copy()
            state.failed = None
            if frame.scanned.negated:
                state.join(failure.copy())
                failure = state.copy()
            if operator == "&&":
                if not _surely(before, frame, failure):
                    failed.append(failure)
                meet(state, succeeded)
                succeeded = []
            else:
                succeeded.append(state.copy())
                meet(failure, failed)
                failed = []
                state.become(failure)
        run = machine.perhaps if operator else machine.node
        before = child
        feeds.append(run(child, state, stdin, frame))
    _settle(state)
    meet(state, [*succeeded, *failed])
    return together(feeds)


# Commands that nobody expects to fail. Where they do, what follows behind `&&` does not happen, and that is all.
_SURE = frozenset({"mkdir", "echo", "printf", "true", ":", "export", "touch", "set", "shopt", "cd", "pushd", "popd"})


def _surely(node: Node, frame: Frame, failure: State) -> bool:
    """Return whether a command of a chain surely works, so that the world in which it fails is none to go on in."""
    if node[0] != tree.SIMPLE or not node[1].words or failure.dead:
        return False
    start, end = node[1].words[0]
    name = frame.text[start:end]
    return name in _SURE and (name not in ("cd", "pushd", "popd") or failure.sure)


def meet(state: State, others: list[State]) -> None:
    """Let other branches meet in a state."""
    for other in others:
        state.join(other)


def _sorts(text: str, node: Node) -> bool:
    """Return whether a command only brings lines into an order, so that what it gets goes on to the next one."""
    return node[0] == tree.SIMPLE and text[node[1].start : node[1].end].strip() in ("sort", "sort -u", "uniq")


def _pipe(machine: Machine, node: Node, state: State, stdin: Feed | None, frame: Frame) -> Feed:
    """Run a pipeline: each command in a subshell. In zsh the last one runs in the shell itself, so both may be."""
    feed = stdin
    fetched = False
    last = state
    outer = machine.behind
    for number, child in enumerate(node[1]):
        last = state.copy()
        told = machine.told
        place = number + 1
        follows = node[1][place] if place < len(node[1]) else None
        while follows is not None and place + 1 < len(node[1]) and _sorts(frame.text, follows):
            place += 1
            follows = node[1][place]
        simple = follows is not None and follows[0] == tree.SIMPLE
        machine.behind = (
            frame.text[follows[1].start : follows[1].end] if follows and simple else "" if follows else outer
        )
        heard = feed is not None and feed.told
        secret = feed.secret if feed is not None and machine.taken else ""
        if child is not node[1][-1]:
            last.outputs.pop("1", None)
        echoed = machine.echoed
        machine.captured += follows is not None
        feed = machine.node(child, last, feed, frame)
        machine.captured -= follows is not None
        if follows is not None:
            machine.wrote(echoed)
        machine.leave(last, state.traps)
        fetched = fetched or feed.fetched
        if fetched and not feed.fetched:
            feed = Feed(feed.value, fetched=True, secret=feed.secret)
        feed.told = feed.told or heard or machine.told > told
        if " " in secret and not feed.secret:  # what a command gave goes on, whatever it is made into
            feed.secret = secret
    machine.behind = outer
    last.failed = None
    state.join(last)
    return feed or Feed("")


def _simple(machine: Machine, node: Node, state: State, stdin: Feed | None, frame: Frame) -> Feed:
    """Run a simple command, once for every combination of values that its variables may hold."""
    simple = node[1]
    machine.count("commands")
    machine.count("words", len(simple.words))
    state.failed = None
    states = state.alternatives(frame.text[simple.start : simple.end], MAX_COMBINATIONS)
    machine.count("commands", 0 if states is None else len(states) // 4)
    if states is None:
        too_much = TooMuch("its variables may hold too many values")
        machine.unreadable(frame, frame.place(simple.start, simple.end), too_much)
        states = [state]
    spare = _spare(simple, state, states, frame.text)
    feeds = []
    for one in states:
        try:
            feeds.append(command.run(machine, simple, one, stdin, frame))
            if machine.unsplit:
                other = one.copy()
                other.dialect = "zsh"
                command.run(machine, simple, other, stdin, frame)
                machine.unsplit = False
                if other.variables != one.variables and not other.dead:  # what it assigns may be either
                    other.dialect, failed = one.dialect, one.failed
                    one.join(other)
                    one.failed = failed
        except Unreadable as reason:
            machine.unreadable(frame, frame.place(simple.start, simple.end), reason)
            feeds.append(Feed(UNKNOWN))
    if states == [state]:
        return feeds[0]
    for one in states if spare else ():
        if one.get(spare) is UNSET:
            del one.variables[spare]
    first, *others = states
    for other in others:
        if first.failed or other.failed:
            failed = first.failed or first.copy()
            failed.join(other.failed or other.copy())
            first.join(other)
            first.failed = failed
        else:
            first.join(other)
    state.become(first)
    same = all(feed.value == feeds[0].value for feed in feeds)
    return Feed(feeds[0].value if same else UNKNOWN, any(feed.fetched for feed in feeds))


def _spare(simple: Simple, state: State, states: list[State], text: str) -> str:
    """Take the environment's own value out of the states of `${PYTHON:-python3} …`; return the variable.

    Where a command's name has a default that this text gives, that is what runs: who sets the variable to something else
    has done so before, and where that is not in this text it is nothing that this call hands over.
    """
    if len(states) < 2 or not simple.words:
        return ""
    start, end = simple.words[0]
    inner = text[start:end].strip('"')
    name = inner[2:].partition(":")[0].partition("-")[0].partition("=")[0] if inner[:2] == "${" else ""
    if not name.isidentifier() or name in state.variables or inner[2 + len(name) :].lstrip(":")[:1] not in ("-", "="):
        return ""
    states[:] = [one for one in states if one.get(name) is UNSET] or states
    return name


def either(feeds: list[Feed]) -> Feed:
    """Return what one of several branches writes."""
    same = all(feed.value == feeds[0].value for feed in feeds)
    return Feed(feeds[0].value if same else UNKNOWN, any(feed.fetched for feed in feeds))


_HANDLERS: dict[str, Callable[[Machine, Node, State, Feed | None, Frame], Feed]] = {
    tree.SEQUENCE: _sequence,
    tree.CHAIN: _chain,
    tree.PIPE: _pipe,
    tree.SIMPLE: _simple,
}
