"""Where an installation keeps its files. One value, made by the installation and handed down; nothing else knows paths.

The hook gets its places from the stub that installation wrote, never from the environment. Commands work them out
here: for a person's own install from the password database (or `--home DIR`), for a managed one from the system.
"""

from __future__ import annotations

import os
import sys

PERSONAL, MANAGED = "personal", "managed"

# Managed installs: (code, configuration, state), by the start of sys.platform.
_MANAGED = {
    "linux": ("/opt/agentguard", "/etc/agentguard", "/var/lib/agentguard"),
    "darwin": ("/opt/agentguard", "/Library/Application Support/agentguard", "/var/db/agentguard"),
    "win32": ("C:\\Program Files\\agentguard", "C:\\ProgramData\\agentguard", "C:\\ProgramData\\agentguard\\state"),
}
# Personal installs, beneath the home: (code, configuration, state). The defaults of platformdirs.
_PERSONAL = {
    "linux": (".local/share/agentguard", ".config/agentguard", ".local/state/agentguard"),
    "darwin": (
        "Library/Application Support/agentguard",
        "Library/Application Support/agentguard/config",
        "Library/Application Support/agentguard/state",
    ),
    "win32": (
        "AppData\\Local\\agentguard\\code",
        "AppData\\Local\\agentguard\\config",
        "AppData\\Local\\agentguard\\state",
    ),
}


class Places:
    """The folders and files of one installation; all absolute.

    `kind`: PERSONAL or MANAGED. `home`: the person's home ("" for a managed install, where it is the caller's).
    """

    __slots__ = ("code", "config", "home", "kind", "state")

    def __init__(self, kind: str, code: str, config: str, state: str, home: str = "") -> None:
        self.kind = kind
        self.code = code
        self.config = config
        self.state = state
        self.home = home

    @property
    def managed(self) -> bool:
        """Whether root (MDM) owns this installation."""
        return self.kind == MANAGED

    @property
    def stub(self) -> str:
        """The file that the agent's settings start: stable across upgrades, replaced atomically."""
        return os.path.join(self.code, "hook.py")

    @property
    def anchor(self) -> str:
        """The root key file that MDM or `enroll` placed."""
        return os.path.join(self.config, "root.json")

    @property
    def settings(self) -> str:
        """The configuration file of agentguard itself (TOML)."""
        return os.path.join(self.config, "agentguard.toml")

    @property
    def enrol_secret(self) -> str:
        """What the collector asks of a new device, for nobody but the sync to read; MDM or `enroll` placed it."""
        return os.path.join(self.config, "enrol.secret")

    @property
    def seal(self) -> str:
        """The verified bundle with all signatures."""
        return os.path.join(self.state, "active.seal")

    @property
    def floor(self) -> str:
        """The versions below which nothing is accepted any more."""
        return os.path.join(self.state, "floor.json")

    @property
    def health(self) -> str:
        """What the last sync found out about this machine, for hooks to record."""
        return os.path.join(self.state, "health.json")

    @property
    def sync(self) -> str:
        """The sync's own folder: fetched metadata, status, locks, tokens, receipts."""
        return os.path.join(self.state, "sync")

    @property
    def spools(self) -> str:
        """The folder that holds one spool a person."""
        return os.path.join(self.state, "spool")

    def spool(self, uid: int) -> str:
        """Return the spool of the person with this uid."""
        return os.path.join(self.spools, str(uid))

    def own_folders(self) -> tuple[str, ...]:
        """Return the folders of this installation."""
        return (self.code, self.config, self.state)


def _row(table: dict[str, tuple[str, str, str]], platform: str) -> tuple[str, str, str]:
    for name, row in table.items():
        if platform.startswith(name):
            return row
    return table["linux"]


def managed(platform: str = sys.platform) -> Places:
    """Return the places of a managed install on this operating system."""
    return Places(MANAGED, *_row(_MANAGED, platform))


def personal(home: str, platform: str = sys.platform) -> Places:
    """Return the places of a personal install of the person whose home this is."""
    code, config, state = (os.path.join(home, part) for part in _row(_PERSONAL, platform))
    return Places(PERSONAL, code, config, state, home)


def own_folders(home: str, platform: str = sys.platform) -> tuple[str, ...]:
    """Return every folder of agentguard's own that an agent must not change: those of a managed and a personal install."""
    return (*managed(platform).own_folders(), *personal(home, platform).own_folders())


def account_home() -> str:
    """Return this person's home from the password database, whatever HOME says."""
    if sys.platform == "win32":
        return os.path.expanduser("~")
    import pwd  # noqa: PLC0415 - not on Windows

    try:
        return pwd.getpwuid(os.getuid()).pw_dir
    except KeyError:
        return "/nonexistent"


def account_name() -> str:
    """Return this person's account name from the password database: one question, and none to the group database."""
    return account()[0]


def account() -> tuple[str, bool]:
    """Return this person's account name, and whether the password database knows it; else the number stands in."""
    if sys.platform == "win32":
        return os.path.basename(account_home()), True
    import pwd  # noqa: PLC0415 - not on Windows

    try:
        return pwd.getpwuid(os.getuid()).pw_name, True
    except KeyError:
        return str(os.getuid()), False


def scratch() -> str:
    """Return the platform's own folder for temporary files. TMPDIR is a variable: what it names must not count."""
    if sys.platform == "darwin":
        try:
            return os.confstr(65537) or "/tmp"  # noqa: S108 - _CS_DARWIN_USER_TEMP_DIR, confstr(3)
        except (ValueError, OSError):
            return "/tmp"  # noqa: S108
    return "/tmp"  # noqa: S108


def default() -> Places:
    """Return the managed install's places where there is one, else this person's own."""
    system = managed()
    return system if os.path.lexists(system.anchor) else personal(account_home())
