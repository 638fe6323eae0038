"""The decision point: a compiled policy, the rows of a call and its context in, one `Decision` out. Reads no clock.

Each row gets its own effect, and the strictest row decides the call. In layers, of which a later one never lifts what
an earlier one says:

1. the built-in pack `agentguard/*`;
2. the policy's rules: the strictest deny or ask that matches; for the rest of the row an allow rule that matches for
   certain, else the default of the row's action. A deny or ask rule never makes a row laxer than its default;
3. signed exceptions: one more `unless` on their rule;
4. mode, `rollout` and `enforce_for`: which rules count in `effect`. All of them count in `would`;
5. freshness: a policy out of date has its own say about rows that change something, so they are not let through;
6. nobody can answer: what would be asked becomes the rule's `unattended`, else deny;
7. root-owned `stage = "observe"`: layer 1 alone has an effect.

Nothing depends on the order of rules or rows. Where several rules are equally strict, the one of the higher severity is
named, then the one whose id comes first.
"""

from __future__ import annotations

import os

from agentguard.access.model import CONNECT, DELETE, EXACT, EXECUTE, MCP, OPAQUE, UNCERTAIN, UNKNOWN, USE, WRITE
from agentguard.policy.form import SEVERITIES
from agentguard.policy.match import KINDS, PATH, Asked, RowMatch, Sets, kind_of, names_of
from agentguard.policy.model import (
    ALLOW,
    ASK,
    DENY,
    ENFORCE,
    FALLBACK,
    FRESH,
    GRACE,
    INVALID,
    MAX_DAYS,
    MAYBE,
    NO,
    OBSERVE,
    STALE,
    STRICTNESS,
    YES,
    Decision,
    Hit,
    may_have,
    stricter,
)
from agentguard.policy.pathset import Names
from agentguard.policy.stored import MAGIC, Stored, head_of, read

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from agentguard.access.model import Access, Row
    from agentguard.access.world import World
    from agentguard.policy.keys import Keys
    from agentguard.policy.model import Context
    from agentguard.policy.stored import Lines

_WORLDS = 8  # worlds for which a policy keeps its sets
CHANGES = frozenset({WRITE, DELETE, EXECUTE, CONNECT, MCP})  # what freshness holds back

# What holds where a policy does not say.
_DEFAULTS = {
    "effect": ALLOW, "possible": ASK, "opaque": ASK, "unknown": ALLOW, "unknown_tool": ASK, "on_stale": ASK,
}  # fmt: skip
_CI = "ci"  # the device kind that has defaults of its own


class Policy:
    """A compiled policy that has been checked, or the built-in pack. `on_failure`: where a record cannot be written.

    `withheld` are fields that are not recorded, each with whether a mark of it is.
    `roles` are those that it defines, `max_days` is how long an exception may last. A stored policy reads its rules and sets
    as they are asked for, and knows which ones a row could concern.
    """

    __slots__ = (
        "_by_action", "_kept", "_keys", "_usual", "defaults", "max_days", "mode", "name", "on_failure", "roles", "rules",
        "sets", "stored", "withheld",
    )  # fmt: skip

    def __init__(self, data: dict[str, Any], stored: Stored | None = None) -> None:
        self.name: str = data["name"]
        self.mode: str = data["mode"]
        self.defaults: dict[str, Any] = data["defaults"]
        self.max_days: int = data.get("exceptions", {}).get("max_days", MAX_DAYS)
        self.roles: dict[str, dict[str, Any]] = data.get("roles", {})
        self.on_failure: str = data.get("audit", {}).get("on_failure", ASK)
        self.withheld = withheld(data)
        self.stored = stored
        self.sets: Sequence[dict[str, Any]] | Lines = stored.sets if stored else data["sets"]
        self.rules: Sequence[dict[str, Any]] | Lines = stored.rules if stored else data["rules"]
        self._by_action: dict[str, list[int]] = {} if stored else data["by_action"]
        self._kept: list[tuple[Sets, Keys | None]] = []
        self._keys: Keys | None = None
        self._usual: dict[tuple[str, str, str], str] = {}

    def in_world(self, world: World) -> Sets:
        """Return the sets made ready for a world; some are kept, because the calls of a replay share few worlds."""
        for ready, keys in self._kept:
            if _same(ready.world, world):
                self._keys = keys
                return ready
        ready, self._keys = Sets(self.sets, world), self.stored.keys_in(world) if self.stored else None
        self._kept = [(ready, self._keys), *self._kept[: _WORLDS - 1]]
        return ready

    def candidates(self, row: Row, *, whole: bool) -> Sequence[int]:
        """Return the numbers of the rules that could match a row; `whole`: whatever its path is."""
        if self.stored is None or self._keys is None:
            return self._by_action.get(row.action, ())
        return self.stored.candidates(row, self._keys, whole=whole)

    def could(self, sets: Sets, kind: object, row: Row, context: Context, *, whole: bool) -> list[int]:
        """Return the numbers of the rules that could match a row of this kind (see `kind_of`)."""
        known = sets.could(kind)
        match = None
        found = []
        for number in self.candidates(row, whole=whole):
            could = known.get(number)
            if could is None:
                match = match or RowMatch(row, context, sets)
                could = known[number] = match.could(self.rules[number])
            if could:
                found.append(number)
        return found

    def by_action(self) -> dict[str, list[int]]:
        """Return for each action the numbers of the rules that could match its rows."""
        return self.stored.by_action() if self.stored else self._by_action

    def texts(self, number: int) -> dict[str, Any]:
        """Return reason and remedy of a rule, and what else only people read."""
        return self.stored.texts(number) if self.stored else self.rules[number]

    def usual(self, name: str, row: Row, context: Context) -> str:
        """Return a default for a row."""
        asked = (name, row.action, context.device_kind)
        found = self._usual.get(asked)
        if found is None:
            found = self._usual[asked] = self.default(*asked)
        return found

    def default(self, name: str, action: str, device_kind: str) -> str:
        """Return a default for rows of an action: what is said for the kind of device, then for the action, wins."""
        tables = (self.defaults.get(_CI, {}), self.defaults) if device_kind == _CI else (self.defaults,)
        for table in tables:
            found = table.get("by_action", {}).get(action, {}).get(name) or table.get(name)
            if found:
                return str(found)
        return _DEFAULTS[name]


def load(data: bytes) -> Policy:
    """Return the policy in `data`, the bytes that the compiler wrote, or those that are stored in a bundle.

    Raises `PolicyError` for anything that this version does not understand in full: half a policy is none. Of a stored
    policy only what is read is checked; see `check`.
    """
    if data.startswith(MAGIC):
        stored = Stored(data)
        return Policy(stored.head, stored)
    return Policy(read(data))


def settings_of(data: bytes) -> dict[str, Any]:
    """Return what a policy says beside its rules and sets; nothing else of a stored one is read. Raises `PolicyError`."""
    head: dict[str, Any] = head_of(data)[0] if data.startswith(MAGIC) else read(data)
    return head


def withheld(settings: dict[str, Any]) -> dict[str, bool]:
    """Return the fields that the log does not hold, each with whether a mark of it is recorded instead."""
    audit = settings.get("audit", {})
    return {**dict.fromkeys(audit.get("mask", ()), True), **dict.fromkeys(audit.get("drop", ()), False)}


def check(data: bytes) -> Policy:
    """Return the policy in `data`, all of which has been checked. Raises `PolicyError`."""
    read(data)
    return load(data)


def fallback() -> Policy:
    """Return the policy that holds where no other does: the shipped baseline, as it was when this program was made."""
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "fallback.policy")
    with open(path, "rb", buffering=0) as file:
        return load(file.readall())


_builtin: Policy | None = None


def builtin() -> Policy:
    """Return the built-in pack, whose rules nothing lifts."""
    global _builtin  # noqa: PLW0603 - made once a process
    if _builtin is None:
        from agentguard.policy import builtin_pack  # noqa: PLC0415 - a cycle for those who write it

        _builtin = Policy(builtin_pack.PACK)
    return _builtin


def decide(policy: Policy, access: Access, world: World, context: Context) -> Decision:
    """Return what the policy says about a call. `policy` came from `load` or `fallback`. Never raises."""
    pack = builtin()
    pack_sets, sets = pack.in_world(world), policy.in_world(world)
    hits: list[Hit] = []
    lifted: list[Hit] = []  # what exceptions took away
    acting: list[Hit] = []  # all that has an effect
    whole: list[Hit] = []  # all that would have one if every rule were enforced
    effects = []
    policies = [(pack, pack_sets), (policy, sets)]
    alone = Group(policies)  # of all rows that have no path
    groups: dict[object, Group] = {}
    looks: dict[object, int] = {}
    for number, row in enumerate(access.rows):
        path = row.path
        if path is None:
            group = alone
        else:
            key = (id(row.origin), row.action, row.certainty, path.text is UNKNOWN)
            found = groups.get(key)
            group = found or groups.setdefault(key, Group(policies))
            if found is not None and (known := found.quiet(row)) is not None:
                effects.append(known)
                continue
        kind = kind_of(row)
        firm: list[Hit] = []
        own: list[Hit] = []
        if asked := group.rules(0, kind, row, context):
            firm = _hits(pack, pack_sets, row, number, context, asked=asked, looks=looks)
        if asked := group.rules(1, kind, row, context):
            own = _hits(policy, sets, row, number, context, asked=asked, looks=looks, lifted=lifted)
        name = _default_name(row, str(kind[0]), access.known)
        if not (firm or own or lifted) and context.state == FRESH and policy.usual(name, row, context) == ALLOW:
            effects.append(ALLOW)
            group.told(row, ALLOW, silent=True)
            continue
        acts = [*firm, *(hit for hit in own if hit.counts)]
        would = [*firm, *own]
        default = _default(policy, name, row, number, context)
        if default.counts and not any(map(_answers, acts)):
            acts.append(default)
        if not any(map(_answers, would)):
            would.append(default)
        late = _late(policy, row, number, context)
        if late is not None:
            acts.append(late)
            would.append(late)
        if context.stage == OBSERVE:
            acts = firm
        heard = [*firm, *own, *(hit for hit in (default, late) if hit is not None and (hit in acts or hit in would))]
        for hit in heard:
            if hit.effect == ASK and not context.attended:
                hit.effect = hit.unattended
        hits += sorted((hit for hit in heard if hit is not default or hit.effect != ALLOW), key=_rank)
        acting += acts
        whole += would
        effects.append(_strictest(acts))
        group.told(row, effects[-1], silent=not (firm or own or any(hit.row == number for hit in lifted)))
    effect, would_effect = _strictest(acting), _strictest(whole)
    rule = _named(acting, effect)
    would_rule = rule if would_effect == effect else _named(whole, would_effect)
    told = would_rule if effect == ALLOW else rule
    exceptions = ""
    without = effect
    if lifted:
        exceptions = " ".join(sorted({hit.exception for hit in lifted}))
        if context.stage != OBSERVE:
            without = stricter(effect, _strictest([hit for hit in lifted if hit.counts]))
    return Decision(
        effect,
        would_effect,
        rule=rule.rule,
        would_rule=would_rule.rule,
        reason=told.reason,
        remedy=told.remedy,
        severity=told.severity,
        mode=OBSERVE if context.stage == OBSERVE else policy.mode,
        hits=tuple(hits),
        rows=tuple(access.rows),
        row_effects=tuple(effects),
        exception=exceptions,
        without=without,
        excusable=rule.excusable,
    )


class Group:
    """The rows of one command with one action and one certainty, which differ in nothing but their paths.

    Whether a rule could match one of them, whatever its path, is asked once. Where no rule has a say about a file, none has
    about another one in the same folder whose name no pattern asks for; so a command line of thousands of files costs
    little more than one of a few.
    """

    __slots__ = ("_effects", "_names", "_policies", "_rows", "_whole")

    def __init__(self, policies: list[tuple[Policy, Sets]]) -> None:
        self._policies = policies
        self._whole: list[Asked | None] = [None for _ in policies]
        self._effects: dict[str, str] = {}
        self._names: Names | None = None
        self._rows = 0

    def rules(self, which: int, kind: object, row: Row, context: Context) -> Asked:
        """Return the rules of a policy that could match a row; of a group of many, those that could match any."""
        whole = self._whole[which]
        if whole is not None:
            return whole
        policy, sets = self._policies[which]
        if self._rows >= _MANY - 1:
            match = RowMatch(row, context, sets)
            could = policy.could(sets, kind, row, context, whole=True)
            alive = [number for number in could if match.alive(policy.rules[number])]
            whole = self._whole[which] = Asked(policy.rules, alive, keep=False)
            return whole
        asked = kind if policy.stored is None else (kind, names_of(row))
        found = sets.asked.get(asked)
        if found is None:
            found = Asked(policy.rules, policy.could(sets, kind, row, context, whole=False))
            sets.keep(asked, found)
        return found

    def quiet(self, row: Row) -> str | None:
        """Return the effect of a row about which no rule has anything to say, None where one would have to look."""
        self._rows += 1
        folder = self._folder(row)
        if self._rows < _MANY or folder not in self._effects or self._concern(row):
            return None
        return self._effects[folder]

    def told(self, row: Row, effect: str, *, silent: bool) -> None:
        """Note what was found about a row."""
        folder = self._folder(row) if self._rows >= _MANY - 1 else ""
        if silent and folder and not self._concern(row):
            self._effects[folder] = effect

    def _folder(self, row: Row) -> str:
        path = row.path
        if path is None or not isinstance(path.text, str) or path.text != path.resolved or path.extent != EXACT:
            return ""
        return path.text[: path.text.rfind("/") + 1] if path.text[-1:] != "/" else ""

    def _concern(self, row: Row) -> bool:
        if self._names is None:
            named = [
                one
                for (policy, sets), rules in zip(self._policies, self._whole, strict=True)
                for number in _path_sets(policy, rules)
                for one in sets.paths(number)
            ]
            self._names = Names(named, fold=self._policies[0][1].fold)
        path = row.path
        return path is None or self._names.concern(str(path.text))


_MANY = 20  # rows of one kind from which on looking for those that are alike pays


def _path_sets(policy: Policy, asked: Asked | None) -> set[int]:
    """Return the numbers of the sets of paths that some rules ask about."""
    return {
        number
        for index in (asked.numbers if asked else ())
        for conditions in (policy.rules[index]["when"], *policy.rules[index].get("unless", ()))
        for key, _, number in conditions
        if KINDS[key] == PATH
    }


def _hits(
    policy: Policy, sets: Sets, row: Row, number: int, context: Context, *, asked: Asked, looks: dict[object, int],
    lifted: list[Hit] | None = None,
) -> list[Hit]:  # fmt: skip
    """Return the rules of a policy that have a say about a row. `asked` are those that could.

    What exceptions take away from them is added to `lifted`; without it none does.
    """
    hits: list[Hit] = []
    answers, match = asked.answers(row, context, sets, looks)
    for index, answer in answers:
        rule = policy.rules[index]
        value, effect = answer, rule["effect"]
        left, exception = value, ""
        if context.exceptions is not None and lifted is not None and value != NO and effect != ALLOW:
            match = match or RowMatch(row, context, sets, looks)
            left, exception = context.exceptions.lifted(rule, match, row, context, value)
        if value == NO and "sweep" in rule and match is not None and match.swept(rule):
            value, effect = MAYBE, rule["sweep"]
        elif value == NO or (effect == ALLOW and value != YES):
            continue
        elif value == MAYBE:
            effect = _if_maybe(policy, rule, row, context)
        # Layer 4: whether a rule counts is decided here and nowhere else.
        counts = rule.get("mode", policy.mode) == ENFORCE and (
            ("rollout" not in rule and "enforce_for" not in rule) or _rolled_out(rule, context)
        )
        seen = match.found if match is not None else {}
        found = next((seen[place] for _, _, place in rule["when"] if seen.get(place)), "")
        hit = Hit(
            rule["id"],
            effect,
            number,
            match=value,
            counts=counts,
            severity=rule.get("severity", ""),
            unattended=rule.get("unattended", DENY),
            say=_said(policy, index, row, found, context),
        )
        hit.excusable = policy.max_days > 0 and may_have(rule)
        if exception and lifted is not None:
            lifted.append(hit.lifted(exception, attended=context.attended))
            if left == NO:
                continue
            hit.match, hit.effect = left, _if_maybe(policy, rule, row, context)
        hits.append(hit)
    return hits


def _rolled_out(rule: dict[str, Any], context: Context) -> bool:
    from agentguard.policy import rollout  # noqa: PLC0415 - only for rules that are not enforced for everybody

    return rollout.enforced(rule, context)


def _if_maybe(policy: Policy, rule: dict[str, Any], row: Row, context: Context) -> str:
    """Return the effect of a deny or ask rule that may match: never stricter than the rule."""
    effect: str = rule["effect"]
    possible: str = rule.get("possible") or (
        policy.default("possible", row.action, context.device_kind) if effect == DENY else ASK
    )
    return possible if STRICTNESS[possible] < STRICTNESS[effect] else effect


def _default_name(row: Row, certainty: str, known: bool) -> str:
    """Return which default holds for a row. `known`: whether agentguard knows the tool."""
    if row.action == USE and not known:
        return "unknown_tool"
    return _OF_DOUBT.get(certainty, "effect")


_OF_DOUBT = {OPAQUE: "opaque", UNCERTAIN: "unknown"}  # defaults for rows that are not sure


def _default(policy: Policy, name: str, row: Row, number: int, context: Context) -> Hit:
    """Return what holds for a row where no rule decides."""
    effect = policy.usual(name, row, context)
    return _own_hit(name, effect, row, number, context, counts=policy.mode == ENFORCE)


def _late(policy: Policy, row: Row, number: int, context: Context) -> Hit | None:
    """Return what holds for a row that changes something and would be let through, when the policy is not fresh."""
    if context.state in (FRESH, GRACE) or row.action not in CHANGES:
        return None
    if context.state == STALE:
        return _own_hit(STALE, policy.default("on_stale", row.action, context.device_kind), row, number, context)
    name, effect = (FALLBACK, ASK) if context.state == FALLBACK else (INVALID, DENY)
    return _own_hit(name, effect, row, number, context)


def _own_hit(name: str, effect: str, row: Row, number: int, context: Context, *, counts: bool = True) -> Hit:
    def say() -> tuple[str, str]:
        from agentguard.policy.template import DEFAULTS, fill  # noqa: PLC0415 - most calls are let through in silence

        reason, remedy = DEFAULTS[name]
        return fill(reason, row, "", context.hide), fill(remedy, row, "", context.hide)

    return Hit(f"default:{name}", effect, number, counts=counts, say=None if effect == ALLOW else say)


def _said(policy: Policy, index: int, row: Row, found: str, context: Context) -> Callable[[], tuple[str, str]]:
    """Return what gives reason and remedy of a rule: a call is told only those of the rule that is named."""

    def say() -> tuple[str, str]:
        texts = policy.texts(index)
        return _text(texts.get("reason"), row, found, context), _text(texts.get("remedy"), row, found, context)

    return say


def _text(template: str | None, row: Row, found: str, context: Context) -> str:
    if not template or "{" not in template:
        return template or ""
    from agentguard.policy.template import fill  # noqa: PLC0415 - most calls are let through in silence

    return fill(template, row, found, context.hide)


def _answers(hit: Hit) -> bool:
    """Return whether this is an allow rule that matched, which answers in place of the default."""
    return hit.effect == ALLOW and hit.match == YES


def _strictest(hits: list[Hit]) -> str:
    return max((hit.effect for hit in hits), key=STRICTNESS.__getitem__, default=ALLOW)


def _named(hits: list[Hit], effect: str) -> Hit:
    """Return the hit to name for an effect; none for what a default lets through in silence."""
    named = [
        hit for hit in hits if hit.effect == effect and (effect != ALLOW or (_answers(hit) and not _is_default(hit)))
    ]
    return min(named, key=_rank, default=Hit("", effect, 0))


def _rank(hit: Hit) -> tuple[int, bool, int, str, int]:
    """Return the order in which hits are named: the strictest, rules before defaults, severity, id, row."""
    return -STRICTNESS[hit.effect], _is_default(hit), -SEVERITIES.index(hit.severity), hit.rule, hit.row


def _is_default(hit: Hit) -> bool:
    return hit.rule.startswith("default:")


def _same(one: World, other: World) -> bool:
    """Return whether sets made ready for one world serve for another."""
    return one is other or (
        one.disk is other.disk
        and (one.home, one.project, one.worktrees, one.tmpdir, one.hostname, one.agentguard, one.platform)
        == (other.home, other.project, other.worktrees, other.tmpdir, other.hostname, other.agentguard, other.platform)
    )
