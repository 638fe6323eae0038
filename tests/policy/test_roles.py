"""Who holds a role: a member who is known well enough, and nobody else."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agentguard.access.model import Path, Row
from agentguard.policy import roles
from agentguard.policy.model import ASSURANCES, STRICTNESS

DEFINED = {
    "engineer": {"assurance": "managed", "users": ["ada"], "groups": ["eng"]},
    "helper": {"assurance": "os", "users": ["ada"], "groups": ["eng", "ops"]},
    "anybody": {"assurance": "none", "users": ["ada"], "groups": []},
}
WRITE = Row("write", path=Path("/x/a"))


def _held(*who):
    return tuple(sorted(found) for found in roles.held(DEFINED, *who))


def test_a_member_holds_a_role_at_its_assurance():
    """Known better is enough, known less well is not: then the person may hold it."""
    everything = ["anybody", "engineer", "helper"]
    assert (everything, []) == _held("ada", [], "managed")
    assert (["anybody", "helper"], ["engineer"]) == _held("ada", [], "os")
    assert (["anybody"], ["engineer", "helper"]) == _held("ada", [], "none")


def test_groups_make_members():
    """Any group of the role's; a role without that group stays out of reach."""
    assert (["engineer", "helper"], []) == _held("bob", ["eng", "other"], "managed")
    assert (["helper"], []) == _held("bob", ["ops"], "managed")
    assert ([], []) == _held("bob", ["other"], "managed")


def test_groups_that_nobody_looked_up_prove_nothing():
    """The person may be in them, which is told apart from not being in them."""
    assert ([], ["engineer", "helper"]) == _held("bob", None, "managed")
    assert ([], []) == _held("bob", [], "managed")


def test_nobody_is_no_member():
    """An empty name matches no list of names."""
    assert ([], []) == tuple(map(sorted, roles.held({"r": {**DEFINED["anybody"], "users": [""]}}, "", [], "managed")))


RULES = st.sampled_from(
    [
        {"effect": "deny", "not": {"roles": ["engineer"]}},
        {"effect": "ask", "path": "/x/**", "unless": [{"roles": ["helper"]}]},
        {"effect": "deny", "path": "/x/**", "enforce_for": ["engineer"]},
        {"effect": "deny", "path": "/x/**", "enforce_for": ["helper", "anybody"], "rollout": 0},
        {"effect": "deny", "path": "/x/**", "unless": [{"users": ["ada"]}, {"roles": ["engineer"], "devices": ["d"]}]},
        {"effect": "allow", "path": "/x/**", "roles": ["helper"]},
    ]
)
PEOPLE = st.tuples(st.sampled_from(["ada", "bob"]), st.none() | st.lists(st.sampled_from(["eng", "ops"]), max_size=2))


@given(
    st.lists(RULES, min_size=1, max_size=4),
    PEOPLE,
    st.sampled_from(["allow", "deny"]),
    st.lists(st.sampled_from([*ASSURANCES]), min_size=2, max_size=2).map(
        lambda levels: sorted(levels, key=ASSURANCES.__getitem__)
    ),
    st.booleans(),
)
@settings(max_examples=60)
def test_an_unproven_identity_never_gains(decide, chosen, who, default, levels, looked_up):
    """The same person, known less well or with groups that nobody looked up, is never treated more mildly."""
    rules = [{"id": f"r/{number}", **rule} for number, rule in enumerate(chosen)]
    user, groups = who

    def strictness(known, groups):
        held, claimed = roles.held(DEFINED, user, groups, known)
        name = "" if known == "none" else user
        told = {"roles": held, "claimed": claimed, "user": name, "device": "d"}
        decision = decide(rules, WRITE, defaults={"effect": default}, **told)
        return STRICTNESS[decision.effect], STRICTNESS[decision.would]

    less, better = levels
    pairs = zip(strictness(better, groups), strictness(less, groups if looked_up else None), strict=True)
    assert all(one <= other for one, other in pairs)
