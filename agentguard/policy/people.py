"""The people of a policy: the tables [roles] and [exceptions] of bundle.toml, and whether roles that are named are there.

A role that is named and never defined is held by nobody, so a rule on it never matches, or always: an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentguard.policy import shape, values
from agentguard.policy.conditions import EXCEPTION_KEYS, ROLE_KEYS
from agentguard.policy.findings import nearest
from agentguard.policy.model import ASSURANCES, MANAGED, MAX_DAYS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentguard.policy.findings import Finding
    from agentguard.policy.sets import Sets
    from agentguard.policy.shape import Rule
    from agentguard.policy.source import Document

DAYS_LIMIT = 366  # of one exception
_PATTERN = frozenset("*?[")


def roles(document: Document, table: Mapping[str, Any], findings: list[Finding]) -> dict[str, dict[str, Any]]:
    """Return the roles that bundle.toml defines: {role: {"assurance", "users", "groups"}}, lists sorted."""
    found = {}
    for name, entry in table.items():
        steps = ("roles", name)
        if not shape.NAME_FORM.fullmatch(name):
            what = f'the name of a role is lower-case letters, digits and dashes, not "{name}"'
            findings.append(document.finding(steps, "AG202", what, key=True))
        if not isinstance(entry, dict):
            findings.append(document.finding(steps, "AG102", f'"{name}" must be a table, not {shape.type_name(entry)}'))
            continue
        findings += shape.known_keys(document, steps, entry, ROLE_KEYS)[1]
        fields = shape.checked(document, steps, entry, ROLE_KEYS, findings)
        members = {}
        for key in ("users", "groups"):
            listed = shape.texts(document, (*steps, key), fields.get(key, []), findings)
            findings += [document.finding(where, *bad) for where, text in listed if (bad := values.plain_text(text))]
            members[key] = sorted({text for _where, text in listed})
        if not any(key in entry for key in members):
            findings.append(document.finding(steps, "AG101", f'role "{name}" has neither users nor groups', key=True))
        found[name] = {"assurance": fields.get("assurance", MANAGED), **members}
    return found


def limits(document: Document, table: Mapping[str, Any], findings: list[Finding]) -> dict[str, int]:
    """Return the limits of exceptions that bundle.toml sets."""
    findings += shape.known_keys(document, ("exceptions",), table, EXCEPTION_KEYS)[1]
    fields = shape.checked(document, ("exceptions",), table, EXCEPTION_KEYS, findings)
    if not 0 <= fields.get("max_days", 0) <= DAYS_LIMIT:
        what = f'"max_days" is a number of days, from 0 to {DAYS_LIMIT}'
        findings.append(document.finding(("exceptions", "max_days"), "AG214", what))
    return fields


def least(tables: Iterable[dict[str, int]]) -> dict[str, int]:
    """Return the limits of several packs: of each the smallest; where one says nothing, what holds then counts, too."""
    found = [table.get("max_days", MAX_DAYS) for table in tables]
    return {} if not found or all(days == MAX_DAYS for days in found) else {"max_days": min(found)}


def strictest(tables: Iterable[dict[str, dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Return the roles of several packs. One that several define has the members that each of them names."""
    found: dict[str, dict[str, Any]] = {}
    for table in tables:
        for name, entry in table.items():
            other = found.get(name, entry)
            found[name] = {
                "assurance": max(entry["assurance"], other["assurance"], key=ASSURANCES.__getitem__),
                **{key: sorted({*entry[key]} & {*other[key]}) for key in ("users", "groups")},
            }
    return found


def undefined(rules: Iterable[Rule], sets: Sets, defined: Iterable[str]) -> Iterator[Finding]:
    """Yield a finding for every place in which a rule names a role that is not defined. Patterns are let through."""
    names = set(defined)
    for rule in rules:
        places = [(rule.document, (*rule.steps, "enforce_for"), role) for role in rule.fields.get("enforce_for", ())]
        for condition in (*rule.when, *(one for table in rule.unless for one in table.when)):
            if condition.key == "roles":
                known = sorted(role for role in sets.words(condition) if _PATTERN.isdisjoint(role))
                places += [(condition.document, condition.steps, role) for role in known]
        for document, steps, role in places:
            if role not in names:
                what = f'role "{role}" is not defined in [roles] of bundle.toml'
                yield document.finding(steps, "AG409", what, nearest(role, names))
