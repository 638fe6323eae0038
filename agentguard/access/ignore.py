"""Ignore files, as far as they decide which files a search reads: gitignore(5), and the `.ignore` files of rg, ag, fd.

A rule matches a path relative to the folder of its file. Within a file the last rule that matches decides; a deeper
file decides before a shallower one; a file of one program before `.ignore`, that before git's. What lies in an ignored
folder is never looked at, so nothing in it can be taken back in. git's own files count only within a repository, and so
does `info/exclude` there. Of git's global files only the default place is read.
"""

from __future__ import annotations

from agentguard.access import globs, limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from agentguard.access.world import Disk

# Kinds of rules that a folder's own files hold, and the file of each.
FILES = {"rg": ".rgignore", "fd": ".fdignore", "ag": ".agignore", "any": ".ignore", "git": ".gitignore"}
_EXCLUDE, _GLOBAL = "exclude", "global"  # git's two others: info/exclude, and the person's own
_ORDER = (*FILES, _EXCLUDE, _GLOBAL)  # in which they decide
_GIT = ("git", _EXCLUDE)  # these end at the top of their repository

_FOLDERS = None  # in a rule's components: `**`, any number of folders


class Rule:
    """One line: components (None for `**`), whether it takes back, and whether it is about folders only."""

    __slots__ = ("components", "folders_only", "negated")

    def __init__(
        self, components: tuple[tuple[globs.Item, ...] | None, ...], *, negated: bool, folders_only: bool
    ) -> None:
        self.components = components
        self.negated = negated
        self.folders_only = folders_only

    def matches(self, names: list[str], is_folder: bool) -> bool:
        """Return whether the path, as components beneath the rule's folder, matches."""
        if self.folders_only and not is_folder:
            return False
        rule, size = self.components, len(self.components)
        at = here = 0
        star, back = -1, 0
        while here < len(names):
            if at < size and rule[at] is _FOLDERS:
                star, back = at, here
                at += 1
            elif at < size and globs.fits(rule[at] or (), names[here]):
                at += 1
                here += 1
            elif star >= 0:
                back += 1
                at, here = star + 1, back
            else:
                return False
        return at == size


class Rules:
    """The rules of one file, kept so that a name rules most of them out at once.

    `by_name`: those whose last component is plain text, in order. `by_end`: the others, last first, with the text that
    a name must end with.
    """

    __slots__ = ("by_end", "by_name")

    def __init__(self, lines: list[str]) -> None:
        self.by_name: dict[str, list[tuple[int, Rule]]] = {}
        self.by_end: list[tuple[int, str, Rule]] = []
        for number, line in enumerate(lines[: limits.MAX_IGNORE_RULES]):
            rule = read_rule(line)
            if rule is None:
                continue
            last = rule.components[-1] or ()
            end = ""
            for item in reversed(last):
                if not isinstance(item, str):
                    break
                end = item + end
            if len(end) == len(last):
                self.by_name.setdefault(end, []).append((number, rule))
            else:
                self.by_end.insert(0, (number, end, rule))

    def verdict(self, names: list[str], is_folder: bool) -> bool | None:
        """Return whether the last rule that matches ignores the path; None where none matches."""
        name = names[-1]
        best, found = -1, None
        for number, rule in self.by_name.get(name, ()):
            if rule.matches(names, is_folder):
                best, found = number, rule
        for number, end, rule in self.by_end:
            if number < best:
                break
            if name.endswith(end) and rule.matches(names, is_folder):
                found = rule
                break
        return None if found is None else not found.negated


class Layer:
    """The rules that hold beneath one folder: its own by kind, and those of the folders above it.

    `repository` is the top of the repository that the folder lies in, None outside of one. `chain` has all rules in the
    order in which they decide, each with the length of what its paths are relative to.
    """

    __slots__ = ("above", "base", "by_kind", "chain", "repository")

    def __init__(self, base: str, by_kind: dict[str, Rules], above: Layer | None, repository: str | None) -> None:
        self.base = base
        self.by_kind = by_kind
        self.above = above
        self.repository = repository
        self.chain: list[tuple[int, Rules]] = []
        for kind in _ORDER:
            layer: Layer | None = self
            while layer is not None:
                if kind in layer.by_kind and not (kind in _GIT and len(layer.base) < len(repository or "")):
                    self.chain.append((len(layer.base) + 1, layer.by_kind[kind]))
                layer = layer.above


def read_rule(line: str) -> Rule | None:
    """Return the rule of a line, None for a blank line or a comment."""
    text = line.rstrip("\r")
    while text.endswith(" ") and not text.endswith("\\ "):
        text = text[:-1]
    if not text or text[0] == "#":
        return None
    negated = text[0] == "!"
    text = text[negated:]
    folders_only = text.endswith("/")
    text = text.rstrip("/")
    if not text:
        return None
    anchored = "/" in text
    parts = [part for part in text.split("/") if part]
    components = tuple(_FOLDERS if part == "**" else globs.component(part) for part in parts)
    if not anchored:
        components = (_FOLDERS, *components)
    if components[-1] is _FOLDERS:  # `a/**`: everything within a, and not a itself
        components = (*components, globs.component("*"))
    return Rule(components, negated=negated, folders_only=folders_only)


def above(root: str, kinds: Collection[str], disk: Disk, home: str = "") -> Layer | None:
    """Return the rules that hold at `root` because of the folders above it (those of `root` itself not)."""
    layer: Layer | None = None
    if "git" in kinds and home:
        rules = _file(f"{home}/.config/git/ignore", disk)
        layer = Layer("", {_GLOBAL: rules}, None, None) if rules else None
    files = list(FILES.values())
    folder = ""
    for name in [name for name in root.split("/") if name][: limits.MAX_PARENTS]:
        layer = within(folder, [*files, ".git"] if disk.kind(f"{folder}/.git") else files, layer, kinds, disk)
        folder = f"{folder}/{name}"
    return layer


def within(folder: str, names: list[str], layer: Layer | None, kinds: Collection[str], disk: Disk) -> Layer | None:
    """Return the rules that hold beneath `folder`, which may hold `names`: its own on top of `layer`."""
    outer = None if layer is None else layer.repository
    repository = folder if ".git" in names and "git" in kinds else outer
    by_kind: dict[str, Rules] = {}
    for kind, file in FILES.items():
        if file in names and kind in kinds and (kind != "git" or repository is not None):
            rules = _file(f"{folder}/{file}", disk)
            if rules:
                by_kind[kind] = rules
    if repository == folder:
        rules = _file(f"{folder}/.git/info/exclude", disk)
        if rules:
            by_kind[_EXCLUDE] = rules
    return Layer(folder, by_kind, layer, repository) if by_kind or repository != outer else layer


def ignored(path: str, is_folder: bool, layer: Layer) -> bool:
    """Return whether rules leave out `path`, which lies beneath the folder of `layer`."""
    for start, rules in layer.chain:
        verdict = rules.verdict(path[start:].split("/"), is_folder)
        if verdict is not None:
            return verdict
    return False


def _file(path: str, disk: Disk) -> Rules | None:
    data = disk.read(path, limits.MAX_IGNORE_BYTES)
    if not data:
        return None
    return Rules(data.decode("utf-8", "surrogateescape").removeprefix("\ufeff").split("\n"))
