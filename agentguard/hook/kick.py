"""Starts a sync when one is due, and never waits for it.

Personal installs only: a managed laptop has a system service, which watches a file that the hook touches. Before
`next_try` (the modification time of one file, written by the sync) nothing is started, so the price is one stat.
"""

from __future__ import annotations

import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentguard.places import Places

_HOLD = 60  # seconds in which no second hook starts a sync that the first one has just started
_ENVIRON = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}  # the agent's environment holds keys; the sync needs none of it


def maybe(places: Places, config: Mapping[str, object], local: Mapping[str, object], *, urgent: bool) -> None:
    """Start a detached sync if the local configuration allows it and one is due. Never raises."""
    try:
        if places.managed:
            _touch(os.path.join(places.spools, f"kick.{os.getuid()}"))
        elif local.get("background") is True:
            _start(places, config.get("sync"), urgent=urgent)
    except (OSError, ValueError, TypeError):
        return


def _start(places: Places, argv: object, *, urgent: bool) -> None:
    if not isinstance(argv, list) or not argv or not hasattr(os, "posix_spawn"):
        return
    due = os.path.join(places.sync, "next_try")
    now = time.time()
    try:
        when = os.stat(due).st_mtime
    except FileNotFoundError:
        when = 0.0
    if when > now or (not urgent and when > now - _HOLD):
        return
    _touch(due, now + _HOLD)
    null = os.open(os.devnull, os.O_RDWR | os.O_CLOEXEC)
    streams = [(os.POSIX_SPAWN_DUP2, null, stream) for stream in (0, 1, 2)]
    try:
        os.posix_spawn(argv[0], [str(word) for word in argv], _ENVIRON, file_actions=streams, setsid=True)
    except NotImplementedError:  # a C library without POSIX_SPAWN_SETSID
        os.posix_spawn(argv[0], [str(word) for word in argv], _ENVIRON, file_actions=streams, setpgroup=0)
    finally:
        os.close(null)


def _touch(path: str, when: float | None = None) -> None:
    """Make the file if it is not there and set its time; never follows a link."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    try:
        os.utime(fd, None if when is None else (when, when))
    finally:
        os.close(fd)
