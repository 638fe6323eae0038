"""The pages on deploying: printed from the tables, and every command of the way onto a fleet is one that there is."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
from click.testing import CliRunner

from agentguard.cli.deploy import deploy
from agentguard.cli.main import cli
from agentguard.deploy import plan, reference
from agentguard.deploy.choices import CHOICES
from agentguard.deploy.doctor.table import KNOWN
from agentguard.deploy.lint.codes import CODES

DOCS = Path(__file__).parent.parent.parent / "docs"


def test_the_reference_in_docs_is_the_one_that_the_program_prints():
    """`agentguard deploy reference > docs/deploy-reference.md` after every change of the tables."""
    page = reference.page()
    assert page == (DOCS / "deploy-reference.md").read_text(encoding="utf-8")
    assert page == CliRunner().invoke(deploy, ["reference"]).stdout


def test_the_reference_names_everything():
    """Every key, choice, code, finding and command of deploying stands in it."""
    page = reference.page()
    for name in (*plan.KEYS, *plan.FLEET, *CHOICES):
        assert f"| `{name}` |" in page
    assert [] == [code for code in (*CODES, *plan.CODES) if code not in page]
    assert {"managed/lint"} == {name for name in KNOWN if f"| `{name}` |" not in page}
    commands = [f"agentguard deploy {name}" for name in deploy.commands]
    assert [] == [command for command in (*commands, "agentguard doctor") if command not in page]


def test_the_way_onto_a_fleet_has_six_commands_that_there_are():
    """Each is a command with options that it has, or a script that render writes; e2e runs them for real."""
    page = (DOCS / "rollout.md").read_text(encoding="utf-8")
    lines = page.split("```sh\n")[1].split("```")[0].splitlines()
    assert 6 == len(lines)
    for line in lines:
        words = shlex.split(line.removeprefix("sudo ").partition(" > ")[0])
        if words[0] == "sh":
            assert words[1].endswith("/install.sh")
            continue
        _must_be_one(words[1:])


def test_every_command_in_the_text_is_one():
    """What stands in backticks and begins with agentguard can be typed."""
    for command in re.findall(
        r"`(?:sudo )?agentguard ([^`…]*?)(?: …[^`]*)?`", (DOCS / "rollout.md").read_text(encoding="utf-8")
    ):
        _must_be_one(shlex.split(command))


def _must_be_one(words: list[str]) -> None:
    found: click.Command = cli
    context = click.Context(cli)
    while isinstance(found, click.Group) and words:
        found = found.get_command(context, words.pop(0))
        assert found is not None
    options = {name for param in found.params for name in param.opts}
    assert {word for word in words if word.startswith("--")} <= options
