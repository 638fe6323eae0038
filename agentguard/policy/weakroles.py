"""Where a policy might be weaker because other people hold its roles.

Old rules are looked at with the members that a role has now: a role with more members is weaker where it lifts something
or is excepted, one with fewer members where it is what a rule asks for. A role that is not defined has no members. A
member who must be known better counts as one less. How rules themselves differ is looked at elsewhere.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentguard.policy.model import ALLOW, ASSURANCES
from agentguard.policy.ruleview import quoted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentguard.policy.ruleview import Condition, Rule, View

NOBODY: dict[str, Any] = {"users": [], "groups": [], "assurance": "none"}
_META = frozenset("*?[")


def changed(old: View, new: View) -> Iterator[tuple[str, dict[str, Any], dict[str, Any]]]:
    """Yield (role, before, after) of every role that has other members, or asks more or less of them."""
    was, now = old.policy.roles, new.policy.roles
    for role in sorted(was.keys() | now.keys()):
        before, after = was.get(role, NOBODY), now.get(role, NOBODY)
        if before != after:
            yield role, before, after


def asks_otherwise(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Return whether a role that is defined on both sides asks its members to be known otherwise."""
    return NOBODY not in (before, after) and before["assurance"] != after["assurance"]


def of_roles(old: View, new: View) -> Iterator[tuple[str, str]]:
    """Yield (role, what is weaker) of every role because of which some old rule might be weaker."""
    for role, before, after in changed(old, new):
        more, fewer = _moves(before, after)
        uses = [
            f"{rule.id} {name}"
            for rule in old.rules.values()
            for name, by_more, by_fewer in _uses(rule, role)
            if (by_more and more) or (by_fewer and fewer)
        ]
        if uses:
            yield role, f"{'; '.join(_said(before, after))} (used by {', '.join(uses)})"


def _moves(before: dict[str, Any], after: dict[str, Any]) -> tuple[bool, bool]:
    """Return whether somebody may hold a role who did not, and whether somebody may not who did."""
    was, now = ({(key, name) for key in ("users", "groups") for name in role[key]} for role in (before, after))
    step = ASSURANCES[after["assurance"]] - ASSURANCES[before["assurance"]]
    # Who is in two groups hides what a group alone does; so every group and user counts.
    return bool(now - was) or (step < 0 and bool(was)), bool(was - now) or (step > 0 and bool(was))


def _uses(rule: Rule, role: str) -> Iterator[tuple[str, bool, bool]]:
    """Yield where a rule asks for a role: (condition, weaker by more members, weaker by fewer)."""
    stops = rule.effect != ALLOW
    if role in rule.fields.get("enforce_for", ()):
        yield "enforce_for", not stops, stops
    for one in rule.when:
        yield from _use(one, role, stricter_if_met=stops)
    for table in rule.unless:
        for one in table:
            for name, by_more, by_fewer in _use(one, role, stricter_if_met=not stops):
                yield f"unless {name}", by_more, by_fewer


def _use(one: Condition, role: str, *, stricter_if_met: bool) -> Iterator[tuple[str, bool, bool]]:
    if one.key != "roles":
        return
    in_values = any(_names(text, role) for term in one.terms for text in term.values)
    taken_out = any(_names(text, role) for term in one.terms for text in term.excluded)
    if in_values or taken_out:
        met_by_more = not one.negated
        weaker_by_more = met_by_more != stricter_if_met
        yield one.name, weaker_by_more or taken_out, not weaker_by_more or taken_out


def _names(text: str, role: str) -> bool:
    """Return whether an entry names a role; a pattern may name any."""
    return text == role or not _META.isdisjoint(text)


def _said(before: dict[str, Any], after: dict[str, Any]) -> Iterator[str]:
    for key in ("users", "groups"):
        lost, gained = set(before[key]) - set(after[key]), set(after[key]) - set(before[key])
        yield from ([f"{key} gained {quoted(gained)}"] if gained else [])
        yield from ([f"{key} lost {quoted(lost)}"] if lost else [])
    if asks_otherwise(before, after):
        yield f"assurance: {before['assurance']} → {after['assurance']}"
