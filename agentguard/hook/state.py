"""Everything a decision rests on beside the call itself: who, where, since when, under which bundle.

Gathered once a process from the stub's configuration, the password database, the clock and the seal. The environment is
asked for two things only, and neither can weaken a verdict: the agent's version (for the record) and whether its entry
point is one where nobody can answer (which only tightens).
"""

from __future__ import annotations

import os
import sys
import time

from agentguard.access.world import RealDisk
from agentguard.bundle import seal
from agentguard.places import PERSONAL, Places, account_home
from agentguard.policy.model import NONE, OS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentguard.access.world import Disk
    from agentguard.bundle.seal import Active


class State:
    """The facts for one call; made by `gather`, or by hand in tests.

    `known` says whether the account is in the password database: OS or NONE.
    """

    __slots__ = (
        "active", "disk", "environ", "home", "hostname", "known", "now", "places", "platform", "spool", "started_ns", "tmpdir",
        "user",
    )  # fmt: skip

    def __init__(
        self,
        *,
        places: Places,
        active: Active,
        disk: Disk,
        home: str,
        user: str,
        spool: str,
        known: str = OS,
        hostname: str = "",
        platform: str = "linux",
        tmpdir: str = "/tmp",  # noqa: S108 - the platform's scratch folder, not a file of ours
        environ: Mapping[str, str] | None = None,
        now: float = 0.0,
        started_ns: int = 0,
    ) -> None:
        self.places = places
        self.active = active
        self.disk = disk
        self.home = home
        self.user = user
        self.spool = spool
        self.known = known
        self.hostname = hostname
        self.platform = platform
        self.tmpdir = tmpdir
        self.environ = {} if environ is None else environ
        self.now = now
        self.started_ns = started_ns


def places_from(config: Mapping[str, object]) -> Places:
    """Return the places that the stub spells out. Raises KeyError for a stub that does not."""
    return Places(
        str(config["kind"]),
        str(config["code"]),
        str(config["config"]),
        str(config["state"]),
        str(config.get("home", "")),
    )


def gather(places: Places, started_ns: int) -> State:
    """Return the state of this machine and this person for one call."""
    now = time.time()
    uid = os.getuid() if hasattr(os, "getuid") else 0
    active = seal.load_active(places, now)
    user, home, known = _account(uid, active.local.get("accounts"))
    return State(
        places=places,
        active=active,
        disk=RealDisk(),
        home=places.home if places.kind == PERSONAL and places.home else home,
        user=user,
        known=known,
        spool=places.spool(uid),
        hostname=os.uname().nodename if hasattr(os, "uname") else "",
        platform=sys.platform,
        tmpdir=_tmpdir(),
        environ=os.environ,
        now=now,
        started_ns=started_ns,
    )


def _account(uid: int, accounts: object = None) -> tuple[str, str, str]:
    """Return name and home of an account, and whether it is known.

    The sync of a managed install has left them (`accounts`), because the password database may be on a network that is
    down; else it is asked one question. The group database is never asked. The sync has done that.
    """
    entry = accounts.get(str(uid)) if type(accounts) is dict else None
    if type(entry) is list and len(entry) == 2 and type(entry[0]) is str and type(entry[1]) is str:
        return entry[0], entry[1], OS
    try:
        import pwd  # noqa: PLC0415 - not on Windows

        account = pwd.getpwuid(uid)
    except (ImportError, KeyError):
        return str(uid), account_home(), NONE
    return account.pw_name, account.pw_dir, OS


def _tmpdir() -> str:
    """Return the platform's own scratch folder. TMPDIR is a variable, and what it names must not become writable."""
    if sys.platform == "darwin":
        try:
            return os.confstr(65537) or "/tmp"  # noqa: S108 - _CS_DARWIN_USER_TEMP_DIR, confstr(3)
        except (ValueError, OSError):
            return "/tmp"  # noqa: S108
    return "/tmp"  # noqa: S108
