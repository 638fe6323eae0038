"""Checks a spool: does every chain hold, is every record there, and if not, exactly where not.

What counts as broken: a line that cannot be read (but for an unfinished one at the very end), a hash that does not
follow from the line before it, records missing between two that are there, texts that are not those that were committed
to, texts that are gone without a tombstone, a spool that ends before what the collector has acknowledged or differs from
it, and records gone from its start without a receipt although receipts of that chain are here. Everything else that is
worth knowing is a remark. Where no receipt is at hand, nothing can be said about what is gone from the start: the
collector has it, and `agentguard audit verify --collector` compares.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentguard.audit import erase, reader, spool

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentguard.audit.lines import Line
    from agentguard.audit.receipts import Receipt

_MISHAPS = {
    "lost": "could not be written",
    "torn": "torn at the end of a write and set aside",
    "full": "written on a full disk, after the ballast was given back",
}


class Finding:
    """One thing that was found. `broken` says whether the chain does not hold there. `file` and `number` say where.

    `chain` is the chain that it is about, "" if that is not known. `missing` are the first and the last number of
    records that should be there and are not.
    """

    __slots__ = ("broken", "chain", "file", "missing", "number", "text")

    def __init__(
        self,
        text: str,
        line: Line | None = None,
        *,
        broken: bool = True,
        chain: str = "",
        missing: tuple[int, int] | None = None,
    ) -> None:
        self.text = text
        self.broken = broken
        self.file = line.file if line else ""
        self.number = line.number if line else 0
        self.chain = chain or (line.chain if line else "")
        self.missing = missing

    def __str__(self) -> str:
        where = f"{self.file}:{self.number}: " if self.file else ""
        return f"{where}{self.text}"


class Chain:
    """What is there of one chain: first and last number, the hash of the last, how many records.

    `signed`: the highest number that a receipt at hand signs for, None if there is no receipt.
    """

    __slots__ = ("chain", "first", "h", "last", "records", "signed")

    def __init__(self, line: Line) -> None:
        self.chain = line.chain
        self.first = self.last = line.seq
        self.h = line.h
        self.records = 0
        self.signed: int | None = None


class Report:
    """The result of a check. It holds if no finding is a break.

    `left_out`: (chain, first, last) of numbers that an export of a query does not have.
    """

    __slots__ = ("aside", "chains", "erased", "findings", "left_out", "records")

    def __init__(self) -> None:
        self.chains: list[Chain] = []
        self.findings: list[Finding] = []
        self.aside: list[str] = []
        self.left_out: list[tuple[str, int, int]] = []
        self.records = 0
        self.erased = 0

    @property
    def holds(self) -> bool:
        """Whether every chain holds."""
        return not any(finding.broken for finding in self.findings)

    def as_json(self) -> dict[str, Any]:
        """Return the report as plain values."""
        return {
            "holds": self.holds,
            "records": self.records,
            "erased": self.erased,
            "chains": [{name: getattr(chain, name) for name in Chain.__slots__} for chain in self.chains],
            "findings": [{name: getattr(one, name) for name in Finding.__slots__} for one in self.findings],
            "missing": [
                {"chain": one.chain, "first": one.missing[0], "last": one.missing[1]}
                for one in self.findings
                if one.missing
            ],
            "left_out": [{"chain": chain, "first": first, "last": last} for chain, first, last in self.left_out],
            "set_aside": self.aside,
        }


def verify(folder: str, receipts: Iterable[Receipt] = ()) -> Report:
    """Check the spool at `folder`, against the collector's receipts where there are any. Raises `SpoolError`."""
    with reader.Contents(folder) as contents:
        report = check((line for name, size in contents.files for line in contents.lines(name, size)), receipts)
        report.aside = contents.aside
    return report


def check(lines: Iterable[Line], receipts: Iterable[Receipt] = ()) -> Report:
    """Check lines in their order: those of a spool, or those of a file that came out of one."""
    report = Report()
    heads = {(receipt.chain, receipt.last): receipt.head for receipt in receipts}
    gone: list[Line] = []
    tombstones: set[int] = set()
    before: Line | None = None
    begins: Line | None = None  # the record that starts the first chain, if it is here
    counts: dict[str, int] = {}
    for line in lines:
        report.records += 1
        if line.problem:
            unfinished = line.file == spool.CURRENT and line.problem == reader.CUT_OFF  # the next append sets it aside
            report.findings.append(Finding(f"no record: {line.problem}", line, broken=not unfinished))
            continue
        report.findings += _links(line, before, heads)
        if before is None and line.starts_chain:
            begins = line
        if not line.texts_hold:
            report.findings.append(Finding(f"record {line.seq}: its texts are not those that were recorded", line))
        acknowledged = heads.get((line.chain, line.seq), line.h)
        if acknowledged != line.h:
            report.findings.append(Finding(f"record {line.seq} is not the one that the collector acknowledged", line))
        report.findings += mishaps(line, counts)
        gone += [line] if line.texts is None else []
        tombstones.update(erase.tombstones([line]))
        if before is None or before.chain != line.chain:
            report.chains.append(Chain(line))
        chain = report.chains[-1]
        chain.last, chain.h, chain.records = line.seq, line.h, chain.records + 1
        before = line
    report.erased = len(gone)
    for line in gone:
        if line.seq not in tombstones:
            text = f"record {line.seq}: its texts were taken away, and no tombstone says so"
            report.findings.append(Finding(text, line))
    signed: dict[str, int] = {}
    for chain_id, seq in heads:
        signed[chain_id] = max(seq, signed.get(chain_id, seq))
    for chain in report.chains:
        chain.signed = signed.pop(chain.chain, None)
    if begins and not begins.body.get("previous"):
        for chain_id, seq in signed.items():
            text = (
                f"begun anew: the collector has chain {chain_id} of this spool, up to record {seq}, and it is not here"
            )
            report.findings.append(Finding(text, begins, chain=chain_id))
    last = {chain.chain: chain.last for chain in report.chains}
    for chain_id, seq in sorted(heads):
        if chain_id in last and seq > last[chain_id]:
            text = f"the collector has record {seq} of this spool, which ends at {last[chain_id]}"
            report.findings.append(Finding(text, chain=chain_id, missing=(last[chain_id] + 1, seq)))
            last[chain_id] = seq
    return report


def mishaps(line: Line, counts: dict[str, int]) -> list[Finding]:
    """Return what had happened since the record before, by whose `counts` it is told, and update them; {}: it is the first."""
    found = []
    for mishap, text in _MISHAPS.items():
        count = line.body.get(mishap, 0)
        count = count if isinstance(count, int) else 0
        more = count - counts.get(mishap, count)
        if more > 0:
            found.append(Finding(f"before record {line.seq}: {more} {text}", line, broken=False))
        counts[mishap] = count
    return found


def _links(line: Line, before: Line | None, heads: dict[tuple[str, int], str]) -> list[Finding]:
    """Return what is wrong with the place of `line` after `before` (None: it is the first one that is there)."""
    if before is not None and before.chain == line.chain:
        if line.seq == before.seq + 1:
            if line.h == line.hash_after(before.h):
                return []
            return [Finding(f"record {line.seq} does not follow from record {before.seq}: one was changed", line)]
        if line.seq > before.seq:
            return [_missing(line, before.seq + 1, line.seq - 1)]
        return [Finding(f"record {line.seq} stands after record {before.seq}", line)]
    if line.starts_chain:
        if before is None:
            previous = line.body.get("previous")
            return _gone(line, previous.get("chain"), previous.get("seq"), heads) if isinstance(previous, dict) else []
        if line.seq != before.seq + 1:
            return [_missing(line, before.seq + 1, line.seq - 1)]
        return [Finding(f"a new chain starts at record {line.seq}: {line.body.get('reason')}", line, broken=False)]
    if before is not None:
        return [Finding(f"record {line.seq} belongs to a chain that starts nowhere", line)]
    head = heads.get((line.chain, line.seq - 1), line.body.get("prev"))
    if not isinstance(head, str) or line.h != line.hash_after(head):
        return [Finding(f"record {line.seq} does not follow from what was before it", line)]
    start = Finding(f"starts at record {line.seq}; what was before is no longer here", line, broken=False)
    return [start, *_gone(line, line.chain, line.seq - 1, heads)]


def _gone(line: Line, chain: Any, last: Any, heads: dict[tuple[str, int], str]) -> list[Finding]:
    """Return whether records up to `last` of a chain, which are not here, are not at the collector either."""
    known = [seq for known_chain, seq in heads if known_chain == chain]
    if not known or type(last) is not int or max(known) >= last:
        return []
    text = f"records {max(known) + 1} to {last} are missing: they are not here, and no receipt says who has them"
    return [Finding(text, line, chain=str(chain), missing=(max(known) + 1, last))]


def _missing(line: Line, first: int, last: int) -> Finding:
    return Finding(f"records {first} to {last} are missing", line, missing=(first, last))
