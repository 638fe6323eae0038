#!/bin/sh
# agentguard for Acme, phase observe
set -eu
umask 022
cd "$(dirname "$0")"
test -e /opt/agentguard/hook.py || agentguard install --system    # from a checkout or a wheel
install -D -m 644 agentguard.toml /etc/agentguard/agentguard.toml
install -D -m 644 root.json /etc/agentguard/root.json
install -D -m 644 agentguard-sync.service /etc/systemd/system/agentguard-sync.service
install -D -m 644 agentguard-sync.timer /etc/systemd/system/agentguard-sync.timer
install -D -m 644 agentguard-sync.path /etc/systemd/system/agentguard-sync.path
/opt/agentguard/bin/python3 -I -S /opt/agentguard/cli.py sync || true    # records may wait; `status` asks for the policy
[ ! -d /run/systemd/system ] || systemctl daemon-reload
[ ! -d /run/systemd/system ] || systemctl enable --now agentguard-sync.timer agentguard-sync.path
/opt/agentguard/bin/python3 -I -S /opt/agentguard/cli.py status
install -D -m 644 50-agentguard.json /etc/claude-code/managed-settings.d/50-agentguard.json
/opt/agentguard/bin/python3 -I -S /opt/agentguard/cli.py doctor
