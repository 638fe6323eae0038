"""The commands `agentguard audit …`, as a person runs them."""

import csv
import json
import os

import pytest
import warm

from agentguard import places
from agentguard.audit import memory, schema, spool
from agentguard.cli import common

RECORD = {
    "id": "00112233445566ff", "kind": "decision", "time": "2026-05-01T10:00:00.000Z", "user": "alice",
    "tool": "Bash", "effect": "allow", "would": "deny", "rule": "", "would_rule": "secrets/file",
    "rules": ["secrets/file"], "device": "d1",
    "bundle": {"name": "baseline", "revision": 3, "state": "fresh", "digest": "ab"},
    "rows": [{"action": "read", "effect": "deny", "origin": 0, "rules": ["secrets/file"]}, 7], "origins": [{}],
}  # fmt: skip
TEXTS = {
    "command": "cat .env \x1b[31m\u202e", "reason": "it is a secret", "rows": [{"path": ["/srv/", 1]}, {}],
    "origins": [{"command": ["cat"]}],
}  # fmt: skip


@pytest.fixture
def home(tmp_path):
    """A home whose spool has two records after its genesis."""
    folder = places.personal(str(tmp_path)).spool(os.getuid())
    spool.append(folder, RECORD, TEXTS)
    spool.append(folder, {**RECORD, "id": "ff", "would": "allow", "would_rule": ""}, {"command": "ls"})
    return str(tmp_path)


@pytest.fixture
def audit(home):
    """A function that runs `agentguard audit …` on that home."""

    def run(*arguments):
        return warm.run("audit", *arguments, "--home", home)

    return run


def test_tail_prints_a_table(audit):
    """One line a record, newest last, with nothing in it that a terminal would act on."""
    done = audit("tail", "-n", "2")
    assert 0 == done.returncode, done.stderr
    assert [
        "time                      user   effect              tool  rule          what           id",
        "2026-05-01T10:00:00.000Z  alice  allow (would deny)  Bash  secrets/file  cat .env [31m  00112233445566ff",
        "2026-05-01T10:00:00.000Z  alice  allow               Bash                ls             ff",
    ] == done.stdout.splitlines()


def test_tail_as_json_has_everything(audit):
    """What is in the record is in the JSON."""
    records = json.loads(audit("tail", "--json").stdout)
    assert ["genesis", "decision", "decision"] == [record["body"]["kind"] for record in records]
    assert TEXTS == records[1]["texts"]


def test_search_finds_the_newest_first(audit):
    """The query language of the collector works on the local spool."""
    assert ["ff", "00112233445566ff"] == [
        record["body"]["id"] for record in json.loads(audit("search", "kind:decision", "--json").stdout)
    ]
    done = audit("search", "would:deny", "path:/srv/*", "--json")
    assert ["00112233445566ff"] == [record["body"]["id"] for record in json.loads(done.stdout)]
    done = audit("search", "effect:deny")
    assert (0, "", "no records\n") == (done.returncode, done.stdout, done.stderr)
    assert "there may be more" in audit("search", "kind:decision", "--limit", "1").stderr


def test_search_gives_whole_records_a_line_each(audit):
    """All that are found, however many, exactly as they stand in the spool."""
    done = audit("search", "kind:decision", "--raw", "--limit", "1")
    assert done.stdout.encode() == audit("tail", "-n", "2", "--raw").stdout.encode()
    assert ["00112233445566ff", "ff"] == [json.loads(line)["b"]["id"] for line in done.stdout.splitlines()]


def test_search_points_at_a_mistake(audit):
    """A query that makes no sense is a usage error that shows the place."""
    done = audit("search", "tool:Bash efect:deny")
    assert 2 == done.returncode
    assert "did you mean effect?\n  tool:Bash efect:deny\n            ^" in done.stderr


def test_word_that_is_no_utf8_is_a_usage_error(audit, tmp_path):
    """Here and at a collector: no traceback, whatever byte the shell hands on."""
    odd = b"\xff\xfe".decode("utf-8", "surrogateescape")
    to = str(tmp_path / "x")
    for words in (
        ("search", odd),
        ("stats", odd),
        ("export", odd, "--to", to),
        ("erase", odd, "--reason", "x"),
    ):
        done = audit(*words)
        assert (2, True) == (done.returncode, "not UTF-8" in done.stderr), done.stderr
    words = ("--collector", "http://127.0.0.1:9", "--token-file", str(tmp_path / "none"))
    (tmp_path / "none").write_text("token")
    assert 3 == audit("show", odd).returncode
    for command in ("search", "stats"):
        done = warm.run("audit", command, odd, *words)
        assert (2, True) == (done.returncode, "not UTF-8" in done.stderr), done.stderr


def test_term_with_a_minus_is_no_option(audit):
    """However much it looks like several: `-tool:Bash` has an h at its end. What an option takes stays with it."""
    assert "no records\n" == audit("search", "kind:decision", "-tool:Bash").stderr
    assert 2 == len(json.loads(audit("search", "-push", "-id:0*h", "kind:decision", "--json").stdout))
    assert 2 == audit("search", "kind:decision", "--limit", "-5h").returncode
    assert 0 == audit("search", "-h").returncode


def test_show_prints_one_record(audit):
    """The rows, the rule and the policy of one decision."""
    done = audit("show", "00112233445566ff")
    assert 0 == done.returncode, done.stderr
    lines = [line.split(maxsplit=1) for line in done.stdout.splitlines()]
    facts = {line[0]: line[1] for line in lines if len(line) > 1}
    assert ("secrets/file", "baseline 3 (fresh)", "it is a secret") == (
        facts["would_rule"], facts["bundle"], facts["reason"],
    )  # fmt: skip
    assert "row 0             deny · read · certain · /srv/* · cat · secrets/file" in done.stdout
    assert "\x1b" not in done.stdout
    assert (3, "") == (audit("show", "nothing").returncode, audit("show", "nothing").stdout)


@pytest.fixture
def session(home):
    """A session of three calls: one that was asked about and ran, one that was denied, one that nobody knows of."""
    folder = places.personal(home).spool(os.getuid())
    for number, (event, call, effect) in enumerate(
        [("PreToolUse", "a", "ask"), ("PostToolUse", "a", ""), ("PreToolUse", "b", "deny"), ("PreToolUse", "c", "ask")]
    ):
        more = (
            {"kind": "decision", "effect": effect, "would": effect} if effect else {"kind": "event", "outcome": "done"}
        )
        body = {**RECORD, **more, "id": f"{number:016x}", "session": "s", "event": event, "tool_use_id": call}
        spool.append(folder, body, TEXTS)


@pytest.mark.usefixtures("session")
def test_show_tells_the_whole_story(audit):
    """How the call ended, what its chain is worth, and what the session did before and after."""
    lines = audit("show", f"{0:016x}").stdout.splitlines()
    assert "ended             granted: it ran" in lines
    assert "chain status      holds" in lines
    assert ["0000000000000001", "0000000000000002", "0000000000000003"] == [
        line.split()[-1] for line in lines[lines.index("after in this session:") + 1 :]
    ]
    found = json.loads(audit("show", f"{2:016x}", "--json", "--around", "1").stdout)
    assert [["0000000000000001"], ["0000000000000003"]] == [
        [one["body"]["id"] for one in found[side]] for side in ("before", "after")
    ]
    assert ({"word": "denied", "why": "it was stopped"}, True) == (found["ended"], found["standing"]["holds"])
    assert None is found["standing"]["acknowledged"]


@pytest.mark.usefixtures("session")
def test_stats_count_what_a_search_finds(audit):
    """By verdict, rule, tool, person and day, and how asks ended."""
    found = json.loads(audit("stats", "session:s", "--json").stdout)
    assert (4, {"ask": 2, "deny": 1}, {"secrets/file": 4}, {"granted": 1, "unknown": 1}, {"2026-05-01": 4}) == (
        found["records"], {key: found["verdicts"][key] for key in ("ask", "deny")}, found["rules"], found["asks"],
        found["days"],
    )  # fmt: skip
    done = audit("stats", "session:nobody")
    assert (0, "0 records\n") == (done.returncode, done.stdout)


@pytest.mark.usefixtures("session")
def test_denied_call_that_ran_all_the_same_is_said(audit, home):
    """By show, with the record that says so, and by stats, with its id: nothing stopped it."""
    quiet = audit("stats", "session:s")
    assert "YET IT RAN" not in quiet.stdout
    assert {"denied": 1} == json.loads(audit("stats", "verdict:deny", "--json").stdout)["denials"]
    more = {"kind": "event", "outcome": "done", "event": "PostToolUse", "session": "s", "tool_use_id": "b"}
    spool.append(places.personal(home).spool(os.getuid()), {**RECORD, **more, "id": "ee"}, {})
    said = "ended             ran: it was denied, and yet the agent's client says that it ran"
    assert said in audit("show", f"{2:016x}").stdout.splitlines()
    found = json.loads(audit("stats", "verdict:deny", "--json").stdout)
    assert (1, {"ran": 1}, ["0000000000000002"]) == (found["records"], found["denials"], found["ran"])
    assert ["DENIED, AND YET IT RAN", "0000000000000002"] == audit("stats", "verdict:deny").stdout.splitlines()[-2:]


def test_stats_ask_for_sessions_in_parts(audit, home):
    """However many sessions there are, a query for them stays within its limit."""
    folder = places.personal(home).spool(os.getuid())
    for number in range(40):
        more = {"session": f"{number:02}" + 'x"' * 100, "tool_use_id": "c", "effect": "deny"}
        spool.append(folder, {**RECORD, **more, "event": "PreToolUse", "id": f"{number:016x}"}, {})
    more = {"kind": "event", "outcome": "done", "event": "PostToolUse", "id": "ee", "effect": ""}
    spool.append(folder, {**RECORD, **more, "session": "07" + 'x"' * 100, "tool_use_id": "c"}, {})
    found = json.loads(audit("stats", "verdict:deny", "--json").stdout)
    assert ({"denied": 39, "ran": 1}, [f"{7:016x}"]) == (found["denials"], found["ran"])


def test_nothing_to_verify_is_no_proof(audit, tmp_path):
    """No spool, or a file without a line: an error that says so, and not a log that holds."""
    (tmp_path / "empty").write_bytes(b"")
    for words, text in (
        (("--home", tmp_path / "nobody"), "there is no spool in"),
        (("--file", tmp_path / "empty"), "has no record"),
    ):
        done = warm.run("audit", "verify", *words)
        assert (1, True) == (done.returncode, text in done.stderr)


@pytest.mark.parametrize("data", [b"", b"-----BEGIN PRIVATE KEY-----\nMIGH\n", b"two\ntokens\n", b"\xff\n"])
def test_file_that_holds_no_token_is_not_printed(tmp_path, data):
    """A key that was named by mistake reaches neither the terminal nor the network."""
    (tmp_path / "token").write_bytes(data)
    done = warm.run("audit", "search", "x", "--collector", "https://localhost:1", "--token-file", tmp_path / "token")
    assert (1, f"{tmp_path}/token holds no token") == (
        done.returncode,
        done.stderr.split("agentguard: ")[1].splitlines()[0],
    )
    assert "MIGH" not in done.stderr


def test_csv_of_a_search_is_a_table(audit):
    """With its headings, and the newest first."""
    heads, *rows = csv.reader(audit("search", "kind:decision", "--csv").stdout.splitlines())
    assert ["ff", "00112233445566ff"] == [row[heads.index("id")] for row in rows]
    assert "cat .env [31m" == rows[1][heads.index("what")]


def test_exported_lines_are_verified_elsewhere(audit, tmp_path):
    """Of an export it is said what its query left out; lines without a manifest must be a whole log."""
    for query, left_out in (((), []), (("-id:00112233445566ff",), [(1, 1)])):
        path = tmp_path / f"{len(left_out)}.jsonl"
        made = json.loads(audit("export", *query, "--to", path, "--json").stdout)
        assert 3 - len(left_out) == made["records"]
        digest = made["manifest"]["sha256"]
        done = audit("verify", "--file", path, "--sha256", digest, "--json")
        found = json.loads(done.stdout)
        assert (0, []) == (done.returncode, found["missing"])
        assert left_out == [(one["first"], one["last"]) for one in found["left_out"]]
    part = tmp_path / "part.jsonl"
    part.write_bytes(path.read_bytes())
    done = audit("verify", "--file", part, "--json")
    assert [(1, 1)] == [(one["first"], one["last"]) for one in json.loads(done.stdout)["missing"]]
    assert (3, 2) == (done.returncode, audit("verify", "--file", part, "--sha256", digest).returncode)
    done = audit("export", "--to", path)
    assert (2, True) == (done.returncode, "File exists" in done.stderr)
    assert 2 == audit("verify", "--file", path, "--key", "00").returncode


def test_outgoing_is_what_has_not_gone(audit, home):
    """Exactly the lines that the next upload carries, and nothing that the collector has signed for."""
    where = places.personal(home)
    with open(os.path.join(where.spool(os.getuid()), spool.CURRENT), "rb") as file:
        lines = file.read()
    assert lines == audit("tail", "--outgoing").stdout.encode()
    head = json.loads(lines.splitlines()[0])
    os.makedirs(where.sync)
    memory.write_json(
        os.path.join(where.sync, "upload.json"), {"acknowledged": {str(os.getuid()): {head["b"]["chain"]: 1}}}
    )
    assert lines.splitlines(keepends=True)[2] == audit("tail", "--outgoing").stdout.encode()


def test_erase_says_first_what_it_would_do(audit):
    """Nothing goes without --yes; then texts are gone, the chain holds, and the tombstone has the reason."""
    assert ["00112233445566ff"] == json.loads(audit("erase", "would:deny", "--reason", "request 12", "--json").stdout)[
        "would_erase"
    ]
    assert 3 == len(json.loads(audit("tail", "--json").stdout))
    done = audit("erase", "would:deny", "--reason", "request 12", "--yes")
    assert (0, "the texts of 1 record are erased\n") == (done.returncode, done.stderr)
    assert "(erased)" in audit("tail").stdout
    assert ["erasure"] == [one["body"]["kind"] for one in json.loads(audit("search", '"request 12"', "--json").stdout)]
    assert 0 == audit("verify").returncode
    for query in ("would:deny", "kind:erasure"):  # tombstones stay
        assert 3 == audit("erase", query, "--reason", "x", "--yes").returncode


def test_schema_is_printed():
    """The one that docs/records.schema.json holds."""
    assert schema.document() == warm.run("audit", "schema").stdout


def test_verify_says_yes_or_no(audit, home):
    """Exit 0 if the log holds, 3 if not, with the place."""
    done = audit("verify")
    assert (0, "the audit log holds: 3 records\n") == (done.returncode, done.stderr)
    path = os.path.join(places.personal(home).spool(os.getuid()), spool.CURRENT)
    with open(path, "rb") as file:
        data = file.read()
    with open(path, "wb") as file:
        file.write(data.replace(b'"would":"allow"', b'"would":"alloW"'))
    done = audit("verify")
    assert 3 == done.returncode
    assert "broken: current.ndjson:3: record 2 does not follow from record 1: one was changed" in done.stdout
    done = audit("verify", "--json")
    assert (3, False) == (done.returncode, json.loads(done.stdout)["holds"])
    with open(path, "wb") as file:
        file.write(data[:-100])
    assert "cut off" in audit("tail").stderr


def test_collector_needs_a_token_and_an_address(audit, tmp_path):
    """A collector that is not there, and a token that is not given, end in one line."""
    done = audit("search", "x", "--collector", "http://127.0.0.1:9")
    assert (2, True) == (done.returncode, "--token-file" in done.stderr)
    (tmp_path / "token").write_text("x")
    done = audit("search", "x", "--collector", "http://127.0.0.1:9", "--token-file", str(tmp_path / "token"))
    assert (1, True) == (done.returncode, "cannot be reached" in done.stderr)
    done = audit("verify", "--collector", "http://c.example", "--token-file", str(tmp_path / "token"))
    assert (1, True) == (done.returncode, "https://" in done.stderr)


def test_spool_that_is_not_there_is_empty(tmp_path):
    """A new install has no records, and that is no error."""
    done = warm.run("audit", "tail", "--home", tmp_path)
    assert (0, "", "no records\n") == (done.returncode, done.stdout, done.stderr)


def test_answers_from_a_damaged_spool_say_so(audit, home):
    """What cannot be read may be what was asked for."""
    path = os.path.join(places.personal(home).spool(os.getuid()), spool.CURRENT)
    with open(path, "rb") as file:
        first, *rest = file.read().splitlines(keepends=True)
    with open(path, "wb") as file:
        file.writelines([first, b"not a record\n", *rest])
    for words in (("search", "kind:decision"), ("stats",)):
        done = audit(*words)
        assert "not all is here: 1 lines of the spool are no records" in done.stderr


def test_records_of_a_machine_that_a_package_alone_guards_are_found(tmp_path, monkeypatch):
    """There is no anchor that would make it a managed one; a spool of the person's own comes first."""
    system = places.Places(places.MANAGED, *(str(tmp_path / name) for name in ("code", "etc", "var")))
    monkeypatch.setattr(places, "managed", lambda: system)
    monkeypatch.setattr(places, "account_home", lambda: str(tmp_path / "home"))
    own = places.personal(str(tmp_path / "home"))
    assert own.state == common.place_of_records(None).state
    spool.append(system.spool(os.getuid()), RECORD, TEXTS)
    assert system is common.place_of_records(None)
    assert str(tmp_path) == common.place_of_records(str(tmp_path)).home
    spool.append(own.spool(os.getuid()), RECORD, TEXTS)
    assert own.state == common.place_of_records(None).state
