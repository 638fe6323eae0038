"""Copies agentguard to a place that outlives the checkout, and writes the scripts that start it.

    <code>/versions/0.1.0-1a2b3c4d/   the packages, compiled; never changed once it is there
    <code>/bin/python3                a link to the interpreter that they are compiled for
    <code>/hook.py  <code>/cli.py     name one version
    <code>/install.json               what is installed: {"version", "folder", "previous"}

Link and scripts are replaced atomically, so a running agent never meets a gap, and the command in its settings stays
the same through every upgrade of agentguard and of Python.

The folder's name holds a digest of its contents, so the compiled files need no check against their sources (PEP 552,
unchecked hash), and a second installation of the same code copies nothing. The version before stays for hooks that are
running now; older ones are removed.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
import sys
from typing import TYPE_CHECKING

from agentguard import __version__
from agentguard.bundle import files
from agentguard.deploy import closure, interpreter, packaged, packed, safepath, stub
from agentguard.errors import ConfigError
from agentguard.places import managed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentguard.places import Places

_VERSIONS, _BIN, _RECORD, _CLI, _LOCK = "versions", "bin", "install.json", "cli.py", "install.lock"
_AGAIN = "run `agentguard quickstart` or `agentguard install --user`"


def install_code(places: Places) -> list[str]:
    """Copy the running agentguard to `places.code` and return the argv of the installed hook.

    Safe to repeat, and while hooks run. Raises ConfigError where it cannot be done; the scripts are then as before.
    """
    python = interpreter.base()
    sources = closure.runtime()
    try:
        with _modes_of(places):
            os.makedirs(places.code, exist_ok=True)
            with files.locked(os.path.join(places.code, _LOCK)) as free:
                if not free:
                    raise ConfigError(f"another installation to {places.code} is running")
                _install(places, python, sources)
    except OSError as error:
        raise ConfigError(
            f"agentguard's code cannot be copied to {places.code}: {files.reason(error)}",
            hint="make that folder writable, or free some space, and run the command again",
        ) from None
    return hook_command(places)


def install_system() -> list[str]:
    """Install for everybody on this machine, as root: the code, and the folder of spools. Raises ConfigError."""
    where = managed()
    if os.geteuid() != 0:
        raise ConfigError(f"only root can install to {where.code}", hint="sudo agentguard install --system")
    if packaged.folder(where):
        raise ConfigError(
            f"agentguard is installed in {where.code} by a package",
            hint=f"upgrade the package, or take it away first: sudo dpkg --remove {packaged.NAME}",
        )
    for path in (interpreter.base(), where.stub):
        safepath.require(path)
    argv = install_code(where)
    files.make_folder(where.spools, 0o755)
    os.chmod(where.spools, 0o1733)  # noqa: S103 - everybody makes a folder of their own in it, and cannot list it
    return argv


def hook_command(places: Places) -> list[str]:
    """Return the argv that the agent's settings start. Raises ConfigError where nothing is installed."""
    _require_installed(places)
    return [started(places)] if packaged.folder(places) else [python_of(places), "-I", "-S", places.stub]


def cli_command(places: Places) -> list[str]:
    """Return the argv of the installed command line, to which arguments are added. Raises ConfigError as above."""
    _require_installed(places)
    return cli_of(places)


def started(places: Places) -> str:
    """Return the file that is the hook's own in that argv: the launcher of a package, else the stub."""
    return packaged.launcher(places) if packaged.folder(places) else places.stub


def cli_of(places: Places) -> list[str]:
    """Return the argv of the command line, whether it is there or not."""
    if packaged.folder(places):
        return [packaged.COMMAND]
    return [python_of(places), "-I", "-S", os.path.join(places.code, _CLI)]


def python_of(places: Places) -> str:
    """Return the interpreter that the hook runs in; without a package, as settings name it."""
    if version := packaged.folder(places):
        return os.path.join(version, _BIN, "python3")
    return os.path.join(places.code, _BIN, "python3")


def code_folder(places: Places) -> str:
    """Return the folder of the version that is installed, "" where nothing is."""
    if version := packaged.folder(places):
        return os.path.join(version, packaged.LIBRARY)
    name = _read_record(places).get("folder", "")
    return os.path.join(places.code, _VERSIONS, name) if name else ""


def remove_code(places: Places) -> None:
    """Take away what `install_code` put there, and nothing else. Raises ConfigError where it cannot."""
    try:
        for name in (os.path.basename(places.stub), _CLI, _RECORD, _LOCK):
            with contextlib.suppress(FileNotFoundError):
                os.unlink(os.path.join(places.code, name))
        for name in (_BIN, _VERSIONS):
            with contextlib.suppress(FileNotFoundError):
                shutil.rmtree(os.path.join(places.code, name))
    except OSError as error:
        raise ConfigError(f"agentguard's code cannot be removed: {files.reason(error)}") from None


def _install(places: Places, python: str, sources: dict[str, str]) -> None:
    versions = os.path.join(places.code, _VERSIONS)
    digest = _digest(sources)
    name = f"{__version__}-{digest[:8]}"
    folder = os.path.join(versions, name)
    if _digest({path: os.path.join(folder, path) for path in sources}) != digest:
        _copy(sources, folder)
    before = _read_record(places)
    previous = before.get("folder", "")
    if previous == name:
        previous = before.get("previous", "")
    _link(python, python_of(places))
    record = {"version": __version__, "folder": name, "previous": previous}
    for path, text in (
        (os.path.join(places.code, _RECORD), json.dumps(record, indent=2) + "\n"),
        (cli_of(places)[-1], stub.cli_text(ascii(folder))),
        (places.stub, stub.hook_text(places, ascii(folder), cli_of(places))),
    ):
        files.replace(path, text.encode("ascii"), 0o644 if places.managed else 0o600)
    for other in set(os.listdir(versions)) - {name, previous}:
        shutil.rmtree(os.path.join(versions, other), ignore_errors=True)


def _link(target: str, path: str) -> None:
    """Make `path` a link to `target` in one step."""
    os.makedirs(os.path.dirname(path), exist_ok=True)
    beside = f"{path}.{os.getpid()}.new"
    with contextlib.suppress(FileNotFoundError):
        os.unlink(beside)
    os.symlink(target, beside)
    os.replace(beside, path)


@contextlib.contextmanager
def _modes_of(places: Places) -> Iterator[None]:
    """Make every file for its owner alone; in a managed install, for everybody to read."""
    before = os.umask(0o022 if places.managed else 0o077)
    try:
        yield
    finally:
        os.umask(before)


def _digest(sources: dict[str, str]) -> str:
    """Return a digest of names, contents and the interpreter's kind of compiled file; "" if a file is missing."""
    total = hashlib.sha256(f"{sys.implementation.cache_tag}\n".encode())
    for name in sorted(sources):
        try:
            with open(sources[name], "rb") as file:
                total.update(f"{name}\0{hashlib.file_digest(file, 'sha256').hexdigest()}\n".encode())
        except FileNotFoundError:
            return ""
    return total.hexdigest()


def _copy(sources: dict[str, str], folder: str) -> None:
    """Make `folder` from the sources, compiled; it appears whole, under its own name, at the end."""
    beside = f"{folder}.{os.getpid()}.new"
    shutil.rmtree(beside, ignore_errors=True)
    for name, source in sources.items():
        target = os.path.join(beside, name)
        os.makedirs(os.path.dirname(target), exist_ok=True)
        shutil.copyfile(source, target)
    packed.compile_tree(beside, folder)
    shutil.rmtree(folder, ignore_errors=True)  # there only if it was damaged
    os.rename(beside, folder)


def _read_record(places: Places) -> dict[str, str]:
    """Return what `install.json` says, {} where it is missing or makes no sense."""
    try:
        with open(os.path.join(places.code, _RECORD), "rb") as file:
            record = json.load(file)
    except (OSError, ValueError):
        return {}
    good = isinstance(record, dict) and all(
        isinstance(record.get(name), str) for name in ("version", "folder", "previous")
    )
    return record if good else {}


def _require_installed(places: Places) -> None:
    if not os.path.isfile(started(places)) or not os.path.lexists(python_of(places)):
        raise ConfigError(f"agentguard is not installed in {places.code}", hint=_AGAIN)
