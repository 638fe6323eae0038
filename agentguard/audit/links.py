"""What records that stand in a file say about each other, wherever they came from and whatever lies between them.

Texts are those that a record is committed to, and a record follows from the one before it where that is here too, or a
receipt has its hash. Records of many chains may stand among each other, in any order, as a collector has them; so a file
is read twice, and only hashes are kept.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from agentguard.audit import erase, export, spool, verify
from agentguard.audit.verify import Chain, Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from agentguard.audit.lines import Line
    from agentguard.audit.receipts import Receipt
    from agentguard.audit.verify import Report

_RANGES = 12  # of numbers that are not here, which one sentence names


class Records:
    """The records that `lines` yields, as often as it is called. `part`: not all were asked for, or not all were left."""

    def __init__(self, lines: Callable[[], Iterator[Line]], receipts: Iterable[Receipt], *, part: bool) -> None:
        self._lines = lines
        self._part = part
        self._heads: dict[str, dict[int, str]] = {}  # hashes that the collector signed for, by chain and number
        for one in receipts:
            self._heads.setdefault(one.chain, {})[one.last] = one.head
        self._chains: dict[str, Chain] = {}
        self._before: dict[str, tuple[str, int]] = {}  # of chains that start here, the chain before and its last number
        self._hashes: dict[str, dict[int, str | tuple[str, ...]]] = {}  # by chain and number; a fork has several
        self._tombstones: dict[str, set[int]] = {}  # numbers whose texts were erased, by chain
        self._mishaps: dict[str, dict[str, int]] = {}  # how many so far, by chain
        self.counts = export.Counts()
        self._alone = 0

    def check(self, report: Report, gone: set[tuple[str, int]]) -> None:
        """Say what is wrong with the records, and which ones are not here, but for those that are `gone` as said."""
        report.findings += self._first_look()
        for line in self._lines():
            report.records += 1
            if line.problem:
                report.findings.append(Finding(f"no record: {line.problem}", line))
                continue
            report.erased += line.texts is None
            self.counts.add(line.body, line.texts)
            report.findings += [*self._texts(line), *self._link(line)]
            report.findings += verify.mishaps(line, self._mishaps.setdefault(line.chain, {}))
        report.chains = list(self._chains.values())
        for of, heads in self._heads.items():
            if of in self._chains:
                self._chains[of].signed = max(heads)
            else:
                text = f"the collector signed for chain {of} up to record {max(heads)}; none of it is in this export"
                report.findings.append(Finding(text, broken=False, chain=of))
        for chain in report.chains:
            numbers = sorted({*self._hashes[chain.chain], *(seq for of, seq in gone if of == chain.chain)})
            holes = [(one + 1, two - 1) for one, two in pairwise(numbers) if two > one + 1]
            if self._part and holes:
                report.left_out += [(chain.chain, first, last) for first, last in holes]
                text = f"chain {chain.chain}: {_are(holes)} not in this export, which is of a query"
                report.findings.append(Finding(text, broken=False, chain=chain.chain))
            elif not self._part:
                report.findings += self._whole(chain, holes)
        if self._alone:
            text = f"{self._alone} of {report.records} records are here without the one before them: digests hold them"
            report.findings.append(Finding(text, broken=False))

    def _first_look(self) -> Iterator[Finding]:
        """Learn what is here; yield what is here twice."""
        erased: list[tuple[str, set[int]]] = []
        for line in self._lines():
            if line.problem:
                continue
            chain = self._chains.setdefault(line.chain, Chain(line))
            chain.records += 1
            chain.first = min(chain.first, line.seq)
            if line.seq >= chain.last:
                chain.last, chain.h = line.seq, line.h
            hashes = self._hashes.setdefault(line.chain, {})
            known = hashes.get(line.seq, ())
            known = (known,) if isinstance(known, str) else known
            if known:
                how = "" if line.h in known else ", with different content: a fork"
                yield Finding(f"record {line.seq} is here twice{how}", line)
            hashes[line.seq] = (*known, line.h) if known else line.h
            if line.starts_chain:
                self._before[line.chain] = _previous(line)
            other, numbers = erase.of_another(line)
            if numbers:
                self._tombstones.setdefault(other, set()).update(numbers)
            numbers = set(erase.tombstones([line]))
            if numbers:
                erased.append((line.chain, numbers))
        for of, numbers in erased:
            self._tombstones.setdefault(of, set()).update(numbers)
            seen = {of}
            while (of := self._before.get(of, (of, 0))[0]) not in seen:
                seen.add(of)
                self._tombstones.setdefault(of, set()).update(numbers)

    def _texts(self, line: Line) -> Iterator[Finding]:
        if not line.texts_hold:
            yield Finding(f"record {line.seq}: its texts are not those that were recorded", line)
        if line.texts is None and line.seq not in self._tombstones.get(line.chain, ()):
            if self._part:
                text = f"record {line.seq}: its texts were taken away; what says so is not in this export"
            else:
                text = f"record {line.seq}: its texts were taken away, and no tombstone says so"
            yield Finding(text, line, broken=not self._part)

    def _link(self, line: Line) -> Iterator[Finding]:
        acknowledged = self._heads.get(line.chain, {})
        if acknowledged.get(line.seq, line.h) != line.h:
            yield Finding(f"record {line.seq} is not the one that the collector acknowledged", line)
        if line.starts_chain:
            return
        known = self._hashes[line.chain].get(line.seq - 1, ())
        heads = {known} if isinstance(known, str) else set(known)
        if line.seq - 1 in acknowledged:
            heads.add(acknowledged[line.seq - 1])
        self._alone += not heads
        claimed = line.body.get("prev")
        if line.body.get("kind") == "genesis":
            heads = {spool.NO_HEAD}
        elif not heads and isinstance(claimed, str) and claimed.isascii():
            heads = {claimed}
        if heads and not any(line.h == line.hash_after(head) for head in heads):
            text = f"record {line.seq} does not follow from record {line.seq - 1}: one was changed"
            yield Finding(text, line)

    def _whole(self, chain: Chain, holes: list[tuple[int, int]]) -> Iterator[Finding]:
        """Say what an export of everything lacks of a chain."""
        acknowledged = max(self._heads.get(chain.chain, {}), default=-1)
        if chain.chain not in self._before:
            text = f"chain {chain.chain}: starts at record {chain.first}; what was before is not here"
            yield Finding(text, broken=False, chain=chain.chain)
            if -1 < acknowledged < chain.first - 1:
                holes = [(acknowledged + 1, chain.first - 1), *holes]
        known = [seq for of, seq in self._before.values() if of == chain.chain]
        end = max([acknowledged, *known])
        if end > chain.last:
            holes = [*holes, (chain.last + 1, end)]
        for first, last in holes:
            text = f"chain {chain.chain}: {_are([(first, last)])} missing"
            yield Finding(text, chain=chain.chain, missing=(first, last))


def _previous(genesis: Line) -> tuple[str, int]:
    """Return the chain that a genesis record follows, and the last number of it that was known; ("", -1) if none was."""
    before = genesis.body.get("previous")
    chain, seq = (before.get("chain"), before.get("seq")) if isinstance(before, dict) else (None, None)
    return (chain, seq) if isinstance(chain, str) and type(seq) is int else ("", -1)


def _are(found: list[tuple[int, int]]) -> str:
    """Return ranges of numbers in words, and the verb: `records 1, 4 to 5 and 9 are`."""
    words = [str(first) if first == last else f"{first} to {last}" for first, last in found[:_RANGES]]
    more = [f"{len(found) - _RANGES} more such ranges"] if len(found) > _RANGES else []
    *most, end = [*words, *more]
    if most or " " in end:
        return f"records {', '.join(most)} and {end} are" if most else f"records {end} are"
    return f"record {end} is"
