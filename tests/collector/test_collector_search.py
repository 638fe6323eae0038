"""The index on SQLite: it finds what the query language means, counts what it finds, and survives what may happen."""

import json
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentguard.audit import query, spool
from agentguard.audit.record import stamp
from agentguard.collector import access, fast, indexing, landing, plan
from agentguard.collector.batch import checked
from agentguard.collector.store import NEWEST

DAY = 86_400
NOON = 1777636800.0  # 2026-05-01T12:00Z
# (days after, device, body, texts)
RECORDS = (
    (0, "d1", {"effect": "deny", "user": "Alice", "rules": ["secrets/file", "x"], "tool": "Bash"}, {"command": "cat .env"}),
    (0, "d1", {"effect": "allow", "user": "alice", "rules": [], "tool": "Read", "time": "2026-04-30T23:59:59.999Z"},
     {"rows": [{"path": "/etc/passwd"}]}),
    (0, "d2", {"effect": "ask", "user": "bob", "rules": ["git/push"], "session": "s1", "time": "2026-05-01"},
     {"command": "git push --force"}),
    (1, "d2", {"effect": "deny", "user": "bob", "rules": ["git/push"], "session": "s1", "time": "2026-05-01T00:00:00.000Z"},
     {"command": "git push -f"}),
    (1, "d2", {"kind": "event", "user": "bob", "session": "s1", "outcome": "failed"},
     {"facts": {"why": "push-force é"}, "query": "host:Zoë"}),
    (1, "d1", {"effect": "allow", "odd": ["\ud800", 10**30, "\x00", "tool\x02bash"], "tool": "tool\x02effect\x013a"},
     {"cwd": "x" * 99}),
    (3, "d1", {"effect": ["deny"], "kind": ["read"], "user": "alice"}, {}),
    (3, "d1", {"effect": "deny", "user": "alice", "rules": ["secrets/file"]}, {"rows": [{"path": ["/srv/", 0, ".env"]}]}),
    (3, "d2", {**{field: f"one-{field}" for field in ("agent", "event", "exception", "hostname", "permission_mode", "subagent",
                  "tool_use_id")}, "mode": "observe", "outcome": "done", "would": "deny", "severity": "high", "effect": "ask",
               "roles": ["a_b-c"],
               "bundle": {"name": "b-1", "revision": 3, "state": "fresh"},
               "rows": [{"action": "use", "mcp_tool": "read_x", "port": 22, "server": "s-1", "certainty": "possible"}]},
     {"branch": "b_1", "project": "p", "repo": "https://git.example/x", "rows": [{"host": "h-1", "package": "p_1", "ref": "r"}],
      "origins": [{"via": "sh -c", "command": ["a", "b_c"]}]}),
    (3, "d1", {"effect": "Deny", "user": 7, "rules": "x", "bundle": {"revision": 7}}, {"cwd": "x" * 98 + "y", "k": "Éa"}),
)  # fmt: skip


def send(ingest, folder, records):
    """Write records into one spool a device and hand each over at its time."""
    for number, (days, device, body, texts) in enumerate(records):
        path = str(folder / device / "0")
        spool.append(path, {"kind": "decision", "id": f"{number:016x}", **body}, texts)
        lines = [line for line in spool.read(path) if line.seq > send.sent.get(path, -1)]
        send.sent[path] = lines[-1].seq
        ingest.take(device, checked(lines), NOON + days * DAY, gone=False)


@pytest.fixture(scope="module")
def filled(opener, tmp_path_factory):
    """The records above in an index, and all of them as they are found."""
    send.sent = {}
    folder = tmp_path_factory.mktemp("filled")
    opened = opener(str(folder / "data"))
    ingest, ledger, store, _log = opened()
    send(ingest, folder, RECORDS)
    with mock.patch.object(access.time, "time", return_value=NOON + 3 * DAY):
        access.AccessLog(ingest, ledger).read("bob", "/v1/search", {"q": "push"}, 1)
    store.catch_up()
    hits = store.search(query.parse("* OR kind:read", now=0), 1000).hits
    assert len(RECORDS) + 4 == len(hits)  # and three chains begin, and somebody read
    yield store, hits
    opened.close()


def parsed(text):
    return query.parse(text, now=NOON + 4 * DAY)


def naive(hits, wanted):
    """Return what a filter finds: of the collector's own records nothing, unless the query names them."""
    asked = [hit for hit in hits if hit.device != landing.OWN or plan.asks_for_reads(wanted)]
    return [hit for hit in asked if query.matches(wanted, {**hit.body, "device": hit.device}, hit.texts, hit.received)]


QUERIES = (
    "verdict:deny", "-verdict:deny", "user:alice verdict:deny", "rule:secrets/*", "rule:git/push", "push", '"push force"',
    '"git push --force"', "-push", "path:/etc/*", "path:/srv/*.env", "path:*", "since:2026-05-02", "until:2026-05-02",
    "-since:2026-05-02", "verdict:deny OR user:bob", "(verdict:deny OR since:2026-05-04) -user:bob", "device:d2", "é", "É",
    "verdict:d*", "verdict:*", "-verdict:*", "cwd:" + "x" * 99, "cwd:" + "x" * 98 + "*", "kind:event", "NOT (push OR x)", "7",
    "user:7", "revision:7", '"--"', '"\x02"', "tool:tool\x02effect\x013a", "tool:tool\x02effect:", '"tool\x02bash"',
    "tool:tool:effect",
    "1000000000000000000000000000000",
    "push -f", "push NOT f", "verdict:ask verdict:deny", "verdict:(ask deny)", "id:0000000000000003", "zzz", "rule:x OR -push",
    "-(rule:x push)", "verdict:deny -until:2026-05-03", "kind:read", "kind:read OR verdict:deny", "kind:read query:p*",
    "-kind:read", "*", "-*", "user:bob", "kind:read user:bob OR push", "happened-since:2026-05-01",
    "happened-until:2026-05-01 user:alice", "-happened-until:2026-05-02",
)  # fmt: skip


@pytest.mark.parametrize("text", QUERIES)
def test_search_finds_what_the_query_means(filled, text):
    """The index and a filter over everything agree, in order, and page by page."""
    store, hits = filled
    wanted = parsed(text)
    found = store.search(wanted, 1000)
    assert ([hit.number for hit in naive(hits, wanted)], True) == ([hit.number for hit in found.hits], found.complete)
    pages, before = [], NEWEST
    while before is not None:
        page = store.search(wanted, 2, before)
        pages += page.hits
        before = page.next
    assert found.hits == pages
    pages, after = [], 0
    while after is not None:
        page = store.search(wanted, 2, after=after)
        pages += page.hits
        after = page.next
    assert found.hits == pages[::-1]


@pytest.mark.parametrize("key", [key for key in query.KEYS if not key.endswith(("since", "until"))])
def test_every_field_can_be_searched(filled, key):
    """By each of the values that records have, by its start, and by having one at all."""
    store, hits = filled
    values = {value for hit in hits for name, value in query.facts({**hit.body, "device": hit.device}, hit.texts)
              if name == ("effect" if key == "verdict" else key)}  # fmt: skip
    assert values
    for text in ("*", *values, *(f"{value[:3]}*" for value in values)):
        wanted = parsed(query.quoted(key, text))
        assert naive(hits, wanted) == store.search(wanted, 1000).hits


WORDS = st.sampled_from(
    ["push", "x", "force", "alice", "bob", "git/push", "secrets/*", "*", "s1", "deny", "allow", "é", "/etc/*", "d1"]
)
KEYS = st.sampled_from(["", "user:", "rule:", "path:", "device:", "-", "-rule:", "command:", "-user:"])
OTHER_TERMS = st.sampled_from(
    [
        "verdict:deny",
        "-verdict:allow",
        "verdict:*",
        "verdict:d*",
        "-verdict:ask",
        "*",
        "-*",
        "kind:read",
        "-kind:read",
        "kind:event",
        "kind:*",
        "happened-since:2026-05-01",
        "happened-until:2026-05-01",
        "-happened-since:2026-04-30T12:00",
        "since:2026-05-02",
    ]
)
TERMS = st.tuples(KEYS, WORDS).map(lambda pair: f'{pair[0]}"{pair[1]}"') | OTHER_TERMS
NESTED = st.recursive(
    TERMS, lambda inner: st.lists(inner, min_size=1, max_size=3).flatmap(
        lambda parts: st.sampled_from([" ", " OR "]).map(lambda joint: f"({joint.join(parts)})")), max_leaves=6,
)  # fmt: skip


@settings(max_examples=80, deadline=None)
@given(st.lists(NESTED, max_size=3).map(" ".join))
def test_search_agrees_with_a_filter_on_any_query(filled, text):
    """Alternatives, groups and negations at any depth; what is counted is what is found."""
    store, hits = filled
    wanted = parsed(text)
    expected = naive(hits, wanted)
    assert expected == store.search(wanted, 1000).hits
    counted = store.histogram(wanted, NOON - DAY, NOON + 5 * DAY, 5000)
    assert len(expected) == sum(sum(counts.values()) for _at, counts in counted.buckets)


@pytest.mark.parametrize(
    ("text", "buckets"),
    [
        *[(text, n) for n in (1, 7, 100, 5000) for text in ("", "verdict:deny", "user:alice", '"git push"')],
        ("since:2026-05-02", 7),
        ("since:2026-05-02 push", 5000),
    ],
)
def test_histogram_counts_what_is_found(filled, text, buckets):
    """By verdict and time, from counts by the hour and from records alike; buckets follow one another and are whole."""
    store, hits = filled
    start, end = (NOON, NOON + 4 * DAY) if "since" not in text else (NOON - 50 * DAY, NOON + 4 * DAY)
    found = store.histogram(parsed(text), start, end, buckets)
    assert found.complete
    assert 1 <= len(found.buckets) <= buckets
    at = [first for first, _counts in found.buckets]
    assert list(range(at[0], at[0] + len(at) * found.step, found.step)) == at
    expected = {}
    for hit in naive(hits, parsed(text)):
        verdict = str(hit.body.get("effect", "")).lower()
        verdict = verdict if verdict in ("allow", "ask", "deny") else "other"
        expected[verdict] = expected.get(verdict, 0) + 1
    sums = {}
    for _first, counts in found.buckets:
        for verdict, count in counts.items():
            sums[verdict] = sums.get(verdict, 0) + count
    assert expected == sums


SPANS = (
    (0, 1),
    (1, 2 * DAY),
    (-1, 1),
    (-4000, 1),
    (-DAY, 0),
    (1, 3599),
    (-1800, DAY + 0.001),
    (0.001, 3 * DAY + 1800),
    (9, 9),
)


@pytest.mark.parametrize("span", SPANS)
@pytest.mark.parametrize("text", ["", "verdict:deny", "user:alice", '"git push"', "since:2026-05-01T12:00:01"])
def test_counts_are_of_exactly_the_time_that_was_asked_for(filled, text, span):
    """Whole hours are counted already; of the hours at both ends only what is within."""
    store, hits = filled
    start, end = (NOON + seconds for seconds in span)
    within = [hit for hit in naive(hits, parsed(text)) if stamp(start) <= hit.received < stamp(end)]
    for buckets in (1, 7, 1000):
        found = store.histogram(parsed(text), start, end, buckets)
        assert len(within) == sum(sum(counts.values()) for _at, counts in found.buckets)
    people = [hit.body["user"] for hit in within if hit.body.get("user")]
    top = store.top("user", parsed(text), start, end, 10).values
    assert sorted((str(name), people.count(name)) for name in set(people)) == sorted(top)


@pytest.mark.parametrize(
    ("field", "text", "expected"),
    [
        ("rule", "", [("git/push", 2), ("secrets/file", 2), ("x", 2)]),
        ("rule", "verdict:deny", [("secrets/file", 2), ("x", 2), ("git/push", 1)]),
        ("rule", "user:bob", [("git/push", 2)]),
        ("rule", '"git push"', [("git/push", 2)]),
        ("user", "verdict:deny", [("7", 1), ("Alice", 1), ("alice", 1), ("bob", 1)]),
        ("device", "verdict:deny since:2026-05-02", [("d1", 2), ("d2", 1)]),
        ("user", "secrets OR 7", [("7", 1), ("Alice", 1), ("alice", 1)]),
        ("rule", '"secrets file"', [("secrets/file", 2), ("x", 1)]),
    ],
)
def test_top_counts_values(filled, field, text, expected):
    """The most frequent first, for verdicts alone and for any other query."""
    store, _hits = filled
    found = store.top(field, parsed(text), NOON - DAY, NOON + 5 * DAY, 10)
    assert (expected, True) == (found.values, found.complete)


def test_record_stands_in_its_session(filled):
    """One record by its id, and what the same session did before and after."""
    store, _hits = filled
    [hit] = store.records("0000000000000003")
    before, after = store.around(hit, 5)
    assert (["git push --force"], ["event"]) == (
        [one.texts["command"] for one in before],
        [one.body["kind"] for one in after],
    )
    assert [hit] == store.record_at(hit.body["chain"], hit.body["seq"])
    assert [] == store.records("nothing")


def test_devices_are_known_by_their_newest_record(filled):
    """When it was heard of, under which policy, and whether something is missing."""
    store, _hits = filled
    d1, d2 = store.devices()
    assert ("d1", 7, "7", 0, 1) == tuple(d1[name] for name in ("device", "records", "revision", "missing", "chains"))
    assert (stamp(NOON), stamp(NOON + 3 * DAY)) == (d1["first"], d1["last"])
    assert ("d2", "bob") == (d2["device"], d2["user"])


def test_devices_say_how_they_stand(opened, tmp_path):
    """What the newest heartbeat said: version, winning source, and what is wrong; whoever wrote it, the person stays."""
    send.sent = {}
    ingest, _ledger, store, _log = opened()
    beat = {"kind": "heartbeat", "user": "root", "agentguard": "2.0", "source": "file"}
    doctor = {"healthy": False, "findings": ["sync/old", "trust/stale"]}
    records = (
        ("d1", {**beat, "doctor": {"healthy": False, "findings": []}}), ("d1", {"effect": "deny", "user": "alice"}),
        ("d1", {**beat, "doctor": doctor}), ("d2", {**beat, "session": "s", "user": "bob", "doctor": {"healthy": True}}),
        ("d3", {**beat, "source": [7], "doctor": {"problem": "it took longer than 30 s"}}), ("d4", {**beat, "doctor": 1}),
        ("d5", {"effect": "deny"}),
    )  # fmt: skip
    send(ingest, tmp_path, [(0, device, body, {}) for device, body in records])
    store.catch_up()
    found = {
        one["device"]: tuple(one[name] for name in ("user", "agentguard", "source", "health"))
        for one in store.devices()
    }
    assert {
        "d1": ("alice", "2.0", "file", "sync/old, trust/stale"),
        "d2": ("bob", "2.0", "file", "healthy"),
        "d3": ("", "2.0", "", "it took longer than 30 s"),
        "d4": ("", "2.0", "file", ""),
        "d5": ("", "", "", ""),
    } == found


def test_indexing_that_is_interrupted_takes_nothing_twice(opened, tmp_path, monkeypatch):
    """A piece that is in its days' files and not counted yet is counted once when it is done again."""
    send.sent = {}
    ingest, ledger, _store, log = opened()
    send(ingest, tmp_path, RECORDS)
    folder = str(tmp_path / "data" / "index")
    monkeypatch.setattr(indexing, "_PIECE", 3)
    real = indexing.fleet.Fleet.add

    def torn(fleet, tally, cursor):
        raise KeyboardInterrupt

    for _ in range(2):
        indexer = indexing.Indexer(folder, log, ledger.end)
        monkeypatch.setattr(indexing.fleet.Fleet, "add", torn)
        with pytest.raises(KeyboardInterrupt):
            indexer.catch_up()
        indexer.close()
    monkeypatch.setattr(indexing.fleet.Fleet, "add", real)
    _ingest, _ledger, store, _log = opened()
    store.catch_up()
    assert len(RECORDS) + 2 == len(store.search(parsed(""), 1000).hits)
    assert len(RECORDS) + 2 == sum(
        sum(c.values()) for _at, c in store.histogram(parsed(""), NOON, NOON + 4 * DAY, 9).buckets
    )


def test_every_fact_is_what_the_query_compares_with():
    """What the index knows of a record is what `KEY:VALUE` looks at."""
    for _days, _device, body, texts in RECORDS:
        for key, value in query.facts(body, texts):
            assert query.matches(query.Term(key, value.lower()), body, texts)
            assert plan.fact(key, value) == plan.fact(key, value.lower())


@settings(max_examples=100, deadline=None)
@given(st.recursive(st.none() | st.booleans() | st.integers(-9, 10**20) | st.floats() | st.text(max_size=5),
            lambda one: st.lists(one, max_size=3) | st.dictionaries(st.text(max_size=3), one, max_size=3), max_leaves=8),
       st.sampled_from(["compact", "spaces", "twice", "raw"]))  # fmt: skip
def test_fast_reader_agrees_with_the_strict_one(value, how):
    """Every line is read as `lines` reads it, and refused as it refuses it."""
    body = {"chain": "0" * 32, "seq": 1, "texts": "0" * 64, "value": value}
    text = json.dumps(body, separators=None if how == "spaces" else (",", ":"), ensure_ascii=how != "raw")
    if how == "twice":
        text = text[:-1] + ',"seq":2}'
    raw = f'{{"b":{text},"t":{{}},"s":"{"0" * 32}","h":"{"0" * 64}"}}'.encode("utf-8", "surrogatepass")
    mine, strict = fast.parse(raw), fast.lines.parse(raw)
    for name in ("problem", "chain", "seq", "h", "salt", "body_raw", "texts_raw"):
        assert getattr(strict, name) == getattr(mine, name)
    assert repr(strict.body) == repr(mine.body)
