"""Files and folders: coreutils, findutils, and what finds or lists. Manual pages of section 1; POSIX utilities."""

from __future__ import annotations

from agentguard.access.model import ANY, DELETE, READ, STAR, TREE, UNKNOWN, WRITE
from agentguard.access.programs import filling, finder, walk
from agentguard.access.programs.targets import SECOND_NAME
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.values import concat, parts_of, plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.access.model import Value, Wildcard
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
        if not line.has("--symbolic"):
            call.path(WRITE, target, SECOND_NAME)


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
    operands = "write*" if given or line.has("--reference") else "text write*"
    work.entry = {**work.entry, "operands": operands, "tree": "--recursive"}
    if any(_gives_rights(plain(word) or "") for word in call.words[:3]):
        line.traits.add("privileged")
    walk.standard(call, work)


def _gives_rights(mode: str) -> bool:
    """Return whether whoever runs the file gets its owner's rights: the set-user-ID or set-group-ID bit (chmod(1))."""
    if mode.isdigit():
        return len(mode) == 4 + (mode[0] == "0" and len(mode) == 5) and mode[-4] in "24657"
    return any(sign in mode for sign in ("+s", "=s", "u+xs", "+xs", "g+s", "+rs"))


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
        elif name == "conv" and isinstance(value, str):
            folds = {"lcase", "ucase"} & set(value.split(","))
            change = str.lower if "lcase" in folds else str.upper
            if folds and isinstance(content.value, str):
                content = Feed(change(content.value), content.fetched)
    if target is not None:
        call.remember(target, content)
    else:
        work.feed = content


def fd(call: Call, work: Work) -> None:
    """`fd PATTERN PATH… -x COMMAND`: everything behind -x and -X is a command that gets what was found."""
    words = call.words
    place = next((n for n, word in enumerate(words) if word in ("-x", "-X", "--exec", "--exec-batch")), len(words))
    line = walk.read({**work.entry, "run": None}, call.name, words[:place]).line
    work.line = line
    work.entry = {**work.entry, "operands": "text read*", "traits": "read-only" if place == len(words) else ""}
    walk.standard(call, work)
    carried = [word for word in words[place + 1 :] if word not in (";", "\\;")]
    roots = [*line.operands[1:], *line.values("--search-path")] or ["."]
    names = [pattern] if (pattern := line.operands[0] if line.operands else "") not in ("", ".") else []
    found: list[Value]
    if line.has("--glob --fixed-strings") and names:
        found = [path for root in roots for path in finder.beneath(root, unglobbed(names[0]))]
    elif line.has("--extension"):
        endings = [concat(["*.", *parts_of(value)]) for value in line.values("--extension")]
        found = [path for root in roots for ending in endings for path in finder.beneath(root, ending)]
    elif names and (text := plain(names[0])) and (stem := text.strip("^$").replace("\\", "")).strip("."):
        known = stem if stem.replace(".", "").replace("_", "").replace("-", "").isalnum() else ""
        name: list[str | Wildcard] = [known, *([] if text[-1] == "$" else [STAR])]
        found = [concat([*parts_of(root), "/", ANY, *(("/",) if text[0] == "^" else ()), *name]) for root in roots]
        found += [concat([*parts_of(root), "/", *name]) for root in roots if text[0] == "^"]
    else:
        found = [finder.shown(call, root, some=bool(names)) for root in roots]
    filling.carry(call, carried, found, call.name)
    work.feed = Feed(UNKNOWN, items=found)


def mounted(call: Call, work: Work) -> None:
    """`mount` alone, or with `-l`, lists what is mounted; anything else needs the administrator's rights.

    What is mounted over a place hides all that is there; what `umount` takes away comes into sight again.
    """
    acts = call.name == "umount" or work.line.operands or work.line.has("-a -o -B --bind -L -U")
    work.entry = {**work.entry, "operands": "text*", "traits": "privileged" if acts else "read-only"}
    walk.standard(call, work)
    for value in work.line.operands if call.name == "umount" else work.line.operands[-1:]:
        call.path(WRITE, value, "what is mounted here", TREE)


def flagged(call: Call, work: Work) -> None:
    """`chattr +i FILE`, `chflags uchg FILE`: the mode may look like an option (`-i`)."""
    given = any(
        flag[:1] == "-" and flag not in ("--recursive", "-V", "-f", "-v", "-p", "-h", "-H", "-L", "-P")
        for flag, _ in work.line.flags
    )
    work.entry = {
        **work.entry,
        "operands": "write*" if given and call.name == "chattr" else "text write*",
        "tree": "--recursive",
    }
    walk.standard(call, work)


def stat(call: Call, work: Work) -> None:
    """`stat FILE`; on macOS `-f` takes a format (stat(1) of BSD), on Linux it asks about the file system."""
    line = work.line
    if line.has("--file-system") and line.operands and isinstance(first := line.operands[0], str) and "%" in first:
        line.operands = line.operands[1:]
    work.entry = {**work.entry, "operands": "look*", "traits": "read-only"}
    walk.standard(call, work)
    form = plain(line.value("--format") or line.value("--printf") or "") or ""
    if "%n" in form or "%N" in form:
        from agentguard.access.programs import listings  # noqa: PLC0415 - few formats name the file

        work.feed = listings.formatted(call, form, line.operands)


def renames(call: Call, work: Work) -> None:
    """`rename 's/a/b/' FILE…` (Perl code), `rename FROM TO FILE…` (util-linux)."""
    operands = work.line.operands
    first = plain(operands[0]) if operands else None
    code = work.line.value("-e") or (
        operands[0] if first is None or (len(first) > 2 and first[0] in "sy" and first[1] in "/|,#!:{") else None
    )
    shift = 0 if work.line.value("-e") is not None else 1 if code is not None else 2
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    if code is not None and (
        (text := plain(code)) is None or any(mark in text for mark in ("system", "`", "exec", "qx", "open"))
    ):
        call.opaque("the code that rename runs is not known")
    if work.line.has("--nono"):
        return
    new = _renaming(text if code is not None and text else None, operands[:shift])
    for value in operands[shift:]:
        walk.act(call, "move", value, "operand", work)
        name = plain(value)
        call.path(WRITE, new(name) if new and name is not None else UNKNOWN, "the new name")


def _renaming(code: str | None, operands: list[Value]) -> Callable[[str], str] | None:
    """Return how names change: `s/FROM/TO/` without special characters, or FROM and TO; None where that is not known."""
    pair = [plain(value) for value in operands]
    if code is not None:
        pair = list(code[2:].split(code[1])[:2]) if len(code) > 3 and code[0] == "s" else []
        if len(pair) == 2 and not set(str(pair[0])) & set("*+?.[](){}^$|\\"):
            return lambda name: name.replace(str(pair[0]), str(pair[1]))
        return None
    if len(pair) == 2 and pair[0] and pair[1] is not None:
        return lambda name: name.replace(str(pair[0]), str(pair[1]), 1)
    return None


def moves_many(call: Call, work: Work) -> None:
    """`mmv FROM TO`: patterns that mmv itself matches; `#1` in TO stands for what a wildcard matched."""
    line = work.line
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    if line.has("-n") or len(line.operands) < 2:
        return
    source = finder.glob(unglobbed(line.operands[0]))
    target = plain(line.operands[1]) or ""
    done: list[str | Wildcard] = []
    for number, piece in enumerate(target.split("#")):
        done += [piece] if not number else [STAR, piece.lstrip("ul")[1:]]
    call.path(READ, source, "operand")
    if not line.has("-c"):
        call.path(DELETE, source, "operand")
    call.path(WRITE, concat(done), "operand")


def chooses(call: Call, work: Work) -> None:
    """`fzf`: what is bound to keys with `execute(…)` and its kin runs."""
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for value in work.line.values("--bind"):
        text = plain(value) or ""
        for piece in text.split("execute")[1:] + text.split("become")[1:] + text.split("reload")[1:]:
            command = piece.removeprefix("-silent")
            if command[:1] in ("(", ":", "["):
                call.shell(
                    command[1:].rpartition({"(": ")", "[": "]"}.get(command[0], "\0"))[0] or command[1:],
                    f"{call.name} --bind",
                )
