"""Makes the ledger and the index again from the landing log, while no server runs."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING

from agentguard.collector import indexing
from agentguard.collector.dayfile import discard
from agentguard.collector.folders import INDEX, LANDING, LEDGER
from agentguard.collector.landing import Landing
from agentguard.collector.ledger import Ledger
from agentguard.collector.sqlite import SqliteStore
from agentguard.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentguard.collector.keys import Keys


@contextlib.contextmanager
def opened(keys: Keys, *, anew: bool = False) -> Iterator[tuple[Landing, Ledger, SqliteStore]]:
    """Lend everything that a data folder holds; `anew` throws away what can be made again.

    Raises `ConfigError` if a server has it, or if it cannot be used.
    """
    try:
        with contextlib.ExitStack() as stack:
            log = stack.enter_context(contextlib.closing(Landing(keys.path(LANDING))))
            if anew:
                discard(keys.path(LEDGER))
                if os.path.isdir(keys.path(INDEX)):
                    indexing.clear(keys.path(INDEX))
            ledger = stack.enter_context(contextlib.closing(Ledger(keys.path(LEDGER), log)))
            store = stack.enter_context(contextlib.closing(SqliteStore(keys.path(INDEX), ledger, log)))
            yield log, ledger, store
    except (OSError, sqlite3.Error) as error:
        raise ConfigError(f"{keys.folder} cannot be used for the collector's data: {error}") from None


def reindex(keys: Keys) -> int:
    """Make ledger and index anew; return how many records there are. Raises `ConfigError` and `AuditError`."""
    with opened(keys, anew=True) as (_log, _ledger, store):
        return store.catch_up()
