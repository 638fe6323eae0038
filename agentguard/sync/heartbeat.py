"""The heartbeat of a device: how it stands, after each sync that asked for the bundle, so that a fleet can be looked at.

What the doctor found is left in `health.json`, in the folder of state, where the first hook of a session reads it for
a heartbeat of its own. The doctor looks at people's homes and asks directories of accounts, so a child runs it, and it is
not waited for for long. It sends no call through the hook here.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TYPE_CHECKING

from agentguard import __version__, child, jsontext, places
from agentguard.audit import record, redact, spool
from agentguard.bundle import files
from agentguard.bundle.person import person
from agentguard.errors import SpoolError
from agentguard.policy import engine
from agentguard.policy.model import NONE, OS

if TYPE_CHECKING:
    from agentguard.bundle.seal import Active
    from agentguard.places import Places
    from agentguard.sync.stages import Look

SECONDS = 30.0  # that the doctor is waited for


def beat(where: Places, active: Active, look: Look) -> None:
    """Look at this machine, leave what was found for hooks, and record it in the spool of whoever runs the sync.

    A spool that cannot be written to fails no sync: that no heartbeat comes is what the collector sees. Raises
    `ConfigError` if `health.json` cannot be written.
    """
    try:
        [data] = child.run(lambda: [jsontext.canonical(look(where))], record.HEALTH_LIMIT, seconds=SECONDS)
    except child.ChildError as error:
        data = jsontext.canonical({"doctor": {"problem": str(error)}})
    files.replace(where.health, data, 0o644 if where.managed else 0o600)
    name, known = places.account()
    who = person(where, active.local, name, OS if known else NONE)
    principal = {
        "user": who.user,
        "known": who.known,
        "device": str(active.local.get("device", "")),
        "hostname": os.uname().nodename if hasattr(os, "uname") else "",
        "os": sys.platform,
    }
    folder = where.spool(os.getuid() if hasattr(os, "getuid") else 0)
    redactor = redact.Redactor(lambda: spool.device_key(folder))
    redactor.withheld = engine.withheld(engine.settings_of(active.policy)) if active.policy else {}
    body, texts = record.of_heartbeat(
        None, data, version=__version__, principal=principal, bundle=active.facts(), redactor=redactor
    )
    with contextlib.suppress(SpoolError):
        spool.append(folder, body, texts)
