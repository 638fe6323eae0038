"""What would have been blocked: counted from real records, shown without what they must not show."""

from __future__ import annotations

import os
import time

import pytest
from click.testing import CliRunner

from agentguard.access.model import EXECUTE, READ, Access, Path, Row, ToolCall
from agentguard.access.world import MemoryDisk, World
from agentguard.audit import record, redact, show, spool
from agentguard.cli.report import report as command
from agentguard.deploy import report
from agentguard.deploy.selftest import SESSION
from agentguard.errors import UsageError
from agentguard.policy.model import ALLOW, ASK, DENY, OBSERVE, Decision

BUNDLE = {"name": "baseline", "revision": 1, "digest": "00", "age": 1, "state": "fresh"}


@pytest.fixture
def note(home):
    """Return a function that appends the record of one observed call."""
    folder = home.spool(os.getuid())

    def append(
        would, rule, command, *, session="s", remote="https://git.example/a", tool="Bash", effect=ALLOW, user="dev"
    ):
        given = {"command": command} if tool == "Bash" else {"file_path": command}
        call = ToolCall("PreToolUse", tool, given, cwd="/work", session=session)
        rows = [Row(EXECUTE, tool=tool) if tool == "Bash" else Row(READ, tool=tool, path=Path(command))]
        remotes = {"origin": remote} if remote else {}
        world = World(home="/home/ada", project="/work", remotes=remotes, disk=MemoryDisk({}))
        decision = Decision(effect, would, would_rule=rule, severity="high", mode=OBSERVE, rows=tuple(rows))
        body, texts = record.of_decision(
            call,
            Access(rows),
            decision,
            world=world,
            principal={"user": user},
            bundle=BUNDLE,
            latency_us=1,
            redactor=redact.Redactor(spool.device_key(folder)),
        )
        spool.append(folder, body, texts)

    return append


def reported(home, seconds, now=None):
    """Return the report of the last seconds, from the local records."""
    return report.report(report.local(home), report.span(f"{seconds}s", now=(now or time.time()) + 1))


def test_nothing_recorded_is_a_report_too(home):
    """Without any record the report is empty and no error."""
    found = reported(home, 3600)
    assert (found["calls"], found["rules"], found["repositories"]) == (0, [], [])


def test_nothing_recorded_is_told_from_nothing_denied(home, tmp_path, note):
    """A home in which no guard ever ran, perhaps mistyped, must not look like a quiet week."""
    note(ALLOW, "", "ls")
    for folder, ever in ((str(tmp_path / "nowhere"), False), (home.home, True)):
        done = CliRunner().invoke(command, ["--home", folder])
        assert (0, ever) == (done.exit_code, "no call of yours was ever recorded in" not in done.stderr)


def test_calls_are_counted_by_rule_and_by_repository(home, note):
    """What would be denied and asked is counted apart, the most frequent rule and repository first."""
    note(DENY, "secrets/file", "cat .env")
    note(DENY, "secrets/file", "cat .env")
    note(DENY, "secrets/file", "head .env", remote="")
    note(ASK, "git/push", "git push", remote="https://git.example/b")
    note(ALLOW, "", "ls")
    found = reported(home, 3600)
    assert (found["calls"], found["would_deny"], found["would_ask"]) == (5, 3, 1)
    assert (found["denied"], found["asked"], found["unreadable"]) == (0, 0, 0)
    assert [(rule["rule"], rule["deny"], rule["ask"], rule["examples"]) for rule in found["rules"]] == [
        ("secrets/file", 3, 0, ["Bash: cat .env", "Bash: head .env"]),
        ("git/push", 0, 1, ["Bash: git push"]),
    ]
    assert [(place["repository"], place["deny"], place["ask"]) for place in found["repositories"]] == [
        ("https://git.example/a", 2, 0),
        ("/work", 1, 0),
        ("https://git.example/b", 0, 1),
    ]


def test_what_was_really_blocked_is_told_apart(home, note):
    """A call that was blocked counts as such, beside what would have been."""
    note(DENY, "agentguard/own-files", "/home/ada/.config/agentguard/root.json", tool="Write", effect=DENY)
    found = reported(home, 3600)
    assert (found["would_deny"], found["denied"]) == (1, 1)
    assert found["rules"][0]["examples"] == ["Write: /home/ada/.config/agentguard/root.json"]


def test_only_the_time_that_is_asked_for_counts(home, note):
    """Older records do not count."""
    note(DENY, "secrets/file", "cat .env")
    assert reported(home, 60, now=time.time() + 3600)["calls"] == 0


def test_our_own_trial_calls_are_left_out_and_said(home, note):
    """The calls that quickstart sends are no work of the person's; they are counted apart."""
    note(DENY, "secrets/file", "cat ~/.ssh/id_ed25519", session=SESSION + "1")
    found = reported(home, 3600)
    assert (found["calls"], found["would_deny"], found["selftest"]) == (0, 0, 1)


def test_examples_hide_secrets_and_control_characters(home, note):
    """An example is one printable line of bounded length, redacted as it was recorded."""
    note(DENY, "rule/a", "curl -H 'Authorization: Bearer ghp_0123456789abcdefghijklmnopqrstuvwxyzAB' x")
    note(DENY, "rule/b", "echo \x1b[31m\nred" + "x" * 500)
    examples = {rule["rule"]: rule["examples"][0] for rule in reported(home, 3600)["rules"]}
    assert "ghp_" not in examples["rule/a"]
    assert examples["rule/b"].startswith("Bash: echo [31m redxxx")
    assert len(examples["rule/b"]) == 120


def test_a_damaged_line_is_counted_and_skips_nothing_else(home, note):
    """A line that cannot be read is said, and the rest still counts."""
    note(DENY, "secrets/file", "cat .env")
    with open(os.path.join(home.spool(os.getuid()), spool.CURRENT), "ab") as file:
        file.write(b"{}\n")
    found = reported(home, 3600)
    assert (found["calls"], found["unreadable"]) == (1, 1)


def test_people_are_told_apart(home, note):
    """By how much of their work would have been stopped; a rule says how many people it met."""
    note(DENY, "secrets/file", "cat .env", user="ada")
    note(ASK, "secrets/file", "cat .env", user="ada")
    note(DENY, "secrets/file", "cat .env", user="ben")
    note(DENY, "secrets/file", "cat .env", user="")
    found = reported(home, 3600)
    assert [("ada", 1, 1), ("(not known)", 1, 0), ("ben", 1, 0)] == [tuple(one.values()) for one in found["people"]]
    assert 3 == found["rules"][0]["people"]


def test_what_a_device_sends_cannot_break_the_report():
    """A collector hands out whatever devices have written; time and shape are looked at before anything counts."""
    when = report.Range("2026-05-01", "2026-05-02")
    bodies = [
        {},
        {"would": []},
        {"would": {}},
        {"would": "deny", "user": {"a": 1}, "would_rule": ["x"], "severity": 7},
        {"would": "ask", "user": "\x1b[31m" + "u" * 999, "effect": []},
    ]
    texts = [None, [], {"rows": [1, {"path": {}}], "repo": 5}, {"command": ["a", 0]}]
    seen = [show.Seen(body, text, received="2026-05-01T1") for body in [*bodies, "x", None] for text in texts]
    found = report.report(report.collected([*seen, show.Seen(bodies[3], {}, received="2026-05-03")]), when)
    assert (8, 4, 4) == (found["calls"], found["would_deny"], found["would_ask"])
    assert all(one["person"].isprintable() and len(one["person"]) <= 200 for one in found["people"])


def test_times():
    """Spans back from now, dates, and a clear error for anything else."""
    assert report.Range("1970-01-01T00:00:40.000Z", "1970-01-01T00:01:40.000Z") == report.span("60s", now=100)
    assert report.Range("2026-05-01T00:00:00.000Z", "2026-05-02T00:00:00.000Z") == report.span(
        "2026-05-01", "2026-05-02"
    )
    for text in ("", "7", "d", "-1d", "1.5h", "7 d", "9999999d", '1d" x:"'):
        with pytest.raises(UsageError, match="is no time"):
            report.span(text)
    with pytest.raises(UsageError, match="is after"):
        report.span("1d", "2d")
