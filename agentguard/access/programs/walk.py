"""Walks a command line by the entry of its program (see table), and makes rows of it.

What an operand or the value of an option may be (the kinds):

    text        nothing
    read  write  edit  delete      a path that is read, written, both, deleted
    enter       the folder that the program changes into before anything else
    target      where files are copied or moved to: a file, or a folder that gets files of the same names
    fills       a folder that gets files whose names are not known
    move        a path that is read and gone afterwards
    link        a path that becomes readable under another name
    page        a name, or a path if it holds a slash
    look        a path of which only the name, the size or, of a folder, the names in it are shown
    run         a file that is read and executed
    url  host   an address that is connected to
    from        a path or a URL that is read
    daemon      the address of a service, as DOCKER_HOST holds it
    place-read  place-write        `[user@]host:path` of another machine, or a path here
    spec        a URL, a path or the name of a package, as install commands take them
    package  ref                   names; each gives an execute row
    shell       text that a shell runs; shell-behind-colon: what stands behind the first colon is that
    joined      with everything behind it, joined by blanks: text that a shell runs
    command     with everything behind it: a command that this one carries
    script      a file that a shell runs: what this text has put into it counts, else it is executed as it is
    variable    `NAME=VALUE`, set for the command
    listen      `[ADDRESS:]PORT` that is listened on
    field       NAME=VALUE, where `@PATH` for a value is a path that is read
    keyed       [NAME=]PATH that is read
    setting     NAME=VALUE of git
    statement   statements of SQL
    words  listed  lists        files that name others: see named
    guess       what an unknown program may do with it
    glance      the same of one that writes nothing

Kinds that are not in this list are for the function that `run` names.
"""

from __future__ import annotations

from agentguard.access.model import (
    DELETE,
    EXACT,
    EXECUTE,
    READ,
    TREE,
    UNKNOWN,
    WRITE,
    Pattern,
)
from agentguard.access.programs import index, options
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.limits import MAX_OPERANDS
from agentguard.access.shell.values import concat, parts_of, plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from agentguard.access.model import Value
    from agentguard.access.programs.options import Line
    from agentguard.access.programs.table import Entry
    from agentguard.access.shell.command import Call

    Kind = Callable[[Call, Value, str, "Work"], None]


class Work:
    """One command line on its way to rows: its entry, its names, the line, and what it acts on.

    `doubt`, see options; `lost` are the words from a subcommand on that its program's entry does not have.
    """

    __slots__ = ("command", "doubt", "entry", "extent", "feed", "kinds", "line", "lost", "packages", "refs", "remote")

    def __init__(self, entry: Entry, command: tuple[str, ...], line: Line, lost: list[Value] | None = None) -> None:
        self.entry = entry
        self.command = command
        self.line = line
        self.extent = EXACT
        self.kinds: list[tuple[Value, str]] = []  # operands with what they are
        self.packages: list[Value] = []
        self.refs: list[Value] = []
        self.remote: Value | None = None
        self.feed: Feed | None = None  # what a command that it carries writes
        self.doubt = line.doubt if line is not None else None  # what code does has no line
        self.lost = lost


def run(call: Call) -> Feed:
    """Make the rows of a command whose name is known. Return what it writes."""
    if " " in call.secret:
        index.module("shown")["used"](call)
    if call.program and call.machine.made is not None:
        if call.contents(call.program):
            return made(call, call.program)
        if real := call.machine.made.program(call.program):
            name = real.rpartition("/")[2]
            if name not in _MANY or index.entry(call.name) is None:
                call.name, call.program = name, real
    if len(call.words) == 1 and call.words[0] in _ASKS and not call.program:
        begin(call, Work({}, (call.name,), options.read({}, call.words)), _LOOKS)
        return Feed(UNKNOWN)
    entry = index.entry(call.name)
    if entry is None:
        call.name = index.usual(call.name)
        entry = index.entry(call.name)
        if entry is None:
            feed = unknown(call)
            if call.program:
                from agentguard.access.code import reach  # noqa: PLC0415 - most programs are called by name

                reach.by_name(call)
            return feed
    work = read(entry, call.name, call.words)
    if (before := work.entry.get("first")) is not None:
        module, _, function = before.partition(".")
        if index.module(module)[function](call, work):
            return work.feed or Feed(UNKNOWN)
    custom = work.entry.get("run")
    if custom is not None:
        module, _, function = custom.partition(".")
        index.module(module)[function](call, work)
    else:
        standard(call, work)
    if call.fetches and call.wrote:
        from agentguard.access.programs import net  # noqa: PLC0415 - few commands connect

        net.fetched(call)
    if call.machine.made is not None or call.machine.processes or "/dev/stdin" in call.words:
        from agentguard.access.code import loaded  # noqa: PLC0415 - few texts make files

        loaded.by(call)
    if work.doubt is not None or work.lost is not None:
        from agentguard.access.programs import doubts  # noqa: PLC0415 - most lines hold nothing that is not known

        doubts.settle(call, work, entry)
    feed = work.feed or _output(call, work)
    if call.secret == f"{call.name} output":  # its own: see shown
        feed.secret = call.secret
    return feed


# Alone on a command line these make a program tell about itself (GNU Coding Standards, 4.8.1 and 4.8.2).
_ASKS = ("--version", "--help", "-V", "-version", "-help")
_LOOKS = frozenset({"read-only"})


_SETS_UP = frozenset({"completion", "completions", "docker-env", "env", "hook", "init", "podman-env", "shellenv"})
_MANY = frozenset({"busybox", "toybox", "coreutils"})  # one program under many names


def made(call: Call, path: Value) -> Feed:
    """Run a file that this text has made, by its name."""
    return index.module("interpreters")["made"](call, path)  # type: ignore[no-any-return]


def read(entry: Entry, name: str, words: list[Value]) -> Work:
    """Read a command line by an entry, down to the subcommand that it names."""
    command = [name]
    flags: list[tuple[str, Value | None]] = []
    kinds: dict[str, str] = {}
    traits: set[str] = set()
    inherited: tuple[str, ...] = ()
    doubt: int | None = None
    lost: list[Value] | None = None
    while True:
        subs = entry.get("sub")
        known = options.table(*inherited, entry.get("before", ""), entry.get("options", ""))
        line = options.read(
            known, words, stop="stop" in entry or subs is not None, single="single" in entry, subs=subs,
            other="other" in entry,
        )  # fmt: skip
        line.doubt = doubt = line.doubt if doubt is None else doubt
        line.flags[:0] = flags
        line.kinds.update(kinds)
        line.traits |= traits
        if subs is None:
            if "again" in entry and line.operands:
                rest = options.read(known, line.operands[1:], stop="stop" in entry)
                line.flags += rest.flags
                line.kinds.update(rest.kinds)
                line.traits |= rest.traits
                line.operands[1:] = rest.operands
            return Work(entry, tuple(command), line, lost)
        first = plain(line.operands[0]) if line.operands else None
        if first is None and not (line.operands and "other" in entry):
            return Work({**entry, "sub": None}, tuple(command), line, lost)
        inner = subs.get(first)
        if inner is None and "other" in entry:
            inner = entry["other"]
            words = line.operands
        else:  # what a subcommand means that stands nowhere, nobody knows; its options are still read
            command.append(str(first))
            words = line.operands[1:]
            lost = lost or (line.operands if inner is None else words if not inner else None)
        inner = index.like(inner or {})
        flags, kinds, traits = line.flags, line.kinds, line.traits
        inherited = (*inherited, entry.get("options", ""))
        entry = {key: entry[key] for key in _INHERITED if key in entry} | inner


_INHERITED = ("fetches", "first", "run", "single", "traits")


def standard(call: Call, work: Work) -> None:
    """Make the rows of everything that the table says."""
    entry, line = work.entry, work.line
    tree = entry.get("tree", "")
    work.extent = TREE if tree == "always" or (tree and line.has(tree)) else EXACT
    _assign(work)
    traits = line.traits.union(_traits(entry, line))
    if "read-only" in line.traits or line.has("--help"):
        traits = (traits - _EFFECTS) | (set() if call.program else {"read-only"})
    for name, value in line.flags:
        kind = line.kinds.get(name, "")
        if kind == "package" and value is not None:
            work.packages.append(unglobbed(value))
            if "://" in str(parts_of(value)[0]):  # `uv run --with git+https://…`
                traits.add("foreign-package")
        elif kind == "enter" and value is not None:
            enter(call, value)
        elif kind in ("lists", "spec") and value is not None and _specs().foreign(call, value, listed=kind == "lists"):
            traits.add("foreign-package")
        elif kind in _NETWORK and value is not None:
            traits |= _network(call, value, kind)
    for value, kind in work.kinds:
        if kind == "package" or (kind == "spec" and not _specs().local(call, value)):
            work.packages.append(unglobbed(value))
        if kind == "spec" and _specs().foreign(call, value):
            traits.add("foreign-package")
        elif kind == "ref":
            work.refs.append(unglobbed(value))
        elif kind == "remote":
            work.remote = unglobbed(value)
        elif kind in _NETWORK:
            traits |= _network(call, value, kind)
    begin(call, work, frozenset(traits))
    for name, value in line.flags:
        kind = line.kinds.get(name, "")
        if kind and value is not None and (act := _KINDS.get(kind)):
            act(call, value, f"option {name}", work)
    for name, value, kind in line.more:
        if act := _KINDS.get(kind):
            act(call, value, f"option {name}", work)
    for value, kind in work.kinds[:MAX_OPERANDS]:
        if act := _KINDS.get(kind):
            act(call, value, "operand", work)
    if len(work.kinds) > MAX_OPERANDS:
        call.opaque("it has too many operands")
        call.machine.complete = False
    for value in line.unknown if entry.get("output") not in ("echo", "printf") else ():
        guess(call, value, "option", work)


def _specs() -> Any:
    from agentguard.access.programs import specs  # noqa: PLC0415 - few commands install packages

    return specs


# What a command does not do that only shows its help, or only tries (an option of the trait `read-only`).
_EFFECTS = frozenset({
    "controls-service", "destroys-data", "destroys-infrastructure", "discards-work", "force", "privileged", "publishes",
    "removes-package", "sends", "signals", "skips-checks",
})  # fmt: skip
_NETWORK = frozenset({"url", "host", "place-read", "place-write"})


def _traits(entry: Entry, line: Line) -> Iterator[str]:
    """Return what a command means: the traits of its entry, less those that an option takes away."""
    for trait, unless in _items(entry.get("traits", "")):
        if not (unless and line.has(unless)):
            yield trait


_read: dict[str, list[tuple[str, str]]] = {}


def _items(spec: str) -> list[tuple[str, str]]:
    """Return the items of a line of a table, each with the options that take it away. Kept, so nobody changes it."""
    found = _read.get(spec)
    if found is None:
        pairs = [item.partition("^") for item in spec.split()]
        found = _read[spec] = [(item, unless.replace(",", " ")) for item, _, unless in pairs]
    return found


def _network(call: Call, value: Value, kind: str) -> set[str]:
    from agentguard.access.programs import net  # noqa: PLC0415 - few commands connect

    return net.traits(call, value, kind)


def begin(call: Call, work: Work, traits: frozenset[str]) -> None:
    """Say what the command is, and make its execute rows: one for each ref or package that it names."""
    line = work.line
    if "prints-environment" in traits and (call.machine.behind or call.machine.taken):
        traits = index.module("shown")["left"](call, traits)
    flags = tuple(name if value is None else concat([name, "=", *parts_of(value)]) for name, value in line.flags)
    call.begin(work.command, flags, tuple(line.operands[:MAX_OPERANDS]), traits)
    found: list[dict[str, Any]] = [{"package": package} for package in work.packages]
    found += [{"ref": ref, "remote": work.remote} for ref in work.refs]
    if call.program and not found:
        from agentguard.access import paths  # noqa: PLC0415 - most programs are called by name

        call.row(EXECUTE, why="the command", path=paths.exact(call.program, "/", call.world))
    for resource in found or ([] if call.program or not work.command else [{}]):
        call.row(EXECUTE, why="the command", **resource)


def _assign(work: Work) -> None:
    """Say for each operand what it is."""
    entry, line = work.entry, work.line
    spec = entry.get("operands", "text*")
    for option, instead in entry.get("instead", {}).items():
        if line.has(option):
            spec = instead
            break
    kinds = [kind for kind, unless in _items(spec) if not (unless and line.has(unless))]
    operands = line.operands
    for star, kind in enumerate(kinds):  # noqa: B007 - `star` is where it ends
        if kind[-1:] == "*":
            break
    else:
        carries = "command" in kinds or "joined" in kinds
        kinds += ["text" if carries else "guess"] * (len(operands) - len(kinds))
        work.kinds = list(zip(operands, kinds, strict=False))
        return
    behind = kinds[star + 1 :]
    before = kinds[:star]
    kind = kinds[star][:-1]
    if len(operands) < len(before) + len(behind):
        kinds = before + behind
        work.kinds = list(zip(operands, kinds[len(kinds) - len(operands) :] if behind else kinds, strict=False))
        return
    middle = len(operands) - len(before) - len(behind)
    work.kinds = list(zip(operands, [*before, *[kind] * middle, *behind], strict=True))


# -- kinds


def enter(call: Call, value: Value) -> None:
    """Change the folder for this command alone."""
    from agentguard.access import paths  # noqa: PLC0415 - rare

    texts = [path.text for path in paths.of(value, call.cwd, call.world)] if value != "" else []
    call.cwd = texts[0] if len(texts) == 1 else UNKNOWN


def _path(*actions: str) -> Kind:
    def act(call: Call, value: Value, why: str, work: Work) -> None:
        if value != "-":
            for action in actions:
                call.path(action, value, why, work.extent)

    return act


def _delete(call: Call, value: Value, why: str, work: Work) -> None:
    call.path(DELETE, value, why, work.extent)
    if call.machine.made is not None:
        from agentguard.access.shell import places  # noqa: PLC0415 - few texts make files

        places.gone(call, value)


def _move(call: Call, value: Value, why: str, work: Work) -> None:
    """A folder goes with everything beneath it."""
    extent = EXACT if is_file(call, value) else TREE
    call.path(READ, value, why, extent)
    call.path(DELETE, value, why, extent)


def _look(call: Call, value: Value, why: str, work: Work) -> None:
    """What only shows that a file is there reads nothing of it; of a folder it reads the names."""
    from agentguard.access import paths  # noqa: PLC0415 - rare

    if isinstance(value, str) and not paths.fault(value):
        if kind_of(call, value) == "dir":
            call.path(READ, value, why)
    elif isinstance(value, Pattern):
        for path in paths.of(value, call.cwd, call.world):
            if isinstance(path.resolved, str) and call.world.disk.kind(path.resolved) == "dir":
                call.row(READ, why=why, path=path)


def _run(call: Call, value: Value, why: str, work: Work) -> None:
    if value == "-":
        if call.stdin is not None and not isinstance(call.stdin.value, str):
            call.fetched_or_opaque(
                f"what {call.name} reads from its standard input is not known", fetched=call.stdin.fetched
            )
        return
    call.path(READ, value, why, work.extent)
    call.path(EXECUTE, value, why)
    for feed in call.contents(value):
        if not isinstance(feed.value, str) and feed.source is None and feed.script is None:
            call.fetched_or_opaque("what is in the file that runs is not known", fetched=feed.fetched)


def kind_of(call: Call, value: Value) -> str:
    """Return what is at an exact path, links followed: "file", "dir", "other" or "" for nothing or not known."""
    from agentguard.access import paths  # noqa: PLC0415 - rare

    if not isinstance(value, str) or not isinstance(call.cwd, str) or paths.fault(value):
        return ""
    return call.world.disk.kind(paths.real(paths.absolute(value, call.cwd, call.world.platform), call.world))


def is_file(call: Call, value: Value) -> bool:
    """Return whether there is a file at an exact path."""
    return kind_of(call, value) == "file"


def _target(call: Call, value: Value, why: str, work: Work) -> None:
    from agentguard.access.programs import targets  # noqa: PLC0415 - few commands copy, move or link

    targets.land(call, value, why, work)


def _url(call: Call, value: Value, why: str, work: Work) -> None:
    from agentguard.access.programs import net  # noqa: PLC0415 - few commands connect

    net.url(call, value, why)


def _host(call: Call, value: Value, why: str, work: Work) -> None:
    text = plain(value)
    if text is not None:
        name = text.rpartition("@")[2]  # `user@host:path`
        call.connect(name.partition(":")[0] if name.count(":") == 1 else name, why=why)
    else:
        call.connect(value, why=why)


def _from(call: Call, value: Value, why: str, work: Work) -> None:
    first = parts_of(unglobbed(value))[0]
    if isinstance(first, str) and "://" in first:
        _url(call, value, why, work)
    elif value != "-":
        call.path(READ, value, why, work.extent)


def _place(action: str) -> Kind:
    def act(call: Call, value: Value, why: str, work: Work) -> None:
        from agentguard.access.programs import folders  # noqa: PLC0415 - few commands copy

        folders.place(call, value, why, action, work)

    return act


def _shell(call: Call, value: Value, why: str, work: Work) -> None:
    work.feed = call.shell(unglobbed(value), " ".join(work.command), stdin=call.stdin)


def _command(call: Call, value: Value, why: str, work: Work) -> None:
    """The first operand of kind `command` starts a command that takes all the rest."""
    place = next(number for number, (_, kind) in enumerate(work.kinds) if kind == "command")
    if work.kinds[place][0] is value:
        words = [operand for operand, _ in work.kinds[place:]]
        if words[0] == "--" and len(words) > 1:
            del words[0]
        work.feed = call.run(words, " ".join(work.command), stdin=call.stdin)


def _script(call: Call, value: Value, why: str, work: Work) -> None:
    if value != "-":
        index.module("carriers")["run_file"](call, work, value, " ".join(work.command))


def _variable(call: Call, value: Value, why: str, work: Work) -> None:
    index.module("carriers")["assign"](call, value)


def _spec(call: Call, value: Value, why: str, work: Work) -> None:
    _specs().act(call, value, why)


def looks_like_path(text: str) -> bool:
    """Return whether a word names a file as people write them: with a slash, a leading dot or an extension."""
    if "\n" in text or len(text) > 1000:
        return False
    if "/" in text or text[:1] in (".", "~"):
        return True
    head, dot, tail = text.rpartition(".")
    return bool(dot and head) and 0 < len(tail) <= 10 and tail.isalnum() and not tail.isdigit()


def guess(call: Call, value: Value, why: str, work: Work | None = None) -> None:
    """What an unknown program may do with a word: read it, write it, connect to it."""
    from agentguard.access.programs import unknowns  # noqa: PLC0415 - only for what is not known

    unknowns.guess(call, value, why)


def unknown(call: Call) -> Feed:
    """Make the rows of a program without an entry."""
    from agentguard.access.programs import unknowns  # noqa: PLC0415 - only for what is not known

    line = options.read({}, call.words)
    work = Work({"operands": "guess*"}, (call.name,) if call.name else (), line)
    unknowns.run(call, work)
    return _output(call, work)


def _output(call: Call, work: Work) -> Feed:
    """Return what a command writes, where that is known; what was fetched stays fetched behind any program."""
    fetched = bool(work.entry.get("fetches")) or (call.stdin is not None and call.stdin.fetched)
    writer = work.entry.get("output")
    fetched = fetched or (call.machine.fetched and writer in ("echo", "printf"))  # its own words
    if writer is None:
        words = map(plain, [*work.command[1:3], *work.line.operands[:1]])
        sets_up = not _SETS_UP.isdisjoint(words) and index.module("outputs")["sets_up"](call)
        return Feed("" if sets_up else UNKNOWN, fetched, secret=_secret(call, work))
    writer, _, option = writer.partition(" ")
    if option and not work.line.has(option):
        return Feed(UNKNOWN, fetched, secret=_secret(call, work))
    module, _, function = writer.rpartition(".")
    if module == "filters" and call.machine.made is None and (call.stdin is None or call.stdin.value is UNKNOWN):
        if function not in ("repeated", "printed") and (call.stdin is None or call.stdin.items is None):
            return Feed(UNKNOWN, fetched, secret=_secret(call, work))
    write = index.module(module)[function] if module else index.module("outputs")["WRITERS"][writer]
    written = write(call, work)
    read = call.stdin.value if call.stdin is not None else ""
    secret = _secret(call, work)
    wrote = written.value if isinstance(written, Feed) else written
    call.machine.spend(sum(len(text) for text in (read, wrote) if isinstance(text, str)))
    if isinstance(written, Feed):
        script = None if fetched else written.script
        return Feed(written.value, fetched or written.fetched, items=written.items, secret=secret, script=script)
    return Feed(written, fetched, secret=secret)


def _secret(call: Call, work: Work) -> str:
    """Return the name of the variable whose secret a command writes, "" where there is none."""
    if not call.secret and (call.stdin is None or not call.stdin.secret):
        return ""
    return str(index.module("shown")["secret"](call, work))


_KINDS: dict[str, Kind] = {
    "read": _path(READ),
    "write": _path(WRITE),
    "edit": _path(READ, WRITE),
    "link": _path(READ),
    "look": _look,
    "page": lambda call, value, why, work: _path(READ)(call, value, why, work) if "/" in str(value) else None,
    "delete": _delete,
    "move": _move,
    "target": _target,
    "run": _run,
    "url": _url,
    "host": _host,
    "from": _from,
    "lists": _from,
    "daemon": lambda *given: index.module("kinds")["daemon"](*given),  # noqa: PLW0108 - loaded when it is needed
    "fills": lambda call, value, why, _work: index.module("folders")["pours"](call, value, why),
    "place-read": _place(READ),
    "place-write": _place(WRITE),
    "shell": _shell,
    "shell-behind-colon": lambda *given: index.module("kinds")["shell_behind_colon"](*given),  # noqa: PLW0108 - as above
    "command": _command,
    "joined": lambda *given: index.module("kinds")["joined"](*given),  # noqa: PLW0108 - as above
    "script": _script,
    "variable": _variable,
    "listen": lambda *given: index.module("kinds")["listen"](*given),  # noqa: PLW0108 - as above
    "data": lambda *given: index.module("kinds")["data"](*given),  # noqa: PLW0108 - as above
    "field": lambda call, value, why, _work: _specs().field(call, value, why),
    "keyed": lambda call, value, why, _work: _specs().keyed(call, value, why),
    "words": lambda *given: index.module("named")["words"](*given),  # noqa: PLW0108 - loaded when it is needed
    "listed": lambda *given: index.module("named")["listed"](*given),  # noqa: PLW0108 - loaded when it is needed
    "spec": _spec,
    "setting": lambda call, value, _why, _work: index.module("git")["setting"](call, value),
    "statement": lambda *given: index.module("databases")["statement"](*given),  # noqa: PLW0108 - as above
    "guess": guess,
    "glance": lambda call, value, why, _work: index.module("unknowns")["guess"](call, value, why, writes=False),
}


# What the tables may call an operand or the value of an option.
KINDS = frozenset({*_KINDS, "text", "enter", "package", "ref", "remote"})


def act(call: Call, kind: str, value: Value, why: str, work: Work) -> None:
    """Make the rows of one operand."""
    _KINDS[kind](call, value, why, work)
