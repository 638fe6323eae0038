"""The landing log: every record as it came, in files that are only ever appended to. The truth of the collector.

An entry is one line: a header (JSON), and for a record a tab and the record's line, byte for byte. What is in a file
when `append` returns is on the disk; requests that come at the same time share one write and one fsync. Indexes are
cursors over the log and can be made again from it.

    {"at":"…","device":"…","flag":""}<tab>{"b":…}      flag: "", fork or broken; spaces before the tab are what the texts
                                                       had taken that were erased since
    {"at":"…","device":"…","alert":"gap","chain":"…","first":1,"last":2,"about":"…"}
    {"at":"…","retired":3,"removed":[…],"chains":[…],"left":[…]}
                                                       file 3 is older than every retention; what it held, in numbers
"""

from __future__ import annotations

import fcntl
import functools
import os
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard import jsontext
from agentguard.bundle import files
from agentguard.collector import fast
from agentguard.errors import AuditError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agentguard.audit.lines import Line

OWN = "collector"  # the name of the device that the collector itself is
FILE_BYTES = 64 * 1024 * 1024
_OFFSET_BITS = 27  # of a number: no file is longer than FILE_BYTES and the largest group of requests
_CHUNK = 1024 * 1024
_MOST_OPEN = 128  # files that stay open to be read
_USUAL = 4096  # bytes; most entries are shorter


class Place(NamedTuple):
    """Where an entry stands: number of the file, offset and length in bytes (newline not counted)."""

    file: int
    offset: int
    length: int

    @property
    def number(self) -> int:
        """The entry's number: one number for file and offset, higher for every later entry."""
        return self.file << _OFFSET_BITS | self.offset


class Entry(NamedTuple):
    """One entry: its header and, for a record, the line."""

    header: dict[str, Any]
    line: Line | None


def position(number: int) -> tuple[int, int]:
    """Return file and offset of the entry with a number."""
    return number >> _OFFSET_BITS, number & ((1 << _OFFSET_BITS) - 1)


def record_start(at: str, device: str, flag: str) -> bytes:
    """Return what stands before a record's line."""
    return jsontext.dumps({"at": at, "device": device, "flag": flag}).encode("ascii") + b"\t"


def parse(raw: bytes) -> Entry:
    """Return the entry in `raw`. Raises `AuditError` if the log is damaged there."""
    start, tab, rest = raw.partition(b"\t")
    line = fast.parsed_before(rest) if tab else None
    if line and line.problem:
        raise AuditError("the landing log is damaged")
    return Entry(_header(start), line)


@functools.lru_cache(maxsize=64)
def _header(raw: bytes) -> dict[str, Any]:
    """Return a header, which all records of a request have in common. Nobody may change it."""
    try:
        value = jsontext.loads(raw)
    except jsontext.JsonError:
        value = None
    if not isinstance(value, dict):
        raise AuditError("the landing log is damaged")
    return value


class Reader:
    """Reads the landing log in a folder; any process and any thread may. Raises OSError."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._open: dict[int, int] = {}  # descriptors of files that single entries were read from
        self._opening = threading.Lock()

    def close(self) -> None:
        """Close what is open."""
        while self._open:
            os.close(self._open.popitem()[1])

    def files(self) -> list[int]:
        """Return the numbers of the files, in order."""
        names = os.listdir(self._folder)
        return sorted(int(name[8:-7]) for name in names if name.startswith("landing-") and name[8:-7].isdigit())

    def bytes_between(self, start: tuple[int, int], end: tuple[int, int]) -> int:
        """Return how many bytes stand from one place to another."""
        between = sum(os.stat(self.path(file)).st_size for file in self.files() if start[0] <= file < end[0])
        return between + end[1] - start[1]

    def entries(self, number: int, offset: int) -> Iterator[tuple[Place, bytes]]:
        """Yield every whole entry from a place on, in order."""
        for file in self.files():
            if file >= number:
                yield from self.entries_of(file, offset if file == number else 0)

    def read(self, number: int) -> bytes:
        """Return the entry with a number. Raises `AuditError` if its file is gone."""
        file, offset = position(number)
        with self._opening:
            fd = self._descriptor(file)
            data = os.pread(fd, _USUAL, offset)
            while b"\n" not in data and (more := os.pread(fd, _CHUNK, offset + len(data))):
                data += more
        return data.partition(b"\n")[0]

    def _descriptor(self, file: int) -> int:
        fd = self._open.pop(file, None)
        if fd is None:
            try:
                fd = os.open(self.path(file), os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                raise AuditError("the record is older than every retention") from None
            if len(self._open) >= _MOST_OPEN:
                os.close(self._open.pop(next(iter(self._open))))
        self._open[file] = fd  # the one that was used last comes last
        return fd

    def newest(self, number: int) -> str:
        """Return when the newest entry of a file came, "" if it has none."""
        with open(self.path(number), "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _CHUNK))
            rows = file.read().rpartition(b"\n")[0].splitlines()  # a file that was cut may end anywhere
        return str(parse(rows[-1]).header["at"]) if rows else ""

    def path(self, number: int) -> str:
        """Return the path of a file."""
        return os.path.join(self._folder, f"landing-{number:08d}.ndjson")

    def entries_of(self, number: int, offset: int = 0) -> Iterator[tuple[Place, bytes]]:
        """Yield every whole entry of a file, from an offset on."""
        with open(self.path(number), "rb") as file:
            file.seek(offset)
            rest = b""
            while chunk := file.read(_CHUNK):
                *rows, rest = (rest + chunk).split(b"\n")
                for row in rows:
                    yield Place(number, offset, len(row)), row
                    offset += len(row) + 1


class _Waiting:
    """Bytes that wait to be written, what to tell whom once they are, and what came of it."""

    __slots__ = ("data", "done", "error", "note")

    def __init__(self, data: bytes, note: Any) -> None:
        self.data = data
        self.note = note
        self.done = False
        self.error: Exception | None = None


class Landing(Reader):
    """The landing log, to write to. One process has it. Raises OSError, and `ConfigError` if another process has it.

    `written` is told of every group of appended entries that is on the disk, in the order of the log:
    [(file, offset, note), …], and where the log ends then. It runs while nothing else is appended.
    """

    def __init__(self, folder: str) -> None:
        super().__init__(folder)
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self._lock = os.open(os.path.join(folder, "lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(self._lock)
            raise ConfigError(f"another collector is using {folder}", hint="stop the server first") from None
        for name in os.listdir(folder):
            if name.endswith(".new"):  # `rewrite` was interrupted
                os.unlink(os.path.join(folder, name))
        self.number = max(self.files(), default=1)
        self._fd, self._size = self._open_to_write(self.number)
        self._queue: list[_Waiting] = []
        self._queue_lock = threading.Lock()
        self.still = threading.Lock()  # whoever holds it knows that nothing is written
        self.landed: Callable[[], object] = lambda: None  # told after that
        self.written: Callable[[list[tuple[int, int, Any]], tuple[int, int]], None] = lambda _notes, _end: None

    def close(self) -> None:
        """Let another process have it."""
        super().close()
        os.close(self._fd)
        os.close(self._lock)

    def end(self) -> tuple[int, int]:
        """Return the place of the next entry: number of the file and offset."""
        return self.number, self._size

    def append(self, entries: list[bytes], note: Any = None) -> None:
        """Write entries and have them on the disk. On OSError none of them is there.

        Whoever comes first writes for all who wait; the others find it done.
        """
        mine = _Waiting(b"".join(entry + b"\n" for entry in entries), note)
        with self._queue_lock:
            self._queue.append(mine)
        with self.still:
            if not mine.done:
                with self._queue_lock:
                    group, self._queue = self._queue, []
                self._commit(group)
        if mine.error:
            raise mine.error

    def go_on_after(self, number: int) -> None:
        """Go on in a new file, whose number is above this one and that of every file."""
        with self.still:
            self._next_file(number)

    def rewrite(self, number: int, entries: dict[int, bytes]) -> None:
        """Put these entries in the places of others of the same length, {offset: entry}: all of them or none."""
        with self.still:
            with open(self.path(number), "rb") as old:
                data = bytearray(old.read())
            for offset, entry in entries.items():
                if data[offset + len(entry) : offset + len(entry) + 1] != b"\n":
                    raise ValueError(offset)
                data[offset : offset + len(entry)] = entry
            files.replace(self.path(number), bytes(data), 0o600)
            self._forget(number)
            if number == self.number:
                os.close(self._fd)
                self._fd, self._size = self._open_to_write(number)

    def remove(self, number: int) -> None:
        """Delete a file that is not the newest one."""
        if number != self.number:
            os.unlink(self.path(number))
            self._forget(number)

    def _forget(self, number: int) -> None:
        with self._opening:
            fd = self._open.pop(number, None)
            if fd is not None:
                os.close(fd)

    def _commit(self, group: list[_Waiting]) -> None:
        try:
            number, offset = self._write(b"".join(one.data for one in group))
            notes = []
            for one in group:
                notes.append((number, offset, one.note))
                offset += len(one.data)
            self.written(notes, self.end())
            self.landed()
        except Exception as error:  # noqa: BLE001 - it is raised in every thread of the group
            for one in group:
                one.error = error
        for one in group:
            one.done = True

    def _write(self, data: bytes) -> tuple[int, int]:
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
        place = self.number, self._size
        self._size += len(data)
        return place

    def _next_file(self, after: int = 0) -> None:
        """Go on in a new file, with the next number above both `after` and the newest one."""
        number = max(after, self.number) + 1
        fd, size = self._open_to_write(number)
        os.close(self._fd)
        self._fd, self._size, self.number = fd, size, number

    def _open_to_write(self, number: int) -> tuple[int, int]:
        """Open a file: (descriptor, size). What follows its last newline was never acknowledged, and goes."""
        fd = os.open(self.path(number), os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW, 0o600)
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
