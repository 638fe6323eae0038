"""`find`: which files its tests let through, and what its actions do with them (find(1), POSIX find)."""

from __future__ import annotations

from agentguard.access.model import ANY, DELETE, ONE, READ, STAR, TREE, UNKNOWN, WRITE
from agentguard.access.programs import filling, walk
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.values import Beneath, concat, parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

# Words of the expression that take a value, and are neither a name nor an action.
_VALUED = frozenset({
    "-amin", "-anewer", "-atime", "-cmin", "-cnewer", "-ctime", "-fstype", "-gid", "-group", "-inum", "-links",
    "-maxdepth", "-mindepth", "-mmin", "-mtime", "-newer", "-newermt", "-perm", "-regextype", "-size", "-type", "-uid",
    "-used", "-user", "-xtype", "-context", "-D", "-flags",
})  # fmt: skip
_UNLIMITING = frozenset(
    {"-maxdepth", "-mindepth", "-D", "-regextype", "-type", "-xtype"}
)  # that let everything through
_NAMES = frozenset({"-name", "-iname"})
_PATHS = frozenset({"-path", "-ipath", "-wholename", "-iwholename", "-lname", "-ilname", "-regex", "-iregex"})
_RUNS = frozenset({"-exec", "-execdir", "-ok", "-okdir"})
_WRITES = frozenset({"-fprint", "-fprint0", "-fls", "-fprintf"})


class _Found:
    """What an expression lets through: names (patterns of the last component), or nothing known of them."""

    __slots__ = ("all", "deletes", "names", "roots", "runs", "whole", "writes")

    def __init__(self) -> None:
        self.roots: list[Value] = []
        self.names: list[Value] = []
        self.all = True  # no test at all: everything beneath
        self.whole = False  # a test that says nothing about names; names beside `-o` do not help either
        self.deletes = False
        self.runs: list[tuple[str, list[Value]]] = []
        self.writes: list[Value] = []


def run(call: Call, work: Work) -> None:
    """Make the rows of `find`."""
    found = _read(call.words)
    acts = found.deletes or found.runs or found.writes
    work.entry = {"operands": "text*", "traits": "" if acts else "read-only"}
    walk.standard(call, work)
    for root in found.roots:
        call.path(READ, root, "where it starts")
    for value in found.writes:
        call.path(WRITE, value, "what it writes")
    values = _values(found)
    if found.deletes:
        for root in found.roots:
            if found.all:
                call.path(DELETE, root, "-delete", TREE)
        if not found.all:
            for value in values:
                call.path(DELETE, value, "-delete")
    for flag, words in found.runs:
        filling.carry(call, words, values, f"{call.name} {flag}", behind=False)
    work.feed = Feed(UNKNOWN, items=values)


def _read(words: list[Value]) -> _Found:
    found = _Found()
    at = 0
    follows_links = False
    while at < len(words) and words[at] in ("-H", "-L", "-P", "--"):
        follows_links = words[at] in ("-H", "-L") or (follows_links and words[at] == "--")
        at += 1
    while at < len(words) and not _starts(words[at]):
        root = words[at]
        found.roots.append(f"{root}/" if follows_links and isinstance(root, str) and root[-1:] != "/" else root)
        at += 1
    found.roots = found.roots or ["."]
    alternatives = negated = False
    while at < len(words):
        word = words[at]
        follows = words[at + 1] if at + 1 < len(words) else UNKNOWN
        at += 1
        if word in _NAMES or word in _PATHS:
            found.all = False
            at += 1
            if word in ("-name", "-iname") and not negated:
                found.names.append(glob(follows))
            elif word in ("-regex", "-iregex") and not negated and (ending := _ending(follows)):
                found.names.append(ending)
            elif not negated:
                found.whole = True
        elif word in _RUNS:
            end = at
            while end < len(words) and words[end] not in (";", "+"):
                end += 1
            found.runs.append((str(word), words[at:end]))
            at = end + 1
        elif word in _WRITES:
            found.writes.append(follows)
            at += 2 if word == "-fprintf" else 1
        elif word == "-delete":
            found.deletes = True
        elif word in _VALUED or (isinstance(word, str) and word.startswith("-newer")):
            found.all = found.all and word in _UNLIMITING
            at += 1
        elif word in ("-printf", "-files0-from"):
            at += 1
        elif word in ("-empty", "-executable", "-readable", "-writable", "-nouser", "-nogroup"):
            found.all = False
        elif word in ("-o", "-or", ","):
            alternatives = True
        elif word is UNKNOWN:
            found.whole = True
        negated = word in ("!", "-not") or (negated and word == "(")
    if not found.names or (alternatives and found.whole):
        found.whole = True
    return found


def _ending(value: Value) -> str:
    """Return the name at the end of a regular expression of `-regex` that is plain text, "" where it is none."""
    text = (plain(value) or "").rpartition("/")[2].removesuffix("$").replace("\\.", "\0")
    return "" if not text or any(char in text for char in ".*[]+?()|\\{}^") else text.replace("\0", ".")


def _starts(word: Value) -> bool:
    """Return whether the expression starts with this word."""
    text = plain(word)
    return text is not None and (text[:1] == "-" or text in ("(", ")", "!", ","))


def glob(value: Value) -> Value:
    """Return a glob as programs write it, such as the pattern of -name, as a value: `*`, `?` and `[…]` become wildcards."""
    done: list[object] = []
    for part in parts_of(value):
        if not isinstance(part, str):
            done.append(part)
            continue
        at = 0
        while at < len(part):
            char = part[at]
            at += 1
            if char == "*":
                done.append(STAR)
            elif char == "?":
                done.append(ONE)
            elif char == "[" and (end := part.find("]", at + 1)) > 0:
                done.append(ONE)
                at = end + 1
            elif char == "\\" and at < len(part):
                done.append(part[at])
                at += 1
            else:
                done.append(char)
    return concat(done)  # type: ignore[arg-type]  # texts and wildcards


def _values(found: _Found) -> list[Value]:
    """Return the paths that may be found: directly in a starting folder, and deeper."""
    values: list[Value] = []
    for root in found.roots:
        lead = root.rstrip("/") if isinstance(root, str) else root
        if found.all:
            values.append(Beneath(root))
            continue
        if found.whole:
            values.append(concat([*parts_of(lead), "/", ANY]))
            continue
        for name in found.names:
            values += _named(lead, name)
    return values


def index(call: Call, work: Work) -> None:
    """`locate NAME`, `mdfind -name NAME`: paths anywhere whose names hold that."""
    work.entry = {**work.entry, "operands": "text*", "traits": "read-only"}
    walk.standard(call, work)
    names = [*work.line.operands, *work.line.values("-name")]
    found: list[Value] = [concat(["/", ANY, *parts_of(glob(name))]) for name in names if name != ""]
    work.feed = Feed(UNKNOWN, items=found or [UNKNOWN])


def beneath(root: Value, name: Value) -> list[Value]:
    """Return the paths beneath a folder whose names match a glob as programs write it."""
    return _named(root.rstrip("/") if isinstance(root, str) else root, glob(name))


def _named(root: Value, name: Value) -> list[Value]:
    """Return what has a name directly in a folder, and deeper."""
    return [concat([*parts_of(root), "/", *parts_of(name)]), concat([*parts_of(root), "/", ANY, "/", *parts_of(name)])]
