"""What readers may learn, and what is known of who read and of who tried to."""

import json

import pytest
import warm

from agentguard.audit import query, spool
from agentguard.collector.pages import session
from agentguard.collector.reads import COUNTED_BY

NOW = "2026-05-01T12:00:00.000Z"


@pytest.fixture(scope="module")
def scene(shared):
    """A collector with one denial, and a function that asks it with a token of some scope."""
    server, device = shared
    laptop = device("d1")
    body = {"kind": "decision", "id": "1" * 16, "effect": "deny", "rules": ["secrets/file"], "user": "alice"}
    spool.append(laptop.folder, body, {"command": "cat /srv/prod/key"})
    laptop.send()
    tokens = {scope: server.keys.readers.give(f"{scope}-reader", scope, NOW) for scope in ("fleet", "search", "admin")}

    def ask(scope, path, **parameters):
        headers = {"authorization": f"Bearer {tokens.get(scope, scope)}"}
        return server.client.get(path, params=parameters, headers=headers)

    ask.tokens = tokens
    return server, ask


TEXTS = (
    "prod",
    "-key",
    "path:*",
    "verdict:deny OR (user:bob -command:c*)",
    "id:1*",
    "session:a",
    "host:x",
    "query:*",
    "cwd:*",
)


def test_counts_tell_a_fleets_reader_nothing_of_texts(scene):
    """No yes or no to any text: refused with what may be asked and what takes another scope."""
    _server, ask = scene
    for text in TEXTS:
        reply = ask("fleet", "/v1/histogram", q=text, buckets=1)
        assert (403, "not-allowed") == (reply.status_code, reply.json()["error"]), text
        assert "counts by agent, bundle, device, " in reply.json()["message"]
        assert "that takes scope search" in reply.json()["message"]
    assert 403 == ask("fleet", "/v1/top", q=TEXTS[0], field="rule").status_code
    assert 200 == ask("search", "/v1/top", q=TEXTS[3], field="rule").status_code


def test_counts_by_facts_are_for_everybody(scene):
    """All that may be asked is a field of the language, and a fleet's reader gets the same numbers."""
    _server, ask = scene
    assert set(COUNTED_BY) <= set(query.KEYS)
    text = "verdict:deny rule:secrets/* user:alice device:d1 kind:decision since:1h -outcome:done"
    counts = [ask(scope, "/v1/top", field="rule", q=text).json()["values"] for scope in ("fleet", "search")]
    assert 2 * [[{"value": "secrets/file", "records": 1}]] == counts


def test_reads_are_shown_as_they_were_asked(scene):
    """Decoded, in the table of the command line, and found by what was asked."""
    server, ask = scene
    ask("search", "/v1/search", q='command:"*/prod/*" since:24h', limit="7")
    words = ["--collector", server.url, "--token-file", server.token_file]
    table = warm.run("audit", "search", "kind:read", "query:*prod*", *words).stdout
    assert 'command:"*/prod/*" since:24h limit=7' in table
    assert "search-reader" in table
    record = next(row for row in table.splitlines() if "since:24h" in row).split()[-1]
    shown = warm.run("audit", "show", record, *words).stdout
    assert 'query             command:"*/prod/*" since:24h\nlimit             7\n' in shown


def test_half_characters_of_a_device_are_printed(scene, shared):
    """As JSON they are what they were; nothing ends in a traceback."""
    server, _ask = scene
    laptop = shared[1]("odd")
    text = "half \ud800 and \udfff"
    body = {"kind": "decision", "id": "2" * 16, "user": "\udc80", "tool": text, "session": text, "device": text}
    spool.append(laptop.folder, body, {"command": text})
    laptop.send()
    words = ["--collector", server.url, "--token-file", server.token_file]
    for command in (("search", "id:2*"), ("show", "2" * 16), ("tail", "--json"), ("stats", "device:odd")):
        done = warm.run("audit", *command, *words)
        assert (0, False) == (done.returncode, "Traceback" in done.stderr), done.stderr
    shown = json.loads(warm.run("audit", "show", "2" * 16, "--json", *words).stdout)
    assert {"command": text} == shown["texts"]
    cookie = {"cookie": f"{session.COOKIE}={server.reader_token}"}
    pages = ["/", "/?q=device:odd", f"/records/{'2' * 16}", "/devices", "/alerts", "/records.csv"]
    assert [200] * len(pages) == [server.client.get(path, headers=cookie).status_code for path in pages]


def test_refused_reads_bear_the_tokens_name(scene):
    """By routes for programs, by pages, and by an administrator's routes."""
    server, ask = scene
    cookie = {"cookie": f"{session.COOKIE}={ask.tokens['fleet']}"}
    assert 403 == ask("fleet", "/v1/search", q="kept").status_code
    assert 403 == server.client.get("/?q=kept", headers=cookie).status_code
    assert 403 == ask("search", "/v1/tokens").status_code
    found = ask("search", "/v1/search", q='kind:read outcome:refused (query:kept OR event:"/v1/tokens")').json()[
        "records"
    ]
    said = [(one["body"]["user"], one["body"]["event"], one["texts"]["query"]) for one in found]
    assert [
        ("search-reader", "/v1/tokens", ""),
        ("fleet-reader", "/", "kept"),
        ("fleet-reader", "/v1/search", "kept"),
    ] == said
    assert all("this takes a token with scope" in one["texts"]["reason"] for one in found)


def test_wrong_tokens_are_counted_and_fill_no_disk(scene):
    """Many of them are two records: the first one at once, the others when somebody looks."""
    server, ask = scene
    for number in range(5):
        assert 401 == ask(f"wrong{number}", "/v1/search").status_code
        assert 303 == server.client.get("/", headers={"cookie": f"{session.COOKIE}=wrong"}).status_code
    for _ in range(2):
        assert 403 == server.client.post("/signin", data={"token": "wrong"}).status_code
    found = ask("search", "/v1/search", q='kind:read event:"wrong tokens"').json()["records"]
    assert [11, 1] == [one["body"]["times"] for one in found]
    assert {"127.0.0.1": "11"} == found[0]["texts"]["facts"]
