"""Who opens what: every open beneath some folders waits until it has been written down, so none is missed.

Source: fanotify(7), fanotify_init(2), fanotify_mark(2); needs root of the first user namespace.
"""

from __future__ import annotations

import ctypes
import os
import select
import struct
import threading
from types import TracebackType
from typing import Self

_CLASS_CONTENT, _CLOEXEC = 0x4, 0x1
_ADD = 0x1
_OPEN_PERM, _ONDIR, _ON_CHILD = 0x10000, 0x40000000, 0x08000000
_AT_FDCWD = -100
_EVENT = struct.Struct("=IBBHQii")
_ALLOW = 1


class Opens:
    """A context in which `found` collects (effective user, path) of every open of the folders and what lies in them."""

    def __init__(self, *folders: str) -> None:
        self.found: set[tuple[int, str]] = set()
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._fd = self._called(self._libc.fanotify_init(_CLASS_CONTENT | _CLOEXEC, os.O_RDONLY | os.O_CLOEXEC))
        for folder in folders:
            mask = ctypes.c_uint64(_OPEN_PERM | _ONDIR | _ON_CHILD)
            self._called(self._libc.fanotify_mark(self._fd, _ADD, mask, _AT_FDCWD, folder.encode()))
        self._ending = os.eventfd(0)
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.eventfd_write(self._ending, 1)
        self._thread.join()
        os.close(self._fd)
        os.close(self._ending)

    def by_others(self, uid: int) -> set[tuple[int, str]]:
        """Return the opens of everybody but this user."""
        return {one for one in self.found if one[0] != uid}

    def _called(self, result: int) -> int:
        if result < 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
        return result

    def _watch(self) -> None:
        while self._ending not in select.select([self._fd, self._ending], [], [])[0]:
            data = os.read(self._fd, 1 << 16)
            while data:
                length, _version, _reserved, _size, _mask, fd, pid = _EVENT.unpack_from(data)
                data = data[length:]
                self.found.add((_user(pid), os.readlink(f"/proc/self/fd/{fd}")))
                os.write(self._fd, struct.pack("=iI", fd, _ALLOW))
                os.close(fd)


def _user(pid: int) -> int:
    """Return the effective user of a process: the second number of its Uid line (proc(5))."""
    with open(f"/proc/{pid}/status", encoding="utf-8", errors="replace") as stream:
        return next(int(line.split()[2]) for line in stream if line.startswith("Uid:"))
