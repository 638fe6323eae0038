"""Who may do what at a collector, what one request may cost it, and the page for whoever runs one."""

import gzip
import os
import re
import shlex
import ssl
from pathlib import Path

import httpx
import loopback
import pytest
import warm
import zstandard

from agentguard.audit import spool
from agentguard.collector import limits
from agentguard.collector.ingest import ALERTS
from agentguard.collector.keys import Keys

PAGE = (Path(__file__).parent.parent.parent / "docs" / "collector.md").read_text(encoding="utf-8")
NOW = "2026-05-01T12:00:00.000Z"


def test_commands_of_the_page_work_in_its_order(server, device, tmp_path):
    """With this folder instead of /srv, while a server that speaks TLS has it; what needs the folder alone comes after."""
    server.kill()
    cert, key, _both = loopback.certificate(tmp_path)
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "1.root.json").write_text("{}")
    lines = [line for block in re.findall(r"(?ms)^```sh\n(.*?)^```", PAGE) for line in block.splitlines()]
    serve = next(line for line in lines if " serve " in line)
    assert ["--tls-cert", "cert.pem", "--tls-key", "key.pem"] == shlex.split(serve)[9:13]
    server.more = ["--tls-cert", cert, "--tls-key", key, "--bundle-dir", str(tmp_path / "bundle")]
    server.start()
    server.client = httpx.Client(
        base_url=f"https://localhost:{server.port}", verify=ssl.create_default_context(cafile=cert)
    )
    assert "{}" == server.client.get("/bundle/1.root.json").text
    laptop, token = device("laptop-7").record(1), server.enrol("laptop-7")
    spool.append(laptop.folder, {"kind": "decision", "device": "laptop-7"}, {"rows": [{"path": "/srv/customers/x"}]})
    assert 200 == server.post(token, laptop.raw()).status_code
    statuses, alone = {}, []
    for line in lines:
        words = shlex.split(line.partition(" > ")[0].replace("/srv/collector", server.data))[1:]
        if {"retain", "reindex", "accept-loss", "erase", "check"} & set(words):
            alone.append(words)
        elif "serve" not in words:
            done = warm.run(*words)
            assert 0 == done.returncode, (line, done.stderr)
            if "alice" in words and "create" in words:
                alice = {"authorization": f"Bearer {done.stdout.strip()}"}
            statuses[words[2]] = (
                server.client.get("/v1/devices", headers=alice).status_code if "token" in words else None,
                server.post(token, laptop.raw()).status_code,
                server.client.post(
                    "/v1/enroll", json={"secret": server.keys.enrol_secret, "device": "laptop-7"}
                ).status_code,
            )
    assert {"create": (200, 200, 200), "list": (None, 200, 200)}.items() <= statuses.items()
    assert ((None, 401, 403), (None, 401, 200)) == (statuses["revoke"], statuses["allow"])
    assert 401 == server.client.get("/v1/devices", headers=alice).status_code
    server.kill()
    for words in alone:
        assert 0 == warm.run(*words).returncode
    assert 1 == warm.run("collector", "serve", "--data", server.data, "--tls-cert", key, "--tls-key", cert).returncode
    assert 2 == warm.run("collector", "serve", "--data", server.data, "--tls-cert", cert).returncode


def test_page_has_every_alert_and_every_scope():
    """What it tells apart is what the collector tells apart."""
    assert sorted(ALERTS) == sorted(re.findall(r"(?m)^\| `([a-z]+)` \| (?!`|`?init)[^|]*\|$", PAGE))
    assert all(f"| `{scope}` |" in PAGE for scope in ("search", "fleet", "admin"))


def test_scopes_are_kept_and_reads_are_recorded(server, device):
    """Each token does what it is for; whoever reads is found by kind:read, and by nothing else."""
    device("d1").record(2, effect="deny").send()
    tokens = {scope: server.keys.readers.give(scope, scope, NOW) for scope in ("fleet", "admin")} | {
        "search": server.reader_token
    }
    paths = (
        "/v1/search?q=verdict:deny",
        "/v1/histogram",
        "/v1/top?field=user",
        "/v1/devices",
        "/v1/chains",
        "/v1/tokens",
    )

    def ask(scope, method, path, **more):
        return server.client.request(method, path, headers={"authorization": f"Bearer {tokens[scope]}"}, **more)

    statuses = {scope: [ask(scope, "GET", path).status_code for path in paths] for scope in tokens}
    assert {"fleet": [403, 200, 200, 200, 200, 403], "search": [200] * 5 + [403], "admin": [200] * 6} == statuses
    [record, _other] = ask("search", "GET", "/v1/search?q=verdict:deny").json()["records"]
    shown = ask("search", "GET", f"/v1/records/{record['body']['id']}").json()
    assert (record, 404) == (shown["record"], ask("search", "GET", "/v1/records/none").status_code)
    assert 401 == server.client.get("/v1/search", headers={"authorization": "Bearer x"}).status_code
    reads = server.get("/v1/search", q="kind:read verdict:deny")["records"]
    assert [] == reads  # a read has no verdict
    reads = server.get("/v1/search", q='kind:read event:"/v1/search" user:search OR kind:read user:test')["records"]
    assert {"collector"} == {one["device"] for one in reads}
    assert [2] * 2 == [one["body"]["found"] for one in reads if one["texts"]["query"] == "verdict:deny"]
    assert [] == [one for one in server.get("/v1/search")["records"] if one["body"]["kind"] == "read"]
    made = ask("admin", "POST", "/v1/tokens", json={"name": "bob", "scope": "search"}).json()["token"]
    tokens["bob"] = made
    bad = [{"name": "bob", "scope": "search"}, {"name": "a b", "scope": "search"}, {"name": "c", "scope": "all"}, {}]
    assert [409, 400, 400, 400] == [ask("admin", "POST", "/v1/tokens", json=one).status_code for one in bad]
    assert 200 == ask("bob", "GET", "/v1/devices").status_code
    assert {"revoked": 1} == ask("admin", "DELETE", "/v1/tokens/bob").json()
    assert (401, 404) == (
        ask("bob", "GET", "/v1/devices").status_code,
        ask("admin", "DELETE", "/v1/tokens/bob").status_code,
    )
    assert {"revoked": 1} == ask("admin", "DELETE", "/v1/devices/d1").json()
    assert ["DELETE /v1/devices/d1"] == [
        one["body"]["event"] for one in server.get("/v1/search", q="kind:read user:admin", limit=1)["records"]
    ]


def test_one_request_costs_no_more_than_it_may(server, device):
    """Take zstd, but nothing that unpacks to too much, whatever it says of itself; and not too often of one device."""
    raw = device("d1").record(3).raw()
    token = server.enrol("d1")
    pack = zstandard.ZstdCompressor(level=19)
    quiet = zstandard.ZstdCompressor(level=3, write_content_size=False).compressobj()
    large = b"0" * 50_000_000
    unsaid = quiet.compress(large) + quiet.flush()
    bodies = [
        pack.compress(raw),
        pack.compress(large),
        unsaid,
        pack.compress(raw)[:-3],
        pack.compress(raw) + b"x",
        gzip.compress(raw),
    ]

    def post(body):
        headers = {"authorization": f"Bearer {token}", "content-encoding": "zstd"}
        return server.client.post("/v1/records", content=body, headers=headers)

    assert [200, 413, 400, 400, 400, 400] == [post(body).status_code for body in bodies]
    for _ in range(int(limits.BURST) + 200):
        reply = post(b"")
        if reply.status_code == 429:
            break
    assert (429, "1") == (reply.status_code, reply.headers["retry-after"])


@pytest.mark.parametrize("rate", [0.5, 20.0])
def test_rate_is_a_burst_and_then_so_many_a_second(rate):
    """A device that waits as it is told may always go on; others are not held up."""
    bucket = limits.Rate(rate, 3)
    assert [0, 0, 0] == [bucket.wait("d", 0.0) for _ in range(3)]
    wait = bucket.wait("d", 0.0)
    assert 1 / rate == pytest.approx(wait)
    assert 0 == bucket.wait("e", 0.0)
    assert [0, True] == [bucket.wait("d", wait + 1e-9), bucket.wait("d", wait + 1e-9) > 0]
    assert [0, 0, 0, True] == [bucket.wait("d", 1e6) for _ in range(3)] + [bucket.wait("d", 1e6) > 0]


def test_tokens_are_kept_as_hashes_and_seen_by_other_processes(tmp_path):
    """What one process gives out or revokes, another one sees at its next look."""
    one, two = Keys(str(tmp_path)), Keys(str(tmp_path))
    token = one.readers.give("alice", "search", NOW)
    assert ("alice", "search") == two.readers.find(token)[:2]
    assert token not in "".join(path.read_text() for path in tmp_path.iterdir())
    assert 1 == two.readers.revoke("alice", NOW)
    assert (None, True) == (one.readers.find(token), one.readers.is_barred("alice"))
    assert two.readers.let_in("alice", NOW)
    assert (None, False, False) == (
        one.readers.find(token),
        one.readers.is_barred("alice"),
        one.readers.let_in("alice", NOW),
    )
    old = one.enrol_secret
    assert two.new_enrol_secret() != old
    assert (False, True) == (one.may_enrol(old), one.may_enrol(two.enrol_secret))
    assert 0o600 == os.stat(tmp_path / "readers.ndjson").st_mode & 0o777
