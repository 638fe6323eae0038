"""The sync as a LaunchDaemon: every 3 minutes, and as soon as a hook asks; it does what is due.

Source: launchd.plist(5).
"""

from __future__ import annotations

import plistlib

EVERY = 180  # seconds


def label(identifier: str) -> str:
    """Return the daemon's name."""
    return f"{identifier}.sync"


def daemon(identifier: str, command: list[str], state: str) -> bytes:
    """Return the property list. `command`: argv of the command line; `state`: agentguard's folder of state."""
    return plistlib.dumps(
        {
            "Label": label(identifier),
            "ProgramArguments": [*command, "sync", "--background"],
            "RunAtLoad": True,
            "StartInterval": EVERY,
            "WatchPaths": [f"{state}/spool"],
            "ThrottleInterval": 5,
            "ProcessType": "Background",
            "LowPriorityIO": True,
            "Umask": 0o022,
            "UserName": "root",
        },
        sort_keys=False,
    )
