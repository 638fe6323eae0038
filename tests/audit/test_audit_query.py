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
        "since:2026-05-01T11:00+02:00", "verdict:deny", "tool:Read OR tool:Bash", "tool:Read OR tool:Bash user:alice",
        "(tool:Read OR tool:Bash) user:alice", "tool:(Read OR Bash)", "rule:(secrets/* default:read)", "NOT user:bob",
        "-(user:bob OR tool:Read)", "user:alice AND tool:Bash", "-tool:(Read OR Write)", 'tool:Read OR "push --force"',
        "*", "** user:alice", "-user:bob *", "tool:Read OR *", "verdict:DENY", "kind:x* OR *", "verdict:(allow OR d*)",
        "happened-since:3h happened-until:1h", "happened-since:2026-05-01T10:00 -happened-since:2026-05-01T10:00:00.001",
        "role:*", "-exception:*", "NOT NOT user:alice", "((user:alice))", '"and" OR and OR bash',
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
        "effect:deny user:bob", "certainty:opaque", "exception:x", "exception:*", "tool:Read OR user:bob",
        "(tool:Bash OR tool:Read) user:bob", "tool:Bash user:bob OR tool:Read", "-(user:alice OR tool:Read)",
        "-*", "NOT (* OR user:alice)", '"*"', "happened-since:1h", "happened-until:3h", "kind:decision", "outcome:done",
        "NOT (tool:Bash user:alice)", "tool:(Read OR Write)", "rule:(secrets/* x)",
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
        ("^efect:deny", "there is no field efect; did you mean effect?"),
        ("x ^zzz:1", "there is no field zzz; known are action, "),
        ("a ^tool:", "tool: has no value"),
        ("^verdict:", "verdict: has no value"),
        ("^verdict: deny", "verdict: has no value"),
        ("a ^Verdict : deny", "Verdict is a field, and its value does not follow it"),
        ("a (^user :b)", "user is a field, and its value does not follow it"),
        ("a verdict:^denied", "verdict: is never denied; did you mean deny? known are allow, ask, deny"),
        ('effect:(deny OR ^"dny")', "effect: is never dny; did you mean deny?"),
        ("-kind:^decison", "kind: is never decison; did you mean decision?"),
        ("port:^abc", "port: is a number, never abc"),
        ("revision:^>1", "revision: is a number, never >1"),
        ("state:^x", "state: is never x; known are fresh, grace, stale, fallback, invalid"),
        ("action:^raed", "action: is never raed; did you mean read?"),
        ("certainty:^sure", "certainty: is never sure; known are certain, "),
        ("^happened-since:soon", "happened-since: takes 30m, 24h, 7d or a date"),
        ('^tool:""', "tool: has no value"),
        ('a ^""', "there is nothing in these quotes"),
        ('a ^"b', "the quote that starts here is not closed"),
        ("^since:yesterday", "since: takes 30m, 24h, 7d or a date such as 2026-05-01, not yesterday"),
        ("since:1h ^until:2h", "nothing lies between since: and until:"),
        ("happened-since:1h x ^happened-until:1h", "nothing lies between happened-since: and happened-until:"),
        ("^http://x", "there is no field http"),
        ("^- x", "a term is missing after -"),
        ("^--force", "a term is missing after -"),
        ('path:/srv/^"my files"', "a quoted value starts and ends with its quotes"),
        ('"a"^b', "a quoted value starts and ends with its quotes"),
        ("a OR^", "a term is missing here"),
        ("^OR a", "a term is missing here"),
        ("a AND ^OR b", "a term is missing here"),
        ("^AND a", "a term is missing here"),
        ("a (^)", "a term is missing here"),
        ("NOT^", "a term is missing here"),
        ("a ^(b", "this parenthesis is not closed"),
        ("a b^)", "this parenthesis closes nothing"),
        ("rule:a (^nofield:b)", "there is no field nofield"),
        (33 * "(" + "^(a", "this is nested too deeply"),
        (32 * "NOT " + "NOT^ NOT a", "this is nested too deeply"),
    ],
)
def test_mistake_points_at_its_place(text, message):
    """The message says what is wrong and shows where."""
    place, text = text.index("^"), text.replace("^", "")
    with pytest.raises(query.QueryError) as caught:
        query.parse(text, now=NOW)
    first, shown, pointer = caught.value.message.split("\n")
    assert first.startswith(message)
    assert f"  {text}" == shown
    assert " " * (place + 2) + "^" == pointer


def test_text_that_is_no_utf8_is_a_mistake():
    """The shell hands on any byte."""
    with pytest.raises(query.QueryError, match=r"^this is not UTF-8\n  a  \n    \^$"):
        query.parse("a \udcff", now=NOW)


@pytest.mark.parametrize("key", query.CLOSED)
def test_all_words_of_a_closed_field_can_be_asked_for(key):
    """In any case, as one of several, and with a star whatever else a newer version may write."""
    for word in (*query.CLOSED[key], query.CLOSED[key][0].upper(), "new*"):
        assert query.parse(f"{key}:{word} -{key}:({word} OR {word})", now=NOW).parts


@pytest.mark.parametrize(
    "time", ["yesterday", "2026-05-01", 7, None, ["2026-05-01T10:00:00.000Z"], "2026-05-01T10:00:00.000Z9"]
)
def test_what_is_no_time_happened_at_none(time):
    """A device may write anything: it is in no span, and outside every span."""
    for text in ("happened-since:2000-01-01", "happened-until:2100-01-01"):
        assert not found(text, body={**BODY, "time": time})
        assert found(f"-{text}", body={**BODY, "time": time})


def test_time_of_the_device_can_be_asked_for_at_the_collector():
    """What a laptop did in the night and sent in the morning."""
    assert found("happened-until:2026-05-01T10:30 since:2026-05-01T11:00", received="2026-05-01T11:30:00.000Z")


def test_records_are_filed_by_plain_texts_alone():
    """Whoever writes a list there is not found by its parts, neither by a filter nor by an index."""
    assert not found("verdict:deny OR kind:event", body={"effect": ["deny"], "kind": {"kind": "event"}})


def test_query_is_one_group_of_what_must_hold():
    """Whoever compiles a query finds spans of time at the top, negations at terms, and nothing nested for nothing."""
    a, b, c = query.Term("effect", "deny"), query.Term("", "b c"), query.Term("tool", "c", negated=True)
    assert query.Group(query.AND, ()) == query.parse(" ", now=NOW)
    assert query.Group(query.AND, (a,)) == query.parse("VERDICT:Deny", now=NOW)
    assert query.Group(query.AND, (a, b, c)) == query.parse('verdict:deny ("b c" -tool:c)', now=NOW)
    either = query.Group(query.OR, (query.Term("effect", "deny", negated=True), c))
    assert query.Group(query.AND, (either, b)) == query.parse('-(effect:deny AND (tool:c)) "b c"', now=NOW)
    assert query.Term("", 'say "\\d"') == query.parse(r'"say \"\\d\""', now=NOW).parts[0]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_a_query_or_a_mistake(text):
    """Nothing else is raised, and a query that was understood can be applied."""
    try:
        terms = query.parse(text, now=NOW)
    except query.QueryError:
        return
    assert query.matches(terms, BODY, TEXTS) in (True, False)


WORDS = st.sampled_from(["a", "b", "ab", "b a", "(", 'q"', "\\", "or", "AND", "x*"])
CONDITIONS = st.tuples(st.sampled_from(["", "user", "rule", "path"]), WORDS)
QUERIES = st.recursive(
    CONDITIONS,
    lambda inner: st.one_of(
        st.tuples(st.just("not"), inner),
        st.tuples(st.sampled_from(["and", "or"]), st.lists(inner, min_size=1, max_size=3)),
    ),
    max_leaves=6,
)


def spelled(tree, chance):
    """Return a query that says what `tree` does, in one of the ways in which it can be said."""
    word, rest = tree
    if word == "not":
        return chance.choice(["NOT ", "-"]) + f"({spelled(rest, chance)})"
    if word in ("and", "or"):
        joint = chance.choice([" ", "  AND "]) if word == "and" else " OR "
        return joint.join(f"({spelled(part, chance)})" for part in rest)
    escaped = rest.replace("\\", "\\\\").replace('"', '\\"')
    return f'{word}:"{escaped}"' if word else f'"{escaped}"'


def words(text):
    """Return the words of a text, character by character."""
    return "".join(char if char.isalnum() else " " for char in text.lower()).split()


def holds(tree, body, texts):
    """Whether a record is what `tree` says, by the plainest of means."""
    word, rest = tree
    if word == "not":
        return not holds(rest, body, texts)
    if word in ("and", "or"):
        return (all if word == "and" else any)([holds(part, body, texts) for part in rest])
    everything = [body["user"], *body["rules"], *(row["path"] for row in texts["rows"])]
    if not word:
        wanted, texts_words = words(rest), [words(value) for value in everything]
        there = any(wanted == found[at : at + len(wanted)] for found in texts_words for at in range(len(found)))
        return there if wanted else any(rest in value for value in everything)
    fields = {"user": [body["user"]], "rule": body["rules"], "path": [row["path"] for row in texts["rows"]]}
    return any(value and naive(rest.lower(), value.lower()) for value in fields[word])


@settings(max_examples=300, deadline=None)
@given(QUERIES, WORDS, st.lists(WORDS, max_size=2), st.lists(WORDS, max_size=2), st.randoms(use_true_random=False))
def test_search_agrees_with_a_naive_filter(tree, user, rules, paths, chance):
    """However a query is spelled, it finds what its tree means."""
    body, texts = {"user": user, "rules": rules}, {"rows": [{"path": path} for path in paths]}
    assert holds(tree, body, texts) == query.matches(query.parse(spelled(tree, chance), now=NOW), body, texts)


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
    assert naive(pattern, text) == query.like(pattern, text)


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
        value = "24h" if key.endswith(("since", "until")) else "x*"
        assert query.matches(query.parse(f"{key}:{value} y", now=NOW), body, texts) in (True, False)
