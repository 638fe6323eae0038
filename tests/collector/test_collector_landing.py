"""The landing log and its index, without a server."""

import os
import subprocess
import sys

import pytest

from agentguard.audit import spool
from agentguard.collector import landing
from agentguard.collector.ingest import Ingest
from agentguard.collector.keys import Keys
from agentguard.collector.store import SqliteStore
from agentguard.errors import AuditError


@pytest.fixture
def lines(tmp_path):
    """Some records of a device."""
    folder = str(tmp_path / "spool" / "0")
    for number in range(12):
        spool.append(folder, {"kind": "event", "id": str(number)}, {"command": "x" * 500})
    return list(spool.read(folder))


@pytest.fixture
def opened(tmp_path):
    """A function that opens the collector's data folder, again and again."""
    things = []

    def close():
        while things:
            things.pop().close()

    def open_again():
        close()
        log = landing.Landing(str(tmp_path / "data" / "landing"))
        things.append(log)
        store = SqliteStore(str(tmp_path / "data" / "index.sqlite"), log)
        things.append(store)
        return Ingest(log, store, Keys(str(tmp_path / "data"))), store, log

    yield open_again
    close()


def test_log_goes_on_in_another_file_and_after_a_restart(opened, lines, monkeypatch):
    """Files have a bounded size; index and log agree across files and restarts."""
    monkeypatch.setattr(landing, "FILE_BYTES", 3000)
    for number in range(0, 12, 3):
        ingest, store, log = opened()
        ingest.take("d1", lines[number : number + 3], 1777636800.0, gone=False)
    assert 4 == log.number
    assert list(range(11, -1, -1)) == [entry.line.seq for entry in store.newest()]
    assert ("d1", 11) == store.owner(lines[0].chain)
    assert {5: {lines[5].h: ""}} == store.hashes(lines[0].chain, 5, 5)
    _ingest, store, _log = opened()
    assert list(range(11, -1, -1)) == [entry.line.seq for entry in store.newest()]


def test_lines_are_kept_byte_for_byte(opened, lines):
    """What was hashed on the device is what is in the log."""
    ingest, store, _log = opened()
    ingest.take('a\tb\n"é', lines, 1777636800.0, gone=False)
    entries = list(store.newest())
    assert [line.raw for line in reversed(lines)] == [entry.line.raw for entry in entries]
    assert {"at": "2026-05-01T12:00:00.000Z", "device": 'a\tb\n"é', "flag": ""} == entries[0].header


def test_index_that_lags_is_brought_up_to_date_before_it_is_asked(opened, lines):
    """A write that reached the log and not the index is not taken twice."""
    ingest, store, log = opened()
    ingest.take("d1", lines[:3], 0.0, gone=False)
    log.append([landing.record("2026-05-01T12:00:00.000Z", "d1", "", line) for line in lines[3:6]])
    ingest.take("d1", lines[3:9], 0.0, gone=False)
    assert list(range(8, -1, -1)) == [entry.line.seq for entry in store.newest()]


def test_damaged_log_is_not_served(opened, lines, tmp_path):
    """A changed byte in the log's middle ends in an error, not in a record that nobody sent."""
    ingest, _store, _log = opened()
    ingest.take("d1", lines, 0.0, gone=False)
    path = tmp_path / "data" / "landing" / "landing-00000001.ndjson"
    data = path.read_bytes()
    path.write_bytes(data.replace(b'"kind"', b'kind""', 1))
    os.unlink(tmp_path / "data" / "index.sqlite")
    with pytest.raises(AuditError, match="damaged"):
        opened()


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
