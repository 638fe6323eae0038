"""What many replayed calls come to: counts by effect and by change, and whether they stay within limits."""

from __future__ import annotations

from collections import Counter
from typing import Any

from agentguard.policy.model import ALLOW, ASK, DENY
from agentguard.policy.replay import LIFTED, NEW_ASK, NEW_DENY, SAME, STOP, UNDECIDABLE, Bad, Result


class Summary:
    """Counts over many results."""

    def __init__(self) -> None:
        self.total = 0
        self.bad = 0
        self.effects: Counter[str] = Counter()
        self.changed: Counter[str] = Counter()
        self.by_rule: Counter[tuple[str, str]] = Counter()
        self.by_user: Counter[tuple[str, str]] = Counter()
        self.by_repo: Counter[tuple[str, str]] = Counter()
        self.expected: Counter[str] = Counter()
        self.met: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()

    def add(self, result: Result | Bad) -> None:
        """Count one result."""
        if isinstance(result, Bad):
            self.bad += 1
            return
        self.total += 1
        self.effects[result.effect] += 1
        self.changed[result.changed] += 1
        self.unknown.update(result.unknown)
        if result.changed != SAME:
            self.by_rule[result.changed, result.rule] += 1
            self.by_user[result.changed, result.user] += 1
            self.by_repo[result.changed, result.repo] += 1
        if result.expected:
            self.expected[result.expected] += 1
            self.met[result.expected] += result.met

    @property
    def undecidable_percent(self) -> float:
        """How many of a hundred calls could not be decided."""
        return 100 * self.changed[UNDECIDABLE] / self.total if self.total else 0.0

    def beyond(self, new_denials: int | None, new_asks: int | None, undecidable: float | None) -> list[str]:
        """Return one sentence for each limit that is passed; None is no limit."""
        found = []
        if new_denials is not None and self.changed[NEW_DENY] > new_denials:
            found.append(f"{self.changed[NEW_DENY]} new denials, {new_denials} allowed")
        if new_asks is not None and self.changed[NEW_ASK] > new_asks:
            found.append(f"{self.changed[NEW_ASK]} new questions, {new_asks} allowed")
        if undecidable is not None and self.undecidable_percent > undecidable:
            found.append(f"{self.undecidable_percent:.1f} % undecidable, {undecidable:g} % allowed")
        return found

    def to_json(self) -> dict[str, Any]:
        """Return the counts as plain values."""
        return {
            "calls": self.total,
            "unreadable": self.bad,
            "effects": {effect: self.effects[effect] for effect in (DENY, ASK, ALLOW)},
            "changed": {kind: self.changed[kind] for kind in (NEW_DENY, NEW_ASK, LIFTED, UNDECIDABLE)},
            "by_rule": _nested(self.by_rule),
            "by_person": _nested(self.by_user),
            "by_repository": _nested(self.by_repo),
            "expected": {
                kind: {"calls": self.expected[kind], "met": self.met[kind]}
                for kind in (STOP, ALLOW)
                if self.expected[kind]
            },
        }


def _nested(counts: Counter[tuple[str, str]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (kind, name), count in sorted(counts.items(), key=lambda item: (item[0][0], -item[1], item[0][1])):
        found.setdefault(kind, {})[name] = count
    return found
