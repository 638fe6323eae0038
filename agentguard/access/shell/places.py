"""What a command does to the file system as this text knows it (see made), and the paths that rows get from there.

Loaded only by texts that make files.
"""

from __future__ import annotations

from agentguard.access import paths
from agentguard.access.model import EXACT, UNKNOWN, Path, Pattern
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.made import FILE, FOLDER, LINK, Made, Thing
from agentguard.access.shell.values import concat, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.shell.command import Call
    from agentguard.access.shell.made import Key

# Programs that change a file without changing what it does: its mode, its times, its layout.
_HARMLESS = frozenset({
    "chmod", "chown", "chgrp", "touch", "ln", "mkdir", "chattr", "setfacl", "xattr", "black", "ruff", "isort", "prettier",
    "eslint", "gofmt", "goimports", "rustfmt", "shfmt", "clang-format", "dos2unix",
})  # fmt: skip


def of(call: Call, made: Made, value: Value, extent: str, *, deletes: bool) -> list[Path]:
    """Return the paths of a value as `paths.of` does, through every link that this text may have made."""
    found: list[Path] = []
    for number in range(made.widest):
        made.pick = number
        found += paths.of(value, call.cwd, call.world, extent)
    made.pick = 0
    if made.widest > 1:
        found = list({(str(path.text), str(path.resolved), path.extent): path for path in found}.values())
    done: list[Path] = []
    for path in found:
        text = path.text
        if not isinstance(text, str):
            done.append(path)
        elif deletes and not (isinstance(value, str) and value.endswith("/")) and made.made_link(text):
            folder, _, name = text.rpartition("/")  # the link goes, and not what it leads to
            done.append(Path(text, paths.resolve(folder or "/", made).rstrip("/") + "/" + name, EXACT))
        else:
            done.append(path)
            for target in made.blind(text) if made.blinds else ():
                done += paths.of(target, call.cwd, call.world, extent)
    return done


def changed(call: Call, made: Made, found: list[Path]) -> None:
    """Note that a program writes something to a file of this text that is not known."""
    if call.name not in _HARMLESS and len(found) == 1 and isinstance(found[0].resolved, str):
        made.changed(found[0].resolved)


def remember(made: Made, place: Key, feed: Feed, *, append: bool) -> None:
    """Note what is put into a file."""
    place = made.follow(place)
    if append:
        made.add(place, feed)
    else:
        made.put(place, Thing(FILE, feed))


def link(call: Call, where: Value, target: Value, *, follows: bool) -> None:
    """Note a link. Its target is text as `ln -s` takes it, or a path from here (`follows`)."""
    place = call.place(where)
    if place is None:
        return
    if follows:
        end = call.place(target)
        target = UNKNOWN if end is None else end
    call.machine.changes().put(place, Thing(LINK, target=target))


def folder(call: Call, where: Value) -> None:
    """Note a folder that is made."""
    place = call.place(where)
    if place is not None and not (isinstance(place, str) and call.world.disk.kind(place)):
        call.machine.changes().put(place, Thing(FOLDER))


def pipe(call: Call, where: Value) -> None:
    """Note a named pipe: nobody knows what will come out of it."""
    place = call.place(where)
    if place is not None:
        call.machine.changes().put(place, Thing(FILE, Feed(UNKNOWN)))


def gone(call: Call, where: Value) -> None:
    """Note that something is deleted."""
    made = call.machine.made
    place = call.place(where) if made is not None else None
    if made is not None and isinstance(place, str):
        folder, _, name = place.rpartition("/")
        made.drop(paths.resolve(folder or "/", made).rstrip("/") + "/" + name)


def copy(call: Call, source: Value, where: Value, *, moved: bool) -> None:
    """Note a copy, or a move."""
    one, other = call.place(source), call.place(where)
    made = call.machine.changes()
    if isinstance(one, str) and isinstance(other, str):
        made.copy(made.follow(one) if not moved else one, made.follow(other), moved=moved)  # type: ignore[arg-type]
    elif other is not None:
        feeds = call.contents(source) or [Feed(UNKNOWN, source=source)]
        for feed in feeds:
            made.put(other, Thing(FILE, feed))


def origin(call: Call, folder_: Value) -> Value | None:
    """Return the host that a folder of this text was fetched from, None where it was not."""
    made, place = call.machine.made, call.place(folder_)
    if made is None or not isinstance(place, str):
        return None
    return next((host for top, host in made.origins.items() if (place + "/").startswith(top + "/")), None)


def fetched(call: Call, where: Value, host: Value | None = None) -> None:
    """Note that what a folder holds and the disk does not know came over the network."""
    place = call.place(where)
    if isinstance(place, str):
        made = call.machine.changes()
        if host is not None:
            made.origins[place] = host
        made.fetched[place] = Feed(UNKNOWN, fetched=True)
        if not made.kind(place):
            made.put(place, Thing(FOLDER))


def into(folder_: Value, source: Value) -> Value:
    """Return where a file lands that goes into a folder under its own name."""
    last = parts_of(source)[-1]
    name = last.rstrip("/").rpartition("/")[2] if isinstance(last, str) else last
    return concat([*parts_of(folder_), "/", name])


def exact(call: Call, value: Value) -> list[Value]:
    """Return the files that a glob stands for, other values as they are."""
    if not isinstance(value, Pattern):
        return [value]
    return [path.text for path in paths.of(value, call.cwd, call.world)]
