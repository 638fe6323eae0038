"""Files and folders: coreutils, findutils, and what finds or lists. Manual pages of section 1; POSIX utilities."""

from __future__ import annotations

from agentguard.access.model import DELETE, READ, TREE, UNKNOWN, WRITE, Pattern
from agentguard.access.programs import walk
from agentguard.access.programs.finder import run as find  # noqa: F401 - named in the table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_LOOKS: dict[str, Any] = {"operands": "read*", "traits": "read-only"}

TABLE: dict[str, Any] = {
    "cp": {
        "options": "-a,--archive -b,--backup=text? -f,--force -i,--interactive -l,--link -L,--dereference -n,--no-clobber "
        "-P,--no-dereference --preserve=text? -r,-R,--recursive --reflink=text? -s,--symbolic-link -S,--suffix=text "
        "-t,--target-directory=write -T,--no-target-directory -u,--update=text? -v,--verbose -x,--one-file-system",
        "operands": "read* target^--target-directory",
        "tree": "--archive --recursive",
    },
    "mv": {
        "options": "-b,--backup=text? -f,--force -i,--interactive -n,--no-clobber -S,--suffix=text "
        "-t,--target-directory=write -T,--no-target-directory -u,--update=text? -v,--verbose",
        "operands": "move* target^--target-directory",
    },
    "install": {
        "options": "-b,--backup=text? -C,--compare -d,--directory -D -g,--group=text -m,--mode=text -o,--owner=text "
        "-s,--strip -S,--suffix=text -t,--target-directory=write -T,--no-target-directory -v,--verbose",
        "operands": "read* target^--target-directory",
        "instead": {"--directory": "write*"},
    },
    "ln": {
        "options": "-b,--backup=text? -f,--force -i,--interactive -L,--logical -n,--no-dereference -P,--physical "
        "-r,--relative -s,--symbolic -S,--suffix=text -t,--target-directory=write -T,--no-target-directory -v,--verbose",
        "run": "files.link",
    },
    "rm": {
        "options": "-f,--force -i -I --interactive=text? -r,-R,--recursive -d,--dir -v,--verbose --no-preserve-root "
        "--preserve-root=text? --one-file-system",
        "operands": "delete*",
        "tree": "--recursive",
    },
    "rmdir": {"options": "-p,--parents -v,--verbose --ignore-fail-on-non-empty", "operands": "delete*"},
    "unlink": {"operands": "delete"},
    "shred": {
        "options": "-f,--force -n,--iterations=text --random-source=read -s,--size=text -u,--remove=text? -v,--verbose "
        "-x,--exact -z,--zero",
        "operands": "write*",
        "instead": {"--remove": "delete*"},
        "traits": "destroys-data",
    },
    "srm": "rm",
    "trash": {"operands": "delete*", "tree": "always"},
    "mkdir": {"options": "-m,--mode=text -p,--parents -v,--verbose -Z,--context=text?", "operands": "write*"},
    "mkfifo": {"options": "-m,--mode=text", "operands": "write*"},
    "mknod": {"options": "-m,--mode=text", "operands": "write text text text"},
    "mktemp": {
        "options": "-d,--directory -u,--dry-run -q,--quiet --suffix=text -p,--tmpdir=text? -t",
        "operands": "text*",
        "output": "mktemp",
    },
    "touch": {
        "options": "-a -c,--no-create -d,--date=text -h,--no-dereference -m -r,--reference=read -t=text --time=text",
        "operands": "write*",
    },
    "truncate": {
        "options": "-c,--no-create -o,--io-blocks -r,--reference=read -s,--size=text",
        "operands": "write*",
    },
    "chmod": {
        "options": "-c,--changes -f,--silent -R,--recursive -v,--verbose --reference=read --preserve-root "
        "--no-preserve-root",
        "run": "files.mode",
    },
    "chown": {
        "options": "-c,--changes -f,--silent -h,--no-dereference -H -L -P -R,--recursive -v,--verbose --reference=read "
        "--from=text --preserve-root --no-preserve-root",
        "operands": "text^--reference write*",
        "tree": "--recursive",
    },
    "chgrp": "chown",
    "chattr": {"options": "-R,--recursive -p=text -v=text", "operands": "text write*", "tree": "--recursive"},
    "setfacl": {
        "options": "-m,--modify=text -x,--remove=text -M,--modify-file=read -X=read -R,--recursive",
        "operands": "write*",
        "tree": "--recursive",
    },
    "xattr": {"options": "-d=text -r,--recursive", "operands": "guess*"},
    "dd": {"operands": "text*", "run": "files.copy_blocks"},
    "tee": {"options": "-a,--append -i,--ignore-interrupts -p", "operands": "write*", "output": "through"},
    "split": {
        "options": "-a,--suffix-length=text -b,--bytes=text -C,--line-bytes=text -l,--lines=text -n,--number=text "
        "--filter=shell -d,--numeric-suffixes=text? --additional-suffix=text",
        "operands": "read write",
    },
    "csplit": {"options": "-f,--prefix=write -n,--digits=text -b,--suffix-format=text", "operands": "read text*"},
    "ls": {
        "options": "-a,--all -A,--almost-all --color=text? -d,--directory -h,--human-readable -I,--ignore=text -l "
        "-R,--recursive -S --sort=text --time=text --time-style=text -T,--tabsize=text -w,--width=text --format=text "
        "--block-size=text --hide=text --indicator-style=text --quoting-style=text",
        "operands": "read*",
        "traits": "read-only",
        "output": "names",
    },
    "exa": {"options": "-L,--level=text -I,--ignore-glob=text -s,--sort=text -t,--time=text", **_LOOKS},
    "eza": "exa",
    "lsd": "exa",
    "tree": {
        "options": "-L=text -P=text -I=text -H=text -T=text -o=write --charset=text --filelimit=text --timefmt=text",
        **_LOOKS,
    },
    "du": {
        "options": "-a,--all -d,--max-depth=text -h,--human-readable -s,--summarize -t,--threshold=text "
        "-X,--exclude-from=read --exclude=text -B,--block-size=text --time=text? --files0-from=read",
        **_LOOKS,
    },
    "df": {"options": "-h,--human-readable -t,--type=text -x,--exclude-type=text -B,--block-size=text", **_LOOKS},
    "stat": {"options": "-c,--format=text -f,--file-system --printf=text -t,--terse", **_LOOKS},
    "file": {"options": "-b,--brief -e,--exclude=text -f,--files-from=read -m,--magic-file=read -F=text", **_LOOKS},
    "readlink": {"options": "-f,--canonicalize -e -m -n,--no-newline", **_LOOKS, "output": "realpath"},
    "realpath": {"options": "-e -m -s,--strip --relative-to=text --relative-base=text", **_LOOKS, "output": "realpath"},
    "basename": {
        "options": "-a,--multiple -s,--suffix=text -z",
        "operands": "text*",
        "traits": "read-only",
        "output": "basename",
    },
    "dirname": {"options": "-z,--zero", "operands": "text*", "traits": "read-only", "output": "dirname"},
    "find": {"run": "files.find"},
    "gfind": "find",
    "fd": {
        "options": "-H,--hidden -I,--no-ignore -u,--unrestricted -e,--extension=text -E,--exclude=text -t,--type=text "
        "-d,--max-depth=text --min-depth=text -s,--case-sensitive -i,--ignore-case -g,--glob -F,--fixed-strings "
        "-a,--absolute-path -p,--full-path -c,--color=text -j,--threads=text -S,--size=text --changed-within=text "
        "--changed-before=text -o,--owner=text --max-results=text -C,--base-directory=enter --search-path=read "
        "-x,--exec=text -X,--exec-batch=text",
        "run": "files.fd",
    },
    "fdfind": "fd",
    "locate": {"operands": "text*", "traits": "read-only"},
    "mdfind": {"options": "-onlyin=read -name=text", "operands": "text*", "traits": "read-only"},
    "rename": {"options": "-n,--dry-run -v,--verbose -f,--force -e=text", "operands": "text edit*"},
    "open": {"options": "-a=text -b=text", "operands": "guess*"},
    "xdg-open": "open",
    "mount": {"options": "-t=text -o=text -L=text -U=text", "operands": "text*", "traits": "privileged"},
    "umount": {"options": "-t=text -l -f", "operands": "text*", "traits": "privileged"},
    "mkfs": {"options": "-t=text", "operands": "write*", "traits": "destroys-data"},
    "mkfs.ext4": "mkfs",
    "mkswap": "mkfs",
    "wipefs": "mkfs",
    "fdisk": {"options": "-l,--list", "operands": "write*", "instead": {"--list": "read*"}},
    "parted": {"options": "-l,--list -s,--script", "operands": "write text*", "instead": {"--list": "read*"}},
    "diskutil": {
        "sub": {
            "eraseDisk": {"operands": "text text text", "traits": "destroys-data"},
            "eraseVolume": {"operands": "text text text", "traits": "destroys-data"},
            "list": {"traits": "read-only", "operands": "text*"},
            "info": {"traits": "read-only", "operands": "text*"},
        },
    },
}


def link(call: Call, work: Work) -> None:
    """`ln TARGET NAME`: the target becomes readable as NAME, or in the folder NAME; relative to where NAME lies."""
    line = work.line
    operands = line.operands
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    targets = operands if len(operands) < 2 or line.has("--target-directory") else operands[:-1]
    places: list[Any] = [(target, ".") for target in targets] if targets is operands else []
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


def _parent(value: Any) -> Any:
    return (value.rpartition("/")[0] or ("/" if value[:1] == "/" else ".")) if isinstance(value, str) else UNKNOWN


def _joined(folder: Any, target: Any) -> Any:
    if not isinstance(target, str) or target[:1] == "/" or folder == ".":
        return target
    return f"{folder}/{target}" if isinstance(folder, str) else Pattern((walk.ANY, "/", target))


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
    for operand in work.line.operands:
        first, *others = walk.parts_of(operand)
        if not isinstance(first, str):
            call.path(WRITE, UNKNOWN, "operand")
            continue
        name, _, text = first.partition("=")
        value = walk.concat([text, *others])
        if name == "if":
            call.path(READ, value, "if=")
        elif name == "of":
            call.path(WRITE, value, "of=")


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
        found = [walk.concat([*walk.parts_of(root), "/", walk.ANY]) for root in roots]
        walk.carry(call, carried, found, call.name)


__all__ = ["DELETE", "TREE", "find"]
