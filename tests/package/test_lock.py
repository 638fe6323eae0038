"""What the package is made of: a lock that agrees with what is asked for, and units that are rendered and not written twice."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
sys.path.append(str(ROOT / "scripts"))

import _lock  # noqa: E402 - it lies beside the scripts


def wanted():
    """What agentguard itself requires."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]


def test_the_lock_holds_what_pyproject_asks_for():
    """After a change of the dependencies the lock must be made again."""
    assert [] == _lock.unmet(wanted(), _lock.pins()), _lock.AGAIN


@pytest.mark.parametrize("requirement", ["click>=999", "no-such-distribution>=1"])
def test_a_lock_that_is_too_old_is_found(requirement):
    """A version that is not enough, and one that is not there."""
    assert [requirement] == [text.partition(" (")[0] for text in _lock.unmet([requirement], _lock.pins())]


def test_what_does_not_hold_here_is_not_asked_for():
    """Extras and other machines ask for nothing."""
    assert [] == _lock.unmet(['x; extra == "dev"', "y; sys_platform == 'win32'"], {})


def test_every_locked_file_has_its_digest():
    """Nothing else is taken, wherever it comes from."""
    text = Path(_lock.LOCK).read_text(encoding="ascii")
    entries = re.findall(r"(?m)^[a-z0-9._-]+==.*(?:\n    --hash=sha256:[0-9a-f]{64}(?: \\)?)+", text)
    assert len(_lock.pins()) == len(entries)
