#!/bin/sh
# agentguard for Acme, phase enforce
set -eu
umask 022
cd "$(dirname "$0")"
test -e /usr/lib/agentguard/hook.py || agentguard install --system    # from a checkout or a wheel
mkdir -p '/Library/Application Support/agentguard' && install -m 644 agentguard.toml '/Library/Application Support/agentguard/agentguard.toml'
mkdir -p '/Library/Application Support/agentguard' && install -m 644 root.json '/Library/Application Support/agentguard/root.json'
mkdir -p /Library/LaunchDaemons && install -m 644 com.acme.agentguard.sync.plist /Library/LaunchDaemons/com.acme.agentguard.sync.plist
/usr/bin/python3.11 -I -S /usr/lib/agentguard/cli.py sync || true    # records may wait; `status` asks for the policy
launchctl bootout system/com.acme.agentguard.sync 2>/dev/null || true
launchctl bootstrap system /Library/LaunchDaemons/com.acme.agentguard.sync.plist
/usr/bin/python3.11 -I -S /usr/lib/agentguard/cli.py status
[ "${1:-}" = profile ] || { mkdir -p '/Library/Application Support/ClaudeCode' && install -m 644 managed-settings.json '/Library/Application Support/ClaudeCode/managed-settings.json'; }    # not where claude-code.mobileconfig is used
/usr/bin/python3.11 -I -S /usr/lib/agentguard/cli.py doctor
