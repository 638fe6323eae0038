"""What stands at the head of a policy: its name, mode, defaults, roles and other settings, and how layers share them.

A layer's own word wins, key by key. Where it says nothing, what it includes counts; of several included packs the
strictest word holds, as each of them would hold by itself, and a role that several define has the members that each of
them names. The name is always the layer's own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentguard.access.model import ACTIONS
from agentguard.policy import people, shape
from agentguard.policy.conditions import (
    ACTION_DEFAULTS,
    AUDIT,
    AUDIT_FIELDS,
    BUNDLE_KEYS,
    CHOICE,
    DEFAULTS,
    DEVICE_KINDS,
    RULES_FILE_KEYS,
    WITHHELD,
)
from agentguard.policy.findings import nearest
from agentguard.policy.model import ENFORCE, OBSERVE, SCHEMA, STRICTNESS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from agentguard.policy.findings import Finding
    from agentguard.policy.source import Document, Steps

_READ_ELSEWHERE = (*RULES_FILE_KEYS, "include", "adjust")

# What holds where no layer says anything.
NOTHING: dict[str, Any] = {
    "name": "",
    "mode": ENFORCE,
    "defaults": {**{key: value for key, (_words, value, _meaning) in DEFAULTS.items()}, "by_action": {}}
    | {kind: {} for kind in DEVICE_KINDS},
    "audit": {key: value for key, (_words, value, _meaning) in AUDIT.items()},
    "roles": {},
    "exceptions": {},
}


def said(document: Document, findings: list[Finding]) -> dict[str, Any]:
    """Return what a bundle.toml says of the policy as a whole; what is wrong becomes a finding."""
    known, wrong = shape.known_keys(document, (), document.values, BUNDLE_KEYS)
    findings += wrong
    spec = {key: entry for key, entry in BUNDLE_KEYS.items() if key not in _READ_ELSEWHERE}
    fields = shape.checked(document, (), {key: document.values[key] for key in known}, spec, findings)
    if fields.get("schema", SCHEMA) != SCHEMA:
        what = f"schema {fields['schema']} is not known to this version, which writes {SCHEMA}"
        findings.append(document.finding(("schema",), "AG105", what))
    if not shape.NAME_FORM.fullmatch(fields.get("name", "name")):
        what = f'the name of a bundle is lower-case letters, digits and dashes, not "{fields["name"]}"'
        findings.append(document.finding(("name",), "AG202", what))
    for_kinds = fields.get("defaults_for", {})
    known, wrong = shape.known_keys(document, ("defaults_for",), for_kinds, DEVICE_KINDS)
    findings += wrong
    kinds = {kind: _defaults(document, ("defaults_for", kind), for_kinds[kind], findings) for kind in known}
    return {
        "name": fields.get("name", ""),
        "mode": fields.get("mode"),
        "defaults": {**_defaults(document, ("defaults",), fields.get("defaults", {}), findings), **kinds},
        "audit": _audit(document, fields.get("audit", {}), findings),
        "exceptions": people.limits(document, fields.get("exceptions", {}), findings),
        "roles": people.roles(document, fields.get("roles", {}), findings),
    }


def merged(own: Mapping[str, Any], included: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the head of a layer in full. `own` comes from `said`, `included` from this function."""
    base = strictest(included) if included else NOTHING
    return {
        "name": own["name"],
        "mode": own["mode"] or base["mode"],
        "defaults": _overlaid(base["defaults"], own["defaults"]),
        "audit": {**base["audit"], **own["audit"]},
        "roles": {**base["roles"], **own["roles"]},
        "exceptions": {**base["exceptions"], **own["exceptions"]},
    }


def strictest(heads: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return a head under which every row is treated as strictly as under the strictest of these."""
    if len(heads) == 1:
        return heads[0]
    tables = [head["defaults"] for head in heads]
    defaults = _strictest_defaults(tables, list(DEFAULTS), "")
    for kind in DEVICE_KINDS:
        said = [part for table in tables for part in (table[kind], *table[kind].get("by_action", {}).values())]
        names = [name for name in DEFAULTS if any(name in part for part in said)]
        defaults[kind] = _strictest_defaults(tables, names, kind) if names else {}
    return {
        "name": "",
        "mode": OBSERVE if all(head["mode"] == OBSERVE for head in heads) else ENFORCE,
        "defaults": defaults,
        "audit": _strictest_audit([head["audit"] for head in heads]),
        "exceptions": people.least([head["exceptions"] for head in heads]),
        "roles": people.strictest([head["roles"] for head in heads]),
    }


def _audit(document: Document, table: Any, findings: list[Finding]) -> dict[str, Any]:
    """Return how the log is kept. A field that no record has would withhold nothing, and is a finding."""
    found: dict[str, Any] = dict(_choices(document, ("audit",), table, AUDIT, findings, also=AUDIT_FIELDS))
    for key in AUDIT_FIELDS if isinstance(table, dict) else ():
        names = shape.texts(document, ("audit", key), table.get(key, []), findings)
        for steps, name in names:
            if name not in WITHHELD:
                near = nearest(name, WITHHELD)
                what = f'no record has a field "{name}" that could be withheld'
                what += "" if near else f"; there are {', '.join(WITHHELD)}"
                findings.append(document.finding(steps, "AG201", what, near))
        if names:
            found[key] = list(dict.fromkeys(name for _steps, name in names))
    return found


def _strictest_audit(tables: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the strictest words, and all fields that one of these withholds."""
    found: dict[str, Any] = {key: max((table[key] for table in tables), key=STRICTNESS.__getitem__) for key in AUDIT}
    for key in AUDIT_FIELDS:
        if names := list(dict.fromkeys(name for table in tables for name in table.get(key, ()))):
            found[key] = names
    return found


def effective(defaults: Mapping[str, Any], name: str, action: str = "", kind: str = "") -> str:
    """Return what a full table of defaults says for rows of an action on a kind of device, as the engine reads it."""
    for table in (defaults.get(kind, {}), defaults):
        found = table.get("by_action", {}).get(action, {}).get(name) or table.get(name)
        if found:
            return str(found)
    return DEFAULTS[name][1]


def _strictest_defaults(tables: Sequence[dict[str, Any]], names: Sequence[str], kind: str) -> dict[str, Any]:
    def most(name: str, action: str = "") -> str:
        return max((effective(table, name, action, kind) for table in tables), key=STRICTNESS.__getitem__)

    general: dict[str, Any] = {name: most(name) for name in names}
    of_actions = {action: {name: most(name, action) for name in names if name in ACTION_DEFAULTS} for action in ACTIONS}
    by_action = {
        action: {name: word for name, word in words.items() if word != general[name]}
        for action, words in of_actions.items()
    }
    return {**general, "by_action": {action: words for action, words in by_action.items() if words}}


def _overlaid(base: Mapping[str, Any], own: Mapping[str, Any]) -> dict[str, Any]:
    """Return a table of defaults with a layer's own words in place of those that it stands on."""
    out = {**base, **{name: word for name, word in own.items() if name in DEFAULTS}}
    by_action = {action: dict(words) for action, words in base.get("by_action", {}).items()}
    for action, words in own.get("by_action", {}).items():
        by_action[action] = {**by_action.get(action, {}), **words}
    out["by_action"] = by_action
    for kind in DEVICE_KINDS:
        if kind in own:
            out[kind] = _overlaid(base.get(kind, {}), own[kind])
    return out


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
        what = f'"{steps[-1]}" must be a table: [{".".join(map(str, steps))}] and {next(iter(spec))} = … beneath it'
        findings.append(document.finding(steps, "AG102", what, key=True))
        return {}
    known, wrong = shape.known_keys(document, steps, table, [*spec, *also])
    findings += wrong
    typed = {name: (CHOICE, words, False, meaning) for name, (words, _value, meaning) in spec.items()}
    return shape.checked(document, steps, {name: table[name] for name in known}, typed, findings)
