"""Calls at the same time: one record each, one unbroken chain."""

from __future__ import annotations

import os

from e2e.lab import Lab, expect
from e2e.marks import bash, prepare
from e2e.mock_api import use
from e2e.records import decisions, verify
from e2e.scenario import Scenario

_COUNT = 8


def _parallel(lab: Lab) -> None:
    prepare(lab)
    paths = [lab.seed(f"part-{number}.txt", f"content {number}\n") for number in range(_COUNT)]
    run = lab.run([use("Read", file_path=path) for path in paths])
    expect(len(run.results) == _COUNT, f"{len(run.results)} results, not {_COUNT}")
    records = decisions("Read")
    ids = {record["tool_use_id"] for record in records}
    expect(len(records) == len(ids) == _COUNT, f"{len(records)} records of {len(ids)} calls, not {_COUNT} of {_COUNT}")
    verify(lab)


def _mixed(lab: Lab) -> None:
    """Denied and allowed calls in one turn: each gets its own verdict."""
    prepare(lab)
    secret, plain = (os.path.join(lab.work, name) for name in ("secret.txt", "plain.txt"))
    run = lab.run(
        [use("Read", file_path=secret), use("Read", file_path=plain), bash("touch denied.txt"), bash("touch ran.txt")]
    )
    # The client hands results of calls at the same time over as they end, not as they were asked for.
    told = {result.given.get("file_path"): result.text for result in run.results}
    expect("E2E-SECRET" in told[secret], f"the denied Read call was not denied: {told[secret]!r}")
    expect("plain text" in told[plain], f"the allowed Read call did not run: {told[plain]!r}")
    expect(lab.text("denied.txt") is None, "the denied Bash call ran")
    expect(lab.text("ran.txt") is not None, "the allowed Bash call did not run")
    effects = sorted(record["effect"] for record in decisions())
    expect(effects == ["allow", "allow", "deny", "deny"], f"the records say {effects}")
    verify(lab)


SCENARIOS = (
    Scenario("parallel/reads", f"{_COUNT} Reads at once give one record each, in an unbroken chain", _parallel),
    Scenario("parallel/mixed", "denied and allowed calls in one turn each get their own verdict", _mixed),
)
