"""The ledger: what of which chain is in the landing log, and every alert. What taking records must know at once.

It has one row for each run of records that came together, not one for each record, and is committed once for each group
of requests. It is a cursor over the landing log: it may lag behind it after a crash, `catch_up` brings it to the end, and
a lost or damaged file is made again. Hashes of single records are read from the log itself.

What a chain's records say about themselves is a claim of the device; the device's name is that of its token.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import threading
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote

from agentguard.audit import lines
from agentguard.collector import landing

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agentguard.audit.lines import Line
    from agentguard.collector.batch import Checked
    from agentguard.collector.landing import Entry, Landing, Place, Reader

_VERSION = 6  # user_version of the schema
_SCHEMA = f"""
PRAGMA user_version = {_VERSION};
CREATE TABLE cursor (file INTEGER NOT NULL, offset INTEGER NOT NULL);
INSERT INTO cursor VALUES (0, 0);
CREATE TABLE chains (
    chain TEXT PRIMARY KEY, device TEXT NOT NULL, user TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL,
    h TEXT NOT NULL, records INTEGER NOT NULL, at TEXT NOT NULL, forks INTEGER NOT NULL, uid INTEGER
);
CREATE INDEX chains_by_device ON chains (device, at);
CREATE TABLE retired (file INTEGER PRIMARY KEY);
CREATE TABLE left_at (chain TEXT PRIMARY KEY, seq INTEGER NOT NULL);
CREATE TABLE runs (
    chain TEXT NOT NULL, first INTEGER NOT NULL, last INTEGER NOT NULL, file INTEGER NOT NULL, offset INTEGER NOT NULL,
    length INTEGER NOT NULL
);
CREATE INDEX runs_by_seq ON runs (chain, last);
CREATE INDEX runs_by_file ON runs (file);
CREATE TABLE alerts (
    n INTEGER PRIMARY KEY, at TEXT NOT NULL, device TEXT NOT NULL, alert TEXT NOT NULL, chain TEXT NOT NULL,
    first INTEGER NOT NULL, last INTEGER NOT NULL, about TEXT NOT NULL, times INTEGER NOT NULL, latest TEXT NOT NULL
);
CREATE INDEX alerts_by_chain ON alerts (chain, alert);
"""
_MOST_ABOUT = 300  # characters, from which on an alert tells of no other reason
_CHAINS = ("chain", "device", "user", "first", "last", "h", "records", "at", "forks", "uid")
_ALERTED = ("at", "device", "alert", "chain", "first", "last", "about")  # what an entry of the log says
_ALERTS = (*_ALERTED, "times", "latest")
_ALERT = "INSERT INTO alerts VALUES (NULL, :at, :device, :alert, :chain, :first, :last, :about, 1, :at)"
_AGAIN = f"""UPDATE alerts SET times = times + 1, latest = :at, first = min(first, :first), last = max(last, :last),
    about = CASE WHEN instr(about, :about) OR length(about) > {_MOST_ABOUT} THEN about ELSE about || '; ' || :about END
    WHERE n = (SELECT max(n) FROM alerts WHERE chain = :chain AND alert = :alert AND device = :device)"""
_COUNT = """INSERT INTO chains VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (chain) DO UPDATE SET
    first = min(first, excluded.first), records = records + excluded.records, at = max(at, excluded.at),
    forks = forks + excluded.forks, uid = coalesce(uid, excluded.uid),
    user = CASE user WHEN '' THEN excluded.user ELSE user END,
    h = CASE WHEN excluded.last > last THEN excluded.h ELSE h END, last = max(last, excluded.last)"""
_LEFT = "INSERT OR IGNORE INTO left_at VALUES (?, ?)"
_FORK = "fork"
_MOST = 2**53  # no number of a record is higher
_MOST_RUN = 1000  # records of a run, when it is made from the log


class Chain(NamedTuple):
    """What is known of a chain. `at`: when its newest record came. `forks`: records beside the first of their number.

    `uid`: the number of the account whose spool it is, None if its genesis record does not say so, or is not here.
    """

    chain: str
    device: str
    user: str
    first: int
    last: int
    h: str
    records: int
    at: str
    forks: int
    uid: int | None


class Run(NamedTuple):
    """What one request adds to the log: alerts, and records of one chain after them as [(line, flag), …].

    `start`: bytes of the alerts' entries; `length`: bytes of the records' entries.
    """

    at: str
    device: str
    alerts: list[dict[str, Any]]
    records: Sequence[tuple[Line | Checked, str]]
    start: int
    length: int


class Ledger:
    """The ledger in a SQLite file, beside the landing log that it follows. Any thread may ask."""

    def __init__(self, path: str, log: Landing) -> None:
        self._path = path
        self._log = log
        self._lock = threading.RLock()
        self.stale = False  # whether the log has more than the ledger, because it could not be written
        self._db = self._opened()
        try:
            self.catch_up()
        except BaseException:
            self._db.close()
            raise
        log.written = self._note

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def end(self) -> tuple[int, int]:
        """Return up to where the log is on the disk and known here: indexes go no further."""
        with self._lock:
            file, offset = self._db.execute("SELECT file, offset FROM cursor").fetchone()
        return file, offset

    def catch_up(self) -> None:
        """Take in what the landing log has and the ledger has not. Nothing may be appended meanwhile."""
        with self._lock:
            place = self.end()
            end = self._log.end()
            if place != end:
                with self._db:
                    for run, number, offset in _runs(self._log.entries(*place)):
                        self._take(run, number, offset)
                    self._move(end)
            self.stale = False

    def chain(self, chain: str) -> Chain | None:
        """Return what is known of a chain, None if nothing is."""
        with self._lock:
            row = self._db.execute(f"SELECT {', '.join(_CHAINS)} FROM chains WHERE chain = ?", (chain,)).fetchone()
        return Chain(*row) if row else None

    def last_of(self, device: str, start: Line | Checked) -> Chain | None:
        """Return the chain that was heard of last, on a device, of the person whose spool the genesis record starts.

        A spool is an account's, so its number tells: people are renamed, and one name may stand for several accounts.
        """
        user, uid = _user(start), _uid(start)
        same = "(uid = ? OR user = ? AND (uid IS NULL OR ? IS NULL))"
        query = (
            f"SELECT {', '.join(_CHAINS)} FROM chains WHERE device = ? AND {same} ORDER BY at DESC, rowid DESC LIMIT 1"
        )
        with self._lock:
            row = self._db.execute(query, (device, uid, user, uid)).fetchone()
        return Chain(*row) if row else None

    def newest_of(self, device: str) -> Chain | None:
        """Return the chain of a device that was heard of last."""
        query = f"SELECT {', '.join(_CHAINS)} FROM chains WHERE device = ? ORDER BY at DESC, rowid DESC LIMIT 1"
        with self._lock:
            row = self._db.execute(query, (device,)).fetchone()
        return Chain(*row) if row else None

    def left_at(self, chain: str) -> int | None:
        """Return the number at which, as a later chain says, its device left a chain; None if none says so."""
        with self._lock:
            row = self._db.execute("SELECT seq FROM left_at WHERE chain = ?", (chain,)).fetchone()
        return row[0] if row else None

    def places(self, chain: str, seq: int) -> list[int]:
        """Return the numbers in the landing log of the records with a number in a chain."""
        return [place.number for place, entry in self._records(chain, seq, seq) if entry.line]

    def hashes(self, chain: str, first: int, last: int) -> dict[int, dict[str, str]]:
        """Return {number: {hash: flag}} of the records from `first` to `last` that are there."""
        found: dict[int, dict[str, str]] = {}
        for _place, entry in self._records(chain, first, last):
            if entry.line:
                found.setdefault(entry.line.seq, {})[entry.line.h] = entry.header["flag"]
        return found

    def _records(self, chain: str, first: int, last: int) -> Iterator[tuple[Place, Entry]]:
        """Yield the records of a chain from number `first` to `last`, as the landing log has them."""
        query = "SELECT file, offset, length FROM runs WHERE chain = ? AND last >= ? AND first <= ?"
        with self._lock:
            rows = self._db.execute(query, (chain, first, last)).fetchall()
        for file, offset, length in rows:
            with open(self._log.path(file), "rb") as opened:
                opened.seek(offset)
                for raw in opened.read(length).splitlines():
                    entry = landing.parse(raw)
                    if entry.line and first <= entry.line.seq <= last:
                        yield landing.Place(file, offset, len(raw)), entry
                    offset += len(raw) + 1  # noqa: PLW2901

    def runs(self) -> list[tuple[str, int, int]]:
        """Return (chain, first, last) of all that came together; some between first and last may have come before."""
        return self._read("SELECT chain, first, last FROM runs")

    def chains(self) -> list[dict[str, Any]]:
        """Return all chains, the one that was heard of last first."""
        rows = self._read(f"SELECT {', '.join(_CHAINS)} FROM chains ORDER BY at DESC, chain")
        return [dict(zip(_CHAINS, row, strict=True)) for row in rows]

    def alerts(self) -> list[dict[str, Any]]:
        """Return all alerts, newest first. `times` is how often there was reason for it until `latest`, once a minute."""
        rows = self._read(f"SELECT {', '.join(_ALERTS)} FROM alerts ORDER BY n DESC")
        return [dict(zip(_ALERTS, row, strict=True)) for row in rows]

    def latest_alert(self, kind: str, chain: str, device: str) -> str:
        """Return when there was reason for an alert of this kind about this chain and device the last time; "": never."""
        query = "SELECT max(latest) FROM alerts WHERE chain = ? AND alert = ? AND device = ?"
        with self._lock:
            return self._db.execute(query, (chain, kind, device)).fetchone()[0] or ""

    def newest(self) -> str:
        """Return when the newest record came, "" if there is none."""
        with self._lock:
            return self._db.execute("SELECT max(at) FROM chains").fetchone()[0] or ""

    def is_retired(self, file: int) -> bool:
        """Whether an entry of the log says what a file held."""
        with self._lock:
            return self._db.execute("SELECT 1 FROM retired WHERE file = ?", (file,)).fetchone() is not None

    def forget(self, file: int) -> None:
        """Forget where the records of a file of the log stand. Chains and alerts stay."""
        with self._lock, self._db:
            self._db.execute("DELETE FROM runs WHERE file = ?", (file,))

    def _note(self, group: list[tuple[int, int, Run]], end: tuple[int, int]) -> None:
        """Take in what has just been written: the same as `catch_up`, without reading it."""
        self.stale = True
        with self._lock, self._db:
            for file, offset, run in group:
                self._take(run, file, offset)
            self._move(end)
        self.stale = False

    def _take(self, run: Run, file: int, offset: int) -> None:
        for header in run.alerts:
            if "alert" in header:
                values = {name: header.get(name, "") for name in _ALERTED}
                if not header.get("again") or not self._db.execute(_AGAIN, values).rowcount:
                    self._db.execute(_ALERT, values)
            if "retired" in header:
                self._retired(header)
        if not run.records:
            return
        lowest, highest = (pick(line.seq for line, _flag in run.records) for pick in (min, max))
        place = (file, offset + run.start, run.length)
        self._db.execute(
            "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?)", (run.records[0][0].chain, lowest, highest, *place)
        )
        self._db.execute(_COUNT, _counts(run))
        for line, _flag in run.records:
            if line.body.get("kind") == "genesis":
                left = previous(line)
                if left:
                    self._db.execute(_LEFT, left)

    def _retired(self, header: dict[str, Any]) -> None:
        """Count what a file held, unless it was counted from the file itself: now, or before the file went."""
        file = header["retired"]
        fresh = self._db.execute("INSERT OR IGNORE INTO retired VALUES (?)", (file,)).rowcount
        if file in self._log.files():
            return
        counted = self._db.execute("DELETE FROM runs WHERE file = ?", (file,)).rowcount
        if fresh and not counted:
            self._db.executemany(_COUNT, [[chain.get(name) for name in _CHAINS] for chain in header["chains"]])
            self._db.executemany(_LEFT, header["left"])

    def _move(self, end: tuple[int, int]) -> None:
        self._db.execute("UPDATE cursor SET file = ?, offset = ?", end)

    def _read(self, query: str) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self._path)) as db:
            return db.execute(query).fetchall()

    def _opened(self) -> sqlite3.Connection:
        """Open the file; one that is damaged, of another version or ahead of the log is made anew."""
        for _ in range(2):
            db = sqlite3.connect(self._path, check_same_thread=False)
            try:
                db.execute("PRAGMA journal_mode = WAL")
                db.execute("PRAGMA synchronous = NORMAL")
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
        raise sqlite3.DatabaseError(f"no ledger can be made at {self._path}")


def end_of(path: str) -> tuple[int, int]:
    """Return what `Ledger.end` says, from another process; the log's beginning while there is no ledger."""
    with contextlib.closing(sqlite3.connect(f"file:{quote(path)}?mode=rw", uri=True)) as db:
        file, offset = db.execute("SELECT file, offset FROM cursor").fetchone()
    return file, offset


def _counts(run: Run) -> Chain:
    """Return what the records of a run mean for their chain."""
    first, newest = run.records[0][0], max((line for line, _flag in run.records), key=lambda line: line.seq)
    forks = sum(flag == _FORK for _line, flag in run.records)
    return Chain(
        chain=first.chain,
        device=run.device,
        user=_user(first),
        first=min(line.seq for line, _flag in run.records),
        last=newest.seq,
        h=newest.h,
        records=len(run.records) - forks,
        at=run.at,
        forks=forks,
        uid=_uid(first),
    )


def _user(line: Line | Checked) -> str:
    """Return whom a record names, as text that a database takes."""
    user = line.body.get("user")
    return user if isinstance(user, str) and user.isprintable() else ""


def _uid(line: Line | Checked) -> int | None:
    """Return the number of the account that a genesis record names."""
    uid = line.body.get("uid") if line.body.get("kind") == "genesis" else None
    return uid if type(uid) is int and 0 <= uid < _MOST else None


def summary(log: Reader, file: int) -> tuple[list[dict[str, Any]], list[tuple[str, int]]]:
    """Return what a file of the log holds: of each chain the counts, and which chains were left at which number."""
    chains: dict[str, Chain] = {}
    left = []
    for run, _file, _offset in _runs(log.entries_of(file)):
        if not run.records:
            continue
        left += [
            where for line, _flag in run.records if line.body.get("kind") == "genesis" and (where := previous(line))
        ]
        one = _counts(run)
        other = chains.get(one.chain, one)
        if other is not one:
            newest = max(one, other, key=lambda chain: chain.last)
            one = other._replace(
                first=min(one.first, other.first), last=newest.last, h=newest.h, at=max(one.at, other.at),
                records=one.records + other.records, forks=one.forks + other.forks,
                uid=one.uid if other.uid is None else other.uid,
            )  # fmt: skip
        chains[one.chain] = one
    return [chain._asdict() for chain in chains.values()], left


def previous(genesis: Line | Checked) -> tuple[str, int] | None:
    """Return chain and number of the record that a genesis record says was the last one before it."""
    before = genesis.body.get("previous")
    chain, seq = (before.get("chain"), before.get("seq")) if isinstance(before, dict) else (None, None)
    if not lines.is_hex(chain, 32) or not isinstance(seq, int) or not 0 <= seq < _MOST:
        return None
    return str(chain), int(seq)


def _runs(entries: Iterable[tuple[Place, bytes]]) -> Iterator[tuple[Run, int, int]]:
    """Yield the log's entries as runs, each with file and offset: as far as they can be told apart, as they came."""
    run: Run | None = None
    records: list[tuple[Line | Checked, str]] = []  # of the run
    where = (0, 0)
    for place, raw in entries:
        header, line = landing.parse(raw)
        if line is None:
            if run:
                yield run, *where
            yield Run(header["at"], "", [header], [], place.length + 1, 0), place.file, place.offset
            run = None
            continue
        one = (line, header["flag"])
        if run and len(run.records) < _MOST_RUN and _goes_on(run, header, line) and place.file == where[0]:
            records.append(one)
            run = run._replace(length=run.length + place.length + 1)
            continue
        if run:
            yield run, *where
        records = [one]
        run = Run(header["at"], header["device"], [], records, 0, place.length + 1)
        where = (place.file, place.offset)
    if run:
        yield run, *where


def _goes_on(run: Run, header: dict[str, Any], line: Line) -> bool:
    last = run.records[-1][0]
    same = (run.at, run.device, last.chain) == (header["at"], header["device"], line.chain)
    return same and line.seq == last.seq + 1
