"""Erasing at the collector: no byte of the texts is left, everything else is as it was, and it is said who did it."""

import json
from pathlib import Path

import pytest
import warm

from agentguard.audit import lines as written
from agentguard.audit import query, spool
from agentguard.collector import erasing, landing, rebuild, retention
from agentguard.collector.batch import checked
from agentguard.collector.keys import Keys
from agentguard.errors import ConfigError

NOW = 1777636800.0  # 2026-05-01T12:00Z
DAY = 86_400
WORD = "Zanzibarquux"


@pytest.fixture
def filled(opened, tmp_path, monkeypatch):
    """A closed collector of two devices over three files and days, every third record about the word."""
    monkeypatch.setattr(landing, "FILE_BYTES", 9000)
    ingest, _ledger, store, _log = opened()
    for device in ("d1", "d2"):
        folder, sent = str(tmp_path / device / "0"), -1
        for day in range(3):
            for number in range(6):
                texts = {"command": f"cat {WORD if number % 3 == 0 else 'other'}-{number}", "cwd": "é" * 40}
                spool.append(folder, {"kind": "decision", "id": f"{device}{day}{number}", "effect": "deny"}, texts)
            lines = [line for line in spool.read(folder) if line.seq > sent]
            sent = lines[-1].seq
            ingest.take(device, checked(lines), NOW + day * DAY, gone=False)
    store.catch_up()
    opened.close()
    return Keys(str(tmp_path / "data"))


def everything(keys):
    """Return every entry of the landing log, by place."""
    log = landing.Reader(keys.path("landing"))
    return dict(log.entries(0, 0))


def holders(keys, word):
    """Return the files of a data folder in which a word stands, in any case."""
    files = [path for path in Path(keys.folder).rglob("*") if path.is_file()]
    return sorted(path.name for path in files if word.lower().encode() in path.read_bytes().lower())


def ids(store, text):
    return {hit.body["id"] for hit in store.search(query.parse(text, now=NOW), 100).hits}


def test_texts_are_gone_for_good_and_everything_else_is_as_it_was(filled, opened):
    """From the log, its index and what is searched; hashes, places and the other records stay."""
    keys, before = filled, everything(filled)
    assert len(holders(keys, WORD)) > 3
    would = erasing.erase(keys, f"device:d1 {WORD}", "why", "root", really=False)
    assert (6, before) == (len(would), everything(keys))
    done = erasing.erase(keys, f"device:d1 {WORD}", "request 12, password=hunter2hunter2", "root", really=True)
    assert would == done
    after = everything(keys)
    assert list(before) == list(after)[: len(before)]
    chain = {one.chain for one in done}.pop()
    for place, raw in before.items():
        (header, line), (header_now, now) = landing.parse(raw), landing.parse(after[place])
        if line and (line.chain, line.seq) in {(one.chain, one.seq) for one in done}:
            assert (None, "", line.h, line.body) == (now.texts, now.salt, now.h, now.body)
            assert written.parse(now.raw).texts_hold
            assert header == header_now
        else:
            assert raw == after[place]
    _ingest, ledger, store, _log = opened()
    assert ids(store, f"{WORD} device:d1") == set()
    assert 6 == len(ids(store, f"{WORD} device:d2"))
    assert {f"d1{day}{number}" for day in range(3) for number in range(6)} <= ids(store, "device:d1 verdict:deny")
    assert ledger.chain(chain).records == 19
    [tombstone] = store.search(query.parse("kind:erasure", now=NOW), 10).hits
    said = {name: tombstone.body[name] for name in ("device", "user", "of", "erased")}
    assert {"device": "collector", "user": "root", "of": chain, "erased": sorted(one.seq for one in done)} == said
    assert "request 12" in tombstone.texts["reason"]
    assert "hunter2" not in tombstone.texts["reason"]
    assert [] == [one for one in store.devices() if one["device"] == "collector"]
    opened.close()
    assert [] == erasing.erase(keys, f"device:d1 {WORD}", "again", "root", really=True)
    assert [] == erasing.erase(keys, "kind:erasure", "the reason", "root", really=True)
    erasing.erase(keys, WORD, "all", "root", really=True)
    assert [] == holders(keys, WORD)
    rebuild.reindex(keys, NOW)
    assert [] == holders(keys, WORD)


@pytest.mark.parametrize("step", [0, 2])
def test_erasing_that_is_interrupted_leaves_a_whole_log_and_is_done_again(filled, opened, monkeypatch, step):
    """After the tombstone, and between two files of the log."""
    keys, before = filled, everything(filled)
    real, left = landing.files.replace, [step]

    def replace(path, data, mode):
        left[0] -= 1
        if left[0] == 0:
            raise OSError(5, "killed")
        real(path, data, mode)

    if step:
        monkeypatch.setattr(landing.files, "replace", replace)
    else:
        monkeypatch.setattr(erasing, "_rewrite", lambda *_all: (_ for _ in ()).throw(OSError(5, "killed")))
    with pytest.raises(ConfigError, match="killed"):
        erasing.erase(keys, WORD, "why", "root", really=True)
    monkeypatch.undo()
    assert list(before) == list(everything(keys))[: len(before)]
    assert erasing.erase(keys, WORD, "why", "root", really=True)
    assert [] == holders(keys, WORD)
    ingest, _ledger, store, _log = opened()
    assert [] == store.search(query.parse(WORD, now=NOW), 10).hits
    assert 36 == len(ids(store, "verdict:deny"))
    assert ingest


def test_what_retention_took_from_the_index_is_erased_in_the_log(filled, opened):
    """Nobody finds these records, but their lines stand there until their file is old enough."""
    keys = filled
    days = {**dict.fromkeys(retention.DAYS, 400), "deny": 1}
    with rebuild.opened(keys) as (_log, _ledger, store):
        assert {"deny": 24} == {
            kind: count for kind, count in retention.forget(store, days, NOW + 3 * DAY).items() if count
        }
    assert 12 == len(erasing.erase(keys, WORD, "why", "root", really=True))
    assert [] == holders(keys, WORD)
    _ingest, _ledger, store, _log = opened()
    assert 12 == len(ids(store, "verdict:deny"))


def test_command_erases_and_readers_see_it(server, device, tmp_path):
    """It refuses while a server runs; then page and export say `erased`, and the export verifies with the tombstone."""
    laptop = device("d1").record(2)
    laptop.send()
    words = [
        "collector",
        "erase",
        "--data",
        server.data,
        "id:" + laptop.lines()[1].body["id"],
        "--reason",
        "a name",
        "--json",
    ]
    done = warm.run(*words, "--yes")
    assert (1, True) == (done.returncode, "stop the server first" in done.stderr)
    server.stop()
    done = warm.run(*words)
    [one] = json.loads(done.stdout)["would_erase"]
    assert ("d1", 1) == (one["device"], one["seq"])
    assert {"erased": [one]} == json.loads(warm.run(*words, "--yes").stdout)
    server.start()
    assert [None] == [record["texts"] for record in server.get("/v1/search", q=words[4])["records"]]
    where = ["--collector", server.url, "--token-file", server.token_file]
    path = str(tmp_path / "all.jsonl")
    assert 0 == warm.run("audit", "export", "--to", path, *where).returncode
    assert 1 == json.loads(Path(path + ".manifest.json").read_text())["erased"]
    done = warm.run("audit", "verify", "--file", path)
    assert (0, False) == (done.returncode, "no tombstone" in done.stdout), done.stdout
    assert {"records": 0} == laptop.send()
