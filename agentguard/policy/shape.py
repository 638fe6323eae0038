"""Does each table of a policy hold the keys it may, with values of the right type? Rules and sets come out as values.

What is wrong becomes a finding and is left out; the rest of the file is read all the same, so one run names every
mistake.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard.policy import conditions
from agentguard.policy.conditions import CHOICE, FILES, FLAG, ID, LISTS, NUMBER, SCRIPT, TABLE, TABLES, TEXT, TEXTS
from agentguard.policy.findings import nearest
from agentguard.policy.values import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentguard.policy.findings import Finding
    from agentguard.policy.source import Document, Steps

ID_FORM = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)*")
NAME_FORM = re.compile(r"[a-z0-9]+([-_][a-z0-9]+)*")

_TYPES = {str: "a text", bool: "true or false", int: "a number", float: "a fraction", list: "a list", dict: "a table"}
_EXPECTED: dict[str, tuple[type | tuple[type, ...], str]] = {
    TEXT: (str, "a text"), CHOICE: (str, "a text"), ID: (str, "a text"), NUMBER: (int, "a whole number"),
    FLAG: (bool, "true or false"),
    SCRIPT: (str, "a text"), LISTS: (list, "a list of lists"), FILES: ((list, dict), "a list or a table of paths"),
    TABLE: (dict, "a table"), TABLES: (list, "a list of tables"), TEXTS: ((str, list), "a text or a list of texts"),
}  # fmt: skip


class Entry(NamedTuple):
    """One value of a condition or a set, and where it stands. `!` has been taken off and is `excluded`."""

    value: str | int
    document: Document
    steps: Steps
    excluded: bool = False

    @property
    def reference(self) -> str:
        """The set that this entry names, "" for a value. A `/` makes it a value: `@scope/package`."""
        text = self.value
        return text[1:] if isinstance(text, str) and text.startswith("@") and "/" not in text else ""

    def finding(self, code: str, message: str, suggestion: str = "") -> Finding:
        """Return a finding at this entry."""
        return self.document.finding(self.steps, code, message, suggestion)


class Condition(NamedTuple):
    """`KEY = [...]`, or `not.KEY = [...]` if `negated`, and where it stands."""

    key: str
    negated: bool
    entries: tuple[Entry, ...]
    document: Document
    steps: Steps

    @property
    def name(self) -> str:
        """The condition as it is written."""
        return f"not.{self.key}" if self.negated else self.key


class Table(NamedTuple):
    """One table of `unless`, and where it stands."""

    document: Document
    steps: Steps
    when: tuple[Condition, ...]


class Rule(NamedTuple):
    """One rule as it was written, with what scopes and adjusts add. `fields` holds its other keys."""

    document: Document
    steps: Steps
    fields: dict[str, Any]
    when: tuple[Condition, ...]
    unless: tuple[Table, ...]

    @property
    def id(self) -> str:
        """The rule's id, "" where it has none."""
        return str(self.fields.get("id", ""))

    def finding(self, code: str, message: str, suggestion: str = "", *, at: str = "id") -> Finding:
        """Return a finding at one of the rule's keys."""
        return self.document.finding((*self.steps, at), code, message, suggestion)


def type_name(value: object) -> str:
    """Return what a TOML value is, in words."""
    return _TYPES.get(type(value), "a date or a time")


def known_keys(
    document: Document, steps: Steps, table: Mapping[str, Any], names: Iterable[str]
) -> tuple[list[str], list[Finding]]:
    """Return the keys of a table that are among `names`, and a finding for every other key."""
    known, findings = [], []
    names = list(names)
    for name in table:
        if name in names:
            known.append(name)
        else:
            near = nearest(name, names)
            findings.append(document.finding((*steps, name), "AG104", f'unknown key "{name}"', near, key=True))
    return known, findings


def checked(
    document: Document,
    steps: Steps,
    table: Mapping[str, Any],
    spec: Mapping[str, tuple[str, tuple[str, ...], bool, str]],
    findings: list[Finding],
) -> dict[str, Any]:
    """Return those values of a table that are as `spec` says; the others, and what is missing, become findings."""
    good = {}
    for name, (kind, words, needed, _meaning) in spec.items():
        where = (*steps, name)
        if name not in table:
            if needed:
                findings.append(document.finding(steps, "AG101", f'"{name}" is missing', key=True))
            continue
        value = table[name]
        expected, words_for = _EXPECTED[kind]
        right = isinstance(value, expected) and not (isinstance(value, bool) and kind == NUMBER)
        if not right:
            what = f'"{name}" must be {words_for}, not {type_name(value)}'
            findings.append(document.finding(where, "AG102", what))
        elif kind == CHOICE and value not in words:
            what = f'"{name}" must be one of {", ".join(filter(None, words))}, not "{value}"'
            findings.append(document.finding(where, "AG201", what, nearest(value, words)))
        elif kind in (TEXT, ID) and (wrong := plain_text(value)):
            findings.append(document.finding(where, *wrong))
        else:
            good[name] = value
    return good


def texts(document: Document, steps: Steps, value: Any, findings: list[Finding]) -> list[tuple[Steps, str]]:
    """Return the texts that a key holds, one or a list that may be empty, each with its place."""
    found = []
    for entry in entries(document, steps, value, findings) if value != [] else ():
        if isinstance(entry.value, str):
            found.append((entry.steps, entry.value))
        else:
            findings.append(entry.finding("AG102", f'"{steps[-1]}" must hold texts, not a number'))
    return found


def entries(document: Document, steps: Steps, value: Any, findings: list[Finding]) -> tuple[Entry, ...]:
    """Return the values that a key holds, one or a list of them. Numbers among them are for ports."""
    name = steps[-1]
    if isinstance(value, dict) and "not" in value:
        what = f'"{name}" must be a text or a list of texts; its opposite is written not.{name}'
        findings.append(document.finding(steps, "AG102", what, f"not.{name}", key=True))
        return ()
    if not isinstance(value, list):
        pairs: list[tuple[Steps, Any]] = [(steps, value)]
    else:
        pairs = [((*steps, number), item) for number, item in enumerate(value)]
        if not pairs:
            findings.append(document.finding(steps, "AG205", f'"{name}" is empty'))
    found = []
    for where, item in pairs:
        if isinstance(item, str) or (isinstance(item, int) and not isinstance(item, bool)):
            found.append(Entry(item, document, where))
        else:
            what = f'"{name}" must hold texts, not {type_name(item)}'
            findings.append(document.finding(where, "AG102", what))
    return tuple(found)


def tables(document: Document, name: str, findings: list[Finding]) -> list[tuple[Steps, dict[str, Any]]]:
    """Return the tables that a file writes as [[name]], each with its place."""
    listed = document.values.get(name, [])
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        findings.append(document.finding((name,), "AG102", f"written as [[{name}]]", key=True))
        return []
    return [((name, number), table) for number, table in enumerate(listed)]


def rules(document: Document, findings: list[Finding]) -> list[Rule]:
    """Return the rules of a file."""
    return [_rule(document, steps, table, findings) for steps, table in tables(document, "rule", findings)]


def _rule(document: Document, steps: Steps, table: dict[str, Any], findings: list[Finding]) -> Rule:
    names = [*conditions.RULE_KEYS, *conditions.CONDITIONS]
    known, wrong = known_keys(document, steps, table, names)
    findings += wrong
    own = {name: table[name] for name in known if name in conditions.RULE_KEYS and name != "not"}
    fields = checked(document, steps, own, conditions.RULE_KEYS, findings)
    for name in ("tags", "enforce_for"):
        if name in fields:
            listed = texts(document, (*steps, name), fields[name], findings)
            findings += [document.finding(where, *bad) for where, text in listed if (bad := plain_text(text))]
            fields[name] = [text for _where, text in listed]
    lifts = unless(document, (*steps, "unless"), fields.pop("unless", []), findings)
    return Rule(document, steps, fields, _conditions(document, steps, table, findings), lifts)


def unless(document: Document, steps: Steps, listed: list[Any], findings: list[Finding]) -> tuple[Table, ...]:
    """Return the tables of an `unless`."""
    found = []
    for number, inner in enumerate(listed):
        where = (*steps, number)
        if isinstance(inner, dict):
            findings += known_keys(document, where, inner, ["not", *conditions.CONDITIONS])[1]
            found.append(Table(document, where, _conditions(document, where, inner, findings)))
        else:
            findings.append(document.finding(where, "AG102", f'"unless" holds tables, not {type_name(inner)}'))
    return tuple(found)


def scope(document: Document, steps: Steps, table: Any, findings: list[Finding]) -> tuple[Condition, ...]:
    """Return the conditions of a scope."""
    if not isinstance(table, dict):
        findings.append(document.finding(steps, "AG102", f'"scope" must be a table, not {type_name(table)}'))
        return ()
    findings += known_keys(document, steps, table, ["not", *conditions.SCOPE_KEYS])[1]
    found = _conditions(document, steps, table, findings, conditions.SCOPE_KEYS)
    if not found and not set(table) - {"not"}:
        findings.append(document.finding(steps, "AG405", "a scope without a condition limits nothing", key=True))
    return found


def _conditions(
    document: Document,
    steps: Steps,
    table: dict[str, Any],
    findings: list[Finding],
    names: Iterable[str] = conditions.CONDITIONS,
) -> tuple[Condition, ...]:
    """Return the conditions of a rule, of a table of `unless` or of a scope, in the order of the table of conditions."""
    negated = table.get("not", {})
    if not isinstance(negated, dict):
        findings.append(document.finding((*steps, "not"), "AG102", '"not" is written not.KEY = [...]'))
        negated = {}
    findings += known_keys(document, (*steps, "not"), negated, names)[1]
    found = []
    for key in names:
        for holder, where, opposite in ((table, (*steps, key), False), (negated, (*steps, "not", key), True)):
            if key in holder:
                values = entries(document, where, holder[key], findings)
                found.append(Condition(key, opposite, values, document, where))
    return tuple(found)


def sets(
    document: Document, findings: list[Finding]
) -> tuple[dict[str, tuple[Entry, ...]], dict[str, tuple[Entry, ...]]]:
    """Return the sets that a file defines, and what it adds to sets, by name; `!` taken off the entries."""
    table = document.values.get("sets", {})
    if not isinstance(table, dict):
        findings.append(document.finding(("sets",), "AG102", f'"sets" must be a table, not {type_name(table)}'))
        return {}, {}
    found = {}
    for name, value in table.items():
        if name == "add" and isinstance(value, dict):
            continue
        if not NAME_FORM.fullmatch(name):
            what = f'the name of a set is lower-case letters, digits and dashes, not "{name}"'
            findings.append(document.finding(("sets", name), "AG202", what, key=True))
        found[name] = _members(document, ("sets", name), value, findings)
    added = table.get("add")
    more = added if isinstance(added, dict) else {}
    return found, {name: _members(document, ("sets", "add", name), value, findings) for name, value in more.items()}


def _members(document: Document, steps: Steps, value: Any, findings: list[Finding]) -> tuple[Entry, ...]:
    """Return the entries of a set."""
    return tuple(
        entry._replace(value=entry.value[1:], excluded=True)
        if isinstance(entry.value, str) and entry.value.startswith("!")
        else entry
        for entry in entries(document, steps, value, findings)
    )
