"""What the settings start: that it is there, is the real interpreter, fits the code, and nobody else could change it."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from agentguard.deploy import install, safepath

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentguard.deploy.doctor.exam import Exam
    from agentguard.deploy.doctor.table import Finding

_TAG = "import sys; sys.stdout.write(sys.implementation.cache_tag)"
_SHIMS = ("/shims/", "/.pyenv/", "/.asdf/")


def check(exam: Exam) -> Iterator[Finding]:
    """Yield what is wrong with the hook's command and the installed code."""
    own = install.started(exam.where)
    if not os.path.isfile(own):
        yield exam.finding("command/not-installed", f"there is no {own}")
    if exam.entry is not None and not exam.argv:
        yield exam.finding("command/shell", f"the settings start {exam.entry.get('command')!r} through a shell")
    if not exam.argv:
        return
    program = exam.argv[0]
    there = True
    for path in exam.files:
        if not os.path.isfile(path):
            there = False
            yield exam.finding("command/missing", f"the settings start {path}, which is not there", place=path)
        elif exam.where.managed:
            yield from _rights(exam, path)
    if not there:
        return
    if _is_shim(program):
        yield exam.finding("command/shim", f"{program} is a script that looks for Python", place=program)
    elif exam.files[-1] == own:
        yield from _python(exam, install.python_of(exam.where) if program == own else program)


def _rights(exam: Exam, path: str) -> Iterator[Finding]:
    why, part = safepath.fault(path), safepath.closed(path)
    if why:
        yield exam.finding("command/unsafe", f"{path}: {why}", place=path)
    if part:
        yield exam.finding("command/closed", f"others than root cannot read {part}", place=part)


def _is_shim(program: str) -> bool:
    if any(part in program for part in _SHIMS):
        return True
    try:
        with open(program, "rb") as file:
            return file.read(2) == b"#!"
    except OSError:
        return False


def _python(exam: Exam, program: str) -> Iterator[Finding]:
    """Yield a finding if the interpreter is not the one that the installed code is compiled for."""
    folder = install.code_folder(exam.where)
    try:
        names = os.listdir(os.path.join(folder, "agentguard", "__pycache__"))
    except OSError:
        yield exam.finding("command/not-installed", f"there is no compiled code in {folder or exam.where.code}")
        return
    try:
        done = subprocess.run([program, "-I", "-S", "-c", _TAG], capture_output=True, timeout=30, check=False)
        tag = done.stdout.decode("ascii", "replace") if done.returncode == 0 else ""
    except (OSError, subprocess.TimeoutExpired):
        tag = ""
    if not tag or not any(f".{tag}." in name for name in names):
        yield exam.finding("command/other-python", f"{program} is {tag or 'no Python'}, the code is for another one")
