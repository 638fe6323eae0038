"""What is in force on this machine and why: the facts behind `agentguard status`, in groups."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from agentguard import config
from agentguard.bundle import files, seal
from agentguard.bundle.inspect import describe
from agentguard.digest import sha256_hex
from agentguard.errors import ConfigError, PolicyError
from agentguard.policy import engine
from agentguard.policy.model import FALLBACK, FRESH, GRACE, INVALID
from agentguard.sync import status

if TYPE_CHECKING:
    from agentguard.bundle.seal import Active
    from agentguard.places import Places

GOOD = (FRESH, GRACE)


def facts(places: Places, now: float) -> dict[str, dict[str, Any]]:
    """Return {"policy", "trust", "sync"}, each a dict of plain values; times are ISO 8601 in UTC."""
    active = seal.load_active(places, now)
    try:
        settings, problem = config.read(places.settings), ""
    except ConfigError as error:
        settings, problem = {}, error.message
    return {
        "policy": _policy(active),
        "trust": _trust(places, active, settings, problem, now),
        "sync": _sync(places, settings.get("collector_url") or active.custom.get("collector", {}).get("url", "")),
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


def _trust(places: Places, active: Active, settings: dict[str, Any], problem: str, now: float) -> dict[str, Any]:
    found: dict[str, Any] = {
        "kind": places.kind,
        "enrolled": os.path.lexists(places.anchor),
        "problem": problem,
        "source": settings.get("sync_url", ""),
        "org": active.org,
        "verified": active.verified,
    }
    try:
        anchor = files.read(places.anchor, seal.ROOT_LIMIT)
    except ConfigError:
        return found
    found["anchor_sha256"] = sha256_hex(anchor)
    if active.chain is not None:
        found["roles"] = {role["role"]: role for role in describe(active.chain, anchor, now)["roles"]}
    return found


def _sync(places: Places, collector: str) -> dict[str, Any]:
    known = status.read(places)
    names = ("last_request", "last_success", "last_activation", "last_error", "failures", "next_bundle", "upload")
    found = {name: known[name] for name in names if name in known}
    found["readable"] = os.access(places.sync, os.R_OK | os.X_OK) or not os.path.lexists(places.sync)
    found["collector"] = collector
    return found


def _mode(policy: bytes) -> str:
    try:
        return engine.load(policy).mode
    except PolicyError:
        return ""
