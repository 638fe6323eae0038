"""What the collector asks of an index of records: the seam behind which a larger database can stand.

An index is a cursor over the landing log. It may lag, and it may be thrown away: `catch_up` brings it to the end of what
is acknowledged again. Nothing is acknowledged because it is in an index.

Queries are those of `agentguard.audit.query`, parsed; every implementation finds exactly what `query.matches` accepts.
Records are in order of the day (UTC) on which they were received, and on one day as they came. A record's `number` goes
up in that order, so that a search can go on below the last number it saw.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from agentguard.audit import query

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentguard.audit.query import Group

MOST_ALIKE = 20  # records with one id
Position = tuple[int, int]  # in the landing log: number of the file, and offset
NEWEST = 2**62  # above the number of every record
ALLOW, ASK, DENY, OTHER, READ = "allow", "ask", "deny", "other", query.READ
VERDICTS = (ALLOW, ASK, DENY, OTHER)  # how records are counted and kept: by effect; those without one are `other`
KINDS = (*VERDICTS, READ)  # `read`: who read what at this collector; found only by queries that say kind:read
FIELDS = ("device", "rule", "tool", "user")  # what `top` counts


class Hit(NamedTuple):
    """A record that was found: its exact line as the device sent it, what that holds, and what the collector knows of it."""

    number: int
    received: str
    device: str
    flag: str
    h: str
    body: dict[str, Any]
    texts: dict[str, Any] | None
    line: bytes


class Lacks(NamedTuple):
    """Why an answer may be short: what is acknowledged and cannot be found now.

    `behind`: bytes of the landing log that are not indexed yet. `missing`: parts of the index that are being made again,
    [{day, verdict, records}].
    """

    behind: int
    missing: list[dict[str, Any]]

    def __bool__(self) -> bool:
        return bool(self.behind or self.missing)

    def __or__(self, other: Lacks) -> Lacks:
        """Return what two answers together lack."""
        more = [one for one in other.missing if one not in self.missing]
        return Lacks(max(self.behind, other.behind), [*self.missing, *more])


class Page(NamedTuple):
    """Records in the order asked for. If there may be more below them, `next` is where to go on.

    `complete` is true if these are all: nothing is left to go on with, and the index lacks nothing.
    """

    hits: list[Hit]
    complete: bool
    next: int | None
    lacks: Lacks


class Histogram(NamedTuple):
    """Counts by verdict over time.

    `buckets`: [(start in seconds since 1970, {verdict: count}), …], one after another, each `step` seconds long, empty
    ones too. `complete` is false if so many records had to be looked at that it was left at the newest ones, or if the
    index lacks something.
    """

    step: int
    buckets: list[tuple[int, dict[str, int]]]
    complete: bool
    lacks: Lacks


class Top(NamedTuple):
    """The most frequent values of a field: [(value, count), …], the most frequent first. `complete`: as above."""

    values: list[tuple[str, int]]
    complete: bool
    lacks: Lacks


class Store(Protocol):
    """What the collector asks of an index."""

    def catch_up(self) -> int:
        """Take in what is acknowledged and not here yet; return how many records that were."""

    def indexed(self) -> tuple[int, int]:
        """Return how far the index is in the landing log: number of the file, and offset."""

    def lacks(self, asked: Position | None = None) -> Lacks:
        """Return what is acknowledged and cannot be found now, whatever is asked for."""

    def reach(self, seconds: float) -> Position:
        """Wait until all that is acknowledged now can be found, so long at most; return where the log ended at the call.

        Given as `asked` to a question, only what was acknowledged then counts as lacking: more comes all the time.
        """

    def search(
        self, query: Group, limit: int, before: int = NEWEST, *, after: int | None = None, asked: Position | None = None
    ) -> Page:
        """Return the newest records that a query finds and whose number is below `before`, newest first.

        With `after`: the oldest ones whose number is above that, oldest first.
        """

    def histogram(
        self, query: Group, start: float, end: float, buckets: int, *, asked: Position | None = None
    ) -> Histogram:
        """Count what a query finds between two times (seconds since 1970), in at most so many buckets.

        The first one begins at or before `start`, the last one ends at or after `end`; what is outside is not counted.
        """

    def top(
        self, field: str, query: Group, start: float, end: float, count: int, *, asked: Position | None = None
    ) -> Top:
        """Return the most frequent values of one of `FIELDS` in what a query finds between two times.

        A record with several rules counts for each.
        """

    def records(self, record_id: str) -> list[Hit]:
        """Return the records with an id, the one that came first before the others: at most `MOST_ALIKE`.

        A device makes ids up by chance, but may write any: the first one is the one that nobody could have copied.
        """

    def record_at(self, chain: str, seq: int) -> list[Hit]:
        """Return the records with a number in a chain: more than one where the chain forked."""

    def around(self, hit: Hit, count: int) -> tuple[list[Hit], list[Hit]]:
        """Return what the same session did before and after a record: at most so many each, oldest first.

        It is that of one chain of one device, whatever others call theirs.
        """

    def devices(self) -> list[dict[str, Any]]:
        """Return every device, the one that was heard of last first.

        {device, first, last: when its first and newest record came, records, user, hostname, os, bundle, revision, state:
        of its newest record, ahead: seconds that its clock was ahead then, agentguard, source: its version and which managed
        settings won at its newest heartbeat, health: what was wrong then, "healthy" if nothing was, missing: records that
        are missing in its chains, forks, chains: how many, alerts: {kind: how many}}
        """

    def alerts(self) -> list[dict[str, Any]]:
        """Return all alerts, newest first: see `ingest.ALERTS`.

        {at, device, alert, chain, first, last, about, times: how often there was reason for it, latest: the last time}
        """

    def chains(self) -> list[dict[str, Any]]:
        """Return all chains, the one that was heard of last first.

        {chain, device, user, uid: of the account, None if not known, first, last, h: of the last, records, at: of the
        last, forks}
        """

    def removed(self) -> list[dict[str, Any]]:
        """Return what retention removed, newest day first: {day, verdict, records, at: when}."""

    def remove(self, day: str, verdicts: Sequence[str], at: str) -> int:
        """Remove the records of these verdicts that were received on a day or before; return how many that were."""
