"""What listens, captures or changes the network: file servers, tcpdump(8), ip(8), iptables(8), ifconfig(8)."""

from __future__ import annotations

from agentguard.access.model import LISTEN
from agentguard.access.programs import net, walk
from agentguard.access.programs.web import begin
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def serves(call: Call, work: Work) -> None:
    """A static file server: what lies in the folder can be read by whoever reaches the port."""
    walk.standard(call, work)
    line = work.line
    told = line.value("-a") or line.value("--host") or line.value("--listen") or line.value("-b") or ""
    host, port = plain(told) or "", line.value("-p") or line.value("--port")
    host = host.partition("://")[2] or host
    if ":" in host and host.count(":") == 1:
        host, _, text = host.partition(":")
        port = text or port
    elif host.isdigit():
        host, port = "", host
    call.connect(host or net.EVERYWHERE, net.number(port), "it serves files", action=LISTEN)


def serves_here(call: Call, work: Work) -> None:
    """A server whose address stands as one operand or option value: `php -S localhost:8000`, `twistd web --listen tcp:8080`."""
    walk.standard(call, work)
    for text in [plain(word) or "" for word in call.words]:
        pieces = text.removeprefix("tcp:").split(":")
        port = next((piece for piece in pieces if piece.isdigit()), "")
        if port and len(pieces) <= 4:
            host = next((piece.removeprefix("interface=") for piece in pieces if not piece.isdigit()), "")
            call.connect(host or net.EVERYWHERE, net.number(port), "it serves files", action=LISTEN)
            return
    call.connect(net.EVERYWHERE, None, "it serves files", action=LISTEN)


def captures(call: Call, work: Work) -> None:
    """`tcpdump -w FILE`, `-r FILE`, `-z COMMAND` (tcpdump(8)): seeing what others send needs the administrator's rights."""
    line = work.line
    reads = line.has("-r")
    begin(call, work, set() if reads or line.has("-D -h --version --list-interfaces") else {"privileged"})
    command = line.value("-z")
    if command is not None and call.name == "tcpdump":
        call.shell(
            command if not isinstance(command, str) else f"{command} {plain(line.value('-w') or '') or 'file'}",
            "tcpdump -z",
        )


def tables(call: Call, work: Work) -> None:
    """Settings of the network: showing them is a look, changing them needs the administrator's rights."""
    words = [plain(word) or "" for word in call.words]
    operands = [word for word in words if word[:1] != "-"]
    flags = [word for word in words if word[:1] == "-"]
    if call.name in ("ip", "nmcli", "resolvectl", "systemd-resolve", "bridge", "tc"):
        changes = any(word in _CHANGES for word in operands)
    elif call.name in ("iptables", "ip6tables", "ebtables", "arptables", "iptables-legacy", "iptables-nft"):
        changes = not any(flag in _LISTS for flag in flags)
    elif call.name == "networksetup":
        changes = any(
            flag.startswith(("-set", "-create", "-remove", "-add", "-switch", "-rename", "-import")) for flag in flags
        )
    elif call.name == "ifconfig":
        changes = len(operands) > 1
    elif call.name in ("route", "arp"):
        changes = any(word in ("add", "del", "delete", "change", "flush") or word in ("-d", "-s") for word in words)
    elif call.name == "scutil":
        changes = "--set" in words
    else:
        changes = bool(operands or flags)
    work.line.operands = list(call.words)
    begin(call, work, {"privileged"} if changes else {"read-only"})
    if call.name == "ip" and "exec" in operands and operands[:1] in (["netns"], ["vrf"]):
        rest = call.words[words.index("exec") + 2 :]
        if rest:
            work.feed = call.run(rest, "ip netns exec", stdin=call.stdin)


_LISTS = frozenset({
    "-L", "--list", "-S", "--list-rules", "-V", "--version", "-h", "--help", "-C", "--check", "-nL", "-vnL", "-nvL", "-Ln",
    "-Lnv", "-Lv", "-vL",
})  # fmt: skip
_CHANGES = frozenset({
    "add", "del", "delete", "set", "change", "replace", "flush", "append", "up", "down", "modify", "connect", "disconnect",
    "exec", "attach", "dns", "domain", "revert", "flush-caches", "on", "off", "edit", "reload",
})  # fmt: skip


def daemons(call: Call, work: Work) -> None:
    """A server of which a configuration says what it serves; with an option marked `read-only` it only checks that."""
    words = [plain(word) or "" for word in call.words]
    if call.name == "httpd" and not {"-h", "-p"}.isdisjoint(words[:-1]):  # httpd of busybox: -p PORT, -h HOME
        port = next((words[n + 1] for n, word in enumerate(words[:-1]) if word == "-p"), "80")
        work.line.flags = []
        begin(call, work, set(), "text*")
        host, _, number = port.rpartition(":")
        call.connect(host or net.EVERYWHERE, net.number(number), "it serves files", action=LISTEN)
        return
    looks = "read-only" in work.line.traits
    work.entry = {**work.entry, "operands": "text*", "traits": "" if looks else "controls-service"}
    walk.standard(call, work)


def opens(call: Call, work: Work) -> None:
    """A tunnel: a port of this machine becomes one that everybody reaches."""
    looks = "read-only" in work.line.traits or work.line.operands[:1] in (["version"], ["help"], ["status"], ["list"])
    work.entry = {**work.entry, "operands": "text*", "traits": "" if looks else "publishes"}
    walk.standard(call, work)
