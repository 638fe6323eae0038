"""Granting exceptions: what an approver signs, to be handed over as a file or published with the bundle.

A file is one signed document with one entry. What is published is one document with every entry that still counts, and the
ids of those that were taken back. Publishing it changes neither the policy nor its revision.
"""

from __future__ import annotations

import datetime as dt
import os
import secrets
from typing import TYPE_CHECKING, Any

from tuf.api.metadata import Targets

from agentguard.bundle import documents, exceptions, keys, metadata, publisher, release, repository
from agentguard.bundle.keyring import Keyring
from agentguard.bundle.metadata import TARGETS
from agentguard.errors import ConfigError, Refused
from agentguard.policy.model import ALLOW, may_have

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from securesystemslib.signer import Signer

    from agentguard.bundle.publisher import Publisher
    from agentguard.bundle.verify import Chain

_TIME = "%Y-%m-%dT%H:%M:%SZ"
_FIXED = ("action",)  # conditions that are never left out


def ready(publishing: Publisher, targets: metadata.Metadata | None) -> None:
    """Raise `ConfigError` unless there is a key that signs exceptions and the published policy says so."""
    if exceptions.ROLE not in publishing.roles:
        raise ConfigError(
            f"{publishing.folder} has no key yet that signs exceptions",
            hint=f"agentguard exception init --to {publishing.folder}",
        )
    if targets is None or exceptions.delegation(targets) is None:
        raise ConfigError(
            "the published policy does not say yet who may grant exceptions",
            hint=f"agentguard bundle publish POLICY --to {publishing.folder}",
        )


def enable(publishing: Publisher, new: Callable[[], bytes | None], existing: Callable[[], bytes]) -> str:
    """Give a publisher's folder a key that signs exceptions; return its name. It counts from the next publish on.

    A publisher with one key for everything signs with that one, and `existing` is asked for its passphrase; else a key is
    made, and `new` is asked: None for none. Raises `ConfigError`.
    """
    with release.locked(publishing):
        if exceptions.ROLE in publishing.roles:
            raise ConfigError(
                f"{publishing.folder} has a key that signs exceptions: "
                f"{', '.join(publishing.roles[exceptions.ROLE]['keys'])}",
                hint=f"agentguard exception grant REQUEST --to {publishing.folder} -o FILE",
            )
        names = publishing.key_names()
        name = names[0] if len(names) == 1 else exceptions.ROLE
        if os.path.exists(publishing.key(name)):
            signer = keys.load(publishing.key(name), existing)
        else:
            signer = keys.generate("ed25519")
            keys.save(publishing.key(name), signer, new())
        keys.save_public(publishing.public(name), signer.public_key)
        publisher.add_role(publishing, exceptions.ROLE, {**publisher.TEAM[exceptions.ROLE], "keys": [name]})
    return name


def entry(
    request: dict[str, Any], chain: Chain, *, days: int | None, approver: str, ticket: str, wide: Iterable[str] = ()
) -> dict[str, Any]:
    """Return the entry that grants a request under the policy that is published now.

    `days` None: as long as the policy allows. Raises `Refused` where the policy says no, or where the request cannot be
    granted exactly.
    """
    from agentguard.policy import engine  # noqa: PLC0415 - a parser that only authoring needs

    policy = engine.load(chain.policy)
    rule = next((one for one in policy.rules if one["id"] == request["rule"]), None)
    if rule is None or rule["effect"] == ALLOW:
        raise Refused(f"the published policy has no rule {request['rule']} that stops anything")
    if not may_have(rule):
        raise Refused(f"rule {rule['id']} lets no exception lift it", hint="exceptions = true in the rule would")
    if request["org"] != chain.org:
        raise Refused(f"the request is for the organisation {request['org']}, and this is {chain.org}")
    days = policy.max_days if days is None else days
    if not 0 < days <= policy.max_days:
        raise Refused(f"the policy allows at most {policy.max_days} days")
    dropped = sorted(set(wide))
    known = {key for table in request["rows"] for key, *_ in table} | set(request["missing"]) | {"repo"}
    unknown = [key for key in dropped if key not in known or key in _FIXED]
    if unknown:
        raise Refused(
            f"the request has no condition {unknown[0]} to leave out", hint=f"it has {', '.join(sorted(known))}"
        )
    missing = sorted(set(request["missing"]) - set(dropped))
    if missing:
        raise Refused(
            f"{', '.join(missing)} of the call is not known exactly, so the exception would be wider than the call",
            hint=f"add {' '.join(f'--wide {key}' for key in missing)} if that is meant",
        )
    start = dt.datetime.now(dt.UTC).replace(microsecond=0)
    found = {
        "id": secrets.token_hex(8),
        "org": request["org"],
        "person": request["person"],
        "known": request["known"],
        "device": request["device"],
        "rule": request["rule"],
        "repo": "" if "repo" in dropped else request["repo"],
        "rows": [[one for one in table if one[0] not in dropped] for table in request["rows"]],
        "wide": dropped,
        "not_before": start.strftime(_TIME),
        "expires": (start + dt.timedelta(days=days)).strftime(_TIME),
        "approver": approver,
        "ticket": ticket,
        "record": request["record"],
    }
    if not exceptions.good(found):
        raise Refused("this request makes no exception that a laptop would accept", hint="ask for a new one")
    return found


def document(publishing: Publisher, granted: dict[str, Any], passphrase: Callable[[], bytes]) -> bytes:
    """Return one entry as a signed file. Raises `ConfigError`."""
    expires = dt.datetime.strptime(granted["expires"], _TIME).replace(tzinfo=dt.UTC)
    whole = Targets(1, expires=expires, targets={}, unrecognized_fields={"exceptions": [granted], "revoked": []})
    return documents.signed(whole, _signers(publishing, Keyring(publishing, passphrase)))


def republish(
    publishing: Publisher,
    passphrase: Callable[[], bytes],
    *,
    add: Iterable[dict[str, Any]] = (),
    revoke: Iterable[str] = (),
) -> Chain:
    """Publish the exceptions anew, with some more or fewer; return what is current then.

    Raises `ConfigError`, `BundleError`.
    """
    with release.locked(publishing):
        repo = publishing.repo
        targets = repository.current(repo, "targets.json") or b""
        ready(publishing, metadata.read(TARGETS, targets) if targets else None)
        before = repository.current(repo, exceptions.META)
        old = exceptions.Document(metadata.read(TARGETS, before)) if before else None
        revoked = sorted({*(old.revoked if old else ()), *revoke})
        now = documents.now()
        entries = [one for one in (*(old.entries if old else ()), *add) if one["expires"] > now]
        whole = documents.exceptions(
            publishing,
            (old.version if old else 0) + 1,
            [one for one in entries if one["id"] not in revoked],
            revoked,
        )
        ring = Keyring(publishing, passphrase)
        granted = documents.signed(whole, _signers(publishing, ring))
        root = repository.latest_root(repo)
        new = release.closing(publishing, ring, [root] if root else [], targets, granted)
        chain = repository.check(repo, new, publishing.anchor)
        repository.write(repo, new)
    return chain


def published(publishing: Publisher) -> exceptions.Document | None:
    """Return the document that is published now, not verified; None where there is none."""
    data = repository.current(publishing.repo, exceptions.META)
    return exceptions.Document(metadata.read(TARGETS, data)) if data else None


def _signers(publishing: Publisher, ring: Keyring) -> dict[str, Signer]:
    granting = documents.delegations(publishing)
    role = granting.roles[exceptions.ROLE] if granting and granting.roles else None
    here = ring.by_id(role.keyids)[: role.threshold] if role else []
    if role is None or len(here) < role.threshold:
        wanted = ", ".join(ring.name(keyid) for keyid in role.keyids) if role else "none"
        raise ConfigError(
            f"{len(here)} keys for {exceptions.ROLE} are in {publishing.keys} of {role.threshold if role else 1}: {wanted}",
            hint="run this where the key is",
        )
    return {name: ring.signer(name) for _keyid, name in here}
