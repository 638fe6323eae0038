r"""The query language of the audit log, the same on a laptop and at the collector. It reads like Lucene's.

    verdict:deny user:alice (path:"/etc/*" OR host:*.example) "push --force" since:24h -tool:Read

Terms are separated by spaces, and all of them must hold; AND may stand between them. OR joins alternatives and binds
less than that, parentheses group, `-` or NOT before a term or a group means not. AND, OR and NOT are upper case.
`KEY:VALUE` compares a field, without regard to case; `*` stands for any text, and `KEY:*` finds what has the field at
all. `KEY:(a OR b)` gives several values. A value with spaces, quotes or parentheses is quoted (`path:"/srv/my files/*"`;
`\"` is a quote in it). A field with several values (rows, rules) matches if one of them does. A word or quoted words
alone are looked for in every text of the record: whole words (runs of letters and digits) one after another, whatever
stands between them, so that `"push --force"` finds `push=force` too.
`since:` and `until:` take a span (30s, 15m, 24h, 7d, 2w) or a date (2026-05-01, 2026-05-01T12:00). At a collector they
are about when a record arrived; `happened-since:` and `happened-until:` about when it was written, by the device's clock.
`*` alone finds everything. A field of which all words are known (`CLOSED`) takes no other, but with a `*`: an answer to a
question that was mistyped would be a wrong one.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard.access.model import ACTIONS, CERTAINTIES
from agentguard.audit.fields import FIELDS, KINDS
from agentguard.audit.record import stamp
from agentguard.audit.words import holds, words
from agentguard.errors import UsageError
from agentguard.policy.form import SEVERITIES
from agentguard.policy.model import FALLBACK, FRESH, GRACE, INVALID, STALE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

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
_TEXTS = {"branch": "branch", "cwd": "cwd", "project": "project", "query": "query"}
_ROW_BODY = ("action", "certainty", "mcp_tool", "port", "server")
_ROW_TEXTS = {  # field: key
    "host": "host", "malformed": "path", "package": "package", "path": "path", "ref": "ref", "resolved": "path",
}  # fmt: skip
_ORIGIN = ("command", "via")
_TIMES = ("since", "until")
HAPPENED = ("happened-since", "happened-until")
_MOMENTS = (*_TIMES, *HAPPENED)
_BODY_KEYS = {field: key for key, field in _BODY.items()}
_TEXT_KEYS = {field: key for key, field in _TEXTS.items()}
_ALIASES = {"verdict": "effect"}  # other names of fields
KEYS = sorted(
    [*_ALIASES, *_BODY, *_BUNDLE, *_TEXTS, "repo", *_ROW_BODY, *set(_ROW_TEXTS.values()), *_ORIGIN, *_MOMENTS]
)
READ = "read"  # the kind of the collector's own records: who read what
CLOSED = {
    **{field.name: field.words for field in FIELDS if field.name in ("effect", "mode", "outcome", "would") and field.words},
    "action": ACTIONS, "certainty": CERTAINTIES, "kind": (*KINDS, READ), "severity": SEVERITIES[1:],
    "state": (FRESH, GRACE, STALE, FALLBACK, INVALID),
}  # fmt: skip
NUMBERS = ("port", "revision")  # fields that hold nothing else
_PLAIN = frozenset({"effect", "kind"})  # by these records are filed: only as one text

_NO_WORDS = frozenset({"boot", "chain", "latency_us", "prev", "previous", "seq", "texts", "time", "uid", "work"})

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_SPAN = re.compile(r"([0-9]{1,6})([smhdw])")
_SPACE = re.compile(r"\s*")
_AND, _OR, _NOT = (re.compile(word + r"(?=[\s()]|$)") for word in ("AND", "OR", "NOT"))
_KEY = re.compile(r"([A-Za-z][A-Za-z_-]*):")
_QUOTED = re.compile(r'"((?:[^"\\]|\\.)*)"', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')
_BARE = re.compile(r'[^\s()"]+')
_COLON = re.compile(r"\s*:")
_NO_UTF8 = re.compile("[\ud800-\udfff]")
_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")
_LIMIT = 4096  # characters of a query
_FEW = 12  # words that are listed even where one of them was meant
_DEPTH = 32  # groups and NOTs within each other

_QUOTE_IT = "quote it to look for the words themselves"
_NO_SPACE = "a field, its colon and its value stand without spaces: verdict:deny"
AND, OR = "and", "or"


class Term(NamedTuple):
    """One condition. `key` is "" for words that may stand anywhere; `value` is lower case, or a time."""

    key: str
    value: str
    negated: bool = False


class Group(NamedTuple):
    """Parts that must all hold (`joint` is `AND`), or one of which must (`OR`). Only terms are negated."""

    joint: str
    parts: tuple[Node, ...]


if TYPE_CHECKING:
    Node: TypeAlias = Term | Group


class QueryError(UsageError):
    """A query that makes no sense; the message shows where."""

    code = "query"


def parse(text: str, *, now: float) -> Group:
    """Return a query as one group of parts that must all hold. An empty one matches everything. Raises `QueryError`."""
    if len(text) > _LIMIT:
        raise QueryError(f"a query has at most {_LIMIT} characters")
    if odd := _NO_UTF8.search(text):
        raise _error(text, odd.start(), "this is not UTF-8")
    if not text.strip():
        return Group(AND, ())
    parser = _Parser(text, now)
    found = parser.alternatives("", 0)
    if parser.pos < len(text):
        raise _error(text, parser.pos, "this parenthesis closes nothing")
    found = found if isinstance(found, Group) and found.joint == AND else Group(AND, (found,))
    _no_empty_time(found, text)
    return found


def _no_empty_time(query: Group, text: str) -> None:
    """Refuse times that no record can lie between: whoever wrote them means them the other way round."""
    for since, until in (("since", "until"), HAPPENED):
        limits = {
            key: [part.value for part in query.parts if isinstance(part, Term) and part.key == key and not part.negated]
            for key in (since, until)
        }
        if limits[since] and limits[until] and max(limits[since]) >= min(limits[until]):
            pos = max(0, text.lower().rfind(f"{until}:"))
            raise _error(text, pos, f"nothing lies between {since}: and {until}:, which is the earlier one")


def quoted(key: str, value: str) -> str:
    """Return a term that finds `value` in a field; nothing, if it is not what can be written as UTF-8."""
    escaped = value.encode("utf-8", "replace").decode("utf-8").replace("\\", "\\\\").replace('"', '\\"')
    return f'{key}:"{escaped}"'


def moment(text: str, *, now: float) -> str:
    """Return the time that `since:` and `until:` understand by `text`, as records write times. Raises `QueryError`."""
    return _time(text, 0, "this", text, now)


def matches(query: Node, body: dict[str, Any], texts: dict[str, Any] | None, received: str = "") -> bool:
    """Whether a record fulfils a query. The collector's time `received` counts instead of the device's, if given."""
    if isinstance(query, Term):
        return _holds(query, body, texts or {}, received) != query.negated
    holds = all if query.joint == AND else any
    return holds(matches(part, body, texts, received) for part in query.parts)


def _holds(term: Term, body: dict[str, Any], texts: dict[str, Any], received: str) -> bool:
    if term.key in HAPPENED:
        time = body.get("time")
        if not isinstance(time, str) or not _MOMENT.fullmatch(time):
            return False
        return time >= term.value if term.key == "happened-since" else time < term.value
    if term.key in _TIMES:
        time = received or _text(body.get("time", ""))
        return time >= term.value if term.key == "since" else time < term.value
    if not term.key:
        wanted = words(term.value)
        everywhere = contents(body, texts)[1]
        return any(holds(wanted, text) if wanted else term.value in text.lower() for text in everywhere)
    return any(key == term.key and like(term.value, value.lower()) for key, value in facts(body, texts))


def facts(body: dict[str, Any], texts: dict[str, Any] | None) -> set[tuple[str, str]]:
    """Return every (key, value) that `KEY:VALUE` compares with. Takes records of any shape: a device may be hostile."""
    return contents(body, texts)[0]


def contents(body: dict[str, Any], texts: dict[str, Any] | None) -> tuple[set[tuple[str, str]], list[str]]:
    """Return the `facts` of a record, and every text and number in which words are looked for.

    An index calls it for every record that comes in, so it looks at every value once, and at plain texts first.
    """
    found: set[tuple[str, str]] = set()
    everywhere: list[str] = []
    nested: list[Any] = []
    texts = texts or {}
    for place, keys, unread in ((body, _BODY_KEYS, _NO_WORDS), (texts, _TEXT_KEYS, frozenset[str]())):
        for field, value in place.items():
            if type(value) is not str:
                if field in keys and field not in _PLAIN:
                    _add(found, keys[field], value)
                if field not in unread:
                    nested.append(value)
            elif value:  # a text, as nearly always
                if field in keys:
                    found.add((keys[field], value))
                if field not in unread:
                    everywhere.append(value)
    _gather(nested, everywhere)
    bundle = body.get("bundle")
    if type(bundle) is dict:
        for key, field in _BUNDLE.items():
            _add(found, key, bundle.get(field))
    for row in _objects(body.get("rows")):
        _add(found, "certainty", _text(row.get("certainty", "certain")))
        for field, value in row.items():
            if field in _ROW_BODY:
                _add(found, field, value)
    for row in _objects(texts.get("rows")):
        for field, value in row.items():
            if field in _ROW_TEXTS:
                _add(found, _ROW_TEXTS[field], _text(value))
    for origin in _objects(texts.get("origins")):
        for field, value in origin.items():
            if field in _ORIGIN:
                _add(found, field, value)
        if type(command := origin.get("command")) is list:
            _add(found, "command", " ".join(map(_text, command)))
    _add(found, "command", _text(texts.get("command")))
    _add(found, "repo", _text(texts.get("repo")).removeprefix("https://"))
    return found, everywhere


def _add(found: set[tuple[str, str]], key: str, value: Any) -> None:
    """Add what a field has, each of its values if they are several."""
    if type(value) is str:
        if value:
            found.add((key, value))
    elif value is not None:
        several: list[str] = []
        _gather([value], several)
        found.update((key, one) for one in several if one)


class _Parser:
    """Reads a query from left to right. `key` is the field of words that name none, in `KEY:(…)`."""

    def __init__(self, text: str, now: float) -> None:
        self._text = text
        self._now = now
        self.pos = 0

    def alternatives(self, key: str, depth: int) -> Node:
        """Read up to the end of the text, or to a parenthesis that closes."""
        parts = [self._together(key, depth)]
        while self._takes(_OR):
            parts.append(self._together(key, depth))
        return _group(OR, parts)

    def _together(self, key: str, depth: int) -> Node:
        parts = [self._one(key, depth)]
        while self._takes(_AND) or not self._ends():
            parts.append(self._one(key, depth))
        return _group(AND, parts)

    def _one(self, key: str, depth: int) -> Node:
        if depth > _DEPTH:
            raise _error(self._text, self.pos, "this is nested too deeply")
        if self._takes(_NOT):
            return _negated(self._one(key, depth + 1))
        if self._ends() or self._sees(_AND):
            raise _error(self._text, self.pos, "a term is missing here")
        start = self.pos
        if self._text[start] == "-":
            self.pos += 1
            if self._text[self.pos : self.pos + 1] in ("", "-") or self._text[self.pos].isspace():
                raise _error(self._text, start, "a term is missing after -", _QUOTE_IT)
            return _negated(self._one(key, depth + 1))
        if not key and (named := _KEY.match(self._text, start)):
            key = _key(self._text, start, named.group(1).lower())
            self.pos = named.end()
        if self._text.startswith("(", self.pos):
            return self._parenthesis(key, depth)
        place = self.pos
        value = self._value(start, key)
        if key in _MOMENTS:
            return Term(key, _time(self._text, start, key, value, self._now))
        if not key:
            return self._word(place, value)
        name = _ALIASES.get(key, key)
        if name in CLOSED and "*" not in value and value.lower() not in CLOSED[name]:
            raise _error(self._text, place, f"{key}: is never {value}{_advice(value.lower(), CLOSED[name])}")
        if name in NUMBERS and "*" not in value and not (value.isascii() and value.isdigit()):
            raise _error(self._text, place, f"{key}: is a number, never {value}")
        return Term(name, value.lower())

    def _word(self, place: int, value: str) -> Node:
        """Return what words without a field mean, which stand at `place`."""
        written = self._text[place : self.pos]
        if not written.strip("*"):
            return Group(AND, ())
        if written.lower() in KEYS and _COLON.match(self._text, self.pos):
            raise _error(self._text, place, f"{written} is a field, and its value does not follow it", _NO_SPACE)
        return Term("", value.lower())

    def _parenthesis(self, key: str, depth: int) -> Node:
        start = self.pos
        self.pos += 1
        found = self.alternatives(key, depth + 1)
        if self.pos == len(self._text):
            raise _error(self._text, start, "this parenthesis is not closed")
        self.pos += 1
        return found

    def _value(self, start: int, key: str) -> str:
        """Read a word or a quoted text."""
        found = _QUOTED.match(self._text, self.pos)
        if not found and self._text.startswith('"', self.pos):
            raise _error(self._text, self.pos, "the quote that starts here is not closed")
        value = _ESCAPED.sub(r"\1", found.group(1)) if found else ""
        found = found or _BARE.match(self._text, self.pos)
        if not found or not (value := value or found.group().strip('"')):
            if key:
                raise _error(self._text, start, f"{key}: has no value", _NO_SPACE)
            raise _error(self._text, start, "there is nothing in these quotes")
        self.pos = found.end()
        if self.pos < len(self._text) and not (self._text[self.pos].isspace() or self._text[self.pos] in "()"):
            raise _error(self._text, self.pos, "a quoted value starts and ends with its quotes")
        return value

    def _ends(self) -> bool:
        return self._sees(_OR) is not None or self.pos == len(self._text) or self._text[self.pos] == ")"

    def _sees(self, word: re.Pattern[str]) -> re.Match[str] | None:
        space = _SPACE.match(self._text, self.pos)
        self.pos = space.end() if space else self.pos
        return word.match(self._text, self.pos)

    def _takes(self, word: re.Pattern[str]) -> bool:
        found = self._sees(word)
        if found:
            self.pos = found.end()
        return found is not None


def _group(joint: str, parts: Sequence[Node]) -> Node:
    """Join parts; one part is itself, and what is joined in the same way is not nested."""
    if len(parts) == 1:
        return parts[0]
    flat: list[Node] = []
    for part in parts:
        flat += part.parts if isinstance(part, Group) and part.joint == joint else [part]
    return Group(joint, tuple(flat))


def _negated(node: Node) -> Node:
    """Return what holds where `node` does not (De Morgan)."""
    if isinstance(node, Term):
        return node._replace(negated=not node.negated)
    return _group(OR if node.joint == AND else AND, [_negated(part) for part in node.parts])


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


def _gather(values: list[Any], found: list[str]) -> None:
    """Add every text and number within values; without recursion, as nobody says how deep they are nested."""
    todo: list[Any] = [values]
    while todo:
        value = todo.pop()
        for one in value.values() if type(value) is dict else value:
            kind = type(one)
            if kind is str:
                found.append(one)
            elif kind is dict or kind is list:
                todo.append(one)
            elif one is not None:
                found.append(str(one))


def like(pattern: str, text: str) -> bool:
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


def _key(text: str, pos: int, key: str) -> str:
    if key in KEYS:
        return key
    raise _error(text, pos, f"there is no field {key}{_advice(key, KEYS)}", _QUOTE_IT)


def _advice(word: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(word, known, n=1)
    all_of_them = f"known are {', '.join(known)}"
    if len(known) <= _FEW:
        return f"; did you mean {near[0]}? {all_of_them}" if near else f"; {all_of_them}"
    return f"; did you mean {near[0]}?" if near else f"; {all_of_them}"


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
