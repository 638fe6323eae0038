"""The client: where it is, and which version. Root starts no program that a person could have put there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from typing import TYPE_CHECKING, NamedTuple

from agentguard.deploy import managed, safepath
from agentguard.deploy.doctor import machine as machines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentguard.deploy.doctor.exam import Exam
    from agentguard.deploy.doctor.table import Finding

_VERSION = re.compile(r"\d+\.\d+\.\d+")
_USUAL = ("/usr/local/bin/claude", "/usr/bin/claude", "/opt/homebrew/bin/claude")
_SECONDS = 30


class Client(NamedTuple):
    """The client's program and its version, "" where it cannot be told."""

    path: str
    version: str


def find(exam: Exam) -> Client | None:
    """Return the client that is on the way of programs, or lies where installers put it."""
    homes = [os.path.join(person.home, ".local/bin/claude") for person in exam.machine.people()]
    first = shutil.which("claude", path=exam.machine.environ.get("PATH", ""))
    usual = (exam.machine.path(path) for path in _USUAL)
    for path in (first, *homes, *usual):
        if path and os.path.isfile(path):
            return Client(path, _version(path))
    return None


def may_start(path: str) -> bool:
    """Return whether this process may start a program: root only what nobody else could have put there."""
    return not hasattr(os, "geteuid") or os.geteuid() != 0 or not safepath.fault(path)


def check(exam: Exam) -> Iterator[Finding]:
    """Yield what is wrong with the client."""
    client = find(exam)
    if client is None:
        yield exam.finding("client/missing", "no program `claude` was found")
    elif not client.version:
        yield exam.finding("client/silent", f"{client.path} does not say its version")
    elif _numbers(client.version) < _numbers(managed.CLIENT):
        yield exam.finding("client/old", f"{client.path} is {client.version}, at least {managed.CLIENT} is needed")


def _version(path: str) -> str:
    """Return the version as installers write it beside the program, else as the program says it."""
    real = os.path.realpath(path)
    named = _VERSION.fullmatch(os.path.basename(real))  # ~/.local/share/claude/versions/2.1.330
    if named:
        return named[0]
    try:
        package = json.loads(machines.read(os.path.join(os.path.dirname(real), "package.json")) or b"{}")
    except (OSError, ValueError, RecursionError):
        package = {}
    version = package.get("version") if isinstance(package, dict) else None
    if isinstance(version, str) and _VERSION.match(version):
        return version
    if not may_start(real):
        return ""
    try:
        done = subprocess.run([real, "--version"], capture_output=True, timeout=_SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return ""
    said = _VERSION.search(done.stdout.decode("utf-8", "replace"))
    return said[0] if said else ""


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in _VERSION.match(version)[0].split("."))  # type: ignore[index]
