"""`agentguard policy explain` and `replay` as their authors ask for more: in this process."""

import io
import json
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from agentguard.cli import main, policy_replay
from agentguard.cli.main import cli
from agentguard.errors import AgentguardError

BUNDLE = (
    'schema = 1\nname = "acme"\n[[rule]]\nid = "secrets/file"\neffect = "deny"\npath = ["**/.env"]\nreason = "No."\n'
)
CALL = {"hook_event_name": "PreToolUse", "tool_name": "Read", "tool_input": {"file_path": "/p/.env"}, "cwd": "/p"}


def agentguard(*words, stdin=None):
    """Run a command; return (exit code, standard output, standard error) as a process would give them."""
    done = CliRunner().invoke(cli, ["policy", *words], input=stdin)
    if isinstance(done.exception, AgentguardError):
        return done.exception.exit_code, done.stdout, f"{done.stderr}agentguard: {done.exception.diagnostics()}\n"
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture
def acme(tmp_path):
    folder = tmp_path / "acme"
    folder.mkdir()
    (folder / "bundle.toml").write_text(BUNDLE)
    return str(folder)


def lines(path, *calls):
    path.write_text("".join(json.dumps(call) + "\n" for call in calls))
    return str(path)


def test_explain_ends_with_three_where_that_is_asked_for(acme, tmp_path) -> None:
    """For a script that wants the answer and not the reasons."""
    home = ("--bundle", acme, "--home", str(tmp_path), "--exit-code")
    assert 3 == agentguard("explain", "-", *home, stdin=json.dumps(CALL).encode())[0]
    assert 0 == agentguard("explain", "--bash", "ls", *home)[0]


def test_explain_is_about_whoever_holds_a_role(tmp_path) -> None:
    """Nobody in particular unless somebody is named; a role must be defined."""
    roles = '[roles.eng]\ngroups = ["eng"]\n'
    rule = '[[rule]]\nid = "a/b"\neffect = "deny"\ncommand = "ls"\nnot.roles = ["eng"]\n'
    (tmp_path / "bundle.toml").write_text(f'schema = 1\nname = "acme"\n{roles}{rule}')
    asked = ("explain", "--bash", "ls", "--bundle", str(tmp_path), "--json")
    effects = [json.loads(agentguard(*asked, *more)[1])["effect"] for more in ((), ("--role", "eng"))]
    assert ["deny", "allow"] == effects
    calls = lines(tmp_path / "calls", {"bash": "ls"})
    replayed = ("replay", calls, "--bundle", str(tmp_path), "--max-new-denials", "0")
    assert [3, 0] == [agentguard(*replayed, *more)[0] for more in ((), ("--role", "eng"))]
    code, _, err = agentguard(*asked, "--role", "engg")
    assert (2, True) == (code, "bundle acme defines no role engg\n  did you mean eng?" in err)
    code, _, err = agentguard("explain", "--bash", "ls", "--active", "--role", "eng")
    assert (2, True) == (code, "--active is about yourself, so it takes no --role" in err)


def test_explain_says_why_a_rule_matches_or_does_not(acme, tmp_path) -> None:
    """Row by row, in text and as values; a rule that is not there is named, with the one that was meant."""
    asked = ("explain", "-", "--bundle", acme, "--home", str(tmp_path), "--rule")
    call = json.dumps(CALL).encode()
    code, out, _ = agentguard(*asked, "secrets/file", stdin=call)
    assert 0 == code
    told = out.partition("  what secrets/file is about\n")[2].splitlines()
    assert ["  no     use  (path does not fit)", "  yes    read "] == [told[0], told[1][:14]]
    code, out, _ = agentguard(*asked, "secrets/file", "--json", stdin=call)
    assert ["no", "yes"] == [row["match"] for row in json.loads(out)["asked"]["rows"]]
    code, _, err = agentguard(*asked, "secret/file", stdin=call)
    assert (2, True) == (code, "did you mean secrets/file?" in err)
    code, out, _ = agentguard(*asked, "agentguard/own-files", stdin=call)
    assert (0, True) == (code, "what agentguard/own-files is about" in out)
    code, _, err = agentguard("explain", "--record", "x", "--rule", "secrets/file")
    assert (2, True) == (code, "a record has only its rows" in err)


def test_a_folder_that_is_not_there_is_said_to_be_none(acme, tmp_path) -> None:
    """It may be meant so, and a mistyped one must not look like an answer."""
    for command in (("explain", "--bash", "ls"), ("replay", lines(tmp_path / "a", CALL))):
        code, _, err = agentguard(*command, "--bundle", acme, "--cwd", "/nope", "--home", str(tmp_path))
        assert (0, True) == (code, "there is no folder /nope on this machine" in err)


def test_a_replay_of_nothing_fails(acme, tmp_path) -> None:
    """A limit that nothing was held against would look like one that was kept."""
    for text in ("", '{"b": {"kind": "event"}, "t": {}}\n'):
        (tmp_path / "empty").write_text(text)
        code, out, err = agentguard("replay", str(tmp_path / "empty"), "--bundle", acme, "--max-new-denials", "0")
        assert (1, "", True) == (code, out, "there is no call in" in err)
    code, out, _ = agentguard("replay", lines(tmp_path / "a", {"bash": "ls"}), "--bundle", acme, "--unknown")
    assert (0, "agentguard knows all programs of these calls\n") == (code, out)


def test_a_replay_on_a_terminal_draws_a_bar(tmp_path, monkeypatch) -> None:
    """On standard error, as long as the files are; elsewhere there is none."""
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", terminal)
    file = lines(tmp_path / "a", *({"bash": f"echo {number}"} for number in range(40)))
    assert 40 == len(list(policy_replay._lines((file,))))
    drawn = terminal.getvalue().split("\r")
    assert drawn[-1].startswith("replaying [##############################]")
    assert drawn[-1].endswith("] 100 %\n")
    assert len(drawn) > 20
    monkeypatch.setattr(terminal, "isatty", lambda: False)
    list(policy_replay._lines((file,)))
    assert drawn == terminal.getvalue().split("\r")


@pytest.mark.parametrize("words", [("explain", "--bash", "ls"), ("replay", "calls"), ("diff", "acme")])
def test_what_is_wrong_with_a_policy_is_json_too(acme, tmp_path, monkeypatch, capsys, words):
    """Every command that reads a policy gives its findings with file, line, column and code."""
    monkeypatch.chdir(tmp_path)
    lines(tmp_path / "calls", CALL)
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken/bundle.toml").write_text(BUNDLE.replace('"deny"', '"block"'))
    policy = ["broken"] if words[0] == "diff" else ["--bundle", "broken"]
    monkeypatch.setattr(sys, "argv", ["agentguard", "policy", *words, *policy, "--json"])
    with pytest.raises(SystemExit) as ended:
        main.main()
    told = capsys.readouterr()
    (finding,) = json.loads(told.out)["findings"]
    place = ("bundle.toml", 5, 10, "AG201")
    assert (1, place) == (ended.value.code, tuple(finding[key] for key in ("file", "line", "column", "code")))
    assert "bundle.toml:5:10: AG201" in told.err


@pytest.mark.parametrize(
    ("words", "code", "problem"),
    [
        ("digest nosuch", "config", "'nosuch' is neither a policy's folder nor a bundle that ships"),
        ("diff nosuch baseline", "config", "'nosuch' is neither a policy's folder nor a bundle that ships"),
        ("init x --from nosuch", "config", "'nosuch' is neither a policy's folder nor a bundle that ships"),
        ("replay nofile", "usage", "nofile cannot be read: No such file or directory"),
        ("explain nofile", "usage", "nofile cannot be read: No such file or directory"),
        ("explain --record 00 --home h", "refused", "there is no record 00"),
        ("digest", "usage", "Missing argument 'DIR|NAME'."),
    ],
)
def test_whatever_ends_a_command_is_json_too(words, code, problem, tmp_path, monkeypatch, capsys) -> None:
    """Whoever asked for JSON reads one value, also where nothing could be done."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["agentguard", "policy", *words.split(), "--json"])
    with pytest.raises(SystemExit) as ended:
        main.main()
    told = capsys.readouterr()
    found = json.loads(told.out)
    assert (False, code, problem, []) == tuple(found[key] for key in ("ok", "code", "problem", "findings"))
    assert {"config": 1, "usage": 2, "refused": 3}[code] == ended.value.code
    assert problem in told.err


def test_a_result_and_its_refusal_are_one_value(monkeypatch, capsys, acme) -> None:
    """A command that printed its JSON prints nothing behind it."""
    tests = Path(acme) / "tests"
    tests.mkdir()
    (tests / "wrong.toml").write_text('[[case]]\nname = "x"\nbash = "ls"\nexpect = "deny"\n')
    monkeypatch.setattr(sys, "argv", ["agentguard", "policy", "test", str(acme), "--json"])
    with pytest.raises(SystemExit) as ended:
        main.main()
    assert (3, False) == (ended.value.code, json.loads(capsys.readouterr().out)["ok"])


@pytest.mark.parametrize(
    ("words", "ended", "problem"),
    [
        (["nofile"], 2, "nofile cannot be read: No such file or directory"),
        (["."], 2, ". cannot be read: Is a directory"),
        (["--max-new-denials", "0"], 3, "1 new denials, 0 allowed"),
    ],
)
def test_what_ends_a_replay_is_its_last_line(acme, tmp_path, monkeypatch, capsys, words, ended, problem) -> None:
    """Whoever reads lines of JSON is told by one of them, behind those of the calls."""
    monkeypatch.chdir(tmp_path)
    file = lines(tmp_path / "calls", CALL)
    monkeypatch.setattr(sys, "argv", ["agentguard", "policy", "replay", file, *words, "--bundle", acme, "--json"])
    with pytest.raises(SystemExit) as stopped:
        main.main()
    call, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert (ended, "deny", False, problem) == (stopped.value.code, call["effect"], last["ok"], last["problem"])
    assert last["hint"]


def test_a_line_that_is_no_call_is_a_line_of_json_too(acme, tmp_path) -> None:
    """Its place and what is wrong with it, between the calls."""
    file = lines(tmp_path / "calls", CALL, [], CALL)
    code, out, err = agentguard("replay", file, "--bundle", acme, "--json")
    _first, bad, _last = (json.loads(line) for line in out.splitlines())
    assert (1, {"id", "problem"}, f"{file}:2") == (code, set(bad), bad["id"])
    assert f"{bad['id']}: {bad['problem']}\n" in err
