"""Who the people of this device are: the groups that the policy's roles name, looked up here and never by the hook.

The groups travel in the seal's local configuration as `members`: {account: [groups]}, so they are as well protected as
the policy itself. A managed sync, which is root's, looks up everybody who has a spool here, and the members that the
group database lists; a personal one its own account. An account that is not there has not been looked up. Only groups
that a role names are asked for, and a policy without such roles asks for nothing.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

from agentguard import jsontext, places
from agentguard.bundle import files, seal
from agentguard.bundle.verify import verify
from agentguard.errors import BundleError, ConfigError, PolicyError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentguard.places import Places

PEOPLE_LIMIT = 1000  # accounts of one device
_ROOM = seal.CONFIG_LIMIT // 2  # bytes of the seal's configuration that the members may take


def local(where: Places, settings: dict[str, Any], policy: bytes) -> dict[str, Any]:
    """Return the local configuration for a seal: the settings, the device's id, and who is in which group."""
    found = dict(settings)
    if where.managed and not found.get("device") and hasattr(os, "uname"):
        found["device"] = os.uname().nodename  # the name by which the upload knows it too
    groups = _groups(policy)
    if groups:
        found["members"] = _members(where, groups)
    return found


def refresh(where: Places, settings: dict[str, Any]) -> bool:
    """Bring the people and the settings in the present seal up to date; return whether anything changed.

    A seal that is missing or does not verify is left alone: the bundle stage mends it.
    """
    try:
        anchor = files.read(where.anchor, seal.ROOT_LIMIT)
        records = seal.parse(files.read(where.seal, seal.LIMIT))
        verify(anchor, records, org=settings["org"])
    except (BundleError, ConfigError):
        return False
    config = jsontext.canonical(local(where, settings, records["policy"]))
    if config == records["config"]:
        return False
    files.replace(where.seal, seal.build({**records, "config": config}), 0o644 if where.managed else 0o600)
    return True


def _groups(policy: bytes) -> list[str]:
    """Return the groups that a policy's roles name; none for a policy that this version does not understand."""
    from agentguard.policy import engine  # noqa: PLC0415 - not needed to fetch

    try:
        roles = engine.load(policy).roles
    except PolicyError:
        return []
    return sorted({group for entry in roles.values() for group in entry["groups"]})


def _members(where: Places, groups: Iterable[str]) -> dict[str, list[str]]:
    if sys.platform == "win32":
        return {}
    import grp  # noqa: PLC0415 - not on Windows

    known = {}
    listed: dict[str, None] = {}
    for group in groups:
        try:
            entry = grp.getgrnam(group)
        except (KeyError, ValueError):
            continue
        known[entry.gr_gid] = group
        listed |= dict.fromkeys(sorted(entry.gr_mem))
    people = dict.fromkeys(_with_spool(where)) | listed if where.managed else {places.account_name(): None}
    found: dict[str, list[str]] = {}
    room = _ROOM
    for name in list(people)[:PEOPLE_LIMIT]:
        of_person = _groups_of(name, known)
        room -= len(name) + sum(map(len, of_person or ())) + 16
        if of_person is not None and room > 0:
            found[name] = of_person
    return found


def _groups_of(name: str, known: dict[int, str]) -> list[str] | None:
    """Return which of the `known` groups an account is in; None where there is no such account."""
    import pwd  # noqa: PLC0415 - not on Windows

    try:
        gids = os.getgrouplist(name, pwd.getpwnam(name).pw_gid)
    except (KeyError, OSError, ValueError):
        return None
    return sorted({known[gid] for gid in gids if gid in known})


def _with_spool(where: Places) -> Iterator[str]:
    """Yield the accounts that have a spool here. Anybody may make a folder there, so a name proves nothing."""
    import pwd  # noqa: PLC0415 - not on Windows

    try:
        with os.scandir(where.spools) as entries:
            names = sorted(entry.name for entry, _ in zip(entries, range(10 * PEOPLE_LIMIT), strict=False))
    except OSError:
        return
    for name in names:
        if name.isascii() and name.isdecimal() and len(name) <= 10:
            try:
                yield pwd.getpwuid(int(name)).pw_name
            except (KeyError, OverflowError):
                continue
