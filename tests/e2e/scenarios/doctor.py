"""The doctor on a machine that was rolled out by the rendered steps: healthy, and each thing taken away is found."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable
from typing import Any

from agentguard import places
from agentguard.deploy import install
from e2e import box
from e2e.lab import Lab, expect
from e2e.managed import DROP_IN, change_hook
from e2e.marks import bash, prepare
from e2e.scenario import OBSERVING_STAGE, Scenario

_WHERE = places.managed()


def _doctor(lab: Lab, *options: str, root: bool = False) -> dict[str, Any]:
    """Run the doctor as the client's user, or as root, and return what it prints."""
    path = f"{os.path.dirname(lab.client)}:/usr/bin:/bin"
    done = subprocess.run(
        [*install.cli_of(_WHERE), "doctor", "--json", *options],
        env={"PATH": path, "HOME": lab.home, "LANG": "C.UTF-8"},
        cwd=lab.work,
        capture_output=True,
        text=True,
        check=False,
        **({} if root else {"user": box.UID, "group": box.UID, "extra_groups": []}),
    )
    expect(done.returncode in (0, 3), f"the doctor ended with {done.returncode}: {done.stderr[-500:]}")
    report: dict[str, Any] = json.loads(done.stdout)
    expect((done.returncode == 0) == report["healthy"], "the exit code is not the report's")
    return report


def _names(report: dict[str, Any]) -> set[str]:
    return {finding["name"] for finding in report["findings"]}


def _healthy(lab: Lab) -> None:
    report = _doctor(lab, "--live")
    errors = [one for one in report["findings"] if one["level"] == "error"]
    expect(not errors, f"it is not healthy: {errors}")
    expect(report["client"]["path"] == lab.client, f"the client is {report['client']}")
    settings = report["settings"][box.USER]
    expect(settings["source"] == "file", f"the settings come from {settings}")
    expect(_names(_doctor(lab, root=True)) == {"sync/no-timer"}, "root's doctor finds more than the missing systemd")


def _no_drop_in() -> None:
    os.unlink(DROP_IN)


def _no_stub() -> None:
    os.unlink(install.started(_WHERE))


def _runs_beside() -> None:
    change_hook(**{"async": True})


def _no_seal() -> None:
    os.unlink(_WHERE.seal)


def _no_anchor() -> None:
    os.unlink(_WHERE.anchor)


def _open_folder() -> None:
    os.chmod(os.path.dirname(DROP_IN), 0o777)


def _found(change: Callable[[], None], name: str) -> Callable[[Lab], None]:
    def proof(lab: Lab) -> None:
        change()
        report = _doctor(lab, root=True)
        expect(name in _names(report), f"it finds {_names(report)}, not {name}")
        expect(not report["healthy"], "it calls that healthy")

    return proof


def _shadowed(lab: Lab) -> None:
    lab.seed(os.path.join(lab.home, ".claude", "remote-settings.json"), {"model": "opus"})
    report = _doctor(lab)
    expect("managed/shadowed" in _names(report), f"it finds {_names(report)}")


def _closed(lab: Lab) -> None:
    os.chmod(os.path.dirname(os.path.dirname(DROP_IN)), 0o700)
    prepare(lab)
    lab.run([bash("touch ran.txt")])
    expect(lab.text("ran.txt") is not None, "the call did not run, whatever stopped it")
    expect(not os.path.lexists(_WHERE.spool(box.UID)), "the hook was started though people cannot read the settings")
    expect("managed/closed" in _names(_doctor(lab, root=True)), "root's doctor does not find it")
    expect("managed/unreadable" in _names(_doctor(lab)), "the person's doctor does not find it")


def _fixed(lab: Lab) -> None:
    os.chmod(_WHERE.spools, 0o755)
    expect("records/mode" in _names(_doctor(lab, root=True)), "it does not find the mode of the spool")
    expect(_doctor(lab, "--fix", root=True)["healthy"], "it is not healthy after --fix")


SCENARIOS = (
    Scenario(
        "doctor/healthy", "a machine that followed the rendered steps is healthy, through the client too", _healthy
    ),
    Scenario("doctor/observing", "so is one that observes", _healthy, OBSERVING_STAGE),
    Scenario("doctor/no-drop-in", "it finds that nothing starts the hook", _found(_no_drop_in, "managed/none")),
    Scenario("doctor/no-stub", "it finds that the hook is missing", _found(_no_stub, "command/missing")),
    Scenario("doctor/async", "it finds that nobody waits for the hook", _found(_runs_beside, "managed/lint")),
    Scenario("doctor/no-seal", "it finds that no signed policy is there", _found(_no_seal, "trust/fallback")),
    Scenario("doctor/no-anchor", "it finds that the anchor is missing", _found(_no_anchor, "trust/no-anchor")),
    Scenario(
        "doctor/open-folder", "it finds that people can change the settings", _found(_open_folder, "managed/unsafe")
    ),
    Scenario("doctor/closed", "settings that only root can read start nothing, and it finds that", _closed),
    Scenario("doctor/shadowed", "it finds that a key from the console switches the hook off", _shadowed),
    Scenario("doctor/fix", "it mends the mode of the folder of spools", _fixed),
)
