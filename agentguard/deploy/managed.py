"""The managed settings of Claude Code that start the hook, as one value that every format writes in its own way."""

from __future__ import annotations

import json
from typing import Any

from agentguard.deploy import choices, events
from agentguard.policy.model import ENFORCE

CLIENT = "2.1.295"  # the first client that knows onFailure

# A variable that is set in managed settings wins over the person's. A blank LD_PRELOAD or LD_AUDIT loads nothing into
# the hook; a blank shell prefix replaces no command; OpenSSL reads its configuration from an empty file.
BLANKED = ("CLAUDE_CODE_SHELL_PREFIX", "LD_PRELOAD", "LD_AUDIT")
OPENSSL = "OPENSSL_CONF"


def settings(
    argv: list[str],
    *,
    phase: str,
    chosen: tuple[str, ...] = (),
    records: str = events.OUTCOMES,
    null: str = "/dev/null",
) -> dict[str, Any]:
    """Return the managed settings that start `argv`. `chosen` are keys of CHOICES, `null` the machine's null device."""
    added = choices.settings(chosen)
    groups = events.groups(argv, enforce=phase == ENFORCE, records=records)
    return {
        "requiredMinimumVersion": CLIENT,
        **added,
        "env": {**dict.fromkeys(BLANKED, ""), OPENSSL: null, **added.get("env", {})},
        "hooks": {event: [group] for event, group in groups.items()},
    }


def as_json(value: dict[str, Any]) -> bytes:
    """Return settings as a file: indented, ASCII, without a byte order mark."""
    return json.dumps(value, indent=2).encode("ascii") + b"\n"
