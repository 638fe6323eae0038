"""Who read what at the collector: records of the collector's own, in a chain of its own, in the same landing log.

Every read becomes a record before its answer is sent; if that cannot be written, nothing is answered. Searches find
these records by `kind:read`, and only then.
"""

from __future__ import annotations

import os
import threading
import time
from typing import TYPE_CHECKING

from agentguard.audit import mend, spool
from agentguard.audit.record import stamp
from agentguard.collector import batch
from agentguard.collector.ingest import LOST
from agentguard.collector.landing import OWN
from agentguard.collector.store import READ

if TYPE_CHECKING:
    from agentguard.audit.mend import Head
    from agentguard.collector.ingest import Ingest
    from agentguard.collector.ledger import Ledger

_QUERY = 8192  # characters that are kept of what was asked for


class AccessLog:
    """Records reads. Any thread may; one at a time."""

    def __init__(self, taker: Ingest, ledger: Ledger) -> None:
        self._taker = taker
        self._ledger = ledger
        self._lock = threading.Lock()

    def read(self, who: str, what: str, query: str, found: int) -> None:
        """Record that somebody read: `what` is the route, `query` what was asked for, `found` how much that was.

        Raises OSError and sqlite3.Error if it cannot be written.
        """
        now = time.time()
        facts = {"id": os.urandom(8).hex(), "kind": READ, "time": stamp(now), "device": OWN, "user": who}
        body = {**facts, "event": what, "found": found}
        with self._lock:
            start, head = self._head()
            data, _h = spool.make_line(head, spool.encoded(body, {"query": query[:_QUERY]}), {}, first=bool(start))
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
