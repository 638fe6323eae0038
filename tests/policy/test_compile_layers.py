"""Layers of a policy: included packs and their digests, adjusts, additions to sets, scopes, and what heads share."""

import itertools
import json
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from agentguard.access import model
from agentguard.access.model import ACTIONS
from agentguard.cli.policy import policy as command
from agentguard.errors import PolicyError
from agentguard.policy import engine, head, layers, source, suite
from agentguard.policy.compile import compile_folder, compile_source
from agentguard.policy.conditions import ACTION_DEFAULTS, DEFAULTS

ROLES = "".join(f'[roles.{name}]\nusers = "u"\n' for name in ("x", "contractor", "night"))
HEAD = 'schema = 1\nname = "{}"\n'
RULE = '[[rule]]\nid = "{}"\neffect = "deny"\npath = ["/etc/**", "@known"]\n'
ORG = {
    "bundle.toml": HEAD.format("org") + '[sets]\nknown = ["/known/**", "!/known/not"]\n' + ROLES,
    "rules/a.toml": RULE.format("a") + 'possible = "deny"\nunattended = "allow"\n' + RULE.format("b"),
}


def write(folder, files):
    """Write a policy's folder and return its path."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return str(folder)


def include(folder, pack, more=""):
    """Return the include of a pack beside the folder `folder`, with the digest that it has."""
    return f'[[include]]\npack = "../{pack}"\ndigest = "{layers.digest(str(folder / pack))}"\n{more}\n'


def compiled(folder):
    return json.loads(compile_folder(str(folder)))


def codes(folder):
    return [str(finding) for finding in compile_source(source.read(str(folder))).findings]


@pytest.fixture
def team(tmp_path):
    """Return a function that compiles a policy which includes the pack `org`, with some more text in its bundle.toml."""
    write(tmp_path / "org", ORG)

    def make(more, files=None, pinned=""):
        text = HEAD.format("team") + include(tmp_path, "org", pinned) + more
        return write(tmp_path / "team", {"bundle.toml": text, **(files or {})})

    return make


def test_a_policy_in_layers_is_the_policy_in_one_folder(team, tmp_path):
    """Rules and sets of a pack become those of the policy; where they stood does not show."""
    own = '[[rule]]\nid = "own"\neffect = "ask"\npath = ["@known"]\n'
    flat = write(
        tmp_path / "flat", {**ORG, "rules/z.toml": own, "bundle.toml": ORG["bundle.toml"].replace("org", "team")}
    )
    assert compile_folder(flat) == compile_folder(team("", {"rules/own.toml": own}))


def test_the_digest_is_what_sha256sum_says(tmp_path):
    """Anybody can work it out: the digest of what sha256sum prints for the files that count."""
    folder = write(tmp_path / "org", {**ORG, "rules/B.toml": "", "rules/é.toml": "", "rules/a-b.toml": ""})
    line = "LC_ALL=C sha256sum bundle.toml rules/*.toml | sha256sum"
    done = subprocess.run(["bash", "-c", line], cwd=folder, capture_output=True, text=True, check=True)
    assert f"sha256:{done.stdout.split()[0]}" == layers.digest(folder)


def test_every_byte_that_decides_counts_and_nothing_else(tmp_path):
    """A comment in a rule changes the digest; tests and notes do not."""
    folder = write(tmp_path / "org", ORG)
    before = layers.digest(folder)
    write(tmp_path / "org", {"tests/t.toml": "", "rules/README": "x", "notes.txt": "x"})
    assert before == layers.digest(folder)
    write(tmp_path / "org", {"rules/a.toml": ORG["rules/a.toml"] + "# more"})
    assert before != layers.digest(folder)


def test_a_folder_that_cannot_be_read_has_no_digest(tmp_path):
    """What cannot be read was not reviewed."""
    with pytest.raises(PolicyError, match="cannot be pinned"):
        layers.digest(write(tmp_path / "org", {"bundle.toml": "schema ="}))


def test_a_pack_that_changed_is_an_error_that_names_the_new_digest(team, tmp_path):
    """What nobody has reviewed does not get into a policy; the way on stands in the finding."""
    folder = team("")
    write(tmp_path / "org", {"rules/a.toml": RULE.format("a")})
    [finding] = codes(folder)
    assert finding.startswith("bundle.toml:5:10: AG602 ../org is not what was pinned")
    assert "agentguard policy diff" in finding
    assert layers.digest(str(tmp_path / "org")) in finding


def test_packs_of_packs_count_through_their_digests(team, tmp_path):
    """What a pack stands on is pinned by that pack, so a change deep down is found, and said where it is."""
    write(tmp_path / "top", {"bundle.toml": HEAD.format("top"), "rules/x.toml": ""})
    team("")
    write(tmp_path / "top", {"bundle.toml": HEAD.format("top") + include(tmp_path, "team")})
    assert ["a", "b"] == [rule["id"] for rule in compiled(tmp_path / "top")["rules"]]
    write(tmp_path / "org", {"rules/a.toml": RULE.format("a")})
    assert ["../team/bundle.toml:5:10: AG602"] == [line[:31] for line in codes(tmp_path / "top")]


def test_a_shipped_pack_is_included_by_its_name(tmp_path):
    """The policy then holds every rule of the pack, as the pack alone does."""
    pinned = f'[[include]]\npack = "baseline"\ndigest = "{layers.digest(source.shipped_bundle("baseline"))}"\n'
    found = compiled(write(tmp_path / "mine", {"bundle.toml": HEAD.format("baseline") + pinned}))
    assert found == json.loads(compile_folder(source.shipped_bundle("baseline")))


def test_a_pack_that_is_reached_twice_is_there_once(team, tmp_path):
    """Two packs may stand on a third; its rules are no duplicates."""
    write(tmp_path / "other", {"bundle.toml": HEAD.format("other") + include(tmp_path, "org")})
    found = compiled(team(include(tmp_path, "other") + include(tmp_path, "org")))
    assert ["a", "b"] == [rule["id"] for rule in found["rules"]]


def test_packs_nest_only_so_deep(tmp_path):
    """A chain of packs ends in a finding."""
    write(tmp_path / "p0", {"bundle.toml": HEAD.format("p0")})
    for number in range(1, layers.DEPTH_LIMIT + 2):
        name, below = f"p{number}", f"p{number - 1}"
        write(tmp_path / name, {"bundle.toml": HEAD.format(name) + include(tmp_path, below)})
    assert [] == codes(tmp_path / f"p{layers.DEPTH_LIMIT}")
    assert ["../p1/bundle.toml:4:8: AG603 over 8 packs deep"] == codes(tmp_path / f"p{layers.DEPTH_LIMIT + 1}")


def test_packs_are_only_so_many(tmp_path):
    """A policy of very many packs ends in a finding."""
    for number in range(layers.PACKS_LIMIT + 1):
        write(tmp_path / f"p{number}", {"bundle.toml": HEAD.format(f"p{number}")})
    pins = "".join(include(tmp_path, f"p{number}") for number in range(layers.PACKS_LIMIT + 1))
    found = codes(write(tmp_path / "top", {"bundle.toml": HEAD.format("top") + pins}))
    assert ["AG603 over 64 packs"] == [line.split(": ", 1)[1] for line in found]


def test_sets_of_packs_grow_and_shrink(team):
    """`add` adds plain entries and entries with `!`; the pack's rules see them."""
    found = compiled(team('[sets]\nadd.known = ["/mine/**", "!/mine/not"]\n'))
    [(_key, _negated, number)] = found["rules"][0]["when"]
    terms = [found["sets"][index] for index in found["sets"][number]["or"]]
    assert {"values": ["/known/**", "/mine/**"], "except": ["/known/not", "/mine/not"]} in terms


KEYS = ("effect", "possible", "unattended", "mode", "rollout", "enforce_for")


def adjusted(team, text, rule="a"):
    found = compiled(team(f'[[adjust]]\nrule = "a"\nbecause = "SEC-1: reviewed"\n{text}\n'))
    return next(one for one in found["rules"] if one["id"] == rule)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('mode = "observe"', {"effect": "deny", "possible": "deny", "unattended": "allow", "mode": "observe"}),
        ("rollout = 50", {"effect": "deny", "possible": "deny", "unattended": "allow", "rollout": 50}),
        ('possible = "allow"', {"effect": "deny", "possible": "allow", "unattended": "allow"}),
        ('effect = "ask"', {"effect": "ask", "unattended": "allow"}),
        ('effect = "ask"\npossible = "allow"', {"effect": "ask", "possible": "allow", "unattended": "allow"}),
        ('effect = "allow"', {"effect": "allow"}),
    ],
)
def test_an_adjust_replaces_keys_of_a_rule(team, text, expected):
    """What does not fit the new effect goes; everything else of the rule stays, and so do other rules."""
    found = adjusted(team, text)
    assert expected == {key: found[key] for key in KEYS if key in found}
    assert compiled(team(""))["rules"][1] == adjusted(team, text, "b")


def test_an_adjust_adds_to_what_lifts_a_rule(team):
    """The rule keeps its own `unless`; the tables of the adjust stand beside them, in no order."""
    one = adjusted(team, 'unless = [{ roles = ["x"] }, { path = ["@known"] }]')
    other = adjusted(team, 'unless = [{ path = ["@known"] }, { roles = ["x"] }]')
    assert one == other
    assert {"path", "roles"} == {table[0][0] for table in one["unless"]}


def test_two_adjusts_may_share_a_rule_but_no_key(team):
    """Each key of a rule is said in one place."""
    text = '[[adjust]]\nrule = "a"\nbecause = "x"\n{}\n'
    found = compiled(team(text.format('effect = "ask"') + text.format('possible = "allow"')))["rules"][0]
    assert ("ask", "allow") == (found["effect"], found["possible"])
    assert ["AG606"] == [line.split()[1] for line in codes(team(2 * text.format('effect = "ask"')))]


def test_a_pack_adjusts_only_what_it_stands_on(team, tmp_path):
    """A pack cannot loosen a rule, or fill a set, of the policy that includes it or of one beside it."""
    reach = '[[adjust]]\nrule = "a"\neffect = "allow"\nbecause = "x"\n[sets]\nadd.known = ["/x"]\n'
    write(tmp_path / "sly", {"bundle.toml": HEAD.format("sly") + reach})
    found = codes(team(include(tmp_path, "sly")))
    assert ["../sly/bundle.toml:4:8: AG605", "../sly/bundle.toml:8:5: AG301"] == [line[:29] for line in found]


@pytest.mark.parametrize(
    ("key", "text", "code"),
    [
        ("possible", 'effect = "ask"\npossible = "deny"', "AG403"),
        ("mode", 'effect = "allow"\nmode = "observe"', "AG404"),
        ("rollout", 'mode = "observe"\nrollout = 5', "AG408"),
        ("rollout", "rollout = 101", "AG214"),
        ("unless", 'unless = [{ host = ["loopback"] }]', "AG406"),
        ("unless", "unless = [{}]", "AG405"),
        ("unless", 'unless = [{ path = ["@knwon"] }]', "AG301"),
    ],
)
def test_what_is_wrong_with_an_adjust_is_said_at_the_adjust(team, key, text, code):
    """Not at the rule, which its author cannot change."""
    folder = team(f'[[adjust]]\nrule = "a"\nbecause = "x"\n{text}\n')
    lines = [line for line in codes(folder) if f" {code} " in line]
    number = 1 + next(
        n for n, line in enumerate(Path(folder, "bundle.toml").read_text().split("\n")) if line.startswith(key)
    )
    assert [f"bundle.toml:{number}"] == [":".join(line.split(":")[:2]) for line in lines]


SCOPE = 'roles = ["contractor"]\nnot.repo = ["github.com/acme/*"]\n'
LIMITED = RULE + SCOPE


def test_a_scope_is_as_if_each_rule_had_its_conditions(tmp_path):
    """In bundle.toml it limits the folder, in a rules file that file; other rules are as they were."""
    by_hand = {"bundle.toml": ORG["bundle.toml"], "rules/a.toml": LIMITED.format("a"), "rules/b.toml": RULE.format("b")}
    of_file = {**by_hand, "rules/a.toml": f"[scope]\n{SCOPE}{RULE.format('a')}"}
    assert compiled(write(tmp_path / "1", by_hand)) == compiled(write(tmp_path / "2", of_file))
    by_hand["rules/b.toml"] = LIMITED.format("b")
    of_folder = {
        "bundle.toml": by_hand["bundle.toml"] + f"[scope]\n{SCOPE}",
        "rules/ab.toml": RULE.format("a") + RULE.format("b"),
    }
    assert compiled(write(tmp_path / "3", by_hand)) == compiled(write(tmp_path / "4", of_folder))


def test_the_scope_of_an_include_limits_all_that_comes_with_it(team, tmp_path):
    """Also what the pack stands on; the including policy's own rules and all defaults stay as they are."""
    team(RULE.format("team"))
    scope = 'scope = { roles = ["contractor"] }'
    own = RULE.format("own")
    top = write(tmp_path / "top", {"bundle.toml": HEAD.format("top") + include(tmp_path, "team", scope) + own})
    found = compiled(top)
    limited = [rule["id"] for rule in found["rules"] if "roles" in [condition[0] for condition in rule["when"]]]
    assert ["a", "b", "team"] == limited
    assert compiled(tmp_path / "org")["defaults"] == found["defaults"]


def test_scopes_of_includes_add_up(team, tmp_path):
    """A rule must meet the scope of every include on its way."""
    team("", pinned='scope = { roles = ["contractor"] }')
    pin = include(tmp_path, "team", 'scope = { roles = ["night"] }')
    found = compiled(write(tmp_path / "top", {"bundle.toml": HEAD.format("top") + pin}))
    assert [["contractor"], ["night"]] == [
        found["sets"][number]["values"] for key, _, number in found["rules"][0]["when"] if key == "roles"
    ]


def test_the_engine_holds_a_scoped_rule_to_its_scope(team, make_world, decide):
    """Both conditions of one key hold, and the built-in pack holds everywhere."""
    loaded = engine.load(
        compile_folder(team("", pinned='scope = { repo = ["github.com/acme/*"], not.repo = ["*/site"] }'))
    )
    row = model.Row("read", path=model.Path("/etc/shadow"))
    effects = [
        decide((), row, policy=loaded, repo=f"github.com/{name}").effect for name in ("acme/x", "acme/site", "x/y")
    ]
    assert ["deny", "allow", "allow"] == effects
    assert (
        "deny"
        == decide(
            (), model.Row("write", path=model.Path("/etc/agentguard/x")), policy=loaded, repo="github.com/x/y"
        ).effect
    )


def test_a_layers_own_word_wins_and_packs_speak_where_it_says_nothing(team, tmp_path):
    """Mode, defaults and audit settings, key by key."""
    more = 'mode = "observe"\n[defaults]\neffect = "ask"\nopaque = "deny"\n[defaults.connect]\neffect = "deny"\n'
    more += '[defaults_for.ci]\nunknown = "deny"\n[audit]\non_failure = "deny"\n'
    write(tmp_path / "org", {"bundle.toml": HEAD.format("org") + more, "rules/a.toml": ""})
    found = compiled(team('[defaults]\nopaque = "allow"\n[defaults.connect]\nunknown = "ask"\n'))
    assert ("team", "observe", "deny") == (found["name"], found["mode"], found["audit"]["on_failure"])
    assert ("ask", "allow") == (found["defaults"]["effect"], found["defaults"]["opaque"])
    assert {"connect": {"effect": "deny", "unknown": "ask"}} == found["defaults"]["by_action"]
    assert "deny" == found["defaults"]["ci"]["unknown"]


def test_what_one_pack_withholds_from_the_log_is_withheld(team, tmp_path):
    """Each of several packs would by itself; the layer's own list stands in the place of theirs."""
    audit = '[audit]\ndrop = "branch"\nmask = ["row.path", "row.path"]\n'
    write(tmp_path / "org", {"bundle.toml": HEAD.format("org") + audit, "rules/a.toml": ""})
    assert {"on_failure": "ask", "drop": ["branch"], "mask": ["row.path"]} == compiled(team(""))["audit"]
    assert {"on_failure": "ask", "drop": ["cwd"], "mask": ["row.path"]} == compiled(team('[audit]\ndrop = ["cwd"]\n'))[
        "audit"
    ]
    heads = [{"on_failure": "ask", "drop": ["a"]}, {"on_failure": "deny", "drop": ["b", "a"], "mask": ["c"]}]
    assert {"on_failure": "deny", "drop": ["a", "b"], "mask": ["c"]} == head._strictest_audit(heads)


_EFFECT = st.sampled_from(["allow", "ask", "deny"])
_SOME = ("read", "connect")
_TABLE = st.fixed_dictionaries(
    {"by_action": st.dictionaries(st.sampled_from(_SOME), st.dictionaries(st.sampled_from(ACTION_DEFAULTS), _EFFECT))},
    optional=dict.fromkeys(DEFAULTS, _EFFECT),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(_TABLE, st.none() | _TABLE), min_size=2, max_size=3))
def test_of_several_packs_the_strictest_word_holds(drawn):
    """For every default, action and kind of device: what the strictest of them says by itself."""
    empty = {"name": "", "mode": None, "audit": {}, "roles": {}, "exceptions": {}}
    heads = [head.merged({**empty, "defaults": {**own, **({"ci": ci} if ci else {})}}, []) for own, ci in drawn]
    both = head.strictest(heads)["defaults"]
    for name, action, kind in itertools.product(DEFAULTS, ("", *_SOME, ACTIONS[-1]), ("", "ci")):
        if action and name not in ACTION_DEFAULTS:
            continue
        each = [head.effective(one["defaults"], name, action, kind) for one in heads]
        assert max(each, key=["allow", "ask", "deny"].index) == head.effective(both, name, action, kind)


def test_modes_of_several_packs():
    """Enforce is stricter than observe."""
    heads = [{**head.NOTHING, "mode": mode} for mode in ("observe", "enforce", "observe")]
    assert ("enforce", "observe") == (head.strictest(heads)["mode"], head.strictest(heads[::2])["mode"])


def test_cases_may_name_rules_of_packs(team):
    """The tests of a policy are about all of it."""
    case = '[[case]]\nname = "x"\ntool = "Read"\ninput = { file_path = "/etc/shadow" }\nexpect = "deny"\nrule = "a"\n'
    prepared = suite.prepare(team("", {"tests/t.toml": case}))
    assert () == prepared.findings
    assert 2 == prepared.rules
    assert [True] == [one.passed for one in suite.run(prepared.loaded(), prepared.trials)]


def test_the_command_prints_digests(tmp_path):
    """For a folder and for a shipped pack, as text and as JSON."""
    folder = write(tmp_path / "org", ORG)
    assert f"{layers.digest(folder)}\n" == CliRunner().invoke(command, ["digest", folder]).output
    shown = json.loads(CliRunner().invoke(command, ["digest", "baseline", "--json"]).output)
    assert {"pack": "baseline", "digest": layers.digest(source.shipped_bundle("baseline"))} == shown


def test_roles_of_several_packs_are_held_by_who_is_a_member_in_each(tmp_path):
    """A layer's own definition wins; of several packs the strictest holds."""
    for name, role in (
        ("one", '[roles.eng]\nusers = ["a", "b"]\ngroups = "g"\nassurance = "none"\n[roles.own]\nusers = "a"\n'),
        ("two", '[roles.eng]\nusers = ["b", "c"]\nassurance = "os"\n[roles.own]\nusers = "b"\n'),
    ):
        write(tmp_path / name, {"bundle.toml": f'schema = 1\nname = "{name}"\n{role}'})
    own = '[roles.own]\nusers = "z"\n[[rule]]\nid = "r"\neffect = "deny"\nnot.roles = ["own", "eng"]\n'
    text = 'schema = 1\nname = "team"\n' + include(tmp_path, "one") + include(tmp_path, "two") + own
    assert {
        "eng": {"assurance": "os", "users": ["b"], "groups": []},
        "own": {"assurance": "managed", "users": ["z"], "groups": []},
    } == compiled(write(tmp_path / "team", {"bundle.toml": text}))["roles"]
