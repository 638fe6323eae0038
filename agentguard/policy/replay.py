"""Tries a policy on calls that happened: what it would decide today, and what that changes.

Input is NDJSON. A line is one of:

- a hook payload, or `{"payload": {…}}`, or `{"bash": "…"}`: the call is interpreted again, on this machine's files;
- an audit record (`{"b": {…}, "t": {…}, …}`): only the rules run, on the rows as they were recorded. Where a row has
  hidden what a rule asks for, or rows are missing, the record is undecidable and counted so, never as unchanged.

Beside the call a line may say `id`, and `expect`: `stop` (deny or ask) or `allow`. What was decided before is the
effect in the record, or what is expected; a payload that says nothing about it counts as one that ran.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard import jsontext
from agentguard.access.payload import INPUT_LIMIT, Malformed, of_fields
from agentguard.access.programs import catalog
from agentguard.access.world import RealDisk
from agentguard.errors import AgentguardError
from agentguard.policy import calls, engine, recorded, setting, stored, wire
from agentguard.policy.explain import explanation
from agentguard.policy.model import ALLOW, DENY, OBSERVE, STRICTNESS

if TYPE_CHECKING:
    from agentguard.access.model import Access, ToolCall
    from agentguard.access.world import World
    from agentguard.policy.engine import Policy
    from agentguard.policy.model import Decision

STOP = "stop"
NEW_DENY, NEW_ASK, LIFTED, SAME, UNDECIDABLE = "new-deny", "new-ask", "lifted", "", "undecidable"
CALL, ROWS = "call", "rows"  # level: interpreted again, or rules only
_KEPT = 10_000  # calls whose result is kept


class Result(NamedTuple):
    """What a policy says about one line. `level` is CALL or ROWS, `before` "" where the line says nothing about it.

    `changed` is NEW_DENY, NEW_ASK, LIFTED, SAME or UNDECIDABLE; under a policy that only observes, `would` decides it.
    `rule` decides it; of what is lifted, it is the rule that decided then.
    `expected` is what the line expects, "" for nothing; `met` whether it came out so. `unknown` are the programs that
    the tables do not know, where that was asked for.
    """

    id: str
    effect: str
    would: str
    rules: list[str]
    certainty: str
    rows: list[dict[str, Any]]
    before: str
    changed: str
    level: str
    expected: str = ""
    met: bool = True
    rule: str = ""
    user: str = ""
    repo: str = ""
    unknown: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain values: one line of output."""
        found = {name: getattr(self, name) for name in Result._fields[:9]}
        if self.expected:
            found |= {"expected": self.expected, "met": self.met}
        return {**found, "unknown": list(self.unknown)} if self.unknown else found


class Bad(NamedTuple):
    """A line that is no call."""

    id: str
    problem: str


class Tools(NamedTuple):
    """What replay needs and does not know itself: where and by whom calls of this machine happen, how records hold rows."""

    cwd: str
    home: str | None
    reader: recorded.Reader
    who: setting.Who = setting.NOBODY


class Replay:
    """A policy, made ready to be tried on many lines.

    `unknown`: also say which programs nothing is known about. `rows`: results hold the rows of their calls.
    """

    def __init__(self, data: bytes, tools: Tools, *, unknown: bool = False, rows: bool = True) -> None:
        # As a bundle stores it: then each row is asked only about by the rules that could concern it.
        self.policy: Policy = engine.load(data if data.startswith(stored.MAGIC) else wire.pack(stored.read(data)))
        self._disk = setting.Snapshot(RealDisk())
        self.tools = tools
        self._records = recorded.Records(self.policy, tools.reader, tools.home)
        self._worlds: dict[str, World] = {}
        self._folders: dict[str, str] = {}  # where folders lead to: one disk, so the same in all worlds
        self._told: dict[tuple[str | bytes, ...], Result] = {}
        self._rows = rows
        self._programs = frozenset(catalog.names()) if unknown else None

    def line(self, data: bytes, name: str) -> Result | Bad | None:
        """Return what the policy says about one line; None for an empty line and for a record of no decision.

        `name` stands for the line where it has no id of its own.
        """
        if not data.strip():
            return None
        if len(data) > INPUT_LIMIT:
            return Bad(name, f"over {INPUT_LIMIT} bytes, which the hook denies unread")
        try:
            value = jsontext.loads(data.strip())
            if not isinstance(value, dict):
                return Bad(name, "not an object")
            name = str(value.get("id", name))
            if isinstance(value.get("b"), dict):
                return self._record(value["b"], value.get("t"), name)
            return self._call(value, name)
        except (jsontext.JsonError, Malformed) as error:
            return Bad(name, str(error))
        except AgentguardError as error:
            return Bad(name, error.message)

    def _call(self, value: dict[str, Any], name: str) -> Result:
        expected = value.get("expect", "")
        if expected not in ("", STOP, ALLOW):
            raise Malformed(f"expect is neither {STOP} nor {ALLOW}")
        if "bash" in value:
            if not isinstance(value["bash"], str):
                raise Malformed("bash is not a string")
            cwd = value.get("cwd", self.tools.cwd)
            if not isinstance(cwd, str) or not os.path.isabs(cwd):
                raise Malformed("cwd is not an absolute path")
            call = calls.of_bash(value["bash"], cwd)
        else:
            call = of_fields(value.get("payload", value))
        asked = (call.event, call.tool, call.prompt, call.source, call.cwd, call.permission_mode, call.subagent)
        key = (*asked, jsontext.canonical([call.input, call.fields.get("mcp_server")]))
        found = self._told.get(key)
        if found is None:
            found = self._judge(call)
            if len(self._told) >= _KEPT:
                self._told.clear()
            self._told[key] = found
        got = found.would if self.policy.mode == OBSERVE else found.effect
        changed = _change(ALLOW, got)
        if expected and (got != ALLOW) == (expected == STOP):
            changed = SAME
        elif expected and got == ALLOW:
            changed = LIFTED
        met = not expected or changed == SAME
        return found._replace(id=name, before=expected, changed=changed, expected=expected, met=met)

    def _judge(self, call: ToolCall) -> Result:
        """Return what the policy says about a call. The same call is judged once: it was made again, on the same files."""
        world = self._worlds.get(call.cwd)
        if world is None:
            world = self._worlds[call.cwd] = setting.this_machine(call.cwd, self.tools.home, self._disk)
            world.folders = self._folders
        if len(self._folders) >= _KEPT:
            self._folders.clear()
        access, decision = setting.judge(self.policy, call, world, self.tools.who)
        rule = setting.verdict(self.policy, decision)[1]
        found = self._result(
            "", call, access, decision, before="", changed="", level=CALL, rule=rule, project=world.project
        )
        return found._replace(user=world.user, repo=setting.repository(world))

    def _record(self, body: dict[str, Any], texts: Any, name: str) -> Result | None:
        before = str(body.get("effect"))
        if body.get("kind") != "decision" or before not in STRICTNESS:
            return None
        call, world, access, decision, doubt = self._records.judge(body, texts)
        got, rule = setting.verdict(self.policy, decision)
        changed = UNDECIDABLE if doubt else _change(before, got)
        name = str(body.get("id", name))
        found = self._result(
            name, call, access, decision, before=before, changed=changed, level=ROWS, rule=rule, project=world.project
        )
        if changed == LIFTED:  # the rule that stopped it then
            found = found._replace(rule=str(body.get("rule", "")))
        return found._replace(user=world.user, repo=setting.repository(world))

    def _result(
        self, name: str, call: ToolCall, access: Access, decision: Decision, *, before: str, changed: str, level: str,
        rule: str, project: str,
    ) -> Result:  # fmt: skip
        deciding = next((decision.rows[hit.row] for hit in decision.hits if hit.rule == rule), None)
        return Result(
            name,
            decision.effect,
            decision.would,
            list(dict.fromkeys(hit.rule for hit in decision.hits)),
            deciding.certainty if deciding else "",
            explanation(self.policy, call, access, decision)["rows"] if self._rows else [],
            before,
            changed,
            level,
            rule=rule,
            unknown=() if self._programs is None else catalog.unknown(access.rows, self._programs, project),
        )


def _change(before: str, got: str) -> str:
    """Return what a policy changes about a call that ended as `before`."""
    if STRICTNESS[got] == STRICTNESS[before]:
        return SAME
    if STRICTNESS[got] < STRICTNESS[before]:
        return LIFTED
    return NEW_DENY if got == DENY else NEW_ASK
