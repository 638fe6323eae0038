"""Network clients but those of the web: ssh(1), scp(1), rsync(1), nc(1), socat(1), dig(1)."""

from __future__ import annotations

from agentguard.access.model import EXECUTE, LISTEN, READ, TREE, UNKNOWN, WRITE
from agentguard.access.programs import net, walk
from agentguard.access.programs.web import begin, rules
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.values import concat, parts_of, plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def copies(call: Call, work: Work) -> None:
    """`scp` and `rsync`: sources, then one target, here or on other machines."""
    line = work.line
    if call.name == "rsync" and line.has("--remove-source-files"):
        line.traits.add("destroys-data")
    operands = "place-read* place-write" if len(line.operands) > 1 else "place-read*"
    remote = [net.split(value) for value in line.operands]
    if call.name == "rsync" and line.has("--dry-run"):
        work.entry = {**work.entry, "operands": "text*", "traits": ""}
        walk.standard(call, work)
        from agentguard.access.programs import ssh  # noqa: PLC0415 - few commands take its options

        ssh.settings(call, line)
        for place in remote:
            if place is not None:
                call.connect(net.without_user(place[0]), 22, "operand")
        return
    work.entry = {**work.entry, "operands": operands}
    walk.standard(call, work)
    if line.has("--daemon"):
        call.connect(
            line.value("--address") or net.EVERYWHERE,
            net.number(line.value("--port")) or 873,
            "it serves",
            action=LISTEN,
        )
    from agentguard.access.programs import ssh  # noqa: PLC0415 - few commands take its options

    ssh.settings(call, work.line)
    if call.name == "rsync" and line.has(_DELETES) and len(remote) > 1:
        if remote[-1] is None:
            last = line.operands[-1]
            text = plain(last)
            call.path("delete", text.rstrip("/") if text and text != "/" else last, "--delete", TREE)


_DELETES = "--delete --delete-after --delete-before --delete-during --delete-delay --delete-excluded"


def netcat(call: Call, work: Work) -> None:
    """`nc HOST PORT`, `nc -l PORT`."""
    line = work.line
    listens = line.has("--listen")
    operands = line.operands
    traits = set[str]()
    if not listens and not line.has("-z"):
        traits.add("sends")
    if operands and not listens and net.computed(call, operands[0]):
        traits.add("computed-address")
    if not listens and len(operands) > 1 and _wipes(call, net.number(operands[1])):
        traits.add("destroys-data")
    if line.has("--exec -c --sh-exec"):  # what the other side sends is what the command reads
        call.stdin = Feed(UNKNOWN, fetched=True)
    begin(call, work, traits)
    if line.has("-U") and operands:
        call.path(WRITE, operands[-1], "a socket")
        if rules(operands[-1]):
            call.begin(work.command, call.origin.flags, call.origin.args, call.origin.traits | {"privileged"})
            call.row(EXECUTE, why="whoever may write to this socket rules the machine")
    elif listens:
        port = net.number(operands[-1]) if operands else net.number(line.value("-p"))
        host: Value = operands[0] if len(operands) > 1 else line.value("-s") or net.EVERYWHERE
        call.connect(host, port, "it listens", action=LISTEN)
    elif operands:
        call.connect(unglobbed(operands[0]), net.number(operands[1]) if len(operands) > 1 else None, "operand")
    if line.has("-x") and (proxy := line.value("-x")) is not None:
        net.url(call, proxy, "option -x")


def opens(call: Call, work: Work) -> None:
    """`xdg-open URL`: a browser asks for it."""
    operands = work.line.operands
    if any(net.looks_like_address(value) and net.computed(call, value) for value in operands):
        work.line.traits.add("computed-address")
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for value in operands:
        if net.looks_like_address(value):
            net.perhaps(call, value, "operand")
        else:
            walk.guess(call, value, "operand")


# Commands of memcached and redis that take everything away (docs/protocol.txt of memcached, redis.io/commands).
_WIPES = {11211: ("flush_all",), 6379: ("flushall", "flushdb")}


def _wipes(call: Call, port: int | None) -> bool:
    """Return whether what is sent tells a store to forget what it holds."""
    text = call.stdin.value if call.stdin is not None and port in _WIPES else ""
    lines = text.lower().split("\n") if isinstance(text, str) else []
    return any(line.strip().startswith(_WIPES.get(port or 0, ())) for line in lines)


_FILES = frozenset({"open", "file", "create", "creat", "gopen", "pipe", "fifo"})
_AWAY = ("tcp", "udp", "openssl", "ssl", "sctp", "socks", "proxy", "dccp", "vsock")


def socat(call: Call, work: Work) -> None:
    """`socat ADDRESS ADDRESS`: addresses are `KIND:value:value,option,option` (socat(1), ADDRESS TYPES)."""
    line = work.line
    operands: list[Value] = []  # two joined by `!!` are one for each direction
    for operand in line.operands:
        text = plain(operand)
        operands += [operand] if text is None else list(text.split("!!"))
    known = [text for text in map(plain, operands) if text is not None]
    pieces = [_address(text) for text in known]
    away = any(kind.startswith(_AWAY) for kind, _, _ in pieces)
    kinds = [str(parts_of(operand)[0]).lower().partition(":")[0] for operand in operands]
    connects = any(kind.startswith(_AWAY) and "listen" not in kind and kind[-2:] != "-l" for kind in kinds)
    ruling = any(kind.startswith("unix") and rules(value) for kind, value, _ in pieces)
    begin(call, work, ({"sends"} if connects else set()) | ({"privileged"} if ruling else set()))
    for operand in operands:
        if plain(operand) is None:
            _partly(call, operand)
    for text, (kind, value, settings) in zip(known, pieces, strict=True):
        first = text == known[0]
        actions = (READ, WRITE) if not line.has("-u -U") else (READ,) if first == line.has("-u") else (WRITE,)
        port = value.rpartition(":")[2]
        host = value.rpartition(":")[0]
        if kind in ("exec", "system", "shell"):
            call.shell(value, "socat", stdin=Feed(UNKNOWN, fetched=True) if away else call.stdin)
        elif kind.startswith(_AWAY) and ("listen" in kind or kind.endswith("-l") or "recv" in kind):
            call.connect(settings.get("bind") or net.EVERYWHERE, net.number(port), "it listens", action=LISTEN)
        elif kind.startswith(("socks", "proxy")):  # SERVER:HOST:PORT
            server, _, rest = value.partition(":")
            call.connect(server, net.number(settings.get("socksport") or settings.get("proxyport")), "the proxy")
            call.connect(rest.rpartition(":")[0] or rest, net.number(port), "operand")
        elif kind.startswith(_AWAY):
            call.connect(host or value, net.number(port), "operand")
        elif kind in _FILES or (not value and "/" in text):  # a name with a slash is GOPEN
            for action in actions:
                call.path(action, value or text, "operand")
        elif kind.startswith("unix"):
            call.path(WRITE, value, "a socket")


def _partly(call: Call, address: Value) -> None:
    """An address of which only parts are known: `TCP:$HOST:80`."""
    first, *others = parts_of(address)
    kind, colon, rest = first.partition(":") if isinstance(first, str) else ("", "", "")
    kind = kind.lower()
    if not colon or kind in ("exec", "system", "shell"):
        call.opaque("an address of socat is not known")
    elif "listen" in kind:
        call.connect(net.EVERYWHERE, None, "it listens", action=LISTEN)
    elif kind.startswith(_AWAY):
        net.url(call, concat([rest, *others]), "operand")
    else:
        value = concat([rest, *others])
        call.path(READ, value, "operand")
        call.path(WRITE, value, "operand")


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
    if call.name in ("nslookup", "host"):
        servers += [plain(name) or "" for name in names[1:2]]
        names = names[:1]
    elif line.has("-x") and (asked := line.value("-x")) is not None:
        names = [asked, *names]
    elif call.name in ("resolvectl", "systemd-resolve"):
        names = names[1:] if names[:1] == ["query"] else []
    computed = any(net.computed(call, name) or _labelled(call, name) for name in names)
    computed = computed or (bool(servers) and any(_tells(call, name) for name in names))
    begin(call, work, {"computed-address", "sends"} if computed else set())
    for name in names:
        call.connect(unglobbed(name), None, "the name")
    for server in servers:
        if server:
            call.connect(server, 53, "the server")


def _tells(call: Call, value: Value | None) -> bool:
    """Return whether a word holds what was read."""
    if value is None or not call.told:
        return False
    return not isinstance(unglobbed(value), str) or any(value is word for word in call.told)


def pings(call: Call, work: Work) -> None:
    """`ping -p PATTERN HOST`: what a packet is filled with goes out."""
    if any(_tells(call, value) for flag, value in work.line.flags if flag in ("-p", "--data", "-E", "-d")):
        work.line.traits.add("sends")
    walk.standard(call, work)


def looks_up(call: Call, work: Work) -> None:
    """`getent hosts NAME` asks for a name, `getent shadow` shows the hashes of passwords (getent(1))."""
    database, *names = [unglobbed(value) for value in work.line.operands] or [""]
    if database in ("shadow", "gshadow"):
        walk.standard(call, work)
        call.path(READ, f"/etc/{database}", "the database")
    elif str(database).startswith(("hosts", "ahosts")):
        work.line.operands = names
        asks(call, work)
    else:
        walk.standard(call, work)


def _labelled(call: Call, name: Value) -> bool:
    """Return whether the output of a command is a label of a stranger's name: `$(git rev-parse HEAD).example.com`."""
    parts = parts_of(unglobbed(name))
    first, last = parts[0], parts[-1]
    if isinstance(name, str) or isinstance(first, str) or not isinstance(last, str) or last.count(".") < 2:
        return False
    return "$(" in call.frame.text or "`" in call.frame.text


def asks_cloud(call: Call, work: Work) -> None:
    """`ec2-metadata`: the service of the cloud that hands out what it knows of the machine."""
    walk.standard(call, work)
    if not work.line.has("--help"):
        call.connect("169.254.169.254", 80, "the service of the cloud")


def guesses(call: Call, work: Work) -> None:
    """`hydra -L NAMES ssh://HOST`: passwords are tried on another machine."""
    begin(call, work, {"sends"}, "text*")
    for value in work.line.operands:
        text = plain(value) or ""
        if "://" in text or text.count(".") > 0:
            net.url(call, value, "whose passwords are guessed")


def shares(call: Call, work: Work) -> None:
    """`ipfs cat NAME`: anybody may have put it there."""
    walk.standard(call, work)
    call.fetches = True
    work.feed = Feed(UNKNOWN, fetched=True)


def calls(call: Call, work: Work) -> None:
    """`grpcurl -d DATA HOST:PORT SERVICE/METHOD`; `list` and `describe` only look."""
    line = work.line
    looks = any(word in ("list", "describe") for word in line.operands[1:2])
    begin(call, work, {"sends"} if line.has("-d") and not looks else set(), "url text*")


def sockets(call: Call, work: Work) -> None:
    """`websocat URL`, `wscat -c URL`: what is typed, piped or given with `-x` goes there."""
    line = work.line
    if call.name == "websocat" and line.has("--server-mode"):
        begin(call, work, set())
        host, _, port = (plain(line.operands[0]) or "" if line.operands else "").rpartition(":")
        call.connect(host or "127.0.0.1", net.number(port), "it listens", action=LISTEN)
        return
    operands = [value for value in line.operands if net.looks_like_address(value)]
    targets = [*operands, *line.values("--connect")]
    begin(call, work, {"sends"} if targets else set())
    for operand in targets:
        text = plain(operand) or ""
        if text.lower().startswith(("ws-l:", "ws-listen:", "tcp-l:", "tcp-listen:")):
            net.url(call, "ws://" + text.partition(":")[2], "it listens", action=LISTEN)
        else:
            net.url(call, operand, "operand")
    for word in line.operands:
        text = plain(word) or ""
        if text.lower().startswith(("sh-c:", "cmd:", "exec:")):
            call.shell(text.partition(":")[2], call.name)
    for listened in line.values("--listen"):
        call.connect(net.EVERYWHERE, net.number(listened), "it listens", action=LISTEN)
