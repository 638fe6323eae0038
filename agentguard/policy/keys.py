"""Which rules could a row concern? Words that a row has and a rule asks for, so that few rules need a look.

A large policy is mostly about other things than the call at hand. So each rule is filed under keys, by one of its
conditions (`policy/wire.py` picks it): a row that meets the condition has at least one of the keys. A rule with no such
condition is wide: it is looked at for every row of its actions.

    p:REST     fixed part of a path pattern: the row's path is that, or beneath it. Begins with an anchor or a slash
    d:NAME     a folder of this name lies above the path               **/NAME/**
    n:NAME     the path's own name                                     **/NAME
    x:.EXT     how the name ends, from its last dot                    **/*.EXT
    b:ABCD     how the name begins, four characters                    **/ABCD*
    h:A.B      the last two labels of a host, or its last one          *.A.B
    c:P, c:P S a program's name; with its subcommand                   P S
    t:TRAIT    a trait
    w:KEY:WORD a word that the row has as KEY

Paths are compared without case, and as all that they are called: a pattern's fixed part may be a link, so a file is
filed under its real name and under the link's. A row of which only a part is known may concern all rules that are filed
by that kind of key.
"""

from __future__ import annotations

from agentguard.access import paths
from agentguard.access.model import EXACT, UNKNOWN
from agentguard.policy.pathset import folded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentguard.access.model import Row
    from agentguard.access.world import World

PATH, HOST, COMMAND, TRAIT, WORD = "path", "host", "command", "trait", "word"
KINDS = (PATH, HOST, COMMAND, TRAIT, WORD)
WORDS = ("tool", "server", "mcp_tool", "package", "variable")  # conditions on one text of a row
ANCHORS = {"~": "home", "{project}": "project", "{tmpdir}": "tmpdir", "{agentguard}": "agentguard"}
HEAD = 4  # characters of a b: key
_NAMED = WORDS[1:]  # those that a row has beside its tool
_KEPT = 4096  # folders whose keys are kept
_FEW = 30  # names in a folder that are looked at one by one; more are looked for in a listing
_LISTED = 400


def bucket(key: str, count: int) -> tuple[int, int]:
    """Return the bucket that a key is filed in, and four more bits to tell it from others there; always the same."""
    rest, number = divmod(int.from_bytes(key.encode("utf-8", "surrogatepass"), "big"), count)
    return number, rest & 15


class Keys:
    """The keys of rows in one world.

    `roots` are the fixed parts of the policy's patterns, without case: {folder: names, by slashes}.
    """

    __slots__ = ("_anchors", "_ends", "_folders", "_links", "_roots", "_world", "kept", "lying")

    def __init__(self, world: World, roots: dict[str, str]) -> None:
        self._world = world
        self._roots = roots
        self._anchors: list[tuple[str, str]] | None = None
        self._links: list[tuple[str, str]] = []  # (where a link leads, the link), both folded
        self._ends: set[str] = set()  # paths that are called something their folder is not
        self._folders: dict[str, tuple[list[str], list[tuple[str, str]]]] = {}
        # What `Stored` has found: rules by what a command is, and by the folder that a path lies in.
        self.kept: dict[object, frozenset[int]] = {}
        self.lying: dict[str, frozenset[int]] = {}

    def of_command(self, row: Row) -> list[str]:
        """Return the keys that all rows of such a command have."""
        origin = row.origin
        found = list(self._command(origin.command, origin.program)) if origin.command else []
        found += ["t:" + trait for trait in origin.traits]
        found.append("w:tool:" + row.tool)
        return found

    def of_folder(self, folder: str) -> list[str]:
        """Return the keys that a folder gives to all that lies in it."""
        return self._folders[folder][0]

    def of(self, row: Row) -> tuple[list[str], list[str], list[str]]:
        """Return the other keys of a row, the folders that it lies in, and the kinds of key of which it might have any."""
        found: list[str] = []
        folders: list[str] = []
        whole: list[str] = []
        path, host = row.path, row.host
        if path is not None and path.text is not UNKNOWN:
            if path.extent == EXACT and isinstance(path.text, str) and isinstance(path.resolved, str):
                texts = (path.text,) if path.text == path.resolved else (path.text, path.resolved)
                folders = [self._path(folded(text), found) for text in texts]
            else:
                whole.append(PATH)
        if isinstance(host, str):
            labels = host.rsplit(".", 2)
            found += ("h:" + labels[-1], "h:" + ".".join(labels[-2:]))
        elif host is not None:
            whole.append(HOST)
        for key in _NAMED:
            value = getattr(row, key)
            if isinstance(value, str):
                found.append(f"w:{key}:{value}")
            elif value is not None:
                whole.append(WORD)
        return found, folders, whole

    def _command(self, command: Sequence[str], program: str) -> Iterator[str]:
        second = command[1] if len(command) > 1 else None
        for name in {command[0], program, command[0].rpartition("/")[2], program.rpartition("/")[2]}:
            if name:
                yield "c:" + name.casefold()
                if second is not None:
                    yield f"c:{name.casefold()} {second}"

    def _path(self, text: str, found: list[str]) -> str:
        """Add the keys that only this path has, and return its folder. `text` has the one form that is compared."""
        if self._anchors is None:
            self._anchors = self._look()
        cut = text.rfind("/")
        folder, name = text[:cut], text[cut + 1 :]
        above = self._folders.get(folder)
        if above is None:
            if len(self._folders) >= _KEPT:
                self._folders.clear()
                self.lying.clear()
            called = list(self._called(folder))
            above = self._folders[folder] = [key for one in called for key in _above(*one)], called
        found += (f"n:{name}", f"b:{name[:HEAD]}")
        dot = name.rfind(".")
        if dot >= 0:
            found.append("x:" + name[dot:])
        if text in self._ends:
            found += [f"p:{anchor}{rest}" for anchor, rest in self._called(text)]
        else:
            found += [f"p:{anchor}{rest}/{name}" for anchor, rest in above[1]]
        return folder

    def _called(self, text: str) -> Iterator[tuple[str, str]]:
        """Yield (anchor, rest) for all that a path is called: by itself, by links to it, and seen from the anchors."""
        names = [text]
        for real, link in self._links:
            if text == real or text.startswith(real + "/"):
                names.append(link + text[len(real) :])
        for name in names:
            yield "", name
            for anchor, value in self._anchors or ():
                if name == value or name.startswith(value + "/"):
                    yield anchor, name[len(value) :]

    def _look(self) -> list[tuple[str, str]]:
        """Return what the anchors are; note which fixed parts of patterns are links."""
        anchors = []
        world = self._world
        self._follow("", "", "")
        for anchor, key in ANCHORS.items():
            value = getattr(world, key, "")
            texts = [value] if isinstance(value, str) else list(value)
            if anchor == "{project}":
                texts += world.worktrees
            for text in texts:
                if text and (text != "/" or anchor == "~"):
                    lexical = (text.replace("\\", "/") if world.platform == "win32" else text).rstrip("/")
                    real = paths.resolve(lexical, world.disk) if lexical else ""
                    anchors.append((anchor, folded(lexical)))
                    if real != lexical:
                        self._links.append((folded(real), folded(lexical)))
                    self._follow(anchor, lexical, real)
        self._ends = {value for _, value in anchors} | {real for real, _ in self._links}
        return anchors

    def _follow(self, key: str, lexical: str, real: str) -> None:
        """Note which names beneath a folder, of those that patterns begin with, are links."""
        names: Sequence[str] = self._roots.get(key or "/", "").split("/")
        if names == [""]:
            return
        disk = self._world.disk
        if len(names) > _FEW:
            there = disk.listdir(real or "/", _LISTED + 1)
            if there is not None and len(there) <= _LISTED:
                some = frozenset(folded("/".join(there)).split("/"))
                names = [name for name in names if name in some]
        for name in names:
            path = f"{real}/{name}"
            kind = disk.kind(path)
            if kind == "link":
                path = paths.resolve(path, disk)
                self._links.append((folded(path), folded(f"{lexical}/{name}")))
            if kind in ("link", "dir") and f"{key}/{name}" in self._roots:
                self._follow(f"{key}/{name}", f"{lexical}/{name}", path)


def _above(anchor: str, folder: str) -> Iterator[str]:
    """Yield the keys that a folder gives to all that lies in it."""
    parts = folder.split("/")
    if not anchor:
        yield "p:/"
        for part in parts:
            if part:
                yield "d:" + part
    for end in range(1, len(parts) + 1):
        yield "p:" + anchor + "/".join(parts[:end])
