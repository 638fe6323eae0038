"""Rows of code that an interpreter runs: handed over in the call, or in a file of the project (see code.sinks).

Code of this call counts in full. A program of the project is judged by what it changes and which commands it starts;
what it reads in the project, where it connects, what it serves and what it says to its database is its own business, and
so is code of it that cannot be followed.
"""

from __future__ import annotations

from agentguard.access import limits
from agentguard.access.code.held import UNSEEN, Secret, Told
from agentguard.access.model import ANY, EXECUTE, LISTEN, POSSIBLE, READ, UNKNOWN, WRITE, Pattern
from agentguard.access.programs import walk
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.values import Beneath, parts_of, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from agentguard.access.model import Value
    from agentguard.access.shell.command import Call

OWN = "agentguard"
SCANNED = (
    "javascript", "ruby", "perl", "php", "lua", "r", "julia", "elixir", "groovy", "tcl", "applescript", "compiled", "other",
)  # fmt: skip
# What of a program of the project is looked at.
_OF_PROGRAMS = frozenset({"path", "shell", "command", "run", "fetched", "connect", "trait"})


def read_code(
    call: Call, language: str, code: Value, argv: list[Value] | None = None, file: Value | None = None,
    *, shows: bool = False,
) -> Feed | None:  # fmt: skip
    """Make the rows of code that is handed over in this call. Return what it writes, None where that is not known.

    `shows`: the value of its last statement, too.

    Where only parts of it are known, as with a variable of the shell in a text, the unknown parts stand for data as long
    as they stand where data stands.
    """
    text = unglobbed(code)
    if isinstance(text, Pattern) and (language == "python" or language in SCANNED):
        text = "".join(part if isinstance(part, str) else UNSEEN for part in text.parts)
    if not isinstance(text, str):
        call.fetched_or_opaque(f"the code that {call.name} runs is not known")
        return None
    if language == "python" or language in SCANNED:
        found = findings(call, language, text, argv, file, shows=shows)
        apply(call, found, language)
        return next((Feed(value) for kind, value in found if kind == "prints"), None)
    call.opaque(f"code in {language} is not read" if text.strip() else "it is empty")
    return None


def findings(
    call: Call, language: str, text: str, argv: list[Value] | None = None, file: Value | None = None,
    *, shows: bool = False,
) -> list[tuple[str, Any]]:  # fmt: skip
    """Return what code of a language would do; `file` is where it stands, None for code of the call itself."""
    call.machine.spend(4 * len(text))  # it takes so much longer than text of a shell
    if language == "python":
        from agentguard.access.code import python  # noqa: PLC0415 - only for such code
        from agentguard.access.code.library import Given  # noqa: PLC0415 - as above

        stdin = call.stdin
        given = Given(
            argv,
            None if stdin is None else stdin.value,
            None if stdin is None else stdin.source,
            call.variable,
            file,
            call.world.tmpdir,
        )
        return _ends(text, python.read(text, call.world.home, given))
    from agentguard.access.code import literals  # noqa: PLC0415 - only for such code

    found = literals.read(text, language, call.world.home, shows=shows)
    if language == "compiled" and file is None:  # a line of Swift or Scala: what their own calls do stands in no table
        found += [one for one in literals.read(text, "other", call.world.home) if one not in found]
    return _ends(text, found)


# Libraries that find processes by name, and how one of those is ended.
_FINDERS = (
    "psutil",
    "ps-list",
    "find-process",
    "ps-node",
    "fkill",
    "tree-kill",
    "sys/proctable",
    "gopsutil",
    "sysinfo",
)
_ENDING = (".kill(", ".terminate(", "send_signal(", "fkill", "kill(")
_PARENT = ("getppid", "process.ppid", "Process.ppid")


def _ends(text: str, found: list[tuple[str, Any]]) -> list[tuple[str, Any]]:
    """Say whose process code ends: agentguard's where it names that, or the one that has started the code."""
    signals = any(kind == "trait" and value[0] == "signals" for kind, value in found)
    ends = signals or (any(one in text for one in _FINDERS) and any(one in text for one in _ENDING))
    if ends and OWN in text.lower():
        found = [*found, ("trait", ("signals", f"the code ends {OWN}", OWN))]
    if signals and any(one in text for one in _PARENT):
        found = [*found, ("trait", ("discards-work", "the code ends what has started it"))]
    return found


def apply(call: Call, found: list[tuple[str, Any]], language: str) -> None:
    """Make rows of what a look at code has found."""
    program = call.machine.program
    if call.machine.made is not None:
        call.machine.made.fills.clear()
    filled = [value[0] for kind, value in found if kind == "text"]
    fetched = call.machine.fetched
    if not program and call.stdin is not None and call.stdin.fetched:  # what the code runs and nobody knows may be that
        call.machine.fetched = True
    for kind, value in found:
        if program == "tool" and _tells(kind, value):
            _handed(call, kind, value, language)
            continue
        if kind == "prints" or (program and not (kind in _OF_PROGRAMS and _is_its_doing(call, kind, value))):
            continue
        if kind == "path" and value[1] == WRITE and value[0] in filled:
            call.path(WRITE, value[0], "the code fills it", value[2])
        else:
            _ROWS[kind](call, value, language)
    call.machine.fetched = fetched


def _tells(kind: str, value: Any) -> bool:
    """Return whether a finding tells others what is not theirs: a secret, what was read, all of the environment."""
    if kind == "connect":
        return value[2] in ("GET", "POST") or isinstance(value[0], (Told, Secret))
    return kind == "environment" and value is True


def _handed(call: Call, kind: str, value: Any, language: str) -> None:
    """Make the rows of a finding in a file that was handed over in this call and runs for sure: as of code of the call."""
    machine = call.machine
    before = machine.program, machine.reading
    machine.program, machine.reading = False, 0
    try:
        _ROWS[kind](call, value, language)
    finally:
        machine.program, machine.reading = before


def _is_its_doing(call: Call, kind: str, value: Any) -> bool:
    """Return whether a finding in a program of the project is more than that program's own business.

    What a program reads that this text has written is everybody's business.
    """
    if kind == "trait":
        return bool(value[0] == "signals")
    if kind == "path" and value[1] == READ and call.machine.program not in ("loaded", "tool"):
        from agentguard.access.code import reach  # noqa: PLC0415 - rare

        return reach.outside(call, value[0])
    return True


def _opaque(call: Call, value: str, language: str) -> None:
    call.fetched_or_opaque(value)


def _fetched(call: Call, value: str, language: str) -> None:
    call.fetched_or_opaque(value, fetched=True)


def _trait(call: Call, value: tuple[str, ...], language: str) -> None:
    origin = call.origin
    named = (*value[2:], *(call.machine.sought if value[0] == "signals" else ()))
    call.begin(origin.command, origin.flags, (*origin.args, *named), origin.traits | {value[0]})
    call.row(EXECUTE, why=value[1])
    call.origin = origin


def _environment(call: Call, value: None, language: str) -> None:
    _trait(call, ("prints-environment", "the code shows all of the environment"), language)


def _secret(call: Call, value: str, language: str) -> None:
    if call.variable(value) is not None:
        return
    if not call.machine.captured:
        call.row(READ, variable=value, why="the code shows its value")
    elif call.machine.taken:
        from agentguard.access.programs import shown  # noqa: PLC0415 - rare

        shown.gives(call)


def _sql(call: Call, value: str, language: str) -> None:
    from agentguard.access.programs import sql  # noqa: PLC0415 - rare

    if any(sql.destroys(statement) for statement in sql.statements(value)):
        _trait(call, ("destroys-data", "a statement in the code"), language)


def _sql_at(call: Call, value: tuple[Value, str], language: str) -> None:
    from agentguard.access.programs import stages  # noqa: PLC0415 - rare

    if not stages.is_spare_file(call, value[0]):
        _sql(call, value[1], language)


def _inner(call: Call, more: dict[str, Any]) -> Feed | None:
    """Return the standard input that code gives to a process."""
    if "stdin" in more or "source" in more:
        return Feed(more.get("stdin", UNKNOWN), source=more.get("source"))
    return call.stdin


def _shell(call: Call, value: tuple[Value, dict[str, Any]], language: str) -> None:
    text, more = value
    _settle(call)
    outer = call.cwd
    if "cwd" in more:
        walk.enter(call, more["cwd"])
    call.shell(text, f"{call.name} code", stdin=_inner(call, more))
    call.cwd = outer


def _command(call: Call, value: tuple[list[Value], dict[str, Any]], language: str) -> None:
    words, more = value
    _settle(call)
    outer = call.cwd
    if "cwd" in more:
        walk.enter(call, more["cwd"])
    call.run(words, f"{call.name} code", stdin=_inner(call, more))
    call.cwd = outer


def _settle(call: Call) -> None:
    """What the code has written so far came over the network if it talked to it: `urlretrieve(U, F)`, then `sh F`."""
    if call.fetches and call.wrote and not call.machine.reading:
        from agentguard.access.programs import net  # noqa: PLC0415 - rare

        net.fetched(call)


def _listen(call: Call, value: tuple[Value, int | None], language: str) -> None:
    call.connect(value[0], value[1], "the code listens", action=LISTEN)


def _variable(call: Call, value: Value, language: str) -> None:
    call.row(WRITE, variable=value, why="the code sets it")


def _guess(call: Call, value: Value, language: str) -> None:
    """A text in the code that looks like a path may be read."""
    if isinstance(value, (str, Pattern)):
        call.path(READ, value, "a text in the code", certainty=POSSIBLE)


def _stray(call: Call, value: Value, language: str) -> None:
    """A text in the code that looks like a path or an address may be one."""
    walk.guess(call, value, "a text in the code")


def _settings(call: Call, value: Value, language: str) -> None:
    """What was loaded from a file is shown."""
    call.path(READ, value, "the code shows what it loads")


def _look(call: Call, value: Value, language: str) -> None:
    walk.act(call, "look", value, "the code", walk.Work({}, (), _NO_LINE))


def _path(call: Call, value: tuple[Value, str, str], language: str) -> None:
    for path in _found(call, value[0]):
        call.path(value[1], path, "the code", value[2])


def _text(call: Call, value: tuple[Value, Any, bool], language: str) -> None:
    """Something is put into a file."""
    from agentguard.access.code import filled  # noqa: PLC0415 - few texts make files

    filled.fill(call, value[0], value[1], appends=value[2])


def _found(call: Call, value: Value) -> list[Value]:
    """Return the paths that a search through folders comes upon: `Path("src").rglob("*.py")`, `glob("**/x")`.

    All was seen: these files and no others. The budget is spent: what they have in common.
    """
    if isinstance(value, Beneath) or not isinstance(value, Pattern) or not isinstance(call.cwd, str):
        return [value]
    first, *rest = value.parts
    if first is ANY:  # beneath the folder at hand
        first, rest = "./", list(value.parts)
    if not isinstance(first, str) or rest[:1] != [ANY] or ANY in rest[1:] or any("/" in str(p) for p in rest[1:]):
        return [value]
    from agentguard.access import paths  # noqa: PLC0415 - rare

    if paths.fault(first) or not first.endswith("/"):
        return [value]
    todo = [paths.absolute(first, call.cwd, call.world.platform)]
    wanted = [part for part in rest[1:] if isinstance(part, str)]
    starts, ends = not rest[1:] or isinstance(rest[1], str), isinstance(rest[-1], str)
    found: list[Value] = []
    seen = 0
    disk = call.world.disk
    while todo:
        folder = todo.pop()
        for name in disk.listdir(folder, limits.MAX_GLOB_ENTRIES) or []:
            seen += 1
            path = f"{folder.rstrip('/')}/{name}"
            if _fits(name, wanted, starts=starts, ends=ends):
                found.append(path)
            if disk.kind(path) == "dir":
                todo.append(path)
        if seen > limits.MAX_GLOB_ENTRIES or len(found) > limits.MAX_GLOB_MATCHES:
            return [value]
    return found


def _fits(name: str, wanted: list[str], *, starts: bool, ends: bool) -> bool:
    """Return whether a name holds these texts one behind the other, the first at its start and the last at its end."""
    at = 0
    for number, text in enumerate(wanted):
        place = name.find(text, at)
        if place < 0 or (not number and starts and place):
            return False
        at = place + len(text)
    return not (ends and wanted) or (name.endswith(wanted[-1]) and (len(wanted) > 1 or not starts or name == wanted[0]))


def _run(call: Call, value: tuple[Value, str], language: str) -> None:
    from agentguard.access.programs import interpreters  # noqa: PLC0415 - rare

    _settle(call)
    interpreters.script(call, value[0], value[1] or language)


def _connect(call: Call, value: tuple[Value, int | None, bool | str], language: str) -> None:
    from agentguard.access.programs import net  # noqa: PLC0415 - rare

    address, port, sends = value
    origin = call.origin
    traits = set(origin.traits)
    if sends == "GET" and parts_of(address)[0] is ANY:  # nobody has chosen in this text who gets it
        sends = False
    if sends and not call.machine.program:
        traits.add("sends")
    carries = isinstance(address, (Told, Secret)) and not call.machine.program
    told, call.told = call.told, [address] if carries else call.told
    if net.computed(call, address):
        traits.add("computed-address")
    call.told = told
    call.begin(origin.command, origin.flags, origin.args, frozenset(traits))
    asks = not sends or sends == "GET"
    if not asks and not call.machine.program:
        from agentguard.access.programs import apis  # noqa: PLC0415 - rare

        if changes := apis.traits(call, [address], sends if isinstance(sends, str) else "POST"):
            call.begin(origin.command, origin.flags, origin.args, frozenset(traits | changes))
            call.row(EXECUTE, why="what it asks the interface for")
    elif not call.machine.program and isinstance(address, (str, Pattern)) and _shows(address):
        call.begin(origin.command, origin.flags, origin.args, frozenset(traits | {"prints-environment"}))
        call.row(EXECUTE, why="what the interface answers")
    if port is None:
        net.url(call, address, "the code")
        if asks and not call.machine.program:
            net.served(call, address)
    else:
        call.connect(address, port or None, "the code")
    call.origin = origin


def _shows(address: Value) -> bool:
    """Return whether what is answered at an address are secrets."""
    if "/v1/" not in str(address) and "/api/" not in str(address) and "config-vars" not in str(address):
        return False
    from agentguard.access.programs import apis  # noqa: PLC0415 - rare

    return apis.shows([address])


_NO_LINE: Any = None
_ROWS: dict[str, Callable[[Call, Any, str], None]] = {
    "opaque": _opaque, "fetched": _fetched, "trait": _trait, "environment": _environment, "secret": _secret,
    "sql": _sql, "sql at": _sql_at, "shell": _shell,
    "command": _command, "connect": _connect, "listen": _listen, "variable": _variable, "guess": _guess, "stray": _stray,
    "look": _look, "settings": _settings,
    "path": _path, "run": _run, "text": _text,
}  # fmt: skip
