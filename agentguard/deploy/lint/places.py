"""JSON with places: where each value of a document stands, and which keys stand twice.

`json` says what is valid; this only walks a text that is. Paths are tuples of keys and numbers.
"""

from __future__ import annotations

import json
import re

Path = tuple[str | int, ...]
_TOKEN = re.compile(r'\s*("(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+)')


def places(text: str) -> tuple[dict[Path, int], list[tuple[Path, int]]]:
    """Return {path: offset of its value} of a valid document, and the keys that stand twice, with their offsets."""
    found: dict[Path, int] = {}
    twice: list[tuple[Path, int]] = []
    stack: list[tuple[Path, str, set[Path]]] = []  # open containers: path, bracket, keys so far
    path: Path = ()
    key = True  # whether a text is a key: in an object, after `{` or `,`
    for match in _TOKEN.finditer(text):
        word, at = match[1], match.start(1)
        inside = stack[-1] if stack else ((), "", set())
        if word in "}]":
            stack.pop()
        elif word == ",":
            if inside[1] == "[":
                path = (*inside[0], int(path[len(inside[0])]) + 1)
            else:
                key = True
        elif inside[1] == "{" and key and word != ":" and word[0] == '"':
            path = (*inside[0], json.loads(word))
            if path in inside[2]:
                twice.append((path, at))
            inside[2].add(path)
            key = False
        elif word != ":":
            found[path] = at
            if word in "{[":
                stack.append((path, word, set()))
                path = (*path, 0) if word == "[" else path
                key = word == "{"
    return found, twice


def position(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, from 1."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)


def spelled(path: Path) -> str:
    """Return a path as people write it: `hooks.PreToolUse[0].matcher`."""
    return "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
