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
    checks = line.has("--check --check-only --diff -c -l")
    formats = work.command[-1] in ("black", "isort", "autopep8", "yapf") or work.command == ("ruff", "format")
    changes = line.has("--fix --write -w --in-place -i -a -A") or (formats and not checks)
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
