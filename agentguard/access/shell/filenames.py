"""Pathname expansion (bash(1), Pathname Expansion): the files that a word with `*`, `?`, `[…]` and groups stands for.

The answer is what the shell would put into the command line, in its order, as far as the disk says. Every folder entry
looked at is counted. Options that change the answer are named as `shopt` names them.
"""

from __future__ import annotations

from agentguard.access import limits
from agentguard.access.globs import Class
from agentguard.access.model import ANY, ONE, STAR, Wildcard
from agentguard.access.paths import resolve
from agentguard.access.shell.limits import MAX_PATTERN_WORK
from agentguard.access.shell.matching import Group, Subject, dotted, parse
from agentguard.access.shell.pieces import TooMuch, Unreadable
from agentguard.access.world import Looked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentguard.access.shell.matching import Node
    from agentguard.access.world import Disk

    Component = str | list[Node]  # a name as it is, or a pattern of names

_ANY_DEPTH = "**"


class Glob:
    """A word that is matched with files: its components, and the options that count.

    `ignored` is the value of GLOBIGNORE. A pattern is written as `matching` reads it.
    """

    __slots__ = ("components", "fold", "hidden", "ignored", "key")

    def __init__(self, pattern: str, options: frozenset[str], ignored: str) -> None:
        self.key = (pattern, options, ignored)
        self.ignored = ignored
        self.hidden = bool(ignored) or "dotglob" in options or "globdots" in options
        self.fold = "nocaseglob" in options
        parts = _cut(pattern, "/")
        self.components: list[Component] = [_component(part, options) for part in parts]
        if "zsh" in options:  # it takes `**/` for any depth without an option
            for number, part in enumerate(parts[:-1]):
                if part == _ANY_DEPTH:
                    self.components[number] = _ANY_DEPTH

    def parts(self) -> tuple[str | Wildcard, ...]:
        """Return the word as parts of a pattern that covers all it may stand for."""
        found: list[str | Wildcard] = []
        for number, component in enumerate(self.components):
            if number:
                found.append("/")
            if component is _ANY_DEPTH:
                found.append(ANY)
            elif isinstance(component, str):
                found.append(component)
            else:
                for place, node in enumerate(component):
                    if isinstance(node, str):
                        found.append(node)
                    elif not place and (self.hidden or (isinstance(node, Group) and dotted(component))):
                        found.append(ANY)  # a pattern's star at the start of a name stands for no dot
                    else:
                        found.append(ONE if isinstance(node, Class) else STAR if isinstance(node, Group) else node)
        return tuple(found)

    def names(self, cwd: str, disk: Disk) -> list[str] | None:
        """Return the names that take the place of the word, none where no file matches; None past a limit."""
        key = (*self.key, cwd)
        known: dict[object, list[str] | None] = disk.globs if isinstance(disk, Looked) else {}
        if key not in known:
            try:
                found = _Look(self, cwd, disk).names()
            except TooMuch:
                found = None
            known[key] = sorted(found) if found is not None else None
        return known[key]


class _Look:
    """One look at the disk."""

    __slots__ = ("budget", "cwd", "disk", "glob")

    def __init__(self, glob: Glob, cwd: str, disk: Disk) -> None:
        self.glob = glob
        self.cwd = cwd
        self.disk = disk
        self.budget = limits.MAX_GLOB_ENTRIES

    def names(self) -> list[str] | None:
        found = [""]
        looked = False
        components = self.glob.components
        for number, component in enumerate(components):
            last = number == len(components) - 1
            slash = "" if last else "/"
            if component is _ANY_DEPTH:
                looked = True
                found = [name for before in found for name in self._deep(before, folders=not last)]
            elif isinstance(component, str):
                if looked and not component and not last:
                    continue  # slashes in a row count as one
                if component == ".." and not last:
                    found = [name for name in found if self._is_folder(name or ".")]
                found = [before + component + slash for before in found]
                if looked and (last or component not in ("", ".", "..")):
                    found = [name for name in found if self._is_there(name)]
            else:
                looked = True
                found = [
                    before + name + slash
                    for before in found
                    for name in self._matches(before, component)
                    if last or self._is_folder(before + name)
                ]
            if len(found) > limits.MAX_GLOB_MATCHES:
                return None
        return [name for name in found if name and not self._is_ignored(name)]

    def _path(self, name: str) -> str:
        return resolve(name if name[:1] == "/" else f"{self.cwd}/{name}", self.disk)

    def _is_there(self, name: str) -> bool:
        if name[-1:] == "/":
            return self._is_folder(name)
        folder, _, last = name.rpartition("/")
        return bool(self.disk.kind(self._path(folder + "/").rstrip("/") + "/" + last if folder else self._path(name)))

    def _is_folder(self, name: str) -> bool:
        return self.disk.kind(self._path(name)) == "dir"

    def _list(self, folder: str) -> list[str]:
        names = self.disk.listdir(self._path(folder), self.budget + 1) or []
        self.budget -= len(names)
        if self.budget < 0:
            raise TooMuch("its folders hold too many files")
        return names

    def _matches(self, before: str, nodes: Sequence[Node]) -> list[str]:
        glob, found = self.glob, []
        start = Subject.total
        for name in self._list(before):
            if Subject(name, fold=glob.fold, hidden=glob.hidden).fits(nodes):
                found.append(name)
            if Subject.total - start > MAX_PATTERN_WORK:
                raise TooMuch("its pattern takes too long to match")
        return found

    def _deep(self, before: str, *, folders: bool) -> list[str]:
        """Return a folder and those beneath it, each with a slash behind it; or all that is beneath it."""
        found = [before]
        at = 0
        done: list[str] = []
        while at < len(found):
            folder = found[at]
            at += 1
            for name in self._list(folder):
                if name[:1] == "." and not self.glob.hidden:
                    continue
                path = folder + name
                if not folders:
                    done.append(path)
                if self.disk.kind(self._path(folder).rstrip("/") + "/" + name) == "dir":
                    found.append(path + "/")
        if folders:
            return found
        return ([before] if before else []) + done

    def _is_ignored(self, name: str) -> bool:
        if not self.glob.ignored:
            return False
        if name.rpartition("/")[2] in (".", ".."):
            return True
        return any(_whole(pattern, name, fold=self.glob.fold) for pattern in _cut(self.glob.ignored, ":"))


def _whole(pattern: str, name: str, *, fold: bool) -> bool:
    """Return whether a name with slashes matches a pattern component by component."""
    parts, names = _cut(pattern, "/"), name.split("/")
    return len(parts) == len(names) and all(
        Subject(text, fold=fold).fits(parse(part, extended=True)) for part, text in zip(parts, names, strict=True)
    )


def _component(text: str, options: frozenset[str]) -> Component:
    if text == _ANY_DEPTH and "globstar" in options:
        return _ANY_DEPTH
    nodes = parse(text, extended="extglob" in options)
    if text[:1] == "^" and "extendedglob" in options:  # zsh: every name but these
        return [Group("!", [parse(text[1:], extended=True)])]
    if all(isinstance(node, str) for node in nodes):
        return "".join(map(str, nodes))
    return nodes


def _cut(text: str, mark: str) -> list[str]:
    """Return a pattern cut at a character that is neither quoted nor in a group."""
    found: list[str] = []
    depth = at = start = 0
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 1
        elif char == "(" and at and text[at - 1] in "?*+@!":
            depth += 1
        elif char == ")" and depth:
            depth -= 1
        elif char == "/" and depth:
            raise Unreadable("a group of patterns holds a slash")
        elif char == mark and not depth:
            found.append(text[start:at])
            start = at + 1
        at += 1
    found.append(text[start:])
    return found
