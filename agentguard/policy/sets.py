"""Sets: lists with a name. What a condition compares with is worked out here.

A set is all its plain entries minus all its `!` entries; order never matters. A set that names another (`@other`) has
that one's members: what the other leaves out is not left out of the rest. So a set, and the list of a condition, is a
union of terms, and a term is some values minus some others. Almost always there is one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from agentguard.policy import values
from agentguard.policy.conditions import PORT, kind_of
from agentguard.policy.findings import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentguard.policy.findings import Finding
    from agentguard.policy.shape import Condition, Entry


NESTING_LIMIT = 50  # sets that name sets that name sets …


class Term(NamedTuple):
    """Some values minus some others; both sorted."""

    values: tuple[str, ...]
    excluded: tuple[str, ...] = ()


def _ports(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({values.port_text(text) for text in texts}))


class Sets:
    """All sets of a policy. What is wrong with them, or with what refers to them, is added to `findings`."""

    def __init__(self, defined: Mapping[str, tuple[Entry, ...]], findings: list[Finding]) -> None:
        self._defined = defined
        self._findings = findings
        self._terms: dict[str, tuple[Term, ...]] = {}
        self._checked: set[tuple[str, str]] = set()
        for name, entries in defined.items():
            if entries and all(entry.excluded for entry in entries):
                what = f'set "{name}" has no plain entry, so it is always empty'
                findings.append(entries[0].finding("AG302", what))
            self._of_name(name, ())

    @property
    def named(self) -> Mapping[str, tuple[Term, ...]]:
        """What is in each set that has a name."""
        return self._terms

    def of(self, condition: Condition) -> tuple[Term, ...]:
        """Return the terms that a condition compares with, checked as patterns of its kind."""
        for entry in condition.entries:
            self._check(entry, condition.key)
        terms = self._union(condition.entries, ())
        if kind_of(condition.key) != PORT:
            return terms
        return tuple(Term(_ports(term.values), _ports(term.excluded)) for term in terms)

    def words(self, condition: Condition) -> frozenset[str]:
        """Return the plain words that a condition of a closed list stands for."""
        terms = self._union(condition.entries, ())
        return frozenset(word for term in terms for word in term.values if word not in term.excluded)

    def _check(self, first: Entry, key: str) -> None:
        """Check an entry, and all entries of the set that it names, as patterns of condition `key`."""
        todo = [first]
        while todo:
            entry = todo.pop()
            name = entry.reference
            if not name:
                self._check_value(entry, key)
            elif name not in self._defined:
                near = nearest(name, self._defined)
                self._findings.append(entry.finding("AG301", f'unknown set "@{name}"', f"@{near}" if near else ""))
            elif (name, key) not in self._checked:
                self._checked.add((name, key))
                todo += self._defined[name]

    def _check_value(self, entry: Entry, key: str) -> None:
        if isinstance(entry.value, str) and entry.value.startswith("!"):
            what = "`!!` means nothing" if entry.excluded else "`!` is for entries of [sets]; in a rule write not.KEY"
            self._findings.append(entry.finding("AG211", what))
            return
        wrong = values.problem(key, entry.value)
        if wrong:
            code, what, near = wrong
            used = f" (the set is used for {key})" if entry.steps[0] == "sets" else ""
            self._findings.append(entry.finding(code, what + used, near))

    def _of_name(self, name: str, trail: tuple[str, ...]) -> tuple[Term, ...]:
        """Return the terms of a named set; none for one that is unknown or contains itself."""
        if name not in self._terms and name in self._defined:
            self._terms[name] = self._union(self._defined[name], (*trail, name))
        return self._terms.get(name, ())

    def _union(self, entries: Iterable[Entry], trail: tuple[str, ...]) -> tuple[Term, ...]:
        plain: set[str] = set()
        excluded: set[str] = set()
        nested: list[Term] = []
        for entry in entries:
            name = entry.reference
            if name in trail and name:
                ring = " > ".join(f"@{step}" for step in (*trail[trail.index(name) :], name))
                self._findings.append(entry.finding("AG303", f"a set contains itself: {ring}"))
            elif name and len(trail) > NESTING_LIMIT:
                self._findings.append(entry.finding("AG303", f"sets nest more than {NESTING_LIMIT} deep"))
            elif name and entry.excluded:
                inner = self._of_name(name, trail)
                if any(term.excluded for term in inner):
                    self._findings.append(entry.finding("AG305", f'"!@{name}": that set has `!` entries itself'))
                excluded.update(value for term in inner for value in term.values)
            elif name:
                nested += self._of_name(name, trail)
            else:
                (excluded if entry.excluded else plain).add(str(entry.value))
        parts: dict[frozenset[str], set[str]] = {}
        if plain:
            parts[frozenset(excluded)] = plain
        for term in nested:
            parts.setdefault(frozenset(term.excluded) | excluded, set()).update(term.values)
        return tuple(sorted(Term(tuple(sorted(part)), tuple(sorted(without))) for without, part in parts.items()))
