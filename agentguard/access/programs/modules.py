"""`python -m MODULE ARG…`: modules of the library that run code or commands, serve, read; any other is a program.

Source: docs.python.org, Modules command-line interface, and the pages of the modules named there.
"""

from __future__ import annotations

from agentguard.access.model import EXECUTE, LISTEN, READ
from agentguard.access.programs import index, options, walk
from agentguard.access.shell.values import concat, parts_of, plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call

# What a module does: serves; a console of Python that reads standard input; runs another script or module; runs texts
# of code; unpacks archives; is no program of the table that has its name.
_DOES = {
    "http.server": "serves", "SimpleHTTPServer": "serves", "CGIHTTPServer": "serves",
    "code": "console", "asyncio": "console", "ptpython": "console", "bpython": "console", "konch": "console",
    "pdb": "carries", "cProfile": "carries", "profile": "carries", "trace": "carries", "runpy": "carries",
    "bdb": "carries", "ipdb": "carries", "viztracer": "carries", "memory_profiler": "carries", "kernprof": "carries",
    "doctest": "runs", "timeit": "times", "zipfile": "unpacks", "tarfile": "unpacks", "IPython": "ipython",
    "webbrowser": "opens", "time": "", "cmd": "", "test": "", "dis": "",
}  # fmt: skip
_OF_CARRIERS = "-m=text -c,--command=text -s=text -o,--outfile=write -C,--coverdir=write -f,--file=edit -l -v -u"
_OF_TIMEIT = "-n,--number=text -r,--repeat=text -s,--setup=text -p,--process -u,--unit=text -v,--verbose"


def run(call: Call, work: Work, module: Value, operands: list[Value]) -> None:
    """Make the rows of a module that Python runs."""
    name = plain(module)
    if name is None:
        call.opaque("which module python runs is not known")
        return
    does = _DOES.get(name)
    if does == "ipython":
        work.feed = call.run(["ipython", *operands], f"{call.name} -m", stdin=call.stdin)
    elif does:
        _ACTS[does](call, work, operands)
    elif does is None and index.entry(name) is not None:
        work.feed = call.run([name, *operands], f"{call.name} -m", stdin=call.stdin)
    elif name.partition(".")[0] in _library():
        for word in operands:  # `python -m json.tool FILE`: what modules of the library do is show
            if walk.looks_like_path(plain(word) or ""):
                call.path(READ, word, "operand")
    else:
        for word in operands:
            walk.guess(call, word, "operand")


def _library() -> frozenset[str]:
    import sys  # noqa: PLC0415 - a list of names and nothing to load

    return sys.stdlib_module_names - {"unittest", "venv", "compileall", "ensurepip", "idlelib", "lib2to3"}


def _serves(call: Call, work: Work, operands: list[Value]) -> None:
    """`python -m http.server [-b ADDRESS] [PORT]` listens everywhere unless told otherwise."""
    line = options.read(options.table("-b,--bind=text -d,--directory=text -p,--protocol=text --cgi"), operands)
    host: Value = line.value("--bind") or "0.0.0.0"  # noqa: S104 - the default of that program
    port = plain(line.operands[0]) if line.operands else "8000"
    number = int(port) if port and port.isascii() and port.isdigit() and len(port) < 6 else None
    call.connect(host, number, "it serves files", action=LISTEN)
    call.path(READ, line.value("--directory") or ".", "what it serves")


def _console(call: Call, work: Work, operands: list[Value]) -> None:
    from agentguard.access.programs import interpreters  # noqa: PLC0415 - loads this module

    interpreters.from_stdin(call, work, "python", operands)


def _carries(call: Call, work: Work, operands: list[Value]) -> None:
    """`python -m pdb [-c COMMAND] FILE ARG…`, `python -m cProfile -m MODULE ARG…`."""
    line = options.read(options.table(_OF_CARRIERS), operands, stop=True)
    for command in line.values("--command"):  # of the debugger: what is none is Python
        first, *rest = parts_of(command)
        text = first.lstrip("! ") if isinstance(first, str) else first
        if text not in _OF_PDB:
            call.run([call.name, "-c", concat([text, *rest])], f"{call.name} -m", stdin=None)
    module = line.value("-m")
    if module is not None:
        at = next(place for place, word in enumerate(operands) if word is module)
        work.feed = call.run([call.name, "-m", *operands[at:]], f"{call.name} -m", stdin=call.stdin)
    elif line.operands:
        work.feed = call.run([call.name, *line.operands], f"{call.name} -m", stdin=call.stdin)


_OF_PDB = frozenset(
    {"c", "continue", "cont", "n", "next", "s", "step", "q", "quit", "w", "where", "r", "return", "l", "list"}
)


def _runs(call: Call, work: Work, operands: list[Value]) -> None:
    for word in operands:
        if walk.looks_like_path(plain(word) or ""):
            call.path(READ, word, "operand")
            call.path(EXECUTE, word, "operand")


def _times(call: Call, work: Work, operands: list[Value]) -> None:
    """`python -m timeit [-s SETUP]… LINE…`: lines of one text."""
    line = options.read(options.table(_OF_TIMEIT), operands, stop=True)
    texts = [*line.values("--setup"), *line.operands]
    code = concat([part for text in texts for part in (*parts_of(text), "\n")])
    call.run([call.name, "-c", code], f"{call.name} -m", stdin=None)


def _unpacks(call: Call, work: Work, operands: list[Value]) -> None:
    if operands[:1] in (["-e"], ["--extract"]) and len(operands) > 1:
        call.path(READ, operands[1], "operand")
        if any(feed.fetched for feed in call.contents(operands[1])) and len(operands) > 2:
            from agentguard.access.shell import places  # noqa: PLC0415 - rare

            places.fetched(call, operands[2])
        from agentguard.access.programs import folders  # noqa: PLC0415 - rare

        folders.pours(call, operands[2] if len(operands) > 2 else ".", "it comes out here")
        return
    for word in operands:
        walk.guess(call, word, "operand")


def _opens(call: Call, work: Work, operands: list[Value]) -> None:
    """`python -m webbrowser [-t] URL`."""
    call.run(["xdg-open", *operands], f"{call.name} -m")


_ACTS = {
    "opens": _opens,
    "serves": _serves, "console": _console, "carries": _carries, "runs": _runs, "times": _times, "unpacks": _unpacks,
}  # fmt: skip
