"""Every command on the pages for people is run: here on a laptop with a denial, or by the test that is named."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from agentguard.cli.main import cli

ROOT = Path(__file__).parent.parent.parent
# All pages but the one that is made from the commands.
ALL = sorted({ROOT / "README.md", *(ROOT / "docs").rglob("*.md")} - {ROOT / "docs" / "cli-reference.md"})
BEFORE_CLICK = "agentguard hook"  # what `_entry` takes away before there is a command line
PAGES = [
    ROOT / "docs" / f"{name}.md"
    for name in ("audit", "rollout", "uninstall", "environments", "troubleshooting", "developer-faq", "packages")
]
# What acts on a whole machine, a fleet or the real client, by how it begins; where it is run, and what runs it there.
ELSEWHERE = {
    "sh ": ("tests/e2e/managed.py", "_documented()"),
    "rm -r /var/lib/agentguard /etc/agentguard": ("tests/e2e/scenarios/uninstall.py", "_managed()"),
    "claude -p": ("tests/e2e/scenarios/uninstall.py", "lab.run("),
    "dpkg --": ("tests/package/rollout.py", "packages.md"),
    "scripts/package-deb": ("tests/package/test_page.py", "package-deb"),
    "agentguard deploy lint": ("tests/deploy/test_deploy_lint.py", '["lint", '),
    "agentguard deploy": ("tests/e2e/managed.py", "_documented()"),
    "agentguard doctor --json": ("tests/e2e/managed.py", "_documented()"),
    "agentguard doctor --live": ("tests/e2e/scenarios/doctor.py", '"--live"'),
    "agentguard install --system": ("tests/e2e/managed.py", '"install", "--system"'),
    "agentguard bundle init": ("tests/e2e/managed.py", '"bundle", "init"'),
    "agentguard quickstart": ("tests/deploy/test_deploy_quickstart.py", '"quickstart"'),
    "agentguard uninstall": ("tests/deploy/test_deploy_quickstart.py", '"uninstall", "--user", "--purge"'),
    "agentguard report --collector": ("tests/collector/test_collector_server.py", '"--collector"'),
    "agentguard audit search since:7d --collector": ("tests/collector/test_collector_server.py", '"--collector"'),
    "agentguard audit verify --collector": ("tests/collector/test_collector_server.py", '" --collector "'),
    "agentguard audit export 'rule": ("tests/collector/test_collector_server.py", '" --collector "'),
    "agentguard exception grant": ("tests/sync/test_sync_exceptions.py", '"grant"'),
    "agentguard exception install": ("tests/sync/test_sync_exceptions.py", '"install"'),
    "agentguard collector key": ("tests/collector/test_collector_keys.py", '"key"'),
    "agentguard enroll": ("tests/test_readme.py", "agentguard enroll"),
}
# Not of one person: these name their own folders.
NOT_A_LAPTOPS = ("bundle", "deploy", "policy replay")


def commands(pages):
    """Return every command of pages, as it is typed, without `sudo`; … are parts that the text leaves out."""
    found = []
    for page in pages:
        text = page.read_text(encoding="utf-8")
        found += [line for block in re.findall(r"(?ms)^```sh\n(.*?)^```", text) for line in block.splitlines()]
        found += [" ".join(one.split()) for one in re.findall(r"`((?:sudo )?agentguard [^`]*)`", text)]
    return list(dict.fromkeys(line.removeprefix("sudo ") for line in found))


def elsewhere(line):
    """Return where a command is run, if not here."""
    return next((place for start, place in ELSEWHERE.items() if line.startswith(start)), None)


@pytest.mark.parametrize(
    "line", sorted(line for line in commands(ALL) if line.startswith("agentguard ") and line != BEFORE_CLICK)
)
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
    """Nothing is sent to a test that does not run it, and nothing that no page says any more stands in the table."""
    for path, words in ELSEWHERE.values():
        assert words in (ROOT / path).read_text(encoding="utf-8")
    assert [] == [start for start in ELSEWHERE if not any(line.startswith(start) for line in commands(PAGES))]


@pytest.mark.parametrize("line", [line for line in commands(PAGES) if not elsewhere(line) and "…" not in line])
def test_a_command_works(line, laptop, run, monkeypatch, tmp_path, capsys):
    """On a laptop with records; it ends with 0, or with 3 where the answer may be no."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "my-policy").symlink_to(laptop.policy)
    (tmp_path / "publisher").symlink_to(laptop.publisher)
    assert 0 == run("audit", "tail", "--raw", "--home", laptop.home)
    (tmp_path / "week.ndjson").write_text(capsys.readouterr().out)
    (tmp_path / "log.jsonl").write_text((tmp_path / "week.ndjson").read_text())
    words = shlex.split(line.replace("ID", laptop.id))[1:]
    if words == ["bundle", "publish"]:  # the page leaves out what and where to
        words += ["my-policy", "--to", "publisher"]
    if not " ".join(words).startswith(NOT_A_LAPTOPS):
        words += ["--home", laptop.home]
    assert run(*words) in ((0, 3) if words[0] in ("doctor", "status") else (0,)), capsys.readouterr()
