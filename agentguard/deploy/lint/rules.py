"""Looks through managed settings for what `codes` knows. Each rule yields (code, path, what stands there)."""

from __future__ import annotations

import ntpath
import posixpath
import re
from typing import TYPE_CHECKING, Any

from agentguard.deploy import events, managed, safepath
from agentguard.policy.findings import nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agentguard.deploy.lint.places import Path

    Found = Iterator[tuple[str, Path, str]]

TYPES = ("command", "prompt", "agent", "http", "mcp_tool")  # the client's own words (measured)
_EVERYTHING = ("*", "")
_STRICT = ("PreToolUse", "PermissionRequest")  # a hook of these that cannot be loaded costs all of them (measured)
_PROMPTS = ("UserPromptSubmit", "UserPromptExpansion")
_SHORTEST, _LONGEST = 10, 60  # seconds: the hook's watchdog denies before the one, nobody waits for the other
_VERSION = re.compile(r"\d+\.\d+\.\d+")
_PYTHON = re.compile(r"(?i)python[\d.]*(\.exe)?")
_SHIMS = ("/.pyenv/", "/shims/", "/.asdf/", "/.local/")

# Keys that decide about the guard; one that is nearly like one of these was meant to be it.
_KEYS = (
    "hooks", "env", "disableAllHooks", "allowManagedHooksOnly", "requiredMinimumVersion", "requiredMaximumVersion",
    "managedSourcesBehavior", "disableSkillShellExecution", "disableSideloadFlags",
)  # fmt: skip
_FIELDS = ("type", "command", "args", "timeout", "onFailure", "async", "if")
# Variables that put code or commands into the hook's process, and the values that do not.
_INTO_THE_HOOK = {
    "CLAUDE_CODE_SHELL_PREFIX": ("",),
    "LD_PRELOAD": ("",),
    "LD_AUDIT": ("",),
    "LD_LIBRARY_PATH": ("",),
    "DYLD_INSERT_LIBRARIES": ("",),
    "DYLD_LIBRARY_PATH": ("",),
    managed.OPENSSL: ("/dev/null", "NUL"),
}


def check(value: dict[str, Any], name: str = "") -> Found:
    """Yield everything that is found in settings. `name`: of the file, for what only its name says."""
    for rule in _RULES:
        yield from rule(value)
    base = posixpath.basename(ntpath.basename(name))
    if "managed-settings.d" in name and (base.startswith(".") or not base.endswith(".json")):
        yield "AL108", (), base


def _start(value: dict[str, Any]) -> Found:
    low, high = value.get("requiredMinimumVersion"), value.get("requiredMaximumVersion")
    newest = _version(high)
    if newest:
        least = max(_version(low) or (0,), _version(managed.CLIENT) or (0,))
        code = "AL204" if newest < least else "AL205"
        yield code, ("requiredMaximumVersion",), str(high)
    if value.get("forceRemoteSettingsRefresh") is True:
        yield "AL206", ("forceRemoteSettingsRefresh",), "true"
    for key in ("policyHelper", "policyHelpers"):
        if value.get(key):
            yield "AL207", (key,), f"{key} is set"


def _switches(value: dict[str, Any]) -> Found:
    if value.get("disableAllHooks") is True:
        yield "AL301", ("disableAllHooks",), "true"
    if value.get("allowManagedHooksOnly") is False:
        yield "AL311", ("allowManagedHooksOnly",), "false"
    if value.get("wslInheritsWindowsSettings") is True:
        yield "AL310", ("wslInheritsWindowsSettings",), "true"
    for key in value:
        near = nearest(key, _KEYS)
        if near and key not in _KEYS and (key.lower() == near.lower() or len(key) > 4):
            yield "AL309", (key,), f'"{key}", where "{near}" was meant'


def _events(value: dict[str, Any]) -> Found:
    hooks = value.get("hooks", {})
    if not isinstance(hooks, dict):
        yield "AL203", ("hooks",), "it is no object of events"
        return
    for event in hooks:
        if event not in events.KNOWN:
            near = nearest(event, events.KNOWN)
            yield "AL306", ("hooks", event), f'"{event}"' + (f', where "{near}" was meant' if near else "")
    guard = any(True for _path, _group, _entry in _guards(value))
    if not guard and not (value.get("managedSourcesBehavior") == "merge" and "hooks" not in value):
        yield "AL302", ("hooks",) if "hooks" in value else (), "there is no PreToolUse hook"
    if guard and any(event not in hooks for event in _PROMPTS):
        yield "AL307", ("hooks",), f"there is no {' and no '.join(one for one in _PROMPTS if one not in hooks)} hook"


def _forms(value: dict[str, Any]) -> Found:
    """Yield what has not the form that the client asks for: before tool calls it costs all hooks, elsewhere the one."""
    hooks = value.get("hooks")
    for event, groups in hooks.items() if isinstance(hooks, dict) else ():
        for code, path, detail in _event(("hooks", event), groups):
            strict = event in _STRICT or code == "AL309"
            yield code if strict else "AL312", path, detail


def _event(path: Path, groups: Any) -> Found:
    if not isinstance(groups, list):
        yield "AL203", path, "it is no list"
        return
    for number, group in enumerate(groups):
        at: Path = (*path, number)
        entries = group.get("hooks") if isinstance(group, dict) else None
        if not isinstance(group, dict) or not isinstance(entries, list):
            yield "AL203", at, "it has no list `hooks`"
            continue
        if not isinstance(group.get("matcher", ""), str):
            yield "AL203", (*at, "matcher"), "it is no text"
        for index, entry in enumerate(entries):
            yield from _form((*at, "hooks", index), entry)


def _form(path: Path, entry: Any) -> Found:
    if not isinstance(entry, dict):
        yield "AL203", path, "it is no object"
        return
    kind = entry.get("type")
    if kind not in TYPES:
        yield "AL201", (*path, "type") if "type" in entry else path, f"{kind!r}, known are {', '.join(TYPES)}"
    if entry.get("onFailure", "block") not in ("block", "continue"):
        yield "AL202", (*path, "onFailure"), repr(entry["onFailure"])
    if kind == "command" and not isinstance(entry.get("command"), str):
        yield "AL203", path, "it has no text `command`"
    args = entry.get("args", [])
    if not isinstance(args, list) or not all(isinstance(word, str) for word in args):
        yield "AL203", (*path, "args"), "it is no list of texts"
    timeout = entry.get("timeout", 1)
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or timeout <= 0:
        yield "AL203", (*path, "timeout"), f"{timeout!r} is no number of seconds"
    for key in entry:
        near = nearest(key, _FIELDS)
        if key not in _FIELDS and near and key.lower().replace("_", "") == near.lower():
            yield "AL309", (*path, key), f'"{key}", where "{near}" was meant'


def _asked(value: dict[str, Any]) -> Found:
    """Yield what keeps the guard from being asked about a call."""
    for path, group, entry in _guards(value):
        matcher = group.get("matcher")
        if isinstance(matcher, str) and matcher not in _EVERYTHING:
            yield "AL303", (*path[:3], "matcher"), f'"{matcher}"{_broken(matcher)}'
        if entry.get("async") or entry.get("asyncRewake"):
            yield "AL304", (*path, "async" if entry.get("async") else "asyncRewake"), "true"
        if entry.get("if"):
            yield "AL305", (*path, "if"), str(entry["if"])
        if entry.get("type") in TYPES[1:]:
            yield "AL308", (*path, "type"), str(entry["type"])


def _failing(value: dict[str, Any]) -> Found:
    """Yield what lets a call run when the guard fails."""
    blocks = False
    for path, _group, entry in _guards(value):
        if entry.get("onFailure") == "block":
            blocks = True
        elif entry.get("onFailure") in (None, "continue"):
            yield "AL401", (*path, "onFailure") if "onFailure" in entry else path, "onFailure is not block"
        timeout = entry.get("timeout")
        if timeout is None:
            yield "AL403", path, "there is no timeout"
        elif isinstance(timeout, (int, float)) and not _SHORTEST <= timeout <= _LONGEST and timeout > 0:
            yield "AL403", (*path, "timeout"), f"{timeout} seconds"
    low = value.get("requiredMinimumVersion")
    if blocks and (_version(low) or (0,)) < (_version(managed.CLIENT) or (0,)):
        path = ("requiredMinimumVersion",) if low is not None else ()
        yield "AL402", path, f"{low!r}" if low is not None else "requiredMinimumVersion is not set"


def _started(value: dict[str, Any]) -> Found:
    """Yield how people could change what the guard does."""
    for path, _group, entry in _guards(value):
        command, args = entry.get("command"), entry.get("args")
        if entry.get("type") != "command" or not isinstance(command, str):
            continue
        if not isinstance(args, list):
            yield "AL501", (*path, "command"), "there are no args, so a shell takes the command apart"
            continue
        yield from _paths(path, command, [word for word in args if isinstance(word, str)])


def _paths(path: Path, command: str, args: list[str]) -> Found:
    python = bool(_PYTHON.fullmatch(ntpath.basename(command) if "\\" in command else posixpath.basename(command)))
    named = [((*path, "command"), command)]
    script = next((number for number, word in enumerate(args) if not word.startswith("-")), None)
    if python and script is not None:
        named.append(((*path, "args", script), args[script]))
    for where, word in named:
        why = safepath.windows_fault(word) if "\\" in word else safepath.fault(word)
        if not why and any(part in word for part in _SHIMS):
            why = "it is a person's own Python, or a shim that looks for one"
        if why:
            yield "AL502", where, f"{word}: {why}"
    options = args[:script]
    short = "".join(word[1:] for word in options if not word.startswith("--"))
    if python and not {"I", "S"} <= set(short):
        yield "AL503", (*path, "args"), " ".join(options) or "no options"


def _variables(value: dict[str, Any]) -> Found:
    env = value.get("env", {})
    if not isinstance(env, dict):
        return
    for name, good in _INTO_THE_HOOK.items():
        if name in env and env[name] not in good:
            yield "AL504", ("env", name), f"{name}={env[name]}"
    if any(True for _guard in _guards(value)):
        missing = [name for name in (*managed.BLANKED, managed.OPENSSL) if name not in env]
        if missing:
            yield "AL505", ("env",) if "env" in value else (), ", ".join(missing)


def _guards(value: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any], dict[str, Any]]]:
    """Yield (path, matcher group, entry) of the hooks before a tool call that are ours; of all, where none is."""
    hooks = value.get("hooks")
    groups = hooks.get("PreToolUse") if isinstance(hooks, dict) else None
    found = [
        (("hooks", "PreToolUse", number, "hooks", index), group, entry)
        for number, group in enumerate(groups if isinstance(groups, list) else [])
        if isinstance(group, dict) and isinstance(group.get("hooks"), list)
        for index, entry in enumerate(group["hooks"])
        if isinstance(entry, dict)
    ]
    yield from [one for one in found if _is_ours(one[2])] or found


def _is_ours(entry: dict[str, Any]) -> bool:
    args = entry.get("args")
    words = [entry.get("command"), *(args if isinstance(args, list) else [])]
    return any(isinstance(word, str) and "agentguard" in word for word in words)


def _broken(matcher: str) -> str:
    try:
        re.compile(matcher)
    except re.error as error:
        return f", which is no expression: {error}"
    return ""


def _version(text: Any) -> tuple[int, ...] | None:
    """Return a version as numbers, None for what the client passes over."""
    return tuple(map(int, text.split("."))) if isinstance(text, str) and _VERSION.fullmatch(text) else None


_RULES: tuple[Callable[[dict[str, Any]], Found], ...] = (
    _start, _switches, _events, _forms, _asked, _failing, _started, _variables,
)  # fmt: skip
