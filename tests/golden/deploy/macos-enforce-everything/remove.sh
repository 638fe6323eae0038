#!/bin/sh
# agentguard for Acme, phase enforce: takes it away
set -eu
umask 022
cd "$(dirname "$0")"
rm -f '/Library/Application Support/ClaudeCode/managed-settings.json'    # and claude-code.mobileconfig in your MDM, first of all
launchctl bootout system/com.acme.agentguard.sync
rm /Library/LaunchDaemons/com.acme.agentguard.sync.plist
rm -r /usr/lib/agentguard
