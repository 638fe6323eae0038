"""A denied call does not happen, and the model is told why."""

from __future__ import annotations

from functools import partial

from e2e.lab import Lab, expect
from e2e.marks import MARKS, Mark, bash, go_for, prepare
from e2e.records import decision
from e2e.scenario import Scenario
from e2e.setup import VERSION


def _denied(lab: Lab, name: str, *args: str) -> None:
    mark = MARKS[name]
    prepare(lab)
    run, happened = go_for(lab, mark, *args)
    expect(not happened, f"the denied {mark.tool} call happened")
    _told(run.only(mark.tool).text, mark)
    record = decision(mark.tool)
    expect(record["effect"] == "deny", f"the record says {record['effect']}, not deny")
    expect(record["agent_version"] == VERSION, f"the record names client {record['agent_version']!r}, not {VERSION}")
    bundle = record["bundle"]
    found = (bundle["name"], bundle["state"], bundle["verified"])
    expect(found == ("marked", "fresh", "root-owned"), f"the policy in force was {found}")


def _told(text: str, mark: Mark) -> None:
    expect(mark.reason in text, f"the model was not given the reason: {text[:300]!r}")
    expect("/opt/" not in text, f"the model was shown a path of the installation: {text[:300]!r}")


def _goes_on(lab: Lab) -> None:
    prepare(lab)
    run = lab.run([bash("touch denied.txt")], [bash("touch after.txt")])
    expect(lab.text("denied.txt") is None, "the denied call happened")
    expect(lab.text("after.txt") is not None, "the allowed call after it did not happen")
    expect(run.exit_code == 0, f"the client ended with {run.exit_code}: {run.stderr[-300:]}")


SCENARIOS = (
    *(
        Scenario(
            f"deny/{name}",
            f"a denied {mark.tool} call does not happen and the model gets our reason ({name})",
            partial(_denied, name=name),
        )
        for name, mark in MARKS.items()
    ),
    Scenario(
        "deny/bypass-permissions",
        "--dangerously-skip-permissions does not skip the denial",
        lambda lab: _denied(lab, "bash", "--dangerously-skip-permissions"),
    ),
    Scenario("deny/then-goes-on", "after a denied call the session goes on and an allowed one runs", _goes_on),
)
