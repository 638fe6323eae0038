"""docs/policy-layers.md, run as it stands: its files are written, its commands called, their output compared."""

import re
import shlex
from pathlib import Path

from click.testing import CliRunner

from agentguard.cli.main import cli
from agentguard.errors import AgentguardError

PAGE = (Path(__file__).parent.parent.parent / "docs" / "policy-layers.md").read_text()
# A block that is a file, is added to one, replaces the line of its key in one, or shows commands.
BLOCK = re.compile(r"```(toml|console) ?(append |replace |)(\S*)\n(.*?)```", re.DOTALL)


def run(line):
    """Return what a command prints, both streams in turn, as a terminal shows it."""
    program, *arguments = shlex.split(line)
    assert "agentguard" == program
    done = CliRunner().invoke(cli, arguments)
    if isinstance(done.exception, AgentguardError):
        return f"{done.output}agentguard: {done.exception.diagnostics()}\n"
    assert isinstance(done.exception, SystemExit | None), done.exception
    return done.output


def write(path, how, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    before = path.read_text() if how else ""
    if how == "replace":
        key = text.partition(" =")[0]
        path.write_text(re.sub(rf"(?m)^{key} = .*\n", text, before))
    else:
        path.write_text(f"{before}\n{text}" if how else text)


def matches(shown, printed):
    """Return whether the page shows what was printed; … stands for the rest of a line, or alone for some lines."""
    pattern = re.escape(shown).replace(re.escape("…"), "…")
    pattern = re.sub(r"(?m)^…\\\n", "(?:.*\n)*?", pattern).replace("…", ".*")
    return re.fullmatch(pattern, printed)


def test_the_page_does_what_it_says(tmp_path, monkeypatch):
    """From the first file to the last command, in order."""
    monkeypatch.chdir(tmp_path)
    commands = 0
    for kind, how, name, text in BLOCK.findall(PAGE):
        if kind == "toml":
            write(Path(name), how.strip(), text)
            continue
        for part in re.split(r"(?m)^\$ ", text)[1:]:
            line, _, shown = part.partition("\n")
            printed = run(line)
            assert matches(shown, printed), (line, shown, printed)
            commands += 1
    assert 8 == commands
    assert 2 == Path("publisher/CHANGES.md").read_text().count("## ")
