"""Whether package/requirements.lock holds what pyproject.toml and every locked distribution ask for."""

import importlib.metadata
import os
import re

from _venv import ROOT
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

LOCK = os.path.join(ROOT, "package", "requirements.lock")
AGAIN = "uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-annotate -o " + (
    os.path.relpath(LOCK, ROOT)
)
_PIN = re.compile(r"(?m)^([A-Za-z0-9._-]+)==(\S+)")


def pins():
    """Return {normal name: version} of the lock."""
    with open(LOCK, encoding="ascii") as file:
        return {canonicalize_name(name): version for name, version in _PIN.findall(file.read())}


def unmet(requirements, versions, environment=None):
    """Return those of the requirements that hold here (extras never do) and that no version fulfils, as texts."""
    found = []
    for text in requirements:
        wanted = Requirement(text)
        if wanted.marker and not wanted.marker.evaluate({"extra": "", **(environment or {})}):
            continue
        version = versions.get(canonicalize_name(wanted.name))
        if version is None or not wanted.specifier.contains(version, prereleases=True):
            found.append(f"{text} (locked: {version})")
    return found


def unmet_in(folder, python):
    """Return what a distribution in a folder of installed ones asks for and is not there. `python`: like 3.11."""
    distributions = list(importlib.metadata.distributions(path=[folder]))
    versions = {canonicalize_name(one.name): one.version for one in distributions}
    environment = {"python_version": python, "python_full_version": f"{python}.0"}
    return [text for one in distributions for text in unmet(one.requires or (), versions, environment)]
