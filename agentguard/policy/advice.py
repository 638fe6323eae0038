"""Warnings about a policy that compiles: parts of it that do nothing, and parts that do not what their author expects.

What is said about rules beside each other is worked out on the compiled policy (see `overlap`); the rest stands in the
source. Only what is proven is said, so silence is no proof that a rule does something. Rules and sets that come from
elsewhere than the policy's own folder are compared with, and not warned about.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from agentguard.policy import calls, engine, setting, source, unmet, wire
from agentguard.policy.check import STAGED
from agentguard.policy.conditions import CONDITIONS, WORDS
from agentguard.policy.findings import in_order
from agentguard.policy.model import ALLOW, ASK, DENY, OBSERVE
from agentguard.policy.overlap import Overlap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentguard.policy.compile import Compiled
    from agentguard.policy.engine import Policy
    from agentguard.policy.findings import Finding
    from agentguard.policy.shape import Entry, Rule
    from agentguard.policy.source import Source

_HIGH = ("high", "critical")
_QUOTED = re.compile(r"`([^`\n]+)`")
_OWN = "agentguard "  # commands that the person types, in a terminal of their own


def warnings(read: Source, compiled: Compiled) -> tuple[Finding, ...]:
    """Return the warnings about a policy. `compiled` is what its source `read` came to.

    Where there are errors only what each rule says by itself is warned about.
    """
    documents = read.of_kind(source.BUNDLE, source.RULES)
    rules = [rule for rule in compiled.rules if rule.document in documents]
    found = [*_emptied(compiled.sets)]
    for rule in compiled.rules:
        found += [*_roles(rule), *_influenced(rule), *_asks(rule)]
    found += [*unmet.findings(compiled), *unmet.in_tests(read.of_kind(source.TESTS))]
    if compiled.policy:
        if compiled.policy["mode"] == OBSERVE:
            found += [one for rule in rules for one in _held_back(rule)]
        found += [*_unused(compiled), *_overlaps(rules, compiled.policy), *_remedies(rules, compiled)]
    own = {document.file for document in read.documents}
    return in_order(finding for finding in found if finding.file in own)


def _unused(compiled: Compiled) -> Iterator[Finding]:
    """Yield a finding for each set that no rule names, be it through other sets."""
    sets = compiled.sets
    todo = [
        entry.reference
        for rule in compiled.rules
        for condition in unmet.conditions(rule)
        for entry in condition.entries
    ]
    used: set[str] = set()
    while todo:
        name = todo.pop()
        if name in sets and name not in used:
            used.add(name)
            todo += [entry.reference for entry in sets[name]]
    for name, entries in sets.items():
        if name not in used and entries:
            document = entries[0].document
            yield document.finding(("sets", name), "AG701", f'no rule uses the set "{name}"', key=True)


def _emptied(sets: Mapping[str, tuple[Entry, ...]]) -> Iterator[Finding]:
    """Yield a finding for each set that takes out every value that it holds."""
    for name, entries in sets.items():
        plain = {entry.value for entry in entries if not entry.excluded}
        if plain and plain <= {entry.value for entry in entries if entry.excluded}:
            what = f'the set "{name}" takes out everything that it holds'
            yield entries[0].document.finding(("sets", name), "AG707", what, key=True)


def _roles(rule: Rule) -> Iterator[Finding]:
    if rule.fields.get("effect") == ALLOW:
        return
    for condition in rule.when:
        if condition.key == "roles" and not condition.negated:
            what = "whoever is not known holds no role and is not stopped: write not.roles, with the roles that may"
            yield rule.document.finding(condition.steps, "AG709", what, key=True)


def _influenced(rule: Rule) -> Iterator[Finding]:
    """Yield a finding for each condition that the agent can influence and that makes the rule milder."""
    listed = [(condition, "an allow rule" if rule.fields.get("effect") == ALLOW else "") for condition in rule.when]
    listed += [(condition, "`unless`") for table in rule.unless for condition in table.when]
    for condition, place in listed:
        where = place or ("`not`" if condition.negated else "")
        if where and CONDITIONS[condition.key][2]:
            what = f'the agent can influence "{condition.key}", and in {where} it relaxes'
            document = next((entry.document for entry in condition.entries), condition.document)  # added by an adjust
            yield document.finding(condition.steps, "AG710", what, key=True)


def _asks(rule: Rule) -> Iterator[Finding]:
    severity = rule.fields.get("severity", "")
    if rule.fields.get("effect") == ASK and severity in _HIGH:
        what = f"ask at severity {severity}: a program that hosts the agent may answer by itself, so what must hold is deny"
        yield rule.finding("AG711", what, at="effect")


def _held_back(rule: Rule) -> Iterator[Finding]:
    """Yield a finding for a rule of a bundle that observes, for whom it is enforced being said and that it is not."""
    key = next((one for one in STAGED if one in rule.fields), "")
    if key and "mode" not in rule.fields:
        what = f'"{key}" does nothing yet: the bundle observes, and this rule has no mode = "enforce" of its own'
        yield rule.finding("AG717", what, at=key)


def _overlaps(rules: Iterable[Rule], policy: dict[str, Any]) -> Iterator[Finding]:
    own = {rule.id: rule for rule in rules}
    ids = [rule["id"] for rule in policy["rules"]]
    overlap = Overlap(policy)
    for number, by, same in overlap.covered():
        rule, other = own.get(ids[number]), own.get(ids[by])
        if rule is None:
            continue
        if same and other and _where(rule) < _where(other):  # of two that are alike, the later one is too much
            rule, other = other, rule
        place = f" ({other.document.file}:{_where(other)[1]})" if other else ""
        said = "has the same conditions and effect as" if same else "decides nothing beside"
        yield rule.finding(
            "AG702" if same else "AG703", f'"{rule.id}" {said} "{other.id if other else ids[by]}"{place}'
        )
    for number in overlap.idle():
        if rule := own.get(ids[number]):
            yield rule.finding("AG704", f'"{rule.id}" lets through what the defaults let through anyway')
    for number, key in overlap.contradictions():
        rule = own.get(ids[number])
        if rule and key not in WORDS:  # of closed lists it is an error
            what = f'nothing that is known meets both "{key}" and "not.{key}"'
            yield rule.document.finding((*rule.steps, "not", key), "AG705", what, key=True)
    for number, keys in overlap.lifted():
        if rule := own.get(ids[number]):
            table = next(table for table in rule.unless if keys == {(one.key, one.negated) for one in table.when})
            what = f'whatever "{rule.id}" matches for certain meets this too, so it is lifted'
            yield table.document.finding(table.steps, "AG706", what)


def _where(rule: Rule) -> tuple[str, int]:
    """Return the file and line in which a rule stands."""
    return rule.document.file, rule.document.place((*rule.steps, "id"))[0]


def _remedies(rules: Iterable[Rule], compiled: Compiled) -> Iterator[Finding]:
    """Yield a finding for each command in a remedy that the policy denies to everybody who could read it.

    A command stands in backquotes and has at least two words; one with a placeholder in it is not known. Those of
    agentguard itself are for the person, in a terminal of their own.
    """
    ready: Policy | None = None
    roles = _named_roles(compiled.rules)
    for rule in rules:
        for text in _QUOTED.findall(rule.fields.get("remedy", "")):
            if len(text.split()) < 2 or "{" in text or text.startswith(_OWN):
                continue
            ready = ready or engine.load(wire.pack(compiled.policy))
            call, world = calls.of_bash(text, setting.PROJECT), setting.made_up({}, {})
            people = [setting.NOBODY, *(setting.Who((role,)) for role in roles)]
            decided = [setting.judge(ready, call, world, who)[1] for who in people]
            if all(decision.would == DENY for decision in decided):
                what = f'the remedy `{text}` is denied itself, by "{decided[0].would_rule}"'
                yield rule.finding("AG708", what, at="remedy")


def _named_roles(rules: Iterable[Rule]) -> list[str]:
    return sorted(
        {
            str(entry.value)
            for rule in rules
            for condition in unmet.conditions(rule)
            if condition.key == "roles"
            for entry in condition.entries
        }
    )
