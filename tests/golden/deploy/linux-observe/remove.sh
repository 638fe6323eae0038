#!/bin/sh
# agentguard for Acme, phase observe: takes it away
set -eu
umask 022
cd "$(dirname "$0")"
rm /etc/claude-code/managed-settings.d/50-agentguard.json
[ ! -d /run/systemd/system ] || systemctl disable --now agentguard-sync.timer agentguard-sync.path
rm /etc/systemd/system/agentguard-sync.service /etc/systemd/system/agentguard-sync.timer /etc/systemd/system/agentguard-sync.path
rm -r /opt/agentguard
