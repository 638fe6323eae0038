"""Finding and checking records in a person's spool. What a collector has is asked for by `remote`."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from agentguard.audit import query, reader, verify
from agentguard.audit.memory import kept_receipts
from agentguard.audit.show import Seen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentguard.places import Places


def in_spool(folder: str, text: str, limit: int, now: float) -> tuple[list[Seen], bool]:
    """Return the newest records of a spool that a query finds, newest first, and whether these are all."""
    terms = query.parse(text, now=now)
    found: deque[Seen] = deque(maxlen=limit + 1)
    for line in reader.read(folder):
        if not line.problem and query.matches(terms, line.body, line.texts):
            found.appendleft(Seen(line.body, line.texts, line.h))
    return list(found)[:limit], len(found) <= limit


def check(places: Places, uid: int, receipt_keys: Sequence[str]) -> verify.Report:
    """Check a person's spool, against the receipts that one of these keys has signed."""
    return verify.verify(places.spool(uid), kept_receipts(places, uid, receipt_keys))
