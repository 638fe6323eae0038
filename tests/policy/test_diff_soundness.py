"""The promise of `policy diff`: if any row ends laxer under the new policy, at least one weakening is listed."""

import itertools
import random

from hypothesis import given, settings
from hypothesis import strategies as st

from agentguard import jsontext
from agentguard.access.model import ANY, EXACT, GLOB, STAR, TREE, UNKNOWN, Access, Origin, Path, Pattern, Row
from agentguard.policy import diff, engine
from agentguard.policy import roles as holding
from agentguard.policy.model import STRICTNESS, Context

FILES = ("/home/dev/project/.env", "/home/dev/project/src/a.pem", "/home/dev/project/src/b.py")
PROJECT = "/home/dev/project"
PATTERNS = ("/x/**", "/x/*", "**/.env", "/x/a", "**/*.pem", "!/x/a/**", "!**/b.pem", "{project}/**", "/x")
HOSTS = ("x.org", "*.x.org", "10.0.0.0/8", "!a.x.org", "loopback")
EFFECTS = ("allow", "ask", "deny")
ORIGINS = (
    Origin(("git", "push"), flags=("--force",), args=("main",), traits=frozenset({"force"})),
    Origin(("rm",), flags=(UNKNOWN,), traits=frozenset({"sends"}), via=("sudo",)),
    Origin(("/home/dev/project/git", "push"), program="/home/dev/project/git"),
    Origin(),
)
_VALUES = (
    "/x", "/x/a", "/x/a/b.pem", "/y/.env", PROJECT, FILES[0], UNKNOWN, Pattern(("/x/", ANY)), Pattern((ANY, "/.env")),
    Pattern(("/x/", STAR)), Pattern(("/", ANY, "/a")),
)  # fmt: skip
_SURE = ("certain", "possible", "unknown", "opaque")
ROWS = (
    *(
        Row(action, sure, path=Path(value, other, extent), origin=origin)
        for (action, sure), value, other, extent, origin in zip(
            itertools.cycle(itertools.product(("read", "write", "delete", "execute"), _SURE[:3])),
            _VALUES * 9,
            itertools.cycle((None, None, "/x/a", "/y/.env")),
            itertools.cycle((EXACT, TREE, GLOB)),
            itertools.cycle(ORIGINS[:3]),
            strict=False,
        )
    ),
    *(
        Row("connect", sure, host=host, port=port, origin=origin)
        for sure, host, port, origin in itertools.product(
            _SURE[:2], ("x.org", "a.x.org", "10.0.0.1", UNKNOWN, Pattern((ANY, ".x.org"))), (443, None), ORIGINS[:2]
        )
    ),
    *(Row("execute", sure, ref=ref, origin=ORIGINS[0]) for sure in _SURE for ref in (None, "main", UNKNOWN)),
    *(Row(action, sure, tool=tool) for action in ("use", "prompt") for sure in ("certain", "opaque") for tool in ("", "Bash")),
)  # fmt: skip
# Facts of a context. Whoever has groups holds the roles that the policy gives to them.
CONTEXTS = (
    {"user": "dev"},
    {"user": "dev", "groups": ("staff",), "known": "managed"},
    {"user": "dev", "groups": ("staff", "night"), "known": "os", "device": "d7"},
    {"user": "root", "groups": None, "known": "managed", "attended": False},
    {"user": "root", "groups": ("night",), "known": "none"},
    {"user": "dev", "roles": frozenset({"engineer"}), "device": "d1", "branch": "main"},
    {"user": "dev", "roles": frozenset({"pilot", "engineer"}), "device": "d2", "attended": False},
    {"user": "dev", "claimed": frozenset({"pilot"}), "device": "d3", "device_kind": "ci", "attended": False},
    {"user": "", "device": "d4", "state": "stale"},
    {"user": "dev", "device": "d5", "state": "stale", "attended": False, "repo": "github.com/acme/app"},
    {"user": "dev", "device": "d6", "device_kind": "ci"},
)


def some(draw, values, most=3):
    """Return a few of some values, at least one of them without `!`."""
    plain = [value for value in values if value[0] != "!"]
    return sorted({draw.choice(plain), *draw.sample(values, min(len(values), draw.randrange(most)))})


def condition(draw):
    key, values = draw.choice(
        [
            ("path", PATTERNS), ("path", PATTERNS), ("host", HOSTS), ("roles", ("engineer", "pilot", "x")),
            ("command", ("git", "git push", "rm")), ("flags", ("--force", "-x")), ("trait", ("force", "sends")),
            ("certainty", _SURE), ("branch", ("main", "x")), ("repo", ("github.com/acme/*", "y")), ("ref", ("main",)),
            ("action", ("read", "write", "delete", "connect", "execute", "use")), ("port", ("443", "80")),
            ("devices", ("d1", "d2", "d3", "d?")), ("users", ("dev", "root")),
        ]
    )  # fmt: skip
    return key, some(draw, values)


def table(draw, most=3):
    """Return conditions, as in TOML."""
    found, negated = {}, {}
    for _ in range(draw.randrange(1, most + 1)):
        (negated if draw.random() < 0.3 else found).update([condition(draw)])
    return {**found, **({"not": negated} if negated else {})}


OPTIONAL = {
    "possible": EFFECTS, "unattended": ("allow", "deny"), "mode": ("enforce", "observe"), "rollout": (0, 10, 50, 100),
    "cohort": ("a", "b"), "enforce_for": (["pilot"], ["pilot", "engineer"], ["x"]), "severity": ("low", "critical"),
    "sweep": ("ask",),
}  # fmt: skip


def rule(draw):
    found = {"effect": draw.choice(EFFECTS), **table(draw)}
    if draw.random() < 0.3:
        found["unless"] = [table(draw, 2) for _ in range(draw.randrange(1, 3))]
    if found["effect"] != "allow":
        found |= {key: draw.choice(words) for key, words in OPTIONAL.items() if draw.random() < 0.2}
    return found


def altered(draw, old):
    """Return a rule that differs from another one in some place, or in none."""
    kind, new = draw.randrange(7), {**old}
    keys = [key for key in new if key not in OPTIONAL and key not in ("effect", "not", "unless", "id")]
    if kind == 0:
        new["effect"] = draw.choice(EFFECTS)
    elif kind == 1 and keys:
        del new[draw.choice(keys)]
    elif kind == 2:
        new.update([condition(draw)])
    elif kind == 3 and keys:
        key = draw.choice(keys)
        pool = {"path": PATTERNS, "host": HOSTS}.get(key, new[key])
        new[key] = sorted({*new[key], draw.choice(pool)}) if draw.random() < 0.5 else new[key][-1:]
    elif kind == 4:
        new["unless"] = draw.choice([[], [table(draw, 2)], [*new.get("unless", ()), table(draw, 1)]])
    elif kind == 5:
        key = draw.choice(list(OPTIONAL))
        new[key] = draw.choice(OPTIONAL[key])
    elif "not" in new:
        key, values = draw.choice(list(new["not"].items()))
        new["not"] = {key: values[-1:]} if draw.random() < 0.5 else {**new["not"], **dict([condition(draw)])}
    if new["effect"] == "allow":
        new = {key: value for key, value in new.items() if key not in OPTIONAL}
    return new if len(new.keys() - OPTIONAL.keys() - {"id", "effect", "unless"}) else old


def defaults(draw):
    names = ("effect", "possible", "unknown", "opaque", "unknown_tool", "on_stale")

    def words(keys):
        return {key: draw.choice(EFFECTS) for key in keys if draw.random() < 0.4}

    found = {**words(names), "by_action": {action: words(names[:4]) for action in draw.sample(("read", "connect"), 1)}}
    return {**found, "ci": {**words(names), "by_action": {}}} if draw.random() < 0.3 else found


def roles(draw):
    return {
        name: {
            "assurance": draw.choice(("none", "os", "managed")),
            "users": draw.sample(("dev", "root"), draw.randrange(2)),
            "groups": draw.sample(("staff", "night"), draw.randrange(2)),
        }
        for name in draw.sample(("engineer", "pilot", "x"), draw.randrange(1, 3))
    }


def pair(draw):
    """Return two policies, as keyword arguments of `compiled`, that are often much alike."""
    old = [{"id": f"r/{number}", **rule(draw)} for number in range(draw.randrange(1, 5))]
    new = [altered(draw, one) if draw.random() < 0.5 else one for one in old if draw.random() < 0.95]
    if draw.random() < 0.3:
        new.append({"id": "r/new", **rule(draw)})
    if draw.random() < 0.1:
        new = [{**one, "id": f"other/{number}"} for number, one in enumerate(new)]
    said = defaults(draw)
    others = defaults(draw) if draw.random() < 0.15 else said
    people = roles(draw)
    modes = draw.choice([("enforce", "enforce")] * 8 + [("observe", "enforce"), ("enforce", "observe")])
    strangers = {**people, **roles(draw)} if draw.random() < 0.2 else people
    before = {"defaults": said, "mode": modes[0], "roles": people}
    return (old, before), (new, {"defaults": others, "mode": modes[1], "roles": strangers})


def sides(compiled, draw):
    return [jsontext.canonical(compiled(rules, **more)) for rules, more in pair(draw)]


def context(facts, policy):
    """Return the context of some facts under a policy."""
    if "groups" not in facts:
        return Context(**facts)
    rest = {key: value for key, value in facts.items() if key not in ("groups", "known")}
    held, claimed = holding.held(policy.roles, facts["user"], facts["groups"], facts["known"])
    return Context(**rest, roles=held, claimed=claimed)


def laxer(policies, world, row, facts):
    """Return whether a call of one row ends laxer under the second policy, as it is or as it would be."""
    old, new = (
        engine.decide(policy, Access([row], known=row.tool != ""), world, context(facts, policy)) for policy in policies
    )
    return STRICTNESS[new.effect] < STRICTNESS[old.effect] or STRICTNESS[new.would] < STRICTNESS[old.would]


def check(compiled, make_world, seed, rows):
    """Return whether some row ended laxer; fail if that is so and nothing is listed."""
    draw = random.Random(seed)
    data = sides(compiled, draw)
    found = diff.compare(diff.of_compiled(data[0], "old"), diff.of_compiled(data[1], "new"))
    policies = [engine.load(one) for one in data]
    world = make_world(FILES)
    calls = [(draw.choice(ROWS), draw.choice(CONTEXTS)) for _ in range(rows)]
    wrong = next(((row, facts) for row, facts in calls if laxer(policies, world, row, facts)), None)
    assert wrong is None or found.weakenings, (seed, data, wrong[0].__reduce_ex__(2), wrong[1])
    return wrong is not None


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 1 << 40))
def test_whatever_ends_laxer_is_listed(compiled, make_world, seed):
    """For pairs of policies that differ here and there, and rows of every kind in contexts of every kind."""
    check(compiled, make_world, seed, rows=60)


def test_the_pairs_put_the_promise_to_the_test(compiled, make_world):
    """Among the pairs are such as end laxer, and such as have nothing listed: neither half of the promise is empty."""
    ended = [check(compiled, make_world, seed, rows=60) for seed in range(30)]
    listed = [
        diff.compare(*(diff.of_compiled(data, "x") for data in sides(compiled, random.Random(seed)))).weakenings
        for seed in range(30)
    ]
    assert 5 < sum(ended)
    assert 2 < sum(not one for one in listed)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 1 << 40))
def test_a_policy_is_no_weaker_than_itself(compiled, seed):
    """Not even with its rules under other ids, unless a place in a rollout hangs on them."""
    draw = random.Random(seed)
    (old, more), _new = pair(draw)
    renamed = [{**one, "id": f"other/{number}"} for number, one in enumerate(old) if "rollout" not in one]
    same = [one for one in old if "rollout" in one]
    data = [jsontext.canonical(compiled(rules, **more)) for rules in (old, [*renamed, *same])]
    found = diff.compare(*(diff.of_compiled(one, "x") for one in data))
    assert [] == [one for one in found.weakenings if one.what[:5] != "added"]
    assert diff.compare(*(diff.of_compiled(data[0], "x") for _ in range(2))).same
