"""`[[adjust]]`: how a layer changes rules of the packs that it stands on, and says why.

An adjust reaches the rules of its own layer and of those beneath it, never the built-in pack. It replaces the rule's
keys and adds tables to its `unless`. Nobody adjusts the same key of a rule a second time: what a rule says can be
found in one place. Keys of the rule that mean nothing beside the new ones go: what an allow rule cannot have, whom a
rule is enforced for that is to observe, a `possible` stricter than the new effect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard.policy import shape, source
from agentguard.policy.check import NOT_IN_ALLOW, STAGED
from agentguard.policy.conditions import ADJUST_KEYS
from agentguard.policy.findings import nearest
from agentguard.policy.model import ALLOW, BUILTIN_PREFIX, OBSERVE, STRICTNESS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentguard.policy.findings import Finding
    from agentguard.policy.layers import Layer
    from agentguard.policy.shape import Rule, Table
    from agentguard.policy.source import Document, Steps

_ABOUT = ("rule", "because")  # keys of an adjust that are no keys of a rule


class Adjustment(NamedTuple):
    """One `[[adjust]]` as it was written. `changes` holds the keys that it replaces, `unless` the tables it adds."""

    document: Document
    steps: Steps
    rule: str
    because: str
    changes: dict[str, Any]
    unless: tuple[Table, ...]

    def finding(self, at: str, code: str, message: str, suggestion: str = "") -> Finding:
        """Return a finding at one of the adjust's keys."""
        return self.document.finding((*self.steps, at), code, message, suggestion)


def apply(
    stack: Sequence[Layer], rules: Sequence[list[Rule]], findings: list[Finding]
) -> tuple[list[Rule], tuple[Adjustment, ...]]:
    """Return the rules of all layers as they are after all adjusts, and the adjusts that reached one.

    `rules` are those of each layer, in the order of `stack`.
    """
    of_layer = {layer: {rule.id for rule in listed if rule.id} for layer, listed in zip(stack, rules, strict=True)}
    by_rule: dict[str, list[Adjustment]] = {}
    first: dict[tuple[str, str], Adjustment] = {}
    for layer in stack:
        within = set().union(*(of_layer[other] for other in layer.beneath()))
        for document in layer.source.of_kind(source.BUNDLE):
            for steps, table in shape.tables(document, "adjust", findings):
                found = _read(document, steps, table, findings)
                if found is None or not _reaches(found, within, findings):
                    continue
                by_rule.setdefault(found.rule, []).append(found)
                for key in (*found.changes, *(("unless",) if found.unless else ())):
                    other = first.setdefault((found.rule, key), found)
                    if other is not found:
                        where = f"{other.document.file}:{other.document.place(other.steps)[0]}"
                        what = f'"{key}" of {found.rule} is adjusted in {where} too'
                        findings.append(found.document.finding((*found.steps, key), "AG606", what, key=True))
    out = [_adjusted(rule, by_rule.get(rule.id, ()), findings) for listed in rules for rule in listed]
    return out, tuple(one for listed in by_rule.values() for one in listed)


def _read(document: Document, steps: Steps, table: dict[str, Any], findings: list[Finding]) -> Adjustment | None:
    findings += shape.known_keys(document, steps, table, ADJUST_KEYS)[1]
    fields = shape.checked(document, steps, table, ADJUST_KEYS, findings)
    unless = shape.unless(document, (*steps, "unless"), fields.pop("unless", []), findings)
    if not set(table) - set(_ABOUT):
        findings.append(document.finding(steps, "AG607", "this adjust changes nothing", key=True))
    if "rule" not in fields:
        return None
    changes = {key: value for key, value in fields.items() if key not in _ABOUT}
    return Adjustment(document, steps, fields["rule"], fields.get("because", ""), changes, unless)


def _reaches(one: Adjustment, within: set[str], findings: list[Finding]) -> bool:
    """Return whether an adjust names one of these rules; add a finding where it does not."""
    if one.rule.startswith(BUILTIN_PREFIX):
        findings.append(one.finding("rule", "AG203", f'nothing adjusts "{one.rule}": it is part of agentguard'))
    elif one.rule not in within:
        what = f'there is no rule "{one.rule}" here or in an included pack'
        findings.append(one.finding("rule", "AG605", what, nearest(one.rule, within)))
    return one.rule in within


def _adjusted(rule: Rule, adjustments: Sequence[Adjustment], findings: list[Finding]) -> Rule:
    """Return a rule with all that is adjusted in it."""
    if not adjustments:
        return rule
    changed = {key: one for one in adjustments for key in one.changes}
    fields = {**rule.fields, **{key: one.changes[key] for key, one in changed.items()}}
    effect = fields.get("effect", ALLOW)
    vain = []  # (key that means nothing now, key that is the reason, code, why)
    if effect == ALLOW:
        vain += [(key, "effect", "AG404", f'"{key}" means nothing in an allow rule') for key in NOT_IN_ALLOW]
    elif fields.get("mode") == OBSERVE:
        vain += [(key, "mode", "AG408", f'"{key}" means nothing where mode = "{OBSERVE}"') for key in STAGED]
    possible = fields.get("possible", ALLOW)
    if STRICTNESS[possible] > STRICTNESS[effect]:
        what = f'possible = "{possible}" is stricter than effect = "{effect}"'
        vain.append(("possible", "effect", "AG403", what))
    for key, why, code, what in vain:
        if key in fields and {key, why} & set(changed):
            del fields[key]
            if key in changed:
                findings.append(changed[key].finding(key, code, what))
    if not 0 <= fields.get("rollout", 0) <= 100 and "rollout" in changed:
        del fields["rollout"]
        findings.append(changed["rollout"].finding("rollout", "AG214", '"rollout" is a percentage, from 0 to 100'))
    unless = tuple(table for one in adjustments for table in one.unless)
    return rule._replace(fields=fields, unless=(*rule.unless, *unless))
