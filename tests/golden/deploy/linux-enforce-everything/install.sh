#!/bin/sh
# agentguard for Acme, phase enforce
set -eu
umask 022
cd "$(dirname "$0")"
# put agentguard's code where /usr/bin/python3.11 -I -S /usr/lib/agentguard/hook.py starts it
install -D -m 644 agentguard.toml /etc/agentguard/agentguard.toml
install -D -m 644 root.json /etc/agentguard/root.json
install -D -m 644 agentguard-sync.service /etc/systemd/system/agentguard-sync.service
install -D -m 644 agentguard-sync.timer /etc/systemd/system/agentguard-sync.timer
install -D -m 644 agentguard-sync.path /etc/systemd/system/agentguard-sync.path
/usr/bin/python3.11 -I -S /usr/lib/agentguard/cli.py sync || true    # records may wait; `status` asks for the policy
[ ! -d /run/systemd/system ] || systemctl daemon-reload
[ ! -d /run/systemd/system ] || systemctl enable --now agentguard-sync.timer agentguard-sync.path
/usr/bin/python3.11 -I -S /usr/lib/agentguard/cli.py status
install -D -m 644 50-agentguard.json /etc/claude-code/managed-settings.d/50-agentguard.json
/usr/bin/python3.11 -I -S /usr/lib/agentguard/cli.py doctor
