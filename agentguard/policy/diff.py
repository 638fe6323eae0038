"""What differs between two policies: rules, sets, defaults and settings, and apart from these every weakening.

Compared is what is compiled, so a policy's source, a published bundle and a file from `bundle build` can stand on either
side, and it does not matter in which layer or file a rule stands. Compiled policies have lost the names of their sets
and the reasons of adjusts; both come from the side that is a source.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard import jsontext
from agentguard.errors import PolicyError
from agentguard.policy import compile as compiling
from agentguard.policy import ruleview, source, weaker, weakroles
from agentguard.policy.conditions import AUDIT_FIELDS
from agentguard.policy.weaker import Weakening

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentguard.policy.ruleview import Condition, Rule, Term, View

    Terms = frozenset[Term]

_KNOWN = frozenset({
    "schema", "min_client", "name", "mode", "defaults", "audit", "roles", "exceptions", "sets", "rules", "by_action",
})  # fmt: skip
_TOUCHED_BY = {"possible": ("possible", "effect"), "unattended": ("effect",)}  # key of a weakening: keys of an adjust


class Side(NamedTuple):
    """One of two policies. `name` is for people; `sets` are named sets, `because` the adjusts of a source.

    `because` maps (rule, key) to the reason that was given.
    """

    name: str
    policy: bytes
    sets: Mapping[str, Terms]
    because: Mapping[tuple[str, str], str]


class Change(NamedTuple):
    """One key that differs. A list or a set says what it `gained` and `lost`; anything else what it was and is."""

    key: str
    old: Any = None
    new: Any = None
    gained: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the change as plain values."""
        if self.gained or self.lost:
            return {"key": self.key, "gained": list(self.gained), "lost": list(self.lost)}
        return {"key": self.key, "old": self.old, "new": self.new}


class SetChange(NamedTuple):
    """A set that differs, and where rules use it: (rule, condition)."""

    name: str
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    used: tuple[tuple[str, str], ...]


class Diff(NamedTuple):
    """Two policies compared. Rules come by id; `added` and `removed` map it to the rule's effect.

    `texts` are those that were added, in full.
    """

    old: str
    new: str
    added: dict[str, str]
    removed: dict[str, str]
    changed: dict[str, tuple[Change, ...]]
    sets: tuple[SetChange, ...]
    roles: tuple[Change, ...]
    defaults: tuple[Change, ...]
    settings: tuple[Change, ...]
    weakenings: tuple[Weakening, ...]
    texts: dict[str, str]

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not any(self[2:])

    def to_json(self) -> dict[str, Any]:
        """Return the comparison as plain values."""
        return {
            "old": self.old,
            "new": self.new,
            "weakenings": [one._asdict() for one in self.weakenings],
            "rules": {
                "added": [{"id": name, "effect": effect} for name, effect in self.added.items()],
                "removed": [{"id": name, "effect": effect} for name, effect in self.removed.items()],
                "changed": [
                    {"id": name, "changes": [one.to_json() for one in changes]}
                    for name, changes in self.changed.items()
                ],
            },
            "sets": [
                {
                    "name": one.name,
                    "gained": list(one.gained),
                    "lost": list(one.lost),
                    "used": [{"rule": rule, "condition": condition} for rule, condition in one.used],
                }
                for one in self.sets
            ],
            "roles": [one.to_json() for one in self.roles],
            "defaults": [one.to_json() for one in self.defaults],
            "settings": [one.to_json() for one in self.settings],
        }


def of_source(folder: str, name: str = "", *, mode: str | None = None) -> Side:
    """Return the side of a policy's folder, or of a bundle that ships. Raises `PolicyError` with every finding."""
    found = compiling.compile_source(source.read(source.located(folder)), mode=mode)
    if found.findings:
        raise compiling.refused(folder, found.findings)
    because = {
        (one.rule, key): one.because
        for one in found.adjusted
        for key in (*one.changes, *(("unless",) * bool(one.unless)))
    }
    sets = {
        set_name: frozenset(ruleview.Term(frozenset(term.values), frozenset(term.excluded)) for term in terms)
        for set_name, terms in found.terms.items()
    }
    return Side(name or folder, jsontext.canonical(found.policy), sets, because)


def of_compiled(data: bytes, name: str) -> Side:
    """Return the side of a compiled policy."""
    return Side(name, data, {}, {})


def compare(old: Side, new: Side) -> Diff:
    """Return what differs. Raises `PolicyError` if one of them is not a policy of this version."""
    before, after = _view(old), _view(new)
    was, now = before.rules, after.rules
    changed, sets = _changed(was, now, _Names(old.sets, new.sets))
    weak = [
        *weaker.of_settings(before, after),
        *_unknown(before.data, after.data),
        *weaker.of_defaults(before, after),
        *(Weakening("", f"roles.{role}", what) for role, what in weakroles.of_roles(before, after)),
        *weaker.of_rules(before, after),
    ]
    return Diff(
        old.name,
        new.name,
        {name: rule.effect for name, rule in now.items() if name not in was},
        {name: rule.effect for name, rule in was.items() if name not in now},
        changed,
        sets,
        tuple(_roles(before, after)),
        tuple(
            Change(weaker.default_name(*key), *words) for key, words in weaker.changed_defaults(before, after).items()
        ),
        tuple(_settings(before, after)),
        tuple(one._replace(because=_because(one, new)) for one in weak),
        {name: rule.text() for name, rule in now.items() if name not in was},
    )


def first(new: Side) -> Diff:
    """Return what a policy says that nothing comes before: all of it, and nothing that is weaker. Raises `PolicyError`."""
    head = {key: _view(new).data[key] for key in ("schema", "name", "mode")}
    empty = {**head, "defaults": {}, "sets": [], "rules": [], "by_action": {}}
    return compare(of_compiled(jsontext.canonical(empty), "nothing"), new)._replace(weakenings=())


def _view(side: Side) -> View:
    try:
        return ruleview.view(side.policy)
    except PolicyError as error:
        what = f"{side.name}: {error.message}"
        raise PolicyError(what, hint="a file must be one that `agentguard bundle build` wrote") from None


def _because(one: Weakening, new: Side) -> str:
    """Return why an adjust did this, "" where none did."""
    keys = _TOUCHED_BY.get(one.key, (one.key,))
    return next((new.because[one.rule, key] for key in keys if (one.rule, key) in new.because), "")


def _unknown(old: dict[str, Any], new: dict[str, Any]) -> list[Weakening]:
    """Return the parts of a policy that differ and that nothing here knows."""
    keys = sorted((old.keys() | new.keys()) - _KNOWN)
    return [Weakening("", key, "changed, whatever that means") for key in keys if old.get(key) != new.get(key)]


def _roles(old: View, new: View) -> Iterable[Change]:
    for role, before, after in weakroles.changed(old, new):
        if weakroles.NOBODY in (before, after):
            was, now = (None if one == weakroles.NOBODY else one for one in (before, after))
            yield Change(f"roles.{role}", was, now)
            continue
        for key in ("users", "groups"):
            if before[key] != after[key]:
                yield _field(f"roles.{role}.{key}", before[key], after[key])
        if weakroles.asks_otherwise(before, after):
            yield Change(f"roles.{role}.assurance", before["assurance"], after["assurance"])


def _settings(old: View, new: View) -> Iterable[Change]:
    for key, before, after in (
        ("name", old.policy.name, new.policy.name),
        ("mode", old.policy.mode, new.policy.mode),
        ("audit.on_failure", old.policy.on_failure, new.policy.on_failure),
        *((f"audit.{key}", _fields(old, key), _fields(new, key)) for key in AUDIT_FIELDS),
        ("exceptions.max_days", old.policy.max_days, new.policy.max_days),
    ):
        if before != after:
            yield Change(key, before, after)


def _fields(view: View, key: str) -> str:
    return ", ".join(sorted(name for name, mask in view.policy.withheld.items() if mask == (key == "mask")))


class _Names:
    """Which set with a name a condition is about."""

    def __init__(self, old: Mapping[str, Terms], new: Mapping[str, Terms]) -> None:
        self._of_terms = {terms: name for name, terms in (*old.items(), *new.items())}
        self._of_change = {}
        for name in sorted(old.keys() & new.keys(), key=lambda name: (-sum(map(len, new[name])), name)):
            was, now = ruleview.entries(old[name]), ruleview.entries(new[name])
            self._of_change[now - was, was - now] = name  # of sets that changed alike the smallest

    def of(self, before: Condition, after: Condition) -> str:
        """Return the name of the set that changed between two conditions of a rule, "" where none has one."""
        change = after.entries - before.entries, before.entries - after.entries
        known = self._of_terms.get(after.terms) or self._of_terms.get(before.terms)
        return known or (self._of_change.get(change, "") if any(change) else "")


def _changed(
    was: Mapping[str, Rule], now: Mapping[str, Rule], names: _Names
) -> tuple[dict[str, tuple[Change, ...]], tuple[SetChange, ...]]:
    """Return the changes of rules that are on both sides, and of the sets with a name that they use."""
    rules: dict[str, list[Change]] = {}
    users: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[tuple[str, str]]] = {}
    for rule, after in now.items():
        before = was.get(rule)
        if before is None:
            continue
        changes = [
            _field(key, before.fields.get(key), after.fields.get(key))
            for key in sorted(before.fields.keys() | after.fields.keys())
            if before.fields.get(key) != after.fields.get(key)
        ]
        for change, name in _conditions(before.when, after.when, names):
            if name:
                users.setdefault((name, change.gained, change.lost), []).append((rule, change.key))
            else:
                changes.append(change)
        lost, gained = set(before.unless) - set(after.unless), set(after.unless) - set(before.unless)
        if lost or gained:
            changes.append(Change("unless", gained=_tables(gained), lost=_tables(lost)))
        if changes:
            rules[rule] = changes
    sets = [SetChange(*key, tuple(used)) for key, used in sorted(users.items())]
    return {rule: tuple(changes) for rule, changes in rules.items()}, tuple(sets)


def _field(key: str, old: Any, new: Any) -> Change:
    if isinstance(old or new, list):
        before, after = set(old or ()), set(new or ())
        return Change(key, gained=tuple(sorted(after - before)), lost=tuple(sorted(before - after)))
    return Change(key, old, new)


def _conditions(
    before: tuple[Condition, ...], after: tuple[Condition, ...], names: _Names
) -> Iterable[tuple[Change, str]]:
    """Yield the changes of a rule's conditions, each with the name of the set that changed, "" for none."""
    for name in dict.fromkeys(one.name for one in (*before, *after)):
        was = [one for one in before if one.name == name and one not in after]
        now = [one for one in after if one.name == name and one not in before]
        gained = {entry for one in now for entry in one.entries}
        lost = {entry for one in was for entry in one.entries}
        if len(was) == len(now) == 1:
            change = Change(name, gained=tuple(sorted(gained - lost)), lost=tuple(sorted(lost - gained)))
            yield change, names.of(was[0], now[0])
        elif was or now:
            yield Change(name, gained=tuple(sorted(gained)), lost=tuple(sorted(lost))), ""


def _tables(tables: Iterable[tuple[Condition, ...]]) -> tuple[str, ...]:
    return tuple(sorted(ruleview.table_text(table, None) for table in tables))
