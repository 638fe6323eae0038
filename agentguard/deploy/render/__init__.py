"""Writes what an administrator puts on a fleet, from a deploy.toml: one folder of artefacts for one kind of machine.

    deploy.toml ─▶ Plan ─▶ Kit of one target (artefacts, steps) ─▶ files and README.md in a folder
    own.py       agentguard's configuration, anchor, first bundle: the same for every kind
    linux.py  macos.py  windows.py  console.py       one target each: Plan → Kit
    systemd.py  launchd.py  taskscheduler.py  profiles.py  registry.py  powershell.py     one format each: values → bytes
    kit.py  readme.py       what a kit is, and the page that goes with it

Nothing here touches the machine it runs on. The order of the steps matters everywhere: the agent's managed settings come
last and go first, because a hook that is named in them and is not there blocks every tool call.
"""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

from agentguard.bundle import files
from agentguard.deploy import targets
from agentguard.deploy.render import console, linux, macos, own, readme, windows
from agentguard.deploy.render.kit import Artefact

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.deploy.plan import Plan
    from agentguard.deploy.render.kit import Kit

KITS: dict[str, Callable[[Plan, str], Kit]] = {
    targets.LINUX: linux.kit,
    targets.MACOS: macos.kit,
    targets.WINDOWS: windows.kit,
    targets.CONSOLE: console.kit,
}


def render(plan: Plan, target: str, phase: str, output: str) -> list[str]:
    """Write the artefacts for `target` (a key of KITS) into the folder `output` and return their names.

    `phase`: OBSERVE or ENFORCE. Raises ConfigError, or BundleError for a bundle that machines would not accept.
    """
    made = KITS[target](plan, phase)
    page = Artefact("README.md", readme.text(made, plan, phase).encode(), "what goes where")
    written = (*made.artefacts, page)
    _take_away(output, {artefact.name for artefact in written})
    for artefact in written:
        path = os.path.join(os.path.abspath(output), artefact.name)
        files.make_folder(os.path.dirname(path), 0o755)
        files.replace(path, artefact.data, artefact.mode)
    return [artefact.name for artefact in written]


def _take_away(output: str, names: set[str]) -> None:
    """Take away what an earlier rendering into this folder left of a bundle or a secret: packages carry what lies there."""
    left = [
        os.path.join(folder, name) for folder, _, found in os.walk(os.path.join(output, own.BUNDLE)) for name in found
    ]
    for path in (*left, os.path.join(output, own.SECRET)):
        if os.path.relpath(path, output) not in names:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(path)
