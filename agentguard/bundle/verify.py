"""The whole chain of trust, from exactly the bytes at hand: anchor, roots, timestamp, snapshot, targets, policy.

Rules, in the order in which they are checked (The Update Framework 1.0.31, section 5.3; section 5.4 onwards for the
other roles). Every failure is a `PublisherError`; there is no partly verified result.

1. The anchor is trusted because of where it lies. Each root after it has the next version and is signed by the
   threshold of the root before it and by its own; at most 64 follow the anchor.
2. The last root names the keys of all other roles. Timestamp, snapshot and targets are signed by their thresholds.
3. The timestamp names version, length and SHA-256 of the snapshot, the snapshot those of the targets, the targets those
   of `policy.json`.
4. The organisation in the signed `custom` of `policy.json` is the one that the anchor names (or, for an anchor that
   names none, the local configuration).
5. No role is older than the floor.

Time is judged apart (`freshness`), because a policy that is too old still denies. With `signatures=False` everything is
checked but the signatures: for files that only root can write.
"""

from __future__ import annotations

from agentguard.bundle.metadata import (
    ROLES,
    ROOT,
    SNAPSHOT,
    TARGETS,
    TIMESTAMP,
    canonical,
    epoch,
    file_entry,
    mapping,
    number,
    read,
    role_of,
    text,
)
from agentguard.digest import sha256_hex
from agentguard.errors import PublisherError, RollbackError, SealError, SignatureError
from agentguard.jsontext import JsonError, loads
from agentguard.policy.model import FRESH, GRACE, STALE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from agentguard.bundle.metadata import Metadata

MAX_ROOTS = 64  # after the anchor
MAX_GRACE = 30  # days
POLICY = "policy.json"
_EXCEPTION = "exception"  # what the names of their records begin with
_DAY = 86400


class Chain:
    """A verified bundle.

    `policy` are the compiled policy's bytes, `digest` their SHA-256. `versions`, `expires` (seconds since 1970) and
    `keys` (a digest of the set of public keys) are by role. `root` is the last root, `targets` the metadata that names the
    policy. `custom` is the signed part that says whose bundle this is, `issued` its time of signing. `exceptions` are the
    entries that are signed and not revoked.
    """

    __slots__ = (
        "custom", "digest", "exceptions", "expires", "issued", "keys", "name", "org", "policy", "revision", "root", "targets",
        "versions",
    )  # fmt: skip

    def __init__(self, roles: dict[str, Metadata], policy: bytes, entry: dict[str, Any]) -> None:
        self.root = roles[ROOT]
        self.targets = roles[TARGETS]
        self.exceptions: list[dict[str, Any]] = []
        self.policy = policy
        self.digest: str = entry["hashes"]["sha256"]
        self.versions = {role: roles[role].version for role in ROLES}
        self.expires = {role: roles[role].expires for role in ROLES}
        self.keys = {role: _key_set(self.root, role) for role in ROLES}
        self.revision = self.versions[TARGETS]
        self.custom = custom = mapping(entry.get("custom"), "custom")
        self.org = text(custom.get("org"), "custom: org")
        self.name = text(custom.get("bundle"), "custom: bundle")
        self.issued = epoch(custom.get("issued"), "custom: issued")
        number(custom.get("grace_days"), "custom: grace_days", 0)
        collector = mapping(custom.get("collector", {}), "custom: collector")
        keys = collector.get("receipt_keys", [])
        if type(collector.get("url", "")) is not str or type(keys) is not list or not all(type(k) is str for k in keys):
            raise PublisherError("custom: collector is not a url and a list of receipt_keys")


def verify(
    anchor: bytes,
    records: dict[str, bytes],
    *,
    org: str = "",
    floor: dict[str, Any] | None = None,
    signatures: bool = True,
) -> Chain:
    """Return the verified bundle. Raises `PublisherError`.

    `records` holds the files by name: "root/N" for each root after the anchor, "timestamp", "snapshot", "targets",
    "policy"; perhaps documents of exceptions. `org` is the organisation that the local configuration names ("": none).
    `floor` is what `read_floor` returned.
    """
    trusted = read(ROOT, anchor)
    root = _roots(trusted, records, signatures=signatures)

    def load(role: str, entry: dict[str, Any] | None = None) -> Metadata:
        data = _record(records, role)
        if entry:
            _same(entry, role, data)
        metadata = read(role, data)
        if entry and metadata.version != entry["version"]:
            raise RollbackError(f"{role} has version {metadata.version}, but {entry['version']} is announced")
        if signatures:
            _signed(metadata, root)
        return metadata

    timestamp = load(TIMESTAMP)
    snapshot = load(SNAPSHOT, timestamp.signed["meta"]["snapshot.json"])
    targets = load(TARGETS, file_entry(snapshot.signed["meta"].get("targets.json"), "targets.json", versioned=True))
    entry = file_entry(targets.signed["targets"].get(POLICY), POLICY, versioned=False)
    policy = _record(records, "policy")
    _same(entry, "policy", policy)
    chain = Chain({ROOT: root, TIMESTAMP: timestamp, SNAPSHOT: snapshot, TARGETS: targets}, policy, entry)
    named = trusted.signed.get("org") or org
    if not named:
        raise PublisherError("neither the anchor nor the local configuration names the organisation")
    if chain.org != named:
        raise PublisherError("the bundle is signed for another organisation than this installation trusts")
    if floor is not None:
        not_below(chain, floor)
    if any(name.startswith(_EXCEPTION) for name in records):
        from agentguard.bundle import exceptions  # noqa: PLC0415 - only where somebody has granted one

        chain.exceptions = exceptions.collected(records, snapshot, targets, signatures=signatures)
    return chain


def freshness(chain: Chain, now: float, cap: int = MAX_GRACE) -> tuple[str, str]:
    """Return (FRESH, GRACE or STALE, why) at `now`, in seconds since 1970. `cap`: the most days of grace.

    Grace counts from the earliest expiry. A clock that is more than a day behind the signing cannot tell how old the
    bundle is, which counts as stale.
    """
    behind = chain.issued - now
    if behind > _DAY:
        return STALE, f"this machine's clock is {_long(behind)} behind the time at which the policy was signed"
    role = min(ROLES, key=lambda role: chain.expires[role])
    over = now - chain.expires[role]
    if over < 0:
        return FRESH, ""
    grace = min(chain.custom["grace_days"], cap, MAX_GRACE) * _DAY
    why = f"the {role} metadata expired {_long(over)} ago"
    return (GRACE, why) if over < grace else (STALE, why)


def floor_of(chain: Chain) -> dict[str, Any]:
    """Return the floor that this bundle sets: {"org", role: {"version", "keys"}}."""
    roles = {role: {"version": chain.versions[role], "keys": chain.keys[role]} for role in ROLES}
    return {"org": chain.org, **roles}


def read_floor(data: bytes) -> dict[str, Any]:
    """Return the floor that a file holds: JSON of what `floor_of` returned. Raises `SealError`."""
    try:
        floor = mapping(loads(data), "floor")
        text(floor.get("org"), "floor: org")
        for role in ROLES:
            entry = mapping(floor.get(role), f"floor: {role}")
            number(entry.get("version"), f"floor: {role}: version", 1)
            text(entry.get("keys"), f"floor: {role}: keys")
    except (JsonError, PublisherError) as error:
        raise SealError(f"the floor file is not readable: {error}") from None
    return floor


def not_below(chain: Chain, floor: dict[str, Any]) -> None:
    """Raise `RollbackError` if a role is older than the floor.

    A floor of another organisation says nothing, and a role's floor holds as long as the same keys sign it: after a
    rotation it starts anew, so that a leaked key cannot lock everybody out with a version of nine billion (section
    5.3.11). The root's own floor always holds.
    """
    if floor["org"] != chain.org:
        return
    for role in ROLES:
        least = floor[role]["version"]
        if chain.versions[role] < least and (role == ROOT or floor[role]["keys"] == chain.keys[role]):
            raise RollbackError(f"{role} {chain.versions[role]} is older than {least}, which was trusted before")


def _roots(root: Metadata, records: dict[str, bytes], *, signatures: bool) -> Metadata:
    """Return the last root. Roots up to the anchor's version are passed over: the anchor stands for them."""
    if signatures:
        _signed(root, root)
    numbers = sorted(int(name[5:]) for name in records if name.startswith("root/"))
    later = [version for version in numbers if version > root.version]
    if len(later) > MAX_ROOTS:
        raise PublisherError(f"{len(later)} root versions follow the anchor; at most {MAX_ROOTS} may")
    for version in later:
        new = read(ROOT, records[f"root/{version}"])
        if new.version != version or version != root.version + 1:
            raise PublisherError(f"root {new.version} stands where root {root.version + 1} should be")
        if signatures:
            _signed(new, root)
            _signed(new, new)
        root = new
    return root


def _signed(metadata: Metadata, root: Metadata) -> None:
    from agentguard.bundle import signatures  # noqa: PLC0415 - not on the way of files that only root can write

    role = role_of(root, metadata.role)
    good = signatures.count(role, canonical(metadata.signed), metadata.signatures)
    if good < role.threshold:
        raise SignatureError(
            f"{metadata.role} {metadata.version} has {good} good signatures of {role.threshold} that root "
            f"{root.version} asks for"
        )


def _same(entry: dict[str, Any], name: str, data: bytes) -> None:
    """Raise if a file is not the one that an entry names."""
    if len(data) != entry["length"] or sha256_hex(data) != entry["hashes"]["sha256"]:
        raise PublisherError(f"{name} is not the file that is announced: its length or SHA-256 differs")


def _record(records: dict[str, bytes], name: str) -> bytes:
    if name not in records:
        raise PublisherError(f"{name} is missing")
    return records[name]


def _key_set(root: Metadata, role: str) -> str:
    keys = role_of(root, role).keys.values()
    return sha256_hex(canonical(sorted({key["keyval"]["public"] for key in keys})))


def _long(seconds: float) -> str:
    hours = int(seconds) // 3600
    return f"{hours // 24} d" if hours >= 48 else f"{hours} h"
