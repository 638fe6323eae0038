"""Reasons and remedies: `{path}` and its like filled in with what the deciding row has.

A value comes from the agent, so it is an injection channel: it loses its secrets first, then it is quoted, cut, and free
of control and invisible characters, and nothing that it holds is filled in again.
"""

from __future__ import annotations

from agentguard.access.model import TREE
from agentguard.policy.model import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.access.model import Row

VALUE_LIMIT = 80  # characters of one value

# What is said where no rule decides but a default of the policy, or the state that the policy is in.
DEFAULTS = {
    "effect": (
        "The policy lets through only what it names, and {row} is not named.",
        "Tell the person; whoever publishes the policy can name it.",
    ),
    "opaque": ("What this runs cannot be known before it runs.", "Write the command out, without what hides it."),
    "unknown": ("What this touches cannot be known before it runs.", "Write the path or the host out."),
    "unknown_tool": (
        "agentguard does not know the tool {tool}, so it cannot tell what it does.",
        "Use a tool that it knows, or tell the person which one is needed.",
    ),
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


def fill(text: str, row: Row, found: str = "", hide: Callable[[str], str] = str) -> str:
    """Return a template with its placeholders replaced; one that the row has nothing for becomes "this".

    `found` is the path in a tree that made the difference, "" where it is the tree itself. `hide` takes secrets out of a
    value.
    """
    first, *parts = text.split("{")
    done = [first]
    for part in parts:
        name, brace, rest = part.partition("}")
        value = _value(name, row, found, hide) if brace else None
        done.append("{" + part if value is None else value + rest)
    return "".join(done)


def _value(name: str, row: Row, found: str, hide: Callable[[str], str]) -> str | None:
    """Return what the row has under a name of the language, quoted; None for what is no such name."""
    if name == "row":  # for the texts above: whatever the row is about
        names = ("path", *_NAMES, "command")
        return next((value for one in names if (value := _value(one, row, found, hide)) != _NOTHING), _NOTHING)
    if name == "path":
        if row.path is None:
            return _NOTHING
        text = _quoted(hide(str(row.path.text)))
        if row.path.resolved != row.path.text:
            text = f"{text} (a link to {_quoted(hide(str(row.path.resolved)))})"
        if row.path.extent == TREE:
            text = f"{text} with {_quoted(hide(found))} in it" if found else f"{text} (with all beneath it)"
        return text
    if name == "command":
        return _quoted(hide(" ".join(row.origin.command))) if row.origin.command else _NOTHING
    if name not in _NAMES:
        return None
    value = getattr(row, name)
    return _NOTHING if value is None or value == "" else _quoted(hide(str(value)))


_NOTHING = "this"
_NAMES = ("host", "port", "ref", "remote", "package", "variable", "server", "mcp_tool", "subagent", "tool")


def _quoted(value: str) -> str:
    if len(value) > 4 * VALUE_LIMIT:
        value = f"{value[: 2 * VALUE_LIMIT]}…{value[-2 * VALUE_LIMIT :]}"
    clean = printable(value).replace('"', "'")
    if len(clean) > VALUE_LIMIT:  # both ends: the start says where, the end says what
        clean = f"{clean[: VALUE_LIMIT // 2 - 1]}…{clean[-VALUE_LIMIT // 2 :]}"
    return f'"{clean}"'
