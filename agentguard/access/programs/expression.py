"""The expression of `find`: read as it is written, and evaluated from left to right (find(1), POSIX find, EXPRESSION).

What stands behind an action does not limit it, what stands beside it with `-o` does not either, and `!` turns a test
round. So each action is met by the files that everything before it lets through (`Through`). A test of which the disk
tells nothing (`-size`, `-mtime`) lets some files through that are not known.
"""

from __future__ import annotations

from agentguard.access import globs
from agentguard.access.limits import MAX_GLOB_CHARS
from agentguard.access.model import UNKNOWN
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from agentguard.access.model import Value

    Keeps: TypeAlias = Callable[[str], bool | None]
    Both: TypeAlias = "tuple[Through | None, Through | None]"

# Tests that take a value, and let some files through that only the disk knows.
_VALUED = frozenset({
    "-amin", "-anewer", "-atime", "-cmin", "-cnewer", "-ctime", "-fstype", "-gid", "-group", "-inum", "-links", "-mmin",
    "-mtime", "-newer", "-newermt", "-perm", "-size", "-uid", "-used", "-user", "-context", "-flags", "-samefile",
    "-Bmin", "-Bnewer", "-Btime", "-lname", "-ilname", "-xattrname",
})  # fmt: skip
_PLAIN = frozenset({
    "-empty", "-executable", "-readable", "-writable", "-nouser", "-nogroup", "-sparse", "-xattr", "-acl",
})  # fmt: skip
# These let everything through that counts: a kind of file, or how the tree is walked.
_KINDS = frozenset({"-type", "-xtype"})
_OPTIONS = frozenset({"-mindepth", "-regextype", "-D", "-files0-from"})
_WALKS = frozenset({
    "-depth", "-d", "-mount", "-xdev", "-x", "-noleaf", "-daystart", "-follow", "-ignore_readdir_race", "-nowarn", "-warn",
    "-noignore_readdir_race", "-true",
})  # fmt: skip
_RUNS = frozenset({"-exec", "-execdir", "-ok", "-okdir"})
_WRITES = frozenset({"-fprint", "-fprint0", "-fls", "-fprintf"})
_PRINTS = frozenset({"-print", "-print0", "-ls"})
_MOST = 16  # tests of names and paths that are asked about each file; more of them let everything through
_DEEPEST = 60  # parentheses and `!` inside one another


class Through:
    """What is let through: all, or those with some `names` or `paths`; `some` of them only where a test tells no more.

    `keeps` says of a path relative to where it starts whether it is among them, None where that is not known. `empty`:
    none of them holds anything.
    """

    __slots__ = ("empty", "keeps", "names", "paths", "some")

    def __init__(
        self, names: tuple[Value, ...] | None = None, paths: tuple[Value, ...] | None = None, *,
        some: bool = False, empty: bool = False, keeps: Keeps | None = None,
    ) -> None:  # fmt: skip
        self.empty = empty
        self.names = names
        self.paths = paths
        self.some = some
        self.keeps = keeps

    @property
    def named(self) -> bool:
        """Return whether anything is known of the names."""
        return self.names is not None or self.paths is not None

    def partly(self, *, empty: bool = False) -> Through:
        """Return some of these, nobody knows which; or those that are `empty`."""
        return Through(self.names, self.paths, some=True, empty=self.empty or empty, keeps=self.keeps)

    def narrowed(self, keeps: Keeps | None, value: Value | None = None, *, whole: bool = False) -> Through:
        """Return those of these that one more test keeps: one of the name that `value` matches, or of the `whole` path."""
        names, paths, before = self.names, self.paths, self.keeps
        if value is not None and not self.named:
            names, paths = (None, (value,)) if whole else ((value,), None)
        if before is None or keeps is None:
            return Through(names, paths, some=self.some, empty=self.empty, keeps=before or keeps)

        def both(path: str) -> bool | None:
            found = before(path), keeps(path)
            return False if False in found else None if None in found else True

        return Through(names, paths, some=self.some, empty=self.empty, keeps=both)


def united(one: Through | None, other: Through | None) -> Through | None:
    """Return what either lets through; None is nothing."""
    if one is None or other is None:
        return one or other
    keeps = None
    if (first := one.keeps) is not None and (second := other.keeps) is not None:

        def keeps(path: str) -> bool | None:
            found = first(path), second(path)
            return True if True in found else None if None in found else False

    if not one.named or not other.named:
        whole = (not one.named and not one.some) or (not other.named and not other.some)
        return Through(some=not whole, empty=one.empty and other.empty, keeps=keeps)
    names, paths = (one.names or ()) + (other.names or ()), (one.paths or ()) + (other.paths or ())
    return Through(
        names or None, paths or None, some=one.some and other.some, empty=one.empty and other.empty, keeps=keeps
    )


class Expression:
    """One expression, evaluated as it is read. What its actions meet lies in the lists."""

    __slots__ = (
        "_at",
        "_deep",
        "_depth",
        "_lead",
        "_pruned",
        "_tests",
        "_words",
        "deletes",
        "prints",
        "runs",
        "writes",
    )

    def __init__(self, words: list[Value], root: Value) -> None:
        self._words = words
        self._lead = root
        self._at = 0
        self._tests = 0
        self._deep: int | None = None
        self._depth = 0
        self._pruned: list[Keeps] = []
        self.deletes: list[Through] = []
        self.prints: list[Through] = []
        self.runs: list[tuple[str, list[Value], Through]] = []
        self.writes: list[Value] = []
        self._options()
        found, start = None, Through()
        while self._at < len(words):  # behind a `)` that closes nothing
            found = united(found, self._list(start)[0])
            self._at += 1
        if not words:
            found = start
        if not (self.deletes or self.prints or self.runs or self.writes) and found is not None:
            self.prints.append(found)  # there is no action: they are printed

    def _options(self) -> None:
        """Read what counts wherever it stands."""
        for number, word in enumerate(self._words[:-1]):
            depth = plain(self._words[number + 1]) or ""
            if word in ("-maxdepth", "-depth") and depth.isdecimal() and len(depth) < 5:
                self._deep = int(depth)

    def limits(self, found: Through) -> Callable[[str], bool] | None:
        """Return what says whether a path is among what an action meets, None where all are."""
        deep, pruned, keeps = self._deep, self._pruned, found.keeps
        if deep is None and not pruned and keeps is None:
            return None

        def kept(path: str) -> bool:
            if deep is not None and path.count("/") >= deep:
                return False
            if pruned:
                end = path.find("/")
                while end >= 0:
                    if any(prune(path[:end]) for prune in pruned):
                        return False
                    end = path.find("/", end + 1)
            return keeps is None or keeps(path) is not False

        return kept

    # -- grammar: each part is read in the light of what has been let through, and gives what then passes and what fails

    def _peek(self) -> Value | None:
        return self._words[self._at] if self._at < len(self._words) else None

    def _list(self, given: Through | None) -> Both:
        passed, failed = self._either(given)
        while self._peek() == ",":
            self._at += 1
            passed, failed = self._either(given)
        return passed, failed

    def _either(self, given: Through | None) -> Both:
        passed, failed = self._all(given)
        while self._peek() in ("-o", "-or"):
            self._at += 1
            more, failed = self._all(failed)
            passed = united(passed, more)
        return passed, failed

    def _all(self, given: Through | None) -> Both:
        passed, failed = self._one(given)
        while (word := self._peek()) is not None and word not in ("-o", "-or", ",", ")"):
            if word in ("-a", "-and"):
                self._at += 1
                continue
            passed, more = self._one(passed)
            failed = united(failed, more)
        return passed, failed

    def _one(self, given: Through | None) -> Both:
        word = self._peek()
        if word is None or word in (")", "-o", "-or", ",", "-a", "-and"):
            return given, None
        self._at += 1
        if word not in ("!", "-not", "(") or self._depth > _DEEPEST:
            return self._primary(word, given)
        self._depth += 1
        if word == "(":
            found = self._list(given)
            self._at += self._peek() == ")"
        else:
            passed, failed = self._one(given)
            found = failed, passed
        self._depth -= 1
        return found

    def _value(self) -> Value:
        value = self._peek()
        self._at += 1
        return UNKNOWN if value is None else value

    def _primary(self, word: Value, given: Through | None) -> Both:
        if word in _RUNS:
            start = self._at
            while (end := self._peek()) is not None and end not in (";", "+"):
                self._at += 1
            words = self._words[start : self._at]
            self._at += 1
            if given is not None:
                self.runs.append((str(word), words, given))
            return (given, None) if end == "+" or given is None else (given.partly(), given)
        if word in _WRITES:
            self.writes.append(self._value())
            self._at += word == "-fprintf"
            return given, None
        if word in _PRINTS or word == "-printf":
            self._at += word == "-printf"
            self.prints += [given] if given is not None else []
            return given, None
        if word == "-delete":
            self.deletes += [given] if given is not None else []
            return given, None
        if word in ("-name", "-iname", "-path", "-ipath", "-wholename", "-iwholename", "-regex", "-iregex"):
            return self._named(str(word), self._value(), given)
        if word == "-prune" and given is not None:
            self._pruned.append(given.keeps or (lambda _: True))
            return given, None
        if word in ("-false", "-quit") or given is None:
            self._at += word in _VALUED or word in _KINDS or word in _OPTIONS or word == "-maxdepth"
            return None, given if word == "-false" else None
        if word in _KINDS:
            self._at += 1
            return given, given
        if word in _OPTIONS or word == "-maxdepth":
            self._at += 1
            return given, None
        if word in _WALKS:
            self._at += word == "-depth" and (plain(self._peek() or "") or "").lstrip("+-").isdecimal()
            return given, None
        self._at += word in _VALUED or (isinstance(word, str) and word.startswith("-newer"))
        return given.partly(empty=word == "-empty"), given.partly()

    def _named(self, test: str, value: Value, given: Through | None) -> Both:
        """Return what passes a test of the name or of the path, and what does not."""
        if given is None:
            return None, None
        text = plain(value)
        if "regex" in test:
            ending = _ending(text)
            if not ending:
                some, tails = given.partly(), _tails(text or "")
                return some.narrowed(lambda path: None if path.endswith(tails) else False) if tails else some, some
            value, test = ending, "-name"
        whole = test not in ("-name", "-iname")
        self._tests += 1
        keeps = _fits(text, self._lead if whole else None, folds=test[1] == "i") if self._tests <= _MOST else None
        return given.narrowed(keeps, value, whole=whole), given.narrowed(keeps and _not(keeps))


def _fits(text: str | None, lead: Value | None, *, folds: bool) -> Keeps:
    """Return a test of a glob: of the path as it is printed, or where there is no `lead` of its last name."""
    if text is None or len(text) > MAX_GLOB_CHARS or (lead is not None and not isinstance(lead, str)):
        return lambda _: None
    items = globs.component(text.lower() if folds else text)
    start = None if lead is None else str(lead).rstrip("/") + "/"

    def keeps(path: str) -> bool | None:
        path = path.rpartition("/")[2] if start is None else start + path
        return globs.fits(items, path.lower() if folds else path)

    return keeps


def _not(keeps: Keeps) -> Keeps:
    def other(path: str) -> bool | None:
        found = keeps(path)
        return None if found is None else not found

    return other


def _ending(text: str | None) -> str:
    """Return the name at the end of a regular expression of `-regex` that is plain text, "" where it is none."""
    name = (text or "").rpartition("/")[2].removesuffix("$").replace("\\.", "\0")
    return "" if not name or any(char in name for char in ".*[]+?()|\\{}^") else name.replace("\0", ".")


def _tails(text: str) -> tuple[str, ...]:
    """Return the ends of what a regular expression may match, in each of its dialects; none where they are not plain."""
    text = text.removesuffix("$").replace("\\(", "(").replace("\\)", ")").replace("\\|", "|")
    before, group, inner = text, "", ""
    if text[-1:] == ")":
        before, group, inner = text[:-1].rpartition("(")
    tail = before.replace("\\.", "\0")
    at = len(tail)
    while at and tail[at - 1] not in ".*[]+?()|\\{}^$":
        at -= 1
    ends = [(tail[at:] + end.replace("\\.", "\0")).replace("\0", ".") for end in (inner.split("|") if group else [""])]
    plainly = not any(char in end for end in inner.split("|") for char in ".*[]+?()\\{}^$")
    return tuple(ends) if plainly and all(ends) and "|" not in before else ()
