"""The documents that a publisher signs, as python-tuf's metadata: what stands in each, and for how long it holds."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from tuf.api.metadata import (
    DelegatedRole,
    Delegations,
    Metadata,
    MetaFile,
    Role,
    Root,
    Snapshot,
    TargetFile,
    Targets,
    Timestamp,
)

from agentguard.bundle import keys, repository, seal
from agentguard.bundle.exceptions import PATHS as EXCEPTIONS_PATHS
from agentguard.bundle.exceptions import ROLE as EXCEPTIONS
from agentguard.bundle.keys import load_public
from agentguard.bundle.metadata import ROOT, SNAPSHOT, TARGETS, TIMESTAMP
from agentguard.bundle.verify import POLICY
from agentguard.errors import PolicyError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from securesystemslib.signer import Key, Signer

    from agentguard.bundle.publisher import Publisher

TIME = "%Y-%m-%dT%H:%M:%SZ"


def root(publishing: Publisher, version: int, roles: Mapping[str, tuple[Sequence[Key], int]]) -> bytes:
    """Return a root, not signed yet, that names these keys and thresholds by role."""
    named = {key.keyid: key for found, _threshold in roles.values() for key in found}
    whole = Root(
        version,
        expires=expires(publishing, ROOT),
        keys=named,
        roles={role: Role([key.keyid for key in found], threshold) for role, (found, threshold) in roles.items()},
        consistent_snapshot=True,
        unrecognized_fields={"org": publishing.org},
    )
    return Metadata(whole).to_bytes()


def targets(publishing: Publisher, policy: bytes, name: str, delegated: Delegations | None) -> bytes:
    """Return the next version of the metadata that names a policy, not signed yet."""
    target = TargetFile.from_data(POLICY, policy)
    target.unrecognized_fields["custom"] = {
        "org": publishing.org,
        "bundle": name,
        "grace_days": publishing.grace_days,
        "issued": now(),
        "collector": publishing.collector if any(publishing.collector.values()) else {},
    }
    version = repository.versions(publishing.repo)[TARGETS] + 1
    whole = Targets(version, expires=expires(publishing, TARGETS), targets={POLICY: target}, delegations=delegated)
    return Metadata(whole).to_bytes()


def delegations(publishing: Publisher) -> Delegations | None:
    """Return who may sign exceptions: as published, else as publisher.toml says; None for a publisher without such keys."""
    role = publishing.roles.get(EXCEPTIONS)
    if role is None:
        return None
    data = repository.current(publishing.repo, "targets.json")
    found = Metadata[Targets].from_bytes(data).signed.delegations if data else None
    if found is not None:
        return found
    return delegated([load_public(publishing.public(name))[0] for name in role["keys"]], role["threshold"])


def delegated(found: Sequence[Any], threshold: int) -> Delegations:
    """Return that these keys sign exceptions."""
    ids = [key.keyid for key in found]
    role = DelegatedRole(EXCEPTIONS, ids, threshold, terminating=True, paths=list(EXCEPTIONS_PATHS))
    return Delegations({key.keyid: key for key in found}, {EXCEPTIONS: role})


def closing(
    publishing: Publisher,
    signers: Mapping[str, Mapping[str, Signer]],
    meta: dict[str, MetaFile],
) -> dict[str, bytes]:
    """Return a new snapshot of the files in `meta` and the timestamp that names it. `signers`: by role, then by name."""
    versions = repository.versions(publishing.repo)
    number = versions[SNAPSHOT] + 1
    snapshot = signed(Snapshot(number, expires=expires(publishing, SNAPSHOT), meta=meta), signers[SNAPSHOT])
    last = MetaFile.from_data(number, snapshot, ["sha256"])
    timestamp = signed(
        Timestamp(versions[TIMESTAMP] + 1, expires=expires(publishing, TIMESTAMP), snapshot_meta=last),
        signers[TIMESTAMP],
    )
    return {f"{number}.snapshot.json": snapshot, "timestamp.json": timestamp}


def signed(role: Any, signers: Mapping[str, Signer]) -> bytes:
    """Return the metadata file of a role, signed by these keys, by name. Raises `ConfigError`."""
    document = Metadata(role)
    for name, signer in signers.items():
        keys.sign(document, signer, name)
    return document.to_bytes()


def checked(policy: bytes) -> str:
    """Return the name of a compiled policy that is what its rules make of it, and not too large. Raises `PolicyError`."""
    from agentguard.policy import exact  # noqa: PLC0415 - a parser that only authoring needs

    if len(policy) > seal.POLICY_LIMIT:
        raise PolicyError(f"the compiled policy is larger than {seal.POLICY_LIMIT} bytes")
    return str(exact.checked(policy)["name"])


def expires(publishing: Publisher, role: str) -> dt.datetime:
    """Return the date on which what is signed now for a role expires."""
    return dt.datetime.now(dt.UTC) + dt.timedelta(days=publishing.roles[role]["days"])


def exceptions(
    publishing: Publisher, version: int, entries: Sequence[dict[str, Any]], revoked: Sequence[str]
) -> Targets:
    """Return the document of all exceptions that are published."""
    fields = {"exceptions": list(entries), "revoked": list(revoked)}
    return Targets(version, expires=expires(publishing, EXCEPTIONS), targets={}, unrecognized_fields=fields)


def now() -> str:
    """Return the time at which something is made, as it is written down."""
    return dt.datetime.now(dt.UTC).strftime(TIME)
