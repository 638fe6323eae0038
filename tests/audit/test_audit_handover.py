"""Handing over when something is wrong: with a record, a person, a device, a clock or a month. The collector can lie."""

import json
import os
import shutil
import stat
import tempfile
import time

import pytest

from agentguard import child, places
from agentguard.audit import handover, person, record, spool, unsent, upload, verify
from agentguard.audit.memory import Memory, kept_receipts
from agentguard.errors import NotServedError, UploadError

UID = os.geteuid()
DAY = 86_400


def fill(home, count, *, at=None, **facts):
    for number in range(count):
        body = {"kind": "event", "id": f"more-{number}", "user": "alice", **facts}
        spool.append(home.spool(UID), {**body, "time": record.stamp(at or time.time())}, {"cwd": "/x"})


def poisoned(collector, *numbers, status=400, hint=True):
    """Have the collector refuse records with these numbers, for ever; `hint`: it says which line it was."""

    def answer(found):
        bad = [place for place, line in enumerate(found, 1) if line.seq in numbers]
        if not bad:
            return collector.honest(found)
        return status, {"message": "no record", **({"line": bad[0]} if hint else {})}, {}

    collector.answer = answer


@pytest.mark.parametrize(
    ("numbers", "status", "hint"), [((0,), 400, True), ((3,), 413, False), ((2, 3), 422, True), ((1, 4), 400, False)]
)
def test_record_that_is_never_taken_is_set_aside_and_said(collector, home, send, numbers, status, hint):
    """Everything else arrives; what was refused is kept with what the collector said, and the chain tells of it."""
    poisoned(collector, *numbers, status=status, hint=hint)
    report = send()
    assert len(numbers) == report["refused"]
    gaps = [line.body for line in spool.read(home.spool(UID)) if line.body.get("kind") == "gap"]
    assert [("refused", one, one) for one in numbers] == [
        (gap["reason"], gap["missing"]["first"], gap["missing"]["last"]) for gap in gaps
    ]
    with open(os.path.join(home.sync, f"refused.{UID}.ndjson")) as file:
        kept = [json.loads(row) for row in file]
    assert list(numbers) == [json.loads(one["line"])["b"]["seq"] for one in kept]
    assert {f"the collector answered {status}: no record"} == {one["why"] for one in kept}
    taken = {line.seq for path, _, found in collector.taken for line in found}
    assert set(range(6 + len(gaps))) - set(numbers) == taken
    assert {"records": 0} == send()
    assert 0 == upload.unsent(home.spool(UID))


def test_collector_that_refuses_everything_costs_nothing(collector, home, send):
    """A wrong address, or a proxy that answers 400 to all: no record is set aside, because nobody has signed for one."""
    poisoned(collector, *range(100))
    for _ in range(3):
        with pytest.raises(UploadError, match="answered 400"):
            send()
    assert len(collector.requests) < 60
    assert 6 == upload.unsent(home.spool(UID))
    assert not os.path.exists(os.path.join(home.sync, f"refused.{UID}.ndjson"))


def test_gap_names_the_chain_that_it_is_in(collector, home, send):
    """Where the record after the refused one begins another chain, it is the first chain's record that is missing."""
    first = next(spool.read(home.spool(UID))).chain
    list(unsent.leave_chain(home.spool(UID), first, "fork", device="d1", user="alice"))
    poisoned(collector, 5)
    assert 1 == send()["refused"]
    [gap] = [line.body for line in spool.read(home.spool(UID)) if line.body.get("kind") == "gap"]
    assert {"chain": first, "first": 5, "last": 5} == gap["missing"]


def test_newest_record_is_set_aside_when_one_after_it_is_taken(collector, home, send):
    """Whether only this record is refused, or everything, shows with the next one."""
    poisoned(collector, 5)
    with pytest.raises(UploadError, match=r"record 5, the newest of its spool, is not taken: .*400"):
        send()
    assert 1 == upload.unsent(home.spool(UID))
    fill(home, 1)
    assert 1 == send()["refused"]
    assert 0 == upload.unsent(home.spool(UID))


def test_receipt_for_what_comes_after_must_be_signed(collector, home, send):
    """A server that refuses a record and signs with a key of its own has nothing set aside."""
    poisoned(collector, 2)
    collector.key = collector.other_key()
    with pytest.raises(UploadError, match="a key that the policy does not name"):
        send()
    assert 6 == upload.unsent(home.spool(UID))


@pytest.mark.parametrize(("status", "to"), [(403, "records"), (401, "records"), (403, "enroll")])
def test_revoked_device_keeps_its_records_and_does_not_come_back_by_itself(collector, home, send, status, to):
    """A collector's `revoked` is no reason to enrol again; the device asks once an hour, and loses nothing."""
    refusal = (status, {"error": "revoked", "message": "revoked"}, {})
    if to == "records":
        assert {"records": 6} == send(now=1000.0)
        fill(home, 2)
        collector.answers = [lambda _found: refusal] * 9
    else:
        collector.enrol_answer = refusal
    for moment in (2000.0, 2001.0, 2000.0 + 3500):
        if moment == 2000.0:
            with pytest.raises(NotServedError, match="revoked"):
                send(now=moment)
        else:
            assert 0 == send(now=moment)["records"]
    assert 1 == len(collector.enrolments)
    collector.answers, collector.enrol_answer = [], None
    assert (2 if to == "records" else 6) == send(now=2000.0 + 3601)["records"]


def test_wrong_enrol_secret_is_said(collector, home, send):
    """What the collector says of the secret reaches the person."""
    collector.enrol_answer = (403, {"error": "wrong-secret", "message": "this is not the enrol secret"}, {})
    with pytest.raises(NotServedError, match="this is not the enrol secret"):
        send()
    assert not os.path.exists(os.path.join(home.sync, "collector.token"))


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ({"retry-after": "Wed, 21 Oct 2015 07:30:00 GMT", "date": "Wed, 21 Oct 2015 07:28:00 GMT"}, 120),
        ({"retry-after": "Wed, 21 Oct 2099 07:30:00 GMT", "date": "Wed, 21 Oct 2015 07:28:00 GMT"}, DAY),
        ({"retry-after": "99999999"}, DAY),
        ({"retry-after": "soon"}, 0),
        ({"retry-after": "Wed, 21 Oct 2015 07:28:00 GMT", "date": "Wed, 21 Oct 2015 07:30:00 GMT"}, 0),
    ],
)
def test_retry_after_counts_by_the_collectors_clock(collector, home, send, header, seconds):
    """A date is as good as seconds (RFC 9110), however wrong this device's clock is; more than a day is not waited."""
    collector.answers = [lambda _found: (503, {"message": "full"}, header)]
    with pytest.raises(NotServedError):
        send(now=1000.0)
    assert (1000.0 + seconds if seconds else 0) == Memory(home.sync).not_before


def test_wait_that_was_noted_under_a_wrong_clock_is_over(collector, home, send):
    """A clock that was years ahead when the collector asked for a pause does not silence the device for years."""
    collector.answers = [lambda _found: (429, {}, {"retry-after": "60"})]
    with pytest.raises(NotServedError):
        send(now=4e9)
    assert {"records": 6} == send(now=1.8e9)


def test_skewed_clock_of_the_device_stops_nothing(collector, home, send):
    """Records from the past and the future are due, and go out in the order in which they were written."""
    for at in (0, 2e9, 1e9, 4e9):
        fill(home, 1, at=at)
    assert {"records": 10} == send(only_due=True)
    assert list(range(10)) == [line.seq for line in collector.requests[0][2]]


def test_thirty_days_offline_are_drained_in_one_go(collector, home, send):
    """A month of records goes out in order, in as many requests as it takes, and the laptop is empty afterwards."""
    for day in range(30):
        spool.append(
            home.spool(UID), {"kind": "event", "time": record.stamp(1e9 + day * DAY)}, {"command": "x" * 60_000}
        )
        fill(home, 40, at=1e9 + day * DAY)
    count = 6 + 30 * 41
    assert {"records": count} == send(only_due=True)
    assert list(range(count)) == [line.seq for _, _, found in collector.requests for line in found]
    assert 1 == len(collector.enrolments)
    assert 0 == upload.unsent(home.spool(UID))
    assert [] == [name for name in os.listdir(home.spool(UID)) if name.startswith("seg-")]
    assert verify.verify(home.spool(UID), kept_receipts(home, UID, [collector.public])).holds


@pytest.mark.parametrize(
    ("facts", "age", "state"),
    [
        ({}, 0, [unsent.SOON]),
        ({}, 59, [unsent.SOON]),
        ({}, 61, [unsent.NOW]),
        ({}, -3600, [unsent.NOW]),
        ({"effect": "allow"}, 1, [unsent.SOON]),
        ({"effect": "deny"}, 1, [unsent.NOW]),
        ({"effect": "ask"}, 1, [unsent.NOW]),
    ],
)
def test_what_is_due(home, collector, send, facts, age, state):
    """A deny and an ask at once, everything else after a minute; a record of the future is due too."""
    send()
    now = time.time()
    acknowledged = Memory(home.sync).acknowledged(UID)
    assert [] == list(unsent.due(home.spool(UID), acknowledged, now))
    fill(home, 1, at=now - age, **facts)
    assert state == list(unsent.due(home.spool(UID), acknowledged, now))
    expected = {"records": 1} if state == [unsent.NOW] else {"records": 0, "young": True}
    assert expected == send(only_due=True, now=now)
    assert {"records": 1 - expected["records"]} == send()


@pytest.fixture
def laptop():
    """A managed install that everybody can pass through, told the enrol secret."""
    folder = tempfile.mkdtemp()
    os.chmod(folder, 0o711)
    found = places.Places(places.MANAGED, f"{folder}/code", f"{folder}/etc", f"{folder}/state")
    os.makedirs(found.spools)
    os.chmod(found.spools, 0o1733)
    os.makedirs(found.sync, 0o700)
    os.makedirs(found.config)
    with open(found.enrol_secret, "w") as file:
        file.write("sesame\n")
    yield found
    shutil.rmtree(folder)


def of_user(laptop, uid, count):
    def job():
        for number in range(count):
            spool.append(laptop.spool(uid), {"kind": "event", "id": f"{uid}-{number}", "user": str(uid)}, {})
        yield from ()

    child.run(job, 0, ids=(uid, uid))


EVE, ALICE = 4242, 4343


def send_all(collector, laptop, **more):
    custom = {"collector": {"url": collector.url, "receipt_keys": [collector.public]}}
    return upload.run(laptop, {"collector_url": "", "device": "d1"}, custom, **more)


@pytest.mark.namespace
def test_two_people_of_one_laptop_have_chains_of_their_own(collector, laptop):
    """Root's sync hands both over under one device, and keeps what it knows of them where neither can look."""
    of_user(laptop, EVE, 3)
    of_user(laptop, ALICE, 2)
    assert {"records": 7} == send_all(collector, laptop)
    sent = {}
    for _, token, found in collector.requests:
        assert "Bearer token-1" == token
        sent.setdefault(found[0].chain, []).extend(line.body.get("user") for line in found)
    assert [["4242"] * 4, ["4343"] * 3] == sorted(sent.values())
    assert 0o700 == stat.S_IMODE(os.stat(laptop.sync).st_mode)
    assert {0} == {os.stat(os.path.join(laptop.sync, name)).st_uid for name in os.listdir(laptop.sync)}
    written = {"upload.json", "collector.token", f"receipts.{EVE}.ndjson", f"receipts.{ALICE}.ndjson"}
    assert written == set(os.listdir(laptop.sync))
    assert {0o600} == {stat.S_IMODE(os.stat(os.path.join(laptop.sync, name)).st_mode) for name in written}


@pytest.mark.namespace
@pytest.mark.parametrize("answer", ["refuses", "breaks", "drops", "wants more"])
def test_what_is_wrong_with_one_persons_records_holds_up_nobody_else(collector, laptop, answer):
    """Whatever one person's records make the collector do: it is said, everybody else's arrive, and the sync is well."""
    of_user(laptop, EVE, 3)
    of_user(laptop, ALICE, 3)

    def eves(found):
        if found[0].body.get("user") != str(EVE) and not any(str(EVE) in str(line.body.get("id")) for line in found):
            return collector.honest(found)
        return {
            "refuses": (400, {"message": "no"}, {}),
            "breaks": (500, b"", {}),
            "drops": None,
            "wants more": (409, {"expected": 7}, {}),
        }[answer]

    collector.answer = eves
    reports = []
    for _ in range(
        2
    ):  # a collector that says nothing at all serves nobody in that run; the next one begins with others
        try:
            reports.append(send_all(collector, laptop))
        except NotServedError:
            assert answer == "drops"
    alices = [line for _, _, found in collector.taken for line in found if line.body.get("user") == str(ALICE)]
    assert 4 == len(alices)
    assert answer == "drops" or reports[0]["problems"]
    shutil.rmtree(laptop.spool(ALICE))
    with pytest.raises(UploadError):  # alone, it is the sync's own failure
        send_all(collector, laptop)


@pytest.mark.namespace
def test_person_who_floods_the_collector_holds_up_nobody(collector, laptop, monkeypatch):
    """However much one spool has left, the others are looked at again before it is done."""
    monkeypatch.setattr(handover, "TURN", 0.0)
    monkeypatch.setattr(unsent, "BATCH_RECORDS", 2)
    of_user(laptop, EVE, 24)

    def answer(found):
        if len(collector.taken) == 3:
            of_user(laptop, ALICE, 1)
        return collector.honest(found)

    collector.answer = answer
    assert {"records": 27} == send_all(collector, laptop)
    users = [found[-1].body["user"] for _, _, found in collector.taken]
    assert 4 <= users.index(str(ALICE)) <= 7
    assert [str(EVE)] * 5 == users[-5:]


@pytest.mark.namespace
def test_root_has_a_spool_like_everybody(collector, laptop):
    """Root's own records are handed over by root itself; somebody who takes the name 0 gets nothing."""
    child.run(lambda: [os.mkdir(laptop.spool(0)) or b""], 8, ids=(EVE, EVE))
    assert [] == person.spools(laptop)
    person.evict(laptop)
    spool.append(laptop.spool(0), {"kind": "event", "user": "root"}, {})
    assert {"records": 2} == send_all(collector, laptop)
