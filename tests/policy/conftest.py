"""Policies, worlds and decisions for the tests of evaluation, made by hand so that they need no compiler."""

from __future__ import annotations

from typing import Any

import pytest

from agentguard import jsontext
from agentguard.access.model import ACTIONS, Access
from agentguard.access.world import MemoryDisk, World
from agentguard.policy import engine, wire
from agentguard.policy.match import KINDS
from agentguard.policy.model import Context, Hit

HOME, PROJECT = "/home/dev", "/home/dev/project"
OWN = ("/opt/agentguard", "/etc/agentguard", "/var/lib/agentguard")


def _world(files=(), links=None, **facts) -> World:
    """Return a made-up world; `files` are absolute paths, `links` maps a path to its target."""
    tree: dict[str, bytes | str | None] = {HOME: None, PROJECT: None, "/tmp": None}
    tree |= dict.fromkeys(files, b"")
    tree |= links or {}
    given = {"home": HOME, "project": PROJECT, "tmpdir": "/tmp", "hostname": "laptop", "agentguard": OWN}
    return World(**{**given, **facts}, disk=MemoryDisk(tree))


def _compiled(rules=(), *, defaults=None, mode="enforce", **more) -> dict[str, Any]:
    """Return a compiled policy. Rules are written as in TOML: `KEY`, `not`, `unless`, texts or lists; `!` excludes."""
    sets: dict[bytes, dict[str, Any]] = {}

    places: dict[bytes, int] = {}

    def number(values) -> int:
        texts = [str(value) for value in ([values] if isinstance(values, str | int) else values)]
        plain = [text for text in texts if text[0] != "!"]
        entry = {"values": plain, "except": [text[1:] for text in texts if text[0] == "!"]}
        key = jsontext.canonical(entry)
        sets.setdefault(key, entry)
        return places.setdefault(key, len(places))

    def conditions(table):
        found = [[key, 0, number(table[key])] for key in KINDS if key in table]
        return found + [[key, 1, number(values)] for key, values in table.get("not", {}).items()]

    out = []
    by_action: dict[str, list[int]] = {action: [] for action in ACTIONS}
    for index, rule in enumerate(rules):
        entry = {key: value for key, value in rule.items() if key not in KINDS and key not in ("not", "unless")}
        out.append(
            {
                "id": f"rule/{index}",
                **entry,
                "when": conditions(rule),
                "unless": [conditions(table) for table in rule.get("unless", ())],
            }
        )
        wanted = rule.get("action", ACTIONS)
        for action in {wanted} if isinstance(wanted, str) else set(wanted):
            by_action[action].append(index)
    return {
        "schema": 1, "min_client": "0.1.0", "name": "made-by-hand", "mode": mode, "defaults": defaults or {},
        "sets": list(sets.values()), "rules": out, "by_action": by_action, **more,
    }  # fmt: skip


def _decide(rules, *rows, world=None, known=True, policy=None, defaults=None, mode="enforce", **context):
    """Return the decision about some rows under some rules: the same whether the policy is stored or at hand."""
    compiled = _compiled(rules, defaults=defaults, mode=mode)
    chosen = policy or engine.load(jsontext.canonical(compiled))
    access, where, who = Access(list(rows), known=known), world or _world(), Context(**{"user": "dev", **context})
    found = engine.decide(chosen, access, where, who)
    if policy is None:
        assert _told(found) == _told(engine.decide(engine.load(wire.pack(compiled)), access, where, who))
    return found


def _told(decision):
    """Return all that a decision says, as plain values."""
    said = ("reason", "remedy", *(name for name in Hit.__slots__ if name[0] != "_"))
    hits = [{name: getattr(hit, name) for name in said} for hit in decision.hits]
    return {name: getattr(decision, name) for name in decision.__slots__} | {"hits": hits}


@pytest.fixture(scope="session")
def make_world():
    return _world


@pytest.fixture(scope="session")
def compiled():
    return _compiled


@pytest.fixture(scope="session")
def load(compiled):
    return lambda rules=(), **more: engine.load(jsontext.canonical(compiled(rules, **more)))


@pytest.fixture(scope="session")
def told():
    """Return what gives all that a decision says, as plain values."""
    return _told


@pytest.fixture(scope="session")
def decide():
    return _decide
