"""Does a skill, a subagent or a command bring hooks of its own? They stand in the YAML between two `---` at its start.

Only for what the agent's own tools write: they hand over the text. Where it cannot be told, the answer is yes.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from agentguard.access.world import World

_LIMIT = 1024 * 1024  # bytes of a file that is edited
_FOLDERS = ("/.claude/skills/", "/.claude/agents/", "/.claude/commands/")
_FENCE = "---"
_KEY = "hooks"
_BLANK = " \t\"'"


def concerns(path: str) -> bool:
    """Return whether a file is one that can bring hooks."""
    low = path.lower().replace("\\", "/")
    return low.endswith(".md") and any(folder in low for folder in _FOLDERS)


def brings_hooks(fields: dict[str, Any], path: str, world: World) -> bool:
    """Return whether the file at `path` has hooks after a Write or an Edit with these fields, or may have."""
    content = fields.get("content")
    if isinstance(content, str):
        return _has_hooks(_head(content))
    data = world.disk.read(path, _LIMIT + 1)
    if data is None or len(data) > _LIMIT:
        return any(_has_hooks(new) for _, new in _edits(fields))
    text = data.decode("utf-8", "replace")
    for old, new in _edits(fields):
        text = text.replace(old, new) if old else new + text
    return _has_hooks(_head(text))


def _edits(fields: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (old text, new text) of every edit that a call holds."""
    several = fields.get("edits")
    for edit in several if isinstance(several, list) else [fields]:
        old, new = (edit.get("old_string"), edit.get("new_string")) if isinstance(edit, dict) else ("", "")
        if isinstance(old, str) and isinstance(new, str):
            yield old, new


def _head(text: str) -> str:
    """Return what stands between the first two fences, "" where the text does not begin with one."""
    text = text.lstrip("\ufeff \t\r\n")
    if not text.startswith(_FENCE):
        return ""
    lines = text.splitlines()[1:]
    end = next((number for number, line in enumerate(lines) if line.rstrip() in (_FENCE, "...")), len(lines))
    return "\n".join(lines[:end])


def _has_hooks(yaml: str) -> bool:
    """Return whether some YAML has a key `hooks`, or an escape with which one could be spelled.

    A key begins a line or an entry of a flow mapping; quotes, an anchor, a tag or `?` may stand before it.
    """
    if any(escape in yaml for escape in ("\\x", "\\u", "\\U")):
        return True
    start = yaml.find(_KEY)
    while start >= 0:
        before = yaml[max(yaml.rfind(mark, 0, start) for mark in "\n{,") + 1 : start].strip(_BLANK).split()
        behind = yaml[start + len(_KEY) :].lstrip(_BLANK)[:1]
        if all(word[0] in "&!?-" for word in before) and (behind == ":" or "?" in before):
            return True
        start = yaml.find(_KEY, start + 1)
    return False
