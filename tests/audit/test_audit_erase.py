"""Erasing texts: they are gone from the disk, a tombstone says so, and the chain holds."""

# ruff: noqa: RUF001 - marks are made of these characters

import os

import pytest

from agentguard.audit import erase, spool, verify
from agentguard.errors import SpoolError

WHO = {"device": "d1", "user": "alice"}


def everything(folder):
    found = b""
    for name in os.listdir(folder):
        with open(os.path.join(folder, name), "rb") as file:
            found += file.read()
    return found


def test_texts_are_gone_from_every_file_and_the_chain_holds(folder, fill):
    """In closed segments and in the file that is appended to; nothing else changes."""
    fill(300, command="x" * 4000)
    spool.append(folder, {"kind": "event", "id": "last"}, {"command": "customer-4711"})
    before = {line.seq: line for line in spool.read(folder)}
    wanted = [5, 301]
    assert 2 == erase.erase(folder, wanted, WHO, "request 12")
    after = {line.seq: line for line in spool.read(folder)}
    assert wanted == [seq for seq, line in after.items() if line.texts is None]
    assert {seq: line.raw for seq, line in before.items() if seq not in wanted} == {
        seq: line.raw for seq, line in after.items() if seq in before and seq not in wanted
    }
    assert all(after[seq].body == before[seq].body and after[seq].h == before[seq].h for seq in wanted)
    assert b"customer-4711" not in everything(folder)
    assert before[301].salt.encode() not in everything(folder)
    report = verify.verify(folder)
    assert (True, 2) == (report.holds, report.erased)
    stone = after[max(after)]
    assert ("erasure", wanted, {"reason": "request 12"}, "alice") == (
        stone.body["kind"], stone.body["erased"], stone.texts, stone.body["user"],
    )  # fmt: skip


def test_secrets_are_taken_out_of_the_reason(folder, fill):
    """Whoever erases what leaked may well quote it; the reason stays in the log."""
    fill(2)
    erase.erase(folder, [1, 2], WHO, "leaked token=hunter2xx, again hunter2xx")
    stone = list(spool.read(folder))[-1]
    assert {"reason": "leaked token=‹token›, again ‹token›"} == stone.texts
    assert {"token": 2} == stone.body["redactions"]
    assert b"hunter2xx" not in everything(folder)


def test_records_go_on_after_an_erasure(folder, fill):
    """The next hook finds the head of the chain where it was."""
    fill(3)
    erase.erase(folder, [3], WHO, "x")
    seq, _h = spool.append(folder, {"kind": "event"}, {})
    assert 5 == seq
    assert verify.verify(folder).holds


def test_many_records_take_several_tombstones(folder, fill, monkeypatch):
    """A tombstone is a record like any other, and fits a line."""
    fill(5)
    monkeypatch.setattr(erase, "NUMBERS", 2)
    assert 5 == erase.erase(folder, range(1, 6), WHO, "x")
    stones = [line.body["erased"] for line in spool.read(folder) if line.body["kind"] == "erasure"]
    assert [[1, 2], [3, 4], [5]] == stones
    assert verify.verify(folder).holds


def test_erasing_again_erases_nothing_more(folder, fill):
    """Whoever was interrupted erases again."""
    fill(2)
    assert 1 == erase.erase(folder, [1], WHO, "x")
    assert 0 == erase.erase(folder, [1], WHO, "x")
    assert verify.verify(folder).holds


def test_erasure_that_fails_leaves_the_log_as_it_was(folder, fill, monkeypatch):
    """But for the tombstone: what was begun is taken away, and erasing again does it."""
    fill(2)

    def full(*_words, **_more):
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "rename", full)
        with pytest.raises(SpoolError, match="No space left"):
            erase.erase(folder, [1], WHO, "x")
    assert "erase.part" not in os.listdir(folder)
    assert verify.verify(folder).holds
    assert 1 == erase.erase(folder, [1], WHO, "x")


def test_spool_that_cannot_be_changed_is_an_error(folder, fill):
    """A file that is not the person's own is left alone."""
    fill(2)
    os.link(os.path.join(folder, spool.CURRENT), os.path.join(folder, "other"))
    with pytest.raises(SpoolError):
        erase.erase(folder, [1], WHO, "x")
