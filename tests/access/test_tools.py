"""From tool calls to rows: every tool of the agent's, and what is wrong about its input."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentguard.access import limits, tools
from agentguard.access.model import ToolCall
from agentguard.access.world import MemoryDisk, World

P = "/home/dev/project"


@pytest.mark.parametrize(
    ("tool", "arguments", "expected"),
    [
        ("Read", {"file_path": f"{P}/README.md"}, [f"read {P}/README.md"]),
        ("Read", {"file_path": "README.md"}, [f"read {P}/README.md"]),
        ("Read", {"file_path": f"{P}/src/../.env"}, [f"read {P}/.env"]),
        ("Read", {"file_path": f"{P}/docs/key.txt"}, [f"read {P}/docs/key.txt -> /home/dev/.ssh/id_ed25519"]),
        ("Read", {"file_path": "~/.aws/x"}, [f"read {P}/~/.aws/x", "read /home/dev/.aws/x"]),
        ("Read", {"file_path": "~"}, [f"read {P}/~", "read /home/dev"]),
        ("Read", {"file_path": "~other/x"}, [f"read {P}/~other/x"]),
        ("Read", {"file_path": " .env "}, [f"read {P}/ .env ", f"read {P}/.env"]),
        ("Read", {"file_path": " ~/.netrc"}, [f"read {P}/ ~/.netrc", "read /home/dev/.netrc"]),
        ("Read", {"file_path": "cafe\u0301"}, [f"read {P}/cafe\u0301", f"read {P}/caf\u00e9"]),
        ("Read", {"file_path": "/dev/null"}, []),
        ("Read", {"file_path": "/proc/self/environ"}, ["read /proc/self/environ"]),
        ("Read", {"path": "a"}, [f"read {P}/a"]),
        ("Read", {"file_path": "a", "path": "b"}, [f"read {P}/a", f"read {P}/b"]),
        ("Write", {"file_path": f"{P}/../../notes.txt", "content": "x"}, ["write /home/notes.txt"]),
        ("Write", {"path": "a", "content": "x"}, [f"write {P}/a"]),
        ("Edit", {"file_path": "a", "old_string": "a", "new_string": "b"}, [f"read {P}/a", f"write {P}/a"]),
        ("MultiEdit", {"file_path": "a"}, [f"read {P}/a", f"write {P}/a"]),
        ("NotebookEdit", {"notebook_path": "n.ipynb", "new_source": ""}, [f"read {P}/n.ipynb", f"write {P}/n.ipynb"]),
        ("NotebookRead", {"notebook_path": "n.ipynb"}, [f"read {P}/n.ipynb"]),
        ("LS", {"path": "src"}, [f"read {P}/src"]),
        ("LS", {}, []),
        ("LSP", {"operation": "hover", "filePath": "a.py", "line": 1}, [f"read {P}/a.py"]),
        ("SendUserFile", {"files": ["a", ".env"]}, [f"read {P}/a", f"read {P}/.env"]),
        ("SendUserFile", {"files": "a"}, [f"read {P}/a"]),
        ("Artifact", {"file_path": "a.html"}, [f"read {P}/a.html"]),
        ("Artifact", {"action": "list"}, []),
        # searching
        ("Grep", {"pattern": "KEY", "path": "/home/dev/.aws"}, ["read /home/dev/.aws tree"]),
        ("Grep", {"pattern": "KEY", "file_path": "/home/dev/.aws"}, ["read /home/dev/.aws tree"]),
        ("Grep", {"pattern": "KEY", "path": ".env"}, [f"read {P}/.env"]),
        ("Grep", {"pattern": "KEY"}, [f"read {P} tree"]),
        ("Grep", {"pattern": "KEY", "path": ""}, [f"read {P} tree"]),
        ("Grep", {"pattern": "KEY", "path": "gone"}, [f"read {P}/gone tree"]),
        ("Grep", {"pattern": "KEY", "path": "up"}, [f"read {P}/up -> /home/dev tree"]),
        ("Grep", {"pattern": "KEY", "path": "~/.ssh"}, [f"read {P}/~/.ssh tree", "read /home/dev/.ssh tree"]),
        ("Glob", {"pattern": "*"}, [f"read {P}"]),
        ("Glob", {"pattern": "**/*.py"}, [f"read {P}"]),
        ("Glob", {"pattern": "src/**/*.py"}, [f"read {P}/src"]),
        ("Glob", {"pattern": "src/a.py"}, [f"read {P}/src"]),
        ("Glob", {"pattern": "*", "path": "/home/dev/.ssh"}, ["read /home/dev/.ssh"]),
        ("Glob", {"pattern": "/home/dev/.ssh/*", "path": "src"}, ["read /home/dev/.ssh"]),
        ("Glob", {"pattern": "../../.ssh/*", "path": "src"}, ["read /home/dev/.ssh"]),
        ("Glob", {"pattern": "~/.ssh/*"}, [f"read {P}/~/.ssh", "read /home/dev/.ssh"]),
        ("Glob", {"pattern": "{src,/etc}/*"}, [f"read {P}/src", "read /etc"]),
        ("Glob", {"pattern": "/*"}, ["read /"]),
        ("Glob", {"pattern": "{a,b}" * 20}, ["unknown read \u2026"]),
        # the network
        ("WebFetch", {"url": "https://docs.python.org/3/", "prompt": "p"}, ["connect docs.python.org:443"]),
        ("WebFetch", {"url": "http://127.1:8080"}, ["connect 127.0.0.1:8080"]),
        ("WebFetch", {"url": "https://attacker.example\0.github.com/x"}, ["connect malformed"]),
        ("WebFetch", {"url": "file:///etc/passwd"}, ["connect malformed"]),
        ("WebSearch", {"query": "x"}, []),
        ("Monitor", {"ws": {"url": "wss://events.example/x"}}, ["connect events.example:443"]),
        ("Monitor", {"ws": {"url": 1}}, ["connect malformed"]),
        ("Monitor", {"ws": "wss://x"}, ["connect malformed"]),
        # agents, skills, schedules
        ("Agent", {"prompt": "x", "subagent_type": "Explore"}, ["delegate Explore"]),
        ("Agent", {"prompt": "x"}, ["delegate general-purpose"]),
        ("Task", {"prompt": "x", "subagent_type": "Explore"}, ["delegate Explore"]),
        ("Workflow", {"script": "x"}, ["delegate"]),
        ("Workflow", {"scriptPath": "w.js"}, ["delegate", f"read {P}/w.js"]),
        ("RemoteTrigger", {"action": "create"}, ["delegate"]),
        ("Skill", {"skill": "demo"}, []),
        ("CronCreate", {"cron": "* * * * *", "prompt": "p"}, []),
        ("ToolSearch", {"query": "x"}, []),
        ("ListAgents", {}, []),
        ("TaskCreate", {"subject": "s"}, []),
        ("TaskUpdate", {"taskId": "1"}, []),
        ("TodoWrite", {"todos": []}, []),
        ("AskUserQuestion", {"questions": []}, []),
        ("ExitPlanMode", {"plan": "x"}, []),
        ("BashOutput", {"bash_id": "1"}, []),
        ("KillShell", {"shell_id": "1"}, []),
        # shells that are not read
        ("PowerShell", {"command": "Get-Date"}, ["opaque execute"]),
        # MCP
        ("mcp__srv__do_thing", {"x": "1"}, ["mcp srv"]),
        ("ReadMcpResourceTool", {"server": "srv", "uri": "x://y"}, ["mcp srv"]),
        ("ListMcpResourcesTool", {}, []),
        ("ListMcpResourcesTool", {"server": "srv"}, ["mcp srv"]),
        # worktrees
        ("EnterWorktree", {"name": "wt1"}, [f"write {P}/.claude/worktrees/wt1 tree"]),
        ("EnterWorktree", {"name": "../../.."}, [f"write {P[:9]} tree"]),
        ("EnterWorktree", {}, [f"write {P}/.claude/worktrees/* tree"]),
        ("EnterWorktree", {"path": "../other"}, ["read /home/dev/other"]),
        ("ExitWorktree", {"action": "keep"}, []),
        ("ExitWorktree", {"action": "remove"}, [f"delete {P}/.claude/worktrees/* tree"]),
    ],
)  # fmt: skip
def test_the_rows_of_a_tool(call, said, tool: str, arguments: dict[str, object], expected: list[str]) -> None:
    """Each tool does what its table entry says, and every row names the tool."""
    access = call(tool, **arguments)
    assert expected == said(access.rows)
    assert {tool} == {row.tool for row in access.rows}
    assert ["use"] == [row.action for row in access.rows if row.action == "use"]
    assert (True, True) == (access.known, access.complete)


@pytest.mark.parametrize(
    ("tool", "arguments", "expected"),
    [
        ("Read", {}, "file_path is missing"),
        ("Read", {"file_path": None}, "file_path is missing"),
        ("Read", {"file_path": 1}, "file_path is not a text"),
        ("Read", {"file_path": {"a": "b"}}, "file_path is not a text"),
        ("Read", {"file_path": ["a"]}, "file_path is not a text"),
        ("Read", {"file_path": ""}, "file_path is malformed: it is empty"),
        ("Read", {"file_path": "/a\0b"}, "file_path is malformed: it holds a NUL character"),
        ("Read", {"file_path": "/a\nb"}, "file_path is malformed: it holds a control character"),
        ("Read", {"file_path": "/a\ud800"}, "file_path is malformed: it holds half a surrogate pair"),
        ("Read", {"file_path": "a" * 5000}, "file_path is malformed: it is too long"),
        ("Write", {"content": "x"}, "file_path is missing"),
        ("Edit", {"file_path": False}, "file_path is not a text"),
        ("NotebookEdit", {}, "notebook_path is missing"),
        ("LSP", {}, "filePath is missing"),
        ("Glob", {}, "pattern is missing"),
        ("Glob", {"pattern": []}, "pattern is not a text"),
        ("SendUserFile", {"files": []}, "files is missing"),
        ("SendUserFile", {"files": ["a", 1]}, "files is not a text"),
        ("SendUserFile", {"files": ["a"] * 1000}, "files is not a text"),
        ("Glob", {"pattern": "*", "path": "a\0"}, "path is malformed: it holds a NUL character"),
        ("Grep", {"pattern": "x", "path": 1}, "path is not a text"),
        ("Grep", {"pattern": "x", "path": "a\0"}, "path is malformed: it holds a NUL character"),
        ("Grep", {"pattern": "x", "glob": {}}, "glob is not a text"),
        ("WebFetch", {}, "url is missing"),
        ("WebFetch", {"url": ["https://example.com"]}, "url is not a text"),
        ("WebFetch", {"url": "docs.python.org"}, "url is malformed: it has no scheme"),
        ("WebFetch", {"url": "mailto:a@b.c"}, "url names no host"),
        ("Bash", {}, "command is not a text"),
        ("Bash", {"command": ["ls"]}, "command is not a text"),
        ("Bash", {"command": "ls\0"}, "command holds a NUL character"),
        ("Monitor", {}, "command is not a text"),
        ("PowerShell", {}, "command is not a text"),
        ("Agent", {"subagent_type": 1}, "subagent_type is not a text"),
        ("ReadMcpResourceTool", {}, "server is missing"),
        ("EnterWorktree", {"name": 1}, "name is not a text"),
        ("EnterWorktree", {"name": "a\0"}, "name is malformed: it holds a NUL character"),
        ("ExitWorktree", {}, "action is not a text"),
    ],
)
def test_an_input_that_cannot_be_judged_is_malformed(
    call, tool: str, arguments: dict[str, object], expected: str
) -> None:
    """A missing field, a wrong type, or a text that is no path gives one malformed row, which says what is wrong."""
    rows = [row for row in call(tool, **arguments).rows if "malformed" in row.origin.traits]
    assert [expected] == [row.why for row in rows]
    assert [None] == [row.path for row in rows]


def test_a_file_that_is_fine_is_judged_beside_one_that_is_not(call, said) -> None:
    """A wrong alias hides nothing."""
    assert [f"read {P}/.env", "read malformed"] == sorted(
        said(call("Read", file_path=".env", path=1).rows), key=len, reverse=True
    )


def test_an_unknown_tool_is_only_used(call, said) -> None:
    """Nothing is known of what it does."""
    access = call("Teleport", file_path="/etc/shadow")
    assert ([], False, "Teleport") == (said(access.rows), access.known, access.rows[0].tool)


def test_the_globs_of_grep_stand_in_its_flags(call) -> None:
    """Split at blanks and commas as the client does, braces kept."""
    row = call("Grep", pattern="x", glob="*.py,*.md  *.{a,b} ,").rows[1]
    assert ("--hidden", "--glob=*.py", "--glob=*.md", "--glob=*.{a,b}") == row.origin.flags


def test_a_glob_with_control_characters_is_malformed(call) -> None:
    """Whatever part of it holds them."""
    for pattern in ("src/\0*", "a\x1b[2K*", "**/\x07"):
        assert "malformed" in call("Glob", pattern=pattern).rows[-1].origin.traits


def test_a_fetch_says_its_method(call) -> None:
    """WebFetch gets; a web socket has no method."""
    assert call("WebFetch", url="https://example.com").rows[1].method == "GET"
    assert call("Monitor", ws={"url": "wss://example.com"}).rows[1].method is None


def test_what_is_used_of_a_tool_stands_in_its_operands(call) -> None:
    """A policy can name a skill."""
    assert ("deploy", "now") == call("Skill", skill="deploy", args="now").rows[0].origin.args
    assert () == call("Skill", skill=1).rows[0].origin.args


def test_shell_text_is_interpreted(call, said) -> None:
    """Bash and Monitor hand their command to the shell part and put their own `use` row before its rows."""
    for tool in ("Bash", "Monitor"):
        access = call(tool, command="cat .env")
        assert ("use", tool) == (access.rows[0].action, access.rows[0].tool)
        assert f"read {P}/.env" in said(access.rows)


def test_an_mcp_tool_is_named_by_server_and_tool(call) -> None:
    """The client says where the server's name ends; without that it ends at the first two underscores."""
    plain = call("mcp__a__b__c").rows[1]
    assert ("a", "b__c") == (plain.server, plain.mcp_tool)
    named = call("mcp__a__b__c", fields={"mcp_server": {"name": "a__b", "source": "dynamic"}}).rows[1]
    assert ("a__b", "c") == (named.server, named.mcp_tool)
    odd = call("mcp__My_Server__c", fields={"mcp_server": {"name": "My Server"}}).rows[1]
    assert ("My_Server", "c") == (odd.server, odd.mcp_tool)
    lying = call("mcp__a__b", fields={"mcp_server": {"name": "other"}}).rows[1]
    assert ("a", "b") == (lying.server, lying.mcp_tool)


def test_leaving_a_worktree_deletes_the_one_the_session_is_in(call, said) -> None:
    """Never the project itself; discarding changes is said."""
    access = call("ExitWorktree", cwd=f"{P}/.claude/worktrees/wt1/src", action="remove", discard_changes=True)
    assert [f"delete {P}/.claude/worktrees/wt1 tree"] == said(access.rows)
    assert {"discards-work"} == access.rows[1].origin.traits


def test_worktrees_of_a_linked_worktree_lie_in_the_main_one(worlds, said) -> None:
    """The client keeps them beneath the main working tree."""
    world = worlds({
        "/m/.git/HEAD": b"ref: refs/heads/a\n", "/m/.git/objects": None, "/m/.git/refs": None,
        "/m/.git/worktrees/w/HEAD": b"ref: refs/heads/b\n", "/m/.git/worktrees/w/commondir": b"../..\n",
        "/m/.git/worktrees/w/gitdir": b"/w/.git\n", "/w/.git": b"gitdir: /m/.git/worktrees/w\n",
    })  # fmt: skip
    access = tools.access(ToolCall("PreToolUse", "EnterWorktree", {"name": "x"}, cwd="/w"), world)
    assert ["write /m/.claude/worktrees/x tree"] == said(access.rows)


@pytest.mark.parametrize("event", ["SessionStart", "SessionEnd", "Stop", "Notification", "CwdChanged"])
def test_events_about_nothing_have_no_rows(world, event: str) -> None:
    """They are recorded, and there is nothing to judge."""
    assert [] == tools.access(ToolCall(event, cwd=P), world).rows


def test_windows_paths_come_to_rows(worlds, said) -> None:
    """Backslashes, a stream, and the home."""
    world = worlds({}, home="C:/Users/dev", project="C:/p", platform="win32")
    written = ToolCall("PreToolUse", "Write", {"file_path": "c:\\p\\.env::$DATA"}, cwd="C:\\p")
    assert ["write C:/p/.env"] == said(tools.access(written, world).rows)
    read = ToolCall("PreToolUse", "Read", {"file_path": "~\\.ssh\\id"}, cwd="C:\\p")
    assert ["read C:/p/~/.ssh/id", "read C:/Users/dev/.ssh/id"] == said(tools.access(read, world).rows)


_json = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.text("/~.@:*{}[]\\ \0a", max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
_fields = st.sampled_from([
    "file_path", "path", "notebook_path", "filePath", "files", "pattern", "glob", "url", "ws", "subagent_type", "name",
    "action", "server", "skill", "args", "scriptPath", "file_paths", "command", "x",
])  # fmt: skip
_NAMES = {*tools._TABLE, *tools._WITHOUT_EFFECT, "mcp__a__b", "mcp__", "mcp__a", "Other", "", "\0"}
_tools = st.sampled_from(sorted(_NAMES - {"Bash"}))


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    tool=_tools,
    arguments=st.dictionaries(_fields, _json, max_size=4),
    cwd=st.sampled_from([P, "/", "/gone", "C:\\x"]),
    platform=st.sampled_from(["linux", "darwin", "win32"]),
    claim=_json,
)
def test_no_input_ends_in_an_exception(tool: str, arguments, cwd: str, platform: str, claim) -> None:
    """Whatever JSON a tool call holds, it comes to rows, a bounded number of them, and the first is the tool's own."""
    arguments.pop("command", None) if tool == "Monitor" else None
    world = World(home="/home/dev", project=P, platform=platform, disk=MemoryDisk({f"{P}/a": b"", f"{P}/l": "a"}))
    access = tools.access(ToolCall("PreToolUse", tool, arguments, cwd=cwd, fields={"mcp_server": claim}), world)
    assert ("use" if tool else None) == (access.rows[0].action if access.rows else None)
    assert len(access.rows) < 10 * limits.MAX_INPUT_ROWS
    assert {tool} >= {row.tool for row in access.rows}
