"""What `policy explain` says about a call: the decision, every row, and the rules that had a say about it."""

import tomllib

import pytest

from agentguard import jsontext
from agentguard.access.model import (
    ANY,
    CONNECT,
    EXECUTE,
    MCP,
    OPAQUE,
    POSSIBLE,
    READ,
    TREE,
    UNKNOWN,
    WRITE,
    Origin,
    Path,
    Pattern,
    Row,
    ToolCall,
)
from agentguard.policy import calls, engine, setting, source, why
from agentguard.policy.compile import compile_folder, compile_source
from agentguard.policy.explain import as_text, explanation, printable, programs, reading, row_text, row_values

POLICY = """
schema = 1
name = "acme"

[[rule]]
id = "secrets/file"
effect = "deny"
path = ["**/.env"]
severity = "high"
reason = "{path} is a secret."
remedy = "Ask the person."

[[rule]]
id = "trial/read"
effect = "ask"
mode = "observe"
action = "read"
path = ["/**"]
"""


def policy():
    document = source.Document("bundle.toml", source.BUNDLE, tomllib.loads(POLICY), POLICY)
    return engine.load(jsontext.canonical(compile_source(source.Source("x", (document,), ())).policy))


def explained(call, files=(".env", "a")):
    loaded = policy()
    world = setting.made_up(dict.fromkeys(files, ""), {})
    return explanation(loaded, call, *setting.judge(loaded, call, world))


def plain(text, **_style):
    return text


def test_an_explanation_holds_the_whole_decision() -> None:
    """Plain values, ready for JSON."""
    found = explained(calls.of_line("Read .env", setting.PROJECT))
    assert {
        "bundle": "acme",
        "mode": "enforce",
        "tool": "Read",
        "effect": "deny",
        "rule": "secrets/file",
        "would": "deny",
        "would_rule": "secrets/file",
        "severity": "high",
        "reason": '"/home/dev/project/.env" is a secret.',
        "remedy": "Ask the person.",
        "tool_known": True,
        "rows_complete": True,
    } == {key: value for key, value in found.items() if key != "rows"}
    use, read = found["rows"]
    assert ("use", "allow", []) == (use["action"], use["effect"], use["rules"])
    assert ("read", "deny", "/home/dev/project/.env") == (read["action"], read["effect"], read["path"])
    assert {"rule": "secrets/file", "effect": "deny", "certain": True, "counts": True} in read["rules"]
    assert {"rule": "trial/read", "effect": "ask", "certain": True, "counts": False} in read["rules"]


def test_the_text_for_a_person() -> None:
    """Effect and rule first, then why, then row by row."""
    text = as_text(explained(calls.of_line("Read .env", setting.PROJECT)), plain)
    assert (
        """\
deny by secrets/file  (bundle acme, mode enforce)
  reason  "/home/dev/project/.env" is a secret.
  remedy  Ask the person.

  allow  certain   use
  deny   certain   read /home/dev/project/.env
         - secrets/file: deny
         - trial/read: ask (only observed)"""
        == text
    )


def test_what_would_happen_is_told_where_it_differs() -> None:
    """A rule that only observes shows in the headline."""
    text = as_text(explained(calls.of_line("Read a", setting.PROJECT)), plain)
    assert "allow; if all were enforced: ask by trial/read  (bundle acme, mode enforce)" == text.split("\n")[0]


def test_what_is_written_on_beside_the_resource_is_shown() -> None:
    """Options, operands, method and statement, which conditions can ask for; and a program that nothing is known about."""
    call, world = (
        calls.of_bash("curl -X POST https://h.example/ && frob go --now && psql -c 'DROP TABLE t'", setting.PROJECT),
        setting.made_up({}, {}),
    )
    access = setting.judge(policy(), call, world)[0]
    text = as_text({**explained(call), **programs(access, world)}, plain)
    assert "nothing is known about the program frob: what its words look like decides" in text
    for shown in (
        "flags --request=POST; args https://h.example/",
        "method POST",
        "flags --now; args go",
        "sql_verb DROP",
    ):
        assert shown in text
    assert {} == programs(setting.judge(policy(), calls.of_bash("ls", setting.PROJECT), world)[0], world)


def test_a_call_that_nothing_stops_is_said_so() -> None:
    """Also one without a command."""
    call = calls.of_bash("", setting.PROJECT)
    text = as_text({**explained(call), **reading(call, setting.made_up({}, {}))}, plain)
    assert text.startswith("allow: nothing stops it  (bundle acme, mode enforce)\n")
    assert "  what its words come to\n    no command\n" in text


WHY = """
schema = 1
name = "why"
[[rule]]
id = "a/write"
effect = "deny"
action = "write"
path = ["/etc/**", "/srv/*.txt"]
unless = [{ branch = ["x"] }, { users = ["dev"], path = ["/etc/acme/**"] }]
[[rule]]
id = "a/opaque"
effect = "ask"
certainty = "opaque"
via = "sh -c"
[[rule]]
id = "a/allow"
effect = "allow"
command = "tee"
"""


@pytest.mark.parametrize(
    ("text", "rule", "action", "expected"),
    [
        ("tee /etc/x", "a/write", "write", "yes"),
        ("tee /etc/acme/x", "a/write", "write", "no     write /etc/acme/x  (table 2 of unless lifts it)"),
        ("tee /opt/x", "a/write", "write", "no     write /opt/x  (path does not fit)"),
        ("tee /srv/$x.txt", "a/write", "write", "(path may fit)"),
        ("tee /etc/x", "a/write", "execute", "(action and path do not fit)"),
        ("tee /etc/x", "a/allow", "write", "yes    write /etc/x"),
        ("sh -c ls", "a/opaque", "execute", "no     execute ls  (certainty does not fit)"),
        ('eval "$x"', "a/opaque", "execute", "(via does not fit)"),
        ('eval "$x"', "a/allow", "execute", "(certainty does not fit)"),
    ],
)
def test_why_a_rule_matches(tmp_path, text, rule, action, expected) -> None:
    """A condition that the row misses is named, and so is a table of unless that lifts the rule."""
    (tmp_path / "bundle.toml").write_text(WHY)
    loaded = engine.load(compile_folder(str(tmp_path)))
    call, world = calls.of_bash(text, setting.PROJECT), setting.made_up({"/etc/x": "", "/srv/a.txt": ""}, {})
    rows = setting.judge(loaded, call, world)[1].rows
    told = why.of_rule(loaded, rule, rows, world, setting.told(loaded, call, world))
    shown = why.lines(told, [row_text(row_values(row)) for row in rows], plain)[1:]
    assert any(expected in line for row, line in zip(rows, shown, strict=True) if row.action == action), shown


def test_an_unknown_tool_and_an_event_without_access_are_said_so() -> None:
    """Nothing to show is said, not shown as nothing."""
    unknown = as_text(explained(calls.of_tool("Frob\x1b[31m", {}, setting.PROJECT)), plain)
    assert "  agentguard does not know the tool Frob\\x1b[31m" in unknown.split("\n")
    silent = as_text(explained(ToolCall("SessionStart", cwd=setting.PROJECT)), plain)
    assert "this call makes no access that a policy could decide on" in silent


def test_effects_are_coloured_where_that_is_possible() -> None:
    """Red is for deny."""
    styles = []

    def colour(text, **style):
        styles.append((text.strip(), style.get("fg")))
        return text

    as_text(explained(calls.of_line("Read .env", setting.PROJECT)), colour)
    assert [("deny", "red"), ("allow", "green"), ("deny", "red")] == styles


GIT = Origin(
    ("git", "push"),
    flags=("--force",),
    args=("origin", UNKNOWN),
    via=("sudo",),
    traits=frozenset({"force", "publishes"}),
    span=(5, 13),
)


ROWS = [
    (Row(READ, path=Path("/a")), {"path": "/a"}, "read /a"),
    (
        Row(READ, path=Path("/a", "/b", TREE)),
        {"path": "/a", "resolved": "/b", "extent": "tree"},
        "read /a and all beneath -> /b",
    ),
    (
        Row(WRITE, POSSIBLE, path=Path(Pattern(("/a/", ANY)))),
        {"certainty": "possible", "path": "/a/…"},
        "write /a/…",
    ),
    (
        Row(CONNECT, host="x.example", port=443, method="POST"),
        {"host": "x.example", "port": 443, "method": "POST"},
        "connect host x.example:443",
    ),
    (Row(CONNECT, host=UNKNOWN), {"host": "…"}, "connect host …"),
    (Row(MCP, server="s", mcp_tool="t"), {"server": "s", "mcp_tool": "t"}, "mcp server s t"),
    (Row(EXECUTE, OPAQUE, why="not read"), {"certainty": "opaque", "why": "not read"}, "execute"),
    (
        Row(EXECUTE, origin=GIT, ref="main", remote="origin"),
        {
            "ref": "main",
            "remote": "origin",
            "command": ["git", "push"],
            "flags": ["--force"],
            "args": ["origin", "…"],
            "via": ["sudo"],
            "traits": ["force", "publishes"],
            "from": "git push",
        },
        "execute ref main git push",
    ),
]


@pytest.mark.parametrize(("row", "values", "text"), ROWS)
def test_a_row_as_values_and_in_a_few_words(row, values, text) -> None:
    """What a row does not have is left out."""
    found = row_values(row, "sudo git push --force origin $X")
    assert {"action": row.action, "certainty": "certain", **values} == found
    assert text == row_text(found)


def test_texts_of_the_agent_cannot_steer_a_terminal() -> None:
    """Control characters and lone surrogates are written as escapes."""
    assert "a\\x1b[2J\nb\\u202e" == printable("a\x1b[2J\nb\u202e")
    found = row_values(Row(READ, path=Path("/\ud800\x1b")))
    assert "/\\ud800\x1b" == found["path"]
    assert "read /\\ud800\\x1b" == row_text(found)


def test_this_machine_is_the_persons_own(tmp_path) -> None:
    """The project is the git top level of the working directory, and never the home itself."""
    for name in ("objects", "refs"):
        (tmp_path / "repo" / ".git" / name).mkdir(parents=True)
    (tmp_path / "repo" / ".git" / "HEAD").write_text("ref: refs/heads/topic\n")
    (tmp_path / "repo" / "sub").mkdir()
    world = setting.this_machine(str(tmp_path / "repo" / "sub"), str(tmp_path))
    assert (str(tmp_path / "repo"), str(tmp_path), "topic") == (world.project, world.home, world.branch)
    assert any(folder.startswith(str(tmp_path)) for folder in world.agentguard)
    assert "" == setting.this_machine(str(tmp_path), str(tmp_path)).project


@pytest.mark.parametrize(
    ("event", "source_", "mode", "attended"),
    [
        ("PreToolUse", "", "default", True),
        ("PreToolUse", "", "dontAsk", False),
        ("UserPromptSubmit", "", "", True),
        ("UserPromptSubmit", "user", "", True),
        ("UserPromptSubmit", "channel", "", False),
    ],
)
def test_nobody_can_answer_where_the_call_says_so(event, source_, mode, attended) -> None:
    """A prompt that the person did not type, and the mode that never asks."""
    call = ToolCall(event, cwd="/", source=source_, permission_mode=mode)
    assert attended == setting.context(call, setting.made_up({}, {})).attended


def test_reading_tells_how_shell_text_was_understood() -> None:
    """Its structure and the words of each command, ready for JSON; other tools have none."""
    world = setting.made_up({".env": ""}, {})
    found = reading(calls.of_bash("F=.env; cat $F", setting.PROJECT), world)
    assert ["list", "", ""] == [line["kind"] for line in found["parse"]]
    assert [
        {"words": [], "variables": {"F": ".env"}, "cwd": setting.PROJECT, "via": [], "from": "F=.env"},
        {"words": ["cat", ".env"], "variables": {}, "cwd": setting.PROJECT, "via": [], "from": "cat $F"},
    ] == found["commands"]
    assert {} == reading(calls.of_line("Read .env", setting.PROJECT), world)
    assert "a quote is not closed" == reading(calls.of_bash("cat '", setting.PROJECT), world)["parse"]


def test_a_person_sees_the_parse_the_words_and_the_rows() -> None:
    """In this order, with control characters written out and words quoted where a shell would need it."""
    call = calls.of_bash('F="a b"; sudo cat "$F" \'\x1b\'', setting.PROJECT)
    found = {**explained(call), **reading(call, setting.made_up({}, {}))}
    text = as_text(found, plain)
    assert (
        '  how it is read\n    list\n      F="a b"\n      sudo cat "$F" \'\\x1b\'\n\n'
        "  what its words come to\n    F='a b'\n    sudo cat 'a b' \\x1b\n    cat 'a b' \\x1b  (sudo)\n\n"
        "  what it would do\n"
    ) in text
    found["parse"] = "a quote is not closed"
    assert "how it is read\n    not at all: a quote is not closed\n" in as_text(found, plain)
