"""The collector as a process: what it takes, what it refuses, what it keeps when it is killed."""

import contextlib
import gzip
import json
import os
import random
import shlex
import shutil
import signal
import stat
import threading
from pathlib import Path

import httpx
import pytest
import warm

from agentguard.audit import receipts, remote, source, spool, verify
from agentguard.audit.memory import kept_receipts
from agentguard.errors import UploadError


def stored(server):
    return [(one["body"]["chain"], one["body"]["seq"]) for one in server.get("/v1/search", limit=1000)["records"]]


def alerts(server):
    return sorted({one["alert"] for one in server.get("/v1/chains")["alerts"]})


def test_records_are_taken_signed_for_and_found(server, device):
    """From a device's spool to a search, and the receipt holds the local log."""
    laptop = device("d1").record(3, effect="deny", rules=["secrets/file"], tool="Bash")
    assert {"records": 4} == laptop.send()
    found = server.get("/v1/search", q="effect:deny device:d1 rule:secrets/* command:cat*")
    assert [3, 2, 1] == [one["body"]["seq"] for one in found["records"]]
    assert found["complete"] is True
    assert {"command": "cat d1"} == found["records"][0]["texts"]
    kept = kept_receipts(laptop.places, os.geteuid(), [server.keys.receipt_key])
    assert [(0, 3)] == [(receipt.first, receipt.last) for receipt in kept]
    assert verify.verify(laptop.folder, kept).holds
    [chain] = server.get("/v1/chains")["chains"]
    assert ("d1", 0, 3, laptop.lines()[-1].h) == tuple(chain[name] for name in ("device", "first", "last", "h"))


def test_same_request_again_is_signed_again_and_stored_once(server, device):
    """A device that never saw the answer sends again: nothing is doubled."""
    laptop = device("d1").record(3)
    token = server.enrol("d1")
    one, two = (server.post(token, laptop.raw()).json() for _ in range(2))
    assert [0, 3] == [two["receipt"]["first"], two["receipt"]["last"]]
    assert one["receipt"]["head"] == two["receipt"]["head"]
    receipts.check(two, [server.keys.receipt_key])
    assert 4 == len(stored(server))
    assert [] == two["alerts"]
    overlap = server.post(token, laptop.record(2).raw(2)).json()
    assert [2, 5] == [overlap["receipt"]["first"], overlap["receipt"]["last"]]
    assert 6 == len(stored(server))


def test_device_is_the_tokens_whatever_the_record_says(server, device):
    """A record that claims another device is found under the device that sent it."""
    laptop = device("d1").record(1, device="somebody else")
    laptop.send()
    assert 2 == len(server.get("/v1/search", q="device:d1")["records"])
    assert 0 == len(server.get("/v1/search", q='device:"somebody else"')["records"])


@pytest.mark.slow
def test_killed_collector_keeps_what_it_signed_for_and_doubles_nothing(server, device):
    """SIGKILL at random moments of many uploads: no acknowledged record is lost, none is there twice."""
    chance = random.Random(1)
    laptop = device("d1")
    signed = set()
    for _ in range(6):
        laptop.record(40)
        timer = threading.Timer(0.05 * chance.random(), server.process.kill)
        timer.start()
        with contextlib.suppress(UploadError):
            laptop.send()
        timer.join()
        server.kill()
        server.start()
        for receipt in kept_receipts(laptop.places, os.geteuid(), [server.keys.receipt_key]):
            signed |= {(receipt.chain, seq) for seq in range(receipt.first, receipt.last + 1)}
        found = stored(server)
        assert set() == signed - set(found)
        assert len(found) == len(set(found))
    laptop.send()
    assert 241 == len(stored(server))
    assert [] == alerts(server)


def test_missing_records_are_asked_for_and_a_gap_is_an_alert(server, device):
    """409 says which number should come; records after a hole are taken when the device says that it cannot fill it."""
    laptop = device("d1").record(9)
    token = server.enrol("d1")
    server.post(token, laptop.raw(0, 2))
    reply = server.post(token, laptop.raw(6))
    assert (409, 3) == (reply.status_code, reply.json()["expected"])
    reply = server.post(token, laptop.raw(6), gone=True)
    assert (200, ["gap"]) == (reply.status_code, reply.json()["alerts"])
    [alert] = server.get("/v1/chains")["alerts"]
    assert ("gap", 3, 5) == (alert["alert"], alert["first"], alert["last"])
    assert [9, 8, 7, 6, 2, 1, 0] == [seq for _chain, seq in stored(server)]
    late = server.post(token, laptop.raw(3, 5))  # they turn up after all
    assert (200, []) == (late.status_code, late.json()["alerts"])
    assert 10 == len(stored(server))


def test_unknown_chain_must_start_at_its_beginning(server, device):
    """The middle of a chain that the collector has never seen is refused first."""
    laptop = device("d1").record(5)
    token = server.enrol("d1")
    reply = server.post(token, laptop.raw(3))
    assert (409, None) == (reply.status_code, reply.json()["expected"])
    reply = server.post(token, laptop.raw(3), gone=True)
    assert (200, ["gap"]) == (reply.status_code, reply.json()["alerts"])


def test_cloned_device_is_a_fork_and_both_start_anew(server, device, tmp_path):
    """Two machines that go on with one chain: both versions are kept, it is said, and each gets a chain of its own."""
    one = device("d1").record(3)
    one.send()
    shutil.copytree(one.places.home, tmp_path / "d2", symlinks=True)
    two = device("d2")
    os.unlink(os.path.join(two.places.sync, "collector.token"))
    one.record(2).send()
    two.record(1, effect="deny")
    result = two.send()
    assert "fork" in result["alerts"]
    assert ["device", "fork"] == alerts(server)
    assert 1 == len([one for one in server.get("/v1/search", q="effect:deny")["records"] if one["flag"] == "fork"])
    two.record(1)
    assert {"records": 1} == two.send()
    assert one.record(1).lines()[-1].chain != two.lines()[-1].chain


def test_changed_record_is_kept_and_marked(server, device):
    """What does not follow from the record before is evidence: it is stored, marked and said."""
    laptop = device("d1").record(4)
    token = server.enrol("d1")
    rows = laptop.raw().split(b"\n")
    rows[2] = rows[2].replace(b'"user":"alice"', b'"user":"bob"')
    reply = server.post(token, b"\n".join(rows))
    assert (200, ["broken"]) == (reply.status_code, reply.json()["alerts"])
    flags = {one["body"]["seq"]: one["flag"] for one in server.get("/v1/search")["records"]}
    assert {0: "", 1: "", 2: "broken", 3: "", 4: ""} == flags
    rows = device("d3").record(1).raw().replace(b"cat d3", b"cat d4")
    assert ["broken"] == server.post(server.enrol("d3"), rows).json()["alerts"]


def test_spool_restored_from_a_backup_is_a_fork(server, device, tmp_path):
    """A device that goes back in time and writes other records is told to leave its chain."""
    laptop = device("d1").record(2)
    laptop.send()
    shutil.copytree(laptop.folder, tmp_path / "backup")
    laptop.record(2).send()
    shutil.rmtree(laptop.folder)
    shutil.copytree(tmp_path / "backup", laptop.folder)
    os.unlink(os.path.join(laptop.places.sync, "upload.json"))
    assert {"records": 6, "alerts": "fork"} == laptop.record(2).send()
    assert ["fork"] == alerts(server)


@pytest.mark.parametrize(
    ("data", "encoding", "status"),
    [
        (b"", "gzip", 400),
        (b"\n", "gzip", 400),
        (b"{}", "gzip", 400),
        (b"not json", "identity", 400),
        (b"\xff\xfe", "identity", 400),
        (b"[" * 60_000, "identity", 400),
        (b"not gzip", "none at all", 415),
        (b"x\n" * 1001, "gzip", 400),
        (b"0" * 3_000_000, "identity", 413),
        (b"0" * 50_000_000, "gzip", 413),
    ],
)
def test_malformed_body_is_refused_with_a_reason(server, data, encoding, status):
    """Bad bodies end in a 4xx with JSON, never in a 500, and the collector goes on."""
    reply = server.post(server.enrol("d1"), data, encoding=encoding)
    assert (status, True) == (reply.status_code, bool(reply.json()["message"]))
    assert server.client.get("/healthz").json()["ok"]


def test_damaged_gzip_is_refused(server, device):
    """A body that says gzip and is none, is cut off, or has something after its end."""
    token = server.enrol("d1")
    body = gzip.compress(device("d1").record(1).raw())
    headers = {"authorization": f"Bearer {token}", "content-encoding": "gzip"}
    for bad in (b"plain", body[:-5], body + b"x", body + body, body[:20]):
        reply = server.client.post("/v1/records", content=bad, headers=headers)
        assert 400 == reply.status_code
    assert [] == stored(server)


def test_lines_that_do_not_belong_together_are_refused(server, device):
    """A request is one chain with consecutive numbers."""
    token = server.enrol("d1")
    one, two = device("d1").record(3), device("d2").record(3)
    for bad in (one.raw() + two.raw(), one.raw(0, 1) + one.raw(3), one.raw(1) + one.raw(0, 0), one.raw() + one.raw()):
        assert 400 == server.post(token, bad).status_code
    assert [] == stored(server)


def test_thousand_hostile_bodies_never_break_the_collector(server, device):
    """Changed bytes anywhere in good requests end in an answer that is no 500."""
    chance = random.Random(3)
    tokens = [server.enrol(name) for name in ("d1", "d2")]
    good = device("d1").record(2).raw()
    statuses = set()
    for number in range(300):
        data = bytearray(good)
        for _ in range(chance.randint(1, 4)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        statuses.add(server.post(tokens[number % 2], bytes(data), encoding="identity").status_code)
    assert statuses <= {200, 400, 409}
    assert 400 in statuses
    assert server.client.get("/healthz").json()["ok"]


def test_surrogates_and_huge_numbers_can_be_stored_and_found(server, device):
    """What JSON allows and databases do not like comes back as it was."""
    laptop = device("d1").record(1, odd=["\ud800", 10**30, "\x00", 1e300])
    laptop.send()
    [found] = server.get("/v1/search", q="kind:decision")["records"]
    assert ["\ud800", 10**30, "\x00", 1e300] == found["body"]["odd"]


def test_nobody_gets_in_without_the_right_secret(server, device):
    """Devices and readers have different secrets, and neither opens the other's door."""
    token = server.enrol("d1")
    raw = device("d1").record(1).raw()
    for wrong in ("x", server.keys.enrol_secret, "é"):
        headers = {"authorization": f"Bearer {wrong}".encode()}
        assert 401 == server.client.post("/v1/records", content=raw, headers=headers).status_code
        assert 401 == server.client.get("/v1/search", headers=headers).status_code
        assert 401 == server.client.get("/v1/chains", headers=headers).status_code
    assert 401 == server.client.get("/v1/search", headers={"authorization": f"Bearer {token}"}).status_code
    bad = [
        {"secret": "x", "device": "d"},
        {"secret": server.keys.enrol_secret, "device": ""},
        {},
        [],
        {"secret": 1, "device": 2},
    ]
    bad.append({"secret": server.keys.enrol_secret, "device": "a\nb"})
    assert [403, 400, 400, 400, 400, 400] == [server.client.post("/v1/enroll", json=one).status_code for one in bad]
    assert 404 == server.client.get("/nothing").status_code
    assert 405 == server.client.get("/v1/records").status_code


def test_query_that_makes_no_sense_is_explained(server):
    """The mistake is shown as on a laptop."""
    reply = server.client.get(
        "/v1/search", params={"q": "efect:deny"}, headers={"authorization": f"Bearer {server.reader_token}"}
    )
    assert (400, True) == (reply.status_code, "did you mean effect?" in reply.json()["message"])
    assert "bad-request" == server.get("/v1/search", limit="0")["error"]
    assert "bad-request" == server.get("/v1/search", limit="x")["error"]


def test_search_returns_no_more_than_was_asked_for(server, device):
    """A limited result says that there is more."""
    device("d1").record(5).send()
    found = server.get("/v1/search", limit=2)
    assert ([5, 4], False) == ([one["body"]["seq"] for one in found["records"]], found["complete"])


def test_many_devices_at_once(server, device):
    """Concurrent uploads: every device's records are there, each chain whole."""
    devices = [device(f"d{number}").record(20) for number in range(12)]
    failed = []

    def send(one):
        try:
            one.send()
        except UploadError as error:
            failed.append(str(error))

    threads = [threading.Thread(target=send, args=(one,)) for one in devices]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [] == failed
    assert 12 * 21 == len(stored(server))
    assert [(0, 20)] * 12 == [(chain["first"], chain["last"]) for chain in server.get("/v1/chains")["chains"]]


def test_index_can_be_made_again_from_the_landing_log(server, device):
    """A lost or damaged index costs nothing: the log is the truth; and until it is there again that is said."""
    laptop = device("d1").record(3)
    laptop.send()
    before = server.get("/v1/search")
    index = Path(server.data) / "index"
    [day] = index.glob("*.other.sqlite")
    for damage in (
        lambda: [path.unlink() for path in index.iterdir()],
        lambda: (index / "fleet.sqlite").write_bytes(b"x" * 5000),
        day.unlink,
        lambda: day.write_bytes(b"x" * 5000),
    ):
        if damage != day.unlink:  # this one while it runs
            server.kill()
        damage()
        if damage != day.unlink:
            server.start()
        until_whole(server)
        assert before == server.get("/v1/search")
        assert server.client.get("/healthz").json()["index"] in ("whole", "behind")  # the search was a record, too
        assert {"records": 0} == laptop.send()
    laptop.record(1)
    assert {"records": 1} == laptop.send()


def until_whole(server):
    """Ask until nothing is lacking; whatever is answered before says that it is not all."""
    for _ in range(1000):
        found = server.get("/v1/search", q="kind:decision")
        if found["complete"]:
            return
        assert found["behind"] or found["missing"]
    pytest.fail("the index was not made again")


def test_torn_end_of_the_landing_log_was_never_acknowledged(server, device):
    """What a power cut left of a request goes; the device sends it again."""
    laptop = device("d1").record(3)
    laptop.send()
    server.kill()
    with open(os.path.join(server.data, "landing", "landing-00000001.ndjson"), "ab") as file:
        file.write(b'{"at":"2026')
    server.start()
    assert {"records": 1} == laptop.record(1).send()
    assert 5 == len(stored(server))


def test_bundle_folder_is_served_read_only(server, tmp_path):
    """A small company needs one process; nothing outside the folder is reachable."""
    server.kill()
    (tmp_path / "repo").mkdir()
    (tmp_path / "repo" / "1.root.json").write_text("{}")
    (tmp_path / "repo" / "link").symlink_to(os.path.join(server.data, "receipt.key"))
    server.more = ["--bundle-dir", str(tmp_path / "repo")]
    server.start()
    assert "{}" == server.client.get("/bundle/1.root.json").text
    for path in (
        "/bundle/link",
        "/bundle/../collector/receipt.key",
        "/bundle/%2e%2e/collector/receipt.key",
        "/bundle/",
    ):
        assert server.client.get(path).status_code == 404
    assert 405 == server.client.put("/bundle/1.root.json", content=b"x").status_code


def test_secrets_are_private_and_stay(server, tmp_path):
    """Keys and tokens are readable by nobody else, and a restart changes none of them."""
    token = server.enrol("d1")
    code, said = server.stop(signal.SIGINT)
    assert 0 == code, said
    assert f"receipts are signed with {server.keys.receipt_key}" in said
    assert not os.path.exists(server.ready)
    names = ["receipt.key", "enrol.secret", "readers.ndjson", "devices.ndjson", "landing/landing-00000001.ndjson"]
    assert {0o600} == {stat.S_IMODE(os.stat(os.path.join(server.data, name)).st_mode) for name in names}
    assert 0o700 == stat.S_IMODE(os.stat(server.data).st_mode)
    with open(os.path.join(server.data, "devices.ndjson")) as file:
        assert token not in file.read()
    key = server.keys.receipt_key
    server.start()
    assert 400 == server.post(token, b"").status_code
    done = warm.run("collector", "key", "--data", server.data, "--json")
    assert (key, server.keys.enrol_secret) == tuple(
        json.loads(done.stdout)[name] for name in ("receipt_key", "enrol_secret")
    )


def test_a_search_goes_on_where_it_stopped(server, device, monkeypatch):
    """Page by page nothing is missed and nothing comes twice, the oldest first; a report rests on that."""
    device("d1").record(5, would="deny", effect="allow").send()
    monkeypatch.setattr(remote, "_PAGE", 2)
    found = list(remote.every(server.url, server.reader_token, "kind:decision", source.Lacks()))
    assert [1, 2, 3, 4, 5] == [one.body["seq"] for one in found]
    assert [] == list(remote.every(server.url, server.reader_token, "rule:none", source.Lacks()))
    assert "bad-request" == server.get("/v1/search", before="-1")["error"]


def test_person_gets_a_report_of_the_whole_fleet(server, device):
    """`report --collector`: by rule and by person, of all devices; without a token it says where one is."""
    device("d1").record(2, effect="allow", would="deny", would_rule="secrets/file").send()
    device("d2").record(1, effect="ask", would="ask", would_rule="git/push").send()
    words = ["report", "--json", "--collector", server.url]
    found = json.loads(warm.run(*words, "--token-file", server.token_file).stdout)
    assert (3, 2, 1, 0, 1) == tuple(found[key] for key in ("calls", "would_deny", "would_ask", "denied", "asked"))
    assert ["secrets/file", "git/push"] == [rule["rule"] for rule in found["rules"]]
    assert [{"person": "alice", "deny": 2, "ask": 1}] == found["people"]
    done = warm.run(*words)
    assert (2, "usage") == (done.returncode, json.loads(done.stdout)["code"])
    assert (
        "--collector needs --token-file\n  at the collector: agentguard collector token create NAME > FILE"
        in done.stderr
    )


def test_person_searches_and_verifies_at_the_collector(server, device):
    """`audit search` and `audit verify` with --collector."""
    laptop = device("d1").record(2, effect="deny", would="deny", tool="Bash")
    laptop.send()
    more = [
        "--collector",
        server.url,
        "--token-file",
        server.token_file,
        "--home",
        laptop.places.home,
    ]

    def audit(*arguments):
        return warm.run("audit", *arguments, *more)

    done = audit("search", "effect:deny", "--json")
    assert [2, 1] == [one["body"]["seq"] for one in json.loads(done.stdout)]
    done = audit("verify")
    assert 0 == done.returncode, done.stderr
    assert f"collector: chain {laptop.lines()[0].chain} of d1: 0 to 2" in done.stdout
    assert 2 == audit("search", "efect:deny").returncode
    rows = laptop.raw().split(b"\n")
    with open(os.path.join(laptop.folder, spool.CURRENT), "wb") as file:
        file.write(rows[0] + b"\n" + rows[1] + b"\n")
    done = audit("verify")
    assert 3 == done.returncode
    assert "ends at 1 here and at 2 at the collector" in done.stdout


def test_records_at_the_collector_are_shown_whole_and_counted(server, device):
    """`audit tail`, `show` and `stats` with --collector say what they say of a spool."""
    more = {"session": "s", "event": "PreToolUse", "tool_use_id": "c"}
    laptop = device("d1").record(
        1, kind="decision", effect="ask", would="ask", tool="Bash", id="00000000000000aa", **more
    )
    laptop.record(1, kind="event", outcome="done", **{**more, "event": "PostToolUse"}).send()
    where = ["--collector", server.url, "--token-file", server.token_file, "--home", laptop.places.home]

    def audit(*arguments):
        return json.loads(warm.run("audit", *arguments, "--json", *where).stdout)

    assert [0, 1, 2] == [one["body"]["seq"] for one in audit("tail")]
    found = audit("show", "00000000000000aa")
    assert ("granted", True, True) == (
        found["ended"]["word"], found["standing"]["holds"], found["standing"]["acknowledged"],
    )  # fmt: skip
    assert ([], [2]) == tuple([one["body"]["seq"] for one in found[side]] for side in ("before", "after"))
    counts = audit("stats", "session:s")
    assert (2, {"granted": 1}, {"d1": 2}) == (counts["records"], counts["asks"], counts["devices"])
    denied = {**more, "tool_use_id": "d"}
    laptop.record(1, kind="decision", effect="deny", would="deny", tool="Bash", id="00000000000000dd", **denied)
    laptop.record(1, kind="event", outcome="done", **{**denied, "event": "PostToolUse"}).send()
    assert ("ran", ["00000000000000dd"]) == (
        audit("show", "00000000000000dd")["ended"]["word"], audit("stats", "effect:deny")["ran"],
    )  # fmt: skip
    assert 2 == warm.run("audit", "tail", "--outgoing", *where).returncode


def test_commands_of_the_auditors_page_work_at_a_collector(server, device, tmp_path, monkeypatch):
    """As they stand there, but for the address and the token."""
    monkeypatch.chdir(tmp_path)
    laptop = device("d1").record(2, effect="allow", would="deny", rules=["secrets/file"])
    laptop.send()
    page = (Path(__file__).parent.parent.parent / "docs" / "audit.md").read_text()
    lines = [line for line in page.splitlines() if line.startswith("agentguard ") and " --collector " in line]
    for line in lines:
        words = shlex.split(line.replace("https://audit.acme.example", server.url))[1:]
        words[words.index("auditor.token")] = server.token_file
        done = warm.run(*words, "--home", laptop.places.home)
        assert (line, 0) == (line, done.returncode), done.stderr
    assert 3 == len(lines)
    assert 3 == len((tmp_path / "q3.csv").read_text().splitlines())
    assert 2 == json.loads((tmp_path / "q3.csv.manifest.json").read_text())["records"]


def test_two_collectors_cannot_share_an_address(server, tmp_path):
    """A port that is taken ends in one line."""
    done = warm.run("collector", "serve", "--data", tmp_path / "other", "--port", server.port)
    assert 1 == done.returncode
    assert "could not be started" in done.stderr
    assert "Traceback" not in done.stderr


def test_two_collectors_cannot_share_a_folder(server):
    """Of two processes on one data folder, the second ends in one line."""
    done = warm.run("collector", "serve", "--data", server.data, "--port", "0")
    assert (1, True) == (done.returncode, "another collector is using" in done.stderr)


def test_slow_client_does_not_hold_up_the_others(server, device):
    """A request that never ends leaves room for those that do."""

    def drip():
        yield b"x"
        stop.wait(10)

    stop = threading.Event()
    token = server.enrol("d1")

    def slow():
        with contextlib.suppress(httpx.HTTPError):
            headers = {"authorization": f"Bearer {token}"}
            httpx.post(f"{server.url}/v1/records", content=drip(), headers=headers, timeout=20)

    thread = threading.Thread(target=slow)
    thread.start()
    assert {"records": 4} == device("d2").record(3).send()
    stop.set()
    thread.join()


def test_revoked_device_sends_nothing_until_it_is_let_in_again(server, device):
    """Its token is worth nothing, the enrol secret does not help it, and what it recorded meanwhile is not lost."""
    laptop = device("d1").record(2)
    assert {"records": 3} == laptop.send()
    assert 0 == warm.run("collector", "device", "revoke", "--data", server.data, "d1").returncode
    laptop.record(2)
    with pytest.raises(UploadError, match="revoked"):
        laptop.send()
    assert {"records": 4} == device("d2").record(3).send()
    assert 0 == warm.run("collector", "device", "allow", "--data", server.data, "d1").returncode
    assert {"records": 0} == {"records": laptop.send()["records"]}  # it asks again in an hour
    os.unlink(os.path.join(laptop.places.sync, "upload.json"))
    assert {"records": 5} == laptop.send()
