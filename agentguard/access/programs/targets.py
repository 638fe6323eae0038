"""Where files are copied, moved and linked to: the rows of the target, and what is there from then on (see shell.made)."""

from __future__ import annotations

from agentguard.access.model import CERTAIN, POSSIBLE, TREE, WRITE
from agentguard.access.programs import folders, walk
from agentguard.access.shell import places
from agentguard.access.shell.values import concat, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

SECOND_NAME = "it gets a second name, through which it can be changed"
_SOURCES = ("read", "move", "link", "place-read")


def land(call: Call, value: Value, why: str, work: Work) -> None:
    """Where files go: the path itself, and the names of the files beneath it where it is or may be a folder."""
    kind = walk.kind_of(call, value)
    sources = [operand for operand, what in work.kinds if what in _SOURCES]
    plainly = work.line.has("--no-target-directory")
    last = parts_of(value)[-1]
    folder = kind == "dir" or len(sources) > 1 or (isinstance(last, str) and last.endswith("/"))
    extents = [_goes(call, source, what, work) for source, what in work.kinds if what in _SOURCES]
    if kind != "dir" or plainly or not sources:
        extent = TREE if TREE in extents else work.extent
        folders.pours(call, value, why, extent, source=sources[0] if len(sources) == 1 else None)
    if work.line.has("--link"):
        for source in sources:
            call.path(WRITE, source, SECOND_NAME, work.extent)
    pairs = zip(sources, extents, strict=True)
    for source, extent in pairs if kind not in ("file", "other") and not plainly else ():
        name = parts_of(source)[-1]
        name = name.rstrip("/").rpartition("/")[2] if isinstance(name, str) else name
        inside = concat([*parts_of(value), "/", name])
        folders.pours(call, inside, why, extent, CERTAIN if folder else POSSIBLE, source=source)
    _lands(call, value, work, sources, folder=folder and not plainly)


def _goes(call: Call, source: Value, what: str, work: Work) -> str:
    """Return how much comes with a source: a folder that is moved, and one that a link leads to, comes with all in it."""
    whole = what == "move" or (what == "link" and work.line.has("--symbolic"))
    return TREE if whole and not walk.is_file(call, source) else work.extent


def _lands(call: Call, value: Value, work: Work, sources: list[Value], *, folder: bool) -> None:
    """Note what is at the target from now on (see shell.made)."""
    for operand in sources:
        for source in places.exact(call, operand):
            place = places.into(value, source) if folder else value
            if work.line.has("--symbolic-link --link"):
                places.link(call, place, source, follows=True)
            elif (operand, "link") in work.kinds:
                places.link(call, place, source, follows=not work.line.has("--symbolic") or work.line.has("--relative"))
            else:
                places.copy(call, source, place, moved=(operand, "move") in work.kinds)
