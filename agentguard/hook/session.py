"""What a session's first event fixes: the project folder. Kept in the person's own spool folder.

`{project}` is the git top level (else the folder) of the session's first working directory. A later `cd` must not move
it, or an agent could walk its permissions to another folder. Where the first event was not seen, the git top level of
the call's own folder stands in. It is never `/` and never the home itself.
"""

from __future__ import annotations

import os

from agentguard.access import repo
from agentguard.digest import sha256_hex
from agentguard.jsontext import JsonError, dumps, loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.world import Disk

_LIMIT = 4096  # bytes of a session file


def _file(spool: str, session: str) -> str:
    return os.path.join(spool, "sessions", sha256_hex(session.encode("utf-8", "replace"))[:32])


def fixed_project(spool: str, session: str, disk: Disk) -> str:
    """Return the project that this session's first event fixed, "" where it was not seen."""
    data = disk.read(_file(spool, session), _LIMIT) if session else None
    if data is None:
        return ""
    try:
        project = loads(data)["project"]
    except (JsonError, TypeError, KeyError):
        return ""
    return project if isinstance(project, str) and project.startswith("/") else ""


def project_of(cwd: str, home: str, disk: Disk) -> str:
    """Return the project that a working directory lies in, "" for `/` and the home itself."""
    found = repo.read(cwd, disk)
    folder = found.top if found else cwd
    return "" if folder in ("/", home, "") else folder


def worktrees(found: repo.Repo | None, project: str, disk: Disk) -> tuple[str, ...]:
    """Return the checkout that a call works in, if it is another one of the project's repository."""
    if not found or not project or found.top in (project, found.main_top):
        return ()
    home = repo.read(project, disk)
    return (found.top,) if home and home.main_top == found.main_top else ()


def begin(spool: str, session: str, project: str) -> None:
    """Remember the project of a session; the first one stays. Never raises: the call's own folder stands in then."""
    if not session:
        return
    path = _file(spool, session)
    try:
        os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        return
    data = dumps({"project": project}).encode("ascii")
    try:
        whole = os.write(fd, data) == len(data)
    except OSError:
        whole = False
    finally:
        os.close(fd)
    if not whole:  # a cut file would stay for good, and the project would follow every `cd`
        try:
            os.unlink(path)
        except OSError:
            return
