"""Which events of the agent start the hook, and how: one table for a person's own settings and for managed ones.

An entry is in exec form (`command` and `args`), which no shell prefix and no changed PATH can redirect. `onFailure`
makes the client (2.1.295 and newer) block a call whose hook crashes, hangs or is missing; it stands only on tool calls
and only when enforcing. The other events are records: their loss is tolerable where `async` is set, so nobody waits.
SessionStart is waited for, because it fixes the session's project folder before the first call; SessionEnd, because
the client does not wait for what runs beside it when it ends.
"""

from __future__ import annotations

from typing import Any

MATCHER = "*"  # everything; a regular expression with a mistake in it would never match, and nobody would see
TIMEOUT = 10  # seconds; the hook's own watchdog denies before that

_BLOCKS, _ASYNC = "blocks", "async"
EVENTS: dict[str, frozenset[str]] = {
    "PreToolUse": frozenset({_BLOCKS}),
    "UserPromptSubmit": frozenset(),
    "UserPromptExpansion": frozenset(),
    "SessionStart": frozenset(),
    "PostToolUse": frozenset({_ASYNC}),
    "PostToolUseFailure": frozenset({_ASYNC}),
    "SessionEnd": frozenset(),
}


def groups(argv: list[str], *, enforce: bool) -> dict[str, dict[str, Any]]:
    """Return {event: matcher group} that starts `argv` on every event of the table."""
    found = {}
    for event, ways in EVENTS.items():
        entry: dict[str, Any] = {"type": "command", "command": argv[0], "args": argv[1:], "timeout": TIMEOUT}
        if _ASYNC in ways:
            entry["async"] = True
        if _BLOCKS in ways and enforce:
            entry["onFailure"] = "block"
        found[event] = {"matcher": MATCHER, "hooks": [entry]}
    return found
