"""The calls of a subagent are judged like those of the main agent."""

from __future__ import annotations

from e2e.lab import Lab, expect
from e2e.marks import bash, prepare
from e2e.mock_api import use
from e2e.records import decisions, verify
from e2e.scenario import Scenario

_TASK = "E2E-SUBTASK"


def _subagent(lab: Lab) -> None:
    prepare(lab)
    run = lab.run(
        [use("Agent", description="a part", prompt=f"{_TASK} do it", subagent_type="general-purpose")],
        subagents={_TASK: [[bash("touch denied.txt")], [bash("touch ran.txt")]]},
    )
    expect(lab.text("denied.txt") is None, "the subagent's denied call ran")
    expect(lab.text("ran.txt") is not None, "the subagent's allowed call did not run")
    expect("E2E-COMMAND" in run.heard, "the subagent was not given the reason")
    effects = [record["effect"] for record in decisions("Bash")]
    expect(effects == ["deny", "allow"], f"the records of the subagent's calls say {effects}")
    expect(all(record["subagent_id"] for record in decisions("Bash")), "the records do not name the subagent")
    expect(decisions("Agent"), "there is no record of the call that started the subagent")
    verify(lab)


SCENARIOS = (Scenario("subagent/judged", "a subagent's denied call does not happen, its allowed one does", _subagent),)
