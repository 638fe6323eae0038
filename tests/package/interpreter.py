"""The system's Python is taken away or changed under the package, and a package that brings its own."""

from __future__ import annotations

import os
from collections.abc import Callable

from e2e import managed
from e2e.lab import Lab, expect
from e2e.marks import bash, prepare
from e2e.scenario import NO_INSTALL, Scenario

from package import machine

_SYSTEM = os.path.realpath("/usr/bin/python3")
_MENDS = f"apt-get install --reinstall {os.path.basename(_SYSTEM)} agentguard"


def _remove() -> None:
    os.unlink(_SYSTEM)


def _replace() -> None:
    """Put a Python in its place that cannot start, as after an upgrade that was not finished."""
    os.unlink(_SYSTEM)
    with open(_SYSTEM, "w", encoding="utf-8") as stream:
        stream.write("#!/bin/sh\necho 'Fatal Python error: no module named encodings' >&2\nexit 1\n")
    os.chmod(_SYSTEM, 0o755)


def _blocked(change: Callable[[], None]) -> Callable[[Lab], None]:
    def proof(lab: Lab) -> None:
        machine.in_force(lab)
        change()
        done = machine.ask(lab, machine.ALLOWED)
        said = done.stderr.decode()
        expect(done.returncode == 2, f"the hook ended with {done.returncode}")
        expect(said.count("agentguard: ") == 1 and "blocked" in said, f"it says {said!r}")
        expect(_MENDS in said, f"it does not say what mends it: {said!r}")
        observing = machine.ask(lab, machine.ALLOWED, "observe")
        expect(observing.returncode == 0, "while observing it holds a call up")
        prepare(lab)
        run = lab.run([bash("touch ran.txt")])
        expect(lab.text("ran.txt") is None, "the call ran")
        expect(not run.requests, "the prompt was sent to the model")

    return proof


def _own(lab: Lab) -> None:
    """Install a package with an interpreter of its own on a machine that has none."""
    machine.install(machine.ORGANISATION)  # for policy and configuration, which stay
    machine.install(machine.OWN_PYTHON)
    _remove()
    machine.in_force(lab)
    prepare(lab)
    run = lab.run([bash("touch denied.txt")], [bash("touch fine.txt")])
    expect(machine.REASON in run.results[0].text, f"the model was told {run.results[0].text[:300]!r}")
    expect((lab.text("denied.txt"), lab.text("fine.txt")) == (None, ""), "not just the allowed call happened")
    said = managed.run_command("dpkg-query", "--show", "--showformat=${Depends}", "agentguard")
    expect("python" not in said, f"it depends on {said}")


SCENARIOS = (
    Scenario("package/python-removed", "without the system's Python every call is blocked", _blocked(_remove)),
    Scenario("package/python-changed", "so it is with a Python that cannot start", _blocked(_replace)),
    Scenario("package/own-python", "a package with its own Python needs none of the system's", _own, NO_INSTALL),
)
