"""Where a policy might be weaker than another: every change that is not known to leave all calls at least as strict.

Sound before short: if some call ends laxer under the new policy than under the old one, at least one line is here. A
change that only might weaken, and cannot be shown not to by the rules below, is listed too.

- A rule that stops things may do so for more rows, more strictly, for more people and devices. A new one is welcome.
- An allow rule may answer for fewer rows. It may go, or become a rule that stops things.
- A rule that is gone, or has another id, is no loss if one of the new policy stands in for it in full.
- Defaults, modes and what follows from a failure may only become stricter.
- What is not known here, such as a key of a newer version, must stay as it is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard.access.model import ACTIONS, USE
from agentguard.policy import ruleview
from agentguard.policy.conditions import ACTION_DEFAULTS, DEFAULTS, DEVICE_KINDS
from agentguard.policy.model import ALLOW, ASK, DENY, ENFORCE, MAX_DAYS, OBSERVE, STRICTNESS
from agentguard.policy.ruleview import quoted, table_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentguard.policy.ruleview import Condition, Rule, View

    Reason = tuple[str, str]  # the key that is to blame, and what is weaker, in words

_WORDS = frozenset({"severity", "reason", "remedy", "owner", "tags"})  # say something and decide nothing
_STAGED = frozenset({"mode", "rollout", "cohort", "enforce_for"})
_DECIDE = frozenset({"effect", "possible", "unattended", "sweep", "exceptions"}) | _STAGED
_KINDS = ("", *DEVICE_KINDS)
_PAIRS = 200_000  # of a rule that is gone and one that might stand in for it: a second or two


class Weakening(NamedTuple):
    """One way in which a policy might be weaker. `rule` is "" for what concerns all of it; `because` is an adjust's."""

    rule: str
    key: str
    what: str
    because: str = ""


def of_rules(old: View, new: View) -> list[Weakening]:
    """Return what is weaker about the rules of `new`."""
    before, after = old.rules, new.rules
    found = []
    successors = _Successors(old, new)
    for name, rule in before.items():
        if name in after:
            found += [Weakening(name, *reason) for reason in _reasons(rule, after[name], old, new)]
        elif rule.effect != ALLOW and not successors.has(rule):
            found.append(Weakening(name, "rule", f"removed: it was {rule.effect}"))
    for name, rule in after.items():
        if name not in before and rule.effect == ALLOW and not _idle(rule, new):
            found.append(Weakening(name, "rule", "added: it allows what the default does not"))
    return sorted(found, key=lambda one: one.rule)


def of_defaults(old: View, new: View) -> list[Weakening]:
    """Return the defaults of `new` that are laxer."""
    found = []
    for (name, action, kind), (before, after) in changed_defaults(old, new).items():
        if STRICTNESS[after] < STRICTNESS[before]:
            found.append(Weakening("", default_name(name, action, kind), f"{before} → {after}"))
    return found


def of_settings(old: View, new: View) -> list[Weakening]:
    """Return what is weaker about mode, audit settings and limits of exceptions."""
    found = []
    days = [one.data.get("exceptions", {}).get("max_days", MAX_DAYS) for one in (old, new)]
    if days[1] > days[0]:
        found.append(Weakening("", "exceptions.max_days", f"{days[0]} → {days[1]}"))
    if (old.policy.mode, new.policy.mode) == (ENFORCE, OBSERVE):
        found.append(Weakening("", "mode", f"{ENFORCE} → {OBSERVE}, for every rule without a mode of its own"))
    if STRICTNESS[new.policy.on_failure] < STRICTNESS[old.policy.on_failure]:
        found.append(Weakening("", "audit.on_failure", f"{old.policy.on_failure} → {new.policy.on_failure}"))
    more = [name for name in new.policy.withheld if name not in old.policy.withheld]
    less = [name for name, mask in new.policy.withheld.items() if not mask and old.policy.withheld.get(name)]
    if more or less:
        found.append(Weakening("", "audit", f"no longer recorded: {', '.join([*more, *less])}"))
    return found


def changed_defaults(old: View, new: View) -> dict[tuple[str, str, str], tuple[str, str]]:
    """Return (before, after) of every default that differs, by (name, action, kind of device).

    "" stands for all actions where all of them changed alike, and for a device of no special kind; what is so for those
    is not said again for other kinds.
    """
    found: dict[tuple[str, str, str], tuple[str, str]] = {}
    for name in DEFAULTS:
        said: dict[str, tuple[str, str]] = {}
        for kind in _KINDS:
            actions = ACTIONS if name in ACTION_DEFAULTS else (USE,)
            pairs = {
                action: (old.policy.default(name, action, kind), new.policy.default(name, action, kind))
                for action in actions
            }
            fresh = {action: pair for action, pair in pairs.items() if pair != said.get(action)}
            said = said or pairs
            changed = {action: pair for action, pair in fresh.items() if pair[0] != pair[1]}
            if len(changed) == len(actions) and len(set(changed.values())) == 1:
                changed = {"": next(iter(changed.values()))}
            found |= {(name, action, kind): pair for action, pair in changed.items()}
    return found


def default_name(name: str, action: str, kind: str) -> str:
    """Return the name of a default as it is written: `defaults_for.ci.connect.effect`."""
    return ".".join(part for part in (f"defaults_for.{kind}" if kind else "defaults", action, name) if part)


def _reasons(old: Rule, new: Rule, before: View, after: View) -> Iterator[Reason]:
    """Yield in which ways one rule in the place of another might be weaker."""
    if old.effect != ALLOW and new.effect == ALLOW:
        yield "effect", f"{old.effect} → {new.effect}"
    elif old.effect != ALLOW:
        yield from _effects(old, new, before, after)
        yield from _staged(old, new, before, after)
        yield from _narrower(new, old)
        if _excepted(new) and not _excepted(old):
            key = "exceptions" if "exceptions" in {**old.fields, **new.fields} else "severity"
            yield key, f"{_shown(old.fields.get(key))} → {_shown(new.fields.get(key))}: exceptions may lift it now"
    elif new.effect == ALLOW and not _idle(new, after):
        yield from _wider(new, old)
        for key in sorted(_STAGED):
            if old.fields.get(key) != new.fields.get(key):
                yield key, f"{_shown(old.fields.get(key))} → {_shown(new.fields.get(key))}"
    for key in sorted((old.fields.keys() | new.fields.keys()) - _DECIDE - _WORDS):
        if old.fields.get(key) != new.fields.get(key):
            yield key, f"{_shown(old.fields.get(key))} → {_shown(new.fields.get(key))}, whatever that means"


def _effects(old: Rule, new: Rule, before: View, after: View) -> Iterator[Reason]:
    """Yield what is laxer about effects."""
    if STRICTNESS[new.effect] < STRICTNESS[old.effect]:
        yield "effect", f"{old.effect} → {new.effect}"
    pairs = {
        (_possible(old, before, action, kind), _possible(new, after, action, kind)) for action, kind in _cells(old)
    }
    # Where the effect has fallen too, that says it; where only a default has, the default is listed.
    laxer = [(was, now) for was, now in pairs if STRICTNESS[now] < min(STRICTNESS[was], STRICTNESS[new.effect])]
    if laxer and (old.fields.get("possible"), old.effect) != (new.fields.get("possible"), new.effect):
        was, now = max(laxer, key=lambda pair: STRICTNESS[pair[0]] - STRICTNESS[pair[1]])
        yield "possible", f"{was} → {now}"
    unattended = old.fields.get("unattended", DENY), new.fields.get("unattended", DENY)
    if STRICTNESS[unattended[1]] < STRICTNESS[unattended[0]]:
        yield "unattended", f"{unattended[0]} → {unattended[1]}"
    if "sweep" in old.fields and "sweep" not in new.fields:
        yield "sweep", "no longer asked about"
    elif "sweep" in old.fields and (old.when, old.unless) != (new.when, new.unless):
        # A sweep asks about what does not match; what matches from now on is not swept.
        passes = any(_possible(new, after, action, kind) == ALLOW for action, kind in _cells(new))
        yield from [("sweep", "what was asked about may now be a possible match, which passes")] * passes


def _excepted(rule: Rule) -> bool:
    """Return whether signed exceptions may lift a rule: not one of severity critical, unless it says so."""
    return bool(rule.fields.get("exceptions", rule.fields.get("severity") != "critical"))


def _possible(rule: Rule, policy: View, action: str, kind: str) -> str:
    """Return the effect of a rule on rows that it may match, as the engine works it out."""
    word = rule.fields.get("possible") or (
        policy.policy.default("possible", action, kind) if rule.effect == DENY else ASK
    )
    return min(word, rule.effect, key=STRICTNESS.__getitem__)


def _cells(rule: Rule) -> list[tuple[str, str]]:
    return [(action, kind) for action in sorted(rule.actions) for kind in _KINDS]


def _staged(old: Rule, new: Rule, before: View, after: View) -> Iterator[Reason]:
    """Yield in which ways fewer people and devices enforce a rule."""
    own = old.fields.get("mode"), new.fields.get("mode")
    was, now = own[0] or before.policy.mode, own[1] or after.policy.mode
    if was == OBSERVE:
        return
    if now == OBSERVE:
        if own[0] != own[1]:  # else the mode of the whole policy says it
            yield "mode", f"{was} → {now}"
        return
    share = new.fields.get("rollout"), new.fields.get("enforce_for")
    if share == (None, None) or share[0] == 100:
        return
    was_share = old.fields.get("rollout"), old.fields.get("enforce_for")
    if was_share == (None, None):
        yield "rollout", f"enforced for everybody → {_share(*share)}"
        return
    cohorts = [rule.fields.get("cohort") or rule.id for rule in (old, new)]
    if was_share[0] is not None and (-1 if share[0] is None else share[0]) < was_share[0]:
        yield "rollout", f"{_share(*was_share)} → {_share(*share)}"
    elif was_share[0] is not None and cohorts[0] != cohorts[1]:
        yield "cohort", f"{cohorts[0]} → {cohorts[1]}: other devices enforce it"
    lost = set(was_share[1] or ()) - set(share[1] or ())
    if lost or (was_share[1] is not None and share[1] is None):
        yield "enforce_for", f"no longer for {quoted(lost)}"


def _share(rollout: int | None, roles: list[str] | None) -> str:
    parts = [f"{rollout} % of the devices"] if rollout is not None else []
    return " and ".join([*parts, *([f"holders of {quoted(roles)}"] if roles else [])])


def _narrower(new: Rule, old: Rule) -> Iterator[Reason]:
    """Yield why a rule might match fewer rows, or be less sure about them, than another."""
    for one in ruleview.uncovered(new.when, old.when):
        twin = _twin(one, new.when, old.when)
        yield one.name, _difference(twin, one) if twin else f"limited to {one.text()}"
    for table in new.unless:
        if not any(not ruleview.uncovered(other, table) for other in old.unless):
            yield "unless", f"gained {table_text(table)}"
    if old.names_certainty and not new.names_certainty:
        yield "certainty", "no longer decides about what is unknown or opaque"
    if not old.actions <= new.actions:
        yield "action", f"no longer about {quoted(old.actions - new.actions)}"


def _wider(new: Rule, old: Rule) -> Iterator[Reason]:
    """Yield why an allow rule might match more rows than another."""
    for one in ruleview.uncovered(old.when, new.when):
        twin = _twin(one, old.when, new.when)
        yield one.name, _difference(one, twin) if twin else f"no longer limited by {one.text()}"
    for table in old.unless:
        if not any(not ruleview.uncovered(table, other) for other in new.unless):
            yield "unless", f"lost {table_text(table)}"
    if new.names_certainty and not old.names_certainty:
        yield "certainty", "decides about what is unknown or opaque"
    if not new.actions <= old.actions:
        yield "action", f"also about {quoted(new.actions - old.actions)}"


def _twin(one: Condition, own: Iterable[Condition], others: Iterable[Condition]) -> Condition | None:
    """Return the condition that this one was, or has become: the only one of its key on either side."""
    names = [other for other in own if other.name == one.name]
    found = [other for other in others if other.name == one.name]
    return found[0] if len(found) == len(names) == 1 else None


def _difference(before: Condition, after: Condition) -> str:
    lost, gained = before.entries - after.entries, after.entries - before.entries
    parts = [f"lost {quoted(lost)}"] if lost else []
    parts += [f"gained {quoted(gained)}"] if gained else []
    return " and ".join(parts) or "the same entries, otherwise put together"


class _Successors:
    """Finds a rule of the new policy that does all that one of the old policy did.

    Those that ask for the same are tried first, then all others while `_PAIRS` last; beyond that a rule counts as lost.
    """

    def __init__(self, old: View, new: View) -> None:
        self._old, self._new = old, new
        self._alike: dict[tuple[Condition, ...], list[Rule]] = {}
        self._left = _PAIRS
        for rule in new.rules.values():
            self._alike.setdefault(rule.when, []).append(rule)

    def has(self, rule: Rule) -> bool:
        """Return whether some rule stands in for this one."""
        if any(self._does(rule, other) for other in self._alike.get(rule.when, ())):
            return True
        self._left -= len(self._new.rules)
        return self._left >= 0 and any(self._does(rule, other) for other in self._new.rules.values())

    def _does(self, rule: Rule, other: Rule) -> bool:
        return (
            STRICTNESS[other.effect] >= STRICTNESS[rule.effect]
            and not ruleview.uncovered(other.when, rule.when)  # cheap, and so for few
            and not any(_reasons(rule, other, self._old, self._new))
        )


def _idle(rule: Rule, policy: View) -> bool:
    """Return whether an allow rule changes nothing, because the defaults allow all of its rows."""
    return all(
        policy.policy.default(name, action, kind) == ALLOW
        for action, kind in _cells(rule)
        for name in ("effect", "unknown", "opaque", *(("unknown_tool",) if action == USE else ()))
    )


def _shown(value: Any) -> str:
    return "nothing" if value is None else quoted(value) if isinstance(value, list) else str(value)
