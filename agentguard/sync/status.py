"""The sync's memory: `status.json`, and one file whose time says when the next sync may start.

`status.json` holds {"active": {"name", "revision", "digest"}, "last_request", "last_success", "last_activation",
"last_error": {"time", "code", "text"} or null, "upload": the report of the last upload}, and of each of two clocks when it
is due ("next_bundle", "next_upload") and how often it failed in a row ("failures", "upload_failures"); times are UTC. The
bundle is fetched every 15 minutes or so, records are uploaded when they are due. After a failure each clock stands still
for some time from 1 s to 15 min, the other goes on. Nothing runs before the modification time of `next_try`, which is
when the earlier of them is due; the hook reads it with one stat.

A clock that says "in some days" was set under a wrong time, and is due.
"""

from __future__ import annotations

import calendar
import json
import math
import os
import random
import time
from typing import TYPE_CHECKING, Any

from agentguard import plainfile
from agentguard.bundle import files
from agentguard.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentguard.errors import AgentguardError
    from agentguard.places import Places

FILE, NEXT_TRY = "status.json", "next_try"
BUNDLE, UPLOAD = "bundle", "upload"  # the two clocks
EVERY = 900.0  # seconds between two fetches of the bundle, ± 20 %
SPREAD = 0.2
TICK = 180.0  # what starts a managed sync does so this often, so the bundle may come so much later than it is due
LONGEST = 900.0  # seconds that a failure can put the next try off
_FAR = 86_400.0  # seconds; nothing of ours waits for longer
_FAILURES = {BUNDLE: "failures", UPLOAD: "upload_failures"}
_LIMIT = 65_536
_STAMP = "%Y-%m-%dT%H:%M:%SZ"


def read(places: Places) -> dict[str, Any]:
    """Return what `status.json` says; {} if there is none that makes sense."""
    try:
        value = json.loads(plainfile.read(os.path.join(places.sync, FILE), _LIMIT))
    except (ConfigError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def due(places: Places, clock: str, now: float) -> bool:
    """Return whether it is time for a clock's work."""
    return _next(read(places), clock, now) <= now


def fetched(places: Places, active: dict[str, Any], *, activated: bool, now: float) -> None:
    """Note a successful fetch; `active` is {"name", "revision", "digest"}."""
    value = read(places)
    when = stamp(now)
    value.update(active=active, last_request=when, last_success=when, last_error=None)
    if activated:
        value["last_activation"] = when
    wait = random.uniform(EVERY * (1 - SPREAD), EVERY * (1 + SPREAD) - TICK)  # noqa: S311 - spreads load
    _set(value, BUNDLE, now + wait, failures=0)
    _write(places, value)


def failed(places: Places, error: AgentguardError, now: float) -> None:
    """Note a fetch that failed."""
    value = read(places)
    when = stamp(now)
    value.update(last_request=when, last_error={"time": when, "code": error.code, "text": error.message})
    _put_off(value, BUNDLE, now)
    _write(places, value)


def uploaded(places: Places, report: dict[str, Any], now: float) -> None:
    """Note an upload, "ok" or not."""
    value = read(places)
    value["upload"] = report
    if report["ok"]:
        _set(value, UPLOAD, now + report.get("seconds to wait", 0), failures=0)
    else:
        _put_off(value, UPLOAD, now)
    _write(places, value)


def finished(places: Places, clocks: Iterable[str], now: float) -> None:
    """Note the end of a sync: the next one may start when one of these clocks is due."""
    value = read(places)
    hold(places, max(now, min(_next(value, clock, now) for clock in clocks)))


def hold(places: Places, moment: float) -> None:
    """Have hooks start no sync before a moment."""
    path = os.path.join(places.sync, NEXT_TRY)
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        os.close(fd)
        os.utime(path, (moment, moment))
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {files.reason(error)}") from None


def _next(value: dict[str, Any], clock: str, now: float) -> float:
    """Return when a clock is due, 0 if it is now or nobody knows."""
    try:
        moment = float(calendar.timegm(time.strptime(value[f"next_{clock}"], _STAMP)))
    except (KeyError, TypeError, ValueError, OverflowError):
        return 0.0
    return moment if moment <= now + _FAR else 0.0


def _put_off(value: dict[str, Any], clock: str, now: float) -> None:
    """Note a failure: the next try is some time from 1 s to 15 min away, the later the more there were."""
    failures = _count(value.get(_FAILURES[clock])) + 1
    longest = min(LONGEST, 2.0 ** min(failures, 20) + 1)
    wait = random.uniform(1.0, longest)  # noqa: S311 - spreads load
    _set(value, clock, math.ceil(now + wait), failures=failures)


def _set(value: dict[str, Any], clock: str, moment: float, *, failures: int) -> None:
    value[f"next_{clock}"] = stamp(moment)
    value[_FAILURES[clock]] = failures


def stamp(seconds: float) -> str:
    """Return a time as ISO 8601 in UTC."""
    return time.strftime(_STAMP, time.gmtime(seconds))


def _count(value: Any) -> int:
    return value if type(value) is int and value >= 0 else 0


def _write(places: Places, value: dict[str, Any]) -> None:
    data = json.dumps(value, indent=2).encode() + b"\n"
    files.replace(os.path.join(places.sync, FILE), data, 0o600)
