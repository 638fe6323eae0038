"""Begins a policy: a folder of one's own, from the starter in this package or from a bundle that ships.

Nothing that is there is written over: the folder is new or empty.
"""

from __future__ import annotations

import os
import re

from agentguard.errors import ConfigError, UsageError
from agentguard.policy import shape, source

_STARTER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "starter_policy")
_NAME = re.compile(r'^name = "[^"\n]*"', re.MULTILINE)
_FOLDERS = ("", "rules", "tests")


def begin(folder: str, origin: str = "", name: str = "") -> list[str]:
    """Write a policy called `name` (the folder's name) into `folder`; return its files, as paths within.

    `origin` is a bundle that ships, "" for the starter. Raises `UsageError` for a name that no policy can have,
    `ConfigError` where something is in the way.
    """
    name = name or os.path.basename(os.path.abspath(folder))
    if not shape.NAME_FORM.fullmatch(name):
        near = "-".join(re.findall(r"[a-z0-9]+", name.lower())) or "acme"
        what = f"the name of a policy is lower-case letters, digits and dashes, not {name!r}"
        raise UsageError(what, hint=f"agentguard policy init {folder} --name {near}")
    root = source.shipped_bundle(origin) if origin else _STARTER
    files = [
        os.path.join(part, file)
        for part in _FOLDERS
        for file in sorted(os.listdir(os.path.join(root, part)) if os.path.isdir(os.path.join(root, part)) else ())
        if file.endswith(".toml")
    ]
    try:
        os.makedirs(folder, exist_ok=True)
        if os.listdir(folder):
            raise ConfigError(f"{folder} is not empty", hint="name a folder that is new")
        for file in files:
            target = os.path.join(folder, file)
            os.makedirs(os.path.dirname(target), exist_ok=True)
            with open(os.path.join(root, file), encoding="utf-8") as stream:
                text = stream.read()
            if file == "bundle.toml":
                text = _NAME.sub(f'name = "{name}"', text, count=1)
            with open(target, "x", encoding="utf-8") as stream:
                stream.write(text)
    except OSError as error:
        raise ConfigError(f"{error.filename or folder} cannot be written: {error.strerror}") from None
    return files
