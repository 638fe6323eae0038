"""Records: their fields, what of a call gets into them, and rows that come back."""

# ruff: noqa: RUF001 - marks are made of these characters

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from agentguard.access import model, tools
from agentguard.access.world import MemoryDisk, World
from agentguard.audit import erase, fields, known, query, record, rows, schema, show, spool, unsent, withhold
from agentguard.audit.redact import Redactor
from agentguard.errors import AuditError
from agentguard.policy.model import Decision, Hit

ROOT = Path(__file__).parent.parent.parent
PRINCIPAL = {"user": "alice", "known": "os", "roles": ["dev"], "device": "d1", "hostname": "laptop", "os": "linux"}
BUNDLE = {
    "name": "baseline", "revision": 7, "digest": "ab" * 32, "age": 60, "state": "grace", "verified": "signature",
    "problem": "the snapshot expired",
}  # fmt: skip
WORLD = World(
    home="/home/alice",
    project="/home/alice/p",
    branch="main",
    remotes={"origin": "https://alice:hunter2@git.example/acme/p.git"},
    disk=MemoryDisk({}),
)


def call(command="cat .env", event="PreToolUse", **more):
    return model.ToolCall(
        event, "Bash", {"command": command}, cwd="/home/alice/p", session="s1", tool_use_id="t1", subagent="helper",
        subagent_id="a1", permission_mode="default", agent_version="2.1.330", **more,
    )  # fmt: skip


def decided(found, the_call=None, **more):
    hits = (Hit("secrets/file", "deny", len(found) - 1), Hit("default:read", "allow", 0)) if found else ()
    decision = Decision(
        "deny", "deny", rule="secrets/file", would_rule="secrets/file", reason="a secret", remedy="ask",
        severity="high", hits=hits, rows=tuple(found), row_effects=tuple("deny" for _ in found),
    )  # fmt: skip
    return record.of_decision(
        the_call or call(),
        model.Access(found, work={"words": 2}, files={"/home/alice/p/run.sh": ("ab" * 32, 12)}),
        decision,
        world=WORLD,
        principal=PRINCIPAL,
        bundle=BUNDLE,
        latency_us=1234,
        redactor=Redactor(b"k" * 32),
        **more,
    )


def some_rows():
    origin = model.Origin(
        ("git", "push"),
        program="/usr/bin/git",
        flags=("--force", model.UNKNOWN),
        args=("origin", model.Pattern(("feature/", model.ANY))),
        via=("sudo",),
        traits=frozenset({"force", "publishes"}),
    )
    return [
        model.Row("use", tool="Bash"),
        model.Row(
            "read",
            "possible",
            origin=origin,
            path=model.Path(model.Pattern(("/a/", model.STAR)), "/b", "glob"),
            why="operand",
        ),
        model.Row("connect", origin=origin, host="git.example", port=443, method="POST"),
        model.Row("write", origin=origin, ref="main", remote="origin"),
        model.Row("write", variable=model.UNKNOWN),
        model.Row("execute", "opaque", package="left-pad", origin=model.Origin(("npm", "install"))),
        model.Row("mcp", server="srv", mcp_tool="do", sql_verb="DROP"),
        model.Row("delegate", subagent="general-purpose"),
    ]


def plain(row):
    """Return everything that a row says, as values that can be compared."""
    names = [name for name in model.Row.__slots__ if name not in ("origin", "path")]
    path = row.path and (row.path.text, row.path.resolved, row.path.extent)
    origin = [getattr(row.origin, name) for name in model.Origin.__slots__ if name != "span"]
    return [getattr(row, name) for name in names], path, origin


def test_rows_come_back_as_they_were():
    """A policy can be tried on a record: its rows are those that the evaluator saw."""
    found = some_rows()
    body, texts = decided(found)
    texts = json.loads(json.dumps(texts))
    assert [plain(row) for row in found] == [plain(row) for row in rows.rows(body, texts)]
    assert [frozenset()] * len(found) == rows.hidden(body)


@pytest.mark.parametrize(
    ("tool", "given", "expected"),
    [
        ("Read", {"file_path": "/a\0b"}, {"malformed"}),
        ("ExitWorktree", {"action": "remove", "discard_changes": True}, {"discards-work"}),
        ("Skill", {"skill": "deploy"}, {("deploy",)}),
    ],
)
def test_rows_of_tools_that_are_no_shell_keep_what_rules_ask_for(tool, given, expected):
    """A trait, and what a skill is called, stand on rows without a command: a record that lost them would look laxer."""
    found = tools.access(model.ToolCall("PreToolUse", tool, given, cwd="/home/alice/p"), WORLD).rows
    body, texts = json.loads(json.dumps(decided(found)))
    back = rows.rows(body, texts)
    assert [plain(row) for row in found] == [plain(row) for row in back]
    assert expected <= {value for row in back for value in (*row.origin.traits, row.origin.args)}


@pytest.mark.parametrize(
    ("tool", "given", "held", "found"),
    [
        ("Read", {"file_path": "/srv/\x1b[31mred"}, "/srv/\\x1b[31mred", "path:/srv/*red"),
        ("Grep", {"pattern": "x", "path": "/a\0b"}, "/a\\x00b", "path:/a*"),
        ("WebFetch", {"url": "https://good.example\\@evil.example/"}, "https://good.example\\@evil.example/", "evil"),
        ("Bash", {"command": "cat $'/srv/\\x1bred'"}, "/srv/\\x1bred", "path:/srv/*red"),
        ("Read", {"file_path": "/srv/token=hunter2/\udc80"}, "/srv/token=‹token›", "path:/srv/*"),
        ("Read", {"file_path": "/srv/" + "x" * 100_000}, "/srv/" + "x" * (record.TEXT_LIMIT - 5) + "…", "path:/srv/*"),
    ],
)
def test_what_is_malformed_is_recorded_escaped_and_cut(tool, given, held, found):
    """What the agent wanted can be searched and shown, and writes to nobody's terminal; masks of paths hold for it."""
    the_call = model.ToolCall("PreToolUse", tool, given, cwd="/home/alice/p")
    access = tools.access(the_call, WORLD).rows
    body, texts = json.loads(json.dumps(decided(access, the_call)))
    assert held in [row.get("malformed") for row in texts["rows"]]
    assert query.matches(query.parse(found, now=0), body, texts)
    assert held[:20] in show.details(show.Seen(body, texts))
    redactor = Redactor(b"k" * 32)
    redactor.withheld = {"row.path": False, "row.host": False}
    _body, texts = withhold.apply(body, texts, redactor)
    assert [] == [row for row in texts["rows"] if row.get("malformed")]


VALUES = st.one_of(
    st.text(alphabet="ab/.é", max_size=8),
    st.just(model.UNKNOWN),
    st.lists(
        st.one_of(st.text(alphabet="ab/", max_size=4), st.sampled_from([model.ANY, model.STAR, model.ONE])), max_size=4
    ).map(lambda parts: model.Pattern(tuple(parts))),
)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(model.ACTIONS), st.sampled_from(model.CERTAINTIES), VALUES, VALUES), max_size=5)
)
def test_any_rows_come_back(drawn):
    """Whatever values rows hold, they survive being recorded."""
    found = [
        model.Row(
            action, certainty, path=model.Path(value, other), host=other, origin=model.Origin(("x",), args=(value,))
        )
        for action, certainty, value, other in drawn
    ]
    body, texts = json.loads(json.dumps(decided(found)))
    assert [plain(row) for row in found] == [plain(row) for row in rows.rows(body, texts)]


def test_record_has_the_fields_of_the_table():
    """Every field that is recorded stands in the table, and every field that must be there is."""
    parts = {
        "decision": decided(some_rows()),
        "event": record.of_event(
            call(event="PostToolUse", fields={"duration_ms": 3}),
            principal=PRINCIPAL,
            bundle=BUNDLE,
            redactor=Redactor(b""),
        ),
        "error": record.of_error(
            None, "its input is not readable", effect="deny", principal=PRINCIPAL, bundle=BUNDLE, redactor=Redactor(b"")
        ),
        "heartbeat": record.of_heartbeat(
            None,
            json.dumps(
                {"install": "managed", "client": "2", "source": "file", "enforces": True, "doctor": {}}
            ).encode(),
            version="1",
            principal=PRINCIPAL,
            bundle=BUNDLE,
            redactor=Redactor(b""),
        ),
    }
    by_spool = {"chain", "seq", "prev", "texts", "lost", "torn", "full", "cut"}
    for kind, (body, texts) in parts.items():
        for part, values in (("body", body), ("texts", texts)):
            known = {field.name for field in fields.FIELDS if field.part == part and kind in field.kinds}
            needed = {
                field.name for field in fields.FIELDS if field.part == part and kind in field.kinds and field.always
            }
            assert set() == set(values) - known
            assert set() == needed - set(values) - by_spool
    body, texts = parts["decision"]
    for part, values in (
        ("row", body["rows"]), ("row texts", texts["rows"]),
        ("origin", body["origins"]), ("origin texts", texts["origins"]),
    ):  # fmt: skip
        known = {field.name for field in fields.FIELDS if field.part == part}
        assert set() == {name for value in values for name in value} - known


@pytest.mark.parametrize(
    "health",
    [
        None,
        b"",
        b"{",
        b"[1]",
        b"1",
        b'{"doctor": 1, "source": {}, "enforces": "yes", "other": 1}',
        b"\xff",
        b"[" * 8000,
    ],
)
def test_file_of_health_that_makes_no_sense_says_nothing(health):
    """Whoever can write it gets no more than a heartbeat without these fields."""
    body, _texts = record.of_heartbeat(
        None, health, version="1", principal=PRINCIPAL, bundle=BUNDLE, redactor=Redactor(b"")
    )
    assert not {"doctor", "source", "enforces", "other"} & set(body)
    assert ("heartbeat", "1") == (body["kind"], body["agentguard"])


def test_page_and_schema_are_up_to_date():
    """What is made from the tables is as they say: `scripts/generate-packs` makes it again."""
    assert fields.document() == (ROOT / "docs" / "records.md").read_text()
    assert known.document() == (ROOT / "docs" / "secret-shapes.md").read_text()
    assert schema.document() == (ROOT / "docs" / "records.schema.json").read_text()


def test_schema_takes_every_kind_of_record_and_nothing_else(folder):
    """Lines as the spool writes them, of all kinds, whole and erased; no field more, none less, no other word."""
    Draft202012Validator.check_schema(schema.schema())
    check = Draft202012Validator(schema.schema())
    spool.append(folder, *decided(some_rows()))
    spool.append(
        folder, *record.of_error(None, "x", effect="deny", principal=PRINCIPAL, bundle=BUNDLE, redactor=Redactor(b""))
    )
    spool.append(
        folder, *record.of_event(model.ToolCall("Stop"), principal=PRINCIPAL, bundle=BUNDLE, redactor=Redactor(b""))
    )
    list(unsent.admit(folder, "gone", {"chain": "ab" * 16, "first": 1, "last": 2}, device="d1", user="alice"))
    health = json.dumps(
        {"install": "managed", "doctor": {"time": "x", "healthy": True, "errors": 1, "findings": ["a"]}}
    )
    spool.append(
        folder,
        *record.of_heartbeat(
            None, health.encode(), version="1", principal=PRINCIPAL, bundle=BUNDLE, redactor=Redactor(b"")
        ),
    )
    erase.erase(folder, [1], {"device": "d1", "user": "alice"}, "a test")
    lines = [json.loads(line.raw) for line in spool.read(folder)]
    assert set(fields.KINDS) == {line["b"]["kind"] for line in lines}
    for line in lines:
        assert [] == [f"{error.json_path}: {error.message}" for error in check.iter_errors(line)]
        for field in fields.FIELDS:
            part = {fields.BODY: "b", fields.TEXTS: "t"}.get(field.part)
            if part and field.name in (line[part] or {}) and line["b"]["kind"] in field.kinds:
                less = {key: value for key, value in line[part].items() if key != field.name}
                assert (field.name, not field.always) == (field.name, check.is_valid({**line, part: less}))
        assert not check.is_valid({**line, "b": {**line["b"], "more": 1}})
    assert not check.is_valid({**lines[1], "b": {**lines[1]["b"], "effect": "maybe"}})


def test_facts_are_in_the_body_and_words_in_the_texts():
    """What can be erased later is not in the body: no path, no command, no argument, no reason."""
    body, texts = decided(some_rows())
    written = json.dumps(body)
    for word in ("/a/", "cat .env", "git.example", "a secret", "/home/alice", "left-pad", "feature/", "push"):
        assert word not in written
        assert word in json.dumps(texts)
    assert "deny" == body["effect"]
    assert ["secrets/file", "default:read"] == body["rules"]
    assert [["default:read"], ["secrets/file"]] == [body["rows"][0]["rules"], body["rows"][-1]["rules"]]
    assert "https://git.example/acme/p" == texts["repo"]
    assert "the snapshot expired" == texts["bundle_problem"]


def test_files_that_were_read_are_named_with_their_hashes():
    """The hash is a fact; the path is a text that can be erased, and what looks like a secret in it is hidden."""
    body, texts = decided(some_rows())
    assert [{"sha256": "ab" * 32, "bytes": 12}] == body["read_files"]
    assert ["/home/alice/p/run.sh"] == texts["read_files"]
    access = model.Access([], files={"/srv/ghp_" + "a1" * 18 + "/run.sh": ("cd" * 32, 1)})
    nothing = Decision("allow", "allow")
    body, texts = record.of_decision(
        call(), access, nothing, world=WORLD, principal=PRINCIPAL, bundle=BUNDLE, latency_us=1, redactor=Redactor(b"")
    )
    assert "ghp_" not in json.dumps([body, texts])
    assert "cd" * 32 == body["read_files"][0]["sha256"]


def test_call_that_runs_no_file_has_no_field_for_them():
    """Most records say nothing of files that were read."""
    body, texts = record.of_decision(
        call(), model.Access([]), Decision("allow", "allow"), world=WORLD, principal=PRINCIPAL, bundle=BUNDLE,
        latency_us=1, redactor=Redactor(b""),
    )  # fmt: skip
    assert "read_files" not in body
    assert "read_files" not in texts


def test_secret_in_the_command_is_hidden_in_the_rows_too():
    """The record says which values of which rows cannot be decided on."""
    origin = model.Origin(("mysql",), args=("-phunter2", "shop"))
    found = [
        model.Row("execute", origin=origin),
        model.Row("connect", host="db", origin=origin),
        model.Row("read", path=model.Path("/srv/ghp_" + "a1" * 18)),
        model.Row("read", path=model.Path("/srv/x")),
    ]
    body, texts = decided(found, call("mysql -phunter2 shop"))
    assert "hunter2" not in json.dumps([body, texts])
    assert "ghp_" not in json.dumps([body, texts])
    assert [{"args"}, {"args"}, {"path"}, set()] == [set(keys) for keys in rows.hidden(body)]
    assert {"password": 1, "github-token": 1} == body["redactions"]
    assert ["-p‹password›", "shop"] == texts["origins"][0]["args"]


def test_long_texts_are_cut_and_no_half_secret_is_left():
    """A text keeps at most 4,096 characters, and a secret at the edge of what is read is gone."""
    token = "ghp_" + "a1" * 18
    for length in range(65_480, 65_540, 3):
        body, texts = decided([model.Row("use", tool="Bash")], call("x" * length + " " + token))
        assert 4097 >= len(texts["command"])
        assert "ghp_" not in json.dumps([body, texts])
    texts = decided([], call("PASSWORD=" + "y" * 70_000 + " " + token))[1]
    assert "a1a1" not in texts["command"]


def test_record_of_a_huge_call_is_bounded():
    """Thousands of rows, arguments and long names end in a bounded record that does not claim to be complete."""
    origin = model.Origin(("x",), args=tuple(f"token=secret{number}" for number in range(5000)))
    found = [model.Row("read", path=model.Path("/a" * 3000), origin=origin) for _ in range(5000)]
    body, texts = decided(found)
    assert 256 == len(body["rows"]) == len(texts["rows"])
    assert body["rows_complete"] is False
    assert "secret4" not in json.dumps(texts)
    assert "args" in rows.hidden(body)[0]


def test_erased_texts_give_no_rows():
    """A record whose texts were erased cannot be replayed, and says so."""
    body, _texts = decided(some_rows())
    with pytest.raises(AuditError, match="erased"):
        rows.rows(body, None)
    with pytest.raises(AuditError):
        rows.rows(body, {"rows": [], "origins": []})
    with pytest.raises(AuditError):
        rows.rows({"kind": "event"}, {})


def test_cut_record_is_undecidable_everywhere():
    """Where the spool had to cut a record, nothing of its rows can be decided on."""
    body, _texts = decided(some_rows())
    body["cut"] = True
    assert all({"path", "args", "host", "command"} <= keys for keys in rows.hidden(body))


def test_prompts_outputs_and_contents_are_not_recorded():
    """A prompt, a tool's input beside its command, and unknown fields of an event stay out."""
    prompt = model.ToolCall(
        "UserPromptSubmit", cwd="/p", prompt="my private words", fields={"prompt": "my private words"}
    )
    write = model.ToolCall("PreToolUse", "Write", {"file_path": "/p/a", "content": "my private words"}, cwd="/p")
    post = call(event="PostToolUse", fields={"tool_response": "my private words", "duration_ms": "my private words"})
    made = [
        decided([model.Row("prompt")], prompt),
        decided([model.Row("write", path=model.Path("/p/a"))], write),
        record.of_event(post, principal=PRINCIPAL, bundle=BUNDLE, redactor=Redactor(b"")),
    ]
    assert "private" not in json.dumps(made)
    assert "done" == made[2][0]["outcome"]


def test_times_sort_like_texts():
    """A time is ISO 8601 in UTC with milliseconds."""
    assert "1970-01-01T00:00:00.000Z" == record.stamp(0)
    assert "2026-05-01T12:00:00.250Z" == record.stamp(1777636800.25)
    assert record.stamp(1777636800.249) < record.stamp(1777636800.25)


BANNED = {
    "json", "re", "enum", "signal", "dataclasses", "typing", "pathlib", "collections", "functools", "hashlib",
    "logging", "subprocess", "base64", "datetime", "random", "secrets", "platform", "shlex", "glob", "fnmatch",
    "urllib", "uuid", "contextlib", "tomllib",
}  # fmt: skip


def test_hook_pays_for_nothing_that_it_does_not_need(bare, folder):
    """Recording, also of a secret, in a fresh spool, with a record that is cut: no costly module is imported."""
    code = """
    from agentguard.access import model, tools
    from agentguard.access.world import MemoryDisk, World
    from agentguard.audit import record, redact, spool
    from agentguard.policy.model import Decision
    quick = set(sys.modules)
    redactor = redact.Redactor(lambda: spool.device_key(sys.argv[1]))
    body, texts = record.of_decision(
        model.ToolCall("PreToolUse", "Bash", {"command": "PASSWORD=x ghp_" + "a1" * 18}, cwd="/"), model.Access([]),
        Decision("allow", "allow"), world=World(home="/h", disk=MemoryDisk({})), principal={}, bundle={}, latency_us=1,
        redactor=redactor)
    texts["long"] = "x" * 100000
    spool.append(sys.argv[1], body, texts)
    print(" ".join(quick), "|", " ".join(sys.modules))
    """
    quick, _, late = bare(code, folder).stdout.partition("|")
    assert set() == BANNED & set(late.split())
    assert {"agentguard.audit.scan", "agentguard.audit.mend", "agentguard.audit.hide"} & set(quick.split()) == set()
