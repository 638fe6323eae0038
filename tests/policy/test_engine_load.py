"""What the engine refuses to load: everything that it does not understand in full."""

from __future__ import annotations

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentguard import jsontext
from agentguard.access.model import Path, Row
from agentguard.errors import PolicyError
from agentguard.policy import engine

RULES = [
    {"id": "a", "effect": "deny", "path": ["/x/**", "!/x/y"], "command": "git push", "unless": [{"port": "80-90"}]},
    {"id": "b", "effect": "ask", "action": "read", "severity": "low", "tags": ["t"], "owner": "o", "mode": "observe"},
]


@pytest.fixture(scope="module")
def good(compiled):
    return compiled(RULES, audit={"on_failure": "deny"}, defaults={"ci": {"by_action": {"read": {"effect": "ask"}}}})


def _changed(data, path, value):
    """Return the data with one value replaced, or taken away where that is None."""
    data = copy.deepcopy(data)
    inner = data
    for step in path[:-1]:
        inner = inner[step]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return jsontext.canonical(data)


def test_a_good_policy_loads(good):
    """Name, mode and what happens when no record can be written are there."""
    policy = engine.load(jsontext.canonical(good))
    assert ("made-by-hand", "enforce", "deny") == (policy.name, policy.mode, policy.on_failure)


def test_what_need_not_be_there(good):
    """An older compiler wrote no audit settings and no `unless`."""
    assert "ask" == engine.load(_changed(good, ["audit"], None)).on_failure
    assert engine.load(_changed(good, ["rules", 0, "unless"], None)).rules
    assert engine.load(_changed(good, ["min_client"], None)).rules


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (["schema"], 2),
        (["schema"], True),
        (["schema"], None),
        (["min_client"], "99.0.0"),
        (["min_client"], "new"),
        (["extends"], "x"),
        (["name"], None),
        (["mode"], "try"),
        (["mode"], ["enforce"]),
        (["rules"], None),
        (["rules"], {}),
        (["rules", 0], []),
        (["rules", 0, "colour"], 25),
        (["rules", 0, "rollout"], 101),
        (["rules", 0, "rollout"], -1),
        (["rules", 0, "rollout"], True),
        (["rules", 0, "cohort"], 1),
        (["rules", 0, "enforce_for"], "pilot"),
        (["rules", 0, "enforce_for"], [1]),
        (["rules", 0, "sweep"], "deny"),
        (["rules", 0, "effect"], "block"),
        (["rules", 0, "id"], "b"),
        (["rules", 0, "id"], "agentguard/own-files"),
        (["rules", 0, "id"], 7),
        (["rules", 0, "when"], "path"),
        (["rules", 0, "when"], []),
        (["rules", 0, "when"], [["path", 0]]),
        (["rules", 0, "when"], [["path", 2, 0]]),
        (["rules", 0, "when"], [["path", False, 0]]),
        (["rules", 0, "when"], [["path", 0, 99]]),
        (["rules", 0, "when"], [["path", 0, -1]]),
        (["rules", 0, "when"], [["path", 0, "0"]]),
        (["rules", 0, "when"], [["moon", 0, 0]]),
        (["rules", 0, "when"], [[["path"], 0, 0]]),
        (["rules", 0, "unless"], [[]]),
        (["rules", 0, "unless"], [[["moon", 0, 0]]]),
        (["rules", 0, "reason"], 1),
        (["rules", 1, "tags"], [1]),
        (["rules", 1, "severity"], "huge"),
        (["rules", 1, "when"], [["port", 0, 0]]),
        (["sets", 0], ["/x"]),
        (["sets", 0, "values"], ["/x", 1]),
        (["sets", 0, "values"], [""]),
        (["sets", 0, "values"], []),
        (["sets", 0, "values"], None),
        (["sets", 0, "or"], [99]),
        (["sets", 0, "or"], [0]),
        (["sets", 0, "or"], ["0"]),
        (["sets", 0, "more"], []),
        (["by_action"], {}),
        (["by_action", "read"], None),
        (["by_action", "fly"], []),
        (["by_action", "read"], [99]),
        (["by_action", "read"], [True]),
        (["by_action", "read"], ["0"]),
        (["by_action", "read"], 0),
        (["defaults"], []),
        (["defaults", "effect"], "block"),
        (["defaults", "mood"], "allow"),
        (["defaults", "ci"], "deny"),
        (["defaults", "ci", "effect"], 1),
        (["defaults", "ci", "by_action", "fly"], {}),
        (["defaults", "ci", "by_action", "read"], {"mood": "deny"}),
        (["defaults", "ci", "by_action"], []),
        (["audit"], []),
        (["audit", "on_failure"], "shrug"),
    ],
)
def test_what_is_not_understood_is_refused(good, path, value):
    """One error of our own, which says what it is about and what to type."""
    with pytest.raises(PolicyError, match="does not understand the compiled policy") as caught:
        engine.load(_changed(good, path, value))
    assert "agentguard sync" == caught.value.hint


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b"\xff", b'{"schema":1,"schema":1}', b'{"schema":1}'])
def test_what_is_no_policy_is_refused(data):
    """Bytes that hold no policy end in the same error."""
    with pytest.raises(PolicyError, match="compiled policy"):
        engine.load(data)


JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-3, 3), st.text("a/*[]{}~!", max_size=4)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=2), inner, max_size=3),
    max_leaves=5,
)


@given(st.data())
def test_what_loads_decides(good, decide, data):
    """A policy damaged anywhere is refused, or decides without a fault."""
    changed = copy.deepcopy(good)
    inner = changed
    while True:
        keys = sorted(inner) if isinstance(inner, dict) else range(len(inner))
        if not keys:
            break
        key = data.draw(st.sampled_from(keys))
        if not isinstance(inner[key], dict | list) or data.draw(st.booleans()):
            inner[key] = data.draw(JUNK)
            break
        inner = inner[key]
    try:
        policy = engine.load(jsontext.canonical(changed))
    except PolicyError:
        return
    for action in ("read", "connect"):
        assert decide([], Row(action, path=Path("/x/a")), policy=policy).effect in ("allow", "ask", "deny")
