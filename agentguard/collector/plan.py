"""Turns a parsed query into what one file of the index can be asked: all of it, nothing of it, or words to look up.

A file holds the records of one day and one verdict. Every word of a record's texts is in its full-text index, and every
field's value as one word of its own (`fact`). A plan finds at least what the query means; where it may find more it is
not `exact`, and each record must be compared with the query itself.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, NamedTuple, TypeGuard

from agentguard.audit import query as language
from agentguard.audit.query import Group, Term
from agentguard.audit.words import plain, words
from agentguard.collector.store import ALLOW, ASK, DENY, OTHER, READ

if TYPE_CHECKING:
    from agentguard.audit.query import Node

ESCAPE, MARK = "\x01", "\x02"  # characters that an index counts as parts of words, and no text has
_FACT = 48  # characters of a value that are looked up
_AS_WORD = {code: f"{ESCAPE}{code:02x}" for code in range(128) if not chr(code).isalnum()}
_MARKED = {key: key.translate(_AS_WORD) + MARK for key in language.KEYS}
_SPACES = {ord(ESCAPE): " ", ord(MARK): " "}


class Plan(NamedTuple):
    """`match`: what to ask the full-text index, "" for every record. `none`: there is nothing to be found."""

    match: str = ""
    exact: bool = True
    none: bool = False


ALL = Plan()
NONE = Plan(none=True)
MAYBE = Plan(exact=False)


class Span(NamedTuple):
    """Times from the first to before the last, as records write them."""

    since: str
    until: str

    def meets(self, other: Span) -> bool:
        """Whether the two have a moment in common."""
        return self.since < other.until and other.since < self.until


@functools.lru_cache(maxsize=65536)
def fact(key: str, value: str) -> str:
    """Return the word by which a field's value is found; `value` as `query.facts` gives it."""
    value = value.lower()[:_FACT]
    return _MARKED[key] + (value if value.isascii() and value.isalnum() else plain(value).translate(_AS_WORD))


def visible(text: str) -> str:
    """Return a text as the full-text index takes it: without words that could pass for facts."""
    text = plain(text)
    return text.translate(_SPACES) if ESCAPE in text or MARK in text else text


def span(query: Group) -> Span:
    """Return the time within which everything lies that a query finds."""
    since, until = "", "~"
    for part in query.parts:
        if isinstance(part, Term) and not part.negated:
            if part.key == "since":
                since = max(since, part.value)
            elif part.key == "until":
                until = min(until, part.value)
    return Span(since, until)


def asks_for_reads(query: Node) -> bool:
    """Whether a query names the records of who read what."""
    if isinstance(query, Term):
        return (query.key, query.value, query.negated) == ("kind", READ, False)
    return any(asks_for_reads(part) for part in query.parts)


def plan(query: Group, kind: str) -> Plan:
    """Return the plan for the records of one kind (see `store.KINDS`). The query's `span` is seen to elsewhere."""
    return _plan(without_times(query), kind)


def without_times(query: Group) -> Group:
    """Return a query without the times that make up its `span`."""
    return Group(query.joint, tuple(part for part in query.parts if not _is_time(part) or part.negated))


def _is_time(node: Node) -> TypeGuard[Term]:
    return isinstance(node, Term) and node.key in ("since", "until")


def _plan(node: Node, kind: str) -> Plan:
    if isinstance(node, Group):
        return (_all if node.joint == language.AND else _any)([(part, _plan(part, kind)) for part in node.parts])
    found = _term(node, kind)
    if not node.negated:
        return found
    if not found.exact:
        return MAYBE
    if found.none:
        return ALL
    return MAYBE._replace(match=found.match) if found.match else NONE


def _all(parts: list[tuple[Node, Plan]]) -> Plan:
    plans = [found for _part, found in parts]
    if any(found.none for found in plans):
        return NONE
    wanted = [found.match for part, found in parts if found.match and not _is_negated(part)]
    unwanted = [found.match for part, found in parts if found.match and _is_negated(part)]
    exact = all(found.exact for part, found in parts if not (_is_negated(part) and found.match))
    if not wanted:
        return Plan(exact=exact and not unwanted)
    match = " AND ".join(f"({one})" for one in wanted)
    if unwanted:
        match = f"({match}) NOT ({' OR '.join(unwanted)})"
    return Plan(match, exact)


def _any(parts: list[tuple[Node, Plan]]) -> Plan:
    plans = [MAYBE if _is_negated(part) and found.match else found for part, found in parts]
    if ALL in plans:
        return ALL
    plans = [found for found in plans if not found.none]
    if not plans:
        return NONE
    if any(not found.match for found in plans):
        return MAYBE
    return Plan(" OR ".join(f"({found.match})" for found in plans), all(found.exact for found in plans))


def _is_negated(node: Node) -> bool:
    return isinstance(node, Term) and node.negated


def _term(term: Term, kind: str) -> Plan:
    """Return the plan for a term as if it were not negated."""
    if _is_time(term) or term.key in language.HAPPENED:
        return MAYBE
    if (term.key, term.value) == ("kind", READ) and kind != READ:
        return NONE
    if not term.key:
        found = words(term.value)
        return Plan(" AND ".join(f'"{word}"' for word in found), exact=len(found) == 1) if found else MAYBE
    if term.key == "effect":
        if kind in (ALLOW, ASK, DENY):
            return ALL if language.like(term.value, kind) else NONE
        if kind == OTHER and term.value in (ALLOW, ASK, DENY):
            return NONE
    start, star, rest = term.value.partition("*")
    exact = len(start) < _FACT and not rest and plain(start) == start
    return Plan(f'"{fact(term.key, start)}"' + (" *" if star and len(start) < _FACT else ""), exact)
