"""The shipped baseline as a bundle: it compiles, its own tests pass, and what the program carries of it is current."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

from agentguard.policy import engine, source, suite
from agentguard.policy.compile import compile_folder

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BASELINE = os.path.join(ROOT, "bundles", "baseline")


def check(root):
    """Run `scripts/generate-packs --check` of a tree with this Python: no environment is made."""
    code = "import _venv, runpy, sys; _venv.ensure = lambda extras: None; sys.argv = ['generate-packs', '--check']; "
    code += "runpy.run_path('generate-packs', run_name='__main__')"
    folder = os.path.join(root, "scripts")
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=folder)


@pytest.fixture(scope="module")
def prepared():
    return suite.prepare(BASELINE)


@pytest.fixture(scope="module")
def results(prepared):
    return suite.run(prepared.loaded(), prepared.trials)


def test_its_own_tests_pass(results):
    """Every case of the bundle ends as it says."""
    assert [] == [f"{one.trial.shown}: {one.got} by {one.rule}" for one in results if not one.passed]


def test_every_rule_has_a_case_and_a_near_miss(prepared, results):
    """Each rule is named by a case that it stops; each file of cases also shows what passes."""
    named = {trial.rule for trial in prepared.trials}
    assert [] == [rule["id"] for rule in prepared.loaded().rules if rule["id"] not in named]
    quiet = {one.trial.document.file for one in results if one.trial.expected == "allow"}
    assert {one.trial.document.file for one in results} == quiet


def test_what_the_program_carries_is_up_to_date():
    """scripts/generate-packs has been run since the last change to a policy."""
    done = check(ROOT)
    assert (0, "") == (done.returncode, done.stderr)


def test_a_pack_that_is_out_of_date_is_found(tmp_path):
    """A rule that was added and not generated fails the check, with a line that says what to do."""
    for name in ("agentguard", "bundles", "docs", "scripts"):
        shutil.copytree(os.path.join(ROOT, name), tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    added = tmp_path / "bundles" / "baseline" / "rules" / "new.toml"
    added.write_text('[[rule]]\nid = "new"\neffect = "ask"\naction = "listen"\n', encoding="utf-8")
    with open(tmp_path / "docs" / "policy-reference.md", "a", encoding="utf-8") as page:
        page.write("by hand\n")
    done = check(str(tmp_path))
    assert 1 == done.returncode
    stale = [line.removesuffix(" is out of date: run scripts/generate-packs") for line in done.stderr.splitlines()]
    followers = ["bundles/observe/bundle.toml", "docs/bundles/baseline.md", "docs/policy-reference.md"]
    assert {"agentguard/policy/fallback.policy", *followers} <= set(stale)


def test_the_bundle_is_what_ships():
    """The name leads to this folder."""
    assert os.path.samefile(BASELINE, source.shipped_bundle("baseline"))
    assert engine.fallback().name == engine.load(compile_folder(BASELINE)).name == "baseline"
