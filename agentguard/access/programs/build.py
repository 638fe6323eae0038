"""Build, test and format tools: they run the project's own code, and some change its files."""

from __future__ import annotations

from agentguard.access.model import EXECUTE, READ
from agentguard.access.programs import walk
from agentguard.access.shell.values import plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.programs.walk import Work
    from agentguard.access.shell.command import Call


def tests(call: Call, work: Work) -> None:
    """`pytest FILE::NAME`: a file of tests is executed."""
    operands = work.line.operands
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for value in operands:
        text = plain(value)
        path = text.partition("::")[0] if text is not None else value
        call.path(READ, path, "tests")
        call.path(EXECUTE, path, "tests")


# What the portable tools of cmake are called elsewhere (cmake(1), Run a Command-Line Tool).
_TOOLS = {
    "rm": "rm", "remove": "rm -f", "remove_directory": "rm -rf", "copy": "cp", "copy_directory": "cp -r",
    "copy_if_different": "cp", "copy_directory_if_different": "cp -r", "rename": "mv", "make_directory": "mkdir -p",
    "touch": "touch", "touch_nocreate": "touch -c", "cat": "cat", "env": "env", "time": "time", "chdir": "env -C", "tar": "tar",
    "create_symlink": "ln -s", "create_hardlink": "ln", "echo": "echo", "compare_files": "cmp", "md5sum": "md5sum",
    "sha1sum": "sha1sum", "sha256sum": "sha256sum", "sha512sum": "sha512sum",
}  # fmt: skip


def tools(call: Call, work: Work) -> bool:
    """`cmake -E TOOL ARG…`."""
    words = call.words
    if words[:1] != ["-E"] or len(words) < 2:
        return False
    tool = _TOOLS.get(plain(words[1]) or "")
    work.entry = {"operands": "text*" if tool else "guess*"}
    walk.standard(call, work)
    if tool is not None:
        work.feed = call.run([*tool.split(), *words[2:]], "cmake -E", stdin=call.stdin)
    elif plain(words[1]) is None:
        call.opaque("which tool of cmake runs is not known")
    return True


def coverage(call: Call, work: Work) -> None:
    """`coverage run -m MODULE` and `coverage run FILE` run Python."""
    line = work.line
    operands = list(line.operands)
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    module = line.value("--module")
    words = ["python", "-m", module, *operands] if module is not None else ["python", *operands]
    if len(words) > 1:
        work.feed = call.run(words, "coverage run")


def lints(call: Call, work: Work) -> None:
    """A linter reads; with --fix or --write, or as a formatter, it changes what it reads."""
    line = work.line
    checks = line.has("--check --check-only --diff -c -l --dry-run --lint --test")
    formats = work.command[-1] in ("black", "isort") or work.command == ("ruff", "format") or call.name in _FIXERS
    changes = line.has("--fix --write -w --in-place -i -a -A --apply --autocorrect") or (formats and not checks)
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for value in line.operands:
        call.path(READ, value, "operand")
        if changes and walk.is_file(call, value):
            call.path("write", value, "operand")


def serves(call: Call, work: Work) -> None:
    """Servers of the project listen on this machine alone unless told otherwise."""
    walk.standard(call, work)
    host = plain(work.line.value("--host") or work.line.value("--bind") or "127.0.0.1") or ""
    name, _, number = host.partition(":")
    port = plain(work.line.value("--port") or number) or ""
    call.connect(
        name or "127.0.0.1", int(port) if port.isdigit() and len(port) < 6 else None, "it serves", action="listen"
    )


_FIXERS = frozenset({"phpcbf", "pint", "php-cs-fixer", "nixfmt", "alejandra", "docformatter", "pyupgrade", "rector"})


def bundles(call: Call, work: Work) -> None:
    """Bundlers and frameworks: they build, or serve the project; on this machine alone unless told otherwise."""
    line = work.line
    words = [plain(value) or "" for value in line.operands]
    line.traits |= {"publishes"} if words[:1] in (["publish"], ["deploy"]) else set()
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    for name in ("--host", "--hostname"):
        if (given := line.value(name)) is not None or line.has(name):
            call.connect(plain(given or "") or "0.0.0.0", None, "it serves", action="listen")  # noqa: S104 - what it says


def serves_all(call: Call, work: Work) -> None:
    """Servers and workers of applications."""
    line = work.line
    work.entry = {**work.entry, "operands": "text*"}
    walk.standard(call, work)
    given = line.value("--bind") or line.value("--host") or line.value("--server.address")
    text = plain(given or "") or ""
    if text and not text.startswith("unix:"):
        host = text.rpartition(":")[0] if text.count(":") == 1 else text
        call.connect(host or "0.0.0.0", None, "it serves", action="listen")  # noqa: S104 - what an empty one means


def evaluates(call: Call, work: Work) -> None:
    """`matlab -batch TEXT`, `octave --eval TEXT`: `system('…')` in it runs a program."""
    walk.standard(call, work)
    for value in (*work.line.values("-r"), *work.line.values("-batch"), *work.line.values("--eval")):
        text = plain(value) or ""
        for name in ("system(", "unix(", "shell_cmd("):
            piece = text.partition(name)[2].strip()
            if piece[:1] in ("'", '"'):
                call.shell(piece[1:].partition(piece[0])[0], f"{call.name} system")
        for name in ("fileread(", "fopen(", "textread(", "importdata(", "readtable(", "load("):
            piece = text.partition(name)[2].strip()
            if piece[:1] in ("'", '"'):
                call.path(READ, piece[1:].partition(piece[0])[0], "the code")


def compiles(call: Call, work: Work) -> None:
    """`gcc -x c -`, `tcc -run -`: what is compiled from standard input is code of this call."""
    walk.standard(call, work)
    if "-" in work.line.operands or work.line.value("-run") == "-" or (call.name == "cpp" and not work.line.operands):
        from agentguard.access.programs import interpreters  # noqa: PLC0415 - rare

        interpreters.from_stdin(call, work, "compiled")


def cmake(call: Call, work: Work) -> None:
    """`cmake -P <(…)`: a script that this text writes; one in a file is found there (see code.loaded)."""
    walk.standard(call, work)
    for value in work.line.values("-P"):
        for feed in call.contents(value) if str(value).startswith("/dev/") else ():
            if isinstance(feed.value, str):
                from agentguard.access.code import settings  # noqa: PLC0415 - rare

                settings.read(call, "cmake", feed.value)
