"""Audit records: one value a decision, an event or an error, before the spool chains it.

A record is a pair. The *body* holds facts: ids, names, times, counts and words from closed lists; it is hashed into the
chain and stays for ever. The *texts* hold whatever a person or an agent wrote or named: paths, hosts, commands,
arguments, reasons; they are redacted first, and can be erased later. Every field stands in the table of
`agentguard.audit.fields`.

Never recorded: what a tool returned, what a file contains, what a person prompted, the environment.

A value in the texts is a string (exact), a list (a pattern: known texts, and 0 for any text, 1 for any text without a
slash, 2 for one character) or null (nothing is known). `agentguard.audit.rows` turns rows back.
"""

from __future__ import annotations

import os
import time

from agentguard.access import repo
from agentguard.access.model import ANY, CERTAIN, EXACT, NO_ORIGIN, NUMBER, ONE, STAR, UNKNOWN, Pattern
from agentguard.jsontext import JsonError, dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.access.model import Access, Origin, Row, ToolCall
    from agentguard.access.world import World
    from agentguard.audit.redact import Redactor
    from agentguard.policy.model import Decision

ROWS_LIMIT = 256  # rows of one record; `rows_complete` is false beyond
TEXT_LIMIT = 4096  # characters of one text; NAME_LIMIT of one in the body
NAME_LIMIT = 256
HEALTH_LIMIT = 8192  # bytes of what the sync says of this machine

WILDCARDS = {ANY: 0, STAR: 1, ONE: 2, NUMBER: 3}
# Parts of a row: values go to the texts, names and numbers to the body.
VALUES = ("host", "ref", "remote", "package", "variable")
NAMES = ("tool", "port", "server", "mcp_tool", "subagent", "method", "sql_verb")

# Tools whose `command` is the text that the rows were read from.
_COMMAND_TOOLS = ("Bash", "Monitor", "PowerShell")
# What an event says about the call that it belongs to.
_OUTCOMES = {
    "PostToolUse": "done",
    "PostToolUseFailure": "failed",
    "PermissionRequest": "asked",
    "PermissionDenied": "refused",
}
# What the body has from the agent; all the rest of it is agentguard's own.
_CLAIMS = (
    "agent_version", "session", "subagent", "subagent_id", "tool_use_id", "event", "permission_mode", "tool", "rows",
)  # fmt: skip
# What the sync says of this machine, in a heartbeat, and what of it the doctor says. A file of the wrong shape says less.
_HEALTH: dict[str, type] = {"install": str, "client": str, "source": str, "enforces": bool, "doctor": dict}
_DOCTOR: dict[str, type] = {
    "time": str,
    "healthy": bool,
    "errors": int,
    "warnings": int,
    "findings": list,
    "problem": str,
}
# What other events say about themselves; nothing else of theirs is recorded.
_FACTS = ("source", "reason", "trigger", "file_path", "old_cwd", "new_cwd", "model", "notification_type")


def of_decision(
    call: ToolCall,
    access: Access,
    decision: Decision,
    *,
    world: World,
    principal: dict[str, Any],
    bundle: dict[str, Any],
    latency_us: int,
    redactor: Redactor,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the record of a decision.

    `principal`: user, known, roles, device, hostname, os. `bundle`: name, revision, digest, age (seconds), state,
    verified, problem. `latency_us` is what the decision took.
    """
    body, texts = _start("decision", call, principal, bundle)
    rows = decision.rows or access.rows
    kept = rows[:ROWS_LIMIT]
    row_bodies, row_texts, origin_bodies, origin_texts = [], [], [], []
    origins: dict[int, int] = {}
    for number, row in enumerate(kept):
        row_body, row_text = _row(row)
        if row.origin is not NO_ORIGIN:
            if id(row.origin) not in origins:
                origins[id(row.origin)] = len(origins)
                origin_bodies.append({"traits": sorted(row.origin.traits)} if row.origin.traits else {})
                origin_texts.append(_origin(row.origin))
            row_body["origin"] = origins[id(row.origin)]
        if number < len(decision.row_effects):
            row_body["effect"] = decision.row_effects[number]
        row_bodies.append(row_body)
        row_texts.append(row_text)
    place = repo.name(world.remotes)
    rules: dict[str, None] = {}
    for hit in decision.hits:
        rules[hit.rule] = None
        if 0 <= hit.row < len(row_bodies):
            row_bodies[hit.row].setdefault("rules", []).append(hit.rule)
    body.update({
        "tool_known": access.known,
        "rows": row_bodies,
        "rows_complete": access.complete and len(kept) == len(rows),
        "origins": origin_bodies,
        "effect": decision.effect,
        "would": decision.would,
        "mode": decision.mode,
        "rule": decision.rule,
        "would_rule": decision.would_rule,
        "rules": list(rules),
        "severity": decision.severity,
        "exception": decision.exception,
        "latency_us": latency_us,
        "work": access.work,
    })  # fmt: skip
    if decision.exception:
        body["without"] = decision.without
    texts.update(
        {
            "project": world.project,
            "repo": f"https://{place}" if place else "",
            "branch": world.branch,
            "reason": decision.reason,
            "remedy": decision.remedy,
            "rows": row_texts,
            "origins": origin_texts,
        }
    )
    if access.files:
        body["read_files"] = [{"sha256": digest, "bytes": size} for digest, size in access.files.values()]
        texts["read_files"] = list(access.files)
    if call.tool in _COMMAND_TOOLS and (command := command_of(call)):
        texts["command"] = command
    return _finish(body, texts, redactor)


def of_event(
    call: ToolCall, *, principal: dict[str, Any], bundle: dict[str, Any], redactor: Redactor
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the record of an event that nothing was decided about: a session's start and end, a tool's outcome …."""
    body, texts = _start("event", call, principal, bundle)
    body["outcome"] = _OUTCOMES.get(call.event, "")
    duration = call.fields.get("duration_ms")
    if type(duration) is int:
        body["duration_ms"] = duration
    texts["facts"] = {name: value for name in _FACTS if isinstance(value := call.fields.get(name), str)}
    if texts["facts"]:
        redactor.learn()  # a reason may quote of the command what says nothing by itself
    return _finish(body, texts, redactor)


def of_error(
    call: ToolCall | None,
    what: str,
    *,
    effect: str,
    principal: dict[str, Any],
    bundle: dict[str, Any],
    redactor: Redactor,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the record of a call that could not be judged. `call` is None where even the input could not be read."""
    body, texts = _start("error", call, principal, bundle)
    body.update({"effect": effect, "would": effect, "rule": "agentguard/error", "rules": ["agentguard/error"]})
    texts["problem"] = what
    return _finish(body, texts, redactor)


def of_heartbeat(
    call: ToolCall | None,
    health: bytes | None,
    *,
    version: str,
    principal: dict[str, Any],
    bundle: dict[str, Any],
    redactor: Redactor,
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the record of how a device stands: at a session's start, or after a sync (no `call`).

    `health` is what the sync left in `health.json`, None if it has left nothing.
    """
    body, texts = _start("heartbeat", call, principal, bundle)
    body["agentguard"] = version
    try:
        found = loads(health or b"{}")
    except JsonError:
        found = {}
    body.update(_known(found, _HEALTH))
    if "doctor" in body:
        body["doctor"] = _known(body["doctor"], _DOCTOR)
    return _finish(body, texts, redactor)


def _known(found: Any, kinds: dict[str, type]) -> dict[str, Any]:
    """Return of a decoded JSON value the fields that are known and of their kind; of a list the texts."""
    if not isinstance(found, dict):
        return {}
    good = {name: found[name] for name, kind in kinds.items() if type(found.get(name)) is kind}
    return {
        name: [one for one in value if isinstance(one, str)] if isinstance(value, list) else value
        for name, value in good.items()
    }


def command_of(call: ToolCall) -> str:
    """Return the command of a call, "" where it has none."""
    command = call.input.get("command")
    return command if isinstance(command, str) else ""


def stamp(seconds: float) -> str:
    """Return a time as records write it: ISO 8601 in UTC with milliseconds. Such texts sort like the times."""
    milliseconds = int(seconds * 1000)
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(milliseconds // 1000))
    return f"{whole}.{milliseconds % 1000:03d}Z"


def _start(
    kind: str, call: ToolCall | None, principal: dict[str, Any], bundle: dict[str, Any]
) -> tuple[dict[str, Any], dict[str, Any]]:
    body: dict[str, Any] = {"id": os.urandom(8).hex(), "kind": kind, "time": stamp(time.time())}
    for name in ("device", "hostname", "os", "user", "known", "roles"):
        body[name] = principal.get(name, [] if name == "roles" else "")
    body["bundle"] = {name: bundle.get(name, "") for name in ("name", "revision", "digest", "age", "state", "verified")}
    texts: dict[str, Any] = {}
    if bundle.get("problem"):
        texts["bundle_problem"] = bundle["problem"]
    if call is not None:
        body.update({
            "agent": call.agent,
            "agent_version": call.agent_version,
            "session": call.session,
            "subagent": call.subagent,
            "subagent_id": call.subagent_id,
            "tool_use_id": call.tool_use_id,
            "event": call.event,
            "permission_mode": call.permission_mode,
            "tool": call.tool,
        })  # fmt: skip
        texts["cwd"] = call.cwd
    return body, texts


def _row(row: Row) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return what of a row goes to the body and to the texts; what has its usual value is left out."""
    body: dict[str, Any] = {"action": row.action}
    if row.certainty != CERTAIN:
        body["certainty"] = row.certainty
    for name in NAMES:
        value = getattr(row, name)
        if value is not None and value != "":
            body[name] = value
    texts: dict[str, Any] = {}
    if row.path is not None:
        texts["path"] = _value(row.path.text)
        if row.path.resolved != row.path.text:
            texts["resolved"] = _value(row.path.resolved)
        if row.path.extent != EXACT:
            body["extent"] = row.path.extent
    for name in VALUES:
        value = getattr(row, name)
        if value is not None:
            texts[name] = _value(value)
    if row.why:
        texts["why"] = row.why
    if row.malformed:
        texts["malformed"] = row.malformed
    return body, texts


def _origin(origin: Origin) -> dict[str, Any]:
    texts: dict[str, Any] = {}
    for name in ("command", "program", "flags", "args", "via"):
        value = getattr(origin, name)
        if value:
            texts[name] = value if isinstance(value, str) else [_value(one) for one in value]
    return texts


def _value(value: Any) -> Any:
    if isinstance(value, Pattern):
        return [part if isinstance(part, str) else WILDCARDS[part] for part in value.parts]
    return None if value is UNKNOWN else value


def _finish(body: dict[str, Any], texts: dict[str, Any], redactor: Redactor) -> tuple[dict[str, Any], dict[str, Any]]:
    """Redact and shorten, which most records do not need: one look at everything at once tells."""
    foreign = dumps([texts, [body.get(name) for name in _CLAIMS]])
    needed = bool(redactor.known) or redactor.needed(foreign)
    if len(foreign) > TEXT_LIMIT or needed:
        redactor.idle = not needed
        from agentguard.audit import hide  # noqa: PLC0415 - only where there is something to hide

        body, texts = hide.apply(body, texts, redactor)
    if redactor.withheld:
        from agentguard.audit import withhold  # noqa: PLC0415 - only where the policy says so

        body, texts = withhold.apply(body, texts, redactor)
    if redactor.found:
        body["redactions"] = dict(redactor.found)
    return body, texts
