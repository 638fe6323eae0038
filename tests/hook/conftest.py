"""A laptop with agentguard really installed and enrolled beneath a folder of its own, and the real hook process."""

import json
import os
import subprocess
from pathlib import Path

import pytest
import warm

ROOT = Path(__file__).parent.parent.parent
PAYLOADS = Path(__file__).parent / "payloads"
CLEAN = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}


def agentguard(*words, check=True):
    """Run one agentguard command and return the finished process."""
    done = warm.run(*words, cwd=ROOT)
    assert not check or done.returncode == 0, (words, done.returncode, done.stdout, done.stderr)
    return done


class Result:
    """What one hook process did."""

    def __init__(self, done):
        self.code = done.returncode
        self.stdout = done.stdout
        self.stderr = done.stderr.decode("utf-8", "replace")

    @property
    def reply(self):
        """The JSON on stdout, None for silence; anything else fails the test."""
        if not self.stdout:
            return None
        assert self.stdout.endswith(b"\n")
        assert self.stdout.count(b"\n") == 1
        assert self.stdout.isascii()
        return json.loads(self.stdout)

    @property
    def decision(self):
        """What the agent is told: "deny", "ask", "block" or "" for silence."""
        reply = self.reply or {}
        return reply.get("hookSpecificOutput", {}).get("permissionDecision") or reply.get("decision", "")

    @property
    def reason(self):
        reply = self.reply or {}
        return reply.get("hookSpecificOutput", {}).get("permissionDecisionReason", "")


class Laptop:
    """One installation beneath `home`."""

    def __init__(self, home, repository):
        self.home = home
        self.repository = repository
        self.state = home / ".local/state/agentguard"
        self.argv = json.loads(agentguard("hook-command", "--home", home).stdout)

    @property
    def seal(self):
        return self.state / "active.seal"

    @property
    def spool(self):
        return self.state / "spool" / str(os.getuid())

    def raw(self, data, *, env=None, before=(), **options):
        """Feed bytes to the hook and return what it did."""
        done = subprocess.run(
            [*before, *self.argv],
            input=data,
            capture_output=True,
            env={**CLEAN, **(env or {})},
            cwd=self.home,
            check=False,
            timeout=60,
            **options,
        )
        return Result(done)

    def call(self, tool, arguments, *, event="PreToolUse", cwd=None, env=None, **fields):
        """Ask about one tool call."""
        payload = {
            "session_id": "5b1d5f0e-3b0b-4f7e-9a53-0c6b0c5ad8aa",
            "transcript_path": "/nowhere",
            "cwd": str(cwd or self.home / "project"),
            "permission_mode": "default",
            "hook_event_name": event,
            "tool_name": tool,
            "tool_input": arguments,
            "tool_use_id": "toolu_1",
            **fields,
        }
        return self.raw(json.dumps(payload).encode(), env=env)

    def records(self):
        """The body of every record in the open segment of the spool, oldest first."""
        return [json.loads(line)["b"] for line in (self.spool / "current.ndjson").read_bytes().splitlines()]


def make_laptop(folder, *, bundle=ROOT / "bundles/baseline", background=False):
    """Publish a bundle into a folder, enrol from it, install the hook.

    Without `background` no hook starts a sync, so that no process outlives its test.
    """
    repository, home = folder / "publisher", folder / "home"
    (home / "project" / "src").mkdir(parents=True)
    agentguard("bundle", "init", repository, "--solo", "--org", "acme", "--no-passphrase")
    agentguard("bundle", "publish", bundle, "--to", repository)
    root = repository / "repo" / "1.root.json"
    digest = __import__("hashlib").sha256(root.read_bytes()).hexdigest()
    agentguard("enroll", repository / "repo", "--root-sha256", digest, "--home", home)
    if not background:
        with (home / ".config/agentguard/agentguard.toml").open("a") as settings:
            settings.write("background = false\n")
        agentguard("sync", "--home", home)
    agentguard("install", "--user", "--home", home)
    return Laptop(home, repository)


@pytest.fixture(scope="session")
def laptop(tmp_path_factory):
    """A laptop under the shipped baseline. Shared: a test that damages something must mend it."""
    return make_laptop(tmp_path_factory.mktemp("laptop"))


@pytest.fixture(scope="module")
def project_only(tmp_path_factory):
    """A laptop whose policy has no scratch folders: whatever is outside the project is asked about."""
    return make_laptop(tmp_path_factory.mktemp("project-only"), bundle=Path(__file__).parent / "policy")


@pytest.fixture
def laptop_with(tmp_path):
    """A function that makes a laptop under a policy whose bundle.toml is this text."""

    def made(text):
        (tmp_path / "policy").mkdir()
        (tmp_path / "policy" / "bundle.toml").write_text(text)
        return make_laptop(tmp_path / "laptop", bundle=tmp_path / "policy")

    return made
