"""Hook payloads in, tool calls out: the JSON that Claude Code gives a hook (`policy explain` and `replay` take it too).

Rules: strict about every field that decides anything (a wrong type raises `Malformed` and names the field, never its
value), lenient about the rest (a wrong type counts as absent), and open to new fields (kept in `ToolCall.fields`). What
a tool or the model said is dropped: nothing decides on it and nothing may store it. Pure: no file, no environment.
"""

from __future__ import annotations

import os

from agentguard import jsontext
from agentguard.access import paths
from agentguard.access.model import ToolCall

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

INPUT_LIMIT = 8 * 1024 * 1024  # bytes; more is refused unread
TOOL_EVENTS = frozenset({"PreToolUse", "PostToolUse", "PostToolUseFailure", "PermissionRequest", "PermissionDenied"})
PROMPT_EVENTS = frozenset({"UserPromptSubmit", "UserPromptExpansion"})

# Fields that have a place of their own in a ToolCall; `source` has it in prompt events only.
_PLACED = frozenset({
    "hook_event_name", "tool_name", "tool_input", "cwd", "prompt", "permission_mode", "agent_id", "agent_type",
    "session_id", "tool_use_id",
})  # fmt: skip
_DROPPED = frozenset({"tool_response", "tool_calls", "error", "last_assistant_message", "delta"})


_EVENT_LENGTH = 64


class Malformed(ValueError):  # noqa: N818 - a property of the input, as the built-in rule is called
    """A payload lacks a field that decides, or has it with a wrong type. The message names the field and no value.

    `event` is the payload's event where that much could be read, else "".
    """

    event = ""


def _text(fields: dict[str, Any], name: str, *, needed: bool = False) -> str:
    """Return a field that decides; null and absent are "" unless it is needed."""
    value = fields.get(name)
    if value is None and not needed:
        return ""
    if not isinstance(value, str):
        raise Malformed(f"{name} is missing" if value is None else f"{name} is not a string")
    if needed and not value:
        raise Malformed(f"{name} is empty")
    return value


def _claim(fields: dict[str, Any], name: str) -> str:
    """Return a field that is only recorded."""
    value = fields.get(name)
    return value if isinstance(value, str) else ""


def _input(fields: dict[str, Any], *, needed: bool) -> dict[str, Any]:
    value = fields.get("tool_input")
    if value is None and not needed:
        return {}
    if not isinstance(value, dict):
        raise Malformed("tool_input is missing" if value is None else "tool_input is not an object")
    return value


def of_fields(fields: Any) -> ToolCall:
    """Return the tool call of a decoded payload. Raises `Malformed`.

    Needed: `hook_event_name` and an absolute `cwd`; `tool_name` and `tool_input` in events about a tool; `prompt` in
    events about a prompt (an empty one is a prompt).
    """
    if not isinstance(fields, dict):
        raise Malformed("the payload is not an object")
    event = _text(fields, "hook_event_name", needed=True)
    if not (event.isascii() and event.isalnum() and len(event) <= _EVENT_LENGTH):
        raise Malformed("hook_event_name is not a name")
    try:
        return _call(fields, event)
    except Malformed as error:
        error.event = event
        raise


def _call(fields: dict[str, Any], event: str) -> ToolCall:
    cwd = _text(fields, "cwd", needed=True)
    if not os.path.isabs(cwd) or paths.fault(cwd):
        raise Malformed("cwd is not an absolute path")
    about_tool, about_prompt = event in TOOL_EVENTS, event in PROMPT_EVENTS
    if about_prompt and fields.get("prompt") is None:
        raise Malformed("prompt is missing")
    rest = {name: value for name, value in fields.items() if name not in _PLACED and name not in _DROPPED}
    source = ""
    if about_prompt:
        source = _text(fields, "source")
        rest.pop("source", None)
    return ToolCall(
        event,
        _text(fields, "tool_name", needed=about_tool),
        _input(fields, needed=about_tool),
        cwd=cwd,
        session=_claim(fields, "session_id"),
        tool_use_id=_claim(fields, "tool_use_id"),
        subagent=_text(fields, "agent_type"),
        subagent_id=_text(fields, "agent_id"),
        permission_mode=_text(fields, "permission_mode"),
        prompt=_text(fields, "prompt"),
        source=source,
        fields=rest,
    )


def parse(data: bytes) -> ToolCall:
    """Return the tool call of a payload's bytes. Raises `jsontext.JsonError` or `Malformed`, nothing else."""
    return of_fields(jsontext.loads(data))
