"""Which signed exceptions hold for a call, and what they lift: one more `unless` on one rule, and nothing else.

An exception holds for its organisation, person (known as well as it asks for), device and time. It may last no longer than
the policy says, and a clock that is behind the last time seen proves nothing about time. Rules of severity critical have
none unless they say so, and the built-in pack has none at all.
"""

from __future__ import annotations

from agentguard.policy.match import RowMatch, Sets
from agentguard.policy.model import ASSURANCES, BUILTIN_PREFIX, may_have

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from agentguard.access.model import Row
    from agentguard.policy.model import Context


class Caller:
    """For whom, where and when exceptions are asked about. `seen`: the last time seen; times in seconds since 1970."""

    __slots__ = ("device", "known", "now", "org", "seen", "user")

    def __init__(self, user: str, known: str, device: str, org: str, *, now: float, seen: float = 0.0) -> None:
        self.user = user
        self.known = known
        self.device = device
        self.org = org
        self.now = now
        self.seen = seen


class Exceptions:
    """Those that hold now, by rule: [(id, tables)]. A table is a list of [key, negated, number of a set]."""

    __slots__ = ("_by_rule", "_ready", "_sets")

    def __init__(self, entries: Iterable[dict[str, Any]]) -> None:
        self._sets: list[dict[str, Any]] = []
        self._by_rule: dict[str, list[tuple[str, list[list[list[Any]]]]]] = {}
        self._ready: Sets | None = None
        for entry in entries:
            repo = [["repo", 0, [escaped(entry["repo"])], []]] if entry["repo"] else []
            tables = [[self._condition(*one) for one in (*table, *repo)] for table in entry["rows"]]
            self._by_rule.setdefault(entry["rule"], []).append((entry["id"], tables))

    def lifted(self, rule: dict[str, Any], match: RowMatch, row: Row, context: Context, value: int) -> tuple[int, str]:
        """Return what is left of a match of a deny or ask rule, and the id of the exception that took the most."""
        name = ""
        if not may_have(rule):
            return value, name
        for identifier, tables in self._by_rule.get(rule["id"], ()):
            world = match.world()
            if self._ready is None or self._ready.world is not world:
                self._ready = Sets(self._sets, world)
            left = match.less(rule, RowMatch(row, context, self._ready), tables)
            if left < value:
                value, name = left, identifier
        return value, name

    def _condition(self, key: str, negated: int, values: list[str], taken_out: list[str]) -> list[Any]:
        self._sets.append({"values": values, "except": taken_out})
        return [key, negated, len(self._sets) - 1]


def holding(
    entries: Iterable[dict[str, Any]], caller: Caller, times: dict[str, tuple[float, float]], max_days: int
) -> Exceptions | None:
    """Return the entries that hold, None where none does. `times`: (not before, expires) by id."""
    found = [entry for entry in entries if not problem(entry, caller, times[entry["id"]], max_days)]
    return Exceptions(found) if found else None


def problem(entry: dict[str, Any], caller: Caller, time: tuple[float, float], max_days: int) -> str:
    """Return why an entry does not hold for a caller, "" where it does."""
    start, end = time
    if entry["org"] != caller.org:
        return f"for another organisation: {entry['org']}"
    if entry["person"] != caller.user:
        return f"for another person: {entry['person']}"
    if ASSURANCES[caller.known] < ASSURANCES[entry["known"]]:
        return f"the person must be known as {entry['known']}"
    if not caller.device or entry["device"] != caller.device:
        return f"for another device: {entry['device']}"
    if entry["rule"].startswith(BUILTIN_PREFIX):
        return "the built-in pack has no exceptions"
    if end - start > max_days * 86400:
        return f"longer than the {max_days} days that the policy allows"
    if caller.now < caller.seen:
        return "this machine's clock is behind the last time seen"
    if caller.now < start:
        return "not yet"
    return "" if caller.now < end else "expired"


def escaped(text: str) -> str:
    """Return a pattern that a text matches and nothing else does."""
    return "".join(f"[{char}]" if char in "*?[" else char for char in text)
