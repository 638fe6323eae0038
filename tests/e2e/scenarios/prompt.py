"""The client itself reads a file that is mentioned in a prompt, before any tool call: so the prompt is judged."""

from __future__ import annotations

from e2e.lab import Lab, expect
from e2e.marks import SECRET, prepare
from e2e.records import decision
from e2e.scenario import Scenario


def _mention(lab: Lab) -> None:
    prepare(lab)
    run = lab.run(prompt="explain @.env to me")
    expect(SECRET not in run.heard, "the model was given the content of the mentioned file")
    expect(not run.requests, "the blocked prompt was sent to the model")
    shown = run.stdout + run.stderr
    expect("marked/secret" in shown, f"the person was not told which rule blocked the prompt: {shown[-300:]!r}")
    expect(decision(event="UserPromptSubmit")["effect"] == "deny", "the record does not say deny")


def _harmless(lab: Lab) -> None:
    prepare(lab)
    run = lab.run(prompt="explain @plain.txt to me")
    expect("plain text" in run.heard, "the model was not given the mentioned file")
    expect(run.exit_code == 0, f"the client ended with {run.exit_code}")


SCENARIOS = (
    Scenario("prompt/mention", "a prompt that mentions @.env is blocked before the model sees the file", _mention),
    Scenario("prompt/harmless", "a prompt that mentions a plain file goes through", _harmless),
)
