"""A stage in words, for whoever is to sign it: what would be published, and how trust would change.

Keys go by the names that they have here, and each that comes or goes also by its id, whole: that is what owners compare.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from agentguard.bundle import changes, exceptions, metadata, repository
from agentguard.bundle.metadata import ROLES, ROOT, TARGETS
from agentguard.bundle.verify import POLICY
from agentguard.digest import sha256_hex
from agentguard.policy.explain import printable

if TYPE_CHECKING:
    from agentguard.bundle.keyring import Keyring
    from agentguard.bundle.publisher import Publisher
    from agentguard.bundle.stage import Stage
    from agentguard.policy.diff import Diff

    Keys = dict[str, dict[str, Any]]


def lines(publishing: Publisher, staged: Stage, ring: Keyring) -> list[str]:
    """Return what a stage would make current, a line for each thing. Raises `ConfigError`, `BundleError`."""
    found: list[str] = []
    if new := staged.read(ROOT):
        old = repository.latest_root(publishing.repo)
        found.append(f"root {new.version}, expires {_utc(new.expires)}")
        found += _changed(_trust(old, ring) if old else [], _trust(new, ring))
        found += _keys(_of_root(old) if old else {}, _of_root(new), ring)
    if targets := staged.read(TARGETS):
        before = repository.current(publishing.repo, "targets.json")
        found += _targets(targets, metadata.read(TARGETS, before) if before else None, ring)
        found.append("policy as it is published" if staged.policy is None else f"policy of {len(staged.policy)} bytes")
    return [printable(line).replace("\n", "\\n") for line in found]


def against(publishing: Publisher) -> list[str]:
    """Return what a stage is compared with, by the digest that its owners wrote down at the beginning."""
    first, last = repository.root(publishing.repo, 1), repository.latest_root(publishing.repo)
    if first is None or last is None:
        return []
    return [
        f"compared with root {last.version} here, which its owners signed from root 1 on, sha256 {sha256_hex(first)}"
    ]


def policy(staged: Stage, change: Diff | None) -> str:
    """Return what the policy of a stage says; `change` is how it differs from what is published, None for the first."""
    from agentguard.policy import diff, difftext  # noqa: PLC0415 - a parser that only authoring needs

    if staged.policy is None:
        return ""
    text = difftext.text(change or diff.first(diff.of_compiled(staged.policy, "the policy")), whole=True)
    return f"policy: {text}" if change and change.same else text


def _trust(root: metadata.Metadata, ring: Keyring) -> list[str]:
    """Return what a root says: for whom it is, and who signs what."""
    return [f"org: {root.signed.get('org')}", *changes.trusted(root, ring)]


def _targets(new: metadata.Metadata, old: metadata.Metadata | None, ring: Keyring) -> list[str]:
    target = new.signed["targets"][POLICY]
    custom = target["custom"]
    head = f"revision {new.version}: {custom['bundle']} of {custom['org']}"
    return [
        f"{head}, issued {custom['issued']}, expires {_utc(new.expires)}",
        f"sha256 {target['hashes']['sha256']}",
        *_changed(_settings(old, ring) if old else [], _settings(new, ring)),
        *_keys(_of_targets(old) if old else {}, _of_targets(new), ring),
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


def _of_root(root: metadata.Metadata) -> Keys:
    return {keyid: key for role in ROLES for keyid, key in metadata.role_of(root, role).keys.items()}


def _of_targets(targets: metadata.Metadata) -> Keys:
    role = exceptions.delegation(targets)
    return role.keys if role else {}


def _keys(old: Keys, new: Keys, ring: Keyring) -> list[str]:
    """Return a line for each key that goes or comes, by what it is: another key under the same id does both."""
    gone, come = (
        [one for one in these.items() if one not in others.items()] for these, others in ((old, new), (new, old))
    )
    return [
        f"  {sign} key {ring.name(keyid)}: {key['keytype']} {keyid}"
        for sign, found in (("-", gone), ("+", come))
        for keyid, key in found
    ]


def _changed(old: list[str], new: list[str]) -> list[str]:
    """Return the lines that are new as +, and those that are gone as -."""
    gone = [f"  - {line}" for line in old if line not in new]
    return [*gone, *(f"  + {line}" for line in new if line not in old)]


def _utc(moment: float) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(moment))
