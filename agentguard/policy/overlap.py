"""What in a compiled policy decides nothing that another rule, or a default, does not decide as strictly.

Only what is proven is said. Everything rests on one relation: a condition is *implied* by another where, on every row,
it meets it at least as well (no, maybe, yes). A set of values meets whatever a part of it meets, and `not` turns that
round; values are compared as they are written, but for commands (`git` is all of `git push`) and ports (ranges). So
`/srv/x/a` is not known to lie in `/srv/x/**`: a partly known path could meet the one better than the other.

A rule *covers* another if it matches every row that the other one matches, at least as surely, and stops it no less
strictly: in its own effect, where it may match, where nobody can answer, and in its mode. Exceptions that somebody may
be granted later are not looked at.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard.access.model import ACTIONS, OPAQUE, UNCERTAIN, USE
from agentguard.policy.conditions import COMMAND, DEVICE_KINDS, ENUM, PORT, kind_of
from agentguard.policy.engine import Policy
from agentguard.policy.model import ALLOW, ASK, DENY, ENFORCE, OBSERVE, STRICTNESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    Condition = Sequence[Any]  # key, whether negated, number of a set: as the compiler writes it

# Keys of a rule that are compared one by one, or that change nothing about what it stops.
_COMPARED = frozenset(
    (
        "id",
        "effect",
        "when",
        "unless",
        "possible",
        "unattended",
        "mode",
        "severity",
        "reason",
        "remedy",
        "owner",
        "tags",
    )
)
# Keys that say where, or for whom, a rule counts: one that has them counts less often than one that has none.
_ROLLOUT = frozenset(("rollout", "cohort", "enforce_for"))


class Pair(NamedTuple):
    """Rule `number` decides nothing beside rule `by`; `same` if the two have the same conditions and effect."""

    number: int
    by: int
    same: bool


class Overlap:
    """A compiled policy, looked through for what does nothing. Rules are told by their number in it."""

    def __init__(self, policy: dict[str, Any]) -> None:
        self._policy = Policy(policy)
        self._rules: list[dict[str, Any]] = policy["rules"]
        self._sets: list[dict[str, Any]] = policy["sets"]
        self._actions = _by_rule(policy)
        self._part: dict[tuple[int, int, str], bool] = {}

    def covered(self) -> Iterator[Pair]:
        """Yield each rule that another one covers, with one that covers it: the first of those that are not covered."""
        filed: dict[tuple[str, bool, str], list[int]] = {}
        anywhere: list[int] = []
        used = Counter(tuple(condition) for rule in self._rules for condition in rule["when"])
        for number, rule in enumerate(self._rules):
            if rule["effect"] == ALLOW:
                continue
            telling = self._telling(rule)
            if not telling:
                anywhere.append(number)
                continue
            rarest = min(telling, key=lambda one: used[tuple(one)])
            names = self._names(rarest)
            for name in (
                names[:1] if rarest[1] else names
            ):  # what `not` names has to be there in full, so one value tells
                filed.setdefault(name, []).append(number)
        for number, rule in enumerate(self._rules):
            near = set(anywhere)
            for condition in self._telling(rule):
                for name in self._names(condition):
                    near.update(filed.get(name, ()))
                    near.update(filed.get((*name[:2], ""), ()))
            for other in sorted(near - {number}):
                if self.covers(other, number):
                    back = rule["effect"] != ALLOW and self.covers(number, other)
                    if not back or other < number:
                        yield Pair(number, other, self._same(rule, self._rules[other]))
                        break

    def covers(self, number: int, other: int) -> bool:
        """Return whether rule `number` stops all that rule `other` decides, no less strictly."""
        one, two = self._rules[number], self._rules[other]
        return (
            one["effect"] != ALLOW
            and self._as_strict(number, other)
            and self._counts_as_often(one, two)
            and self._sees_as_much(one, two)
            and all(self._met(condition, two["when"], self._actions[other]) for condition in one["when"])
            and all(any(self._all_met(lifted, table) for lifted in two["unless"]) for table in one["unless"])
        )

    def idle(self) -> Iterator[int]:
        """Yield each allow rule whose rows the defaults let through anyway, on every kind of device."""
        for number, rule in enumerate(self._rules):
            if rule["effect"] == ALLOW and all(
                self._policy.default(name, action, kind) == ALLOW
                for action in self._actions[number]
                for kind in ("", *DEVICE_KINDS)
                for name in self._defaults_of(rule, action)
            ):
                yield number

    def contradictions(self) -> Iterator[tuple[int, str]]:
        """Yield (rule, key) where a rule's `not.KEY` has all that its KEY names."""
        for number, rule in enumerate(self._rules):
            wanted = {key: listed for key, negated, listed in rule["when"] if not negated}
            for key, negated, listed in rule["when"]:
                if negated and key in wanted and self._is_part(wanted[key], listed, key):
                    yield number, key

    def lifted(self) -> Iterator[tuple[int, frozenset[tuple[str, bool]]]]:
        """Yield (rule, keys of a table of `unless` and whether each is negated) where what meets the rule meets that."""
        for number, rule in enumerate(self._rules):
            for table in rule["unless"]:
                if all(self._met(condition, rule["when"], self._actions[number]) for condition in table):
                    yield number, frozenset((key, bool(negated)) for key, negated, _listed in table)

    def empty(self) -> Iterator[int]:
        """Yield the number of each set all of whose values are taken out again."""
        for number, entry in enumerate(self._sets):
            if entry["values"] and set(entry["values"]) <= set(entry["except"]):
                yield number

    def _same(self, one: dict[str, Any], two: dict[str, Any]) -> bool:
        return all(one[key] == two[key] for key in ("effect", "when", "unless"))

    def _as_strict(self, number: int, other: int) -> bool:
        """Return whether one rule's effects are at least as strict as the other's: sure, possible and unattended."""
        one, two = self._rules[number], self._rules[other]
        if two["effect"] == ALLOW:  # it answers the default, which nothing but a deny is sure to be as strict as
            return bool(one["effect"] == DENY)
        if STRICTNESS[one["effect"]] < STRICTNESS[two["effect"]]:
            return False
        mine, others = self._ifs(number), self._ifs(other)
        same = one["effect"] == two["effect"] and one.get("possible") == two.get("possible")
        if not same and min(map(STRICTNESS.__getitem__, mine)) < max(map(STRICTNESS.__getitem__, others)):
            return False
        asks = ASK in mine or one["effect"] == ASK
        return not asks or STRICTNESS[one.get("unattended", DENY)] >= STRICTNESS[two.get("unattended", DENY)]

    def _ifs(self, number: int) -> set[str]:
        """Return the effects that a deny or ask rule can have where it may match."""
        rule = self._rules[number]
        effect = rule["effect"]
        if "possible" in rule:
            listed = {rule["possible"]}
        elif effect == ASK:
            listed = {ASK}
        else:
            kinds = ("", *DEVICE_KINDS)
            listed = {
                self._policy.default("possible", action, kind) for action in self._actions[number] for kind in kinds
            }
        return {min(one, effect, key=STRICTNESS.__getitem__) for one in listed} or {effect}

    def _counts_as_often(self, one: dict[str, Any], two: dict[str, Any]) -> bool:
        """Return whether a rule is enforced wherever the other one is."""
        others = (one.keys() | two.keys()) - _COMPARED
        if any(one.get(key) != two.get(key) for key in others - _ROLLOUT):
            return False  # keys of which this comparison knows nothing
        if two.get("mode", self._policy.mode) == OBSERVE:
            return True
        if one.get("mode", self._policy.mode) != ENFORCE:
            return False
        return _ROLLOUT.isdisjoint(one) or all(one.get(key) == two.get(key) for key in _ROLLOUT)

    def _sees_as_much(self, one: dict[str, Any], two: dict[str, Any]) -> bool:
        """Return whether a rule is asked about all rows that the other is asked about.

        About a row of which nothing is known only those rules are asked that name its certainty.
        """
        return self._named(two).isdisjoint((UNCERTAIN, OPAQUE)) or bool(self._named(one))

    def _named(self, rule: dict[str, Any]) -> frozenset[str]:
        """Return the certainties that a rule asks for."""
        return frozenset(
            word
            for key, negated, listed in rule["when"]
            if key == "certainty" and not negated
            for word in self._values(listed)
        )

    def _defaults_of(self, rule: dict[str, Any], action: str) -> Iterator[str]:
        """Yield the defaults that rows of a rule could be decided by."""
        yield from ("effect", "unknown")
        if OPAQUE in self._named(rule):
            yield "opaque"
        if action == USE:
            yield "unknown_tool"

    def _all_met(self, table: Iterable[Condition], given: Sequence[Condition]) -> bool:
        return all(self._met(condition, given, frozenset(ACTIONS)) for condition in table)

    def _met(self, condition: Condition, given: Sequence[Condition], actions: frozenset[str]) -> bool:
        """Return whether a row that meets all conditions in `given`, which has one of `actions`, meets this one as well."""
        key, negated, listed = condition
        if key == "action" and actions != frozenset(ACTIONS):
            words = frozenset(self._values(listed))
            if actions.isdisjoint(words) if negated else actions <= words:
                return True
        for other, opposite, values in given:
            if other == key and bool(opposite) == bool(negated):
                smaller, larger = (listed, values) if negated else (values, listed)
                if self._is_part(smaller, larger, key):
                    return True
        return False

    def _is_part(self, number: int, other: int, key: str) -> bool:
        """Return whether whatever is in set `number` is in set `other`."""
        asked = (number, other, key)
        if asked not in self._part:
            terms = list(self._terms(other))
            self._part[asked] = number == other or all(
                any(_within(key, term, larger) for larger in terms) for term in self._terms(number)
            )
        return self._part[asked]

    def _terms(self, number: int) -> Iterator[tuple[list[str], list[str]]]:
        entry = self._sets[number]
        if entry["values"]:
            yield entry["values"], entry["except"]
        for part in entry.get("or", ()):
            yield from self._terms(part)

    def _values(self, number: int) -> Iterator[str]:
        for values, _excluded in self._terms(number):
            yield from values

    def _telling(self, rule: dict[str, Any]) -> list[Condition]:
        """Return the conditions by whose values a rule can be found again. Of ranges of ports no single value tells."""
        return [
            (key, negated, listed)
            for key, negated, listed in rule["when"]
            if kind_of(key) not in (ENUM, PORT)
            or (kind_of(key) == PORT and not negated and not any("-" in port for port in self._values(listed)))
        ]

    def _names(self, condition: Condition) -> list[tuple[str, bool, str]]:
        """Return what a rule is filed under that has a condition."""
        key, negated, listed = condition
        return [(key, bool(negated), self._word(key, value)) for value in self._values(listed)]

    def _word(self, key: str, value: str) -> str:
        """Return the text by which rules are found that have a value: of a command its program, "" for any program."""
        if kind_of(key) != COMMAND:
            return value
        program = value.split(maxsplit=1)[0]
        return "" if any(char in program for char in "*?[") else program


def _by_rule(policy: dict[str, Any]) -> list[frozenset[str]]:
    """Return the actions of every rule."""
    found: list[set[str]] = [set() for _ in policy["rules"]]
    for action, numbers in policy["by_action"].items():
        for number in numbers:
            found[number].add(action)
    return [frozenset(actions) for actions in found]


def _within(key: str, term: tuple[list[str], list[str]], other: tuple[list[str], list[str]]) -> bool:
    """Return whether a term, some values minus some others, is part of another one."""
    (values, excluded), (larger, taken) = term, other
    if not set(taken) <= set(excluded):
        return False
    here = set(larger)
    kind = kind_of(key)
    if kind == COMMAND:
        return all(any(" ".join(value.split()[:size]) in here for size in range(1, 9)) for value in values)
    if kind == PORT:
        ranges = [_range(one) for one in larger]
        return all(any(low <= _range(one)[0] and _range(one)[1] <= high for low, high in ranges) for one in values)
    return set(values) <= here


def _range(text: str) -> tuple[int, int]:
    low, _, high = text.partition("-")
    return int(low), int(high or low)
