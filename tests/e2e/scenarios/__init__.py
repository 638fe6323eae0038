"""What is proved on the real client. `ALL` holds every scenario in the order in which they are shown."""

from __future__ import annotations

from e2e.scenario import Scenario
from e2e.scenarios import (
    allow,
    ask,
    deny,
    doctor,
    evade,
    failure,
    lint,
    observe,
    parallel,
    personal,
    prompt,
    recorded,
    selfcheck,
    subagent,
    uninstall,
)

ALL: tuple[Scenario, ...] = (
    *selfcheck.SCENARIOS,
    *deny.SCENARIOS,
    *allow.SCENARIOS,
    *ask.SCENARIOS,
    *failure.SCENARIOS,
    *evade.SCENARIOS,
    *parallel.SCENARIOS,
    *observe.SCENARIOS,
    *prompt.SCENARIOS,
    *recorded.SCENARIOS,
    *subagent.SCENARIOS,
    *personal.SCENARIOS,
    *doctor.SCENARIOS,
    *lint.SCENARIOS,
    *uninstall.SCENARIOS,
)


def chosen_from(packages: str) -> tuple[Scenario, ...]:
    """Return the scenarios there are: with packages to install, those of `tests/package` too."""
    if not packages:
        return ALL
    from package import SCENARIOS  # noqa: PLC0415 - they are built upon these

    return (*SCENARIOS, *ALL)
