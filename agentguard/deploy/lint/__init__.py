"""Finds what is known to switch a guard off, or to keep the client from starting, in managed settings of any form.

bytes ─formats─▶ settings, with places ─rules─▶ findings, by the table in `codes`
"""

from __future__ import annotations

from agentguard.bundle import files
from agentguard.deploy.lint import formats, rules
from agentguard.deploy.lint.codes import Finding

LIMIT = 4 * 1024 * 1024  # bytes of a file


def lint_file(path: str) -> tuple[str, list[Finding]]:
    """Return a file's form and its findings. Raises ConfigError if it cannot be read."""
    return lint(path, files.read(path, LIMIT))


def lint(name: str, data: bytes) -> tuple[str, list[Finding]]:
    """Return the form of a file that is called `name`, and its findings, in the order of their places and codes."""
    form, found, findings = formats.read(name, data)
    for settings in found:
        findings += [settings.finding(*one) for one in rules.check(settings.value, name)]
    return form, sorted(set(findings), key=lambda one: (one.line, one.column, one.code, one.where))
