"""Which Python the hook is started with: the real one, which is still there when a checkout or its environment is gone.

A virtual environment's `python` is a link that dies with the environment, and a pyenv shim is a shell script that costs
more than the hook itself. So the link is followed to the interpreter that the environment was made from.
"""

from __future__ import annotations

import os
import subprocess
import sys

from agentguard.errors import ConfigError

_ASK = "import sys; print(sys.implementation.cache_tag)"
_HINT = "install Python 3.11 or newer outside of any project folder and make the virtual environment with that one"


def base() -> str:
    """Return the absolute path of the interpreter behind this process. Raises ConfigError where none would do."""
    # _base_executable is what the standard library's venv goes by; absent outside CPython
    return checked(os.path.realpath(getattr(sys, "_base_executable", "") or sys.executable))


def checked(path: str) -> str:
    """Return `path` if it is an interpreter that can run the installed code. Raises ConfigError otherwise."""
    if not os.path.isfile(path) or not os.access(path, os.X_OK):
        raise ConfigError(f"the Python interpreter {path} is not there or cannot be run", hint=_HINT)
    with open(path, "rb") as file:
        if file.read(2) == b"#!":
            raise ConfigError(f"{path} is a script that starts Python, not Python itself", hint=_HINT)
    environment = _environment(path)
    if environment:
        raise ConfigError(f"the Python interpreter {path} lies in {environment} and would go away with it", hint=_HINT)
    try:
        answer = subprocess.run(
            [path, "-I", "-S", "-c", _ASK], capture_output=True, timeout=30, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ConfigError(f"the Python interpreter {path} does not start: {error}", hint=_HINT) from None
    tag = answer.stdout.decode("utf-8", "replace").strip()
    if answer.returncode != 0 or tag != sys.implementation.cache_tag:
        raise ConfigError(
            f"{path} is not the Python that agentguard runs on ({tag or 'no answer'}, not "
            f"{sys.implementation.cache_tag})",
            hint=_HINT,
        )
    return path


def _environment(path: str) -> str:
    """Return the virtual environment or the checkout of agentguard that `path` lies in, "" where it is neither."""
    folder = os.path.dirname(path)
    while (parent := os.path.dirname(folder)) != folder:
        if os.path.lexists(os.path.join(folder, "pyvenv.cfg")) or _is_checkout(folder):
            return folder
        folder = parent
    return ""


def _is_checkout(folder: str) -> bool:
    return os.path.isfile(os.path.join(folder, "pyproject.toml")) and os.path.isfile(
        os.path.join(folder, "agentguard", "__init__.py")
    )
