"""Where records are read from: a person's own spool, or a collector, asked in the same language.

A spool is read whole for every question, because it holds what is not uploaded yet and little more.
"""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from agentguard.audit import query, reader, verify
from agentguard.audit.show import Seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agentguard.audit.receipts import Receipt


class Standing(NamedTuple):
    """How a record stands in its chain: whether the chain holds, what is wrong with it, and whether the collector has it.

    `acknowledged` is None where that cannot be known: a person may not read the receipts of a managed install.
    """

    holds: bool
    problems: list[str]
    acknowledged: bool | None

    def text(self) -> str:
        """Return it as a sentence."""
        chain = "holds" if self.holds else f"does not hold: {'; '.join(self.problems)}"
        received = {True: "the collector has it", False: "the collector has not signed for it yet"}
        return f"{chain}; {received[self.acknowledged]}" if self.acknowledged is not None else chain


class Source(Protocol):
    """Answers queries. All methods raise `QueryError` and `AuditError`."""

    name: str

    def find(self, text: str, limit: int) -> tuple[list[Seen], bool]:
        """Return the newest records that a query finds, newest first, and whether these are all."""

    def every(self, text: str) -> Iterator[Seen]:
        """Yield all records that a query finds, oldest first: as they were written, or as they came to the collector."""

    def lacks(self, text: str) -> dict[str, Any]:
        """Return why not everything may have been found.

        `removed`: what was removed of it because it was old, [{verdict, until: day, records}]. `behind`: bytes of records
        that had come and could not be found yet.
        """

    def standing(self, record: Seen) -> Standing:
        """Return how a record that was found stands in its chain."""


class Spool:
    """The spool in a folder. `receipts` gets those that are kept for it."""

    def __init__(self, folder: str, receipts: Callable[[], list[Receipt]] = list) -> None:
        self.name = folder
        self._receipts = receipts

    def find(self, text: str, limit: int) -> tuple[list[Seen], bool]:
        """Return the newest records that a query finds, newest first, and whether these are all."""
        found = deque(self.every(text), maxlen=limit + 1)
        return list(reversed(found))[:limit], len(found) <= limit

    def every(self, text: str) -> Iterator[Seen]:
        """Yield all records that a query finds, oldest first. Lines that cannot be read are `verify`'s to name."""
        terms = query.parse(text, now=time.time())
        for line in reader.read(self.name):
            if not line.problem and query.matches(terms, line.body, line.texts):
                yield Seen(line.body, line.texts, line.h, raw=line.raw)

    def lacks(self, _text: str) -> dict[str, Any]:
        """Return that nothing is lacking: what a spool frees is at the collector."""
        return {"removed": [], "behind": 0}

    def standing(self, record: Seen) -> Standing:
        """Check the whole spool, and say what of that concerns the record's chain."""
        chain, seq = record.body["chain"], record.body["seq"]
        receipts = self._receipts()
        found = verify.verify(self.name, receipts).findings
        problems = [str(finding) for finding in found if finding.broken and finding.chain in ("", chain)]
        last = max((one.last for one in receipts if one.chain == chain), default=-1)
        return Standing(not problems, problems, last >= seq if receipts else None)


class Collector:
    """A collector at an address. `token` is a reader's."""

    def __init__(self, url: str, token: str) -> None:
        self.name = url
        self._token = token

    def find(self, text: str, limit: int) -> tuple[list[Seen], bool]:
        """Return the newest records that a query finds, newest first, and whether these are all."""
        from agentguard.audit import remote  # noqa: PLC0415 - what speaks HTTP is not for a local search

        return remote.search(self.name, self._token, text, limit)

    def every(self, text: str) -> Iterator[Seen]:
        """Yield all records that a query finds, oldest first."""
        from agentguard.audit import remote  # noqa: PLC0415

        return remote.every(self.name, self._token, text)

    def lacks(self, text: str) -> dict[str, Any]:
        """Ask what retention removed, and how far the index is."""
        from agentguard.audit import remote  # noqa: PLC0415

        return remote.lacks(self.name, self._token, text)

    def standing(self, record: Seen) -> Standing:
        """Ask for the alerts about the record's chain."""
        from agentguard.audit import remote  # noqa: PLC0415

        problems = remote.alerts(self.name, self._token, str(record.body.get("chain")))
        return Standing(not problems, problems, acknowledged=True)
