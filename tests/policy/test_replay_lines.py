"""Replay: payloads are interpreted again, records are judged by their rows, and what changes is counted."""

import json
import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentguard import jsontext
from agentguard.access.world import RealDisk
from agentguard.audit import record
from agentguard.audit import rows as recorded
from agentguard.audit.redact import Redactor
from agentguard.policy import calls, engine, setting, source
from agentguard.policy.compile import compile_source
from agentguard.policy.recorded import Reader
from agentguard.policy.replay import Bad, Replay, Result, Tools
from agentguard.policy.tally import Summary

HEAD = 'schema = 1\nname = "b"\n'
DENY_ENV = '[[rule]]\nid = "secrets/file"\neffect = "deny"\npath = ["**/.env"]\n'
ASK_READ = '[[rule]]\nid = "read/any"\neffect = "ask"\naction = "read"\npath = ["/**"]\n'
DENY_HOST = '[[rule]]\nid = "net/evil"\neffect = "deny"\nhost = ["evil.example"]\n'


def compiled(text):
    document = source.Document("bundle.toml", source.BUNDLE, tomllib.loads(HEAD + text), HEAD + text)
    found = compile_source(source.Source("x", (document,), ()))
    assert () == found.findings
    return jsontext.canonical(found.policy)


def player(text, tmp_path="/nonexistent"):
    return Replay(compiled(text), Tools(str(tmp_path), str(tmp_path), Reader(recorded.rows, recorded.hidden)))


def payload(path="/p/.env", **more):
    call = {"hook_event_name": "PreToolUse", "tool_name": "Read", "tool_input": {"file_path": path}, "cwd": "/p"}
    return {**call, **more}


def played(value, text=DENY_ENV):
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return player(text).line(data, "f:1")


def record_line(path, policy=DENY_ENV, **changes):
    """Return the line of a record of reading a path, decided by a policy."""
    loaded = engine.load(compiled(policy))
    world = setting.made_up({}, {})
    call = calls.of_tool("Read", {"file_path": path}, setting.PROJECT)
    access, decision = setting.judge(loaded, call, world)
    principal = {"user": "dev", "known": "os", "roles": ["engineer"], "device": "d1"}
    body, texts = record.of_decision(
        call, access, decision, world=world, principal=principal, bundle={}, latency_us=1, redactor=Redactor(b"k" * 32)
    )
    return {"b": {**body, **changes}, "t": texts, "s": "", "h": ""}


@pytest.mark.parametrize("line", [payload(), {"payload": payload()}, {"payload": payload(), "id": 7}])
def test_a_payload_is_interpreted_again(line) -> None:
    """A payload stands by itself, or in an object that says more about it."""
    found = played(line)
    assert isinstance(found, Result)
    assert (str(line.get("id", "f:1")), "deny", "deny", ["secrets/file"], "certain") == found[:5]
    assert ("", "new-deny", "call") == (found.before, found.changed, found.level)
    assert ["use", "read"] == [row["action"] for row in found.rows]


def test_a_line_of_output_has_these_fields() -> None:
    """One JSON object a line; a line that expects something says how that came out."""
    fields = ["id", "effect", "would", "rules", "certainty", "rows", "before", "changed", "level"]
    assert fields == list(played(payload()).to_json())
    expecting = played({"payload": payload(), "expect": "allow"}).to_json()
    assert [*fields, "expected", "met"] == list(expecting)
    assert ("allow", False) == (expecting["expected"], expecting["met"])


@pytest.mark.parametrize(
    ("path", "expect", "changed", "met"),
    [
        ("/p/.env", "stop", "", True),
        ("/p/.env", "allow", "new-deny", False),
        ("/p/a", "allow", "", True),
        ("/p/a", "stop", "lifted", False),
    ],
)
def test_what_a_line_expects_counts_as_what_was_before(path, expect, changed, met) -> None:
    """`stop` is deny or ask."""
    found = played({"payload": payload(path), "expect": expect})
    assert (expect, changed, met) == (found.before, found.changed, found.met)


def test_a_record_is_judged_by_its_rows() -> None:
    """The files of this machine play no part: a record holds what the evaluator saw."""
    found = played(record_line("/home/dev/project/.env"))
    assert ("deny", "deny", "", "rows", "dev") == (found.effect, found.before, found.changed, found.level, found.user)
    assert "github.com/acme/app" == found.repo


@pytest.mark.parametrize(
    ("before", "now", "changed"),
    [
        ("", DENY_ENV, "new-deny"),
        ("", ASK_READ, "new-ask"),
        (ASK_READ, DENY_ENV, "new-deny"),
        (DENY_ENV, ASK_READ, "lifted"),
        (DENY_ENV, "", "lifted"),
        (DENY_ENV, DENY_ENV + ASK_READ, ""),
    ],
)
def test_a_change_is_towards_stricter_or_laxer(before, now, changed) -> None:
    """Compared with the effect in the record."""
    assert changed == played(record_line("/home/dev/project/.env", before), now).changed


SECRET = "/home/dev/project/ghp_" + "a1B2" * 9


def test_a_row_with_a_hidden_path_is_undecidable_for_rules_on_paths() -> None:
    """What redaction took cannot be matched, and is never counted as unchanged."""
    line = record_line(SECRET, "")
    assert SECRET not in json.dumps(line)
    assert "undecidable" == played(line, DENY_ENV).changed


def test_a_hidden_path_does_not_matter_where_no_rule_asks_for_it() -> None:
    """Rules on hosts cannot match a row with a path, hidden or not."""
    assert "" == played(record_line(SECRET, ""), DENY_HOST).changed


def test_a_record_whose_rows_are_not_complete_is_undecidable() -> None:
    """A row that is missing could have been the one that counts."""
    assert "undecidable" == played(record_line("/a", rows_complete=False)).changed


def test_a_record_of_no_decision_and_an_empty_line_are_passed_over() -> None:
    """Events and genesis records say nothing about a policy."""
    assert played(record_line("/a", kind="event")) is None
    assert played(b" \n") is None


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        (b"[", "a JSON value is missing or cut off"),
        (b"[]", "not an object"),
        ({"payload": []}, "the payload is not an object"),
        ({"bash": 1}, "bash is not a string"),
        ({"bash": "ls", "cwd": "x"}, "cwd is not an absolute path"),
        ({"bash": "ls", "cwd": 1}, "cwd is not an absolute path"),
        (payload(cwd="x"), "cwd is not an absolute path"),
        ({"payload": payload(), "expect": "deny"}, "expect is neither stop nor allow"),
        (
            {"b": {"kind": "decision", "effect": "deny"}, "t": None},
            "the texts of this record were erased, and its rows with them",
        ),
        ({"b": {"kind": "decision", "effect": "deny"}, "t": []}, "the record has no rows that can be read"),
        (b" " * 8 * 1024 * 1024 + b"{}", "over 8388608 bytes, which the hook denies unread"),
    ],
)
def test_a_line_that_is_no_call_is_said_to_be_none(line, problem) -> None:
    """The run goes on; the line is named with its problem."""
    assert Bad("f:1", problem) == played(line)


_texts = st.sampled_from(["", "x", "/p", "allow", "deny", "decision", "PreToolUse", "Read"])
_json = st.recursive(
    st.none() | st.booleans() | st.integers(-1, 2) | _texts,
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(
            st.sampled_from(["effect", "kind", "rows", "origins", "cwd", "roles", "tool", "action"]), inner
        )
    ),
    max_leaves=6,
)
_NAMES = ["b", "t", "id", "bash", "payload", "expect", "hook_event_name", "tool_name", "tool_input", "cwd"]


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(_NAMES), _json))
def test_any_object_on_a_line_ends_in_a_result_or_a_problem(value) -> None:
    """Records and payloads come from elsewhere: whatever they hold, replay goes on."""
    value.pop("bash", None) if isinstance(value.get("bash"), str) else None
    assert isinstance(played(value), Result | Bad | None)


@pytest.mark.parametrize(
    "change",
    [
        {"action": []},
        {"action": 1},
        {"hidden": 1},
        {"hidden": [[]]},
        {"extent": []},
        {"certainty": {}},
        {"origin": "x"},
    ],
)
def test_a_record_with_senseless_rows_ends_in_a_problem_or_a_result(change) -> None:
    """Nobody has checked where a record comes from."""
    line = record_line("/p/.env")
    line["b"]["rows"][1].update(change)
    assert isinstance(played(line), Result | Bad)


def summary(*lines, text=DENY_ENV):
    found = Summary()
    for line in lines:
        found.add(played(line, text))
    return found


def test_the_summary_counts_effects_changes_and_scores() -> None:
    """By rule, person and repository, and how many expectations were met."""
    found = summary(
        payload(),
        {"payload": payload(), "expect": "stop"},
        {"payload": payload("/p/a"), "expect": "stop"},
        {"payload": payload("/p/a"), "expect": "allow"},
        record_line(SECRET, ""),
        b"{",
    ).to_json()
    assert (5, 1) == (found["calls"], found["unreadable"])
    assert {"deny": 2, "ask": 0, "allow": 3} == found["effects"]
    assert {"new-deny": 1, "new-ask": 0, "lifted": 1, "undecidable": 1} == found["changed"]
    assert {"secrets/file": 1} == found["by_rule"]["new-deny"]
    assert {"dev": 1} == found["by_person"]["undecidable"]
    assert {"github.com/acme/app": 1} == found["by_repository"]["undecidable"]
    assert {"stop": {"calls": 2, "met": 1}, "allow": {"calls": 1, "met": 1}} == found["expected"]


def test_limits_are_passed_only_beyond_them() -> None:
    """A limit is the most that is allowed; without a limit nothing is too much."""
    found = summary(payload(), record_line(SECRET, ""))
    assert [] == found.beyond(None, None, None)
    assert [] == found.beyond(1, 0, 50)
    assert ["1 new denials, 0 allowed", "50.0 % undecidable, 49 % allowed"] == found.beyond(0, 0, 49)
    assert ["1 new questions, 0 allowed"] == summary(payload("/p/a"), text=ASK_READ).beyond(0, 0, 0)
    assert [] == Summary().beyond(0, 0, 0)


def test_a_call_that_comes_again_is_judged_once(monkeypatch, tmp_path) -> None:
    """And told in the same words; another folder, tool, input or mode is another call."""
    judged = []
    judge = setting.judge
    monkeypatch.setattr(setting, "judge", lambda *args: judged.append(args[1]) or judge(*args))
    one = player(DENY_ENV, tmp_path)
    first = one.line(json.dumps({"bash": "cat .env", "cwd": "/p", "id": "a"}).encode(), "f:1")
    again = one.line(json.dumps({"bash": "cat .env", "cwd": "/p", "id": "b", "expect": "allow"}).encode(), "f:2")
    assert first._replace(id="b", before="allow", expected="allow", met=False) == again
    assert 1 == len(judged)
    for other in (
        {"bash": "cat .env", "cwd": "/q"},
        {"bash": "cat .env ", "cwd": "/p"},
        payload(),
        payload(permission_mode="plan"),
        payload(agent_type="x"),
        payload("/p/x"),
        payload(tool_name="mcp__a__b"),
        payload(tool_name="mcp__a__b", mcp_server={"name": "z"}),
    ):
        one.line(json.dumps(other).encode(), "f:3")
    assert 9 == len(judged)


def test_a_snapshot_looks_at_each_thing_once(tmp_path) -> None:
    """What is there at the first look stays there, as lists that nobody shares."""
    (tmp_path / "a").write_text("x")
    (tmp_path / "l").symlink_to("a")
    disk, folder = setting.Snapshot(RealDisk()), str(tmp_path)

    def look():
        return (
            disk.kind(f"{folder}/a"), disk.kind(f"{folder}/b"), disk.readlink(f"{folder}/l"), disk.read(f"{folder}/a", 9),
            sorted(disk.listdir(folder, 9)), disk.listdir(f"{folder}/b", 9), disk.read(f"{folder}/b", 9),
        )  # fmt: skip

    first = look()
    assert ("file", "", "a", b"x", ["a", "l"], None, None) == first
    disk.listdir(folder, 9).clear()
    (tmp_path / "a").unlink()
    (tmp_path / "b").mkdir()
    assert first == look()
    assert 1 == len(disk.listdir(folder, 1))
