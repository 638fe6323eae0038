"""A private world for one process tree: mounts, network and process ids that nobody outside sees, gone when it ends.

`command` is what starts such a world; everything else is called by root inside it. In a box

- /tmp is empty; where installations write (`LAYERED`) there are overlays: reads fall through, writes stay in the box;
- the only network interface is loopback;
- a folder that others may not enter (a repository or an interpreter under /root) is covered by an empty one that holds
  just the trees that are needed, at the same paths, so that the client's unprivileged user can reach them and nothing
  else;
- the client's user has an entry in the password database, because that is where hooks look a home up.

Sources: unshare(1), mount(8), Documentation/filesystems/overlayfs.rst in Linux, netdevice(7).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import stat
import struct
import subprocess
from collections.abc import Sequence

HERE = os.path.dirname(os.path.abspath(__file__))
UID = 12345
USER = "dev"
LAYERED = ("/etc", "/opt", "/usr", "/var/lib", "/var/log")

_SIOCSIFFLAGS, _IFF_UP = 0x8914, 0x1  # netdevice(7); linux/if.h


def command(argv: Sequence[str]) -> list[str]:
    """Return the command line that runs `argv` as root of a new box. All of its processes die with it."""
    spaces = ["--mount", "--propagation", "private", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
    return ["unshare", *spaces, *argv]


def _mount(*arguments: str) -> None:
    subprocess.run(["mount", *arguments], check=True)


def tmpfs(folder: str, mode: int) -> None:
    """Mount an empty file system in memory at `folder`, which must exist."""
    _mount("-t", "tmpfs", "-o", f"mode={mode:o}", "agentguard-e2e", folder)


def loopback_up() -> None:
    """Bring the loopback interface up."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        fcntl.ioctl(sock, _SIOCSIFFLAGS, struct.pack("16sh22x", b"lo", _IFF_UP))


def overlay(target: str, lowers: Sequence[str], *, upper: str, work: str) -> None:
    """Show the folders `lowers`, the first on top, as one at `target`; what is written goes to `upper`.

    `upper` and `work` must lie on one tmpfs.
    """
    for path in (upper, work):
        os.makedirs(path, mode=0o755, exist_ok=True)
    options = f"lowerdir={':'.join(lowers)},upperdir={upper},workdir={work}"
    _mount("-t", "overlay", "-o", options, "agentguard-e2e", target)


def layers(scratch: str, *, uppers: str = "", images: Sequence[str] = ()) -> None:
    """Overlay all of `LAYERED`.

    `scratch` is a folder on a tmpfs of this run. Writes go there, or to the folder `uppers`, which can then be one of
    the `images` (nearest first) of other boxes.
    """
    for folder in LAYERED:
        name = _name(folder)
        overlay(
            folder,
            [*(os.path.join(image, name) for image in images), folder],
            upper=os.path.join(uppers or os.path.join(scratch, "upper"), name),
            work=os.path.join(scratch, "work", name),
        )


def _name(folder: str) -> str:
    return folder.strip("/").replace("/", "-")


def empty_tmp_but_reach(paths: Sequence[str], scratch: str) -> None:
    """Empty /tmp, and let everybody enter `paths` and the folders above them, whose other content disappears.

    A tree that was closed is shown as an overlay: at its own path, open, and safe from being written to.
    """
    covers: dict[str, list[str]] = {"/tmp": []}
    for path in dict.fromkeys(paths):
        closed = _outermost_closed(path)
        if closed:
            covers.setdefault(closed, []).append(path)
    for folder, wanted in covers.items():
        stashes = {path: os.path.join(scratch, "stash", _name(path)) for path in wanted}
        for path, stash in stashes.items():
            os.makedirs(stash)
            overlay(stash, [path], upper=f"{stash}.upper", work=f"{stash}.work")
        if folder not in wanted:
            tmpfs(folder, 0o1777 if folder == "/tmp" else 0o755)
        for path, stash in stashes.items():
            os.makedirs(path, exist_ok=True)
            _mount("--move", stash, path)


def _outermost_closed(path: str) -> str:
    """Return the outermost of `path` and the folders above it that is closed to others, or /tmp; "" if none is."""
    parts = path.strip("/").split("/")
    for count in range(1, len(parts) + 1):
        folder = "/" + "/".join(parts[:count])
        if folder == "/tmp" or not os.stat(folder).st_mode & stat.S_IXOTH:
            return folder
    return ""


def busy() -> bool:
    """Return whether a process of the client's user is still running in this box."""
    for name in os.listdir("/proc"):
        if name.isdigit():
            with contextlib.suppress(OSError):
                if os.stat(f"/proc/{name}").st_uid == UID and _state(name) != "Z":
                    return True
    return False


def _state(number: str) -> str:
    """Return the state letter of a process: the field after its name, which stands in brackets (proc(5))."""
    with open(f"/proc/{number}/stat", encoding="utf-8", errors="replace") as stream:
        return stream.read().rpartition(")")[2].split()[0]


def add_user(home: str) -> None:
    """Enter the client's user with its home into the box's password database."""
    with open("/etc/passwd", "a", encoding="utf-8") as stream:
        stream.write(f"{USER}:x:{UID}:{UID}:agentguard test:{home}:/bin/bash\n")


def add_hosts(*names: str) -> None:
    """Let host names mean this box's loopback address."""
    with open("/etc/hosts", "a", encoding="utf-8") as stream:
        stream.writelines(f"127.0.0.1 {name}\n" for name in names)
