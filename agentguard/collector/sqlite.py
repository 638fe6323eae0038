"""The index on SQLite: one file a day and verdict, and one for what all days have in common.

Files are looked through from the newest day back, and only as many as it takes. Where the full-text index may find more
than was asked for (see `plan`), every record is read from the landing log and compared with the query; so many of those
as `_LOOK_AT` in one search, which then says that there may be more.
"""

from __future__ import annotations

import datetime as dt
import heapq
import math
import time
from collections import Counter
from itertools import islice
from typing import TYPE_CHECKING, Any

from agentguard.audit import query as language
from agentguard.audit.query import Group, Term
from agentguard.audit.record import stamp
from agentguard.collector import dayfile, landing, plan
from agentguard.collector.fleet import Fleet
from agentguard.collector.indexing import Indexer
from agentguard.collector.shelf import File, Look, Shelf
from agentguard.collector.store import (
    FIELDS,
    MOST_ALIKE,
    NEWEST,
    READ,
    VERDICTS,
    Histogram,
    Hit,
    Lacks,
    Page,
    Position,
    Top,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentguard.collector.ledger import Ledger
    from agentguard.collector.plan import Plan

_LOOK_AT = 20_000  # records that one search compares with the query, at most
_DAY_BITS = 47  # of a record's number: below stands its number in the landing log
_EPOCH = dt.date(1970, 1, 1)
_STEPS = (60, 300, 900, 1800, 3600, 10_800, 21_600, 43_200, 86_400, 604_800, 2_592_000, 31_536_000)  # seconds
_HOUR = 3600
_TICK = 0.01  # seconds between two looks at how far the index is
_LAST = 4_102_444_800  # 2100-01-01, after every record


class SqliteStore:
    """A `Store` in the data folder of a collector: `folder` is the index, `ledger` knows chains and alerts.

    Any thread may ask. Only the process that has the index to itself may call `catch_up` and `remove`.
    """

    def __init__(self, folder: str, ledger: Ledger, log: landing.Reader) -> None:
        self._folder = folder
        self._ledger = ledger
        self._log = log
        self.shelf = Shelf(folder)
        self._indexer: Indexer | None = None

    def close(self) -> None:
        """Close all files."""
        if self._indexer:
            self._indexer.close()
            self._indexer = None
        self.shelf.close()

    def catch_up(self) -> int:
        """Take in what is acknowledged and not here yet; return how many records that were."""
        return self._writer().catch_up()

    def remove(self, day: str, verdicts: Sequence[str], at: str) -> int:
        """Remove the records of these verdicts that were received on a day or before; return how many that were."""
        return self._writer().remove(day, verdicts, at)

    def indexed(self) -> tuple[int, int]:
        """Return how far the index is in the landing log: number of the file, and offset."""
        file, offset = self.shelf.of_fleet(Fleet.cursor, (0, 0))
        return file, offset

    def lacks(self, asked: Position | None = None) -> Lacks:
        """Return what is acknowledged and cannot be found now, whatever is asked for."""
        look = self._look(asked)
        return look.lacks._replace(missing=self.shelf.missing(look.parts))

    def reach(self, seconds: float) -> Position:
        """Wait until all that is acknowledged now can be found, so long at most; return where the log ended at the call."""
        end = self._ledger.end()
        until = time.monotonic() + seconds
        while self.indexed() < end and time.monotonic() < until:
            time.sleep(_TICK)
        return end

    def search(
        self, query: Group, limit: int, before: int = NEWEST, *, after: int | None = None, asked: Position | None = None
    ) -> Page:
        """Return the newest records that a query finds below `before`, or the oldest ones above `after`."""
        found: list[Hit] = []
        last = before if after is None else after
        numbers = (0 if after is None else after + 1, before)
        look = self._look(asked)
        for looked_at, (number, hit) in enumerate(self._looked_at(look, query, numbers, newest_first=after is None)):
            if len(found) == limit or looked_at == _LOOK_AT:
                return Page(found, complete=False, next=last, lacks=look.lacks)
            last = number
            if hit:
                found.append(hit)
        return Page(found, complete=not look.lacks, next=None, lacks=look.lacks)

    def histogram(
        self, query: Group, start: float, end: float, buckets: int, *, asked: Position | None = None
    ) -> Histogram:
        """Count what a query finds between two times, in at most so many buckets."""
        query, start, end = _narrowed(query, start, end)
        step, first, count = _buckets(start, end, max(1, buckets))
        counts: list[Counter[str]] = [Counter() for _ in range(count)]
        look = self._look(asked)
        kinds = _whole(query)
        hours, rest = _split(start, end, whole=kinds is not None and step % _HOUR == 0)
        if hours and kinds:
            rows = self.shelf.of_fleet(lambda fleet: fleet.hours(kinds, hours, step // _HOUR), [])
            for bucket, kind, records in rows:
                counts[bucket - first // step][kind] += records
        complete = True
        for times in rest:
            complete &= self._count(look, query, times, (first // step, step * 1000), counts)
        found = [(first + i * step, dict(one)) for i, one in enumerate(counts)]
        return Histogram(step, found, complete and not look.lacks, look.lacks)

    def top(
        self, field: str, query: Group, start: float, end: float, count: int, *, asked: Position | None = None
    ) -> Top:
        """Return the most frequent values of one of `FIELDS` in what a query finds between two times."""
        if field not in FIELDS:
            raise ValueError(field)
        query, start, end = _narrowed(query, start, end)
        kinds = _whole(query)
        look = self._look(asked)
        hours, rest = _split(start, end, whole=kinds is not None)
        found: Counter[str] = Counter()
        if hours and kinds:
            most = -1 if rest else count  # what is rare in whole hours may be frequent in what is left of others
            found.update(dict(self.shelf.of_fleet(lambda fleet: fleet.top(field, kinds, hours, most), [])))
        left = _LOOK_AT
        planned = [(span, *one) for span in rest for one in self._planned(look, query, span)]
        for times, file, how in planned:
            if how.exact:
                with self.shelf.reading(file, look) as db:
                    for text, records in dayfile.values(db, field, how, times):
                        for value in text.split("\n"):
                            found[value] += records
                continue
            for hit in self._compared(look, file, query, times, left):
                left -= 1
                found.update(_values(field, hit) if hit else ())
        found.pop("", None)
        ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        return Top(ordered[:count], complete=left > 0 and not look.lacks, lacks=look.lacks)

    def records(self, record_id: str) -> list[Hit]:
        """Return the records with an id, the one that came first before the others: at most `MOST_ALIKE`."""
        wanted = Term("id", record_id.lower())
        for query in (Group(language.AND, (wanted,)), Group(language.AND, (wanted, Term("kind", READ)))):
            hits = self.search(query, MOST_ALIKE, after=0).hits
            if hits:
                return hits
        return []

    def place(self, hit: Hit) -> Position:
        """Return where in the landing log a record stands."""
        return landing.position(hit.number & (_ALL_NUMBERS - 1))

    def make_again(self, parts: Sequence[tuple[str, str]]) -> None:
        """Delete what is indexed of these days and kinds; `catch_up` makes it again from the landing log."""
        self._writer().make_again(parts)

    def record_at(self, chain: str, seq: int) -> list[Hit]:
        """Return the records with a number in a chain: more than one where the chain forked."""
        found = []
        for number in self._ledger.places(chain, seq):
            entry = landing.parse(self._log.read(number))
            found.append(_hit(number | _day_number(entry.header["at"]), entry))
        return found

    def around(self, hit: Hit, count: int) -> tuple[list[Hit], list[Hit]]:
        """Return what the same session did before and after a record: at most so many each, oldest first."""
        session = hit.body.get("session")
        if not isinstance(session, str) or not session:
            return [], []
        chain = str(hit.body.get("chain"))
        wanted = Group(language.AND, (Term("session", session.lower()), Term("chain", chain)))
        before, after = [
            [*islice(self._of_device(hit.device, wanted, span, newest_first=down), count)]
            for span, down in (((0, hit.number), True), ((hit.number + 1, NEWEST), False))
        ]
        return before[::-1], after

    def _of_device(self, device: str, query: Group, numbers: tuple[int, int], *, newest_first: bool) -> Iterator[Hit]:
        """Yield what a query finds of exactly one device, in order."""
        for _number, hit in islice(self._looked_at(self._look(), query, numbers, newest_first=newest_first), _LOOK_AT):
            if hit and hit.device == device:
                yield hit

    def devices(self) -> list[dict[str, Any]]:
        """Return every device, the one that was heard of last first."""
        found: list[dict[str, Any]] = self.shelf.of_fleet(Fleet.devices, [])
        chains: dict[str, Counter[str]] = {}
        for chain in self._ledger.chains():
            counts = chains.setdefault(chain["device"], Counter())
            counts["chains"] += 1
            counts["forks"] += chain["forks"]
            counts["missing"] += chain["last"] - chain["first"] + 1 - chain["records"]
        alerts: dict[str, Counter[str]] = {}
        for alert in self._ledger.alerts():
            alerts.setdefault(alert["device"], Counter())[alert["alert"]] += 1
        for device in found:
            counts = chains.get(device["device"], Counter())
            device.update({name: counts[name] for name in ("missing", "forks", "chains")})
            device["alerts"] = dict(alerts.get(device["device"], {}))
        return found

    def alerts(self) -> list[dict[str, Any]]:
        """Return all alerts, newest first."""
        return self._ledger.alerts()

    def chains(self) -> list[dict[str, Any]]:
        """Return all chains, the one that was heard of last first."""
        return [chain for chain in self._ledger.chains() if chain["device"] != landing.OWN]

    def removed(self) -> list[dict[str, Any]]:
        """Return what retention removed, newest day first."""
        found: list[dict[str, Any]] = self.shelf.of_fleet(Fleet.removed, [])
        return found

    def _writer(self) -> Indexer:
        if self._indexer is None:
            self._indexer = Indexer(self._folder, self._log, self._ledger.end)
        return self._indexer

    def _look(self, asked: Position | None = None) -> Look:
        """Return what a question sees from now on."""
        end = asked or self._ledger.end()
        cursor, parts = self.shelf.of_fleet(Fleet.parts, ((0, 0), []))
        return Look(cursor, parts, self._log.bytes_between(cursor, end) if cursor < end else 0)

    def _files(self, look: Look, query: Group, span: plan.Span) -> list[File]:
        """Return the files that may have what a query finds within a time, newest day first."""
        reads = plan.asks_for_reads(query)
        found = []
        for part in look.parts:
            if reads or part.kind != READ:
                whole = plan.Span(part.day, part.day + "~")
                if whole.meets(span) and whole.meets(plan.span(query)):
                    found.append(self.shelf.file(part, _day_number(part.day)))
        return sorted(found, reverse=True)

    def _looked_at(
        self, look: Look, query: Group, numbers: tuple[int, int], *, newest_first: bool
    ) -> Iterator[tuple[int, Hit | None]]:
        """Yield the number of every record that may be meant, in order, and the record if it is."""
        files = [
            file for file in self._files(look, query, plan.Span("", "~")) if file.number + _ALL_NUMBERS > numbers[0]
        ]
        files = [file for file in files if file.number < numbers[1]]
        for day in sorted({file.day for file in files}, reverse=newest_first):
            todays = [self._candidates(look, file, query, numbers, newest_first=newest_first)
                      for file in files if file.day == day]  # fmt: skip
            for number, exact in heapq.merge(*todays, reverse=newest_first):
                yield number, self._meant(query, number, exact=exact)

    def _candidates(
        self, look: Look, file: File, query: Group, numbers: tuple[int, int], *, newest_first: bool
    ) -> Iterator[tuple[int, bool]]:
        """Yield (number, whether it is surely meant) of the records of one file that a query may mean."""
        how = plan.plan(query, file.kind)
        if how.none:
            return
        low, high = (number - file.number for number in numbers)
        within = (max(0, low), high if high < _ALL_NUMBERS else NEWEST)
        limits = dayfile.Limits(within, _milliseconds(plan.span(query)))
        exact = how.exact
        with self.shelf.reading(file, look) as db:
            for n, _at in dayfile.candidates(db, how, limits, newest_first=newest_first):
                yield file.number | n, exact

    def _meant(self, query: Group, number: int, *, exact: bool) -> Hit | None:
        entry = landing.parse(self._log.read(number & (_ALL_NUMBERS - 1)))
        hit = _hit(number, entry)
        meant = exact or language.matches(query, {**hit.body, "device": hit.device}, hit.texts, hit.received)
        return hit if meant else None

    def _compared(
        self, look: Look, file: File, query: Group, times: tuple[int, int], most: int
    ) -> Iterator[Hit | None]:
        """Yield what a query means of one file within a time; None for each record that it does not."""
        how = plan.plan(query, file.kind)
        limits = dayfile.Limits((0, NEWEST), times)
        with self.shelf.reading(file, look) as db:
            for n, _at in islice(dayfile.candidates(db, how, limits, newest_first=True), most):
                yield self._meant(query, file.number | n, exact=False)

    def _count(
        self, look: Look, query: Group, times: tuple[int, int], of: tuple[int, int], counts: list[Counter[str]]
    ) -> bool:
        """Count what a query finds by verdict and bucket; return whether that is all.

        `of`: the number of the first bucket since 1970, and the milliseconds of one.
        """
        first, step = of
        left = _LOOK_AT
        for file, how in self._planned(look, query, times):
            if how.exact:
                with self.shelf.reading(file, look) as db:
                    for bucket, records in dayfile.counts(db, how, times, step):
                        counts[bucket - first][file.kind] += records
                continue
            for hit in self._compared(look, file, query, times, left):
                left -= 1
                if hit:
                    counts[_at(hit.received) // step - first][file.kind] += 1
        return left > 0

    def _planned(self, look: Look, query: Group, times: tuple[int, int]) -> Iterator[tuple[File, Plan]]:
        """Yield every file that may have what a query finds within a time, newest day first, and how to ask it."""
        span = plan.Span(stamp(times[0] / 1000), stamp(min(times[1] / 1000, _LAST)))
        for file in self._files(look, query, span):
            how = plan.plan(query, file.kind)
            if not how.none:
                yield file, how


_ALL_NUMBERS = 1 << _DAY_BITS


def _hit(number: int, entry: landing.Entry) -> Hit:
    header, line = entry
    assert line is not None  # noqa: S101 - only records are indexed
    return Hit(number, header["at"], header["device"], header["flag"], line.h, line.body, line.texts, line.raw)


def _day_number(day: str) -> int:
    """Return the number below which no record of a day is."""
    return (dt.date.fromisoformat(day[:10]) - _EPOCH).days << _DAY_BITS


def _milliseconds(span: plan.Span) -> tuple[int, int]:
    return _at(span.since) if span.since else 0, _at(span.until) if span.until != "~" else _LAST * 1000


def _at(time: str) -> int:
    """Return the milliseconds since 1970 of a time as records write it."""
    return round(dt.datetime.fromisoformat(time).timestamp() * 1000)


def _buckets(start: float, end: float, most: int) -> tuple[int, int, int]:
    """Return seconds of a bucket, start of the first one, and how many there are."""
    start, end = int(max(0, start)), math.ceil(min(max(start + 1, end), _LAST))
    for step in _STEPS:
        first = start // step * step
        count = -(-(end - first) // step)
        if count <= most:
            break
    return step, first, count


def _narrowed(query: Group, start: float, end: float) -> tuple[Group, float, float]:
    """Return a query without the times that all of it is limited to, and the time that is left.

    What ends now ends with the hour: nothing has come since, and whole hours are counted already.
    """
    since, until = (moment / 1000 for moment in _milliseconds(plan.span(query)))
    end = min(end, until)
    return plan.without_times(query), max(0, start, since), _up(end) if time.time() <= end < _LAST else min(end, _LAST)


def _up(seconds: float) -> int:
    return -int(-seconds // _HOUR) * _HOUR


def _split(start: float, end: float, *, whole: bool) -> tuple[tuple[int, int] | None, list[tuple[int, int]]]:
    """Return the whole hours between two times (since 1970, to before the last), and what is left beside them (milliseconds).

    If not `whole`, all is left.
    """
    low, high = round(start * 1000), round(end * 1000)
    first, last = _up(start) // _HOUR, int(end // _HOUR)
    if not whole or first >= last:
        return None, [(low, high)] if low < high else []
    rest = [(low, first * _HOUR * 1000), (last * _HOUR * 1000, high)]
    return (first, last), [times for times in rest if times[0] < times[1]]


def _whole(query: Group) -> list[str] | None:
    """Return the verdicts of which a query means every record, if it means no record of the others; else None."""
    plans = {kind: plan.plan(query, kind) for kind in VERDICTS}
    if not plan.asks_for_reads(query) and all(how == plan.ALL or how.none for how in plans.values()):
        return [kind for kind, how in plans.items() if not how.none]
    return None


def _values(field: str, hit: Hit) -> list[str]:
    if field == "device":
        return [hit.device]
    return [value for key, value in language.facts(hit.body, hit.texts) if key == field]
