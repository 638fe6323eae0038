"""Observe, then enforce: `rollout`, `cohort` and `enforce_for`, and the sweep of trees that are too large to look at."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agentguard.access import limits
from agentguard.access.model import TREE, Origin, Path, Row
from agentguard.access.world import MemoryDisk
from agentguard.policy import rollout
from agentguard.policy.model import Context

READ = Row("read", path=Path("/x/a"))
DEVICES = [f"device-{number}" for number in range(400)]


def _rule(**more):
    return [{"id": "deny", "effect": "deny", "path": "/x/**", **more}]


def _enforced(percent, cohort="c", rule="r"):
    found = {"id": rule, "rollout": percent, "cohort": cohort}
    return {device for device in DEVICES if rollout.enforced(found, Context(user="dev", device=device))}


@given(st.integers(0, 100), st.integers(0, 100), st.text(max_size=5))
def test_a_higher_percentage_only_adds_devices(one, other, cohort):
    """Whatever the cohort, who enforced at the lower percentage does so at the higher one."""
    low, high = sorted((one, other))
    assert _enforced(low, cohort) <= _enforced(high, cohort)


def test_a_percentage_is_about_that_many_devices():
    """None at 0, all at 100, and about as many as it says between."""
    assert [0, len(DEVICES)] == [len(_enforced(percent)) for percent in (0, 100)]
    assert all(abs(len(_enforced(percent)) / len(DEVICES) - percent / 100) < 0.1 for percent in (10, 25, 50, 75))


def test_places_are_the_same_for_ever():
    """A later version that worked them out in another way would enforce rules for other people."""
    assert [1, 88, 51] == [rollout.place("autumn", f"device-{number}") for number in range(3)]


def test_rules_of_one_cohort_reach_the_same_devices():
    """Without a cohort each rule has its own, so that no device is the first for everything."""
    assert _enforced(30, rule="a") == _enforced(30, rule="b")
    assert _enforced(30, "", "a") != _enforced(30, "", "b")
    assert _enforced(30, "", "a") == _enforced(30, "a", "b")


def test_a_rollout_decides_what_counts(decide):
    """What does not count has its say in `would` alone."""
    within, without = min(_enforced(50, "deny")), min(set(DEVICES) - _enforced(50, "deny"))
    decisions = [decide(_rule(rollout=50), READ, device=device) for device in (within, without, "")]
    assert [("deny", "deny"), ("allow", "deny"), ("deny", "deny")] == [(one.effect, one.would) for one in decisions]
    assert [[True], [False], [True]] == [[hit.counts for hit in one.hits] for one in decisions]


def test_a_rollout_needs_a_rule_that_is_enforced(decide):
    """In a bundle that observes, a rule rolls out once it says that it is enforced."""
    for more, effect in (({}, "allow"), ({"mode": "enforce"}, "deny")):
        assert effect == decide(_rule(rollout=100, **more), READ, device="d", mode="observe").effect


def test_holders_of_a_role_enforce(decide):
    """Everybody else observes; who may be a holder, or is nobody, enforces: a doubt never helps."""
    rules = _rule(enforce_for=["pilot", "early"])
    people = [
        ({"roles": {"pilot"}}, "deny"),
        ({"roles": {"early", "dev"}}, "deny"),
        ({"roles": {"dev"}}, "allow"),
        ({}, "allow"),
        ({"claimed": frozenset({"pilot"})}, "deny"),
        ({"user": ""}, "deny"),
        ({"user": "", "roles": {"dev"}, "claimed": frozenset({"ops"})}, "deny"),
    ]
    assert [effect for _, effect in people] == [decide(rules, READ, **facts).effect for facts, _ in people]
    assert {"deny"} == {decide(rules, READ, **facts).would for facts, _ in people}


def test_either_of_both_suffices(decide):
    """The pilots and a share of the devices."""
    rules = _rule(enforce_for=["pilot"], rollout=0)
    assert ["deny", "allow"] == [
        decide(rules, READ, device="d", roles=frozenset(roles)).effect for roles in (["pilot"], [])
    ]
    assert "deny" == decide(_rule(enforce_for=["pilot"], rollout=100), READ, device="d").effect


def _tree(make_world, *files):
    """Return a row that reads a tree too large to look at, and the world that it lies in."""
    many = {f"/big/{number}": b"" for number in range(20_001)}
    row = Row("read", path=Path("/big", extent=TREE), origin=Origin(("grep",)))
    world = make_world()
    world.disk = MemoryDisk({**many, **dict.fromkeys(files, b"")})
    return row, world


def test_a_tree_too_large_to_look_at(decide, make_world):
    """It passes, unless the rule says that such trees are asked about; a rule that names its folder needs no look."""
    row, world = _tree(make_world)
    rules = [{"effect": "deny", "path": "**/.env", "possible": "deny"}]
    swept = [{**rules[0], "sweep": "ask"}]
    assert ["allow", "ask"] == [decide(found, row, world=world).effect for found in (rules, swept)]
    elsewhere = [{**swept[0], "path": ["**/.env", "!/big", "!/big/**"]}, {**swept[0], "path": "/other/**"}]
    assert ["allow", "allow"] == [decide([found], row, world=world).effect for found in elsewhere]
    write = Row("delete", path=row.path, origin=row.origin)
    assert "allow" == decide(swept, write, world=world).effect


def test_trees_of_one_call_share_a_budget(decide, make_world, monkeypatch):
    """Equal looks count once; a tree that there is no budget left for may hold anything, and is no reason to let pass."""
    monkeypatch.setattr(limits, "MAX_CALL_ENTRIES", 3)
    world = make_world(["/a/1", "/a/2", "/b/1", "/b/2", "/c/1"])
    rows = {name: Row("read", path=Path(f"/{name}", extent=TREE), origin=Origin(("grep",))) for name in "abc"}
    rules = [{"effect": "deny", "path": "**/.env", "possible": "deny"}]
    assert ["allow", "allow", "deny"] == [
        decide(rules, *map(rows.get, names), world=world).effect for names in ("ab", "aabba", "abc")
    ]


def test_trees_that_keep_other_files_are_other_trees(decide, make_world):
    """What find lets through counts for its own row, whatever an earlier call has seen of the folder."""
    world = make_world(["/a/.env", "/a/x.py"])
    rules = [{"effect": "deny", "path": "**/.env", "possible": "deny"}]
    some, whole = (Row("read", path=Path("/a", extent=TREE), origin=Origin(("cat",))) for _ in range(2))
    some.path.keeps = lambda name: name.endswith(".py")
    assert ["allow", "deny", "allow"] == [decide(rules, row, world=world).effect for row in (some, whole, some)]


def test_a_sweep_lifts_nothing(decide, make_world):
    """What is found counts as ever, and a rule that does not count does not ask either."""
    row, world = _tree(make_world, "/big/.env")
    rules = [{"effect": "deny", "path": "**/.env", "sweep": "ask"}]
    assert "ask" == decide(rules, row, world=world).effect
    small = Row("read", path=Path("/small", extent=TREE), origin=Origin(("grep",)))
    assert "allow" == decide(rules, small, world=world).effect
    found = make_world(["/small/.env"])
    assert ["deny", "allow"] == [
        decide([{**rules[0], "mode": mode}], small, world=found).effect for mode in ("enforce", "observe")
    ]
