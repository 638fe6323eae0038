"""The harness can fail: with a hook that allows everything, every mark is seen to happen."""

from __future__ import annotations

import os
from functools import partial

from e2e.lab import Lab, expect
from e2e.managed import install_recorder
from e2e.marks import CHANGES_SETTINGS, MARKS, SECRET, bash, go_for, prepare
from e2e.scenario import NO_INSTALL, Scenario


def _happens(lab: Lab, name: str) -> None:
    mark = MARKS[name]
    install_recorder(lab)
    prepare(lab)
    _run, happened = go_for(lab, mark)
    expect(lab.recorded(), "the hook was not started")
    expect(happened, f"the {mark.tool} call was not seen to happen: the scenarios under deny/ prove nothing")


def _asked_runs(lab: Lab) -> None:
    install_recorder(lab)
    prepare(lab)
    lab.run([bash("touch asked.txt")])
    expect(lab.text("asked.txt") is not None, "the call was not seen to run: the scenarios under ask/ prove nothing")


def _mention_arrives(lab: Lab) -> None:
    install_recorder(lab)
    prepare(lab)
    run = lab.run(prompt="explain @.env to me")
    expect(SECRET in run.heard, "the mentioned file was not seen to arrive: prompt/mention proves nothing")


def _settings_change(lab: Lab) -> None:
    install_recorder(lab)
    prepare(lab)
    lab.run([bash(CHANGES_SETTINGS)], args=["--dangerously-skip-permissions"])
    settings = lab.text(os.path.join(lab.home, ".claude", "settings.json"))
    expect(settings == "{}\n", "the settings were not seen to change: observe/bundle-builtin proves nothing")


SCENARIOS = (
    Scenario(
        "selfcheck/settings",
        "with a hook that allows everything the agent's settings can be changed",
        _settings_change,
        NO_INSTALL,
    ),
    *(
        Scenario(
            f"selfcheck/{name}",
            f"with a hook that allows everything the marked {mark.tool} call is seen to happen ({name})",
            partial(_happens, name=name),
            NO_INSTALL,
        )
        for name, mark in MARKS.items()
    ),
    Scenario("selfcheck/asked", "with a hook that allows everything the asked call runs", _asked_runs, NO_INSTALL),
    Scenario(
        "selfcheck/mention",
        "with a hook that allows everything a mentioned file reaches the model",
        _mention_arrives,
        NO_INSTALL,
    ),
)
