"""The records tell a session to its end: what was asked for, how each call ended, when it started and stopped."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from typing import Any

from e2e.lab import Lab, expect
from e2e.marks import TRUSTING, bash, prepare
from e2e.records import decision, decisions, ended, records, shown, verify
from e2e.scenario import Scenario

_SECONDS = 20.0  # that the client may take until it has noticed a change; it takes between one and two


def _ended(lab: Lab) -> None:
    prepare(lab)
    lab.run([bash("echo fine"), bash("exit 3"), bash("touch denied.txt")])
    ends = [ended(lab, record) for record in decisions("Bash")]
    expect(ends == ["done", "failed", "denied"], f"the records say that the calls ended as {ends}")
    verify(lab)


def _session(lab: Lab) -> None:
    prepare(lab)
    lab.run([bash("echo fine")])
    found = [record["event"] for record in records() if record["kind"] != "genesis"]
    expect(found[0] == "SessionStart" and found[-1] == "SessionEnd", f"the records of the session are {found}")
    expect(decision(event="UserPromptSubmit")["effect"] == "allow", "the prompt was not recorded as allowed")
    sessions = {record["session"] for record in records() if record["kind"] != "genesis"}
    expect(len(sessions) == 1 and "" not in sessions, f"the records name the sessions {sessions}")


def _refused(lab: Lab) -> None:
    prepare(lab)
    lab.settings()
    lab.run([bash("curl http://allowed.example/x")], args=["--permission-mode", "auto"])
    record = decision("Bash")
    expect(record["effect"] == "allow", f"the policy says {record['effect']}, so the client had nothing to refuse")
    expect(ended(lab, record) == "refused", f"the records say that the call ended as {ended(lab, record)}")


def _changes() -> list[dict[str, Any]]:
    return [record for record in records() if record.get("event") == "ConfigChange"]


def _wait(holds: Callable[[], object]) -> None:
    end = time.monotonic() + _SECONDS
    while not holds() and time.monotonic() < end:
        time.sleep(0.05)


def _settings(lab: Lab) -> None:
    """Let the person change settings while a command of the model's runs, which then goes for what is denied."""
    prepare(lab)

    def edit() -> None:
        _wait(lambda: lab.text("started.txt") is not None)
        lab.settings(**TRUSTING, disableAllHooks=True)
        _wait(_changes)
        lab.seed("seen.txt", "")

    person = threading.Thread(target=edit)
    person.start()
    command = "touch started.txt; until test -e seen.txt; do sleep 0.1; done"
    lab.run([bash(command)], [bash("touch denied.txt")])
    person.join()
    found = _changes()
    expect(len(found) == 1, f"{len(found)} changes of settings are recorded, not 1")
    facts = shown(lab, found[0])["texts"]["facts"]
    path = os.path.join(lab.home, ".claude", "settings.json")
    expect(facts == {"source": "user_settings", "file_path": path}, f"what is recorded of the change is {facts}")
    expect(len({record["session"] for record in [*found, *decisions()]}) == 1, "the change is of another session")
    expect(lab.text("denied.txt") is None, "the changed settings had switched the hook off")
    expect(
        [one["effect"] for one in decisions("Bash")] == ["allow", "deny"], "the call after the change was not denied"
    )
    verify(lab)


SCENARIOS = (
    Scenario("recorded/ended", "the records say of each call whether it ran, failed or was denied", _ended),
    Scenario("recorded/session", "the records hold the start and the end of a session, and its prompts", _session),
    Scenario(
        "recorded/settings",
        "a change of the person's settings while a session runs is recorded, and switches no hook off",
        _settings,
    ),
    Scenario("recorded/refused", "a call that the client itself refuses is recorded as refused", _refused),
)
