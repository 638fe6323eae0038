"""What rows are worked out against: the person, the folders and the file system. Real in the hook, made up in tests.

A disk answers questions about files and never raises: what cannot be read is not there.
"""

from __future__ import annotations

import os
import stat

from agentguard.access import limits

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    class Disk(Protocol):
        """Questions about a file system. Paths are absolute."""

        def kind(self, path: str) -> str:
            """Return "file", "dir", "link", "other", or "" where nothing is. Does not follow a link at the end."""

        def readlink(self, path: str) -> str:
            """Return the target of the link at `path`, "" where there is none."""

        def listdir(self, path: str, limit: int) -> list[str] | None:
            """Return at most `limit` names in the folder in no order; None if it cannot be listed."""

        def read(self, path: str, limit: int) -> bytes | None:
            """Return at most `limit` bytes of the regular file at `path`; None where there is none."""


class RealDisk:
    """The machine's own file system. Opens nothing that could block: no FIFO, no device."""

    __slots__ = ()

    def kind(self, path: str) -> str:
        """Return what is at `path`, as `Disk.kind` says."""
        try:
            mode = os.lstat(path).st_mode
        except (OSError, ValueError):
            return ""
        if stat.S_ISLNK(mode):
            return "link"
        if stat.S_ISDIR(mode):
            return "dir"
        return "file" if stat.S_ISREG(mode) else "other"

    def readlink(self, path: str) -> str:
        """Return the target of a link."""
        try:
            return os.readlink(path)
        except (OSError, ValueError):
            return ""

    def listdir(self, path: str, limit: int) -> list[str] | None:
        """Return the names in a folder."""
        names: list[str] = []
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    if len(names) >= limit:
                        break
                    names.append(entry.name)
        except (OSError, ValueError):
            return None
        return names

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the first bytes of a regular file."""
        try:
            fd = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
        except (OSError, ValueError):
            return None
        try:
            if not stat.S_ISREG(os.fstat(fd).st_mode):
                return None
            chunks: list[bytes] = []
            while limit > 0 and (chunk := os.read(fd, limit)):
                chunks.append(chunk)
                limit -= len(chunk)
            return b"".join(chunks)
        except OSError:
            return None
        finally:
            os.close(fd)


class MemoryDisk:
    """A file system that a test or a policy case spells out: bytes a file, None a folder, str a link's target."""

    __slots__ = ("_tree",)

    def __init__(self, tree: dict[str, bytes | str | None]) -> None:
        self._tree: dict[str, bytes | str | None] = {"/": None}
        for path, value in tree.items():
            parent = path.rpartition("/")[0]
            while parent and parent not in self._tree:
                self._tree[parent] = None
                parent = parent.rpartition("/")[0]
            self._tree[path] = value

    def kind(self, path: str) -> str:
        """Return what is at `path`, as `Disk.kind` says."""
        if path not in self._tree:
            return ""
        value = self._tree[path]
        if value is None:
            return "dir"
        return "link" if isinstance(value, str) else "file"

    def readlink(self, path: str) -> str:
        """Return the target of a link."""
        value = self._tree.get(path)
        return value if isinstance(value, str) else ""

    def listdir(self, path: str, limit: int) -> list[str] | None:
        """Return the names in a folder."""
        if self.kind(path) != "dir":
            return None
        prefix = path.rstrip("/") + "/"
        names = {key[len(prefix) :].partition("/")[0] for key in self._tree if key.startswith(prefix)} - {""}
        return sorted(names)[:limit]

    def read(self, path: str, limit: int) -> bytes | None:
        """Return the first bytes of a file."""
        value = self._tree.get(path)
        return value[:limit] if isinstance(value, bytes) else None


class Looked:
    """A disk as one tool call sees it: it stays as it is, and what is listed of it is counted.

    Past MAX_CALL_ENTRIES every folder is as good as one without end, so that whoever lists it goes past a limit of its
    own and says so. `globs` are patterns that have been expanded, and what they stand for.
    """

    __slots__ = ("_disk", "_kinds", "_left", "globs", "read", "readlink")

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._left = limits.MAX_CALL_ENTRIES
        self._kinds: dict[str, str] = {}
        self.globs: dict[object, list[str] | None] = {}
        self.read = disk.read
        self.readlink = disk.readlink

    def kind(self, path: str) -> str:
        """Return what is at `path`, as `Disk.kind` says."""
        found = self._kinds.get(path)
        if found is None:
            found = self._kinds[path] = self._disk.kind(path)
        return found

    def listdir(self, path: str, limit: int) -> list[str] | None:
        """Return the names in a folder."""
        if self._left < 0:
            return [""] * limit
        names = self._disk.listdir(path, limit)
        self._left -= len(names or ())
        return names


class World:
    """Where a call would happen. All paths are absolute and lexically clean.

    `home` comes from the password database, never from a variable. `project` is the session's project folder, "" where
    there is none (never `/` or the home itself), `worktrees` are other checkouts of the same repository that count as
    inside it. `agentguard` are the folders that hold agentguard's own files.
    `platform` is sys.platform. `branch` is the checked-out branch, "" when detached or no repository; `remotes` maps
    remote names to URLs. `folders` remembers where folders lead to, None where that may change while a call is looked at;
    who looks at many calls on a disk that stays as it is may hand it in.
    """

    __slots__ = (
        "agentguard", "branch", "disk", "folders", "home", "hostname", "platform", "project", "remotes", "tmpdir", "user",
        "worktrees",
    )  # fmt: skip

    def __init__(
        self,
        *,
        home: str,
        project: str = "",
        worktrees: tuple[str, ...] = (),
        tmpdir: str = "/tmp",  # noqa: S108 - the default of the platform, not a file we make
        hostname: str = "",
        user: str = "",
        agentguard: tuple[str, ...] = (),
        platform: str = "linux",
        branch: str = "",
        remotes: dict[str, str] | None = None,
        disk: Disk,
    ) -> None:
        self.home = home
        self.project = project
        self.worktrees = worktrees
        self.tmpdir = tmpdir
        self.hostname = hostname
        self.user = user
        self.agentguard = agentguard
        self.platform = platform
        self.branch = branch
        self.remotes = {} if remotes is None else remotes
        self.disk = disk
        self.folders: dict[str, str] | None = None

    def over(self, disk: Disk) -> World:
        """Return the same world with another disk, on which folders are not remembered."""
        return World(
            home=self.home,
            project=self.project,
            worktrees=self.worktrees,
            tmpdir=self.tmpdir,
            hostname=self.hostname,
            user=self.user,
            agentguard=self.agentguard,
            platform=self.platform,
            branch=self.branch,
            remotes=self.remotes,
            disk=disk,
        )
