"""Archivers and compressors: what goes in and where it comes out. tar(1), zip(1), gzip(1), zstd(1)."""

from __future__ import annotations

from agentguard.access.model import READ, TREE, WRITE
from agentguard.access.programs import walk
from agentguard.access.shell.values import concat, parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def tar(call: Call, work: Work) -> None:
    """`tar czf FILE PATH…`: the first word may be a bundle without its dash, whose values follow in order."""
    words = call.words
    first = plain(words[0]) if words else None
    if first and first[0] != "-":
        letters = first
        rest = words[1:]
        values: list[Value] = []
        for letter in letters:
            values.append("-" + letter)
            if letter in "fCTXbgIKLNHVF" and rest:
                values.append(rest.pop(0))
        work.line = walk.read({**work.entry, "run": None}, call.name, [*values, *rest]).line
        words = [*values, *rest]
    line = work.line
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for action in line.values("--checkpoint-action"):
        text = plain(action)
        if text is None or text.startswith("exec="):
            call.shell(action if text is None else text[5:], "tar --checkpoint-action")
    creates = line.has("--create --append --update --catenate")
    for archive in line.values("--file"):
        if archive != "-" and not _remote(archive):
            call.path(WRITE if creates else READ, archive, "the archive")
    home = call.cwd
    for kind, value in _in_order(line.flags, words):
        if kind == "--directory":
            walk.enter(call, value)
        elif creates:
            call.path(READ, value, "what goes in", TREE)
    if line.has("--extract") and not line.has("--to-stdout"):
        _comes_out(call, (line.values("--file") or [""])[-1], line.has("--absolute-names"))
    call.cwd = home


def _in_order(flags: list[tuple[str, Value | None]], words: list[Value]) -> list[tuple[str, Value]]:
    """Return the operands and the folders of `-C` as they follow each other on the line."""
    folders = [value for flag, value in flags if flag == "--directory" and value is not None]
    given = [value for flag, value in flags if value is not None and flag != "--directory"]
    done: list[tuple[str, Value]] = []
    for word in words:
        text = plain(word)
        if folders and (word is folders[0] or (text is not None and text.startswith("--directory="))):
            done.append(("--directory", folders.pop(0)))
        elif any(word is value for value in given) or (text is not None and text[:1] == "-"):
            if folders and text is not None and text[:2] == "-C" and len(text) > 2:
                done.append(("--directory", folders.pop(0)))
        else:
            done.append(("", word))
    return done


def _remote(archive: Value) -> bool:
    text = plain(archive)
    return text is not None and ":" in text.partition("/")[0] and "=" not in text


def _comes_out(call: Call, archive: Value, anywhere: bool) -> None:
    """What an archive holds is not known: one name in the folder stands for all that appears there."""
    text = plain(archive)
    stem = (text or "archive").rstrip("/").rpartition("/")[2].partition(".")[0] or "archive"
    call.path(WRITE, stem, "it comes out here, under names that only the archive knows")
    _fetched(call, archive, ".")
    if anywhere:
        call.opaque("an archive with absolute names may write anywhere")


def _fetched(call: Call, archive: Value, folder: Value) -> None:
    """What comes out of an archive that came over the network did so too."""
    feed = call.written(archive) if archive not in ("", "-") else call.stdin
    if feed is not None and feed.fetched:
        from agentguard.access.shell import places  # noqa: PLC0415 - few texts make files

        places.fetched(call, folder)


def zipped(call: Call, work: Work) -> None:
    """`zip FILE PATH…`."""
    line = work.line
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    operands = [value for value in line.operands if value != "-"]
    for number, value in enumerate(operands):
        if not number:
            call.path(WRITE, value, "the archive")
        elif not line.has("--delete"):
            call.path(READ, value, "what goes in", TREE if line.has("--recurse-paths") else "exact")


def unzip(call: Call, work: Work) -> None:
    """`unzip FILE [-d FOLDER]`."""
    line = work.line
    work.entry = {**work.entry, "operands": "read text*"}
    walk.standard(call, work)
    if line.operands and not line.has("-l -t -p -c -v -Z"):
        folder = line.value("-d")
        if folder is not None:
            call.path(WRITE, folder, "it comes out here")
            _fetched(call, line.operands[0], folder)
        else:
            _comes_out(call, line.operands[0], anywhere=False)


def seven(call: Call, work: Work) -> None:
    """`7z a ARCHIVE PATH…`, `7z x ARCHIVE`."""
    line = work.line
    verb = plain(line.operands[0]) if line.operands else ""
    adds = verb in ("a", "u", "d", "rn")
    work.entry = {**work.entry, "operands": "text write read*" if adds else "text read text*", "tree": ""}
    walk.standard(call, work)
    if verb in ("x", "e") and len(line.operands) > 1 and not line.has("-o"):
        _comes_out(call, line.operands[1], anywhere=False)


def press(call: Call, work: Work) -> None:
    """`gzip FILE`: FILE becomes FILE.gz, unless it goes to standard output."""
    line = work.line
    keeps = line.has("--stdout --list --test")
    work.entry = {**work.entry, "operands": "read*" if keeps else "edit*", "tree": "--recursive"}
    walk.standard(call, work)
    if keeps:
        return
    ending = {"bzip2": ".bz2", "xz": ".xz", "zstd": ".zst", "lz4": ".lz4"}.get(call.name, ".gz")
    unpacks = line.has("--decompress") or call.name.startswith("un") or call.name in ("gunzip", "bunzip2")
    for value in line.operands:
        text = plain(value)
        if unpacks and text is not None:
            call.path(WRITE, text.rpartition(".")[0], "what comes out")
        elif not unpacks:
            call.path(WRITE, concat([*parts_of(value), ending]), "what comes out")
