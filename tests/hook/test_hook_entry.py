"""`agentguard hook`: the same hook, started by name, with this machine's own places."""

import json
import os
import pwd
import subprocess
import sys

import pytest

HOME = pwd.getpwuid(os.getuid()).pw_dir
PAYLOAD = {
    "session_id": "s",
    "cwd": "/nowhere/project",
    "hook_event_name": "PreToolUse",
    "tool_input": {"file_path": "/nowhere/project/.env"},
    "tool_name": "Read",
}


@pytest.fixture
def in_a_home_of_its_own(tmp_path):
    """A function that runs a command with an overlay over this account's home, so that nothing there is changed."""

    def run(*argv, payload=PAYLOAD, environ=None):
        (tmp_path / "layers").mkdir(exist_ok=True)
        layers = f"mount -t tmpfs none {tmp_path}/layers && mkdir {tmp_path}/layers/up {tmp_path}/layers/work"
        options = f"lowerdir={HOME},upperdir={tmp_path}/layers/up,workdir={tmp_path}/layers/work"
        script = f'{layers} && mount -t overlay -o {options} none {HOME} && exec "$0" "$@"'
        user = [] if os.getuid() == 0 else ["-U", "-r"]
        before = ["unshare", *user, "-m", "--propagation", "private", "sh", "-c", script]
        return subprocess.run(
            [*before, sys.executable, "-m", "agentguard", *argv],
            input=json.dumps(payload),
            capture_output=True,
            text=True,
            env={"PATH": os.environ["PATH"], **(environ or {})},
            cwd=tmp_path,
            check=False,
        )

    return run


@pytest.mark.namespace
def test_without_a_bundle_the_fallback_policy_decides(in_a_home_of_its_own):
    """Nothing is enrolled: the shipped baseline inside the program still denies what it denies."""
    done = in_a_home_of_its_own("hook")
    assert 2 == done.returncode
    reply = json.loads(done.stdout)
    assert "secrets/file" in reply["hookSpecificOutput"]["permissionDecisionReason"]
    assert "(fallback r0)" in reply["systemMessage"]


@pytest.mark.namespace
def test_unknown_arguments_never_block_a_whole_fleet(in_a_home_of_its_own):
    """A usage error would exit 2 on every call; the hook has no usage to get wrong."""
    payload = {**PAYLOAD, "tool_input": {"file_path": "/nowhere/project/a.txt"}}
    done = in_a_home_of_its_own("hook", "--no-such-option", "x", payload=payload)
    assert (0, "") == (done.returncode, done.stdout)


@pytest.mark.namespace
def test_no_variable_weakens_the_verdict(in_a_home_of_its_own, tmp_path):
    """HOME, XDG and made-up switches of ours are not read."""
    names = ("HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "TMPDIR", "CLAUDE_CONFIG_DIR", "CLAUDE_PROJECT_DIR")
    environ = {name: str(tmp_path) for name in names}
    environ |= {"AGENTGUARD_MODE": "observe", "AGENTGUARD_DISABLE": "1", "CLAUDE_CODE_SIMPLE": "1"}
    done = in_a_home_of_its_own("hook", environ=environ)
    assert 2 == done.returncode
    assert not (tmp_path / "agentguard").exists()
