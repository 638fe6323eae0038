"""Begins a policy: a folder of one's own, from the starter in this package, from a bundle that ships, or upon a pack.

Nothing that is there is written over: the folder is new or empty.
"""

from __future__ import annotations

import json
import os
import re
import shlex

from agentguard.errors import ConfigError, UsageError
from agentguard.policy import layers, shape, source

_HERE = os.path.dirname(os.path.abspath(__file__))
_STARTER, _LAYER = os.path.join(_HERE, "starter_policy"), os.path.join(_HERE, "starter_layer")
_FOLDERS = ("", "rules", "tests")


def begin(folder: str, origin: str = "", name: str = "", pack: str = "") -> list[str]:
    """Write a policy called `name` (the folder's name) into `folder`; return its files, as paths within.

    `origin` is a bundle that ships, to be copied; `pack` one that the policy is to stand on, or a folder; "" for both: the
    starter. Raises `UsageError` for a name that no policy can have,
    `ConfigError` where something is in the way.
    """
    name = name or os.path.basename(os.path.abspath(folder))
    if not shape.NAME_FORM.fullmatch(name):
        near = "-".join(re.findall(r"[a-z0-9]+", name.lower())) or "acme"
        what = f"the name of a policy is lower-case letters, digits and dashes, not {name!r}"
        raise UsageError(what, hint=f"agentguard policy init {shlex.quote(folder)} --name {near}")
    root = source.shipped_bundle(origin) if origin else _LAYER if pack else _STARTER
    values = {"name": name, **(_pinned(pack, folder) if pack else {})}
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
                text = _filled(text, values)
            elif pack:  # packs of one's own may have begun in the same way
                text = text.replace('"own/', f'"{name.replace("_", "-")}/')
            with open(target, "x", encoding="utf-8") as stream:
                stream.write(text)
    except OSError as error:
        raise ConfigError(f"{error.filename or folder} cannot be written: {error.strerror}") from None
    return files


def _pinned(pack: str, folder: str) -> dict[str, str]:
    """Return the place of a pack as seen from a folder, and its digest. Raises `PolicyError`."""
    if not os.path.isdir(pack):
        return {"pack": pack, "digest": layers.digest(source.shipped_bundle(pack))}
    place = os.path.relpath(pack, folder).replace(os.sep, "/")
    return {"pack": place if "/" in place else f"./{place}", "digest": layers.digest(pack)}


def _filled(text: str, values: dict[str, str]) -> str:
    """Return a bundle.toml with other values of some keys, each where it stands first."""
    for key, value in values.items():
        line = f"{key} = {json.dumps(value, ensure_ascii=False)}"
        start = re.search(rf'^{key} = "[^"\n]*"', text, flags=re.MULTILINE)
        if start:
            text = text[: start.start()] + line + text[start.end() :]
    return text
