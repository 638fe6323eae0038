"""Whatever comes in on standard input, the hook denies clearly, or is silent where nothing can be blocked."""

import json
import os
import subprocess

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

TOOL_CALL = {
    "session_id": "s",
    "transcript_path": "/t",
    "cwd": "/home/dev/project",
    "permission_mode": "default",
    "hook_event_name": "PreToolUse",
    "tool_name": "Bash",
    "tool_input": {"command": "ls"},
    "tool_use_id": "toolu_1",
}
UNREADABLE = {
    "empty": b"",
    "white space": b" \n",
    "half": json.dumps(TOOL_CALL).encode()[:60],
    "invalid UTF-8": json.dumps(TOOL_CALL).encode().replace(b"ls", b"\xff\xfe"),
    "byte order mark": b"\xef\xbb\xbf" + json.dumps(TOOL_CALL).encode(),
    "UTF-16": json.dumps(TOOL_CALL).encode("utf-16"),
    "two values": json.dumps(TOOL_CALL).encode() * 2,
    "a list": b"[]",
    "a number": b"1",
    "null": b"null",
    "NaN": b'{"hook_event_name": NaN}',
    "duplicate keys": json.dumps(TOOL_CALL).encode()[:-1] + b', "tool_name": "Read"}',
    "duplicate keys deep inside": json.dumps(TOOL_CALL).encode().replace(b'"ls"', b'"ls", "command": "rm -rf /"'),
    "deep lists": b"[" * 200_000,
    "deep objects": b'{"a":' * 200_000,
    "deep inside the tool's input": json.dumps(TOOL_CALL).encode().replace(b'"ls"', b"[" * 100_000 + b"]" * 100_000),
    "a huge number": b'{"hook_event_name": ' + b"9" * 10_000 + b"}",
    "a NUL in a name": b'{"hook_event_name": "PreToolUse\\u0000"}',
    "no event": json.dumps({key: value for key, value in TOOL_CALL.items() if key != "hook_event_name"}).encode(),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_unreadable_input_is_denied(laptop, name):
    """Input that is not one JSON object with a known event is a denial with a sentence, and no traceback."""
    result = laptop.raw(UNREADABLE[name])
    assert (2, "deny") == (result.code, result.decision)
    assert "agentguard status" in result.reason
    assert "Traceback" not in result.stderr


def test_nine_megabytes_are_refused_unread(laptop):
    """More than 8 MiB is a denial, and the hook does not choke on the rest of the stream."""
    result = laptop.raw(json.dumps({**TOOL_CALL, "tool_input": {"command": "x" * 9_000_000}}).encode())
    assert (2, "deny") == (result.code, result.decision)
    assert "8 MiB" in result.reason


WRONG = [None, True, 0, -1, 1.5, "", "\u0000", "\ud800", [], {}, [[]], {"a": None}, "/" * 70_000]


@pytest.mark.parametrize("field", ["hook_event_name", "tool_name", "tool_input", "cwd"])
@pytest.mark.parametrize("value", WRONG, ids=lambda value: repr(value)[:12])
def test_wrong_type_in_a_field_that_decides_is_never_let_through(laptop, field, value):
    """A field that decides must have its type; otherwise the call is denied, or asked about, but never passed."""
    if (field, value) == ("tool_input", {}):
        value = {"command": None}
    result = laptop.raw(json.dumps({**TOOL_CALL, field: value}).encode())
    assert (result.code, result.decision) in ((2, "deny"), (0, "ask"))


OTHER_FIELDS = ["session_id", "transcript_path", "permission_mode", "tool_use_id", "agent_id", "prompt"]


@pytest.mark.parametrize("field", OTHER_FIELDS)
@pytest.mark.parametrize("value", WRONG, ids=lambda value: repr(value)[:12])
def test_wrong_type_in_another_field_ends_in_exit_0_or_2(laptop, field, value):
    """A field that does not decide may hold anything; the hook still answers in its contract."""
    result = laptop.raw(json.dumps({**TOOL_CALL, field: value}).encode())
    assert (result.code, result.decision) in ((0, ""), (2, "deny"), (0, "ask"))
    assert "Traceback" not in result.stderr


# Grep has no field that it needs: without a path it searches the current folder.
TOOLS = ["Read", "Write", "Edit", "NotebookEdit", "Glob", "WebFetch", "Bash", "Monitor"]


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("value", [None, 1, True, [], {}, "\u0000", "\ud800", "a\nb\u001b[2J"], ids=repr)
def test_wrong_values_in_the_fields_of_a_tool_are_never_let_through(laptop, tool, value):
    """Every field of a tool's input gets every wrong value: a denial or a question, in printable words."""
    if tool in ("Bash", "Monitor") and value == "a\nb\u001b[2J":
        value = "rm -rf /\u001b[2J\n"  # as shell text this is two programs of no meaning; an escape hides nothing here
    fields = ("file_path", "notebook_path", "path", "pattern", "url", "command", "content", "old_string", "new_string")
    result = laptop.call(tool, dict.fromkeys(fields, value))
    assert (result.code, result.decision) in ((2, "deny"), (0, "ask"))
    assert all(char.isprintable() for char in result.reason)


@pytest.mark.parametrize("event", ["SessionStart", "SessionEnd", "PostToolUse", "Stop", "Notification", "SomethingNew"])
def test_event_that_cannot_block_is_silent_whatever_it_carries(laptop, event):
    """Wrong types in events that nobody can block never fail the session."""
    for value in WRONG:
        result = laptop.raw(json.dumps({**TOOL_CALL, "hook_event_name": event, "tool_input": value}).encode())
        assert (0, b"") == (result.code, result.stdout)


@pytest.mark.parametrize("closed", [(0,), (1,), (2,), (0, 1), (1, 2), (0, 1, 2)])
def test_closed_standard_streams_are_a_denial(laptop, closed):
    """A hook that is started without its streams cannot do its work: exit 2, whatever the call."""

    def close():
        for fd in closed:
            os.close(fd)

    done = subprocess.run(
        laptop.argv, input=None if 0 in closed else json.dumps(TOOL_CALL).encode(), capture_output=True,
        env={"PATH": "/usr/bin:/bin"}, preexec_fn=close, check=False, timeout=60,
    )  # fmt: skip
    assert 2 == done.returncode
    assert b"Traceback" not in done.stderr


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_end_in_a_denial(laptop, data):
    """No bytes that are not a hook payload are let through."""
    result = laptop.raw(data)
    assert (2, "deny") == (result.code, result.decision)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tool=st.sampled_from(["Bash", "Read", "Grep", "WebFetch", "Agent", "mcp__a__b", "New"]), arguments=JSON)
def test_any_tool_input_ends_in_the_contract(laptop, tool, arguments):
    """Whatever a tool is given, the hook exits 0 or 2 and prints one line of JSON or nothing."""
    result = laptop.raw(json.dumps({**TOOL_CALL, "tool_name": tool, "tool_input": arguments}).encode())
    assert result.code in (0, 2)
    assert (result.code == 2) == (result.decision == "deny")
    assert "Traceback" not in result.stderr
