"""One file of the index: the records of one day (UTC, of their arrival) and one kind (see `store.KINDS`).

    records    one row a record, in order: `n` is its number in the landing log, the rest are numbers of `words`
    found      full-text index of every word of its texts and every fact (see `plan.fact`); it keeps no text
    words      device, user, tool and lists of rules, each once

Files of a day that is over are never written again, and retention deletes whole files. Taking the same records in again
changes nothing: what is not above the newest one is there already.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import quote

from agentguard.collector.plan import ESCAPE, MARK

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agentguard.collector.plan import Plan

_VERSION = 2
_SCHEMA = f"""
PRAGMA user_version = {_VERSION};
CREATE TABLE records (
    i INTEGER PRIMARY KEY, n INTEGER NOT NULL, at INTEGER NOT NULL, device INTEGER NOT NULL, user INTEGER NOT NULL,
    tool INTEGER NOT NULL, rule INTEGER NOT NULL
);
CREATE TABLE words (i INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE);
CREATE VIRTUAL TABLE found USING fts5 (
    text, content='', columnsize=0, detail=none, tokenize="ascii tokenchars '{ESCAPE}{MARK}'"
);
INSERT INTO found (found, rank) VALUES ('hashsize', {16 * 1024 * 1024});
"""
_CACHE_KIB = 16 * 1024
_ABOVE = 2**62  # above every number
_PAGE = 200  # candidates that are read at once
END = ".sqlite"
ENDS = ("", "-wal", "-shm")  # of the files of one database


class Row(NamedTuple):
    """A record as its file takes it. `at`: milliseconds since 1970; `rule`: all rules, one a line; `text`: its words."""

    n: int
    at: int
    device: str
    user: str
    tool: str
    rule: str
    text: str


def name(day: str, kind: str) -> str:
    """Return the name of a day's file."""
    return f"{day}.{kind}{END}"


def make(path: str, schema: str) -> None:
    """Make an empty database, whole or not at all."""
    new = path + ".new"
    discard(new)
    with contextlib.closing(sqlite3.connect(new)) as db:
        db.execute("PRAGMA journal_mode = WAL")
        db.executescript(schema)
    os.replace(new, path)


def discard(path: str) -> None:
    """Delete a file, if it is there."""
    for end in ENDS:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path + end)


def is_damage(error: sqlite3.Error) -> bool:
    """Whether an error says that a file is no database, or a damaged one; and not that it cannot be used now."""
    return (getattr(error, "sqlite_errorcode", 0) or 0) & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


def problem(path: str, records: int, below: int) -> str:
    """Return what is wrong with a file that must have so many records below a number of the log; "" if nothing is.

    Raises `sqlite3.Error` if that cannot be known now.
    """
    try:
        with contextlib.closing(opened(path)) as db:
            return problem_of(db, records, below)
    except FileNotFoundError:
        return "is gone"
    except sqlite3.Error as error:
        if is_damage(error):
            return str(error)
        raise


def problem_of(db: sqlite3.Connection, records: int, below: int) -> str:
    """Do the same with a file that is open."""
    if db.execute("PRAGMA user_version").fetchone()[0] != _VERSION:
        return "is not a file of this index"
    there = _place(db, below) - 1
    return "" if there == records else f"has {there:,} records instead of {records:,}"


def opened(path: str) -> sqlite3.Connection:
    """Open a file to read from it, in any thread. Raises FileNotFoundError and `sqlite3.Error`."""
    os.stat(path)  # SQLite says the same of a file that is gone and one that must not be opened
    db = sqlite3.connect(f"file:{quote(path)}?mode=rw", uri=True, check_same_thread=False)
    db.execute("PRAGMA query_only = ON")
    return db


def empty() -> sqlite3.Connection:
    """Return a file without records, in memory."""
    db = sqlite3.connect(":memory:", check_same_thread=False)
    db.executescript(_SCHEMA)
    return db


class Writer:
    """Adds records to a file. One process writes."""

    def __init__(self, path: str) -> None:
        if not os.path.exists(path):
            make(path, _SCHEMA)
        self._db = sqlite3.connect(path, isolation_level=None)
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
        self._db.execute("PRAGMA wal_autocheckpoint = 4000")
        newest = self._db.execute("SELECT n, i FROM records ORDER BY i DESC LIMIT 1").fetchone()
        self._n: int = newest[0] if newest else -1
        self._i: int = newest[1] if newest else 0
        self._words: dict[str, int] = {text: i for i, text in self._db.execute("SELECT i, text FROM words")}

    def add(self, rows: Sequence[Row]) -> None:
        """Add what is not there yet, in one transaction."""
        rows = [row for row in rows if row.n > self._n]
        if not rows:
            return
        first = self._i + 1
        self._db.execute("BEGIN")
        try:
            records = [
                (i, row.n, row.at, *(self._word(text) for text in row[2:6])) for i, row in enumerate(rows, first)
            ]
            self._db.executemany("INSERT INTO records VALUES (?, ?, ?, ?, ?, ?, ?)", records)
            texts = ((i, row.text) for i, row in enumerate(rows, first))
            self._db.executemany("INSERT INTO found (rowid, text) VALUES (?, ?)", texts)
            self._db.execute("COMMIT")
        except BaseException:
            self._words.clear()  # some of them may not be there
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            raise
        self._n, self._i = rows[-1].n, first + len(rows) - 1

    @property
    def records(self) -> int:
        """How many records the file has."""
        return self._i

    def finish(self) -> None:
        """Make a day that is over as small and as quick to search as it can be."""
        self._db.execute("INSERT INTO found (found) VALUES ('optimize')")
        with contextlib.suppress(sqlite3.OperationalError):  # somebody reads it: then it stays as it is
            self._db.execute("PRAGMA journal_mode = DELETE")  # one file to open instead of three
        self.close()

    def close(self) -> None:
        """Close the file."""
        with contextlib.suppress(sqlite3.Error):
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        self._db.close()

    def _word(self, text: str) -> int:
        i = self._words.get(text)
        if i is None:
            self._db.execute("INSERT OR IGNORE INTO words (text) VALUES (?)", (text,))
            i = self._words[text] = self._db.execute("SELECT i FROM words WHERE text = ?", (text,)).fetchone()[0]
        return i


class Limits(NamedTuple):
    """Which records are looked at: numbers and times (milliseconds) from the first to before the last."""

    numbers: tuple[int, int]
    times: tuple[int, int]


def candidates(db: sqlite3.Connection, plan: Plan, limits: Limits, *, newest_first: bool) -> Iterator[tuple[int, int]]:
    """Yield (n, at) of every record that a plan finds within limits."""
    low, high = (_place(db, number) for number in limits.numbers)
    order, here = ("DESC", "r.i < ?") if newest_first else ("ASC", "r.i >= ?")
    at = high if newest_first else low
    query = _query(plan, "r.i, r.n, r.at", f"{here} AND {'r.i >= ?' if newest_first else 'r.i < ?'}")
    query += f" ORDER BY {_row(plan)} {order} LIMIT {_PAGE}"
    while True:
        edge = low if newest_first else high
        rows = db.execute(query, (*_match(plan), at, edge, *limits.times)).fetchall()
        yield from ((n, time) for _i, n, time in rows)
        if len(rows) < _PAGE:
            return
        at = rows[-1][0] if newest_first else rows[-1][0] + 1


def counts(db: sqlite3.Connection, plan: Plan, times: tuple[int, int], step: int) -> Iterable[tuple[int, int]]:
    """Return (time // step, how many) of what a plan finds; `times` and `step` in milliseconds."""
    query = _query(plan, f"r.at / {step}, count(*)", "r.i >= ? AND r.i < ?") + " GROUP BY 1"
    return db.execute(query, (*_match(plan), 0, _ABOVE, *times)).fetchall()


def values(db: sqlite3.Connection, field: str, plan: Plan, times: tuple[int, int]) -> Iterable[tuple[str, int]]:
    """Return (text, how many) of a column of what a plan finds."""
    inner = _query(plan, f"r.{field} AS word, count(*) AS c", "r.i >= ? AND r.i < ?") + " GROUP BY 1"
    query = f"SELECT text, c FROM ({inner}) JOIN words ON words.i = word"
    return db.execute(query, (*_match(plan), 0, _ABOVE, *times)).fetchall()


def _query(plan: Plan, columns: str, where: str) -> str:
    """Return a query for the records that a plan finds; its values are the plan's, those of `where`, and two times."""
    if plan.match:
        where = where.replace("r.i", "f.rowid")
        source = f"found f CROSS JOIN records r ON r.i = f.rowid WHERE found MATCH ? AND {where}"
    else:
        source = f"records r WHERE {where}"
    return f"SELECT {columns} FROM {source} AND r.at >= ? AND r.at < ?"


def _row(plan: Plan) -> str:
    return "f.rowid" if plan.match else "r.i"


def _match(plan: Plan) -> tuple[str, ...]:
    return (plan.match,) if plan.match else ()


def _place(db: sqlite3.Connection, number: int) -> int:
    """Return the row of the first record whose number is not below `number`: rows and numbers go up together."""
    if number <= 0 or number >= _ABOVE:
        return max(0, number)
    low, high = 1, (db.execute("SELECT max(i) FROM records").fetchone()[0] or 0) + 1
    while low < high:
        middle = (low + high) // 2
        if db.execute("SELECT n FROM records WHERE i = ?", (middle,)).fetchone()[0] < number:
            low = middle + 1
        else:
            high = middle
    return low
