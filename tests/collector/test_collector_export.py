"""An export of what a collector has proves as much as one of a spool: the exact lines, and what the collector knows of them."""

import json
import os
import shutil
from pathlib import Path

import warm

from agentguard.audit import erase, export, proof, source, spool


def exported(server, path, query="", form=export.JSONL):
    """Export what a query finds at the collector; return the manifest."""
    return export.write(str(path), form, source.Collector(server.url, server.reader_token), query)


def index(path):
    return [json.loads(row) for row in Path(f"{path}.index.jsonl").read_bytes().splitlines()]


def test_export_of_two_laptops_is_their_exact_lines(server, device, tmp_path):
    """Byte for byte and oldest first, arrival and device beside them; verified offline, with the collector gone."""
    one, two = device("d1").record(3), device("d2").record(2, odd=["\ud800", 10**30, 1e300])
    one.send()
    two.send()
    one.record(2).send()
    words = ["--to", tmp_path / "all.jsonl", "--collector", server.url, "--token-file", server.token_file, "--json"]
    made = json.loads(warm.run("audit", "export", *words).stdout)
    server.kill()
    lines = (tmp_path / "all.jsonl").read_bytes()
    assert one.raw(0, 3) + two.raw() + one.raw(4) == lines
    assert [("d1", 4), ("d2", 3), ("d1", 2)] == [
        (name, len(rows)) for name, rows in groups((row["device"], row["seq"]) for row in index(tmp_path / "all.jsonl"))
    ]
    assert all(row["received"].endswith("Z") for row in index(tmp_path / "all.jsonl"))
    words = ["--file", tmp_path / "all.jsonl", "--sha256", made["manifest"]["sha256"]]
    done = warm.run("audit", "verify", *words, "--json")
    found = json.loads(done.stdout)
    assert (0, 9, [], []) == (done.returncode, found["records"], found["findings"], found["left_out"])
    assert [(6, 0, 5), (3, 0, 2)] == sorted(
        ((chain["records"], chain["first"], chain["last"]) for chain in made["chains"]), reverse=True
    )


def groups(pairs):
    """Return runs of pairs with the same first value."""
    found = []
    for name, value in pairs:
        if not found or found[-1][0] != name:
            found.append((name, []))
        found[-1][1].append(value)
    return found


def test_export_of_a_query_says_what_it_left_out(server, device, tmp_path):
    """And every change of it is found and named."""
    laptop = device("d1")
    for effect in ("deny", "allow", "deny", "deny", "allow", "allow", "deny"):
        laptop.record(1, effect=effect)
    laptop.send()
    path = tmp_path / "denials.jsonl"
    made = exported(server, path, "verdict:deny")
    assert (4, "verdict:deny", server.url, []) == tuple(
        made[name] for name in ("records", "query", "source", "removed")
    )
    report = proof.check(str(path))
    assert (True, [(2, 2), (5, 6)]) == (report.holds, [(first, last) for _chain, first, last in report.left_out])
    rows = path.read_bytes().splitlines(keepends=True)
    for changed, said in (
        ([rows[0].replace(b"cat d1", b"cat d2"), *rows[1:]], "record 1 was changed after the export"),
        ([rows[0], rows[1].replace(b"deny", b"dent", 1), *rows[2:]], "record 3 was changed after the export"),
        ([rows[0], *rows[2:]], "record 3, which was line 2, is missing"),
        ([*rows, laptop.raw(2, 2)], "was added after the export: the index does not have it"),
        ([rows[1], rows[0], *rows[2:]], "record 1 stands where record 3 stood: the order was changed"),
    ):
        path.write_bytes(b"".join(changed))
        assert said in [finding.text for finding in proof.check(str(path)).findings if finding.broken]


def test_what_is_wrong_with_a_chain_is_in_its_export(server, device, tmp_path):
    """A fork and a record that was changed before it came are exported, marked as the collector marked them, and named."""
    laptop = device("d1").record(1)
    laptop.send()
    shutil.copytree(laptop.folder, tmp_path / "backup")
    laptop.record(1).send()
    shutil.rmtree(laptop.folder)
    shutil.copytree(tmp_path / "backup", laptop.folder)
    os.unlink(os.path.join(laptop.places.sync, "upload.json"))
    laptop.record(1).send()
    rows = device("d2").record(2).raw().split(b"\n")
    rows[1] = rows[1].replace(b'"user":"alice"', b'"user":"bob"')
    server.post(server.enrol("d2"), b"\n".join(rows))
    path = tmp_path / "all.jsonl"
    exported(server, path)
    assert ["broken", "fork"] == sorted(row["flag"] for row in index(path) if "flag" in row)
    found = proof.check(str(path)).findings
    assert {
        "record 2 is here twice, with different content: a fork",
        "record 1 does not follow from record 0: one was changed",
    } == {finding.text for finding in found if finding.broken}
    assert ["fork", "broken"] == [one.text.rpartition(" ")[2] for one in found if "had marked it" in one.text]


def test_erased_texts_stay_erased(server, device, tmp_path):
    """What was erased before it was sent is in no export, and its tombstone is."""
    laptop = device("d1").record(2)
    erase.erase(laptop.folder, [1], {"device": "d1", "user": "alice"}, "request 12")
    laptop.send()
    path = tmp_path / "all.jsonl"
    made = exported(server, path)
    assert (4, 1) == (made["records"], made["erased"])
    assert b'"t":null,"s":""' in path.read_bytes()
    report = proof.check(str(path))
    assert (True, 1) == (report.holds, report.erased)


def test_exact_lines_take_the_scope_search_and_every_page_is_recorded(server, device):
    """`lines=1` is a read like every other; a reader of the fleet sees no record."""
    laptop = device("d1").record(2)
    laptop.send()
    [*_, last] = server.get("/v1/search", lines="1", after="0")["records"]
    assert {"number", "received", "device", "flag", "line"} == set(last)
    assert laptop.raw(2, 2).decode() == last["line"] + "\n"
    fleet = server.keys.readers.give("watcher", "fleet", "2026-05-01T12:00:00.000Z")
    headers = {"authorization": f"Bearer {fleet}"}
    assert 403 == server.client.get("/v1/search", params={"lines": "1"}, headers=headers).status_code
    [read] = server.get("/v1/search", q="kind:read event:/v1/search user:test")["records"]
    assert ("test", {"query": "", "facts": {"lines": "1", "after": "0"}}) == (
        read["body"]["user"],
        read["texts"],
    )
    assert "bad-request" == server.get("/v1/search", lines="2")["error"]


def test_table_from_a_collector_starts_no_formula(server, device, tmp_path):
    """Whatever a device sent, and the manifest holds the table."""
    laptop = device("d1")
    spool.append(laptop.folder, {"kind": "decision", "id": "1" * 16, "user": "=cmd", "device": "@x"}, {"command": "+1"})
    laptop.send()
    path = tmp_path / "all.csv"
    made = exported(server, path, "kind:decision", export.CSV)
    assert 1 == made["records"]
    assert b",'@x\r\n" in path.read_bytes()
    assert b",'=cmd," in path.read_bytes()
    assert proof.check(str(path), sha256=made["manifest"]["sha256"]).holds
