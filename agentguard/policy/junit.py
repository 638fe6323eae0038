"""The results of a policy's tests as JUnit XML, which build servers read: one suite a file, one case a call.

Source: the schema of the Apache Ant JUnit task, as Jenkins and GitLab read it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentguard.policy.suite import Result


def document(results: Iterable[Result], name: str) -> str:
    """Return the results of the policy `name` as XML."""
    files: dict[str, list[Result]] = {}
    for result in results:
        files.setdefault(result.trial.document.file, []).append(result)
    total = sum(map(len, files.values()))
    failed = sum(not result.passed for listed in files.values() for result in listed)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(f"<testsuites name={_attribute(name)} {_counts(total, failed)}>")
    for file, listed in files.items():
        wrong = sum(not result.passed for result in listed)
        lines.append(f"  <testsuite name={_attribute(file)} {_counts(len(listed), wrong)}>")
        lines += [_case(result) for result in listed]
        lines.append("  </testsuite>")
    return "\n".join([*lines, "</testsuites>", ""])


def _counts(tests: int, failures: int) -> str:
    return f'tests="{tests}" failures="{failures}" errors="0"'


def _case(result: Result) -> str:
    trial = result.trial
    line = trial.document.place(trial.steps)[0]
    name = _attribute(f"{trial.name}: {trial.shown}")
    file = _attribute(trial.document.file)
    head = f'    <testcase classname={file} name={name} file={file} line="{line}"'
    if result.passed:
        return f"{head}/>"
    message = _attribute(result.outcome)
    return f"{head}>\n      <failure message={message}>{escape(_legal(str(result)))}</failure>\n    </testcase>"


def _attribute(text: str) -> str:
    return quoteattr(_legal(text), {"\n": "&#10;", "\t": "&#9;", "\r": "&#13;"})


def _legal(text: str) -> str:
    """Return a text with what XML 1.0 cannot hold written as an escape. Source: XML 1.0, section 2.2."""
    return "".join(
        char
        if char in "\t\n\r" or "\x20" <= char <= "\ud7ff" or "\ue000" <= char <= "\ufffd" or char >= "\U00010000"
        else char.encode("unicode_escape").decode()
        for char in text
    )
