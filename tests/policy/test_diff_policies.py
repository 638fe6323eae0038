"""What `policy diff` says: the whole of it held as a golden file, and each kind of change by itself."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from agentguard import jsontext
from agentguard.cli.policy import policy as command
from agentguard.errors import PolicyError, UsageError
from agentguard.policy import diff, ruleview, source, weaker, wire

GOLDEN = Path(__file__).parent.parent / "golden" / "policy"


def run(*arguments):
    """Run the command: (exit code, standard output, standard error)."""
    done = CliRunner().invoke(command, ["diff", *map(str, arguments)])
    return done.exit_code, done.stdout, done.stderr


def test_a_comparison_reads_as_it_should(monkeypatch):
    """Weakenings first, each with the reason of its adjust; then all that differs, sets under their names."""
    monkeypatch.chdir(GOLDEN / "diff")
    assert (0, (GOLDEN / "diff.txt").read_text(), (GOLDEN / "diff.err").read_text()) == run("old", "new")


def test_a_comparison_as_json(monkeypatch):
    """The same as plain values, nothing cut."""
    monkeypatch.chdir(GOLDEN / "diff")
    assert json.loads((GOLDEN / "diff.json").read_text()) == json.loads(run("old", "new", "--json")[1])


RULE = {"id": "a", "effect": "deny", "path": ["/x/**"]}
ALLOWED = {"effect": "allow"}
ASKED = {"defaults": {"effect": "ask"}}
# (rules before, rules after, the weakenings). A rule that says no id is "a".
RULES = {
    "effect": ([{}], [{"effect": "ask"}], ["a effect: deny → ask"]),
    "effect up": ([{"effect": "ask"}], [{}], []),
    "to allow": ([{"effect": "ask"}], [ALLOWED], ["a effect: ask → allow"]),
    "from allow": ([ALLOWED], [{"effect": "ask"}], []),
    "gone": ([{}], [], ["a rule: removed: it was deny"]),
    "gone, another stands in": ([{}], [{"id": "b", "path": ["/x/**", "/y"]}], []),
    "gone, another does not": ([{}], [{"id": "b", "effect": "ask"}], ["a rule: removed: it was deny"]),
    "gone, it was a copy": ([{}, {"id": "b"}], [{"id": "b"}], []),
    "allow gone": ([ALLOWED], [], []),
    "new": ([], [{}], []),
    "allow new": ([], [ALLOWED], ["a rule: added: it allows what the default does not"]),
    "possible": ([{"possible": "deny"}], [{}], ["a possible: deny → ask"]),
    "possible up": ([{}], [{"possible": "deny"}], []),
    "possible of ask": ([{"effect": "ask"}], [{"effect": "ask", "possible": "allow"}], ["a possible: ask → allow"]),
    "effect up, possible down": ([{"effect": "ask"}], [{"possible": "allow"}], ["a possible: ask → allow"]),
    "unattended": ([{}], [{"unattended": "allow"}], ["a unattended: deny → allow"]),
    "mode": ([{}], [{"mode": "observe"}], ["a mode: enforce → observe"]),
    "mode up": ([{"mode": "observe"}], [{"rollout": 5}], []),
    "rollout": ([{"rollout": 50}], [{"rollout": 25}], ["a rollout: 50 % of the devices → 25 % of the devices"]),
    "rollout up": ([{"rollout": 50}], [{"rollout": 60}], []),
    "rollout of all": ([{}], [{"rollout": 100}], []),
    "cohort": ([{"rollout": 5}], [{"rollout": 5, "cohort": "b"}], ["a cohort: a → b: other devices enforce it"]),
    "rollout new": ([{}], [{"rollout": 5}], ["a rollout: enforced for everybody → 5 % of the devices"]),
    "roles fewer": ([{"enforce_for": ["p", "q"]}], [{"enforce_for": ["q"]}], ['a enforce_for: no longer for "p"']),
    "roles more": ([{"enforce_for": ["p"]}], [{"enforce_for": ["p", "q"]}], []),
    "roles beside a rollout": ([{"rollout": 5}], [{"rollout": 5, "enforce_for": ["p"]}], []),
    "no sweep": ([{"sweep": "ask"}], [{}], ["a sweep: no longer asked about"]),
    "sweep, and a match that passes": (
        [{"sweep": "ask", "possible": "allow"}],
        [{"sweep": "ask", "possible": "allow", "path": ["/x/**", "/y"]}],
        ["a sweep: what was asked about may now be a possible match, which passes"],
    ),
    "set shrank": ([{"path": ["/x/**", "/y"]}], [{}], ['a path: lost "/y"']),
    "set grew": ([{}], [{"path": ["/x/**", "/y"]}], []),
    "less taken out": ([{"path": ["/x/**", "!/x/a"]}], [{}], []),
    "more taken out": ([{}], [{"path": ["/x/**", "!/x/a"]}], ['a path: gained "!/x/a"']),
    "limit new": ([{}], [{"roles": ["p"]}], ['a roles: limited to roles = ["p"]']),
    "limit gone": ([{"roles": ["p"]}], [{}], []),
    "not grew": ([{"not": {"repo": ["r"]}}], [{"not": {"repo": ["r", "s"]}}], ['a not.repo: gained "s"']),
    "not shrank": ([{"not": {"repo": ["r", "s"]}}], [{"not": {"repo": ["r"]}}], []),
    "unless new": ([{}], [{"unless": [{"roles": ["p"]}]}], ['a unless: gained { roles = ["p"] }']),
    "unless gone": ([{"unless": [{"roles": ["p"]}]}], [{}], []),
    "unless narrower": (
        [{"unless": [{"roles": ["p", "q"]}]}],
        [{"unless": [{"roles": ["p"], "branch": ["b"]}]}],
        [],
    ),
    "unless wider": (
        [{"unless": [{"roles": ["p"], "branch": ["b"]}]}],
        [{"unless": [{"branch": ["b"]}]}],
        ['a unless: gained { branch = ["b"] }'],
    ),
    "no word on what is unknown": (
        [{"certainty": ["certain", "possible", "unknown", "opaque"]}],
        [{}],
        ["a certainty: no longer decides about what is unknown or opaque"],
    ),
    "allow wider": ([{**ALLOWED, "roles": ["p"]}], [ALLOWED], ['a roles: no longer limited by roles = ["p"]']),
    "allow narrower": ([ALLOWED], [{**ALLOWED, "roles": ["p"]}], []),
    "allow set grew": ([ALLOWED], [{**ALLOWED, "path": ["/x/**", "/y"]}], ['a path: gained "/y"']),
    "allow set shrank": ([{**ALLOWED, "path": ["/x/**", "/y"]}], [ALLOWED], []),
    "allow unless gone": (
        [{**ALLOWED, "unless": [{"roles": ["p"]}]}],
        [ALLOWED],
        ['a unless: lost { roles = ["p"] }'],
    ),
    "words": ([{"reason": "x", "owner": "o"}], [{"remedy": "y", "tags": ["t"], "severity": "low"}], []),
}


def weakenings(compiled, old, new, before=(), after=()):
    """Return the weakenings between two lists of rules as lines."""
    sides = [
        diff.of_compiled(jsontext.canonical(compiled([{**RULE, **rule} for rule in rules], **dict(more))), "x")
        for rules, more in ((old, before), (new, after))
    ]
    return [f"{one.rule} {one.key}: {one.what}" for one in diff.compare(*sides).weakenings]


@pytest.mark.parametrize("name", RULES)
def test_what_is_weaker_about_a_rule(compiled, name):
    """Each change that might let something through is named, and no change that cannot."""
    old, new, expected = RULES[name]
    assert expected == weakenings(compiled, old, new, ASKED.items(), ASKED.items())


# (settings before, settings after, the weakenings)
HEADS = {
    "general": ({"effect": "deny"}, {"effect": "ask"}, ["defaults.effect: deny → ask"]),
    "not said, so allow": ({"effect": "ask"}, {}, ["defaults.effect: ask → allow"]),
    "of an action": (
        {"by_action": {"read": {"opaque": "deny"}}},
        {"by_action": {"read": {"opaque": "allow"}}},
        ["defaults.read.opaque: deny → allow"],
    ),
    "of a kind of device": (
        {"ci": {"opaque": "deny", "by_action": {}}},
        {"ci": {}},
        ["defaults_for.ci.opaque: deny → ask"],
    ),
    "stricter": ({}, {"effect": "ask", "unknown": "deny", "ci": {"possible": "deny", "by_action": {}}}, []),
}


@pytest.mark.parametrize("name", HEADS)
def test_what_is_weaker_about_defaults(compiled, name):
    """For all actions, for one, for a kind of device; what is not said is compared as what it means."""
    old, new, expected = HEADS[name]
    found = weakenings(compiled, [], [], {"defaults": old}.items(), {"defaults": new}.items())
    assert [f" {line}" for line in expected] == found


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"severity": "critical"}, {"severity": "high"}, "severity: critical → high: exceptions may lift it now"),
        ({"severity": "critical"}, {}, "severity: critical → nothing: exceptions may lift it now"),
        ({"severity": "low"}, {"severity": "high"}, None),
        ({}, {"severity": "critical"}, None),
        ({"exceptions": False}, {}, "exceptions: False → nothing: exceptions may lift it now"),
        ({}, {"exceptions": False}, None),
        ({"severity": "critical"}, {"exceptions": False}, None),
        (
            {"severity": "critical"},
            {"severity": "critical", "exceptions": True},
            "exceptions: nothing → True: exceptions",
        ),
    ],
)
def test_a_rule_that_exceptions_may_lift_is_weaker(compiled, before, after, expected):
    """None may where a rule says so, or is critical and says nothing else."""
    old, new = (ruleview.of_data(compiled([{**RULE, **keys}])) for keys in (before, after))
    found = [f"{one.key}: {one.what}" for one in weaker.of_rules(old, new)]
    assert ([expected] if expected else []) == [line[: len(expected or line)] for line in found]


def test_longer_exceptions_are_a_weakening(compiled):
    """What is not said is a week."""
    short, week, long = (ruleview.of_data(compiled(**more)) for more in ({"exceptions": {"max_days": 1}}, {}, LONG))
    weak = [
        [one.what for one in weaker.of_settings(old, new)] for old, new in ((short, week), (week, long), (long, short))
    ]
    assert [["1 → 7"], ["7 → 30"], []] == weak


LONG = {"exceptions": {"max_days": 30}}


WITH_ROLES = [
    {"roles": ["p"]},
    {"id": "b", "not": {"roles": ["q"]}},
    {"id": "c", "unless": [{"roles": ["r"]}]},
    {"id": "d", "enforce_for": ["s"]},
]


@pytest.mark.parametrize(
    ("role", "before", "after", "expected"),
    [
        ("p", ["ada"], [], 'users lost "ada" (used by a roles)'),
        ("q", [], ["ada"], 'users gained "ada" (used by b not.roles)'),
        ("r", ["ada"], ["ada", "bob"], 'users gained "bob" (used by c unless roles)'),
        ("s", ["ada"], [], 'users lost "ada" (used by d enforce_for)'),
        ("r", ["ada"], [], None),
        ("s", [], ["ada"], None),
    ],
)
def test_what_is_weaker_about_roles(compiled, role, before, after, expected):
    """More members where a role lifts something or is excepted, fewer where a rule asks for it."""
    old, new = ({role: {"assurance": "os", "users": users, "groups": []}} for users in (before, after))
    found = weakenings(compiled, WITH_ROLES, WITH_ROLES, {"roles": old}.items(), {"roles": new}.items())
    assert ([f" roles.{role}: {expected}"] if expected else []) == found


@pytest.mark.parametrize(("before", "after", "weaker"), [("managed", "os", True), ("os", "managed", False)])
def test_a_role_that_asks_less_of_its_members_is_weaker_where_it_lifts(compiled, before, after, weaker):
    """More people hold it then."""
    old, new = ({"r": {"assurance": word, "users": ["ada"], "groups": []}} for word in (before, after))
    rules = [{"unless": [{"roles": ["r"]}]}]
    found = weakenings(compiled, rules, rules, {"roles": old}.items(), {"roles": new}.items())
    assert ([f" roles.r: assurance: {before} → {after} (used by a unless roles)"] if weaker else []) == found


def test_a_role_that_no_rule_names_may_change(compiled):
    """Nothing hangs on it."""
    new = {"r": {"assurance": "none", "users": ["ada"], "groups": ["all"]}}
    assert [] == weakenings(compiled, [{}], [{}], {}.items(), {"roles": new}.items())


def test_what_is_weaker_about_the_whole(compiled):
    """To observe in place of enforcing, and to go on without a record."""
    strict = {"mode": "enforce", "audit": {"on_failure": "deny"}}
    lax = {"mode": "observe", "audit": {"on_failure": "ask"}}
    said = " mode: enforce → observe, for every rule without a mode of its own"
    assert [said, " audit.on_failure: deny → ask"] == weakenings(compiled, [{}], [{}], strict.items(), lax.items())
    assert [] == weakenings(compiled, [{}], [{}], lax.items(), strict.items())


def test_to_record_less_is_weaker(compiled):
    """A field that is no longer recorded, and one of which not even a mark is any more."""
    audits = [{"on_failure": "ask", **more} for more in ({}, {"mask": ["row.path"]}, {"drop": ["row.path", "branch"]})]
    none, mask, drop = ({"audit": audit}.items() for audit in audits)
    assert [" audit: no longer recorded: row.path"] == weakenings(compiled, [{}], [{}], none, mask)
    assert [" audit: no longer recorded: branch, row.path"] == weakenings(compiled, [{}], [{}], mask, drop)
    assert [] == weakenings(compiled, [{}], [{}], drop, mask)


def test_an_allow_rule_that_changes_nothing_is_no_weakening(compiled):
    """Where every default allows, an allow rule is idle."""
    open_defaults = {"defaults": {"effect": "allow", "opaque": "allow", "unknown_tool": "allow"}}
    assert [] == weakenings(compiled, [], [ALLOWED], open_defaults.items(), open_defaults.items())


def test_the_form_of_a_policy_does_not_matter(compiled, tmp_path):
    """The compiler's JSON, and the bytes that are published, say the same."""
    data = compiled([RULE], audit={"on_failure": "ask"})
    (tmp_path / "a").write_bytes(jsontext.canonical(data))
    (tmp_path / "b").write_bytes(wire.pack(data))
    assert (0, "no difference\n") == run(tmp_path / "a", tmp_path / "b")[:2]


def write(folder, text):
    folder.mkdir()
    (folder / "bundle.toml").write_text('schema = 1\nname = "x"\n' + text)
    return folder


def test_the_answer_can_be_no(tmp_path):
    """With --exit-code a weakening ends in 3, so that a pipeline can stop; a policy against itself does not."""
    rule = '[[rule]]\nid = "a"\neffect = "{}"\npath = ["/x/**"]\n'
    old, new = write(tmp_path / "old", rule.format("deny")), write(tmp_path / "new", rule.format("ask"))
    assert [3, 0, 0] == [run(*sides, "--exit-code")[0] for sides in ((old, new), (new, old), (old, old))]


def test_a_shipped_policy_can_stand_on_either_side():
    """By its name."""
    assert (0, "no difference\n") == run("baseline", source.shipped_bundle("baseline"))[:2]


def test_what_is_no_policy_is_an_error(tmp_path):
    """Every way to name nothing ends in a sentence."""
    (tmp_path / "x").write_text("no policy")
    write(tmp_path / "wrong", "colour = 1\n")
    for target, kind in (
        (tmp_path / "x", PolicyError),
        (tmp_path / "none", UsageError),
        (tmp_path / "wrong", PolicyError),
    ):
        done = CliRunner().invoke(command, ["diff", "baseline", str(target)])
        assert isinstance(done.exception, kind)


def test_a_bundle_that_ships_can_be_published_by_its_name():
    """As `policy check` and `policy test` take it, so does the side of a comparison, which publishing goes through."""
    here = Path(__file__).parent.parent.parent / "bundles" / "observe"
    assert diff.of_source(str(here), "observe") == diff.of_source("observe")


def test_a_role_that_only_one_side_has_is_new_or_gone(tmp_path):
    """With its members, not as a role of nobody that gained some; and what is not said is named as it holds."""
    for name, more in (
        ("old", ""),
        ("new", '[exceptions]\nmax_days = 3\n[roles.kim]\nusers = "kim"\nassurance = "os"\n'),
    ):
        (tmp_path / name).mkdir()
        (tmp_path / name / "bundle.toml").write_text(f'schema = 1\nname = "acme"\n{more}')
    old, new = str(tmp_path / "old"), str(tmp_path / "new")
    out = 'roles\n  + roles.kim  users "kim"; assurance os\n\nsettings\n  ~ exceptions.max_days: 7 → 3\n'
    counted = "rules: 0 added, 0 removed, 0 changed; changed: 1 role, 1 setting; 0 weakenings\n"
    assert (0, out, counted) == run(old, new)
    assert '  - roles.kim  users "kim"; assurance os' in run(new, old)[1].splitlines()
