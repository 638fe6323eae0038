"""Tool calls as authors write them: a shell text, a tool with its input, or one line such as `Read src/a.py`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentguard.access.model import ToolCall
from agentguard.access.payload import PROMPT_EVENTS

if TYPE_CHECKING:
    from collections.abc import Mapping

# tool: (the input that the argument of `TOOL ARGUMENT` is, what else the tool needs).
ARGUMENTS: dict[str, tuple[str, dict[str, str]]] = {
    "Bash": ("command", {}),
    "Monitor": ("command", {}),
    "Read": ("file_path", {}),
    "Write": ("file_path", {"content": "x"}),
    "Edit": ("file_path", {"old_string": "a", "new_string": "b"}),
    "NotebookEdit": ("notebook_path", {"new_source": "x"}),
    "Glob": ("pattern", {}),
    "Grep": ("path", {"pattern": "x"}),
    "WebFetch": ("url", {"prompt": "x"}),
    "WebSearch": ("query", {}),
    "Agent": ("subagent_type", {"description": "x", "prompt": "x"}),
    "Task": ("subagent_type", {"description": "x", "prompt": "x"}),  # what older clients call it
    "Skill": ("skill", {}),
}


def of_tool(name: str, given: Mapping[str, Any], cwd: str, permission_mode: str = "") -> ToolCall:
    """Return the call of a tool with its input."""
    return ToolCall("PreToolUse", name, dict(given), cwd=cwd, permission_mode=permission_mode)


def of_bash(text: str, cwd: str, permission_mode: str = "") -> ToolCall:
    """Return the call that runs a shell text."""
    return of_tool("Bash", {"command": text}, cwd, permission_mode)


def of_prompt(event: str, text: str, cwd: str, permission_mode: str = "") -> ToolCall:
    """Return the event of a prompt that the person typed."""
    return ToolCall(event, cwd=cwd, prompt=text, permission_mode=permission_mode)


def of_line(line: str, cwd: str, permission_mode: str = "") -> ToolCall | None:
    """Return the call that one line stands for; None if it stands for none.

    `Read src/a.py`, `Bash: pytest -q` (the colon may be left out), `mcp__server__tool`, `UserPromptSubmit: go on`.
    """
    word, _, argument = line.partition(" ")
    name, argument = word.removesuffix(":"), argument.strip()
    if name.startswith("mcp__") and not argument:
        return of_tool(name, {}, cwd, permission_mode)
    if not argument:
        return None
    if name in PROMPT_EVENTS:
        return of_prompt(name, argument, cwd, permission_mode)
    if name not in ARGUMENTS:
        return None
    field, others = ARGUMENTS[name]
    return of_tool(name, {field: argument, **others}, cwd, permission_mode)
