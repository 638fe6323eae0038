"""Erasing at the collector: the texts of records go for good, facts, hashes and chains stay, and a tombstone says it.

As on a laptop (`agentguard.audit.erase`), the texts of a line become null and its salt empty, which changes no hash. In the
landing log the entry keeps its length: spaces follow its header, so that every other entry stays in its place. In order:

1. tombstones are recorded in the collector's own chain: which records of which chain, who erased, why
2. the files of the index that have words of them are deleted
3. the files of the landing log are replaced one by one, each whole or not at all
4. the index is made again from the log

Whoever is interrupted erases again: what still has its texts is found again, and what was deleted of the index is made
again at the next start. What a laptop erases in its own spool erases nothing here: whoever holds it could else destroy
evidence.
"""

from __future__ import annotations

import os
import time
from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from agentguard.audit import erase as spools
from agentguard.audit import lines
from agentguard.audit import query as language
from agentguard.audit.redact import Redactor
from agentguard.collector import indexing, landing, plan, reads, rebuild
from agentguard.collector.access import AccessLog
from agentguard.collector.ingest import Ingest
from agentguard.collector.store import READ
from agentguard.errors import AuditError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentguard.audit.query import Group
    from agentguard.collector.keys import Keys
    from agentguard.collector.landing import Landing
    from agentguard.collector.sqlite import SqliteStore

_PAGE = 1000  # records of one look at the index


class Found(NamedTuple):
    """A record that still has texts: which one, whose, and where it stands in the landing log."""

    chain: str
    seq: int
    device: str
    place: tuple[int, int]


def erase(keys: Keys, text: str, reason: str, who: str, *, really: bool) -> list[Found]:
    """Erase the texts of the records that a query finds; return which these are. If not `really`, only find them.

    Raises `ConfigError` if a server runs, `QueryError`, and `AuditError` if the landing log is damaged.
    """
    query = language.parse(text, now=time.time())
    with rebuild.opened(keys) as (log, ledger, store):
        store.catch_up()
        found = [*_indexed(store, query), *_forgotten(store, log, query)]
        if found and really:
            access = AccessLog(Ingest(log, ledger, keys), ledger)
            said = Redactor(os.urandom(32)).text(reason)
            for chain, numbers in _by_chain(found):
                access.erased(who, chain, numbers, said)
            _rewrite(store, log, [one.place for one in found])
    return found


def erased(raw: bytes) -> bytes:
    """Return an entry of the landing log without its texts, as long as it was. Raises `AuditError` if it is damaged."""
    start, _tab, rest = raw.partition(b"\t")
    line = lines.parse(rest)
    if line.problem:
        raise AuditError("the landing log is damaged")
    bare = spools.erased(line)
    return start + b" " * (len(rest) - len(bare)) + b"\t" + bare


def _indexed(store: SqliteStore, query: Group) -> Iterator[Found]:
    """Yield what the index finds."""
    after: int | None = 0
    while after is not None:
        page = store.search(query, _PAGE, after=after)
        if page.lacks:
            raise ConfigError("not all records can be found now", hint="erase again")
        for hit in page.hits:
            if hit.texts and hit.body.get("kind") != spools.KIND:
                yield Found(hit.body["chain"], hit.body["seq"], hit.device, store.place(hit))
        after = page.next


def _forgotten(store: SqliteStore, log: Landing, query: Group) -> Iterator[Found]:
    """Yield what retention removed from the index and the landing log still has: that is read from one end to the other."""
    if not reads.removed(store, query):
        return
    removed = {(one["day"], one["verdict"]) for one in store.removed()}
    reading = plan.asks_for_reads(query)
    for file in log.files():
        for place, raw in log.entries_of(file):
            header, line = entry = landing.parse(raw)
            part = indexing.part_of(entry)
            if line is None or not line.texts or part not in removed or (part[1] == READ and not reading):
                continue
            if line.body.get("kind") != spools.KIND and language.matches(
                query, {**line.body, "device": header["device"]}, line.texts, header["at"]
            ):
                yield Found(line.chain, line.seq, header["device"], (place.file, place.offset))


def _by_chain(found: list[Found]) -> Iterator[tuple[str, list[int]]]:
    """Yield the numbers of each chain, as many as one tombstone takes."""
    chains: defaultdict[str, set[int]] = defaultdict(set)
    for one in found:
        chains[one.chain].add(one.seq)
    for chain, numbers in sorted(chains.items()):
        ordered = sorted(numbers)
        for start in range(0, len(ordered), spools.NUMBERS):
            yield chain, ordered[start : start + spools.NUMBERS]


def _rewrite(store: SqliteStore, log: Landing, places: list[tuple[int, int]]) -> None:
    files: defaultdict[int, set[int]] = defaultdict(set)
    parts = set()
    for file, offset in places:
        files[file].add(offset)
        parts.add(indexing.part_of(landing.parse(log.read(landing.Place(file, offset, 0).number))))
    store.make_again(sorted(parts))
    for file, offsets in sorted(files.items()):
        log.rewrite(file, {offset: erased(log.read(landing.Place(file, offset, 0).number)) for offset in offsets})
    store.catch_up()
