"""Trust: the anchor and the configuration, the policy in force and its age, the clock, and whether all was taken up."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentguard import config
from agentguard.deploy import safepath
from agentguard.errors import ConfigError
from agentguard.policy.model import FALLBACK, GRACE, INVALID, STALE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentguard.deploy.doctor.exam import Exam
    from agentguard.deploy.doctor.table import Finding

_STATES = {FALLBACK: "trust/fallback", INVALID: "trust/invalid", STALE: "trust/stale", GRACE: "trust/grace"}
_DAY = 86_400
_TAKEN = ("stage", "device_kind", "verify", "grace_days")  # what the hook goes by, of agentguard.toml


def check(exam: Exam) -> Iterator[Finding]:
    """Yield what is wrong with trust, policy and clock."""
    where, active = exam.where, exam.active
    if not os.path.lexists(where.anchor):
        yield exam.finding("trust/no-anchor", f"there is no {where.anchor}", place=where.anchor)
        return
    settings = None
    try:
        settings = config.read(where.settings)
    except ConfigError as error:
        yield exam.finding("trust/configuration", error.message, place=where.settings)
    if where.managed:
        closed = []
        for path in filter(os.path.lexists, (where.anchor, where.settings, where.seal, where.floor)):
            why = safepath.fault(path)
            if why:
                yield exam.finding("trust/unsafe", f"{path}: {why}", place=path)
            part = safepath.closed(path)
            if part and part not in closed:
                closed.append(part)
                yield exam.finding("trust/closed", f"others than root cannot read {part}", place=part)
    if active.chain and exam.machine.now < active.chain.issued - _DAY:
        yield exam.finding("trust/clock", "the clock is behind the day on which the policy was signed")
    elif active.state in _STATES:
        yield exam.finding(_STATES[active.state], active.problem or active.state, fix="sync")
    elif active.problem:
        yield exam.finding("trust/damaged-state", active.problem, fix="sync")
    if settings and active.local:
        changed = [name for name in _TAKEN if active.local.get(name, settings[name]) != settings[name]]
        if changed:
            what = f"{', '.join(changed)} in {where.settings} is not what the hook goes by"
            yield exam.finding("trust/not-taken-up", what, fix="sync")
