"""The landing log: every record as it came, in files that are only ever appended to. The truth of the collector.

An entry is one line: a header (JSON), and for a record a tab and the record's line, byte for byte. What is in a file
when `append` returns is on the disk. Indexes are cursors over the log and can be made again from it.

    {"at":"…","device":"…","flag":""}<tab>{"b":…}      flag: "", fork or broken
    {"at":"…","device":"…","alert":"gap","chain":"…","first":1,"last":2}
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard import jsontext
from agentguard.audit import lines
from agentguard.errors import AuditError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentguard.audit.lines import Line

FILE_BYTES = 64 * 1024 * 1024
_CHUNK = 1024 * 1024


class Place(NamedTuple):
    """Where an entry stands: number of the file, offset and length in bytes (newline not counted)."""

    file: int
    offset: int
    length: int


class Entry(NamedTuple):
    """One entry: its header and, for a record, the line."""

    header: dict[str, Any]
    line: Line | None


def record(at: str, device: str, flag: str, line: Line) -> bytes:
    """Return the entry for a record."""
    return jsontext.dumps({"at": at, "device": device, "flag": flag}).encode("ascii") + b"\t" + line.raw


def alert(at: str, device: str, kind: str, chain: str, numbers: tuple[int, int]) -> bytes:
    """Return the entry for an alert about the records of a chain from the first to the last of `numbers`."""
    value = {"at": at, "device": device, "alert": kind, "chain": chain, "first": numbers[0], "last": numbers[1]}
    return jsontext.dumps(value).encode("ascii")


def parse(raw: bytes) -> Entry:
    """Return the entry in `raw`. Raises `AuditError` if the log is damaged there."""
    header, tab, rest = raw.partition(b"\t")
    try:
        value = jsontext.loads(header)
    except jsontext.JsonError:
        value = None
    line = lines.parse(rest) if tab else None
    if not isinstance(value, dict) or (line is not None and line.problem):
        raise AuditError("the landing log is damaged")
    return Entry(value, line)


class Landing:
    """The landing log in a folder. One process has it. Raises OSError, and `ConfigError` if another process has it."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self._lock = os.open(os.path.join(folder, "lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise ConfigError(f"another collector is using {folder}") from None
        numbers = [int(name[8:-7]) for name in os.listdir(folder) if name.startswith("landing-")]
        self.number = max(numbers, default=1)
        self._fd, self._size = self._open_to_write(self.number)

    def close(self) -> None:
        """Let another process have it."""
        os.close(self._fd)
        os.close(self._lock)

    def end(self) -> tuple[int, int]:
        """Return the place of the next entry: number of the file and offset."""
        return self.number, self._size

    def append(self, entries: list[bytes]) -> None:
        """Write entries and have them on the disk. On OSError none of them is there."""
        data = b"".join(entry + b"\n" for entry in entries)
        if self._size and self._size + len(data) > FILE_BYTES:
            self._next_file()
        try:
            written = 0
            while written < len(data):
                written += os.write(self._fd, data[written:])
            os.fsync(self._fd)
        except OSError:
            os.ftruncate(self._fd, self._size)
            raise
        self._size += len(data)

    def entries(self, number: int, offset: int) -> Iterator[tuple[Place, bytes]]:
        """Yield every entry from a place on, in order."""
        while number <= self.number:
            yield from self._entries_of(number, offset)
            number, offset = number + 1, 0

    def read(self, place: Place) -> bytes:
        """Return the entry at a place."""
        with open(self._path(place.file), "rb") as file:
            file.seek(place.offset)
            return file.read(place.length)

    def _entries_of(self, number: int, offset: int) -> Iterator[tuple[Place, bytes]]:
        with open(self._path(number), "rb") as file:
            file.seek(offset)
            rest = b""
            while chunk := file.read(_CHUNK):
                *rows, rest = (rest + chunk).split(b"\n")
                for row in rows:
                    yield Place(number, offset, len(row)), row
                    offset += len(row) + 1

    def _next_file(self) -> None:
        """Go on in a new file."""
        fd, size = self._open_to_write(self.number + 1)
        os.close(self._fd)
        self._fd, self._size, self.number = fd, size, self.number + 1

    def _path(self, number: int) -> str:
        return os.path.join(self._folder, f"landing-{number:08d}.ndjson")

    def _open_to_write(self, number: int) -> tuple[int, int]:
        """Open a file: (descriptor, size). What follows its last newline was never acknowledged, and goes."""
        fd = os.open(self._path(number), os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
        size = os.fstat(fd).st_size
        keep = size
        while keep:
            start = max(0, keep - _CHUNK)
            newline = os.pread(fd, keep - start, start).rfind(b"\n")
            keep = start + newline + 1
            if newline >= 0 or not start:
                break
        if keep != size:
            os.ftruncate(fd, keep)
        folder = os.open(self._folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return fd, keep
