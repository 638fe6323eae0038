"""Checking a spool: what was changed, what is missing, and where."""

import os
from pathlib import Path

import pytest

from agentguard.audit import mend, receipts, spool, verify
from agentguard.errors import UploadError


@pytest.fixture
def path(folder, fill):
    """The file of a spool with five records after its genesis."""
    fill(5)
    return Path(folder, spool.CURRENT)


def broken(folder, *kept):
    return [str(finding) for finding in verify.verify(folder, kept).findings if finding.broken]


def test_untouched_spool_holds(folder, path):
    """Every record is counted and nothing is found."""
    report = verify.verify(folder)
    assert (True, 6, [], []) == (report.holds, report.records, report.findings, report.aside)
    assert [(0, 5, 6)] == [(chain.first, chain.last, chain.records) for chain in report.chains]


@pytest.mark.parametrize("number", [0, 2, 5])
def test_any_changed_fact_is_found_at_its_line(folder, path, number):
    """One changed byte in a body breaks the chain at that record."""
    rows = path.read_bytes().split(b"\n")
    rows[number] = rows[number].replace(b'"kind":"', b'"kind":"x', 1)
    path.write_bytes(b"\n".join(rows))
    assert [f"current.ndjson:{number + 1}"] == [text.partition(": ")[0] for text in broken(folder)]


def test_every_changed_byte_of_a_record_is_found(folder, path):
    """There is no byte of a line that can be changed unseen."""
    data = bytearray(path.read_bytes())
    start = data.index(b"\n") + 1
    for place in range(start, data.index(b"\n", start)):
        before = data[place]
        data[place] = before ^ 1
        path.write_bytes(data)
        assert [] != broken(folder), (place, chr(before))
        data[place] = before


def test_rehashed_record_breaks_the_one_after_it(folder, path):
    """Whoever changes a record and its hash has to change every later one."""
    rows = path.read_bytes().split(b"\n")
    line = next(line for line in spool.read(folder) if line.seq == 2)
    body = {name: value for name, value in line.body.items() if name not in ("chain", "seq", "texts")}
    before = next(one for one in spool.read(folder) if one.seq == 1).h
    rows[2] = spool.make_line((line.chain, 1, before), spool.encoded({**body, "id": "x"}, {}), {}, first=False)[0][:-1]
    path.write_bytes(b"\n".join(rows))
    assert ["current.ndjson:4: record 3 does not follow from record 2: one was changed"] == broken(folder)


def test_removed_record_is_named(folder, path):
    """A hole in the numbers is said with its numbers."""
    rows = path.read_bytes().split(b"\n")
    path.write_bytes(b"\n".join(rows[:2] + rows[4:]))
    assert ["current.ndjson:3: records 2 to 3 are missing"] == broken(folder)


def test_swapped_records_are_found(folder, path):
    """Order is part of the chain."""
    rows = path.read_bytes().split(b"\n")
    rows[2], rows[3] = rows[3], rows[2]
    path.write_bytes(b"\n".join(rows))
    assert [] != broken(folder)


def test_changed_texts_are_found_and_erased_ones_hold(folder, path):
    """Texts can be erased, not changed."""
    rows = path.read_bytes().split(b"\n")
    rows[2] = rows[2].replace(b"/home/alice", b"/home/aliCe")
    path.write_bytes(b"\n".join(rows))
    assert ["current.ndjson:3: record 2: its texts are not those that were recorded"] == broken(folder)
    line = next(line for line in spool.read(folder) if line.seq == 2)
    rows[2] = f'{{"b":{line.body_raw},"t":null,"s":"","h":"{line.h}"}}'.encode()
    path.write_bytes(b"\n".join(rows))
    report = verify.verify(folder)
    assert (1, ["current.ndjson:3: record 2: its texts were taken away, and no tombstone says so"]) == (
        report.erased, [str(finding) for finding in report.findings if finding.broken],
    )  # fmt: skip
    spool.append(folder, {"kind": "erasure", "erased": [2]}, {"reason": "a customer's name"})
    assert verify.verify(folder).holds


def test_records_freed_from_the_start_are_a_remark(folder, fill):
    """A spool whose older segments are gone starts later; the first record still has to follow from what it claims."""
    fill(400, command="x" * 4000)
    names = sorted(name for name in os.listdir(folder) if name.startswith("seg-"))
    os.unlink(os.path.join(folder, names[0]))
    report = verify.verify(folder)
    assert report.holds
    assert "what was before is no longer here" in str(report.findings[0])


def test_records_gone_from_the_start_without_a_receipt_are_missing(folder, fill, signed):
    """Where the receipts of a chain are at hand, what no receipt covers is named record by record."""
    fill(400, command="x" * 4000)
    head, *_ = spool.read(folder)
    names = sorted(name for name in os.listdir(folder) if name.startswith("seg-"))
    last = int(names[0][4:-7].split("-")[1])
    os.unlink(os.path.join(folder, names[0]))
    text = f"records 9 to {last} are missing: they are not here, and no receipt says who has them"
    assert [text] == [one.partition(": ")[2] for one in broken(folder, signed(head.chain, 0, 8, "cd" * 32))]
    assert [] == broken(folder, signed(head.chain, 0, last, next(spool.read(folder)).body["prev"]))


def test_segment_missing_in_the_middle_is_a_break(folder, fill):
    """Records between two that are there cannot be gone."""
    fill(800, command="x" * 4000)
    names = sorted(name for name in os.listdir(folder) if name.startswith("seg-"))
    first, last = (int(part) for part in names[1][4:-7].split("-"))
    os.unlink(os.path.join(folder, names[1]))
    assert [f"records {first} to {last} are missing"] == [text.partition(": ")[2] for text in broken(folder)]
    found = verify.verify(folder).as_json()
    assert [{"chain": found["chains"][0]["chain"], "first": first, "last": last}] == found["missing"]


def test_chain_that_starts_nowhere_is_a_break(folder, path):
    """A line of another chain, without a genesis record, does not belong here."""
    line = spool.make_line(("ab" * 16, 5, spool.NO_HEAD), spool.encoded({"kind": "event"}, {}), {}, first=True)[0]
    path.write_bytes(path.read_bytes() + line)
    assert ["current.ndjson:7: record 6 belongs to a chain that starts nowhere"] == broken(folder)


def test_receipts_pin_what_was_acknowledged(folder, path, signed):
    """A spool that differs from what the collector signed for, or ends before it, does not hold."""
    *_, last = spool.read(folder)
    assert [] == broken(folder, signed(last.chain, 0, 5, last.h))
    assert ["is not the one that the collector acknowledged"] == [
        text.partition("record 5 ")[2] for text in broken(folder, signed(last.chain, 0, 5, "cd" * 32))
    ]
    assert ["the collector has record 9 of this spool, which ends at 5"] == broken(
        folder, signed(last.chain, 0, 9, "cd" * 32)
    )


def test_spool_that_was_begun_anew_does_not_hold_beside_the_receipts_of_the_one_before(folder, path, signed):
    """Deleting a spool makes a fresh chain that holds by itself; the receipts say what it does not follow."""
    text = f"begun anew: the collector has chain {'ef' * 16} of this spool, up to record 9, and it is not here"
    assert [f"current.ndjson:1: {text}"] == broken(folder, signed("ef" * 16, 0, 9, "cd" * 32))
    head = next(spool.read(folder))
    mend.new_chain(folder, mend.FORK, leaving=head.chain, device="d", user="u")
    later = next(line for line in spool.read(folder) if line.chain != head.chain)
    assert [] == broken(folder, signed(later.chain, later.seq, later.seq, later.h))


def test_receipt_that_says_more_than_a_receipt_is_refused(signed):
    """A receipt has five fields, of the right types, and nothing else is signed along."""
    good = signed("ab" * 16, 0, 1, "cd" * 32).as_json()
    key = good["key"]
    bad = [
        None,
        {},
        {**good, "key": "00" * 32},
        {**good, "signature": "zz"},
        {**good, "signature": good["signature"][:-2]},
        {**good, "receipt": {**good["receipt"], "last": 2}},
        {**good, "receipt": {**good["receipt"], "more": 1}},
        {**good, "receipt": {**good["receipt"], "first": "0"}},
        {**good, "receipt": {**good["receipt"], "chain": "../x"}},
        {**good, "receipt": list(good["receipt"])},
    ]
    receipts.check(good, [key])
    for value in bad:
        with pytest.raises(UploadError):
            receipts.check(value, [key])
    with pytest.raises(UploadError, match="does not name"):
        receipts.check(good, ["11" * 32])
