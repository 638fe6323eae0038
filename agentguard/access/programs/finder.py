"""`find`: which files its tests let through, and what its actions do with them (find(1), POSIX find)."""

from __future__ import annotations

from agentguard.access.model import ANY, DELETE, ONE, READ, STAR, TREE, UNKNOWN, WRITE
from agentguard.access.programs import filling, walk
from agentguard.access.programs.expression import Expression
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.values import Beneath, concat, parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.expression import Through
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def run(call: Call, work: Work) -> None:
    """Make the rows of `find`."""
    roots, words = _split(call.words)
    found = [(root, Expression(words, root)) for root in roots]
    acts = any(one.deletes or one.runs or one.writes for _, one in found)
    work.entry = {"operands": "text*", "traits": "" if acts else "read-only"}
    walk.standard(call, work)
    for root in roots:
        call.path(READ, root, "where it starts")
    for value in found[0][1].writes:
        call.path(WRITE, value, "what it writes")
    for root, one in found:
        for through in one.deletes:
            _delete(call, root, one, through)
    lines: list[Value] = []
    for number, (flag, carried, _) in enumerate(found[0][1].runs):
        values = [
            value for root, one in found if number < len(one.runs) for value in _values(root, one, one.runs[number][2])
        ]
        filling.carry(call, carried, values, f"{call.name} {flag}", behind=False)
        lines += values if all(not one.prints for _, one in found) else []
    for root, one in found:
        for through in one.prints:
            lines += _values(root, one, through)
    work.feed = Feed(UNKNOWN, items=list(dict.fromkeys(lines)))


def _split(words: list[Value]) -> tuple[list[Value], list[Value]]:
    """Return where `find` starts, and its expression."""
    at = 0
    follows_links = False
    while at < len(words) and words[at] in ("-H", "-L", "-P", "-E", "-X", "-s", "--"):
        follows_links = words[at] in ("-H", "-L") or (follows_links and words[at] != "-P")
        at += 1
    roots: list[Value] = []
    while at < len(words) and not _starts(words[at]):
        root = words[at]
        roots.append(f"{root}/" if follows_links and isinstance(root, str) and root[-1:] != "/" else root)
        at += 1
    return roots or ["."], words[at:]


def _delete(call: Call, root: Value, one: Expression, through: Through) -> None:
    """Add the rows of `-delete`. Where a thing is gone that was empty, nothing is lost."""
    if through.empty:
        return
    if not through.named and not through.some:
        call.path(DELETE, root, "-delete", TREE)
        return
    for value in _values(root, one, through):
        call.path(DELETE, value, "-delete")


def _starts(word: Value) -> bool:
    """Return whether the expression starts with this word."""
    text = plain(word)
    return text is not None and (text[:1] == "-" or text in ("(", ")", "!", ","))


def glob(value: Value, *, slashes: bool = False) -> Value:
    """Return a glob as programs write it, such as the pattern of -name, as a value: `*`, `?` and `[…]` become wildcards.

    `slashes`: a star stands for them as well, as in the pattern of -path.
    """
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
                done.append(ANY if slashes else STAR)
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


def _values(root: Value, one: Expression, through: Through) -> list[Value]:
    """Return the paths that may be found: directly in a starting folder, and deeper."""
    lead = root.rstrip("/") if isinstance(root, str) else root
    if not through.named:
        return [Beneath(root, one.limits(through), some=through.some)]
    values = [value for name in through.names or () for value in _named(lead, glob(name))]
    for path in through.paths or ():
        parts = parts_of(glob(path, slashes=True))
        if parts[0] is not ANY:
            values.append(concat(parts))
            continue
        values.append(concat([*parts_of(lead), "/", *parts]))
        if len(parts) > 1 and isinstance(parts[1], str) and parts[1][:1] == "/":
            values.append(concat([*parts_of(lead), *parts[1:]]))
    return values


def shown(call: Call, root: Value, *, some: bool = False) -> Value:
    """Return what the command at hand shows of a folder: it leaves out what its manual says (see access.walk)."""
    from agentguard.access.model import Row  # noqa: PLC0415 - few programs list a tree
    from agentguard.access.walk import files, manners  # noqa: PLC0415 - as above

    place, world = call.place(root), call.world
    if not isinstance(place, str):
        return Beneath(root, some=some)
    leaves_out = manners(Row(READ, origin=call.origin))
    seen: list[frozenset[str] | None] = []

    def kept(path: str) -> bool:
        if not seen:
            found, complete = files(place, world.disk, leaves_out, home=world.home)
            seen.append(frozenset(found) if complete else None)
        return seen[0] is None or f"{place.rstrip('/')}/{path}" in seen[0]

    return Beneath(root, kept, some=some)


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
