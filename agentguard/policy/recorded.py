"""A call as its audit record holds it, made ready to be judged again: only the rules run, on the rows that were recorded.

Whoever wrote a record may be hostile, and redaction took things out of it. So every value is looked at before it is
used, and what a rule asks for and a row has hidden makes the call *undecidable*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard import places
from agentguard.access.model import Access, ToolCall
from agentguard.access.world import MemoryDisk, World
from agentguard.errors import AgentguardError
from agentguard.policy import engine, setting

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.access.model import Row
    from agentguard.policy.engine import Policy
    from agentguard.policy.model import Decision


class Reader(NamedTuple):
    """How records hold rows. `rows` returns them from a body and its texts, `hidden` what redaction took from each."""

    rows: Callable[[dict[str, Any], dict[str, Any] | None], list[Row]]
    hidden: Callable[[dict[str, Any]], list[frozenset[str]]]


class Judged(NamedTuple):
    """A recorded call, judged by a policy. `doubt`: a rule asks for what the record does not hold."""

    call: ToolCall
    world: World
    access: Access
    decision: Decision
    doubt: bool


class SenselessError(AgentguardError):
    """A record has rows that make no sense."""


class Records:
    """Judges records by one policy. `home` is the home of those who made the calls, None to go by their names."""

    def __init__(self, policy: Policy, reader: Reader, home: str | None = None) -> None:
        self._policy = policy
        self._reader = reader
        self._home = home
        self._asked = _asked_for(policy)

    def judge(self, body: dict[str, Any], texts: Any) -> Judged:
        """Judge a record of a decision. Raises `AgentguardError` for one whose rows are gone or make no sense."""
        rows = self._reader.rows(body, texts)
        try:
            call, world, access = _call(body, texts, self._home, rows)
            context = setting.context(call, world, [role for role in body.get("roles", []) if isinstance(role, str)])
            context.device = str(body.get("device", ""))
            decision = engine.decide(self._policy, access, world, context)
            pairs = zip(rows, self._reader.hidden(body), strict=False)
            hidden = any(keys & self._asked.get(row.action, frozenset()) for row, keys in pairs)
        except (TypeError, ValueError, KeyError, IndexError, AttributeError):  # nobody has checked where it comes from
            raise SenselessError("the record has rows that make no sense") from None
        return Judged(call, world, access, decision, hidden or not access.complete)


def _call(
    body: dict[str, Any], texts: dict[str, Any], home: str | None, rows: list[Row]
) -> tuple[ToolCall, World, Access]:
    """Return the call that a record is about, where it happened, and what it would have done."""
    command = texts.get("command")
    call = ToolCall(
        str(body.get("event", "")),
        str(body.get("tool", "")),
        {"command": command} if isinstance(command, str) else {},
        cwd=str(texts.get("cwd", "/")),
        permission_mode=str(body.get("permission_mode", "")),
        subagent=str(body.get("subagent", "")),
    )
    origin = texts.get("repo")
    home = home or f"/home/{body.get('user', '')}"
    world = World(
        home=home,
        project=str(texts.get("project", "")),
        user=str(body.get("user", "")),
        branch=str(texts.get("branch", "")),
        remotes={"origin": origin} if isinstance(origin, str) and origin else None,
        agentguard=places.own_folders(home),
        disk=MemoryDisk({}),
    )
    access = Access(rows, complete=body.get("rows_complete") is True, known=body.get("tool_known") is True)
    return call, world, access


def _asked_for(policy: Policy) -> dict[str, frozenset[str]]:
    """Return for each action the condition keys that rules for it ask for."""
    keys = [
        {key for table in (rule["when"], *rule["unless"]) for key, _negated, _number in table} for rule in policy.rules
    ]
    return {
        action: frozenset(key for number in numbers for key in keys[number])
        for action, numbers in policy.by_action().items()
    }
