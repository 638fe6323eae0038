"""From a policy's source to the compiled policy, which the engine reads and a bundle carries.

Equal sources give equal bytes: rules are sorted by id, sets by content, entries by text; neither the order of files nor
their formatting shows. A source with any finding compiles to nothing, so no half of a policy is ever published.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard import jsontext
from agentguard.access.model import ACTIONS
from agentguard.errors import PolicyError
from agentguard.policy import check, shape, source
from agentguard.policy.conditions import (
    ACTION_DEFAULTS,
    AUDIT,
    BUNDLE_KEYS,
    CHOICE,
    DEFAULTS,
    DEVICE_KINDS,
    LATER_BUNDLE_KEYS,
    RULES_FILE_KEYS,
)
from agentguard.policy.findings import Finding, in_order
from agentguard.policy.model import ENFORCE, OBSERVE, SCHEMA
from agentguard.policy.sets import Sets, Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentguard.policy.shape import Condition, Entry, Rule
    from agentguard.policy.source import Document, Source, Steps

MIN_CLIENT = "0.1.0"  # the first client that understands everything the compiler can write
_OPTIONAL = ("possible", "unattended", "mode", "sweep", "rollout", "cohort", "severity", "reason", "remedy", "owner")
_LISTS = ("tags", "enforce_for")


class Compiled(NamedTuple):
    """A compiled policy, or {} and what is wrong with its source."""

    policy: dict[str, Any]
    findings: tuple[Finding, ...]


def compile_folder(folder: str, *, mode: str | None = None, builtin: bool = False) -> bytes:
    """Return the compiled policy of a folder, as canonical JSON. Raises `PolicyError` with every finding.

    `mode` replaces the bundle's own. OBSERVE also replaces what single rules say, so that nothing at all is enforced;
    ENFORCE leaves rules that are still being tried out alone. `builtin` allows ids of the built-in pack.
    """
    compiled = compile_source(source.read(folder), mode=mode, builtin=builtin)
    if compiled.findings:
        many = len(compiled.findings)
        what = f"{many} {'errors' if many > 1 else 'error'} in the policy {folder}"
        raise PolicyError(what, compiled.findings, hint=f"agentguard policy check {folder}")
    return jsontext.canonical(compiled.policy)


def compile_source(read: Source, *, mode: str | None = None, builtin: bool = False) -> Compiled:
    """Return the compiled policy of a source that has been read, or all findings."""
    findings = list(read.findings)
    rules: list[Rule] = []
    defined: dict[str, tuple[Entry, ...]] = {}
    head: dict[str, Any] = {}
    for document in read.of_kind(source.BUNDLE, source.RULES):
        if document.kind == source.BUNDLE:
            head = _head(document, findings)
        else:
            findings += shape.known_keys(document, (), document.values, RULES_FILE_KEYS)[1]
        rules += shape.rules(document, findings)
        for name, entries in shape.sets(document, findings).items():
            if name in defined:
                findings.append(document.finding(("sets", name), "AG304", f'set "{name}" is defined twice', key=True))
            defined[name] = entries
    sets = Sets(defined, findings)
    findings += check.duplicate_ids(rules)
    terms = {condition: sets.of(condition) for rule in rules for condition in _all_conditions(rule)}
    for rule in rules:
        findings += check.rule_findings(rule, sets, builtin=builtin)
    if findings:
        return Compiled({}, in_order(findings))
    return Compiled(_policy(head, sorted(rules, key=lambda rule: rule.id), terms, sets, mode), ())


def _all_conditions(rule: Rule) -> list[Condition]:
    return [*rule.when, *(condition for _steps, table in rule.unless for condition in table)]


def _policy(
    head: dict[str, Any], rules: list[Rule], terms: dict[Condition, tuple[Term, ...]], sets: Sets, mode: str | None
) -> dict[str, Any]:
    numbers, listed = _numbered(terms.values())

    def compiled(when: Iterable[Condition]) -> list[list[str | int]]:
        return [[condition.key, int(condition.negated), numbers[terms[condition]]] for condition in when]

    out = []
    for rule in rules:
        fields = {name: rule.fields[name] for name in _OPTIONAL if name in rule.fields}
        if mode == OBSERVE:
            fields.pop("mode", None)
        fields |= {name: sorted(set(rule.fields[name])) for name in _LISTS if name in rule.fields}
        unless = sorted(compiled(table) for _steps, table in rule.unless)
        out.append(
            {"id": rule.id, "effect": rule.fields["effect"], "when": compiled(rule.when), "unless": unless, **fields}
        )
    matched = [check.actions_matched(rule.when, sets) for rule in rules]
    return {
        "schema": SCHEMA,
        "min_client": MIN_CLIENT,
        "name": head["name"],
        "mode": mode or head["mode"],
        "defaults": head["defaults"],
        "audit": head["audit"],
        "sets": listed,
        "rules": out,
        "by_action": {
            action: [number for number, actions in enumerate(matched) if action in actions] for action in ACTIONS
        },
    }


def _numbered(unions: Iterable[tuple[Term, ...]]) -> tuple[dict[tuple[Term, ...], int], list[dict[str, Any]]]:
    """Return the number of every union of terms, and the list of compiled sets in which it is one.

    A union of several terms is a compiled set without values of its own, whose `or` names the terms: unions share them.
    """
    several = sorted(set(unions), key=lambda union: (len(union), union))
    single = sorted({term for union in several for term in union})
    numbers: dict[tuple[Term, ...], int] = {(term,): number for number, term in enumerate(single)}
    listed: list[dict[str, Any]] = [{"values": list(term.values), "except": list(term.excluded)} for term in single]
    for union in several:
        if union not in numbers:
            numbers[union] = len(listed)
            listed.append({"values": [], "except": [], "or": [numbers[(term,)] for term in union]})
    return numbers, listed


def _head(document: Document, findings: list[Finding]) -> dict[str, Any]:
    """Return name, mode, defaults and audit settings of bundle.toml; keys that are wrong become findings."""
    known, wrong = shape.known_keys(document, (), document.values, BUNDLE_KEYS, LATER_BUNDLE_KEYS)
    findings += wrong
    spec = {key: entry for key, entry in BUNDLE_KEYS.items() if key not in RULES_FILE_KEYS}
    fields = shape.checked(document, (), {key: document.values[key] for key in known}, spec, findings)
    if fields.get("schema", SCHEMA) != SCHEMA:
        what = f"schema {fields['schema']} is not known to this version, which writes {SCHEMA}"
        findings.append(document.finding(("schema",), "AG105", what))
    if not shape.NAME_FORM.fullmatch(fields.get("name", "name")):
        what = f'the name of a bundle is lower-case letters, digits and dashes, not "{fields["name"]}"'
        findings.append(document.finding(("name",), "AG202", what))
    defaults = {key: value for key, (_words, value, _meaning) in DEFAULTS.items()}
    for_kinds = fields.get("defaults_for", {})
    known, wrong = shape.known_keys(document, ("defaults_for",), for_kinds, DEVICE_KINDS)
    findings += wrong
    kinds = {kind: _defaults(document, ("defaults_for", kind), for_kinds[kind], findings) for kind in known}
    return {
        "name": fields.get("name", ""),
        "mode": fields.get("mode", ENFORCE),
        "defaults": {
            **defaults,
            **_defaults(document, ("defaults",), fields.get("defaults", {}), findings),
            **{kind: kinds.get(kind, {}) for kind in DEVICE_KINDS},
        },
        "audit": {
            **{key: value for key, (_words, value, _meaning) in AUDIT.items()},
            **_choices(document, ("audit",), fields.get("audit", {}), AUDIT, findings),
        },
    }


def _defaults(document: Document, steps: Steps, table: Any, findings: list[Finding]) -> dict[str, Any]:
    """Return a table of defaults and, as `by_action`, its tables for single actions."""
    if not isinstance(table, dict):
        findings.append(document.finding(steps, "AG102", f'"{steps[-1]}" must be a table', key=True))
        return {}
    of_action = {name: inner for name, inner in table.items() if name in ACTIONS}
    general = {name: value for name, value in table.items() if name not in of_action}
    spec = {name: DEFAULTS[name] for name in ACTION_DEFAULTS}
    return {
        **_choices(document, steps, general, DEFAULTS, findings, also=ACTIONS),
        "by_action": {
            action: _choices(document, (*steps, action), inner, spec, findings) for action, inner in of_action.items()
        },
    }


def _choices(
    document: Document,
    steps: Steps,
    table: Any,
    spec: Mapping[str, tuple[tuple[str, ...], str, str]],
    findings: list[Finding],
    *,
    also: Iterable[str] = (),
) -> dict[str, str]:
    """Return a table whose every value is one word of a list. `also` are names that are right here in another form."""
    if not isinstance(table, dict):
        findings.append(document.finding(steps, "AG102", f'"{steps[-1]}" must be a table', key=True))
        return {}
    known, wrong = shape.known_keys(document, steps, table, [*spec, *also])
    findings += wrong
    typed = {name: (CHOICE, words, False, meaning) for name, (words, _value, meaning) in spec.items()}
    return shape.checked(document, steps, {name: table[name] for name in known}, typed, findings)
