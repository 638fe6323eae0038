"""Network clients. curl(1), wget(1), ssh(1), scp(1), rsync(1), nc(1), dig(1), openssl(1)."""

from __future__ import annotations

from agentguard.access.model import LISTEN, READ, TREE, UNKNOWN, WRITE
from agentguard.access.programs import net, walk
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.values import concat, parts_of, plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


_EVERYWHERE = "0.0.0.0"  # noqa: S104 - what these programs listen on unless told otherwise


def _number(value: Value | None) -> int | None:
    text = plain(value) if value is not None else None
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else None


def _begin(call: Call, work: Work, traits: set[str], operands: str = "text*") -> None:
    """Make the standard rows with other operands and more traits."""
    work.line.traits |= traits
    work.entry = {**work.entry, "operands": operands}
    walk.standard(call, work)


def _has_secret(value: Value) -> bool:
    """Return whether a header or its kin holds what only the running command knows."""
    return not isinstance(unglobbed(value), str)


def curl(call: Call, work: Work) -> None:
    """What is sent, read from files, written, and to where."""
    line = work.line
    urls = [*line.operands, *line.values("--url")]
    sends = [(flag, value) for flag, value in line.flags if value is not None and line.kinds.get(flag) in _SENDING]
    headers = [value for flag, value in line.flags if value is not None and line.kinds.get(flag) == "header"]
    method = plain(line.value("--request") or "") or ""
    traits: set[str] = set()
    if sends or any(map(_has_secret, headers)) or method.upper() in ("POST", "PUT", "PATCH"):
        traits.add("sends")
    if any(map(net.computed, urls)):
        traits.add("computed-address")
    _begin(call, work, traits)
    for flag, value in sends:
        _sent_file(call, flag, value, line.kinds[flag])
    for value in headers:
        first = parts_of(value)[0]
        if isinstance(first, str) and first[:1] == "@":
            call.path(READ, concat([first[1:], *parts_of(value)[1:]]), "a header from a file")
    if not method:
        method = "HEAD" if line.has("--head") else "GET" if not sends or line.has("--get") else "POST"
        method = "PUT" if line.has("--upload-file") else method
    for value in urls:
        net.url(call, value, "operand", method=method.upper())
        if line.has("--remote-name --remote-name-all"):
            _lands(call, value)
    for value in line.values("--output"):
        _remember(call, value)


_SENDING = frozenset({"send", "sent", "form", "upload"})


def _sent_file(call: Call, flag: str, value: Value, kind: str) -> None:
    """`-d @FILE`, `-F name=@FILE`, `-T FILE`, `--data-urlencode name@FILE`."""
    first, *others = parts_of(value)
    if kind == "upload":
        if value not in ("-", "."):
            call.path(READ, value, f"option {flag}")
        return
    if not isinstance(first, str) or kind == "sent":
        return
    mark = -1
    if kind == "form":
        at = first.find("=")
        mark = at + 1 if first[at + 1 : at + 2] in ("@", "<") else -1
    elif first[:1] == "@":
        mark = 0
    elif flag == "--data-urlencode" and "=" not in first.partition("@")[0]:
        mark = first.find("@")
    if mark >= 0:
        path = first[mark + 1 :].partition(";")[0] if kind == "form" else first[mark + 1 :]
        if path != "-" or others:
            call.path(READ, concat([path, *others]), f"option {flag}")


def _lands(call: Call, value: Value) -> None:
    """A download under its own name, in the folder at hand."""
    last = parts_of(unglobbed(value))[-1]
    name = last.partition("?")[0].partition("#")[0].rstrip("/").rpartition("/")[2] if isinstance(last, str) else ""
    call.path(WRITE, name or "index.html", "the download")
    _remember(call, name or "index.html")


def wget(call: Call, work: Work) -> None:
    """`wget URL` writes a file of the URL's name."""
    line = work.line
    traits: set[str] = set()
    kinds = [line.kinds.get(flag) for flag, value in line.flags if value is not None]
    headers = [value for flag, value in line.flags if value is not None and line.kinds.get(flag) == "header"]
    if "sent" in kinds or "upload" in kinds or any(map(_has_secret, headers)):
        traits.add("sends")
    if any(map(net.computed, line.operands)):
        traits.add("computed-address")
    _begin(call, work, traits)
    for flag, value in line.flags:
        if value is not None and line.kinds.get(flag) == "upload":
            call.path(READ, value, f"option {flag}")
    method = "POST" if "sends" in traits else "GET"
    for value in line.operands:
        net.url(call, value, "operand", method=method)
        if not line.has("--output-document --spider"):
            _lands(call, value)
    _remember(call, line.value("--output-document"))


def _remember(call: Call, path: Value | None) -> None:
    """Note that a file of this call came over the network."""
    if path is not None and path != "-":
        call.remember(path, Feed(UNKNOWN, fetched=True))


def httpie(call: Call, work: Work) -> None:
    """`http [METHOD] URL [ITEM…]`."""
    line = work.line
    operands = list(line.operands)
    method = ""
    if operands and (text := plain(operands[0])) and text.isalpha() and text.isupper():
        method = text
        operands.pop(0)
    items = operands[1:]
    sends = bool(items) or method in ("POST", "PUT", "PATCH")
    traits = {"sends"} if sends else set[str]()
    if operands and net.computed(operands[0]):
        traits.add("computed-address")
    _begin(call, work, traits)
    for item in items:
        text = plain(item)
        if text and "@" in text:
            call.path(READ, text.partition("@")[2], "an item")
    if operands:
        value = operands[0]
        if isinstance(value, str) and value[:1] == ":":
            value = "localhost" + value
        net.url(call, value, "operand", method=method or ("POST" if sends else "GET"))


def copies(call: Call, work: Work) -> None:
    """`scp` and `rsync`: sources, then one target, here or on other machines."""
    line = work.line
    if call.name == "rsync" and line.has("--remove-source-files"):
        line.traits.add("destroys-data")
    operands = "place-read* place-write" if len(line.operands) > 1 else "place-read*"
    remote = [net.split(value) for value in line.operands]
    work.entry = {**work.entry, "operands": operands}
    walk.standard(call, work)
    if line.has("--daemon"):
        call.connect(
            line.value("--address") or _EVERYWHERE, _number(line.value("--port")) or 873, "it serves", action=LISTEN
        )
    from agentguard.access.programs import ssh  # noqa: PLC0415 - few commands take its options

    ssh.settings(call, work.line)
    if call.name == "rsync" and line.has("--delete --delete-after --delete-excluded") and len(remote) > 1:
        if remote[-1] is None:
            last = line.operands[-1]
            text = plain(last)
            call.path("delete", text.rstrip("/") if text and text != "/" else last, "--delete", TREE)


def clouds(call: Call, work: Work) -> None:
    """`rclone copy SOURCE TARGET`: a remote is `name:path`."""
    walk.standard(call, work)


def netcat(call: Call, work: Work) -> None:
    """`nc HOST PORT`, `nc -l PORT`."""
    line = work.line
    listens = line.has("--listen")
    operands = line.operands
    traits = set[str]()
    if not listens and not line.has("-z"):
        traits.add("sends")
    if operands and not listens and net.computed(operands[0]):
        traits.add("computed-address")
    if line.has("--exec -c --sh-exec"):  # what the other side sends is what the command reads
        call.stdin = Feed(UNKNOWN, fetched=True)
    _begin(call, work, traits)
    if listens:
        port = _number(operands[-1]) if operands else _number(line.value("-p"))
        host: Value = operands[0] if len(operands) > 1 else line.value("-s") or _EVERYWHERE
        call.connect(host, port, "it listens", action=LISTEN)
    elif line.has("-U") and operands:
        call.path(WRITE, operands[0], "a socket")
    elif operands:
        call.connect(unglobbed(operands[0]), _number(operands[1]) if len(operands) > 1 else None, "operand")


_AWAY = ("tcp", "udp", "openssl", "ssl", "sctp", "socks", "proxy", "dccp", "vsock")


def socat(call: Call, work: Work) -> None:
    """`socat ADDRESS ADDRESS`: addresses are `KIND:value:value,option,option` (socat(1), ADDRESS TYPES)."""
    operands = work.line.operands
    pieces = [_address(text) for text in map(plain, operands) if text is not None]
    away = any(kind.startswith(_AWAY) for kind, _, _ in pieces)
    connects = any(kind.startswith(_AWAY) and "listen" not in kind and kind[-2:] != "-l" for kind, _, _ in pieces)
    _begin(call, work, {"sends"} if connects else set())
    for operand in operands:
        if plain(operand) is None:
            call.opaque("an address of socat is not known")
    for kind, value, settings in pieces:
        port = value.rpartition(":")[2]
        host = value.rpartition(":")[0]
        if kind in ("exec", "system", "shell"):
            call.shell(value, "socat", stdin=Feed(UNKNOWN, fetched=True) if away else call.stdin)
        elif kind.startswith(_AWAY) and ("listen" in kind or kind.endswith("-l") or "recv" in kind):
            call.connect(settings.get("bind") or _EVERYWHERE, _number(port), "it listens", action=LISTEN)
        elif kind.startswith(("socks", "proxy")):  # SERVER:HOST:PORT
            server, _, rest = value.partition(":")
            call.connect(server, _number(settings.get("socksport") or settings.get("proxyport")), "the proxy")
            call.connect(rest.rpartition(":")[0] or rest, _number(port), "operand")
        elif kind.startswith(_AWAY):
            call.connect(host or value, _number(port), "operand")
        elif kind in ("open", "file", "create", "creat", "gopen", "pipe", "fifo"):
            call.path(READ, value, "operand")
            call.path(WRITE, value, "operand")
        elif kind.startswith("unix"):
            call.path(WRITE, value, "a socket")


def _address(text: str) -> tuple[str, str, dict[str, str]]:
    """Return kind, value and options of an address of socat; quotes and backslashes shield commas."""
    pieces = [""]
    quote = ""
    at = 0
    while at < len(text):
        char = text[at]
        if char == "\\" and at + 1 < len(text):
            at += 1
            pieces[-1] += text[at]
        elif char == quote:
            quote = ""
            pieces[-1] += char
        elif not quote and char in "'\"" and char in text[at + 1 :]:
            quote = char
            pieces[-1] += char
        elif char == "," and not quote:
            pieces.append("")
        else:
            pieces[-1] += char
        at += 1
    kind, _, value = pieces[0].partition(":")
    settings = dict(piece.partition("=")[::2] for piece in pieces[1:])
    return kind.lower(), value, settings


def asks(call: Call, work: Work) -> None:
    """Name look-ups: the name goes out to whoever answers for it, so a computed one can carry data."""
    line = work.line
    names = [word for word in line.operands if not (isinstance(word, str) and (word[:1] in "@+" or word.isupper()))]
    servers = [word[1:] for word in line.operands if isinstance(word, str) and word[:1] == "@"]
    computed = [name for name in names if net.computed(name)]
    _begin(call, work, {"computed-address", "sends"} if computed else set())
    for name in names[:1] if call.name in ("nslookup", "host") else names:
        call.connect(unglobbed(name), None, "the name")
    for server in servers:
        call.connect(server, 53, "the server")


def openssl(call: Call, work: Work) -> None:
    """`openssl s_client -connect HOST:PORT`, `-in FILE`, `-out FILE`."""
    words = call.words
    pairs = list(zip(words, [*words[1:], ""], strict=True))
    connects = [value for word, value in pairs if word in ("-connect", "-proxy")]
    name = plain(words[0]) if words else ""
    work.command = (call.name, name) if name else (call.name,)
    _begin(call, work, {"sends"} if connects else set())
    for word, value in pairs:
        if word in ("-in", "-inkey", "-CAfile", "-key", "-cert", "-kfile", "-certfile", "-config", "-signkey"):
            call.path(READ, value, f"option {word}")
        elif word in ("-out", "-keyout", "-writerand"):
            call.path(WRITE, value, f"option {word}")
    for value in connects:
        net.url(call, value, "option -connect")
    if name in ("dgst", "md5", "sha256") and len(words) > 1:
        walk.guess(call, words[-1], "operand")


def keygen(call: Call, work: Work) -> None:
    """`ssh-keygen -f FILE` makes a key; with -y, -l and their kin it shows one."""
    walk.standard(call, work)
    path = work.line.value("-f")
    if path is not None:
        call.path(READ if work.line.has("-y -l -F -e -B") else WRITE, path, "the key")


def serves(call: Call, work: Work) -> None:
    """A static file server."""
    walk.standard(call, work)
    host = plain(work.line.value("-a") or "") or _EVERYWHERE
    call.connect(host, _number(work.line.value("-p")), "it serves files", action=LISTEN)
