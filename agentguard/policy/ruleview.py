"""The rules of a compiled policy as two policies are compared by: conditions with their sets in place of numbers.

A set is a union of terms, and a term is some values minus some others. One condition is at least another if it answers
at least as high for every row there is. That is decided by the texts of the sets alone: a term is within another one
that has all of its values and takes out nothing more. So `*.example.org` is not known to hold `a.example.org`; what
follows from this errs on the side of naming too much.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard import jsontext
from agentguard.policy import stored
from agentguard.policy.engine import Policy

if TYPE_CHECKING:
    from collections.abc import Iterable

SHOWN = 6  # values of a set that a line of text names


class Term(NamedTuple):
    """Some values minus some others."""

    values: frozenset[str]
    excluded: frozenset[str]


class Condition(NamedTuple):
    """`KEY = [...]`, or `not.KEY = [...]` if `negated`."""

    key: str
    negated: bool
    terms: frozenset[Term]

    @property
    def name(self) -> str:
        """The condition as it is written."""
        return f"not.{self.key}" if self.negated else self.key

    @property
    def entries(self) -> frozenset[str]:
        """All entries of its set, those taken out with a `!`."""
        return entries(self.terms)

    def text(self, most: int | None = SHOWN) -> str:
        """Return the condition as TOML, with `most` of its entries."""
        return f"{self.name} = [{quoted(self.entries, most)}]"


class Rule(NamedTuple):
    """One rule. `fields` are its keys but id, conditions and `unless`; `actions` those that it is filed under."""

    id: str
    fields: dict[str, Any]
    when: tuple[Condition, ...]
    unless: tuple[tuple[Condition, ...], ...]
    actions: frozenset[str]

    @property
    def effect(self) -> str:
        """The rule's effect."""
        return str(self.fields["effect"])

    def text(self) -> str:
        """Return the whole rule in one line: effect, conditions, what they leave out, and all else that it says."""
        unless = [f"unless {table_text(table, None)}" for table in self.unless]
        others = {key: jsontext.canonical(value).decode("ascii") for key, value in sorted(self.fields.items())}
        said = [f"{key} = {value}" for key, value in others.items() if key != "effect"]
        return "; ".join([f"{self.effect}  {table_text(self.when, None)}", *unless, *said])

    @property
    def names_certainty(self) -> bool:
        """Whether it has a say about rows of which too little is known."""
        return any(one.key == "certainty" and not one.negated for one in self.when)


class View(NamedTuple):
    """A compiled policy. `data` is all of it, `policy` what the engine makes of it, `rules` come by id."""

    data: dict[str, Any]
    policy: Policy
    rules: dict[str, Rule]


def view(compiled: bytes) -> View:
    """Return a compiled policy, from the compiler's JSON or as it is stored. Raises `PolicyError`."""
    return of_data(stored.read(compiled))


def of_data(data: dict[str, Any]) -> View:
    """Return a compiled policy that has been read."""
    actions: dict[int, set[str]] = {}
    for action, numbers in data["by_action"].items():
        for number in numbers:
            actions.setdefault(number, set()).add(action)
    found = {}
    for number, rule in enumerate(data["rules"]):
        fields = {key: value for key, value in rule.items() if key not in ("id", "when", "unless")}
        unless = tuple(_conditions(data, table) for table in rule.get("unless", ()))
        when = _conditions(data, rule["when"])
        found[rule["id"]] = Rule(rule["id"], fields, when, unless, frozenset(actions.get(number, ())))
    return View(data, Policy(data), found)


def entries(terms: Iterable[Term]) -> frozenset[str]:
    """Return all entries of a union of terms, those taken out with a `!`."""
    plain = {value for term in terms for value in term.values}
    return frozenset(plain | {f"!{value}" for term in terms for value in term.excluded})


def quoted(texts: Iterable[str], most: int | None = SHOWN) -> str:
    """Return texts in quotation marks; beyond `most` of them only how many more there are."""
    listed = sorted(texts, key=lambda text: (text.startswith("!"), text))
    left = len(listed) - len(listed[:most])
    return ", ".join(f'"{text}"' for text in listed[:most]) + (f", … {left} more" if left else "")


def table_text(table: Iterable[Condition], most: int | None = SHOWN) -> str:
    """Return a table of conditions as TOML, with `most` of the entries of each."""
    return f"{{ {', '.join(one.text(most) for one in table)} }}"


def uncovered(wide: Iterable[Condition], narrow: Iterable[Condition]) -> list[Condition]:
    """Return the conditions of `wide` because of which it might answer lower than `narrow` for some row; [] if none."""
    narrow = tuple(narrow)
    return [one for one in wide if not any(_at_least(one, other) for other in narrow)]


def _at_least(one: Condition, other: Condition) -> bool:
    """Return whether a condition is known to answer at least as high as another for every row."""
    if (one.key, one.negated) != (other.key, other.negated):
        return False
    return _within(one.terms, other.terms) if one.negated else _within(other.terms, one.terms)


def _within(small: frozenset[Term], big: frozenset[Term]) -> bool:
    return small <= big or all(
        any(term.values <= other.values and other.excluded <= term.excluded for other in big) for term in small
    )


def _conditions(data: dict[str, Any], listed: Iterable[tuple[str, int, int]]) -> tuple[Condition, ...]:
    return tuple(Condition(key, bool(negated), _terms(data["sets"], number)) for key, negated, number in listed)


def _terms(sets: list[dict[str, Any]], number: int) -> frozenset[Term]:
    parts = [sets[number], *(sets[other] for other in sets[number].get("or", ()))]
    return frozenset(Term(frozenset(one["values"]), frozenset(one["except"])) for one in parts if one["values"])
