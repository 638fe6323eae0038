"""A sync in the background: it does what is due, and stays as long as there is something that soon will be.

A deny or an ask is uploaded at once, everything else when it is a minute old. So a sync that has left young records
behind waits for a minute, and shorter if a hook asks: for a deny or an ask it touches `spool/now.<uid>`. Of these
files root looks at the times, in its own folder, and opens none. Whoever touches one for fun gets no more than a sync a
second. One process at a time stays; while it does, hooks of a personal install start no other.
"""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from agentguard.bundle import files
from agentguard.sync import stages, status

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.places import Places
    from agentguard.sync.stages import Look

LOCK = "watch"
STAY = 300.0  # seconds after which a new process does it better: what starts the sync gives it 15 minutes
MINUTE = 60  # looks, a second apart
_URGENT = "now."
_PEOPLE = 1000  # files of people who ask that are looked at


def run(places: Places, *, look: Look | None = None, pause: Callable[[float], None] = time.sleep) -> dict[str, Any]:
    """Sync, wait for what hooks ask, sync again; return the report of the last sync. Raises `ConfigError`.

    `pause` waits for so many seconds.
    """
    stages.prepare(places)
    with files.locked(os.path.join(places.sync, LOCK), tries=1) as alone:
        if not alone:
            return stages.BUSY
        end = time.monotonic() + STAY
        while True:
            asked = _asked(places)
            report = stages.run(places, background=True, look=look)
            upload = report["upload"] or {}
            if time.monotonic() > end or report["busy"] or not upload.get("ok"):
                return report
            if upload.get("more") or _asked(places) != asked:
                continue
            if not upload.get("young"):
                return report
            _wait(places, asked, pause)


def _wait(places: Places, asked: dict[str, int], pause: Callable[[float], None]) -> None:
    status.hold(places, time.time() + MINUTE)
    for _ in range(MINUTE):
        pause(1.0)
        if _asked(places) != asked:
            return


def _asked(places: Places) -> dict[str, int]:
    """Return when which hooks last asked for a sync at once: {name: time in ns}."""
    found: dict[str, int] = {}
    try:
        with os.scandir(places.spools) as entries:
            for entry in entries:
                if entry.name.startswith(_URGENT) and len(found) < _PEOPLE:
                    found[entry.name] = entry.stat(follow_symlinks=False).st_mtime_ns
    except OSError:  # no spool yet, or somebody took a file away just now
        return found
    return found
