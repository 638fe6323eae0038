"""A repository folder as its publisher sees it: what is current in it, and how new files come into it.

    N.root.json  N.targets.json  N.snapshot.json  N.exceptions.json  timestamp.json  targets/SHA256.policy.json

Nothing here is verified but the policy's own SHA-256: `check` does that, with both verifiers. `timestamp.json` says which
numbers are current, and no file that is current is written again with other bytes.
"""

from __future__ import annotations

import os
import tempfile
import time
from typing import TYPE_CHECKING, Any

from agentguard.bundle import exceptions, fetch, files, metadata, seal
from agentguard.bundle.metadata import ROOT, SNAPSHOT, TARGETS, TIMESTAMP
from agentguard.bundle.verify import MAX_ROOTS, POLICY, floor_of, freshness, verify
from agentguard.digest import sha256_hex
from agentguard.errors import BundleError, ConfigError, ExpiredError, PublisherError
from agentguard.policy.model import FRESH

if TYPE_CHECKING:
    from agentguard.bundle.metadata import Metadata
    from agentguard.bundle.verify import Chain

_LAST = "timestamp.json"
_TARGETS = "targets.json"


def root(repo: str, version: int) -> bytes | None:
    """Return the bytes of a root; None where there is none of this version. Raises `ConfigError`."""
    path = os.path.join(repo, f"{version}.root.json")
    return files.read(path, seal.ROOT_LIMIT) if os.path.lexists(path) else None


def latest_root(repo: str) -> Metadata | None:
    """Return the newest root; None before the first. Raises `ConfigError`, `BundleError`."""
    found, version = None, 1
    while data := root(repo, version):
        found, version = metadata.read(ROOT, data), version + 1
    return found


def versions(repo: str) -> dict[str, int]:
    """Return the versions that are current; 0 before the first publish. Raises `ConfigError`, `BundleError`."""
    if not os.path.exists(os.path.join(repo, _LAST)):
        return {TIMESTAMP: 0, SNAPSHOT: 0, TARGETS: 0}
    timestamp, snapshot = _snapshot(repo, {})
    targets = metadata.mapping(snapshot.signed["meta"].get(_TARGETS), f"snapshot: {_TARGETS}")
    return {TIMESTAMP: timestamp.version, SNAPSHOT: snapshot.version, TARGETS: targets["version"]}


def current(repo: str, name: str, overlay: dict[str, bytes] | None = None) -> bytes | None:
    """Return the file `NAME.json` that the newest snapshot names; None where it names none.

    `overlay` holds files by name that stand before those of the folder. Raises `ConfigError`, `BundleError`.
    """
    overlay = overlay or {}
    if _LAST not in overlay and not os.path.exists(os.path.join(repo, _LAST)):
        return None
    entry = _snapshot(repo, overlay)[1].signed["meta"].get(name)
    return None if entry is None else _file(repo, f"{entry['version']}.{name}", seal.LIMITS[TARGETS], overlay)


def published(repo: str) -> tuple[bytes, str] | None:
    """Return the policy that is current and its name; None before the first publish. Raises `BundleError`, `ConfigError`."""
    data = current(repo, _TARGETS)
    if data is None:
        return None
    targets = metadata.read(TARGETS, data)
    policy, digest = _policy(repo, targets, {})
    if sha256_hex(policy) != digest:
        raise BundleError(f"{repo}: the policy of revision {targets.version} is not the one that was signed")
    return policy, f"revision {targets.version}"


def records(repo: str, anchor: int = 1, overlay: dict[str, bytes] | None = None) -> tuple[bytes, dict[str, bytes]]:
    """Return the anchor of this version and the records of a seal but "config". Raises `BundleError`, `ConfigError`."""
    overlay = overlay or {}
    first = overlay.get(f"{anchor}.root.json") or root(repo, anchor)
    if first is None:
        raise ConfigError(f"{repo} has no root {anchor}")
    found, version = {}, anchor + 1
    while data := overlay.get(f"{version}.root.json") or root(repo, version):
        found[f"root/{version}"], version = data, version + 1
    timestamp, snapshot = _snapshot(repo, overlay)
    found[TIMESTAMP] = _file(repo, _LAST, seal.LIMITS[TIMESTAMP], overlay)
    found[SNAPSHOT] = _file(
        repo, f"{timestamp.signed['meta']['snapshot.json']['version']}.snapshot.json", seal.LIMITS[SNAPSHOT], overlay
    )
    found[TARGETS] = current(repo, _TARGETS, overlay) or b""
    found["policy"], _digest = _policy(repo, metadata.read(TARGETS, found[TARGETS]), overlay)
    granted = current(repo, exceptions.META, overlay) if exceptions.META in snapshot.signed["meta"] else None
    return first, found if granted is None else {**found, exceptions.ROLE: granted}


def check(repo: str, new: dict[str, bytes], anchor: int = 1, *, signed: bool = True) -> Chain:
    """Return what a laptop would make of the repository with the new files in it.

    python-tuf and the hook's verifier must both accept it, from the anchor's version on, as fresh, as a seal, and above all
    that is published now. `signed` False: it has no signatures yet, so all is checked but these, by the hook's verifier alone.
    Raises `BundleError`.
    """
    first = new.get(f"{anchor}.root.json") or root(repo, anchor)
    if first is None:
        raise ConfigError(
            f"{repo} has no root {anchor}", hint="anchor in publisher.toml names the one that laptops have"
        )
    if signed:
        with tempfile.TemporaryDirectory() as cache, fetch.opened(repo, overlay=new) as fetcher:
            found = fetch.pull(first, fetcher, cache)
    else:
        found = records(repo, anchor, new)[1]
    try:
        floor = floor_of(verify(*records(repo, anchor)))
    except (BundleError, ConfigError):  # nothing is published, or what is must be replaced
        floor = None
    chain = verify(first, seal.parse(seal.build({**found, "config": b"{}"})), floor=floor, signatures=signed)
    state, problem = freshness(chain, time.time())
    if state != FRESH:
        raise ExpiredError(problem)
    return chain


def too_many_roots(version: int, anchor: int) -> None:
    """Raise `PublisherError` if laptops would not walk as far as this root version."""
    if version - anchor > MAX_ROOTS:
        raise PublisherError(
            f"root {version} would be number {version - anchor} after the anchor, root {anchor}, and laptops follow "
            f"{MAX_ROOTS}: they would raise an alarm and keep the policy that they have",
            hint="hand out a newer root as the anchor, then set anchor in publisher.toml (docs/trust.md, Anchors)",
        )


def write(repo: str, new: dict[str, bytes]) -> None:
    """Put new files into a repository, in their order: what is named is there before its name."""
    for name, data in new.items():
        path = os.path.join(repo, *name.split("/"))
        files.make_folder(os.path.dirname(path), 0o755)
        files.replace(path, data, 0o644)


def _snapshot(repo: str, overlay: dict[str, bytes]) -> tuple[Metadata, Metadata]:
    """Return the current timestamp and the snapshot that it names."""
    timestamp = metadata.read(TIMESTAMP, _file(repo, _LAST, seal.LIMITS[TIMESTAMP], overlay))
    number = timestamp.signed["meta"]["snapshot.json"]["version"]
    data = _file(repo, f"{number}.snapshot.json", seal.LIMITS[SNAPSHOT], overlay)
    return timestamp, metadata.read(SNAPSHOT, data)


def _policy(repo: str, targets: Metadata, overlay: dict[str, bytes]) -> tuple[bytes, Any]:
    target = metadata.mapping(targets.signed["targets"].get(POLICY), f"targets: {POLICY}")
    digest = metadata.mapping(target.get("hashes"), f"targets: {POLICY}: hashes").get("sha256")
    return _file(repo, f"targets/{digest}.{POLICY}", seal.POLICY_LIMIT, overlay), digest


def _file(repo: str, name: str, limit: int, overlay: dict[str, bytes]) -> bytes:
    found = overlay.get(name)
    return files.read(os.path.join(repo, *name.split("/")), limit) if found is None else found
