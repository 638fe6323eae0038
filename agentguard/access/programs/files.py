"""Files and folders: coreutils, findutils, and what finds or lists. Manual pages of section 1; POSIX utilities."""

from __future__ import annotations

from agentguard.access.model import ANY, READ, UNKNOWN, WRITE
from agentguard.access.programs import filling, walk
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.values import concat, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def link(call: Call, work: Work) -> None:
    """`ln TARGET NAME`: the target becomes readable as NAME, or in the folder NAME; relative to where NAME lies."""
    line = work.line
    operands = line.operands
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    targets = operands if len(operands) < 2 or line.has("--target-directory") else operands[:-1]
    places: list[tuple[Value, Value]] = [(target, ".") for target in targets] if targets is operands else []
    if targets is operands:
        _links(call, work, targets)
    if targets is not operands:
        where = operands[-1]
        folder = walk.kind_of(call, where) == "dir" and not line.has("--no-target-directory")
        work.kinds = [*((target, "link") for target in targets), (where, "target")]
        if folder and line.has("--no-dereference"):
            call.path(WRITE, where, "operand")
        walk.act(call, "target", where, "operand", work)
        parent = where if folder else _parent(where)
        places = [(target, parent) for target in targets]
    for target, parent in places:
        relative = line.has("--symbolic") and not line.has("--relative")
        call.path(READ, _joined(parent, target) if relative else target, "target of the link")


def _links(call: Call, work: Work, targets: list[Value]) -> None:
    """`ln -s TARGET…` and `ln -t FOLDER TARGET…`: links under the names of their targets."""
    from agentguard.access.shell import places  # noqa: PLC0415 - few texts make files

    folder = work.line.value("--target-directory") or "."
    follows = not work.line.has("--symbolic") or work.line.has("--relative")
    for target in targets:
        places.link(call, places.into(folder, target), target, follows=follows)


def _parent(value: Value) -> Value:
    return (value.rpartition("/")[0] or ("/" if value[:1] == "/" else ".")) if isinstance(value, str) else UNKNOWN


def _joined(folder: Value, target: Value) -> Value:
    if not isinstance(target, str) or target[:1] == "/" or folder == ".":
        return target
    return concat([*parts_of(folder), "/", target])


def passes_on(call: Call, work: Work) -> None:
    """`tee FILE`: what comes in is in the file afterwards, behind what was there with -a."""
    append = work.line.has("--append")
    held = [call.contents(value) for value in work.line.operands] if append else []
    walk.standard(call, work)
    for number, value in enumerate(work.line.operands):
        feed = call.stdin or Feed(UNKNOWN)
        if append and held[number]:
            call.remember(value, held[number][0])
        call.remember(value, feed, append=append)


def folders(call: Call, work: Work) -> None:
    """`mkdir FOLDER`."""
    walk.standard(call, work)
    from agentguard.access.shell import places  # noqa: PLC0415 - few texts make files

    for value in work.line.operands:
        places.folder(call, value)


def pipes(call: Call, work: Work) -> None:
    """`mkfifo NAME`, `mknod NAME p`."""
    walk.standard(call, work)
    from agentguard.access.shell import places  # noqa: PLC0415 - few texts make files

    for value in work.line.operands[: 1 if call.name == "mknod" else None]:
        places.pipe(call, value)


def mode(call: Call, work: Work) -> None:
    """`chmod MODE FILE`: the mode may look like an option (`-x`)."""
    line = work.line
    given = any(flag in ("-x", "-w", "-r", "-X", "-s", "-rwx", "-t") for flag, _ in line.flags)
    work.entry = {**work.entry, "operands": "write*" if given or line.has("--reference") else "text write*"}
    work.entry["tree"] = "--recursive"
    walk.standard(call, work)


def copy_blocks(call: Call, work: Work) -> None:
    """`dd if=… of=…`."""
    walk.standard(call, work)
    content = call.stdin or Feed(UNKNOWN)
    target: Value | None = None
    for operand in work.line.operands:
        first, *others = parts_of(operand)
        if not isinstance(first, str):
            call.path(WRITE, UNKNOWN, "operand")
            continue
        name, _, text = first.partition("=")
        value = concat([text, *others])
        if name == "if":
            call.path(READ, value, "if=")
            content = call.written(value) or Feed(UNKNOWN, source=value)
        elif name == "of":
            call.path(WRITE, value, "of=")
            target = value
    if target is not None:
        call.remember(target, content)


def fd(call: Call, work: Work) -> None:
    """`fd PATTERN PATH… -x COMMAND`: everything behind -x and -X is a command that gets what was found."""
    words = call.words
    place = next((n for n, word in enumerate(words) if word in ("-x", "-X", "--exec", "--exec-batch")), len(words))
    line = walk.read({**work.entry, "run": None}, call.name, words[:place]).line
    work.line = line
    work.entry = {**work.entry, "operands": "text read*", "traits": "read-only" if place == len(words) else ""}
    walk.standard(call, work)
    carried = [word for word in words[place + 1 :] if word not in (";", "\\;")]
    if carried:
        roots = line.operands[1:] or ["."]
        found = [concat([*parts_of(root), "/", ANY]) for root in roots]
        filling.carry(call, carried, found, call.name)
