"""Which files a running agentguard consists of: its own package, its bundles, and every distribution it requires.

Read from what is installed, not from a list kept by hand: the requirements in the metadata of the distribution
`agentguard`, without extras, walked to the end; of each distribution, the files in its RECORD (PyPA specification
"Recording installed projects"). The copy keeps each distribution's metadata, so it can be copied from in turn.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
from typing import TYPE_CHECKING

import agentguard
from agentguard.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = "agentguard"
_HINT = "make a virtual environment and run `python -m pip install CHECKOUT` in it"
# name, [extras], version, ; marker (PyPA specification "Dependency specifiers")
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][A-Za-z0-9._-]*)\s*(?:\[([^\]]*)\])?([^;]*)(?:;(.*))?", re.DOTALL)
_EXTRA = re.compile(r"""\bextra\s*==\s*['"]([^'"]+)['"]""")


def runtime() -> dict[str, str]:
    """Return {path in the copy: path of the file} of everything that agentguard needs at run time.

    Raises ConfigError if a required distribution is not installed, or does not say which files are its own.
    """
    _, *others = _required()
    found = own()
    for distribution in others:
        if distribution.files is None:
            raise ConfigError(f"{distribution.name} does not say which files belong to it", hint=_HINT)
        for file in distribution.files:
            if not {"..", "__pycache__"} & set(file.parts) and not file.is_absolute():
                found[file.as_posix()] = str(distribution.locate_file(file))
    return found


def own() -> dict[str, str]:
    """Return the files of agentguard itself, as `runtime` does, whether it is installed or runs from a checkout."""
    package = os.path.dirname(os.path.abspath(agentguard.__file__))
    found = _tree(package, _NAME)
    if not os.path.isdir(os.path.join(package, "bundles")):  # a checkout keeps them beside the package
        found.update(_tree(os.path.join(os.path.dirname(package), "bundles"), f"{_NAME}/bundles"))
    distribution = _distribution(_NAME)
    metadata = f"{_NAME}-{distribution.version}.dist-info/METADATA"
    found[metadata] = str(distribution.locate_file(metadata))
    return found


def _tree(folder: str, name: str) -> dict[str, str]:
    """Return the files beneath `folder`, as paths beneath `name`. Compiled files are not copied but made anew."""
    found = {}
    for path, folders, files in os.walk(folder):
        folders[:] = [one for one in folders if one != "__pycache__"]
        for file in files:
            source = os.path.join(path, file)
            if not file.endswith(".pyc") and os.path.isfile(source):
                found[os.path.join(name, os.path.relpath(source, folder)).replace(os.sep, "/")] = source
    return found


def _required() -> list[importlib.metadata.Distribution]:
    """Return agentguard's distribution and, after it, every distribution that it requires."""
    found = {_NAME: _distribution(_NAME)}
    todo = [(_NAME, "")]
    done = set(todo)
    while todo:
        name, extra = todo.pop()
        for wanted, extras, certain in _requirements(found[name], extra):
            try:
                found.setdefault(wanted, found.get(wanted) or _distribution(wanted))
            except ConfigError:
                if certain:
                    raise
                continue  # its marker rules it out here, or pip would have installed it
            new = {(wanted, ""), *((wanted, one) for one in extras)} - done
            done |= new
            todo.extend(new)
    return list(found.values())


def _requirements(
    distribution: importlib.metadata.Distribution, extra: str
) -> Iterator[tuple[str, tuple[str, ...], bool]]:
    """Yield (name, its extras, whether it is required whatever the platform) of what `extra` ("": none) asks for."""
    for text in distribution.requires or ():
        match = _REQUIREMENT.match(text)
        if not match:
            continue
        name, extras, _version, marker = (part or "" for part in match.groups())
        asked_by = {_normal(one) for one in _EXTRA.findall(marker)}
        if (extra in asked_by) if extra else not asked_by:
            yield _normal(name), tuple(_normal(one) for one in extras.split(",") if one.strip()), not marker


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name.strip()).lower()


def _distribution(name: str) -> importlib.metadata.Distribution:
    try:
        return importlib.metadata.distribution(name)
    except importlib.metadata.PackageNotFoundError:
        raise ConfigError(f"the Python package {name} is not installed beside this agentguard", hint=_HINT) from None
