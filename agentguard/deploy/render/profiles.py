"""Configuration profiles for macOS: the agent's managed settings, and leave for the sync daemon to run.

The settings stand as a property list in the agent's preference domain. Service Management keeps people from switching the
daemon off in System Settings, and tells macOS not to warn of it; it needs an MDM that the user has approved. They are two
profiles, because the daemon is allowed first and the settings come last.

Every UUID is worked out from the identifier, so a profile that is rendered again replaces the one from before.

Sources: developer.apple.com, "TopLevel", "ServiceManagementManagedLoginItems" (macOS 13); code.claude.com.
"""

from __future__ import annotations

import plistlib
import uuid
from typing import Any

from agentguard.deploy import targets
from agentguard.deploy.render import launchd


def settings(organisation: str, identifier: str, value: dict[str, Any]) -> bytes:
    """Return the profile that carries managed settings of Claude Code."""
    payload = {"PayloadType": targets.DOMAIN, **value}
    return _profile(organisation, f"{identifier}.settings", "agentguard: Claude Code settings", payload)


def daemon(organisation: str, identifier: str) -> bytes:
    """Return the profile that lets the sync daemon run."""
    rule = {"RuleType": "Label", "RuleValue": launchd.label(identifier), "Comment": "the agentguard sync"}
    payload = {"PayloadType": "com.apple.servicemanagement", "Rules": [rule]}
    return _profile(organisation, f"{identifier}.daemon", "agentguard: background sync", payload)


def _profile(organisation: str, identifier: str, title: str, payload: dict[str, Any]) -> bytes:
    inner = f"{identifier}.payload"
    return plistlib.dumps(
        {
            "PayloadType": "Configuration",
            "PayloadVersion": 1,
            "PayloadIdentifier": identifier,
            "PayloadUUID": _uuid(identifier),
            "PayloadDisplayName": title,
            "PayloadOrganization": organisation,
            "PayloadScope": "System",
            "PayloadRemovalDisallowed": True,
            "PayloadContent": [
                {
                    "PayloadVersion": 1,
                    "PayloadIdentifier": inner,
                    "PayloadUUID": _uuid(inner),
                    "PayloadDisplayName": title,
                    **payload,
                }
            ],
        },
        sort_keys=False,
    )


def _uuid(name: str) -> str:
    return str(uuid.uuid5(uuid.NAMESPACE_URL, name)).upper()
