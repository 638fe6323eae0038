"""How calls ended: decisions joined with what the agent said later."""

import pytest

from agentguard.audit.outcome import Outcomes
from agentguard.audit.show import Seen


def decision(seq, call, effect="ask", session="s"):
    return {
        "kind": "decision", "event": "PreToolUse", "seq": seq, "id": str(seq), "session": session, "tool_use_id": call,
        "effect": effect, "outcome": "",
    }  # fmt: skip


def event(seq, name, call="", session="s"):
    words = {"PostToolUse": "done", "PostToolUseFailure": "failed", "PermissionDenied": "refused"}
    return {
        "kind": "event", "event": name, "seq": seq, "session": session, "tool_use_id": call,
        "outcome": words.get(name, ""),
    }  # fmt: skip


PROMPT, OTHER = event(8, "UserPromptSubmit"), event(2, "PostToolUse", "other")


@pytest.mark.parametrize(
    ("effect", "later", "word", "why"),
    [
        ("ask", [event(6, "PostToolUse", "c")], "granted", "it ran"),
        ("ask", [event(6, "PostToolUseFailure", "c")], "granted", "it ran and failed"),
        ("ask", [event(6, "PermissionDenied", "c")], "refused", "the agent's client says so"),
        ("ask", [PROMPT, OTHER], "refused", "the session went on without a result of it"),
        ("ask", [event(9, "SessionEnd"), OTHER], "refused", "the session went on without a result of it"),
        ("ask", [PROMPT, event(9, "PostToolUse", "c")], "granted", "it ran"),
        ("ask", [PROMPT], "unknown", "no results of this session are recorded"),
        ("ask", [OTHER, event(4, "UserPromptSubmit")], "unknown", "nothing was recorded after it"),
        ("ask", [OTHER, event(9, "UserPromptSubmit", session="t")], "unknown", "nothing was recorded after it"),
        ("ask", [event(6, "PostToolUse", "c", session="t")], "unknown", "nothing was recorded after it"),
        ("allow", [event(6, "PostToolUse", "c")], "done", "the agent's client says so"),
        ("allow", [event(6, "PostToolUseFailure", "c")], "failed", "the agent's client says so"),
        (
            "allow",
            [event(6, "PostToolUseFailure", "c"), event(7, "PostToolUse", "c")],
            "failed",
            "the agent's client says so",
        ),
        ("allow", [], "unknown", "nothing was recorded after it"),
        ("deny", [], "denied", "it was stopped"),
        ("deny", [event(6, "PermissionDenied", "c"), OTHER], "denied", "it was stopped"),
        ("deny", [event(6, "PostToolUse", "c")], "ran", "it was denied, and yet the agent's client says that it ran"),
        (
            "deny",
            [event(6, "PostToolUseFailure", "c")],
            "ran",
            "it was denied, and yet the agent's client says that it ran and failed",
        ),
    ],
)
def test_call_ends_as_the_records_say(effect, later, word, why):
    """In whatever order the records come."""
    call = decision(5, "c", effect)
    for bodies in ([call, *later], [*reversed(later), call]):
        assert (word, why) == Outcomes(Seen(body, {}) for body in bodies).end(Seen(call, {}))


@pytest.mark.parametrize("where", [{"device": "d2"}, {"chain": "c2"}])
def test_another_device_or_chain_says_nothing_of_a_call(where):
    """Whatever session and call it names."""
    call = decision(5, "c")
    body = {**event(6, "PostToolUse", "c"), "chain": where.get("chain", "c1")}
    said = Seen(body, {}, device=where.get("device", "d1"))
    asked = Seen({**call, "chain": "c1"}, {}, device="d1")
    assert ("unknown", "nothing was recorded after it") == Outcomes([asked, said]).end(asked)


def test_only_decisions_about_calls_end():
    """Prompts, events and whatever a hostile device sends have no end."""
    prompt = {**decision(1, ""), "event": "UserPromptSubmit"}
    for body in (
        prompt,
        event(1, "SessionStart"),
        {},
        {**decision(1, "c"), "effect": 7},
        {"kind": "decision", "seq": []},
    ):
        assert Outcomes([Seen(body, {})]).end(Seen(body, {})) is None
