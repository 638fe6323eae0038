"""Whether a path may stand in settings that a fleet trusts: nobody but root may be able to change what is there."""

from __future__ import annotations

import ntpath
import os
import stat

from agentguard.errors import ConfigError

# Folders in which an ordinary person may write, on machines that are not this one.
_OPEN = (
    "/home", "/Users", "/tmp", "/private/tmp", "/var/tmp", "/dev/shm", "/run/user",  # noqa: S108
    "/opt/homebrew", "/usr/local/Cellar", "/usr/local/Homebrew",  # Homebrew's belong to a person
)  # fmt: skip
_CLOSED_ON_WINDOWS = ("program files", "windows")  # ordinary people may make files in C:\\ itself and in ProgramData


def fault(path: str) -> str:
    """Return why `path` is not safe to name in managed settings, "" if it is.

    What exists on this machine is looked at, every folder up to `/`, through links. What does not is judged by name,
    because settings are often written on another machine than the one that they are for.
    """
    if not path.startswith("/") or os.path.normpath(path) != path or not path.isprintable():
        return "it is not a plain absolute path"
    if path.startswith("/root/"):
        return "ordinary people cannot reach what is in /root"
    for folder in _OPEN:
        if path.startswith(folder + "/"):
            return f"ordinary people can write in {folder}"
    for spelling in (os.path.realpath(path), path):
        part = spelling
        while part != "/":
            why = _fault_of(part)
            if why:
                return why
            part = os.path.dirname(part)
    return ""


def windows_fault(path: str) -> str:
    """Return why a path on Windows is not safe to name in managed settings, "" if it is. It is judged by name alone."""
    plain = ntpath.isabs(path) and path[1:3] == ":\\" and ntpath.normpath(path) == path and path.isprintable()
    if not plain or set(path[2:]) & set('/:*?"<>|'):
        return "it is not a plain absolute path"
    top = path[3:].partition("\\")[0].lower()
    return "" if top in _CLOSED_ON_WINDOWS else f"only beneath {' and '.join(_CLOSED_ON_WINDOWS)} people cannot write"


def require(path: str) -> None:
    """Raise ConfigError if `path` is not safe to name in managed settings."""
    why = fault(path)
    if why:
        raise ConfigError(
            f"{path} must not stand in managed settings: {why}", hint="use a path that only root can change"
        )


def closed(path: str) -> str:
    """Return which part of a path ordinary people cannot read, "" if they can read it all, or it is not there.

    What the client and the hook need they read as the person, not as root.
    """
    part, needed = os.path.realpath(path), stat.S_IROTH
    while part != "/":
        try:
            facts = os.lstat(part)
        except OSError:
            return ""
        needed |= stat.S_IXOTH if stat.S_ISDIR(facts.st_mode) else 0
        if facts.st_mode & needed != needed:
            return part
        part, needed = os.path.dirname(part), 0
    return ""


def _fault_of(part: str) -> str:
    try:
        facts = os.lstat(part)
    except OSError:
        return ""
    if facts.st_uid != 0:
        return f"{part} does not belong to root"
    if not stat.S_ISLNK(facts.st_mode) and facts.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
        return f"others than root can write to {part}"
    return ""
