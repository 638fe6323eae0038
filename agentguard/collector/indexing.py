"""Writes the index: from where it is in the landing log to where the ledger is, piece by piece.

A piece goes into the files of its days first and is counted after that; whatever is interrupted in between is done again
and changes nothing twice. One process indexes; it may be killed at any moment.

What is counted is what each file must hold. One that is gone, damaged or has fewer or more is deleted and made again from
the log, between the pieces that come; until it is whole it is not there, and searches say that it is missing.
"""

from __future__ import annotations

import calendar
import contextlib
import fcntl
import functools
import os
import select
import shutil
import sqlite3
import sys
import time
from itertools import islice
from typing import TYPE_CHECKING, Any

from agentguard.audit import erase, query
from agentguard.collector import dayfile, fleet, landing, plan
from agentguard.collector.store import ALLOW, ASK, DENY, OTHER, READ
from agentguard.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from agentguard.collector.landing import Entry, Place, Reader

_PIECE = 1000  # entries
LANDED, FORGET, CHECK = b".", b"f", b"c"  # what comes through the pipe
_WAKES = 65536  # bytes that are read at once: however often it was woken, it looks once
_MOST_OPEN = 32  # files of days
_HEALTH = 200  # characters that are kept of what is wrong with a device
_NO_BEAT = ("", "", "")


class Indexer:
    """The index in a folder, to write to. `acknowledged` says where the log ends that may be indexed.

    Raises `ConfigError` if another process has it, OSError and sqlite3.Error if it cannot be used.
    """

    def __init__(self, folder: str, log: Reader, acknowledged: Callable[[], tuple[int, int]]) -> None:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        self._folder = folder
        self._log = log
        self._acknowledged = acknowledged
        self._files: dict[tuple[str, str], dayfile.Writer] = {}
        self._again: list[tuple[str, str]] = []  # parts whose files are made again: nothing else is written to them
        self._newest_day = ""
        self._lock = os.open(os.path.join(folder, "lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._fleet = self._opened()
        except BlockingIOError:
            os.close(self._lock)
            raise ConfigError(f"another collector is writing to {folder}") from None
        except BaseException:
            os.close(self._lock)
            raise
        try:
            self._check()
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Close all files, and let another process have them."""
        while self._files:
            self._files.popitem()[1].close()
        self._fleet.close()
        os.close(self._lock)

    def work(self) -> Iterator[int]:
        """Take in what is acknowledged and not here yet, and make again what is missing; yield after each piece.

        What is yielded is how many records were taken in. Whoever does not go on leaves the rest to the next time.
        """
        yield from self._news()
        while self._again:
            for _piece in self._made_again(self._again[0]):
                yield 0
                yield from self._news()
            self._again.pop(0)

    def catch_up(self) -> int:
        """Do all of it; return how many records were taken in."""
        return sum(self.work())

    def remove(self, day: str, kinds: Sequence[str], at: str) -> int:
        """Remove the records of these kinds that were received on a day or before; return how many that were."""
        parts = [part for part in self._fleet.parts()[1] if part.kind in kinds and part.day <= day]
        self._fleet.note_removed(
            [{"day": part.day, "verdict": part.kind, "records": part.records, "at": at} for part in parts]
        )
        for kind in kinds:
            self._fleet.forget_hours(kind, (_seconds(day + "T00") // 3600) + 24)
        self._fleet.drop(parts)
        for part in parts:
            self._discard(part[:2])
        return sum(part.records for part in parts)

    def make_again(self, parts: Iterable[tuple[str, str]]) -> None:
        """Delete the files of these parts (day and kind); whoever works next makes them again."""
        for where in parts:
            self._discard(where)
            self._again.append(where)

    def _check(self) -> None:
        """Find the files that do not hold what was counted, and delete those that nobody counts: something was interrupted."""
        cursor, parts = self._fleet.parts()
        known = [fleet.FLEET, *(dayfile.name(*part[:2]) for part in parts)]
        for name in {*os.listdir(self._folder)} - {"lock", *(name + end for name in known for end in dayfile.ENDS)}:
            os.unlink(os.path.join(self._folder, name))
        for part in parts:
            path = self._path(part[:2])
            problem = dayfile.problem(path, part.records, landing.Place(*cursor, 0).number)
            if problem:
                sys.stderr.write(f"agentguard: {path} {problem}: it is made again from the landing log\n")
                self.make_again([part[:2]])

    def _news(self) -> Iterator[int]:
        """Take in what is acknowledged and not here yet; yield after each piece how many records it had."""
        start, end = self._fleet.cursor(), self._acknowledged()
        if start >= end:
            return
        entries = self._until(end, self._log.entries(*start))
        while piece := list(islice(entries, _PIECE)):
            yield self._take(piece)

    def _made_again(self, where: tuple[str, str]) -> Iterator[None]:
        """Make the file of a part from the log, beside its place, and put it there when it is whole; yield now and then."""
        path = self._path(where)
        new = path + ".again"
        dayfile.discard(new)
        with contextlib.closing(dayfile.Writer(new)) as writer:
            place = (0, 0)
            while part := self._part(where):  # it may grow meanwhile
                place = max(place, landing.position(part.first))
                if landing.Place(*place, 0).number > part.last:
                    break
                entries = self._until(landing.position(part.last + 1), self._log.entries(*place))
                while piece := list(islice(entries, _PIECE)):
                    writer.add(self._rows_of(piece, where))
                    place = (piece[-1][0].file, piece[-1][0].offset + piece[-1][0].length + 1)
                    yield
                place = max(place, landing.position(part.last + 1))  # whatever is left of the log
            if part and writer.records != part.records:
                sys.stderr.write(
                    f"agentguard: {path}: {part.records:,} records were counted, the landing log has {writer.records:,}\n"
                )
                self._fleet.recount(part._replace(records=writer.records))
            if where[0] < self._newest_day:
                writer.finish()
        if part:
            os.replace(new, path)
        else:  # retention has removed it
            dayfile.discard(new)

    def _rows_of(self, piece: list[tuple[Place, bytes]], where: tuple[str, str]) -> list[dayfile.Row]:
        """Return the rows of a part that are among some entries; they are counted already."""
        rows = []
        for place, raw in piece:
            entry = landing.parse(raw)
            if entry.line is not None and part_of(entry) == where:
                rows.append(_row(place.number, where[1], entry, fleet.Tally()))
        return rows

    def _part(self, where: tuple[str, str]) -> fleet.Part | None:
        return next((part for part in self._fleet.parts()[1] if part[:2] == where), None)

    def _path(self, where: tuple[str, str]) -> str:
        return os.path.join(self._folder, dayfile.name(*where))

    def _discard(self, where: tuple[str, str]) -> None:
        writer = self._files.pop(where, None)
        if writer:
            writer.close()
        dayfile.discard(self._path(where))

    def _until(self, end: tuple[int, int], entries: Iterable[tuple[Place, bytes]]) -> Iterable[tuple[Place, bytes]]:
        for place, raw in entries:
            if (place.file, place.offset) >= end:
                return
            yield place, raw

    def _take(self, piece: list[tuple[Place, bytes]]) -> int:
        tally = fleet.Tally()
        rows: dict[tuple[str, str], list[dayfile.Row]] = {}
        for place, raw in piece:
            entry = landing.parse(raw)
            if entry.line is not None:
                where = part_of(entry)
                rows.setdefault(where, []).append(_row(place.number, where[1], entry, tally))
            elif "retired" in entry.header:
                self._fleet.note_removed(entry.header["removed"])
        for where, its_rows in rows.items():
            tally.parts.append(fleet.Part(*where, len(its_rows), its_rows[0].n, its_rows[-1].n))
            if where not in self._again:
                self._add(where, its_rows)
        last = piece[-1][0]
        self._fleet.add(tally, (last.file, last.offset + last.length + 1))
        self._finish_days(max((day for day, _kind in rows), default=""))
        return sum(map(len, rows.values()))

    def _add(self, where: tuple[str, str], rows: list[dayfile.Row]) -> None:
        """Add records to their file; one that turns out to be damaged is made again."""
        try:
            self._file(where).add(rows)
        except sqlite3.Error as error:
            if not dayfile.is_damage(error):
                raise
            sys.stderr.write(f"agentguard: {self._path(where)} {error}: it is made again from the landing log\n")
            self.make_again([where])

    def _file(self, where: tuple[str, str]) -> dayfile.Writer:
        writer = self._files.pop(where, None)
        if writer is None:
            if len(self._files) >= _MOST_OPEN:
                self._files.pop(next(iter(self._files))).close()
            writer = dayfile.Writer(self._path(where))
        self._files[where] = writer  # the one that was used last comes last
        return writer

    def _finish_days(self, newest: str) -> None:
        """Finish the files of days that are over, once a record of a later day has come."""
        if newest <= self._newest_day:
            return
        for where in [where for where in self._files if where[0] < newest]:
            self._files.pop(where).finish()
        self._newest_day = newest

    def _opened(self) -> fleet.Fleet:
        """Open the file that says where the index is; an index that is damaged or ahead of the log is made anew."""
        path = os.path.join(self._folder, fleet.FLEET)
        if os.path.exists(path):
            try:
                found = fleet.Fleet(path, write=True)
                if found.cursor() <= self._acknowledged():
                    return found
                found.close()
                problem = "is ahead of the landing log"
            except sqlite3.DatabaseError as error:
                if isinstance(error, sqlite3.OperationalError):  # it cannot be used now
                    raise
                problem = str(error)
            sys.stderr.write(f"agentguard: {path} {problem}: the index is made again from the landing log\n")
        clear(self._folder)
        return fleet.Fleet(path, write=True)


def clear(folder: str) -> None:
    """Delete an index; the landing log has everything that was in it."""
    for name in os.listdir(folder):
        if name != "lock":
            path = os.path.join(folder, name)
            shutil.rmtree(path) if os.path.isdir(path) else os.unlink(path)


def run(
    folder: str,
    log: Reader,
    acknowledged: Callable[[], tuple[int, int]],
    wake: int,
    forget: Callable[[Indexer], object],
) -> None:
    """Index whenever a byte comes through the pipe `wake`, until it is closed. What fails is tried again then.

    The byte `FORGET` has `forget` remove what has been kept long enough, `CHECK` has every file looked at again.
    """
    wakes = _Wakes(wake)
    while not wakes.closed:
        try:
            with contextlib.closing(Indexer(folder, log, acknowledged)) as indexer:
                _go_on(indexer, wakes, forget)
        except (OSError, sqlite3.Error) as error:
            sys.stderr.write(f"agentguard: the index in {folder} cannot be written now: {error}\n")
            wakes.read(wait=True)


def _go_on(indexer: Indexer, wakes: _Wakes, forget: Callable[[Indexer], object]) -> None:
    """Index until the pipe is closed or every file is to be looked at again."""
    while True:
        todo = wakes.taken()
        for _taken in indexer.work():
            wakes.read(wait=False)
            if wakes.closed:
                return
        if FORGET in todo:
            forget(indexer)
        if not wakes.came:
            wakes.read(wait=True)
        if wakes.closed or CHECK in wakes.came:
            return


class _Wakes:
    """What came through the pipe and was not done yet; `closed` when nothing will come any more."""

    def __init__(self, fd: int) -> None:
        self._fd = fd
        self.came = b""
        self.closed = False

    def read(self, *, wait: bool) -> None:
        """Look what came; `wait` for something, if nothing did."""
        if not self.closed and (wait or select.select([self._fd], [], [], 0)[0]):
            data = os.read(self._fd, _WAKES)
            self.closed = not data
            self.came += data

    def taken(self) -> bytes:
        """Return what came, which is going to be done now."""
        came, self.came = self.came, b""
        return came


def part_of(entry: Entry) -> tuple[str, str]:
    """Return day and kind of a record: which file of the index it stands in."""
    return entry.header["at"][:10], _kind(entry)


def _kind(entry: Entry) -> str:
    body = entry.line.body if entry.line else {}
    if entry.header["device"] == landing.OWN and body.get("kind") != erase.KIND:
        return READ
    effect = str(body.get("effect")).lower()  # as queries compare it
    return effect if effect in (ALLOW, ASK, DENY) else OTHER


def _row(n: int, kind: str, entry: Entry, tally: fleet.Tally) -> dayfile.Row:
    header, line = entry
    assert line is not None  # noqa: S101 - the caller has looked
    at, device, body = header["at"], header["device"], line.body
    body["device"] = device  # its token's name, not what it says
    hour, milliseconds = _moment(at)
    facts, everywhere = query.contents(body, line.texts)
    name, tool, user = _word(device), _word(body.get("tool")), _word(body.get("user"))
    rules = "\n".join(sorted(_word(value) for key, value in facts if key == "rule")) if body.get("rules") else ""
    if kind != READ:
        tally.count(hour, kind, (name, rules, tool, user))
        if device != landing.OWN:
            tally.see(device, at, _ahead(body.get("time"), at), _told(body, user))
    words = " ".join([plan.fact(key, value) for key, value in facts])
    text = plan.visible("\n".join(everywhere)) + "\n" + words
    return dayfile.Row(n, milliseconds, name, user, tool, rules, text)


def _told(body: dict[str, Any], user: str) -> tuple[str, ...]:
    """Return what a record says of its device: `fleet.TOLD`."""
    found, kind = body.get("bundle"), body.get("kind")
    bundle = found if isinstance(found, dict) else {}
    works = kind != "genesis" and (kind != "heartbeat" or "session" in body)  # else root's sync may have written it
    return (
        user if works else "",
        _word(body.get("hostname")),
        _word(body.get("os")),
        _word(bundle.get("name")),
        _word(bundle.get("revision")),
        _word(bundle.get("state")),
        *(_heartbeat(body) if kind == "heartbeat" else _NO_BEAT),
    )


def _heartbeat(body: dict[str, Any]) -> tuple[str, str, str]:
    """Return what a heartbeat says of its device, as words for a table: version, source, health."""
    found = body.get("doctor")
    doctor = found if isinstance(found, dict) else {}
    names = doctor.get("findings")
    said = ", ".join(map(_word, names)) if isinstance(names, list) else ""
    health = "healthy" if doctor.get("healthy") is True else _word(doctor.get("problem")) or said
    return _word(body.get("agentguard")), _word(body.get("source")), health[:_HEALTH]


def _word(value: Any) -> str:
    """Return a name as text that a database takes."""
    text = str(value) if isinstance(value, (str, int)) else ""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


@functools.lru_cache(maxsize=1024)
def _seconds(hour: str) -> int:
    """Return the seconds since 1970 of an hour, as in 2026-05-01T09."""
    return calendar.timegm(time.strptime(hour, "%Y-%m-%dT%H"))


@functools.lru_cache(maxsize=64)
def _moment(at: str) -> tuple[int, int]:
    """Return hours and milliseconds since 1970 of an arrival, which all records of a request have in common."""
    return _seconds(at[:13]) // 3600, _seconds(at[:13]) * 1000 + _within_hour(at)


def _within_hour(at: str) -> int:
    return int(at[14:16]) * 60_000 + int(at[17:19]) * 1000 + int(at[20:23])


def _ahead(time_of_device: Any, at: str) -> int:
    """Return the seconds by which a device's clock is ahead, 0 if it is not or does not say."""
    if not isinstance(time_of_device, str) or time_of_device <= at:
        return 0
    try:
        theirs = _seconds(time_of_device[:13]) * 1000 + _within_hour(time_of_device)
    except ValueError:
        return 0
    return (theirs - _moment(at)[1]) // 1000
