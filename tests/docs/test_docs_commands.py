"""Every command on the pages for people is run: here on a laptop with a denial, or by the test that is named."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from agentguard.cli.main import cli

ROOT = Path(__file__).parent.parent.parent
PAGES = ("rollout", "uninstall", "environments", "troubleshooting", "developer-faq")
# What acts on a whole machine, a fleet or the real client, by how it begins, and where it is run.
ELSEWHERE = {
    "sh ": "tests/e2e/managed.py",
    "rm -r /var/lib/agentguard /etc/agentguard": "tests/e2e/scenarios/uninstall.py",
    "claude -p": "tests/e2e/scenarios/uninstall.py",
    "agentguard deploy": "tests/e2e/managed.py",
    "agentguard doctor --json": "tests/e2e/managed.py",
    "agentguard doctor --live": "tests/e2e/scenarios/doctor.py",
    "agentguard install --system": "tests/e2e/managed.py",
    "agentguard bundle init": "tests/test_readme.py",
    "agentguard quickstart": "tests/deploy/test_deploy_quickstart.py",
    "agentguard uninstall": "tests/deploy/test_deploy_quickstart.py",
    "agentguard report --collector": "tests/collector/test_collector_server.py",
    "agentguard audit search since:7d --collector": "tests/collector/test_collector_server.py",
    "agentguard exception grant": "tests/sync/test_sync_exceptions.py",
    "agentguard exception install": "tests/sync/test_sync_exceptions.py",
    "agentguard collector key": "tests/test_readme.py",
    "agentguard enroll": "tests/test_readme.py",
}
# Not of one person: these name their own folders.
NOT_A_LAPTOPS = ("bundle", "deploy", "policy replay")


def commands():
    """Return every command of the pages, as it is typed, without `sudo`; … are parts that the text leaves out."""
    found = []
    for name in PAGES:
        text = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
        found += [line for block in re.findall(r"(?ms)^```sh\n(.*?)^```", text) for line in block.splitlines()]
        found += [" ".join(one.split()) for one in re.findall(r"`((?:sudo )?agentguard [^`]*)`", text)]
    return list(dict.fromkeys(line.removeprefix("sudo ") for line in found))


def elsewhere(line):
    """Return where a command is run, if not here."""
    return next((place for start, place in ELSEWHERE.items() if line.startswith(start)), "")


@pytest.mark.parametrize("line", [line for line in commands() if line.startswith("agentguard ")])
def test_a_command_is_one_that_there_is(line):
    """With options that it has."""
    words = shlex.split(line.partition(" > ")[0])[1:]
    found, context = cli, click.Context(cli)
    while isinstance(found, click.Group) and words:
        found = found.get_command(context, words.pop(0))
        assert found is not None
    options = {name for param in found.params for name in param.opts}
    assert {word for word in words if word.startswith("--")} <= options


def test_every_other_place_is_there_and_needed():
    """Nothing is sent to a test that is not there, and nothing that no page says any more stands in the table."""
    assert [] == [place for place in ELSEWHERE.values() if not (ROOT / place).is_file()]
    assert [] == [start for start in ELSEWHERE if not any(line.startswith(start) for line in commands())]


@pytest.mark.parametrize("line", [line for line in commands() if not elsewhere(line) and "…" not in line])
def test_a_command_works(line, laptop, run, monkeypatch, tmp_path, capsys):
    """On a laptop with records; it ends with 0, or with 3 where the answer may be no."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-policy").symlink_to(laptop.policy)
    (tmp_path / "publisher").symlink_to(laptop.publisher)
    assert 0 == run("audit", "tail", "--raw", "--home", laptop.home)
    (tmp_path / "week.ndjson").write_text(capsys.readouterr().out)
    words = shlex.split(line.replace("ID", laptop.id))[1:]
    if words == ["bundle", "publish"]:  # the page leaves out what and where to
        words += ["my-policy", "--to", "publisher"]
    if not " ".join(words).startswith(NOT_A_LAPTOPS):
        words += ["--home", laptop.home]
    assert run(*words) in ((0, 3) if words[0] in ("doctor", "status") else (0,)), capsys.readouterr()
