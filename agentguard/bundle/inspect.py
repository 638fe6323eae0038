"""Looking at a bundle from outside, without any installation: a publisher's folder, a repository, a URL or a seal."""

from __future__ import annotations

import os
import tempfile
import time
from typing import TYPE_CHECKING, Any

from agentguard.bundle import exceptions, fetch, files, metadata, seal
from agentguard.bundle.verify import MAX_GRACE, freshness, verify
from agentguard.digest import sha256_hex
from agentguard.errors import UsageError

if TYPE_CHECKING:
    from agentguard.bundle.verify import Chain


def inspect(target: str, root: str = "", now: float | None = None) -> dict[str, Any]:
    """Verify the bundle at `target` with every signature and return what `describe` says of it.

    `root` is the file of the root to trust; a folder's own `1.root.json` serves where none is named. Raises
    `BundleError`, `UsageError`, `ConfigError`.
    """
    found, anchor = chain(target, root)
    return {"target": target, **describe(found, anchor, time.time() if now is None else now)}


def chain(target: str, root: str = "") -> tuple[Chain, bytes]:
    """Verify the bundle at `target` and return it with the root that it was verified by. Arguments as for `inspect`."""
    anchor = files.read(root, seal.ROOT_LIMIT) if root else b""
    if os.path.isfile(target):
        records = seal.parse(files.read(target, seal.LIMIT))
        org = str(seal.read_config(records["config"]).get("org", ""))
        anchor = anchor or _no_anchor(target)
        return verify(anchor, records, org=org), anchor
    source = fetch.normal_source(target)
    if not anchor:
        anchor = _no_anchor(target) if "://" in source else _own_root(source)
    with tempfile.TemporaryDirectory() as cache, fetch.opened(source) as fetcher:
        return verify(anchor, fetch.pull(anchor, fetcher, cache)), anchor


def describe(chain: Chain, anchor: bytes, now: float, cap: int = MAX_GRACE) -> dict[str, Any]:
    """Return a verified bundle as plain values; times are ISO 8601 in UTC."""
    state, problem = freshness(chain, now, cap)
    return {
        "org": chain.org,
        "name": chain.name,
        "revision": chain.revision,
        "digest": chain.digest,
        "bytes": len(chain.policy),
        "state": state,
        "problem": problem,
        "anchor_sha256": sha256_hex(anchor),
        "custom": chain.custom,
        "roles": [_role(chain, role) for role in metadata.ROLES],
        "exceptions": _exceptions(chain),
    }


def _role(chain: Chain, name: str) -> dict[str, Any]:
    role = metadata.role_of(chain.root, name)
    return {
        "role": name,
        "version": chain.versions[name],
        "expires": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(chain.expires[name])),
        "threshold": role.threshold,
        "keys": _keys(role),
    }


def _exceptions(chain: Chain) -> dict[str, Any] | None:
    """Return who may grant exceptions and how many there are; None where nobody may."""
    role = exceptions.delegation(chain.targets)
    if role is None:
        return None
    return {"threshold": role.threshold, "keys": _keys(role), "granted": len(chain.exceptions)}


def _keys(role: metadata.Role) -> list[dict[str, Any]]:
    return [{"keyid": keyid, "type": key["keytype"]} for keyid, key in role.keys.items()]


def _own_root(folder: str) -> bytes:
    return files.read(os.path.join(folder, "1.root.json"), seal.ROOT_LIMIT)


def _no_anchor(target: str) -> bytes:
    raise UsageError(f"nothing says which root to trust for {target}", hint="add --root root.json")
