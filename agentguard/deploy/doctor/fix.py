"""What may be mended without asking: nothing that makes a verdict laxer, and nothing that is a person's to decide."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from agentguard.bundle import files
from agentguard.deploy import install, settings
from agentguard.deploy.doctor.exam import SYSTEMD
from agentguard.deploy.render import systemd
from agentguard.errors import AgentguardError, ConfigError
from agentguard.sync import stages

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.deploy.doctor.exam import Exam
    from agentguard.deploy.doctor.table import Finding


def mend(exam: Exam, findings: list[Finding]) -> list[str]:
    """Do what is safe about findings, each thing once; return one line about each."""
    said = []
    for name in dict.fromkeys(finding.fix for finding in findings if finding.fix):
        try:
            said.append(FIXES[name](exam))
        except (AgentguardError, OSError) as error:
            said.append(f"{name}: could not: {error}")
    return said


def _spool(exam: Exam) -> str:
    files.make_folder(exam.where.spools, 0o755)
    os.chmod(exam.where.spools, 0o1733)  # noqa: S103 - everybody makes a folder of their own in it, and cannot list it
    return f"spool: {exam.where.spools} has mode 1733"


def _sync(exam: Exam) -> str:
    report = stages.run(exam.where)
    parts = [part for part in (report["bundle"], report["upload"]) if part]
    return "sync: " + ("; ".join("done" if part["ok"] else part["text"] for part in parts) or "nothing to do")


def _timer(exam: Exam) -> str:
    if not exam.where.managed:
        raise ConfigError("a personal install has no timer: the hook starts its sync")
    program = shutil.which("systemctl", path="/usr/bin:/bin")
    if not program or not os.path.isdir(SYSTEMD):
        raise ConfigError("there is no systemd here")
    done = subprocess.run(
        [program, "enable", "--now", systemd.TIMER, systemd.PATH],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if done.returncode != 0:
        raise ConfigError(done.stderr.strip()[-200:])
    return f"timer: {systemd.TIMER} is enabled"


def _settings(exam: Exam) -> str:
    settings.add(exam.where, install.hook_command(exam.where), enforce=exam.enforces)
    return f"settings: the hook stands in {settings.path_of(exam.where)} again"


FIXES: dict[str, Callable[[Exam], str]] = {"spool": _spool, "sync": _sync, "timer": _timer, "settings": _settings}
