"""Pages of docs/ that are run as they stand: their blocks, how a command is typed, and if a page shows what it prints."""

import re
from pathlib import Path

from click.testing import CliRunner

from agentguard.cli.main import cli
from agentguard.errors import AgentguardError

# A block that is a file, is added to one, replaces the line of its key in one, shows commands, or what the hook answers.
BLOCK = re.compile(r"```(toml|json|console|text) ?(append |replace |denied |allowed |)([^\n]*)\n(.*?)```", re.DOTALL)


def typed(arguments, keyboard=""):
    """Return what a command prints, both streams in turn as a terminal shows it, and what of it is data and talk."""
    done = CliRunner().invoke(cli, arguments, input=keyboard)
    if isinstance(done.exception, AgentguardError):
        return f"{done.output}agentguard: {done.exception.diagnostics()}\n", done.stdout, done.stderr
    assert isinstance(done.exception, SystemExit | None), (arguments, done.output, done.exception)
    return done.output, done.stdout, done.stderr


def write(path, how, text):
    """Do what a block of a file says."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text() if how else ""
    if how == "replace":
        key = text.partition(" =")[0]
        changed = re.sub(rf"(?m)^{key} = .*\n", lambda _: text, before, count=1)
        assert changed != before, (path, text)
        path.write_text(changed)
    else:
        path.write_text(f"{before}\n{text}" if how else text)


def matches(shown, printed):
    """Return whether the page shows what was printed; … stands for the rest of a line, or alone for some lines."""
    pattern = re.escape(shown).replace(re.escape("…"), "…")
    pattern = re.sub(r"(?m)^…\\\n", "(?:.*\n)*?", pattern).replace("…", ".*")
    return re.fullmatch(pattern, printed)
