"""Does each rule mean something? Rules that can never match, or whose keys contradict each other, are errors.

The table of conditions says which actions have rows with what a condition looks at. A condition on something that a row
does not have is false, and so is its opposite, so both kinds limit a rule to those actions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentguard.access.model import ACTIONS
from agentguard.policy import conditions, values
from agentguard.policy.conditions import CONDITIONS, RESOURCES, actions_of
from agentguard.policy.model import ALLOW, BUILTIN_PREFIX, OBSERVE, STRICTNESS
from agentguard.policy.shape import ID_FORM

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentguard.policy.findings import Finding
    from agentguard.policy.sets import Sets
    from agentguard.policy.shape import Condition, Rule
    from agentguard.policy.source import Document, Steps

STAGED = ("rollout", "cohort", "enforce_for")
NOT_IN_ALLOW = ("possible", "unattended", "mode", "sweep", "exceptions", *STAGED)


def rule_findings(rule: Rule, sets: Sets, *, builtin: bool = False) -> list[Finding]:
    """Return what is wrong with one rule by itself."""
    found = [*_id(rule, builtin=builtin), *_effect(rule), *_staged(rule), *_conditions(rule)]
    actions = frozenset(ACTIONS)
    if rule.when:
        actions = actions_matched(rule.when, sets)
        found += _unsatisfiable(rule, sets) if not actions else _vain_actions(rule, sets)
        found += _opposites(rule, sets)
        found += _vain_unless(rule, actions, sets) if actions else []
    return found + _templates(rule, actions)


def duplicate_ids(rules: Iterable[Rule]) -> list[Finding]:
    """Return a finding for every rule whose id an earlier one has, in the order of the files."""
    first: dict[str, Rule] = {}
    found = []
    for rule in rules:
        if not rule.id:
            continue
        other = first.setdefault(rule.id, rule)
        if other is not rule:
            line = other.document.place((*other.steps, "id"))[0]
            found.append(rule.finding("AG204", f'rule "{rule.id}" is also defined in {other.document.file}:{line}'))
    return found


def actions_matched(when: Iterable[Condition], sets: Sets) -> frozenset[str]:
    """Return the actions whose rows can meet all of these conditions."""
    return actions_met((one.key, one.negated, sets.words(one)) for one in when)


def actions_met(when: Iterable[tuple[str, bool, frozenset[str]]]) -> frozenset[str]:
    """Return the actions whose rows can meet conditions, each with its key, whether it is negated, and its plain words."""
    when = tuple(when)
    if len(_resources(key for key, _negated, _words in when)) > 1:
        return frozenset()
    actions = frozenset(ACTIONS)
    for key, negated, found in when:
        actions &= frozenset(actions_of(key))
        if key == "action":
            words = found & frozenset(ACTIONS)
            if words:  # misspelt words are findings of their own
                actions = actions - words if negated else actions & words
    return actions


def _resources(conditions: Iterable[str]) -> set[tuple[str, ...]]:
    keys = set(conditions)
    return {group for group in RESOURCES if keys & set(group)}


def _id(rule: Rule, *, builtin: bool) -> list[Finding]:
    if not rule.id:
        return []
    if not ID_FORM.fullmatch(rule.id):
        near = "-".join(rule.id.lower().replace("_", "-").split())
        what = f'"{rule.id}" is no id: lower-case words with dashes, and slashes between groups'
        return [rule.finding("AG202", what, near if ID_FORM.fullmatch(near) else "")]
    if rule.id.startswith(BUILTIN_PREFIX) and not builtin:
        return [rule.finding("AG203", f'"{BUILTIN_PREFIX}" is reserved for the rules that are part of agentguard')]
    return []


def _effect(rule: Rule) -> list[Finding]:
    effect = rule.fields.get("effect")
    if effect is None:
        return []
    if effect == ALLOW:
        keys = [key for key in NOT_IN_ALLOW if key in rule.fields]
        return [rule.finding("AG404", f'"{key}" means nothing in an allow rule', at=key) for key in keys]
    possible = rule.fields.get("possible", ALLOW)
    if STRICTNESS[possible] > STRICTNESS[effect]:
        what = f'possible = "{possible}" is stricter than effect = "{effect}"'
        return [rule.finding("AG403", what, at="possible")]
    return []


def _staged(rule: Rule) -> list[Finding]:
    """Return what is wrong with the keys that say for whom a rule is enforced."""
    found = []
    if not 0 <= rule.fields.get("rollout", 0) <= 100:
        found.append(rule.finding("AG214", '"rollout" is a percentage, from 0 to 100', at="rollout"))
    if rule.fields.get("mode") == OBSERVE:
        keys = [key for key in STAGED if key in rule.fields]
        found += [rule.finding("AG408", f'"{key}" means nothing where mode = "{OBSERVE}"', at=key) for key in keys]
    elif "cohort" in rule.fields and "rollout" not in rule.fields:
        found.append(rule.finding("AG408", '"cohort" means nothing without "rollout"', at="cohort"))
    if rule.fields.get("enforce_for") == []:
        found.append(rule.finding("AG205", '"enforce_for" is empty', at="enforce_for"))
    return found


def _conditions(rule: Rule) -> list[Finding]:
    found = []
    if not rule.when and not _misspelt(rule.document, rule.steps):
        found.append(rule.finding("AG405", "a rule without a condition; for every access there is [defaults] effect"))
    for table in rule.unless:
        if not table.when and not _misspelt(table.document, table.steps):
            what = "an empty table of `unless` would always lift the rule"
            found.append(table.document.finding(table.steps, "AG405", what))
    return found


def _misspelt(document: Document, steps: Steps) -> bool:
    """Return whether a table has a key that is none: a finding of its own, and perhaps the condition that is missing."""
    table: Any = document.values
    for step in steps:
        table = table[step]
    return not table.keys() <= {*conditions.RULE_KEYS, *CONDITIONS} or not isinstance(table.get("not", {}), dict)


def _unsatisfiable(rule: Rule, sets: Sets) -> list[Finding]:
    """Return the finding for a rule that no action can match, naming the two conditions that exclude each other."""
    for number, one in enumerate(rule.when):
        for other in rule.when[:number]:
            if not actions_matched((one, other), sets):
                what = f"no access can meet both {other.name} and {one.name}"
                return [one.document.finding(one.steps, "AG401", what, key=True)]
    names = ", ".join(condition.name for condition in rule.when)
    return [rule.finding("AG401", f"no access can meet all of {names}")]


def _opposites(rule: Rule, sets: Sets) -> list[Finding]:
    """Return a finding for each condition on a closed list whose `not` names all of its words."""
    found = []
    for condition in rule.when:
        if condition.negated or condition.key not in conditions.WORDS or condition.key == "action":
            continue
        words = sets.words(condition)
        for other in rule.when:
            if other.negated and other.key == condition.key and words and words <= sets.words(other):
                what = f"no access can meet both {condition.name} and {other.name}"
                found.append(rule.document.finding(other.steps, "AG401", what, key=True))
    return found


def _vain_actions(rule: Rule, sets: Sets) -> list[Finding]:
    """Return a finding for every action that is listed and that the other conditions rule out."""
    found = []
    others = [condition for condition in rule.when if condition.key != "action" or condition.negated]
    possible = actions_matched(others, sets)
    for condition in rule.when:
        if condition.key != "action" or condition.negated:
            continue
        for entry in condition.entries:
            if entry.value in CONDITIONS["action"][1] and entry.value not in possible:
                names = ", ".join(
                    other.name for other in others if not actions_matched((other,), sets) & {str(entry.value)}
                )
                what = f'a row of action "{entry.value}" never has {names}'
                found.append(entry.finding("AG402", what))
    return found


def _vain_unless(rule: Rule, actions: frozenset[str], sets: Sets) -> list[Finding]:
    found = []
    for table in rule.unless:
        both = len(_resources(one.key for one in (*rule.when, *table.when))) > 1
        if table.when and (both or not actions & actions_matched(table.when, sets)):
            what = "no access that this rule matches can meet these conditions"
            found.append(table.document.finding(table.steps, "AG406", what))
    return found


def _templates(rule: Rule, actions: frozenset[str]) -> list[Finding]:
    found = []
    for key in ("reason", "remedy"):
        text = rule.fields.get(key, "")
        wrong = values.template(text)
        if wrong:
            found.append(rule.finding(*wrong, at=key))
            continue
        found += [
            rule.finding("AG407", f"no row of this rule has a {name}", at=key)
            for name in values.VARIABLE.findall(text)
            if actions and actions.isdisjoint(conditions.actions_of(name))
        ]
    return found
