"""Where managed settings of Claude Code come from on a machine, and which of them are in force.

The client takes the highest source that is there, alone: console, then MDM (property list, HKLM), then the file with its
drop-ins, then HKCU. If the highest says `managedSourcesBehavior: "merge"`, all are united: texts and numbers from the
highest, lists united, and of what restricts the stricter. The console is skipped where the client asks another server.
Drop-ins are read after the file in alphabetical order: the
last word counts, lists are united, hooks are appended.

Sources: code.claude.com "Managed settings"; the client's own description of the key (2.1.330).
"""

from __future__ import annotations

import json
import os
import plistlib
from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard.deploy import targets
from agentguard.deploy.doctor import machine as machines
from agentguard.deploy.lint.formats import BAD_PLIST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agentguard.deploy.doctor.machine import Machine, Person

CONSOLE, MDM, FILE, USER_REGISTRY = "console", "MDM", "file", "HKCU"
# With these the client skips the console (measured for the first; code.claude.com, "Server-managed settings").
_OTHER_SERVER = ("ANTHROPIC_BASE_URL", "CLAUDE_CODE_USE_BEDROCK", "CLAUDE_CODE_USE_VERTEX", "CLAUDE_CODE_USE_FOUNDRY")
_PREFERENCES = "/Library/Managed Preferences"


class Source(NamedTuple):
    """One source that is there. `value` is {} where `problem` says why it cannot be read; `files` it was read from."""

    kind: str
    place: str
    value: dict[str, Any]
    problem: str = ""
    files: tuple[str, ...] = ()


class Effective(NamedTuple):
    """What is in force: `winner` is the highest source, `merged` whether the others count too."""

    winner: Source
    value: dict[str, Any]
    merged: bool


def of_machine(machine: Machine, person: Person) -> list[Source]:
    """Return the sources that are there for a person, the highest first."""
    found = [*_mdm(machine, person), _file(machine)]
    if machine.platform == "win32":
        found.append(_registry(machine, "HKCU", USER_REGISTRY))
    if not _skips_console(machine, found):
        found.insert(0, _console(machine, person))
    return [source for source in found if source is not None and (source.value or source.problem)]


def effective(sources: list[Source]) -> Effective | None:
    """Return what is in force of these sources, the highest first; None where there are none."""
    if not sources:
        return None
    winner = sources[0]
    if winner.value.get("managedSourcesBehavior") != "merge":
        return Effective(winner, winner.value, merged=False)
    value: dict[str, Any] = {}
    for source in reversed(sources):
        value = united(value, source.value, strictest=True)
    return Effective(winner, value, merged=True)


def united(below: dict[str, Any], above: dict[str, Any], *, strictest: bool = False) -> dict[str, Any]:
    """Return two settings as one. `strictest`: a switch that restricts stays on, whoever says so."""
    found = dict(below)
    for key, value in above.items():
        old = found.get(key)
        if isinstance(old, dict) and isinstance(value, dict):
            found[key] = united(old, value, strictest=strictest)
        elif isinstance(old, list) and isinstance(value, list):
            found[key] = [*old, *(one for one in value if one not in old)]
        elif strictest and old is True and value is False and key.startswith(("disable", "allowManaged")):
            continue
        else:
            found[key] = value
    return found


def _skips_console(machine: Machine, others: list[Source | None]) -> bool:
    """Return whether the client takes nothing from the console here: it asks another server than the console's."""
    env: dict[str, Any] = dict(machine.environ)
    for source in others:
        value = source.value.get("env") if source else None
        env.update(value if isinstance(value, dict) else {})
    return any(env.get(name) for name in _OTHER_SERVER)


def _console(machine: Machine, person: Person) -> Source | None:
    """Return what the client keeps of its last fetch from the console."""
    path = os.path.join(machine.config_dir(person), "remote-settings.json")
    source = _read(CONSOLE, path, json.loads, person)
    if source and isinstance(source.value.get("settings"), dict):
        return source._replace(value=source.value["settings"])
    return source


def _mdm(machine: Machine, person: Person) -> Iterable[Source | None]:
    if machine.platform == "win32":
        return [_registry(machine, "HKLM", MDM)]
    if machine.platform != "darwin":
        return []
    name = f"{targets.DOMAIN}.plist"
    paths = (f"{_PREFERENCES}/{person.name}/{name}", f"{_PREFERENCES}/{name}")
    found = (_read(MDM, machine.path(path), plistlib.loads) for path in paths)
    return [next((source for source in found if source and (source.value or source.problem)), None)]


def _registry(machine: Machine, hive: str, kind: str) -> Source | None:
    text = machine.registry(hive)
    place = f"{hive}\\{targets.REGISTRY_KEY.partition(chr(92))[2]}"
    return None if text is None else _parsed(kind, place, text.encode(), json.loads)


def _file(machine: Machine) -> Source | None:
    target = targets.TARGETS[machine.target]
    paths = [machine.path(target.settings)]
    folder = machine.path(target.drop_ins)
    try:
        names = sorted(os.listdir(folder))
    except (FileNotFoundError, NotADirectoryError):
        names = []
    except OSError as error:
        return Source(FILE, folder, {}, (error.strerror or str(error)).lower(), (folder,))
    paths += [os.path.join(folder, name) for name in names if name.endswith(".json") and not name.startswith(".")]
    value: dict[str, Any] = {}
    files = []
    for path in paths:
        source = _read(FILE, path, json.loads)
        if source is None:
            continue
        files.append(path)
        if source.problem:
            return source._replace(files=tuple(files))
        value = united(value, source.value)
    place = files[0] if len(files) == 1 else os.path.dirname(paths[0])
    return Source(FILE, place, value, files=tuple(files)) if files else None


def _read(kind: str, path: str, parse: Callable[[bytes], Any], person: Person | None = None) -> Source | None:
    try:
        data = machines.read_of(person, path) if person else machines.read(path)
    except OSError as error:
        return Source(kind, path, {}, (error.strerror or str(error)).lower(), (path,))
    return None if data is None else _parsed(kind, path, data, parse)


def _parsed(kind: str, place: str, data: bytes, parse: Callable[[bytes], Any]) -> Source:
    try:
        value = parse(data)
    except BAD_PLIST as error:  # among them all that json raises
        return Source(kind, place, {}, f"it cannot be read: {error}", (place,))
    if not isinstance(value, dict):
        return Source(kind, place, {}, "it holds no object", (place,))
    return Source(kind, place, value, files=(place,))
