"""The layers of a decision: the built-in pack, mode, freshness, nobody to answer, a root-owned observe stage."""

from __future__ import annotations

import pytest

from agentguard.access.model import ANY, GLOB, TREE, Origin, Path, Pattern, Row
from agentguard.policy import engine
from agentguard.policy.exceptions import Exceptions

READ = Row("read", path=Path("/x/a"))
WRITE = Row("write", path=Path("/x/a"))
OWN = Row("write", path=Path("/etc/agentguard/agentguard.toml"))
DENY = [{"id": "deny", "effect": "deny", "path": "/x/**", "reason": "denied"}]
ASK = [{"id": "ask", "effect": "ask", "path": "/x/**", "reason": "asked"}]
ALLOW = [{"id": "allow", "effect": "allow", "path": ["/x/**", "/etc/agentguard/**"]}]


def _traits(*traits, **origin):
    return Origin(("some", "command"), traits=frozenset(traits), **origin)


BUILTIN = {
    "agentguard/own-files": [
        OWN,
        Row("write", path=Path("/var/lib/agentguard")),
        Row("delete", path=Path("/var/lib", extent=TREE)),
        Row("write", path=Path("/", extent=TREE)),
        Row("write", path=Path("/home/dev/project/x", "/opt/agentguard/hook.py")),
        Row("write", "possible", path=Path("/opt/agentguard/hook.py")),
        Row("write", path=Path(Pattern(("/opt/agent", ANY)), extent=GLOB)),
    ],
    "agentguard/agent-settings": [
        Row("write", path=Path("/home/dev/.claude/settings.json")),
        Row("write", path=Path("/home/dev/.claude/settings.local.json")),
        Row("delete", path=Path("/w/other/.claude/settings.json")),
        Row("delete", path=Path("/home/dev/.claude", extent=TREE)),
        Row("write", path=Path("/etc/claude-code/managed-settings.d/50-agentguard.json")),
        Row("write", path=Path("/etc/claude-code")),
        Row("write", path=Path("/Library/Application Support/ClaudeCode/managed-settings.json")),
        Row("write", path=Path("/Library/Managed Preferences/dev/com.anthropic.claudecode.plist")),
        Row("write", path=Path("C:/Program Files/ClaudeCode/managed-settings.json")),
    ],
    "agentguard/own-processes": [
        Row("execute", origin=_traits("signals", args=("-f", "agentguard"))),
        Row("execute", origin=_traits("controls-service", args=("stop", "agentguard-sync.timer"))),
        Row("execute", origin=_traits("removes-package", args=("agentguard",))),
    ],
    "agentguard/own-package": [Row("execute", origin=_traits("removes-package"), package="agentguard")],
    "agentguard/agent-elsewhere": [
        Row("execute", origin=_traits("starts-agent", via=("unshare", "sh -c"))),
        Row("execute", "possible", origin=_traits("starts-agent", via=("docker run",))),
    ],
    "agentguard/agent-unguarded": [
        Row("execute", origin=_traits("starts-agent", flags=("--setting-sources=",))),
        Row("execute", "possible", origin=_traits("starts-agent", flags=("--config-dir=/tmp/x",))),
    ],
    "agentguard/agent-hooks": [
        Row("write", tool="Write", path=Path("/w/.claude/skills/x/SKILL.md"), origin=_traits("configures-hooks")),
        Row("write", tool="Edit", path=Path("/home/dev/.claude/agents/a.md"), origin=_traits("configures-hooks")),
    ],
    "agentguard/agent-hooks-unseen": [Row("write", tool="Bash", path=Path("/w/.claude/commands/a.md"))],
    "agentguard/agent-hooks-server": [
        Row("write", "possible", tool="mcp__files__write", path=Path("/w/.claude/agents/a.md"))
    ],
    "agentguard/malformed": [
        Row(action, certainty, origin=_traits("malformed"))
        for action, certainty in (
            ("use", "certain"),
            ("read", "unknown"),
            ("execute", "opaque"),
            ("connect", "possible"),
        )
    ],
}
BUILTIN["agentguard/own-commands"] = [
    Row("execute", origin=Origin(("agentguard", *words)))
    for words in (
        ("uninstall",),
        ("enroll",),
        ("enforce",),
        ("quickstart",),
        ("install",),
        ("bundle", "publish"),
        ("exception", "grant"),
    )
]
BUILTIN["agentguard/own-program"] = [
    Row("execute", path=Path(f"/var/lib/agentguard/{name}"))
    for name in ("cli.py", "versions/0.1.0-aa/agentguard/__main__.py")
]
NEAR = [
    Row("execute", origin=Origin(("agentguard", "status"))),
    Row("execute", origin=Origin(("agentguard", "bundle", "verify"))),
    Row("execute", path=Path("/var/lib/agentguard/bin/python3")),
    Row("read", path=Path("/etc/agentguard/agentguard.toml")),
    Row("write", path=Path("/etc/agentguard2")),
    Row("delete", path=Path("/var/lib/x", extent=TREE)),
    Row("write", path=Path("/var/lib")),
    Row("write", path=Path("/home/dev/.claude/CLAUDE.md")),
    Row("write", tool="Write", path=Path("/home/dev/project/.claude/agents/settings.md")),
    Row("write", tool="Bash", path=Path(Pattern(("/home/dev/project/", ANY, ".md")), extent=GLOB)),
    Row("execute", origin=_traits("signals", args=("1234",))),
    Row("execute", origin=_traits(args=("agentguard",))),
    Row("execute", origin=_traits("removes-package"), package="left-pad"),
    Row("execute", origin=_traits("starts-agent", via=("sudo",))),
]


@pytest.mark.parametrize("rule", BUILTIN)
def test_the_builtin_pack(decide, rule):
    """Layer 1 denies whatever the policy, the mode or the stage; nothing is let through for want of an answer."""
    for row in BUILTIN[rule]:
        for facts in ({}, {"mode": "observe"}, {"stage": "observe"}, {"stage": "observe", "state": "invalid"}):
            decision = decide(ALLOW, row, **facts)
            assert ("deny", "deny") == (decision.effect, decision.would)
            assert rule in [hit.rule for hit in decision.hits]
            assert decision.reason
            assert decision.remedy


@pytest.mark.parametrize("row", NEAR, ids=repr)
def test_the_builtin_pack_is_quiet_beside_its_point(decide, row):
    """What only looks like agentguard's own is left to the policy."""
    assert "allow" == decide([], row).effect


def test_every_builtin_rule_is_tested():
    """The table above names every rule of the pack."""
    assert sorted(BUILTIN) == sorted(rule["id"] for rule in engine.builtin().rules)


@pytest.mark.parametrize(
    ("rules", "mode", "effect", "would", "rule"),
    [
        (DENY, "enforce", "deny", "deny", "deny"),
        (DENY, "observe", "allow", "deny", ""),
        ([{**DENY[0], "mode": "observe"}], "enforce", "allow", "deny", ""),
        ([{**DENY[0], "mode": "enforce"}], "observe", "deny", "deny", "deny"),
        ([{**DENY[0], "mode": "observe"}, *ASK], "enforce", "ask", "deny", "ask"),
    ],
)
def test_mode(decide, rules, mode, effect, would, rule):
    """Rules that observe count in `would` alone; what is said is said by the rule that decides."""
    decision = decide(rules, READ, mode=mode)
    assert (effect, would, rule, "deny") == (decision.effect, decision.would, decision.rule, decision.would_rule)
    assert {"deny": "denied", "ask": "asked", "": "denied"}[rule] == decision.reason


def test_a_default_counts_in_the_mode_of_the_bundle(decide):
    """A bundle that observes does not enforce its defaults either."""
    decision = decide([], Row("execute", "opaque"), mode="observe")
    assert ("allow", "ask", "default:opaque") == (decision.effect, decision.would, decision.would_rule)
    assert [False] == [hit.counts for hit in decision.hits]


def test_an_observed_allow_never_relaxes(decide):
    """An allow rule that observes shows in `would` what it would let through."""
    decision = decide([{**ALLOW[0], "mode": "observe"}], READ, defaults={"effect": "deny"})
    assert ("deny", "allow") == (decision.effect, decision.would)


def _excepted(rule, *rows):
    return Exceptions([{"id": "e1", "rule": rule, "repo": "", "rows": [list(rows)]}])


LIFTED = _excepted("deny", ["path", 0, ["/x/a"], []])


@pytest.mark.parametrize(
    ("rules", "facts", "expected"),
    [
        (DENY, {}, ("allow", "allow", "", "e1", "deny")),
        ([*DENY, *ASK], {}, ("ask", "ask", "ask", "e1", "deny")),
        (ASK, {}, ("ask", "ask", "ask", "", "ask")),
        ([{**DENY[0], "severity": "critical"}], {}, ("deny", "deny", "deny", "", "deny")),
        ([{**DENY[0], "severity": "critical", "exceptions": True}], {}, ("allow", "allow", "", "e1", "deny")),
        ([{**DENY[0], "exceptions": False}], {}, ("deny", "deny", "deny", "", "deny")),
        ([{**DENY[0], "mode": "observe"}], {}, ("allow", "allow", "", "e1", "allow")),
        (DENY, {"stage": "observe"}, ("allow", "allow", "", "e1", "allow")),
        (DENY, {"state": "stale"}, ("ask", "ask", "default:stale", "e1", "deny")),
        ([{**DENY[0], "effect": "ask"}], {"attended": False}, ("allow", "allow", "", "e1", "deny")),
    ],
)
def test_an_exception(decide, rules, facts, expected):
    """Layer 3: one more `unless` on its rule, if the rule may have one; layers above and below stay as they are."""
    found = decide(rules, WRITE, exceptions=LIFTED, **facts)
    assert expected == (found.effect, found.would, found.rule, found.exception, found.without)


def test_an_exception_that_may_fit_lifts_in_part(decide):
    """What is a maybe of the exception leaves a maybe of the rule; and its own row is all that it lifts."""
    row = Row("write", path=Path(Pattern(("/x/", ANY))))
    found = decide(DENY, row, exceptions=LIFTED, defaults={"possible": "ask"})
    assert "ask" == found.effect
    both = decide(DENY, WRITE, Row("write", path=Path("/x/b")), exceptions=LIFTED)
    assert ("deny", ("allow", "deny"), "e1") == (both.effect, both.row_effects, both.exception)


def test_an_exception_never_lifts_the_builtin_pack(decide):
    """Layer 1 knows no exceptions."""
    own = _excepted("agentguard/own-files", ["action", 0, ["write"], []])
    assert "deny" == decide([], OWN, exceptions=own).effect


CHANGING = [
    WRITE,
    Row("delete", path=Path("/x/a")),
    Row("execute", origin=Origin(("x",))),
    Row("connect", host="example.org"),
    Row("mcp", server="s", mcp_tool="t"),
]
HARMLESS = [
    READ,
    Row("use", tool="Read"),
    Row("listen", host="127.0.0.1"),
    Row("delegate", subagent="x"),
    Row("prompt"),
]


@pytest.mark.parametrize(
    ("state", "expected"),
    [("fresh", "allow"), ("grace", "allow"), ("stale", "ask"), ("fallback", "ask"), ("invalid", "deny"), ("?", "deny")],
)
def test_freshness(decide, state, expected):
    """Rows that change something and would be let through are held back; others are not."""
    for row in CHANGING:
        decision = decide(ALLOW, row, state=state)
        assert (expected, expected) == (decision.effect, decision.would)
        if expected != "allow":
            assert decision.rule.startswith("default:")
            assert decision.reason
            assert decision.remedy
    for row in HARMLESS:
        assert "allow" == decide([], row, state=state).effect


def test_on_stale_is_what_the_policy_says(decide):
    """The policy chooses what a stale policy does; a missing or damaged one, it cannot."""
    effects = [decide([], WRITE, state=state, defaults={"on_stale": "deny"}).effect for state in ("stale", "fallback")]
    assert ["deny", "ask"] == effects
    assert "allow" == decide([], WRITE, state="stale", defaults={"on_stale": "allow"}).effect


@pytest.mark.parametrize(("state", "asked"), [("stale", "ask"), ("fallback", "ask"), ("invalid", "deny")])
def test_freshness_never_relaxes(decide, state, asked):
    """A deny stays a deny and an ask at least an ask; the rule is named before the state."""
    decisions = [decide(rules, WRITE, state=state) for rules in (DENY, ASK)]
    assert ["deny", asked] == [decision.effect for decision in decisions]
    assert ["deny", "ask" if asked == "ask" else "default:invalid"] == [decision.rule for decision in decisions]


def test_a_bundle_that_only_observes_grows_stale_too(decide):
    """Otherwise an old bundle that observed would hold for ever."""
    assert ["ask", "deny"] == [decide([], WRITE, mode="observe", state=state).effect for state in ("stale", "invalid")]


@pytest.mark.parametrize(
    ("rules", "state", "expected"),
    [
        (ASK, "fresh", "deny"),
        ([{**ASK[0], "unattended": "allow"}], "fresh", "allow"),
        ([{**ASK[0], "id": "other", "unattended": "allow"}, *ASK], "fresh", "deny"),
        ([{**DENY[0], "unattended": "allow"}], "fresh", "deny"),
        ([], "stale", "deny"),
    ],
)
def test_nobody_can_answer(decide, rules, state, expected):
    """What would be asked is denied, unless the rule says otherwise for that case."""
    decision = decide(rules, WRITE, state=state, attended=False)
    assert (expected, expected) == (decision.effect, decision.would)


def test_a_maybe_that_nobody_can_answer(decide):
    """The effect of `possible` is asked about, too."""
    row = Row("read", "possible", path=Path("/x/a"))
    assert "deny" == decide(DENY, row, attended=False).effect


def test_a_root_owned_observe_stage(decide):
    """Everything but layer 1 becomes a record."""
    for facts in ({}, {"state": "invalid"}, {"attended": False}):
        decision = decide(DENY, WRITE, stage="observe", **facts)
        assert ("allow", "deny", "observe") == (decision.effect, decision.would, decision.mode)
    assert ("allow", "ask") == (
        decide([], WRITE, stage="observe", state="stale").effect,
        decide([], WRITE, stage="observe", state="stale").would,
    )


def test_the_fallback_policy_decides(decide):
    """It is a policy like any other, and it knows what a secret is."""
    policy = engine.fallback()
    rows = [Row("read", path=Path("/home/dev/.ssh/id_rsa")), READ]
    assert ["deny", "allow"] == [decide([], row, policy=policy, state="fallback").effect for row in rows]
