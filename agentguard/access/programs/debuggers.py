"""Debuggers and tracers: their commands start shells, code and the program that they look at.

GDB manual (Shell Commands, Command Files, Python, Calling, Target Commands), LLDB tutorial and `help`; strace(1) -o.
"""

from __future__ import annotations

from agentguard.access.model import EXECUTE, READ, UNKNOWN, WRITE
from agentguard.access.programs import index, walk
from agentguard.access.shell.values import concat, parts_of, plain, unglobbed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.options import Line
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def _begin(call: Call, work: Work) -> list[Value]:
    operands = list(work.line.operands)
    if call.name in ("gdb", "lldb") and call.machine.sought and any(plain(word) is None for word in call.words):
        work.line.traits.add("signals")  # the process that is looked up by these names stops
        work.line.operands += call.machine.sought
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    return operands


def strace(call: Call, work: Work) -> None:
    """`strace -o FILE COMMAND`; `-o '|COMMAND'` and `-o '!COMMAND'` hand the trace to a shell."""
    operands = _begin(call, work)
    for value in work.line.values("--output"):
        first, *others = parts_of(value)
        if isinstance(first, str) and first[:1] in ("|", "!"):
            call.shell(concat([first[1:], *others]), "strace -o")
        else:
            call.path(WRITE, value, "option --output")
    if operands and not work.line.has("--attach"):
        work.feed = call.run(operands, call.name, stdin=call.stdin)


def bpftrace(call: Call, work: Work) -> None:
    """`bpftrace -e PROGRAM`: `system(…)` in it runs shell text."""
    _begin(call, work)
    for value in work.line.values("-e"):
        text = plain(value)
        if text is None:
            call.opaque("the program of bpftrace is not known")
            continue
        _calls(call, text)


def gdb(call: Call, work: Work) -> None:
    """`gdb PROGRAM`, `gdb --args PROGRAM ARGUMENT…`, with commands in options, files and on standard input."""
    line = work.line
    operands = _begin(call, work)
    texts = _texts(call, line, "gdb")
    program = operands[0] if operands else None
    if program is not None:
        _program(call, program)
        if len(operands) > 1 and not line.has("--args"):
            call.path(READ, operands[1], "a core file")
    if operands and (line.has("--args") or any(_is_run(text) for text in texts)):
        work.feed = call.run(operands if line.has("--args") else operands[:1], call.name)
    for text in texts:
        _gdb_command(call, text)


def lldb(call: Call, work: Work) -> None:
    """`lldb PROGRAM ARGUMENT…`, with commands in options, files and on standard input."""
    operands = _begin(call, work)
    texts = _texts(call, work.line, "lldb")
    if operands:
        _program(call, operands[0])
        if len(operands) > 1 or any(_is_run(text) or text.startswith("process launch") for text in texts):
            work.feed = call.run(operands, call.name)
    for text in texts:
        _lldb_command(call, text)


def _program(call: Call, program: Value) -> None:
    """The file that is looked at; a bare name of a known program is searched for as a shell does."""
    if index.entry(plain(program) or "") is None or walk.is_file(call, program):
        call.path(READ, program, "the program")
        call.path(EXECUTE, program, "the program")


def _is_run(text: str) -> bool:
    return text.split(None, 1)[:1] in (["r"], ["run"], ["start"], ["starti"])


def _texts(call: Call, line: Line, kind: str) -> list[str]:
    """Return the commands that a debugger gets, line by line."""
    feeds: list[Value] = []
    for flag, value in line.flags:
        what = line.kinds.get(flag)
        if value is None:
            continue
        if what == kind:
            feeds.append(value)
        elif what == kind + "file":
            call.path(READ, value, "a file of commands")
            call.path(EXECUTE, value, "a file of commands")
            feed = call.written(value)
            feeds += [feed.value] if feed is not None else []
    if call.stdin is not None and call.stdin.source is None:
        feeds.append(call.stdin.value)
    found: list[str] = []
    for value in feeds:
        text = unglobbed(value)
        if isinstance(text, str):
            found += _joined_blocks(text)
        else:
            call.fetched_or_opaque(f"what {call.name} runs is not known")
    return found


def _joined_blocks(text: str) -> list[str]:
    """Return the commands of a text; `python … end` is one of them."""
    found: list[str] = []
    code: list[str] | None = None
    for line in text.split("\n"):
        if code is not None:
            if line.strip() == "end":
                found.append("python " + "\n".join(code))
                code = None
            else:
                code.append(line)
        elif line.strip() in ("python", "py", "python-interactive"):
            code = []
        elif line.strip():
            found.append(line.strip())
    if code:
        found.append("python " + "\n".join(code))
    return found


def _gdb_command(call: Call, text: str) -> None:
    name, _, rest = text.partition(" ")
    rest = rest.strip()
    if text.startswith(("show env", "info env", "dump ", "append ", "generate-core-file", "gcore")):
        origin = call.origin
        call.begin(origin.command, origin.flags, origin.args, origin.traits | {"prints-environment"})
        call.row(EXECUTE, why="it shows the environment or the memory of a process")
        call.origin = origin
    elif text[:1] == "!":
        call.shell(text[1:], call.name)
    elif name in ("shell", "sh", "she", "make"):
        call.shell(rest if name != "make" else f"make {rest}", call.name)
    elif name in ("pipe", "|"):
        mark = "|"
        if rest.startswith("-d "):
            mark, _, rest = rest[3:].partition(" ")
        call.shell(rest.partition(mark)[2].strip(), call.name)
    elif name in ("python", "py", "pi", "python-interactive"):
        from agentguard.access.programs import coded  # noqa: PLC0415 - rare

        coded.read_code(call, "python", text.partition(" ")[2])
        if "gdb.execute" in rest:
            for part in rest.split("gdb.execute(")[1:]:
                _gdb_command(call, part[1:].partition(part[:1])[0] if part[:1] in "'\"" else "source")
    elif name in ("source", "guile", "gu", "guile-repl", "compile", "expression"):
        path = rest.removeprefix("-v ").removeprefix("-s ").strip()
        if name == "source" and path:
            call.path(READ, path, "a file of commands")
            call.path(EXECUTE, path, "a file of commands")
        else:
            call.opaque(f"what {call.name} runs is not known")
    elif name == "target" and rest.partition("|")[1]:
        call.shell(rest.partition("|")[2].strip(), call.name)
    elif name == "target" and rest.split()[1:]:
        host, colon, port = rest.split()[1].removeprefix("tcp:").rpartition(":")
        if colon and port.isdigit() and len(port) < 6:
            call.connect(host or "localhost", int(port), "the target")
    elif name in ("gcore", "generate-core-file"):
        call.path(WRITE, rest or "core", "a core file")
    elif name in ("dump", "append"):
        words = [
            word
            for word in rest.split()
            if word not in ("binary", "memory", "value", "ihex", "srec", "tekhex", "verilog")
        ]
        call.path(WRITE, words[0] if words else UNKNOWN, "what it dumps")
    elif text.startswith(("set logging file ", "set exec-wrapper ")):
        if "exec-wrapper" in text:
            call.shell(text.removeprefix("set exec-wrapper "), call.name)
        else:
            call.path(WRITE, rest.split()[-1], "its log")
    else:
        _calls(call, text)


def _lldb_command(call: Call, text: str) -> None:
    name, _, rest = text.partition(" ")
    rest = rest.strip()
    if text.startswith(("platform shell ", "shell ", "!")):
        command = text.removeprefix("platform ").removeprefix("shell ").removeprefix("!").strip()
        while command.startswith(("-h ", "-- ")):
            command = command[3:]
        call.shell(command, call.name)
    elif name in ("script", "sc"):
        from agentguard.access.programs import coded  # noqa: PLC0415 - rare

        coded.read_code(call, "python", rest)
    elif text.startswith(("command source ", "command script import ")):
        call.path(READ, rest.split()[-1], "a file of commands")
        call.path(EXECUTE, rest.split()[-1], "a file of commands")
    elif text.startswith(("process connect ", "gdb-remote ")):
        host, _, port = rest.split()[-1].rpartition("://")[2].rpartition(":")
        call.connect(host or "localhost", int(port) if port.isdigit() and len(port) < 6 else None, "the target")
    elif text.startswith("process save-core "):
        call.path(WRITE, rest.split()[-1], "a core file")
    else:
        _calls(call, text)


def _calls(call: Call, text: str) -> None:
    """Run what a call of system(3) or of its kin in an expression would run."""
    for name in ("system", "popen", "execl", "execlp", "execv", "execvp"):
        at = text.find(name)
        while at >= 0:
            rest = text[at + len(name) :].lstrip(" )")
            if rest[:1] == "(":
                inner = rest[1:].lstrip()
                if inner[:1] == '"':
                    call.shell(inner[1:].partition('"')[0], call.name)
                else:
                    call.opaque(f"what {call.name} runs is not known")
            at = text.find(name, at + len(name))
