"""Who read what at the collector: records of the collector's own, in a chain of its own, in the same landing log.

Every read becomes a record before its answer is sent, and so does one that a token's scope does not allow; if that cannot be
written, nothing is answered. Wrong tokens are counted, and told of once a minute at most, with the addresses that they came
from: strangers must not fill the disk. Searches find these records by `kind:read`, and only then.
"""

from __future__ import annotations

import os
import threading
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from agentguard.audit import mend, spool
from agentguard.audit.erase import KIND
from agentguard.audit.outcome import REFUSED
from agentguard.audit.record import stamp
from agentguard.collector import batch
from agentguard.collector.ingest import LOST
from agentguard.collector.landing import OWN
from agentguard.collector.store import READ

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentguard.audit.mend import Head
    from agentguard.collector.ingest import Ingest
    from agentguard.collector.ledger import Ledger

_QUERY = 8192  # characters that are kept of a query
_FACTS, _FACT = 20, 200  # parameters beside it, and characters of each
_ADDRESSES = 20  # of strangers, that are told apart until the next record
_QUIET_SECONDS = 60.0  # between two records about strangers
_ELSEWHERE = "elsewhere"


class AccessLog:
    """Records reads. Any thread may; one at a time."""

    def __init__(self, taker: Ingest, ledger: Ledger) -> None:
        self._taker = taker
        self._ledger = ledger
        self._lock = threading.Lock()
        self._strangers: Counter[str] = Counter()  # wrong tokens by address, since the last record about them
        self._told = -_QUIET_SECONDS

    def read(self, who: str, what: str, asked: Mapping[str, str], found: int) -> None:
        """Record that somebody read: `what` is the route, `asked` its parameters, `found` how much was found.

        Raises OSError and sqlite3.Error if it cannot be written, as all of this class do.
        """
        with self._lock:
            self._write({"user": who, "event": what, "found": found}, _texts(asked))

    def refused(self, who: str, what: str, asked: Mapping[str, str], why: str) -> None:
        """Record that somebody asked for what the token does not allow."""
        with self._lock:
            self._write({"user": who, "event": what, "outcome": REFUSED, "found": 0}, {**_texts(asked), "reason": why})

    def erased(self, who: str, chain: str, numbers: list[int], reason: str) -> None:
        """Record that the texts of these records of a chain are going to be erased: this is found without asking for reads."""
        with self._lock:
            self._write({"kind": KIND, "user": who, "of": chain, "erased": numbers}, {"reason": reason})

    def stranger(self, address: str) -> None:
        """Count a wrong token."""
        with self._lock:
            known = address in self._strangers or len(self._strangers) < _ADDRESSES
            self._strangers[address if known else _ELSEWHERE] += 1
            if time.monotonic() - self._told >= _QUIET_SECONDS:
                self._tell()

    def settle(self) -> None:
        """Record the wrong tokens that are not told of yet: whoever reads now should find them."""
        if self._strangers:
            with self._lock:
                self._tell()

    def _tell(self) -> None:
        count = self._strangers.total()
        if count:
            facts = {address[:_FACT]: str(times) for address, times in self._strangers.items()}
            texts = {"query": "", "facts": facts, "reason": "no reader's token; how often, by address"}
            self._write({"user": "", "event": "wrong tokens", "outcome": REFUSED, "found": 0, "times": count}, texts)
            self._strangers.clear()
            self._told = time.monotonic()

    def _write(self, said: dict[str, Any], texts: dict[str, Any]) -> None:
        now = time.time()
        body = {"id": os.urandom(8).hex(), "kind": READ, "time": stamp(now), "device": OWN, **said}
        start, head = self._head()
        data, _h = spool.make_line(head, spool.encoded(body, texts), {}, first=bool(start))
        self._taker.take(OWN, batch.read(start + data, "identity", own=True), now, gone=False)

    def _head(self) -> tuple[bytes, Head]:
        """Return the newest record of the chain; where there is none, the line that starts one, too."""
        chain = self._ledger.newest_of(OWN)
        own = {"device": OWN, "user": ""}
        if chain is None:
            return mend.genesis(mend.NEW, None, own)
        head = (chain.chain, chain.last, chain.h)
        if self._ledger.latest_alert(LOST, chain.chain, OWN):  # no number of those that were lost is given twice
            return mend.genesis(mend.FORK, head, own)
        return b"", head


def _texts(asked: Mapping[str, str]) -> dict[str, Any]:
    """Return what was asked for as a record's texts: the query, and the parameters beside it."""
    more = [(name[:_FACT], value[:_FACT]) for name, value in asked.items() if name != "q"]
    return {"query": asked.get("q", "")[:_QUERY], "facts": dict(more[:_FACTS])}
