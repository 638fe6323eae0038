"""What hands files to others: mail(1), rclone(1), lftp(1), restic(1)."""

from __future__ import annotations

from agentguard.access.model import EXACT, LISTEN, READ, TREE, UNKNOWN
from agentguard.access.programs import folders, net, walk
from agentguard.access.programs.web import begin, without_first
from agentguard.access.shell.values import parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def mails(call: Call, work: Work) -> None:
    """`mail -s SUBJECT ADDRESS`: what comes on standard input is sent; without anybody to send to it shows a mailbox."""
    line = work.line
    to = bool(line.operands or line.has("--to --read-recipients") or (call.name != "mail" and line.has("-t")))
    if "read-only" in line.traits:
        to = False
    begin(call, work, {"sends"} if to else set())
    for flag, value in line.flags:
        kind = line.kinds.get(flag)
        first = parts_of(value)[0] if value is not None else ""
        if kind == "attached" and value is not None and not (isinstance(first, str) and ": " in first):  # else a header
            call.path(READ, value, f"option {flag}")
        elif kind == "sentfile" and isinstance(first, str) and first[:1] == "@":
            call.path(READ, without_first(value or ""), f"option {flag}")
    host = line.value("--server") or line.value("--host") or line.value("-S")
    if host is not None:
        net.url(call, host, "the server", scheme="smtp")
    elif to:  # which server takes it stands in a configuration
        call.connect(UNKNOWN, None, "the mail server")


def clouds(call: Call, work: Work) -> None:
    """`rclone copy SOURCE TARGET`: a remote is `name:path`, and what it stands for is in rclone's configuration."""
    line = work.line
    verb = work.command[1] if len(work.command) > 1 else ""
    places = list(line.operands)
    remote = [_remote(place) for place in places]
    traits: set[str] = set()
    dry = line.has("--dry-run")
    if not dry:
        if verb in ("copy", "copyto", "sync", "move", "moveto", "bisync") and remote[-1:] == [True]:
            traits.add("sends")
        if verb == "rcat" or (verb == "copyurl" and remote[-1:] == [True]):
            traits.add("sends")
        if verb in ("delete", "deletefile", "purge", "rmdir", "rmdirs", "cleanup", "sync", "move", "moveto") and remote[
            -1:
        ] == [True]:
            traits |= {"destroys-data"} if verb not in ("move", "moveto") else set()
    if verb == "link":
        traits.add("publishes")
    if verb in ("config", "listremotes") and places[:1] in (["show"], ["dump"], ["redacted"]):
        traits |= {"prints-environment"} if places[0] != "redacted" else set()
    if verb in (
        "cat",
        "ls",
        "lsl",
        "lsd",
        "lsf",
        "lsjson",
        "size",
        "about",
        "check",
        "md5sum",
        "sha1sum",
        "tree",
        "version",
    ):
        traits.add("read-only")
    begin(call, work, traits)
    if verb in ("config", ""):
        return
    if verb in ("serve", "rcd"):
        address = plain(line.value("--addr") or "") or plain(line.value("--rc-addr") or "") or "localhost:8080"
        host, _, port = address.rpartition(":")
        call.connect(host or net.EVERYWHERE, net.number(port), "it serves files", action=LISTEN)
    if any(remote):
        call.connect(UNKNOWN, None, "the remote")
    moves = verb in ("move", "moveto")
    takes_two = verb in ("copy", "copyto", "sync", "move", "moveto", "bisync", "check")
    if dry:
        return
    for at, (place, away) in enumerate(zip(places, remote, strict=True)):
        if away or verb in ("serve", "rcd", "version", "about", "listremotes", "copyurl"):
            continue
        if takes_two and at:
            folders.pours(call, place, "operand")
            if verb in ("sync", "bisync"):
                call.path("delete", place, "operand", TREE)
        elif verb in ("delete", "deletefile", "purge", "rmdir", "rmdirs"):
            call.path("delete", place, "operand", TREE)
        else:
            call.path(READ, place, "operand", TREE)
            if moves:
                call.path("delete", place, "operand", TREE)


def _remote(place: Value) -> bool:
    """Return whether a place is `name:path` or `:backend:path`."""
    first = parts_of(place)[0]
    return isinstance(first, str) and ":" in first.partition("/")[0]


def buckets(call: Call, work: Work) -> None:
    """`s3cmd put FILE s3://BUCKET`, `mc cp FILE ALIAS/BUCKET`: `put`, `cp`, `mirror` and `sync` send, `rm` and `rb` destroy."""
    line = work.line
    words = [plain(word) or "" for word in line.operands]
    verb, places = (words[0] if words else ""), line.operands[1:]
    dry = line.has("--dry-run")
    traits: set[str] = set()
    if verb in ("del", "rm", "rb", "delete", "remove", "rmdir", "delete-file-version", "undo") and not dry:
        traits.add("destroys-data")
    sends = verb in ("put", "cp", "mv", "sync", "mirror", "copy", "upload-file", "upload", "pipe") and len(places) > 1
    sends = (sends and _in_cloud(places[-1], call.name)) or verb in ("upload-file", "pipe")
    if sends and not dry:
        traits.add("sends")
    if verb in ("ls", "la", "info", "du", "stat", "find", "head", "list", "cat", "tree", "version", "--version"):
        traits.add("read-only")
    begin(call, work, traits)
    if dry:
        return
    for place in places:
        if _in_cloud(place, call.name):
            call.connect(UNKNOWN, None, "the bucket")
        elif place is places[-1] and len(places) > 1 and verb in ("get", "cp", "mv", "sync", "mirror", "copy"):
            if line.has("--recursive") or verb in ("sync", "mirror"):
                folders.pours(call, place, "operand")
            else:
                for source in places[:-1]:
                    folders.comes(call, place, source, "operand", EXACT)
        elif sends:
            call.path(READ, place, "operand", TREE)


def _in_cloud(place: Value, name: str) -> bool:
    first = str(parts_of(place)[0])
    return "://" in first or (name == "mc" and "/" in first and first[:1] not in ("/", ".", "~"))


_HANDS_OVER = frozenset({"send", "tx", "upload", "share", "put", "push", "ssh", "u", "files", "upload-file", "sync"})
_ALWAYS = frozenset({"transfer", "transfer.sh", "onionshare", "mega-put", "plik", "filebin"})


def hands_over(call: Call, work: Work) -> None:
    """`wormhole send FILE`, `croc send FILE`, `transfer FILE`: whoever has the code or the address gets the file."""
    line = work.line
    words = [plain(word) or "" for word in line.operands]
    verb = words[:1] if words[:1] and words[0] in _HANDS_OVER else []
    sends = bool(verb) or (call.name in _ALWAYS and bool(words)) or line.has("--text")
    begin(call, work, {"sends", "publishes"} if sends else set())
    if not sends:
        if words:
            call.connect(UNKNOWN, None, "whoever sends")
        return
    for place in line.operands[len(verb) :]:
        call.path(READ, place, "what is sent", TREE)
    call.connect(UNKNOWN, None, "whoever gets it")


def backblaze(call: Call, work: Work) -> None:
    """`b2 upload-file BUCKET FILE NAME` (docs of b2-tools)."""
    walk.standard(call, work)
    call.connect("api.backblazeb2.com", 443, "the bucket")


def images(call: Call, work: Work) -> None:
    """`skopeo copy SOURCE docker://HOST/NAME`, `crane push FILE HOST/NAME`: images go to a registry of others."""
    line = work.line
    places = [plain(value) or "" for value in line.operands]
    target = places[-1] if places else ""
    named = target.removeprefix("docker://")
    away = target.startswith("docker://") or (call.name != "skopeo" and bool(named))
    host = named.partition("/")[0] if "." in named.partition("/")[0] or ":" in named.partition("/")[0] else "docker.io"
    here = host.partition(":")[0] in ("localhost", "127.0.0.1")
    begin(call, work, {"sends", "publishes"} if away and not here else {"sends"} if away else set())
    for value in line.operands[:-1]:
        text = plain(value) or ""
        kind, _, rest = text.partition(":")
        if kind in ("dir", "oci", "docker-archive", "oci-archive"):
            call.path(READ, rest.partition(":")[0], "the image", TREE)
        elif call.name != "skopeo" and text:
            walk.guess(call, value, "operand")
    if away:
        call.connect(host.partition(":")[0], net.number(host.partition(":")[2]) or 443, "the registry")
