"""Changes on their way to be published: a file that goes from owner to owner until it has all its signatures.

    {"agentguard": "stage 1", "base": {…}, "issued": "…", "root": {…}, "targets": {…}, "policy": "base64",
     "because": [["rule", "key", "text"], …]}

It holds a new root, or new targets metadata and the policy that it names, or both, complete but for signatures: what an owner
signs is what is published. `base` says what was current when it was made; where that is no longer so, it is refused, as it
is 14 days later. Copies that were signed apart are put together, as long as they say the same.
"""

from __future__ import annotations

import base64
import json
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from tuf.api.metadata import Metadata

from agentguard import jsontext
from agentguard.bundle import files, keys, metadata, repository, seal, signatures
from agentguard.bundle.documents import TIME
from agentguard.bundle.metadata import ROOT, TARGETS
from agentguard.digest import sha256_hex
from agentguard.errors import ConfigError, PublisherError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentguard.bundle.keyring import Keyring

DAYS = 14  # that a stage holds
_KIND = "stage 1"
_LIMIT = 2 * seal.LIMIT
_HOUR, _DAY = 3600, 86400


class Stage(NamedTuple):
    """`documents`: {ROOT or TARGETS: a metadata file}. `policy`: None where the one that is published stays.

    `base`: {"root", "targets": versions, "sha256": of the targets metadata}, 0 and "" before the first. `because`: the
    reasons that the policy's source gives, {(rule, key): text}.
    """

    base: dict[str, Any]
    issued: str
    documents: dict[str, bytes]
    policy: bytes | None = None
    because: Mapping[tuple[str, str], str] = {}

    def read(self, role: str) -> metadata.Metadata | None:
        """Return a document, not verified; None where it is not part of this."""
        return metadata.read(role, self.documents[role]) if role in self.documents else None


class Want(NamedTuple):
    """A document and the keys that must sign it; `whose` says in words who set them."""

    role: str
    by: metadata.Role
    whose: str


def base(repo: str) -> dict[str, Any]:
    """Return what is current in a repository, as a stage names it."""
    root = repository.latest_root(repo)
    targets = repository.current(repo, "targets.json")
    version = metadata.read(TARGETS, targets).version if targets else 0
    return {ROOT: root.version if root else 0, TARGETS: version, "sha256": sha256_hex(targets) if targets else ""}


def wants(stage: Stage, old: metadata.Metadata | None) -> list[Want]:
    """Return which keys must sign what. `old` is the root that is current, None before the first."""
    new = stage.read(ROOT)
    found = []
    if new:
        if old and old.version < new.version:
            found.append(Want(ROOT, metadata.role_of(old, ROOT), f"as root {old.version} asks"))
        found.append(Want(ROOT, metadata.role_of(new, ROOT), "as it asks itself"))
    if TARGETS in stage.documents:
        root = new or old
        if root is None:
            raise ConfigError(
                "there is no root yet that says who signs the policy", hint="publish the first root first"
            )
        found.append(Want(TARGETS, metadata.role_of(root, TARGETS), f"as root {root.version} asks"))
    return found


def signed_by(document: bytes, want: Want) -> list[str]:
    """Return the ids of the keys that have a good signature on a document."""
    read = metadata.read(want.role, document)
    payload = metadata.canonical(read.signed)
    return [
        keyid
        for keyid, key in want.by.keys.items()
        if signatures.count(metadata.Role({keyid: key}, 1), payload, read.signatures)
    ]


def sign(stage: Stage, old: metadata.Metadata | None, ring: Keyring, *, every: bool = False) -> tuple[Stage, list[str]]:
    """Return the stage with the signatures that keys of `ring` can give, and who has signed now: "root by root-1".

    As many as are wanted; `every`: all that can. Raises `ConfigError`.
    """
    documents = dict(stage.documents)
    done = []
    for want in wants(stage, old):
        signed = signed_by(documents[want.role], want)
        for keyid, name in ring.by_id(want.by.keys):
            if keyid in signed or (len(signed) >= want.by.threshold and not every):
                continue
            document = Metadata[Any].from_bytes(documents[want.role])
            keys.sign(document, ring.signer(name), name)
            documents[want.role] = document.to_bytes()
            signed.append(keyid)
            done.append(f"{want.role} by {name}")
    return stage._replace(documents=documents), done


def add(stage: Stage, old: metadata.Metadata | None, ring: Keyring) -> tuple[Stage, list[str]]:
    """Return what `sign` returns. Raises `ConfigError` if no key of `ring` has anything to add."""
    signed, done = sign(stage, old, ring)
    if done:
        return signed, done
    lacking = missing(stage, old, ring)
    if not lacking:
        raise ConfigError("all signatures are there already", hint="agentguard bundle publish FILE --to DIR")
    may = {keyid for want in wants(stage, old) for keyid in want.by.keys}
    here = [name for _keyid, name in ring.by_id(may)]
    why = f"{', '.join(here)} signed already, and counts once" if here else "none of the keys here may sign it"
    raise ConfigError(f"{why}; {'; '.join(lacking)}", hint="send the file to one of these", code="nothing-to-sign")


def missing(stage: Stage, old: metadata.Metadata | None, ring: Keyring) -> list[str]:
    """Return a sentence for each document that wants more signatures."""
    found = []
    for want in wants(stage, old):
        signed = signed_by(stage.documents[want.role], want)
        if len(signed) < want.by.threshold:
            names = ", ".join(sorted(ring.name(keyid) for keyid in signed)) or "nobody"
            others = sorted(ring.name(keyid) for keyid in want.by.keys if keyid not in signed)
            found.append(
                f"{want.role} has {len(signed)} of {want.by.threshold} signatures, {want.whose}: signed by {names}, not "
                f"yet by {', '.join(others)}"
            )
    return list(dict.fromkeys(found))


def complete(stage: Stage, old: metadata.Metadata | None, ring: Keyring, hint: str) -> None:
    """Raise `ConfigError` unless a stage has all its signatures."""
    lacking = missing(stage, old, ring)
    if lacking:
        raise ConfigError("; ".join(lacking), hint=hint, code="signatures-missing")


def fits(stage: Stage, repo: str, now: float, where: str = "this") -> None:
    """Raise `ConfigError` unless a stage can still be signed and published here. `where` names its file."""
    made = metadata.epoch(stage.issued, f"{where}: issued")
    right_time(repo, now)
    if made - now > _HOUR:
        raise ConfigError(
            f"{where} was made at {stage.issued}, and this machine's clock says {_utc(now)}: one of the two is wrong",
            hint="set the clock; if it was the other machine's, have it staged again there",
            code="clock",
        )
    if now - made > DAYS * _DAY:
        raise ConfigError(
            f"{where} was made at {stage.issued}, and a stage holds for {DAYS} days",
            hint="have it staged again: agentguard bundle stage, or the command that made it with -o",
            code="stage-expired",
        )
    for role in stage.documents:
        read = stage.read(role)
        if read is None or read.version != stage.base[role] + 1:
            raise ConfigError(
                f"{where} does not hold the {role} that follows {role} {stage.base[role]}",
                hint="do not sign it; ask who made it, and with which version",
                code="stage-foreign",
            )
    there = base(repo)
    for role, current in ((ROOT, _current_root(repo, there)), (TARGETS, repository.current(repo, "targets.json"))):
        unchanged = there[role] == stage.base[role] and (role == ROOT or there["sha256"] == stage.base["sha256"])
        new = stage.documents.get(role)
        if not unchanged and not (
            new and current and same(role, new, current)
        ):  # a publish that was killed is finished
            raise ConfigError(
                f"{where} was made when {role} {stage.base[role]} was current, and here it is {role} {there[role]}",
                hint="bring this folder up to date if the other is newer; else have it staged again",
                code="stage-conflict",
            )


def right_time(repo: str, now: float) -> None:
    """Raise `ConfigError` if the clock is behind what is published: laptops would take what is signed now for stale."""
    data = repository.current(repo, "targets.json")
    for target in (metadata.read(TARGETS, data).signed["targets"] if data else {}).values():
        issued = target.get("custom", {}).get("issued", "")
        if issued and metadata.epoch(issued, "issued") - now > _HOUR:
            raise ConfigError(
                f"this machine's clock says {_utc(now)}, and what is published was signed at {issued}",
                hint="set the clock, then run the same command again",
                code="clock",
            )


def merged(stages: Mapping[str, Stage], old: metadata.Metadata | None) -> Stage:
    """Return copies of one stage, by the names of their files, as one with all their good signatures. Raises `ConfigError`.

    `old` is the root that is current: somebody may have put signatures into a copy that are none.
    """
    (first, whole), *others = stages.items()
    documents = dict(whole.documents)
    for name, one in others:
        if set(one.documents) != set(documents) or one.policy != whole.policy or one.base != whole.base:
            raise _differ(first, name)
        for role, document in one.documents.items():
            if not same(role, document, documents[role]):
                raise _differ(first, name)
            all_of_it, theirs = Metadata[Any].from_bytes(documents[role]), Metadata[Any].from_bytes(document)
            for keyid in {one for want in wants(whole, old) if want.role == role for one in signed_by(document, want)}:
                all_of_it.signatures[keyid] = theirs.signatures[keyid]
            documents[role] = all_of_it.to_bytes()
    return whole._replace(documents=documents)


def is_stage(path: str) -> bool:
    """Return whether a file looks like a stage."""
    try:
        with open(path, "rb") as file:
            return b'"agentguard": "stage' in file.read(64)
    except OSError:
        return False


def save(path: str, stage: Stage) -> None:
    """Write a stage. Raises `ConfigError`."""
    value: dict[str, Any] = {"agentguard": _KIND, "base": stage.base, "issued": stage.issued}
    value |= {role: json.loads(document) for role, document in stage.documents.items()}
    if stage.policy is not None:
        value["policy"] = base64.b64encode(stage.policy).decode()
        value["because"] = [[rule, key, text] for (rule, key), text in stage.because.items()]
    files.replace(path, json.dumps(value, indent=1).encode() + b"\n", 0o644)


def load(path: str) -> Stage:
    """Return the stage in a file. Raises `ConfigError`."""
    try:
        return _parsed(metadata.mapping(jsontext.loads(files.read(path, _LIMIT)), "it"))
    except (PublisherError, jsontext.JsonError) as error:
        raise ConfigError(
            f"{path} is not a stage that can be read: {error}", hint="have it sent again", code="stage-unreadable"
        ) from None


def many(paths: Sequence[str], old: metadata.Metadata | None) -> Stage:
    """Return the stage in these files, copies that were signed apart; `old` as for `merged`. Raises `ConfigError`."""
    return merged({path: load(path) for path in paths}, old)


def same(role: str, one: bytes, other: bytes) -> bool:
    """Return whether two files of metadata say the same, whoever has signed them."""
    return metadata.read(role, one).signed == metadata.read(role, other).signed


def _differ(first: str, second: str) -> ConfigError:
    return ConfigError(
        f"{first} and {second} are not copies of one stage: their owners have signed different things",
        hint="agree on one of them, and have the other owner sign a copy of that file",
        code="stage-differs",
    )


def _parsed(value: dict[str, Any]) -> Stage:
    """Return the stage that JSON values say. Raises `PublisherError`."""
    if value.get("agentguard") != _KIND:
        raise PublisherError(f"its first line does not say {_KIND}")
    extra = sorted(value.keys() - {"agentguard", "base", "issued", ROOT, TARGETS, "policy", "because"})
    if extra or ("because" in value and "policy" not in value):
        raise PublisherError(f"{(extra or ['because'])[0][:16]!a} has no place in it")
    at = metadata.mapping(value.get("base"), "base")
    for role in (ROOT, TARGETS):
        metadata.number(at.get(role), f"base: {role}", 0)
    if set(at) != {ROOT, TARGETS, "sha256"} or type(at["sha256"]) is not str:
        raise PublisherError("base is not two versions and a sha256")
    documents = {role: _document(role, value[role]) for role in (ROOT, TARGETS) if role in value}
    if not documents:
        raise PublisherError("it holds neither a root nor targets")
    issued = metadata.text(value.get("issued"), "issued")
    metadata.epoch(issued, "issued")
    policy = _bytes(value["policy"]) if "policy" in value else None
    return Stage(at, issued, documents, policy, _reasons(value.get("because", [])))


def _document(role: str, value: Any) -> bytes:
    """Return a metadata file from its JSON values: read as laptops do, then as python-tuf does, which signs it."""
    read = metadata.read(role, jsontext.canonical(metadata.mapping(value, role)))
    metadata.canonical(read.signed)
    if any(set(one) != {"keyid", "sig"} for one in value["signatures"]):
        raise PublisherError(f"{role}: a signature says more than keyid and sig")
    try:
        return Metadata[Any].from_dict(value).to_bytes()
    except Exception as error:  # noqa: BLE001 - what python-tuf raises for a value of a wrong type is whatever comes of it
        raise PublisherError(f"{role} is not as python-tuf wants it: {error or type(error).__name__}") from None


def _bytes(value: Any) -> bytes:
    try:
        return base64.b64decode(metadata.text(value, "policy"), validate=True)
    except ValueError:
        raise PublisherError("policy is not base64") from None


def _reasons(value: Any) -> dict[tuple[str, str], str]:
    if type(value) is not list or not all(
        type(one) is list and [type(part) for part in one] == [str, str, str] for one in value
    ):
        raise PublisherError("because is not a list of rule, key and text")
    return {(rule, key): text for rule, key, text in value}


def _current_root(repo: str, there: dict[str, Any]) -> bytes | None:
    return repository.root(repo, there[ROOT]) if there[ROOT] else None


def _utc(moment: float) -> str:
    return time.strftime(TIME, time.gmtime(moment))
