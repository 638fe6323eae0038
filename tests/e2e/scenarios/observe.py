"""Observing: a hostile call runs as always, nobody is told anything, and the record says what would have happened."""

from __future__ import annotations

import os
from functools import partial

from e2e.lab import Lab, expect
from e2e.managed import hook_stub
from e2e.marks import CHANGES_SETTINGS, MARKS, bash, go_for, prepare
from e2e.records import decision, decisions, verify
from e2e.scenario import OBSERVING_BUNDLE, OBSERVING_STAGE, Scenario


def _runs(lab: Lab, name: str) -> None:
    mark = MARKS[name]
    prepare(lab)
    run, happened = go_for(lab, mark)
    expect(happened, f"the observed {mark.tool} call did not happen")
    for where, text in (("the model", run.heard), ("the person", run.stdout + run.stderr)):
        expect("agentguard" not in text.lower().replace("agentguard-e2e", ""), f"{where} was told about agentguard")
        expect(mark.reason not in text, f"{where} was given the reason")
    record = decision(mark.tool)
    expect(record["would"] == "deny", f"the record says would={record['would']!r}, not deny")
    expect(record["effect"] == "allow", f"the record says effect={record['effect']!r}, not allow")
    verify(lab)


def _asks_nothing(lab: Lab) -> None:
    prepare(lab)
    lab.run([bash("touch asked.txt")])
    expect(lab.text("asked.txt") is not None, "the observed call did not happen")
    expect(decision("Bash")["would"] != "allow", "the record does not say what would have happened")


def _builtin(lab: Lab) -> None:
    prepare(lab)
    settings = os.path.join(lab.home, ".claude", "settings.json")
    before = lab.text(settings)
    run = lab.run([bash(CHANGES_SETTINGS)], [bash(f"rm -f {hook_stub()}")], args=["--dangerously-skip-permissions"])
    expect(lab.text(settings) == before, "the agent's settings were changed")
    for result in run.results:
        expect(
            "agentguard/" in result.text, f"the model was not given a rule of the built-in pack: {result.text[:300]!r}"
        )
    effects = [record["effect"] for record in decisions("Bash")]
    expect(effects == ["deny", "deny"], f"the records say {effects}, not twice deny")


def _broken_hook(lab: Lab) -> None:
    lab.recorder(hook_stub(), exit=1)
    prepare(lab)
    lab.run([bash("touch ran.txt")])
    expect(lab.recorded(), "the broken hook was not started")
    expect(lab.text("ran.txt") is not None, "a broken hook held up a call while observing")


SCENARIOS = (
    *(
        Scenario(
            f"observe/bundle-{name}",
            f"a bundle that observes: a hostile {MARKS[name].tool} call runs, nothing is shown, the record says deny",
            partial(_runs, name=name),
            OBSERVING_BUNDLE,
        )
        for name in ("bash", "read", "mcp")
    ),
    Scenario("observe/bundle-ask", "a bundle that observes: what would be asked runs", _asks_nothing, OBSERVING_BUNDLE),
    Scenario(
        "observe/stage-bash",
        "the stage observe: a hostile Bash call runs, nothing is shown, the record says deny",
        partial(_runs, name="bash"),
        OBSERVING_STAGE,
    ),
    Scenario(
        "observe/stage-broken", "the stage observe: a broken hook holds nothing up", _broken_hook, OBSERVING_STAGE
    ),
    Scenario(
        "observe/bundle-builtin", "a bundle that observes: the built-in pack still denies", _builtin, OBSERVING_BUNDLE
    ),
    Scenario("observe/stage-builtin", "the stage observe: the built-in pack still denies", _builtin, OBSERVING_STAGE),
)
