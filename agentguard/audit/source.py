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


class Lacks:
    """Why not everything may have been found, by all that was asked of a source so far.

    `removed`: what was removed of it because it was old, {verdict: (until which day, records)}. `behind`: bytes of records
    that had come and could not be found yet. `missing`: {(day, verdict): records} of an index that is being made again.
    `unreadable`: lines of a spool that are no records.
    """

    def __init__(self) -> None:
        self.behind = 0
        self.unreadable = 0
        self.removed: dict[str, tuple[str, int]] = {}
        self.missing: dict[tuple[str, str], int] = {}

    def learn(self, answer: dict[str, Any]) -> None:
        """Take in what an answer of a collector says of itself. Raises KeyError, TypeError and ValueError."""
        self.behind = max(self.behind, int(answer["behind"]))
        for one in answer["missing"]:
            self.missing[str(one["day"]), str(one["verdict"])] = int(one["records"])
        for one in answer["removed"]:
            self.removed[str(one["verdict"])] = str(one["until"]), int(one["records"])

    def as_json(self) -> dict[str, Any]:
        """Return it as a manifest has it."""
        missing = [{"day": day, "verdict": kind, "records": count} for (day, kind), count in self.missing.items()]
        removed = [{"verdict": kind, "until": day, "records": count} for kind, (day, count) in self.removed.items()]
        return {"removed": removed, "behind": self.behind, "missing": missing}

    def sentences(self) -> list[str]:
        """Return it in words, nothing if nothing is lacking."""
        found = [f"retention removed {count:,} records ({kind}) of {day} and before"
                 for kind, (day, count) in self.removed.items()]  # fmt: skip
        if self.behind:
            found.append(
                f"not all is here: the collector has not indexed {self.behind:,} bytes of the newest records yet"
            )
        if self.unreadable:
            found.append(
                f"not all is here: {self.unreadable:,} lines of the spool are no records; see `agentguard audit verify`"
            )
        found += [f"not all is here: {count:,} records ({kind}) of {day} cannot be found until their index is made again"
                  for (day, kind), count in self.missing.items()]  # fmt: skip
        return found


class Source(Protocol):
    """Answers queries. All methods raise `QueryError` and `AuditError`. `lacks`: what the answers so far may lack."""

    name: str
    lacks: Lacks

    def find(self, text: str, limit: int) -> tuple[list[Seen], bool]:
        """Return the newest records that a query finds, newest first, and whether no older ones are left."""

    def every(self, text: str) -> Iterator[Seen]:
        """Yield all records that a query finds, oldest first: as they were written, or as they came to the collector."""

    def standing(self, record: Seen) -> Standing:
        """Return how a record that was found stands in its chain."""


class Spool:
    """The spool in a folder. `receipts` gets those that are kept for it."""

    def __init__(self, folder: str, receipts: Callable[[], list[Receipt]] = list) -> None:
        self.name = folder
        self.lacks = Lacks()  # what a spool frees is at the collector
        self._receipts = receipts

    def find(self, text: str, limit: int) -> tuple[list[Seen], bool]:
        """Return the newest records that a query finds, newest first, and whether these are all."""
        found = deque(self.every(text), maxlen=limit + 1)
        return list(reversed(found))[:limit], len(found) <= limit

    def every(self, text: str) -> Iterator[Seen]:
        """Yield all records that a query finds, oldest first. Lines that cannot be read are `verify`'s to name."""
        terms = query.parse(text, now=time.time())
        unreadable = 0
        for line in reader.read(self.name):
            unreadable += bool(line.problem) and line.problem != reader.CUT_OFF  # that one may still be being written
            self.lacks.unreadable = max(self.lacks.unreadable, unreadable)
            if not line.problem and query.matches(terms, line.body, line.texts):
                yield Seen(line.body, line.texts, line.h, raw=line.raw)

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
        self.lacks = Lacks()
        self._token = token

    def find(self, text: str, limit: int) -> tuple[list[Seen], bool]:
        """Return the newest records that a query finds, newest first, and whether these are all."""
        from agentguard.audit import remote  # noqa: PLC0415 - what speaks HTTP is not for a local search

        return remote.search(self.name, self._token, text, limit, self.lacks)

    def every(self, text: str) -> Iterator[Seen]:
        """Yield all records that a query finds, oldest first."""
        from agentguard.audit import remote  # noqa: PLC0415

        return remote.every(self.name, self._token, text, self.lacks)

    def standing(self, record: Seen) -> Standing:
        """Ask for the alerts about the record's chain, and look whether its texts are those it is committed to."""
        from agentguard.audit import lines, remote  # noqa: PLC0415

        problems = remote.alerts(self.name, self._token, str(record.body.get("chain")))
        if not lines.parse(record.raw).texts_hold:
            problems.insert(0, "the texts of this record are not those that it is committed to")
        return Standing(not problems, problems, acknowledged=True)
