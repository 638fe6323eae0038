"""What of a spool still has to be sent, and what may go. Runs with the rights of the person whose spool it is.

`acknowledged` maps chains to the last number that the collector has signed for. A file holds one chain, so a closed
segment may go when its chain and its last number are covered. The file that hooks append to never goes, and a segment
stays as long as nothing has been appended after it: the chain goes on from there.

Whose spool it is may put anything there, so what one job looks at is bounded. A spool of ours has its first unsent record
within one segment of its beginning.
"""

from __future__ import annotations

import fcntl
import os
import time
from typing import TYPE_CHECKING

from agentguard.audit import mend, reader, spool
from agentguard.audit.record import stamp
from agentguard.errors import SpoolError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from agentguard.audit.lines import Line

BATCH_RECORDS = 1000
BATCH_BYTES = 1024 * 1024
LOOK_BYTES = 32 * 1024 * 1024  # that one job looks at, an empty line counting as a short record
_LINE = 256

OLD = 60.0  # seconds after which a record is due for upload; a deny or an ask is at once
NOW, SOON = b"now", b"soon"
_URGENT = ("deny", "ask")


def waiting(folder: str, acknowledged: dict[str, int], look: float = LOOK_BYTES) -> Iterator[Line]:
    """Yield the records that are not acknowledged, oldest first. Their lines are what is sent, a newline after each.

    Raises `SpoolError` if more than `look` bytes are none.
    """
    for line in reader.read(folder):
        look -= len(line.raw) + _LINE
        if look < 0:
            raise SpoolError("there is too much in it before the next record")
        if not line.problem and line.seq > acknowledged.get(line.chain, -1):
            yield line


def due(folder: str, acknowledged: dict[str, int], now: float) -> Iterator[bytes]:
    """Yield NOW if a deny, an ask or a record of a minute ago is unsent, SOON if only others are, else nothing."""
    old, future = stamp(now - OLD), stamp(now + OLD)
    found = False
    for line in waiting(folder, acknowledged):
        found = True
        if line.body.get("effect") in _URGENT or not old < str(line.body.get("time", "")) < future:
            yield NOW
            return
    if found:
        yield SOON


def batch(folder: str, acknowledged: dict[str, int]) -> list[Line]:
    """Return the oldest records that are not acknowledged: one chain, no number missing, one request's worth.

    Lines that cannot be read are passed over; the hole that they leave is reported to the collector.
    """
    found: list[Line] = []
    room = BATCH_BYTES
    for line in waiting(folder, acknowledged):
        if found and (line.chain != found[-1].chain or line.seq != found[-1].seq + 1):
            break
        room -= len(line.raw) + 1
        if room < 0 or len(found) == BATCH_RECORDS:
            break
        found.append(line)
    return found


def batch_bytes(folder: str, acknowledged: dict[str, int]) -> Iterator[bytes]:
    """Yield the lines of `batch` as they stand."""
    for line in batch(folder, acknowledged):
        yield line.raw


def has(folder: str, chain: str, seq: int | None) -> Iterator[bytes]:
    """Yield one item if the spool has record `seq` of a chain (None: its genesis record), else nothing."""
    for line in reader.read(folder):
        if line.chain == chain and (line.starts_chain if seq is None else line.seq == seq):
            yield str(line.seq).encode("ascii")
            return


def free(folder: str, acknowledged: dict[str, int]) -> Iterator[bytes]:
    """Remove the closed segments that are acknowledged; put the ballast back. Yields the names that went."""
    folder_fd = spool.open_folder(folder)
    try:
        lock, _size = spool.open_file(folder_fd, spool.LOCK, os.O_RDWR)
        try:
            spool.take(lock, fcntl.LOCK_EX)
            for name in _done(folder_fd, acknowledged):
                os.unlink(name, dir_fd=folder_fd)
                yield name.encode("ascii")
            mend.make_ballast(folder_fd)
        finally:
            os.close(lock)
    finally:
        os.close(folder_fd)


def leave_chain(folder: str, chain: str, reason: str, *, device: str, user: str) -> Iterator[bytes]:
    """Start a new chain in a spool that still writes to `chain`. Yields nothing."""
    mend.new_chain(folder, reason, leaving=chain, device=device, user=user)
    yield from ()


def admit(folder: str, reason: str, missing: dict[str, Any], *, device: str, user: str) -> Iterator[bytes]:
    """Write into the spool that the collector does not get some records, and why. Yields nothing."""
    body = {
        "id": os.urandom(8).hex(),
        "kind": "gap",
        "time": stamp(time.time()),
        "device": device,
        "user": user,
        "reason": reason,
        "missing": missing,
    }
    spool.append(folder, body, {})
    yield from ()


def _done(folder: int, acknowledged: dict[str, int]) -> list[str]:
    known = mend.segments(folder)
    if not _goes_on(folder):
        known = known[:-1]
    found = []
    for _first, last, name in known:
        fd, size = spool.open_file(folder, name, os.O_RDONLY)
        try:
            head = spool.tail(fd, size)
        finally:
            os.close(fd)
        if head is not None and head[1] == last and last <= acknowledged.get(head[0], -1):
            found.append(name)
    return found


def _goes_on(folder: int) -> bool:
    """Whether the open file ends in a record, so that the chain goes on from there: it may be new, or torn at its start."""
    try:
        fd, size = spool.open_file(folder, spool.CURRENT, os.O_RDONLY)
    except FileNotFoundError:
        return False
    try:
        return spool.tail(fd, size) is not None
    finally:
        os.close(fd)
