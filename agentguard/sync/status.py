"""The sync's memory: `status.json`, and one file whose time says when the next sync may start.

`status.json` holds {"active": {"name", "revision", "digest"}, "last_request", "last_success", "last_activation",
"last_error": {"time", "code", "text"} or null, "failures": in a row, "next_bundle", "upload": the report of the last
upload}; times are UTC. Two clocks: the bundle is fetched every 15 minutes or so, records are uploaded when a hook says
they are due. Neither runs before the modification time of `next_try`, which only failures move into the future; the
hook reads it with one stat.
"""

from __future__ import annotations

import json
import os
import random
import time
from typing import TYPE_CHECKING, Any

from agentguard.bundle import files
from agentguard.errors import ConfigError

if TYPE_CHECKING:
    from agentguard.errors import AgentguardError
    from agentguard.places import Places

FILE, NEXT_TRY = "status.json", "next_try"
EVERY = 900.0  # seconds between two fetches of the bundle, ± 20 %
SPREAD = 0.2
LONGEST = 900.0  # seconds that a failure can put the next try off
_LIMIT = 65_536


def read(places: Places) -> dict[str, Any]:
    """Return what `status.json` says; {} if there is none that makes sense."""
    try:
        value = json.loads(files.read(os.path.join(places.sync, FILE), _LIMIT))
    except (ConfigError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def bundle_due(places: Places, now: float) -> bool:
    """Return whether it is time to fetch the bundle again."""
    due = read(places).get("next_bundle")
    return not isinstance(due, str) or due <= stamp(now)


def fetched(places: Places, active: dict[str, Any], *, activated: bool, now: float) -> None:
    """Note a successful fetch; `active` is {"name", "revision", "digest"}."""
    value = read(places)
    when = stamp(now)
    value.update(active=active, last_request=when, last_success=when, last_error=None)
    if activated:
        value["last_activation"] = when
    value["next_bundle"] = stamp(now + EVERY * random.uniform(1 - SPREAD, 1 + SPREAD))  # noqa: S311 - spreads load
    _write(places, value)


def failed(places: Places, error: AgentguardError, now: float) -> None:
    """Note a fetch that failed."""
    value = read(places)
    when = stamp(now)
    value.update(last_request=when, last_error={"time": when, "code": error.code, "text": error.message})
    _write(places, value)


def finished(places: Places, *, good: bool, upload: dict[str, Any] | None, now: float) -> None:
    """Note the end of a sync and fix when the next may start: after a failure, some time from 1 s to 15 min."""
    value = read(places)
    failures = 0 if good else _count(value.get("failures")) + 1
    value["failures"] = failures
    if upload is not None:
        value["upload"] = upload
    _write(places, value)
    wait = random.uniform(1.0, min(LONGEST, 2.0 ** min(failures, 20) + 1)) if failures else 0.0  # noqa: S311
    path = os.path.join(places.sync, NEXT_TRY)
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        os.close(fd)
        os.utime(path, (now + wait, now + wait))
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {files.reason(error)}") from None


def stamp(seconds: float) -> str:
    """Return a time as ISO 8601 in UTC."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def _count(value: Any) -> int:
    return value if type(value) is int and value >= 0 else 0


def _write(places: Places, value: dict[str, Any]) -> None:
    data = json.dumps(value, indent=2).encode() + b"\n"
    files.replace(os.path.join(places.sync, FILE), data, 0o600)
