"""The machine itself: what guards it, its kernel and network, and programs that open it to others.

Looking is `read-only`, everything else needs the administrator's rights. sysctl(8), ip(8), xhost(1), diskutil(8).
"""

from __future__ import annotations

from agentguard.access.model import EXACT, TREE, WRITE
from agentguard.access.programs import walk
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

_CHANGE = """
    add del delete set flush change replace append create remove erase write enable disable up down off on load unload
    modify install uninstall thinlocalsnapshots reformat partitiondisk zerodisk secureerase renew reload import clone
    connect disconnect restart
    adduser newpassword securetokenon securetokenoff
"""
_CHANGES = frozenset(_CHANGE.split())
_DESTROY = """
    erasedisk erasevolume reformat partitiondisk zerodisk secureerase deletelocalsnapshots thinlocalsnapshots
    deletecontainer deletevolume erase delete deletebackup
"""
_DESTROYS = frozenset(_DESTROY.split())
_DISKS = frozenset({"diskutil", "tmutil"})


def _plain(call: Call, work: Work, traits: set[str]) -> None:
    work.line.traits |= traits
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)


def by_verb(call: Call, work: Work) -> None:
    """`ip addr show` looks, `ip route del …` changes; `diskutil eraseDisk …` destroys."""
    if "exec" in call.words[:2]:  # `ip netns exec NAME COMMAND`
        _plain(call, work, set())
        at = call.words.index("exec")
        work.feed = (
            call.run(call.words[at + 2 :], f"{call.name} exec", stdin=call.stdin) if call.words[at + 2 :] else None
        )
        return
    words = [text.lower().lstrip("-") for word in call.words if (text := plain(word)) and "/" not in text]
    found = [word for word in words if word in _CHANGES or word.startswith(("set", "delete", "erase", "reset"))]
    if call.name in _DISKS and any(word in _DESTROYS for word in words):
        _plain(call, work, {"destroys-data"})
    else:
        _plain(call, work, {"privileged"} if found and not _shows(words) else {"read-only"})


def _shows(words: list[str]) -> bool:
    """`dev set`: a word that looks decides if it comes first."""
    return bool(words) and words[0] in ("show", "list", "status", "get", "info")


def named(call: Call, work: Work) -> None:
    """`hostname` looks, `hostname NAME` gives the machine another."""
    _plain(call, work, {"privileged"} if work.line.operands or work.line.has("--file --boot") else {"read-only"})


def kernel(call: Call, work: Work) -> None:
    """`sysctl NAME=VALUE` sets, as -w does."""
    line = work.line
    sets = line.has("--write --system -p") or any("=" in (plain(word) or "") for word in line.operands)
    _plain(call, work, {"privileged"} if sets else {"read-only"})


def directory(call: Call, work: Work) -> None:
    """`dscl . -read /Users/x` looks, `dscl . -create …` changes."""
    words = {plain(word) for word in call.words}
    looks = words & {"-read", "-list", "-search", "-readall", "read", "list", "search", "readall"}
    _plain(call, work, {"read-only"} if looks else {"privileged"})


def guards(call: Call, work: Work) -> None:
    """`csrutil status`, `spctl --assess`, `semanage port -l` look; the rest takes a guard away or sets it up."""
    words = {plain(word) for word in call.words}
    looks = words & {"status", "list", "authenticated-root", "--status", "-l", "-a", "-av", "--assess", "--list", "-nv"}
    _plain(call, work, {"read-only"} if looks or call.name == "aa-status" else {"privileged"})
    for value in work.line.operands if call.name in ("restorecon", "chcon") else ():
        if call.name == "restorecon" or "/" in str(value):
            call.path(WRITE, value, "its label", TREE if work.line.has("-R") else EXACT)


def display(call: Call, work: Work) -> None:
    """`xhost +` lets everybody on the network see and type; `xhost` alone shows who may."""
    _plain(call, work, {"privileged"} if call.words else {"read-only"})


def shares(call: Call, work: Work) -> None:
    """Programs that hand this machine's terminal or screen to whoever connects."""
    line = work.line
    line.traits |= set() if line.has("--help --version -h") else {"publishes"}
    _plain(call, work, set())
    carried = line.operands if call.name in ("ttyd", "gotty") else []
    if not line.has("--help --version"):
        address = plain(line.value("--address") or line.value("-i") or "") or "0.0.0.0"  # noqa: S104 - their default
        call.connect(address, None, "it hands out a terminal", action="listen")
    if carried:
        call.run(carried, call.name)


def tunnels(call: Call, work: Work) -> None:
    """Tunnels open a port of this machine to the internet."""
    words = [plain(word) or "" for word in call.words]
    looks = words[:1] in (["status"], ["ip"], ["ping"], ["netcheck"], ["version"], ["--help"], ["--version"], ["whois"])
    opens = call.name != "tailscale" or words[:1] in (["funnel"], ["serve"], ["up"], ["set"], ["ssh"], ["file"])
    _plain(call, work, {"read-only"} if looks or not opens else {"publishes"})


def serves(call: Call, work: Work) -> None:
    """Servers that listen everywhere unless told otherwise, and those that listen where they are told."""
    line = work.line
    words = [plain(word) or "" for word in call.words]
    _plain(call, work, {"read-only"} if line.has("--version --help") else set())
    address = ""
    for name in ("--ip", "--host", "--bind", "--address", "--addr", "-H", "--interfaces", "--listen"):
        address = address or plain(line.value(name) or "") or ""
    address = address.rpartition("://")[2].rpartition("@")[0] or address.rpartition("://")[2]
    if address.count(":") == 1:
        address = address.partition(":")[0] or "0.0.0.0"  # noqa: S104 - what `:PORT` means
    everywhere = call.name in _EVERYWHERE and words and not line.has("--version --help")
    if address and not address.startswith("/"):
        call.connect(address.replace("*", "0.0.0.0"), None, "it serves", action="listen")  # noqa: S104 - a name to compare
    elif everywhere:
        call.connect("0.0.0.0", None, "it serves", action="listen")  # noqa: S104 - their default


_EVERYWHERE = frozenset({"darkhttpd", "twistd", "webfsd", "thttpd", "mini_httpd", "miniserve", "simple-http-server"})


def pastes(call: Call, work: Work) -> None:
    """What is handed to a paste service or a courier leaves the laptop."""
    line = work.line
    receives = (plain(line.operands[0]) if line.operands else "") in ("receive", "recv")
    names = (
        line.operands[1:]
        if (plain(line.operands[0]) if line.operands else "") in ("send", "receive")
        else line.operands
    )
    line.traits |= set() if receives or line.has("--help --version") else {"publishes", "sends"}
    _plain(call, work, set())
    for value in [] if receives else names:
        walk.act(call, "read", value, "what is sent", work)


def preferences(call: Call, work: Work) -> None:
    """`defaults write DOMAIN KEY VALUE`, `defaults delete DOMAIN`: a path is a file, a name a file among the preferences.

    What starts by itself may be such a file. Of the names only the agent's own count and those of the login window, which
    starts hooks; what other programs keep there is their affair.
    """
    names = work.line.operands[:1]
    _plain(call, work, set())
    for value in names:
        text = plain(value) or ""
        if text.startswith(("com.anthropic.", "com.apple.loginwindow")):
            text = f"{call.world.home}/Library/Preferences/{text}"
        if "/" in text:
            call.path(WRITE, text if text.endswith(".plist") else f"{text}.plist", "the settings")
