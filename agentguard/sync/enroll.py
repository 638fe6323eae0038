"""Enrolling: a person decides to trust an organisation, by the fingerprint of its first root.

All or nothing: the first bundle is fetched, verified and understood before anything is written. On a machine where MDM
has placed an anchor a person has no say, so enrolling is refused there.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import tempfile
import time
from typing import TYPE_CHECKING, Any

from agentguard import config, plainfile
from agentguard.audit import wire
from agentguard.bundle import fetch, files, seal
from agentguard.digest import sha256_hex
from agentguard.errors import ConfigError, Refused, SignatureError, UsageError
from agentguard.places import managed
from agentguard.sync import bundle, stages, status

if TYPE_CHECKING:
    from agentguard.places import Places

_DIGITS = 64


def same_root(places: Places, root_sha256: str) -> None:
    """Refuse another root than the one that is trusted here already. Raises `Refused`."""
    try:
        trusted = sha256_hex(plainfile.read(places.anchor, seal.ROOT_LIMIT))
    except ConfigError:
        return
    if trusted != root_sha256.strip().lower().removeprefix("sha256:"):
        raise Refused(
            f"this laptop trusts the root {trusted} already",
            hint="add --replace if it is really to trust another organisation, or a new root of yours",
        )


def enroll(
    places: Places,
    source: str,
    root_sha256: str,
    *,
    first: str = "",
    collector_url: str = "",
    enrol_secret: str = "",
    system: Places | None = None,
) -> dict[str, Any]:
    """Trust the organisation that publishes at `source` and activate its bundle.

    `first`: a folder that carries the first bundle, for a laptop that cannot reach `source` now. `system` are the
    places of the managed install that would forbid it. Returns {"org", "name", "revision", "digest", "source",
    "device", "root_sha256"}. Raises `UsageError`, `ConfigError`, `BundleError`.
    """
    wanted = root_sha256.strip().lower().removeprefix("sha256:")
    if len(wanted) != _DIGITS or set(wanted) - set("0123456789abcdef"):
        raise UsageError("--root-sha256 is not a SHA-256: 64 hex digits", hint="`agentguard bundle init` printed it")
    system = system or managed()
    if places.managed or os.path.lexists(system.anchor):
        raise ConfigError(
            f"this machine is managed: its policy comes from {system.config}", hint="agentguard status shows which"
        )
    collector_url = wire.safe_address(collector_url) if collector_url else ""
    source = fetch.normal_source(source)
    at = fetch.normal_source(first) if first else source
    before = _settings(places)
    settings = {
        **before,
        "sync_url": source,
        "collector_url": collector_url or before["collector_url"],
        "device": before["device"] or secrets.token_hex(16),
    }
    with tempfile.TemporaryDirectory() as cache:
        anchor = _anchor(at, wanted)
        data, chain = bundle.fetch_seal(anchor, at, settings, cache, places=places)
    for folder in (places.config, places.state, places.sync):
        files.make_folder(folder, 0o700)
    with files.locked(os.path.join(places.sync, stages.LOCK)) as free:
        if not free:
            raise ConfigError("another sync is running", hint="run the same command again")
        _write(places, settings, anchor, enrol_secret)
        with contextlib.suppress(FileNotFoundError):
            os.unlink(places.floor)  # a person who trusts somebody anew starts anew
        bundle.activate(places, data, chain)
        active = {"name": chain.name, "revision": chain.revision, "digest": chain.digest}
        status.fetched(places, active, activated=True, now=time.time())
    return {"org": chain.org, **active, "source": source, "device": settings["device"], "root_sha256": wanted}


def _anchor(source: str, wanted: str) -> bytes:
    """Return the root with this SHA-256: the first one, or a later one that is handed out as the anchor by now."""
    first = ""
    with fetch.opened(source) as fetcher:
        for anchor in fetch.roots(fetcher):
            found = sha256_hex(anchor)
            if found == wanted:
                return anchor
            first = first or found
    raise SignatureError(
        f"the root at {source} is not the one to trust: its SHA-256 is {first}, not {wanted}",
        hint="compare both with what whoever publishes the bundle says",
    )


def _settings(places: Places) -> dict[str, Any]:
    """Return the settings of an earlier enrolment, so that the device keeps its id; else the defaults."""
    try:
        return config.read(places.settings)
    except ConfigError:
        return {setting.name: setting.default for setting in config.SETTINGS}


def _write(places: Places, settings: dict[str, Any], anchor: bytes, enrol_secret: str) -> None:
    defaults = {setting.name: setting.default for setting in config.SETTINGS}
    own = {name: value for name, value in settings.items() if value != defaults[name]}
    files.replace(places.settings, config.text(own).encode(), 0o600)
    files.replace(places.anchor, anchor, 0o600)
    if enrol_secret:
        files.replace(places.enrol_secret, enrol_secret.encode(), 0o600)
