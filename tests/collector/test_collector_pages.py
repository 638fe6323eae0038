"""The collector's page: who may see it, what it shows, and that nothing an agent wrote becomes markup."""

import asyncio
import csv
import io
import re
import time

import httpx
import pytest

from agentguard.audit import spool
from agentguard.collector.access import AccessLog
from agentguard.collector.app import application
from agentguard.collector.batch import checked
from agentguard.collector.checkers import Checkers
from agentguard.collector.keys import Keys
from agentguard.collector.pages import session
from agentguard.collector.pages.chart import HEIGHT, chart
from agentguard.collector.store import Histogram, Lacks

HOSTILE = "<script>alert(1)</script>\"'{{7*7}}\x1b[31m\u202e"
SCOPES = ("admin", "search", "fleet")


class Client:
    """A browser that follows nothing and keeps nothing, speaking to the application in this process."""

    def __init__(self, app):
        self._transport = httpx.ASGITransport(app)

    def ask(self, method, path, **more):
        async def asked():
            async with httpx.AsyncClient(transport=self._transport, base_url="http://collector") as client:
                return await client.request(method, path, **more)

        return asyncio.run(asked())

    def get(self, path, **more):
        return self.ask("GET", path, **more)

    def post(self, path, **more):
        return self.ask("POST", path, **more)


@pytest.fixture(scope="module")
def collector(opener, tmp_path_factory):
    """The application over a data folder with some records: (client, {scope: token}, keys)."""
    folder = tmp_path_factory.mktemp("page")
    opened = opener(str(folder / "data"))
    ingest, ledger, store, _log = opened()
    keys = Keys(str(folder / "data"))
    path = str(folder / "d1" / "0")
    for number in range(60):
        body = {"kind": "decision", "id": f"{number:016x}", "user": "alice", "hostname": HOSTILE, "session": "s1",
                "effect": "deny" if number % 3 else "allow", "would": "deny" if number % 3 else "allow", "tool": "Bash",
                "rule": "secrets/file" if number % 3 else "", "rules": ["secrets/file"] if number % 3 else [],
                "bundle": {"name": "baseline", "revision": 3, "state": "fresh", "digest": "ab" * 32},
                "rows": [{"action": "read", "tool": "Bash", "effect": "deny"}]}  # fmt: skip
        command = f"=1+1 {HOSTILE}" if number == 7 else f"cat file-{number}"
        spool.append(path, body, {"command": command, "rows": [{"path": f"/srv/{number}"}]})
    ingest.take("d1", checked(list(spool.read(path))), time.time(), gone=False)
    store.catch_up()
    store.reach = lambda _seconds: store.indexed()  # no process indexes here, so nobody waits for one
    app = application(keys, store, ingest, Checkers(0), AccessLog(ingest, ledger))
    tokens = {scope: keys.readers.give(f"{scope}-reader", scope, "2026-05-01T12:00:00.000Z") for scope in SCOPES}
    yield Client(app), tokens, keys, store
    opened.close()


def get(collector, path, scope="search"):
    client, tokens, _keys, _store = collector
    return client.get(path, headers={"cookie": f"{session.COOKIE}={tokens[scope]}"})


def test_nobody_sees_anything_without_a_token(collector):
    """Every page sends the browser to the form, which leads back; a token that is none or was revoked counts as none."""
    client, _tokens, keys, _store = collector
    revoked = keys.readers.give("gone", "search", "2026-05-01T12:00:00.000Z")
    keys.readers.revoke("gone", "2026-05-01T12:00:00.000Z")
    for path in ("/", "/?q=a%3Ab", "/records/0", "/devices", "/alerts", "/records.csv"):
        for headers in ({}, {"cookie": f"{session.COOKIE}=x"}, {"cookie": f"{session.COOKIE}={revoked}"}):
            reply = client.get(path, headers=headers)
            assert (303, True) == (reply.status_code, reply.headers["location"].startswith("/signin?next=%2F")), path


def test_sign_in_gives_a_cookie_that_scripts_and_other_sites_cannot_use(collector):
    """The form's token goes into the cookie; the way back stays on this collector; signing out takes the cookie away."""
    client, tokens, _keys, _store = collector
    reply = client.post("/signin", data={"token": f" {tokens['search']} ", "next": "/?q=x"})
    assert (303, "/?q=x") == (reply.status_code, reply.headers["location"])
    cookie = reply.headers["set-cookie"].lower()
    assert all(word in cookie for word in ("httponly", "samesite=strict", "path=/"))
    assert "secure" not in cookie
    assert "max-age" not in cookie  # gone when the browser is closed
    tls = client.post("https://collector/signin", data={"token": tokens["search"]})
    assert "secure" in tls.headers["set-cookie"].lower()
    assert 403 == client.post("/signin", data={"token": "x"}).status_code
    assert 413 == client.post("/signin", data={"token": "x" * 5000}).status_code
    assert "max-age=0" in client.post("/signout").headers["set-cookie"].lower()


@pytest.mark.parametrize(
    "path", ["https://evil.example", "//evil.example", "/\\evil.example", "evil", "", "/a\nb", "/x\\y"]
)
def test_way_back_never_leads_elsewhere(path):
    """An address that was put into the form by others is not followed."""
    assert "/" == session.local(path)


@pytest.mark.parametrize("scope", SCOPES)
def test_scopes_hold_on_pages_as_on_routes(collector, scope):
    """Who may see devices only sees no record, and is not offered any."""
    expected = 403 if scope == "fleet" else 200
    for path in ("/", f"/records/{1:016x}", "/records.csv"):
        assert expected == get(collector, path, scope).status_code, path
    assert 200 == get(collector, "/devices", scope).status_code
    assert (scope == "fleet") == ('href="/"' not in get(collector, "/alerts", scope).text)


def test_nothing_is_loaded_run_or_framed(collector):
    """The policy of the page allows its own style and nothing else, and the page needs no more."""
    for path in ("/", "/devices", "/alerts", "/signin", f"/records/{7:016x}", "/records/none", "/?q=x%3A"):
        reply = get(collector, path)
        assert "default-src 'none'" in reply.headers["content-security-policy"]
        assert ("no-store", "nosniff") == (reply.headers["cache-control"], reply.headers["x-content-type-options"])
        assert [] == re.findall(r"<script|<style|\sstyle=|\son[a-z]+=|javascript:", reply.text)
        assert {"/page.css"} == set(re.findall(r'<link rel="stylesheet" href="([^"]*)"', reply.text))
    assert "text/css" in get(collector, "/page.css").headers["content-type"]


def test_what_an_agent_wrote_stays_text(collector):
    """Markup, templates and control characters of a record are shown, and are nothing else."""
    for path in ("/?q=alert", f"/records/{7:016x}", "/devices"):
        text = get(collector, path).text
        assert "<script" not in text
        assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
        assert not [char for char in text if not (char.isprintable() or char in "\n\xa0")]
        assert "49" not in re.findall(r"&#39;([^&\s]*)", text)
    question = get(collector, "/?q=%3Cscript%3E%22%27%20user%3Aalice").text
    assert 'value="&lt;script&gt;&#34;&#39; user:alice"' in question


def test_address_holds_what_is_shown(collector):
    """Older records follow by a link; each is there once, and the way back is too."""
    seen, path = [], "/?q=kind%3Adecision"
    while path:
        text = get(collector, path).text
        seen += re.findall(r'<a href="/records/([0-9a-f]{16})\?n=[0-9]+">', text)
        older = re.search(r'<a href="([^"]*)" rel="next">', text)
        path = older.group(1).replace("&amp;", "&") if older else ""
    assert sorted(seen) == [f"{number:016x}" for number in range(60)]
    assert "Newest</a>" in text


def test_question_that_makes_no_sense_shows_the_place(collector):
    """The error stands beside the question, which is still there to be mended."""
    reply = get(collector, "/?q=verdict%3Adeny+nosuch%3A1")
    assert 400 == reply.status_code
    assert 'value="verdict:deny nosuch:1"' in reply.text
    assert "^" in reply.text
    for path, status in (("/records/none", 404), ("/?before=x", 400), ("/?before=-1", 400), ("/?q=" + "a" * 5000, 400)):
        reply = get(collector, path)
        assert (status, 'role="alert"' in reply.text) == (reply.status_code, True)


def test_record_says_why_it_has_no_rule_text(collector):
    """Without the bundle's folder the page says what to do to see rules."""
    assert "--bundle-dir" in get(collector, f"/records/{1:016x}").text


def test_file_of_a_search_starts_no_formula(collector):
    """The CSV has what the search finds, and no cell that a spreadsheet would run."""
    reply = get(collector, "/records.csv?q=kind%3Adecision")
    assert "attachment" in reply.headers["content-disposition"]
    rows = list(csv.DictReader(io.StringIO(reply.text)))
    assert 60 == len(rows)
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]


def test_every_page_is_a_read_that_is_recorded(collector):
    """Who looked at what is found by kind:read."""
    _client, _tokens, _keys, store = collector
    get(collector, "/devices", "fleet")
    get(collector, "/?q=user%3Aalice")
    store.catch_up()
    text = get(collector, "/?q=kind%3Aread").text
    assert "fleet-reader" in text
    assert "search-reader" in text


def test_bars_are_as_high_as_their_counts_and_stand_within(collector):
    """Every verdict that is there at all can be seen, and none stands above the drawing."""
    buckets = [(0, {"deny": 1, "allow": 100_000}), (3600, {}), (7200, {"ask": 3, "other": 1})]
    found = chart(Histogram(3600, buckets, complete=True, lacks=Lacks(0, [])), lambda since, until: f"{since}..{until}")
    assert 2 == len(found.bars)
    assert "1970-01-01T02:00..1970-01-01T03:00" == found.bars[1].link
    for bar in found.bars:
        assert all(part.height > 0 and 0 <= part.y <= HEIGHT for part in bar.parts)
        assert HEIGHT == pytest.approx(bar.parts[0].y + bar.parts[0].height)
    assert {"allow": 100_000, "ask": 3, "deny": 1, "other": 1} == found.totals
