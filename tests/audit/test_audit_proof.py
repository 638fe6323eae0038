"""What holds an exported file: its manifest, its index, and the records themselves."""

import hashlib
import json
from pathlib import Path

import pytest

from agentguard.audit import erase, export, mend, proof, source, spool
from agentguard.errors import AuditError


@pytest.fixture
def exported(folder, tmp_path):
    """A function that exports what a query finds, and returns the path of the file."""

    def run(query=""):
        path = tmp_path / "q3.jsonl"
        export.write(str(path), export.JSONL, source.Spool(folder), query)
        return path

    return run


def anew(path, rows):
    """Write an export of everything anew that has these lines, as whoever forges one would."""
    index = Path(f"{path}.index.jsonl")
    path.write_bytes(b"".join(rows))
    found, entries = export.Counts(), []
    for number, row in enumerate(rows, 1):
        body = json.loads(row)["b"]
        found.add(body, {})
        place = {"chain": body["chain"], "seq": body["seq"]}
        entries.append(json.dumps({"line": number, "sha256": hashlib.sha256(row[:-1]).hexdigest(), **place}) + "\n")
    index.write_text("".join(entries))
    held = [
        {"bytes": file.stat().st_size, "sha256": hashlib.sha256(file.read_bytes()).hexdigest()}
        for file in (path, index)
    ]
    manifest = {
        "format": "jsonl",
        "query": "",
        "removed": [],
        "behind": 0,
        "missing": [],
        **found.as_json(),
        **held[0],
        "index": held[1],
    }
    Path(f"{path}.manifest.json").write_text(json.dumps(manifest))


def broken(path, **more):
    return [str(finding) for finding in proof.check(str(path), **more).findings if finding.broken]


def notes(path):
    return [str(finding) for finding in proof.check(str(path)).findings if not finding.broken]


def rewritten(path, change):
    """Change the lines of a file; return what is said about them, but for digests and counts."""
    rows = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(change(list(rows))))
    found = broken(path)
    path.write_bytes(b"".join(rows))
    assert "q3.jsonl is not the file that the manifest describes: a byte was changed" == found.pop(0)
    return [text for text in found if "manifest" not in text]


def test_untouched_export_holds(exported, fill):
    """All records follow from one another, and nothing is missing."""
    fill(4)
    path = exported()
    report = proof.check(str(path))
    assert (True, 5, [], []) == (report.holds, report.records, report.findings, report.left_out)
    assert [(0, 4, 5)] == [(chain.first, chain.last, chain.records) for chain in report.chains]


def test_what_a_query_left_out_is_said_and_no_break(exported, fill, folder):
    """Numbers within the chain, and how many records have only digests to hold them."""
    fill(9)
    path = exported("id:(0000000000000000 OR 0000000000000001 OR 0000000000000005 OR 0000000000000008)")
    report = proof.check(str(path))
    [chain] = report.chains
    assert (True, [(chain.chain, 3, 5), (chain.chain, 7, 8)]) == (report.holds, report.left_out)
    assert [
        f"chain {chain.chain}: records 3 to 5 and 7 to 8 are not in this export, which is of a query",
        "3 of 4 records are here without the one before them: digests hold them",
    ] == notes(path)
    assert report.as_json()["left_out"][0] == {"chain": chain.chain, "first": 3, "last": 5}


@pytest.mark.parametrize("query", ["", "-id:0000000000000003"])
def test_every_changed_byte_is_found_at_its_line(exported, fill, query):
    """In a whole log, and in a record that stands alone: no byte of a line can change unseen."""
    fill(6)
    path = exported(query)
    rows = path.read_bytes().splitlines(keepends=True)
    for place in range(0, len(rows[4]) - 1, 7):
        row = bytearray(rows[4])
        row[place] ^= 1
        path.write_bytes(b"".join([*rows[:4], bytes(row), *rows[5:]]))
        assert any(text.startswith("q3.jsonl:5: record ") and "was changed after" in text for text in broken(path))


def test_removed_added_and_swapped_lines_are_named(exported, fill):
    """Each by the number that it bears, and nothing else is accused."""
    fill(6)
    path = exported("kind:event")
    assert ["record 3, which was line 3, is missing"] == rewritten(path, lambda rows: rows[:2] + rows[3:])
    assert ["record 6, which was line 6, is missing"] == rewritten(path, lambda rows: rows[:5])
    assert [
        "q3.jsonl:2: record 3 stands where record 2 stood: the order was changed",
        "q3.jsonl:3: record 2 stands where record 3 stood: the order was changed",
    ] == rewritten(path, lambda rows: [rows[0], rows[2], rows[1], *rows[3:]])
    assert [
        "q3.jsonl:7: was added after the export: the index does not have it",
        "q3.jsonl:7: record 1 is here twice",
    ] == rewritten(path, lambda rows: [*rows, rows[0]])
    assert [
        "q3.jsonl:1: was added after the export: the index does not have it",
        "q3.jsonl:1: no record: not JSON",
    ] == rewritten(path, lambda rows: [b'{"b":\n', *rows])


def test_added_record_of_another_hand_is_named(exported, fill, folder):
    """A line that is a record, and never stood in this log."""
    fill(2)
    path = exported("kind:event")
    line = spool.make_line(("ab" * 16, 5, spool.NO_HEAD), spool.encoded({"kind": "event"}, {}), {}, first=False)[0]
    assert ["q3.jsonl:2: was added after the export: the index does not have it"] == rewritten(
        path, lambda rows: [rows[0], line, *rows[1:]]
    )


def test_manifest_and_index_that_were_changed_along_are_found_by_their_digest(exported, fill):
    """Whoever writes all three files anew cannot have the manifest's digest that was written down."""
    fill(4)
    path = exported()
    manifest = Path(f"{path}.manifest.json")
    digest = hashlib.sha256(manifest.read_bytes()).hexdigest()
    assert [] == broken(path, sha256=digest)
    anew(path, path.read_bytes().splitlines(keepends=True)[:-1])
    assert [] == broken(path)
    [said] = broken(path, sha256=digest)
    assert said.startswith("the manifest is not the one that was exported")


def test_changed_index_and_counts_are_found(exported, fill):
    """Each of the files is held by the manifest, and what the manifest counts must be there."""
    fill(3)
    path = exported()
    index, manifest = Path(f"{path}.index.jsonl"), Path(f"{path}.manifest.json")
    data, said = index.read_bytes(), json.loads(manifest.read_bytes())
    index.write_bytes(b"{}\n" + data)
    assert "q3.jsonl.index.jsonl is not the file that the manifest describes: a byte was changed" in broken(path)
    index.unlink()
    assert ["q3.jsonl.index.jsonl is missing"] == broken(path)
    index.write_bytes(data)
    manifest.write_text(json.dumps({**said, "records": 9, "chains": []}))
    assert [
        "records: 9 in the manifest, 4 in the file",
        "the manifest has other chains, or other numbers of them, than the file",
    ] == broken(path)
    for bad in ("", "[]", "{}", json.dumps({**said, "format": "zip"}), json.dumps({**said, "removed": None})):
        manifest.write_text(bad)
        with pytest.raises(AuditError, match="no manifest"):
            proof.check(str(path))


def test_what_an_export_could_not_have_is_said(exported, fill):
    """The collector was behind; a flag of anybody's making does not write to the terminal."""
    fill(1)
    path = exported()
    index, manifest = Path(f"{path}.index.jsonl"), Path(f"{path}.manifest.json")
    manifest.write_text(json.dumps({**json.loads(manifest.read_bytes()), "behind": 7}))
    index.write_text(index.read_text().replace('"seq":1', '"seq":1,"flag":"\\u001b[31m"'))
    assert [
        "record 1 in line 2: the collector had marked it: [31m",
        "7 bytes of records had come and were not indexed yet: the newest may be missing",
    ] == notes(path)


def test_records_hold_each_other_whoever_wrote_the_index(exported, fill, folder, tmp_path):
    """A record that was changed and exported anew does not follow from the one before it."""
    fill(4)
    file = Path(folder, spool.CURRENT)
    data = file.read_bytes()
    file.write_bytes(data.replace(b'"id":"0000000000000001"', b'"id":"000000000000000f"'))
    assert ["q3.jsonl:3: record 2 does not follow from record 1: one was changed"] == broken(exported())
    file.write_bytes(data.replace(b"/home/alice", b"/home/alicf", 1))
    for end in ("", ".index.jsonl", ".manifest.json"):
        Path(f"{tmp_path}/q3.jsonl{end}").unlink()
    assert ["q3.jsonl:2: record 1: its texts are not those that were recorded"] == broken(exported())


def test_export_of_everything_must_have_everything(exported, fill, folder):
    """A hole that no query and no retention explains is a break."""
    fill(4)
    file = Path(folder, spool.CURRENT)
    rows = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(rows[:2] + rows[4:]))
    path = exported()
    [said] = broken(path)
    assert said.endswith("records 2 to 3 are missing")
    manifest = Path(f"{path}.manifest.json")
    removed = [{"verdict": "allow", "until": "2026-05-01", "records": 2}]
    manifest.write_text(json.dumps({**json.loads(manifest.read_bytes()), "removed": removed}))
    assert [] == broken(path)


def test_everything_ends_where_receipts_and_later_chains_say(exported, fill, folder, signed):
    """Records gone from the end of a chain, and from its start, are missed where something else names them."""
    fill(3)
    chain = next(spool.read(folder)).chain
    mend.new_chain(folder, mend.FORK, leaving=chain, device="d", user="u")
    fill(1)
    path = exported()
    rows = path.read_bytes().splitlines(keepends=True)
    anew(path, rows[:2] + rows[4:])
    assert [f"chain {chain}: records 2 to 3 are missing"] == broken(path)
    anew(path, rows[2:4])
    assert ["starts at record 2; what was before is not here"] == [text.partition(": ")[2] for text in notes(path)][:1]
    assert [] == broken(path)
    last = signed(chain, 0, 0, json.loads(rows[0])["h"]), signed(chain, 1, 9, "cd" * 32)
    assert [f"chain {chain}: records 4 to 9 are missing"] == broken(path, receipts=last)
    assert [f"chain {chain}: record 1 is missing"] == broken(path, receipts=last[:1])
    assert ["q3.jsonl:2: record 3 is not the one that the collector acknowledged"] == broken(
        path, receipts=[signed(chain, 0, 3, "cd" * 32)]
    )


def test_erased_texts_hold_with_their_tombstone(exported, fill, folder):
    """In any chain that follows; a part of a log cannot have every tombstone, and says so."""
    fill(3)
    chain = next(spool.read(folder)).chain
    mend.new_chain(folder, mend.FORK, leaving=chain, device="d", user="u")
    erase.erase(folder, [2], {"device": "d", "user": "u"}, "request 12")
    path = exported()
    report = proof.check(str(path))
    assert (True, 1, 2) == (report.holds, report.erased, len(report.chains))
    for end in ("", ".index.jsonl", ".manifest.json"):
        Path(f"{path}{end}").unlink()
    path = exported("id:0000000000000001")
    assert [] == broken(path)
    assert "q3.jsonl:1: record 2: its texts were taken away; what says so is not in this export" in notes(path)


def test_table_is_held_by_its_digest(folder, fill, tmp_path):
    """A CSV has no lines to check, so it is said what is proved."""
    fill(2)
    path = tmp_path / "q3.csv"
    export.write(str(path), export.CSV, source.Spool(folder), "")
    assert [] == broken(path)
    path.write_bytes(path.read_bytes() + b"x")
    assert ["q3.csv is not the file that the manifest describes: a byte was changed"] == broken(path)
