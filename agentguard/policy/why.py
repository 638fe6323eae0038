"""Why a rule matches a call, or does not: each row with the conditions that it misses. For authors; never on the hook's path.

A condition is tried by itself, by the very code that matches whole rules: as a rule of that one condition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentguard.errors import UsageError
from agentguard.policy import engine
from agentguard.policy.findings import nearest
from agentguard.policy.match import RowMatch
from agentguard.policy.model import ALLOW, BUILTIN_PREFIX, MAYBE, NO, YES

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from agentguard.access.model import Row
    from agentguard.access.world import World
    from agentguard.policy.engine import Policy
    from agentguard.policy.model import Context

_WORDS = {NO: "no", MAYBE: "maybe", YES: "yes"}


def of_rule(policy: Policy, name: str, rows: Sequence[Row], world: World, context: Context) -> dict[str, Any]:
    """Return what a rule says of each row, as plain values.

    `match` is no, maybe or yes. `missed` names the conditions that the row does not meet, `doubtful` those that it may meet,
    and `unless` counts, from 1, the tables that lift the rule, wholly or in part. Raises `UsageError` for a rule that there
    is not.
    """
    if name.startswith(BUILTIN_PREFIX):
        policy = engine.builtin()
    rules = {rule["id"]: rule for rule in policy.rules}
    if name not in rules:
        near = nearest(name, rules)
        where = "the built-in pack" if name.startswith(BUILTIN_PREFIX) else f"bundle {policy.name}"
        hint = f"did you mean {near}?" if near else ""
        raise UsageError(f"{where} has no rule {name}", hint=hint)
    rule = rules[name]
    sets = policy.in_world(world)
    found = []
    for row in rows:
        match = RowMatch(row, context, sets)
        alone = {_key(one): _alone(match, rule, when=[one]) for one in rule["when"]}
        full = _alone(match, rule, when=rule["when"])
        lifting = [
            number
            for number, table in enumerate(rule.get("unless", ()), 1)
            if _alone(match, rule, when=rule["when"], unless=[table]) < full
        ]
        missed = [key for key, value in alone.items() if value == NO]
        if not match.sure and "certainty" not in alone:  # of such a row only rules that name its certainty have a say
            missed = ["certainty"]
        found.append({
            "match": _WORDS[match.rule(rule)],
            "missed": missed,
            "doubtful": [key for key, value in alone.items() if value == MAYBE],
            "unless": lifting,
        })  # fmt: skip
    return {"rule": name, "effect": rule["effect"], "rows": found}


def lines(told: dict[str, Any], rows: Sequence[str], colour: Callable[..., str]) -> list[str]:
    """Return that for a person. `rows`: each row in a few words."""
    stops = "lets through" if told["effect"] == ALLOW else "is about"
    found = [colour(f"  what {told['rule']} {stops}", bold=True)]
    for row, text in zip(told["rows"], rows, strict=True):
        notes = []
        if row["missed"]:
            notes.append(f"{' and '.join(row['missed'])} {_do(row['missed'])} not fit")
        elif row["match"] != "yes":
            notes += [f"{' and '.join(row['doubtful'])} may fit"] if row["doubtful"] else []
        notes += [f"table {number} of unless lifts it" for number in row["unless"]]
        found.append(f"  {row['match']:<5}  {text}{'  (' + '; '.join(notes) + ')' if notes else ''}")
    return found


def _alone(match: RowMatch, rule: dict[str, Any], *, when: Any, unless: Any = ()) -> int:
    """Return what a rule of the same effect with these conditions says. One that asks for certainty is asked as that."""
    named = [] if match.sure else [one for one in rule["when"] if one[0] == "certainty" and one not in when]
    return match.rule({**rule, "when": [*when, *named], "unless": unless})


def _key(condition: Any) -> str:
    key, negated, _number = condition
    return f"not.{key}" if negated else str(key)


def _do(keys: Sequence[str]) -> str:
    return "do" if len(keys) > 1 else "does"
