"""What people's own settings do: of a personal install they start the hook; beside a managed one they may rewrite calls."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

from agentguard.deploy import settings
from agentguard.deploy.doctor import machine as machines
from agentguard.deploy.doctor.exam import EVENT, ours
from agentguard.errors import AgentguardError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentguard.deploy.doctor.exam import Exam
    from agentguard.deploy.doctor.machine import Person
    from agentguard.deploy.doctor.table import Finding

_SWITCHES = ("allowManagedHooksOnly", "disableAllHooks")


def check(exam: Exam) -> Iterator[Finding]:
    """Yield what is wrong with people's own settings."""
    if not exam.where.managed:
        yield from _personal(exam)
    for person in exam.machine.people():
        effective = exam.in_force.get(person.name)
        if effective and any(effective.value.get(switch) is True for switch in _SWITCHES):
            continue
        entries = list(_entries(_settings(exam, person)))
        others = sum(1 for entry in entries if not ours(_alone(entry)))
        if exam.where.managed and others < len(entries):
            yield exam.finding("person/twice", f"{person.name}'s own settings start agentguard too", place=person.home)
        if others:
            what = f"{person.name} has {others} other hook{'s' if others > 1 else ''} before tool calls"
            yield exam.finding("person/rewrites", what)


def _personal(exam: Exam) -> Iterator[Finding]:
    path = settings.path_of(exam.where)
    try:
        if settings.hook_entry(exam.where, EVENT) is None:
            yield exam.finding("person/no-hook", f"{path} does not start agentguard", fix="settings")
        for said in settings.warnings(exam.where):
            name = "person/disabled" if said.startswith(path) else "person/elsewhere"
            yield exam.finding(name, said, place=path)
    except AgentguardError as error:
        yield exam.finding("person/unreadable", error.message, place=path)
    for effective in exam.in_force.values():
        for switch in _SWITCHES:
            if effective and effective.value.get(switch) is True:
                yield exam.finding("person/ignored", f"{effective.winner.place} has {switch}")


def _settings(exam: Exam, person: Person) -> dict[str, Any]:
    """Return a person's own settings, {} where they cannot be read."""
    path = os.path.join(exam.machine.config_dir(person), "settings.json")
    try:
        value = json.loads(machines.read_of(person, path) or b"{}")
    except (OSError, ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _entries(value: dict[str, Any]) -> Iterator[Any]:
    hooks = value.get("hooks")
    groups = hooks.get(EVENT) if isinstance(hooks, dict) else None
    for group in groups if isinstance(groups, list) else []:
        entries = group.get("hooks") if isinstance(group, dict) else None
        yield from entries if isinstance(entries, list) else ()


def _alone(entry: Any) -> dict[str, Any]:
    return {"hooks": {EVENT: [{"hooks": [entry]}]}}
