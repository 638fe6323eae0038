"""The bundles that ship: their own tests, what each promises beside them, and that their names lead to them."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner

from agentguard.cli.main import cli
from agentguard.policy import calls, cases, setting, source, suite
from agentguard.policy.compile import compile_folder
from agentguard.policy.model import OBSERVE

ROOT = Path(__file__).parents[2]
OTHERS = [name for name in source.shipped_names() if name != "baseline"]


@cache
def prepared(name):
    return suite.prepare(name)


@cache
def policy(name):
    return prepared(name).loaded()


@cache
def rules(name):
    """Return {id: rule} of a bundle's compiled policy."""
    return {rule["id"]: rule for rule in json.loads(compile_folder(source.shipped_bundle(name)))["rules"]}


@pytest.mark.parametrize("name", OTHERS)
def test_its_own_tests_pass(name):
    """Every case of the bundle ends as it says."""
    results = suite.run(policy(name), prepared(name).trials)
    assert [] == [f"{one.trial.shown}: {one.got} by {one.rule}" for one in results if not one.passed]


@pytest.mark.parametrize("name", OTHERS)
def test_each_rule_of_its_own_and_each_that_it_changes_has_a_case(name):
    """Those of the baseline that stay as they are have their cases there."""
    known = rules("baseline")
    own = [rule for rule, held in rules(name).items() if rule not in known or held["effect"] != known[rule]["effect"]]
    named = {trial.rule for trial in prepared(name).trials}
    assert [] == [rule for rule in own if rule not in named]


@pytest.mark.parametrize("name", OTHERS)
def test_every_matrix_has_a_column_for_somebody_unknown(name):
    """Whoever is not known must not gain by it."""
    for document in source.read(source.shipped_bundle(name)).of_kind(source.TESTS):
        for matrix in document.values.get("matrix", []):
            assert cases.NOBODY in matrix["roles"]


def test_observe_is_the_baseline_and_stops_nothing():
    """The same rules, none of them enforced; the built-in pack is."""
    assert OBSERVE == policy("observe").mode
    assert rules("baseline") == rules("observe")
    assert [] == [rule for rule, held in rules("observe").items() if "mode" in held]
    world = setting.made_up({".env": "", ".git/HEAD": ""}, {})
    for text, would in (
        ("cat .env", "deny"),
        ("rm -rf ~", "deny"),
        ("git push origin x", "ask"),
        ("curl $X", "allow"),
        ("ls", "allow"),
    ):
        decision = setting.judge(policy("observe"), calls.of_bash(text, setting.PROJECT), world)[1]
        if decision.rule.startswith("agentguard/"):  # the home holds agentguard's own files
            assert "deny" == decision.effect
        else:
            assert ("allow", would) == (decision.effect, decision.would), text


def test_strict_never_says_less_than_the_baseline():
    """What the baseline's own cases deny or ask about is denied or asked about under strict too."""
    strictness = {"allow": 0, "ask": 1, "deny": 2}
    laxer = []
    for trial in prepared("baseline").trials[::6]:
        decision = setting.judge(policy("strict"), trial.call, trial.world, trial.who)[1]
        if trial.expected in strictness and strictness[decision.effect] < strictness[trial.expected]:
            laxer.append((trial.shown, decision.effect, trial.expected))
    assert laxer == []


EVERYDAY = ("agent-idioms", "git-everyday", "python", "javascript", "go", "rust")


def test_strict_is_usable_for_ordinary_engineering():
    """Of the harmless calls of six everyday topics at least 9 of 10 pass, and of the rest few are denied."""
    world = setting.made_up({".git/HEAD": "", "package.json": "{}", "manage.py": "", "src/a.py": ""}, {})
    stopped, count = [], 0
    for topic in EVERYDAY:
        for line in (ROOT / f"tests/corpus/harmless/{topic}.ndjson").read_text(encoding="utf-8").splitlines()[::4]:
            call = json.loads(line)
            if "bash" in call:
                count += 1
                decision = setting.judge(policy("strict"), calls.of_bash(call["bash"], setting.PROJECT), world)[1]
                if decision.effect != "allow":
                    stopped.append((decision.effect, decision.rule, call["bash"]))
    assert count > 120
    assert len(stopped) * 10 <= count, stopped
    assert sum(effect == "deny" for effect, *_ in stopped) * 50 <= count, stopped


@pytest.mark.parametrize("name", source.shipped_names())
def test_a_name_leads_to_its_bundle(name, tmp_path, monkeypatch):
    """`policy check NAME` from any folder; `policy init --from NAME` begins a policy that is valid."""
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(cli, ["policy", "check", name])
    assert 0 == done.exit_code, done.output
    done = CliRunner().invoke(cli, ["policy", "init", "mine", "--from", name])
    assert 0 == done.exit_code, done.output
    assert () == suite.prepare("mine").findings


def test_every_bundle_is_in_the_wheel_and_has_a_page():
    """What is in `bundles` goes into the package as a whole; docs/bundles has a page of the same name, and README names it."""
    listed = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert '"bundles" = "agentguard/bundles"' in listed
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for name in source.shipped_names():
        assert os.path.isfile(ROOT / f"docs/bundles/{name}.md")
        assert f"docs/bundles/{name}.md" in readme


def counted(*names):
    """Return how many lines are neither empty nor comments, and how many of these are texts for whoever is denied."""
    texts = [line.strip() for name in names for line in (ROOT / name).read_text(encoding="utf-8").splitlines()]
    lines = [line for line in texts if line and line[0] != "#"]
    return len(lines), sum(line.startswith(("reason = ", "remedy = ")) for line in lines)


def test_the_lines_of_roles_example_are_as_many_as_its_page_says():
    """The page compares two policies by lines; both are counted here."""
    page = (ROOT / "docs/bundles/roles-example.md").read_text(encoding="utf-8")
    own = counted("bundles/roles-example/bundle.toml", "bundles/roles-example/rules/roles.toml")
    other = counted("docs/bundles/roles-example.cerbos.yaml")
    assert f"| roles-example (`bundle.toml` and `rules/roles.toml`) | {own[0]} | {own[1]} |" in page
    assert f"| the same roles for Cerbos | {other[0]} | {other[1]} |" in page
