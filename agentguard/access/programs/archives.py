"""Archivers and compressors: what goes in and where it comes out. tar(1), zip(1), unzip(1), gzip(1), zstd(1), 7z(1).

What an archive holds is not known, so unpacking one writes a whole folder: the one that is named, or the one at hand.
In the project's own folder that is ordinary work, and only the members that are named count (see walk.pours).
"""

from __future__ import annotations

from agentguard.access.model import DELETE, EXACT, POSSIBLE, READ, TREE, UNKNOWN, WRITE
from agentguard.access.programs import finder, folders, walk
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
    work.entry = {**work.entry, "operands": "text*", "traits": "read-only" if line.has("--list") else ""}
    walk.standard(call, work)
    for action in line.values("--checkpoint-action"):
        text = plain(action)
        if text is None or text.startswith("exec="):
            call.shell(action if text is None else text[5:], "tar --checkpoint-action")
    creates = line.has("--create --append --update --catenate")
    if creates and any(_remote(archive) for archive in line.values("--file")):
        call.begin(work.command, call.origin.flags, call.origin.args, call.origin.traits | {"sends"})
    for archive in line.values("--file"):
        if archive != "-" and not _remote(archive):
            call.path(WRITE if creates or line.has("--delete") else READ, archive, "the archive")
        elif archive != "-":
            _away(call, archive)
    home = call.cwd
    members: list[Value] = []
    for kind, value in _in_order(line.flags, words):
        if kind == "--directory":
            walk.enter(call, value)
        elif creates:
            if isinstance(value, str) and value[:1] == "@" and call.name == "bsdtar":
                call.path(READ, value[1:], "an archive that goes in")
                continue
            call.path(READ, value, "what goes in", TREE)
            if line.has("--remove-files"):
                call.path(DELETE, value, "--remove-files", TREE)
        else:
            members.append(value)
    for listed in line.values("--files-from") if creates else ():
        for value in _lines_of(call, listed):
            call.path(READ, value, "a name in the list of what goes in", TREE)
    if line.has("--extract") and line.has("--to-stdout"):
        for value in members:
            call.path(READ, value, "what it shows", certainty=POSSIBLE)
    elif line.has("--extract") and not line.has("--to-command"):
        if line.has("--one-top-level"):
            archive = (line.values("--file") or [""])[-1]
            place = line.value("--one-top-level") or _stem(archive)
            folders.pours(call, place, "it comes out here")
            _fetched(call, archive, place)
        else:
            stripped = line.value("--strip-components")
            _comes_out(call, ".", members, stripped)
            _fetched(call, (line.values("--file") or [""])[-1], ".")
        if line.has("--absolute-names"):
            call.opaque("an archive with absolute names may write anywhere")
    call.cwd = home


def _lines_of(call: Call, listed: Value) -> list[Value]:
    """Return the names in a list of files, none where it is not known."""
    if listed == "-":
        return call.stdin.lines() if call.stdin is not None else []
    feed = call.written(listed)
    return feed.lines() if feed is not None else []


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


def _away(call: Call, archive: Value) -> None:
    """`tar -f host:/dev/tape`: an archive on another machine (tar(1), --file)."""
    from agentguard.access.programs import net  # noqa: PLC0415 - rare

    net.place(call, archive, "the archive", WRITE)


def _stem(archive: Value) -> str:
    text = plain(archive)
    return (text or "archive").rstrip("/").rpartition("/")[2].partition(".")[0] or "archive"


def _comes_out(call: Call, folder: Value, members: list[Value], stripped: Value | None = None) -> None:
    """Add the rows of what is unpacked into a folder: the members that are named, else everything beneath it."""
    levels = plain(stripped) if stripped is not None else "0"
    if not members or levels is None or not levels.isdigit():
        folders.pours(call, folder, "it comes out here")
        return
    lead = () if folder == "." else (*parts_of(folder), "/")
    for member in members:
        name = member
        if int(levels) and isinstance(name, str):
            name = "/".join(name.strip("/").split("/")[int(levels) :])
            if not name:
                folders.pours(call, folder, "it comes out here")
                continue
        first, *others = parts_of(name)
        if isinstance(first, str):
            name = concat([first.lstrip("/"), *others])
        name = (
            finder.glob(name)
            if isinstance(plain(name), str) and any(mark in str(plain(name)) for mark in "*?[")
            else name
        )
        call.path(
            WRITE, concat([*lead, *parts_of(name)]), "a member that comes out", TREE if isinstance(name, str) else EXACT
        )


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
    for number, value in enumerate(line.operands):
        if value == "-":
            continue
        if not number:
            call.path(WRITE, _with_ending(value, ".zip"), "the archive")
        elif not line.has("--delete"):
            extent = TREE if line.has("--recurse-paths") else EXACT
            call.path(READ, value, "what goes in", extent)
            if line.has("--move"):
                call.path(DELETE, value, "--move", extent)
    if line.has("-@"):
        for value in call.stdin.lines() if call.stdin is not None else [UNKNOWN]:
            call.path(READ, value, "what goes in")


def _with_ending(value: Value, ending: str) -> Value:
    text = plain(value)
    return value if text is None or "." in text.rpartition("/")[2] else text + ending


def unzip(call: Call, work: Work) -> None:
    """`unzip FILE [MEMBER…] [-x MEMBER…] [-d FOLDER]`."""
    line = work.line
    looks = line.has("-l -t -p -c -v -Z -z") or call.name == "zipinfo"
    work.entry = {**work.entry, "operands": "read text*", "traits": "read-only" if looks else ""}
    walk.standard(call, work)
    if line.operands and not looks:
        words = call.words
        cut = next((n for n, word in enumerate(words) if word == "-x"), len(words))
        members = [value for value in line.operands[1:] if any(value is word for word in words[:cut])]
        _comes_out(call, line.value("-d") or ".", members)
        _fetched(call, line.operands[0], line.value("-d") or ".")


def seven(call: Call, work: Work) -> None:
    """`7z a ARCHIVE PATH…`, `7z x ARCHIVE [-oFOLDER]`; `rar` and `unrar` take the folder as last operand."""
    line = work.line
    verb = plain(line.operands[0]) if line.operands else ""
    adds = verb in ("a", "u", "m", "f")
    work.entry = {
        **work.entry,
        "operands": "text*",
        "traits": "" if adds or verb in ("x", "e", "d", "rn") else "read-only",
    }
    walk.standard(call, work)
    archive, members = line.operands[1:2], line.operands[2:]
    for value in archive:
        call.path(WRITE if adds or verb in ("d", "rn") else READ, value, "the archive")
    if adds:
        for value in members:
            if isinstance(value, str) and value[:1] == "@":
                call.path(READ, value[1:], "a list of what goes in")
                continue
            call.path(READ, value, "what goes in", TREE)
            if line.has("-sdel -df") or verb == "m":
                call.path(DELETE, value, "-sdel", TREE)
    elif verb in ("x", "e") and not line.has("-so"):
        folder: Value | None = None
        for word in call.words:  # values follow their option in the same word
            first, *others = parts_of(word)
            if (
                isinstance(first, str)
                and first[:2] == "-o"
                and (len(first) > 2 or others)
                and first[2:] not in ("r", "w")
            ):
                folder = concat([first[2:], *others])
        if folder is None and call.name in ("rar", "unrar") and members and str(plain(members[-1])).endswith("/"):
            folder = members.pop()
        _comes_out(call, folder or ".", [value for value in members if str(plain(value))[:1] != "@"])
        _fetched(call, (archive or [""])[0], folder or ".")


def press(call: Call, work: Work) -> None:
    """`gzip FILE`: FILE becomes FILE.gz, unless it goes to standard output; -k keeps FILE, and so do zstd and lz4."""
    line = work.line
    name = call.name
    unpacks = line.has("--decompress") or name.startswith("un") or name in ("gunzip", "bunzip2")
    keeps = line.has("--stdout --list --test") or name.endswith("cat")
    operands = line.operands
    two = "lz4" in name and len(operands) == 2 and not line.has("--multiple") and not keeps  # `lz4 INPUT OUTPUT`
    kinds = "read write" if two else "read*"
    work.entry = {**work.entry, "operands": kinds, "tree": "--recursive", "traits": "read-only" if keeps else ""}
    walk.standard(call, work)
    if keeps or two or line.has("-o --output"):
        return
    stays = line.has("--keep") or (
        name in ("zstd", "unzstd", "pzstd", "lz4", "unlz4", "brotli") and not line.has("--rm")
    )
    ending = line.value("--suffix") or _ENDINGS.get(name, ".gz")
    for value in operands:
        text = plain(value)
        if value == "-":
            continue
        if not stays:
            call.path(DELETE, value, "it is replaced", work.extent)
        if line.has("--recursive") and walk.kind_of(call, value) != "file":
            call.path(WRITE, value, "what comes out", TREE)
        elif unpacks and text is not None:
            call.path(WRITE, text.rpartition(".")[0] or text + ".out", "what comes out")
        elif not unpacks:
            call.path(WRITE, concat([*parts_of(value), *parts_of(ending)]), "what comes out")


_ENDINGS = {
    "bzip2": ".bz2", "pbzip2": ".bz2", "xz": ".xz", "pixz": ".xz", "lzma": ".lzma", "zstd": ".zst", "pzstd": ".zst",
    "lz4": ".lz4", "brotli": ".br", "compress": ".Z", "lzip": ".lz", "lzop": ".lzo",
}  # fmt: skip


def packs(call: Call, work: Work) -> None:
    """`mksquashfs FOLDER… FILE`, `genisoimage -o FILE FOLDER…`."""
    line = work.line
    operands = list(line.operands)
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    if not line.has("-output -outdev -o") and len(operands) > 1:
        call.path(WRITE, operands.pop(), "what comes out")
    for value in operands:
        call.path(READ, value, "what goes in", TREE)


def cpio(call: Call, work: Work) -> None:
    """`cpio -o`, `cpio -i`, `cpio -p FOLDER`: names come from standard input."""
    line = work.line
    archive = line.value("--file") or line.value("-O") or line.value("-I")
    passes, packs = line.has("--pass-through"), line.has("--create")
    unpacks = line.has("--extract") and not line.has("--list")
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    if archive is not None:
        call.path(WRITE if packs else READ, archive, "the archive")
    if packs or passes:
        for value in call.stdin.lines() if call.stdin is not None else [UNKNOWN]:
            call.path(READ, value, "what goes in")
    if passes and line.operands:
        folders.pours(call, line.operands[-1], "it comes out here")
    if unpacks:
        _comes_out(call, line.value("--directory") or ".", list(line.operands))


def unpacks(call: Call, work: Work) -> None:
    """`unsquashfs FILE`, `cabextract FILE`, `dpkg-deb -x FILE FOLDER`, `bsdunzip`, `asar extract FILE FOLDER`."""
    line = work.line
    looks = line.has(
        "--list --info --test -l -t -s -i -c -ls -lc -lls -ll -stat -cat -I -e -f -contents -field --contents --field"
    )
    work.entry = {**work.entry, "operands": "read text*", "traits": "read-only" if looks else ""}
    walk.standard(call, work)
    if looks:
        return
    folder = line.value("--dest") or line.value("-d") or line.value("-C") or line.value("--directory")
    if folder is None:
        folder = {"unsquashfs": "squashfs-root", "rpm2archive": "."}.get(call.name, ".")
    if folder == "." or line.operands:
        _comes_out(call, folder, [])


def extracts(call: Call, work: Work) -> None:
    """`dpkg-deb -x FILE FOLDER`, `asar extract FILE FOLDER`: the folder is the second operand."""
    operands = [value for value in work.line.operands if value not in ("x", "e", "extract", "-x", "-X", "-R", "-e")]
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    words = {plain(word) for word in call.words}
    if words & {"-b", "--build", "pack", "p"}:
        pairs = [value for value in operands if value not in ("pack", "p")]
        for value in pairs[:1]:
            call.path(READ, value, "what goes in", TREE)
        for value in pairs[1:2]:
            call.path(WRITE, value, "the archive")
        return
    for value in operands[:1]:
        call.path(READ, value, "the archive")
    if words & {"-x", "-X", "-R", "-e", "--extract", "--vextract", "--raw-extract", "--control", "x", "e", "extract"}:
        folders.pours(call, operands[1] if len(operands) > 1 else "DEBIAN", "it comes out here")


def keeps(call: Call, work: Work) -> None:
    """Programs that keep copies elsewhere (restic, borg, duplicity, kopia): `backup` sends, `restore` writes a folder."""
    line = work.line
    verb = next((name for name in work.command[1:]), "full" if call.name == "duplicity" else "")
    place = line.value("--repo") or line.value("--repository") or line.value("-r")
    words = list(line.operands)
    if call.name in ("borg", "duplicity") and place is None:
        place = next((word for word in words if "::" in str(word) or "://" in str(word) or "@" in str(word)), None)
        if place is None and call.name == "borg":
            place = next((word for word in words if "/" in str(word)), None)
    away = place is not None and _elsewhere(place)
    traits = set(line.traits) | set(work.entry.get("traits", "").split())
    dry = line.has("--dry-run")
    if verb in ("backup", "create", "copy", "full", "incremental") and away:
        traits.add("sends")
    if dry:
        traits.discard("destroys-data")
    if verb in ("forget", "prune", "delete", "remove-older-than", "remove-all-but-n-full") and not dry:
        traits.add("destroys-data")
    work.entry = {**work.entry, "operands": "text*", "traits": " ".join(sorted(traits))}
    walk.standard(call, work)
    if place is not None:
        if away:
            _reaches(call, place)
        else:
            text = str(plain(place) or "").partition("::")[0].removeprefix("file://")
            if text:
                looks = dry or verb in ("restore", "extract", "mount") or "read-only" in traits
                call.path(READ if looks else WRITE, text, "the copies")
    files = [word for word in words if word is not place]
    if verb in ("backup", "create", "full", "incremental"):
        for value in files:
            if "::" not in str(value):
                call.path(READ, value, "what is kept", TREE)
    elif verb == "restore":
        folders.pours(
            call,
            line.value("--target") or (files[-1] if files and call.name != "restic" else UNKNOWN),
            "it comes out here",
        )
    elif verb == "extract" and not line.has("--stdout"):
        folders.pours(call, ".", "it comes out here")


def _elsewhere(place: Value) -> bool:
    first = str(parts_of(place)[0])
    if first.startswith(("/", ".", "file:")):
        return False
    return "://" in first or first.startswith(_STORES) or ("@" in first and ":" in first)


_STORES = ("s3:", "b2:", "gs:", "azure:", "sftp:", "rest:", "rclone:", "swift:")


def _reaches(call: Call, place: Value) -> None:
    from agentguard.access.programs import net  # noqa: PLC0415 - rare

    text = plain(place)
    if text is None:
        call.connect(UNKNOWN, None, "the copies")
        return
    for scheme in _STORES:
        if text.startswith(scheme) and not text.startswith(scheme + "//"):
            text = text.removeprefix(scheme)
            if scheme in ("b2:", "gs:", "azure:", "swift:", "rclone:"):
                call.connect(UNKNOWN, None, "the copies")
                return
    if "://" in text:
        net.url(call, text, "the copies")
    elif net.split(text.partition("::")[0]) is not None:
        net.place(call, text.partition("::")[0], "the copies", WRITE)
    else:
        net.url(call, text, "the copies", scheme="https")


def library(call: Call, work: Work) -> None:
    """`ar rcs LIBRARY FILE…` changes a library of object files, `ar t LIBRARY` and `ar x LIBRARY` read it."""
    letters = (plain(call.words[0]) or "") if call.words else ""
    reads = next((letter in "ptx" for letter in letters if letter in "dmpqrtx"), False)
    behind = "read text*" if reads else "edit words*"
    work.entry = {**work.entry, "operands": behind if letters[:1] == "-" else f"text {behind}"}
    walk.standard(call, work)
