"""The sync as systemd units: every few minutes, and as soon as a hook asks for one.

A hook touches a file in the folder of spools, which starts the service by the path unit: at most once a minute, or after a
deny or an ask. The sync itself waits for what will be due within a minute, and knows when the bundle is. However often it
is asked for, it must not be what systemd calls failing, so its starts are not limited. Root's sync reads people's spools
with their own rights, so it keeps the capabilities to become them, and no other.

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
StartLimitIntervalSec=0

[Service]
Type=oneshot
ExecStart={command} sync --background
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
Description=Run the agentguard sync every 3 minutes; it does what is due

[Timer]
OnBootSec=2min
OnUnitInactiveSec=3min
Unit={service}

[Install]
WantedBy=timers.target
"""
_PATH = """\
[Unit]
Description=Run the agentguard sync when a hook asks for it

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
        TIMER: (_TIMER.format(service=SERVICE), "starts it every 3 minutes; it does what is due"),
        PATH: (_PATH.format(service=SERVICE, spools=os.path.join(state, "spool")), "starts it when a hook asks"),
    }


def _quoted(word: str) -> str:
    """Return a word as a unit file holds it: `%` and `$` have meanings there."""
    return shlex.quote(word.replace("%", "%%").replace("$", "$$"))
