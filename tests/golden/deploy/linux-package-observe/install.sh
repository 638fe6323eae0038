#!/bin/sh
# agentguard for Acme, phase observe
set -eu
umask 022
cd "$(dirname "$0")"
test -x /opt/agentguard/hook || { echo 'install the package agentguard first' >&2; exit 1; }
install -D -m 644 agentguard.toml /etc/agentguard/agentguard.toml
install -D -m 644 root.json /etc/agentguard/root.json
/usr/bin/agentguard sync || true    # records may wait; `status` asks for the policy
[ ! -d /run/systemd/system ] || systemctl daemon-reload
[ ! -d /run/systemd/system ] || systemctl enable --now agentguard-sync.timer agentguard-sync.path
/usr/bin/agentguard status
install -D -m 644 50-agentguard.json /etc/claude-code/managed-settings.d/50-agentguard.json
/usr/bin/agentguard doctor
