"""Windows: managed settings as a registry value or as a file, agentguard's own files, and the sync as a Scheduled Task."""

from __future__ import annotations

import ntpath
from typing import TYPE_CHECKING

from agentguard.deploy import managed, targets
from agentguard.deploy.render import own, powershell, registry, taskscheduler
from agentguard.deploy.render.kit import Artefact, Kit

if TYPE_CHECKING:
    from agentguard.deploy.plan import Plan

_KEY = targets.REGISTRY_KEY.replace("HKEY_LOCAL_MACHINE", "HKLM")
_REG, _SCRIPT, _TASK = "claude-code.reg", "Install-AgentguardSettings.ps1", "agentguard-sync.xml"


def kit(plan: Plan, phase: str) -> Kit:
    """Return everything for machines with Windows. Raises ConfigError and BundleError as `own.artefacts` does."""
    target = targets.TARGETS[targets.WINDOWS]
    argv = plan.argvs[targets.WINDOWS]
    command = [*argv[:-1], ntpath.join(ntpath.dirname(argv[-1]), "cli.py")]
    value = managed.settings(argv, phase=phase, chosen=plan.chosen, records=plan.records, null=target.null)
    ours = own.artefacts(plan, target, phase)
    steps = [
        *(powershell.closed(path) for path in (ntpath.dirname(target.config), ntpath.dirname(target.settings))),
        *(powershell.written(artefact.place, artefact.data.decode()) for artefact in ours if artefact.place),
        *([powershell.private(target.enrol_secret)] if plan.enrol_secret else []),
        powershell.task(taskscheduler.NAME, taskscheduler.text(plan.organisation, command)),
        powershell.run([*command, "sync", "--from", own.BUNDLE], beside=own.BUNDLE, tried=True)
        if plan.bundle
        else powershell.run([*command, "sync"], tried=True),  # records may wait
        powershell.run([*command, "status"]),
        powershell.written(target.settings, managed.as_json(value).decode()),
    ]
    title = f"agentguard for {plan.organisation}, phase {phase}: configuration, anchor, sync, managed settings"
    artefacts = (
        Artefact(_REG, registry.file(value), "managed settings of Claude Code", targets.REGISTRY_KEY),
        Artefact(_SCRIPT, powershell.script(title, steps), "all of it in one script, with the settings as a file"),
        Artefact(
            _TASK,
            taskscheduler.file(plan.organisation, command),
            "the sync, every 3 minutes, as SYSTEM",
            f"Scheduled Task: {taskscheduler.NAME}",
        ),
        *ours,
    )
    install = (
        f"# put agentguard's code where {_line(argv)} starts it",
        f"powershell.exe -ExecutionPolicy Bypass -File .\\{_SCRIPT}",
        _line([*command, "doctor"]),
    )
    remove = (
        f"Remove-Item -LiteralPath {powershell.quoted(target.settings)}",
        f"reg.exe delete {powershell.quoted(_KEY)} /v {targets.REGISTRY_VALUE} /f",
        f"Unregister-ScheduledTask -TaskName {powershell.quoted(taskscheduler.NAME)} -Confirm:$false",
        f"Remove-Item -Recurse -LiteralPath {powershell.quoted(ntpath.dirname(argv[-1]))}",
    )
    return Kit(
        title=target.title,
        artefacts=artefacts,
        language="powershell",
        install=install,
        remove=remove,
        argv=argv,
        before=f"""\
As an administrator in 64-bit PowerShell, in this order. {_SCRIPT} writes the settings as a file. Where group policy
is at hand, import {_REG} at the end instead (`reg.exe import {_REG} /reg:64`): it wins over the file.""",
        warnings=(
            "Rendered and checked by form; not tried on Windows, for which `agentguard install --system` installs no code.",
        ),
    )


def _line(argv: list[str]) -> str:
    return "& " + " ".join(powershell.quoted(word) if " " in word else word for word in argv)
