"""Makes the readers beside these tests importable, and a home."""

from __future__ import annotations

import os
import sys

import pytest

from agentguard import places

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))


@pytest.fixture
def home(tmp_path):
    """Return the places of a personal install beneath an empty home."""
    folder = tmp_path / "home"
    folder.mkdir()
    return places.personal(str(folder))
