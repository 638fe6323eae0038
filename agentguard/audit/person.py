"""Works in a person's spool with that person's rights.

A spool belongs to the person. Root never opens, renames, removes or locks a path in it: a link or a FIFO that the
person put there must not make root do anything. So a sync that runs as root forks a child for each piece of work, which
gives up every other right first, works through the open folder only, and hands bytes back over a pipe. The parent
bounds what it takes and how long it waits. A sync that runs as the person works directly.
"""

from __future__ import annotations

import os
import select
import signal
import time
from typing import TYPE_CHECKING

from agentguard.errors import SpoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agentguard.places import Places

_SECONDS = 30.0  # that one piece of work may take
_LENGTH = 4  # bytes before each item on the pipe, big-endian
_FAILED = 1


def spools(places: Places) -> list[tuple[int, str]]:
    """Return (uid, folder) of each spool that this process should hand over: every person's if it is root's sync."""
    if not places.managed or os.geteuid() != 0:
        return [(os.geteuid(), places.spool(os.geteuid()))]
    try:
        names = os.listdir(places.spools)
    except FileNotFoundError:
        return []
    return [(uid, places.spool(uid)) for uid in sorted(int(name) for name in names if _is_uid(name))]


def _is_uid(name: str) -> bool:
    return name.isascii() and name.isdigit() and len(name) <= 10 and name == str(int(name))


def work(uid: int, job: Callable[[], Iterable[bytes]], limit: int) -> list[bytes]:
    """Return what `job` yields, done with the rights of user `uid`, at most `limit` bytes in all.

    Raises `SpoolError` if it fails, takes too long or gives too much.
    """
    if uid == os.geteuid():
        return list(job())
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _child(uid, job, reading, writing)
    os.close(writing)
    try:
        data = _collect(reading, limit)
    except SpoolError:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        raise
    finally:
        os.close(reading)
    _pid, status = os.waitpid(child, 0)
    if status:
        raise SpoolError(f"the spool of user {uid} could not be worked in")
    return _items(data)


def _child(uid: int, job: Callable[[], Iterable[bytes]], reading: int, writing: int) -> None:
    """Give up root's rights, do the work, write each item with its length before it. Does not return."""
    code = _FAILED
    try:
        os.close(reading)
        gid = _group(uid)
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
        os.umask(0o077)
        with os.fdopen(writing, "wb") as pipe:
            for item in job():
                pipe.write(len(item).to_bytes(_LENGTH, "big") + item)
        code = 0
    finally:
        os._exit(code)


def _group(uid: int) -> int:
    """Return the person's group; of somebody unknown, a group with that number."""
    import pwd  # noqa: PLC0415 - not on Windows

    try:
        return pwd.getpwuid(uid).pw_gid
    except KeyError:
        return uid


def _collect(reading: int, limit: int) -> bytes:
    deadline = time.monotonic() + _SECONDS
    chunks: list[bytes] = []
    room = limit
    while True:
        ready, _, _ = select.select([reading], [], [], max(0.0, deadline - time.monotonic()))
        if not ready:
            raise SpoolError(f"work in a spool took longer than {_SECONDS:.0f} s")
        chunk = os.read(reading, 1 << 16)
        if not chunk:
            return b"".join(chunks)
        room -= len(chunk)
        if room < 0:
            raise SpoolError(f"work in a spool gave more than {limit} bytes")
        chunks.append(chunk)


def _items(data: bytes) -> list[bytes]:
    found = []
    pos = 0
    while pos < len(data):
        length = int.from_bytes(data[pos : pos + _LENGTH], "big")
        pos += _LENGTH
        if pos + length > len(data):
            raise SpoolError("work in a spool was cut off")
        found.append(data[pos : pos + length])
        pos += length
    return found
