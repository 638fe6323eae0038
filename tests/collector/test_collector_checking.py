"""A landing log that somebody changed after it was signed for: a check of it says so, and so does the record's page."""

import os
import shutil

import pytest
import warm

from agentguard.audit import spool
from agentguard.collector import landing, loss, rebuild, retention
from agentguard.collector.batch import checked
from agentguard.collector.keys import Keys
from agentguard.collector.pages import session

NOW = 1777636800.0  # 2026-05-01T12:00Z
DAY = 86_400


@pytest.fixture
def filled(opened, tmp_path, monkeypatch):
    """A closed collector with a chain over several files, of which 5 and 6 are a gap that the device said."""
    monkeypatch.setattr(landing, "FILE_BYTES", 3000)
    folder = str(tmp_path / "spool" / "0")
    for number in range(20):
        spool.append(folder, {"kind": "decision", "effect": "deny", "id": f"r{number}"}, {"command": f"word{number}"})
    lines = list(spool.read(folder))
    ingest, _ledger, store, _log = opened()
    ingest.take("d1", checked(lines[:5]), NOW, gone=False)
    for first in (7, 10, 15):
        ingest.take("d1", checked(lines[first : min(first + 5, 21)]), NOW, gone=True)
    store.catch_up()
    opened.close()
    return Keys(str(tmp_path / "data")), lines


def change(keys, old, new):
    """Change bytes of the landing log, wherever they stand."""
    assert len(old) == len(new)
    log = landing.Reader(keys.path("landing"))
    for file in log.files():
        with open(log.path(file), "rb") as opened:
            data = opened.read()
        if old in data:
            with open(log.path(file), "wb") as opened:
                opened.write(data.replace(old, new))


def said(alerts):
    return [(one["alert"], one["device"], one["first"], one["last"]) for one in alerts]


def test_log_as_it_was_signed_for_raises_nothing(filled):
    """Gaps and forks that are known are no news, before and after a rebuild."""
    keys, _lines = filled
    assert [] == rebuild.check(keys, NOW)
    assert [] == rebuild.reindex(keys, NOW)[1]
    assert [] == rebuild.check(keys, NOW)


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        (b'"command":"word12"', b'"command":"evil12"', [("broken", "d1", 13, 13)]),
        (b'"id":"r12"', b'"id":"x12"', [("broken", "d1", 13, 13)]),
    ],
)
def test_changed_record_is_found_and_said_once(filled, opened, old, new, wrong):
    """By its texts, or by the hash of what it says."""
    keys, _lines = filled
    change(keys, old, new)
    assert wrong == said(rebuild.check(keys, NOW))
    assert [] == rebuild.check(keys, NOW)
    assert [] == rebuild.reindex(keys, NOW)[1]
    _ingest, ledger, *_others = opened()
    assert wrong[0] in said(ledger.alerts())


def test_records_that_were_cut_out_are_missed(filled):
    """Also where the ledger was deleted with them; a file that is only shorter is noticed at the start."""
    keys, lines = filled
    log = landing.Reader(keys.path("landing"))
    for file in log.files():
        rows = [raw + b"\n" for _place, raw in log.entries_of(file)]
        kept = [raw for raw in rows if not any(line.raw in raw for line in lines[11:14])]
        if kept != rows:
            with open(log.path(file), "wb") as written:
                written.write(b"".join(kept))
    assert loss.find(keys).files
    os.unlink(keys.path("ledger.sqlite"))
    shutil.rmtree(keys.path("index"))
    assert [("gap", "d1", 11, 13)] == said(rebuild.reindex(keys, NOW)[1])
    assert [] == rebuild.check(keys, NOW)


def test_what_was_retired_is_not_missed(filled):
    """Files that are older than every retention are summed up."""
    keys, _lines = filled
    days = dict.fromkeys(retention.DAYS, 1)
    with rebuild.opened(keys) as (log, ledger, store):
        store.catch_up()
        retention.forget(store, days, NOW + 3 * DAY)
        assert retention.retire(log, ledger, store, days, NOW + 3 * DAY)
    assert [] == rebuild.check(keys, NOW + 3 * DAY)
    assert [] == rebuild.reindex(keys, NOW + 3 * DAY)[1]


def test_changed_record_is_shown_as_such(server, device):
    """By the command, and by `audit show`, before anything was checked."""
    laptop = device("d1").record(3, effect="deny")
    laptop.send()
    ids = [line.body["id"] for line in laptop.lines()]
    server.stop()
    change(server.keys, b"cat d1", b"cat d9")
    server.start()
    where = ["--collector", server.url, "--token-file", server.token_file]
    done = warm.run("audit", "show", ids[2], *where)
    assert "chain status      does not hold: the texts of this record are not those" in done.stdout
    page = server.client.get(f"/records/{ids[2]}", headers={"cookie": f"{session.COOKIE}={server.reader_token}"}).text
    assert "this record was changed at the collector: it is not what was signed for" in page
    server.stop()
    done = warm.run("collector", "check", "--data", server.data)
    assert (3, True) == (done.returncode, "broken: 1 to 3 of chain" in done.stdout)
