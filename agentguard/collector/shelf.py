"""The files of the index, to read from: which there must be, and whether they hold what was counted.

A file is looked at when it is first opened. One that is damaged, or has not the records that were counted, is deleted,
said once, and whoever indexes is told to make it again. Until that is done each answer says what could not be read for it.
"""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import threading
from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard.collector import dayfile
from agentguard.collector.fleet import FLEET, Fleet
from agentguard.collector.landing import Place
from agentguard.collector.store import Lacks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agentguard.collector.fleet import Part

_MOST_OPEN = 400  # files that stay open


class File(NamedTuple):
    """A file of the index: `number` is the one of its day's first possible record."""

    day: str
    kind: str
    path: str
    number: int
    records: int


class Look:
    """What one question sees: how far the index is, what it must hold, and what was missing when it was read."""

    def __init__(self, cursor: tuple[int, int], parts: list[Part], behind: int) -> None:
        self.below = Place(*cursor, 0).number
        self.parts = parts
        self._behind = behind
        self._missing: dict[tuple[str, str], int] = {}

    def misses(self, file: File) -> None:
        """Note that a file could not be read."""
        self._missing[file.day, file.kind] = file.records

    @property
    def lacks(self) -> Lacks:
        """What the answer lacks."""
        missing = [{"day": day, "verdict": kind, "records": records} for (day, kind), records in self._missing.items()]
        return Lacks(self._behind, sorted(missing, key=lambda one: (one["day"], one["verdict"]), reverse=True))


class Shelf:
    """The files in a folder. Any thread may ask. `tell` is called when something must be made again."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._open: dict[str, tuple[int, sqlite3.Connection]] = {}
        self._told: set[str] = set()
        self.tell: Callable[[], object] = lambda: None

    def close(self) -> None:
        """Close all files."""
        while self._open:
            self._open.popitem()[1][1].close()

    def of_fleet(self, ask: Callable[[Fleet], Any], nothing: Any) -> Any:
        """Ask the file that all days have in common; `nothing` is the answer while there is none that can be read."""
        path = os.path.join(self._folder, FLEET)
        try:
            with contextlib.closing(Fleet(path, write=False)) as fleet:
                found = ask(fleet)
        except FileNotFoundError:
            self._tell(path)  # it may not have been made yet
            return nothing
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and not dayfile.is_damage(error):
                raise
            self._say(path, str(error))
            return nothing
        self._told.discard(path)
        return found

    def missing(self, parts: list[Part]) -> list[dict[str, Any]]:
        """Return the parts whose files are not there now."""
        try:
            there = set(os.listdir(self._folder))
        except FileNotFoundError:
            there = set()
        gone = [part for part in parts if dayfile.name(*part[:2]) not in there]
        return [{"day": part.day, "verdict": part.kind, "records": part.records} for part in gone]

    def file(self, part: Part, number: int) -> File:
        """Return the file of a part."""
        path = os.path.join(self._folder, dayfile.name(*part[:2]))
        return File(part.day, part.kind, path, number, part.records)

    @contextlib.contextmanager
    def reading(self, file: File, look: Look) -> Iterator[sqlite3.Connection]:
        """Lend a connection to a file; it stays open for the next one who asks.

        Instead of one that cannot be read an empty one is lent. What turns out to be damaged while it is read is left there.
        """
        inode, db = self._lent(file, look)
        if not inode:
            look.misses(file)
        try:
            yield db
        except sqlite3.Error as error:
            if not inode or not dayfile.is_damage(error):
                raise
            inode = 0
            dayfile.discard(file.path)
            self._say(file.path, str(error))
            look.misses(file)
        finally:
            with self._lock:
                keep = inode and file.path not in self._open and len(self._open) < _MOST_OPEN
                if keep:
                    self._open[file.path] = (inode, db)
            if not keep:
                db.close()

    def _lent(self, file: File, look: Look) -> tuple[int, sqlite3.Connection]:
        """Return a connection to a file, and the file's inode: 0 if it cannot be read."""
        try:
            inode = os.stat(file.path).st_ino
        except FileNotFoundError:
            self._say(file.path, "is gone")
            return 0, dayfile.empty()
        with self._lock:
            known = self._open.pop(file.path, None)
        if known and known[0] == inode:
            return known
        if known:
            known[1].close()
        problem = dayfile.problem(file.path, file.records, look.below)
        if problem:
            dayfile.discard(file.path)
            self._say(file.path, problem)
            return 0, dayfile.empty()
        self._told.discard(file.path)
        return inode, dayfile.opened(file.path)

    def _say(self, path: str, problem: str) -> None:
        if path not in self._told:
            sys.stderr.write(f"agentguard: {path} {problem}: it is made again from the landing log\n")
            self._tell(path)

    def _tell(self, path: str) -> None:
        if path not in self._told:
            self._told.add(path)
            self.tell()
