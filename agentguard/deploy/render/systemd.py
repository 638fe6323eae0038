"""The sync as systemd units: every 15 minutes, and soon after a hook has written a record.

A hook touches a file in the folder of spools, which starts the service by the path unit. The service lasts a minute
longer than the sync, so however many records are written, there is at most one sync a minute. Root's sync reads people's
spools with their own rights, so it keeps the capabilities to become them, and no other.

Sources: systemd.service(5), systemd.exec(5), systemd.timer(5), systemd.path(5).
"""

from __future__ import annotations

import os
import shlex

SERVICE, TIMER, PATH = "agentguard-sync.service", "agentguard-sync.timer", "agentguard-sync.path"

_SERVICE = """\
[Unit]
Description=Fetch the newest agentguard policy and upload records
Wants=network-online.target
After=network-online.target nss-user-lookup.target

[Service]
Type=oneshot
ExecStart={command} sync --background
ExecStartPost=/bin/sleep 60
TimeoutStartSec=15min
Nice=10
NoNewPrivileges=yes
CapabilityBoundingSet=CAP_SETUID CAP_SETGID CAP_KILL
ProtectSystem=strict
ReadWritePaths={state}
ProtectHome=read-only
PrivateTmp=yes
PrivateDevices=yes
ProtectClock=yes
ProtectHostname=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
ProtectControlGroups=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
UMask=0022
"""
_TIMER = """\
[Unit]
Description=Run the agentguard sync every 15 minutes

[Timer]
OnBootSec=2min
OnUnitInactiveSec=15min
RandomizedDelaySec=3min
Unit={service}

[Install]
WantedBy=timers.target
"""
_PATH = """\
[Unit]
Description=Run the agentguard sync soon after a record was written

[Path]
PathChanged={spools}
Unit={service}

[Install]
WantedBy=paths.target
"""


def units(command: list[str], state: str) -> dict[str, tuple[str, str]]:
    """Return {name: (text, what it is)}. `command`: argv of the command line; `state`: agentguard's folder of state."""
    run = " ".join(_quoted(word) for word in command)
    return {
        SERVICE: (_SERVICE.format(command=run, state=_quoted(state)), "one sync, with few rights"),
        TIMER: (_TIMER.format(service=SERVICE), "starts it every 15 minutes"),
        PATH: (_PATH.format(service=SERVICE, spools=os.path.join(state, "spool")), "starts it after a record"),
    }


def _quoted(word: str) -> str:
    """Return a word as a unit file holds it: `%` and `$` have meanings there."""
    return shlex.quote(word.replace("%", "%%").replace("$", "$$"))
