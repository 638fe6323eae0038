"""What a publish changes: compared with what is published now, refused where it might be weaker, written down.

`CHANGES.md` in the publisher's folder gets an entry for every revision: name, number, time, digest, the digest of the one
before, and all that differs from it, with the weakenings and the reasons that were given for them first; and one for every
root: who signs what. It is not served.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from agentguard.bundle import documents, files, metadata, repository
from agentguard.digest import sha256_hex
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


def digest(repo: str) -> str:
    """Return in words which policy is current before something is published: "SHA-256 (revision N)", or "none"."""
    try:
        found = repository.published(repo)
    except (BundleError, ConfigError) as error:
        return f"unknown: {error.message}"
    return f"{sha256_hex(found[0])} ({found[1]})" if found else "none"


def note(folder: str, chain: Chain, diff: Diff | None, previous: str) -> None:
    """Add the entry of a revision that has just been published; `previous` is `digest` of before. Raises `ConfigError`."""
    from agentguard.policy import difftext  # noqa: PLC0415 - as above

    what = difftext.text(diff) if diff else "not compared with another revision"
    lines = "\n".join(f"    {line}".rstrip() for line in what.split("\n"))
    head = f"## {chain.name} {chain.revision}, {chain.custom['issued']}"
    entry = f"{head}\n\nsha256 {chain.digest}\nprevious {previous}\n\n{lines}\n\n"
    _append(folder, f"{chain.name} {chain.revision}", entry)


def note_root(folder: str, root: metadata.Metadata, ring: Keyring) -> None:
    """Add the entry of a root that has just been published. Raises `ConfigError`."""
    lines = [f"    {line}" for line in trusted(root, ring)]
    _append(
        folder, f"root {root.version}", "\n".join([f"## root {root.version}, {documents.now()}", "", *lines, "", ""])
    )


def trusted(root: metadata.Metadata, ring: Keyring) -> list[str]:
    """Return a line for each role of a root: how many of which keys sign it."""
    roles = {name: metadata.role_of(root, name) for name in metadata.ROLES}
    return [
        f"{name}: {role.threshold} of {len(role.keys)}: {', '.join(ring.name(keyid) for keyid in role.keys)}"
        for name, role in roles.items()
    ]


def _append(folder: str, what: str, entry: str) -> None:
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
        raise ConfigError(f"{what} is published, but cannot be noted in {path}: {files.reason(error)}") from None
