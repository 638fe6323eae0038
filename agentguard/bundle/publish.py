"""From nothing to a publisher's folder, and from a policy source to what is signed: compiled, tested, compared.

What comes of it is a stage, which keys at hand or elsewhere sign (`stage`), and which is made current then (`release`).
"""

from __future__ import annotations

import contextlib
import copy
import os
import time
from typing import TYPE_CHECKING, Any, cast

from agentguard.bundle import changes, documents, files, keys, publisher, repository, roots, stage
from agentguard.bundle.keyring import Keyring
from agentguard.bundle.metadata import ROOT, TARGETS
from agentguard.bundle.publisher import Publisher
from agentguard.bundle.release import sign_and_put
from agentguard.bundle.stage import Stage
from agentguard.digest import sha256_hex
from agentguard.errors import ConfigError, PolicyError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from agentguard.bundle.verify import Chain
    from agentguard.policy.diff import Diff, Side

FIRST = "first-root.stage"  # in a publisher's folder whose root keys are elsewhere


def init(
    folder: str,
    org: str,
    *,
    solo: bool = False,
    key_type: str = "ed25519",
    passphrase: bytes | None = None,
    collector_url: str = "",
    receipt_keys: Sequence[str] = (),
    handed: str = "",
    roles: Mapping[str, Mapping[str, Any]] | None = None,
) -> str:
    """Make a publisher's folder with keys and a first root; return the root's SHA-256, which `enroll` takes.

    `passphrase` encrypts every key file; None leaves them open. `handed` is a folder with the public halves of keys that
    are elsewhere: of these names none is made. `roles` are other numbers than the usual: {role: {"keys", "threshold",
    "days"}}. Returns "" where keys that are elsewhere have to sign the first root: it waits as FIRST in the folder.
    Raises `ConfigError`.
    """
    publisher.check(org, collector_url, receipt_keys, "bundle init")
    folder = os.path.abspath(folder)
    if os.path.lexists(folder) and (not os.path.isdir(folder) or os.listdir(folder)):
        publisher.not_half_made(folder)
        raise ConfigError(f"{folder} is there already", hint="name a folder that does not exist yet")
    made = Publisher(
        folder,
        org,
        copy.deepcopy(publisher.SOLO if solo else publisher.TEAM),
        publisher.SOLO_GRACE if solo else publisher.TEAM_GRACE,
        {"url": collector_url, "receipt_keys": list(receipt_keys)},
    )
    for role, change in (roles or {}).items():
        made.roles[role].update(change)
    given = roots.handed(handed, made.key_names()) if handed else {}
    files.make_folder(folder, 0o755)
    files.make_folder(made.keys, 0o700)
    files.make_folder(made.repo, 0o755)
    files.replace(os.path.join(folder, ".gitignore"), publisher.IGNORED.encode(), 0o644)
    for name in made.key_names():
        if name in given:
            keys.save_public(made.public(name), *given[name])
        else:
            roots.make_key(os.path.join(made.keys, name), key_type, passphrase)
    ring = Keyring(made, lambda: passphrase or b"")
    first, _who = stage.sign(roots.first(made, ring), None, ring, every=True)
    if stage.missing(first, None, ring):
        stage.save(os.path.join(folder, FIRST), first)
        publisher.write(made)
        return ""
    repository.write(made.repo, {"1.root.json": first.documents[ROOT]})
    publisher.write(made)  # last of all: without it the folder is not finished
    return sha256_hex(first.documents[ROOT])


def first_is_published(publishing: Publisher) -> None:
    """Take away the stage of the first root, which `init` left where other keys had to sign it."""
    with contextlib.suppress(FileNotFoundError):
        os.unlink(os.path.join(publishing.folder, FIRST))


def build(source: str, *, mode: str | None = None) -> bytes:
    """Return the compiled policy of a source folder, as it is stored. Raises `PolicyError` with all findings."""
    from agentguard import jsontext  # noqa: PLC0415 - as below
    from agentguard.policy import wire  # noqa: PLC0415 - as below
    from agentguard.policy.compile import compile_folder  # noqa: PLC0415 - a parser that only authoring needs

    return wire.pack(jsontext.loads(compile_folder(source, mode=mode)))


def prepare(
    source: str,
    publishing: Publisher,
    *,
    mode: str | None = None,
    allow_weakening: bool = False,
    tested: Callable[[int], None] = lambda _count: None,
) -> tuple[Stage, Diff | None]:
    """Compile, test and compare a policy source; return what its owners are to sign, and what it changes.

    Arguments and errors as for `publish`.
    """
    policy, side, count = built(source, mode=mode)
    tested(count)
    return of_policy(publishing, policy, side, allow_weakening=allow_weakening)


def built(source: str, *, mode: str | None = None) -> tuple[bytes, Side, int]:
    """Return a source's policy as it is stored, as a side to compare, and how many tests it has, all of which pass.

    Raises `PolicyError`.
    """
    from agentguard import jsontext  # noqa: PLC0415 - as below
    from agentguard.policy import diff, wire  # noqa: PLC0415 - a parser that only authoring needs

    side = diff.of_source(source, mode=mode)
    return wire.pack(jsontext.loads(side.policy)), side, _test(source)


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
    publishing = publisher.read(folder)
    staged, change = prepare(source, publishing, mode=mode, allow_weakening=allow_weakening, tested=tested)
    if change is not None:
        show(change)
    return cast("Chain", sign_and_put(publishing, staged, Keyring(publishing, passphrase), change))


def release(
    publishing: Publisher,
    policy: bytes,
    passphrase: Callable[[], bytes] = lambda: b"",
    *,
    allow_weakening: bool = False,
) -> Chain:
    """Sign and publish a compiled policy. Raises `PolicyError`, `ConfigError`, `BundleError`, `WeakeningError`."""
    staged, change = of_policy(publishing, policy, allow_weakening=allow_weakening)
    return cast("Chain", sign_and_put(publishing, staged, Keyring(publishing, passphrase), change))


def of_policy(
    publishing: Publisher,
    policy: bytes,
    side: Side | None = None,
    *,
    allow_weakening: bool = False,
) -> tuple[Stage, Diff | None]:
    """Return a stage with a compiled policy, and what it changes; `side` is the policy with what its source says beside.

    Raises `PolicyError`, `BundleError`, `WeakeningError`.
    """
    from agentguard.policy import diff  # noqa: PLC0415 - as above

    name = documents.checked(policy)
    side = side or diff.of_compiled(policy, name)
    change = changes.compared(publishing.repo, side, allow_weakening=allow_weakening)
    stage.right_time(publishing.repo, time.time())
    staged = Stage(
        stage.base(publishing.repo),
        documents.now(),
        {TARGETS: documents.targets(publishing, policy, name, documents.delegations(publishing))},
        policy,
        dict(side.because),
    )
    return staged, change


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
