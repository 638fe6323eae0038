"""The two clocks, a sync that waits for what will be due, and the heartbeat. The collector is one on loopback."""

import json
import os
import shutil
import stat
import time

import pytest
from lying import Lying

from agentguard import jsontext
from agentguard.audit import record, spool
from agentguard.bundle import files
from agentguard.sync import heartbeat, stages, status, watch
from agentguard.sync.enroll import enroll

UID = os.geteuid()


@pytest.fixture
def collector():
    found = Lying()
    yield found
    found.close()


@pytest.fixture
def listening(organisation, collector):
    """An organisation whose signed policy names the collector."""
    return organisation("listening", collector_url=collector.url, receipt_keys=[collector.public])


@pytest.fixture
def home(listening, laptop, unmanaged):
    """A laptop of that organisation that has synced once."""
    enroll(laptop, listening.repo, listening.sha256, system=unmanaged, enrol_secret="sesame")
    stages.run(laptop)
    return laptop


def records(home, count=1, *, age=0.0, **facts):
    for _ in range(count):
        body = {"kind": "decision", "effect": "allow", "time": record.stamp(time.time() - age), **facts}
        spool.append(home.spool(UID), body, {})


def sent(collector):
    return [body.get("effect") for body in collector.bodies() if body["kind"] != "genesis"]


def never(_seconds):
    pytest.fail("nothing was to be waited for")


def set_clock(home, **values):
    path = os.path.join(home.sync, status.FILE)
    files.replace(path, json.dumps({**status.read(home), **values}).encode(), 0o600)


def test_background_sync_with_nothing_to_do_ends_at_once(home, collector):
    """No bundle is due and nothing is unsent."""
    report = watch.run(home, pause=never)
    assert (True, None, 0) == (report["ok"], report["bundle"], report["upload"]["records"])


@pytest.mark.parametrize("facts", [{"effect": "deny"}, {"effect": "ask"}, {"age": 61}])
def test_what_is_due_goes_out_at_once(home, collector, facts):
    """A deny, an ask, and a record of a minute ago; with it whatever else waits."""
    records(home)
    records(home, **facts)
    watch.run(home, pause=never)
    assert 2 == len(sent(collector))


def test_young_records_wait_for_their_minute_and_go_together(home, collector, monkeypatch):
    """A minute of allowed calls is one upload, and the last of them do not wait for the next session."""
    records(home, 3)
    pauses = []
    clock = time.time

    def pause(seconds):
        pauses.append(seconds)
        monkeypatch.setattr(time, "time", lambda: clock() + sum(pauses))
        if len(pauses) == 30:
            records(home, 2)

    watch.run(home, pause=pause)
    assert [1.0] * watch.MINUTE == pauses
    assert ["allow"] * 5 == sent(collector)


def test_denial_ends_the_waiting(home, collector):
    """A hook that asks is heard within a second."""
    records(home)
    pauses = []

    def pause(_seconds):
        pauses.append(1)
        assert len(pauses) < 10
        if len(pauses) == 3:
            records(home, effect="deny")
            with open(os.path.join(home.spools, f"now.{UID}"), "w"):
                pass

    watch.run(home, pause=pause)
    assert 3 == len(pauses)
    assert ["allow", "deny"] == sent(collector)


def test_hooks_start_nothing_while_a_sync_waits(home):
    """`next_try` is ahead as long as one process stays, and a second one gives way."""
    records(home)
    seen = []

    def pause(_seconds):
        seen.append(os.stat(os.path.join(home.sync, status.NEXT_TRY)).st_mtime - time.time())
        assert watch.run(home, pause=never)["busy"]
        assert stages.run(home)["ok"]  # what a person types is not held up
        with open(os.path.join(home.spools, f"now.{UID}"), "w"):
            pass

    watch.run(home, pause=pause)
    [ahead] = seen
    assert 0 < ahead <= watch.MINUTE
    assert os.stat(os.path.join(home.sync, status.NEXT_TRY)).st_mtime <= time.time() + 1


def test_clocks_stand_still_for_themselves(home, collector, listening):
    """A collector that is down keeps no bundle back, a publisher that is down no record."""
    collector.answer = lambda _found: (500, {}, {})
    records(home, effect="deny")
    assert not stages.run(home)["upload"]["ok"]
    assert 1 == status.read(home)["upload_failures"]
    assert None is stages.run(home, background=True)["upload"]
    set_clock(home, next_bundle="")
    listening.release(1)
    assert stages.run(home, background=True)["bundle"]["changed"]
    collector.answer = collector.honest
    set_clock(home, next_upload="", next_bundle="")
    shutil.move(listening.repo, listening.repo + ".away")
    report = stages.run(home, background=True)
    assert (False, True) == (report["bundle"]["ok"], report["upload"]["ok"])
    records(home, effect="deny")
    report = stages.run(home, background=True)
    assert (None, 1) == (report["bundle"], report["upload"]["records"])


def test_tries_are_spread_from_a_second_to_a_quarter_of_an_hour(home, collector):
    """Full jitter: the longer it fails the further apart, and never a fixed time."""
    collector.answer = lambda _found: (500, {}, {})
    records(home)
    waits = []
    for failures in (0, 4, 9, 13):
        now = time.time()
        for _ in range(4):
            set_clock(home, upload_failures=failures)
            status.uploaded(home, {"ok": False}, now)
            value = status.read(home)
            waits.append(next(second for second in range(1000) if value["next_upload"] == status.stamp(now + second)))
    assert all(1 <= wait <= status.LONGEST + 1 for wait in waits)
    assert max(waits[:4]) <= 4 < max(waits[-8:])
    assert len(set(waits[-8:])) > 4


@pytest.mark.parametrize("clock", [status.BUNDLE, status.UPLOAD])
def test_clock_that_was_set_under_a_wrong_time_is_due(home, clock):
    """Whether the laptop's clock was years ahead, or the file is damaged: it is time now."""
    now = time.time()
    for value in (status.stamp(now + 3e8), "tomorrow", 7, None, status.stamp(now - 1)):
        set_clock(home, **{f"next_{clock}": value})
        assert status.due(home, clock, now)
    set_clock(home, **{f"next_{clock}": status.stamp(now + 60)})
    assert not status.due(home, clock, now)


HEALTH = {
    "install": "managed", "client": "2.1.330", "source": "file", "enforces": True,
    "doctor": {"time": "2026-05-01T00:00:00Z", "healthy": False, "errors": 1, "warnings": 0, "findings": ["sync/old"]},
}  # fmt: skip


def beats(collector):
    return [body for body in collector.bodies() if body["kind"] == "heartbeat"]


def test_heartbeat_reaches_the_collector_with_the_sync_that_made_it(home, collector):
    """Versions, revision, state, the winning source and what the doctor says; not with every upload."""
    stages.run(home, look=lambda _places: HEALTH)
    [beat] = beats(collector)
    assert HEALTH == {name: beat[name] for name in HEALTH}
    assert ("tiny", 1, "fresh") == tuple(beat["bundle"][name] for name in ("name", "revision", "state"))
    assert beat["agentguard"]
    assert 0o600 == stat.S_IMODE(os.stat(home.health).st_mode)
    stages.run(home, background=True, look=lambda _places: HEALTH)
    assert 1 == len(beats(collector))


def test_heartbeat_says_that_no_bundle_came(home, collector, listening):
    """A publisher that is down is when a fleet most needs to be looked at."""
    shutil.move(listening.repo, listening.repo + ".away")
    stages.run(home, look=lambda _places: HEALTH)
    assert 1 == len(beats(collector))


@pytest.mark.parametrize(
    ("look", "said"),
    [
        (lambda _places: time.sleep(600), "took longer than"),
        (lambda _places: 1 / 0, "division by zero"),
        (lambda _places: {"x": "y" * 100_000}, "gave more than"),
    ],
)
def test_doctor_that_fails_or_hangs_stops_no_sync(home, collector, monkeypatch, look, said):
    """A home or a directory of accounts that is down: the heartbeat says so."""
    monkeypatch.setattr(heartbeat, "SECONDS", 0.3)
    assert stages.run(home, look=look)["ok"]
    [beat] = beats(collector)
    assert said in beat["doctor"]["problem"]


def test_spool_that_cannot_be_written_stops_no_sync(home, collector):
    """Then no heartbeat comes, and that is what the collector sees."""
    files.replace(home.spools, b"", 0o600)
    assert not stages.run(home, look=lambda _places: HEALTH)["upload"]["ok"]
    assert HEALTH == jsontext.loads(files.read(home.health, 10_000))


def test_nobody_listens_without_a_collector(acme, laptop, unmanaged):
    """Then the doctor is not run, and nothing is written into anybody's spool."""
    enroll(laptop, acme.repo, acme.sha256, system=unmanaged)
    assert stages.run(laptop, look=never)["ok"]
    assert not os.path.exists(laptop.spool(UID))
    assert not os.path.exists(laptop.health)
