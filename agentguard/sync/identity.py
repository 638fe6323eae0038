"""What this device adds to the seal: its settings, who its people are, and the exceptions that were handed over.

Groups that the policy's roles name are looked up here and never by the hook.

They travel in the seal's local configuration as `members`: {account: [groups]}, so they are as well protected as
the policy itself. A managed sync, which is root's, looks up everybody who has a spool here, and the members that the
group database lists; a personal one its own account. An account that is not there has not been looked up. Only groups
that a role names are asked for, and a policy without such roles asks for nothing. A managed sync also leaves name and
home of everybody who has a spool, as `accounts`: {uid: [name, home]}, so that their hooks ask nobody. Both databases may
be on a network that is down, so a child asks them, and if it has no answer in time what was known stays.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from functools import partial
from typing import TYPE_CHECKING, Any

from agentguard import child, jsontext, places, plainfile
from agentguard.audit import memory, person
from agentguard.bundle import exceptions, files, metadata, seal
from agentguard.bundle.verify import verify
from agentguard.errors import BundleError, ConfigError, PolicyError

if TYPE_CHECKING:
    import pwd
    from collections.abc import Callable, Iterator

    from agentguard.places import Places

INSTALLED = "exceptions"  # in places.sync: the documents that were handed over
PEOPLE_LIMIT = 1000  # accounts of one device
_ROOM = seal.CONFIG_LIMIT // 2  # bytes of the seal's configuration that the members may take
_SECONDS = 5.0  # that the databases of accounts and groups are waited for


def local(where: Places, settings: dict[str, Any], records: dict[str, bytes]) -> dict[str, Any]:
    """Return the local configuration for a seal with these records.

    The settings, the device's id, who is in which group, and where there are exceptions the last time seen.
    """
    found = dict(settings)
    if any(name.startswith(exceptions.ROLE[:-1]) for name in records):
        found["seen"] = max(int(time.time()), _seen(where))
    if where.managed and not found.get("device") and hasattr(os, "uname"):
        found["device"] = memory.device_of(where.sync)  # the name by which the upload knows it too
    groups = _groups(records["policy"])
    if (groups or where.managed) and sys.platform != "win32":
        found.update(_people(where, groups))
    return found


def refresh(where: Places, settings: dict[str, Any]) -> bool:
    """Bring the people and the settings in the present seal up to date; return whether anything changed.

    A seal that is missing or does not verify is left alone: the bundle stage mends it.
    """
    try:
        anchor = plainfile.read(where.anchor, seal.ROOT_LIMIT)
        records = seal.parse(plainfile.read(where.seal, seal.LIMIT))
        verify(anchor, records, org=settings["org"])
    except (BundleError, ConfigError):
        return False
    before = dict(records)
    records = {name: data for name, data in records.items() if not name.startswith(exceptions.INSTALLED)}
    records |= installed(where)
    records["config"] = jsontext.canonical(local(where, settings, records))
    if records == before:
        return False
    files.replace(where.seal, seal.build(records), 0o644 if where.managed else 0o600)
    return True


def installed(where: Places) -> dict[str, bytes]:
    """Return the documents of exceptions that were handed over here, as records of a seal; those that are over go."""
    folder = os.path.join(where.sync, INSTALLED)
    found: list[bytes] = []
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return {}
    for name in names[: exceptions.FILES]:
        path = os.path.join(folder, name)
        try:
            data = plainfile.read(path, seal.EXCEPTION_LIMIT)
            expires = metadata.read(metadata.TARGETS, data).expires
        except (ConfigError, BundleError):
            continue
        if expires > time.time():
            found.append(data)
        else:
            with contextlib.suppress(OSError):
                os.unlink(path)
    return {f"{exceptions.INSTALLED}{number}": data for number, data in enumerate(found, 1)}


def _seen(where: Places) -> int:
    """Return the last time that the present seal says was seen here; 0 where there is none."""
    before = _before(where).get("seen")
    return before if type(before) is int else 0


def _before(where: Places) -> dict[str, Any]:
    """Return the local configuration in the present seal; {} where there is none."""
    try:
        return seal.read_config(seal.parse(plainfile.read(where.seal, seal.LIMIT))["config"])
    except (BundleError, ConfigError):
        return {}


def _groups(policy: bytes) -> list[str]:
    """Return the groups that a policy's roles name; none for a policy that this version does not understand."""
    from agentguard.policy import engine  # noqa: PLC0415 - not needed to fetch

    try:
        roles = engine.load(policy).roles
    except PolicyError:
        return []
    return sorted({group for entry in roles.values() for group in entry["groups"]})


def _people(where: Places, groups: list[str]) -> dict[str, Any]:
    """Return members and accounts, as far as they are wanted here; what is known already if nobody answers in time."""
    jobs: dict[str, Callable[[], Any]] = {}
    if groups:
        jobs["members"] = partial(_members, where, groups)
    if where.managed:
        jobs["accounts"] = partial(_accounts, where)

    def ask() -> Iterator[bytes]:
        yield jsontext.canonical({name: job() for name, job in jobs.items()})

    try:
        [answer] = child.run(ask, 8 * _ROOM, seconds=_SECONDS)
    except child.ChildError:
        return {name: value for name, value in _before(where).items() if name in jobs}
    found: dict[str, Any] = jsontext.loads(answer)
    return found


def _accounts(where: Places) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    room = _ROOM // 2
    for account in _with_spool(where):
        room -= len(account.pw_name) + len(account.pw_dir) + 32
        if room > 0:
            found[str(account.pw_uid)] = [account.pw_name, account.pw_dir]
    return found


def _members(where: Places, groups: list[str]) -> dict[str, list[str]]:
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
    here = [account.pw_name for account in _with_spool(where)] if where.managed else [places.account_name()]
    people = [*here, *listed] if where.managed else here
    found: dict[str, list[str]] = {}
    room = _ROOM
    for name in list(dict.fromkeys(people))[:PEOPLE_LIMIT]:
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


def _with_spool(where: Places) -> Iterator[pwd.struct_passwd]:
    """Yield the accounts that have a spool here."""
    import pwd  # noqa: PLC0415 - not on Windows

    for spool in person.spools(where)[:PEOPLE_LIMIT]:
        try:
            yield pwd.getpwuid(spool.uid)
        except (KeyError, OverflowError):
            continue
