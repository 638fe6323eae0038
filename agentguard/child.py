"""A piece of work in a process of its own: with less rights, and neither trusted nor waited for for long.

For what root must not do itself (anything in a folder of somebody else's) and for what may never come back (a directory of
accounts, a home on a server that is down).

- The child gives up root's rights before it does anything: no other group, group and user in all three of their kinds.
  It keeps no descriptor but its pipe. The kernel lets nobody look into a process that has changed its user (proc(5),
  /proc/sys/fs/suid_dumpable; ptrace(2), "Ptrace access mode checking"), so what root knew stays unknown.
- It hands items over a pipe, each with its length before it. The parent reads without waiting, and takes what comes for
  hostile: so many bytes and no more, and in the end every item whole, or nothing at all.
- The owner of a child can stop it. What counts is how long the parent has *waited* for it, so a child loses nothing while
  the parent is busy elsewhere; one that is waited for too long is ended.

Sources: credentials(7), setresuid(2), pipe(7).
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import NoReturn

SECONDS = 10.0  # that a child is waited for
_LENGTH = 4  # bytes before each item, big-endian
_ERROR = 0xFFFFFFFF  # in place of a length: what follows is the text of an error
_ERROR_LIMIT = 500  # bytes
_DESCRIPTORS = 4096  # that may be open in a process of ours
_CHUNK = 1 << 16


class ChildError(Exception):
    """The work could not be done; the message says why, in words that can be shown."""


class Child:
    """Work that runs. `ids`: whose rights (user, group) to take first, None for this process's own."""

    __slots__ = ("_data", "_limit", "_pid", "_pipe", "_seconds", "waited")

    def __init__(
        self,
        job: Callable[[], Iterable[bytes]],
        limit: int,
        *,
        ids: tuple[int, int] | None = None,
        seconds: float = SECONDS,
    ) -> None:
        self._data = bytearray()
        self._limit = limit
        self._seconds = seconds
        self.waited = 0.0
        self._pipe, writing = os.pipe()
        try:
            self._pid = os.fork()
        except OSError:
            os.close(self._pipe)
            os.close(writing)
            raise
        if self._pid == 0:
            _run(job, ids, writing)
        os.close(writing)
        os.set_blocking(self._pipe, False)

    def fileno(self) -> int:
        """Return what can be waited on: it is readable when `result` has something to do."""
        return self._pipe

    def result(self) -> list[bytes] | None:
        """Return the items if the child has finished, None if it has not yet. Raises `ChildError`, and ends it then."""
        try:
            while chunk := os.read(self._pipe, _CHUNK):
                self._data += chunk
                if len(self._data) > self._limit + _ERROR_LIMIT:
                    self.end()
                    raise ChildError(f"it gave more than {self._limit} bytes")
        except BlockingIOError:
            if self.waited < self._seconds:
                return None
            self.end()
            raise ChildError(f"it took longer than {self._seconds:.0f} s") from None
        self.end()
        return _items(bytes(self._data))

    def end(self) -> None:
        """End the child, if it still runs, and leave nothing of it. One that has handed all over needs no time to end."""
        if self._pid:
            os.close(self._pipe)
            with contextlib.suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            os.waitpid(self._pid, 0)
            self._pid = 0


def run(
    job: Callable[[], Iterable[bytes]], limit: int, *, ids: tuple[int, int] | None = None, seconds: float = SECONDS
) -> list[bytes]:
    """Return what `job` yields, done by a child, at most `limit` bytes with 4 more for each item. Raises `ChildError`."""
    if not hasattr(os, "fork"):  # Windows, where nothing of a person's is shared
        return list(job())
    child = Child(job, limit, ids=ids, seconds=seconds)
    try:
        while (found := child.result()) is None:
            wait([child])
    finally:
        child.end()
    return found


def wait(children: Sequence[Child], *, idle: bool = True) -> list[Child]:
    """Return the children of which something can be taken. `idle`: wait for one, as long as it is patient with all."""
    if not children:
        return []
    patience = min(max(0.0, child._seconds - child.waited) for child in children) if idle else 0.0  # noqa: SLF001 - ours
    start = time.monotonic()
    ready = select.select(children, [], [], patience)[0]
    spent = time.monotonic() - start
    for child in children:
        child.waited += 0.0 if child in ready else spent
    return [child for child in children if child in ready or child.waited >= child._seconds]  # noqa: SLF001


def _run(job: Callable[[], Iterable[bytes]], ids: tuple[int, int] | None, pipe: int) -> NoReturn:
    """Be the child: become the person, work, hand over, end."""
    try:
        os.closerange(3, pipe)
        os.closerange(pipe + 1, _DESCRIPTORS)
        if ids:
            _become(*ids)
        with os.fdopen(pipe, "wb") as file:
            try:
                for item in job():
                    file.write(len(item).to_bytes(_LENGTH, "big") + item)
                file.write(bytes(_LENGTH))  # an item without bytes is the end
            except Exception as error:  # noqa: BLE001 - the parent says what became of it
                text = (error.strerror or "").lower() if isinstance(error, OSError) else str(error)
                text = text or type(error).__name__
                file.write(_ERROR.to_bytes(_LENGTH, "big") + text.encode("ascii", "replace")[:_ERROR_LIMIT])
    finally:
        os._exit(0)


def _become(uid: int, gid: int) -> None:
    """Take the rights of somebody else for good. Raises OSError, and then nothing has been done with any rights."""
    os.setgroups([])
    if hasattr(os, "setresuid"):
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    else:  # macOS: for root these set all three (setuid(2))
        os.setgid(gid)
        os.setuid(uid)
    os.umask(0o077)


def _items(data: bytes) -> list[bytes]:
    found: list[bytes] = []
    pos = 0
    while pos + _LENGTH <= len(data):
        length = int.from_bytes(data[pos : pos + _LENGTH], "big")
        pos += _LENGTH
        if length == _ERROR:
            text = data[pos : pos + _ERROR_LIMIT].decode("ascii", "replace")
            raise ChildError("".join(one if one.isprintable() else "?" for one in text))
        if not length and pos == len(data):
            return found
        found.append(data[pos : pos + length])
        pos += length
    raise ChildError("it ended before it was done")
