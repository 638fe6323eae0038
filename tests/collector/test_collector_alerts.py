"""What the collector makes of chains that are not as they should be: told apart, said once, and kept as evidence."""

import os
from types import SimpleNamespace
from unittest import mock

import pytest

from agentguard.audit import lines, mend, spool
from agentguard.collector.batch import checked
from agentguard.collector.ingest import GapError

NOW = 1777636800.0


class Chain:
    """A chain as a spool would write it, without a spool: it can be copied at any point."""

    def __init__(self, before=None, reason=mend.NEW, user="alice", uid=1000):
        with mock.patch.object(os, "geteuid", return_value=uid):
            start, self.head = mend.genesis(reason, before, {"device": "", "user": user})
        self.lines = [lines.parse(start.rstrip(b"\n"))]

    def add(self, count=1, text="x", **facts):
        """Return so many new lines."""
        found = []
        for _ in range(count):
            record = spool.encoded({"kind": "decision", **facts}, {"command": text})
            data, h = spool.make_line(self.head, record, {}, first=False)
            self.head = (self.head[0], self.head[1] + 1, h)
            found.append(lines.parse(data.rstrip(b"\n")))
        self.lines += found
        return found

    def copy(self):
        """Return another one that goes on from here."""
        twin = Chain.__new__(Chain)
        twin.head, twin.lines = self.head, list(self.lines)
        return twin


@pytest.fixture
def taken(opened, tmp_path):
    """A function that hands lines over, and returns the answer; `said` are all alerts that were raised, oldest first."""

    def again():
        """Make the ledger anew from the log."""
        opened.close()
        (tmp_path / "data" / "ledger.sqlite").unlink()
        taken.ingest, taken.ledger, _store, _log = opened()

    taken = SimpleNamespace()
    taken.ingest, taken.ledger, _store, _log = opened()

    def take(device, records, now=NOW, gone=False):
        return taken.ingest.take(device, checked(records), now, gone=gone)

    take.again = again
    take.said = lambda: taken.ledger.alerts()[::-1]
    take.alerts = lambda: [(one["alert"], one["device"], one["first"], one["last"]) for one in take.said()]
    take.chains = taken.ledger.chains
    return take


def test_the_same_again_is_no_alert(taken):
    """A retry is answered with how much was here already."""
    chain = Chain()
    chain.add(3)
    assert [0, 4] == [taken("d1", chain.lines)["known"] for _ in range(2)]
    assert [] == taken.alerts()


def test_replay_by_another_device_is_said_once(taken):
    """Records of one device that come from another one, and new ones for its chain, are two things."""
    chain = Chain()
    chain.add(3)
    taken("d1", chain.lines)
    answers = [taken("d2", chain.lines)["alerts"] for _ in range(2)]
    assert [["replay"], ["replay"]] == answers
    assert ["device"] == taken("d2", chain.add())["alerts"]
    assert [("replay", "d2", 0, 3), ("device", "d2", 4, 4)] == taken.alerts()


def test_alert_of_a_chain_is_counted_for_a_day_and_raised_anew_on_the_next(taken):
    """At most once a minute; the ledger says the same when it is made again from the log."""
    chain = Chain()
    taken("d1", chain.lines)
    for later in (0, 20, 120, 3 * 3600, 86_400):
        assert ["device"] == taken("d2", chain.add(), NOW + later)["alerts"]
    times = [(one["first"], one["last"], one["times"], one["at"], one["latest"]) for one in taken.said()]
    assert [
        (1, 4, 3, "2026-05-01T12:00:00.000Z", "2026-05-01T15:00:00.000Z"),
        (5, 5, 1, "2026-05-02T12:00:00.000Z", "2026-05-02T12:00:00.000Z"),
    ] == times
    taken.again()
    assert times == [(one["first"], one["last"], one["times"], one["at"], one["latest"]) for one in taken.said()]


def test_other_names_of_a_device_are_told_once(taken):
    """A renamed laptop, or one that pretends: each name stands in the alert, however odd it is."""
    names = iter(["d1", "", "laptop-8", "laptop-8", "\ud800\x1b[31m" + "x" * 200])
    chain = Chain()
    taken("d1", chain.lines)
    for minute, name in enumerate(names):
        taken("d1", chain.add(device=name), NOW + 60 * minute)
    [alert] = taken.said()
    assert ("claim", 3, 5, 3) == tuple(alert[name] for name in ("alert", "first", "last", "times"))
    assert f"it says that it is laptop-8; it says that it is [31m{95 * 'x'}…" == alert["about"]


def test_restored_spool_is_a_fork_and_no_clone(taken):
    """It goes back, writes something else, and leaves the chain: nobody goes on with it."""
    chain = Chain()
    backup = chain.copy()
    chain.add(2)
    taken("d1", chain.lines)
    assert ["fork"] == taken("d1", backup.add(3, "other"))["alerts"]
    new = Chain(backup.head, mend.FORK)
    new.add(2)
    assert [] == taken("d1", new.lines)["alerts"]
    assert [("fork", "d1", 1, 1)] == taken.alerts()


def test_cloned_device_is_a_fork_and_then_a_clone(taken):
    """Both leave the chain, or one goes on with it after the other has left."""
    chain = Chain()
    chain.add(1)
    twin = chain.copy()
    taken("d1", chain.lines)
    taken("d1", chain.add(1))
    taken("d1", twin.add(1, "other"))
    left = Chain(twin.head, mend.FORK)
    taken("d1", left.lines)
    assert ["clone"] == taken("d1", chain.add(1))["alerts"]
    assert ["fork", "clone"] == [kind for kind, *_rest in taken.alerts()]
    other = Chain(chain.head, mend.FORK)
    assert ["clone"] == taken("d1", other.lines)["alerts"]
    assert ["fork", "clone"] == [kind for kind, *_rest in taken.alerts()]


def test_deleted_spool_is_a_reset_and_what_was_not_sent_a_gap(taken):
    """A chain that begins anew says what it knows of the one before."""
    chain = Chain()
    chain.add(3)
    taken("d1", chain.lines)
    assert ["reset"] == taken("d1", Chain().lines)["alerts"]
    damaged = Chain(before=(chain.head[0], 9, "0" * 64), reason=mend.DAMAGED)
    assert ["gap", "reset"] == taken("d1", damaged.lines)["alerts"]
    assert [("reset", "d1", 0, 0), ("gap", "d1", 4, 9), ("reset", "d1", 10, 10)] == taken.alerts()
    assert [] == taken("d1", Chain(user="bob", uid=1001).lines)["alerts"]
    assert [] == taken("d2", Chain().lines)["alerts"]


def test_a_spool_is_an_accounts_whatever_name_it_bears(taken):
    """Root's configuration may name one person for root and a developer; accounts are renamed, and still have one spool."""
    assert [[], []] == [taken("d1", Chain(uid=uid).lines)["alerts"] for uid in (0, 1000)]
    assert ["reset"] == taken("d1", Chain(user="alice.smith").lines)["alerts"]
    assert {("alice", 0), ("alice", 1000), ("alice.smith", 1000)} == {
        (one["user"], one["uid"]) for one in taken.chains()
    }


def test_without_a_number_the_name_tells(taken):
    """A genesis record need not be one that we wrote."""
    assert [] == taken("d1", Chain(uid=None).lines)["alerts"]
    assert ["reset"] == taken("d1", Chain().lines)["alerts"]
    assert ["reset"] == taken("d1", Chain(uid="0").lines)["alerts"]
    assert [] == taken("d1", Chain(user="bob", uid=-1).lines)["alerts"]


def test_clock_that_goes_back_is_said_and_loses_nothing(taken):
    """Records are kept under the day that the collector believed in."""
    chain = Chain()
    taken("d1", chain.lines, NOW + 10 * 86_400)
    assert ["clock"] == taken("d1", chain.add(), NOW)["alerts"]
    assert [] == taken("d1", chain.add(), NOW - 30)["alerts"]
    assert [("clock", "d1", 0, 0)] == taken.alerts()
    assert 3 == taken.chains()[0]["records"]


def test_hole_is_asked_for_and_counted_until_it_is_filled(taken):
    """`records` says how many of a chain's numbers are here."""
    chain = Chain()
    chain.add(5)
    taken("d1", chain.lines[:2])
    with pytest.raises(GapError):
        taken("d1", chain.lines[4:])
    assert ["gap"] == taken("d1", chain.lines[4:], gone=True)["alerts"]
    [known] = taken.chains()
    assert (0, 5, 4) == (known["first"], known["last"], known["records"])
    taken("d1", chain.lines[2:4])
    assert 6 == taken.chains()[0]["records"]
