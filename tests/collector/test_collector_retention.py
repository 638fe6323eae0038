"""Retention: what is removed, when, that it is said, and what stays."""

import contextlib
import os
import sqlite3

import pytest
import warm

from agentguard.audit import query, receipts, spool
from agentguard.audit.record import stamp
from agentguard.collector import landing, rebuild, retention
from agentguard.collector.batch import checked
from agentguard.collector.keys import Keys

DAY = 86_400
NOW = 1777636800.0  # 2026-05-01T12:00Z
KEPT = {"allow": 30, "ask": 100, "deny": 200, "other": 100, "read": 100}


def everything(store):
    return [hit.body["id"] for hit in store.search(query.parse("-kind:genesis", now=NOW), 1000).hits]


@pytest.fixture
def aged(opened, tmp_path, monkeypatch):
    """Records of many ages, in landing files of their own: [(id, receipt), …] beside the opened folder."""
    monkeypatch.setattr(landing, "FILE_BYTES", 1)
    ingest, ledger, store, log = opened()
    folder = str(tmp_path / "spool" / "0")
    answers = []
    sent = -1
    for age in (300, 250, 150, 50, 20, 1):
        for effect in ("allow", "deny", "ask"):
            spool.append(folder, {"kind": "decision", "id": f"{effect}-{age}", "effect": effect, "rules": ["r"]}, {})
        lines = [line for line in spool.read(folder) if line.seq > sent]
        sent = lines[-1].seq
        answers.append(ingest.take("d1", checked(lines), NOW - age * DAY, gone=False))
    store.catch_up()
    return ledger, store, log, answers


def test_each_verdict_is_kept_as_long_as_it_should_be(aged):
    """Whole days go, counts with them, and searches that would have found something say so."""
    _ledger, store, _log, _answers = aged
    removed = retention.forget(store, KEPT, NOW)
    assert {"allow": 4, "ask": 3, "deny": 2, "other": 1, "read": 0} == removed
    assert [
        "ask-1",
        "deny-1",
        "allow-1",
        "ask-20",
        "deny-20",
        "allow-20",
        "ask-50",
        "deny-50",
        "deny-150",
    ] == everything(store)
    counted = store.histogram(query.parse("", now=NOW), NOW - 400 * DAY, NOW, 1000)
    assert 9 == sum(sum(counts.values()) for _at, counts in counted.buckets)
    assert [("r", 9)] == store.top("rule", query.parse("", now=NOW), 0, NOW, 5).values
    said = {(one["day"], one["verdict"]): one["records"] for one in store.removed()}
    assert {1} == set(said.values())
    assert (stamp(NOW - 50 * DAY)[:10], "allow") in said
    assert {"allow": 0, "ask": 0, "deny": 0, "other": 0, "read": 0} == retention.forget(store, KEPT, NOW)
    assert said == {(one["day"], one["verdict"]): one["records"] for one in store.removed()}


def test_landing_files_older_than_every_retention_go_and_chains_stay_whole(aged, opened, tmp_path):
    """What is gone is summed up in the log: the ledger is the same when it is made again; receipts stay good."""
    ledger, store, log, answers = aged
    assert [] == retention.retire(log, ledger, store, {**KEPT, "deny": 400}, NOW)
    retention.forget(store, KEPT, NOW)
    assert [1, 2] == retention.retire(log, ledger, store, KEPT, NOW)
    assert [3, 4, 5, 6, 7, 8] == log.files()
    before = (ledger.chains(), everything(store), store.removed())
    assert 19 == before[0][0]["records"]
    assert [] == retention.retire(log, ledger, store, KEPT, NOW)
    opened.close()
    keys = Keys(str(tmp_path / "data"))
    retention.save(keys, KEPT)
    rebuild.reindex(keys, NOW)
    _ingest, ledger, store, _log = opened()
    assert before[:2] == (ledger.chains(), everything(store))
    assert {(one["day"], one["verdict"]) for one in before[2]} == {
        (one["day"], one["verdict"]) for one in store.removed()
    }
    for answer in answers:
        receipts.check(answer, [keys.receipt_key])


def test_crash_between_the_entry_and_the_deletion_counts_nothing_twice(aged, opened, monkeypatch):
    """The entry is there and the file as well: the next time it only goes."""
    ledger, store, log, _answers = aged
    retention.forget(store, KEPT, NOW)
    before = ledger.chains()
    monkeypatch.setattr(landing.Landing, "remove", lambda _self, _number: None)
    retention.retire(log, ledger, store, KEPT, NOW)
    monkeypatch.undo()
    os.unlink(ledger._path)
    _ingest, ledger, store, log = opened()
    assert before == ledger.chains()
    store.catch_up()
    files = len(log.files())
    assert [1, 2] == retention.retire(log, ledger, store, KEPT, NOW)
    assert files - 2 == len(log.files())
    assert before == ledger.chains()


def test_server_enforces_retention_and_says_so(server, device):
    """A server that starts removes what is old, and answers with what it no longer has."""
    device("d1").record(2, effect="allow").send()
    assert 2 == len(server.get("/v1/search", q="verdict:allow")["records"])
    server.kill()
    old = stamp(NOW - 1000 * DAY)[:10]
    folder = os.path.join(server.data, "index")
    [name] = [one for one in os.listdir(folder) if one.endswith("allow.sqlite")]
    for end in ("", "-wal", "-shm"):
        os.rename(os.path.join(folder, name + end), os.path.join(folder, f"{old}.allow.sqlite{end}"))
    with contextlib.closing(sqlite3.connect(os.path.join(folder, "fleet.sqlite"))) as db, db:
        db.execute("UPDATE parts SET day = ? WHERE kind = 'allow'", (old,))
    server.start()
    for _ in range(500):
        found = server.get("/v1/search", q="verdict:allow")
        if not found["records"]:
            break
    assert [{"verdict": "allow", "until": old, "records": 2}] == found["removed"]
    assert [] == server.get("/v1/search", q="verdict:deny")["removed"]


def test_retention_is_set_and_enforced_by_commands(tmp_path, opened):
    """Numbers of days are shown, set and refused; `retain` wants the folder for itself."""
    opened()
    data = str(tmp_path / "data")
    done = warm.run("collector", "retain", "--data", data)
    assert (1, True) == (done.returncode, "another collector is using" in done.stderr)
    opened.close()
    assert 0 == warm.run("collector", "retention", "--data", data, "--allow", "14", "--deny", "730").returncode
    keys = Keys(data)
    assert {**retention.DAYS, "allow": 14, "deny": 730} == retention.load(keys)
    assert 2 == warm.run("collector", "retention", "--data", data, "--allow", "0").returncode
    done = warm.run("collector", "retain", "--data", data, "--json")
    assert (0, True) == (done.returncode, '"landing_files": []' in done.stdout), done.stderr
    with open(keys.path(retention.FILE), "w") as file:
        file.write('{"allow":1}')
    done = warm.run("collector", "retention", "--data", data)
    assert (1, True) == (done.returncode, "must have a number of days" in done.stderr)
