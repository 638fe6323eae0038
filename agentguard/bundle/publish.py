"""Making and publishing signed bundles: keys and first root, compile, test, compare, sign, check, make current.

What is published is what the laptops' own verifier and python-tuf have accepted beforehand, and it becomes current in
one step: `timestamp.json` is replaced last.
"""

from __future__ import annotations

import copy
import datetime as dt
import os
import tempfile
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

from agentguard.bundle import changes, fetch, files, keys, metadata, publisher, seal
from agentguard.bundle.exceptions import META as EXCEPTIONS_META
from agentguard.bundle.exceptions import PATHS as EXCEPTIONS_PATHS
from agentguard.bundle.exceptions import ROLE as EXCEPTIONS
from agentguard.bundle.metadata import ROLES, ROOT, SNAPSHOT, TARGETS, TIMESTAMP
from agentguard.bundle.publisher import Publisher
from agentguard.bundle.verify import POLICY, Chain, verify
from agentguard.digest import sha256_hex
from agentguard.errors import ConfigError, PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from securesystemslib.signer import CryptoSigner

    from agentguard.policy.diff import Diff, Side

_TIME = "%Y-%m-%dT%H:%M:%SZ"


def init(
    folder: str,
    org: str,
    *,
    solo: bool = False,
    key_type: str = "ed25519",
    passphrase: bytes | None = None,
    collector_url: str = "",
    receipt_keys: Sequence[str] = (),
) -> str:
    """Make a publisher's folder with keys and a first root; return the root's SHA-256, which `enroll` takes.

    `passphrase` encrypts every key file; None leaves them open. Raises `ConfigError`.
    """
    publisher.check(org, collector_url, receipt_keys, "bundle init")
    folder = os.path.abspath(folder)
    if os.path.lexists(folder) and (not os.path.isdir(folder) or os.listdir(folder)):
        raise ConfigError(f"{folder} is there already", hint="name a folder that does not exist yet")
    made = Publisher(
        folder,
        org,
        copy.deepcopy(publisher.SOLO if solo else publisher.TEAM),
        publisher.SOLO_GRACE if solo else publisher.TEAM_GRACE,
        {"url": collector_url, "receipt_keys": list(receipt_keys)},
    )
    files.make_folder(folder, 0o755)
    files.make_folder(os.path.join(folder, "keys"), 0o700)
    files.make_folder(made.repo, 0o755)
    signers = {name: keys.generate(key_type) for name in made.key_names()}
    for name, signer in signers.items():
        keys.save(made.key(name), signer, passphrase)
    for name in made.roles[EXCEPTIONS]["keys"]:
        keys.save_public(made.public(name), signers[name])
    root = _first_root(made, signers)
    files.replace(os.path.join(made.repo, "1.root.json"), root, 0o644)
    publisher.write(made)
    return sha256_hex(root)


def build(source: str, *, mode: str | None = None) -> bytes:
    """Return the compiled policy of a source folder, as it is stored. Raises `PolicyError` with all findings."""
    from agentguard import jsontext  # noqa: PLC0415 - as below
    from agentguard.policy import wire  # noqa: PLC0415 - as below
    from agentguard.policy.compile import compile_folder  # noqa: PLC0415 - a parser that only authoring needs

    return wire.pack(jsontext.loads(compile_folder(source, mode=mode)))


def publish(
    source: str,
    folder: str,
    *,
    mode: str | None = None,
    passphrase: Callable[[], bytes] = lambda: b"",
    allow_weakening: bool = False,
    show: Callable[[Diff], None] = lambda _diff: None,
    tested: Callable[[int], None] = lambda _count: None,
) -> Chain:
    """Compile, test, sign and publish a policy source; return what is current now.

    `passphrase` is asked once, and only if a key file is encrypted. `show` is told what differs from what was published
    before, `tested` how many tests have passed. Raises `PolicyError`, `ConfigError`, `BundleError`, and `WeakeningError`
    unless that is allowed.
    """
    from agentguard import jsontext  # noqa: PLC0415 - as below
    from agentguard.policy import diff, wire  # noqa: PLC0415 - a parser that only authoring needs

    publishing = publisher.read(folder)
    side = diff.of_source(source, mode=mode)
    tested(_test(source))
    policy = wire.pack(jsontext.loads(side.policy))
    return release(publishing, policy, passphrase, side=side, allow_weakening=allow_weakening, show=show)


def release(
    publishing: Publisher,
    policy: bytes,
    passphrase: Callable[[], bytes] = lambda: b"",
    *,
    side: Side | None = None,
    allow_weakening: bool = False,
    show: Callable[[Diff], None] = lambda _diff: None,
) -> Chain:
    """Sign and publish a compiled policy. Raises `PolicyError`, `ConfigError`, `BundleError`, `WeakeningError`.

    `side` is the policy with what its source says beside.
    """
    from agentguard.policy import diff  # noqa: PLC0415 - as above

    bundle = _checked(policy)
    side = side or diff.of_compiled(policy, bundle)
    with files.locked(os.path.join(publishing.folder, ".lock"), tries=1) as free:
        if not free:
            raise ConfigError(f"somebody else is publishing from {publishing.folder}")
        change = changes.compared(publishing.repo, side, allow_weakening=allow_weakening)
        if change is not None:
            show(change)
        root = latest_root(publishing.repo)
        signers = signers_of(publishing, root, passphrase)
        versions = {role: version + 1 for role, version in versions_of(publishing.repo).items()}
        new = _sign_all(publishing, signers, versions, bundle, policy)
        chain = check(publishing.repo, new)
        write(publishing.repo, new)
        changes.note(publishing.folder, chain, change)
    return chain


def write(repo: str, new: dict[str, bytes]) -> None:
    """Put new files into a repository, in their order: what is named is there before its name."""
    for name, data in new.items():
        path = os.path.join(repo, *name.split("/"))
        files.make_folder(os.path.dirname(path), 0o755)
        files.replace(path, data, 0o644)


def latest_root(repo: str) -> metadata.Metadata:
    """Return the newest root of a repository folder, not verified. Raises `ConfigError`, `BundleError`."""
    root = metadata.read(ROOT, files.read(os.path.join(repo, "1.root.json"), seal.ROOT_LIMIT))
    while os.path.exists(path := os.path.join(repo, f"{root.version + 1}.root.json")):
        root = metadata.read(ROOT, files.read(path, seal.ROOT_LIMIT))
    return root


def _first_root(publishing: Publisher, signers: dict[str, CryptoSigner]) -> bytes:
    roles = {
        role: Role([signers[name].public_key.keyid for name in entry["keys"]], entry["threshold"])
        for role, entry in publishing.roles.items()
        if role in ROLES
    }
    named = {keyid for role in roles.values() for keyid in role.keyids}
    root = Root(
        expires=_expires(publishing, ROOT),
        keys={key.keyid: key for signer in signers.values() if (key := signer.public_key).keyid in named},
        roles=roles,
        consistent_snapshot=True,
        unrecognized_fields={"org": publishing.org},
    )
    return signed(root, [signers[name] for name in publishing.roles[ROOT]["keys"]])


def _sign_all(
    publishing: Publisher, signers: dict[str, list[CryptoSigner]], versions: dict[str, int], name: str, policy: bytes
) -> dict[str, bytes]:
    """Return the new files by name, in the order in which they are to be written."""
    collector = publishing.collector if any(publishing.collector.values()) else {}
    custom = {
        "org": publishing.org,
        "bundle": name,
        "grace_days": publishing.grace_days,
        "issued": _now().strftime(_TIME),
        "collector": collector,
    }
    target = TargetFile.from_data(POLICY, policy)
    target.unrecognized_fields["custom"] = custom
    whole = Targets(
        versions[TARGETS],
        expires=_expires(publishing, TARGETS),
        targets={POLICY: target},
        delegations=_delegations(publishing),
    )
    targets = signed(whole, signers[TARGETS])
    meta = {"targets.json": MetaFile.from_data(versions[TARGETS], targets, ["sha256"])}
    granted = current(publishing.repo, EXCEPTIONS_META) if whole.delegations else None
    if granted:
        meta[EXCEPTIONS_META] = MetaFile.from_data(metadata.read(TARGETS, granted).version, granted, ["sha256"])
    return {
        f"targets/{sha256_hex(policy)}.{POLICY}": policy,
        f"{versions[TARGETS]}.targets.json": targets,
        **closing(publishing, signers, versions, meta),
    }


def closing(
    publishing: Publisher,
    signers: dict[str, list[CryptoSigner]],
    versions: dict[str, int],
    meta: dict[str, MetaFile],
) -> dict[str, bytes]:
    """Return a new snapshot of the files in `meta` and the timestamp that names it."""
    snapshot = signed(
        Snapshot(versions[SNAPSHOT], expires=_expires(publishing, SNAPSHOT), meta=meta), signers[SNAPSHOT]
    )
    last = MetaFile.from_data(versions[SNAPSHOT], snapshot, ["sha256"])
    timestamp = signed(
        Timestamp(versions[TIMESTAMP], expires=_expires(publishing, TIMESTAMP), snapshot_meta=last), signers[TIMESTAMP]
    )
    return {f"{versions[SNAPSHOT]}.snapshot.json": snapshot, "timestamp.json": timestamp}


def current(repo: str, name: str) -> bytes | None:
    """Return a file that the newest snapshot of a repository names, not verified; None where it names none."""
    number = versions_of(repo)[SNAPSHOT]
    if not number:
        return None
    snapshot = metadata.read(SNAPSHOT, files.read(os.path.join(repo, f"{number}.snapshot.json"), seal.LIMITS[SNAPSHOT]))
    entry = snapshot.signed["meta"].get(name)
    return None if entry is None else files.read(os.path.join(repo, f"{entry['version']}.{name}"), seal.LIMITS[TARGETS])


def _delegations(publishing: Publisher) -> Delegations | None:
    """Return who may sign exceptions; None for a publisher without keys for that."""
    role = publishing.roles.get(EXCEPTIONS)
    if role is None:
        return None
    found = [keys.load_public(publishing.public(name)) for name in role["keys"]]
    ids = [key.keyid for key in found]
    delegated = DelegatedRole(EXCEPTIONS, ids, role["threshold"], terminating=True, paths=list(EXCEPTIONS_PATHS))
    return Delegations({key.keyid: key for key in found}, {EXCEPTIONS: delegated})


def check(repo: str, new: dict[str, bytes]) -> Chain:
    """Return what a laptop would make of the repository with the new files in it. Raises `BundleError`."""
    anchor = files.read(os.path.join(repo, "1.root.json"), seal.ROOT_LIMIT)
    with tempfile.TemporaryDirectory() as cache, fetch.opened(repo, overlay=new) as fetcher:
        records = fetch.pull(anchor, fetcher, cache)
    return verify(anchor, records)


def signers_of(
    publishing: Publisher,
    root: metadata.Metadata,
    passphrase: Callable[[], bytes],
    roles: Sequence[str] = (TARGETS, SNAPSHOT, TIMESTAMP),
) -> dict[str, list[CryptoSigner]]:
    """Return, for each of these roles, as many keys as the root asks for."""
    asked: list[bytes] = []

    def once() -> bytes:
        if not asked:
            asked.append(passphrase())
        return asked[0]

    opened: dict[str, CryptoSigner] = {}
    chosen: dict[str, list[CryptoSigner]] = {}
    for name in roles:
        role = metadata.role_of(root, name)
        found: list[CryptoSigner] = []
        chosen[name] = found
        for key in publishing.roles[name]["keys"]:
            if len(found) < role.threshold and os.path.exists(publishing.key(key)):
                opened[key] = opened.get(key) or keys.load(publishing.key(key), once)
                if opened[key].public_key.keyid in role.keys:
                    found.append(opened[key])
        if len(found) < role.threshold:
            raise ConfigError(
                f"{len(found)} keys for {name} are in {publishing.folder}/keys, root {root.version} asks for "
                f"{role.threshold}"
            )
    return chosen


def versions_of(repo: str) -> dict[str, int]:
    """Return the versions that are current in a repository; 0 before the first publish."""
    path = os.path.join(repo, "timestamp.json")
    if not os.path.exists(path):
        return {TIMESTAMP: 0, SNAPSHOT: 0, TARGETS: 0}
    timestamp = metadata.read(TIMESTAMP, files.read(path, seal.LIMITS[TIMESTAMP]))
    number: int = timestamp.signed["meta"]["snapshot.json"]["version"]
    path = os.path.join(repo, f"{number}.snapshot.json")
    snapshot = metadata.read(SNAPSHOT, files.read(path, seal.LIMITS[SNAPSHOT]))
    targets = metadata.mapping(snapshot.signed["meta"].get("targets.json"), "snapshot: targets.json")
    return {TIMESTAMP: timestamp.version, SNAPSHOT: number, TARGETS: targets["version"]}


def signed(role: Any, signers: list[CryptoSigner]) -> bytes:
    """Return the metadata file of a role with these signatures."""
    document = Metadata(role)
    for signer in signers:
        document.sign(signer, append=True)
    return document.to_bytes()


def _test(source: str) -> int:
    """Run a policy's own tests and return how many there are. Raises `PolicyError` with all that fail."""
    from agentguard.policy import suite  # noqa: PLC0415 - as above

    prepared = suite.prepare(source)
    if prepared.findings:
        raise PolicyError(f"errors in the tests of {source}", prepared.findings)
    results = suite.run(prepared.loaded(), prepared.trials)
    failed = tuple(result for result in results if not result.passed)
    if failed:
        raise PolicyError(f"{len(failed)} of {len(results)} tests of {source} fail, so nothing was published", failed)
    return len(results)


def _checked(policy: bytes) -> str:
    """Return the name of a compiled policy that laptops can load. Raises `PolicyError`."""
    from agentguard.policy import engine  # noqa: PLC0415 - as above

    if len(policy) > seal.POLICY_LIMIT:
        raise PolicyError(f"the compiled policy is larger than {seal.POLICY_LIMIT} bytes")
    return engine.check(policy).name


def _expires(publishing: Publisher, role: str) -> dt.datetime:
    return _now() + dt.timedelta(days=publishing.roles[role]["days"])


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)
