"""How a call ended: the decision about it, joined with what the agent said of it later.

Both carry the agent's `tool_use_id` and session, and stand in one chain of one device: nobody else can say how a call ended.
The client says that a call ran (PostToolUse, PostToolUseFailure) and
that its own classifier refused one (PermissionDenied). When a person says no at a prompt it says nothing (measured on
Claude Code 2.1.330), so that is concluded: the session went on to another prompt, or ended, without a result of this
call, while results of other calls of the session were recorded. Where that cannot be said either, the end is unknown.

An ask ends as granted, refused or unknown; what was allowed as done, failed, refused or unknown; a denial as denied, or as
ran: where the client says that a call ran which was denied, something did not heed the hook, and that must not be hidden.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from agentguard.policy.model import ALLOW, ASK, DENY

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TypeAlias

    _Session: TypeAlias = tuple[str, str, str]  # device, chain, session

GRANTED, REFUSED, UNKNOWN, DENIED, RAN = "granted", "refused", "unknown", "denied", "ran"
_DONE, _FAILED = "done", "failed"
_STRENGTH = (
    "",
    REFUSED,
    _DONE,
    _FAILED,
)  # of a call that failed the client says both that it failed and that it is done
_HOW = {_DONE: "it ran", _FAILED: "it ran and failed"}
_RESULTS = ("PostToolUse", "PostToolUseFailure", "PermissionDenied")
_TURNS = ("UserPromptSubmit", "Stop", "SessionEnd")  # every call of what was before has ended


class End(NamedTuple):
    """How a call ended, and how that is known."""

    word: str
    why: str


class Told(Protocol):
    """A record. `device`: the one that sent it, "" in a spool."""

    @property
    def body(self) -> dict[str, Any]: ...  # noqa: D102
    @property
    def device(self) -> str: ...  # noqa: D102


class Outcomes:
    """What records, in any order, say about how calls ended. `QUERY` finds all that count."""

    QUERY = f"event:({' OR '.join((*_RESULTS, *_TURNS))})"

    def __init__(self, records: Iterable[Told]) -> None:
        self._results: dict[tuple[_Session, str], str] = {}
        self._speaks: set[_Session] = set()  # sessions of which results are recorded at all
        self._turn: dict[_Session, int] = {}  # the number of the last record of a session that starts or ends a turn
        for record in records:
            body, session = record.body, _session(record)
            event, outcome = (_text(body, name) for name in ("event", "outcome"))
            if event in _TURNS:
                self._turn[session] = max(_number(body), self._turn.get(session, -1))
            elif event in _RESULTS and outcome in _STRENGTH:
                call = (session, _text(body, "tool_use_id"))
                self._results[call] = max(outcome, self._results.get(call, ""), key=_STRENGTH.index)
                if outcome != REFUSED:
                    self._speaks.add(session)

    def end(self, record: Told) -> End | None:
        """Return how the call of a decision ended; None where the record is no decision about a call."""
        body, session = record.body, _session(record)
        effect, call = (_text(body, name) for name in ("effect", "tool_use_id"))
        if body.get("kind") != "decision" or effect not in (ALLOW, ASK, DENY) or not call:
            return None
        outcome = self._results.get((session, call), "")
        if effect == DENY and outcome in _HOW:
            return End(RAN, f"it was denied, and yet the agent's client says that {_HOW[outcome]}")
        if effect == DENY:
            return End(DENIED, "it was stopped")
        if outcome == REFUSED or (outcome and effect == ALLOW):
            return End(outcome, "the agent's client says so")
        if outcome:
            return End(GRANTED, _HOW[outcome])
        if self._turn.get(session, -1) <= _number(body):
            return End(UNKNOWN, "nothing was recorded after it")
        if session not in self._speaks:
            return End(UNKNOWN, "no results of this session are recorded")
        return End(REFUSED, "the session went on without a result of it")


def _session(record: Told) -> _Session:
    return record.device, _text(record.body, "chain"), _text(record.body, "session")


def _text(body: dict[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""


def _number(body: dict[str, Any]) -> int:
    value = body.get("seq")
    return value if type(value) is int else -1
