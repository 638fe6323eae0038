"""A personal install, made by `agentguard quickstart` as the person herself, works with the real client.

Its policy is the shipped one, so what the model goes for is what any sensible policy denies: a file of credentials.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence

from agentguard import places
from e2e import box
from e2e.lab import Lab, expect
from e2e.mock_api import use
from e2e.records import decisions, verify
from e2e.scenario import NO_INSTALL, Scenario

_KEY = "E2E-NOT-A-PRIVATE-KEY"


_CHECKOUT = (sys.executable, "-m", "agentguard")


def _agentguard(lab: Lab, command: Sequence[str], *arguments: str) -> str:
    """Run a command of agentguard's as the client's user; return what it said. `command`: how it is started."""
    done = subprocess.run(
        [*command, *arguments],
        env={"PATH": "/usr/bin:/bin", "HOME": lab.home, "LANG": "C.UTF-8", "PYTHONDONTWRITEBYTECODE": "1"},
        cwd=lab.home,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        user=box.UID,
        group=box.UID,
        extra_groups=[],
    )
    said = done.stdout + done.stderr
    expect(done.returncode == 0, f"agentguard {' '.join(arguments)} ended with {done.returncode}: {said[-1500:]}")
    return said


def quickstart(lab: Lab, command: Sequence[str] = _CHECKOUT) -> None:
    """Go the whole way of one person. `command`: how agentguard is started."""
    where = places.personal(lab.home)
    lab.settings(permissions={"allow": ["Bash", "Read"]}, theme="dark")
    settings = os.path.join(lab.home, ".claude", "settings.json")
    before = lab.text(settings)
    key = lab.seed(os.path.join(lab.home, ".ssh", "id_ed25519"), _KEY)
    turn = [use("Read", file_path=key)]

    _agentguard(lab, command, "quickstart")
    observed = lab.run(turn)
    expect(_KEY in observed.heard, "a call was held up while observing")
    expect(decisions("Read", where)[-1]["would"] == "deny", "the record does not say that it would have been denied")

    _agentguard(lab, command, "enforce")
    enforced = lab.run(turn)
    expect(_KEY not in enforced.heard, "the call was not held up while enforcing")
    expect("agentguard" in enforced.only("Read").text or "policy" in enforced.only("Read").text, "no reason was given")
    expect(decisions("Read", where)[-1]["effect"] == "deny", "the record does not say that it was denied")
    verify(lab, where)

    _agentguard(lab, command, "uninstall", "--user")
    expect(lab.text(settings) == before, "the person's settings are not as they were before")
    free = lab.run(turn)
    expect(_KEY in free.heard, "a call was held up after uninstalling")


SCENARIOS = (
    Scenario(
        "personal/quickstart",
        "quickstart observes, enforce blocks, uninstall gives the settings back byte for byte",
        quickstart,
        NO_INSTALL,
    ),
)
