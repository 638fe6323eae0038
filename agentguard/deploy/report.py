"""What the policy would have blocked or asked about, from this person's own audit records.

This is what to look at before going from observing to enforcing: which rules, in which repositories, on what.
"""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

from agentguard.audit import reader
from agentguard.audit.record import stamp
from agentguard.deploy.selftest import SESSION
from agentguard.errors import UsageError
from agentguard.policy.model import ALLOW, ASK, DENY

if TYPE_CHECKING:
    from agentguard.audit.lines import Line
    from agentguard.places import Places

EXAMPLES = 3  # of each rule
_WIDTH = 120  # characters of an example
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}
_ERASED = "(erased)"


def seconds_of(text: str) -> int:
    """Return how long `text` is ("90m", "7d"), in seconds. Raises UsageError."""
    match = re.fullmatch(r"([0-9]{1,6})([smhdw])", text.strip())
    if not match:
        raise UsageError(f"{text!r} is not a length of time", hint="write 12h, 7d or 4w")
    return int(match[1]) * _UNITS[match[2]]


def report(places: Places, since: int, now: float | None = None) -> dict[str, Any]:
    """Return what the records of the last `since` seconds say.

    {"since", "until": times, "calls": decisions in all, "would_deny", "would_ask": how many of them, "denied", "asked":
    how many really were, "selftest": calls of `quickstart` and the like that are left out, "unreadable": lines that
    could not be read, "rules": [{"rule", "severity", "deny", "ask", "last", "examples"}], "repositories":
    [{"repository", "deny", "ask"}]}, the most frequent first. Raises SpoolError.
    """
    now = time.time() if now is None else now
    start, end = stamp(now - since), stamp(now)
    totals: Counter[str] = Counter()
    rules: dict[str, dict[str, Any]] = {}
    repositories: dict[str, Counter[str]] = {}
    for line in reader.read(places.spool(os.getuid())):
        body = line.body
        if line.problem:
            totals["unreadable"] += 1
        elif str(body.get("time", "")) < start or body.get("would") is None:
            continue
        elif str(body.get("session", "")).startswith(SESSION):
            totals["selftest"] += 1
        else:
            totals["calls"] += 1
            totals[f"was {body.get('effect')}"] += 1
            if body["would"] != ALLOW:
                totals[f"would {body['would']}"] += 1
                _count(line, rules, repositories)
    return {
        "since": start,
        "until": end,
        "calls": totals["calls"],
        "would_deny": totals[f"would {DENY}"],
        "would_ask": totals[f"would {ASK}"],
        "denied": totals[f"was {DENY}"],
        "asked": totals[f"was {ASK}"],
        "selftest": totals["selftest"],
        "unreadable": totals["unreadable"],
        "rules": sorted(rules.values(), key=lambda rule: (-rule["deny"] - rule["ask"], rule["rule"])),
        "repositories": [
            {"repository": name, "deny": counts[DENY], "ask": counts[ASK]}
            for name, counts in sorted(repositories.items(), key=lambda item: (-item[1].total(), item[0]))
        ],
    }


def _count(line: Line, rules: dict[str, dict[str, Any]], repositories: dict[str, Counter[str]]) -> None:
    body, would = line.body, str(line.body["would"])
    name = str(body.get("would_rule") or body.get("rule") or "default")
    rule = rules.setdefault(
        name, {"rule": name, "severity": body.get("severity", ""), DENY: 0, ASK: 0, "last": "", "examples": []}
    )
    rule[would] = rule.get(would, 0) + 1
    rule["last"] = str(body["time"])
    example = _example(line)
    if example not in rule["examples"] and len(rule["examples"]) < EXAMPLES:
        rule["examples"].append(example)
    repositories.setdefault(_repository(line), Counter())[would] += 1


def _repository(line: Line) -> str:
    if line.texts is None:
        return _ERASED
    return _shown(line.texts.get("repo") or line.texts.get("project") or line.texts.get("cwd") or "(none)")


def _example(line: Line) -> str:
    """Return the call in a few words: its command, or its tool and the first thing that it names. Redacted already."""
    tool = str(line.body.get("tool") or line.body.get("event") or "")
    if line.texts is None:
        return f"{tool}: {_ERASED}"
    what = line.texts.get("command") or line.texts.get("problem")
    rows = line.texts.get("rows")
    for row in rows if isinstance(rows, list) else ():
        what = what or next((row[kind] for kind in ("path", "host", "package", "variable") if row.get(kind)), None)
    return _shown(f"{tool}: {_text(what)}" if what else tool)


def _text(value: Any) -> str:
    """Return a recorded value as people write it: unknown parts of a pattern are …."""
    if isinstance(value, list):
        return "".join(part if isinstance(part, str) else "…" for part in value)
    return str(value)


def _shown(text: Any) -> str:
    """Return one printable line: what an agent wrote must not write to the terminal."""
    clean = " ".join("".join(char if char.isprintable() else " " for char in str(text)).split())
    return clean if len(clean) <= _WIDTH else clean[: _WIDTH - 1] + "…"
