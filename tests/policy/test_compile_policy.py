"""The compiled form: what each part of a source becomes, and that equal sources give equal bytes."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentguard import jsontext
from agentguard.access.model import ACTIONS
from agentguard.errors import PolicyError
from agentguard.policy import compile as compiling
from agentguard.policy import engine, source

BUNDLE = 'schema = 1\nname = "b"\n'
RULE = '[[rule]]\nid = "a/b"\neffect = "deny"\npath = ["/etc/**"]\n'


def compiled(rules, bundle=BUNDLE, **options):
    """Return the compiled policy of a source given as texts; `rules` is one file or several."""
    files = {"rules/a.toml": rules} if isinstance(rules, str) else rules
    documents = [source.Document("bundle.toml", source.BUNDLE, tomllib.loads(bundle), bundle)]
    documents += [source.Document(name, source.RULES, tomllib.loads(text), text) for name, text in files.items()]
    found = compiling.compile_source(source.Source("x", tuple(documents), ()), **options)
    assert () == found.findings
    if not options.get("builtin"):  # the pack is part of the program, and refused as a bundle
        engine.load(jsontext.canonical(found.policy))  # what the compiler writes, the engine understands
    return found.policy


def conditions(policy, rule=0):
    """Return a rule's conditions with their sets in place of the numbers."""
    return [(key, negated, policy["sets"][number]) for key, negated, number in policy["rules"][rule]["when"]]


def test_a_small_policy_in_full() -> None:
    """Every part of the compiled form, once."""
    bundle = """
schema = 1
name = "acme"
mode = "observe"
[defaults]
effect = "ask"
[defaults.connect]
effect = "deny"
[defaults_for.ci]
opaque = "deny"
[audit]
on_failure = "deny"
[sets]
keys = ["~/.ssh/**", "!~/.ssh/*.pub"]
[roles.admin]
groups = ["wheel", "sudo"]
users = "root"
[roles.any]
users = []
assurance = "none"
"""
    rules = """
[[rule]]
id = "keys/read"
effect = "deny"
action = ["read", "delete"]
path = "@keys"
unless = [{ roles = ["admin"], not.users = ["root"] }]
possible = "ask"
unattended = "deny"
mode = "enforce"
severity = "high"
reason = "{path} is a key."
remedy = "Ask."
tags = ["b", "a", "b"]
owner = "security"
"""
    assert {
        "schema": 1,
        "min_client": "0.1.0",
        "name": "acme",
        "mode": "observe",
        "audit": {"on_failure": "deny"},
        "roles": {
            "admin": {"assurance": "managed", "users": ["root"], "groups": ["sudo", "wheel"]},
            "any": {"assurance": "none", "users": [], "groups": []},
        },
        "defaults": {
            "effect": "ask",
            "possible": "ask",
            "unknown": "allow",
            "opaque": "ask",
            "unknown_tool": "ask",
            "on_stale": "ask",
            "by_action": {"connect": {"effect": "deny"}},
            "ci": {"opaque": "deny", "by_action": {}},
        },
        "sets": [
            {"values": ["admin"], "except": []},
            {"values": ["delete", "read"], "except": []},
            {"values": ["root"], "except": []},
            {"values": ["~/.ssh/**"], "except": ["~/.ssh/*.pub"]},
        ],
        "rules": [
            {
                "id": "keys/read",
                "effect": "deny",
                "when": [["action", 0, 1], ["path", 0, 3]],
                "unless": [[["roles", 0, 0], ["users", 1, 2]]],
                "possible": "ask",
                "unattended": "deny",
                "mode": "enforce",
                "severity": "high",
                "reason": "{path} is a key.",
                "remedy": "Ask.",
                "owner": "security",
                "tags": ["a", "b"],
            }
        ],
        "by_action": {action: [0] if action in ("read", "delete") else [] for action in ACTIONS},
    } == compiled(rules, bundle)


def test_defaults_are_filled_in() -> None:
    """A bundle that says nothing gets the defaults of the table."""
    policy = compiled("")
    assert "enforce" == policy["mode"]
    assert {"on_failure": "ask"} == policy["audit"]
    assert {} == policy["defaults"]["ci"]
    assert {} == policy["defaults"]["by_action"]
    assert "allow" == policy["defaults"]["effect"]


@pytest.mark.parametrize(
    ("conditions_text", "actions"),
    [
        ('path = ["/x"]', {"read", "write", "delete", "execute"}),
        ('host = ["loopback"]', {"connect", "listen"}),
        ('not.host = ["loopback"]', {"connect", "listen"}),
        ('host = ["loopback"]\nmethod = ["POST"]', {"connect"}),
        ('trait = ["malformed"]', set(ACTIONS)),
        ('tool = ["*"]', set(ACTIONS) - {"prompt"}),
        ('not.action = ["use"]\nusers = ["x"]', set(ACTIONS) - {"use"}),
        ('command = ["git push"]\nref = ["main"]', {"execute"}),
        ('server = ["x"]\nmcp_tool = ["y"]', {"mcp"}),
    ],
)
def test_rules_are_filed_under_the_actions_that_they_can_match(conditions_text, actions) -> None:
    """A condition on something limits a rule to the rows that can have it, and so does its opposite."""
    policy = compiled(f'[[rule]]\nid = "a"\neffect = "deny"\n{conditions_text}\n')
    assert actions == {action for action, numbers in policy["by_action"].items() if numbers}


def test_one_value_needs_no_list() -> None:
    """`action = "read"` is `action = ["read"]`."""
    text = '[[rule]]\nid = "a"\neffect = "deny"\naction = {}\n'
    assert compiled(text.format('"read"')) == compiled(text.format('["read"]'))


def test_ports_are_texts_whatever_their_spelling() -> None:
    """Numbers and ranges come out in one spelling."""
    policy = compiled('[[rule]]\nid = "a"\neffect = "deny"\nport = [443, "0080", "8000-8999"]\n')
    assert [("port", 0, {"values": ["443", "80", "8000-8999"], "except": []})] == conditions(policy)


def test_a_value_with_a_slash_is_no_set() -> None:
    """Packages of a scope begin with @ too."""
    policy = compiled('[[rule]]\nid = "a"\neffect = "deny"\npackage = ["@acme/*"]\n')
    assert [("package", 0, {"values": ["@acme/*"], "except": []})] == conditions(policy)


SETS = """
schema = 1
name = "b"
[sets]
keys    = ["~/.ssh/**", "!~/.ssh/*.pub"]
plain   = ["/x", "/y"]
both    = ["@keys", "@plain"]
all     = ["@keys", "/z", "!/z/a"]
without = ["/**", "!@plain"]
"""


@pytest.mark.parametrize(
    ("value", "terms"),
    [
        ('"@keys"', [(["~/.ssh/**"], ["~/.ssh/*.pub"])]),
        ('["@plain", "/z"]', [(["/x", "/y", "/z"], [])]),
        ('"@without"', [(["/**"], ["/x", "/y"])]),
        ('["@keys", "/x"]', [(["/x"], []), (["~/.ssh/**"], ["~/.ssh/*.pub"])]),
        ('"@both"', [(["/x", "/y"], []), (["~/.ssh/**"], ["~/.ssh/*.pub"])]),
        ('"@all"', [(["/z"], ["/z/a"]), (["~/.ssh/**"], ["/z/a", "~/.ssh/*.pub"])]),
    ],
)
def test_what_a_set_leaves_out_is_left_out_of_that_set_only(value, terms) -> None:
    """A set is a set: naming it beside other entries does not take anything from those."""
    policy = compiled(f'[[rule]]\nid = "a"\neffect = "deny"\npath = {value}\n', SETS)
    [(_key, _negated, first)] = conditions(policy)
    found = [policy["sets"][number] for number in first["or"]] if "or" in first else [first]
    assert terms == [(one["values"], one["except"]) for one in found]


_WORDS = "abcd"
_ENTRIES = st.lists(
    st.tuples(st.booleans(), st.sampled_from([*_WORDS, *(f"@s{number}" for number in range(4))])),
    min_size=1,
    max_size=5,
)


def _members(sets, number):
    """Return the members of a set, worked out naively."""
    plain, taken = set(), set()
    for out, entry in sets[number]:
        (taken if out else plain).update(_members(sets, int(entry[2:])) if entry[0] == "@" else {entry})
    return plain - taken


@settings(max_examples=150, deadline=None)
@given(st.lists(_ENTRIES, min_size=4, max_size=4))
def test_compiled_sets_have_the_members_that_sets_have(drawn) -> None:
    """Unions and differences, however they are nested, against plain set arithmetic."""
    sets = []
    for number, entries in enumerate(drawn):
        named = [(out, entry) for out, entry in entries if entry[0] != "@" or int(entry[2:]) < number]
        # A set is taken out only if it takes nothing out itself; the first entry is plain, so that no set is empty.
        simple = {f"@s{index}" for index, inner in enumerate(sets) if not any(out or e[0] == "@" for out, e in inner)}
        sets.append([(False, "a"), *((out and (entry[0] != "@" or entry in simple), entry) for out, entry in named)])
    bundle = BUNDLE + "[sets]\n"
    for number, entries in enumerate(sets):
        bundle += f"s{number} = {[('!' if out else '') + entry for out, entry in entries]}\n"
    policy = compiled('[[rule]]\nid = "a"\neffect = "deny"\nusers = "@s3"\n', bundle)
    [(_key, _negated, first)] = conditions(policy)
    terms = [first, *(policy["sets"][number] for number in first.get("or", ()))]
    assert _members(sets, 3) == {word for one in terms for word in one["values"] if word not in one["except"]}


def test_rules_may_stand_in_bundle_toml_and_sets_in_rules_files() -> None:
    """One file is enough for a small policy, and a set may stand beside the rule that uses it."""
    one = compiled({}, BUNDLE + '[sets]\ns = ["/etc/**"]\n' + RULE.replace('"/etc/**"', '"@s"'))
    other = compiled({"rules/a.toml": '[sets]\ns = ["/etc/**"]\n', "rules/b.toml": RULE.replace('"/etc/**"', '"@s"')})
    assert one == other


def test_observe_covers_every_rule_and_enforce_leaves_trials_alone() -> None:
    """With mode observe nothing at all is enforced; with mode enforce a rule that is tried out stays so."""
    text = RULE + 'mode = "{}"\n'
    observed = compiled(text.format("enforce"), mode="observe")
    assert ("observe", False) == (observed["mode"], "mode" in observed["rules"][0])
    enforced = compiled(text.format("observe"), mode="enforce")
    assert ("enforce", "observe") == (enforced["mode"], enforced["rules"][0]["mode"])


def test_only_the_built_in_pack_may_use_its_ids() -> None:
    """The prefix is open when the pack itself is compiled."""
    assert "agentguard/x" == compiled(RULE.replace("a/b", "agentguard/x"), builtin=True)["rules"][0]["id"]


def test_compile_folder_returns_canonical_bytes(tmp_path) -> None:
    """The same folder always gives the same bytes, and they are what the engine reads."""
    (tmp_path / "bundle.toml").write_text(BUNDLE + RULE)
    data = compiling.compile_folder(str(tmp_path))
    assert jsontext.canonical(jsontext.loads(data)) == data
    assert "b" == engine.load(data).name
    assert "observe" == engine.load(compiling.compile_folder(str(tmp_path), mode="observe")).mode


def test_compile_folder_raises_with_every_finding(tmp_path) -> None:
    """A policy with any error is no policy; the error names the command that shows all of them."""
    (tmp_path / "bundle.toml").write_text('schema = 1\nname = "B"\ncolor = 1\n')
    with pytest.raises(PolicyError) as caught:
        compiling.compile_folder(str(tmp_path))
    assert ["AG202", "AG104"] == [finding.code for finding in caught.value.findings]
    assert f"2 errors in the policy {tmp_path}" == caught.value.message
    assert f"agentguard policy check {tmp_path}" == caught.value.hint


_RULES = [
    f'[[rule]]\nid = "r/{number}"\neffect = "deny"\npath = ["/{number}/**", "@s", "/z"]\naction = ["read", "write"]\n'
    f'unless = [{{ roles = ["a"] }}, {{ users = ["u{number}"] }}]\n'
    for number in range(4)
]
_REORDERED = [
    f'# a comment\n[[rule]]\naction = [\n "write",\n "read" ]\n'
    f'unless = [{{ users = "u{number}" }}, {{ roles = ["a", "a"] }}]\n'
    f'path = ["/z", "@s",\n "/{number}/**"]\neffect = \'deny\'\nid = "r/{number}"\n'
    for number in range(4)
]


@settings(max_examples=30, deadline=None)
@given(
    st.permutations(range(4)),
    st.lists(st.integers(0, 2), min_size=4, max_size=4),
    st.lists(st.booleans(), min_size=4, max_size=4),
)
def test_equal_sources_give_equal_bytes(order, files, reordered) -> None:
    """Neither the order of rules, keys, values and files nor their formatting shows in the compiled policy."""
    texts = dict.fromkeys((f"rules/{number}.toml" for number in range(3)), "")
    for number in order:
        texts[f"rules/{files[number]}.toml"] += (_REORDERED if reordered[number] else _RULES)[number]
    bundle = BUNDLE + '[sets]\ns = ["/s", "!/s/x"]\n[roles.a]\nusers = "a"\n'
    plain = compiled("".join(_RULES), bundle)
    assert jsontext.canonical(plain) == jsontext.canonical(compiled(texts, bundle))
