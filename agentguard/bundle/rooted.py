"""Reads files, and tells whether only root could have written them.

A file is rooted when it and every folder above it, up to `/`, belong to uid 0, are not writable by group or others, and
none of them is a link. Folders are opened one by one, each from the descriptor of the one above, and judged by `fstat`
of what was opened, so nothing can be swapped in between. A sticky folder that others may write (`/tmp`) does not count.
An access control list that lets somebody else write shows in the group bits of the mode (acl(5)).
"""

from __future__ import annotations

import os
import stat
import sys

from agentguard.errors import SealError

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH
_WALKS = os.open in os.supports_dir_fd
_FOLDER = getattr(os, "O_PATH", os.O_RDONLY) | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_CLOEXEC", 0)
_FILE = (
    os.O_RDONLY
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_NOCTTY", 0)
    | getattr(os, "O_BINARY", 0)
)
_WHOLE_MAP = [b"0", b"0", b"4294967295"]  # user_namespaces(7): the map of the first namespace


class Folder:
    """An open folder. `unsafe` says why its content cannot be trusted to be root's; "" if only root can write it."""

    __slots__ = ("_fd", "_path", "unsafe")

    def __init__(self, path: str) -> None:
        """Open `path`. Raises OSError."""
        self._path = path
        self._fd = -1
        if not _WALKS:
            self.unsafe = "this system has no way to tell"
            return
        fd, self.unsafe = _walk(path)
        self._fd = fd if fd >= 0 else os.open(path, _FOLDER)

    def read(self, name: str, limit: int) -> tuple[bytes, str] | None:
        """Return (content, why it is unsafe or ""), or None where no such file is.

        One bounded read of a regular file; never follows a link and never waits. Raises `SealError`.
        """
        where = os.path.join(self._path, name)
        try:
            fd = os.open(name, _FILE, dir_fd=self._fd) if self._fd >= 0 else os.open(where, _FILE)
        except FileNotFoundError:
            return None
        except OSError as error:
            raise SealError(f"cannot read {where}: {_reason(error)}") from None
        try:
            status = os.fstat(fd)
            if not stat.S_ISREG(status.st_mode):
                raise SealError(f"{where} is not a regular file")
            if status.st_size > limit:
                raise SealError(f"{where} is larger than {limit} bytes")
            chunks = []
            left = limit + 1
            while left > 0 and (chunk := os.read(fd, left)):
                chunks.append(chunk)
                left -= len(chunk)
        except OSError as error:
            raise SealError(f"cannot read {where}: {_reason(error)}") from None
        finally:
            os.close(fd)
        data = b"".join(chunks)
        if len(data) > limit:
            raise SealError(f"{where} is larger than {limit} bytes")
        return data, self.unsafe or _judge(status, where)

    def close(self) -> None:
        """Close the folder."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


def first_namespace() -> bool:
    """Whether uid 0 here is the machine's own root, not somebody's in a user namespace of theirs."""
    if not sys.platform.startswith("linux"):
        return True
    try:
        fd = os.open("/proc/self/uid_map", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return os.path.exists("/proc/self/status")  # a kernel without user namespaces has no such map
    try:
        return os.read(fd, 4096).split() == _WHOLE_MAP
    finally:
        os.close(fd)


def _walk(path: str) -> tuple[int, str]:
    """Return (descriptor, "") of a folder that only root can write, else (-1, why)."""
    if sys.platform == "darwin" and path.startswith(("/var/", "/etc/")):
        path = "/private" + path  # links that come with macOS
    here = os.open("/", _FOLDER)
    done = "/"
    unsafe = _judge(os.fstat(here), done)
    for name in path.split("/"):
        if unsafe:
            break
        if not name:
            continue
        done = os.path.join(done, name)
        try:
            below = os.open(name, _FOLDER | os.O_NOFOLLOW, dir_fd=here)
        except OSError as error:
            unsafe = f"cannot open {done}: {_reason(error)}"
            break
        os.close(here)
        here = below
        unsafe = _judge(os.fstat(here), done)
    if unsafe:
        os.close(here)
        return -1, unsafe
    return here, ""


def _judge(status: os.stat_result, where: str) -> str:
    if status.st_uid != 0:
        return f"{where} does not belong to root"
    if status.st_mode & _OTHERS_WRITE:
        return f"{where} can be written by others than root"
    return ""


def _reason(error: OSError) -> str:
    return (error.strerror or "unknown reason").lower()
