"""What an owner may sign: all that a stage must be before it is shown, signed or published.

`check` is the one place that says so. `bundle sign`, `diff` and `publish` ask it, so nobody signs what would not be published:

1. What is published here, against which it is shown, is signed by its owners from root 1 on (`published`). Whether root 1 is
   theirs no file can say: its digest is shown, and `sign --root-sha256` compares it with the one that they wrote down.
2. It fits here and now (`stage.fits`).
3. Each document is, field by field, what agentguard writes for this organisation, whatever keys, numbers and dates it has:
   these are shown, so there must be nothing else. Every key is known by the digest of what it is (`keys.is_genuine`).
4. Enough keys are named for each role, the settings are such as laptops take, the policy was issued when the stage was made.
5. The policy is the stage's own or else the very one that is published, and is what its rules make of it.
6. Laptops would take it, if it had its signatures: the hook's verifier takes all of it, as fresh.

What might be weaker, in the policy or because fewer must sign, is nothing that is refused for ever: `review` wants it allowed.
Signed by nobody, and so no more than the word of whoever sent the file, are its time and the reasons that it gives.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from tuf.api.metadata import Metadata, MetaFile, Root, TargetFile, Targets

from agentguard.bundle import (
    changes,
    documents,
    exceptions,
    keys,
    metadata,
    publisher,
    repository,
    roots,
    signatures,
    stage,
)
from agentguard.bundle.exceptions import ROLE as EXCEPTIONS
from agentguard.bundle.metadata import ROLES, ROOT, SNAPSHOT, TARGETS, TIMESTAMP
from agentguard.bundle.verify import MAX_GRACE, POLICY
from agentguard.digest import sha256_hex
from agentguard.errors import BundleError, ConfigError, PolicyError, WeakeningError

if TYPE_CHECKING:
    from agentguard.bundle.publisher import Publisher
    from agentguard.bundle.stage import Stage
    from agentguard.policy.diff import Diff

_HOUR = 3600
_CUSTOM = ("org", "bundle", "grace_days", "issued", "collector")


def review(publishing: Publisher, staged: Stage, where: str, *, allow_weakening: bool) -> Diff | None:
    """Return what the policy of a stage changes; None if it is the first, or the published one stays.

    `where` names the stage's file. Raises what `check` raises, and `WeakeningError` unless that is allowed.
    """
    from agentguard.policy import diff  # noqa: PLC0415 - a parser that only authoring needs

    check(publishing, staged, where)
    fewer = _fewer(publishing, staged)
    if fewer and not allow_weakening:
        raise WeakeningError(
            "".join([f"{where} has fewer keys sign than now:", *(f"\n  {one['key']}: {one['what']}" for one in fewer)]),
            weakenings=tuple(fewer),
            hint="ask who made it why; if it is meant, add --allow-weakening",
        )
    if staged.policy is None:
        return None
    side = diff.of_compiled(staged.policy, documents.checked(staged.policy))._replace(because=staged.because)
    return changes.compared(publishing.repo, side, allow_weakening=allow_weakening)


def check(publishing: Publisher, staged: Stage, where: str) -> None:
    """Raise `ConfigError` unless a stage is one to sign and to publish here. `where` names its file."""
    published(publishing)
    stage.fits(staged, publishing.repo, time.time(), where)
    for role, document in staged.documents.items():
        if not _is_ours(publishing, role, document):
            raise ConfigError(
                f"{where}: its {role} says more or other than agentguard writes for {publishing.org}, and not all is shown",
                hint=_ASK,
                code="stage-foreign",
            )
    for problem in (_keys, _dates, _settings, _policy, _on_laptops):
        try:
            said = problem(publishing, staged)
        except (BundleError, PolicyError) as error:
            said = error.message
        if said:
            raise ConfigError(f"{where}: {said}", hint=_ASK, code="stage-foreign")


def published(publishing: Publisher, root_sha256: str = "") -> None:
    """Raise `ConfigError` unless owners have signed what is published here. `root_sha256`: what root 1 must be; "" for any."""
    said = _unsigned(publishing.repo, root_sha256)
    if said:
        raise ConfigError(
            f"{publishing.folder}: {said}, so nothing can be compared with what is published here",
            hint="sign nothing; have a copy of the folder from another owner",
            code="folder-foreign",
        )


def _unsigned(repo: str, root_sha256: str) -> str:
    """Return what is not as its owners signed it; "" for nothing. A policy may still be signed as the root before asks."""
    found: list[metadata.Metadata] = []
    while data := repository.root(repo, len(found) + 1):
        if root_sha256 and not found and sha256_hex(data) != root_sha256:
            return f"its root 1 has the SHA-256 {sha256_hex(data)}"
        root = metadata.read(ROOT, data)
        if root.version != len(found) + 1 or not all(_holds(root, by, ROOT) for by in (*found[-1:], root)):
            return f"its root {len(found) + 1} is not signed by its owners"
        found.append(root)
    if root_sha256 and not found:
        return "it has no root 1"
    current = repository.current(repo, "targets.json")
    if current and not any(_holds(metadata.read(TARGETS, current), by, TARGETS) for by in found[-2:]):
        return "its policy is not signed by its owners"
    return ""


def _holds(document: metadata.Metadata, root: metadata.Metadata, role: str) -> bool:
    by = metadata.role_of(root, role)
    return signatures.count(by, metadata.canonical(document.signed), document.signatures) >= by.threshold


def policy_of(publishing: Publisher, staged: Stage) -> bytes | None:
    """Return the policy that holds once a stage is published: its own, or the published one; None before the first."""
    if staged.policy is not None:
        return staged.policy
    found = repository.published(publishing.repo)
    return found[0] if found else None


def _is_ours(publishing: Publisher, role: str, data: bytes) -> bool:
    """Return whether a document says nothing but what this publisher writes, whatever keys, numbers and dates it has."""
    document = Metadata[Any].from_bytes(data)
    whole = document.signed
    same: Root | Targets
    try:
        if role == ROOT:
            named = {
                name: ([whole.keys[keyid] for keyid in by.keyids], by.threshold) for name, by in whole.roles.items()
            }
            same = Metadata[Root].from_bytes(documents.root(publishing, whole.version, named)).signed
        else:
            granting = whole.delegations and whole.delegations.roles[EXCEPTIONS]
            found = [whole.delegations.keys[one] for one in granting.keyids] if granting else []
            delegated = documents.delegated(found, granting.threshold) if granting else None
            target = whole.targets[POLICY]
            custom = {key: target.custom[key] for key in _CUSTOM}
            kept = TargetFile(target.length, {"sha256": target.hashes["sha256"]}, POLICY, {"custom": custom})
            same = Targets(whole.version, expires=whole.expires, targets={POLICY: kept}, delegations=delegated)
            if custom["org"] != publishing.org:
                return False
    except (KeyError, TypeError, ValueError, AttributeError):
        return False
    same.expires = whole.expires
    return bool(same.to_dict() == whole.to_dict()) and not document.unrecognized_fields


def _keys(_publishing: Publisher, staged: Stage) -> str:
    for role, document in staged.documents.items():
        whole = Metadata[Any].from_bytes(document).signed
        for key in (whole.keys if role == ROOT else whole.delegations.keys if whole.delegations else {}).values():
            if not keys.is_genuine(key):
                return f"its {role} has a key under the id {key.keyid[:16]!a}, which is not the id of that key"
    for name, by in _roles(staged).items():
        if by.threshold > len(by.keys):
            return f"it has {by.threshold} keys sign {name} and names {len(by.keys)}"
    return ""


def _dates(_publishing: Publisher, staged: Stage) -> str:
    for role in staged.documents:
        read = staged.read(role)
        if read and read.expires <= time.time():
            return f"its {role} has expired already"
    if TARGETS in staged.documents:
        issued = _entry(staged)["custom"]["issued"]
        if abs(metadata.epoch(issued, "issued") - metadata.epoch(staged.issued, "issued")) > _HOUR:
            return f"it was made at {staged.issued}, and its policy says that it was issued at {issued}"
    return ""


def _settings(publishing: Publisher, staged: Stage) -> str:
    if TARGETS not in staged.documents:
        return ""
    custom = _entry(staged)["custom"]
    grace, collector = custom["grace_days"], custom["collector"]
    if type(grace) is not int or not 0 <= grace <= MAX_GRACE:
        return f"its days of grace are not 0 to {MAX_GRACE}"
    if collector and (type(collector) is not dict or set(collector) != {"url", "receipt_keys"}):
        return "its collector is not a url and a list of receipt_keys"
    url, receipts = (collector["url"], collector["receipt_keys"]) if collector else ("", [])
    if type(url) is not str or type(receipts) is not list:
        return "its collector is not a url and a list of receipt_keys"
    try:
        publisher.check(publishing.org, url, receipts, "its targets")
    except ConfigError as error:
        return error.message
    return ""


def _policy(publishing: Publisher, staged: Stage) -> str:
    if TARGETS not in staged.documents:
        return "it holds a policy that nobody is to sign" if staged.policy is not None else ""
    entry, policy = _entry(staged), policy_of(publishing, staged)
    whose = "the published policy, and holds no other" if staged.policy is None else "the policy in it"
    if policy is None or (entry["length"], entry["hashes"]["sha256"]) != (len(policy), sha256_hex(policy)):
        return f"what its owners would sign is not {whose}"
    name = _name(repository.current(publishing.repo, "targets.json")) if staged.policy is None else ""
    if entry["custom"]["bundle"] != (name or documents.checked(policy)):
        return "it gives its policy another name than the policy itself"
    return ""


def _on_laptops(publishing: Publisher, staged: Stage) -> str:
    """Return what laptops would say to the repository with this in it, apart from signatures."""
    root, new = staged.read(ROOT), {}
    try:
        current = repository.current(publishing.repo, "targets.json")
        if root:
            repository.too_many_roots(root.version, publishing.anchor)
            new[f"{root.version}.root.json"] = staged.documents[ROOT]
            if current and TARGETS not in staged.documents and not roots.holds(current, staged.documents[ROOT]):
                return "it names other owners of the policy, and does not have them sign the policy"
        targets = staged.documents.get(TARGETS, current)
        if targets is None:
            return ""
        version, policy = metadata.read(TARGETS, targets).version, policy_of(publishing, staged)
        new |= {f"targets/{sha256_hex(policy or b'')}.{POLICY}": policy or b"", f"{version}.targets.json": targets}
        meta = {"targets.json": MetaFile.from_data(version, targets, ["sha256"])}
        new |= documents.closing(publishing, {SNAPSHOT: {}, TIMESTAMP: {}}, meta)
        repository.check(publishing.repo, new, publishing.anchor, signed=False)
    except BundleError as error:
        return f"laptops would not take it: {error.message}"
    return ""


def _fewer(publishing: Publisher, staged: Stage) -> list[dict[str, str]]:
    """Return for which roles fewer keys would have to sign than now, as weakenings."""
    root, targets = repository.latest_root(publishing.repo), repository.current(publishing.repo, "targets.json")
    before = _named(root, metadata.read(TARGETS, targets) if targets else None)
    return [
        {"rule": "", "key": name, "what": f"{by.threshold} of {len(by.keys)} instead of {before[name].threshold}",
         "because": ""}
        for name, by in _roles(staged).items()
        if name in before and by.threshold < before[name].threshold
    ]  # fmt: skip


def _roles(staged: Stage) -> dict[str, metadata.Role]:
    return _named(staged.read(ROOT), staged.read(TARGETS))


def _named(root: metadata.Metadata | None, targets: metadata.Metadata | None) -> dict[str, metadata.Role]:
    """Return who signs what, as far as these say."""
    found = {name: metadata.role_of(root, name) for name in ROLES} if root else {}
    granting = exceptions.delegation(targets) if targets else None
    return {**found, EXCEPTIONS: granting} if granting else found


def _entry(staged: Stage) -> dict[str, Any]:
    """Return what the targets metadata of a stage says of the policy."""
    read = staged.read(TARGETS)
    entry: dict[str, Any] = read.signed["targets"][POLICY] if read else {}
    return entry


def _name(targets: bytes | None) -> str:
    return str(metadata.read(TARGETS, targets).signed["targets"][POLICY]["custom"]["bundle"]) if targets else ""


_ASK = "do not sign it; ask who made it, and with which version"
