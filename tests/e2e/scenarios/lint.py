"""What the lint calls measured is so on this client: the guard is silently off, or the client does not start.

The recorder hook denies every call. Each scenario changes one thing about managed settings that would block it; the lint
must find just that in the very bytes.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

from agentguard.deploy.lint import lint
from e2e.lab import Lab, expect
from e2e.managed import DROP_IN, write_settings
from e2e.marks import bash, prepare
from e2e.scenario import NO_INSTALL, Scenario

OFF, REFUSED = "off", "refused"
Settings = dict[str, Any]


def _settings(lab: Lab) -> Settings:
    """Return managed settings whose hook denies every call."""
    entry = {
        "type": "command",
        "command": sys.executable,
        "args": ["-I", "-S", lab.recorder(exit=2)],
        "timeout": 10,
        "onFailure": "block",
    }
    return {"requiredMinimumVersion": "2.1.295", "hooks": {"PreToolUse": [{"matcher": "*", "hooks": [entry]}]}}


def _entry(**changes: Any) -> Callable[[Settings], str]:
    def change(value: Settings) -> str:
        value["hooks"]["PreToolUse"][0]["hooks"][0].update(changes)
        return json.dumps(value)

    return change


def _group(**changes: Any) -> Callable[[Settings], str]:
    def change(value: Settings) -> str:
        value["hooks"]["PreToolUse"][0].update(changes)
        return json.dumps(value)

    return change


def _top(**changes: Any) -> Callable[[Settings], str]:
    return lambda value: json.dumps({**value, **changes})


def _event(value: Settings) -> str:
    return json.dumps({**value, "hooks": {"preToolUse": value["hooks"]["PreToolUse"]}})


def _twice(value: Settings) -> str:
    return json.dumps(value)[:-1] + ', "hooks": {}}'


def _alone(value: Settings) -> str:
    value["hooks"]["PreToolUse"][0]["hooks"][0]["type"] = "cmd"
    return json.dumps({"hooks": value["hooks"]})


def _broken(value: Settings) -> str:
    return json.dumps(value)[:-1] + ",}"


def _proof(lab: Lab, change: Callable[[Settings], str], code: str, outcome: str) -> None:
    text = change(_settings(lab))
    write_settings(text)
    prepare(lab)
    run = lab.run([bash("touch ran.txt")])
    if outcome == OFF:
        expect(lab.text("ran.txt") is not None, "the call was blocked all the same")
    else:
        expect(not run.requests, "the client started all the same")
        expect(run.exit_code != 0, "the client ended as if all were well")
    codes = {finding.code for finding in lint(DROP_IN, text.encode())[1]}
    expect(code in codes, f"the lint finds {sorted(codes)}, not {code}")


def _control(lab: Lab) -> None:
    write_settings(json.dumps(_settings(lab)))
    prepare(lab)
    lab.run([bash("touch ran.txt")])
    expect(lab.text("ran.txt") is None, "the call ran: the other scenarios prove nothing")


_CASES: tuple[tuple[str, str, str, Callable[[Settings], str]], ...] = (
    ("condition", "AL305", OFF, _entry(**{"if": "Read(*)"})),
    ("narrow-matcher", "AL303", OFF, _group(matcher="bash")),
    ("broken-matcher", "AL303", OFF, _group(matcher="(Bash")),
    ("async", "AL304", OFF, _entry(**{"async": True})),
    ("disable-all-hooks", "AL301", OFF, _top(disableAllHooks=True)),
    ("event", "AL306", OFF, _event),
    ("key-twice", "AL103", OFF, _twice),
    ("broken-json", "AL101", REFUSED, _broken),
    ("hook-type", "AL201", OFF, _entry(type="cmd")),
    ("on-failure", "AL202", OFF, _entry(onFailure="deny")),
    ("timeout", "AL203", OFF, _entry(timeout=0)),
    ("hook-type-alone", "AL201", REFUSED, _alone),
    ("maximum-version", "AL204", REFUSED, _top(requiredMaximumVersion="2.0.0")),
    ("policy-helper", "AL207", REFUSED, _top(policyHelper={"path": "/nonexistent"})),
)
_SAYS = {OFF: "switches the guard off", REFUSED: "keeps the client from starting"}

SCENARIOS = (
    Scenario("lint/control", "the settings that the others change block a call", _control, NO_INSTALL),
    *(
        Scenario(
            f"lint/{name}",
            f"{code} ({name}) {_SAYS[outcome]}, and the lint finds it",
            partial(_proof, change=change, code=code, outcome=outcome),
            NO_INSTALL,
        )
        for name, code, outcome, change in _CASES
    ),
)
