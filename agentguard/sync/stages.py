"""One sync: the bundle stage, then the upload stage, one at a time on this machine, each reported for itself."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, Any

from agentguard import _env, config
from agentguard.audit import person
from agentguard.bundle import files, seal
from agentguard.errors import AgentguardError, ConfigError
from agentguard.sync import identity, status

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from agentguard.places import Places

    Look: TypeAlias = Callable[[Places], dict[str, Any]]

LOCK = "lock"
BUSY = {"ok": True, "busy": True, "bundle": None, "upload": None}


def prepare(places: Places) -> dict[str, Any]:
    """Make the sync's folders and the environment fit for it; return the settings. Raises `ConfigError`."""
    if places.managed and hasattr(os, "geteuid") and os.geteuid() != 0:
        raise ConfigError("this installation is managed: only root can sync it", hint="sudo agentguard sync")
    _env.make_safe(managed=places.managed)  # whom root trusts is not for the environment to say
    settings = config.read(places.settings)
    files.make_folder(places.state, 0o755 if places.managed else 0o700)
    files.make_folder(places.sync, 0o700)
    return settings


def run(places: Places, *, background: bool = False, source: str = "", look: Look | None = None) -> dict[str, Any]:
    """Run what is due and return {"ok", "busy", "bundle", "upload"}.

    A stage's report has "ok" and, if it failed, "code", "text" and "hint"; None means that there was nothing to do. In
    the background only what is due is done, and another sync that is running is left alone ("busy").
    `source`: where to fetch the bundle this once, such as a folder on a stick. `look` returns the health of this machine,
    for a heartbeat. Raises `ConfigError` if this installation trusts nobody yet.
    """
    settings = prepare(places)
    with files.locked(os.path.join(places.sync, LOCK), tries=1 if background else 100) as free:
        if not free:
            return {**BUSY, "ok": background}
        if places.managed and hasattr(os, "fork"):
            person.evict(places)
        bundle = upload = None
        if not background or status.due(places, status.BUNDLE, time.time()):
            bundle = _bundle(places, settings, source)
        if bundle is None or not bundle["ok"]:
            identity.refresh(places, settings)
        active = seal.load_active(places, time.time())
        named = bool(settings["collector_url"] or active.custom.get("collector", {}).get("url"))
        if named and bundle is not None and look is not None:
            from agentguard.sync import heartbeat  # noqa: PLC0415 - not needed by most of the syncs in the background

            heartbeat.beat(places, active, look)
        if named and (not background or status.due(places, status.UPLOAD, time.time())):
            upload = _upload(places, settings, active, background=background)
            status.uploaded(places, upload, time.time())
        clocks = (status.BUNDLE, status.UPLOAD) if named else (status.BUNDLE,)
        status.finished(places, clocks, time.time())
    good = all(report is None or report["ok"] for report in (bundle, upload))
    return {"ok": good, "busy": False, "bundle": bundle, "upload": upload}


def _bundle(places: Places, settings: dict[str, Any], source: str) -> dict[str, Any]:
    from agentguard.sync import bundle  # noqa: PLC0415 - an upload does not need tuf

    try:
        chain, changed = bundle.run(places, settings, source=source)
    except AgentguardError as error:
        status.failed(places, error, time.time())
        return _failure(error)
    active = {"name": chain.name, "revision": chain.revision, "digest": chain.digest}
    status.fetched(places, active, activated=changed, now=time.time())
    return {"ok": True, "changed": changed, **active}


def _upload(places: Places, settings: dict[str, Any], active: seal.Active, *, background: bool) -> dict[str, Any]:
    """Hand records over; the keys of the collector's receipts come from the verified bundle alone."""
    from agentguard.audit import upload  # noqa: PLC0415 - only where a collector is configured

    try:
        return {"ok": True, **upload.run(places, settings, active.custom, only_due=background)}
    except AgentguardError as error:
        return _failure(error)


def _failure(error: AgentguardError) -> dict[str, Any]:
    return {"ok": False, "code": error.code, "text": error.message, "hint": error.hint}
