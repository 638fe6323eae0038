"""Values of conditions that no call ever has: commands, options, tools and names in a spelling that rows do not use.

What a command or an option is called is found out as for a call: a command line is made of it and read. So there is no
second table of spellings, and what cannot be told is not warned about.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from agentguard.access import tools
from agentguard.access.programs import catalog
from agentguard.access.tools import TOOLS
from agentguard.policy import calls, setting
from agentguard.policy.findings import nearest
from agentguard.policy.shape import Entry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from agentguard.access.model import Row
    from agentguard.access.programs.catalog import Program
    from agentguard.access.world import World
    from agentguard.policy.compile import Compiled
    from agentguard.policy.findings import Finding
    from agentguard.policy.shape import Condition, Rule
    from agentguard.policy.source import Document

_PATTERN = "*?["
# Source: code.claude.com, "Hooks reference", common input fields.
MODES = ("default", "plan", "acceptEdits", "auto", "dontAsk", "bypassPermissions")
_TYPED = 0.9  # how near an option must be to one of the tables to be a slip of it: `--forcee`, and not `--verify`
_NO_COMMAND = _PATTERN + "{~/@"  # the path of a program, too


def findings(compiled: Compiled) -> Iterator[Finding]:
    """Yield a warning for each value that is never met."""
    tried = _Tried()
    seen: set[str] = set()
    for rule in compiled.rules:
        for table in (rule.when, *(one.when for one in rule.unless)):
            named = [one for one in (*rule.when, *table) if one.key == "command" and not one.negated]
            commands = list(dict.fromkeys(str(entry.value) for one in named for entry in _entries(one, compiled.sets)))
            for condition in table:
                for entry in _entries(condition, compiled.sets):
                    found = None
                    if condition.key == "command":
                        found = _command(entry, tried)
                    elif condition.key == "flags":
                        found = _flag(entry, commands, tried)
                    elif condition.key in _NAMES:
                        found = _NAMES[condition.key](entry)
                    if found is not None and str(found) not in seen:
                        seen.add(str(found))
                        yield found


def in_tests(documents: Iterable[Document]) -> Iterator[Finding]:
    """Yield a warning for each tool and permission mode in tests that is nearly called so."""
    for document in documents:
        for kind, key in (("case", "tool"), ("case", "permission_mode"), ("matrix", "permission_mode")):
            listed = document.values.get(kind)
            for number, table in enumerate(listed if isinstance(listed, list) else ()):
                if isinstance(table, dict) and isinstance(text := table.get(key), str):
                    found = _NAMES[key](Entry(text, document, (kind, number, key)))
                    if found is not None:
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
                return _slip(entry, commands)
            if row.origin.command and not shown:
                shown = flags
    if f"{flag}=x" in shown:
        return entry.finding("AG713", f'"{flag}" takes a value, and is compared with it', f"{flag}=*")
    said = f"of {plain[0]} it is {' '.join(shown)}" if shown else f"{plain[0]} has no such option"
    return entry.finding("AG713", f'"{flag}" is never compared so: {said}')


def _slip(entry: Entry, commands: Iterable[str]) -> Finding | None:
    """`--forcee`: an option that is compared as it is written, that no table has and that is nearly one that a table has."""
    name, equals, value = str(entry.value).partition("=")
    listed = [set(_options(command)) for command in commands]
    known = set().union(*listed)
    near = nearest(name, sorted(known), least=_TYPED) if all(listed) and name not in known else ""
    if not near:
        return None
    what = f'agentguard knows no option "{name}" of {" or ".join(commands)}'
    return entry.finding("AG713", what, f"{near}{equals}{value}")


def _options(command: str) -> Iterator[str]:
    """Yield every spelling of the options of a command, of what it belongs to and of what is beneath it."""
    name, *words = command.split() or [""]
    todo: list[Program] = [found] if (found := catalog.find(name)) else []
    while todo:
        program = todo.pop()
        yield from (spelling for spellings, _kind, _trait in program.options for spelling in spellings)
        depth = len(program.command) - 1
        todo += [sub for sub in program.subcommands if depth >= len(words) or sub.command[-1] == words[depth]]


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


def _server(entry: Entry) -> Finding | None:
    """`mcp__jira` for jira."""
    prefix, _, rest = str(entry.value).partition("__")
    if prefix != "mcp" or not rest:
        return None
    what = f'"{entry.value}" is never compared so: a server is named without what stands before and behind it'
    return entry.finding("AG715", what, rest.partition("__")[0])


def _mcp_tool(entry: Entry) -> Finding | None:
    """`mcp__jira__delete` for delete."""
    prefix, _, rest = str(entry.value).partition("__")
    if prefix != "mcp" or not rest:
        return None
    what = f'"{entry.value}" is never compared so: "mcp_tool" is the name behind the server\'s'
    return entry.finding("AG715", what, rest.partition("__")[2])


def _ref(entry: Entry) -> Finding | None:
    """`refs/heads/main` for main."""
    branch = str(entry.value).removeprefix("refs/heads/")
    if branch == entry.value:
        return None
    return entry.finding("AG715", f'"{entry.value}" is never compared so: a branch is named alone', branch)


def _variable(entry: Entry) -> Finding | None:
    """`$HOME` and `${HOME}` for HOME."""
    text = str(entry.value)
    if not text.startswith("$"):
        return None
    what = f'"{text}" is never compared so: a variable is named without $'
    return entry.finding("AG715", what, text[1:].strip("{}"))


def _permission_mode(entry: Entry) -> Finding | None:
    """`bypass` for bypassPermissions."""
    name = str(entry.value)
    if name in MODES or any(char in name for char in _PATTERN):
        return None
    low = name.lower()
    near = next((mode for mode in MODES if mode.lower().startswith(low)), "") or nearest(name, MODES, least=0.7)
    said = f'the agent has no permission mode "{name}"'
    return entry.finding("AG716", said if near else f"{said}; there are {', '.join(MODES)}", near)


_NAMES: Mapping[str, Callable[[Entry], Finding | None]] = {
    "tool": _tool,
    "server": _server,
    "mcp_tool": _mcp_tool,
    "ref": _ref,
    "variable": _variable,
    "permission_mode": _permission_mode,
}


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
