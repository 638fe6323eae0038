"""ssh and what goes through it: commands on another machine, and options that start programs on this one.

ssh(1), ssh_config(5), sftp(1), mosh(1), pdsh(1), ansible(1), salt(1). What runs on another machine is judged as if it ran
here: a key that is read there, and a folder that is deleted there, is as bad. A key that ssh signs with is not shown by
that, so it is no row.
"""

from __future__ import annotations

from agentguard.access.model import DELETE, EXACT, EXECUTE, LISTEN, READ, TREE, UNKNOWN, WRITE
from agentguard.access.programs import filling, net, walk
from agentguard.access.programs.carriers import shell_reads
from agentguard.access.shell.values import concat, parts_of, plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.options import Line
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_MAX_CONFIG = 64 * 1024  # of a configuration file that -F names
_COMMANDS = {
    name.lower(): name for name in ("ProxyCommand", "LocalCommand", "KnownHostsCommand", "XAuthLocation")
}  # fmt: skip
_NO_COMMANDS = frozenset({"", "none", "yes", "no"})


def _begin(call: Call, work: Work, traits: set[str]) -> list[Value]:
    work.line.traits |= traits
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    return list(work.line.operands)


def run(call: Call, work: Work) -> None:
    """`ssh [user@]HOST [COMMAND…]`: the words of the command are joined and run by a shell there."""
    line = work.line
    place = line.operands[0] if line.operands and not line.has("-V -Q") else None
    asks = line.has("-G -O")
    traits: set[str] = set()
    if call.stdin is not None and place is not None and not line.has("-n -f -N"):
        traits.add("sends")
    if place is not None and net.computed(call, place):
        traits.add("computed-address")
    if line.has("-R") or any((plain(value) or "").lower().startswith("remoteforward") for value in line.values("-o")):
        traits.add("publishes")
    operands = _begin(call, work, traits)
    settings(call, line)
    _forwards(call, line)
    if place is None:
        return
    if not asks:
        _host(call, place, _number(line.value("-p")) or 22)
    words = operands[1:]
    remote = [value for value in map(_setting, line.values("-o")) if value[0] == "remotecommand"]
    if words:
        work.feed = call.shell(filling.joined(words), "ssh", stdin=call.stdin)
        work.feed.fetched = True
    elif remote:
        work.feed = call.shell(remote[-1][1], "ssh", stdin=call.stdin)
    elif not line.has("-N -W -s -G -O -f"):
        shell_reads(call, work, "ssh")


def _host(call: Call, place: Value, port: int | None, why: str = "the host") -> None:
    text = plain(place)
    if text is not None and text.startswith("ssh://"):
        net.url(call, text, why)
        return
    first, *others = parts_of(unglobbed(place))
    call.connect(concat([first.rpartition("@")[2] if isinstance(first, str) else first, *others]), port, why)


def _number(value: Value | None) -> int | None:
    text = plain(value) if value is not None else None
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 6 else None


def _forwards(call: Call, line: Line) -> None:
    """`-L [ADDRESS:]PORT:…` and `-D [ADDRESS:]PORT` listen here, on this machine alone unless told otherwise."""
    for value in [*line.values("-W"), *line.values("-L")]:  # where the other side goes for this one
        target = (plain(value) or "").rpartition(":")
        host = target[0] if value in line.values("-W") else target[0].rpartition(":")[2]
        if host and "/" not in host:
            call.connect(host.strip("[]"), _number(target[2]), "a forwarding")
    for value in [*line.values("-L"), *line.values("-D")]:
        text = plain(value)
        if text is None:
            continue
        pieces = text.partition("]:")[2].split(":") if text[:1] == "[" else text.split(":")
        if text[:1] == "[":  # an address of IPv6
            pieces.insert(0, text[1:].partition("]")[0])
        own = len(pieces) > (3 if value in line.values("-L") else 1)
        address = pieces[0] if own else "0.0.0.0" if line.has("-g") else "localhost"  # noqa: S104 - what -g means
        port = _number(pieces[1] if own and len(pieces) > 1 else pieces[0])
        if "/" in pieces[0]:
            call.path(WRITE, pieces[0], "a socket")
        elif port is not None:
            call.connect("0.0.0.0" if address in ("*", "") else address, port, "it listens", action=LISTEN)  # noqa: S104


def settings(call: Call, line: Line) -> None:
    """Make the rows of `-o`, `-F` and `-J`, which ssh, scp, sftp and their kin share."""
    for value in line.values("-o"):
        if plain(value) is None and not isinstance(parts_of(value)[0], str):
            call.opaque("an option of ssh is not known")
        else:
            _set(call, *_setting(value))
    for value in line.values("-J"):
        _jump(call, value)
    for value in line.values("-F"):
        _config(call, value)


def _setting(value: Value) -> tuple[str, Value]:
    """Return name and value of `NAME=VALUE` or `NAME VALUE`; the name in small letters."""
    first, *others = parts_of(unglobbed(value))
    name, _, rest = str(first).strip().replace("=", " ", 1).replace("\t", " ").partition(" ")
    return name.lower(), concat([rest.lstrip(" ="), *others])


def _set(call: Call, name: str, value: Value) -> None:
    text = plain(value)
    if name in _COMMANDS:
        if text is None or text.strip().strip('"').lower() not in _NO_COMMANDS:
            call.shell(value if text is None else text.strip().strip('"'), f"ssh {_COMMANDS[name]}")
    elif name in ("pkcs11provider", "securitykeyprovider") and text not in ("none", "internal", ""):
        call.path("execute", value, f"ssh {name}")
    elif name == "proxyjump":
        _jump(call, value)
    elif name == "hostname" and text not in (None, "%h"):
        call.connect(value, 22, "option HostName")
    elif name == "include":
        _config(call, value)
    elif name == "match" and text is not None:
        at = text.lower().find("exec ")
        if at >= 0:
            command = text[at + 5 :].strip()
            call.shell(command[1:].partition(command[0])[0] if command[:1] in ("'", '"') else command, "ssh Match exec")


def _jump(call: Call, value: Value) -> None:
    """`-J [user@]HOST[:PORT],…`."""
    text = plain(value)
    if text is None:
        call.connect(UNKNOWN, 22, "option -J")
        return
    for hop in text.split(",") if text != "none" else ():
        host, _, port = hop.rpartition("@")[2].removeprefix("ssh://").partition(":")
        if host:
            call.connect(host, _number(port) or 22, "option -J")


def _config(call: Call, path: Value) -> None:
    """A configuration file: each of its lines is a setting."""
    if path in ("none", "/dev/null"):
        return
    call.path(READ, path, "the configuration")
    feed = call.written(path)
    text = feed.value if feed is not None else None
    if feed is not None and not isinstance(text, str):
        call.fetched_or_opaque("the configuration of ssh is not known", fetched=feed.fetched)
        return
    if text is None and isinstance(path, str) and isinstance(call.cwd, str):
        from agentguard.access import paths  # noqa: PLC0415 - rare

        if not paths.fault(path):
            where = paths.resolve(paths.absolute(path, call.cwd, call.world.platform), call.world.disk)
            text = (call.world.disk.read(where, _MAX_CONFIG) or b"").decode("utf-8", "replace")
    for line in text.split("\n") if isinstance(text, str) else ():
        name, value = _setting(line)
        if name in _COMMANDS or name == "match":
            _set(call, name, value)


_SFTP_TRAITS = (("sends", ("put", "mput", "reput")), ("destroys-data", ("rm", "rmdir")))


def sftp(call: Call, work: Work) -> None:
    """`sftp [-b FILE] HOST`: its own commands come from a file or standard input."""
    line = work.line
    batch = line.value("-b")
    feed = call.written(batch) if batch not in (None, "-") else call.stdin
    given = feed.value if feed is not None else UNKNOWN if batch is not None else ""
    said = set(given.lower().split()) if isinstance(given, str) else {"put"}
    operands = _begin(call, work, {trait for trait, on in _SFTP_TRAITS if not said.isdisjoint(on)})
    settings(call, line)
    place = net.split(operands[0]) if operands else None
    if operands:
        text = plain(operands[0])
        if text is not None and "://" in text:
            net.url(call, text, "the host")
        else:
            host = place[0] if place is not None else operands[0]
            _host(call, host, _number(line.value("-P")) or 22)
    if place is not None and isinstance(place[1], str) and place[1] and given == "":  # `sftp HOST:FILE [TARGET]`
        _gets(call, place[1], operands[1] if len(operands) > 1 else ".", "the file that it gets", line.has("-r"))
    if feed is not None and isinstance(feed.value, str):
        for command in feed.value.split("\n"):
            _sftp_command(call, command.strip().lstrip("-@"))


def _gets(call: Call, source: str, target: Value, why: str, whole: bool) -> None:
    from agentguard.access.programs import folders  # noqa: PLC0415 - few commands get files

    folders.comes(call, target, source, why, TREE if whole else EXACT)


def _sftp_command(call: Call, text: str) -> None:
    if text[:1] == "!":
        call.shell(text[1:], "sftp !")
        return
    words = [word for word in text.split() if word[:1] != "-"]
    if not words:
        return
    name, rest = words[0].lower(), words[1:]
    if name in ("put", "mput", "reput") and rest:
        call.path(READ, rest[0], "sftp put")
    elif name in ("get", "mget", "reget") and rest:
        _gets(call, rest[0], rest[1] if len(rest) > 1 else ".", "sftp get", "-r" in text.split())
    elif name == "lcd" and rest:
        walk.enter(call, rest[0])


def mosh(call: Call, work: Work) -> None:
    """`mosh HOST [--] COMMAND…`, `autossh -M 0 … HOST`."""
    operands = _begin(call, work, set())
    settings(call, work.line)
    if call.name == "autossh":
        _forwards(call, work.line)
    if operands:
        _host(call, operands[0], 22)
        rest = operands[2:] if operands[1:2] == ["--"] else operands[1:]
        if rest:
            work.feed = call.shell(filling.joined(rest), call.name, stdin=call.stdin)


def many(call: Call, work: Work) -> None:
    """`pdsh -w HOSTS COMMAND…`, `pssh -H HOST COMMAND…`: a shell on each host gets the words."""
    operands = _begin(call, work, set())
    for value in [*work.line.values("-w"), *work.line.values("--host")]:
        for host in (plain(value) or "").split(","):
            if host:
                _host(call, host, 22)
    if operands:
        work.feed = call.shell(filling.joined(operands), call.name, stdin=call.stdin)


_SHELL_MODULES = frozenset(
    {"", "command", "shell", "raw", "script", "ansible.builtin.command", "ansible.builtin.shell"}
)


def ftp(call: Call, work: Work) -> None:
    """`ftp HOST`, `lftp -e TEXT HOST`, `smbclient //HOST/SHARE -c TEXT`: commands part at `;` and line ends."""
    line = work.line
    texts = [value for flag in ("-e", "-c", "--command") for value in line.values(flag)]
    if call.stdin is not None:
        texts.append(call.stdin.value)
    operands = _begin(call, work, set())
    for value in operands[:1]:
        text = (plain(value) or "").lstrip("/")
        if "://" in text or plain(value) is None:
            net.url(call, value, "the host")
        else:
            _host(call, text.partition("/")[0], _number(operands[1]) if len(operands) > 1 else None)
    for value in texts:
        commands = plain(value)
        if commands is None:
            if value is UNKNOWN:
                call.opaque(f"the commands of {call.name} are not known")
            continue
        for command in commands.replace(";", "\n").split("\n"):
            _ftp_command(call, command.strip())


def _ftp_command(call: Call, text: str) -> None:
    words = text.split()
    if words[:1] in (["open"], ["connect"]) and len(words) > 1:
        host = [word for word in words[1:] if word[:1] != "-"][:1]
        for name in host:
            if "://" in name:
                net.url(call, name, "the host")
            else:
                _host(call, name, None)
    elif words[:1] in (["mirror"], ["tar"]):
        named = [word for word in words[1:] if word[:1] != "-"]
        if any(word in ("-R", "--reverse") for word in words) and named:
            call.path(READ, named[0], f"mirror of {call.name}", "tree")
        elif len(named) > 1:
            call.path(WRITE, named[1], f"mirror of {call.name}", "tree")
    elif words[:1] in (["send"], ["append"], ["mput"]) and len(words) > 1:
        call.path(READ, words[1], f"{words[0]} of {call.name}")
    elif words[:1] == ["shell"]:
        call.shell(text[5:], f"{call.name} !")
    else:
        _sftp_command(call, text)


def copies_key(call: Call, work: Work) -> None:
    """`ssh-copy-id HOST`, `ssh-import-id gh:NAME`: a key that may log in from then on, on this machine or another."""
    here = call.name == "ssh-import-id"
    operands = _begin(call, work, set() if here else {"sends"})
    settings(call, work.line)
    for value in operands[:1] if not here else []:
        place = net.split(value)
        host = place[0] if place is not None else value
        _host(call, host, _number(work.line.value("-p")) or 22)
        here = here or (plain(host) or "").rpartition("@")[2] in ("localhost", "127.0.0.1", "::1", call.world.hostname)
    if here:
        call.path(WRITE, f"{call.world.home}/.ssh/authorized_keys", "the keys that may log in")


_HALTS = {"reboot": "reboot", "shutdown": "poweroff", "win_reboot": "reboot"}
# What the names of modules end in that manage databases, volumes and machines.
_STORES = (
    "_db",
    "_database",
    "_bucket",
    "_volume",
    "_instance",
    "_cluster",
    "_schema",
    "k8s",
    "_vm",
    "filesystem",
    "_keyspace",
)


def ansible(call: Call, work: Work) -> None:
    """`ansible HOSTS -m shell -a TEXT`, `-m copy -a 'src=FILE dest=FILE'`."""
    line = work.line
    _begin(call, work, set())
    module = line.value("--module-name")
    arguments = line.value("--args")
    name = (plain(module) if module is not None else "") or ""
    short = name.rpartition(".")[2]
    if short in _HALTS:
        call.run([_HALTS[short]], "ansible")
    if arguments is None:
        return
    if name in _SHELL_MODULES:
        work.feed = call.shell(unglobbed(arguments), "ansible")
        return
    given = dict(word.partition("=")[::2] for word in (plain(arguments) or "").split())
    gone = given.get("state") == "absent"
    if gone and short.endswith(_STORES):
        call.begin(call.origin.command, call.origin.flags, call.origin.args, call.origin.traits | {"destroys-data"})
        call.row(EXECUTE, why="what a module of ansible takes away")
    for key, action in (("src", READ), ("path", DELETE if gone else READ), ("dest", WRITE)):
        if key in given:
            path = given[key]
            if path[:1] == "~" and path[1:2] in ("", "/"):  # parameters that are paths are expanded
                path = call.world.home + path[1:]
            call.path(action, path, f"{key} of a module of ansible", "tree" if action == DELETE else "exact")
    if "url" in given:
        net.url(call, given["url"], "url of a module of ansible")


def salt(call: Call, work: Work) -> None:
    """`salt TARGET cmd.run TEXT`."""
    operands = _begin(call, work, set())
    at = next((number for number, word in enumerate(operands) if str(plain(word) or "").startswith("cmd.")), None)
    if at is not None and operands[at + 1 :]:
        work.feed = call.shell(operands[at + 1], "salt")
