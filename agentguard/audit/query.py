"""The query language of the audit log, the same on a laptop and at the collector.

    effect:deny user:alice rule:secrets/* since:24h "quoted words" -tool:Read

Terms are separated by spaces and all of them must hold. `KEY:VALUE` compares a field, without regard to case; `*`
stands for any text; a value with spaces is quoted (`path:"/srv/my files/*"`). A field with several values (rows, rules)
matches if one of them does. A word or quoted words alone are looked for in every text of the record. `-` before a term
means not.
`since:` and `until:` take a span (30s, 15m, 24h, 7d, 2w) or a date (2026-05-01, 2026-05-01T12:00).
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard.audit.record import stamp
from agentguard.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Fields of the body that are compared as they are: key of the query, field of the record.
_BODY = {
    "agent": "agent",
    "chain": "chain",
    "device": "device",
    "effect": "effect",
    "event": "event",
    "exception": "exception",
    "host-name": "hostname",
    "id": "id",
    "kind": "kind",
    "mode": "mode",
    "outcome": "outcome",
    "permission_mode": "permission_mode",
    "role": "roles",
    "rule": "rules",
    "session": "session",
    "severity": "severity",
    "subagent": "subagent",
    "tool": "tool",
    "tool_use_id": "tool_use_id",
    "user": "user",
    "would": "would",
}
_BUNDLE = {"bundle": "name", "revision": "revision", "state": "state"}
_TEXTS = {"branch": "branch", "cwd": "cwd", "project": "project"}
_ROW_BODY = {"action": "action", "certainty": "certainty", "mcp_tool": "mcp_tool", "port": "port", "server": "server"}
_ROW_TEXTS = {"host": ("host",), "package": ("package",), "path": ("path", "resolved"), "ref": ("ref",)}
_ORIGIN = {"command": "command", "via": "via"}
_TIMES = ("since", "until")
KEYS = sorted([*_BODY, *_BUNDLE, *_TEXTS, "repo", *_ROW_BODY, *_ROW_TEXTS, *_ORIGIN, *_TIMES])

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SPAN = re.compile(r"([0-9]{1,6})([smhdw])")
_TERM = re.compile(r"(-?)(?:([A-Za-z_-]+):)?")
_LIMIT = 4096  # characters of a query


class Term(NamedTuple):
    """One condition. `key` is "" for words that may stand anywhere; `value` is lower case, or a time."""

    key: str
    value: str
    negated: bool = False


class QueryError(UsageError):
    """A query that makes no sense; the message shows where."""

    code = "query"


def parse(text: str, *, now: float) -> tuple[Term, ...]:
    """Return the terms of a query. An empty one has none and matches everything. Raises `QueryError`."""
    if len(text) > _LIMIT:
        raise QueryError(f"a query has at most {_LIMIT} characters")
    terms = []
    pos = 0
    while pos < len(text):
        if text[pos].isspace():
            pos += 1
            continue
        start = pos
        head = _TERM.match(text, pos)
        negated, key = (head.group(1) == "-", head.group(2) or "") if head else (False, "")
        pos = head.end() if head else pos
        value, pos, quoted = _value(text, pos)
        if not value and not quoted:
            raise _error(text, start, f"{key}: has no value" if key else "a term is missing after -")
        if key:
            key = _key(text, start + negated, key.lower())
        terms.append(Term(key, _time(text, start, key, value, now) if key in _TIMES else value.lower(), negated))
    return tuple(terms)


def matches(terms: tuple[Term, ...], body: dict[str, Any], texts: dict[str, Any] | None, received: str = "") -> bool:
    """Whether a record fulfils all terms. The collector's time `received` counts instead of the device's, if given."""
    return all(_holds(term, body, texts or {}, received) != term.negated for term in terms)


def _holds(term: Term, body: dict[str, Any], texts: dict[str, Any], received: str) -> bool:
    if term.key in _TIMES:
        time = received or _text(body.get("time", ""))
        return time >= term.value if term.key == "since" else time < term.value
    if not term.key:
        return any(term.value in word.lower() for word in _strings([body, texts]))
    return any(_like(term.value, value.lower()) for value in _values(term.key, body, texts))


def _values(key: str, body: dict[str, Any], texts: dict[str, Any]) -> Iterator[str]:
    """Yield the values of a field as texts. Takes records of any shape: a device may be hostile."""
    if key in _BODY:
        yield from _strings(body.get(_BODY[key]))
    elif key in _BUNDLE:
        yield from _strings(_object(body.get("bundle")).get(_BUNDLE[key]))
    elif key in _TEXTS:
        yield from _strings(texts.get(_TEXTS[key]))
    elif key == "repo":
        yield _text(texts.get("repo")).removeprefix("https://")
    elif key in _ROW_BODY:
        for row in _objects(body.get("rows")):
            usual = "certain" if key == "certainty" else None
            yield from _strings(row.get(_ROW_BODY[key], usual))
    elif key in _ROW_TEXTS:
        for row in _objects(texts.get("rows")):
            for name in _ROW_TEXTS[key]:
                yield _text(row.get(name))
    else:
        for origin in _objects(texts.get("origins")):
            words = origin.get(_ORIGIN[key])
            yield from _strings(words)
            if key == "command" and isinstance(words, list):
                yield " ".join(map(_text, words))
        if key == "command":
            yield _text(texts.get("command"))


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []


def _text(value: Any) -> str:
    """Return a value as text; of a pattern, its known parts with `*` between."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        return "".join(part if isinstance(part, str) else "*" for part in value)
    return "" if value is None or isinstance(value, dict) else str(value)


def _strings(value: Any) -> Iterator[str]:
    """Yield every text and number within a value."""
    todo = [value]
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            todo.extend(value.values())
        elif isinstance(value, list):
            todo.extend(value)
        elif value is not None:
            yield _text(value)


def _like(pattern: str, text: str) -> bool:
    """Whether `text` is what `pattern` says, with `*` for any text. Each part at its leftmost place."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    *middle, last = rest
    if not text.startswith(first) or len(text) < len(first) + len(last) or not text.endswith(last):
        return False
    pos, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, pos, end)
        if found < 0:
            return False
        pos = found + len(part)
    return True


def _value(text: str, pos: int) -> tuple[str, int, bool]:
    """Return a term's value, the place after it, and whether it was quoted."""
    if text[pos : pos + 1] == '"':
        close = text.find('"', pos + 1)
        if close < 0:
            raise _error(text, pos, "the quote that starts here is not closed")
        return text[pos + 1 : close], close + 1, True
    end = pos
    while end < len(text) and not text[end].isspace():
        end += 1
    return text[pos:end], end, False


def _key(text: str, pos: int, key: str) -> str:
    if key in KEYS:
        return key
    near = difflib.get_close_matches(key, KEYS, n=1)
    advice = f"; did you mean {near[0]}?" if near else f"; known are {', '.join(KEYS)}"
    raise _error(text, pos, f"there is no field {key}{advice}", "quote it to look for the words themselves")


def _time(text: str, pos: int, key: str, value: str, now: float) -> str:
    span = _SPAN.fullmatch(value)
    if span:
        return stamp(max(0.0, now - int(span.group(1)) * _UNITS[span.group(2)]))
    try:
        moment = dt.datetime.fromisoformat(value)
    except ValueError:
        raise _error(text, pos, f"{key}: takes 30m, 24h, 7d or a date such as 2026-05-01, not {value}") from None
    utc = moment.replace(tzinfo=moment.tzinfo or dt.UTC).astimezone(dt.UTC)
    return utc.strftime("%Y-%m-%dT%H:%M:%S.") + f"{utc.microsecond // 1000:03d}Z"


def _error(text: str, pos: int, what: str, hint: str = "") -> QueryError:
    shown = "".join(char if char.isprintable() else " " for char in text)
    return QueryError(f"{what}\n  {shown}\n  {' ' * pos}^", hint=hint)
