"""A policy of one's own: one key, one person, one laptop.

One of the bundles that ship is signed and published into a folder beside the installed code, so key and policy are among
agentguard's own files, which no agent may change. Nothing is served: the sync reads the folder.
"""

from __future__ import annotations

import os
import shutil
import time
from typing import TYPE_CHECKING

from agentguard import config
from agentguard.bundle import files, keys, publish, publisher, seal
from agentguard.digest import sha256_hex
from agentguard.errors import BundleError, ConfigError
from agentguard.policy import engine
from agentguard.policy.model import FALLBACK, INVALID
from agentguard.sync import stages
from agentguard.sync.enroll import enroll

if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.bundle.seal import Active
    from agentguard.places import Places

BASELINE, WATCHING = "baseline", "observe"
BUNDLES = (BASELINE, WATCHING, "strict")  # of those that ship, what suits one person


def folder(places: Places) -> str:
    """Return the publisher's folder: the key, the settings of publishing, and the published files."""
    return os.path.join(places.code, "publisher")


def is_set_up(places: Places) -> bool:
    """Return whether there is a key of one's own."""
    return os.path.isfile(os.path.join(folder(places), publisher.FILE))


def key_is_encrypted(places: Places) -> bool:
    """Return whether the signing key has a passphrase. Raises ConfigError."""
    own = publisher.read(folder(places))
    return all(keys.is_encrypted(own.key(name)) for name in own.key_names())


def follows_another(places: Places) -> bool:
    """Return whether this laptop is enrolled with somebody else. Raises ConfigError if that cannot be told."""
    if not os.path.lexists(places.anchor) or not os.path.lexists(places.settings):
        return False
    source: str = config.read(places.settings)["sync_url"]
    return source != _repo(places)


def set_up(places: Places, org: str, passphrase: bytes | None) -> None:
    """Make the key and the publisher's folder, whole or not at all. Raises ConfigError."""
    target = folder(places)
    beside = f"{target}.new"
    shutil.rmtree(beside, ignore_errors=True)
    publish.init(beside, org, solo=True, passphrase=passphrase)
    try:
        os.rename(beside, target)
    except OSError as error:
        raise ConfigError(f"{target} cannot be made: {files.reason(error)}") from None


def put_in_force(places: Places, bundle: str, mode: str, passphrase: Callable[[], bytes]) -> Active:
    """Publish one of BUNDLES in this mode and make it what the hook goes by. Returns what is in force now.

    Raises ConfigError, PolicyError and BundleError; what was in force before stays then.
    """
    publish.publish(source(bundle), folder(places), mode=mode, passphrase=passphrase, allow_weakening=True)
    first_root = _read(os.path.join(_repo(places), "1.root.json"))
    if not os.path.isfile(places.anchor) or _read(places.anchor) != first_root:
        enroll(places, _repo(places), sha256_hex(first_root))
        return active(places)
    report = stages.run(places)
    taken = report["bundle"]
    if taken is None or not taken["ok"]:
        why = taken["text"] if taken else "another sync is running"
        raise BundleError(f"the new policy was published and not taken up: {why}", hint="run `agentguard sync`")
    return active(places)


def active(places: Places) -> Active:
    """Return what is in force. Raises BundleError if that is only the fallback."""
    found = seal.load_active(places, time.time())
    if found.state in (FALLBACK, INVALID):
        raise BundleError(f"no signed policy is in force here: {found.problem}", hint="run `agentguard status`")
    return found


def bundle_of(found: Active) -> str:
    """Return which of BUNDLES the policy in force is."""
    return found.name if found.name in BUNDLES else BASELINE


def mode_of(found: Active) -> str:
    """Return the mode of the policy in force: ENFORCE or OBSERVE."""
    return engine.load(found.policy).mode


def source(bundle: str) -> str:
    """Return the folder of a bundle that ships with this agentguard. Raises ConfigError if it is not there."""
    package = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    for place in (package, os.path.dirname(package)):  # installed; a checkout
        found = os.path.join(place, "bundles", bundle)
        if os.path.isdir(found):
            return found
    raise ConfigError(f"the policy {bundle} does not lie beside this agentguard", hint="install it again")


def _repo(places: Places) -> str:
    return os.path.join(folder(places), "repo")


def _read(path: str) -> bytes:
    return files.read(path, seal.ROOT_LIMIT)
