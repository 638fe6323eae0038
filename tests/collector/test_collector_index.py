"""An index that lacks something: every answer says so, and it is made again from the landing log."""

import contextlib
import json
import os
import signal
import sqlite3

import pytest
import warm

from agentguard.audit import query, spool
from agentguard.collector import dayfile, indexing
from agentguard.collector.batch import checked
from agentguard.collector.pages import session

NOON = 1777636800.0  # 2026-05-01T12:00Z
DAY = 86_400
DENIED = "2026-05-02.deny.sqlite"


def parsed(text):
    return query.parse(text, now=NOON + 4 * DAY)


def found(store, text="verdict:deny"):
    """Return the ids that a query finds, and whether they are all."""
    page = store.search(parsed(text), 100)
    return sorted(hit.body["id"] for hit in page.hits), page.complete


@pytest.fixture
def filled(opened, tmp_path):
    """An index of two days with denials and allowed calls, its folder, and the collector's parts."""
    parts = opened()
    send(parts[0], tmp_path, 0, 3)
    send(parts[0], tmp_path, 1, 3)
    parts[2].catch_up()
    return parts, tmp_path / "data" / "index"


def send(ingest, tmp_path, days, count):
    folder = str(tmp_path / "spool" / "0")
    sent = max((line.seq for line in spool.read(folder)), default=-1) if os.path.isdir(folder) else -1
    for number in range(count):
        for effect in ("deny", "allow"):
            body = {"kind": "decision", "id": f"{effect}-{days}-{number}", "effect": effect, "user": "alice"}
            spool.append(folder, body, {"command": f"word{number}"})
    lines = [line for line in spool.read(folder) if line.seq > sent]
    ingest.take("d1", checked(lines), NOON + days * DAY, gone=False)


ALL = ([f"deny-{day}-{number}" for day in (0, 1) for number in range(3)], True)
LEFT = ([f"deny-0-{number}" for number in range(3)], False)


def cut(path):
    """Take a record out of a file, as an older copy of it would lack it."""
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("DELETE FROM records WHERE i = (SELECT max(i) FROM records)")


def break_inside(path):
    """Damage the pages of a file behind its first one, so that it opens well."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    data = path.read_bytes()
    path.write_bytes(data[:4096] + b"\xff" * (len(data) - 4096))


DAMAGES = {
    "gone": os.unlink,
    "not a database": lambda path: path.write_bytes(b"x" * 5000),
    "empty": lambda path: path.write_bytes(b""),
    "short": cut,
    "broken inside": break_inside,
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_file_that_is_not_what_was_counted_is_missed_and_made_again(filled, opened, capfd, damage):
    """While it is read and at a start alike; what other files hold is found meanwhile."""
    (_ingest, _ledger, store, _log), index = filled
    store.close()
    damage(index / DENIED)
    told = []
    store.shelf.tell = lambda: told.append("told")
    assert LEFT == found(store)
    [missing] = store.search(parsed("verdict:deny"), 100).lacks.missing
    assert {"day": "2026-05-02", "verdict": "deny", "records": 3} == missing
    assert [missing] == store.lacks().missing
    assert store.search(parsed("verdict:allow"), 100).complete
    assert (["told"], 1) == (told, capfd.readouterr().err.count(str(index / DENIED)))
    counted = store.histogram(parsed('verdict:deny "word1"'), NOON - DAY, NOON + 3 * DAY, 5000)
    top = store.top("user", parsed('verdict:deny "word1"'), NOON - DAY, NOON + 3 * DAY, 5)
    assert (False, [missing]) == (counted.complete, counted.lacks.missing)
    assert ([("alice", 1)], False) == (top.values, top.complete)
    _ingest, _ledger, store, _log = opened()
    store.catch_up()
    assert ALL == found(store)
    assert ([], 0) == (store.lacks().missing, store.lacks().behind)
    assert (["deny-1-1"], True) == found(store, 'verdict:deny since:2026-05-02 "word1"')


def test_damage_is_found_at_a_start(filled, opened, capfd):
    """Before anybody asks."""
    (_ingest, _ledger, _store, _log), index = filled
    opened.close()
    cut(index / DENIED)
    _ingest, _ledger, store, _log = opened()
    store.catch_up()
    assert f"{DENIED} has 2 records instead of 3: it is made again" in capfd.readouterr().err
    assert ALL == found(store)


def test_index_that_is_behind_says_so_in_every_answer(filled, opened, tmp_path):
    """By how many bytes, and never that it is all."""
    (ingest, ledger, store, log), _index = filled
    end = ledger.end()
    send(ingest, tmp_path, 2, 2)
    behind = log.bytes_between(end, ledger.end())
    page = store.search(parsed("verdict:deny"), 100)
    counted = store.histogram(parsed("verdict:deny"), NOON, NOON + 3 * DAY, 10)
    top = store.top("user", parsed("verdict:deny"), NOON, NOON + 3 * DAY, 10)
    assert [(False, behind)] * 3 == [(one.complete, one.lacks.behind) for one in (page, counted, top)]
    assert (6, None, behind) == (len(page.hits), page.next, store.lacks().behind)
    store.catch_up()
    assert store.search(parsed("verdict:deny"), 100).complete


def test_what_comes_while_a_file_is_made_again_is_in_it(filled, tmp_path, monkeypatch):
    """New records are indexed between its pieces; those of the same part come in order."""
    (ingest, ledger, store, log), index = filled
    monkeypatch.setattr(indexing, "_PIECE", 2)
    store.close()
    os.unlink(index / DENIED)
    with contextlib.closing(indexing.Indexer(str(index), log, ledger.end)) as indexer:
        work = indexer.work()
        next(work)
        send(ingest, tmp_path, 1, 2)
        send(ingest, tmp_path, 2, 1)
        assert [2, 2, 2] == [next(work) for _ in range(3)]
        assert not (index / DENIED).exists()
        assert ["deny-2-0"] == found(store, "verdict:deny since:2026-05-03")[0]
        assert 0 == sum(work)
    assert 3 + 5 + 1 == len(found(store)[0])
    assert store.search(parsed("verdict:deny"), 100).complete
    assert [] == list(index.glob("*.again*"))


def test_making_a_file_again_can_be_left_at_any_point(filled, monkeypatch):
    """The next start begins it anew."""
    (_ingest, ledger, store, log), index = filled
    monkeypatch.setattr(indexing, "_PIECE", 2)
    store.close()
    os.unlink(index / DENIED)
    for steps in (1, 2, 3):
        with contextlib.closing(indexing.Indexer(str(index), log, ledger.end)) as indexer:
            work = indexer.work()
            for _ in range(steps):
                next(work)
            work.close()
        assert LEFT == found(store)
    with contextlib.closing(indexing.Indexer(str(index), log, ledger.end)) as indexer:
        indexer.catch_up()
    assert ALL == found(store)


def test_log_that_has_fewer_than_were_counted_is_said_and_not_tried_for_ever(filled, opened, capfd):
    """The landing log is the truth, also where it is wrong."""
    (_ingest, _ledger, _store, _log), index = filled
    opened.close()
    with contextlib.closing(sqlite3.connect(index / "fleet.sqlite")) as db, db:
        db.execute("UPDATE parts SET records = 4 WHERE day = '2026-05-02' AND kind = 'deny'")
    for said in (1, 0):
        _ingest, _ledger, store, _log = opened()
        store.catch_up()
        assert said == capfd.readouterr().err.count("4 records were counted, the landing log has 3")
    assert ALL == found(store)


def test_what_was_left_by_an_interruption_is_deleted_at_a_start(filled, opened):
    """A file that was begun and not counted, one that retention gave up, half of one that was made again."""
    (_ingest, _ledger, _store, _log), index = filled
    opened.close()
    before = sorted(os.listdir(index))
    for name in ("2026-04-01.deny.sqlite", "2026-05-02.deny.sqlite.again", "2026-05-02.deny.sqlite.again-wal"):
        (index / name).write_bytes(b"x")
    _ingest, _ledger, store, _log = opened()
    store.catch_up()
    assert ALL == found(store)
    opened.close()
    assert before == sorted(os.listdir(index))


def test_errors_of_the_moment_are_no_damage():
    """A file that is locked or cannot be opened now is not thrown away."""
    with contextlib.closing(sqlite3.connect(":memory:")) as db, pytest.raises(sqlite3.OperationalError) as told:
        db.execute("SELECT * FROM none")
    assert not dayfile.is_damage(told.value)


def test_everybody_is_told_while_the_index_is_behind(server, device, tmp_path):
    """On a server whose indexer stands still: in the answers of programs, on the page, in what commands say and write."""
    laptop = device("d1").record(2, effect="deny")
    laptop.send()
    assert server.get("/v1/search", q="verdict:deny")["complete"]
    with open(f"/proc/{server.process.pid}/task/{server.process.pid}/children", encoding="ascii") as file:
        indexer = max(map(int, file.read().split()))  # it is started last
    os.kill(indexer, signal.SIGSTOP)
    try:
        laptop.record(3, effect="deny").send()
        answer = server.get("/v1/top", q="verdict:deny", field="user")
        assert (True, False) == (answer["behind"] > 0, answer["complete"])
        where = ["--collector", server.url, "--token-file", server.token_file]
        said = "not all is here: the collector has not indexed"
        done = warm.run("audit", "search", "id:none", *where)
        assert (0, True, True) == (done.returncode, said in done.stderr, "no records" in done.stderr)
        done = warm.run("audit", "export", "--to", str(tmp_path / "all.jsonl"), *where)
        assert (0, True) == (done.returncode, said in done.stderr)
        assert json.loads((tmp_path / "all.jsonl.manifest.json").read_text())["behind"] > 0
        cookie = {"cookie": f"{session.COOKIE}={server.reader_token}"}
        page = server.client.get("/", params={"q": "id:none"}, headers=cookie).text
        assert "Not everything is here yet" in page
        assert "No record that can be found now matches" in page
    finally:
        os.kill(indexer, signal.SIGCONT)
    for _ in range(1000):
        if server.get("/v1/search", q="verdict:deny")["complete"]:
            break
    assert 5 == len(server.get("/v1/search", q="verdict:deny")["records"])


def test_server_says_why_it_ends_with_the_process_that_indexes(server):
    """A service manager starts both anew; its log says what happened."""
    with open(f"/proc/{server.process.pid}/task/{server.process.pid}/children", encoding="ascii") as file:
        os.kill(max(map(int, file.read().split())), signal.SIGKILL)
    said = server.process.communicate(timeout=60)[1]
    assert "the process that indexes was killed by signal 9, so the server ends too" in said
