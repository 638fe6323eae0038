"""A rule as it was at a revision: from the published bundle, if this collector serves it.

A bundle's folder keeps every policy that was published, under the SHA-256 by which records name it; what is read there is
checked against that name, so nobody can put another rule under a decision.
"""

from __future__ import annotations

import functools
import hashlib
import os
from typing import Any, NamedTuple

from agentguard.errors import PolicyError
from agentguard.policy import stored

_LIMIT = 16 * 1024 * 1024  # bytes
_DIGEST = 64  # hex digits


class Rule(NamedTuple):
    """A rule in words.

    `facts`: (name, value) of what it says of itself; `when`: conditions that must all hold; `unless`: groups of
    conditions, each of which lifts it.
    """

    facts: list[tuple[str, str]]
    when: list[str]
    unless: list[list[str]]


class Policies:
    """The policies in a bundle's folder; "" is no folder."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._kept = functools.lru_cache(maxsize=8)(self._from_disk)

    def rule(self, digest: Any, rule_id: Any) -> Rule | str:
        """Return a rule, or why it cannot be shown."""
        if not isinstance(rule_id, str) or not rule_id:
            return "No rule had a say."
        if rule_id.startswith("agentguard/"):
            return "The rule is part of the program, which no policy changes."
        if not isinstance(digest, str) or not digest:
            return "No bundle was in force: the program's own fallback policy decided."
        if not self._folder:
            return "This collector serves no bundle (--bundle-dir), so it does not know the rule's text."
        found = self._kept(digest)
        if found is None:
            return "The policy with this digest is not in the folder of the bundle."
        return found.get(rule_id, "The policy with this digest has no rule of this name.")

    def _from_disk(self, digest: str) -> dict[str, Rule] | None:
        if len(digest) != _DIGEST or not digest.isalnum():
            return None
        try:
            with open(os.path.join(self._folder, "targets", f"{digest}.policy.json"), "rb") as file:
                data = file.read(_LIMIT + 1)
        except OSError:
            return None
        if hashlib.sha256(data).hexdigest() != digest:
            return None
        try:
            policy = stored.Stored(data).unpacked()
        except PolicyError:
            return None
        return {rule["id"]: _in_words(rule, policy["sets"]) for rule in policy["rules"]}


def _in_words(rule: dict[str, Any], sets: list[dict[str, Any]]) -> Rule:
    facts = [(name, value) for name, value in rule.items() if name not in ("when", "unless") and value]
    shown = [(name, ", ".join(value) if isinstance(value, list) else str(value)) for name, value in facts]
    return Rule(
        shown,
        [_condition(one, sets) for one in rule["when"]],
        [[_condition(one, sets) for one in group] for group in rule["unless"]],
    )


def _condition(condition: list[Any], sets: list[dict[str, Any]]) -> str:
    """Return a condition of the compiled policy, [kind, negated, number of a set], as a sentence's end."""
    kind, negated, number = condition[:3]
    numbers = sets[number].get("or") or [number]
    values = sorted({str(value) for one in numbers for value in sets[one]["values"]})
    excepted = sorted({str(value) for one in numbers for value in sets[one]["except"]})
    text = f"{kind} is {'not ' if negated else ''}{_any(values)}"
    return f"{text}; but not {_any(excepted)}" if excepted else text


def _any(values: list[str]) -> str:
    return values[0] if len(values) == 1 else f"one of {', '.join(values)}"
