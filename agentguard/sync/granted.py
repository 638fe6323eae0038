"""Exceptions on a device: take up a document that was handed over, let go of it, and say which ones hold."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from agentguard import config, places, plainfile
from agentguard.audit import ask
from agentguard.bundle import exceptions, files, metadata, seal
from agentguard.bundle.person import person
from agentguard.errors import BundleError, ConfigError, PublisherError, Refused
from agentguard.policy import engine
from agentguard.policy.exceptions import Caller, problem
from agentguard.policy.model import FALLBACK, INVALID, NONE, OS, may_have
from agentguard.sync import identity, stages

if TYPE_CHECKING:
    from agentguard.bundle.seal import Active
    from agentguard.bundle.verify import Chain
    from agentguard.places import Places


_WRITTEN = "install the file that agentguard exception grant -o FILE wrote, as it is"


def install(where: Places, data: bytes) -> list[dict[str, Any]]:
    """Take up a document if the policy's keys have signed it and one of its entries is for here; return what holds now.

    Raises `Refused`, `ConfigError`, `BundleError`.
    """
    active, chain = _active(where)
    role = exceptions.delegation(chain.targets)
    if role is None:
        hint = "whoever publishes makes the key: agentguard exception init --to DIR"
        raise Refused("the policy in force names nobody who may grant exceptions", hint=hint)
    if len(data) > seal.EXCEPTION_LIMIT:
        raise Refused(f"the file is larger than {seal.EXCEPTION_LIMIT} bytes", hint=_WRITTEN)
    if ask.MARK.encode() in data:
        hint = "agentguard exception grant FILE --to DIR -o e.json, by whoever grants exceptions, then install e.json"
        raise Refused("this is a request, and no exception", hint=hint)
    try:
        given = exceptions.document(data, role)
    except PublisherError as error:
        raise Refused(f"this is no exception that holds here: {error.message}", hint=_WRITTEN) from None
    taken_back = _taken_back(where, chain, given.entries, data)
    said = [(entry, taken_back.get(entry["id"], "") or _problem(where, active, entry)) for entry in given.entries]
    if not any(why == "" for _entry, why in said):
        why = said[0][1] if said else "it has no entry that this version understands"
        hint = "agentguard exception request ID, for a new one" if taken_back else ""
        raise Refused(f"this exception does not hold here: {why}", hint=hint)
    folder = os.path.join(where.sync, identity.INSTALLED)
    _allowed(where)
    files.make_folder(where.sync, 0o700)
    files.make_folder(folder, 0o700)
    if len(os.listdir(folder)) >= exceptions.FILES:
        raise Refused(f"{exceptions.FILES} exceptions are here already", hint="agentguard exception list")
    _changed(where, lambda: files.replace(os.path.join(folder, f"{given.entries[0]['id']}.json"), data, 0o600))
    return [entry for entry, why in said if not why]


def remove(where: Places, identifier: str) -> bool:
    """Let go of a document that was handed over; return whether there was one."""
    _allowed(where)
    path = os.path.join(where.sync, identity.INSTALLED, f"{identifier}.json")
    if not identifier.isalnum() or not os.path.isfile(path):
        return False
    _changed(where, lambda: os.unlink(path))
    return True


def listed(where: Places) -> list[dict[str, Any]]:
    """Return every exception that is here, with `problem`: why it does not hold now, "" where it does."""
    active = seal.load_active(where, time.time())
    if active.chain is None or active.state in (FALLBACK, INVALID):
        return []
    return [{**entry, "problem": _problem(where, active, entry)} for entry in active.chain.exceptions]


def organisation(where: Places) -> str:
    """Return whose bundle is in force. Raises `Refused`."""
    return _active(where)[0].org


def refused(where: Places, rule_id: str) -> str:
    """Return why nobody could grant an exception to a rule here, "" where somebody might. Raises `Refused`."""
    active, chain = _active(where)
    policy = engine.load(active.policy)
    rule = next((one for one in policy.rules if one["id"] == rule_id), None)
    if rule is not None and not may_have(rule):
        return f"rule {rule_id} lets no exception lift it"
    if policy.max_days <= 0:
        return "the policy allows no exceptions"
    return "" if exceptions.delegation(chain.targets) else "the policy in force names nobody who may grant exceptions"


def _active(where: Places) -> tuple[Active, Chain]:
    active = seal.load_active(where, time.time())
    if active.chain is None or active.state in (FALLBACK, INVALID):
        raise Refused(
            f"no published policy is in force here: {active.problem}", hint="agentguard enroll URL --root-sha256 HEX"
        )
    return active, active.chain


def _problem(where: Places, active: Active, entry: dict[str, Any]) -> str:
    """Return why an entry does not hold here now, worked out as the hook does."""
    name, known = places.account()
    who = person(where, active.local, name, OS if known else NONE)
    policy = engine.load(active.policy)
    rule = next((one for one in policy.rules if one["id"] == entry["rule"]), None)
    if rule is None:
        return f"the policy has no rule {entry['rule']}"
    if not may_have(rule):
        return f"rule {entry['rule']} lets no exception lift it"
    seen = active.local.get("seen", 0)
    issued = active.chain.issued if active.chain else 0
    device = str(active.local.get("device", ""))
    caller = Caller(who.user, who.known, device, active.org, now=time.time(), seen=max(issued, seen))
    return problem(entry, caller, exceptions.times([entry])[entry["id"]], policy.max_days)


def _taken_back(where: Places, chain: Chain, entries: list[dict[str, Any]], data: bytes) -> dict[str, str]:
    """Return why the hook would pass over entries of a signed document, by id: what was published here says so."""
    records = seal.parse(plainfile.read(where.seal, seal.LIMIT))
    snapshot = metadata.read(metadata.SNAPSHOT, records[metadata.SNAPSHOT])
    given = {**records, f"{exceptions.INSTALLED}given": data}
    counted = {entry["id"] for entry in exceptions.collected(given, snapshot, chain.targets, signatures=True)}
    out = [entry["id"] for entry in entries if entry["id"] not in counted]
    if not out:
        return {}
    try:
        revoked = exceptions.Document(metadata.read(metadata.TARGETS, records[exceptions.ROLE])).revoked
    except (KeyError, PublisherError):
        revoked = frozenset()
    withheld = "the list of exceptions that belongs to the policy is not here, and could have taken it back"
    return {name: f"{name} was taken back" if name in revoked else withheld for name in out}


def _allowed(where: Places) -> None:
    if where.managed and hasattr(os, "geteuid") and os.geteuid() != 0:
        raise ConfigError(
            "this installation is managed: only root can change its exceptions",
            hint="have it published with the bundle (agentguard exception grant … --publish), or an administrator use sudo",
        )


def _changed(where: Places, change: Any) -> None:
    """Change the files that were handed over, and have the seal follow."""
    settings = config.read(where.settings)
    with files.locked(os.path.join(where.sync, stages.LOCK)) as free:
        if not free:
            raise ConfigError("another sync is running", hint="run the same command again")
        change()
        try:
            identity.refresh(where, settings)
        except BundleError as error:
            raise ConfigError(f"the seal could not be written: {error.message}") from None
