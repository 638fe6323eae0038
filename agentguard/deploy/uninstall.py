"""Takes a personal install away: first the settings, so that the agent never calls a hook that is gone, then the code.

Audit records, the policy and the signing key stay unless they are to go too.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from typing import TYPE_CHECKING, NamedTuple

from agentguard.bundle import files
from agentguard.deploy import install, settings
from agentguard.errors import ConfigError
from agentguard.sync import stages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentguard.places import Places


class Removed(NamedTuple):
    """What was done: how the settings ended (RESTORED, CLEANED, ABSENT), and which folders of ours are still there."""

    settings: str
    kept: list[str]


def uninstall(places: Places, *, purge: bool = False) -> Removed:
    """Restore the settings, remove the code, and with `purge` everything else. Safe to repeat. Raises ConfigError."""
    ended = settings.remove(places)
    with _no_sync(places):
        install.remove_code(places)
        for folder in dict.fromkeys((places.state, places.config, places.code)):
            _remove(folder, whole=purge)
    return Removed(ended, [folder for folder in places.own_folders() if os.path.isdir(folder)])


@contextlib.contextmanager
def _no_sync(places: Places) -> Iterator[None]:
    """Wait for a sync that a hook has started, and let none begin: it would write where we remove."""
    if not os.path.isdir(places.sync):
        yield
        return
    with files.locked(os.path.join(places.sync, stages.LOCK)):
        yield


def _remove(folder: str, *, whole: bool) -> None:
    """Remove a folder, or only if it is empty."""
    try:
        if whole:
            shutil.rmtree(folder)
        else:
            os.rmdir(folder)
    except FileNotFoundError:
        return
    except OSError as error:
        if whole:
            raise ConfigError(f"{folder} cannot be removed: {files.reason(error)}") from None
