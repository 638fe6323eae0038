"""Notices that the landing log has less than was signed for, and never goes on from there without a word.

The ledger is written after the log is on the disk, so whatever a crash does, the log has at least what the ledger knows.
A file that is shorter, or gone without having been retired, was cut, deleted or taken from an older backup. Then nothing
that follows the log may be opened: ledger and index would be made to fit it, and would be the last to know. The server
refuses to start until somebody puts the files back or accepts the loss, which

1. goes on in a new file of the log, so that no place is used twice, and there raises the alert `lost` for every chain,
2. puts the old index and the old ledger aside, in this order: as long as the ledger is there the loss is still noticed.

Whatever is interrupted in between is done again and says nothing twice.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from agentguard import jsontext
from agentguard.audit.record import stamp
from agentguard.collector import landing
from agentguard.collector.dayfile import ENDS
from agentguard.collector.fleet import FLEET, Fleet
from agentguard.collector.folders import INDEX, LANDING, LEDGER
from agentguard.collector.ingest import LOST
from agentguard.collector.landing import OWN, Landing, Reader
from agentguard.errors import AuditError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentguard.collector.keys import Keys

_ASIDE = "before-loss-"  # and the time
_SAID = 5  # files and chains that an error names
_LAST_RUN = (
    "SELECT offset + length FROM runs WHERE file = ? ORDER BY rowid DESC LIMIT 1"  # runs are in order of the log
)
_RUNS = "SELECT chain, first, last, offset, length FROM runs WHERE file = ? AND offset + length > ?"
_NEXT_FILE = "SELECT min(file) FROM runs WHERE file > ?"


class Short(NamedTuple):
    """A file of the log that has `size` bytes (0 if it is gone) of `signed` that are known."""

    file: int
    size: int
    signed: int

    def __str__(self) -> str:
        name = f"landing-{self.file:08d}.ndjson"
        return f"{name} has {self.size:,} of {self.signed:,} bytes" if self.size else f"{name} is gone"


class Lost(NamedTuple):
    """Records of a chain that were signed for and are not in the log: from `first` to `last`."""

    chain: str
    device: str
    first: int
    last: int

    def __str__(self) -> str:
        return f"{self.first} to {self.last} of chain {self.chain} of {self.device}"


class Loss(NamedTuple):
    """What is missing. `records` is empty where only the index is left to know that something is."""

    files: list[Short]
    records: list[Lost]

    def text(self) -> str:
        """Return it in words, as far as it can be read in one go."""
        return "; ".join([*_some(self.files, "files"), *_some(self.records, "ranges of records")])


def check(keys: Keys) -> None:
    """Raise `ConfigError` if the landing log in a data folder has less than was signed for."""
    loss = find(keys)
    if loss.files:
        raise ConfigError(
            f"{keys.path(LANDING)} has less than this collector signed for: {loss.text()}",
            hint=f"put these files back; to go on without them: agentguard collector accept-loss --data {keys.folder}",
        )


def find(keys: Keys) -> Loss:
    """Return what the landing log in a data folder lacks. Raises OSError."""
    log = Reader(keys.path(LANDING))
    path = keys.path(LEDGER)
    if os.path.exists(path):
        with contextlib.suppress(sqlite3.Error), contextlib.closing(_opened(path)) as db:
            return _of_ledger(db, log)
    try:
        with contextlib.closing(Fleet(os.path.join(keys.path(INDEX), FLEET), write=False)) as fleet:
            return Loss(list(_short(log, [fleet.cursor()])), [])
    except (sqlite3.Error, FileNotFoundError):
        return Loss([], [])


def accept(keys: Keys, now: float) -> tuple[Loss, str]:
    """Go on without what is missing; return that, and the folder in which the old ledger and index are now.

    Raises `ConfigError` if a server runs, and OSError.
    """
    with contextlib.closing(Landing(keys.path(LANDING))) as log:
        loss = find(keys)
        if not loss.files:
            return loss, ""
        newest = max(short.file for short in loss.files)
        if log.number <= newest:
            log.go_on_after(newest)
        said = {(alert["chain"], alert["first"], alert["last"]) for alert in _alerts(log)}
        alerts = [alert for alert in _told(loss, stamp(now))
                  if (alert["chain"], alert["first"], alert["last"]) not in said]  # fmt: skip
        if alerts:
            log.append([jsontext.dumps(alert).encode("ascii") for alert in alerts])
        aside = keys.path(_ASIDE + stamp(now)[:19].replace(":", "-"))
        os.makedirs(aside, mode=0o700, exist_ok=True)
        for name in (INDEX, *(LEDGER + end for end in ENDS[::-1])):
            with contextlib.suppress(FileNotFoundError):
                os.rename(keys.path(name), os.path.join(aside, name))
        for folder in (aside, keys.folder):
            _sync(folder)
        return loss, aside


def _opened(path: str) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{quote(path)}?mode=rw", uri=True)


def _of_ledger(db: sqlite3.Connection, log: Reader) -> Loss:
    cursor = db.execute("SELECT file, offset FROM cursor").fetchone()
    ends = []
    file = db.execute(_NEXT_FILE, (-1,)).fetchone()[0]
    while file is not None:
        ends.append((file, db.execute(_LAST_RUN, (file,)).fetchone()[0]))
        file = db.execute(_NEXT_FILE, (file,)).fetchone()[0]
    files = list(_short(log, [*ends, cursor]))
    if files:  # a file may have been retired since the ledger was last on the disk
        retired = {number for (number,) in db.execute("SELECT file FROM retired")}
        retired.update(header["retired"] for header in _headers(log, cursor) if "retired" in header)
        files = [short for short in files if short.size or short.file not in retired]
    devices = dict(db.execute("SELECT chain, device FROM chains")) if files else {}
    ranges: dict[str, list[tuple[int, int]]] = {}
    for short in files:
        for chain, first, last, offset, length in db.execute(_RUNS, (short.file, short.size)):
            there = _newest(log, (short.file, offset, length)) if short.size > offset else None
            if there is None or there < last:
                ranges.setdefault(chain, []).append((first if there is None else there + 1, last))
    records = [
        Lost(chain, devices.get(chain, ""), *span) for chain in sorted(ranges) for span in _merged(ranges[chain])
    ]
    return Loss(files, records)


def _short(log: Reader, ends: list[tuple[int, int]]) -> Iterator[Short]:
    """Yield the files of the log that are shorter than they are known to be."""
    known: dict[int, int] = {}
    for file, end in ends:
        known[file] = max(end, known.get(file, 0))
    for file, end in sorted(known.items()):
        try:
            size = os.stat(log.path(file)).st_size
        except FileNotFoundError:
            size = 0
        if size < end:
            yield Short(file, size, end)


def _newest(log: Reader, run: tuple[int, int, int]) -> int | None:
    """Return the number of the last record that is left of a run that was cut."""
    file, offset, length = run
    newest = None
    with contextlib.suppress(AuditError):
        for place, raw in log.entries_of(file, offset):
            if place.offset >= offset + length:
                break
            entry = landing.parse(raw)
            newest = entry.line.seq if entry.line else newest
    return newest


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def _headers(log: Reader, start: tuple[int, int]) -> Iterator[dict[str, Any]]:
    with contextlib.suppress(FileNotFoundError):  # the whole folder is gone
        for _place, raw in log.entries(*start):
            yield landing.parse(raw).header


def _alerts(log: Landing) -> Iterator[dict[str, Any]]:
    """Yield the alerts about a loss in the newest file of the log."""
    return (header for header in _headers(log, (log.number, 0)) if header.get("alert") == LOST)


def _told(loss: Loss, at: str) -> Iterator[dict[str, Any]]:
    """Yield what is said of a loss: one alert for each range, or one for all where no more is known."""
    about = "; ".join(_some(loss.files, "files"))
    for one in loss.records or [Lost("", OWN, 0, 0)]:
        yield {"at": at, "device": one.device, "alert": LOST, "chain": one.chain, "first": one.first, "last": one.last,
               "about": about}  # fmt: skip


def _some(found: list[Any], what: str) -> list[str]:
    more = [f"and {len(found) - _SAID} more {what}"] if len(found) > _SAID else []
    return [*map(str, found[:_SAID]), *more]


def _sync(folder: str) -> None:
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
