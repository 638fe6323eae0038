"""Every line of the page on exit codes happens: the command is typed and the process ends as the line says."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from agentguard.deploy import events, plan
from agentguard.errors import COULD_NOT, DONE, INTERRUPTED, NO, USAGE
from agentguard.hook.adapters.claude_code import TOOL

ROOT = Path(__file__).parent.parent.parent
PAGE = (ROOT / "docs" / "exit-codes.md").read_text(encoding="utf-8")
ROWS = [(name, int(code)) for name, code in re.findall(r"(?m)^\| `agentguard ([^`]+)` \| (\d+) \|", PAGE)]
# Where a line is proved that needs a whole installation or a server.
ELSEWHERE = {
    ("doctor", DONE): ("tests/deploy/test_deploy_doctor.py", "test_the_command_line_says_all_of_it"),
    ("quickstart", DONE): ("tests/test_readme.py", "test_setup_and_personal_commands_work_in_the_order_of_the_page"),
    ("bundle sign", DONE): ("tests/bundle/test_bundle_cli.py", "test_a_policy_goes_round_as_a_file"),
    ("bundle sign", COULD_NOT): ("tests/bundle/test_bundle_cli.py", "test_a_policy_goes_round_as_a_file"),
    ("bundle sign", NO): ("tests/bundle/test_bundle_cli.py", "test_what_is_weaker_is_signed_by_who_says_so"),
    ("bundle refresh", NO): (
        "tests/bundle/test_bundle_cli.py",
        "test_what_expires_soon_is_an_answer_for_a_build_server",
    ),
    ("collector serve", DONE): ("tests/test_readme.py", "test_team_commands_work_together"),
    ("collector serve", COULD_NOT): (
        "tests/collector/test_collector_server.py",
        "test_two_collectors_cannot_share_an_address",
    ),
}
FAILING = (
    '\n[[case]]\nname = "it is let through"\ntool = "Write"\ninput = { file_path = "/w/ops/a" }\nexpect = "allow"\n'
)
PASSING = FAILING.replace("allow", "deny")


@pytest.fixture(scope="module")
def folder(laptop, tmp_path_factory):
    """What the commands below name."""
    made = tmp_path_factory.mktemp("named")
    (made / "deploy.toml").write_text(
        plan.template()
        .replace("publisher/repo/1.root.json", f"{laptop.repo}/1.root.json")
        .replace("https://policy.acme.example/bundle", laptop.repo)
    )
    (made / "mistaken.toml").write_text("schema = 1\n")
    (made / "proof.json").write_text('{"healthy": false, "findings": []}')
    groups = events.groups(
        ["/usr/bin/python3", "-I", "-S", "/opt/agentguard/hook.py"], enforce=True, records=events.OUTCOMES
    )
    settings = {"requiredMinimumVersion": "2.1.295", "hooks": {event: [group] for event, group in groups.items()}}
    (made / "good.json").write_text(json.dumps(settings))
    (made / "bad.json").write_text('{"disableAllHooks": true}')
    for name, tests in (("passing", PASSING), ("failing", FAILING), ("broken", "case = 1")):
        (made / name / "tests").mkdir(parents=True)
        (made / name / "bundle.toml").write_text((laptop.policy / "bundle.toml").read_text())
        (made / name / "tests" / "ops.toml").write_text(tests)
    (made / "weak").mkdir()
    (made / "weak" / "bundle.toml").write_text('schema = 1\nname = "tiny"\n')
    (made / "wrong").mkdir()
    (made / "wrong" / "bundle.toml").write_text("schema = 1\n")
    call = {
        "hook_event_name": TOOL,
        "cwd": "/w",
        "tool_name": "Write",
        "tool_input": {"file_path": "/w/ops/a", "content": ""},
    }
    (made / "call.ndjson").write_text(json.dumps(call) + "\n")
    (made / "unreadable.ndjson").write_text(json.dumps(call) + "\n{\n")
    return made


# What is typed for each line; {…} are places of the laptop and of the folder above.
TYPED = {
    ("status", DONE): "status --home {home}",
    ("status", NO): "status --home {folder}/nobody",
    ("doctor", NO): "doctor --home {folder}/nobody",
    ("sync", DONE): "sync --home {home}",
    ("sync", COULD_NOT): "sync --from {folder}/nothing --home {home}",
    ("enroll", DONE): "enroll {repo} --root-sha256 {sha256} --home {folder}/new",
    ("enroll", COULD_NOT): "enroll {folder}/nothing --root-sha256 {sha256} --home {folder}/other",
    ("enroll", NO): "enroll {repo} --root-sha256 {zeros} --home {home}",
    ("enforce", COULD_NOT): "enforce --home {home}",
    ("deploy render", DONE): "deploy render --target linux --config {folder}/deploy.toml --output {folder}/out",
    ("deploy render", COULD_NOT): "deploy render --target linux --config {folder}/mistaken.toml --output {folder}/out",
    (
        "deploy render",
        NO,
    ): "deploy render --target linux --config {folder}/deploy.toml --output {folder}/out --phase enforce "
    "--proof {folder}/proof.json",
    ("deploy lint", DONE): "deploy lint {folder}/good.json",
    ("deploy lint", NO): "deploy lint {folder}/bad.json",
    ("policy check", DONE): "policy check {folder}/passing",
    ("policy check", COULD_NOT): "policy check {folder}/wrong",
    ("policy test", DONE): "policy test {folder}/passing",
    ("policy test", COULD_NOT): "policy test {folder}/broken",
    ("policy test", NO): "policy test {folder}/failing",
    ("policy explain", DONE): "policy explain {folder}/call.ndjson --bundle {folder}/passing",
    ("policy explain", NO): "policy explain {folder}/call.ndjson --bundle {folder}/passing --exit-code",
    ("policy diff", DONE): "policy diff {folder}/passing {folder}/weak",
    ("policy diff", NO): "policy diff {folder}/passing {folder}/weak --exit-code",
    ("policy replay", DONE): "policy replay {folder}/call.ndjson --bundle {folder}/passing",
    ("policy replay", COULD_NOT): "policy replay {folder}/unreadable.ndjson --bundle {folder}/passing",
    ("policy replay", NO): "policy replay {folder}/call.ndjson --bundle {folder}/passing --max-new-denials 0",
    ("bundle publish", DONE): "bundle publish {folder}/passing --to {publisher}",
    ("bundle publish", COULD_NOT): "bundle publish {folder}/wrong --to {publisher}",
    ("bundle publish", NO): "bundle publish {folder}/weak --to {publisher}",
    ("bundle refresh", DONE): "bundle refresh --to {publisher}",
    ("bundle verify", DONE): "bundle verify {repo}",
    ("bundle verify", NO): "bundle verify {repo} --root {folder}/mistaken.toml",
    ("audit verify", DONE): "audit verify --home {home}",
    ("audit verify", NO): "audit verify --home {torn}",
    ("audit show", DONE): "audit show {id} --home {home}",
    ("audit show", NO): "audit show 0000000000000000 --home {home}",
    ("exception request", DONE): "exception request {id} --home {home}",
    ("exception request", NO): "exception request 0000000000000000 --home {home}",
}


@pytest.fixture(scope="module")
def torn(laptop, tmp_path_factory):
    """A home with the laptop's records, of which the first decision is cut out."""
    home = tmp_path_factory.mktemp("torn")
    lines = Path(laptop.here.spool(os.getuid()), "current.ndjson").read_bytes().splitlines(keepends=True)
    spool = home / os.path.relpath(laptop.here.spool(os.getuid()), laptop.home)
    spool.mkdir(parents=True)
    (spool / "current.ndjson").write_bytes(b"".join([lines[0], *lines[2:]]))
    return home


@pytest.mark.parametrize("row", [row for row in ROWS if row not in ELSEWHERE], ids=lambda row: f"{row[0]} {row[1]}")
def test_a_command_ends_as_the_page_says(row, laptop, folder, torn, run, capsys):
    """In this process, up to the exit of the real entry point."""
    places = {"home": laptop.home, "repo": laptop.repo, "publisher": laptop.publisher, "sha256": laptop.sha256}
    line = TYPED[row].format(**places, id=laptop.id, folder=folder, torn=torn, zeros="0" * 64)
    assert row[1] == run(*line.split()), capsys.readouterr()


def test_every_line_is_typed_or_proved_elsewhere():
    """And nothing is typed that no line of the page says."""
    assert sorted(ROWS) == sorted([*TYPED, *ELSEWHERE])
    for path, name in ELSEWHERE.values():
        assert f"def {name}(" in (ROOT / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("words", [["nothing"], ["status", "--nothing"], ["policy", "explain"], ["install"]])
def test_what_makes_no_sense_is_usage(words, run, capsys):
    """Whether click finds it or we do; the next step is told."""
    assert USAGE == run(*words)
    assert capsys.readouterr().err


HOOK = [sys.executable, "-m", "agentguard", "hook"]


def test_the_hook_denies_what_it_cannot_read():
    """The line of the page for input that is none; the others are in tests/hook."""
    done = subprocess.run(
        HOOK, input=b"{", capture_output=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert (2, b"deny") == (done.returncode, re.search(rb'"permissionDecision":"(\w+)"', done.stdout)[1])
    assert {"0", "2"} == set(
        re.findall(r"(?m)^\| (\d+) \|", PAGE.partition("## The hook")[2].partition("## Commands")[0])
    )


def test_who_interrupts_a_command_gets_130(tmp_path):
    """The signal comes while it waits for its input: opening the other end of a FIFO shows that it has come so far."""
    os.mkfifo(tmp_path / "settings")
    heard = ["env", "--default-signal=INT"]  # what runs in the background inherits that nobody listens
    command = [*heard, sys.executable, "-m", "agentguard", "deploy", "lint", str(tmp_path / "settings")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, env={**os.environ, "PYTHONPATH": str(ROOT)}) as process:
        with open(tmp_path / "settings", "wb"):
            process.send_signal(signal.SIGINT)
            assert INTERRUPTED == process.wait()
        assert process.stderr.read().endswith(b"interrupted\n")
