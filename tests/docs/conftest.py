"""A laptop on which a call was denied, and a way to type commands that ends as a process would."""

import json
import os
import time

import pytest

from agentguard import jsontext, places
from agentguard.access.world import MemoryDisk
from agentguard.audit import redact, spool
from agentguard.bundle import publish, publisher, seal
from agentguard.cli import main as command_line
from agentguard.hook import decide
from agentguard.hook.state import State
from agentguard.policy import wire
from agentguard.policy.compile import compile_folder
from agentguard.sync.enroll import enroll

POLICY = """
schema = 1
name = "tiny"
[exceptions]
max_days = 3
[[rule]]
id = "write/ops"
effect = "deny"
action = "write"
path = ["**/ops/**"]
reason = "no"
[[rule]]
id = "write/never"
effect = "deny"
action = "write"
path = ["**/never/**"]
severity = "critical"
"""


class Laptop:
    """An enrolled laptop. `id`: the record of a denial that may be lifted, `fixed`: of one that may not be."""

    def __init__(self, folder):
        self.folder = folder
        self.policy = folder / "tiny"
        self.policy.mkdir()
        (self.policy / "bundle.toml").write_text(POLICY)
        self.publisher = str(folder / "publisher")
        self.sha256 = publish.init(self.publisher, "acme", solo=True)
        policy = wire.pack(jsontext.loads(compile_folder(str(self.policy))))
        publish.release(publisher.read(self.publisher), policy)
        self.repo = os.path.join(self.publisher, "repo")
        self.home = str(folder / "home")
        self.here = places.personal(self.home)
        nowhere = places.Places(places.MANAGED, *[str(folder / "none")] * 3)
        enroll(self.here, self.repo, self.sha256, system=nowhere)
        self.id, self.fixed = self.denied("/w/ops/a"), self.denied("/w/never/a")

    def denied(self, path):
        """Have the hook deny a write; return the id of its record."""
        active = seal.load_active(self.here, time.time())
        own = self.here.spool(os.getuid())
        told = State(
            places=self.here, active=active, disk=MemoryDisk({"/w": None, "/w/ops": None, "/w/never": None}), home="/w/home",
            user=places.account_name(), spool=own, now=time.time(),
        )  # fmt: skip
        call = {
            "hook_event_name": "PreToolUse", "session_id": "s", "cwd": "/w", "permission_mode": "default",
            "tool_name": "Write", "tool_input": {"file_path": path, "content": "x"},
        }  # fmt: skip
        outcome = decide.decide(json.dumps(call).encode(), told, redact.Redactor(b"key"))
        assert "deny" == outcome.effect
        spool.append(own, outcome.body, outcome.texts)
        return outcome.body["id"]


@pytest.fixture(scope="module")
def laptop(tmp_path_factory):
    return Laptop(tmp_path_factory.mktemp("laptop"))


@pytest.fixture
def run(monkeypatch):
    """Return a function that types a command: the exit code of the process."""

    def typed(*words):
        monkeypatch.setattr("sys.argv", ["agentguard", *map(str, words)])
        with pytest.raises(SystemExit) as ended:
            command_line.main()
        return ended.value.code or 0

    return typed
