"""agentguard's own files on every kind of machine: its configuration, the anchor, and the first bundle."""

from __future__ import annotations

import os
import tempfile

from agentguard import config
from agentguard.bundle import fetch, files, seal
from agentguard.deploy.render.kit import Artefact
from agentguard.sync import bundle as sync

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.deploy.plan import Plan
    from agentguard.deploy.targets import Target

CONFIG, ANCHOR, BUNDLE = "agentguard.toml", "root.json", "bundle"


def artefacts(plan: Plan, target: Target, phase: str) -> list[Artefact]:
    """Return the files. Raises ConfigError, or BundleError for a bundle that the hook would not accept."""
    root = files.read(plan.anchor, seal.ROOT_LIMIT)
    text = config.text({**plan.local, "stage": phase}).encode()
    found = [
        Artefact(CONFIG, text, f"agentguard's configuration; `stage` is the phase: {phase}", target.config),
        Artefact(ANCHOR, root, "the root keys that these machines trust", target.anchor),
    ]
    return found + (_bundle(root, plan.bundle) if plan.bundle else [])


def _bundle(root: bytes, published: str) -> list[Artefact]:
    """Return the files of a published folder, after the hook's own verifier has accepted it."""
    source = fetch.normal_source(published)
    defaults = {setting.name: setting.default for setting in config.SETTINGS}
    with tempfile.TemporaryDirectory() as cache:
        sync.fetch_seal(root, source, defaults, cache, managed=True)
    found = []
    for folder, _folders, names in os.walk(source):
        for name in sorted(names):
            path = os.path.join(folder, name)
            inside = os.path.join(BUNDLE, os.path.relpath(path, source))
            found.append(Artefact(inside, files.read(path, seal.LIMIT), "the first bundle"))
    return sorted(found)
