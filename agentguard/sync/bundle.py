"""The bundle stage: fetch, assemble a seal, have the hook's own verifier accept it, activate it.

Whatever goes wrong, the last good bundle stays. python-tuf verifies what was fetched, and then the hook's verifier
does, with all signatures, on the very bytes that are written. The floor is written after the seal; a newer bundle is
never followed by an older one, not even when the floor was deleted.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING, Any

from agentguard import jsontext, plainfile
from agentguard.bundle import fetch, files, seal
from agentguard.bundle.verify import floor_of, not_below, read_floor, verify
from agentguard.errors import BundleError, ConfigError, PolicyError, PublisherError
from agentguard.sync import identity

if TYPE_CHECKING:
    from agentguard.bundle.verify import Chain
    from agentguard.places import Places

CACHE = "metadata"  # in places.sync: what python-tuf has verified


def run(
    places: Places, settings: dict[str, Any], *, source: str = "", seconds: float = fetch.SECONDS
) -> tuple[Chain, bool]:
    """Fetch the newest bundle and activate it; return it and whether anything changed.

    `source`: where to fetch this once, instead of where the settings say. The caller holds the sync's lock. Raises
    `BundleError`, `ConfigError`.
    """
    source = source or settings["sync_url"]
    if not source:
        raise ConfigError(f"{places.settings} does not say where the bundle is: sync_url is missing")
    if not os.path.isfile(places.anchor):
        raise ConfigError(
            f"there is no anchor {places.anchor}", hint="agentguard enroll URL --root-sha256 HEX", code="not-enrolled"
        )
    anchor = plainfile.read(places.anchor, seal.ROOT_LIMIT)
    source = fetch.normal_source(source)
    cache = os.path.join(places.sync, CACHE)
    data, chain = fetch_seal(anchor, source, settings, cache, managed=places.managed, seconds=seconds, places=places)
    for floor in _floors(places, anchor, settings):
        not_below(chain, floor)
    return chain, activate(places, data, chain)


def fetch_seal(
    anchor: bytes,
    source: str,
    settings: dict[str, Any],
    cache: str,
    *,
    managed: bool = False,
    seconds: float = fetch.SECONDS,
    places: Places | None = None,
) -> tuple[bytes, Chain]:
    """Return a seal of the newest bundle at a (normal) source, and what the hook's verifier made of it.

    `places`: the installation that it is for, whose people go into it; None for a seal that is made for others.
    """
    with fetch.opened(source, managed=managed, seconds=seconds) as fetcher:
        records = fetch.pull(anchor, fetcher, cache)
    if places:
        records |= identity.installed(places)
    records["config"] = jsontext.canonical(identity.local(places, settings, records) if places else settings)
    data = seal.build(records)
    try:
        chain = verify(anchor, seal.parse(data), org=settings["org"])
    except PublisherError:
        shutil.rmtree(cache, ignore_errors=True)  # the two verifiers differ: the next try starts from what is published
        raise
    _understood(chain)
    return data, chain


def activate(places: Places, data: bytes, chain: Chain) -> bool:
    """Make a seal the one that the hook reads, then write its floor. Returns whether anything changed."""
    files.make_folder(places.state, 0o755 if places.managed else 0o700)
    mode = 0o644 if places.managed else 0o600  # everybody's hook reads what root's sync wrote
    changed = _replace_if_new(places.seal, data, mode, seal.LIMIT)
    _replace_if_new(places.floor, jsontext.canonical(floor_of(chain)) + b"\n", mode, seal.CONFIG_LIMIT)
    return changed


def _floors(places: Places, anchor: bytes, settings: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the floors that hold here: the one that was written, and what the present seal itself sets."""
    found = []
    with contextlib.suppress(BundleError, ConfigError):  # missing or damaged: the seal still knows
        found.append(read_floor(plainfile.read(places.floor, seal.CONFIG_LIMIT)))
    with contextlib.suppress(BundleError, ConfigError):
        chain = verify(anchor, seal.parse(plainfile.read(places.seal, seal.LIMIT)), org=settings["org"])
        found.append(floor_of(chain))
    return found


def _understood(chain: Chain) -> None:
    """Raise if this version's engine does not understand all of the policy: the last good one serves better."""
    from agentguard.policy import engine  # noqa: PLC0415 - not needed to fetch

    try:
        engine.check(chain.policy)
    except PolicyError as error:
        raise PublisherError(f"{chain.name} {chain.revision} needs another agentguard: {error.message}") from None


def _replace_if_new(path: str, data: bytes, mode: int, limit: int) -> bool:
    with contextlib.suppress(ConfigError):
        if plainfile.read(path, limit) == data:
            return False
    files.replace(path, data, mode)
    return True
