"""Starts a sync when one is due, and never waits for it.

A managed laptop has a system service, which watches the folder of spools: the hook touches a file there, `now.<uid>`
after a deny or an ask, else `kick.<uid>` at most once a minute, because a sync that was started waits as long for more.
Of a personal install the hook starts the sync itself. Before `next_try` (the modification time of one file, written by
the sync) nothing is started, so the price is one stat; a sync that is waiting is told by `now.<uid>`.
"""

from __future__ import annotations

import os
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentguard.places import Places

_HOLD = 60  # seconds in which no second hook starts a sync that the first one has just started
_FAR = 90_000  # seconds; a sync puts the next one off for a day at most, so beyond it the clock was wrong
_ENVIRON = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}  # the agent's environment holds keys; the sync needs none of it


def maybe(places: Places, config: Mapping[str, object], local: Mapping[str, object], *, urgent: bool) -> None:
    """Start a detached sync if the local configuration allows it and one is due. Never raises."""
    try:
        uid = os.getuid()
        urge = os.path.join(places.spools, f"now.{uid}")
        if not places.managed:
            if local.get("background") is True:
                _start(places, config.get("sync"), urge if urgent else "")
        elif urgent:
            _touch(urge)
        else:
            kick = os.path.join(places.spools, f"kick.{uid}")
            if not 0 <= time.time() - _time(kick) < _HOLD:
                _touch(kick)
    except (OSError, ValueError, TypeError):
        return


def _start(places: Places, argv: object, urge: str) -> None:
    """Start the sync unless it is too early. `urge`: the file to touch for one that is waiting, "" if it has time."""
    if not isinstance(argv, list) or not argv or not hasattr(os, "posix_spawn"):
        return
    due = os.path.join(places.sync, "next_try")
    now = time.time()
    when = _time(due)
    if now < when < now + _FAR:
        if urge:
            _touch(urge)
        return
    if not urge and now - _HOLD < when <= now:
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


def _time(path: str) -> float:
    """Return when a file was last touched, 0 where there is none. No link is followed."""
    try:
        return os.lstat(path).st_mtime
    except FileNotFoundError:
        return 0.0


def _touch(path: str, when: float | None = None) -> None:
    """Make the file if it is not there and set its time; never follows a link."""
    fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o600)
    try:
        os.utime(fd, None if when is None else (when, when))
    finally:
        os.close(fd)
