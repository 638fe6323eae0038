"""Findings of code as short texts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from agentguard.access.code import literals, python
from agentguard.access.code.library import Given
from agentguard.access.shell.values import Beneath


def _one(kind: str, value: Any) -> str:
    if kind == "path":
        path, action, extent = value
        if isinstance(path, Beneath):
            path, extent = path.root, "tree"
        return f"{action} {path}{'/**' if extent == 'tree' else ''}"
    if kind == "connect":
        return f"connect {value[0]}{f':{value[1]}' if value[1] else ''}{' sends' if value[2] else ''}"
    if kind == "listen":
        return f"listen {value[0]}{f':{value[1]}' if value[1] else ''}"
    if kind in ("shell", "command"):
        what = value[0] if kind == "shell" else " ".join(map(str, value[0]))
        more = "".join(f" ({key}: {one})" for key, one in value[1].items())
        return f"{kind} {what}{more}"
    if kind == "run":
        return f"run {value[0]}"
    if kind == "trait":
        return value[0]
    return kind if value is None or value is True else f"{kind} {value}"


@pytest.fixture
def found() -> Callable[..., list[str]]:
    """Return a function that gives the findings of code: `read x`, `connect x sends`, `shell x (stdin: y)`.

    What is put into files is left out (see test_filled).
    """

    def written(language: str, code: str, **given: Any) -> list[str]:
        done = python.read(code, "/home/dev", Given(**given)) if language == "python" else literals.read(code, language)
        return list(dict.fromkeys(_one(kind, value) for kind, value in done if kind not in ("text", "prints")))

    return written
