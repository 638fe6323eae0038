"""Making current what is signed: snapshot and timestamp, the checks of laptops, and the order in which files are replaced.

Each file is replaced in one step, in an order in which each step leaves a repository that holds, `timestamp.json` last. A new
root is last of all where what it comes with holds under the old root too. So a publish may be killed at any moment, and is
finished by the same command.
"""

from __future__ import annotations

import contextlib
import os
import time
from typing import TYPE_CHECKING

from tuf.api.metadata import MetaFile

from agentguard.bundle import (
    changes,
    documents,
    exceptions,
    files,
    metadata,
    repository,
    review,
    roots,
    signatures,
    stage,
)
from agentguard.bundle.exceptions import META as EXCEPTIONS_META
from agentguard.bundle.keyring import Keyring
from agentguard.bundle.metadata import ROOT, SNAPSHOT, TARGETS, TIMESTAMP
from agentguard.bundle.stage import Stage
from agentguard.bundle.verify import POLICY, Chain, verify
from agentguard.digest import sha256_hex
from agentguard.errors import BundleError, ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from securesystemslib.signer import Signer

    from agentguard.bundle.publisher import Publisher
    from agentguard.policy.diff import Diff

_TARGETS = "targets.json"


def sign_and_put(publishing: Publisher, staged: Stage, ring: Keyring, change: Diff | None = None) -> Chain | None:
    """Sign a stage with the keys that are here and publish it. Arguments and errors as for `put`."""
    old = repository.latest_root(publishing.repo)
    signed, _who = stage.sign(staged, old, ring)
    hint = "the same command with -o FILE (for a policy: `agentguard bundle stage`) makes a file for others to sign"
    stage.complete(signed, old, ring, hint)
    return put(publishing, signed, ring, change)


def put(
    publishing: Publisher, staged: Stage, ring: Keyring, change: Diff | None = None, where: str = ""
) -> Chain | None:
    """Publish a stage that has its signatures; return what is current then, None while there is no policy.

    The keys of `ring` sign snapshot and timestamp. `change` is what the policy changes, for CHANGES.md; `where` names the
    stage's file, "" for one that was made here just now. Raises `PolicyError`, `ConfigError`, `BundleError`.
    """
    repo = publishing.repo
    with locked(publishing):
        if where:
            review.check(publishing, staged, where)
        else:
            stage.fits(staged, repo, time.time())
        old = repository.latest_root(repo)
        stage.complete(
            staged, old, ring, "have one of them sign a copy (agentguard bundle sign), then publish all copies"
        )
        new_root = staged.read(ROOT)
        root = new_root or old
        if root is None:
            raise ConfigError(f"{publishing.folder} has no root yet", hint="have the first one signed and publish it")
        current = repository.current(repo, _TARGETS)
        named = _named(staged, current)
        new = {}
        if staged.policy is not None:
            new[f"targets/{sha256_hex(staged.policy)}.{POLICY}"] = staged.policy
        if named:
            new[f"{metadata.read(TARGETS, named).version}.{_TARGETS}"] = named
            before = [old] if old and old.version < root.version else []
            new |= closing(publishing, ring, [root, *before], named, _exceptions(publishing, ring, named))
        if new_root:
            repository.too_many_roots(new_root.version, publishing.anchor)
            new = _with_root(publishing, new, f"{new_root.version}.root.json", staged.documents[ROOT])
        chain = repository.check(repo, new, publishing.anchor) if named else None
        repository.write(repo, new)
        roots.follow(publishing, root, named, ring)
        if new_root:
            changes.note_root(publishing.folder, new_root, ring)
        if chain and TARGETS in staged.documents:
            changes.note(publishing.folder, repo, chain, change)
    return chain


def refresh(publishing: Publisher, passphrase: Callable[[], bytes]) -> Chain:
    """Sign snapshot and timestamp anew, for as long as publisher.toml says; nothing else changes.

    Raises `ConfigError`, `BundleError`.
    """
    repo = publishing.repo
    with locked(publishing):
        root, named = repository.latest_root(repo), repository.current(repo, _TARGETS)
        if root is None or named is None:
            raise ConfigError(
                f"nothing is published in {publishing.folder} yet",
                hint=f"agentguard bundle publish POLICY --to {publishing.folder}",
            )
        stage.right_time(repo, time.time())
        ring = Keyring(publishing, passphrase)
        new = closing(publishing, ring, [root], named, _exceptions(publishing, ring, named))
        chain = repository.check(repo, new, publishing.anchor)
        repository.write(repo, new)
    return chain


def exceptions_hold(publishing: Publisher) -> bool:
    """Return whether the published exceptions are signed by whom the published policy names; True where there are none."""
    targets = repository.current(publishing.repo, _TARGETS)
    granted = repository.current(publishing.repo, EXCEPTIONS_META)
    role = exceptions.delegation(metadata.read(TARGETS, targets)) if targets else None
    if granted is None or role is None:
        return True
    read = metadata.read(TARGETS, granted)
    return signatures.count(role, metadata.canonical(read.signed), read.signatures) >= role.threshold


def closing(
    publishing: Publisher,
    ring: Keyring,
    role_roots: Sequence[metadata.Metadata],
    named: bytes,
    granted: bytes | None,
) -> dict[str, bytes]:
    """Return new files that make targets metadata and a document of exceptions current: snapshot and timestamp, last.

    They are signed with as many keys as the first of these roots asks for, and what is here of the others', so that they
    hold before and behind a rotation. Raises `ConfigError`.
    """
    new: dict[str, bytes] = {}
    meta = {_TARGETS: MetaFile.from_data(metadata.read(TARGETS, named).version, named, ["sha256"])}
    if granted:
        version = metadata.read(TARGETS, granted).version
        meta[EXCEPTIONS_META] = MetaFile.from_data(version, granted, ["sha256"])
        new[f"{version}.{EXCEPTIONS_META}"] = granted
    signers = {role: _signers(publishing, ring, role_roots, role) for role in (SNAPSHOT, TIMESTAMP)}
    return {**new, **documents.closing(publishing, signers, meta)}


@contextlib.contextmanager
def locked(publishing: Publisher) -> Iterator[None]:
    """Keep others from publishing from this folder. Raises `ConfigError`."""
    with files.locked(os.path.join(publishing.folder, ".lock"), tries=1) as free:
        if not free:
            raise ConfigError(
                f"somebody else is publishing from {publishing.folder}",
                hint="wait for it, then run the same command again",
            )
        files.sweep(publishing.keys, time.time())
        files.sweep(publishing.repo, time.time())
        yield


def _named(staged: Stage, current: bytes | None) -> bytes | None:
    """Return the targets metadata that is to be current; the file that is there, if it says what is staged."""
    new = staged.documents.get(TARGETS)
    if new and current and stage.same(TARGETS, new, current):
        return current  # a publish that was killed is finished
    return new or current


def _with_root(publishing: Publisher, new: dict[str, bytes], name: str, root: bytes) -> dict[str, bytes]:
    """Return the new files with a new root among them, in the order in which they are to be written.

    The root comes last if everything else holds without it. If not (the old online key is not here), it comes just before
    the timestamp: laptops that ask between the two keep what they have.
    """
    try:
        if new:
            verify(*repository.records(publishing.repo, publishing.anchor, new))
    except (BundleError, ConfigError):
        last = "timestamp.json"
        return {**{key: data for key, data in new.items() if key != last}, name: root, last: new[last]}
    return {**new, name: root}


def _exceptions(publishing: Publisher, ring: Keyring, named: bytes) -> bytes | None:
    """Return the document of exceptions that goes with this targets metadata; None where nobody may grant any.

    Where other keys sign them now, it is signed anew if these are here; if not, it goes along and lifts nothing.
    """
    role = exceptions.delegation(metadata.read(TARGETS, named))
    granted = repository.current(publishing.repo, EXCEPTIONS_META) if role else None
    if role is None or granted is None:
        return None
    before = metadata.read(TARGETS, granted)
    here = ring.by_id(role.keys)[: role.threshold]
    good = signatures.count(role, metadata.canonical(before.signed), before.signatures)
    if good >= role.threshold or len(here) < role.threshold or exceptions.ROLE not in publishing.roles:
        return granted
    found = exceptions.Document(before)
    whole = documents.exceptions(publishing, before.version + 1, found.entries, sorted(found.revoked))
    return documents.signed(whole, {name: ring.signer(name) for _keyid, name in here})


def _signers(
    publishing: Publisher, ring: Keyring, role_roots: Sequence[metadata.Metadata], name: str
) -> dict[str, Signer]:
    found: dict[str, Signer] = {}
    for root in role_roots:
        role = metadata.role_of(root, name)
        here = ring.by_id(role.keys)[: role.threshold]
        if len(here) < role.threshold and root is role_roots[0]:
            wanted = ", ".join(ring.name(keyid) for keyid in role.keys)
            raise ConfigError(
                f"{len(here)} keys for {name} are in {publishing.keys}, root {root.version} asks for {role.threshold} of "
                f"{wanted}",
                hint="run this where that key is; or have a key service hold it (agentguard bundle key --uri)",
            )
        found |= {key: ring.signer(key) for _keyid, key in here}
    return found
