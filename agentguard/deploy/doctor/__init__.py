"""Says whether the guard is in force on this machine, and if not, why, and what mends it.

    Machine ─▶ Exam (sources, entry, policy: looked up once) ─▶ checks, one family a module ─▶ findings ─▶ report

Every finding is a row of `table`: what, why it matters, the command that mends it. An error means that the guard is not in
force, or may not be. Nothing is changed by looking; two calls are sent through the hook itself, and recorded as any other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard import __version__, plainfile
from agentguard.bundle import seal
from agentguard.deploy.doctor import canary, client, command, live, managed, person, records, trust
from agentguard.deploy.doctor.exam import Exam
from agentguard.deploy.doctor.machine import Machine
from agentguard.deploy.doctor.table import ERROR
from agentguard.digest import sha256_hex
from agentguard.errors import ConfigError
from agentguard.sync.status import stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agentguard.deploy.doctor.table import Finding
    from agentguard.places import Places

# The order is that of the way of a tool call: what starts the hook, what it is, what it goes by, what it leaves behind.
CHECKS: dict[str, Callable[[Exam], Iterator[Finding]]] = {
    "managed": managed.check,
    "client": client.check,
    "person": person.check,
    "command": command.check,
    "trust": trust.check,
    "records": records.check,
    "canary": canary.check,
}


# What `doctor --json` prints, in its order.
INVENTORY = {
    "healthy": "whether no finding is an error",
    "time": "when this was looked at (UTC)",
    "agentguard": "the version of agentguard",
    "install": "managed or personal",
    "target": "linux, macos or windows",
    "client": "{path, version} of the client, null where none was found",
    "settings": "for each person: {source, place, merged} of the managed settings that win, null where there are none",
    "hook": "the argv in the settings, empty where nothing of ours is in force",
    "enforces": "whether what the policy denies is blocked",
    "policy": "{name, revision, state, digest} of the policy in force",
    "anchor_sha256": "which root this machine trusts",
    "findings": "each {name, level, what, why, mend, fix}",
}


_NAMED = 40  # findings that a heartbeat names


class Report(NamedTuple):
    """What was found. `facts` are plain values for an inventory."""

    findings: list[Finding]
    facts: dict[str, Any]
    exam: Exam

    @property
    def healthy(self) -> bool:
        """Whether nothing was found that is an error."""
        return not any(finding.level == ERROR for finding in self.findings)

    def to_json(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        return {"healthy": self.healthy, **self.facts, "findings": [one._asdict() for one in self.findings]}


def examine(machine: Machine, *, through_client: bool = False, calls: bool = True) -> Report:
    """Look at a machine. Never raises for what it finds.

    `calls`: send calls through the hook; `through_client`: and two through the real client.
    """
    exam = Exam(machine)
    checks = [check for name, check in CHECKS.items() if calls or name != "canary"]
    checks += [live.check] if through_client else []
    findings = [finding for check in checks for finding in check(exam)]
    return Report(findings, _facts(exam), exam)


def health(where: Places) -> dict[str, Any]:
    """Return what a heartbeat says of this machine: install, client, source, enforces, doctor. No call is sent."""
    report = examine(Machine(where), calls=False)
    facts = report.facts
    levels = [one.level for one in report.findings]
    return {
        "install": facts["install"],
        "client": facts["client"]["version"] if facts["client"] else "",
        "source": ", ".join(sorted({one["source"] for one in facts["settings"].values() if one})),
        "enforces": facts["enforces"],
        "doctor": {
            "time": facts["time"],
            "healthy": report.healthy,
            "errors": levels.count(ERROR),
            "warnings": len(levels) - levels.count(ERROR),
            "findings": sorted({one.name for one in report.findings})[:_NAMED],
        },
    }


def _facts(exam: Exam) -> dict[str, Any]:
    found = client.find(exam)
    active = exam.active
    try:
        anchor = sha256_hex(plainfile.read(exam.where.anchor, seal.ROOT_LIMIT))
    except ConfigError:
        anchor = ""
    winners = {
        name: {"source": one.winner.kind, "place": one.winner.place, "merged": one.merged} if one else None
        for name, one in exam.in_force.items()
    }
    return {
        "time": stamp(exam.machine.now),
        "agentguard": __version__,
        "install": exam.where.kind,
        "target": exam.machine.target,
        "client": {"path": found.path, "version": found.version} if found else None,
        "settings": winners,
        "hook": exam.argv,
        "enforces": exam.enforces,
        "policy": {"name": active.name, "revision": active.revision, "state": active.state, "digest": active.digest},
        "anchor_sha256": anchor,
    }
