"""Which version a policy needs, worked out from what it uses."""

from __future__ import annotations

import pytest

from agentguard import __version__, jsontext
from agentguard.errors import PolicyError
from agentguard.policy import conditions, engine, features, form, source
from agentguard.policy.compile import compile_folder

RULE = {"id": "a", "effect": "deny", "path": ["{home}/x/**"], "trait": ["sends"]}


def test_every_part_of_the_language_has_a_first_version():
    """Who adds a key, a condition or a word must say which version understands it."""
    language = {
        *(f"condition {key}" for key in conditions.CONDITIONS),
        *(f"{key} {word}" for key, words in conditions.WORDS.items() for word in words),
        *(f"rule {key}" for key in form._RULE),
        *(f"policy {key}" for key in form._TOP),
        *(f"default {key}" for key in conditions.DEFAULTS),
        *(f"audit {key}" for key in (*conditions.AUDIT, *conditions.AUDIT_FIELDS)),
        *(f"variable {name}" for name in conditions.VARIABLES),
    }
    assert language == set(features.SINCE)


def test_no_feature_is_newer_than_this_version():
    """What this version writes, it understands."""
    assert all(form._version(version) <= form._version(__version__) for version in features.SINCE.values())


def test_what_a_policy_uses_is_found(compiled):
    """Keys, conditions, words of closed lists, variables of patterns, and keys of nested defaults."""
    policy = compiled(
        [{**RULE, "unless": [{"users": ["a"]}], "rollout": 5}],
        defaults={"ci": {"opaque": "deny"}, "by_action": {"read": {"unknown": "ask"}}},
        roles={"r": {}},
    )
    used = features.used(policy)
    assert {
        "rule rollout", "condition users", "condition trait", "trait sends", "variable home", "default opaque",
        "default unknown", "policy roles",
    } <= used  # fmt: skip
    assert used <= set(features.SINCE)
    assert {"rule sweep", "variable project", "trait force"}.isdisjoint(used)


@pytest.mark.parametrize("feature", ["rule rollout", "trait sends", "variable home", "policy roles", "condition users"])
def test_the_newest_feature_decides(compiled, monkeypatch, feature):
    """Versions compare as numbers; a policy without the feature stays with the old version."""
    plain = compiled([{"id": "b", "effect": "deny", "host": "x"}])
    policy = compiled([{**RULE, "rollout": 5, "unless": [{"users": ["a"]}]}], roles={"r": {}})
    monkeypatch.setitem(features.SINCE, "rule effect", "0.9.0")
    monkeypatch.setitem(features.SINCE, feature, "0.10.0")
    assert ["0.9.0", "0.10.0"] == [features.min_client(one) for one in (plain, policy)]


def test_the_compiler_writes_what_the_policy_needs(monkeypatch):
    """And an engine of an older version refuses that policy whole, whatever it is stored as."""
    assert "0.1.0" == jsontext.loads(compile_folder(source.shipped_bundle("baseline")))["min_client"]
    monkeypatch.setitem(features.SINCE, "rule severity", "7.1.0")
    data = compile_folder(source.shipped_bundle("baseline"))
    assert "7.1.0" == jsontext.loads(data)["min_client"]
    with pytest.raises(PolicyError, match=r"it needs agentguard 7\.1\.0, and this is"):
        engine.load(data)


@pytest.mark.parametrize("data", [b"agentguard policy 2\n{}\n", b"agentguard policy 12\n{}\n"])
def test_a_later_way_of_storing_is_said(data):
    """It is no damage, so it must not look like it."""
    with pytest.raises(PolicyError, match="a later version has stored it"):
        engine.check(data)
