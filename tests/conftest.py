"""What holds for all tests: none is timed, because a busy machine is no fault."""

from __future__ import annotations

import hypothesis
import pytest

hypothesis.settings.register_profile("untimed", deadline=None)
hypothesis.settings.load_profile("untimed")

# The files that take longest come first: workers take whole files, and a long one at the end would leave the other idle.
LONG = (
    "test_readme.py", "test_corpus.py", "test_shell_budgets.py", "test_deploy_quickstart.py", "test_collector_server.py",
    "test_hook_hostile_input.py", "test_engine_laws.py", "test_code_literals.py", "test_demo.py", "test_shell_expansions.py",
)  # fmt: skip


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Sort by file; the order within each stays."""
    items.sort(key=lambda item: LONG.index(item.path.name) if item.path.name in LONG else len(LONG))
