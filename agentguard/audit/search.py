"""Searching a person's own spool. What a collector has is asked for by `remote`, in the same language."""

from __future__ import annotations

from collections import deque

from agentguard.audit import query, reader
from agentguard.audit.show import Seen


def search(folder: str, text: str, limit: int, now: float) -> tuple[list[Seen], bool]:
    """Return the newest records of a spool that a query finds, newest first, and whether these are all.

    Raises `QueryError` and `SpoolError`.
    """
    terms = query.parse(text, now=now)
    found: deque[Seen] = deque(maxlen=limit + 1)
    for line in reader.read(folder):
        if not line.problem and query.matches(terms, line.body, line.texts):
            found.appendleft(Seen(line.body, line.texts, line.h))
    return list(found)[:limit], len(found) <= limit
