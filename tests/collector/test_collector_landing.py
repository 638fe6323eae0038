"""The landing log, its ledger and its index, without a server."""

import os
import sqlite3
import subprocess
import sys
import threading
import time

import pytest

from agentguard.audit import query, spool
from agentguard.collector import landing
from agentguard.collector.batch import checked
from agentguard.errors import AuditError


@pytest.fixture
def lines(tmp_path):
    """Some records of a device."""
    folder = str(tmp_path / "spool" / "0")
    for number in range(12):
        spool.append(folder, {"kind": "event", "id": str(number)}, {"command": "x" * 500})
    return list(spool.read(folder))


def numbers(store):
    """Bring the index to the end of the log; return the numbers of all records, newest first."""
    store.catch_up()
    return [hit.body["seq"] for hit in store.search(query.parse("", now=0), 1000).hits]


def test_log_goes_on_in_another_file_and_after_a_restart(opened, lines, monkeypatch):
    """Files have a bounded size; index and log agree across files and restarts."""
    monkeypatch.setattr(landing, "FILE_BYTES", 3000)
    for number in range(0, 12, 3):
        ingest, ledger, store, log = opened()
        ingest.take("d1", checked(lines[number : number + 3]), 1777636800.0, gone=False)
    assert 4 == log.number
    assert list(range(11, -1, -1)) == numbers(store)
    chain = ledger.chain(lines[0].chain)
    assert ("d1", 0, 11, 12) == (chain.device, chain.first, chain.last, chain.records)
    assert {5: {lines[5].h: ""}} == ledger.hashes(lines[0].chain, 5, 5)
    assert [5] == [hit.body["seq"] for hit in store.record_at(lines[0].chain, 5)]
    _ingest, _ledger, store, _log = opened()
    assert list(range(11, -1, -1)) == numbers(store)


def test_lines_are_kept_byte_for_byte(opened, lines):
    """What was hashed on the device is what is in the log."""
    ingest, _ledger, _store, log = opened()
    ingest.take('a\tb\n"é', checked(lines), 1777636800.0, gone=False)
    entries = [landing.parse(raw) for _place, raw in log.entries(0, 0)]
    assert [line.raw for line in lines] == [entry.line.raw for entry in entries]
    assert {"at": "2026-05-01T12:00:00.000Z", "device": 'a\tb\n"é', "flag": ""} == entries[0].header


def test_ledger_that_lags_is_brought_up_to_date_before_it_is_asked(opened, lines):
    """A write that reached the log and not the ledger is not taken twice, in the same process and after a restart."""
    ingest, ledger, store, _log = opened()
    ingest.take("d1", checked(lines[:3]), 0.0, gone=False)
    ledger._db.execute("PRAGMA query_only = ON")
    with pytest.raises(sqlite3.OperationalError):
        ingest.take("d1", checked(lines[3:6]), 0.0, gone=False)
    ledger._db.execute("PRAGMA query_only = OFF")
    ingest.take("d1", checked(lines[3:9]), 0.0, gone=False)
    assert list(range(8, -1, -1)) == numbers(store)
    before = ledger.chains()
    ledger._db.execute("DELETE FROM chains")
    ledger._db.execute("UPDATE cursor SET file = 0, offset = 0")
    ledger._db.commit()
    _ingest, ledger, store, _log = opened()
    assert before == ledger.chains()
    assert list(range(8, -1, -1)) == numbers(store)


def test_damaged_log_is_not_served(opened, lines, tmp_path):
    """A changed byte in the log's middle ends in an error, not in a record that nobody sent."""
    ingest, *_others = opened()
    ingest.take("d1", checked(lines), 0.0, gone=False)
    path = tmp_path / "data" / "landing" / "landing-00000001.ndjson"
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"kind"', b'kind""', 1))
    os.unlink(tmp_path / "data" / "ledger.sqlite")
    with pytest.raises(AuditError, match="damaged"):
        opened()


def test_requests_that_come_at_the_same_time_share_one_fsync(tmp_path, monkeypatch):
    """Whoever comes first writes for all who wait; each is told of its own place."""
    log = landing.Landing(str(tmp_path / "landing"))
    told, synced, real = [], [], os.fsync
    log.written = lambda group, _end: told.append([(offset, note) for _file, offset, note in group])
    monkeypatch.setattr(landing.os, "fsync", lambda fd: (synced.append(fd), real(fd)))
    threads = [threading.Thread(target=log.append, args=([b"%d" % number * 10], number)) for number in range(8)]
    with log.still:
        for thread in threads:
            thread.start()
        while len(log._queue) < 8:
            time.sleep(0.001)
    for thread in threads:
        thread.join()
    [group] = told
    assert (1, list(range(8))) == (len(synced), sorted(note for _offset, note in group))
    assert [log.read(1 << 27 | offset) for offset, _note in group] == [b"%d" % note * 10 for _offset, note in group]
    log.close()


def test_full_disk_takes_nothing_and_breaks_nothing(tmp_path, lines):
    """A write that fails half way leaves whole entries only, and what was there stays."""
    code = """
import resource, sys
from agentguard.collector import landing
log = landing.Landing(sys.argv[1])
log.append([b"1" * 1000])
resource.setrlimit(resource.RLIMIT_FSIZE, (2500, 2500))
try:
    log.append([b"2" * 1000, b"3" * 1000])
except OSError:
    print("refused")
log.append([b"4" * 1000])
print([raw[:1] for _place, raw in log.entries(1, 0)], log.end())
"""
    argv = [sys.executable, "-c", code, str(tmp_path / "landing")]
    done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=True)
    assert "refused\n[b'1', b'4'] (1, 2002)\n" == done.stdout
