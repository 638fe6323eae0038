"""What the audit log says, read as plain JSON lines, and verified by the installed agentguard itself."""

from __future__ import annotations

import json
import os
import subprocess
from typing import Any

from agentguard import places
from agentguard.deploy import install
from e2e import box
from e2e.lab import Lab, NotProved, expect


def records(where: places.Places | None = None) -> list[dict[str, Any]]:
    """Return the bodies of all records of the client's user, oldest first."""
    folder = (where or places.managed()).spool(box.UID)
    if not os.path.isdir(folder):
        raise NotProved(f"there is no audit log in {folder}")
    found = []
    for name in os.listdir(folder):
        if name.endswith(".ndjson"):
            with open(os.path.join(folder, name), encoding="ascii") as stream:
                found += [json.loads(line)["b"] for line in stream]
    return sorted(found, key=lambda body: int(body["seq"]))


def decisions(tool: str = "", where: places.Places | None = None, *, event: str = "PreToolUse") -> list[dict[str, Any]]:
    """Return the records of decisions about tool calls (or prompts), perhaps of one tool only, oldest first."""
    return [
        body
        for body in records(where)
        if body["kind"] == "decision" and body["event"] == event and tool in ("", body["tool"])
    ]


def decision(tool: str = "", where: places.Places | None = None, *, event: str = "PreToolUse") -> dict[str, Any]:
    """Return the record of the one decision there is. Raises `NotProved` if there is none, or more."""
    found = decisions(tool, where, event=event)
    expect(len(found) == 1, f"{len(found)} records of decisions, not 1; all: {[_brief(one) for one in records(where)]}")
    return found[0]


def _brief(body: dict[str, Any]) -> str:
    return " ".join(str(body.get(key, "")) for key in ("kind", "event", "tool", "effect")).strip()


def _audit(lab: Lab, where: places.Places, *words: str) -> subprocess.CompletedProcess[str]:
    """Run `audit` of the installed agentguard, as the client's user."""
    return subprocess.run(
        [*install.cli_command(where), "audit", *words],
        env={"PATH": "/usr/bin:/bin", "HOME": lab.home, "LANG": "C.UTF-8"},
        cwd=lab.home,
        capture_output=True,
        text=True,
        check=False,
        user=box.UID,
        group=box.UID,
        extra_groups=[],
    )


def shown(lab: Lab, record: dict[str, Any]) -> dict[str, Any]:
    """Return everything about a record, as the installed agentguard tells it."""
    done = _audit(lab, places.managed(), "show", record["id"], "--json")
    expect(done.returncode == 0, f"agentguard audit show: exit {done.returncode}: {done.stderr[-400:]}")
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def ended(lab: Lab, record: dict[str, Any]) -> str:
    """Return how the call of a decision ended."""
    return str(shown(lab, record)["ended"]["word"])


def verify(lab: Lab, where: places.Places | None = None) -> None:
    """Let the installed agentguard verify the log, as the client's user. Raises `NotProved` if it finds a break."""
    where = where or places.managed()
    done = _audit(lab, where, "verify")
    expect(
        done.returncode == 0, f"agentguard audit verify: exit {done.returncode}: {(done.stdout + done.stderr)[-400:]}"
    )
    numbers = [body["seq"] for body in records(where)]
    expect(numbers == list(range(numbers[0], numbers[0] + len(numbers))), f"the records are numbered {numbers}")
