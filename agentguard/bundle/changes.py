"""What a publish changes: compared with what is published now, refused where it might be weaker, written down.

`CHANGES.md` in the publisher's folder gets an entry for every revision: name, number, time, digest, and all that
differs from the revision before, with the weakenings and the reasons that were given for them first. It is not served.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from agentguard.bundle import files, metadata, seal
from agentguard.bundle.metadata import SNAPSHOT, TARGETS, TIMESTAMP
from agentguard.bundle.verify import POLICY
from agentguard.digest import sha256_hex
from agentguard.errors import BundleError, ConfigError, PolicyError, WeakeningError

if TYPE_CHECKING:
    from agentguard.bundle.verify import Chain
    from agentguard.policy.diff import Diff, Side

FILE = "CHANGES.md"


def compared(repo: str, new: Side, *, allow_weakening: bool) -> Diff | None:
    """Return what `new` changes about the policy that is published in a repository folder; None for the first one.

    Raises `WeakeningError` where it might be weaker, or where that cannot be told, and nobody has allowed it.
    """
    from agentguard.policy import diff, difftext  # noqa: PLC0415 - a parser that only authoring needs

    try:
        old = published(repo)
        if old is None:
            return None
        found = diff.compare(diff.of_compiled(*old), new)
    except (BundleError, ConfigError, PolicyError) as error:
        if allow_weakening:
            return None
        raise WeakeningError(
            f"what is published now cannot be compared with {new.name}: {error.message}",
            hint="add --allow-weakening to publish all the same",
        ) from None
    if found.weakenings and not allow_weakening:
        lines = "".join(f"\n  {line}" for line in difftext.weakenings(found.weakenings, difftext.SHOWN))
        many = f"{len(found.weakenings)} weakening{'s' if len(found.weakenings) > 1 else ''}"
        raise WeakeningError(
            f"{many} against {found.old}, so nothing was published:{lines}",
            weakenings=tuple(one._asdict() for one in found.weakenings),
            hint="review them (agentguard policy diff shows all), then add --allow-weakening",
        )
    return found


def published(repo: str) -> tuple[bytes, str] | None:
    """Return the policy that is current in a repository folder and its name, not verified; None before the first publish.

    Raises `BundleError`, `ConfigError`.
    """
    path = os.path.join(repo, "timestamp.json")
    if not os.path.exists(path):
        return None
    named = metadata.read(TIMESTAMP, files.read(path, seal.LIMITS[TIMESTAMP])).signed["meta"]["snapshot.json"]
    path = os.path.join(repo, f"{named['version']}.snapshot.json")
    snapshot = metadata.read(SNAPSHOT, files.read(path, seal.LIMITS[SNAPSHOT]))
    version = metadata.mapping(snapshot.signed["meta"].get("targets.json"), "snapshot: targets.json")["version"]
    targets = metadata.read(TARGETS, files.read(os.path.join(repo, f"{version}.targets.json"), seal.LIMITS[TARGETS]))
    target = metadata.mapping(targets.signed["targets"].get(POLICY), f"targets: {POLICY}")
    digest = metadata.mapping(target.get("hashes"), f"targets: {POLICY}: hashes").get("sha256")
    policy = files.read(os.path.join(repo, "targets", f"{digest}.{POLICY}"), seal.POLICY_LIMIT)
    if sha256_hex(policy) != digest:
        raise BundleError(f"{repo}: the policy of revision {version} is not the one that was signed")
    return policy, f"revision {version}"


def note(folder: str, chain: Chain, diff: Diff | None) -> None:
    """Add the entry of a revision that has just been published. Raises `ConfigError`."""
    from agentguard.policy import difftext  # noqa: PLC0415 - as above

    what = difftext.text(diff) if diff else "not compared with another revision"
    lines = "\n".join(f"    {line}".rstrip() for line in what.split("\n"))
    entry = f"## {chain.name} {chain.revision}, {chain.custom['issued']}\n\nsha256 {chain.digest}\n\n{lines}\n\n"
    path = os.path.join(folder, FILE)
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0), 0o644)
        with os.fdopen(fd, "ab") as file:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise ConfigError(f"{path} is no file")
            file.write(entry.encode())
            file.flush()
            os.fsync(fd)
    except OSError as error:
        what = f"{chain.name} {chain.revision} is published, but cannot be noted in {path}: {files.reason(error)}"
        raise ConfigError(what) from None
