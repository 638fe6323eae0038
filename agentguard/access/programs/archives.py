"""Archivers and compressors: what goes in and where it comes out. tar(1), zip(1), gzip(1), zstd(1)."""

from __future__ import annotations

from agentguard.access.model import READ, TREE, WRITE
from agentguard.access.programs import walk
from agentguard.access.shell.values import concat, parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_PRESS: dict[str, Any] = {
    "options": "-1 -9 -c,--stdout,--to-stdout -d,--decompress,--uncompress -f,--force -k,--keep -l,--list -q,--quiet "
    "-r,--recursive -S,--suffix=text -t,--test -T,--threads=text -v,--verbose -F,--format=text --files=read -o=write",
    "run": "archives.press",
}

TABLE: dict[str, Any] = {
    "tar": {
        "options": "-A,--catenate,--concatenate -c,--create -d,--diff,--compare --delete -r,--append -t,--list -u,--update "
        "-x,--extract,--get -C,--directory=text -f,--file=text -F,--info-script,--new-volume-script=shell "
        "-I,--use-compress-program=shell --to-command=shell --rmt-command=shell --rsh-command=shell --checkpoint-action=text "
        "-T,--files-from=read -X,--exclude-from=read --exclude=text -g,--listed-incremental=edit -K,--starting-file=text "
        "-L,--tape-length=text -N,--newer=text -b,--blocking-factor=text -H,--format=text -V,--label=text -s,--same-order "
        "--transform,--xform=text --strip-components=text --owner=text --group=text --mode=text --mtime=text --checkpoint=text? "
        "-j,--bzip2 -J,--xz -z,--gzip,--gunzip -Z,--compress --zstd -a,--auto-compress -v,--verbose -k -p -m -h,--dereference "
        "-O,--to-stdout -P,--absolute-names -w -W -l -S -B -i -o -U --remove-files --totals --index-file=write --sort=text "
        "--exclude-vcs --one-file-system --null --no-recursion --wildcards --one-top-level=text? --level=text --suffix=text",
        "run": "archives.tar",
    },
    "gtar": "tar", "bsdtar": "tar",
    "zip": {
        "options": "-r,--recurse-paths -x,--exclude=text -i,--include=text -q -v -u -m,--move -d,--delete -j -9 -0 -1 -e "
        "-P,--password=text -b=text -n=text -t=text -T -TT,--unzip-command=shell -s=text -y -@ -o -F -FF --out=write",
        "run": "archives.zipped",
    },
    "unzip": {"options": "-d=text -o -n -q -l -t -p -c -j -u -v -x -P=text -Z", "run": "archives.unzip"},
    "gzip": _PRESS, "gunzip": _PRESS, "pigz": _PRESS, "bzip2": _PRESS, "bunzip2": _PRESS, "xz": _PRESS, "unxz": _PRESS,
    "lzma": _PRESS, "zstd": _PRESS, "unzstd": _PRESS, "lz4": _PRESS, "brotli": _PRESS, "compress": _PRESS,
    "uncompress": _PRESS,
    "7z": {"options": "-o=write -p=text -t=text -m=text -x=text -i=text", "single": False, "operands": "text edit read*",
           "tree": "always"},
    "7za": "7z", "7zz": "7z",
    "unrar": {"operands": "text read write"}, "rar": {"operands": "text write read*", "tree": "always"},
    "cpio": {"options": "-o -i -p -d -m -v -F=edit -I=read -O=write -H=text -D=enter", "operands": "write*"},
    "ar": {"operands": "text edit read*"},
    "jar": {"options": "-c -x -t -u -f,--file=edit -C=text -m=read -e=text", "operands": "guess*"},
}  # fmt: skip


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
    if anywhere:
        call.opaque("an archive with absolute names may write anywhere")


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
        else:
            _comes_out(call, line.operands[0], anywhere=False)


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
