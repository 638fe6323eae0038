"""Reasons and remedies: `{path}` and its like filled in with what the deciding row has.

A value comes from the agent, so it is an injection channel: it is quoted, cut, and free of control and invisible
characters, and nothing that it holds is filled in again.
"""

from __future__ import annotations

from agentguard.access.model import TREE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Row

VALUE_LIMIT = 80  # characters of one value

# What is said where no rule decides but a default of the policy, or the state that the policy is in.
DEFAULTS = {
    "effect": ("The policy lets through only what it names, and this is not named.", ""),
    "opaque": ("What this runs cannot be known before it runs.", "Write the command out, without what hides it."),
    "unknown": ("What this touches cannot be known before it runs.", "Write the path or the host out."),
    "unknown_tool": ("agentguard does not know the tool {tool}, so it cannot tell what it does.", ""),
    "stale": ("The policy on this laptop is out of date.", "Run `agentguard sync` in your own terminal."),
    "fallback": (
        "There is no policy on this laptop yet, so what changes something needs a person.",
        "Run `agentguard status` in your own terminal.",
    ),
    "invalid": (
        "The policy on this laptop cannot be verified, so nothing is let through that changes something.",
        "Run `agentguard status` in your own terminal.",
    ),
}


def fill(text: str, row: Row, found: str = "") -> str:
    """Return a template with its placeholders replaced; one that the row has nothing for stays as it is.

    `found` is the path in a tree that made the difference, "" where it is the tree itself.
    """
    first, *parts = text.split("{")
    done = [first]
    for part in parts:
        name, brace, rest = part.partition("}")
        value = _value(name, row, found) if brace else None
        done.append("{" + part if value is None else value + rest)
    return "".join(done)


def _value(name: str, row: Row, found: str) -> str | None:
    """Return what the row has under a name of the language, quoted; None where it has no such thing."""
    if name == "path":
        if row.path is None:
            return None
        text = _quoted(str(row.path.text))
        if row.path.resolved != row.path.text:
            text = f"{text} (a link to {_quoted(str(row.path.resolved))})"
        if row.path.extent == TREE:
            text = f"{text} with {_quoted(found)} in it" if found else f"{text} with all beneath"
        return text
    if name == "command":
        return _quoted(" ".join(row.origin.command)) if row.origin.command else None
    if name not in _NAMES:
        return None
    value = getattr(row, name)
    return None if value is None or value == "" else _quoted(str(value))


_NAMES = ("host", "port", "ref", "remote", "package", "variable", "server", "mcp_tool", "subagent", "tool")


def _quoted(value: str) -> str:
    clean = "".join(char if char.isprintable() else " " for char in value[: 4 * VALUE_LIMIT]).replace('"', "'")
    if len(clean) > VALUE_LIMIT:  # both ends: the start says where, the end says what
        clean = f"{clean[: VALUE_LIMIT // 2 - 1]}…{clean[-VALUE_LIMIT // 2 :]}"
    return f'"{clean}"'
