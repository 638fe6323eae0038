"""An allowed call runs as if agentguard were not there: the person is asked as often as without it."""

from __future__ import annotations

import os
from functools import partial

from e2e.lab import Lab, expect
from e2e.marks import ALLOWED_HOST, MCP_CALLS, bash, doorbell, prepare
from e2e.mock_api import use
from e2e.records import decision, decisions
from e2e.scenario import Scenario

_PROMPT = "Do you want to proceed?"


def _every_tool(lab: Lab) -> None:
    prepare(lab)
    with doorbell() as bell:
        run = lab.run(
            [bash("touch ran.txt")],
            [use("Read", file_path=os.path.join(lab.work, "plain.txt"))],
            [use("Write", file_path=os.path.join(lab.work, "written.txt"), content="new\n")],
            [use("WebFetch", url=f"http://{ALLOWED_HOST}:{bell.port}/page", prompt="read it")],
            [use("mcp__marker__harmless", note="x")],
        )
        expect(bell.rings > 0, "the allowed WebFetch call did not happen")
    expect(lab.text("ran.txt") is not None, "the allowed Bash call did not happen")
    expect("plain text" in run.only("Read").text, "the allowed Read call did not happen")
    expect(lab.text("written.txt") == "new\n", "the allowed Write call did not happen")
    expect("harmless" in (lab.text(MCP_CALLS) or ""), "the allowed MCP call did not happen")
    effects = [record["effect"] for record in decisions()]
    expect(effects == ["allow"] * 5, f"the records say {effects}, not five times allow")


def _without_prompt(lab: Lab) -> None:
    prepare(lab)
    with lab.terminal([bash("touch ran.txt")]) as (terminal, _api):
        expect(terminal.shows("done", within=30), "the conversation did not come to its end")
        expect(not terminal.shows(_PROMPT, within=0), "the client asked the person")
    expect(lab.text("ran.txt") is not None, "the allowed call did not happen")


def _silence_is_no_approval(lab: Lab, mode: str) -> None:
    prepare(lab, permissions={})
    run = lab.run([bash("touch ran.txt")], args=["--permission-mode", mode])
    expect(decision("Bash")["effect"] == "allow", "the policy did not allow the call")
    expect(lab.text("ran.txt") is None, f"the call ran in {mode} though the person was to be asked")
    expect(run.only("Bash").is_error, "the model was told that the call ran")


SCENARIOS = (
    Scenario("allow/every-tool", "allowed Bash, Read, Write, WebFetch and MCP calls run under -p", _every_tool),
    Scenario("allow/no-prompt", "on a terminal an allowed call runs without an extra prompt", _without_prompt),
    *(
        Scenario(
            f"allow/silence-{mode}",
            f"in {mode} the person's own prompt is not skipped: what she has not allowed does not run under -p",
            partial(_silence_is_no_approval, mode=mode),
        )
        for mode in ("default", "dontAsk")
    ),
)
