"""Pages of docs/ about policies, run as they stand: files are written, commands called, their output compared."""

import hashlib
import json
import os
import re
import shlex
import time
from pathlib import Path

import pages
import pytest

from agentguard import places
from agentguard.access.world import RealDisk
from agentguard.audit import redact, spool
from agentguard.bundle import seal
from agentguard.hook import decide
from agentguard.hook.state import State

DOCS = Path(__file__).parent.parent.parent / "docs"
# Commands that act on a laptop: the page's is beneath a folder of the test.
LAPTOP = (
    "enroll",
    "sync",
    "report",
    "exception request",
    "exception install",
    "exception list",
    "policy explain --active",
)


class Reader:
    """Somebody who does what a page says, in the folder at hand. `names`: what a page calls things that are new each time."""

    def __init__(self):
        self.home = os.path.abspath("laptop")
        self.names = {}
        self.commands = 0

    def run(self, line):
        """Return what a command prints, both streams in turn, as a terminal shows it."""
        for name, value in self.names.items():
            line = line.replace(name, value)
        line, _, target = line.partition(" > ")
        program, *arguments = shlex.split(line)
        assert "agentguard" == program
        if " ".join(arguments).startswith(LAPTOP) and "--to" not in arguments:
            arguments += ["--home", self.home]
        printed, data, talk = pages.typed(arguments)
        self.commands += 1
        if target:
            Path(target).write_text(data)
        return talk if target else printed

    def console(self, text):
        """Do what a block of commands shows."""
        for part in re.split(r"(?m)^\$ ", text)[1:]:
            line, _, shown = part.partition("\n")
            printed = self.run(line)
            self.learn("5b1d5f0e3b0b4f7e", r"(?m)^id       ([0-9a-f]{16})$", printed)
            for name, value in self.names.items():
                shown = shown.replace(name, value)
            assert pages.matches(shown, printed), (line, shown, printed)

    def learn(self, name, pattern, printed):
        """Note what a page means by an id."""
        if found := re.search(pattern, printed):
            self.names[name] = found[1]

    def denied(self, command, shown):
        """Have the hook judge a command; both answers must be as shown."""
        outcome = self.hook(command)
        answer = json.loads(outcome.answer.stdout)
        told = f"{answer['hookSpecificOutput']['permissionDecisionReason']}\n{answer['systemMessage']}\n"
        self.learn("76cf32621eb0cbb9", r"exception request ([0-9a-f]{16})$", answer["systemMessage"])
        for name, value in self.names.items():
            shown = shown.replace(name, value)
        assert pages.matches(shown, told), (shown, told)

    def allowed(self, command, _shown):
        """Have the hook judge a command, which an exception lets through."""
        outcome = self.hook(command)
        assert ("allow", "deny") == (outcome.effect, outcome.body["without"])

    def hook(self, command):
        here = places.personal(self.home)
        active = seal.load_active(here, time.time())
        told = State(
            places=here, active=active, disk=RealDisk(), home=self.home, user=places.account_name(),
            spool=here.spool(os.getuid()), now=time.time(),
        )  # fmt: skip
        call = {
            "hook_event_name": "PreToolUse", "session_id": "s", "cwd": os.getcwd(), "permission_mode": "default",
            "tool_name": "Bash", "tool_input": {"command": command},
        }  # fmt: skip
        outcome = decide.decide(json.dumps(call).encode(), told, redact.Redactor(b"key"))
        spool.append(here.spool(os.getuid()), outcome.body, outcome.texts)
        return outcome


@pytest.mark.parametrize(("page", "commands", "revisions"), [("policy-layers.md", 8, 2), ("policy-guide.md", 24, 3)])
def test_the_page_does_what_it_says(tmp_path, monkeypatch, page, commands, revisions):
    """From the first file to the last command, in order."""
    monkeypatch.chdir(tmp_path)
    reader = Reader()
    for kind, how, name, text in pages.BLOCK.findall((DOCS / page).read_text()):
        if kind == "console":
            reader.console(text)
        elif kind == "text":
            getattr(reader, how.strip())(name, text)
        else:
            pages.write(name, how.strip(), text)
        if Path("publisher/repo/1.root.json").exists():
            reader.names["HEX"] = hashlib.sha256(Path("publisher/repo/1.root.json").read_bytes()).hexdigest()
    assert (commands, revisions) == (reader.commands, Path("publisher/CHANGES.md").read_text().count("## "))
