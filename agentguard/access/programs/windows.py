"""Programs of Windows, as far as a shell of another system may hold their text: `cmd.exe /c TEXT`, `reg add`, `net user`.

Their options start with a slash, in any case. learn.microsoft.com/windows-server/administration/windows-commands.
"""

from __future__ import annotations

from agentguard.access.model import DELETE, READ, TREE
from agentguard.access.programs import walk
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def _options(call: Call) -> tuple[list[str], list[str]]:
    """Return the options of a line in lower case, and its other words."""
    texts = [plain(word) or "" for word in call.words]
    found = [text.lower() for text in texts if text[:1] == "/" and "/" not in text[1:] and len(text) < 30]
    return found, [text for text in texts if text.lower() not in found]


def _path(call: Call, name: str) -> str:
    """Return a path as it is seen here: beneath Linux the drive C: is /mnt/c."""
    name = name.replace("\\", "/")
    drive, colon, rest = name.partition(":")
    if colon and len(drive) == 1 and call.world.platform != "win32":
        return f"/mnt/{drive.lower()}/{rest.lstrip('/')}"
    return name


def _begin(call: Call, work: Work, traits: set[str]) -> None:
    work.line.traits |= traits
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)


def cmd(call: Call, work: Work) -> None:
    """`cmd /c TEXT`: its words are a command of Windows; what is no program of a table here is not known."""
    words = call.words
    _begin(call, work, set())
    at = next(
        (n for n, word in enumerate(words) if (plain(word) or "").lower() in ("/c", "/k", "/r", "//c", "//k")), None
    )
    if at is None:
        if call.stdin is not None:
            call.opaque("what cmd reads from its standard input is not read")
        return
    rest = list(words[at + 1 :])
    text = plain(rest[0]) if len(rest) == 1 else None
    if text is not None and " " in text:
        rest = list(text.replace("\\", "/").split())
    if any((plain(word) or "?") in ("&", "&&", "|", "||") or (plain(word) or "")[-1:] == "&" for word in rest):
        call.opaque("a line of several commands for cmd is not read")
    if rest:
        first = plain(rest[0]) or ""
        rest[0] = {"type": "cat", "rmdir": "rd", "copy": "cp", "move": "mv", "dir": "ls"}.get(
            first.lower(), first.lower()
        )
        if rest[0] in ("cat", "cp", "mv", "ls"):
            rest = [rest[0], *(word for word in rest[1:] if (plain(word) or "")[:1] != "/")]
        call.run(rest, "cmd /c", stdin=call.stdin)


def destroys(call: Call, work: Work) -> None:
    """`del /s /q FOLDER`, `rd /s FOLDER`, `format C:`."""
    options, names = _options(call)
    disk = call.name in ("format", "diskpart", "sdelete") or (
        call.name == "cipher" and any(o[:2] == "/w" for o in options)
    )
    _begin(call, work, {"destroys-data"} if disk and "/?" not in options else set())
    if call.name in ("del", "erase", "rd", "deltree"):
        for name in names:
            call.path(DELETE, _path(call, name), "operand", TREE if "/s" in options or call.name == "rd" else "exact")


def tasks(call: Call, work: Work) -> None:
    """`schtasks /create` makes a program start later."""
    options, _ = _options(call)
    _begin(call, work, {"read-only"} if "/query" in options or "/?" in options else {"controls-service"})


def accounts(call: Call, work: Work) -> None:
    """`net user NAME PASSWORD /add`; without more than a name it shows."""
    options, names = _options(call)
    changes = bool(options and not set(options) <= {"/domain"}) or len(names) > 2
    _begin(call, work, {"privileged"} if changes else {"read-only"})


def rights(call: Call, work: Work) -> None:
    """`icacls FILE` shows, `icacls FILE /grant …` changes."""
    options, _ = _options(call)
    _begin(call, work, {"privileged"} if options or call.name == "takeown" else {"read-only"})


def boot(call: Call, work: Work) -> None:
    """`bcdedit` and `bcdedit /enum` show."""
    options, _ = _options(call)
    _begin(call, work, {"read-only"} if not options or options[:1] in (["/enum"], ["/v"], ["/?"]) else {"privileged"})


def wmic(call: Call, work: Work) -> None:
    """`wmic process call create TEXT` runs a program."""
    texts = [(plain(word) or "").lower() for word in call.words]
    if "create" in texts and "call" in texts:
        _begin(call, work, {"privileged"})
        call.opaque("what wmic starts is not read")
    else:
        _begin(call, work, {"destroys-data"} if "delete" in texts else {"read-only"})


def fetches(call: Call, work: Work) -> None:
    """Programs of Windows that fetch or run what an address names."""
    texts = [plain(word) or "" for word in call.words]
    remote = any("://" in text or text.startswith("\\\\") for text in texts)
    _begin(call, work, {"runs-fetched-code"} if remote else set())
    for text in texts:
        if "://" in text:
            walk.act(call, "url", text[text.find("http") :] if "http" in text else text, "operand", work)


def netsh(call: Call, work: Work) -> None:
    """`netsh advfirewall set …` changes, `show` looks."""
    texts = {(plain(word) or "").lower() for word in call.words}
    changes = texts & {"set", "add", "delete", "reset", "import", "off"}
    _begin(call, work, {"privileged"} if changes else {"read-only"})


def builds(call: Call, work: Work) -> None:
    """`msbuild App.sln /t:Build`: the project's own build; words with a slash in front are options."""
    _, names = _options(call)
    _begin(call, work, set())
    for name in names:
        if name[:1] not in "/-@" and walk.looks_like_path(name):
            call.path(READ, name, "what is built")


def copies(call: Call, work: Work) -> None:
    """`robocopy FROM TO /MIR` deletes in TO what FROM has not."""
    options, names = _options(call)
    _begin(call, work, {"destroys-data"} if {"/mir", "/purge"} & set(options) else set())
    for number, name in enumerate(names[:2]):
        walk.act(call, "write" if number else "read", _path(call, name), "operand", work)
