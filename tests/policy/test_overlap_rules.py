"""What is said about rules beside each other is proven: a rule that is said to decide nothing can be taken away."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentguard.access.model import ANY, EXACT, GLOB, STAR, TREE, UNKNOWN, Origin, Path, Pattern, Row
from agentguard.policy.overlap import Overlap

EFFECTS = ["allow", "ask", "deny"]
VALUES = {
    "action": ["read", "write", "execute", "connect", "use"],
    "certainty": ["certain", "possible", "unknown", "opaque"],
    "trait": ["force", "sends"],
    "path": ["/x/**", "/x/a", "**/.env", "!/x/a/**"],
    "command": ["git", "git push", "rm"],
    "flags": ["--force", "-*"],
    "host": ["*.x.org", "x.org", "!a.x.org"],
    "port": ["80", "80-90"],
    "roles": ["engineer"],
}
tables = st.fixed_dictionaries(
    {}, optional={key: st.lists(st.sampled_from(values), min_size=1, max_size=2) for key, values in VALUES.items()}
).map(lambda table: {key: values for key, values in table.items() if any(value[0] != "!" for value in values)})
whole = st.tuples(tables, tables).map(lambda two: {**two[0], **({"not": two[1]} if two[1] else {})}).filter(bool)


@st.composite
def pairs(draw):
    """A rule, and another one that is often wider: fewer conditions, more values, another effect."""
    narrow = {"effect": draw(st.sampled_from(EFFECTS)), **draw(whole)}
    wide = {key: value for key, value in narrow.items() if key == "effect" or draw(st.booleans())}
    for key in VALUES.keys() & wide.keys():
        wide[key] = [*wide[key], *draw(st.lists(st.sampled_from(VALUES[key]), max_size=1))]
    if draw(st.booleans()):
        wide["effect"] = draw(st.sampled_from(EFFECTS))
    for rule in (narrow, wide):
        rule["unless"] = draw(st.lists(whole, max_size=1))
        if rule["effect"] != "allow":
            rule.update(draw(st.fixed_dictionaries({}, optional={"possible": st.sampled_from(EFFECTS)})))
            rule.update(draw(st.fixed_dictionaries({}, optional={"mode": st.sampled_from(["observe", "enforce"])})))
            rule.update(draw(st.fixed_dictionaries({}, optional={"unattended": st.sampled_from(["allow", "deny"])})))
    if draw(st.booleans()):
        wide["unless"] = narrow["unless"]
    return [rule for rule in (narrow, wide) if rule.keys() - {"effect", "unless", "possible", "mode", "unattended"}]


values = st.sampled_from(
    [
        "/x",
        "/x/a",
        "/x/a/.env",
        "/y/.env",
        Pattern(("/x/", STAR)),
        Pattern((ANY, "/.env")),
        Pattern(("/", ANY)),
        UNKNOWN,
    ]
)
origins = st.builds(
    Origin,
    st.sampled_from([("git", "push"), ("git", "log"), ("rm",), ("./git", "push")]),
    flags=st.sampled_from([(), ("--force",), (UNKNOWN,), (Pattern(("-", ANY)),)]),
    traits=st.sampled_from([frozenset(), frozenset({"force"}), frozenset({"sends", "force"})]),
)
certainties = st.sampled_from(VALUES["certainty"])
rows = st.one_of(
    st.builds(
        Row,
        st.sampled_from(["read", "write"]),
        certainties,
        path=st.builds(Path, values, extent=st.sampled_from([EXACT, GLOB, TREE])),
        origin=origins,
    ),
    st.builds(
        Row,
        st.just("connect"),
        certainties,
        host=st.sampled_from(["x.org", "a.x.org", UNKNOWN, Pattern((ANY, ".x.org"))]),
        port=st.sampled_from([None, 80, 85]),
        origin=origins,
    ),
    st.builds(Row, st.just("execute"), certainties, origin=origins),
    st.builds(Row, st.just("use"), tool=st.just("Bash")),
)
defaults = st.fixed_dictionaries(
    {},
    optional={name: st.sampled_from(EFFECTS) for name in ("effect", "possible", "opaque", "unknown", "unknown_tool")},
)


def said(compiled, rules, given_defaults):
    """Return the numbers of the rules that are said to decide nothing, and those that are said to idle."""
    overlap = Overlap(compiled(rules, defaults=given_defaults))
    return {pair.number for pair in overlap.covered()}, set(overlap.idle())


@settings(max_examples=60, deadline=None)
@given(
    pairs().filter(lambda rules: len(rules) == 2),
    st.lists(rows, min_size=1, max_size=6),
    defaults,
    st.booleans(),
    st.booleans(),
    st.sampled_from([frozenset(), frozenset({"engineer"})]),
)
def test_a_rule_that_decides_nothing_can_be_taken_away(
    decide, compiled, rules, call, given_defaults, attended, known, roles
) -> None:
    """Whatever the rows, the defaults and the person: effect and would stay as they are."""
    rules = [{"id": f"r/{number}", **rule} for number, rule in enumerate(rules)]
    for number in set.union(*said(compiled, rules, given_defaults)):
        rest = [rule for place, rule in enumerate(rules) if place != number]
        for row in call:
            found = [
                decide(listed, row, defaults=given_defaults, known=known, attended=attended, roles=roles)
                for listed in (rules, rest)
            ]
            assert [(one.effect, one.would) for one in found[:1]] == [(one.effect, one.would) for one in found[1:]]


def covered(compiled, *rules, **more):
    """Return which of some rules are said to be covered, and by which."""
    return [(pair.number, pair.by) for pair in Overlap(compiled(rules, **more)).covered()]


DENY = {"effect": "deny", "path": ["/x/**"]}


def test_a_wider_rule_covers_a_narrower_one(compiled) -> None:
    """Fewer conditions, more values, fewer exceptions."""
    assert [(1, 0)] == covered(compiled, DENY, {**DENY, "action": ["read"]})
    assert [(1, 0)] == covered(compiled, {**DENY, "path": ["/x/**", "/y"]}, DENY)
    assert [(1, 0)] == covered(compiled, DENY, {**DENY, "unless": [{"roles": "a"}]})
    assert [(1, 0)] == covered(compiled, DENY, {**DENY, "effect": "allow"})
    assert [(1, 0)] == covered(
        compiled, {"effect": "deny", "port": ["80-90"]}, {"effect": "ask", "port": ["81", "85-90"]}
    )


def test_rules_that_are_alike_are_told_once(compiled) -> None:
    """Of two that cover each other one stays."""
    assert [(1, 0), (2, 0)] == covered(compiled, DENY, DENY, DENY)


def test_what_is_not_proven_is_not_said(compiled) -> None:
    """Each of these could make a difference to some call."""
    for one, two in (
        (DENY, {**DENY, "path": ["/x/a"]}),  # of a path that is known in part
        ({**DENY, "effect": "ask"}, DENY),
        ({**DENY, "possible": "allow"}, DENY),
        ({**DENY, "mode": "observe"}, DENY),
        ({**DENY, "rollout": 50, "cohort": "c"}, DENY),
        (DENY, {**DENY, "some_later_key": 1}),
        ({**DENY, "unless": [{"roles": "a"}]}, DENY),
        (DENY, {**DENY, "certainty": ["unknown"]}),
        ({**DENY, "effect": "ask"}, {**DENY, "effect": "allow"}),
        ({**DENY, "path": ["/x/**", "!/x/a"]}, DENY),
        (DENY, {"effect": "deny", "not": {"path": ["/x/**"]}}),
    ):
        assert (1, 0) not in covered(compiled, one, two)
    assert [(1, 0)] == covered(compiled, DENY, {**DENY, "rollout": 50, "cohort": "c"})


@settings(max_examples=20, deadline=None)
@given(st.lists(pairs(), min_size=2, max_size=4))
def test_whatever_covers_a_rule_is_found(compiled, some) -> None:
    """Looking at rules with a value in common finds as much as comparing each with each."""
    rules = [rule for pair in some for rule in pair]
    overlap = Overlap(compiled(rules))
    expected = {
        number
        for number, rule in enumerate(rules)
        for by in range(len(rules))
        if by != number
        and overlap.covers(by, number)
        and (by < number or rule["effect"] == "allow" or not overlap.covers(number, by))
    }
    assert expected == {pair.number for pair in overlap.covered()}


@pytest.mark.parametrize(
    "of",
    [
        lambda number: {"path": [f"/x/{number}", f"/y/{number}"]},
        lambda number: {"command": ["git push"], "ref": [f"v{number}"]},
        lambda number: {"args": [f"a{number}"], "path": ["/x/**"]},
        lambda number: {"host": ["x.org"], "port": [str(number + 1)]},
        lambda number: {"not": {"path": [f"/x/{number}"]}},
    ],
)
def test_only_rules_with_a_value_in_common_are_compared(compiled, of) -> None:
    """Rules are found by their rarest values, so the work does not grow with their square."""
    rules = [{"effect": "deny", **of(number)} for number in range(1000)]
    overlap = Overlap(compiled([*rules, {"effect": "ask", **of(7)}]))
    tried = []
    covers = overlap.covers
    overlap.covers = lambda number, other: tried.append(0) or covers(number, other)
    assert [(1000, 7)] == [pair[:2] for pair in overlap.covered()]
    assert len(tried) < 20
