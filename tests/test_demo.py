"""`scripts/demo` tells the whole story on real processes and leaves nothing behind."""

import json
import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """Run the demo with a scratch folder of its own; return its JSON and what it left there."""
    scratch = tmp_path_factory.mktemp("scratch")
    done = subprocess.run(
        [ROOT / "scripts/demo", "--json"], capture_output=True, text=True, check=False,
        env={**os.environ, "TMPDIR": str(scratch)},
    )  # fmt: skip
    assert 0 == done.returncode, done.stderr
    return json.loads(done.stdout), list(scratch.iterdir())


def test_exit_codes_are_allow_deny_ask_deny(demo):
    """A quiet allow, a denial, a question, and a denial because one bit of the seal was changed."""
    story, _ = demo
    assert [0, 2, 0, 2] == story["exits"]
    assert ["silence", "deny", "ask", "deny"] == [step["effect"] for step in story["steps"] if "effect" in step]


def test_rules_are_named(demo):
    """Each answer names the rule or default that decided it."""
    story, _ = demo
    assert ["", "secrets/file", "git/push"] == story["rules"][:3]
    assert story["rules"][3]


def test_server_was_really_stopped_and_records_are_found(demo):
    """The calls were decided with no server there, and the uploaded denial is found by a search."""
    story, _ = demo
    assert story["server_stopped"] is True
    assert 1 == next(step["found"] for step in story["steps"] if step["step"] == "search")


def test_nothing_is_left_behind(demo):
    """The demo cleans up after itself."""
    _, left = demo
    assert [] == left


def test_story_fits_on_a_page():
    """The script stays readable as a story."""
    assert len((ROOT / "scripts/demo").read_text().splitlines()) <= 60
