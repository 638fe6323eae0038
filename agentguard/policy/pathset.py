"""Is a path in a set of path patterns? Three-valued, for one path, a partly known path, and a folder with all beneath.

Patterns: `*` and `?` and `[...]` stay within one name, `**` is any depth, `x/**` is everything beneath x and not x,
`~` and {variables} stand for their values. A pattern also matches where its fixed part leads when links are followed
(`/tmp` is `/private/tmp` on macOS). Case does not count where the file system ignores it.

What is asked (`mode`) decides how a doubt is answered:

- HITS: is anything of the path in the set? For the conditions of rules that stop things. A partly known path is a maybe
  only if one of its known parts lies on a known part of the pattern: `src/$f` could be named anything, but nothing of
  it speaks for `**/.env`, nor does the extension of `$f.json` speak for `**/credentials.json`. So is a shell's pattern
  that no file matches; one that was not expanded for want of a budget is a maybe wherever it could match.
- TOUCHES: the same without that last restriction. For whatever relaxes: a doubt must count there.
- INSIDE: is all of the path in the set? A folder is inside if everything beneath it is.
"""

from __future__ import annotations

from agentguard.access import paths
from agentguard.access.model import ANY, GLOB, TREE, Pattern
from agentguard.policy.model import MAYBE, NO, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    from agentguard.access.model import Value
    from agentguard.access.world import World
    from agentguard.policy.globs import Glob, Symbols

    Partly: TypeAlias = tuple[str, Symbols]  # see `_split`
    # Whether there is a path for which the function says yes, in the tree at this root.
    Search: TypeAlias = Callable[[str, Callable[[str], bool]], bool]

HITS, TOUCHES, INSIDE = "hits", "touches", "inside"

_META = frozenset("*?[]")
VARIABLES = ("home", "project", "tmpdir", "agentguard", "hostname")
_KEPT = 4096  # answers that a set keeps
_FOLDERS = 256  # beginnings of paths that a set keeps
_LISTED = 400  # names in a folder that are looked at at once
_FOLDING = ("darwin", "win32")  # platforms whose file systems take "A" and "a" for one name


class PathSet:
    """Some patterns minus some others, made ready for one world."""

    __slots__ = ("_exact", "_excluded", "_known", "_minus", "_plus", "_spellings")

    def __init__(self, values: Iterable[str], excluded: Iterable[str], spellings: Spellings) -> None:
        self._spellings = spellings
        self._plus = _Patterns(spellings.of(values))
        self._excluded = excluded
        self._minus: _Patterns | None = None
        self._exact: dict[str, int] = {}  # what was found about paths
        self._known: dict[tuple[object, str, str], int] = {}  # and about trees and partly known paths

    def less(self) -> _Patterns:
        """Return the patterns that are taken out; most paths never come so far."""
        if self._minus is None:
            self._minus = _Patterns(self._spellings.of(self._excluded))
        return self._minus

    def patterns(self) -> tuple[_Patterns, _Patterns]:
        """Return the patterns, and those that are taken out."""
        return self._plus, self.less()

    def holds(self, path: str) -> bool:
        """Return whether one path is in the set."""
        if self._spellings.fold:
            path = folded(path)
        return self._plus.holds(path) and not self.less().holds(path)

    def match(self, value: Value, extent: str, mode: str, search: Search | None = None) -> int:
        """Return NO, MAYBE or YES for a path. `search` looks into a tree for a path that `holds`; None for no look."""
        if isinstance(value, str):
            if extent != TREE:
                found = self._exact.get(value)
                if found is None:
                    if len(self._exact) >= _KEPT:
                        self._exact.clear()
                    found = self._exact[value] = YES if self.holds(value) else NO
                return found
            return self._tree(value, mode, search)
        if not isinstance(value, Pattern):
            return MAYBE
        asked = (value.parts, mode, extent)
        found = self._known.get(asked)
        if found is None:
            found = self._pattern(value, mode, extent)
            self._keep(asked, found)
        return found

    def _keep(self, asked: tuple[object, str, str], found: int) -> None:
        if len(self._known) >= _KEPT:
            self._known.clear()
        self._known[asked] = found

    def _tree(self, root: str, mode: str, search: Search | None) -> int:
        asked = (root, mode, TREE)
        found = self._known.get(asked)
        if found is None:
            found = self._holds_of(root, mode)
            self._keep(asked, found)
        if found == MAYBE:
            return YES if search and search(root, self.holds) else NO
        return found

    def _holds_of(self, root: str, mode: str) -> int:
        """Return NO or YES for a folder with all beneath it, MAYBE where one would have to look."""
        here = folded(root) if self._spellings.fold else root
        if mode == INSIDE:
            return YES if self._plus.contains(here) and not self.less().tree(here) else NO
        if self.less().contains(here):
            return NO
        return self._plus.tree(here)

    def _pattern(self, value: Pattern, mode: str, extent: str) -> int:
        tree = extent == TREE
        sure, every = self._spellings.partly(value, tree=tree)
        less = self.less()
        if all(less.covers(text) for text in every):
            return NO
        whole = mode == INSIDE or not tree
        if all(map(self._plus.covers, every)) if whole else any(map(self._plus.covers, sure)):
            return MAYBE if whole and any(map(less.meets, every)) else YES
        enough = YES if mode == HITS and (extent != GLOB or ANY in value.parts) else MAYBE
        return MAYBE if any(self._plus.meets(text) >= enough for text in every) else NO


class _Patterns:
    """Patterns sorted by shape: the common shapes need one call into C for all patterns of that shape."""

    __slots__ = (
        "_anywhere", "_beneath", "_folder", "_globs", "_heads", "_passed", "ends", "exact", "inside", "names", "others",
        "stars", "starts", "texts",
    )  # fmt: skip

    def __init__(self, texts: Iterable[str]) -> None:
        self.texts = tuple(texts)
        exact, starts, ends, inside = [], [], [], []
        self.names: list[tuple[str, str]] = []  # `**/HEAD*TAIL`
        self.stars: list[tuple[str, str]] = []  # `HEAD*TAIL`
        self.others: list[tuple[tuple[str, ...], str]] = []  # texts that every match contains, and the pattern
        for text in self.texts:
            name = text[3:] if text[:3] == "**/" else ""
            if _META.isdisjoint(text):
                exact.append(text)
            elif name and _META.isdisjoint(name):
                ends.append("/" + name)
            elif text[-3:] == "/**" and _META.isdisjoint(text[:-3]):
                starts.append(text[:-2])
            elif name[-3:] == "/**" and _META.isdisjoint(name[:-3]):
                inside.append("/" + name[:-2])
            elif name[:1] == "*" and _META.isdisjoint(name[1:]) and "/" not in name:
                ends.append(name[1:])
            elif name and "/" not in name and (star := _star(name)):
                self.names.append(star)
            elif not name and (star := _star(text)):
                self.stars.append(star)
            else:
                self.others.append((_fixed(text), text))
        self.exact = frozenset(exact)
        self.starts = tuple(starts)
        self.ends = tuple(ends)
        self.inside = tuple(inside)
        self._globs: dict[tuple[str, ...], Glob] = {}
        self._passed: dict[str, list[tuple[Glob, int, int]]] = {}
        self._anywhere: list[tuple[Glob, int, int]] = []  # those of `**/NAME`, behind a folder
        self._heads: list[tuple[str, str]] | None = None  # the others, each behind the known text it begins with
        self._folder = ""
        self._beneath = False

    def holds(self, path: str) -> bool:
        """Return whether a path matches."""
        if path in self.exact or path.endswith(self.ends):
            return True
        folder = path[: path.rfind("/") + 1]
        if folder != self._folder:  # the paths of one command often lie in one folder
            self._folder = folder
            self._beneath = folder.startswith(self.starts) or any(part in folder for part in self.inside)
        if self._beneath and path[-1] != "/":  # only a root ends so, and it is not beneath itself
            return True
        if self.names:
            name = path[path.rfind("/") + 1 :]
            for head, tail in self.names:
                if name.startswith(head) and name.endswith(tail) and len(name) >= len(head) + len(tail):
                    return True
        for head, tail in self.stars:
            if path.startswith(head) and path.endswith(tail) and len(path) >= len(head) + len(tail):
                if "/" in path[len(head) : len(path) - len(tail)]:
                    continue
                return True
        for pieces, text in self.others:
            for piece in pieces:
                if piece not in path:
                    break
            else:
                if self._glob(text).accepts(path):
                    return True
        return False

    def tree(self, root: str) -> int:
        """Return whether a folder, with all beneath it, holds a match: NO, MAYBE (only by looking) or YES."""
        base = root if root[-1:] == "/" else root + "/"
        if self.holds(root) or base.startswith(self.starts):
            return YES
        for start in self.starts:
            if start.startswith(base):
                return YES
        for path in self.exact:
            if path.startswith(base):
                return YES
        for part in self.inside:
            if part in base:
                return YES
        found = MAYBE if self.ends or self.inside or self.names else NO
        for head, tail in self.stars:
            if head.startswith(base):
                return YES
            if base.startswith(head):  # else it lies elsewhere
                found = max(found, self._glob(f"{head}*{tail}").tree(root))
        for pieces, text in self.others:
            if text[:3] == "**/":
                found = max(found, self._glob(text).tree(root) if _holds_all(base, pieces) else MAYBE)
                continue
            first = text[: min([place for place in map(text.find, "*?[") if place >= 0], default=len(text))]
            if first.startswith(base):
                return YES
            if base.startswith(first):
                found = max(found, self._glob(text).tree(root))
        return found

    def contains(self, root: str) -> bool:
        """Return whether a folder and all beneath it match."""
        if not self.holds(root):
            return False
        base = root if root[-1:] == "/" else root + "/"
        if base.startswith(self.starts):
            return True
        for part in self.inside:
            if part in base:
                return True
        if not self.others:
            return False
        from agentguard.policy.globs import ONE_OR_MORE  # noqa: PLC0415 - only for unusual patterns

        return self.covers(_split([*base, *ONE_OR_MORE]))

    def covers(self, text: Partly) -> bool:
        """Return whether one of the patterns matches whatever a partly known text turns out to be."""
        start, rest = text
        return any(glob.covers(rest, loose) for glob, loose, _known in self._behind(start))

    def meets(self, text: Partly) -> int:
        """Return whether a partly known text could match: NO, MAYBE, or YES if a known part of it speaks for it."""
        start, rest = text
        return max([glob.meets(rest, loose, known) for glob, loose, known in self._behind(start)], default=NO)

    def _behind(self, start: str) -> list[tuple[Glob, int, int]]:
        """Return the patterns that can go on behind a folder's path, and how far they have come.

        Most of the partly known paths of a project begin alike, and most patterns lie elsewhere. Those of a name in any
        folder have come equally far behind every folder.
        """
        if not start:
            return [(glob, glob.start, 0) for glob in ([self._glob(*self.texts)] if self.texts else ())]
        if self._heads is None:
            named = [text for text in self.texts if _anywhere(text)]
            if named:
                glob = self._glob(*named)
                self._anywhere = [(glob, *glob.passed("/", glob.start, 0))]
            self._heads = [(_head(text), text) for text in self.texts if not _anywhere(text)]
        found = self._passed.get(start)
        if found is None:
            left = [text for head, text in self._heads if start.startswith(head) or head.startswith(start)]
            found = []
            if left:
                glob = self._glob(*left)
                loose, known = glob.passed(start, glob.start, 0)
                found = [(glob, loose, known)] if loose else []
            if len(self._passed) >= _FOLDERS:
                self._passed.clear()
            self._passed[start] = found
        return self._anywhere + found

    def _glob(self, *patterns: str) -> Glob:
        """Return patterns as one automaton; the common shapes rarely need one."""
        glob = self._globs.get(patterns)
        if glob is None:
            from agentguard.policy.globs import Glob  # noqa: PLC0415 - not for the common shapes

            if len(self._globs) >= _FOLDERS:
                self._globs.clear()
            glob = self._globs[patterns] = Glob(patterns[0], "/", *patterns[1:])
        return glob


def _split(text: Symbols) -> Partly:
    """Return the known text that a partly known path begins with, to its last slash, and the rest."""
    start = 0
    for place, symbol in enumerate(text, 1):
        if not isinstance(symbol, str):
            break
        if symbol == "/":
            start = place
    return "".join(map(str, text[:start])), text[start:]


def _head(text: str) -> str:
    """Return what a pattern begins with before its first wildcard, without a slash at its end: `a/**/b` is a/b too."""
    return text[: min([place for place in map(text.find, "*?[") if place >= 0], default=len(text))].removesuffix("/")


def _anywhere(text: str) -> bool:
    """Return whether a pattern is of a name in any folder: `**/NAME`."""
    return text[:3] == "**/" and "/" not in text[3:] and "**" not in text[3:]


def _star(text: str) -> tuple[str, str] | None:
    """Return what stands before and behind the only wildcard of a pattern, if that is one `*`."""
    head, star, tail = text.partition("*")
    return (head, tail) if star and _META.isdisjoint(head) and _META.isdisjoint(tail) else None


def _fixed(text: str) -> tuple[str, ...]:
    """Return the texts that every match of a pattern contains."""
    return tuple([piece for piece in text.partition("[")[0].replace("?", "*").split("*") if piece not in ("", "/")])


def _holds_all(path: str, pieces: tuple[str, ...]) -> bool:
    return all(piece in path for piece in pieces)


class Names:
    """What some sets say about the names of files: a path that none of it concerns is in them if its folder's others are."""

    __slots__ = ("_by_end", "_ends", "_exact", "_fold", "_folder", "_here", "_names", "_near", "_others", "_stars")

    def __init__(self, sets: Iterable[PathSet], *, fold: bool) -> None:
        every = [patterns for one in sets for patterns in one.patterns()]
        self._fold = fold
        self._exact = frozenset(path for one in every for path in one.exact)
        self._ends = tuple({end for one in every for end in one.ends})
        self._names = {pair for one in every for pair in one.names}
        self._stars = {pair for one in every for pair in one.stars}
        self._others = {fixed for one in every for fixed, _ in one.others}
        self._by_end: dict[
            str, tuple[tuple[str, ...], list[tuple[str, str]]]
        ] = {}  # of `_ends` and `_names`, by last letter
        self._folder: str | None = None
        self._near: list[tuple[str, str]] = []  # those of `_stars` that could match in `_folder`
        self._here: list[list[str]] = []  # of `_others`: what the names of files in `_folder` would have to hold

    def concern(self, path: str) -> bool:
        """Return whether some pattern asks for more of a path than its folder."""
        if self._fold:
            path = folded(path)
        last = path[-1:]
        found = self._by_end.get(last)
        if found is None:
            found = self._by_end[last] = self._ending(last)
        ends, names = found
        if path in self._exact or path.endswith(ends):
            return True
        cut = path.rfind("/")
        folder, name = path[:cut], path[cut + 1 :]
        for head, tail in names:
            if name.startswith(head) and name.endswith(tail):
                return True
        if folder != self._folder:
            beneath = folder + "/"
            self._near = [one for one in self._stars if beneath.startswith(one[0]) or one[0].startswith(beneath)]
            self._folder, self._here = folder, self._left(folder)
        for head, tail in self._near:
            if path.startswith(head) and path.endswith(tail):
                return True
        for rest in self._here:
            for piece in rest:
                if piece not in path:
                    break
            else:
                return True
        return False

    def _ending(self, last: str) -> tuple[tuple[str, ...], list[tuple[str, str]]]:
        """Return what could match a path that ends so."""
        ends = tuple([end for end in self._ends if not end or end[-1] == last])
        return ends, [one for one in self._names if not one[1] or one[1][-1] == last]

    def _left(self, folder: str) -> list[list[str]]:
        """Return the texts that patterns still miss beside a folder, less the patterns that no name in it can complete."""
        found = []
        for pieces in self._others:
            rest = [piece for piece in pieces if piece not in folder + "/"]
            if all(folder.endswith(piece.rpartition("/")[0]) for piece in rest):
                found.append(rest)
        return found


def folded(text: str) -> str:
    """Return a text in the one form that all its spellings share on a file system that ignores case."""
    if not text.isascii():
        import unicodedata  # noqa: PLC0415 - only for such names, and only where case does not count

        text = unicodedata.normalize("NFC", text)
    return text.casefold()


class Spellings:
    """Patterns with their variables filled in and their fixed parts resolved, for one world.

    A variable without a value makes its pattern match nothing. What has been looked up on the disk is kept.
    """

    __slots__ = ("_disk", "_gone", "_listed", "_partly", "_real", "_values", "_world", "fold")

    def __init__(self, world: World) -> None:
        self.fold = world.platform.startswith(_FOLDING)
        self._world = world
        self._disk = world.disk
        self._values: dict[str, tuple[str, ...]] = {}
        self._partly: dict[object, tuple[list[Partly], list[Partly]]] = {}
        self._real = {"": ""}
        self._gone: set[str] = set()
        # The names in the folders that most patterns lie in, once they are listed; empty for too many.
        self._listed: dict[str, frozenset[str] | None] = {world.home: None, world.home + "/.config": None}

    def of(self, patterns: Iterable[str]) -> list[str]:
        """Return every spelling of every pattern, folded where case does not count."""
        found = []
        known = self._real
        homes = self._value("home")
        home = homes[0] if len(homes) == 1 else ""
        for pattern in patterns:
            first = pattern[:1]
            if first == "*" and pattern[:3] == "**/":
                found.append(pattern)
                continue
            if "{" in pattern or (first == "~" and not home):
                texts = self.filled(pattern)
            else:
                texts = (home + pattern[1:],) if first == "~" and pattern[1:2] in ("", "/") else (pattern,)
            for text in texts:
                found.append(text)
                fixed = text[:-3] if text[-3:] == "/**" else text
                if not _META.isdisjoint(fixed):
                    end = min(at for char in _META if (at := text.find(char)) >= 0)
                    fixed = text[: max(text.rfind("/", 0, end), 0)]
                real = known.get(fixed)
                if real is None:
                    real = self._follow(fixed)
                if real != fixed:
                    found.append(_escaped(real) + text[len(fixed) :])
        return [folded(text) for text in found] if self.fold else found

    def partly(self, value: Pattern, *, tree: bool) -> tuple[list[Partly], list[Partly]]:
        """Return the texts that a partly known path surely stands for, and all that it may stand for, cut for `covers`.

        They are those of all sets, so they are kept.
        """
        asked = (value.parts, tree)
        found = self._partly.get(asked)
        if found is None:
            from agentguard.policy.globs import ONE_OR_MORE, symbols  # noqa: PLC0415 - only for partly known paths

            text = symbols(value, sep="/", fold=self.fold, tree=tree)
            sure = [_split(text), _split([*text, "/", *ONE_OR_MORE])] if tree else [_split(text)]
            every = sure
            if tree and text[-2:] == ["/", ANY]:  # an unknown last name may be empty, which leaves the folder
                every = [*sure, _split(text[:-2])]
            if len(self._partly) >= _KEPT:
                self._partly.clear()
            found = self._partly[asked] = sure, every
        return found

    def filled(self, pattern: str) -> tuple[str, ...]:
        """Return a pattern with `~` and variables replaced: several where a variable has several values."""
        if pattern[:1] == "~" and pattern[1:2] in ("", "/"):
            pattern = "{home}" + pattern[1:]
        elif "{" not in pattern:
            return (pattern,)
        first, *parts = pattern.split("{")
        done: tuple[str, ...] = (first,)
        for part in parts:
            name, _, rest = part.partition("}")
            values = self._value(name)
            done = tuple([text + value + rest for text in done for value in values])
        return tuple([text or "/" for text in done])

    def _value(self, name: str) -> tuple[str, ...]:
        """Return the values of a variable, each as a pattern that matches just that; none for an unknown one."""
        found = self._values.get(name)
        if found is None:
            value = getattr(self._world, name, "") if name in VARIABLES else ""
            texts = [value] if isinstance(value, str) else list(value)
            if name == "project":
                texts += self._world.worktrees
            if self._world.platform == "win32":
                texts = [text.replace("\\", "/") for text in texts]
            # A project or a scratch folder that is the root would let everything through.
            texts = [text.rstrip("/") for text in texts if text and (text != "/" or name == "home")]
            found = self._values[name] = tuple([_escaped(text) for text in texts])
        return found

    def _follow(self, path: str) -> str:
        """Return a path with links followed; each folder on the way is looked at once for all patterns."""
        parent, slash, name = path.rpartition("/")
        if not slash:  # a drive
            return path
        before = self._real.get(parent)
        if before is None:
            before = self._follow(parent)
        real = f"{before}/{name}"
        if parent in self._gone or not name or (parent in self._listed and self._missing(parent, before, name)):
            self._gone.add(path)
        else:
            kind = self._disk.kind(real)
            if kind == "link":
                real = paths.resolve(real, self._disk)
            elif not kind:
                self._gone.add(path)
        self._real[path] = real
        return real

    def _missing(self, folder: str, real: str, name: str) -> bool:
        """Return whether a folder surely has no such name: one look tells it of all the patterns that lie there."""
        listed = self._listed[folder]
        if listed is None:
            names = None if self.fold else self._disk.listdir(real, _LISTED + 1)
            listed = frozenset(names) if names is not None and len(names) <= _LISTED else frozenset()
            self._listed[folder] = listed
        return bool(listed) and name not in listed


def _escaped(text: str) -> str:
    """Return a pattern that matches exactly `text`."""
    if _META.isdisjoint(text):
        return text
    return "".join(f"[{char}]" if char in _META else char for char in text)
