"""Why a fleet may go from observing to enforcing: the doctor found machines of it healthy.

A proof is what `agentguard doctor --json` printed on a machine that observes: healthy, of the kind that is rendered for,
trusting the same anchor, and not old. Without any, this very machine is looked at, if it is of that kind and managed.
"""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

from agentguard import places
from agentguard.bundle import files, seal
from agentguard.deploy import doctor, targets
from agentguard.deploy.doctor.machine import Machine, installation
from agentguard.digest import sha256_hex
from agentguard.errors import Refused
from agentguard.sync.status import stamp

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentguard.deploy.plan import Plan

DAYS = 30
_LIMIT = 1024 * 1024
_HINT = "on a machine of the observe phase: agentguard doctor --json > proof.json; then add --proof proof.json"
_CONSOLE = (targets.LINUX, targets.MACOS)  # the console's settings are for these


def require(plan: Plan, target: str, paths: Iterable[str]) -> None:
    """Raise Refused unless the doctor's reports in these files, or this machine's, allow `target` to be enforced."""
    found = [(path, _read(path)) for path in paths] or [("this machine", _here(target))]
    anchor = sha256_hex(files.read(plan.anchor, seal.ROOT_LIMIT))
    for name, report in found:
        why = _fault(report, target, anchor)
        if why:
            raise Refused(f"enforcing is refused: {name} {why}", hint=_HINT, code="not-proved")


def _fault(report: dict[str, Any], target: str, anchor: str) -> str:
    """Return why a report proves nothing, "" if it does."""
    kinds = _CONSOLE if target == targets.CONSOLE else (target,)
    findings = report.get("findings")
    errors = [one for one in findings if one.get("level") == "error"] if isinstance(findings, list) else []
    when = report.get("time")
    if report.get("healthy") is not True or errors:
        names = ", ".join(sorted({str(one.get("name")) for one in errors}))
        return f"is not healthy: {names or 'it does not say so'}"
    if report.get("install") != places.MANAGED:
        return "is no managed installation"
    if report.get("target") not in kinds:
        return f"is a machine with {report.get('target')}, not {' or '.join(kinds)}"
    if report.get("anchor_sha256") != anchor:
        return "trusts another anchor than deploy.toml names"
    if not isinstance(when, str) or when < stamp(time.time() - DAYS * 86_400):
        return f"was looked at over {DAYS} days ago"
    return ""


def _read(path: str) -> dict[str, Any]:
    try:
        report = json.loads(files.read(path, _LIMIT))
    except (ValueError, RecursionError):
        report = None
    findings = report.get("findings") if isinstance(report, dict) else None
    if not isinstance(findings, list) or not all(isinstance(one, dict) for one in findings):
        raise Refused(f"{path} is not what `agentguard doctor --json` prints", hint=_HINT, code="not-proved")
    return dict(report)


def _here(target: str) -> dict[str, Any]:
    machine = Machine(installation())
    kinds = _CONSOLE if target == targets.CONSOLE else (target,)
    if not machine.where.managed or machine.target not in kinds:
        raise Refused(
            f"enforcing is refused: no report of the doctor was given, and this is no managed machine with {target}",
            hint=_HINT,
            code="not-proved",
        )
    return doctor.examine(machine).to_json()
