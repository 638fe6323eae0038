"""Signed exceptions: somebody whom the policy trusts with it lifts one rule for one person on one device, for some days.

A document is TUF targets metadata of the delegated role `exceptions`, whose keys stand in the policy's own targets
metadata. It names no files; its entries stand in `exceptions`, and in `revoked` the ids of entries that no longer count.

- One document comes with the bundle: the snapshot names it, so nobody can put back an older one. Others are handed over as
  files and kept in the seal. Where the snapshot names a document that is not here, no exception counts: it might have
  revoked any of them.
- A document whose signatures are too few, and an entry that is not exactly as below, count for nothing: whatever goes wrong,
  a rule stays in force.

An entry: `id`, `org`, `person`, `known` (how well the person must be known), `device`, `rule`, `repo` ("" for any), `rows`,
`wide` (what was left out on purpose), `not_before` and `expires` (UTC), `approver`, `ticket`, `record` (the denial). `rows` are
tables of conditions [key, negated, values, values taken out]; a table lifts the rule from the rows that meet all of it.
"""

from __future__ import annotations

from agentguard.bundle.metadata import (
    KEY_TYPES,
    TARGETS,
    Metadata,
    Role,
    canonical,
    epoch,
    file_entry,
    mapping,
    number,
    read,
    text,
)
from agentguard.digest import sha256_hex
from agentguard.errors import PublisherError
from agentguard.policy.match import KINDS
from agentguard.policy.model import ASSURANCES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ROLE = "exceptions"
META = "exceptions.json"  # its name in the snapshot
PATHS = ["exceptions/*"]  # no file: a role must name some, and the policy is none of these
INSTALLED = "exception/"  # in a seal: the documents that were handed over
FILES = 32  # documents that are handed over to one device
ROWS = 32  # tables of one entry

_TEXTS = (
    "id",
    "org",
    "person",
    "known",
    "device",
    "rule",
    "repo",
    "not_before",
    "expires",
    "approver",
    "ticket",
    "record",
)
_LISTS = ("rows", "wide")
_MAY_BE_EMPTY = ("repo", "ticket", "record")


class Document:
    """A verified document. `entries` are those that make sense, `revoked` the ids that it takes back."""

    __slots__ = ("entries", "expires", "revoked", "version")

    def __init__(self, metadata: Metadata) -> None:
        self.version = metadata.version
        self.expires = metadata.expires
        listed = metadata.signed.get("exceptions", [])
        self.entries: list[dict[str, Any]] = [entry for entry in _list(listed) if good(entry)]
        self.revoked = frozenset(one for one in _list(metadata.signed.get("revoked", [])) if type(one) is str)


def delegation(targets: Metadata) -> Role | None:
    """Return the keys that sign exceptions, None where nobody may. Raises `PublisherError` for nonsense."""
    delegations = mapping(targets.signed.get("delegations", {}), "targets: delegations")
    keys = mapping(delegations.get("keys", {}), "targets: delegations: keys")
    for entry in _list(delegations.get("roles", [])):
        if mapping(entry, "targets: delegated role").get("name") != ROLE:
            continue
        found = {}
        for keyid in _list(entry.get("keyids")):
            key = mapping(keys.get(keyid) if type(keyid) is str else None, "targets: delegated key")
            if (key.get("keytype"), key.get("scheme")) not in KEY_TYPES:
                raise PublisherError("targets: a delegated key is of a type that agentguard does not know")
            text(mapping(key.get("keyval"), "targets: delegated key").get("public"), "targets: delegated key")
            found[keyid] = key
        return Role(found, number(entry.get("threshold"), "targets: delegated role: threshold", 1))
    return None


def document(data: bytes, role: Role, *, signatures: bool = True) -> Document:
    """Return a verified document. Raises `PublisherError`."""
    metadata = read(TARGETS, data)
    if metadata.signed["targets"] or metadata.signed.get("delegations"):
        raise PublisherError("a document of exceptions names nothing but exceptions")
    if signatures:
        from agentguard.bundle import signatures as checks  # noqa: PLC0415 - not for files that only root can write

        if checks.count(role, canonical(metadata.signed), metadata.signatures) < role.threshold:
            raise PublisherError("the exceptions are not signed by who may grant them")
    return Document(metadata)


def collected(
    records: dict[str, bytes], snapshot: Metadata, targets: Metadata, *, signatures: bool
) -> list[dict[str, Any]]:
    """Return the entries of all documents of a seal that hold. Never raises: what does not hold lifts nothing."""
    revoked: frozenset[str] = frozenset()
    found: dict[str, dict[str, Any]] = {}
    try:
        role = delegation(targets)
        if role is None:
            return []
        if META in snapshot.signed["meta"]:
            entry = file_entry(snapshot.signed["meta"][META], META, versioned=True)
            data = records[ROLE]
            published = document(data, role, signatures=signatures)
            if (
                len(data) != entry["length"]
                or sha256_hex(data) != entry["hashes"]["sha256"]
                or published.version != entry["version"]
            ):
                return []
            revoked = published.revoked
            found = {entry["id"]: entry for entry in published.entries}
    except (PublisherError, KeyError):
        return []
    for name in sorted(records):
        if name.startswith(INSTALLED):
            try:
                handed = document(records[name], role, signatures=signatures)
            except PublisherError:
                continue
            found.update({entry["id"]: entry for entry in handed.entries})
    return [entry for identifier, entry in found.items() if identifier not in revoked]


def times(entries: list[dict[str, Any]]) -> dict[str, tuple[float, float]]:
    """Return (not before, expires) of good entries by id, in seconds since 1970."""
    return {one["id"]: (epoch(one["not_before"], ROLE), epoch(one["expires"], ROLE)) for one in entries}


def good(entry: Any) -> bool:
    """Return whether an entry is one that this version understands in full: half of it could lift too much."""
    if type(entry) is not dict or set(entry) != {*_TEXTS, *_LISTS}:
        return False
    if not all(type(entry[key]) is str and (entry[key] or key in _MAY_BE_EMPTY) for key in _TEXTS):
        return False
    try:
        if epoch(entry["not_before"], ROLE) >= epoch(entry["expires"], ROLE):
            return False
    except PublisherError:
        return False
    tables = entry["rows"]
    return (
        entry["known"] in ASSURANCES
        and type(tables) is list
        and 0 < len(tables) <= ROWS
        and all(type(table) is list and table and all(map(_condition, table)) for table in tables)
        and _texts(entry["wide"])
    )


def _condition(value: Any) -> bool:
    return (
        type(value) is list
        and len(value) == 4
        and value[0] in KINDS
        and type(value[1]) is int
        and value[1] in (0, 1)
        and _texts(value[2])
        and len(value[2]) > 0
        and _texts(value[3])
    )


def _texts(value: Any) -> bool:
    return type(value) is list and all(type(one) is str and one for one in value)


def _list(value: Any) -> list[Any]:
    return value if type(value) is list else []
