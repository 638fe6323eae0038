"""Laws of evaluation that hold for every policy and every call."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from agentguard import jsontext
from agentguard.access.model import ANY, EXACT, GLOB, STAR, TREE, UNKNOWN, Access, Origin, Path, Pattern, Row
from agentguard.policy import engine, wire
from agentguard.policy.exceptions import Exceptions
from agentguard.policy.model import STRICTNESS, Context

EFFECTS = st.sampled_from(["allow", "ask", "deny"])
TEXTS = ["/x", "/x/a", "/x/a/b", "/y/.env", "/"]
PATTERNS = st.lists(
    st.sampled_from(["/x/**", "/x/*", "**/.env", "/x/a", "**/*.pem", "!/x/a/**"]), min_size=1, max_size=3
)
PATHS = PATTERNS.filter(lambda values: not all(value[0] == "!" for value in values))

HOSTS = st.sampled_from(["x.org", "a.x.org", "10.0.0.1", UNKNOWN, Pattern((ANY, ".x.org"))])
REFS = st.sampled_from([None, "main", "topic", UNKNOWN])
values = st.one_of(
    st.sampled_from(TEXTS),
    st.sampled_from([("/x/", ANY), (ANY, "/.env"), ("/x/", STAR), ("/", ANY, "/a")]).map(Pattern),
    st.just(UNKNOWN),
)
origins = st.builds(
    Origin,
    st.sampled_from([("git", "push"), ("rm",), ("./git", "push")]),
    flags=st.sampled_from([(), ("--force",), (UNKNOWN,)]),
    traits=st.sampled_from([frozenset(), frozenset({"force"}), frozenset({"sends", "publishes"})]),
)
certainties = st.sampled_from(["certain", "certain", "possible", "unknown", "opaque"])
paths = st.builds(Path, values, st.none() | st.sampled_from(TEXTS), st.sampled_from([EXACT, GLOB, TREE]))
rows = st.one_of(
    st.builds(Row, st.sampled_from(["read", "write", "delete"]), certainties, path=paths, origin=origins),
    st.builds(Row, st.just("connect"), certainties, host=HOSTS, origin=origins),
    st.builds(Row, st.just("execute"), certainties, ref=REFS, origin=origins),
    st.builds(Row, st.just("use"), tool=st.just("Bash")),
)  # fmt: skip

PLAIN = st.fixed_dictionaries(
    {},
    optional={
        "action": st.lists(
            st.sampled_from(["read", "write", "delete", "connect", "execute", "use"]), min_size=1, max_size=3
        ),
        "path": PATHS,
        "host": st.just(["*.x.org", "10.0.0.0/8"]),
        "trait": st.just(["force", "sends"]),
        "command": st.just(["git"]),
        "flags": st.just(["--force"]),
        "ref": st.just(["main"]),
        "certainty": st.lists(certainties, min_size=1, max_size=2),
        "branch": st.just(["main"]),
    },
)
NEGATED = st.fixed_dictionaries(
    {}, optional={"path": PATHS, "host": st.just(["x.org"]), "roles": st.just(["engineer"])}
)


def _tables(identity):
    return (
        st.tuples(PLAIN, NEGATED, identity)
        .map(lambda parts: {**parts[0], **parts[2], **({"not": parts[1]} if parts[1] else {})})
        .filter(bool)
    )


NOBODY = st.just({})
SOMEBODY = st.fixed_dictionaries({}, optional={"roles": st.just(["engineer"]), "users": st.just(["dev"])})


@st.composite
def rules(draw, effects=EFFECTS, modes=("enforce",)):
    """A rule whose restrictions name identities only by not having them, and what lets something through, any."""
    effect = draw(effects)
    found = {"effect": effect, **draw(_tables(SOMEBODY if effect == "allow" else NOBODY))}
    if draw(st.booleans()):
        found["unless"] = [draw(_tables(NOBODY if effect == "allow" else SOMEBODY))]
        if effect == "allow":  # not to be somebody would let an allow rule through
            found["unless"][0].pop("not", None)
            found["unless"] = [table for table in found["unless"] if table]
    if effect != "allow":
        found["mode"] = draw(st.sampled_from(modes))
        if draw(st.booleans()):
            found["possible"] = draw(EFFECTS)
    found["severity"] = draw(st.sampled_from(["", "high"]))
    return found


def _named(found):
    return [{"id": f"r/{number}", **rule} for number, rule in enumerate(found)]


policies = st.lists(rules(), max_size=4).map(_named)
calls = st.lists(rows, min_size=1, max_size=3)
settings = st.fixed_dictionaries(
    {}, optional={"effect": EFFECTS, "possible": EFFECTS, "opaque": EFFECTS, "unknown": EFFECTS, "on_stale": EFFECTS}
)
contexts = st.fixed_dictionaries(
    {},
    optional={
        "roles": st.sampled_from([frozenset(), frozenset({"engineer"})]),
        "user": st.sampled_from(["dev", "other"]),
        "branch": st.sampled_from(["", "main"]),
        "attended": st.booleans(),
        "state": st.sampled_from(["fresh", "grace", "stale", "fallback", "invalid"]),
    },
)


def _strict(decision):
    return STRICTNESS[decision.effect], STRICTNESS[decision.would]


@given(policies, calls, settings, contexts, st.randoms(use_true_random=False))
def test_order_never_matters(decide, policy, call, defaults, context, random):
    """Rules and rows in another order give the same effects and name the same rules."""
    first = decide(policy, *call, defaults=defaults, **context)
    shuffled = random.sample(policy, len(policy))
    order = random.sample(range(len(call)), len(call))
    second = decide(shuffled, *(call[number] for number in order), defaults=defaults, **context)
    for name in ("effect", "would", "rule", "would_rule", "severity"):
        assert getattr(first, name) == getattr(second, name)
    assert [first.row_effects[number] for number in order] == list(second.row_effects)


@given(policies, st.lists(st.tuples(calls, contexts), min_size=2, max_size=4), st.booleans())
def test_what_was_judged_before_changes_nothing(compiled, make_world, policy, several, stored):
    """A policy that has judged other calls says of the next one what it would say of it alone."""
    data = compiled(policy)
    data = wire.pack(data) if stored else jsontext.canonical(data)
    kept, world = engine.load(data), make_world()
    for call, context in several:
        alone, after = (
            engine.decide(one, Access(list(call)), world, Context(**{"user": "dev", **context}))
            for one in (engine.load(data), kept)
        )
        for name in ("effect", "would", "rule", "would_rule", "reason", "remedy", "row_effects"):
            assert getattr(alone, name) == getattr(after, name)
        told = [[(hit.rule, hit.effect, hit.match, hit.reason, hit.row) for hit in one.hits] for one in (alone, after)]
        assert told[0] == told[1]


@given(policies, rules(st.sampled_from(["ask", "deny"])), calls, settings, contexts)
def test_another_deny_or_ask_rule_never_lowers(decide, policy, rule, call, defaults, context):
    """What was stopped stays stopped, as strictly as before."""
    before = _strict(decide(policy, *call, defaults=defaults, **context))
    after = _strict(decide([*policy, {"id": "added", **rule}], *call, defaults=defaults, **context))
    assert all(new >= old for old, new in zip(before, after, strict=True))


@given(policies, rows, calls, settings, contexts)
def test_another_row_never_lowers(decide, policy, row, call, defaults, context):
    """To do one thing more is never judged more mildly."""
    before = _strict(decide(policy, *call, defaults=defaults, **context))
    after = _strict(decide(policy, *call, row, defaults=defaults, **context))
    assert all(new >= old for old, new in zip(before, after, strict=True))


@given(
    st.lists(rules(modes=("enforce", "observe")), max_size=4).map(_named),
    calls,
    settings,
    contexts,
    st.sampled_from(["enforce", "observe"]),
)
def test_would_is_never_laxer(decide, policy, call, defaults, context, mode):
    """What would happen if all were enforced is at least what happens (no allow rule here observes)."""
    effect, would = _strict(
        decide(
            [{**rule, "mode": "enforce"} if rule["effect"] == "allow" else rule for rule in policy],
            *call,
            defaults=defaults,
            mode=mode,
            **context,
        )
    )
    assert would >= effect


@given(policies, calls, settings, contexts, st.sampled_from([frozenset(), frozenset({"engineer"})]))
def test_an_unknown_identity_never_gains(decide, policy, call, defaults, context, roles):
    """Somebody unknown is treated at least as strictly as anybody."""
    facts = {key: value for key, value in context.items() if key not in ("user", "roles")}
    somebody = _strict(decide(policy, *call, defaults=defaults, **facts, user="dev", roles=roles))
    nobody = _strict(decide(policy, *call, defaults=defaults, **facts, user="", roles=frozenset()))
    assert all(new >= old for old, new in zip(somebody, nobody, strict=True))


@given(policies, calls, settings, contexts)
def test_a_policy_out_of_date_is_never_laxer(decide, policy, call, defaults, context):
    """Staleness only tightens, and so does it that nobody can answer."""
    fresh = _strict(decide(policy, *call, defaults=defaults, **{**context, "state": "fresh"}))
    for facts in (context, {**context, "attended": False}):
        later = _strict(decide(policy, *call, defaults=defaults, **facts))
        assert all(new >= old for old, new in zip(fresh, later, strict=True))


@given(policies, rows.filter(lambda row: row.certainty == "certain"), settings, contexts)
def test_a_surer_row_is_never_laxer(decide, policy, row, defaults, context):
    """What may happen is judged no more strictly than the same when it surely happens (allow rules apart)."""
    named = [
        rule
        for rule in policy
        if "certainty" not in rule and not any("certainty" in table for table in rule.get("unless", ()))
    ]
    stops = [rule for rule in named if rule["effect"] != "allow"]
    doubtful = Row(row.action, "possible", tool=row.tool, origin=row.origin, path=row.path, host=row.host, ref=row.ref)
    sure = _strict(decide(stops, row, defaults={**defaults, "effect": "allow"}, **context))
    less = _strict(decide(stops, doubtful, defaults={**defaults, "effect": "allow"}, **context))
    assert all(one >= other for one, other in zip(sure, less, strict=True))


NAMES = st.sampled_from(["a", "b", ".env", "k.pem", "a/b", "a/.env", "c"])
MANY = st.lists(st.tuples(st.sampled_from(["/x", "/y", "/x/z"]), NAMES), min_size=24, max_size=36)


@given(policies, MANY, st.sampled_from(["read", "write", "delete"]), settings, contexts)
def test_files_of_one_command_are_judged_like_each_alone(decide, load, policy, names, action, defaults, context):
    """What many rows of one command share is looked up once, and changes nothing about any of them."""
    origin = Origin(("rm",))
    call = [Row(action, origin=origin, path=Path(f"{folder}/{name}")) for folder, name in names]
    together = decide(policy, *call, defaults=defaults, **context)
    loaded = load(policy, defaults=defaults)
    alone = [decide((), row, policy=loaded, **context) for row in call]
    assert [one.effect for one in alone] == list(together.row_effects)
    assert max(STRICTNESS[one.would] for one in alone) == STRICTNESS[together.would]


EXCEPTIONS = st.lists(
    st.tuples(
        st.sampled_from(["r/0", "r/1", "r/2", "gone"]),
        st.lists(
            st.sampled_from(
                [
                    ["action", 0, ["read", "write"], []],
                    ["path", 0, ["/x/**"], ["/x/a/b"]],
                    ["path", 1, ["/y/**"], []],
                    ["command", 0, ["git"], []],
                    ["flags", 1, ["*"], ["--force"]],
                    ["host", 0, ["x.org"], []],
                ]
            ),
            min_size=1,
            max_size=2,
        ),
    ),
    min_size=1,
    max_size=3,
)


@given(policies, calls, settings, contexts, EXCEPTIONS)
def test_an_exception_lifts_its_own_rule_and_nothing_else(decide, policy, call, defaults, context, granted):
    """Never stricter; what would have been without is what is without; no exception that names a rule touches others."""
    entries = [
        {"id": f"e{number}", "rule": rule, "repo": "", "rows": [table]} for number, (rule, table) in enumerate(granted)
    ]
    before = decide(policy, *call, defaults=defaults, **context)
    after = decide(policy, *call, defaults=defaults, **context, exceptions=Exceptions(entries))
    assert before.effect == after.without
    assert all(new <= old for old, new in zip(_strict(before), _strict(after), strict=True))
    if after.exception == "":
        assert _strict(before) == _strict(after)
    named = {rule for rule, _ in granted}
    without = [rule for rule in policy if rule["id"] not in named or rule["effect"] == "allow"]
    least = decide(without, *call, defaults=defaults, **context)
    assert all(new >= old for old, new in zip(_strict(least), _strict(after), strict=True))


@given(policies, calls, settings, contexts)
def test_an_exception_is_one_more_unless(decide, policy, call, defaults, context):
    """The same conditions as an `unless` of the rule decide the same."""
    rules = [rule for rule in policy if rule["effect"] != "allow"]
    table = [["path", 0, ["/x/**"], []], ["action", 0, ["read", "delete"], []]]
    granted = Exceptions([{"id": rule["id"], "rule": rule["id"], "repo": "", "rows": [table]} for rule in rules])
    lifted = [
        {**rule, "unless": [*rule.get("unless", ()), {"path": ["/x/**"], "action": ["read", "delete"]}]}
        for rule in rules
    ]
    one = decide(rules, *call, defaults=defaults, **context, exceptions=granted)
    other = decide(lifted, *call, defaults=defaults, **context)
    assert _strict(one) == _strict(other)
    assert one.row_effects == other.row_effects
