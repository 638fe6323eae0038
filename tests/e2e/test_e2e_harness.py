"""The parts of the real-client harness that need no client: its model, its screen, what it says when it cannot run."""

import json
import os
import subprocess
import sys
import urllib.request

import pytest

from e2e import runner, setup
from e2e.lab import NotProved, expect
from e2e.mock_api import MockAPI, Script, ToolResult, say, use
from e2e.scenario import Scenario
from e2e.scenarios import ALL
from e2e.terminal import Terminal, plain


def ask(api, messages, *, stream=False, tools=({"name": "Bash"},)):
    """Send one request to the scripted API and return the body of the answer as text."""
    body = {"model": "m", "messages": messages, "tools": list(tools), "stream": stream}
    request = urllib.request.Request(api.url + "/v1/messages", json.dumps(body).encode(), method="POST")
    with urllib.request.urlopen(request, timeout=10) as answer:
        return answer.read().decode()


def test_model_plays_its_turns_by_what_was_already_said():
    """A request that carries n answers of the model gets turn n, however often it is asked."""
    hello = {"role": "user", "content": "go"}
    with MockAPI(Script([[use("Bash", command="ls")], [say("second")]])) as api:
        first = json.loads(ask(api, [hello]))
        again = json.loads(ask(api, [hello]))
        second = json.loads(ask(api, [hello, {"role": "assistant", "content": first["content"]}]))
    assert "tool_use" == first["stop_reason"] == again["stop_reason"]
    assert {"command": "ls"} == first["content"][0]["input"]
    assert "second" == second["content"][0]["text"]


def test_model_streams_the_same_message():
    """A streamed answer carries the tool's input as a JSON delta and the stop reason at the end."""
    with MockAPI(Script([[use("Read", file_path="/x")]])) as api:
        lines = ask(api, [{"role": "user", "content": "go"}], stream=True).splitlines()
    events = [json.loads(line.removeprefix("data: ")) for line in lines if line.startswith("data: ")]
    kinds = [event["type"].removeprefix("content_block_").removeprefix("message_") for event in events]
    assert ["start", "start", "delta", "stop", "delta", "stop"] == kinds
    assert {"file_path": "/x"} == json.loads(events[2]["delta"]["partial_json"])
    assert "tool_use" == events[4]["delta"]["stop_reason"]


def test_subagents_and_requests_without_tools_have_answers_of_their_own():
    """A subagent is told by its task; a request that offers no tools is not part of the conversation."""
    with MockAPI(Script([[say("main")]], {"PART": [[say("part")]]}, plain="title")) as api:
        answers = [
            json.loads(ask(api, [{"role": "user", "content": text}], tools=tools))["content"][0]["text"]
            for text, tools in (("go", [{}]), ("do PART one", [{}]), ("go", []))
        ]
    assert ["main", "part", "title"] == answers


def test_results_say_what_each_call_was_told():
    """Every tool result is reported once, with the call that it answers."""
    with MockAPI(Script([])) as api:
        history = [
            {"role": "assistant", "content": [{**use("Bash", command="ls"), "id": "t1"}]},
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "t1", "content": "no", "is_error": True}],
            },
        ]
        for _ in range(2):
            ask(api, history)
        assert [ToolResult("Bash", {"command": "ls"}, True, "no")] == api.results()


def test_screen_is_compared_without_control_sequences_and_space():
    """Words that a program parts by moving the cursor are found like words parted by spaces."""
    assert plain("Do you want") == plain("\x1b[1mDo\x1b[1Cyou\x1b]0;title\x07\x1b[22m\r\nwant")


def test_terminal_shows_what_a_program_draws_and_types_to_it():
    """A program on the pseudo-terminal sees a terminal, and its answer to what is typed is seen."""
    script = "import sys; print(sys.stdin.isatty()); print('heard', input('name? '))"
    with Terminal([sys.executable, "-c", script], env=os.environ, cwd="/", uid=os.getuid()) as terminal:
        assert terminal.shows("True", "name?", within=20)
        terminal.type("Ada\r")
        assert terminal.shows("heard Ada", within=20)
        assert not terminal.shows("name?", within=0)


def test_what_is_missing_is_said_and_fails(tmp_path):
    """Without npm, root and the client the script names what it lacks and exits 1; it skips nothing."""
    done = subprocess.run(
        [sys.executable, "-m", "e2e.runner", "-k", "deny"],
        env={"PATH": str(tmp_path), setup.FOLDER_VARIABLE: "/nonexistent"},
        cwd=runner.TESTS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (1, "") == (done.returncode, done.stdout)
    assert f"the client {setup.VERSION} is missing in /nonexistent, and so is `npm`" in done.stderr
    assert "the program `unshare` is missing" in done.stderr
    assert ("root is missing" in done.stderr) == (os.geteuid() != 0)


def test_missing_root_is_said(monkeypatch):
    """An ordinary user is told that root is missing, before anything is installed."""
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    with pytest.raises(setup.NotReady, match="root is missing"):
        setup.ready()


def test_client_in_tmp_is_refused(monkeypatch):
    """A client in /tmp could not be seen from inside a box."""
    monkeypatch.setenv(setup.FOLDER_VARIABLE, "/tmp/claude")
    with pytest.raises(setup.NotReady, match="must not lie in /tmp"):
        setup.ready()


def test_a_scenario_that_proves_nothing_is_no_scenario():
    """Every scenario has a name and a sentence of its own, and a function that can say no."""
    assert len(ALL) == len({one.name for one in ALL}) == len({one.says for one in ALL})
    with pytest.raises(NotProved, match="it ran"):
        expect(False, "it ran")


def test_report_counts_what_failed():
    """A problem makes a scenario count as failed in the JSON report."""
    one = Scenario("a/b", "it holds", lambda _lab: None)
    report = runner._report([runner.Result(one, "", 1.0), runner.Result(one, "it ran", 2.0)], 3.0)
    assert (1, 1) == (report["passed"], report["failed"])
    assert [True, False] == [entry["passed"] for entry in report["scenarios"]]


def test_unknown_name_is_a_usage_error(capsys):
    """A name that no scenario has ends in exit 2, and not in "0 failed"."""
    assert 2 == runner.main(["-k", "no-such-scenario"])
    assert "--list" in capsys.readouterr().err
