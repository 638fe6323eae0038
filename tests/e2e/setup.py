"""What must be there before anything starts. Says all that is missing at once; skips nothing, guesses nothing.

The client is pinned: what is proved here is proved for this version, and a newer one may behave otherwise.
"""

from __future__ import annotations

import os
import platform
import shutil
import stat
import subprocess
import sys
import sysconfig

VERSION = "2.1.330"
_PACKAGES = {
    "x86_64": "@anthropic-ai/claude-code-linux-x64",
    "aarch64": "@anthropic-ai/claude-code-linux-arm64",
}
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))  # the checkout
FOLDER_VARIABLE = "AGENTGUARD_CLAUDE_DIR"
DEFAULT_FOLDER = "/var/tmp/agentguard-claude"
_INSTALL_SECONDS = 600


class NotReady(Exception):  # noqa: N818 - it lists what is missing
    """Something that the scenarios need is not there. The text has one line for each thing."""


def client_folder() -> str:
    """Return the folder that keeps the client between runs."""
    return os.path.realpath(os.environ.get(FOLDER_VARIABLE) or DEFAULT_FOLDER)


def _package() -> str:
    return _PACKAGES.get(platform.machine(), "")


def client_path() -> str:
    """Return where the pinned client is, or would be after installation."""
    return os.path.join(client_folder(), "node_modules", _package(), "claude")


def ready() -> str:
    """Return the path of the pinned client, installing it if need be. Raises `NotReady` with all that is missing."""
    missing = []
    if not sys.platform.startswith("linux") or not _package():
        system = f"{platform.system()} on {platform.machine()}"
        raise NotReady(f"the scenarios need Linux on x86_64 or aarch64, this is {system}")
    if os.geteuid() != 0:
        missing.append("root is missing: the scenarios make private mount and network namespaces; run this as root")
    missing += [
        f"the program `{program}` is missing: install the package util-linux"
        for program in ("unshare", "mount", "setsid")
        if not shutil.which(program)
    ]
    if client_folder() == "/tmp" or client_folder().startswith("/tmp/"):
        missing.append(f"{FOLDER_VARIABLE} must not lie in /tmp, which is empty inside a scenario")
    elif _version() != VERSION and not shutil.which("npm"):
        missing.append(
            f"the client {VERSION} is missing in {client_folder()}, and so is `npm` to install it: install Node.js, or "
            f"set {FOLDER_VARIABLE} to a folder in which `npm install {_package()}@{VERSION}` was done"
        )
    if missing:
        raise NotReady("\n".join(missing))
    if _version() != VERSION:
        _install()
    for tree in trees():
        closed = _closed_within(tree)
        if closed:
            raise NotReady(f"{closed} is closed to the client's unprivileged user: chmod -R go+rX {tree}")
    return client_path()


def trees() -> list[str]:
    """Return the folders that the client's user must be able to read: checkout, environment, interpreter, client."""
    wanted = [ROOT, os.path.realpath(sys.prefix), os.path.realpath(sys.base_prefix), os.path.dirname(client_path())]
    return [path for path in wanted if not any(path != other and path.startswith(other + "/") for other in wanted)]


def _closed_within(tree: str) -> str:
    """Return the first of the files that matter in `tree`, or of the folders to it, that others may not read."""
    package = os.path.join(sysconfig.get_path("purelib"), "click", "__init__.py")
    for path in (os.path.join(ROOT, "agentguard", "__init__.py"), package, os.__file__, client_path()):
        parts = os.path.relpath(os.path.realpath(path), tree).split("/")
        for count in range(1, len(parts) + 1) if parts[0] != ".." else ():
            step = os.path.join(tree, *parts[:count])
            if not os.stat(step).st_mode & stat.S_IROTH:
                return step
    return ""


def _version() -> str:
    """Return the version that the client says it has, "" where there is none."""
    try:
        done = subprocess.run([client_path(), "--version"], capture_output=True, text=True, timeout=60, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.partition(" ")[0].strip()


def _install() -> None:
    """Install the pinned client by npm. Raises `NotReady`."""
    wanted = f"{_package()}@{VERSION}"
    sys.stderr.write(f"installing {wanted} in {client_folder()} (once, about 380 MB) …\n")
    os.makedirs(client_folder(), mode=0o755, exist_ok=True)
    argv = ["npm", "install", "--prefix", client_folder(), "--no-audit", "--no-fund", "--save-exact", wanted]
    try:
        done = subprocess.run(argv, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise NotReady(f"npm did not install {wanted} within {_INSTALL_SECONDS} s") from None
    if done.returncode != 0:
        raise NotReady(f"npm could not install {wanted}: {done.stderr.strip()[-500:]}")
    found = _version()
    if found != VERSION:
        raise NotReady(f"{client_path()} says that it is {found or 'nothing'}, not {VERSION}")
