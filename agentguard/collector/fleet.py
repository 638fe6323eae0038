"""What the index knows beside the records: how far it is, what its files must hold, counts by the hour, devices, and removals.

It is written after the files of the days that it counts, in one transaction for each piece of the landing log, so that
every record is counted once however often indexing is interrupted.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard.collector import dayfile
from agentguard.collector.store import FIELDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

FLEET = "fleet.sqlite"
_VERSION = 4  # of the whole index: another one is made anew
_SCHEMA = f"""
PRAGMA user_version = {_VERSION};
CREATE TABLE cursor (file INTEGER NOT NULL, offset INTEGER NOT NULL);
INSERT INTO cursor VALUES (0, 0);
CREATE TABLE parts (
    day TEXT NOT NULL, kind TEXT NOT NULL, records INTEGER NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    PRIMARY KEY (day, kind)
) WITHOUT ROWID;
CREATE TABLE hours (
    field TEXT NOT NULL, hour INTEGER NOT NULL, kind TEXT NOT NULL, value TEXT NOT NULL, records INTEGER NOT NULL,
    PRIMARY KEY (field, hour, kind, value)
) WITHOUT ROWID;
CREATE TABLE devices (
    device TEXT PRIMARY KEY, first TEXT NOT NULL, last TEXT NOT NULL, records INTEGER NOT NULL, user TEXT NOT NULL,
    hostname TEXT NOT NULL, os TEXT NOT NULL, bundle TEXT NOT NULL, revision TEXT NOT NULL, state TEXT NOT NULL,
    ahead INTEGER NOT NULL, agentguard TEXT NOT NULL, source TEXT NOT NULL, health TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE removed (
    day TEXT NOT NULL, verdict TEXT NOT NULL, records INTEGER NOT NULL, at TEXT NOT NULL, PRIMARY KEY (day, verdict)
) WITHOUT ROWID;
"""
_DEVICE = (
    "device", "first", "last", "records", "user", "hostname", "os", "bundle", "revision", "state", "ahead",
    "agentguard", "source", "health",
)  # fmt: skip
_BEFORE_AHEAD = _DEVICE.index("ahead") - 4
TOLD = tuple(name for name in _DEVICE[4:] if name != "ahead")  # what records say of their device
_REMOVED = ("day", "verdict", "records", "at")
ALL = ""  # the field under which records are counted whatever they say


class Part(NamedTuple):
    """What the file of a day and kind must hold: so many records, from the number of the first to that of the last."""

    day: str
    kind: str
    records: int
    first: int
    last: int


class Fleet:
    """The file. One process writes it; a reader has an object of its own."""

    def __init__(self, path: str, *, write: bool) -> None:
        self._db = _opened(path, write=write)

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def cursor(self) -> tuple[int, int]:
        """Return how far the index is in the landing log."""
        file, offset = self._db.execute("SELECT file, offset FROM cursor").fetchone()
        return file, offset

    def parts(self) -> tuple[tuple[int, int], list[Part]]:
        """Return how far the index is, and what each of its files must hold below that place: both of one moment."""
        with self._db:
            self._db.execute("BEGIN")
            rows = self._db.execute("SELECT * FROM parts ORDER BY day DESC, kind").fetchall()
            return self.cursor(), [Part(*row) for row in rows]

    def recount(self, part: Part) -> None:
        """Set what a file must hold."""
        with self._db:
            self._db.execute("REPLACE INTO parts VALUES (?, ?, ?, ?, ?)", part)

    def drop(self, parts: Iterable[Part]) -> None:
        """Note that the files of these parts shall be no more."""
        with self._db:
            self._db.executemany("DELETE FROM parts WHERE day = ? AND kind = ?", [part[:2] for part in parts])

    def add(self, tally: Tally, cursor: tuple[int, int]) -> None:
        """Take in a piece of the log, up to a place in it."""
        with self._db:
            self._db.executemany(
                """INSERT INTO parts VALUES (?, ?, ?, ?, ?)
                   ON CONFLICT DO UPDATE SET records = records + excluded.records, last = excluded.last""",
                tally.parts,
            )
            self._db.executemany(
                """INSERT INTO hours VALUES (?, ?, ?, ?, ?)
                   ON CONFLICT DO UPDATE SET records = records + excluded.records""",
                tally.hours(),
            )
            self._db.executemany(
                f"""INSERT INTO devices VALUES ({", ".join("?" * len(_DEVICE))}) ON CONFLICT DO UPDATE SET
                    last = max(last, excluded.last), records = records + excluded.records,
                    {
                    ", ".join(
                        f"{name} = CASE excluded.{name} WHEN '' THEN {name} ELSE excluded.{name} END"
                        for name in _DEVICE[4:]
                    )
                }""",
                tally.devices(),
            )
            self._db.execute("UPDATE cursor SET file = ?, offset = ?", cursor)

    def hours(self, kinds: Sequence[str], span: tuple[int, int], step: int) -> list[tuple[int, str, int]]:
        """Return (hour // step, kind, records) from the first to before the last hour of `span`."""
        return self._db.execute(
            f"""SELECT hour / ? AS bucket, kind, sum(records) FROM hours WHERE field = ? AND hour >= ? AND hour < ?
                AND kind IN ({", ".join("?" * len(kinds))}) GROUP BY bucket, kind""",
            (step, ALL, *span, *kinds),
        ).fetchall()

    def top(self, field: str, kinds: Sequence[str], span: tuple[int, int], count: int) -> list[tuple[str, int]]:
        """Return the most frequent values of a field in the hours of `span`."""
        return self._db.execute(
            f"""SELECT value, sum(records) AS c FROM hours WHERE field = ? AND hour >= ? AND hour < ?
                AND kind IN ({", ".join("?" * len(kinds))}) GROUP BY value ORDER BY c DESC, value LIMIT ?""",
            (field, *span, *kinds, count),
        ).fetchall()

    def devices(self) -> list[dict[str, Any]]:
        """Return all devices, the one that was heard of last first."""
        rows = self._db.execute("SELECT * FROM devices ORDER BY last DESC, device")
        return [dict(zip(_DEVICE, row, strict=True)) for row in rows]

    def removed(self) -> list[dict[str, Any]]:
        """Return what retention removed, newest day first."""
        rows = self._db.execute("SELECT * FROM removed ORDER BY day DESC, verdict")
        return [dict(zip(_REMOVED, row, strict=True)) for row in rows]

    def note_removed(self, removed: Iterable[dict[str, Any]]) -> None:
        """Note that the records of a day and verdict are gone, and count them no longer."""
        with self._db:
            for one in removed:
                self._db.execute(
                    """INSERT INTO removed VALUES (?, ?, ?, ?)
                       ON CONFLICT DO UPDATE SET records = max(records, excluded.records)""",
                    [one[name] for name in _REMOVED],
                )

    def forget_hours(self, kind: str, before: int) -> None:
        """Count the records of a kind before an hour no longer."""
        with self._db:
            self._db.execute("DELETE FROM hours WHERE kind = ? AND hour < ?", (kind, before))


class _Seen:
    """What a piece of the log says of a device. `told`: of each thing the newest that was said."""

    __slots__ = ("ahead", "first", "last", "newest", "records", "told")

    def __init__(self, at: str, told: tuple[str, ...]) -> None:
        self.first = self.last = at
        self.records = self.ahead = 0
        self.newest = self.told = told


class Tally:
    """Counts of a piece of the landing log."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self._counted: Counter[tuple[int, str, tuple[str, ...]]] = Counter()
        self._devices: dict[str, _Seen] = {}

    def count(self, hour: int, kind: str, values: tuple[str, ...]) -> None:
        """Count one record; `values` are those of `FIELDS`, several of one field with newlines between them."""
        self._counted[hour, kind, values] += 1

    def see(self, device: str, at: str, ahead: int, told: tuple[str, ...]) -> None:
        """Note what a record says of its device: `TOLD`, "" where it does not say."""
        seen = self._devices.get(device)
        if seen is None:
            seen = self._devices[device] = _Seen(at, told)
        seen.last, seen.ahead, seen.records = at, ahead, seen.records + 1
        if told != seen.newest:
            seen.newest = told
            seen.told = tuple(new or old for new, old in zip(told, seen.told, strict=True))

    def hours(self) -> list[tuple[str, int, str, str, int]]:
        """Return the rows of the table."""
        found: Counter[tuple[str, int, str, str]] = Counter()
        for (hour, kind, values), count in self._counted.items():
            found[ALL, hour, kind, ""] += count
            for field, several in zip(FIELDS, values, strict=True):
                for value in several.split("\n") if several else ():
                    found[field, hour, kind, value] += count
        return [(*key, count) for key, count in sorted(found.items())]

    def devices(self) -> list[tuple[Any, ...]]:
        """Return the rows of the table."""
        return [
            (
                device,
                seen.first,
                seen.last,
                seen.records,
                *seen.told[:_BEFORE_AHEAD],
                seen.ahead,
                *seen.told[_BEFORE_AHEAD:],
            )
            for device, seen in self._devices.items()
        ]


def _opened(path: str, *, write: bool) -> sqlite3.Connection:
    """Open the file; to write, it is made if it is not there. A damaged one or one of another version is an error."""
    if not os.path.exists(path):
        if not write:
            raise FileNotFoundError(path)
        dayfile.make(path, _SCHEMA)
    db = sqlite3.connect(path, check_same_thread=False)
    try:
        if write:
            db.execute("PRAGMA synchronous = NORMAL")
        if db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
            raise sqlite3.DatabaseError(f"{path} is of another version")  # noqa: TRY301
        db.execute("SELECT file FROM cursor").fetchone()
    except BaseException:
        with contextlib.suppress(sqlite3.Error):
            db.close()
        raise
    return db
