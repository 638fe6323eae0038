"""Runs the tests of a policy through the same code as the hook, and says how each ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard.policy import advice, cases, engine, setting, source, wire
from agentguard.policy.compile import compile_source
from agentguard.policy.explain import explanation, printable, row_text
from agentguard.policy.findings import in_order
from agentguard.policy.model import ALLOW, ASK, DENY

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from agentguard.policy.cases import Trial
    from agentguard.policy.engine import Policy
    from agentguard.policy.findings import Finding
    from agentguard.policy.model import Decision

STOP = "stop"  # expected: deny or ask


class Prepared(NamedTuple):
    """A policy and its tests. `compiled` is the policy, empty if there are errors among the `findings`.

    `rules` counts the rules, `warnings` are looked for only where that is asked for. `own`: the ids of the rules that stand
    in the folder itself, and of those of other packs that it adjusts.
    """

    compiled: dict[str, Any]
    trials: list[Trial]
    findings: tuple[Finding, ...]
    rules: int
    warnings: tuple[Finding, ...] = ()
    own: tuple[str, ...] = ()

    def loaded(self) -> Policy:
        """Return the policy, ready to judge: as a bundle stores it, so each row asks only the rules that could concern it."""
        return engine.load(wire.pack(self.compiled))


class Result(NamedTuple):
    """How a trial ended. `rows` are those of an explanation."""

    trial: Trial
    got: str
    rule: str
    passed: bool
    rows: list[dict[str, Any]]

    def to_json(self) -> dict[str, Any]:
        """Return the result as plain values."""
        trial = self.trial
        line, column = trial.document.place(trial.steps)
        return {
            "name": trial.name,
            "file": trial.document.file,
            "line": line,
            "column": column,
            "call": trial.shown,
            "roles": list(trial.who.roles),
            "passed": self.passed,
            "expected": trial.expected,
            "expected_rule": trial.rule,
            "got": self.got,
            "rule": self.rule,
            "rows": self.rows,
        }

    @property
    def outcome(self) -> str:
        """What should have come of it and what did; with the rules where the case names one."""
        rule = self.trial.rule
        if not rule:
            return f"expected {self.trial.expected}, got {self.got}"
        return f"expected {self.trial.expected} by {rule}, got {self.got} by {self.rule or 'no rule'}"

    def __str__(self) -> str:
        """Return a few lines for a person: what was called, what should have come of it, and what did."""
        trial = self.trial
        line, column = trial.document.place(trial.steps)
        lines = [
            f"{trial.document.file}:{line}:{column}: {trial.name}",
            *(f"  | {text}" for text in printable(trial.shown).split("\n")),
        ]
        lines.append(f"  {self.outcome}" + (f" by {self.rule}" if self.rule and not trial.rule else ""))
        for row in self.rows:
            rules = ", ".join(hit["rule"] for hit in row["rules"])
            lines.append(
                f"    {row['effect']:<5}  {row['certainty']:<8}  {row_text(row)}{'  (' + rules + ')' if rules else ''}"
            )
        return "\n".join(lines)


class Coverage(NamedTuple):
    """How many of a policy's rules its tests exercise: have a say about at least one row of one of them."""

    rules: int
    missing: tuple[str, ...]

    @property
    def percent(self) -> float:
        """How many of a hundred rules are exercised; all of none."""
        return 100 * (self.rules - len(self.missing)) / self.rules if self.rules else 100.0

    def to_json(self) -> dict[str, Any]:
        """Return the coverage as plain values."""
        exercised = self.rules - len(self.missing)
        return {
            "rules": self.rules, "exercised": exercised, "percent": round(self.percent, 1), "missing": list(self.missing)
        }  # fmt: skip


def coverage(prepared: Prepared, results: Sequence[Result]) -> Coverage:
    """Return which of a policy's own rules, and of those that it adjusts, no result comes across.

    The other rules of a pack that it includes are tested with the pack.
    """
    seen = {hit["rule"] for result in results for row in result.rows for hit in row["rules"]}
    return Coverage(len(prepared.own), tuple(rule for rule in prepared.own if rule not in seen))


def prepare(folder: str, *, advise: bool = False) -> Prepared:
    """Read and check a policy and its tests. Never raises; every mistake in any of its files is among the findings.

    `advise`: look for warnings too.
    """
    read = source.read(source.located(folder))
    compiled = compile_source(read)
    trials, wrong = cases.trials(read, compiled.ids, compiled.roles)
    findings = in_order((*compiled.findings, *wrong))
    warnings = advice.warnings(read, compiled) if advise else ()
    if findings:
        wrong_at = {one[:3] for one in findings}  # a place that is wrong is not doubtful as well
        left = tuple(one for one in warnings if one[:3] not in wrong_at)
        return Prepared({}, trials, findings, len(compiled.ids), left)
    files = {document.file for document in read.documents}
    own = {rule.id for rule in compiled.rules if rule.document.file in files}
    own |= {one.rule for one in compiled.adjusted if one.document.file in files}
    return Prepared(compiled.policy or {}, trials, (), len(compiled.ids), warnings, tuple(sorted(own)))


def run(policy: Policy, trials: Sequence[Trial], progress: Callable[[int, int], None] | None = None) -> list[Result]:
    """Run trials against a policy, in their order. Under one that only observes, what it would do counts."""
    results = []
    for number, trial in enumerate(trials, 1):
        access, decision = setting.judge(policy, trial.call, trial.world, trial.who)
        got, rule = setting.verdict(policy, decision)
        rows = explanation(policy, trial.call, access, decision)["rows"]
        results.append(Result(trial, got, rule, _passed(trial, got, decision), rows))
        if progress:
            progress(number, len(trials))
    return results


def _passed(trial: Trial, got: str, decision: Decision) -> bool:
    if got != trial.expected and (trial.expected != STOP or got == ALLOW):
        return False
    stops = {ASK, DENY} if trial.expected == STOP else {got}
    return not trial.rule or any(hit.rule == trial.rule and hit.effect in stops for hit in decision.hits)
