"""Writing files whole or not at all, and one process at a time."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import sys
import time
from typing import TYPE_CHECKING

from agentguard import plainfile
from agentguard.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

_LEFT = re.compile(r"\.[0-9a-f]{8}\.new$")  # beside every file that is being replaced
_HOUR = 3600
_PAUSE = 0.1  # seconds between two tries to get a lock


def replace(path: str, data: bytes, mode: int) -> None:
    """Put a file with these bytes and this mode at `path` in one step, whatever was there, and have it on disk.

    Raises `ConfigError`.
    """
    beside = f"{path}.{secrets.token_hex(4)}.new"
    try:
        fd = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), mode)
        try:
            with os.fdopen(fd, "wb") as file:
                if sys.platform != "win32":
                    os.fchmod(fd, mode)  # the process's umask has no say in it
                file.write(data)
                file.flush()
                os.fsync(fd)
            os.replace(beside, path)
        except BaseException:
            with contextlib.suppress(OSError):
                os.unlink(beside)
            raise
        _sync_folder(os.path.dirname(path))
    except OSError as error:
        raise ConfigError(f"cannot write {path}: {reason(error)}") from None


def sweep(folder: str, now: float) -> None:
    """Take away what writes that were killed more than an hour ago have left in a folder and those beneath it."""
    for inside, _folders, names in os.walk(folder):
        for name in filter(_LEFT.search, names):
            path = os.path.join(inside, name)
            with contextlib.suppress(OSError):
                if now - os.lstat(path).st_mtime > _HOUR:
                    os.unlink(path)


def make_folder(path: str, mode: int) -> None:
    """Make a folder with this mode, and those above it, where they are missing. Raises `ConfigError`."""
    path = os.path.abspath(path)
    try:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with contextlib.suppress(FileExistsError):
            os.mkdir(path, mode)
            os.chmod(path, mode)  # the process's umask has no say in it
    except OSError as error:
        raise ConfigError(f"cannot make the folder {path}: {reason(error)}") from None
    if not os.path.isdir(path):
        raise ConfigError(f"{path} is not a folder")


def read(path: str, limit: int) -> bytes:
    """Return the content of a file that somebody named, a pipe perhaps, of at most `limit` bytes. Raises `ConfigError`."""
    return plainfile.read(path, limit, link=True, pipe=True)


@contextlib.contextmanager
def locked(path: str, *, tries: int = 100) -> Iterator[bool]:
    """Hold the lock file at `path` and give True; False if another process kept it through all tries. Raises `ConfigError`."""
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except OSError as error:
        raise ConfigError(f"cannot lock {path}: {reason(error)}", hint=f"if it is a link: rm {path}") from None
    try:
        yield _lock(fd, tries)
    finally:
        os.close(fd)


def reason(error: OSError) -> str:
    """Return what the operating system said."""
    return (error.strerror or str(error)).lower()


def _lock(fd: int, tries: int) -> bool:
    for left in reversed(range(tries)):
        try:
            if sys.platform == "win32":
                import msvcrt  # noqa: PLC0415 - Windows only

                msvcrt.locking(fd, msvcrt.LK_NBLCK, 1)
            else:
                import fcntl  # noqa: PLC0415 - not on Windows

                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            if left:
                time.sleep(_PAUSE)
        else:
            return True
    return False


def _sync_folder(path: str) -> None:
    """Have the folder's own entry on disk: a rename is only safe then (fsync(2))."""
    if sys.platform == "win32":
        return
    fd = os.open(path or ".", os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
