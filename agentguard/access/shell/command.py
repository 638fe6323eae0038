"""One simple command: assignments, redirections, expansion, and then whatever its first word names.

A function of this text comes first, then the shell's own commands, then the table of programs. A first word that is not
known is opaque. Programs reach the interpreter through a `Call`.
"""

from __future__ import annotations

from agentguard.access import paths
from agentguard.access.model import (
    ANY,
    CERTAIN,
    CONNECT,
    DELETE,
    EXACT,
    EXECUTE,
    POSSIBLE,
    READ,
    STAR,
    TREE,
    UNCERTAIN,
    UNKNOWN,
    WRITE,
    Origin,
    Pattern,
    Row,
)
from agentguard.access.programs import walk
from agentguard.access.shell import telling
from agentguard.access.shell.flow import Feed, Frame
from agentguard.access.shell.limits import MAX_NESTING
from agentguard.access.shell.pieces import TooMuch
from agentguard.access.shell.skip import PLAIN, assignment
from agentguard.access.shell.values import Beneath, Globbed, concat, counted, parts_of
from agentguard.access.shell.words import Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.model import Value
    from agentguard.access.shell.interpret import Machine
    from agentguard.access.shell.pieces import Simple
    from agentguard.access.shell.state import State
    from agentguard.access.world import World

_LITERAL = PLAIN + " "
_MALFORMED = frozenset({"malformed"})
_RICH = frozenset({"bash", "rbash", "zsh", "rzsh", "ksh", "mksh", "ksh93", "fish"})  # they know more than POSIX sh
_LEAN = frozenset({"dash", "ash", "busybox", "toybox"})  # and these are it; on macOS `sh` is bash


class Call:
    """One command with its words worked out, and the ways in which it can act.

    `name` is the program as it is called without its folder, `words` what follows it, `assigned` the variables set for
    this command alone, `program` the path it was called by ("" for a bare name), `inputs` what its open descriptors
    give, `told` those of its words that hold what was read from files or from the environment, `secret` the variable whose
    secret is among them.
    """

    __slots__ = (
        "assigned", "cwd", "fetches", "frame", "globs", "inputs", "machine", "name", "origin", "program", "secret",
        "state", "stdin", "told", "where", "words", "wrote",
    )  # fmt: skip

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
        self.inputs = state.inputs
        self.wrote: list[Value] = []  # paths that it surely writes
        self.fetches = stdin is not None and stdin.fetched  # it gets something that came over the network
        self.name = ""
        self.program = ""
        self.told: list[Value] = []
        self.secret = ""
        self.origin = Origin(via=frame.via, span=where)
        self.globs: set[object] = set()

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
        self, command: tuple[str, ...], flags: tuple[Value, ...], args: tuple[Value, ...], traits: frozenset[str],
        *, spared: bool = True,
    ) -> None:  # fmt: skip
        """Say what the command is. Every row from here on carries it. `spared`: what was made for tests is no loss."""
        if spared and ("destroys-data" in traits or "destroys-infrastructure" in traits):
            from agentguard.access.programs import stages  # noqa: PLC0415 - few commands destroy anything

            traits = stages.left(self, command, flags, args, traits)
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
            self._malformed(action, f"{why}: {fault}", value)
            return
        if isinstance(value, Globbed):  # a glob that stands there a thousand times is looked at once
            key = (self.origin, action, value.literal, extent, certainty, why)
            if key in self.globs:
                return
            self.globs.add(key)
        keeps = None
        if isinstance(value, Beneath) and (action == READ or not value.some):
            keeps = value.keeps if action == READ else None
            value, extent = value.root, TREE
        elif extent == TREE and action == DELETE and isinstance(value, Pattern):
            value = _folder_of_all(value)
            if isinstance(value, Pattern) and value.parts == (ANY, "/") and not _guarded(self.frame.text):
                root = paths.tree("/", "/", self.world)
                self.row(DELETE, POSSIBLE, "what stands before the slash may be empty", path=root)
        if extent == TREE and action == WRITE and isinstance(value, str):
            from agentguard.access.programs import folders  # noqa: PLC0415 - few commands write folders

            if folders.is_top(self, value):
                extent = EXACT
        if self.machine.made is not None:
            from agentguard.access.shell import places  # noqa: PLC0415 - few texts make files

            if action == "read" and any(feed.fetched for feed in self.contents(value)):
                self.fetches = True
            self.machine.spend(8 * (len(str(value)) + len(str(self.cwd))))  # each folder on the way may be a link
            found = places.of(self, self.machine.made, value, extent, deletes=action == DELETE)
            if (
                action == WRITE
                and certainty == CERTAIN
                and not why.startswith(("redirection", "edited in place", "the code fills"))
                and not self.machine.reading
            ):
                places.changed(self, self.machine.made, found)
        else:
            found = paths.of(value, self.cwd, self.world, extent)
        for path in found:
            if not paths.silent(path.text):
                if action == WRITE and certainty == CERTAIN:
                    self.wrote.append(value)
                path.keeps = keeps
                self.row(action, UNCERTAIN if path.text is UNKNOWN else certainty, why, path=path)

    def connect(
        self, host: Value, port: int | None = None, why: str = "", certainty: str = CERTAIN, **more: Any
    ) -> None:
        """Add the row of a connection."""
        from agentguard.access import hosts  # noqa: PLC0415 - few commands connect

        self.fetches = True
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
            from agentguard.access.shell import part  # noqa: PLC0415 - few commands come so far

            words = part.innermost(words, (*self.frame.via, label))
            if machine.depth > MAX_NESTING or not words:
                return Feed(UNKNOWN)
        machine.depth += 1
        frame = Frame(self.frame.text, (*self.frame.via, label) if label else self.frame.via, None, self.where)
        frame.scanned = self.frame.scanned
        machine.count("commands")
        if state is None:  # a program of its own: it changes nothing here, and knows no functions
            state = self.state.copy()
            state.inherited = {**state.inherited, **self._exported()}
            state.functions, state.aliases = {}, {}
            state.cwd = self.cwd
        inner = Call(machine, state, frame, self.where, words, stdin, dict(self.assigned))
        inner.inputs = self.inputs
        before = machine.fetched
        machine.fetched = before or (self.stdin is not None and self.stdin.fetched)
        inner.told = self.told or ([UNKNOWN] if self.stdin is not None and self.stdin.told else [])
        inner.secret = self.secret or (self.stdin.secret if self.stdin is not None else "")
        feed = _named(inner, "")
        machine.fetched = before
        machine.depth -= 1
        return feed

    def shell(self, text: Value, label: str, *, stdin: Feed | None = None, state: State | None = None) -> Feed:
        """Run text as a shell does that this command starts; opaque where the text is not known."""
        via = (*self.frame.via, label) if label else self.frame.via
        text = counted(text)
        if not isinstance(text, str):
            self.fetched_or_opaque(f"the text that {label or self.name} runs is not known")
            return Feed(UNKNOWN)
        own = state is None or state is not self.state
        state = state or self.child([])
        feed = self.machine.run(Frame(text, via, None, self.where), state, stdin)
        if own:
            self.machine.leave(state)
        return feed

    def _exported(self) -> dict[str, Any]:
        """Return the functions that other shells see."""
        state = self.state
        return {name: held for name, held in state.functions.items() if name + "()" in state.exported}

    def child(self, parameters: list[Value], zero: Value = "bash", reader: str = "") -> State:
        """Return the state in which another shell starts that this command runs: it sees what is exported.

        `reader` is that shell where it is not the command itself. Any but those that are known to be more may be dash.
        """
        state = self.state.copy()
        state.zero = zero
        if state.dialect != "bash":
            reader = reader or self.name
            lean = reader in _LEAN or (reader not in _RICH and self.world.platform != "darwin")
            state.dialect = "sh" if lean else ""
        state.cwd = self.cwd
        state.inherited = {**state.inherited, **self._exported()}
        state.functions, state.aliases, state.parameters, state.locals = state.inherited.copy(), {}, parameters, None
        state.traps = ()
        state.hide()
        state.set("BASH_SOURCE", zero)
        for name, value in self.assigned.items():
            state.set(name, value)
        if self.machine.fetched:
            state.fetched |= self.assigned.keys()
        telling.mark(state, telling.PARAMETERS, bool(self.told), self.secret)
        return state

    def contents(self, path: Value) -> list[Feed]:
        """Return what this text has put into a file, or what an open descriptor gives: one feed for each possibility.

        None at all for other files.
        """
        if isinstance(path, str) and path[:1] == "/" and (number := descriptor(path)):
            known = self.machine.processes.get(path) or (self.stdin if number == "0" else self.inputs.get(number))
            return [known] if known is not None else []
        if self.machine.made is None or (place := self.place(path)) is None:
            return []
        return self.machine.made.contents(place)

    def written(self, path: Value) -> Feed | None:
        """Return what `contents` says as one feed, None for other files."""
        found = self.contents(path)
        if len(found) < 2:
            return found[0] if found else None
        return Feed(UNKNOWN, any(feed.fetched for feed in found))

    def place(self, path: Value) -> str | Pattern | None:
        """Return the absolute path by which the changes of this text know a file, None where nothing of it is known."""
        cwd = self.cwd
        if isinstance(path, str):
            if paths.fault(path):
                return None
            if isinstance(cwd, str) or path[:1] == "/":
                return paths.absolute(path, cwd if isinstance(cwd, str) else "/", self.world.platform)
            path = path.removeprefix("./")
        if path is UNKNOWN or (cwd is UNKNOWN and str(parts_of(path)[0])[:1] != "/"):
            return None
        rooted = isinstance(first := parts_of(path)[0], str) and first[:1] == "/"
        whole = concat([*(() if rooted else (*parts_of(cwd), "/")), *parts_of(path)])
        return whole if isinstance(whole, Pattern) else None

    def remember(self, path: Value, feed: Feed, *, append: bool = False) -> None:
        """Note what this text puts into a file, or hand it to the commands of a `>(…)`."""
        if isinstance(feed.value, str) and "\\" in feed.value:
            self.machine.wrote(0)
        if isinstance(path, str) and path in self.machine.sinks:
            self.machine.sinks.pop(path)(feed)
        elif (place := self.place(path)) is not None and not paths.silent(place) and not self.machine.reading:
            from agentguard.access.shell import places  # noqa: PLC0415 - few texts make files

            places.remember(self.machine.changes(), place, feed, append=append)

    def set_variable(self, name: str, value: Value) -> None:
        """Do what programs do with the text of a variable that is set."""
        from agentguard.access.programs import variables  # noqa: PLC0415 - few commands assign

        variables.set_to(self, name, value)

    def fetched_or_opaque(self, why: str, *, fetched: bool = False) -> None:
        """Say that unknown code runs, and whether it came over the network."""
        traits = frozenset({"runs-fetched-code"}) if fetched or self.machine.fetched else frozenset[str]()
        if traits:
            origin = self.origin
            self.begin(origin.command or (self.name,), origin.flags, origin.args, origin.traits | traits)
            self.row(EXECUTE, why="it runs code that was fetched")
        self.opaque(why, traits)

    def _malformed(self, action: str, why: str, text: str) -> None:
        origin = self.origin
        malformed = Origin(
            origin.command, program=origin.program, flags=origin.flags, args=origin.args, via=origin.via,
            traits=origin.traits | _MALFORMED, span=origin.span,
        )  # fmt: skip
        self.machine.row(Row(action, origin=malformed, why=why, malformed=paths.escaped(text)))


def _guarded(text: str) -> bool:
    """Return whether a text stops by itself where a variable has no value: `${D:?}`, `set -u`."""
    flags = text.partition("set -")[2].split()[:1]
    return ":?" in text or "nounset" in text or any("u" in flag for flag in flags)


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
    return concat([*parts[:-2], before])  # with its slash: where D is a link, what it leads to


def run(machine: Machine, simple: Simple, state: State, stdin: Feed | None, frame: Frame) -> Feed:
    """Run one simple command. Raises `Unreadable`."""
    text = frame.text
    where = frame.place(simple.start, simple.end)
    if state.aliases and not simple.region:
        from agentguard.access.shell import zsh  # noqa: PLC0415 - few texts make aliases

        zsh.replaced(machine, simple, state, stdin, frame)
    reader = Reader(machine, state, frame)
    machine.fetched = bool(state.fetched) and any(name in text[simple.start : simple.end] for name in state.fetched)
    sinks, machine.sinks = machine.sinks, {}
    behind, machine.behind = machine.behind, ""  # what a substitution writes does not go there
    told: list[Value] = []
    heard = None
    if simple.region:
        from agentguard.access.shell import regions  # noqa: PLC0415 - few commands are any

        heard = regions.run(simple, reader, stdin)
        words: list[Value] = []
        assigned: dict[str, Value] = {}
    else:
        machine.secret = ""
        words, assigned = _words(simple, text, reader, told)
        machine.count("words", len(words))
    redirections = None
    if simple.redirections:
        from agentguard.access.shell import redirect  # noqa: PLC0415 - many commands have none

        redirections = redirect.read(machine, simple.redirections, reader, frame, state)
        stdin = redirections.stdin or stdin
    call = Call(machine, state, frame, where, words, stdin or state.inputs.get("0"), assigned)
    call.told, call.secret = told, machine.secret
    if redirections is not None and redirections.inputs:
        call.inputs = {**state.inputs, **redirections.inputs}
    rest, here = "", call.cwd
    if simple.words and not simple.region:
        rest = text[simple.words[0][1] : simple.end] if not assigned else ""
    for name in assigned:
        call.row(WRITE, variable=name, why="an assignment before the command" if words else "an assignment")
        call.set_variable(name, assigned[name])
    if words:
        machine.behind = "" if simple.redirections else behind
        hidden = (redirections is not None and redirections.hidden) or "1" in state.outputs
        taken = machine.taken
        if hidden:
            machine.captured, machine.taken = machine.captured + 1, 0
        feed = _named(call, rest)
        if hidden:
            machine.captured, machine.taken = machine.captured - 1, taken
    else:
        if machine.note is not None and assigned:
            machine.note(call, [])
        for name, value in assigned.items():
            state.set(name, value)
        if machine.fetched:
            state.fetched |= assigned.keys()
        feed = heard or Feed("")
        if not assigned and not simple.region and redirections is not None and redirections.stdin is not None:
            given = redirections.stdin  # `$(< file)` is what the file holds; zsh shows the file
            feed = Feed(given.value, given.fetched, given.source, given.items)
        feed.fetched = feed.fetched or machine.fetched
    machine.behind = behind
    if words and isinstance(words[-1], (str, Pattern)):
        state.variables["_"] = words[-1]
    if redirections is not None:
        call.cwd = here  # the shell opened them before `cd`, `env -C` or `git -C` went elsewhere
        redirect.effects(call, redirections)
        if call.name == "exec" and words == ["exec"]:
            redirect.opened(call, redirections)
            feed = Feed("")
        elif redirections.silent:
            call.remember(redirections.target, feed, append=redirections.appends)
            feed = Feed("")
    if "1" in state.outputs and feed.value != "":
        call.remember(state.outputs["1"], feed, append=True)
        feed = Feed("")
    if machine.sinks:
        machine.drain(sinks)
    machine.sinks = sinks
    return feed


def descriptor(path: str) -> str:
    """Return the number of the descriptor that a path stands for, "" for any other path."""
    if path == "/dev/stdin":
        return "0"
    for folder in ("/dev/fd/", "/proc/self/fd/", "/proc/$$/fd/"):
        if path.startswith(folder) and path[len(folder) :].isdigit():
            return path[len(folder) :]
    return ""


def _words(
    simple: Simple, text: str, reader: Reader, telling_words: list[Value]
) -> tuple[list[Value], dict[str, Value]]:
    """Return the expanded words of a command, and the assignments before them; add the words that tell something."""
    raws = simple.words
    first = 0
    while first < len(raws) and assignment(text[raws[first][0] : raws[first][1]]):
        first += 1
    words: list[Value] = []
    assigned: dict[str, Value] = {}
    declares = first < len(raws) and text[raws[first][0] : raws[first][1]] in _DECLARATIONS
    keyed = False
    behind = raws[first:]
    if not declares and behind and not text[behind[0][0] : behind[-1][1]].strip(_LITERAL):  # every word is what it says
        words += [text[start:end] for start, end in behind]
        behind = []
    for start, end in behind:
        raw = text[start:end]
        told, size = reader.machine.told, len(words)
        keyed = keyed or (raw[:1] == "-" and "A" in raw)
        if declares and assignment(raw):  # neither split nor matched with files
            from agentguard.access.shell import assign  # noqa: PLC0415 - few commands declare

            words.append(assign.declared(raw, start, reader, keyed=keyed))
            telling.assign(reader.state, raw, reader.machine.told > told, reader.machine.secret)
        else:
            words += reader.fields(raw, start)
        if reader.machine.told > told:
            telling_words += words[size:]
    secret = reader.machine.secret
    for start, end in raws[:first]:
        from agentguard.access.shell import assign  # noqa: PLC0415 - few commands assign

        told, reader.machine.secret = reader.machine.told, ""
        assign.assign(text[start:end], start, reader, assigned)
        telling.assign(reader.state, text[start:end], reader.machine.told > told, reader.machine.secret)
    reader.machine.secret = secret
    return words, assigned


# The shell's own commands that change what later commands see (see builtins).
_CHANGES = frozenset({
    "cd", "chdir", "pushd", "popd", "export", "declare", "typeset", "local", "readonly", "unset", "set", "shift", "read",
    "mapfile", "readarray", "getopts", "printf", "let", "alias", "unalias", "shopt",
    "setopt", "unsetopt", "exit", "return", "wait", "hash", "ztcp",
})  # fmt: skip
_DECLARATIONS = frozenset({"export", "declare", "typeset", "local", "readonly"})


def _named(call: Call, rest: str) -> Feed:
    """Run what the first word names. `rest` is the raw text behind it, for aliases."""
    if call.machine.note is not None:
        call.machine.note(call, call.words)
    word, call.words = call.words[0], call.words[1:]
    if isinstance(word, Globbed):  # the first file that matches is the command, the others are its first words
        texts = [path.text for path in paths.of(word, call.cwd, call.world)]
        word = texts[0]
        call.words = [*texts[1:], *call.words]
    if isinstance(word, Pattern) and call.contents(word):  # a file of a name partly known that this text has made
        call.name = str(word)
        return walk.made(call, word)
    name = word if isinstance(word, str) else None
    if isinstance(word, Pattern) and isinstance(last := word.parts[-1], str) and "/" in last[:-1]:
        name = last.rpartition("/")[2]  # `"$ANDROID_HOME"/platform-tools/adb`: which program is known, but not where
    if not name and isinstance(word, Pattern) and isinstance(first := word.parts[0], str) and "/" in first:
        name = str(word)  # `bin/*`: some program of a known folder
        call.path(EXECUTE, word, "the command", certainty=POSSIBLE)
        call.name = name
        return walk.unknown(call)
    if not name:
        call.name = ""
        call.fetched_or_opaque("the command's name is not known")
        return walk.unknown(call)
    meanings = call.state.aliases and call.state.aliases.get(" s" + name.rpartition(".")[2])
    if meanings:  # zsh opens a file of that extension with it
        for meaning in meanings:
            if isinstance(meaning, str):
                call.run([*meaning.split(), name, *call.words], "")
            else:
                call.opaque("the alias is not known")
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
                for text in _behind(state, meaning, rest):
                    call.shell(text, "", state=state)
            state.aliases[name] = meanings
        _found(call, name)
    feed = walk.run(call)
    if call.name in _CHANGES and not call.program:
        from agentguard.access.shell import builtins  # noqa: PLC0415 - few commands change the shell

        builtins.change(call)
    elif call.name in ("test", "[") and any("[" in word for word in call.words if isinstance(word, str)):
        from agentguard.access.shell import hidden  # noqa: PLC0415 - rare

        hidden.words(Reader(call.machine, call.state, call.frame), call.words)
    return feed


def _behind(state: State, meaning: Value, rest: str) -> list[Value]:
    """Return what an alias and the raw words behind it become; one that ends in a blank lets the next word be one too."""
    if not isinstance(meaning, str):
        return [meaning]
    texts: list[Value] = [meaning + rest]
    word, blank, more = rest.strip().partition(" ")
    if meaning[-1:] in (" ", "\t") and word in state.aliases:
        texts += [concat([meaning, *parts_of(next_), blank, more]) for next_ in state.aliases[word]]
    return texts


def _found(call: Call, name: str) -> None:
    """Look a bare name up in the folders that this text has put in front of PATH."""
    value = call.assigned.get("PATH", call.state.variables.get("PATH", UNKNOWN))
    if value is UNKNOWN or not isinstance(value, (str, Pattern)) or name in _CHANGES:
        return
    known = str(parts_of(value)[0]) if not isinstance(value, str) else value + ":"
    for folder in known.split(":")[:-1]:
        place = call.place((folder or ".") + "/" + name)
        if isinstance(place, str):
            made = call.machine.made
            call.row(
                EXECUTE, POSSIBLE, "the first folder of PATH may hold it", path=paths.exact(place, "/", call.world)
            )
            if call.world.disk.kind(paths.resolve(place, call.world.disk)) == "file" or (made and place in made.places):
                call.program = place
                return


def _functions(call: Call, name: str) -> Feed:
    feed = Feed("")
    state = call.state
    for key, value in call.assigned.items():
        state.set(key, value)
    telling.mark(state, telling.PARAMETERS, bool(call.told), call.secret)
    for function in state.functions[name]:
        feed = call.machine.call(function, call.words, state, call.stdin, call.frame.via)
    return feed
