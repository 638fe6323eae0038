"""The index of the landing log: what the collector asks of it, and an implementation on SQLite.

An index is a cursor over the landing log. It may lag, and it may be thrown away: `catch_up` brings it to the end of the
log again. Nothing is acknowledged because it is in the index.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from typing import TYPE_CHECKING, Any, Protocol

from agentguard.collector import landing
from agentguard.collector.landing import Place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentguard.collector.landing import Entry, Landing

_VERSION = 1  # user_version of the schema
_SCHEMA = """
PRAGMA user_version = 1;
CREATE TABLE cursor (file INTEGER NOT NULL, offset INTEGER NOT NULL);
INSERT INTO cursor VALUES (1, 0);
CREATE TABLE chains (
    chain TEXT PRIMARY KEY, device TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, h TEXT NOT NULL,
    records INTEGER NOT NULL, at TEXT NOT NULL
);
CREATE TABLE records (
    n INTEGER PRIMARY KEY, chain TEXT NOT NULL, seq INTEGER NOT NULL, h TEXT NOT NULL, flag TEXT NOT NULL,
    file INTEGER NOT NULL, offset INTEGER NOT NULL, length INTEGER NOT NULL
);
CREATE INDEX records_by_seq ON records (chain, seq);
CREATE TABLE alerts (
    n INTEGER PRIMARY KEY, at TEXT NOT NULL, device TEXT NOT NULL, alert TEXT NOT NULL, chain TEXT NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL
);
"""
_CHAINS = ("chain", "device", "first", "last", "h", "records", "at")
_ALERTS = ("at", "device", "alert", "chain", "first", "last")
_PAGE = 500
NEWEST = 2**62  # above the number of every record


class Store(Protocol):
    """What the collector asks of an index."""

    def catch_up(self) -> None:
        """Take in what the landing log has and the index has not."""

    def owner(self, chain: str) -> tuple[str, int] | None:
        """Return (device, last number) of a chain, None if it is not known."""

    def hashes(self, chain: str, first: int, last: int) -> dict[int, dict[str, str]]:
        """Return {number: {hash: flag}} of the records that are there."""

    def newest(self) -> Iterator[Entry]:
        """Yield all records, newest first."""

    def before(self, number: int) -> Iterator[tuple[int, Entry]]:
        """Yield the records whose number in this index is below `number`, newest first, each with its number."""

    def chains(self) -> list[dict[str, Any]]:
        """Return all chains: chain, device, first, last, h (of the last), records, at (of the last)."""

    def alerts(self) -> list[dict[str, Any]]:
        """Return all alerts, newest first: at, device, alert, chain, first, last."""


class SqliteStore:
    """The index in a SQLite file. Writing is for one thread at a time; each reader has a connection of its own."""

    def __init__(self, path: str, log: Landing) -> None:
        self._path = path
        self._log = log
        self._lock = threading.Lock()
        self._db = self._opened()
        try:
            self.catch_up()
        except BaseException:
            self._db.close()
            raise

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def catch_up(self) -> None:
        """Take in what the landing log has and the index has not."""
        with self._lock:
            file, offset = self._db.execute("SELECT file, offset FROM cursor").fetchone()
            if (file, offset) == self._log.end():
                return
            with self._db:
                for place, raw in self._log.entries(file, offset):
                    self._take(place, landing.parse(raw))
                    file, offset = place.file, place.offset + place.length + 1
                self._db.execute("UPDATE cursor SET file = ?, offset = ?", (file, offset))

    def owner(self, chain: str) -> tuple[str, int] | None:
        """Return (device, last number) of a chain, None if it is not known."""
        with self._lock:
            row = self._db.execute("SELECT device, last FROM chains WHERE chain = ?", (chain,)).fetchone()
        return (row[0], row[1]) if row else None

    def hashes(self, chain: str, first: int, last: int) -> dict[int, dict[str, str]]:
        """Return {number: {hash: flag}} of the records that are there."""
        found: dict[int, dict[str, str]] = {}
        query = "SELECT seq, h, flag FROM records WHERE chain = ? AND seq BETWEEN ? AND ?"
        with self._lock:
            for seq, h, flag in self._db.execute(query, (chain, first, last)):
                found.setdefault(seq, {})[h] = flag
        return found

    def newest(self) -> Iterator[Entry]:
        """Yield all records, newest first."""
        return (entry for _n, entry in self.before(NEWEST))

    def before(self, number: int) -> Iterator[tuple[int, Entry]]:
        """Yield the records whose number in this index is below `number`, newest first, each with its number."""
        while True:
            query = "SELECT n, file, offset, length FROM records WHERE n < ? ORDER BY n DESC LIMIT ?"
            rows = self._read(query, (number, _PAGE))
            for n, *place in rows:
                yield n, landing.parse(self._log.read(Place(*place)))
            if len(rows) < _PAGE:
                return
            number = rows[-1][0]

    def chains(self) -> list[dict[str, Any]]:
        """Return all chains, the one that was heard of last first."""
        rows = self._read(f"SELECT {', '.join(_CHAINS)} FROM chains ORDER BY at DESC, chain", ())  # noqa: S608 - constants
        return [dict(zip(_CHAINS, row, strict=True)) for row in rows]

    def alerts(self) -> list[dict[str, Any]]:
        """Return all alerts, newest first."""
        rows = self._read(f"SELECT {', '.join(_ALERTS)} FROM alerts ORDER BY n DESC", ())  # noqa: S608 - constants
        return [dict(zip(_ALERTS, row, strict=True)) for row in rows]

    def _read(self, query: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self._path)) as db:
            return db.execute(query, values).fetchall()

    def _take(self, place: Place, entry: Entry) -> None:
        header, line = entry.header, entry.line
        if line is None:
            values = [header[name] for name in _ALERTS]
            self._db.execute("INSERT INTO alerts VALUES (NULL, ?, ?, ?, ?, ?, ?)", values)
            return
        self._db.execute(
            "INSERT INTO records VALUES (NULL, ?, ?, ?, ?, ?, ?, ?)",
            (line.chain, line.seq, line.h, header["flag"], *place),
        )
        self._db.execute(
            """INSERT INTO chains VALUES (?, ?, ?, ?, ?, 1, ?) ON CONFLICT (chain) DO UPDATE SET
               first = min(first, excluded.first), records = records + 1, at = excluded.at,
               h = CASE WHEN excluded.last > last THEN excluded.h ELSE h END, last = max(last, excluded.last)""",
            (line.chain, header["device"], line.seq, line.seq, line.h, header["at"]),
        )

    def _opened(self) -> sqlite3.Connection:
        """Open the index; one that is damaged, of another version or ahead of the log is made anew."""
        for _ in range(2):
            db = sqlite3.connect(self._path, check_same_thread=False)
            try:
                db.execute("PRAGMA journal_mode = WAL")
                version = db.execute("PRAGMA user_version").fetchone()[0]
                if not version:
                    db.executescript(_SCHEMA)
                    version = _VERSION
                cursor = db.execute("SELECT file, offset FROM cursor").fetchone()
                if version == _VERSION and cursor is not None and tuple(cursor) <= self._log.end():
                    return db
            except sqlite3.DatabaseError:
                pass
            db.close()
            for end in ("", "-wal", "-shm"):
                with contextlib.suppress(FileNotFoundError):
                    os.unlink(self._path + end)
        raise sqlite3.DatabaseError(f"no index can be made at {self._path}")
