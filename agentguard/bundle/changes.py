"""What a publish changes: compared with what is published now, refused where it might be weaker, written down.

`CHANGES.md` in the publisher's folder gets an entry for every revision: name, number, time, digest, the digest of the one
before, and all that differs from it, with the weakenings and the reasons that were given for them first; and one for every
root: who signs what. It is not served.
"""

from __future__ import annotations

import os
import stat
import time
from typing import TYPE_CHECKING

from agentguard.bundle import files, metadata, repository, seal
from agentguard.bundle.verify import POLICY
from agentguard.errors import BundleError, ConfigError, PolicyError, WeakeningError

if TYPE_CHECKING:
    from agentguard.bundle.keyring import Keyring
    from agentguard.bundle.verify import Chain
    from agentguard.policy.diff import Diff, Side

FILE = "CHANGES.md"


def compared(repo: str, new: Side, *, allow_weakening: bool) -> Diff | None:
    """Return what `new` changes about the policy that is published in a repository folder; None for the first one.

    Raises `WeakeningError` where it might be weaker, or where that cannot be told, and nobody has allowed it.
    """
    from agentguard.policy import diff, difftext  # noqa: PLC0415 - a parser that only authoring needs

    try:
        old = repository.published(repo)
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


def note(folder: str, repo: str, chain: Chain, diff: Diff | None) -> None:
    """Add the entry of a revision that has just been published, unless it is there. Raises `ConfigError`."""
    from agentguard.policy import difftext  # noqa: PLC0415 - as above

    what = difftext.text(diff) if diff else "not compared with another revision"
    lines = "\n".join(f"    {line}".rstrip() for line in what.split("\n"))
    head = f"## {chain.name} {chain.revision}, {chain.custom['issued']}"
    entry = f"{head}\n\nsha256 {chain.digest}\nprevious {_previous(repo, chain.revision)}\n\n{lines}\n\n"
    _append(folder, f"{chain.name} {chain.revision}", head, entry)


def _previous(repo: str, revision: int) -> str:
    """Return the digest of the policy before a revision; "none" before the first."""
    path = os.path.join(repo, f"{revision - 1}.targets.json")
    if not os.path.exists(path):
        return "none"
    targets = metadata.read(metadata.TARGETS, files.read(path, seal.LIMITS[metadata.TARGETS])).signed["targets"]
    return str(targets[POLICY]["hashes"]["sha256"])


def note_root(folder: str, root: metadata.Metadata, ring: Keyring) -> None:
    """Add the entry of a root that has just been published. Raises `ConfigError`."""
    lines = [f"    {line}" for line in trusted(root, ring)]
    head = f"## root {root.version}, expires "
    date = time.strftime("%Y-%m-%d", time.gmtime(root.expires))
    _append(folder, f"root {root.version}", head, "\n".join([f"{head}{date}", "", *lines, "", ""]))


def trusted(root: metadata.Metadata, ring: Keyring) -> list[str]:
    """Return a line for each role of a root: how many of which keys sign it."""
    roles = {name: metadata.role_of(root, name) for name in metadata.ROLES}
    return [
        f"{name}: {role.threshold} of {len(role.keys)}: {', '.join(ring.name(keyid) for keyid in role.keys)}"
        for name, role in roles.items()
    ]


def _append(folder: str, what: str, head: str, entry: str) -> None:
    """Add an entry to the file, unless there is one with this head: a publish that was killed is run again."""
    path = os.path.join(folder, FILE)
    try:
        fd = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0), 0o644)
        with os.fdopen(fd, "r+b") as file:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                raise ConfigError(f"{path} is no file")
            if f"\n{head}".encode() in b"\n" + file.read():
                return
            file.write(entry.encode())
            file.flush()
            os.fsync(fd)
    except OSError as error:
        raise ConfigError(f"{what} is published, but cannot be noted in {path}: {files.reason(error)}") from None
