"""Hook payloads become tool calls: strict where a field decides, lenient elsewhere."""

import json
import os
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import agentguard
from agentguard.access import payload
from agentguard.access.payload import Malformed
from agentguard.jsontext import JsonError

BASH = {
    "session_id": "s1",
    "transcript_path": "/home/dev/t.jsonl",
    "cwd": "/home/dev/project",
    "permission_mode": "default",
    "effort": {"level": "medium"},
    "hook_event_name": "PreToolUse",
    "tool_name": "Bash",
    "tool_input": {"command": "echo hi"},
    "tool_use_id": "t1",
}


def test_every_placed_field_lands_in_the_call() -> None:
    """A payload's fields end in the slots that are named after them."""
    call = payload.of_fields({**BASH, "agent_id": "a1", "agent_type": "explore"})
    assert call.event == "PreToolUse"
    assert call.tool == "Bash"
    assert call.input == {"command": "echo hi"}
    assert call.cwd == "/home/dev/project"
    assert call.session == "s1"
    assert call.tool_use_id == "t1"
    assert call.permission_mode == "default"
    assert call.subagent == "explore"
    assert call.subagent_id == "a1"


def test_unknown_fields_are_kept() -> None:
    """New fields keep coming: they stay available in `fields`."""
    call = payload.of_fields({**BASH, "mcp_server": {"name": "srv"}, "new": 1})
    assert call.fields == {
        "transcript_path": "/home/dev/t.jsonl",
        "effort": {"level": "medium"},
        "mcp_server": {"name": "srv"},
        "new": 1,
    }


@pytest.mark.parametrize("name", ["tool_response", "tool_calls", "error", "last_assistant_message", "delta"])
def test_what_a_tool_or_the_model_said_is_dropped(name: str) -> None:
    """Output of tools and of the model reaches neither decisions nor records."""
    assert name not in payload.of_fields({**BASH, name: "secret"}).fields


@pytest.mark.parametrize("value", [None, 1, True, 1.5, [], {}])
@pytest.mark.parametrize("name", ["hook_event_name", "tool_name", "cwd"])
def test_a_needed_text_of_a_wrong_type_is_refused(name: str, value: object) -> None:
    """The error names the field."""
    with pytest.raises(Malformed, match=f"^{name} is "):
        payload.of_fields({**BASH, name: value})


@pytest.mark.parametrize("name", ["hook_event_name", "tool_name", "cwd", "tool_input"])
def test_a_needed_field_that_is_absent_is_refused(name: str) -> None:
    """The error says that it is missing."""
    with pytest.raises(Malformed, match=f"^{name} is missing$"):
        payload.of_fields({key: value for key, value in BASH.items() if key != name})


@pytest.mark.parametrize("value", [1, [], {}, False])
@pytest.mark.parametrize("name", ["permission_mode", "agent_id", "agent_type", "prompt"])
def test_an_optional_field_that_decides_is_refused_with_a_wrong_type(name: str, value: object) -> None:
    """A wrong type must not turn into the laxer meaning of absence."""
    with pytest.raises(Malformed, match=f"^{name} is not a string$"):
        payload.of_fields({**BASH, name: value})


@pytest.mark.parametrize("value", ["x", 1, []])
def test_a_tool_input_that_is_no_object_is_refused(value: object) -> None:
    """Tools take an object."""
    with pytest.raises(Malformed, match=r"^tool_input is not an object$"):
        payload.of_fields({**BASH, "tool_input": value})


@pytest.mark.parametrize("value", ["project", "./x", "~", "/home/\0dev"])
def test_a_working_directory_that_is_not_absolute_is_refused(value: str) -> None:
    """Relative paths cannot be judged against a relative folder."""
    with pytest.raises(Malformed, match=r"^cwd is not an absolute path$"):
        payload.of_fields({**BASH, "cwd": value})


@pytest.mark.parametrize("value", [1, None, [], {}])
def test_a_claim_of_a_wrong_type_counts_as_absent(value: object) -> None:
    """Identifiers are recorded and decide nothing."""
    call = payload.of_fields({**BASH, "session_id": value, "tool_use_id": value})
    assert (call.session, call.tool_use_id) == ("", "")


def test_events_without_a_tool_need_none() -> None:
    """SessionStart has no tool, and its `source` says how the session began, not who wrote a prompt."""
    call = payload.of_fields({"hook_event_name": "SessionStart", "cwd": "/", "source": "startup"})
    assert (call.tool, call.input, call.source, call.fields) == ("", {}, "", {"source": "startup"})


def test_a_prompt_carries_its_text_and_source() -> None:
    """In prompt events `source` says who wrote the prompt."""
    fields = {"hook_event_name": "UserPromptSubmit", "cwd": "/", "prompt": "", "source": "channel"}
    call = payload.of_fields(fields)
    assert (call.prompt, call.source, call.fields) == ("", "channel", {})


def test_a_prompt_event_without_prompt_is_refused() -> None:
    """A prompt that cannot be read cannot be judged."""
    with pytest.raises(Malformed, match=r"^prompt is missing$"):
        payload.of_fields({"hook_event_name": "UserPromptSubmit", "cwd": "/"})


def test_bytes_are_read_strictly() -> None:
    """Duplicate keys could be read two ways, so they are refused."""
    assert payload.parse(json.dumps(BASH).encode()).tool == "Bash"
    with pytest.raises(JsonError, match="same key twice"):
        payload.parse(b'{"tool_name": "Read", "tool_name": "Bash"}')


@given(st.binary(max_size=200))
def test_any_bytes_end_in_a_call_or_in_our_error(data: bytes) -> None:
    """Nothing but JsonError and Malformed ever comes out."""
    with pytest.raises((JsonError, Malformed)):
        payload.parse(data)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.sampled_from(["", "/", "x"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.just("x"), inner, max_size=2),
    max_leaves=4,
)


@given(st.dictionaries(st.sampled_from([*BASH, "prompt", "agent_id", "agent_type", "source"]), _json))
def test_wrong_types_in_any_field_end_in_a_call_or_in_malformed(changes: dict[str, object]) -> None:
    """Whatever the fields hold, the result is a well-typed call or Malformed."""
    try:
        call = payload.of_fields({**BASH, **changes})
    except Malformed:
        return
    texts = (call.event, call.tool, call.cwd, call.session, call.prompt, call.source, call.permission_mode)
    assert [str] * 7 == [type(text) for text in texts]
    assert isinstance(call.input, dict)


def test_reading_a_payload_stays_cheap() -> None:
    """The module is on the hook's path: it must not bring json, re or typing in."""
    root = os.path.dirname(os.path.dirname(agentguard.__file__))
    code = f"import sys; sys.path.insert(0, {root!r}); import agentguard.access.payload; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-I", "-S", "-c", code], check=True, capture_output=True, text=True)
    assert set() == {"json", "re", "enum", "typing", "dataclasses"} & set(done.stdout.split())
