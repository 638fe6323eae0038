"""Looking at a bundle from outside, without any installation: a publisher's folder, a repository, a URL or a seal."""

from __future__ import annotations

import os
import tempfile
import time
from typing import TYPE_CHECKING, Any

from agentguard.bundle import exceptions, fetch, files, metadata, publisher, seal
from agentguard.bundle.verify import MAX_GRACE, freshness, verify
from agentguard.digest import sha256_hex
from agentguard.errors import UsageError
from agentguard.policy.explain import printable

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
    anchor, _records, found = pulled(target, root)
    return found, anchor


def pulled(target: str, root: str = "") -> tuple[bytes, dict[str, bytes], Chain]:
    """Verify the bundle at `target`; return the root that it was verified by, its files as a seal names them, and itself."""
    anchor = files.read(root, seal.ROOT_LIMIT) if root else b""
    if os.path.isfile(target):
        records = seal.parse(files.read(target, seal.LIMIT))
        org = str(seal.read_config(records["config"]).get("org", ""))
        anchor = anchor or _no_anchor(target)
        return anchor, records, verify(anchor, records, org=org)
    source = fetch.normal_source(target)
    if not anchor:
        anchor = _no_anchor(target) if "://" in source else _own_root(target, source)
    with tempfile.TemporaryDirectory() as cache, fetch.opened(source) as fetcher:
        records = fetch.pull(anchor, fetcher, cache)
        return anchor, records, verify(anchor, records)


def differences(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    """Return a line for each thing about trust that differs between two bundles that `describe` described."""
    before, after = _facts(old), _facts(new)
    names = list(dict.fromkeys([*before, *after]))
    return [
        printable(f"{name}: {before.get(name, 'none')} → {after.get(name, 'none')}")
        for name in names
        if before.get(name) != after.get(name)
    ]


def _facts(found: dict[str, Any]) -> dict[str, str]:
    """Return what counts about trust in a described bundle, in words."""
    custom, granting = found["custom"], found["exceptions"]
    collector = custom.get("collector") or {}
    facts = {
        "org": found["org"],
        "bundle": f"{found['name']} {found['revision']}",
        "policy sha256": found["digest"],
        "issued": custom["issued"],
        "grace": f"{custom['grace_days']} d",
        "collector": str(collector.get("url") or "none"),
        "receipt keys": " ".join(key[:12] for key in collector.get("receipt_keys", ())) or "none",
    }
    for role in found["roles"]:
        facts[f"{role['role']} version"] = str(role["version"])
        facts[f"{role['role']} expires"] = role["expires"]
    for role in (*found["roles"], *([{**granting, "role": "exceptions"}] if granting else ())):
        keys = " ".join(sorted(key["keyid"][:12] for key in role["keys"]))
        facts[f"{role['role']} signers"] = f"{role['threshold']} of {len(role['keys'])}: {keys}"
    return facts


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


def _own_root(target: str, source: str) -> bytes:
    """Return the root that a folder's own publisher names as the anchor; of a mere repository the first one."""
    own = os.path.isfile(os.path.join(target, publisher.FILE))
    anchor = publisher.read(target).anchor if own else min(_roots(source), default=1)
    return files.read(os.path.join(source, f"{anchor}.root.json"), seal.ROOT_LIMIT)


def _roots(folder: str) -> list[int]:
    names = os.listdir(folder) if os.path.isdir(folder) else []
    numbers = [name.removesuffix(".root.json") for name in names if name.endswith(".root.json")]
    return [int(number) for number in numbers if number.isdecimal() and number.isascii()]


def _no_anchor(target: str) -> bytes:
    raise UsageError(f"nothing says which root to trust for {target}", hint="add --root root.json")
