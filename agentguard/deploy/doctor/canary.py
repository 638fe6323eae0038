"""Calls through the very command in the settings: one that must pass, one that must be denied, each with its record."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentguard.deploy import selftest
from agentguard.errors import AgentguardError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentguard.deploy.doctor.exam import Exam
    from agentguard.deploy.doctor.table import Finding


def check(exam: Exam) -> Iterator[Finding]:
    """Send the calls and yield what came out wrong. Nothing is sent where the command is not there."""
    if not exam.argv or not all(os.path.isfile(path) for path in (exam.argv[0], exam.argv[-1])):
        return
    try:
        checks = selftest.run(
            exam.where, enforce=exam.enforces, baseline=False, entry=exam.entry, environment=exam.environment
        )
    except AgentguardError as error:
        yield exam.finding("canary/broken", error.message)
        return
    for one in checks:
        if one.verdict == selftest.BROKEN:
            yield exam.finding("canary/broken", f"{one.call}: the hook crashed, hung or gave no answer")
        elif not one.would:
            yield exam.finding("canary/unrecorded", f"{one.call} came out as {one.verdict}, and there is no record")
        elif not one.ok:
            rule = f" ({one.rule})" if one.rule else ""
            yield exam.finding(
                "canary/wrong", f"{one.call} came out as {one.verdict}, the record says {one.would}{rule}"
            )
