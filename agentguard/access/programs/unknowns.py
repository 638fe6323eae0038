"""Programs without an entry: what their words may mean. Every row is `possible`.

A word that names a file may be read and written, an address may be connected to. What only looks (`actionlint`,
`promtool check`) writes nothing, unless an option says so. An absolute path of which not even the first folder is here
is more likely a label (`/config`, `/t:Build`, `//services/...`) than a file, and serial ports are no files.
"""

from __future__ import annotations

from agentguard.access.model import EXECUTE, LISTEN, POSSIBLE, READ, UNKNOWN, WRITE
from agentguard.access.programs import net, verbs, walk
from agentguard.access.shell.values import parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_FIXES = frozenset(
    {"--fix", "--write", "-w", "-i", "--in-place", "-o", "--output", "--update", "-u", "--fix-all", "-O"}
)
_LOOKS = frozenset(
    {"lint", "linter", "check", "checker", "validate", "validator", "verify", "score", "scan", "scanner"}
)
_ROOTS = """
bin boot dev etc home lib lib64 media mnt nix opt proc root run sbin snap srv sys tmp usr var Applications Library
System Users Volumes private data work workspace workspaces app builds c d mnt
"""
_FOLDERS = frozenset(_ROOTS.split())
_SERIAL = ("/dev/tty", "/dev/cu.")
_ADDRESSES = frozenset({"0.0.0.0", "::", "*", "[::]", "0"})  # noqa: S104 - to compare with
_BINDS = frozenset(
    {"--ip", "--host", "--bind", "--address", "--listen", "--addr", "--bind-address", "--listen-address"}
)


def run(call: Call, work: Work) -> None:
    """Make the rows of a program without an entry."""
    traits = verbs.traits(call.words) if call.name else frozenset[str]()
    if _only_looks(call, traits):
        work.entry = {"operands": "glance*"}
    if call.program and not verbs.tried(call.words):  # its first words are more often data than subcommands
        traits = (traits - {"read-only"}) or verbs.named(call.name)
    walk.standard(call, work)
    _listens(call)
    if traits:
        call.begin(work.command, call.origin.flags, call.origin.args, traits)
        call.row(EXECUTE, POSSIBLE, "a word of it says so")


def _only_looks(call: Call, traits: frozenset[str]) -> bool:
    """Return whether a program says by its name or its subcommand that it looks at files and changes none."""
    if not _FIXES.isdisjoint(word.partition("=")[0] for word in call.words if isinstance(word, str)):
        return False
    parts = verbs.pieces(call.name)
    named = not _LOOKS.isdisjoint(parts) or call.name.endswith(("lint", "linter", "check", "val", "scan"))
    return named or "read-only" in traits


def _listens(call: Call) -> None:
    """`--host 0.0.0.0`: others on the network reach what it serves."""
    for number, word in enumerate(call.words):
        name, equals, value = (plain(word) or "").partition("=")
        if name not in _BINDS:
            continue
        follows = plain(call.words[number + 1]) if not equals and number + 1 < len(call.words) else value
        host = (follows or "").rpartition(":")[0] if (follows or "").count(":") == 1 else follows
        if host in _ADDRESSES:
            call.connect("0.0.0.0", None, "it may serve", POSSIBLE, action=LISTEN)  # noqa: S104 - what it says


def guess(call: Call, value: Value, why: str, *, writes: bool = True) -> None:
    """What an unknown program may do with a word: read it, write it, connect to it."""
    text = plain(value)
    if text is not None and "=" in text and not text.startswith(("/", ".", "~", "=")):
        text = text.partition("=")[2]  # `name=value`
        value = text
    if net.looks_like_address(value):
        net.perhaps(call, value, why)
        if text is not None and "://" in text:
            return
    if text is None:
        if value is UNKNOWN or any(isinstance(part, str) and "\n" in part for part in parts_of(value)):
            return
    elif not _is_file(call, text):
        return
    elif writes and text[:1] == "/" and len(text) > 1:
        first = text.split("/", 2)[1]
        writes = first in _FOLDERS or bool(walk.kind_of(call, f"/{first}"))
    call.path(READ, value, why, certainty=POSSIBLE)
    if writes:
        call.path(WRITE, value, why, certainty=POSSIBLE)


def _is_file(call: Call, text: str) -> bool:
    """Return whether a word names a file, as people write them or because there is one."""
    from agentguard.access import paths  # noqa: PLC0415 - few of its words are files

    if text.startswith(("//", *_SERIAL)) or paths.fault(text):
        return False
    return text in (".", "..", "/") or walk.looks_like_path(text) or walk.kind_of(call, text) not in ("", "dir")
