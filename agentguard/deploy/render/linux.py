"""Linux and WSL: a drop-in for Claude Code, agentguard's own files, and systemd units for the sync.

Where a package brings the program, it brings the units too. What its launcher starts while nothing is enforced says so:
then a hook that fails holds nothing up.
"""

from __future__ import annotations

import os
import shlex
from typing import TYPE_CHECKING

from agentguard.deploy import managed, packaged, targets
from agentguard.deploy.render import own, systemd
from agentguard.deploy.render.kit import INSTALL, REMOVE, Artefact, Kit, script
from agentguard.policy.model import OBSERVE

if TYPE_CHECKING:
    from agentguard.deploy.plan import Plan

_UNITS = "/etc/systemd/system"
_SYSTEMD = "[ ! -d /run/systemd/system ] || systemctl"  # a container has none: something else runs the sync there


def kit(plan: Plan, phase: str) -> Kit:
    """Return everything for machines with Linux. Raises ConfigError and BundleError as `own.artefacts` does."""
    target = targets.TARGETS[targets.LINUX]
    argv = plan.argvs[targets.LINUX]
    code = os.path.dirname(argv[-1])
    package = len(argv) == 1
    command = [packaged.COMMAND] if package else [*argv[:-1], os.path.join(code, "cli.py")]
    if package and phase == OBSERVE:
        argv = [*argv, packaged.OBSERVE]
    value = managed.settings(argv, phase=phase, chosen=plan.chosen, records=plan.records, null=target.null)
    drop_in = Artefact(
        targets.DROP_IN,
        managed.as_json(value),
        "managed settings of Claude Code",
        f"{target.drop_ins}/{targets.DROP_IN}",
    )
    units = [
        Artefact(name, text.encode(), what, f"{_UNITS}/{name}")
        for name, (text, what) in (() if package else systemd.units(command, target.state).items())
    ]
    ours = own.artefacts(plan, target, phase)
    run = shlex.join(command)
    first = f" --from {own.BUNDLE}" if plan.bundle else ""
    if package:
        install = [f"test -x {argv[0]} || {{ echo 'install the package {packaged.NAME} first' >&2; exit 1; }}"]
    elif code == target.code:
        install = [f"test -e {target.stub} || agentguard install --system    # from a checkout or a wheel"]
    else:
        install = [f"# put agentguard's code where {shlex.join(argv)} starts it"]
    install += [_install(artefact) for artefact in (*ours, *units) if artefact.place]
    install += [
        f"{run} sync{first} || true    # records may wait; `status` asks for the policy",
        f"{_SYSTEMD} daemon-reload",
        f"{_SYSTEMD} enable --now {systemd.TIMER} {systemd.PATH}",
        f"{run} status",
        _install(drop_in),
        f"{run} doctor",
    ]
    remove = [f"rm {drop_in.place}", f"dpkg --remove {packaged.NAME}"]
    if not package:
        remove[1:] = [
            f"{_SYSTEMD} disable --now {systemd.TIMER} {systemd.PATH}",
            f"rm {' '.join(unit.place for unit in units)}",
            f"rm -r {shlex.quote(code)}",
        ]
    title = f"agentguard for {plan.organisation}, phase {phase}"
    scripts = (
        Artefact(
            INSTALL, script(title, tuple(install)), "all the steps, for root; ends with 3 if the doctor finds an error"
        ),
        Artefact(REMOVE, script(f"{title}: takes it away", tuple(remove)), "takes it away, for root"),
    )
    return Kit(
        title=target.title,
        artefacts=(drop_in, *units, *ours, *scripts),
        language="sh",
        install=tuple(install),
        remove=tuple(remove),
        argv=argv,
        closed=("blank-ld-library-path",) if package else (),  # the launcher hands no variable on
        before=f"As root on each machine: `sh {INSTALL}`, which does this, in this order.",
        warnings=(
            f"Where there is no systemd, let something of root's run `{run} sync --background` every 3 minutes.",
            "On WSL a Windows machine's own managed settings come first if they say `wslInheritsWindowsSettings`.",
        ),
    )


def _install(artefact: Artefact) -> str:
    return f"install -D -m {artefact.mode:o} {artefact.name} {artefact.place}"
