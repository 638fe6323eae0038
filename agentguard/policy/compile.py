"""From a policy's source to the compiled policy, which the engine reads and a bundle carries.

Equal sources give equal bytes: rules are sorted by id, sets by content, entries by text; neither the order of files and
layers nor their formatting shows. A source with any finding compiles to nothing, so no half of a policy is ever published.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard import jsontext
from agentguard.errors import PolicyError
from agentguard.policy import adjust, check, exact, features, head, layers, people, shape, source
from agentguard.policy.conditions import CONDITIONS, RULES_FILE_KEYS
from agentguard.policy.findings import Finding, in_order, nearest
from agentguard.policy.model import OBSERVE, SCHEMA
from agentguard.policy.sets import Sets, Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentguard.policy.adjust import Adjustment
    from agentguard.policy.layers import Layer
    from agentguard.policy.shape import Condition, Entry, Rule
    from agentguard.policy.source import Document, Source

_OPTIONAL = (
    "possible", "unattended", "mode", "sweep", "rollout", "cohort", "exceptions", "severity", "reason", "remedy", "owner",
)  # fmt: skip
_LISTS = ("tags", "enforce_for")


class Compiled(NamedTuple):
    """A compiled policy, or {} and what is wrong with its source.

    `ids` are the rules of all layers and `roles` the roles, also where something is wrong; `adjusted` is what adjusts
    changed; `rules` and `sets` are those of all layers as the compiler took them, without what is wrong in them; `terms`
    what is in the sets that have a name.
    """

    policy: dict[str, Any]
    findings: tuple[Finding, ...]
    ids: tuple[str, ...] = ()
    adjusted: tuple[Adjustment, ...] = ()
    roles: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()
    sets: Mapping[str, tuple[Entry, ...]] = MappingProxyType({})
    terms: Mapping[str, tuple[Term, ...]] = MappingProxyType({})


def compile_folder(folder: str, *, mode: str | None = None, builtin: bool = False) -> bytes:
    """Return the compiled policy of a folder, or of the bundle of that name that ships, as canonical JSON.

    Raises `PolicyError` with every finding.

    `mode` replaces the bundle's own. OBSERVE also replaces what single rules say, so that nothing at all is enforced;
    ENFORCE leaves rules that are still being tried out alone. `builtin` allows ids of the built-in pack.
    """
    compiled = compile_source(source.read(source.located(folder)), mode=mode, builtin=builtin)
    if compiled.findings:
        raise refused(folder, compiled.findings)
    return jsontext.canonical(compiled.policy)


def refused(folder: str, findings: tuple[Finding, ...]) -> PolicyError:
    """Return the error that a policy's folder with findings ends in."""
    many = len(findings)
    what = f"{many} {'errors' if many > 1 else 'error'} in the policy {folder}"
    return PolicyError(what, findings, hint=f"agentguard policy check {folder}")


def compile_source(read: Source, *, mode: str | None = None, builtin: bool = False) -> Compiled:
    """Return the compiled policy of a source that has been read, or all findings."""
    findings = list(read.findings)
    stack = layers.gather(read, findings)
    whole = [_layer(layer, findings) for layer in stack]
    defined = _sets(stack, findings)
    rules, adjusted = adjust.apply(stack, [rules for rules, _head in whole], findings)
    heads: dict[Layer, dict[str, Any]] = {}
    for layer, (_rules, said) in zip(stack, whole, strict=True):  # what a layer stands on comes before it
        heads[layer] = head.merged(said, [heads[other] for other in layer.includes])
    sets = Sets(defined, findings)
    findings += check.duplicate_ids(rules)
    terms = {condition: sets.of(condition) for rule in rules for condition in _all_conditions(rule)}
    top = heads[stack[-1]]
    findings += people.undefined(rules, sets, top["roles"])
    for rule in rules:
        findings += check.rule_findings(rule, sets, builtin=builtin)
    ids = tuple(sorted({rule.id for rule in rules}))
    roles = tuple(sorted(top["roles"]))
    if findings:
        return Compiled({}, in_order(findings), ids, adjusted, roles, tuple(rules), defined)
    rules = sorted(rules, key=lambda rule: rule.id)
    policy = _policy(top, rules, terms, mode)
    return Compiled(policy, (), ids, adjusted, roles, tuple(rules), defined, sets.named)


def _layer(layer: Layer, findings: list[Finding]) -> tuple[list[Rule], dict[str, Any]]:
    """Return the rules of a layer, limited by its scopes, and what its bundle.toml says of the policy as a whole."""
    said: dict[str, Any] = {**head.NOTHING, "mode": None, "defaults": {}, "audit": {}}
    scopes: dict[str, tuple[Condition, ...]] = {}
    found: list[Rule] = []
    for document in layer.source.of_kind(source.BUNDLE, source.RULES):
        if document.kind == source.BUNDLE:
            said = head.said(document, findings)
        else:
            findings += shape.known_keys(document, (), document.values, RULES_FILE_KEYS)[1]
        scopes[document.file] = _scope(document, findings)
        found += shape.rules(document, findings)
    folder = scopes.get(f"{layer.source.label}bundle.toml", ())

    def scoped(rule: Rule) -> Rule:
        own = () if rule.document.kind == source.BUNDLE else scopes[rule.document.file]
        return rule._replace(when=(*rule.when, *own, *folder, *layer.scope)) if rule.when else rule

    return [scoped(rule) for rule in found], said


def _scope(document: Document, findings: list[Finding]) -> tuple[Condition, ...]:
    if "scope" not in document.values:
        return ()
    return shape.scope(document, ("scope",), document.values["scope"], findings)


def _sets(stack: Iterable[Layer], findings: list[Finding]) -> dict[str, tuple[Entry, ...]]:
    """Return the sets of all layers, with what layers add to their own and to those that they stand on."""
    defined: dict[str, tuple[Entry, ...]] = {}
    first: dict[str, Document] = {}
    more: list[tuple[Layer, Document, str, tuple[Entry, ...]]] = []
    of_layer: dict[Layer, set[str]] = {}
    for layer in stack:
        of_layer[layer] = set()
        for document in layer.source.of_kind(source.BUNDLE, source.RULES):
            found, added = shape.sets(document, findings)
            for name, entries in found.items():
                if name in defined:
                    other = first[name]
                    where = f"{other.file}:{other.place(('sets', name), key=True)[0]}"
                    what = f'set "{name}" is defined in {where} too; add.{name} adds to it'
                    findings.append(document.finding(("sets", name), "AG304", what, key=True))
                    continue
                defined[name] = entries
                first[name] = document
                of_layer[layer].add(name)
            more += [(layer, document, name, entries) for name, entries in added.items()]
    for layer, document, name, entries in more:
        known = set().union(*(of_layer[other] for other in layer.beneath()))
        if name in known:
            defined[name] += entries
        else:
            what = f'there is no set "{name}" here or in an included pack to add to'
            near = nearest(name, known)
            findings.append(document.finding(("sets", "add", name), "AG301", what, near, key=True))
    return defined


def _all_conditions(rule: Rule) -> list[Condition]:
    return [*rule.when, *(condition for table in rule.unless for condition in table.when)]


def _policy(
    top: dict[str, Any], rules: list[Rule], terms: dict[Condition, tuple[Term, ...]], mode: str | None
) -> dict[str, Any]:
    numbers, listed = _numbered(terms.values())
    order = {key: number for number, key in enumerate(CONDITIONS)}

    def compiled(when: Iterable[Condition]) -> list[list[str | int]]:
        found = {(order[one.key], one.negated, numbers[terms[one]], one.key) for one in when}
        return [[key, int(negated), number] for _order, negated, number, key in sorted(found)]

    out = []
    for rule in rules:
        fields = {name: rule.fields[name] for name in _OPTIONAL if name in rule.fields}
        if mode == OBSERVE:
            fields.pop("mode", None)
        fields |= {name: sorted(set(rule.fields[name])) for name in _LISTS if name in rule.fields}
        unless = sorted(compiled(table.when) for table in rule.unless)
        out.append(
            {"id": rule.id, "effect": rule.fields["effect"], "when": compiled(rule.when), "unless": unless, **fields}
        )
    policy = {
        "schema": SCHEMA,
        "name": top["name"],
        "mode": mode or top["mode"],
        "defaults": top["defaults"],
        "audit": top["audit"],
        **{key: top[key] for key in ("roles", "exceptions") if top[key]},
        "sets": listed,
        "rules": out,
        "by_action": exact.by_action(out, listed),
    }
    return {**policy, "min_client": features.min_client(policy)}


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
