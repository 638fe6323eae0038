"""The machines that artefacts are for: where the agent looks for managed settings there, and where agentguard lies.

Sources: code.claude.com, "Managed settings" (files, drop-ins, preference domain, registry); `agentguard.places`.
"""

from __future__ import annotations

from typing import NamedTuple

from agentguard import places
from agentguard.deploy import packaged

LINUX, MACOS, WINDOWS, CONSOLE = "linux", "macos", "windows", "console"

DOMAIN = "com.anthropic.claudecode"  # the preference domain on macOS
REGISTRY_KEY = r"HKEY_LOCAL_MACHINE\SOFTWARE\Policies\ClaudeCode"
REGISTRY_VALUE = "Settings"
DROP_IN = "50-agentguard.json"


class Target(NamedTuple):
    """One kind of machine.

    `settings`: the file of the agent's managed settings; `drop_ins`: the folder of those that are added to it.
    `config`, `anchor`, `enrol_secret`, `state`, `code`, `python`, `stub`, `cli`: of agentguard's managed install;
    `launcher`: of its package, "" where there is none. `null`: its null device. All are absolute paths in the spelling
    of that machine.
    """

    title: str
    settings: str
    drop_ins: str
    code: str
    config: str
    anchor: str
    enrol_secret: str
    state: str
    python: str
    stub: str
    cli: str
    null: str
    launcher: str = ""


def _target(title: str, platform: str, folder: str, python: str, null: str, *, launcher: str = "") -> Target:
    where = places.managed(platform)
    slash = "\\" if platform == "win32" else "/"
    code, config = where.code + slash, where.config + slash
    return Target(
        title=title,
        settings=f"{folder}{slash}managed-settings.json",
        drop_ins=f"{folder}{slash}managed-settings.d",
        code=where.code,
        config=config + "agentguard.toml",
        anchor=config + "root.json",
        enrol_secret=config + "enrol.secret",
        state=where.state,
        python=code + python,
        stub=code + "hook.py",
        cli=code + "cli.py",
        null=null,
        launcher=launcher and code + launcher,
    )


TARGETS = {
    LINUX: _target(
        "Linux and WSL", "linux", "/etc/claude-code", "bin/python3", "/dev/null", launcher=packaged.LAUNCHER
    ),
    MACOS: _target("macOS", "darwin", "/Library/Application Support/ClaudeCode", "bin/python3", "/dev/null"),
    WINDOWS: _target("Windows", "win32", r"C:\Program Files\ClaudeCode", r"bin\python.exe", "NUL"),
}
NAMES = (*TARGETS, CONSOLE)
