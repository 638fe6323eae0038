"""The records tell a session to its end: what was asked for, how each call ended, when it started and stopped."""

from __future__ import annotations

from e2e.lab import Lab, expect
from e2e.marks import bash, prepare
from e2e.records import decision, decisions, ended, records, verify
from e2e.scenario import Scenario


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


SCENARIOS = (
    Scenario("recorded/ended", "the records say of each call whether it ran, failed or was denied", _ended),
    Scenario("recorded/session", "the records hold the start and the end of a session, and its prompts", _session),
    Scenario("recorded/refused", "a call that the client itself refuses is recorded as refused", _refused),
)
