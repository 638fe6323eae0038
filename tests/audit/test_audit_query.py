"""The query language: what matches, and what a mistake says."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentguard.audit import query

NOW = 1777636800.0  # 2026-05-01T12:00:00Z
BODY = {
    "time": "2026-05-01T10:00:00.000Z", "effect": "deny", "would": "deny", "user": "Alice", "tool": "Bash",
    "rules": ["secrets/file", "default:read"], "roles": ["dev"], "session": "s-1", "device": "d1", "id": "00ff",
    "bundle": {"name": "baseline", "revision": 7, "state": "fresh"},
    "rows": [{"action": "execute"}, {"action": "read", "certainty": "possible"}, {"action": "connect", "port": 443}],
}  # fmt: skip
TEXTS = {
    "cwd": "/home/alice/my project", "repo": "https://git.example/acme/p", "branch": "main",
    "command": "git push --force",
    "rows": [{}, {"path": "/srv/.env", "resolved": "/data/.env"}, {"host": ["api.", 0, ".example"]}],
    "origins": [{"command": ["git", "push"], "via": ["sudo"]}],
}  # fmt: skip


def found(text, body=BODY, texts=TEXTS, received=""):
    return query.matches(query.parse(text, now=NOW), body, texts, received)


@pytest.mark.parametrize(
    "text",
    [
        "", "effect:deny", "user:alice", "USER:ALICE", "rule:secrets/*", "rule:*/file", "rule:default:read", "tool:b*h",
        "role:dev", "bundle:baseline", "revision:7", "state:fresh", "action:connect", "certainty:certain",
        "certainty:possible", "port:443", "path:/srv/*", "path:/data/.env", 'cwd:"/home/alice/my project"',
        "repo:*acme*",
        "repo:git.example/acme/p", "branch:main", "command:git", 'command:"git push"', "command:*force*", "via:sudo",
        "host:api.*", "host:*.example", "force", '"push --force"', "ALICE", "443", "since:24h", "since:3h", "until:1h",
        "since:2026-05-01", "until:2026-05-02", "since:2026-05-01T09:00 until:2026-05-01T11:00", "-effect:allow",
        "-since:1h", '-"no such words"', "effect:deny user:alice rule:secrets/* tool:Bash since:24h force",
        "since:2026-05-01T11:00+02:00",
    ],
)  # fmt: skip
def test_query_finds_the_record(text):
    """All terms hold."""
    assert found(text)


@pytest.mark.parametrize(
    "text",
    [
        "effect:allow", "user:alic", "user:bob", "rule:secrets", "rule:secrets/*x", "tool:Read", "path:/srv",
        "path:*.pem",
        "port:80", "since:1h", "until:3h", "until:2026-05-01", "-effect:deny", "-force", '"force push"',
        "effect:deny user:bob", "certainty:opaque", "exception:x",
    ],
)  # fmt: skip
def test_query_does_not_find_the_record(text):
    """One term does not hold."""
    assert not found(text)


def test_time_of_the_collector_counts_where_there_is_one():
    """A device with a wrong clock does not hide its records from `since:`."""
    assert not found("since:1h")
    assert found("since:1h", received="2026-05-01T11:30:00.000Z")


def test_erased_texts_match_nothing():
    """What was erased cannot be searched for; the facts still can."""
    assert found("effect:deny", texts=None)
    assert not found("path:*", texts=None)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("efect:deny", "there is no field efect; did you mean effect?"),
        ("x zzz:1", "there is no field zzz; known are action, "),
        ("a tool:", "tool: has no value"),
        ('a "b', "the quote that starts here is not closed"),
        ("since:yesterday", "since: takes 30m, 24h, 7d or a date such as 2026-05-01, not yesterday"),
        ("http://x", "there is no field http"),
        ("- x", "a term is missing after -"),
    ],
)
def test_mistake_points_at_its_place(text, message):
    """The message says what is wrong and shows where."""
    with pytest.raises(query.QueryError) as caught:
        query.parse(text, now=NOW)
    first, shown, pointer = caught.value.message.split("\n")
    assert first.startswith(message)
    assert f"  {text}" == shown
    place = {"x zzz:1": 2, "a tool:": 2, 'a "b': 2}.get(text, 0)
    assert " " * (place + 2) + "^" == pointer


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_a_query_or_a_mistake(text):
    """Nothing else is raised, and a query that was understood can be applied."""
    try:
        terms = query.parse(text, now=NOW)
    except query.QueryError:
        return
    assert query.matches(terms, BODY, TEXTS) in (True, False)


def naive(pattern, text):
    """Whether text is in the language of the pattern, by trying everything."""
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(naive(pattern[1:], text[cut:]) for cut in range(len(text) + 1))
    return text[:1] == pattern[0] and naive(pattern[1:], text[1:])


@settings(max_examples=300, deadline=None)
@given(st.text(alphabet="ab*", max_size=6), st.text(alphabet="ab", max_size=7))
def test_star_stands_for_any_text(pattern, text):
    """Matching agrees with trying everything."""
    assert naive(pattern, text) == query._like(pattern, text)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(sorted(BODY) + sorted(TEXTS)), inner)
    ),
    max_leaves=8,
)


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(BODY)), JSON), st.dictionaries(st.sampled_from(sorted(TEXTS)), JSON))
def test_record_of_any_shape_is_taken(body, texts):
    """A hostile device cannot break a search."""
    for key in query.KEYS:
        value = "24h" if key in ("since", "until") else "x*"
        assert query.matches(query.parse(f"{key}:{value} y", now=NOW), body, texts) in (True, False)
