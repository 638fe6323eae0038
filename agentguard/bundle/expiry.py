"""What expires soon, so that a build server can say so while there is time to gather the owners."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from agentguard.bundle import exceptions, metadata, repository
from agentguard.bundle.metadata import ROLES, ROOT, SNAPSHOT, TARGETS, TIMESTAMP
from agentguard.errors import ConfigError

if TYPE_CHECKING:
    from agentguard.bundle.publisher import Publisher

SOON = 30  # days; half its life for what lives for less than twice as long
_DAY = 86400
_NEXT = {
    ROOT: "agentguard bundle renew-root --to {folder}",
    TARGETS: "agentguard bundle publish POLICY --to {folder}",
    SNAPSHOT: "agentguard bundle refresh --to {folder}",
    TIMESTAMP: "agentguard bundle refresh --to {folder}",
    exceptions.ROLE: "agentguard exception grant or revoke, with --publish or --to",
}


class Expiry(NamedTuple):
    """When a role's document expires (seconds since 1970), how many days are left, and whether that is soon.

    `hint` is the command that signs it anew.
    """

    role: str
    version: int
    expires: int
    left: float
    soon: bool
    hint: str


def of(publishing: Publisher, now: float) -> list[Expiry]:
    """Return the expiries of what is published. Raises `ConfigError`, `BundleError`."""
    root = repository.latest_root(publishing.repo)
    if root is None or repository.current(publishing.repo, "targets.json") is None:
        raise ConfigError(
            f"nothing is published in {publishing.folder} yet",
            hint=f"agentguard bundle publish POLICY --to {publishing.folder}",
        )
    _anchor, records = repository.records(publishing.repo, publishing.anchor)
    found = {role: root if role == ROOT else metadata.read(role, records[role]) for role in ROLES}
    if exceptions.ROLE in records:
        found[exceptions.ROLE] = metadata.read(TARGETS, records[exceptions.ROLE])
    return [_expiry(publishing, role, document, now) for role, document in found.items()]


def _expiry(publishing: Publisher, role: str, document: metadata.Metadata, now: float) -> Expiry:
    left = (document.expires - now) / _DAY
    days = publishing.roles[role]["days"] if role in publishing.roles else SOON
    hint = _NEXT[role].format(folder=publishing.folder)
    return Expiry(role, document.version, document.expires, left, left < min(SOON, days / 2), hint)
