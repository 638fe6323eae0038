"""What the checks of one run share: the machine, its sources of settings, the hook's entry, and how findings are made."""

from __future__ import annotations

import os
import shlex
from functools import cached_property
from typing import TYPE_CHECKING, Any

from agentguard import places
from agentguard.bundle import seal
from agentguard.deploy import install, packaged, settings, targets
from agentguard.deploy.doctor import sources
from agentguard.deploy.doctor.table import KNOWN, Finding
from agentguard.errors import AgentguardError, PolicyError
from agentguard.policy import engine
from agentguard.policy.model import ENFORCE, OBSERVE

if TYPE_CHECKING:
    from agentguard.bundle.seal import Active
    from agentguard.deploy.doctor.machine import Machine
    from agentguard.deploy.doctor.sources import Effective, Source

EVENT = "PreToolUse"
SYSTEMD = "/run/systemd/system"  # there where systemd runs; sd_booted(3)
_TIMER = {
    "linux": "{sudo}systemctl enable --now agentguard-sync.timer agentguard-sync.path",
    "macos": "sudo launchctl bootstrap system /Library/LaunchDaemons/IDENTIFIER.sync.plist",
    "windows": 'schtasks.exe /Run /TN "agentguard sync"',
}
_CLOCK = {
    "linux": "sudo timedatectl set-ntp true",
    "macos": "sudo systemsetup -setusingnetworktime on",
    "windows": "w32tm /resync",
}
_NO_SYSTEMD = "let something of root's run `{cli} sync --background` every 3 minutes"


class Exam:
    """One run. Everything is looked up once, when a check first asks for it."""

    def __init__(self, machine: Machine) -> None:
        self.machine = machine
        self.where = machine.where

    def finding(self, name: str, what: str, *, place: str = "", fix: str = "") -> Finding:
        """Return a finding of this name, with what was seen."""
        known = KNOWN[name]
        words = {
            "place": shlex.quote(place) if place.startswith("/") else place,
            "sudo": "sudo " if self.where.managed else "",
            "install": self._install,
            "target": self.machine.target,
            "cli": self.cli,
            "clock": _CLOCK[self.machine.target],
            "enrol": "put root.json there (deploy render)" if self.where.managed else "agentguard quickstart",
        }
        words["timer"] = self._timer.format(**words)
        mend = known.mend.format(**words)
        if "{cli}" in known.mend and self.where.home not in ("", places.account_home()):
            mend += f" --home {shlex.quote(self.where.home)}"
        return Finding(name, known.level, what, known.why, mend, fix)

    @property
    def _install(self) -> str:
        """What brings the program back: a package refuses an installation beside it."""
        if packaged.folder(self.where):
            return f"sudo dpkg --install {packaged.NAME}.deb    # the same package again"
        scope = "sudo agentguard install --system" if self.where.managed else "agentguard install --user"
        return f"{scope}    # from a checkout or a wheel"

    @property
    def _timer(self) -> str:
        """What makes the sync run by itself; on a personal install the hook starts it, so one run is enough."""
        if not self.where.managed:
            return "{cli} sync"
        target = self.machine.target
        if target == targets.LINUX and not os.path.isdir(self.machine.path(SYSTEMD)):
            return _NO_SYSTEMD
        return _TIMER[target]

    @property
    def cli(self) -> str:
        """The command line as somebody would type it: the installed one, where one is installed."""
        argv = install.cli_of(self.where)
        return shlex.join(argv) if os.path.isfile(argv[-1]) else "agentguard"

    @cached_property
    def sources(self) -> dict[str, list[Source]]:
        """For each person, the sources of managed settings, the highest first."""
        return {one.name: sources.of_machine(self.machine, one) for one in self.machine.people()}

    @cached_property
    def in_force(self) -> dict[str, Effective | None]:
        """For each person, the managed settings that are in force."""
        return {name: sources.effective(found) for name, found in self.sources.items()}

    @cached_property
    def entry(self) -> dict[str, Any] | None:
        """The hook's entry before a tool call, as it stands in the settings of this kind of install; None: there is none."""
        if not self.where.managed:
            try:
                return settings.hook_entry(self.where, EVENT)
            except AgentguardError:
                return None
        for found in self.in_force.values():
            entry = ours(found.value) if found else None
            if entry:
                return entry
        return None

    @cached_property
    def argv(self) -> list[str]:
        """What that entry starts; [] without one, or where a shell starts it."""
        if self.entry is None or not isinstance(self.entry.get("args"), list):
            return []
        return [str(word) for word in (self.entry.get("command"), *self.entry["args"])]

    @property
    def files(self) -> list[str]:
        """The files that it names: the program, and the script that it starts, where there is one."""
        return [word for number, word in enumerate(self.argv) if number == 0 or os.path.isabs(word)]

    @cached_property
    def environment(self) -> dict[str, str]:
        """The variables that settings in force hand to the hook."""
        env: dict[str, str] = {}
        for found in self.in_force.values():
            value = found.value.get("env") if found else None
            env.update({str(key): str(one) for key, one in value.items()} if isinstance(value, dict) else {})
        return env

    @cached_property
    def active(self) -> Active:
        """The policy in force."""
        return seal.load_active(self.where, self.machine.now)

    @cached_property
    def enforces(self) -> bool:
        """Whether what the policy denies is blocked on this machine."""
        if self.active.local.get("stage") == OBSERVE:
            return False
        try:
            return not self.active.policy or engine.load(self.active.policy).mode == ENFORCE
        except PolicyError:
            return True


def ours(value: dict[str, Any]) -> dict[str, Any] | None:
    """Return the entry of settings that starts agentguard before a tool call, None where there is none."""
    hooks = value.get("hooks")
    groups = hooks.get(EVENT) if isinstance(hooks, dict) else None
    for group in groups if isinstance(groups, list) else []:
        for entry in group.get("hooks") or () if isinstance(group, dict) else ():
            args = entry.get("args") if isinstance(entry, dict) else None
            words = [entry.get("command"), *(args if isinstance(args, list) else [])] if isinstance(entry, dict) else []
            if any(isinstance(word, str) and "agentguard" in word for word in words):
                found: dict[str, Any] = entry
                return found
    return None
