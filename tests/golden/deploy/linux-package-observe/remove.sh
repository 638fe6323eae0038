#!/bin/sh
# agentguard for Acme, phase observe: takes it away
set -eu
umask 022
cd "$(dirname "$0")"
rm /etc/claude-code/managed-settings.d/50-agentguard.json
dpkg --remove agentguard
