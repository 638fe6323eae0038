"""Commands that run later, in another terminal, or in the language of a program that types for people.

at(1); expect(1), whose scripts are Tcl: `spawn`, `exec` and `open "|…"` start commands, `send` types what a shell may
read; start-server-and-test's README.
"""

from __future__ import annotations

from agentguard.access.programs import walk
from agentguard.access.programs.carriers import shell_reads
from agentguard.access.shell.values import plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def later(call: Call, work: Work) -> None:
    """`at TIME`: the commands come from standard input or a file."""
    walk.standard(call, work)
    if not work.line.has("-f -l -d -r -c -V"):
        shell_reads(call, work, call.name)


def procfile(call: Call, work: Work) -> None:
    """`foreman start -f FILE`, `honcho start`, `hivemind FILE`: each line of a Procfile is `NAME: COMMAND`."""
    from agentguard.access.code import reach  # noqa: PLC0415 - few commands run a file

    walk.standard(call, work)
    named = [*work.line.values("--procfile"), *(work.line.operands if call.name == "hivemind" else ())]

    def act(text: str) -> None:
        for line in text.split("\n"):
            name, colon, command = line.partition(":")
            if colon and name.strip().replace("-", "").replace("_", "").isalnum() and command.strip():
                call.shell(command.strip(), f"{call.name} {name.strip()}", state=call.child([]))

    for path in named or ["Procfile"]:
        reach.each(call, path, act)


def with_env(call: Call, work: Work) -> None:
    """`foreman run COMMAND`: with the variables of `.env`."""
    rest = work.line.operands
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    if len(rest) == 1 and " " in str(rest[0]):
        work.feed = call.shell(rest[0], " ".join(work.command), stdin=call.stdin)
    elif rest:
        work.feed = call.run(rest, " ".join(work.command), stdin=call.stdin)


def watches(call: Call, work: Work) -> None:
    """`nodemon` takes its command from nodemon.json or `nodemonConfig` in package.json; for a file, that of its ending."""
    walk.standard(call, work)
    if work.line.has("--exec"):
        return
    kind = (plain(work.line.operands[0]) or "").rpartition(".")[2] if work.line.operands else ""
    from agentguard.access.code import reach  # noqa: PLC0415 - few commands run a file
    from agentguard.access.programs import scripts  # noqa: PLC0415 - as above

    def act(text: str) -> None:
        whole = scripts.whole(text)
        for given in (whole, whole.get("nodemonConfig")):
            if not isinstance(given, dict):
                continue
            mapped = given.get("execMap")
            named = [given.get("exec"), *_inner(mapped)]
            if kind:
                named = [mapped.get(kind)] if isinstance(mapped, dict) else []
            for one in (*named, *_inner(given.get("events"))):
                if isinstance(one, str):
                    call.shell(one, "nodemon exec", state=call.child([]))

    for path in [*work.line.values("--config"), "nodemon.json", "package.json"]:
        reach.each(call, path, act)


def _inner(held: object) -> list[object]:
    return list(held.values()) if isinstance(held, dict) else []


def expect(call: Call, work: Work) -> None:
    """`expect -c TEXT`, `expect FILE`, `expect` with its commands on standard input."""
    line = work.line
    operands = list(line.operands)
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for value in line.values("-c"):
        _tcl(call, value)
    files = [*line.values("-f"), *([] if line.has("-f -c") else operands[:1])]
    for path in files:
        if path == "-":
            continue
        call.path("read", path, "the script")
        call.path("execute", path, "the script")
        if (feed := call.written(path)) is not None:
            _tcl(call, feed.value)
    if "-" in files or not (files or line.has("-c -v")):
        stdin = call.stdin
        if stdin is not None and stdin.source is not None and not isinstance(stdin.value, str):
            call.path("execute", stdin.source, "the script")
        elif stdin is not None:
            _tcl(call, stdin.value)


_SHELLS = ("sh", "bash", "/bin/sh", "/bin/bash", "zsh", "/bin/zsh", "[", "$")
_STARTS = ("spawn ", "exec ", "system ", "!")


def _tcl(call: Call, value: Value) -> None:
    """Run the commands that a script of Tcl starts: braces are its single quotes."""
    text = unglobbed(value)
    if not isinstance(text, str):
        call.fetched_or_opaque(f"the script that {call.name} runs is not known")
        return
    if (
        "socket " in text
        and "exec " in text
        and "-server" not in text
        and any(f"exec {one}" in text for one in _SHELLS)
    ):
        call.fetched_or_opaque("a shell gets what comes over the network", fetched=True)
    for line in text.replace("\\\n", " ").replace(";", "\n").split("\n"):
        piece = line.strip()
        for mark in ("[exec ", "[system ", "{exec ", "{spawn ", "{system "):
            at = piece.find(mark)
            if at >= 0:
                inner = piece[at + 1 :]
                _starts(call, inner[: inner.find("]")] if mark[0] == "[" and "]" in inner else inner.rstrip("}"))
        opened = piece.partition("open ")[2] if "open " in piece else ""
        if opened and opened[:1] not in ('"', "$", "["):
            words = opened.replace("]", " ").replace("}", " ").split()
            how = words[1] if len(words) > 1 else "r"
            if words:
                call.path("write" if how[:1] in ("w", "a") else "read", words[0].strip("{"), "open of Tcl")
        if piece.startswith(_STARTS):
            _starts(call, piece)
        elif piece.startswith(("send ", "send_user ", "exp_send ")):
            _typed(call, piece)
        elif '"|' in piece and "open " in piece:
            call.shell(piece.partition('"|')[2].partition('"')[0].strip(), call.name)


def _starts(call: Call, piece: str) -> None:
    name, _, rest = piece.partition(" ")
    words = rest.strip()
    while words[:1] == "-" and name in ("spawn", "exec"):  # `-noecho`, `-ignore HUP`, `-keepnewline`, `--`
        option, _, words = words.partition(" ")
        if option in ("-ignore", "-open"):
            words = words.lstrip().partition(" ")[2]
        words = words.lstrip()
    if words:
        call.shell(words.replace("{", "'").replace("}", "'"), f"{call.name} {name}")


def _typed(call: Call, piece: str) -> None:
    r"""`send "TEXT\r"`: what is typed may be a command of a shell."""
    name, _, rest = piece.partition(" ")
    if name == "send_user":
        return
    text = rest.strip().removeprefix("-- ").removeprefix("-s ").strip('"{}')
    typed = text.replace("\\r", "\n").replace("\\n", "\n")
    if " " in typed.strip() and not typed.strip().startswith("$"):
        call.shell(typed, f"{call.name} send")


def serves_and_tests(call: Call, work: Work) -> None:
    """`start-server-and-test SERVER URL TEST`: names of scripts, or commands."""
    operands = list(work.line.operands)
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for value in [*operands[:1], *operands[2:]]:
        text = plain(value)
        if text is None or " " in text:
            call.shell(value, call.name)
        elif not text.isdigit() and "://" not in text:
            call.run(["npm", "run", text], call.name)
