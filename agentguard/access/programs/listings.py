"""What commands write that list the names of files: `ls`, `compgen`, `git ls-files`."""

from __future__ import annotations

from agentguard.access.model import ANY, STAR, UNKNOWN, Pattern
from agentguard.access.programs.filters import several
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.values import concat, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_NOTHING = Feed(UNKNOWN)


def names(call: Call, work: Work) -> Feed:
    """`ls`: the names in a folder, those that start with a dot only where they are asked for."""
    line = work.line
    operands = line.operands
    if line.has("-l --recursive -1l"):
        return _NOTHING
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
    shown: list[Value] = [name for name in sorted(found) if hidden or name[:1] != "."]
    return several(shown) if shown else Feed("")


_MOST_NAMES = 200


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
