"""The decision table: what each effect does at each match, and which defaults answer where no rule does."""

from __future__ import annotations

import pytest

from agentguard import jsontext
from agentguard.access.model import ANY, UNKNOWN, Origin, Path, Pattern, Row
from agentguard.policy import engine

CERTAIN = Row("read", path=Path("/x/a"))
POSSIBLE = Row("read", "possible", path=Path("/x/a"))
MAYBE = Row("read", path=Path(Pattern(("/x", ANY))))
OTHER = Row("read", path=Path("/y"))
STRICT = {"effect": "deny"}


def _rule(effect, **more):
    return [{"effect": effect, "path": "/x/**", **more}]


@pytest.mark.parametrize("row", [POSSIBLE, MAYBE], ids=["possible row", "value known in part"])
@pytest.mark.parametrize(
    ("rules", "defaults", "expected"),
    [
        (_rule("deny"), {}, "ask"),
        (_rule("deny"), {"possible": "deny"}, "deny"),
        (_rule("deny"), {"possible": "allow"}, "allow"),
        (_rule("deny", possible="deny"), {}, "deny"),
        (_rule("deny", possible="allow"), {"possible": "deny"}, "allow"),
        (_rule("ask"), {}, "ask"),
        (_rule("ask"), {"possible": "deny"}, "ask"),
        (_rule("ask", possible="allow"), {}, "allow"),
        (_rule("allow"), {"effect": "ask"}, "ask"),
    ],
)
def test_a_match_of_one(decide, row, rules, defaults, expected):
    """A deny that may match does what `possible` says, an ask asks, and an allow lets nothing through."""
    assert expected == decide(rules, row, defaults=defaults).effect


@pytest.mark.parametrize(
    ("rules", "defaults", "expected"),
    [
        (_rule("deny"), {}, "deny"),
        (_rule("deny", possible="ask"), {}, "deny"),
        (_rule("ask"), {}, "ask"),
        (_rule("allow"), {"effect": "deny"}, "allow"),
        (_rule("allow") + _rule("ask"), {"effect": "deny"}, "ask"),
        (_rule("allow") + _rule("deny"), {}, "deny"),
        (_rule("ask") + _rule("deny"), {}, "deny"),
        (_rule("ask"), STRICT, "deny"),
    ],
)
def test_a_match_of_two(decide, rules, defaults, expected):
    """Deny before ask before allow; an allow answers the default and never a deny; no ask rule relaxes a default."""
    assert expected == decide(rules, CERTAIN, defaults=defaults).effect


@pytest.mark.parametrize("effect", ["deny", "ask", "allow"])
def test_a_match_of_none(decide, effect):
    """Where no rule matches the default answers."""
    assert "deny" == decide(_rule(effect), OTHER, defaults=STRICT).effect


def test_possible_is_never_stricter_than_the_rule(decide):
    """A default of deny does not make an ask rule deny, nor does `possible` a rule."""
    assert "ask" == decide(_rule("ask", possible="deny"), MAYBE, defaults={"possible": "deny"}).effect


def test_an_allow_frees_its_own_row_only(decide):
    """The strictest row decides the call."""
    assert "deny" == decide(_rule("allow"), CERTAIN, OTHER, defaults=STRICT).effect
    assert ("deny", "allow") == decide(_rule("allow"), OTHER, CERTAIN, defaults=STRICT).row_effects


def test_a_call_without_rows_is_allowed(decide):
    """What does nothing is let through."""
    assert ("allow", "") == (decide(_rule("deny")).effect, decide(_rule("deny")).rule)


@pytest.mark.parametrize(
    ("row", "known", "defaults", "expected"),
    [
        (CERTAIN, True, {"effect": "ask"}, ("ask", "default:effect")),
        (CERTAIN, True, {"effect": "deny", "by_action": {"read": {"effect": "ask"}}}, ("ask", "default:effect")),
        (CERTAIN, True, {"effect": "ask", "by_action": {"write": {"effect": "deny"}}}, ("ask", "default:effect")),
        (Row("execute", "opaque"), True, {}, ("ask", "default:opaque")),
        (Row("execute", "opaque"), True, {"opaque": "deny"}, ("deny", "default:opaque")),
        (Row("read", path=Path(UNKNOWN)), True, {}, ("allow", "")),
        (Row("connect", host=UNKNOWN), True, {"unknown": "ask"}, ("ask", "default:unknown")),
        (Row("connect", "possible", host=UNKNOWN), True, {"unknown": "deny"}, ("deny", "default:unknown")),
        (Row("delete", "unknown"), True, {"by_action": {"delete": {"unknown": "ask"}}}, ("ask", "default:unknown")),
        (Row("use", tool="X"), False, {}, ("ask", "default:unknown_tool")),
        (Row("use", tool="X"), False, {"unknown_tool": "deny"}, ("deny", "default:unknown_tool")),
        (Row("use", tool="X"), True, {"unknown_tool": "deny"}, ("allow", "")),
        (CERTAIN, False, {"unknown_tool": "deny"}, ("allow", "")),
    ],
)  # fmt: skip
def test_defaults(decide, row, known, defaults, expected):
    """Each kind of row has its own default; that of its action goes before the general one."""
    decision = decide([], row, known=known, defaults=defaults)
    assert expected == (decision.effect, decision.rule)


def test_an_allow_rule_answers_for_an_unknown_tool(decide):
    """A tool that agentguard does not know can be let through by name."""
    rules = [{"effect": "allow", "tool": "X"}]
    assert "allow" == decide(rules, Row("use", tool="X"), known=False).effect


@pytest.mark.parametrize(("kind", "expected"), [("ci", "deny"), ("", "allow"), ("effect", "allow")])
def test_defaults_of_a_kind_of_device(decide, kind, expected):
    """A build server can have defaults of its own; they go before the general ones."""
    defaults = {"effect": "allow", "ci": {"effect": "deny", "by_action": {"write": {"effect": "ask"}}}}
    assert expected == decide([], CERTAIN, defaults=defaults, device_kind=kind).effect


def test_the_rule_that_is_named(decide):
    """The strictest; among those rules before defaults, then severity, then the id."""
    rules = [
        {"id": "c", "effect": "deny", "path": "/x/**"},
        {"id": "b", "effect": "deny", "path": "/x/**", "severity": "high", "reason": "why {path}", "remedy": "then"},
        {"id": "d", "effect": "deny", "path": "/x/**", "severity": "high"},
        {"id": "a", "effect": "ask", "path": "/x/**", "severity": "critical"},
    ]
    for order in (rules, rules[::-1]):
        decision = decide(order, CERTAIN, defaults=STRICT)
        named = (decision.rule, decision.would_rule, decision.severity, decision.reason, decision.remedy)
        assert ("b", "b", "high", 'why "/x/a"', "then") == named
        assert ["b", "d", "c", "default:effect", "a"] == [hit.rule for hit in decision.hits]


def test_an_allow_rule_is_named_and_a_silent_default_is_not(decide):
    """`rule` is empty where nothing but a default let the call through."""
    assert ["rule/0", ""] == [decide(_rule("allow"), row).rule for row in (CERTAIN, OTHER)]


def test_hits_say_what_matched_where(decide):
    """Every rule that had a say is there, with its row and how surely it matched."""
    decision = decide(_rule("deny"), OTHER, MAYBE, CERTAIN)
    assert [("rule/0", "ask", 1, 1), ("rule/0", "deny", 2, 2)] == [
        (hit.rule, hit.effect, hit.row, hit.match) for hit in decision.hits
    ]
    assert (OTHER, MAYBE, CERTAIN) == decision.rows


def test_a_rule_without_a_reason_has_none(decide):
    """Nothing is made up."""
    decision = decide(_rule("deny"), CERTAIN)
    assert ("", "") == (decision.reason, decision.remedy)


def test_defaults_that_stop_give_a_reason(decide):
    """A person who meets a default is told which."""
    decision = decide([], Row("use", tool="X\n"), known=False)
    assert 'agentguard does not know the tool "X ", so it cannot tell what it does.' == decision.reason


def test_ten_thousand_rules_still_decide(load, decide):
    """A large policy is slow at worst."""
    rules = [{"id": f"r/{n}", "effect": "deny", "action": "read", "path": f"/x/{n}/**"} for n in range(10_000)]
    policy = load(rules)
    assert ["deny", "allow"] == [
        decide([], Row("read", path=Path(path)), policy=policy).effect for path in ("/x/9999/a", "/x/10000/a")
    ]


def test_rules_are_looked_up_by_action(compiled, decide):
    """A rule is asked about rows of the actions that it is filed under only."""
    found = compiled([{"effect": "deny", "path": "/x/**"}])
    found["by_action"]["write"] = []
    policy = engine.load(jsontext.canonical(found))
    rows = [Row(action, path=Path("/x/a"), origin=Origin(("x",))) for action in ("read", "write")]
    assert ["deny", "allow"] == [decide([], row, policy=policy).effect for row in rows]
