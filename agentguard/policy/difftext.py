"""The comparison of two policies as text for a person: first what might be weaker, then everything that differs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from agentguard.policy.explain import printable
from agentguard.policy.ruleview import SHOWN as ENTRIES
from agentguard.policy.ruleview import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentguard.policy.diff import Change, Diff, SetChange
    from agentguard.policy.weaker import Weakening

SHOWN = 20  # weakenings that a publish tells of
_LONG = 60  # characters of a text that a line shows


def text(diff: Diff, *, whole: bool = False) -> str:
    """Return the whole comparison, a line for each thing that differs.

    `whole`, for those who sign: nothing is cut, and rules that are new are told with all that they say.
    """
    if diff.same:
        return "no difference"
    most = None if whole else ENTRIES
    blocks = [
        ("weakenings", list(weakenings(diff.weakenings))),
        ("rules", list(_rules(diff, most))),
        ("sets", [f"~ {_set(one, most)}" for one in diff.sets]),
        ("roles", [_role(one, most) for one in diff.roles]),
        ("defaults", [f"~ {_change(one, most)}" for one in diff.defaults]),
        ("settings", [f"~ {_change(one, most)}" for one in diff.settings]),
    ]
    return "\n\n".join("\n".join([title, *(f"  {_line(line)}" for line in lines)]) for title, lines in blocks if lines)


def weakenings(found: Sequence[Weakening], most: int = 0) -> Iterable[str]:
    """Yield a line for every weakening, and one for the reason that was given; at most `most`, and then how many more."""
    for one in found[: most or None]:
        yield _line(f"{one.rule or 'policy'}  {one.key}: {one.what}")
        if one.because:
            yield _line(f"    because {one.because}")
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


def _line(text: str) -> str:
    """Return a text as one line, without anything that a terminal would act on."""
    return printable(text).replace("\n", "\\n")


def _rules(diff: Diff, most: int | None) -> Iterable[str]:
    signs = [("+", diff.added if most else diff.texts), ("-", diff.removed)]
    listed = [(name, f"{sign} {name}  {effect}") for sign, rules in signs for name, effect in rules.items()]
    listed += [
        (name, f"~ {name}  {'; '.join(_change(one, most) for one in changes)}")
        for name, changes in diff.changed.items()
    ]
    yield from (line for _name, line in sorted(listed))


def _change(one: Change, most: int | None) -> str:
    if one.gained or one.lost:
        return f"{one.key} {_moved(one.gained, one.lost, most)}"
    if most and isinstance(one.old or one.new, str) and max(len(one.old or ""), len(one.new or "")) > _LONG:
        return f"{one.key} reworded"
    return f"{one.key}: {_word(one.old)} → {_word(one.new)}"


def _role(one: Change, most: int | None) -> str:
    """Return what changed about a role; of one that only one side has, who its members are."""
    for sign, role in (("+", one.new), ("-", one.old)):
        if isinstance(role, dict):
            parts = [f"{key} {_listed(role[key], most)}" for key in ("users", "groups") if role[key]]
            said = "; ".join([*parts, f"assurance {role['assurance']}"])
            return f"{sign} {one.key}  {said}"
    return f"~ {_change(one, most)}"


def _set(one: SetChange, most: int | None) -> str:
    used = ", ".join(f"{rule} {condition}" for rule, condition in one.used)
    return f"@{one.name} {_moved(one.gained, one.lost, most)}  ({used})"


def _moved(gained: Iterable[str], lost: Iterable[str], most: int | None) -> str:
    parts = [f"gained {_listed(gained, most)}"] if gained else []
    return " and ".join([*parts, *([f"lost {_listed(lost, most)}"] if lost else [])])


def _listed(texts: Iterable[str], most: int | None) -> str:
    """Return entries in quotation marks; tables stand for themselves."""
    texts = list(texts)
    return ", ".join(texts) if all(text.startswith("{ ") for text in texts) else quoted(texts, most)


def _word(value: object) -> str:
    return "nothing" if value is None else str(value)
