"""What the launcher closes: variables that load code into the hook's process, and clients that let failures pass.

Each attack is shown twice: where settings start the interpreter itself it works, where they start the launcher it does
not. The managed settings blank no variable here, so that nothing else can be what closes it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from functools import partial

from e2e import hostile, managed
from e2e.lab import Lab, expect
from e2e.marks import bash, prepare
from e2e.scenario import Scenario

from package import machine

_LIBRARY = "libexpat.so.1"  # Debian's Python is linked with it, and the client is not


def _plain_settings(*argv: str, **changes: object) -> None:
    """Let managed settings start this, and say nothing else: no variable is blanked, no failure blocks."""
    entry = {"type": "command", "command": argv[0], "args": list(argv[1:]), "timeout": 10, **changes}
    with open(managed.DROP_IN, "w", encoding="utf-8") as stream:
        json.dump({"hooks": {"PreToolUse": [{"matcher": "*", "hooks": [entry]}]}}, stream)


def _closed(lab: Lab, variable: str) -> None:
    prepare(lab)
    library = hostile.library(lab, _LIBRARY)
    value = os.path.dirname(library) if variable == "LD_LIBRARY_PATH" else library
    version = os.path.join(machine.WHERE.code, machine.current())

    _plain_settings(os.path.join(version, "bin", "python3"), "-I", "-S", os.path.join(version, "hook.py"))
    lab.run([bash("touch denied.txt")], env={variable: value})
    expect(lab.text("denied.txt") is not None, f"{variable} did not get round the interpreter: this proves nothing")

    os.unlink(os.path.join(lab.work, "denied.txt"))
    _plain_settings(machine.LAUNCHER)
    run = lab.run([bash("touch denied.txt")], env={variable: value})
    expect(lab.text("denied.txt") is None, f"{variable} got round the launcher")
    expect(machine.REASON in run.only("Bash").text, f"the model was told {run.only('Bash').text[:300]!r}")


def _failing(break_it: Callable[[str], None]) -> Callable[[Lab], None]:
    """Break the program; settings that say nothing of failures, as for clients that do not know it, block all the same."""

    def proof(lab: Lab) -> None:
        prepare(lab)
        _plain_settings(machine.LAUNCHER)
        break_it(os.path.join(machine.WHERE.code, machine.current()))
        run = lab.run([bash("touch ran.txt")])
        expect(lab.text("ran.txt") is None, "the call ran though its hook had failed")
        expect("blocked" in run.only("Bash").text, f"the model was told {run.only('Bash').text[:300]!r}")

    return proof


def _crash(version: str) -> None:
    with open(os.path.join(version, "hook.py"), "w", encoding="ascii") as stream:
        stream.write("import os\nos.kill(os.getpid(), 11)\n")


def _no_interpreter(version: str) -> None:
    os.unlink(os.path.join(version, "bin", "python3"))


SCENARIOS = (
    *(
        Scenario(
            f"package/{variable.lower().replace('_', '-')}",
            f"{variable} gets round an interpreter and not round the launcher",
            partial(_closed, variable=variable),
        )
        for variable in ("LD_PRELOAD", "LD_AUDIT", "LD_LIBRARY_PATH")
    ),
    Scenario("package/crash", "a crash blocks on clients without onFailure too", _failing(_crash)),
    Scenario("package/no-interpreter", "so does a missing interpreter", _failing(_no_interpreter)),
)
