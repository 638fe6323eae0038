"""The plain value that a scenario is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from e2e.lab import Lab

# Which managed install a scenario's box has.
NO_INSTALL, ENFORCING, OBSERVING_BUNDLE, OBSERVING_STAGE = "", "enforcing", "observing-bundle", "observing-stage"


@dataclass(frozen=True)
class Scenario:
    """One thing to prove. `says` is the sentence that holds when `proof` returns without `NotProved`."""

    name: str
    says: str
    proof: Callable[[Lab], None]
    install: str = ENFORCING
