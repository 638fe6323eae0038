"""How long records are kept, by verdict, and what is removed then.

The index forgets the records of a whole day and verdict at once, by deleting their file: from then on nobody finds them.
Their lines stay in the landing log until its file is older than every retention; then that file goes, too. Before it
goes, an entry of the log says in numbers what it held, so that the ledger can still be made again and chains do not seem
to have holes. Receipts are signed statements and stay good. What was removed is said with every search that would have
found it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from agentguard import jsontext
from agentguard.audit.record import stamp
from agentguard.bundle import files
from agentguard.collector import ledger
from agentguard.collector.store import ALLOW, ASK, DENY, KINDS, OTHER, READ
from agentguard.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentguard.collector.keys import Keys
    from agentguard.collector.landing import Landing
    from agentguard.collector.ledger import Ledger
    from agentguard.collector.store import Store

FILE = "retention.json"
DAYS = {ALLOW: 30, ASK: 400, DENY: 400, OTHER: 400, READ: 400}
MOST_DAYS = 36_500
_DAY = 86_400


def load(keys: Keys) -> dict[str, int]:
    """Return for how many days records of each verdict are kept. Raises `ConfigError`."""
    path = keys.path(FILE)
    try:
        with open(path, "rb") as file:
            found = jsontext.loads(file.read())
    except FileNotFoundError:
        return dict(DAYS)
    except (OSError, jsontext.JsonError) as error:
        raise ConfigError(f"{path} cannot be read: {getattr(error, 'strerror', None) or error}") from None
    if not isinstance(found, dict) or set(found) != set(KINDS) or not all(map(_is_days, found.values())):
        raise ConfigError(f"{path} must have a number of days for each of {', '.join(KINDS)}")
    return found


def save(keys: Keys, days: dict[str, int]) -> None:
    """Set for how many days records of each verdict are kept."""
    files.replace(keys.path(FILE), jsontext.canonical(days) + b"\n", 0o600)


class Index(Protocol):
    """What can forget records: a store, or the part of it that writes."""

    def remove(self, day: str, kinds: Sequence[str], at: str, /) -> int:
        """Remove the records of these verdicts that were received on a day or before; return how many that were."""


def forget(store: Index, days: dict[str, int], now: float) -> dict[str, int]:
    """Remove from the index what has been kept long enough; return {verdict: how many records}."""
    return {kind: store.remove(stamp(now - (days[kind] + 1) * _DAY)[:10], [kind], stamp(now)) for kind in KINDS}


def retire(log: Landing, known: Ledger, store: Store, days: dict[str, int], now: float) -> list[int]:
    """Delete the files of the landing log that are older than every retention; return their numbers.

    Only files that the index has gone through, and never the newest one.
    """
    oldest = stamp(now - (max(days.values()) + 1) * _DAY)
    gone = []
    for number in log.files():
        if number >= min(log.number, store.indexed()[0]) or log.newest(number) >= oldest:
            break
        if not known.is_retired(number):
            value: dict[str, Any] = {"at": stamp(now), "retired": number, "removed": _removed(store, oldest[:10])}
            value["chains"], value["left"] = ledger.summary(log, number)
            entry = jsontext.dumps(value).encode("ascii")
            log.append([entry], ledger.Run(stamp(now), "", [value], [], len(entry) + 1, 0))
        log.remove(number)
        known.forget(number)
        gone.append(number)
    return gone


def _removed(store: Store, day: str) -> list[dict[str, Any]]:
    return [one for one in store.removed() if one["day"] < day]


def _is_days(value: object) -> bool:
    return type(value) is int and 1 <= value <= MOST_DAYS
