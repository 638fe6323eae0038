"""What is done to a data folder while no server runs: make what can be made again, remove what was kept long enough."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING, Any

from agentguard.collector import checking, indexing, loss, retention
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

    Raises `ConfigError` if a server has it, if it cannot be used, or if records are lost (see `loss`).
    """
    try:
        loss.check(keys)
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


def retain(keys: Keys, now: float) -> tuple[dict[str, int], list[int]]:
    """Remove what has been kept long enough; return {verdict: records} and the files of the landing log that went."""
    days = retention.load(keys)
    with opened(keys) as (log, ledger, store):
        store.catch_up()
        removed = retention.forget(store, days, now)
        return removed, retention.retire(log, ledger, store, days, now)


def reindex(keys: Keys, now: float) -> tuple[int, list[dict[str, Any]]]:
    """Make ledger and index anew; return how many records were indexed, and the alerts that a check of the log raised.

    Raises `ConfigError` and `AuditError`. What retention has removed comes back with the landing log, and goes again at once.
    """
    days = retention.load(keys)
    with opened(keys, anew=True) as (log, ledger, store):
        alerts = checking.check(log, ledger, now)
        count = store.catch_up()
        retention.forget(store, days, now)
        return count, alerts


def check(keys: Keys, now: float) -> list[dict[str, Any]]:
    """Check the landing log; return the alerts that this raised. Raises `ConfigError` and `AuditError`."""
    with opened(keys) as (log, ledger, _store):
        return checking.check(log, ledger, now)
