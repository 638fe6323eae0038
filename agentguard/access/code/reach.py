"""Files that are about to run: read from the disk where that is in reach, so that a call is judged by what they hold.

Only regular files of text, up to a size, a number and a nesting (see limits), and never by anything that could block.
In reach is what the call names or what lies beside it, but for the system's own folders and for files that hold
secrets. Each file that was read is noted with its hash. What cannot be read is out of scope and counted.

A file that this text itself has made is code handed over in the call, and counts in full. What a file of the disk holds
may be another thing when it runs, and depends on what is not seen here: its rows are `possible` (see possible), and
nothing of it is opaque.
"""

from __future__ import annotations

from agentguard import digest
from agentguard.access import limits, paths
from agentguard.access.shell.flow import Enough
from agentguard.access.shell.values import parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.access.model import Value
    from agentguard.access.shell.command import Call
    from agentguard.access.shell.flow import Feed
    from agentguard.access.shell.state import State

_SYSTEM = (
    "/usr/", "/bin/", "/sbin/", "/lib/", "/lib64/", "/opt/", "/etc/", "/proc/", "/sys/", "/dev/", "/boot/", "/nix/", "/snap/",
    "/System/", "/Library/", "/Applications/", "C:/Windows/", "C:/Program Files/",
)  # fmt: skip
SHELLS = frozenset({"sh", "bash", "dash", "zsh", "ksh", "ash"})


def inserted(call: Call, value: Value, lines: list[str]) -> None:
    """Note lines that an editor puts into a file: they run with it."""
    path = locate(call, value)
    if path is not None and lines and not call.machine.reading:
        held = call.machine.changes().inserted
        held[path] = "\n".join([*([held[path]] if path in held else []), *lines])


def within(path: str, world: object) -> bool:
    """Return whether an absolute path lies in the project or another checkout of it."""
    folders = (getattr(world, "project", ""), *getattr(world, "worktrees", ()))
    return any(folder and (path == folder or path.startswith(folder + "/")) for folder in folders)


def outside(call: Call, value: Value) -> bool:
    """Return whether a path is known to lie outside the project."""
    first = parts_of(value)[0]
    if not isinstance(first, str) or not isinstance(call.cwd, str) or paths.fault(first):
        return False
    if first[:1] == "~":
        first = call.world.home + first[1:]
    return not within(paths.absolute(first, call.cwd, call.world.platform), call.world)


def locate(call: Call, value: Value) -> str | None:
    """Return the path of a file as it can be read; None where it is not known, or not in reach."""
    if not isinstance(value, str) or not isinstance(call.cwd, str) or paths.fault(value):
        return None
    world = call.world
    path = paths.resolve(paths.absolute(value, call.cwd, world.platform), world.disk)
    name = path.rpartition("/")[2]
    if path.startswith(_SYSTEM) or name.startswith(".env"):
        return None
    home = world.home.rstrip("/") + "/"
    if path.startswith(home + ".") and not within(path, world):
        return None
    return path if world.disk.kind(path) == "file" else None


def on_disk(call: Call, path: str) -> str | None:
    """Return the text of a file of the disk that is changed in place; None where it is too long, or no text."""
    data = call.world.disk.read(path, limits.MAX_SCRIPT_BYTES + 1)
    if data is None or len(data) > limits.MAX_SCRIPT_BYTES or b"\0" in data:
        return None
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def read(call: Call, value: Value) -> str | None:
    """Return the text of a file of the disk, and note its hash; None where it cannot or may not be read."""
    path = locate(call, value)
    if path is None:
        return None
    machine = call.machine
    if machine.reading >= limits.MAX_SCRIPT_NESTING or (
        path not in machine.files and len(machine.files) >= limits.MAX_SCRIPTS
    ):
        machine.work["unread"] = machine.work.get("unread", 0) + 1
        return None
    data = call.world.disk.read(path, limits.MAX_SCRIPT_BYTES + 1)
    if data is None or len(data) > limits.MAX_SCRIPT_BYTES or b"\0" in data:
        machine.work["unread"] = machine.work.get("unread", 0) + 1
        return None
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return None
    machine.files[path] = (digest.sha256_hex(data), len(data))
    if machine.made is not None:
        text = machine.made.edited.get(path, text)
        if path in machine.made.inserted:
            text += "\n" + machine.made.inserted[path]
    return _unloaded(text)


_LOADING = frozenset({"cat", "grep", "egrep", "sed", "xargs", "cut", "tr", "awk"})


def _unloaded(text: str) -> str:
    """Return a script without `export $(grep -v '^#' .env | xargs)`: that sets variables and shows nothing of the file."""
    for start in ("export $(", "env $("):
        at = text.find(start)
        while at >= 0:
            end = text.find(")", at)
            commands = text[at + len(start) : end].split("|") if end > 0 else [""]
            if all(command.split()[:1] and command.split()[0] in _LOADING for command in commands):
                text = text[:at] + ":" + text[end + 1 :]
            at = text.find(start, at + 1)
    return text


def each(call: Call, value: Value, act: Callable[[str], None]) -> bool:
    """Do something with the text of a file: as handed over where this text has made it, else as that of a file.

    Returns whether there is anything to say of it: its text was read, or it was made here and cannot be known.
    """
    feeds: list[Feed] = call.contents(value)
    for feed in feeds:
        if isinstance(feed.value, str):
            act(feed.value)
        elif feed.script is not None:
            inside(call, act, _unloaded(feed.script))
        elif feed.source is None:
            call.fetched_or_opaque("what is in the file that runs is not known", fetched=feed.fetched)
    if feeds:
        return True
    text = read(call, value)
    if text is None:
        return False
    inside(call, act, text)
    return True


def inside(call: Call, act: Callable[[str], None], text: str) -> None:
    """Do something with text of a file of the disk: its rows are possible, and its work has a budget of its own."""
    machine = call.machine
    before = machine.depth, machine.unsure, machine.fetched, machine.program
    machine.reading += 1
    try:
        act(text)
    except (Enough, RecursionError):
        machine.work["unread"] = machine.work.get("unread", 0) + 1
    finally:
        machine.reading -= 1
        machine.depth, machine.unsure, machine.fetched, machine.program = before


def shell(call: Call, value: Value, label: str, *, state: State | None = None, stdin: Feed | None = None) -> None:
    """A shell runs a file of the disk. Functions that it makes are known afterwards, its variables are not."""
    text = read(call, value)
    if text is None:
        return
    own = (state or call.child([])).copy()

    def run(text: str) -> None:
        call.shell(text, f"{label} {value}", state=own, stdin=stdin)

    inside(call, run, text)
    if state is call.state:
        for name, functions in own.functions.items():
            if name not in state.functions:
                state.functions[name] = functions
                for function in functions:
                    function.frame.file = True


def code(call: Call, value: Value, language: str) -> None:
    """An interpreter of another language runs a file of the disk."""
    text = read(call, value)
    if text is not None:
        inside(call, lambda text: program(call, language, text, value), text)


def program(call: Call, language: str, text: str, file: Value | None = None) -> None:
    """Judge the text of a program."""
    from agentguard.access.programs import coded  # noqa: PLC0415 - loads this module

    if language == "python" or language in coded.SCANNED:
        call.machine.program = True
        coded.apply(call, coded.findings(call, language, text, file=file), language)


def by_name(call: Call) -> None:
    """A file of the disk is run by its path: its first line says what reads it (execve(2))."""
    text = read(call, call.program)
    if text is None:
        return
    first, _, _ = text.partition("\n")
    words = first[2:].split() if first[:2] == "#!" else []
    if words and words[0].endswith("/env"):
        words = [word for word in words[1:] if word[:1] != "-" and "=" not in word]
    name = words[0].rpartition("/")[2] if words else ""
    if not name or name in SHELLS:
        if name or text.isprintable() or "\n" in text:
            inside(
                call,
                lambda text: _shell(call, text, call.name, call.child(call.words, call.program, name)),
                text,
            )
        return
    from agentguard.access.programs import index  # noqa: PLC0415 - rare

    entry = index.entry(name) or {}
    language = "python" if entry.get("run") == "interpreters.python" else str(entry.get("language", ""))
    if language:
        inside(call, lambda text: program(call, language, text, call.program), text)


def _shell(call: Call, text: str, label: str, state: State) -> None:
    call.shell(text, label, state=state, stdin=call.stdin)
