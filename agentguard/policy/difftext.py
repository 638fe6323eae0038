"""The comparison of two policies as text for a person: first what might be weaker, then everything that differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentguard.policy.explain import printable
from agentguard.policy.ruleview import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentguard.policy.diff import Change, Diff, SetChange
    from agentguard.policy.weaker import Weakening

SHOWN = 20  # weakenings that a publish tells of
_LONG = 60  # characters of a text that a line shows


def text(diff: Diff, *, whole: bool = False) -> str:
    """Return the whole comparison; `whole`: also all that rules say that are new."""
    if diff.same:
        return "no difference"
    blocks = [
        ("weakenings", list(weakenings(diff.weakenings))),
        ("rules", list(_rules(diff, whole=whole))),
        ("sets", [f"~ {_set(one)}" for one in diff.sets]),
        ("roles", [_role(one) for one in diff.roles]),
        ("defaults", [f"~ {_change(one)}" for one in diff.defaults]),
        ("settings", [f"~ {_change(one)}" for one in diff.settings]),
    ]
    return "\n\n".join("\n".join([title, *(f"  {line}" for line in lines)]) for title, lines in blocks if lines)


def weakenings(found: Sequence[Weakening], most: int = 0) -> Iterable[str]:
    """Yield a line for every weakening, and one for the reason that was given; at most `most`, and then how many more."""
    for one in found[: most or None]:
        yield f"{one.rule or 'policy'}  {one.key}: {printable(one.what)}"
        if one.because:
            yield f"    because {printable(one.because)}"
    if most and len(found) > most:
        yield f"and {len(found) - most} more: agentguard policy diff shows all"


def counts(diff: Diff) -> str:
    """Return how much differs, in one line."""
    parts = [
        (len(diff.added), "added"), (len(diff.removed), "removed"), (len(diff.changed), "changed"),
    ]  # fmt: skip
    rules = ", ".join(f"{count} {what}" for count, what in parts)
    roles = {tuple(one.key.split(".")[:2]) for one in diff.roles}
    others = [(diff.sets, "set"), (roles, "role"), (diff.defaults, "default"), (diff.settings, "setting")]
    changed = ", ".join(_many(len(what), noun) for what, noun in others if what)
    tail = f"; changed: {changed}" if changed else ""
    return f"rules: {rules}{tail}; {_many(len(diff.weakenings), 'weakening')}"


def _many(count: int, noun: str) -> str:
    return f"{count} {noun}{'' if count == 1 else 's'}"


def _rules(diff: Diff, *, whole: bool) -> Iterable[str]:
    added = {name: printable(said).replace("\n", "\\n") for name, said in diff.texts.items()} if whole else diff.added
    signs = [("+", added), ("-", diff.removed)]
    listed = [(name, f"{sign} {name}  {effect}") for sign, rules in signs for name, effect in rules.items()]
    listed += [
        (name, f"~ {name}  {'; '.join(_change(one) for one in changes)}") for name, changes in diff.changed.items()
    ]
    yield from (line for _name, line in sorted(listed))


def _change(one: Change) -> str:
    if one.gained or one.lost:
        return f"{one.key} {_moved(one.gained, one.lost)}"
    if isinstance(one.old or one.new, str) and max(len(one.old or ""), len(one.new or "")) > _LONG:
        return f"{one.key} reworded"
    return f"{one.key}: {_word(one.old)} → {_word(one.new)}"


def _role(one: Change) -> str:
    """Return what changed about a role; of one that only one side has, who its members are."""
    for sign, role in (("+", one.new), ("-", one.old)):
        if isinstance(role, dict):
            parts = [f"{key} {_listed(role[key])}" for key in ("users", "groups") if role[key]]
            said = "; ".join([*parts, f"assurance {role['assurance']}"])
            return f"{sign} {one.key}  {printable(said)}"
    return f"~ {_change(one)}"


def _set(one: SetChange) -> str:
    used = ", ".join(f"{rule} {condition}" for rule, condition in one.used)
    return f"@{one.name} {_moved(one.gained, one.lost)}  ({used})"


def _moved(gained: Iterable[str], lost: Iterable[str]) -> str:
    parts = [f"gained {_listed(gained)}"] if gained else []
    return printable(" and ".join([*parts, *([f"lost {_listed(lost)}"] if lost else [])]))


def _listed(texts: Iterable[str]) -> str:
    """Return entries in quotation marks; tables stand for themselves."""
    texts = list(texts)
    return ", ".join(texts) if all(text.startswith("{ ") for text in texts) else quoted(texts)


def _word(value: object) -> str:
    return "nothing" if value is None else printable(str(value))
