"""The upload: nothing is freed without the right receipt. The collector here is one that can lie."""

import contextlib
import json
import os
import socket
import stat
import threading
from pathlib import Path

import pytest
import warm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from agentguard import places
from agentguard.audit import spool, unsent, upload, verify, wire
from agentguard.audit.memory import Memory, kept_receipts
from agentguard.errors import SpoolError, UploadError

UID = os.geteuid()


def test_everything_is_sent_once(collector, home, send):
    """Records go out in order, with the device's own token; afterwards there is nothing to send."""
    assert 6 == upload.unsent(home.spool(UID))
    assert {"records": 6} == send()
    assert {"records": 0} == send()
    assert [{"secret": "sesame", "device": "d1"}] == collector.enrolments
    [(path, token, found)] = collector.requests
    assert ("/v1/records", "Bearer token-1", [0, 1, 2, 3, 4, 5]) == (path, token, [line.seq for line in found])
    assert 0 == upload.unsent(home.spool(UID))
    spool.append(home.spool(UID), {"kind": "event"}, {})
    assert {"records": 1} == send()
    assert [6] == [line.seq for line in collector.requests[1][2]]


def test_what_the_sync_keeps_is_private(collector, home, send):
    """Token, receipts and state are readable by nobody else."""
    send()
    names = ["upload.json", "collector.token", f"receipts.{UID}.ndjson"]
    assert {0o600} == {stat.S_IMODE(os.stat(os.path.join(home.sync, name)).st_mode) for name in names}


def test_receipts_are_kept_and_checked_by_verify(collector, home, send):
    """What the collector has signed for pins the local log."""
    send()
    kept = kept_receipts(home, UID, [collector.public])
    assert [(0, 5)] == [(receipt.first, receipt.last) for receipt in kept]
    assert verify.verify(home.spool(UID), kept).holds
    assert [] == kept_receipts(home, UID, ["00" * 32])


def test_whoever_has_lines_and_receipts_checks_them_offline(collector, home, send, tmp_path):
    """`audit verify --file --receipts --key`: what the collector signed for and the file does not have is named."""
    outgoing = [line.raw for line in unsent.waiting(home.spool(UID), {})]
    send()
    assert outgoing == [line.raw for line in collector.requests[0][2]]
    receipts = os.path.join(home.sync, f"receipts.{UID}.ndjson")
    for count, missing in ((6, []), (4, [(4, 5)])):
        (tmp_path / "lines").write_bytes(b"".join(line + b"\n" for line in outgoing[:count]))
        words = ("--file", tmp_path / "lines", "--receipts", receipts, "--key", collector.public, "--json")
        done = warm.run("audit", "verify", *words)
        found = json.loads(done.stdout)
        assert (3 if missing else 0, missing) == (
            done.returncode, [(one["first"], one["last"]) for one in found["missing"]],
        )  # fmt: skip
        assert found["holds"] == (not missing)


def test_receipts_that_are_none_are_named(collector, home, send, tmp_path):
    """Whoever relies on receipts learns that the key is wrong, a receipt was changed, or the file has none."""
    rows = b"".join(line.raw + b"\n" for line in unsent.waiting(home.spool(UID), {}))
    send()
    (tmp_path / "lines").write_bytes(rows)
    good = Path(home.sync, f"receipts.{UID}.ndjson").read_bytes()

    def run(data, key=collector.public):
        (tmp_path / "receipts").write_bytes(data)
        words = ("--file", tmp_path / "lines", "--receipts", tmp_path / "receipts", "--key", key)
        done = warm.run("audit", "verify", *words)
        return done.returncode, done.stdout.replace(f"{tmp_path}/", "")

    code, said = run(good)
    assert (0, True) == (code, "records 0 to 5; the collector signed for it up to 5" in said)
    for data, key, text in (
        (good, "ab" * 32, "receipts:1: the receipt is signed with a key that the policy does not name"),
        (good.replace(b'"last":5', b'"last":9'), collector.public, "receipts:1: the receipt's signature is wrong"),
        (good + b"\xff\n", collector.public, "receipts:2: this is no receipt"),
        (b"", collector.public, "receipts has no receipt"),
    ):
        code, said = run(data, key)
        assert (3, [f"broken: {text}"]) == (code, [line for line in said.splitlines() if line.startswith("broken")])


def test_acknowledged_segments_are_freed_and_the_open_file_stays(collector, home, send):
    """Only closed files go, and the chain goes on."""
    for _ in range(600):
        spool.append(home.spool(UID), {"kind": "event"}, {"command": "x" * 4000})
    names = [name for name in os.listdir(home.spool(UID)) if name.startswith("seg-")]
    assert len(names) >= 2
    assert {"records": 606} == send()
    assert len(collector.requests) >= 3
    assert [] == [name for name in os.listdir(home.spool(UID)) if name.startswith("seg-")]
    assert 606 == spool.append(home.spool(UID), {"kind": "event"}, {})[0]
    assert verify.verify(home.spool(UID), kept_receipts(home, UID, [collector.public])).holds


def other_key(collector, found):
    return 200, collector.sign(collector.fields(found), Ed25519PrivateKey.generate()), {}


def wrong(**changes):
    def answer(collector, found):
        return 200, collector.sign({**collector.fields(found), **changes}), {}

    return answer


def unsigned(collector, found):
    value = collector.sign(collector.fields(found))
    return 200, {**value, "receipt": {**value["receipt"], "received": "later"}}, {}


def fixed(status, value):
    return lambda _collector, _found: (status, value, {})


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (other_key, "a key that the policy does not name"),
        (unsigned, "signature is wrong"),
        (wrong(chain="ab" * 16), "another chain"),
        (wrong(last=99), "which were not sent"),
        (wrong(first=1), "which were not sent"),
        (wrong(head="ab" * 32), "another record 5"),
        (wrong(last=4), "another record 4"),
        (fixed(200, {}), "no receipt"),
        (fixed(200, b"<html>"), "no receipt"),
        (fixed(200, [1]), "no receipt"),
        (fixed(200, b"x" * 100_000), "longer than 65536 bytes"),
        (fixed(302, {}), "answered 302"),
        (fixed(404, {"message": "no"}), "answered 404: no"),
        (fixed(500, b""), "answered 500"),
        (fixed(409, {"expected": "x"}), "answered 409"),
    ],
)
def test_no_other_answer_frees_anything(collector, home, send, answer, message):
    """A wrong key, another chain, a higher number, an error or nonsense: everything stays, and is sent again."""
    collector.answers = [lambda found: answer(collector, found)]
    with pytest.raises(UploadError, match=message):
        send()
    assert 6 == upload.unsent(home.spool(UID))
    assert [] == kept_receipts(home, UID, [collector.public])
    assert {"records": 6} == send()


def test_receipt_for_a_part_is_good_for_that_part(collector, home, send):
    """A collector may take less than it was sent; the rest is sent again."""
    collector.answers = [lambda found: collector.honest(found[:3])]
    assert {"records": 6} == send()
    assert [[0, 1, 2, 3, 4, 5], [3, 4, 5]] == [[line.seq for line in found] for _, _, found in collector.requests]


def test_receipt_of_another_chain_cannot_be_replayed(collector, home, send, tmp_path):
    """A receipt that was once good, for other records, frees nothing."""
    send()
    first = collector.requests[0][2]
    other = places.personal(str(tmp_path / "other"))
    for number in range(5):
        spool.append(other.spool(UID), {"kind": "event", "id": str(number)}, {})
    collector.answers = [lambda _found: collector.honest(first)]
    with pytest.raises(UploadError, match="another chain"):
        upload.send(other, url=collector.url, device="d2", receipt_keys=[collector.public], enrol_secret="x")


def test_collector_that_is_not_there_changes_nothing(home):
    """Without a network every record stays."""
    with pytest.raises(UploadError, match="cannot be reached"):
        upload.send(home, url="http://127.0.0.1:9", device="d1", receipt_keys=["00" * 32], enrol_secret="x")
    assert 6 == upload.unsent(home.spool(UID))


def test_answer_that_drips_is_given_up(home, monkeypatch):
    """A byte now and then does not keep a sync busy for ever."""
    monkeypatch.setattr(wire, "_REQUEST_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def drip():
            connection, _address = listening.accept()
            with connection, contextlib.suppress(OSError):
                connection.recv(1)
                connection.sendall(b"HTTP/1.1 200 OK\r\nx: ")
                while not done.wait(0.05):
                    connection.sendall(b"a")

        done = threading.Event()
        thread = threading.Thread(target=drip)
        thread.start()
        with pytest.raises(UploadError, match="took longer than"):
            upload.send(
                home,
                url=f"http://127.0.0.1:{listening.getsockname()[1]}",
                device="d1",
                receipt_keys=["00" * 32],
                enrol_secret="x",
            )
        done.set()
        thread.join()
    assert 6 == upload.unsent(home.spool(UID))


def test_wait_that_the_collector_asks_for_is_kept(collector, home, send):
    """Retry-After holds, also over the next run."""
    collector.answers = [lambda _found: (503, {"message": "full"}, {"retry-after": "120"})]
    with pytest.raises(UploadError, match="503: full"):
        send(now=1000.0)
    assert {"records": 0, "seconds to wait": 60} == send(now=1060.0)
    assert 1 == len(collector.requests)
    assert {"records": 6} == send(now=1121.0)


def test_token_that_is_refused_is_renewed_once(collector, home, send):
    """A device whose token is not taken any more enrols again, and does not do so for ever."""
    send()
    spool.append(home.spool(UID), {"kind": "event"}, {})
    collector.answers = [lambda _found: (401, {}, {})]
    assert {"records": 1} == send()
    assert 2 == len(collector.enrolments)
    spool.append(home.spool(UID), {"kind": "event"}, {})
    collector.answers = [lambda _found: (401, {}, {})] * 5
    with pytest.raises(UploadError, match="401"):
        send()
    assert 3 == len(collector.enrolments)


def test_token_is_for_one_collector(collector, home, send):
    """Another address never gets the token of the first one."""
    send()
    assert "token-1" == Memory(home.sync).token(collector.url)
    assert "" == Memory(home.sync).token("https://evil.example")


def test_folder_that_cannot_be_written_is_an_error_of_ours(collector, tmp_path):
    """A disk or a folder that fails ends in an `UploadError`."""
    (tmp_path / ".local").write_text("")
    with pytest.raises(UploadError, match="cannot be used"):
        upload.send(
            places.personal(str(tmp_path)), url=collector.url, device="d1", receipt_keys=["00" * 32], enrol_secret="x"
        )


def test_device_that_is_not_enrolled_says_what_to_do(collector, home):
    """Without a token and without a secret there is a hint."""
    with pytest.raises(UploadError) as caught:
        upload.send(home, url=collector.url, device="d1", receipt_keys=[collector.public])
    assert "not enrolled" in caught.value.message
    assert os.path.basename(home.enrol_secret) in caught.value.hint


@pytest.mark.parametrize(
    "url", ["http://collector.example", "ftp://x", "collector.example", "http://127.0.0.1.evil.example"]
)
def test_records_are_never_sent_in_the_clear(home, url):
    """Plain HTTP is for loopback only."""
    with pytest.raises(UploadError, match="https://"):
        upload.send(home, url=url, device="d1", receipt_keys=["00" * 32], enrol_secret="x")


def test_policy_without_receipt_keys_sends_nothing(collector, home):
    """Records that nobody could sign for stay here."""
    with pytest.raises(UploadError, match="names no key"):
        upload.send(home, url=collector.url, device="d1", receipt_keys=[], enrol_secret="x")
    assert [] == collector.requests


def test_collector_that_lost_records_gets_them_again(collector, home, send):
    """Told that earlier records are missing, the device goes back to them if they are here."""
    send()
    spool.append(home.spool(UID), {"kind": "event"}, {})
    collector.answers = [lambda _found: (409, {"expected": 2}, {})]
    assert {"records": 5} == send()
    assert [[6], [2, 3, 4, 5, 6]] == [[line.seq for line in found] for _, _, found in collector.requests[1:]]
    collector.answers = [lambda _found: (409, {"expected": None}, {})]
    spool.append(home.spool(UID), {"kind": "event"}, {})
    assert {"records": 8} == send()
    assert [0, 1, 2, 3, 4, 5, 6, 7] == [line.seq for line in collector.requests[-1][2]]


def test_records_that_are_gone_are_said_to_be_gone(collector, home, send):
    """What is missing and not here any more is admitted, once, and the rest is sent."""
    path = os.path.join(home.spool(UID), spool.CURRENT)
    with open(path, "rb") as file:
        rows = file.read().split(b"\n")
    with open(path, "wb") as file:
        file.write(b"\n".join([*rows[:2], b"damaged", *rows[3:]]))
    collector.answers = [
        collector.honest,
        lambda _found: (409, {"expected": 2}, {}),
        lambda found: (200, {**collector.honest(found)[1], "alerts": ["gap", 7]}, {}),
    ]
    assert {"records": 6, "alerts": "gap"} == send()
    paths = [path for path, _, _ in collector.requests]
    assert ["/v1/records", "/v1/records", "/v1/records?gone=1", "/v1/records"] == paths
    [gap] = [line.body for line in spool.read(home.spool(UID)) if line.body.get("kind") == "gap"]
    chain = collector.requests[0][2][0].chain
    assert ("gone", {"chain": chain, "first": 2, "last": 2}, "alice", "d1") == tuple(
        gap[name] for name in ("reason", "missing", "user", "device")
    )


def test_collector_that_always_wants_more_is_not_believed_for_ever(collector, home, send):
    """A collector that answers nothing but "records are missing" ends the run."""
    collector.answers = [lambda _found: (409, {"expected": 0}, {})] * 20
    with pytest.raises(UploadError, match="409"):
        send()
    assert len(collector.requests) < 6


def test_fork_makes_the_device_start_a_new_chain(collector, home, send):
    """Told that somebody else writes to its chain, the device leaves it."""
    collector.answers = [lambda found: (200, {**collector.honest(found)[1], "alerts": ["fork"]}, {})]
    assert {"records": 7, "alerts": "fork"} == send()
    found = list(spool.read(home.spool(UID)))
    assert ("genesis", "fork", "d1", "alice") == tuple(
        found[-1].body[name] for name in ("kind", "reason", "device", "user")
    )
    assert 1 == len({line.chain for line in found})  # the old file was acknowledged, and is freed
    assert verify.verify(home.spool(UID)).holds


def test_deleted_spool_starts_anew(collector, home, send):
    """A new chain in an emptied folder is sent from its beginning."""
    send()
    for name in os.listdir(home.spool(UID)):
        os.unlink(os.path.join(home.spool(UID), name))
    spool.append(home.spool(UID), {"kind": "event"}, {})
    assert {"records": 2} == send()


def test_unsafe_spool_is_an_error(collector, home, send, tmp_path):
    """A spool that is a link is not read."""
    os.rename(home.spool(UID), tmp_path / "moved")
    os.symlink(tmp_path / "moved", home.spool(UID))
    with pytest.raises(SpoolError):
        send()
    assert [] == collector.requests


def test_batches_have_a_bounded_size(home):
    """One request has at most 1,000 records and 1 MiB."""
    for _ in range(1200):
        spool.append(home.spool(UID), {"kind": "event"}, {})
    found = unsent.batch(home.spool(UID), {})
    assert unsent.BATCH_RECORDS == len(found)
    for _ in range(30):
        spool.append(home.spool(UID), {"kind": "event"}, {"command": "x" * 60_000})
    found = unsent.batch(home.spool(UID), {found[0].chain: 1205})
    assert 10 < len(found) < 20
    assert sum(len(line.raw) + 1 for line in found) <= unsent.BATCH_BYTES
