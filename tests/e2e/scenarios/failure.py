"""With managed settings as we render them, a hook that crashes, hangs or is missing blocks the call.

What is broken is the installation that the real managed settings name: its stub, its interpreter. Only the time limit
is shortened where a scenario waits for it.
"""

from __future__ import annotations

import os
from functools import partial
from typing import Any

from e2e.lab import Lab, expect
from e2e.managed import SEAL, change_hook, hook_stub, install_recorder
from e2e.marks import bash, prepare
from e2e.scenario import NO_INSTALL, Scenario


def _blocked(lab: Lab, *, called: bool = True) -> None:
    prepare(lab)
    run = lab.run([bash("touch ran.txt")])
    happened = lab.text("ran.txt") is not None
    calls = [call for call in lab.recorded() if call.get("hook_event_name") == "PreToolUse"]
    expect(bool(calls) == called, f"the broken hook was {'not ' if called else ''}started")
    expect(not happened, "the call ran though its hook had failed")
    expect(run.only("Bash").is_error, f"the model was told that the call ran: {run.only('Bash').text[:200]!r}")


def _broken(lab: Lab, **orders: Any) -> None:
    """Put a stub in place that starts and then fails in some way."""
    lab.recorder(hook_stub(), **orders)
    _blocked(lab)


def _hanging(lab: Lab) -> None:
    lab.recorder(hook_stub(), sleep=30)
    change_hook(timeout=2)
    _blocked(lab)


def _no_stub(lab: Lab) -> None:
    """Remove the stub: its interpreter then ends with exit code 2, which blocks the prompt already."""
    os.unlink(hook_stub())
    prepare(lab)
    run = lab.run([bash("touch ran.txt")])
    expect(lab.text("ran.txt") is None, "the call ran though its hook was missing")
    expect(not run.requests, "the prompt was sent to the model though its hook was missing")


def _no_interpreter(lab: Lab) -> None:
    change_hook(command="/opt/agentguard/gone/python3")
    _blocked(lab, called=False)


def _not_executable(lab: Lab) -> None:
    change_hook(command=hook_stub())
    _blocked(lab, called=False)


def _damaged_seal(lab: Lab) -> None:
    """Change one byte of the policy in force."""
    with open(SEAL, "r+b") as seal:
        data = seal.read()
        seal.seek(data.index(b"E2E-COMMAND"))
        seal.write(b"X")
    prepare(lab)
    run = lab.run([bash("touch ran.txt")])
    expect(lab.text("ran.txt") is None, "a call that changes something ran under a damaged seal")
    expect("agentguard" in run.only("Bash").text.lower(), f"no reason was given: {run.only('Bash').text[:300]!r}")


def _no_seal(lab: Lab) -> None:
    os.unlink(SEAL)
    prepare(lab)
    lab.run([bash("touch ran.txt")])
    expect(lab.text("ran.txt") is None, "a call that changes something ran under -p without any seal")


def _lets_run(lab: Lab) -> None:
    """Show that it is `onFailure` that blocks: without it the same crash lets the call run."""
    install_recorder(lab, exit=1)
    prepare(lab)
    lab.run([bash("touch ran.txt")])
    expect(lab.recorded(), "the hook was not started")
    expect(lab.text("ran.txt") is not None, "the call did not run, so the other scenarios of this file prove nothing")


def _scenario(name: str, says: str, **orders: Any) -> Scenario:
    return Scenario(f"failure/{name}", f"a hook that {says} blocks the call", partial(_broken, **orders))


SCENARIOS = (
    _scenario("exit-1", "ends with exit code 1", exit=1),
    _scenario("exit-3", "ends with exit code 3", exit=3),
    _scenario("killed", "is killed (SIGKILL)", signal=9),
    _scenario("crashed", "crashes (SIGSEGV)", signal=11),
    Scenario("failure/hanging", "a hook that hangs (time limit 2 s) blocks the call", _hanging),
    Scenario("failure/no-stub", "a hook whose file is missing blocks the session", _no_stub),
    Scenario("failure/no-interpreter", "a hook whose interpreter is missing blocks the call", _no_interpreter),
    Scenario("failure/not-executable", "a hook that may not be executed blocks the call", _not_executable),
    Scenario(
        "failure/damaged-seal",
        "one changed byte in the seal blocks a call that changes something",
        _damaged_seal,
    ),
    Scenario("failure/no-seal", "without a seal a call that changes something is blocked under -p", _no_seal),
    Scenario(
        "failure/control",
        "without onFailure the same crash lets the call run: it is the setting that blocks",
        _lets_run,
        NO_INSTALL,
    ),
)
