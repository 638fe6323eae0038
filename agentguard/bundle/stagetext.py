"""A stage in words, for whoever is to sign it: what would be published, and how trust would change."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from agentguard.bundle import changes, exceptions, metadata, repository
from agentguard.bundle.metadata import ROOT, TARGETS
from agentguard.bundle.verify import POLICY
from agentguard.policy.explain import printable

if TYPE_CHECKING:
    from agentguard.bundle.keyring import Keyring
    from agentguard.bundle.publisher import Publisher
    from agentguard.bundle.stage import Stage


def lines(publishing: Publisher, staged: Stage, ring: Keyring) -> list[str]:
    """Return what a stage would make current, a line for each thing. Raises `ConfigError`, `BundleError`."""
    found: list[str] = []
    if new := staged.read(ROOT):
        old = repository.latest_root(publishing.repo)
        found.append(f"root {new.version}, expires {_utc(new.expires)}")
        found += _changed(changes.trusted(old, ring) if old else [], changes.trusted(new, ring))
    if targets := staged.read(TARGETS):
        before = repository.current(publishing.repo, "targets.json")
        found += _targets(targets, metadata.read(TARGETS, before) if before else None, ring)
        found.append("policy as it is published" if staged.policy is None else f"policy of {len(staged.policy)} bytes")
    return [printable(line).replace("\n", "\\n") for line in found]


def _targets(new: metadata.Metadata, old: metadata.Metadata | None, ring: Keyring) -> list[str]:
    target = new.signed["targets"][POLICY]
    custom = target["custom"]
    head = f"revision {new.version}: {custom['bundle']} of {custom['org']}, expires {_utc(new.expires)}"
    return [
        head,
        f"sha256 {target['hashes']['sha256']}",
        *_changed(_settings(old, ring) if old else [], _settings(new, ring)),
    ]


def _settings(targets: metadata.Metadata, ring: Keyring) -> list[str]:
    """Return what targets metadata says beside the policy."""
    custom: dict[str, Any] = targets.signed["targets"][POLICY]["custom"]
    collector = custom.get("collector") or {}
    role = exceptions.delegation(targets)
    granting = f"{role.threshold} of {', '.join(ring.name(keyid) for keyid in role.keys)}" if role else "nobody"
    return [
        f"org: {custom['org']}",
        f"grace: {custom['grace_days']} d",
        f"collector: {collector.get('url') or 'none'}",
        f"receipt keys: {', '.join(collector.get('receipt_keys') or ['none'])}",
        f"exceptions: {granting}",
    ]


def _changed(old: list[str], new: list[str]) -> list[str]:
    """Return the lines that are new as +, and those that are gone as -."""
    gone = [f"  - {line}" for line in old if line not in new]
    return [*gone, *(f"  + {line}" for line in new if line not in old)]


def _utc(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
