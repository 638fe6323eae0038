"""Which events of the agent start the hook, and how: one table for a person's own settings and for managed ones.

An entry is in exec form (`command` and `args`), which no shell prefix and no changed PATH can redirect. `onFailure`
makes the client (2.1.295 and newer) block a call whose hook crashes, hangs or is missing; it stands only on tool calls
and only when enforcing. The other events are records: their loss is tolerable where `async` is set, so nobody waits.
SessionStart is waited for, because it fixes the session's project folder before the first call; SessionEnd, because
the client does not wait for what runs beside it when it ends.

Four events of the client start no hook of ours: a hook on WorktreeCreate or WorktreeRemove takes over the making of
worktrees, the matcher of FileChanged names the files to be watched, and MessageDisplay comes with every piece of text.
"""

from __future__ import annotations

from typing import Any, NamedTuple

MATCHER = "*"  # everything; a regular expression with a mistake in it would never match, and nobody would see
TIMEOUT = 10  # seconds; the hook's own watchdog denies before that

# How much is recorded beside what is decided: each word holds what stands before it.
DECISIONS, OUTCOMES, ALL = "decisions", "outcomes", "all"
RECORDS = {
    DECISIONS: "what was asked for and how it was judged",
    OUTCOMES: "also what came of each call, permission prompts, changes of settings, and when sessions end",
    ALL: "also subagents, tasks, and the rest",
}


class Event(NamedTuple):
    """One event: from which of RECORDS on it starts the hook, and how."""

    since: str
    blocks: bool = False  # a hook that fails blocks what it was asked about
    decides: bool = False  # the answer counts
    nobody_waits: bool = False


EVENTS: dict[str, Event] = {
    "PreToolUse": Event(DECISIONS, blocks=True, decides=True),
    "UserPromptSubmit": Event(DECISIONS, decides=True),
    "UserPromptExpansion": Event(DECISIONS, decides=True),
    "SessionStart": Event(DECISIONS),
    "PostToolUse": Event(OUTCOMES, nobody_waits=True),
    "PostToolUseFailure": Event(OUTCOMES, nobody_waits=True),
    "PermissionRequest": Event(OUTCOMES, nobody_waits=True),
    "PermissionDenied": Event(OUTCOMES, nobody_waits=True),
    "ConfigChange": Event(OUTCOMES, nobody_waits=True),
    "SessionEnd": Event(OUTCOMES),
    **{
        name: Event(ALL, nobody_waits=True)
        for name in (
            "PostToolBatch", "Stop", "StopFailure", "SubagentStart",
            "SubagentStop", "TaskCreated", "TaskCompleted", "TeammateIdle", "PreCompact", "PostCompact",
            "PreModelSwitch", "PostModelSwitch", "Setup", "Notification", "Elicitation", "ElicitationResult",
            "InstructionsLoaded", "CwdChanged", "DirectoryAdded",
        )
    },
}  # fmt: skip
NOT_OURS = ("WorktreeCreate", "WorktreeRemove", "FileChanged", "MessageDisplay")
KNOWN = (*EVENTS, *NOT_OURS)  # every event of the client (measured on 2.1.330)


def groups(argv: list[str], *, enforce: bool, records: str = OUTCOMES) -> dict[str, dict[str, Any]]:
    """Return {event: matcher group} that starts `argv` on the events of the table up to `records`."""
    levels = list(RECORDS)
    wanted = levels[: levels.index(records) + 1]
    found = {}
    for name, event in EVENTS.items():
        if event.since not in wanted:
            continue
        entry: dict[str, Any] = {"type": "command", "command": argv[0], "args": argv[1:], "timeout": TIMEOUT}
        if event.nobody_waits:
            entry["async"] = True
        if event.blocks and enforce:
            entry["onFailure"] = "block"
        found[name] = {"matcher": MATCHER, "hooks": [entry]}
    return found
