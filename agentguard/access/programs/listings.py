"""What commands write that list the names of files: `ls`, `compgen`, `git ls-files`."""

from __future__ import annotations

from agentguard.access.model import ANY, STAR, UNKNOWN, Pattern
from agentguard.access.programs.filters import several
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.values import concat, parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value, Wildcard
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_NOTHING = Feed(UNKNOWN)


def names(call: Call, work: Work) -> Feed:
    """`ls`: the names in a folder, those that start with a dot only where they are asked for."""
    line = work.line
    operands = line.operands
    if line.has("--recursive"):
        return _NOTHING
    lead = _LONG if line.has("-l -1l") else ""
    if line.has("--directory") or any(not isinstance(value, str) for value in operands) or len(operands) > 1:
        return several([value for value in operands or ["."] if isinstance(value, (str, Pattern))])
    from agentguard.access.programs.walk import is_file, kind_of  # noqa: PLC0415 - it needs us

    folder = str(operands[0]) if operands else "."
    if operands and is_file(call, folder):
        return Feed(folder + "\n")
    place = call.place(folder)
    hidden = line.has("--all --almost-all -f")
    found = None
    if isinstance(place, str) and kind_of(call, folder) == "dir":
        found = call.world.disk.listdir(place, _MOST_NAMES + 1)
    if found is None or len(found) > _MOST_NAMES:
        return _NOTHING if hidden or operands else Feed(Pattern((STAR, "\n")))
    shown: list[Value] = [lead + name for name in sorted(found) if hidden or name[:1] != "."]
    return several(shown) if shown else Feed("")


_MOST_NAMES = 200
_MOST_FILES = 300  # of a tree, the nearest ones
_LONG = "-rw-r--r-- 1 u g 1 Jan 1 00:00 "  # what stands before a name in a line of `ls -l`


def sizes(call: Call, work: Work) -> Feed:
    """`du -a FOLDER`: a size and the path of each file."""
    if not work.line.has("--all") or len(work.line.operands) > 1:
        return _NOTHING
    return _beneath(call, work.line.operands[0] if work.line.operands else ".", "4\t", hidden=True)


def _beneath(call: Call, root: Value, lead: str, *, hidden: bool) -> Feed:
    """Return a feed of all files beneath a folder, those that start with a dot only where they are asked for."""
    place = call.place(root)
    if not isinstance(root, str) or not isinstance(place, str):
        return _NOTHING
    from agentguard.access import walk  # noqa: PLC0415 - few commands list a tree

    start = len(place.rstrip("/"))
    found = [path[start:] for path in walk.files(place, call.world.disk)[0]]
    lines: list[Value] = [lead + root.rstrip("/") + path for path in found if hidden or "/." not in path]
    return several(lines[:_MOST_FILES])


def tree(call: Call, work: Work) -> Feed:
    """`tree -fi FOLDER`: a path in each line, without the lines that show where it hangs."""
    line = work.line
    if not line.has("-f") or not line.has("-i") or len(line.operands) > 1:
        return _NOTHING
    return _beneath(call, line.operands[0] if line.operands else ".", "", hidden=line.has("-a"))


def kinds(call: Call, work: Work) -> Feed:
    """`file FILE…`: its name, a colon and what it is."""
    from agentguard.access.programs.outputs import named_files  # noqa: PLC0415 - it is loaded for few commands

    lines: list[Value] = [concat([*parts_of(name), ": ASCII text"]) for name in named_files(call, work.line.operands)]
    return several(lines) if not work.line.flags else _NOTHING


def formatted(call: Call, form: str, operands: list[Value]) -> Feed:
    """`stat -c FORMAT FILE…`: a line for each file, in which only its name is known."""
    from agentguard.access.programs.outputs import named_files  # noqa: PLC0415 - it is loaded for few commands

    lines: list[Value] = []
    for name in named_files(call, operands):
        parts: list[str | Wildcard] = []
        for number, piece in enumerate(form.replace("%N", "%n").split("%n")):
            parts += parts_of(name) if number else ()
            first, *others = piece.split("%")
            parts += [first, *("1" + other[1:] for other in others)]  # all others are numbers, or tell no path
        lines.append(concat(parts))
    return several(lines)


def ignored(call: Call, work: Work) -> Feed:
    """`git status --short --ignored`: what git leaves out, `!!` before each; what has changed is not known."""
    place = call.place(".")
    if not work.line.has("--ignored") or not work.line.has("--short --porcelain") or not isinstance(place, str):
        return _NOTHING
    from agentguard.access import walk  # noqa: PLC0415 - few commands list a tree

    world = call.world
    git = walk.Manners(frozenset({"git"}), skip=frozenset({".git"}))
    every, _ = walk.files(place, world.disk, walk.Manners(skip=frozenset({".git"})))
    seen = frozenset(walk.files(place, world.disk, git, home=world.home)[0])
    start = len(place.rstrip("/")) + 1
    tops = {path[start:].partition("/")[0] for path in seen}
    shown: dict[str, None] = {}
    for path in every:
        if path not in seen:
            top, slash, _ = path[start:].partition("/")
            shown[path[start:] if top in tops else top + slash] = None
    return several([f"!! {path}" for path in list(shown)[:_MOST_FILES]])


def globbed(call: Call, work: Work) -> Feed:
    """`compgen -G GLOB`: the files that match."""
    glob = work.line.value("-G")
    if not isinstance(glob, str) or any(mark in glob for mark in "$`'\"\\ "):
        return _NOTHING
    from agentguard.access.shell.words import Reader  # noqa: PLC0415 - rare

    return several(list(Reader(call.machine, call.state, call.frame).fields(glob)))


def listed(call: Call, work: Work) -> Feed:
    """`git ls-files GLOB…`: a star of git's matches slashes too (gitglossary(7), pathspec)."""
    found: list[Value] = []
    line = work.line
    if line.has("--deleted") and not line.has("--others --cached --modified --stage -s"):
        return Feed("")  # names of which none is there any more
    if line.has("--others") and not line.operands and (line.has("--ignored") or not line.has("--exclude-standard")):
        place = call.place(".")  # what git ignores is among them
        inside = call.world.disk.listdir(place, _MOST_NAMES + 1) if isinstance(place, str) else None
        return several(list(inside)) if inside and len(inside) <= _MOST_NAMES else _NOTHING
    for operand in work.line.operands:
        text = plain(operand)
        if text is None or text[:1] in (":", "*") or "[" in text:  # any name with that ending, so nothing to go by
            return _NOTHING
        parts = [part for piece in text.replace("?", "*").split("*") for part in (ANY, piece)][1:]
        found.append(concat(["./", *parts]) if len(parts) > 1 else concat([text.rstrip("/"), ANY]))
    return several(found) if found and not work.line.has("-s") else _NOTHING
