"""`agentguard policy init`, `check`, `test` and `matrix` in this process; a few in processes of their own elsewhere."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from click.testing import CliRunner

from agentguard.cli.policy import policy
from agentguard.errors import AgentguardError, ConfigError, Refused, UsageError
from agentguard.policy import layers, source

ROOT = Path(__file__).parent.parent.parent
DOUBTFUL = str(ROOT / "tests" / "golden" / "policy" / "doubtful")
BUNDLE = """\
schema = 1
name = "acme"
[[rule]]
id = "secrets/file"
effect = "deny"
path = ["**/.env"]
[[rule]]
id = "write/engineers"
effect = "deny"
action = ["write"]
path = ["{project}/**"]
not.roles = ["engineer"]
[roles.engineer]
groups = ["eng"]
"""
TESTS = """\
[[matrix]]
name = "who <may>"
roles = ["engineer", "(unknown)"]
rows = [["Edit a", "allow", "deny"], ["Bash: cat a\\nls b", "allow", "allow"]]
[[case]]
name = "one & two"
bash = "echo \\u0001"
expect = "allow"
"""


def run(*args):
    """Run a command; return (exit code or the error that ended it, standard output, standard error)."""
    found = CliRunner().invoke(policy, args, catch_exceptions=True)
    error = found.exception if isinstance(found.exception, AgentguardError) else found.exit_code
    assert isinstance(error, AgentguardError) or found.exception is None or isinstance(found.exception, SystemExit)
    return error, found.stdout, found.stderr


@pytest.fixture
def acme(tmp_path):
    """A policy of two rules with a matrix."""
    (tmp_path / "acme" / "tests").mkdir(parents=True)
    (tmp_path / "acme" / "bundle.toml").write_text(BUNDLE)
    (tmp_path / "acme" / "tests" / "a.toml").write_text(TESTS)
    return str(tmp_path / "acme")


def wrong(acme):
    """Change what one cell and one case expect."""
    file = Path(acme, "tests", "a.toml")
    file.write_text(file.read_text().replace('"Edit a", "allow"', '"Edit a", "ask"').replace('= "allow"', '= "deny"'))


def test_a_begun_policy_passes_check_and_test_at_once(tmp_path) -> None:
    """From the starter: no error, no warning, every rule exercised."""
    folder = str(tmp_path / "acme-corp")
    code, out, err = run("init", folder)
    assert (0, f"next: agentguard policy test {folder}\n") == (code, err)
    assert [f"{folder}/bundle.toml", f"{folder}/tests/policy.toml"] == [out.split()[0], out.split()[-1]]
    assert 'name = "acme-corp"' in Path(folder, "bundle.toml").read_text()
    assert (0, "", f"{folder}: 3 rules, 14 tests, no errors\n") == run("check", folder, "--strict")
    assert 0 == run("test", folder, "--min-coverage", "100")[0]
    assert 0 == run("matrix", folder)[0]


@pytest.mark.parametrize("origin", source.shipped_names())
def test_a_policy_may_begin_with_a_bundle_that_ships(tmp_path, origin) -> None:
    """All of it, under the new name."""
    code, out, _ = run("init", str(tmp_path / "x"), "--from", origin, "--name", "acme", "--json")
    assert (0, str(tmp_path / "x")) == (code, json.loads(out)["folder"])
    assert 'name = "acme"' in (tmp_path / "x" / "bundle.toml").read_text()
    assert 0 == run("check", str(tmp_path / "x"))[0]


def test_a_policy_may_begin_upon_a_pack(tmp_path, monkeypatch) -> None:
    """On a bundle that ships or on one of one's own, which may have begun so too: pinned, with a rule and a test of its own."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "org").mkdir()
    (tmp_path / "org" / "bundle.toml").write_text('schema = 1\nname = "org"\n[sets]\nx = ["/x"]\n')
    for folder, pack, place in (
        ("all/acme", "org", "../../org"),
        ("team_a", "all/acme", "../all/acme"),
        ("b", "strict", "strict"),
    ):
        code, _out, err = run("init", folder, "--include", pack)
        assert (0, f"next: agentguard policy test {folder}\n") == (code, err)
        assert f'pack = "{place}"' in Path(folder, "bundle.toml").read_text()
        assert 0 == run("check", folder)[0]
    assert 0 == run("check", "b", "--strict")[0]
    assert 0 == run("test", "team_a", "--min-coverage", "100")[0]
    error, _, _ = run("init", "c", "--include", "org", "--from", "strict")
    assert "exclude each other" in error.message
    assert "did you mean 'baseline'?" == run("init", "c", "--include", "baselin")[0].hint


def test_nothing_is_written_over(tmp_path) -> None:
    """A folder that is not empty, a file, a name that no policy has: each ends with what to do."""
    (tmp_path / "a").write_text("mine")
    error, _, _ = run("init", str(tmp_path), "--name", "x")
    assert isinstance(error, ConfigError)
    assert (f"{tmp_path} is not empty", "name a folder that is new") == (error.message, error.hint)
    assert ["a"] == [file.name for file in tmp_path.iterdir()]
    error, _, _ = run("init", str(tmp_path / "a"))
    assert isinstance(error, ConfigError)
    assert "mine" == (tmp_path / "a").read_text()
    error, _, _ = run("init", str(tmp_path / "My Policy"))
    assert isinstance(error, UsageError)
    assert error.hint.endswith("--name my-policy")
    error, _, _ = run("init", str(tmp_path / "b"), "--from", "baselin")
    assert "did you mean 'baseline'?" == error.hint


def test_warnings_fail_only_if_asked() -> None:
    """They are data like errors, and the sum tells them apart."""
    golden = Path(f"{DOUBTFUL}.txt").read_text()
    many = len(golden.splitlines())
    assert (0, golden, f"{DOUBTFUL}: {many} warnings in 3 files\n") == run("check", DOUBTFUL)
    assert 1 == run("check", DOUBTFUL, "--strict")[0]
    code, out, _ = run("check", DOUBTFUL, "--json")
    found = json.loads(out)
    assert (0, True, 0, many) == (code, found["ok"], found["errors"], found["warnings"])
    assert "warning" == found["findings"][0]["level"]
    assert not json.loads(run("check", DOUBTFUL, "--strict", "--json")[1])["ok"]


def test_findings_can_be_annotations() -> None:
    """One workflow command a finding, with the file as the repository has it."""
    lines = run("check", DOUBTFUL, "--github")[1].splitlines()
    assert f'::warning file={DOUBTFUL}/bundle.toml,line=12,col=1,title=AG701::no rule uses the set "unused"' == lines[0]


def test_a_rule_that_no_test_comes_across_is_named(acme) -> None:
    """And fails if more is wanted."""
    said = f"{acme}: 1 of 2 rules exercised; no test comes across secrets/file\n"
    assert (0, "", f"{said}{acme}: 5 tests passed, 1 of 2 rules exercised\n") == run("test", acme)
    assert 0 == run("test", acme, "--min-coverage", "50")[0]
    error, _, _ = run("test", acme, "--min-coverage", "50.1")
    assert isinstance(error, Refused)
    assert f"the tests of {acme} exercise 50.0 % of its rules, 50.1 % wanted" == error.message
    assert [True, False] == [
        json.loads(run("test", acme, "--json", "--min-coverage", n)[1])["ok"] for n in ("50", "51")
    ]
    coverage = json.loads(run("test", acme, "--json")[1])["coverage"]
    assert {"rules": 2, "exercised": 1, "percent": 50.0, "missing": ["secrets/file"]} == coverage


def test_of_many_rules_that_no_test_comes_across_some_are_named(acme) -> None:
    """A list of thousands would hide how the tests ended."""
    rules = "".join(f'[[rule]]\nid = "more/r{n}"\neffect = "deny"\ncommand = "tool{n}"\n' for n in range(60))
    (Path(acme) / "rules").mkdir()
    (Path(acme) / "rules" / "more.toml").write_text(rules)
    said = run("test", acme)[2].splitlines()[0]
    assert said.startswith(f"{acme}: 1 of 62 rules exercised; no test comes across more/r0, more/r1, more/r10, ")
    assert said.endswith(" and 11 more (--json has all)")
    assert 61 == len(json.loads(run("test", acme, "--json")[1])["coverage"]["missing"])


def test_results_are_written_for_a_build_server(acme, tmp_path) -> None:
    """JUnit: a suite a file, a case a call; what XML cannot hold is escaped."""
    wrong(acme)
    file = tmp_path / "j.xml"
    assert isinstance(run("test", acme, "--junit", str(file))[0], Refused)
    root = ET.parse(file).getroot()
    assert ("acme", "5", "2") == (root.get("name"), root.get("tests"), root.get("failures"))
    [suite] = root
    assert ("tests/a.toml", 5) == (suite.get("name"), len(suite))
    names = [case.get("name") for case in suite]
    assert {"who <may>, engineer: Edit a", "one & two: echo \\x01"} < set(names)
    failed = [case for case in suite if len(case)]
    assert ["expected deny, got allow", "expected ask, got allow"] == [case[0].get("message") for case in failed]
    assert "Edit a" in failed[1][0].text
    error, _, _ = run("test", acme, "--junit", str(tmp_path / "none" / "j.xml"))
    assert isinstance(error, ConfigError)


def test_a_matrix_without_the_unknown_person_is_an_error(acme) -> None:
    """What happens to somebody without a role must be said."""
    file = Path(acme, "tests", "a.toml")
    file.write_text(file.read_text().replace('"(unknown)"', '"engineer"'))
    code, out, _ = run("matrix", acme)
    assert 1 == code
    assert out.startswith("tests/a.toml:3:9: AG505 ")


def test_a_matrix_is_shown_as_it_came_out(acme) -> None:
    """As a table; a cell that is wrong says both, and the exit code is 3."""
    assert (
        0,
        """\
who <may>  (tests/a.toml:1)
                   engineer  (unknown)
Edit a             allow     deny
Bash: cat a\\nls b  allow     allow
""",
        "",
    ) == run("matrix", acme)
    wrong(acme)
    error, out, _ = run("matrix", acme)
    assert isinstance(error, Refused)
    assert f"1 of 4 cells of {acme} is wrong" == error.message
    assert "Edit a             allow, not ask  deny\n" in out
    found = json.loads(run("matrix", acme, "--json")[1])
    assert (False, ["engineer", "(unknown)"]) == (found["ok"], found["matrices"][0]["roles"])
    cell = {"role": "(unknown)", "expected": "deny", "got": "deny", "rule": "write/engineers", "passed": True}
    assert cell == found["matrices"][0]["rows"][0]["cells"][1]


def test_the_page_for_a_review_stands_alone(acme, tmp_path) -> None:
    """No script, nothing from elsewhere, everything escaped, light and dark; as the golden file has it."""
    wrong(acme)
    run("matrix", acme, "--html", str(tmp_path / "m.html"))
    page = (tmp_path / "m.html").read_text()
    assert (ROOT / "tests" / "golden" / "policy" / "matrix.html").read_text() == page
    assert "who &lt;may&gt;" in page
    assert "prefers-color-scheme: dark" in page
    assert [] == [word for word in ("<script", "http:", "https:", "src=", "@import") if word in page]


def test_a_policy_without_a_matrix_has_none_to_show(acme) -> None:
    """An error with the next step."""
    Path(acme, "tests", "a.toml").unlink()
    error, _, _ = run("matrix", acme)
    assert isinstance(error, ConfigError)
    assert "[[matrix]]" in error.message


@pytest.mark.parametrize("name", source.shipped_names())
def test_what_ships_has_no_warnings(name) -> None:
    """An example that warns teaches to look away."""
    assert 0 == run("check", source.shipped_bundle(name), "--strict")[0]


def test_rules_of_an_included_pack_count_where_they_are_adjusted(acme, tmp_path) -> None:
    """The rest of a pack is tested with the pack."""
    Path(acme, "tests", "a.toml").unlink()
    over = tmp_path / "over"
    (over / "tests").mkdir(parents=True)
    text = f'schema = 1\nname = "over"\n[[include]]\npack = "../acme"\ndigest = "{layers.digest(acme)}"\n'
    text += '[[adjust]]\nrule = "secrets/file"\neffect = "ask"\nbecause = "trial"\n'
    text += '[[rule]]\nid = "own/rule"\neffect = "ask"\naction = "delete"\npath = ["/srv/**"]\n'
    (over / "bundle.toml").write_text(text)
    (over / "tests" / "a.toml").write_text(
        '[[case]]\nname = "n"\nbash = "cat .env"\nfiles = [".env"]\nexpect = "ask"\n'
    )
    code, out, _ = run("test", str(over), "--json")
    coverage = json.loads(out)["coverage"]
    assert (0, {"rules": 2, "exercised": 1, "percent": 50.0, "missing": ["own/rule"]}) == (code, coverage)


def test_warnings_stand_beside_errors(acme) -> None:
    """What a rule says by itself is warned about although something else is wrong."""
    bundle = Path(acme) / "bundle.toml"
    bundle.write_text(
        bundle.read_text()
        + '[[rule]]\nid = "a/b"\neffect = "deny"\nvariable = "$HOME"\n[[rule]]\nid = "c/d"\nserver = "x"\n'
    )
    found = json.loads(run("check", acme, "--json")[1])["findings"]
    assert [("error", "AG101"), ("warning", "AG715")] == [(one["level"], one["code"]) for one in found]


def test_a_rollout_beneath_a_bundle_that_observes_is_warned_about(acme) -> None:
    """Nobody enforces such a rule, whatever its rollout says; its own mode would."""
    bundle = Path(acme, "bundle.toml")
    rule = '[[rule]]\nid = "a/{0}"\neffect = "deny"\ncommand = "{0}"\nrollout = 20\n'
    more = rule.format("x") + rule.format("y") + 'mode = "enforce"\n' + rule.format("z").replace("rollout = 20", "")
    bundle.write_text(BUNDLE.replace('name = "acme"', 'name = "acme"\nmode = "observe"') + more)
    what = '"rollout" does nothing yet: the bundle observes, and this rule has no mode = "enforce" of its own'
    assert f"bundle.toml:20:11: AG717 warning: {what}\n" == run("check", acme)[1]
    bundle.write_text(BUNDLE + more)
    assert "" == run("check", acme)[1]


def test_what_a_case_calls_is_looked_at_too(acme) -> None:
    """A slip there would make a test pass for another reason: such a tool is asked about, such a call is denied."""
    text = '[[case]]\nname = "n"\ntool = "Raed"\npermission_mode = "bypas"\nexpect = "ask"\n'
    text += '[[matrix]]\nroles = ["(unknown)"]\npermission_mode = "plna"\nrows = [["Read a", "allow"]]\n'
    Path(acme, "tests", "b.toml").write_text(text)
    assert (
        'tests/b.toml:3:8: AG714 warning: agentguard knows no tool "Raed" (did you mean "Read"?)\n'
        'tests/b.toml:4:19: AG716 warning: the agent has no permission mode "bypas" (did you mean "bypassPermissions"?)\n'
        'tests/b.toml:8:19: AG716 warning: the agent has no permission mode "plna" (did you mean "plan"?)\n'
    ) == run("check", acme)[1]
    text = '[[case]]\nname = "n"\ntool = "Read"\nexpect = "deny"\n'
    text += '[[case]]\nname = "o"\ntool = "Read"\ninput = { file = ".env" }\nexpect = "deny"\n'
    text += (
        '[[case]]\nname = "p"\ntool = "Read"\ninput = { file = "x" }\nexpect = "deny"\nrule = "agentguard/malformed"\n'
    )
    Path(acme, "tests", "b.toml").write_text(text)
    assert (
        'tests/b.toml:3:8: AG501 the input of Read has a "file_path"\n'
        'tests/b.toml:8:9: AG501 the input of Read has a "file_path", not a "file"\n'
    ) == run("check", acme)[1]


def test_a_wrong_rule_is_what_the_build_server_is_told(acme, tmp_path) -> None:
    """The effect is the one expected, so the message names both rules."""
    case = '[[case]]\nname = "x"\nbash = "cat .env"\nfiles = [".env"]\nexpect = "deny"\nrule = "a/b"\n'
    bundle = Path(acme) / "bundle.toml"
    bundle.write_text(bundle.read_text() + '[[rule]]\nid = "a/b"\neffect = "deny"\nvariable = "HOME"\n')
    for file in (Path(acme) / "tests").iterdir():
        file.unlink()
    (Path(acme) / "tests/b.toml").write_text(case)
    run("test", acme, "--junit", str(tmp_path / "j.xml"))
    message = ET.parse(tmp_path / "j.xml").getroot().find(".//failure").get("message")
    assert "expected deny by a/b, got deny by secrets/file" == message
