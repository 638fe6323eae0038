"""An ask never runs before a person has said yes: not at all under -p, and on a terminal only after the answer."""

from __future__ import annotations

import json
from functools import partial

from e2e.lab import Lab, expect
from e2e.managed import install_recorder
from e2e.marks import bash, prepare
from e2e.records import decision, ended, records
from e2e.scenario import NO_INSTALL, Scenario

MODES = ("default", "acceptEdits", "plan", "bypassPermissions", "dontAsk", "auto")
_REASON = "E2E-ASKED"
_PROMPT = "Do you want to proceed?"
_ENTER, _ESCAPE, _DOWN = "\r", "\x1b", "\x1b[B"


def _unattended(lab: Lab, mode: str) -> None:
    """Ask by the real policy under -p, where nobody can answer."""
    prepare(lab)
    run = lab.run([bash("touch asked.txt")], args=["--permission-mode", mode])
    expect(lab.text("asked.txt") is None, f"the asked call ran in {mode}")
    expect(_REASON in run.only("Bash").text, f"the model was not given the reason: {run.only('Bash').text[:300]!r}")
    record = decision("Bash")
    expect(record["permission_mode"] == mode, f"the client was in {record['permission_mode']!r}, not in {mode}")
    expect(record["effect"] != "allow", "the record says that it was allowed")


def _bare_answer(lab: Lab, mode: str) -> None:
    """Look at the client's side alone: this hook always answers ask, whatever agentguard makes of -p."""
    reply = {"hookEventName": "PreToolUse", "permissionDecision": "ask", "permissionDecisionReason": _REASON}
    install_recorder(lab, out=json.dumps({"hookSpecificOutput": reply}))
    prepare(lab)
    lab.run([bash("touch asked.txt")], args=["--permission-mode", mode])
    calls = lab.recorded()
    expect([call["permission_mode"] for call in calls] == [mode], f"the hook was not asked once in {mode}: {calls}")
    expect(lab.text("asked.txt") is None, f"the asked call ran in {mode}")


def _on_terminal(lab: Lab, keys: str, *, runs: bool, mode: str = "") -> None:
    prepare(lab)
    args = ["--permission-mode", mode] if mode else []
    with lab.terminal([bash("touch asked.txt")], args=args) as (terminal, api):
        if mode == "bypassPermissions":
            expect(terminal.shows("Yes, I accept", within=30), "the client did not warn about its mode")
            terminal.type(_DOWN)
            terminal.watch(0.3)
            terminal.type(_ENTER)
        expect(terminal.shows(_PROMPT, _REASON, within=30), "the client did not ask with our reason")
        terminal.watch(1.0)
        expect(lab.text("asked.txt") is None, "the call ran before the answer")
        expect(not api.results(), "the model was given a result before the answer")
        terminal.type(keys)
        expected = "done" if runs else "Interrupted"
        expect(terminal.shows(expected, within=30), "the client did not take the answer")
        expect(
            (lab.text("asked.txt") is not None) == runs, f"after the answer the call {'did not run' if runs else 'ran'}"
        )
    lab.settle()
    record = decision("Bash")
    expect(record["effect"] == "ask", "the record does not say ask")
    asked = [one["tool"] for one in records() if one.get("outcome") == "asked"]
    expect(asked == ["Bash"], f"the prompt was not recorded: {asked}")
    end, wanted = ended(lab, record), ("granted",) if runs else ("refused", "unknown")
    expect(end in wanted, f"the records say that the ask ended as {end}, not as {' or '.join(wanted)}")


SCENARIOS = (
    *(
        Scenario(f"ask/print-{mode}", f"under -p an ask does not run in {mode}", partial(_unattended, mode=mode))
        for mode in MODES
    ),
    *(
        Scenario(
            f"ask/answer-{mode}",
            f"under -p the client itself does not run what a hook asks about in {mode}",
            partial(_bare_answer, mode=mode),
            NO_INSTALL,
        )
        for mode in MODES
    ),
    Scenario(
        "ask/terminal-yes",
        "on a terminal an ask prompts with our reason, does not run before the answer, and runs after yes",
        partial(_on_terminal, keys=_ENTER, runs=True),
    ),
    Scenario(
        "ask/terminal-no",
        "on a terminal an ask does not run after no",
        partial(_on_terminal, keys="2", runs=False),
    ),
    Scenario(
        "ask/terminal-escape",
        "on a terminal an ask does not run after escape",
        partial(_on_terminal, keys=_ESCAPE, runs=False),
    ),
    Scenario(
        "ask/terminal-bypass",
        "on a terminal an ask prompts in bypassPermissions too",
        partial(_on_terminal, keys=_ENTER, runs=True, mode="bypassPermissions"),
    ),
    Scenario(
        "ask/terminal-default",
        "on a terminal an ask prompts in default mode too",
        partial(_on_terminal, keys=_ENTER, runs=True, mode="default"),
    ),
)
