"""Reads a spool: every line of every file, in order, and nothing skipped in silence.

The lock is held only while it is noted which files there are and how long they are, so that no reader sees half a line
and no hook waits for a reader. A line that cannot be read is yielded too; its `problem` says why.
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from agentguard.audit import lines, mend, spool
from agentguard.errors import SpoolError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Self

    from agentguard.audit.lines import Line

CUT_OFF = "cut off"
_FILE_LIMIT = 4 * spool.SEGMENT_BYTES  # bytes; no file of ours is longer


class Contents:
    """A spool at one moment: a context that keeps its folder and its open file.

    `files`: (name, bytes to read) of the record files, oldest first. `aside`: names of torn and damaged pieces. The
    file that hooks append to is opened while nobody can rename it.
    """

    __slots__ = ("_current", "_folder", "aside", "files")

    def __init__(self, folder: str) -> None:
        self._folder = self._current = -1
        self.files: list[tuple[str, int]] = []
        self.aside: list[str] = []
        try:
            self._folder = spool.open_folder(folder)
            self._look_under_lock()
        except FileNotFoundError:  # there is no spool
            pass
        except OSError as error:
            self.close()
            raise SpoolError(f"{folder} cannot be read: {error.strerror}") from None
        except SpoolError:
            self.close()
            raise

    def _look_under_lock(self) -> None:
        try:
            lock, _size = spool.open_file(self._folder, spool.LOCK, os.O_RDWR)
        except FileNotFoundError:
            self._look()
            return
        try:
            spool.take(lock, fcntl.LOCK_SH)
            self._look()
        finally:
            os.close(lock)

    def _look(self) -> None:
        names = os.listdir(self._folder)
        self.aside = sorted(name for name in names if name.startswith(("torn-", "damaged-")))
        for _first, _last, name in mend.segments(self._folder):
            self.files.append((name, os.stat(name, dir_fd=self._folder, follow_symlinks=False).st_size))
        if spool.CURRENT in names:
            self._current, size = spool.open_file(self._folder, spool.CURRENT, os.O_RDONLY)
            self.files.append((spool.CURRENT, size))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """Close what is open."""
        for fd in (self._current, self._folder):
            if fd >= 0:
                os.close(fd)
        self._current = self._folder = -1

    def lines(self, name: str, size: int) -> Iterator[Line]:
        """Yield the lines in the first `size` bytes of a file. One that was freed meanwhile has none."""
        try:
            data = self._bytes(name, size)
        except FileNotFoundError:
            return
        except (OSError, SpoolError) as error:
            yield _problem(name, 0, b"", f"cannot be opened: {getattr(error, 'strerror', None) or error}")
            return
        start, number = 0, 1
        while (end := data.find(b"\n", start)) >= 0:
            line = lines.parse(data[start:end])
            line.file, line.number = name, number
            yield line
            start, number = end + 1, number + 1
        if size > _FILE_LIMIT:
            yield _problem(name, number, data[start:], "the file is longer than a file of the spool can be")
        elif start < size:
            yield _problem(name, number, data[start:], CUT_OFF)

    def _bytes(self, name: str, size: int) -> bytes:
        if name == spool.CURRENT:
            return os.pread(self._current, min(size, _FILE_LIMIT), 0)
        fd, _size = spool.open_file(self._folder, name, os.O_RDONLY)
        try:
            return os.pread(fd, min(size, _FILE_LIMIT), 0)
        finally:
            os.close(fd)


def _problem(name: str, number: int, raw: bytes, what: str) -> Line:
    line = lines.Line(raw, what)
    line.file, line.number = name, number
    return line


def read(folder: str) -> Iterator[Line]:
    """Yield every line of the spool at `folder`, oldest first. A spool that is not there has none.

    Raises `SpoolError` if the folder is not this person's own.
    """
    with Contents(folder) as contents:
        for name, size in contents.files:
            yield from contents.lines(name, size)


def newest(folder: str, count: int) -> list[Line]:
    """Return the last `count` lines of the spool, oldest first, reading no more files than it takes."""
    found: list[Line] = []
    with Contents(folder) as contents:
        for name, size in reversed(contents.files):
            if len(found) >= count:
                break
            found = [*contents.lines(name, size), *found]
    return found[-count:] if count > 0 else []
