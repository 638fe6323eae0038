"""A landing log that has less than was signed for: the collector says so before anything follows it."""

import json
import os
import sqlite3

import pytest
import warm

from agentguard.audit import query, spool
from agentguard.collector import landing, loss, rebuild, retention
from agentguard.collector.access import AccessLog
from agentguard.collector.batch import checked
from agentguard.collector.keys import Keys
from agentguard.errors import ConfigError

NOW = 1777636800.0  # 2026-05-01T12:00Z
DAY = 86_400


def accept(server, *more):
    done = warm.run("collector", "accept-loss", "--data", server.data, "--json", *more)
    assert 0 == done.returncode, done.stderr
    return json.loads(done.stdout)


def lost(alerts):
    """Return the alerts about a loss, as (device, chain, first, last)."""
    return {(one["device"], one["chain"], one["first"], one["last"]) for one in alerts if one["alert"] == "lost"}


def test_server_does_not_start_on_a_log_that_is_gone_until_somebody_accepts_it(server, device):
    """Nothing that knew the records is touched before; then the loss stands as alerts, and laptops send what they have."""
    laptops = [device(name).record(20) for name in ("d1", "d2")]
    for laptop in laptops:
        laptop.send()
    assert 42 == len(server.get("/v1/search")["records"])
    server.stop()
    os.unlink(os.path.join(server.data, "landing", "landing-00000001.ndjson"))
    process = warm.start("collector", "serve", "--data", server.data, "--port", "0", "--ready-file", server.ready)
    said = process.communicate(timeout=60)[1]
    assert (1, False) == (process.returncode, os.path.exists(server.ready))
    assert "landing-00000001.ndjson is gone" in said
    wanted = {(laptop.name, laptop.lines()[0].chain, 0, 20) for laptop in laptops}
    for name, chain, first, last in wanted:
        assert f"{first} to {last} of chain {chain} of {name}" in said
    assert f"agentguard collector accept-loss --data {server.data}" in said
    kept = sorted(os.listdir(server.data))
    told = accept(server)
    assert ("", kept) == (told["aside"], sorted(os.listdir(server.data)))
    assert [1, 0] == [told["files"][0][name] for name in ("file", "size")]
    aside = accept(server, "--yes")["aside"]
    with sqlite3.connect(os.path.join(aside, "ledger.sqlite")) as old:
        assert 42 == old.execute("SELECT sum(records) FROM chains WHERE device != 'collector'").fetchone()[0]
    assert "fleet.sqlite" in os.listdir(os.path.join(aside, "index"))
    server.start()
    assert wanted == {one for one in lost(server.get("/v1/chains")["alerts"]) if one[0] != "collector"}
    more = ["--collector", server.url, "--token-file", server.token_file, "--home", laptops[0].places.home]
    done = warm.run("audit", "verify", *more)
    assert (3, True) == (done.returncode, "were signed for, and the collector has lost them" in done.stdout)
    assert {"records": 22} == laptops[0].record(1).send()


@pytest.fixture
def filled(opened, tmp_path):
    """A closed collector with records and reads, its keys, the records, and its landing file."""
    folder = str(tmp_path / "spool" / "0")
    for number in range(20):
        spool.append(folder, {"kind": "event", "id": str(number)}, {"command": "ls"})
    lines = list(spool.read(folder))
    ingest, ledger, store, _log = opened()
    ingest.take("d1", checked(lines[:8]), NOW, gone=False)
    AccessLog(ingest, ledger).read("alice", "/v1/search", {"q": "x"}, 1)
    ingest.take("d1", checked(lines[8:]), NOW, gone=False)
    AccessLog(ingest, ledger).read("alice", "/v1/search", {"q": "y"}, 1)
    store.catch_up()
    opened.close()
    return Keys(str(tmp_path / "data")), lines, str(tmp_path / "data" / "landing" / "landing-00000001.ndjson")


def cut(path, line):
    """Cut a landing file in the middle of a record."""
    with open(path, "rb") as file:
        os.truncate(path, file.read().index(line.raw) + 20)


def test_log_that_was_cut_says_which_records_are_missing(filled, opened):
    """To the record, before it is followed, and for good; the collector's own chain gives no number twice."""
    keys, lines, log = filled
    cut(log, lines[14])
    chain = lines[0].chain
    for work in (rebuild.reindex, rebuild.retain):
        with pytest.raises(ConfigError, match=f"14 to 20 of chain {chain} of d1") as told:
            work(keys, NOW)
        assert f"accept-loss --data {keys.folder}" in told.value.hint
    [own] = [one for one in loss.find(keys).records if one.device == "collector"]
    assert (2, 2) == (own.first, own.last)
    loss.accept(keys, NOW)
    assert ([], []) == loss.find(keys)
    ingest, ledger, store, _log = opened()
    assert {("d1", chain, 14, 20), ("collector", *own[:1], *own[2:])} == lost(ledger.alerts())
    AccessLog(ingest, ledger).read("alice", "/v1/search", {"q": "z"}, 1)
    store.catch_up()
    reads = [hit.body for hit in store.search(query.parse("kind:read", now=NOW), 10).hits]
    assert len({(one["chain"], one["seq"]) for one in reads}) == len(reads)
    assert 1 == sum(one["chain"] != own.chain and one["kind"] == "read" for one in reads)
    assert {"lost", "clock"} == {one["alert"] for one in ledger.alerts()}  # reads have the real time
    opened.close()
    rebuild.reindex(keys, NOW)
    _ingest, ledger, *_others = opened()
    assert {"lost", "clock"} == {one["alert"] for one in ledger.alerts()}  # reads have the real time


def test_index_alone_knows_that_the_log_is_short(filled, opened):
    """Without a ledger it is not known which records, but that there were some."""
    keys, _lines, log = filled
    os.unlink(keys.path("ledger.sqlite"))
    os.truncate(log, 100)
    with pytest.raises(ConfigError, match=r"landing-00000001.ndjson has 100 of"):
        loss.check(keys)
    loss.accept(keys, NOW)
    _ingest, ledger, *_others = opened()
    assert {("collector", "", 0, 0)} == lost(ledger.alerts())


@pytest.mark.parametrize("moved", [0, 1])
def test_acceptance_that_was_interrupted_is_done_again_and_says_nothing_twice(filled, opened, monkeypatch, moved):
    """Killed after the alerts, or between index and ledger, the loss is still noticed."""
    keys, lines, log = filled
    cut(log, lines[14])
    before = loss.find(keys)
    real, left = os.rename, [moved]

    def rename(old, new):
        if not left[0]:
            raise OSError(5, "killed")
        left[0] -= 1
        real(old, new)

    monkeypatch.setattr(loss.os, "rename", rename)
    with pytest.raises(OSError, match="killed"):
        loss.accept(keys, NOW)
    assert before.records == loss.find(keys).records
    monkeypatch.setattr(loss.os, "rename", real)
    loss.accept(keys, NOW + 1)
    _ingest, ledger, store, _log = opened()
    assert len(before.records) == len([one for one in ledger.alerts() if one["alert"] == "lost"])
    assert 14 + 2 == store.catch_up()  # and two of the collector's own


def test_honest_crash_is_no_loss(opened, tmp_path, monkeypatch):
    """A ledger that lags behind the log, a torn end, and files that were retired just before a power cut."""
    monkeypatch.setattr(landing, "FILE_BYTES", 1)
    folder = str(tmp_path / "spool" / "0")
    keys = Keys(str(tmp_path / "data"))
    kept = []
    for day in range(4):
        spool.append(folder, {"kind": "decision", "effect": "allow", "id": str(day)}, {})
        lines = [line for line in spool.read(folder) if line.seq > (kept[-1] if kept else -1)]
        kept.append(lines[-1].seq)
        ingest, *_others = opened()
        ingest.take("d1", checked(lines), NOW + day * DAY, gone=False)
    opened.close()
    with open(keys.path("ledger.sqlite"), "rb") as file:
        old = file.read()
    _ingest, ledger, store, log = opened()
    store.catch_up()
    days = dict.fromkeys(retention.DAYS, 1)
    retention.forget(store, days, NOW + 4 * DAY)
    assert [1, 2] == retention.retire(log, ledger, store, days, NOW + 4 * DAY)
    newest = log.path(log.number)
    opened.close()
    with open(keys.path("ledger.sqlite"), "wb") as file:
        file.write(old)
    with open(newest, "ab") as file:
        file.write(b'{"at":"2026')
    assert ([], []) == loss.find(keys)
    _ingest, ledger, *_others = opened()
    assert 5 == ledger.chain(lines[0].chain).records
