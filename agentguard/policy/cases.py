"""The tests of a policy as they are written: cases and matrices in `tests/*.toml`, turned into trials.

A case is one call, or several that must end alike; a matrix is many calls by people with different roles. A trial is a
call by a person that must end in one way.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard.access import tools
from agentguard.policy import calls, setting, shape, source
from agentguard.policy.conditions import (
    AS_KEYS,
    AS_MATRIX_KEYS,
    CASE_KEYS,
    EXPECTED,
    MATRIX_KEYS,
    PROMPTS,
    TESTS_FILE_KEYS,
)
from agentguard.policy.findings import in_order, nearest
from agentguard.policy.model import BUILTIN_PREFIX
from agentguard.policy.setting import Who

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentguard.access.model import ToolCall
    from agentguard.access.world import World
    from agentguard.policy.findings import Finding
    from agentguard.policy.source import Document, Source, Steps

NOBODY = "(unknown)"  # the column of a matrix for a person without any role


class Trial(NamedTuple):
    """One call that must end in a certain way.

    `shown` is the call as the author wrote it, `rule` "" for any rule.
    """

    name: str
    document: Document
    steps: Steps
    shown: str
    call: ToolCall
    who: Who
    world: World
    expected: str
    rule: str = ""


def trials(read: Source, rules: Iterable[str], roles: Iterable[str] = ()) -> tuple[list[Trial], tuple[Finding, ...]]:
    """Return the trials of a policy's tests, and what is wrong with the tests.

    `rules`: the ids that exist, `roles`: the roles that are defined.
    """
    known = set(rules)
    found: list[Trial] = []
    findings: list[Finding] = []
    for document in read.of_kind(source.TESTS):
        findings += shape.known_keys(document, (), document.values, TESTS_FILE_KEYS)[1]
        for kind, make in (("case", _case), ("matrix", _matrix)):
            for steps, table in shape.tables(document, kind, findings):
                found += make(document, steps, table, findings)
    defined = set(roles)
    for trial in found:
        for role in sorted(set(trial.who.roles) - defined):
            what = f'role "{role}" is not defined in [roles] of bundle.toml'
            findings.append(trial.document.finding(_role(trial, role), "AG506", what, nearest(role, defined)))
        if trial.rule and trial.rule not in known and not trial.rule.startswith(BUILTIN_PREFIX):
            what = f'there is no rule "{trial.rule}"'
            where = (*trial.steps[:2], "rule")
            findings.append(trial.document.finding(where, "AG502", what, nearest(trial.rule, known)))
    return found, in_order(findings)


def _role(trial: Trial, role: str) -> Steps:
    """Return where a case or a matrix names a role."""
    steps: Steps = (*trial.steps[:2], *(("roles",) if trial.steps[0] == "matrix" else ("as", "roles")))
    listed: Any = trial.document.values
    for step in steps:
        listed = listed[step]
    return (*steps, listed.index(role)) if isinstance(listed, list) else steps


def _case(document: Document, steps: Steps, table: dict[str, Any], findings: list[Finding]) -> Iterator[Trial]:
    findings += shape.known_keys(document, steps, table, CASE_KEYS)[1]
    fields = shape.checked(document, steps, table, CASE_KEYS, findings)
    who = _person(document, (*steps, "as"), fields.get("as", {}), AS_KEYS, findings)
    world = _world(document, steps, fields, findings)
    for where, shown, call in _calls(document, steps, fields, findings):
        if "expect" in fields and "name" in fields:
            expected, rule = fields["expect"], fields.get("rule", "")
            yield Trial(fields["name"], document, where, shown, call, who, world, expected, rule)


def _matrix(document: Document, steps: Steps, table: dict[str, Any], findings: list[Finding]) -> Iterator[Trial]:
    findings += shape.known_keys(document, steps, table, MATRIX_KEYS)[1]
    fields = shape.checked(document, steps, table, MATRIX_KEYS, findings)
    roles = [text for _where, text in shape.texts(document, (*steps, "roles"), fields.get("roles", []), findings)]
    if roles and NOBODY not in roles:
        what = f'a matrix has a column "{NOBODY}": what happens to somebody without any of its roles'
        findings.append(document.finding((*steps, "roles"), "AG505", what))
    if fields.get("rows") == []:
        findings.append(document.finding((*steps, "rows"), "AG205", '"rows" is empty'))
    who = _person(document, (*steps, "as"), fields.get("as", {}), AS_MATRIX_KEYS, findings)
    world = _world(document, steps, fields, findings)
    for number, row in enumerate(fields.get("rows", [])):
        where = (*steps, "rows", number)
        if not isinstance(row, list) or not all(isinstance(cell, str) for cell in row) or len(row) != len(roles) + 1:
            many = f"{len(roles)} effect{'' if len(roles) == 1 else 's'}"
            findings.append(document.finding(where, "AG503", f"a row is a call and {many}, one a role"))
            continue
        call = _written(document, (*where, 0), row[0], fields.get("permission_mode", ""), findings)
        for column, (role, expected) in enumerate(zip(roles, row[1:], strict=True), 1):
            cell = (*where, column)
            if expected not in EXPECTED:
                what = f'"{expected}" is none of {", ".join(EXPECTED)}'
                findings.append(document.finding(cell, "AG201", what, nearest(expected, EXPECTED)))
            elif call is not None:
                held = () if role == NOBODY else (role,)
                name = f"{fields.get('name', 'matrix')}, {role}"
                yield Trial(name, document, cell, row[0], call, who._replace(roles=held), world, expected)


def _calls(
    document: Document, steps: Steps, fields: Mapping[str, Any], findings: list[Finding]
) -> Iterator[tuple[Steps, str, ToolCall]]:
    """Yield the calls that a case stands for: the one that it names, and every entry of `also`."""
    ways = [way for way in ("bash", "tool", "event") if way in fields]
    if len(ways) != 1 or (ways == ["event"] and "prompt" not in fields):
        what = 'a case has one of "bash", "tool" with "input", and "event" with "prompt"'
        findings.append(document.finding(steps, "AG501", what, key=True))
        return
    mode = fields.get("permission_mode", "")
    if "bash" in fields:
        yield steps, fields["bash"], calls.of_bash(fields["bash"], setting.PROJECT, mode)
    elif "tool" in fields:
        given = fields.get("input", {})
        shown = " ".join([fields["tool"], ", ".join(str(value) for value in given.values())])
        call = calls.of_tool(fields["tool"], given, setting.PROJECT, mode)
        if not fields.get("rule", "").startswith(BUILTIN_PREFIX):
            findings += _lacking(document, steps, call)
        yield steps, shown.strip(), call
    else:
        yield steps, fields["prompt"], calls.of_prompt(fields["event"], fields["prompt"], setting.PROJECT, mode)
    for where, text in shape.texts(document, (*steps, "also"), fields.get("also", []), findings):
        if "bash" in fields:
            yield where, text, calls.of_bash(text, setting.PROJECT, mode)
        elif other := _written(document, where, text, mode, findings):
            yield where, text, other


def _lacking(document: Document, steps: Steps, call: ToolCall) -> Iterator[Finding]:
    """Yield a finding for a tool without the input that it is about: any policy denies such a call as malformed."""
    field, _others = calls.ARGUMENTS.get(call.tool, ("", {}))
    if field and field not in call.input:
        rows = tools.access(call, setting.made_up({}, {})).rows
        if any("malformed" in row.origin.traits for row in rows):
            where = (*steps, "input") if call.input else (*steps, "tool")
            near = nearest(field, call.input, least=0.5)
            what = f'the input of {call.tool} has a "{field}"' + (f', not a "{near}"' if near else "")
            yield document.finding(where, "AG501", what)


def _written(document: Document, steps: Steps, text: str, mode: str, findings: list[Finding]) -> ToolCall | None:
    call = calls.of_line(text, setting.PROJECT, mode)
    if call is None:
        tool = text.partition(" ")[0].removesuffix(":")
        near = nearest(tool, calls.ARGUMENTS) if tool not in calls.ARGUMENTS else ""
        what = f'"{text}" is no call: a tool and its argument, such as "Read src/a.py" or "Bash: pytest -q"'
        if not near and tool not in calls.ARGUMENTS:
            what += f"; tools: {', '.join(calls.ARGUMENTS)}, mcp__SERVER__TOOL, and {' and '.join(PROMPTS)}"
        findings.append(document.finding(steps, "AG504", what, near))
    return call


def _person(
    document: Document,
    steps: Steps,
    table: dict[str, Any],
    keys: Mapping[str, tuple[str, tuple[str, ...], bool, str]],
    findings: list[Finding],
) -> Who:
    """Return who asks in a case or a matrix, and from where. `keys`: those that `as` may have there."""
    findings += shape.known_keys(document, steps, table, keys)[1]
    said = shape.checked(document, steps, table, keys, findings)
    listed = shape.texts(document, (*steps, "roles"), said.pop("roles", []), findings)
    known = {"known": said.pop("assurance")} if "assurance" in said else {}
    return Who(roles=tuple(text for _where, text in listed), **known, **said)


def _world(document: Document, steps: Steps, fields: Mapping[str, Any], findings: list[Finding]) -> World:
    """Return the made-up project that a case or a matrix describes."""
    listed = fields.get("files", [])
    if isinstance(listed, list):
        listed = {text: "" for _where, text in shape.texts(document, (*steps, "files"), listed, findings)}
    files = _texts_by_path(document, (*steps, "files"), listed, findings)
    links = _texts_by_path(document, (*steps, "links"), fields.get("links", {}), findings)
    repo = fields.get("repo", setting.REPO)
    return setting.made_up(files, links, fields.get("branch", setting.BRANCH), repo)


def _texts_by_path(
    document: Document, steps: Steps, table: Mapping[str, Any], findings: list[Finding]
) -> dict[str, str]:
    found = {}
    for name, text in table.items():
        if isinstance(text, str):
            found[name] = text
        else:
            what = f'"{name}" must be a text, not {shape.type_name(text)}'
            findings.append(document.finding((*steps, name), "AG102", what))
    return found
