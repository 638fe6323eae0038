"""agentguard's own files on every kind of machine: configuration, anchor, the collector's secret, the first bundle.

Those with a place go there as they are; the first bundle is for a sync to read.
"""

from __future__ import annotations

import os

from agentguard import config
from agentguard.bundle import fetch, files, seal
from agentguard.deploy.render.kit import Artefact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.deploy.plan import Plan
    from agentguard.deploy.targets import Target

CONFIG, ANCHOR, SECRET, BUNDLE = "agentguard.toml", "root.json", "enrol.secret", "bundle"


def artefacts(plan: Plan, target: Target, phase: str) -> list[Artefact]:
    """Return the files. Raises ConfigError."""
    root = files.read(plan.anchor, seal.ROOT_LIMIT)
    text = config.text({**plan.local, "stage": phase}).encode()
    found = [
        Artefact(CONFIG, text, f"agentguard's configuration; `stage` is the phase: {phase}", target.config),
        Artefact(ANCHOR, root, "the root keys that these machines trust", target.anchor),
    ]
    if plan.enrol_secret:
        secret = files.read(plan.enrol_secret, seal.ROOT_LIMIT)
        what = "by which these machines enrol with the collector; for root alone"
        found.append(Artefact(SECRET, secret, what, target.enrol_secret, 0o600))
    return found + (_bundle(plan.bundle) if plan.bundle else [])


def _bundle(published: str) -> list[Artefact]:
    """Return the files of a published folder, which the plan has verified."""
    source = fetch.normal_source(published)
    found = []
    for folder, _folders, names in os.walk(source):
        for name in sorted(names):
            path = os.path.join(folder, name)
            inside = os.path.join(BUNDLE, os.path.relpath(path, source))
            found.append(Artefact(inside, files.read(path, seal.LIMIT), "the first bundle"))
    return sorted(found)
