"""Managed settings: that each source can be read, which wins for whom, our hook in it, and what the lint finds."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from agentguard.deploy import install, safepath, targets
from agentguard.deploy.doctor import machine as machines
from agentguard.deploy.doctor.exam import Exam, ours
from agentguard.deploy.doctor.sources import CONSOLE, FILE
from agentguard.deploy.doctor.table import ERROR, Finding
from agentguard.deploy.lint import rules
from agentguard.deploy.lint.codes import CODES
from agentguard.deploy.lint.places import spelled

if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentguard.deploy.doctor.sources import Effective, Source

_OPEN = "AL401"  # onFailure is not block
_WINDOWS = "mnt/c/Program Files/ClaudeCode/managed-settings.json"  # as WSL shows it


def check(exam: Exam) -> Iterator[Finding]:
    """Yield what is wrong with managed settings. On a personal install only what cannot be read is of interest."""
    seen: set[str] = set()
    for found in exam.sources.values():
        for source in found:
            if source.problem and source.place not in seen:
                seen.add(source.place)
                what = f"{source.kind} settings in {source.place}: {source.problem}"
                yield exam.finding("managed/unreadable", what, place=source.place)
    if not exam.where.managed:
        return
    said: set[str] = set()
    for name, effective in exam.in_force.items():
        for finding in _of_person(exam, name, effective, exam.sources[name]):
            if finding.name + finding.what not in said:
                said.add(finding.name + finding.what)
                yield finding
    yield from _unsafe(exam)
    yield from _wsl(exam)


def _of_person(exam: Exam, name: str, effective: Effective | None, found: list[Source]) -> Iterator[Finding]:
    if effective is None:
        places = targets.TARGETS[exam.machine.target]
        yield exam.finding("managed/none", f"there is no {places.settings}, and nothing in {places.drop_ins}")
        return
    winner = effective.winner
    entry = ours(effective.value)
    if entry is None:
        holder = next((source for source in found if ours(source.value)), None)
        if holder:
            who = f"for {name} " if winner.kind == CONSOLE else ""
            what = (
                f"{who}{winner.kind} settings ({winner.place}) win, and the hook is in {holder.place} ({holder.kind})"
            )
            yield exam.finding("managed/shadowed", what, place=winner.place)
        else:
            yield exam.finding("managed/no-hook", f"{winner.kind} settings in {winner.place} do not start agentguard")
    else:
        args = entry.get("args")
        words = [entry.get("command"), *args] if isinstance(args, list) else []
        named = next((str(word) for word in reversed(words) if os.path.isabs(str(word))), "")
        own = install.started(exam.where)
        if named and named != own:
            yield exam.finding("managed/other-hook", f"the settings start {named}, installed is {own}")
        yield from _linted(exam, effective)


def _linted(exam: Exam, effective: Effective) -> Iterator[Finding]:
    """Yield what the lint finds. A hook that fails may let calls run as long as nothing is enforced here, and not then."""
    for number, path, detail in rules.check(effective.value):
        code = CODES[number]
        level = code.level
        if number == _OPEN:
            if not exam.enforces:
                continue
            level = ERROR
        where = ", ".join(filter(None, (effective.winner.place, spelled(path), detail)))
        yield Finding("managed/lint", level, f"{number} {code.what} ({where})", code.why, code.mend)


def _unsafe(exam: Exam) -> Iterator[Finding]:
    """Yield files of settings that others than root could change, or cannot read."""
    if exam.machine.platform == "win32":
        return
    files = {
        path for found in exam.sources.values() for source in found if source.kind == FILE for path in source.files
    }
    folder = exam.machine.path(targets.TARGETS[exam.machine.target].drop_ins)
    for path in sorted(files | ({folder} if os.path.isdir(folder) else set())):
        why = safepath.fault(path)
        if why:
            yield exam.finding("managed/unsafe", why, place=path)
        part = safepath.closed(path)
        if part:
            yield exam.finding("managed/closed", f"others than root cannot read {part}", place=part)


def _wsl(exam: Exam) -> Iterator[Finding]:
    try:
        windows = machines.read(exam.machine.path(f"/{_WINDOWS}"))
    except OSError:
        return
    if windows is not None and exam.machine.target == targets.LINUX:
        yield exam.finding("managed/windows-first", f"/{_WINDOWS} is there")
