"""What jq makes of a JSON text when its program only sets and removes values: `.version = "2" | del(.private)`.

Followed are `.`, `PATH = VALUE`, `PATH |= VALUE`, `PATH += VALUE` and `del(PATH, …)`, one behind the other. A PATH is made of
names and numbers, a VALUE is JSON or a `$name` that stands on the command line (jq manual, Assignment). Anything else is not.
"""

from __future__ import annotations

from agentguard import jsontext

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_OPEN, _CLOSE = "([{", ")]}"


class _Unclear(Exception):  # noqa: N818 - no fault: such a program is not followed
    pass


def edited(text: str, program: str, names: Mapping[str, str]) -> str | None:
    """Return the JSON that is written, None where that is not known. `names`: values of `$name`, as JSON."""
    if "#" in program:  # a comment may hide a quote
        return None
    steps = _split(program, "|")
    if not any("=" in step or step.strip().startswith("del(") for step in steps):
        return None
    try:
        value = jsontext.loads(text.encode("utf-8"))
        for step in steps:
            value = _step(value, step.strip(), names)
        return jsontext.dumps(value) + "\n"
    except (_Unclear, jsontext.JsonError, UnicodeEncodeError, RecursionError, TypeError, ValueError):
        return None


def _step(value: Any, step: str, names: Mapping[str, str]) -> Any:
    if step in (".", ""):
        return value
    if step.startswith("del(") and step.endswith(")"):
        for path in _split(step[4:-1], ","):
            _set(value, _path(path.strip()), "del", None)
        return value
    left, sign, right = _assignment(step)
    given = names.get(right[1:]) if right[:1] == "$" else right
    if given is None:
        raise _Unclear
    _set(value, _path(left), sign, jsontext.loads(given.encode("utf-8")))
    return value


def _assignment(step: str) -> tuple[str, str, str]:
    """Return (path, sign, value) of an assignment."""
    pieces = _split(step, "=")
    if len(pieces) != 2:
        raise _Unclear
    left = pieces[0].rstrip()
    sign = left[-1:] if left[-1:] in ("|", "+") else ""
    if not sign and left[-1:] in "-*/%!<>":
        raise _Unclear
    return left[: len(left) - len(sign)].rstrip(), sign, pieces[1].strip()


def _path(text: str) -> list[str | int]:
    """Return the names and numbers of a path: `.a."b c"[0]["d"]`."""
    steps: list[str | int] = []
    at = 0
    while at < len(text):
        if text[at] == "[":
            end = _end(text, at)
            inner = jsontext.loads(text[at + 1 : end].encode("utf-8"))
            if type(inner) not in (str, int):
                raise _Unclear
            steps.append(inner)
            at = end + 1
        elif text[at] == "." and text[at + 1 : at + 2] == '"':
            end = text.find('"', at + 2)
            if end < 0 or "\\" in text[at:end]:
                raise _Unclear
            steps.append(text[at + 2 : end])
            at = end + 1
        elif text[at] == "." and text[at + 1 : at + 2] == "[":
            at += 1
        elif text[at] == ".":
            end = at + 1
            while end < len(text) and (text[end].isalnum() or text[end] == "_") and text[end].isascii():
                end += 1
            if end == at + 1 or text[at + 1].isdigit():
                raise _Unclear
            steps.append(text[at + 1 : end])
            at = end
        else:
            raise _Unclear
    if not steps:
        raise _Unclear
    return steps


def _set(value: Any, steps: list[str | int], sign: str, new: Any) -> None:
    """Change one place. Objects on the way are made as jq makes them; a number that a list has not is not followed."""
    for number, step in enumerate(steps):
        inside = (
            isinstance(value, dict) if isinstance(step, str) else isinstance(value, list) and 0 <= step < len(value)
        )
        if not inside:
            raise _Unclear
        if number == len(steps) - 1:
            break
        if isinstance(value, dict) and value.get(step) is None:
            if sign == "del":
                return
            value[step] = {}
        value = value[step]
    last = steps[-1]
    if sign == "del":
        if isinstance(value, dict):
            value.pop(last, None)
        else:
            del value[last]
    elif sign == "+":
        old = value.get(last) if isinstance(value, dict) else value[last]
        value[last] = new if old is None else _sum(old, new)
    else:
        value[last] = new


def _sum(old: Any, new: Any) -> Any:
    if isinstance(old, dict) and isinstance(new, dict):
        return {**old, **new}
    if isinstance(old, list) and isinstance(new, list):
        return [*old, *new]
    raise _Unclear


def _split(text: str, sign: str) -> list[str]:
    """Return the pieces of a program between signs that stand in no text and in no brackets; `|=` is no pipe."""
    pieces, start, depth, at = [], 0, 0, 0
    while at < len(text):
        char = text[at]
        if char == '"':
            at += 1
            while at < len(text) and text[at] != '"':
                at += 2 if text[at] == "\\" else 1
        elif char in _OPEN:
            depth += 1
        elif char in _CLOSE:
            depth -= 1
        elif char == sign and not depth and not (char == "|" and text[at + 1 : at + 2] == "="):
            pieces.append(text[start:at])
            start = at + 1
        at += 1
    return [*pieces, text[start:]]


def _end(text: str, at: int) -> int:
    end = text.find("]", at)
    if end < 0:
        raise _Unclear
    return end
