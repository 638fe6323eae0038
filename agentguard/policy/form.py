"""Is a compiled policy one that this engine understands in full? Checked before any of it is used.

An unknown key might be a condition, so a policy that has one is refused and the last good bundle stays. What passes
here cannot make a decision fail. The hook, which reads few rules of a policy that was checked as a whole when it was
taken into use, checks those again as it reads them.
"""

from __future__ import annotations

from agentguard import __version__
from agentguard.access.model import ACTIONS
from agentguard.errors import PolicyError
from agentguard.policy.match import COMMAND, KINDS, PORT
from agentguard.policy.model import ALLOW, ASK, ASSURANCES, BUILTIN_PREFIX, DENY, ENFORCE, OBSERVE, SCHEMA

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

EFFECTS = frozenset({ALLOW, ASK, DENY})
MODES = frozenset({ENFORCE, OBSERVE})
SEVERITIES = ("", "low", "medium", "high", "critical")  # from lax to strict

# key: the words that it may hold, or the type of its value.
_TOP: dict[str, Any] = {
    "schema": int, "min_client": str, "name": str, "mode": MODES, "defaults": dict, "audit": dict, "roles": dict,
    "exceptions": dict, "sets": list, "rules": list, "by_action": dict,
}  # fmt: skip
_RULE: dict[str, Any] = {
    "id": str, "effect": EFFECTS, "when": list, "unless": list, "possible": EFFECTS, "unattended": EFFECTS,
    "mode": MODES, "severity": frozenset(SEVERITIES), "reason": str, "remedy": str, "tags": list, "owner": str,
    "sweep": frozenset({ASK}), "rollout": int, "cohort": str, "enforce_for": list,
    "exceptions": bool,
}  # fmt: skip
_SET: dict[str, Any] = {"values": list, "except": list, "or": list}
_DEFAULTS: dict[str, Any] = dict.fromkeys(
    ("effect", "possible", "opaque", "unknown", "unknown_tool", "on_stale"), EFFECTS
)
_AUDIT: dict[str, Any] = {"on_failure": EFFECTS, "drop": list, "mask": list}
_EXCEPTIONS: dict[str, Any] = {"max_days": int}
_ROLE: dict[str, Any] = {"assurance": frozenset(ASSURANCES), "users": list, "groups": list}
_ROLE_NEEDED = frozenset(_ROLE)
_TOP_NEEDED = frozenset({"schema", "name", "mode", "defaults", "sets", "rules", "by_action"})
_RULE_NEEDED = frozenset({"id", "effect", "when"})
_SET_NEEDED = frozenset({"values", "except"})
_NOTHING: frozenset[str] = frozenset()

# The head of a stored policy: what a compiled policy says beside its rules and sets, and how these are stored.
HEAD_SHARED = ("schema", "min_client", "name", "mode", "defaults", "audit", "roles", "exceptions")
_STORED: dict[str, Any] = {
    **{key: _TOP[key] for key in HEAD_SHARED},
    "rules": int, "sets": int, "buckets": int, "wide": dict, "index": int, "blocks": list, "deflated": bool,
}  # fmt: skip
_STORED_NEEDED = frozenset(_STORED) - {"audit", "min_client", "roles", "exceptions"}


def checked(data: Any) -> dict[str, Any]:
    """Return `data` if it is a compiled policy of this schema. Raises `PolicyError`."""
    _settings(data, _TOP, _TOP_NEEDED)
    sets, rules = data["sets"], data["rules"]
    for number, entry in enumerate(sets):
        one_set(entry, number, len(sets))
    for entry in sets:
        if "or" in entry and any("or" in sets[other] for other in entry["or"]):
            raise wrong("a set of sets of sets")
    ids: set[str] = set()
    for number, rule in enumerate(rules):
        one_rule(rule, number, len(sets))
        if rule["id"] in ids:
            raise wrong(f"the id of rule {number}")
        ids.add(rule["id"])
        for key, _, index in _conditions(rule):
            if not _fits(KINDS[key], sets, index):
                raise wrong(f"condition {key!r} of rule {number}")
    _index(data["by_action"], len(rules))
    return data  # type: ignore[no-any-return]


def head(data: Any) -> dict[str, Any]:
    """Return `data` if it is the head of a stored policy of this schema. Raises `PolicyError`."""
    _settings(data, _STORED, _STORED_NEEDED)
    counts = [*(data[key] for key in ("rules", "sets", "buckets", "index")), *data["blocks"]]
    if set(data["wide"]) != set(ACTIONS) or any(type(count) is not int or count < 0 for count in counts):
        raise wrong("its head")
    return data  # type: ignore[no-any-return]


def _settings(data: Any, known: dict[str, Any], needed: frozenset[str]) -> None:
    if not isinstance(data, dict):
        raise wrong("it is no object")
    if data.get("schema") != SCHEMA:
        raise wrong(f"its schema is not {SCHEMA}")
    if _version(data.get("min_client", "0")) > _version(__version__):
        raise wrong(f"it needs agentguard {data['min_client']}, and this is {__version__}")
    _keys(data, known, needed, "it")
    audit = data.get("audit", {})
    _keys(audit, _AUDIT, _NOTHING, "audit")
    if set(map(type, audit.get("drop", []) + audit.get("mask", []))) - {str}:
        raise wrong("what audit leaves out")
    _keys(data.get("exceptions", {}), _EXCEPTIONS, _NOTHING, "exceptions")
    defaults = data["defaults"]
    _defaults({key: value for key, value in defaults.items() if key != "ci"}, "defaults")
    _defaults(defaults.get("ci", {}), "defaults of ci")
    for role, entry in data.get("roles", {}).items():
        _keys(entry, _ROLE, _ROLE_NEEDED, f"role {role!r}")
        if set(map(type, entry["users"] + entry["groups"])) - {str}:
            raise wrong(f"role {role!r}")


def wrong(what: str) -> PolicyError:
    """Return the error for a policy of which something is not as this version expects it."""
    return PolicyError(
        f"this version of agentguard does not understand the compiled policy: {what}", hint="agentguard sync"
    )


def _keys(table: Any, known: dict[str, Any], needed: frozenset[str], where: str) -> None:
    """Refuse a table with a key that is not known, a value that is not allowed, or without a key that is needed."""
    if type(table) is not dict or not needed <= table.keys() <= known.keys():
        extra = sorted(table.keys() - known.keys()) if type(table) is dict else []
        raise wrong(f"unknown key {extra[0]!r} in {where}" if extra else f"{where} is incomplete")
    for key, value in table.items():
        wanted = known[key]
        kind = type(value)
        if kind is not wanted and (kind is not str or type(wanted) is not frozenset or value not in wanted):
            raise wrong(f"{key!r} in {where}")


def _defaults(table: Any, where: str) -> None:
    if not isinstance(table, dict):
        raise wrong(f"{where} are no object")
    _keys({key: value for key, value in table.items() if key != "by_action"}, _DEFAULTS, _NOTHING, where)
    by_action = table.get("by_action", {})
    _keys(by_action, dict.fromkeys(ACTIONS, dict), _NOTHING, where)
    for action, inner in by_action.items():
        _keys(inner, _DEFAULTS, _NOTHING, f"{where} of {action}")


def one_set(entry: Any, number: int, sets: int) -> None:
    """Raise `PolicyError` unless this is a set; `sets` is how many there are."""
    _keys(entry, _SET, _SET_NEEDED, f"set {number}")
    texts = {*entry["values"], *entry["except"]} if _flat(entry) else {""}
    if "" in texts or not (entry["values"] or entry.get("or")) or not _within(entry.get("or", ()), sets):
        raise wrong(f"set {number}")


def _flat(entry: dict[str, list[Any]]) -> bool:
    """Return whether a set holds nothing but texts."""
    return set(map(type, entry["values"])) | set(map(type, entry["except"])) <= {str}


def one_rule(rule: Any, number: int, sets: int) -> None:
    """Raise `PolicyError` unless this is a rule by itself; `sets` is how many there are."""
    _keys(rule, _RULE, _RULE_NEEDED, f"rule {number}")
    if rule["id"].startswith(BUILTIN_PREFIX):
        raise wrong(f"the id of rule {number}")
    if "tags" in rule and set(map(type, rule["tags"])) - {str}:
        raise wrong(f"rule {number}")
    if not 0 <= rule.get("rollout", 0) <= 100 or set(map(type, rule.get("enforce_for", ()))) - {str}:
        raise wrong(f"whom rule {number} is enforced for")
    for table in (rule["when"], *rule.get("unless", ())):
        if type(table) is not list or not table:
            raise wrong(f"rule {number}")
    for condition in _conditions(rule):
        if type(condition) is not list or len(condition) != 3:
            raise wrong(f"rule {number}")
        key, negated, index = condition
        if type(negated) is not int or negated not in (0, 1) or type(key) is not str or type(index) is not int:
            raise wrong(f"rule {number}")
        if key not in KINDS or not 0 <= index < sets:
            raise wrong(f"condition {key!r} of rule {number}")


def _conditions(rule: dict[str, Any]) -> list[Any]:
    return [condition for table in (rule["when"], *rule.get("unless", ())) for condition in table]


def _fits(kind: str, sets: list[dict[str, Any]], index: int) -> bool:
    """Return whether a set can be used by conditions of a kind: ports are numbers, commands have a word."""
    if kind not in (COMMAND, PORT):
        return True
    for number in (index, *sets[index].get("or", ())):
        for text in (*sets[number]["values"], *sets[number]["except"]):
            low, _, high = text.partition("-")
            if not (text.strip() if kind == COMMAND else _digits(low) and _digits(high or low)):
                return False
    return True


def _index(by_action: dict[str, Any], rules: int) -> None:
    if rules and set(by_action) != set(ACTIONS):
        raise wrong("its index does not name every action")
    for action, numbers in by_action.items():
        if type(numbers) is not list or not _within(numbers, rules):
            raise wrong(f"the index of {action!r}")


def _within(numbers: Sequence[Any], count: int) -> bool:
    """Return whether these are all numbers of things of which there are `count`."""
    return not numbers or (set(map(type, numbers)) == {int} and min(numbers) >= 0 and max(numbers) < count)


def _digits(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= 5


def _version(text: Any) -> list[int]:
    """Return a version as numbers."""
    parts = text.split(".") if isinstance(text, str) else [""]
    if not all(_digits(part) for part in parts):
        raise wrong("key 'min_client'")
    return [int(part) for part in parts]
