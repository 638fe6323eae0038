from __future__ import annotations

import pytest

from agentguard import places


@pytest.fixture
def home(tmp_path):
    """Return the places of a personal install beneath an empty home."""
    folder = tmp_path / "home"
    folder.mkdir()
    return places.personal(str(folder))
