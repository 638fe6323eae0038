"""How conditions combine: what a row lacks, not, unless, certainty, identity."""

from __future__ import annotations

import pytest

from agentguard import jsontext
from agentguard.access.model import ANY, UNKNOWN, Origin, Path, Pattern, Row
from agentguard.policy import engine, wire
from agentguard.policy.conditions import CONDITIONS
from agentguard.policy.match import _ASKS, _COMMON, KINDS

EXECUTE = Row("execute", origin=Origin(("git", "push"), traits=frozenset({"publishes"})))


def test_every_condition_of_the_language_is_understood():
    """The engine knows each condition of the language, and compares it in the same way."""
    assert {key: entry[0] for key, entry in CONDITIONS.items()} == KINDS


def test_what_every_condition_looks_at_is_part_of_what_an_answer_is_kept_for():
    """Each condition is decided by the kind of the row, or by what stands in the table of what is asked."""
    assert set(KINDS) == _COMMON | set(_ASKS)


# key: (a value that holds, one that does not, a row that has it, facts of the context)
CASES = {
    "action": ("read", "write", Row("read", path=Path("/x")), {}),
    "certainty": ("certain", "opaque", Row("read", path=Path("/x")), {}),
    "trait": ("publishes", "force", EXECUTE, {}),
    "tool": ("mcp__*", "Read", Row("use", tool="mcp__a__b"), {}),
    "roles": ("engineer", "analyst", EXECUTE, {"roles": frozenset({"engineer"})}),
    "users": ("dev", "root", EXECUTE, {"user": "dev"}),
    "devices": ("laptop-1", "laptop-2", EXECUTE, {"device": "laptop-1"}),
    "permission_mode": ("plan", "default", EXECUTE, {"permission_mode": "plan"}),
    "repo": ("github.com/acme/*", "github.com/other/*", EXECUTE, {"repo": "github.com/acme/app"}),
    "branch": ("main", "topic", EXECUTE, {"branch": "main"}),
    "subagent": ("explore", "plan", EXECUTE, {"subagent": "explore"}),
    "command": ("git push", "git pull", EXECUTE, {}),
    "flags": ("--force", "--all", Row("execute", origin=Origin(("x",), flags=("--force",))), {}),
    "args": ("a*", "b*", Row("execute", origin=Origin(("x",), args=("ab",))), {}),
    "via": ("sudo", "env", Row("execute", origin=Origin(("x",), via=("sudo",))), {}),
    "server": ("db", "mail", Row("mcp", server="db", mcp_tool="drop"), {}),
    "mcp_tool": ("dr*", "get", Row("mcp", server="db", mcp_tool="drop"), {}),
    "port": ("443", "80", Row("connect", host="x.org", port=443), {}),
    "host": ("x.org", "y.org", Row("connect", host="x.org", port=443), {}),
    "method": ("POST", "GET", Row("connect", host="x.org", method="POST"), {}),
    "ref": ("main", "topic", Row("execute", origin=Origin(("git",)), ref="main"), {}),
    "remote": ("origin", "upstream", Row("execute", origin=Origin(("git",)), remote="origin"), {}),
    "package": ("left-pad", "x", Row("execute", origin=Origin(("npm",)), package="left-pad"), {}),
    "variable": ("PATH", "HOME", Row("write", variable="PATH"), {}),
    "sql_verb": ("DROP", "SELECT", Row("execute", origin=Origin(("psql",)), sql_verb="DROP"), {}),
    "path": ("/x/**", "/y/**", Row("read", path=Path("/x/a")), {}),
}
ALWAYS_THERE = ("action", "certainty", "trait", "roles", "users", "devices")


@pytest.mark.parametrize("key", KINDS)
def test_each_condition(decide, key):
    """A condition holds for its value, its opposite for all others; where a row lacks the thing, neither does."""
    good, bad, row, context = CASES[key]
    effects = [
        decide([{"effect": "deny", **rule}], row, **context).effect
        for rule in ({key: good}, {key: bad}, {"not": {key: good}}, {"not": {key: bad}})
    ]
    assert ["deny", "allow", "allow", "deny"] == effects
    if key not in ALWAYS_THERE:
        bare = Row("prompt")
        assert ["allow", "allow"] == [
            decide([{"effect": "deny", **rule}], bare).effect for rule in ({key: good}, {"not": {key: good}})
        ]


def test_the_subagent_of_a_delegation_is_the_one_that_is_started(decide):
    """On delegate rows the condition looks at the row, elsewhere at who asks."""
    rules = [{"effect": "deny", "subagent": "explore"}]
    started = Row("delegate", subagent="explore")
    assert ["deny", "allow"] == [decide(rules, row, subagent="plan").effect for row in (started, EXECUTE)]


def test_all_conditions_hold_on_the_same_row(decide):
    """Two rows that each meet half a rule do not meet it."""
    rules = [{"effect": "deny", "action": "read", "path": "/x"}]
    assert "allow" == decide(rules, Row("read", path=Path("/y")), Row("write", path=Path("/x"))).effect


def test_unless_lifts_a_rule(decide):
    """Any one table lifts the rule, if all of it holds."""
    rules = [{"effect": "deny", "path": "/x/**", "unless": [{"path": "/x/a"}, {"path": "/x/b", "roles": "data"}]}]
    effects = [decide(rules, Row("read", path=Path(f"/x/{name}"))).effect for name in "abc"]
    assert ["allow", "deny", "deny"] == effects
    assert "allow" == decide(rules, Row("read", path=Path("/x/b")), roles=frozenset({"data"})).effect


def test_unless_that_may_hold_makes_a_maybe(decide):
    """2 - 1 = 1."""
    rules = [{"effect": "deny", "path": "/x/**", "unless": [{"path": "/x/a/b"}], "possible": "ask"}]
    assert "ask" == decide(rules, Row("read", path=Path(Pattern(("/x/a", ANY))))).effect


def test_unless_of_an_allow_rule(decide):
    """An allow rule that may be lifted does not free its row."""
    rules = [{"effect": "allow", "path": "/x/**", "unless": [{"path": "/x/a/b"}]}]
    paths = ["/x/c", "/x/a/b", Pattern(("/x/a", ANY))]
    assert ["allow", "ask", "ask"] == [
        decide(rules, Row("read", path=Path(path)), defaults={"effect": "ask"}).effect for path in paths
    ]


def test_an_unknown_row_is_decided_by_rules_that_name_it(decide):
    """A path or host of which nothing is known meets no rule but those that say `certainty = "unknown"`."""
    row = Row("delete", path=Path(UNKNOWN))
    assert "allow" == decide([{"effect": "deny", "action": "delete"}], row).effect
    assert "allow" == decide([{"effect": "deny", "not": {"path": "/x"}}], row).effect
    assert "allow" == decide([{"effect": "deny", "not": {"certainty": "certain"}}], row).effect
    assert "deny" == decide([{"effect": "deny", "certainty": "unknown"}], row).effect
    assert "ask" == decide([{"effect": "deny", "path": "/x/**", "certainty": ["certain", "unknown"]}], row).effect


def test_a_row_whose_ref_is_unknown_happens_all_the_same(decide):
    """Only paths and hosts make a row unknown to rules: an unknown branch is pushed none the less."""
    row = Row("execute", "unknown", origin=EXECUTE.origin, ref=UNKNOWN)
    assert "deny" == decide([{"effect": "deny", "trait": "publishes"}], row).effect


def test_an_opaque_row_is_decided_by_rules_that_name_it(decide):
    """What cannot be known is not taken to meet every rule."""
    row = Row("execute", "opaque", origin=Origin(("bash",)))
    quiet = {"opaque": "allow"}
    assert "allow" == decide([{"effect": "deny", "action": "execute"}], row, defaults=quiet).effect
    assert "deny" == decide([{"effect": "deny", "certainty": "opaque"}], row, defaults=quiet).effect


def test_identity_that_is_not_known_never_gains(decide):
    """Nobody is let through by an identity or by not having one, and is held by a restriction on not having one."""
    ask = {"effect": "ask"}
    nobody = {"user": "", "device": ""}
    for key in ("roles", "users", "devices"):
        for rule in ({key: "*"}, {"not": {key: "x"}}):
            assert "ask" == decide([{"effect": "allow", **rule}], EXECUTE, defaults=ask, **nobody).effect
        assert "deny" == decide([{"effect": "deny", "not": {key: "x"}}], EXECUTE, **nobody).effect
        lifted = [{"effect": "deny", "action": "execute", "unless": [{"not": {key: "x"}}]}]
        assert "deny" == decide(lifted, EXECUTE, **nobody).effect


def test_a_person_without_a_role_is_a_person(decide):
    """Who is known and holds no role meets `not.roles`."""
    assert "allow" == decide([{"effect": "allow", "not": {"roles": "x"}}], EXECUTE, defaults={"effect": "ask"}).effect


def test_sets_can_be_united(compiled, decide):
    """A set that names others is the union of all of them, each less what is taken out of it."""
    found = compiled([{"effect": "deny", "path": ["/a/**", "!/a/x"]}, {"effect": "allow", "path": ["/a/x"]}])
    found["sets"][0]["or"] = [1]
    for data in (jsontext.canonical(found), wire.pack(found)):
        policy = engine.load(data)
        assert ["deny", "deny", "allow"] == [
            decide([], Row("read", path=Path(path)), policy=policy).effect for path in ("/a/b", "/a/x", "/b")
        ]
