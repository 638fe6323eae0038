"""What a scenario does to a machine: install and remove packages, and ask the hook as the client's user."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Mapping
from typing import Any

from e2e import box, managed
from e2e.lab import Lab, expect

from agentguard import places
from agentguard.deploy import packaged

WHERE = places.managed()
LAUNCHER = packaged.launcher(WHERE)
# What scripts/e2e-package makes: two revisions, one with settings and policy of an organisation, one with its own Python.
FIRST, SECOND, ORGANISATION, OWN_PYTHON = managed.FIRST, "second.deb", "organisation.deb", "own-python.deb"
PERSON = "person/bin/agentguard"  # and an environment that has the wheel
DENIED, ALLOWED = ("Bash", {"command": "touch denied.txt"}), ("Bash", {"command": "touch fine.txt"})
REASON = "E2E-COMMAND"


def dpkg(*words: str) -> str:
    """Run dpkg; return what it said. Raises RuntimeError if it fails."""
    return managed.run_command("dpkg", *words)


def install(name: str) -> str:
    """Install one of the packages."""
    return dpkg("--install", managed.package(name))


def refused(*words: str) -> str:
    """Run dpkg, which must fail; return what it said."""
    done = managed.attempt("dpkg", *words)
    expect(done.returncode != 0, f"dpkg {' '.join(words)} did what it should refuse")
    return done.stdout + done.stderr


def payload(lab: Lab, tool: str, arguments: Mapping[str, str]) -> bytes:
    """Return what the client writes to a hook before a tool call."""
    call = {"session_id": "s", "cwd": lab.work, "permission_mode": "default", "hook_event_name": "PreToolUse"}
    return json.dumps({**call, "tool_name": tool, "tool_input": arguments, "tool_use_id": "t"}).encode()


def ask(
    lab: Lab, call: tuple[str, Mapping[str, str]], *arguments: str, env: Mapping[str, str] | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Start the launcher as the client's user and hand it a call."""
    return subprocess.run(
        [LAUNCHER, *arguments],
        input=payload(lab, *call),
        env=dict(env or {}),
        cwd=lab.work,
        capture_output=True,
        check=False,
        user=box.UID,
        group=box.UID,
        extra_groups=[],
    )


def fault(done: subprocess.CompletedProcess[bytes], call: tuple[str, Mapping[str, str]]) -> str:
    """Return what is wrong with an answer to DENIED or ALLOWED under the scenarios' policy, "" if it is right."""
    if call is ALLOWED:
        right = (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    else:
        right = done.returncode == 2 and b'"deny"' in done.stdout and REASON.encode() in done.stdout
    return "" if right else f"{done.returncode}, {done.stdout[-200:]!r}, {done.stderr[-200:]!r}"


def in_force(lab: Lab) -> None:
    """Expect the right answer to a denied and to an allowed call."""
    for call in (DENIED, ALLOWED):
        wrong = fault(ask(lab, call), call)
        expect(not wrong, f"the answer to {call[1]['command']} was {wrong}")


def current() -> str:
    """Return the name of the version in force, "" where there is none."""
    return os.path.basename(packaged.folder(WHERE))


def drop_in() -> dict[str, Any]:
    """Return the managed settings that the package has placed."""
    with open(managed.DROP_IN, encoding="utf-8") as stream:
        value: dict[str, Any] = json.load(stream)
    return value
