"""The machine that is looked at: which installation, whose settings, and where the rest of the system lies.

`root` is put before every path of the system, so that another machine's files can be looked at (and tests have one of
their own). Files that people could have made are read with a limit, without following a link and without waiting. Root
opens nothing in anybody's home: a child does it with that person's rights, and it is not waited for for long, because
a home can lie on a server that is down.
"""

from __future__ import annotations

import contextlib
import os
import stat
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

from agentguard import child, places
from agentguard.audit.person import spools
from agentguard.deploy import packaged, targets

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from agentguard.places import Places

LIMIT = 4 * 1024 * 1024  # bytes of one settings file
_SECONDS = 5.0  # that a person's file may take
_MORE = 64  # bytes that the child needs to say so
_PEOPLE = 50  # so many spools are looked at for whose settings to read


def installation(home: str | None = None) -> Places:
    """Return the installation to look at: beneath `home`, else this machine's.

    A machine is managed as soon as one part of a managed install is there: that another is missing is what to find.
    """
    system = places.managed()
    if home:
        return places.personal(home)
    own = (system.anchor, system.stub, packaged.launcher(system), system.seal)
    there = any(os.path.lexists(path) for path in own)
    return system if there else places.personal(places.account_home())


class Person(NamedTuple):
    """Somebody who uses the agent here: account name, home, and whose rights to read it with (None: this process's)."""

    name: str
    home: str
    ids: tuple[int, int] | None = None


def _no_registry(hive: str) -> str | None:
    del hive
    return None


class Machine:
    """What the checks look at. `registry` returns the value Settings of HKLM or HKCU, None where there is none."""

    __slots__ = ("environ", "now", "platform", "registry", "root", "where")

    def __init__(
        self,
        where: Places,
        *,
        platform: str = sys.platform,
        root: str = "",
        environ: Mapping[str, str] = os.environ,
        registry: Callable[[str], str | None] | None = None,
        now: float | None = None,
    ) -> None:
        self.where = where
        self.platform = platform
        self.root = root
        self.environ = environ
        self.registry = registry or (_windows_registry if platform == "win32" else _no_registry)
        self.now = time.time() if now is None else now

    @property
    def target(self) -> str:
        """The key of TARGETS for this kind of machine."""
        return {"darwin": targets.MACOS, "win32": targets.WINDOWS}.get(self.platform, targets.LINUX)

    def path(self, path: str) -> str:
        """Return where a path of the system is to be looked for."""
        return self.root + path if self.root else path

    def people(self) -> list[Person]:
        """Return whose settings count: this person; for root on a managed install, everybody who has a spool."""
        me = Person(places.account_name(), self.where.home or places.account_home())
        if not self.where.managed or self.platform == "win32" or os.geteuid() != 0:
            return [me]
        import pwd  # noqa: PLC0415 - not on Windows

        found = [me]
        for spool in spools(self.where)[:_PEOPLE]:
            if spool.uid != 0:
                with contextlib.suppress(KeyError, OverflowError):
                    entry = pwd.getpwuid(spool.uid)
                    found.append(Person(entry.pw_name, self.path(entry.pw_dir), (entry.pw_uid, entry.pw_gid)))
        return found

    def config_dir(self, person: Person) -> str:
        """Return the folder of a person's own settings of the agent."""
        own = person.home == (self.where.home or places.account_home())
        return (self.environ.get("CLAUDE_CONFIG_DIR") if own else "") or os.path.join(person.home, ".claude")


def read_of(person: Person, path: str) -> bytes | None:
    """Return the bytes of a file in a person's home, with that person's rights. As `read`, and OSError if it takes long."""
    if person.ids is None or sys.platform == "win32":
        return read(path)

    def job() -> Iterator[bytes]:
        data = read(path)
        if data is not None:
            yield data

    try:
        found = child.run(job, LIMIT + _MORE, ids=person.ids, seconds=_SECONDS)
    except child.ChildError as error:
        raise OSError(0, str(error)) from None
    return found[0] if found else None


def read(path: str) -> bytes | None:
    """Return a file's bytes, None where there is none. Raises OSError for what is no plain file or is too large."""
    try:
        fd = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except (FileNotFoundError, NotADirectoryError):
        return None
    with os.fdopen(fd, "rb") as file:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise OSError(0, "it is no plain file")
        data = file.read(LIMIT + 1)
    if len(data) > LIMIT:
        raise OSError(0, f"it is larger than {LIMIT} bytes")
    return data


def _windows_registry(hive: str) -> str | None:
    if sys.platform != "win32":
        return None
    import winreg  # noqa: PLC0415 - Windows only

    root = winreg.HKEY_LOCAL_MACHINE if hive == "HKLM" else winreg.HKEY_CURRENT_USER
    try:
        with winreg.OpenKey(root, targets.REGISTRY_KEY.partition("\\")[2]) as key:
            return str(winreg.QueryValueEx(key, targets.REGISTRY_VALUE)[0])
    except OSError:
        return None
