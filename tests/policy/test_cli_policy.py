"""`agentguard policy`: what goes to which stream, and the exit codes; in real processes."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
import warm

from agentguard.policy import reference, source
from agentguard.policy.conditions import BUNDLE_KEYS, CONDITIONS, DEFAULTS, RULE_KEYS
from agentguard.policy.findings import CODES

ROOT = Path(__file__).parent.parent.parent
BROKEN = "tests/golden/policy/broken"
BUNDLE = (
    'schema = 1\nname = "acme"\n[[rule]]\nid = "secrets/file"\neffect = "deny"\npath = ["**/.env"]\nreason = "No."\n'
)
PASSING = '[[case]]\nname = "n"\ntool = "Read"\ninput = { file_path = ".env" }\nexpect = "deny"\n'
CALL = {"hook_event_name": "PreToolUse", "tool_name": "Read", "tool_input": {"file_path": "/p/.env"}, "cwd": "/p"}


def agentguard(*args, stdin=b"", cwd=ROOT):
    """Run a command and return (exit code, standard output, standard error)."""
    done = warm.run("policy", *args, stdin=stdin, cwd=cwd, env={**os.environ, "NO_COLOR": "1"})
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def acme(tmp_path):
    """A small policy of one rule and one test."""
    (tmp_path / "acme" / "tests").mkdir(parents=True)
    (tmp_path / "acme" / "bundle.toml").write_text(BUNDLE)
    (tmp_path / "acme" / "tests" / "a.toml").write_text(PASSING)
    return str(tmp_path / "acme")


def test_check_of_a_good_policy_is_quiet_on_standard_output(acme) -> None:
    """Exit 0 and a sentence for the person."""
    assert (0, "", f"{acme}: 1 rule, 1 test, no errors\n") == agentguard("check", acme)
    code, out, _ = agentguard("check", acme, "--json")
    counts = {"rules": 1, "tests": 1, "errors": 0, "warnings": 0}
    assert (0, {"ok": True, **counts, "findings": []}) == (code, json.loads(out))


def test_check_of_a_broken_policy_prints_every_finding() -> None:
    """Findings are the data, the sum is talk; exit 1."""
    golden = (ROOT / f"{BROKEN}.txt").read_text()
    code, out, err = agentguard("check", BROKEN)
    assert (1, golden) == (code, out)
    files = {line.partition(":")[0] for line in golden.splitlines()}
    later = "what rules do beside each other is looked at once there is no error"
    assert f"{BROKEN}: {len(golden.splitlines())} errors in {len(files)} files; {later}\n" == err
    code, out, err = agentguard("check", BROKEN, "--json")
    found = json.loads(out)
    assert (1, False, len(golden.splitlines())) == (code, found["ok"], len(found["findings"]))
    assert ["level", "file", "line", "column", "code", "message", "suggestion"] == list(found["findings"][0])


def test_check_of_no_folder_is_a_finding_too(tmp_path) -> None:
    """Never a traceback."""
    missing = str(tmp_path / "x")
    assert (
        1,
        f"{missing}:1:1: AG002 this is neither a folder nor a bundle that ships\n",
        f"{missing}: 1 error in 1 file\n",
    ) == agentguard("check", missing)


def test_test_says_which_fail_and_why(acme) -> None:
    """Exit 0 if all pass, 3 if one fails; failing tests are printed with their rows."""
    assert (0, "", f"{acme}: 1 test passed, 1 of 1 rule exercised\n") == agentguard("test", acme)
    Path(acme, "tests", "b.toml").write_text(PASSING.replace('"deny"', '"allow"'))
    code, out, err = agentguard("test", acme)
    assert 3 == code
    assert "tests/b.toml:1:3: n\n  | Read .env\n  expected allow, got deny by secrets/file\n" in out
    assert f"agentguard: 1 of 2 tests of {acme} failed\n" == err
    code, out, _ = agentguard("test", acme, "--json")
    found = json.loads(out)
    assert (3, False, [True, False]) == (code, found["ok"], [result["passed"] for result in found["results"]])


def test_test_of_a_broken_policy_runs_nothing() -> None:
    """Exit 1, with the findings."""
    code, out, _ = agentguard("test", BROKEN)
    assert (1, (ROOT / f"{BROKEN}.txt").read_text()) == (code, out)
    code, out, _ = agentguard("test", BROKEN, "--json")
    assert (1, False, []) == (code, json.loads(out)["ok"], json.loads(out)["results"])


def test_explain_takes_a_payload_from_a_file_and_from_standard_input(acme, tmp_path) -> None:
    """The answer is data, so the exit code is 0 whatever it is."""
    file = tmp_path / "call.json"
    file.write_text(json.dumps(CALL))
    for args, stdin in (((str(file),), b""), (("-",), json.dumps(CALL).encode())):
        code, out, err = agentguard("explain", *args, "--bundle", acme, "--home", str(tmp_path), stdin=stdin)
        assert (0, "") == (code, err)
        assert out.startswith("deny by secrets/file  (bundle acme, mode enforce)\n  reason  No.\n")
    code, out, _ = agentguard("explain", str(file), "--bundle", acme, "--home", str(tmp_path), "--json")
    assert (0, "deny", "secrets/file") == (code, json.loads(out)["effect"], json.loads(out)["rule"])


def test_explain_needs_no_enrolment_and_takes_the_shipped_baseline(tmp_path) -> None:
    """From a fresh clone, before anything is set up."""
    project = tmp_path / "project"
    project.mkdir()
    (project / ".env").write_text("X=1")
    code, out, err = agentguard(
        "explain", "--bash", "cat .env", "--cwd", str(project), "--home", str(tmp_path), "--json"
    )
    assert (0, "") == (code, err)
    found = json.loads(out)
    assert ("baseline", "deny", "secrets/file") == (found["bundle"], found["effect"], found["rule"])
    [row] = [row for row in found["rows"] if row["effect"] == "deny"]
    assert ("read", str(project / ".env"), ["cat"]) == (row["action"], row["path"], row["command"])


def test_explain_active_says_when_no_policy_is_in_force(tmp_path) -> None:
    """The fallback policy is never taken for a published one."""
    code, out, err = agentguard("explain", "-", "--active", "--home", str(tmp_path), stdin=json.dumps(CALL).encode())
    assert 0 == code
    assert out.startswith("deny by secrets/file")
    assert "no published policy is in force here" in err
    assert "so the fallback policy decides" in err


@pytest.mark.parametrize(
    ("args", "stdin", "code", "text"),
    [
        ((), b"", 2, "name a payload's file, a shell text with --bash, or a record with --record"),
        (("-", "--bash", "ls"), b"", 2, "name a payload's file, a shell text with --bash, or a record with --record"),
        (("/nonexistent",), b"", 2, "/nonexistent cannot be read: No such file or directory"),
        (("-",), b"", 1, "- is no payload: a JSON value is missing or cut off"),
        (("-",), b'{"cwd": 1}', 1, "- is no payload: hook_event_name is missing"),
        (
            ("--bash", "ls", "--bundle", "baselin"),
            b"",
            1,
            "'baselin' is neither a policy's folder nor a bundle that ships\n  did you mean 'baseline'?",
        ),
        (("--bash", "cat \udcff"), b"", 2, "the text of --bash is not UTF-8"),
        (("-",), b" " * (8 * 1024 * 1024 + 1), 1, "- is over 8 MiB, and the hook denies a call of that size unread"),
        (("--bash", "ls", "--bundle", BROKEN), b"", 1, "bundle.toml:1:10: AG105 schema 2 is not known to this version"),
    ],
)
def test_explain_of_what_cannot_be_explained_says_why(args, stdin, code, text) -> None:
    """A clear sentence, and the right exit code."""
    found, out, err = agentguard("explain", *args, stdin=stdin)
    assert (code, "") == (found, out)
    assert text in err
    assert "Traceback" not in err


def lines(path, *calls):
    path.write_text("".join(json.dumps(call) + "\n" for call in calls))
    return str(path)


def test_replay_prints_one_json_line_a_call(acme, tmp_path) -> None:
    """With --json the results are data and the table is talk; ids are kept or made."""
    first = lines(tmp_path / "a.ndjson", CALL, {"payload": CALL, "id": "x", "expect": "allow"})
    code, out, err = agentguard("replay", first, "-", "--bundle", acme, "--json", stdin=json.dumps(CALL).encode())
    assert 0 == code
    found = [json.loads(line) for line in out.splitlines()]
    assert [f"{first}:1", "x", "-:1"] == [result["id"] for result in found]
    assert ["new-deny"] * 3 == [result["changed"] for result in found]
    assert "calls           3\n" in err.replace("  \n", "\n")


def test_replay_prints_a_table_for_people(acme, tmp_path) -> None:
    """Effects, changes with the rules behind them, and scores."""
    file = lines(
        tmp_path / "a.ndjson", {"payload": CALL, "expect": "stop"}, CALL, {**CALL, "tool_input": {"file_path": "/p/a"}}
    )
    code, out, err = agentguard("replay", file, "--bundle", acme, "--home", str(tmp_path / "ada"))
    assert (0, "") == (code, err)
    assert (
        """\
               count   rules
calls          3
deny           2
ask            0
allow          1
new-deny       1       secrets/file 1
new-ask        0
lifted         0
undecidable    0
expected stop  1 of 1

person  new-deny
ada     1

repository  new-deny
(none)      1
"""
        == out
    )


@pytest.mark.parametrize(
    ("limits", "code", "text"),
    [
        (("--max-new-denials", "1"), 0, ""),
        (("--max-new-denials", "0"), 3, "agentguard: 1 new denials, 0 allowed"),
        (("--max-new-asks", "0", "--max-undecidable", "0"), 0, ""),
        (("--max-new-denials", "-1"), 2, "-1 is not in the range"),
    ],
)
def test_replay_ends_with_3_beyond_a_limit(acme, tmp_path, limits, code, text) -> None:
    """So that a pipeline can hold a policy back."""
    found, _out, err = agentguard("replay", lines(tmp_path / "a.ndjson", CALL), "--bundle", acme, *limits)
    assert code == found
    assert text in err


def test_replay_names_lines_that_it_cannot_read(acme, tmp_path) -> None:
    """The rest is replayed all the same; exit 1."""
    file = tmp_path / "a.ndjson"
    file.write_text(json.dumps(CALL) + "\n{\n\n")
    code, out, err = agentguard("replay", str(file), "--bundle", acme)
    assert 1 == code
    assert f"{file}:2: " in err
    assert "1 line could not be read" in err
    assert "new-deny     1" in out
    assert (2, "") == agentguard("replay", "/nonexistent", "--bundle", acme)[:2]


def test_the_reference_in_docs_is_the_one_that_the_program_prints() -> None:
    """`agentguard policy reference > docs/policy-reference.md` after every change of the tables."""
    page = reference.page()
    assert page == (ROOT / "docs" / "policy-reference.md").read_text()
    assert (0, page, "") == agentguard("reference")


def test_the_reference_names_every_key_and_every_code() -> None:
    """Nothing that the checker knows is missing, and no part of the template is left over."""
    page = reference.page()
    assert "{{" not in page
    for name in (*CONDITIONS, *RULE_KEYS, *BUNDLE_KEYS, *DEFAULTS):
        assert f"| `{name}` |" in page
    assert [] == [code for code in CODES if f"| {code} |" not in page]


@pytest.mark.parametrize("command", ["init", "check", "test", "matrix", "explain", "replay", "reference"])
def test_help_leads_with_an_example(command) -> None:
    """What to type comes before the list of options."""
    code, out, _ = agentguard(command, "--help")
    assert 0 == code
    assert out.index(f"agentguard policy {command}") < out.index("Options:")


def test_shipped_bundles_are_found_in_a_checkout() -> None:
    """The folder beside the package."""
    assert "baseline" in source.shipped_names()
    assert str(ROOT / "bundles" / "baseline") == source.shipped_bundle("baseline")


def test_shipped_bundles_are_found_in_an_installed_package(tmp_path) -> None:
    """A wheel carries them inside the package."""
    package = tmp_path / "agentguard"
    (package / "bundles" / "inside").mkdir(parents=True)
    (package / "bundles" / "inside" / "bundle.toml").write_text("")
    for file in [
        *(ROOT / "agentguard").glob("*.py"),
        *(ROOT / "agentguard" / "policy").glob("*.py"),
        *(ROOT / "agentguard" / "access").glob("*.py"),
    ]:
        target = package / file.relative_to(ROOT / "agentguard")
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(file.read_bytes())
    code = "import sys; sys.path.insert(0, sys.argv[1]); from agentguard.policy import source"
    code += "; print(source.shipped_bundle('inside'))"
    done = subprocess.run([sys.executable, "-I", "-c", code, str(tmp_path)], capture_output=True, text=True, check=True)
    assert f"{package / 'bundles' / 'inside'}\n" == done.stdout


def test_replay_lists_the_programs_that_nothing_is_known_about(acme, tmp_path) -> None:
    """By frequency, on standard output; the sum is talk then."""
    calls = tmp_path / "calls.ndjson"
    lines = [{"bash": "frob a | zork; ls"}, {"bash": "frob b"}, {"bash": "./run.sh"}]
    calls.write_text("".join(json.dumps(line) + "\n" for line in lines))
    args = (
        "replay",
        str(calls),
        "--bundle",
        acme,
        "--home",
        str(tmp_path / "home"),
        "--cwd",
        str(tmp_path),
        "--unknown",
    )
    code, out, err = agentguard(*args)
    assert (0, ["program  calls", "frob     2", "zork     1"]) == (code, out.splitlines())
    assert "calls" in err
    code, out, _ = agentguard(*args, "--json")
    found = [json.loads(line) for line in out.splitlines()]
    assert [["frob", "zork"], ["frob"], None] == [line.get("unknown") for line in found]
