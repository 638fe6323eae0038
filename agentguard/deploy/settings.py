"""Adds the hook to a person's ~/.claude/settings.json, and takes it out again.

The file is the person's: unknown keys, their order, the indentation and other hooks stay. Before the first change the
file's bytes go into agentguard's own state (readable by the person alone: settings can hold keys), together with a
digest of what was written. So taking the hook out gives back exactly the bytes from before if nobody has touched the
file since; if somebody has, exactly our entries are removed and the rest stays.

A file that is not plain (a link, a folder, somebody else's) or not JSON is refused, and nothing is changed.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard import jsontext
from agentguard.bundle import files
from agentguard.deploy import events
from agentguard.digest import sha256_hex
from agentguard.errors import ConfigError

if TYPE_CHECKING:
    from agentguard.places import Places

RESTORED, CLEANED, ABSENT = "restored", "cleaned", "absent"
_LIMIT = 4 * 1024 * 1024  # bytes of a settings file
_INDENT = re.compile(rb"\n([ \t]+)\S")
_MEND = "mend the file or move it away; nothing was changed"


class _Backup(NamedTuple):
    """What was there before us: `original` (None: no file), whether we made the folder, and what we wrote."""

    original: bytes | None
    made_folder: bool
    written: str


def path_of(places: Places) -> str:
    """Return the settings file of the person whose install this is."""
    return os.path.join(places.home, ".claude", "settings.json")


def backup_of(places: Places) -> str:
    """Return the file that holds what was there before us."""
    return os.path.join(places.state, "settings-backup.json")


def add(places: Places, argv: list[str], *, enforce: bool) -> bool:
    """Put the hook into the settings; return whether the file changed. Safe to repeat.

    Raises ConfigError if the file is not one that can be edited safely; nothing is changed then.
    """
    path = path_of(places)
    current = _read(path)
    backup = _load_backup(places)
    base = _without(current, backup, places)
    value = {} if base is None else _parse(base, path)
    for event, group in events.groups(argv, enforce=enforce).items():
        value.setdefault("hooks", {}).setdefault(event, []).append(group)
    wanted = _serialise(value, base or b"", path)
    if current == wanted and backup is not None:
        return False
    made = backup.made_folder if backup else not os.path.isdir(os.path.dirname(path))
    try:
        _save_backup(places, _Backup(base, made, sha256_hex(wanted)))
        os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
        _swap(path, current, wanted)
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {files.reason(error)}") from None
    return True


def remove(places: Places) -> str:
    """Take the hook out of the settings. Safe to repeat.

    Returns RESTORED (the bytes from before), CLEANED (the file has changed since; only our entries are gone) or ABSENT
    (nothing of ours was there). Raises ConfigError as `add` does.
    """
    path = path_of(places)
    current = _read(path)
    backup = _load_backup(places)
    base = _without(current, backup, places)
    try:
        if base != current:
            _swap(path, current, base)
        if backup:
            if backup.made_folder:
                with contextlib.suppress(OSError):  # not empty: the person's by now
                    os.rmdir(os.path.dirname(path))
            os.unlink(backup_of(places))
    except OSError as error:
        raise ConfigError(f"{path} cannot be restored: {files.reason(error)}") from None
    if base == current:
        return ABSENT
    return RESTORED if backup and base == backup.original else CLEANED


def hook_entry(places: Places, event: str) -> dict[str, Any] | None:
    """Return our entry for `event` as it stands in the settings now, None where there is none."""
    path = path_of(places)
    data = _read(path)
    if data is None:
        return None
    groups = _parse(data, path).get("hooks", {}).get(event, [])
    return next((entry for group in groups for entry in _entries(group) if _is_ours(entry, places)), None)


def warnings(places: Places) -> list[str]:
    """Return what in the settings or the environment keeps the client from starting the hook, one sentence each."""
    found = []
    path = path_of(places)
    if _parse(_read(path) or b"", path).get("disableAllHooks") is True:
        found.append(f"{path} has `disableAllHooks: true`: the client will start no hook until you remove it")
    other = os.environ.get("CLAUDE_CONFIG_DIR")
    if other and os.path.realpath(other) != os.path.realpath(os.path.dirname(path)):
        found.append(f"CLAUDE_CONFIG_DIR is set: the client reads its settings from {other}, not from {path}")
    return found


def _without(current: bytes | None, backup: _Backup | None, places: Places) -> bytes | None:
    """Return the file as it would be without us (None: no file)."""
    if current is None:
        return None
    if backup and sha256_hex(current) == backup.written:
        return backup.original
    path = path_of(places)
    value = _parse(current, path)
    before = _parse(backup.original or b"", path) if backup else {}
    if not _strip(value, before, places):
        return current
    if backup and jsontext.dumps(value) == jsontext.dumps(before):  # somebody only laid the file out anew
        return backup.original
    return _serialise(value, current, path)


def _strip(value: dict[str, Any], before: dict[str, Any], places: Places) -> bool:
    """Remove our entries from `value`, and what they alone filled; return whether there were any."""
    hooks = value.get("hooks", {})
    found = False
    for event, groups in list(hooks.items()):
        kept = [rest for group in groups for rest in _strip_group(group, places)]
        if kept == groups:
            continue
        found = True
        hooks[event] = kept
        if not kept and event not in before.get("hooks", {}):
            del hooks[event]
    if found and not hooks and "hooks" not in before:
        del value["hooks"]
    return found


def _strip_group(group: Any, places: Places) -> list[Any]:
    """Return the matcher group without our entries, in a list; an empty list if it held nothing else."""
    entries = _entries(group)
    kept = [entry for entry in entries if not _is_ours(entry, places)]
    if len(kept) == len(entries):
        return [group]
    return [{**group, "hooks": kept}] if kept else []


def _entries(group: Any) -> list[Any]:
    """Return the hooks of a matcher group; none where the person wrote something else."""
    entries = group.get("hooks") if isinstance(group, dict) else None
    return entries if isinstance(entries, list) else []


def _is_ours(entry: Any, places: Places) -> bool:
    """Return whether a hook entry starts our stub, in exec form or (edited by somebody) in shell form."""
    if not isinstance(entry, dict):
        return False
    args = entry.get("args")
    words = [entry.get("command"), *(args if isinstance(args, list) else [])]
    return any(isinstance(word, str) and places.stub in word for word in words)


def _read(path: str) -> bytes | None:
    """Return the bytes of the settings file, None where there is none. Raises ConfigError if it is not a plain file."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        if os.path.islink(path):
            raise ConfigError(
                f"{path} is a link, and a link that is replaced would leave {os.path.realpath(path)} behind",
                hint="put a plain file there (cp the target over it), then run the command again",
            ) from None
        raise ConfigError(f"{path} cannot be read: {files.reason(error)}") from None
    try:
        facts = os.fstat(fd)
        if not stat.S_ISREG(facts.st_mode):
            raise ConfigError(f"{path} is not a file", hint="move it away, then run the command again")
        if facts.st_uid != os.geteuid():
            raise ConfigError(f"{path} belongs to somebody else", hint="run the command as the person who owns it")
        with open(fd, "rb", closefd=False) as file:
            data = file.read(_LIMIT + 1)
    finally:
        os.close(fd)
    if len(data) > _LIMIT:
        raise ConfigError(f"{path} is over {_LIMIT >> 20} MiB, which is no settings file")
    return data


def _parse(data: bytes, path: str) -> dict[str, Any]:
    """Return the settings; {} for an empty file, as the client takes it. Raises ConfigError if they are not usable."""
    try:
        value = jsontext.loads(data) if data.strip() else {}
        jsontext.dumps(value)
    except (ValueError, RecursionError) as error:
        raise ConfigError(f"{path} is not JSON that can be edited: {error}", hint=_MEND) from None
    if not isinstance(value, dict):
        raise ConfigError(f"{path} does not hold a JSON object", hint=_MEND)
    hooks = value.get("hooks", {})
    if not isinstance(hooks, dict) or not all(isinstance(groups, list) for groups in hooks.values()):
        raise ConfigError(f"{path}: `hooks` is not an object of lists", hint=_MEND)
    return value


def _serialise(value: dict[str, Any], like: bytes, path: str) -> bytes:
    """Return the settings as text, laid out as `like` is: indentation, line ends, last line."""
    match = _INDENT.search(like)
    indent = match[1].decode("ascii") if match else "  "
    try:
        text = json.dumps(value, indent=indent, ensure_ascii=False)
        try:
            data = text.encode("utf-8")
        except UnicodeEncodeError:  # half a surrogate pair, which only an escape can spell
            data = json.dumps(value, indent=indent).encode("ascii")
    except RecursionError:
        raise ConfigError(f"{path} is nested too deeply to be edited", hint=_MEND) from None
    data += b"\n" if not like or like.endswith(b"\n") else b""
    return data.replace(b"\n", b"\r\n") if b"\r\n" in like else data


def _swap(path: str, current: bytes | None, wanted: bytes | None) -> None:
    """Replace the file in one step (None: take it away), unless it is no longer what `current` says."""
    if _read(path) != current:
        raise ConfigError(f"{path} was changed by another program just now", hint="run the command again")
    if wanted is None:
        os.unlink(path)
    else:
        files.replace(path, wanted, 0o600 if current is None else stat.S_IMODE(os.stat(path).st_mode))


def _save_backup(places: Places, backup: _Backup) -> None:
    original = None if backup.original is None else backup.original.decode("utf-8")
    text = jsontext.dumps({"original": original, "made_folder": backup.made_folder, "written": backup.written})
    files.make_folder(places.state, 0o700)
    files.replace(backup_of(places), text.encode("ascii"), 0o600)


def _load_backup(places: Places) -> _Backup | None:
    """Return what was there before us; None where it was never written or can no longer be read."""
    try:
        with open(backup_of(places), "rb") as file:
            value = jsontext.loads(file.read())
        original = value["original"]
        return _Backup(
            None if original is None else original.encode("utf-8"), bool(value["made_folder"]), str(value["written"])
        )
    except (OSError, jsontext.JsonError, KeyError, TypeError, AttributeError):
        return None
