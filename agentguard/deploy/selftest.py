"""Sends calls through the very command that stands in the agent's settings, and says what came of them.

Three calls: one that nobody minds, one that the baseline denies, and one that the built-in pack denies in every mode (a
write to agentguard's own files). Nothing is executed or written by them: a hook is only asked. What the hook answers is
read as the agent reads it, so "it would have been blocked" is what the agent would have done.
"""

from __future__ import annotations

import os
import secrets
import subprocess
from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard import jsontext
from agentguard.audit import reader
from agentguard.deploy import settings
from agentguard.errors import ConfigError
from agentguard.places import account_home
from agentguard.policy.model import ALLOW, ASK, DENY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentguard.places import Places

SESSION = "agentguard-selftest-"  # how the sessions of these calls begin, so that a report can leave them out
BROKEN = "broken"  # an answer that the agent takes for "go ahead" although the hook did not mean it

_OWN = "own files"
_EVENT = "PreToolUse"
_NEWEST = 500  # records among which ours are looked for; other sessions may be running
_TIMEOUT = 60  # seconds, where the settings name none


class Check(NamedTuple):
    """One call and what came of it.

    `name` and `call` say what was sent. `verdict` is what the agent would have done: allow, ask, deny or BROKEN.
    `would` and `rule` are what the record says, "" if there is none. `ok` says whether all of it is as it must be.
    """

    name: str
    call: str
    verdict: str
    would: str
    rule: str
    ok: bool


def run(
    places: Places,
    *,
    enforce: bool,
    baseline: bool = True,
    entry: dict[str, Any] | None = None,
    environment: Mapping[str, str] | None = None,
) -> list[Check]:
    """Send the three calls and return what came of them.

    `enforce`: whether the policy in force enforces; `baseline`: whether it is the shipped one. Of another policy it is
    only known that it must be recorded, and that the agent must do what the record says. `entry`: the hook as managed
    settings name it, else it is the person's; `environment`: variables that those settings set. Raises ConfigError if
    the settings do not start the hook.
    """
    argv, timeout = _command(places, entry)
    home = places.home or account_home()
    session = SESSION + secrets.token_hex(8)
    own = os.path.join(places.config, os.path.basename(places.anchor))
    # name, tool, its input, what the policy must say ("" where that is not known here)
    calls: tuple[tuple[str, str, dict[str, str], str], ...] = (
        ("harmless", "Bash", {"command": "echo hello"}, ALLOW if baseline else ""),
        ("hostile", "Bash", {"command": "cat ~/.ssh/id_ed25519"}, DENY if baseline else ""),
        (_OWN, "Write", {"file_path": own, "content": "{}"}, DENY),
    )
    verdicts = [
        _send(argv, _payload(home, session, name, tool, given), timeout, home, environment or {})
        for name, tool, given, _would in calls
    ]
    lines = reader.newest(places.spool(os.getuid()), _NEWEST)
    records = {line.body.get("tool_use_id"): line.body for line in lines if line.body.get("session") == session}
    checks = []
    for verdict, (name, tool, given, must) in zip(verdicts, calls, strict=True):
        record = records.get(_call_id(session, name), {})
        would, rule = str(record.get("would", "")), str(record.get("would_rule") or record.get("rule", ""))
        done = must if enforce or name == _OWN else ALLOW  # the built-in pack holds in every mode
        ok = (verdict, would) == (done, must) if must else verdict == record.get("effect")
        checks.append(Check(name, f"{tool}: {next(iter(given.values()))}", verdict, would, rule, ok))
    return checks


def _command(places: Places, entry: dict[str, Any] | None) -> tuple[list[str], float]:
    """Return the argv and the timeout (seconds) that stand in the settings."""
    entry = entry or settings.hook_entry(places, _EVENT)
    if entry is None:
        raise ConfigError(f"{settings.path_of(places)} does not start agentguard", hint="run `agentguard quickstart`")
    args = entry.get("args")
    if not isinstance(args, list):
        raise ConfigError(
            f"{settings.path_of(places)} starts agentguard through a shell, which other settings can replace",
            hint="run `agentguard quickstart` again",
        )
    timeout = entry.get("timeout")
    return [str(word) for word in (entry["command"], *args)], timeout if isinstance(timeout, (int, float)) else _TIMEOUT


def _call_id(session: str, name: str) -> str:
    return f"{session}-{name.replace(' ', '-')}"


def _payload(home: str, session: str, name: str, tool: str, given: dict[str, str]) -> bytes:
    """Return what the agent would write for this call."""
    return jsontext.canonical({
        "session_id": session,
        "transcript_path": os.path.join(home, ".claude", "projects", f"{session}.jsonl"),
        "cwd": home,
        "permission_mode": "default",
        "hook_event_name": _EVENT,
        "tool_name": tool,
        "tool_input": given,
        "tool_use_id": _call_id(session, name),
    })  # fmt: skip


def _send(argv: list[str], payload: bytes, timeout: float, cwd: str, environment: Mapping[str, str]) -> str:
    """Return what the agent would do after this hook has answered."""
    env = {**os.environ, **environment}
    try:
        done = subprocess.run(argv, input=payload, capture_output=True, timeout=timeout, cwd=cwd, env=env, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return BROKEN
    if done.returncode == 2:
        return DENY
    if done.returncode != 0:
        return BROKEN
    return _spoken(done.stdout) if done.stdout else ALLOW


def _spoken(stdout: bytes) -> str:
    """Return the effect that an answer on stdout asks for."""
    try:
        answer: Any = jsontext.loads(stdout)["hookSpecificOutput"]
        effect = answer["permissionDecision"] if answer["hookEventName"] == _EVENT else BROKEN
    except (jsontext.JsonError, KeyError, TypeError):
        return BROKEN
    return effect if effect in (ASK, DENY) else BROKEN
