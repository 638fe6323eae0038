"""Which keys sign: the first root, and every later one as a change to the one before it.

A rotation is a stage with the next root, signed by the threshold of the old one and by its own. Where the signatures of the
published policy would not hold under it, or where other keys are to sign exceptions, the stage holds the same policy again,
as the next revision, for its owners to sign.
"""

from __future__ import annotations

import copy
import os
from typing import TYPE_CHECKING

from tuf.api.metadata import Metadata, Root

from agentguard.bundle import documents, exceptions, keys, metadata, publisher, repository, signatures
from agentguard.bundle.exceptions import ROLE as EXCEPTIONS
from agentguard.bundle.metadata import ROLES, ROOT, TARGETS
from agentguard.bundle.stage import Stage, base
from agentguard.bundle.verify import MAX_ROOTS, POLICY
from agentguard.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from securesystemslib.signer import Key

    from agentguard.bundle.keyring import Keyring
    from agentguard.bundle.publisher import Publisher

    Roles = dict[str, tuple[list[Key], int]]

WARN_FROM = 48  # roots after the anchor


def first(publishing: Publisher, ring: Keyring) -> Stage:
    """Return a stage with the first root of a publisher's folder. Raises `ConfigError`."""
    roles = {
        role: ([ring.public(name) for name in entry["keys"]], entry["threshold"])
        for role, entry in publishing.roles.items()
    }
    _no_key_twice(roles, ring)
    root = documents.root(publishing, 1, {role: roles[role] for role in ROLES})
    return Stage(base(publishing.repo), documents.now(), {ROOT: root})


def rotate(publishing: Publisher, ring: Keyring, pairs: Sequence[tuple[str, str]]) -> Stage:
    """Return a stage in which, of each pair of names, the second key stands wherever the first does. Raises `ConfigError`."""
    roles = _present(publishing)
    for old, new in pairs:
        gone, key = ring.public(old), ring.public(new)
        _signs_something(roles, gone, old, publishing)
        for role, (found, _threshold) in roles.items():
            if (place := _place(gone, found)) >= 0:
                if _place(key, found) >= 0:
                    raise ConfigError(
                        f"{new} signs {role} already, so nothing would take the place of {old}",
                        hint=f"agentguard bundle revoke-key {old} takes it away; or name a new key",
                    )
                found[place] = key
    return _stage(publishing, roles, ring)


def add(publishing: Publisher, ring: Keyring, name: str, wanted: Sequence[str]) -> Stage:
    """Return a stage in which one more key signs these roles; how many must stays as it is. Raises `ConfigError`."""
    roles, key = _present(publishing), ring.public(name)
    for role in wanted:
        if role not in roles:
            raise ConfigError(
                f"nobody signs {role} here yet", hint=f"agentguard exception init --to {publishing.folder}"
            )
        roles[role][0].append(key)
    return _stage(publishing, roles, ring)


def revoke(publishing: Publisher, ring: Keyring, name: str) -> Stage:
    """Return a stage in which a key signs nothing any more. Raises `ConfigError`."""
    roles, gone = _present(publishing), ring.public(name)
    _signs_something(roles, gone, name, publishing)
    for role, (found, threshold) in roles.items():
        if (place := _place(gone, found)) >= 0:
            found.pop(place)
            if len(found) < threshold:
                raise ConfigError(
                    f"without {name} there would be {len(found)} keys for {role}, and it takes {threshold}",
                    hint=f"put another in its place: agentguard bundle rotate-key {name} NEW --to {publishing.folder}",
                )
    return _stage(publishing, roles, ring)


def renew(publishing: Publisher, ring: Keyring) -> Stage:
    """Return a stage with the next root, of the same keys, that expires later. Raises `ConfigError`."""
    return _stage(publishing, _present(publishing), ring)


def team(publishing: Publisher, ring: Keyring) -> Stage:
    """Return a stage in which the keys of a team stand for the one of a solo publisher. Raises `ConfigError`."""
    wanted = copy.deepcopy(publisher.TEAM)
    names = {name for entry in wanted.values() for name in entry["keys"]}
    present = {ring.name(key.keyid) for found, _threshold in _present(publishing).values() for key in found}
    if present & names:
        raise ConfigError(
            f"{publishing.folder} has the keys of a team already: {', '.join(sorted(present))}",
            hint="agentguard bundle rotate-key OLD NEW changes one of them",
        )
    roles = {
        role: ([ring.public(name) for name in entry["keys"]], entry["threshold"]) for role, entry in wanted.items()
    }
    for role, entry in wanted.items():
        publishing.roles.setdefault(role, copy.deepcopy(entry))["days"] = entry["days"]
    publishing.grace_days = publisher.TEAM_GRACE
    staged = _stage(publishing, roles, ring)
    publisher.update(publishing)
    return staged


def team_names() -> list[str]:
    """Return the names of a team's keys."""
    return list(dict.fromkeys(name for entry in publisher.TEAM.values() for name in entry["keys"]))


def make_key(path: str, key_type: str, passphrase: bytes | None) -> Key:
    """Make PATH.pem and PATH.pub; return the public half. Raises `ConfigError` if one of them is there."""
    _new_name(path)
    signer = keys.generate(key_type)
    keys.save(f"{path}.pem", signer, passphrase)
    keys.save_public(f"{path}.pub", signer.public_key)
    return signer.public_key


def name_key(path: str, uri: str, pem: str) -> Key:
    """Write PATH.pub for the key that a URI names, whose public half is in a PEM file; return it. Raises `ConfigError`."""
    _new_name(path)
    keys.check_uri(uri, "--uri")
    key = keys.public_of_pem(pem)
    keys.save_public(f"{path}.pub", key, uri)
    return key


def handed(folder: str, names: Sequence[str]) -> dict[str, tuple[Key, str]]:
    """Return the public halves, and URIs, that lie in a folder under these names. Raises `ConfigError`."""
    found = {
        name: keys.load_public(path) for name in names if os.path.exists(path := os.path.join(folder, f"{name}.pub"))
    }
    if not found:
        raise ConfigError(f"{folder} holds none of {', '.join(f'{name}.pub' for name in names)}")
    return found


def follow(publishing: Publisher, root: metadata.Metadata, named: bytes | None, ring: Keyring) -> None:
    """Write into publisher.toml which keys the signed documents name, if it says otherwise. Raises `ConfigError`."""
    signed = {role: metadata.role_of(root, role) for role in ROLES}
    role = exceptions.delegation(metadata.read(TARGETS, named)) if named else None
    if role and EXCEPTIONS in publishing.roles:
        signed[EXCEPTIONS] = role
    changed = False
    for name, by in signed.items():
        entry = publishing.roles[name]
        stated = {"keys": [ring.name(keyid) for keyid in by.keys], "threshold": by.threshold}
        known = {one: entry[one] for one in stated}
        if known != stated and {ring.public(key).keyid for key in entry["keys"] if key in ring.known()} != set(by.keys):
            entry.update(stated)
            changed = True
    if changed:
        publisher.update(publishing)


def warning(version: int, anchor: int) -> str:
    """Return what to say of the number of roots after the anchor; "" while there are few."""
    after = version - anchor
    if after < WARN_FROM:
        return ""
    return (
        f"root {version} is number {after} after the anchor, root {anchor}, and laptops follow {MAX_ROOTS}: hand out "
        f"{version}.root.json as the anchor, then set anchor = {version} in publisher.toml (docs/trust.md, Anchors)"
    )


def holds(targets: bytes, root: bytes) -> bool:
    """Return whether targets metadata has the signatures that a new root asks for."""
    role = metadata.role_of(metadata.read(ROOT, root), TARGETS)
    read = metadata.read(TARGETS, targets)
    return signatures.count(role, metadata.canonical(read.signed), read.signatures) >= role.threshold


def _present(publishing: Publisher) -> Roles:
    """Return the keys and thresholds that are signed now, by role."""
    data = repository.root(publishing.repo, base(publishing.repo)[ROOT] or 1)
    if data is None:
        raise ConfigError(f"{publishing.folder} has no root yet", hint="have the first one signed and publish it")
    whole = Metadata[Root].from_bytes(data).signed
    roles = {name: ([whole.keys[keyid] for keyid in role.keyids], role.threshold) for name, role in whole.roles.items()}
    granting = documents.delegations(publishing)
    if granting and granting.roles:
        role = granting.roles[EXCEPTIONS]
        roles[EXCEPTIONS] = ([granting.keys[keyid] for keyid in role.keyids], role.threshold)
    return roles


def _stage(publishing: Publisher, roles: Roles, ring: Keyring) -> Stage:
    """Return the stage after which these keys sign."""
    _no_key_twice(roles, ring)
    at, before = base(publishing.repo), _present(publishing)
    changed = {role for role in roles if role not in before or _values(roles[role]) != _values(before[role])}
    found: dict[str, bytes] = {}
    if changed != {EXCEPTIONS}:
        repository.too_many_roots(at[ROOT] + 1, publishing.anchor)
        found[ROOT] = documents.root(publishing, at[ROOT] + 1, {role: roles[role] for role in ROLES})
    data = repository.current(publishing.repo, "targets.json")
    if data and (EXCEPTIONS in changed or not holds(data, found[ROOT])):
        found[TARGETS] = _again(publishing, data, roles.get(EXCEPTIONS))
    if not found:
        raise ConfigError(
            f"nothing is published in {publishing.folder} yet that names those keys",
            hint=f"agentguard bundle publish POLICY --to {publishing.folder}",
        )
    return Stage(at, documents.now(), found)


def _again(publishing: Publisher, data: bytes, granting: tuple[list[Key], int] | None) -> bytes:
    """Return the published policy's metadata as the next revision, to be signed by other keys or for other exceptions."""
    published = repository.published(publishing.repo)
    name = metadata.read(TARGETS, data).signed["targets"][POLICY]["custom"]["bundle"]
    return documents.targets(
        publishing, published[0] if published else b"", name, documents.delegated(*granting) if granting else None
    )


def _values(role: tuple[list[Key], int]) -> tuple[list[str], int]:
    return sorted(key.keyval["public"] for key in role[0]), role[1]


def _place(key: Key, found: Sequence[Key]) -> int:
    """Return where a key stands among others, by its value; -1 for nowhere."""
    return next((place for place, one in enumerate(found) if one.keyval == key.keyval), -1)


def _signs_something(roles: Roles, key: Key, name: str, publishing: Publisher) -> None:
    if all(_place(key, found) < 0 for found, _threshold in roles.values()):
        raise ConfigError(
            f"{name} signs nothing in {publishing.folder}",
            hint=f"agentguard bundle show {publishing.folder} says who does",
        )


def _no_key_twice(roles: Roles, ring: Keyring) -> None:
    """Raise `ConfigError` if two of a role's keys are one: a threshold of two would be met by one person."""
    for role, (found, _threshold) in roles.items():
        for number, key in enumerate(found):
            if _place(key, found[:number]) >= 0:
                raise ConfigError(
                    f"{ring.name(key.keyid)} stands twice among the keys for {role}",
                    hint="each of them must be a key of its own: agentguard bundle key NAME",
                )


def _new_name(path: str) -> None:
    for name in (f"{path}.pem", f"{path}.pub"):
        if os.path.lexists(name):
            raise ConfigError(f"{name} is there already", hint="name a new key; nothing is ever written over one")
