"""What is written over a whole folder: copied trees, unpacked archives, restored copies."""

from __future__ import annotations

from agentguard.access import paths
from agentguard.access.model import CERTAIN, EXACT, POSSIBLE, TREE, UNKNOWN, WRITE
from agentguard.access.programs import net, walk
from agentguard.access.shell.values import concat, parts_of, plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_MAX_LISTED = 200  # names in one folder that are looked at

# What is in these folders runs by itself, or decides what does.
_HOLDING = {".git": ("hooks", "config"), ".github": ("workflows",), ".vscode": ("tasks.json",)}


def pours(
    call: Call, folder: Value, why: str, extent: str = TREE, certainty: str = CERTAIN, source: Value | None = None
) -> None:
    """Add the rows of what is written over a path: a file, or (TREE) a folder full of what is in `source`.

    To fill the project's own folder is ordinary work (unpacking an archive, copying a template), and nothing speaks for
    its settings being among what comes: there only the names count that can be seen in the source. Of a folder that
    holds hooks or pipelines, these may be among it.
    """
    if extent != TREE:
        call.path(WRITE, folder, why, extent, certainty)
        return
    if is_top(call, folder):
        names = _listed(call, source)
        for name in names:
            if name != ".git":
                inside = concat([*parts_of(folder), "/", name])
                call.path(WRITE, inside, why, EXACT if walk.is_file(call, f"{source}/{name}") else TREE, certainty)
        if not names:
            call.path(WRITE, folder, why, EXACT, certainty)
        return
    call.path(WRITE, folder, why, TREE, certainty)
    for name in _HOLDING.get(_name(call, folder), ()):
        call.path(WRITE, concat([*parts_of(folder), "/", name]), "it may be among what comes", TREE, POSSIBLE)


def comes(call: Call, target: Value, source: Value, why: str, extent: str = TREE, *, spilt: bool = False) -> None:
    """Add the rows of what is copied here from elsewhere: over the path itself, or under its own name in a folder.

    Whether `source` is a file or a folder cannot be seen; where both names end alike it is a file. `spilt`: what is
    in a folder goes right into the target, even where that is there already.
    """
    text = plain(unglobbed(source))
    name = "" if text is None else text.rstrip("/").rpartition("/")[2].rpartition(":")[2]
    named = not spilt and name not in ("", ".", "..") and "*" not in name
    kind = walk.kind_of(call, target)
    last = parts_of(target)[-1]
    over = kind == "dir" or is_top(call, target) or (isinstance(last, str) and last.endswith("/"))
    whole = ""
    if not (over and named):
        ending = name.rpartition(".")[2] if "." in name[1:] else None
        alike = ending is not None and isinstance(last, str) and last.endswith(f".{ending}")
        whole = TREE if over and not named else EXACT if alike or kind == "file" else extent
        pours(call, target, why, whole)
    if named and whole != TREE and kind not in ("file", "other"):
        inside = concat([*parts_of(target), "/", name])
        call.path(WRITE, inside, why, extent, CERTAIN if over else POSSIBLE)


def place(call: Call, value: Value, why: str, action: str, work: Work) -> None:
    """Add the rows of a place here or on another machine (see net.place); what is copied here may be a whole folder."""
    if action != WRITE or net.split(value) is not None:
        net.place(call, value, why, action, work.extent)
        return
    sources = [source for source, what in work.kinds if what == "place-read"]
    copied = sources[0] if len(sources) == 1 else None
    if work.extent != TREE and (walk.kind_of(call, value) == "dir" or str(value)[-1:] == "/"):
        for source in sources:
            name = str(parts_of(source)[-1]).rstrip("/").rpartition("/")[2].rpartition(":")[2]
            call.path(WRITE, concat([*parts_of(value), "/", name]) if name else UNKNOWN, why)
        return
    whole = isinstance(copied, str) and copied.endswith(("/", "/.")) and net.split(copied) is None
    pours(call, value, why, work.extent, source=copied if whole else None)


def _name(call: Call, folder: Value) -> str:
    """Return the name of a folder, "" where it is not known."""
    last = parts_of(folder)[-1]
    if isinstance(folder, str) and isinstance(call.cwd, str) and folder and not paths.fault(folder):
        last = paths.absolute(folder, call.cwd, call.world.platform)
    return last.rstrip("/").rpartition("/")[2] if isinstance(last, str) else ""


def is_top(call: Call, folder: Value) -> bool:
    """Return whether a path is the project's own folder."""
    world = call.world
    if not isinstance(folder, str) or not isinstance(call.cwd, str) or not folder or paths.fault(folder):
        return False
    text = paths.absolute(folder, call.cwd, world.platform)
    return bool(world.project) and world.project in (text, paths.resolve(text, world.disk))


def _listed(call: Call, source: Value | None) -> list[str]:
    """Return the names in a folder on the disk, none where it cannot be seen."""
    if not isinstance(source, str) or not isinstance(call.cwd, str) or not source or paths.fault(source):
        return []
    disk = call.world.disk
    path = paths.resolve(paths.absolute(source, call.cwd, call.world.platform), disk)
    return sorted(disk.listdir(path, _MAX_LISTED) or [])
