"""What the policy would have blocked or asked about: from this person's own audit records, or from a collector's.

This is what to look at before going from observing to enforcing: which rules, whose work, in which repositories, on what.
"""

from __future__ import annotations

import os
import time
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard.audit import query, reader
from agentguard.audit.record import stamp
from agentguard.deploy.selftest import SESSION
from agentguard.errors import UsageError
from agentguard.policy.model import ALLOW, ASK, DENY

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentguard.audit.show import Seen
    from agentguard.places import Places

EXAMPLES = 3  # of each rule
_WIDTH = 120  # characters of an example
_NAME = 200  # characters of a rule's, a person's or a repository's name
_ERASED = "(erased)"
_NOBODY = "(not known)"


class Range(NamedTuple):
    """A span of time, as records write times: from `start` on, and before `end`."""

    start: str
    end: str


class Entry(NamedTuple):
    """One record. `texts` is None where they were erased; `problem` says why it cannot be read, and then nothing is."""

    body: dict[str, Any]
    texts: dict[str, Any] | None
    at: str = ""
    problem: str = ""


def span(since: str, until: str = "", now: float | None = None) -> Range:
    """Return the time from `since` until `until`, each a span back from now ("90m", "7d") or a date.

    Raises UsageError.
    """
    now = time.time() if now is None else now
    found = Range(_moment(since, now), _moment(until, now) if until else stamp(now))
    if found.start > found.end:
        raise UsageError(f"{since!r} is after {until!r}", hint="--since is the earlier one")
    return found


def _moment(text: str, now: float) -> str:
    try:
        return query.moment(text, now=now)
    except query.QueryError:
        raise UsageError(f"{text!r} is no time", hint="write 12h, 7d, 4w or a date such as 2026-05-01") from None


def local(places: Places) -> Iterator[Entry]:
    """Yield the records of this person's spool. Raises SpoolError."""
    for line in reader.read(places.spool(os.getuid())):
        yield Entry(line.body, line.texts, str(line.body.get("time", "")), line.problem)


def collected(records: Iterable[Seen]) -> Iterator[Entry]:
    """Yield the records that a collector found. What it received, and when, counts instead of what devices say."""
    for record in records:
        body = record.body if isinstance(record.body, dict) else {}
        texts = record.texts if isinstance(record.texts, dict) else None
        yield Entry(body, texts, record.received)


def wanted(when: Range) -> str:
    """Return the query by which a collector finds the records of some time."""
    return f'would:* since:"{when.start}" until:"{when.end}"'


def report(entries: Iterable[Entry], when: Range) -> dict[str, Any]:
    """Return what the records of some time say.

    {"since", "until": times, "calls": decisions in all, "would_deny", "would_ask": how many of them, "denied", "asked":
    how many really were, "selftest": calls of `quickstart` and the like that are left out, "unreadable": lines that
    could not be read, "rules": [{"rule", "severity", "deny", "ask", "people", "last", "examples"}], "people": [{"person",
    "deny", "ask"}], "repositories": [{"repository", "deny", "ask"}]}, the most frequent first.
    """
    totals: Counter[str] = Counter()
    rules: dict[str, _Rule] = {}
    people: dict[str, Counter[str]] = {}
    repositories: dict[str, Counter[str]] = {}
    for entry in entries:
        body, would = entry.body, entry.body.get("would")
        if entry.problem:
            totals["unreadable"] += 1
        elif not when.start <= entry.at < when.end or would not in (ALLOW, ASK, DENY):
            continue
        elif str(body.get("session", "")).startswith(SESSION):
            totals["selftest"] += 1
        else:
            totals["calls"] += 1
            totals[f"was {body.get('effect')}"] += 1
            if would != ALLOW:
                totals[f"would {would}"] += 1
                person = _shown(body.get("user") or _NOBODY, _NAME)
                name = _shown(body.get("would_rule") or body.get("rule") or "default", _NAME)
                rules.setdefault(name, _Rule(name)).add(entry, would, person)
                people.setdefault(person, Counter())[would] += 1
                repositories.setdefault(_repository(entry), Counter())[would] += 1
    return {
        "since": when.start,
        "until": when.end,
        "calls": totals["calls"],
        "would_deny": totals[f"would {DENY}"],
        "would_ask": totals[f"would {ASK}"],
        "denied": totals[f"was {DENY}"],
        "asked": totals[f"was {ASK}"],
        "selftest": totals["selftest"],
        "unreadable": totals["unreadable"],
        "rules": [rule.to_json() for rule in sorted(rules.values(), key=lambda one: (-one.counts.total(), one.name))],
        "people": _sorted("person", people),
        "repositories": _sorted("repository", repositories),
    }


class _Rule:
    """What one rule would have done."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.severity = self.last = ""
        self.counts: Counter[str] = Counter()
        self._people: set[str] = set()
        self._examples: list[str] = []

    def add(self, entry: Entry, would: str, person: str) -> None:
        self.counts[would] += 1
        self._people.add(person)
        if entry.at >= self.last:
            self.last, self.severity = entry.at, _shown(entry.body.get("severity", ""))
        example = _example(entry)
        if example not in self._examples and len(self._examples) < EXAMPLES:
            self._examples.append(example)

    def to_json(self) -> dict[str, Any]:
        return {
            "rule": self.name,
            "severity": self.severity,
            DENY: self.counts[DENY],
            ASK: self.counts[ASK],
            "people": len(self._people),
            "last": self.last,
            "examples": self._examples,
        }


def _sorted(key: str, counts: dict[str, Counter[str]]) -> list[dict[str, Any]]:
    found = sorted(counts.items(), key=lambda item: (-item[1].total(), item[0]))
    return [{key: name, DENY: each[DENY], ASK: each[ASK]} for name, each in found]


def _repository(line: Entry) -> str:
    if line.texts is None:
        return _ERASED
    return _shown(line.texts.get("repo") or line.texts.get("project") or line.texts.get("cwd") or "(none)")


def _example(line: Entry) -> str:
    """Return the call in a few words: its command, or its tool and the first thing that it names. Redacted already."""
    tool = str(line.body.get("tool") or line.body.get("event") or "")
    if line.texts is None:
        return f"{tool}: {_ERASED}"
    what = line.texts.get("command") or line.texts.get("problem")
    rows = line.texts.get("rows")
    for row in rows if isinstance(rows, list) else ():
        if not isinstance(row, dict):
            continue
        what = what or next((row[kind] for kind in ("path", "host", "package", "variable") if row.get(kind)), None)
    return _shown(f"{tool}: {_text(what)}" if what else tool)


def _text(value: Any) -> str:
    """Return a recorded value as people write it: unknown parts of a pattern are …."""
    if isinstance(value, list):
        return "".join(part if isinstance(part, str) else "…" for part in value)
    return str(value)


def _shown(text: Any, width: int = _WIDTH) -> str:
    """Return one printable line of at most `width` characters: what an agent wrote must not write to the terminal."""
    clean = " ".join("".join(char if char.isprintable() else " " for char in str(text)).split())
    return clean if len(clean) <= width else clean[: width - 1] + "…"
