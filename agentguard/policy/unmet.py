"""Values of conditions that no call ever has: commands, options and tools in a spelling that rows do not use.

What a command or an option is called is found out as for a call: a command line is made of it and read. So there is no
second table of spellings, and what cannot be told is not warned about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentguard.access import tools
from agentguard.access.tools import TOOLS
from agentguard.policy import calls, setting
from agentguard.policy.findings import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from agentguard.access.model import Row
    from agentguard.access.world import World
    from agentguard.policy.compile import Compiled
    from agentguard.policy.findings import Finding
    from agentguard.policy.shape import Condition, Entry, Rule

_PATTERN = "*?["
_NO_COMMAND = _PATTERN + "{~/@"  # the path of a program, too


def findings(compiled: Compiled) -> Iterator[Finding]:
    """Yield a warning for each value that is never met."""
    tried = _Tried()
    seen: set[str] = set()
    for rule in compiled.rules:
        for table in (rule.when, *(one.when for one in rule.unless)):
            named = [one for one in (*rule.when, *table) if one.key == "command" and not one.negated]
            commands = [str(entry.value) for one in named for entry in _entries(one, compiled.sets)]
            for condition in table:
                for entry in _entries(condition, compiled.sets):
                    found = None
                    if condition.key == "command":
                        found = _command(entry, tried)
                    elif condition.key == "flags":
                        found = _flag(entry, commands, tried)
                    elif condition.key == "tool":
                        found = _tool(entry)
                    if found is not None and str(found) not in seen:
                        seen.add(str(found))
                        yield found


def conditions(rule: Rule) -> list[Condition]:
    """Return all conditions of a rule, those of its `unless` too."""
    return [*rule.when, *(condition for table in rule.unless for condition in table.when)]


class _Tried:
    """Command lines that were read, and their rows."""

    def __init__(self) -> None:
        self._world: World = setting.made_up({}, {})
        self._rows: dict[str, Sequence[Row]] = {}

    def rows(self, text: str) -> Sequence[Row]:
        if text not in self._rows:
            self._rows[text] = tools.access(calls.of_bash(text, setting.PROJECT), self._world).rows
        return self._rows[text]


def _command(entry: Entry, tried: _Tried) -> Finding | None:
    """`make deploy`, whose second word is an operand of make."""
    text, words = str(entry.value), tuple(str(entry.value).split())
    if len(words) < 2 or any(char in text for char in _NO_COMMAND):
        return None
    known = max(_shared(words, row.origin.command) for row in tried.rows(text))
    if not 0 < known < len(words):
        return None
    program, operand = " ".join(words[:known]), words[known]
    what = f'no command is called "{text}": {operand} is an operand of {program}, so write '
    return entry.finding("AG712", f'{what}command = "{program}" and args = "{operand}"')


def _flag(entry: Entry, commands: Iterable[str], tried: _Tried) -> Finding | None:
    """`-rf` beside rm: options are compared in their long spelling, and with the value that they take."""
    flag = str(entry.value)
    plain = [text for text in commands if not any(char in text for char in _NO_COMMAND)]
    if not plain or any(char in flag for char in _PATTERN):
        return None
    shown: list[str] = []
    for command in plain:
        for row in tried.rows(f"{command} {flag} x"):
            flags = [str(one) for one in row.origin.flags]
            if flag in flags:
                return None
            if row.origin.command and not shown:
                shown = flags
    if f"{flag}=x" in shown:
        return entry.finding("AG713", f'"{flag}" takes a value, and is compared with it', f"{flag}=*")
    said = f"of {plain[0]} it is {' '.join(shown)}" if shown else f"{plain[0]} has no such option"
    return entry.finding("AG713", f'"{flag}" is never compared so: {said}')


def _tool(entry: Entry) -> Finding | None:
    """`bash` for Bash, `mcp__jira` for `mcp__jira__*`."""
    name = str(entry.value)
    if name in TOOLS or any(char in name for char in _PATTERN):
        return None
    if name.startswith("mcp__") and name.count("__") == 1:
        return entry.finding(
            "AG714", f'no tool is called "{name}": a tool of that server has its own name behind it', f"{name}__*"
        )
    near = next((tool for tool in TOOLS if tool.lower() == name.lower()), "") or nearest(name, TOOLS, least=0.85)
    return entry.finding("AG714", f'agentguard knows no tool "{name}"', near) if near else None


def _shared(words: tuple[str, ...], command: Sequence[Any]) -> int:
    """Return how many words two commands begin with in common."""
    pairs = list(zip(words, command, strict=False))
    return next((number for number, (one, other) in enumerate(pairs) if one != other), len(pairs))


def _entries(condition: Condition, sets: Mapping[str, Sequence[Entry]]) -> list[Entry]:
    """Return every value of a condition, also those of sets that it names."""
    todo, found, seen = list(condition.entries), [], set()
    while todo:
        entry = todo.pop(0)
        if not entry.reference:
            found.append(entry)
        elif entry.reference not in seen:
            seen.add(entry.reference)
            todo += sets.get(entry.reference, ())
    return found
