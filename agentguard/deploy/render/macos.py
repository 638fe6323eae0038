"""macOS: managed settings as a profile or as a file, agentguard's own files, and the sync as a LaunchDaemon."""

from __future__ import annotations

import posixpath
import shlex
from typing import TYPE_CHECKING

from agentguard.deploy import managed, targets
from agentguard.deploy.render import launchd, own, profiles
from agentguard.deploy.render.kit import INSTALL, REMOVE, Artefact, Kit, script

if TYPE_CHECKING:
    from agentguard.deploy.plan import Plan

PROFILE, DAEMON_PROFILE = "claude-code.mobileconfig", "sync-daemon.mobileconfig"


def kit(plan: Plan, phase: str) -> Kit:
    """Return everything for machines with macOS. Raises ConfigError and BundleError as `own.artefacts` does."""
    target = targets.TARGETS[targets.MACOS]
    argv = plan.argvs[targets.MACOS]
    code = posixpath.dirname(argv[-1])
    command = [*argv[:-1], posixpath.join(code, "cli.py")]
    value = managed.settings(argv, phase=phase, chosen=plan.chosen, records=plan.records, null=target.null)
    ours = own.artefacts(plan, target, phase)
    label = launchd.label(plan.identifier)
    daemon = Artefact(
        f"{label}.plist",
        launchd.daemon(plan.identifier, command, target.state),
        "the sync, every 3 minutes",
        f"/Library/LaunchDaemons/{label}.plist",
    )
    file = Artefact("managed-settings.json", managed.as_json(value), "the same settings as a file", target.settings)
    artefacts = (
        Artefact(
            PROFILE,
            profiles.settings(plan.organisation, plan.identifier, value),
            f"managed settings of Claude Code, for its domain {targets.DOMAIN}",
            "your MDM",
        ),
        file,
        Artefact(
            DAEMON_PROFILE,
            profiles.daemon(plan.organisation, plan.identifier),
            "Service Management: the sync daemon may run and cannot be switched off",
            "your MDM",
        ),
        daemon,
        *ours,
    )
    run = shlex.join(command)
    first = f" --from {own.BUNDLE}" if plan.bundle else ""
    install = (
        f"test -e {shlex.quote(argv[-1])} || agentguard install --system    # from a checkout or a wheel",
        *(_install(artefact) for artefact in (*ours, daemon) if artefact.place),
        f"{run} sync{first} || true    # records may wait; `status` asks for the policy",
        f"launchctl bootout system/{label} 2>/dev/null || true",
        f"launchctl bootstrap system {shlex.quote(daemon.place)}",
        f"{run} status",
        f'[ "${{1:-}}" = profile ] || {{ {_install(file)}; }}    # not where {PROFILE} is used',
        f"{run} doctor",
    )
    remove = (
        f"rm -f {shlex.quote(file.place)}    # and {PROFILE} in your MDM, first of all",
        f"launchctl bootout system/{label}",
        f"rm {shlex.quote(daemon.place)}",
        f"rm -r {shlex.quote(code)}",
    )
    title = f"agentguard for {plan.organisation}, phase {phase}"
    scripts = (
        Artefact(INSTALL, script(title, install), "all the steps, for root; ends with 3 if the doctor finds an error"),
        Artefact(REMOVE, script(f"{title}: takes it away", remove), "takes it away, for root"),
    )
    return Kit(
        title=target.title,
        artefacts=(*artefacts, *scripts),
        language="sh",
        install=install,
        remove=remove,
        argv=argv,
        before=f"""\
As root on each machine: `sh {INSTALL}`, which does this; `sh {INSTALL} profile` leaves the file out. Let your MDM install
{DAEMON_PROFILE} before, so that nobody is told of a new background item, and {PROFILE} in place of the file, at the
end: it wins over the file, and people cannot remove it. Use one of the two. If a machine has a managed-settings.json of
somebody else's, put the file into {target.drop_ins} as {targets.DROP_IN}.""",
        warnings=(
            f"{DAEMON_PROFILE} needs macOS 13 and an MDM that the user has approved.",
            "Rendered and checked by form; not tried on a Mac.",
        ),
    )


def _install(artefact: Artefact) -> str:
    place = shlex.quote(artefact.place)
    return f"mkdir -p {shlex.quote(posixpath.dirname(artefact.place))} && install -m {artefact.mode:o} {artefact.name} {place}"
