"""What is in force on this machine and why: the facts behind `agentguard status`, in groups."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from agentguard import config, places, plainfile
from agentguard.bundle import seal
from agentguard.bundle.inspect import describe
from agentguard.bundle.person import person
from agentguard.digest import sha256_hex
from agentguard.errors import ConfigError, PolicyError
from agentguard.policy import engine, roles
from agentguard.policy.model import FALLBACK, FRESH, GRACE, INVALID, NONE, OS
from agentguard.sync import status

if TYPE_CHECKING:
    from agentguard.bundle.seal import Active
    from agentguard.places import Places

GOOD = (FRESH, GRACE)


def facts(where: Places, now: float) -> dict[str, dict[str, Any]]:
    """Return {"policy", "person", "trust", "sync"}, each a dict of plain values; times are ISO 8601 in UTC."""
    active = seal.load_active(where, now)
    try:
        settings, problem = config.read(where.settings), ""
    except ConfigError as error:
        settings, problem = {}, error.message
    return {
        "policy": _policy(active),
        "person": _person(where, active),
        "trust": _trust(where, active, settings, problem, now),
        "sync": _sync(where, settings.get("collector_url") or active.custom.get("collector", {}).get("url", "")),
    }


def _policy(active: Active) -> dict[str, Any]:
    found: dict[str, Any] = {"state": active.state, "problem": active.problem}
    if active.state in (FALLBACK, INVALID):
        found["name"] = "fallback"
    if active.chain is not None:
        found.update(
            name=active.name,
            revision=active.revision,
            digest=active.digest,
            mode=_mode(active.policy),
            age=active.age,
            expires=status.stamp(min(active.chain.expires.values())),
        )
    return found


def _person(where: Places, active: Active) -> dict[str, Any]:
    """Return who the person is and which roles that person holds, worked out as the hook does."""
    name, known = places.account()
    who = person(where, active.local, name, OS if known else NONE)
    try:
        policy = engine.load(active.policy) if active.policy else engine.fallback()
    except PolicyError:
        policy = engine.fallback()
    held, claimed = roles.held(policy.roles, who.user, who.groups, who.known)
    return {
        "user": who.user,
        "known": who.known,
        "groups": who.groups,
        "roles": sorted(held),
        "roles_not_proved": sorted(claimed),
    }


def _trust(where: Places, active: Active, settings: dict[str, Any], problem: str, now: float) -> dict[str, Any]:
    found: dict[str, Any] = {
        "kind": where.kind,
        "enrolled": os.path.lexists(where.anchor),
        "problem": problem,
        "source": settings.get("sync_url", ""),
        "org": active.org,
        "verified": active.verified,
    }
    try:
        anchor = plainfile.read(where.anchor, seal.ROOT_LIMIT)
    except ConfigError:
        return found
    found["anchor_sha256"] = sha256_hex(anchor)
    if active.chain is not None:
        found["roles"] = {role["role"]: role for role in describe(active.chain, anchor, now)["roles"]}
    return found


def _sync(where: Places, collector: str) -> dict[str, Any]:
    known = status.read(where)
    names = ("last_request", "last_success", "last_activation", "last_error", "failures", "next_bundle", "upload")
    found = {name: known[name] for name in names if name in known}
    found["readable"] = os.access(where.sync, os.R_OK | os.X_OK) or not os.path.lexists(where.sync)
    found["collector"] = collector
    return found


def _mode(policy: bytes) -> str:
    try:
        return engine.load(policy).mode
    except PolicyError:
        return ""
