"""agentguard's own configuration, `agentguard.toml`: one table of settings that reading, writing and the docs share.

On a managed install the file is root's and comes from MDM; on a personal one `enroll` writes it. The hook never reads
TOML: all settings travel in the seal, written there by the sync.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from typing import Any, NamedTuple

import tomli_w

from agentguard import plainfile
from agentguard.errors import ConfigError

LIMIT = 65_536  # bytes


class Setting(NamedTuple):
    """One key of `agentguard.toml`. `choices`: the texts that are allowed, () for any."""

    name: str
    default: str | bool | int | list[str]
    choices: tuple[str, ...]
    doc: str


SETTINGS = (
    Setting("sync_url", "", (), "Where the bundle is published: an https URL, or a folder."),
    Setting("org", "", (), "The organisation whose bundle is accepted, where the anchor does not name it."),
    Setting("device", "", (), "The id of this device in records."),
    Setting("collector_url", "", (), "Where records go; empty: where the signed bundle says."),
    Setting("background", True, (), "Whether the hook may start a sync (personal installs only)."),
    Setting("verify", "auto", ("auto", "always"), "always: check signatures on every call."),
    Setting("grace_days", 30, (), "The most days that an expired bundle stays in force unchanged; 0 to 30."),
    Setting(
        "stage",
        "enforce",
        ("enforce", "observe"),
        "observe: only record what would have happened (managed installs only).",
    ),
    Setting("user", "", (), "Who uses this device, in place of the account's name (managed installs only)."),
    Setting("groups", [], (), "Groups of that person beside those of the operating system (managed installs only)."),
    Setting("device_kind", "", ("", "ci"), "ci: nobody sits before this device (managed installs only)."),
)
_BY_NAME = {setting.name: setting for setting in SETTINGS}
_KINDS = {str: "a text", bool: "true or false", int: "a whole number", list: "a list of texts"}
_MAX_GRACE = 30


def read(path: str) -> dict[str, Any]:
    """Return all settings by name, defaults for those that the file does not name. Raises `ConfigError`."""
    if not os.path.lexists(path):
        raise ConfigError(
            f"there is no {path}: this installation trusts no organisation yet",
            hint="agentguard enroll URL --root-sha256 HEX",
            code="not-enrolled",
        )
    data = plainfile.read(path, LIMIT, link=True)
    try:
        values = tomllib.loads(data.decode())
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not TOML: {error}") from None
    return {**{setting.name: setting.default for setting in SETTINGS}, **checked(values, path)}


def checked(values: dict[str, Any], where: str) -> dict[str, Any]:
    """Return `values` if every one is a setting as the table says. Raises `ConfigError`."""
    for name, value in values.items():
        setting = _BY_NAME.get(name)
        if setting is None:
            near = difflib.get_close_matches(name, _BY_NAME, n=1)
            hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(_BY_NAME)}"
            raise ConfigError(f"{where}: unknown setting {name}", hint=hint)
        kind = type(setting.default)
        if type(value) is not kind or (type(value) is list and not all(type(one) is str for one in value)):
            raise ConfigError(f"{where}: {name} is not {_KINDS[kind]}")
        if setting.choices and value not in setting.choices:
            allowed = ", ".join(repr(choice) for choice in setting.choices)
            raise ConfigError(f"{where}: {name} is {value!r}, allowed are {allowed}")
        if type(value) is int and not 0 <= value <= _MAX_GRACE:
            raise ConfigError(f"{where}: grace_days must be 0 to {_MAX_GRACE}")
    return values


def text(values: dict[str, Any]) -> str:
    """Return the settings as the text of `agentguard.toml`, each with its explanation. Raises `ConfigError`."""
    checked(values, "settings")
    parts = [
        f"\n# {setting.doc}\n{tomli_w.dumps({setting.name: values[setting.name]})}"
        for setting in SETTINGS
        if setting.name in values
    ]
    return "# agentguard's configuration on this device.\n" + "".join(parts)
