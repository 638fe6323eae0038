"""What the tables know about programs, for people who ask. Never on the hook's path.

The traits of a program are those that its entry, its options and its subcommands give, and those that its own function
may give (the key `may`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from agentguard.access.model import EXECUTE
from agentguard.access.programs import index, options, table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentguard.access.model import Row
    from agentguard.access.programs.table import Entry


class Program(NamedTuple):
    """A program or one of its subcommands. `command` is how it is called, `family` the table that it stands in.

    `options` are (spellings, kind of the value or "", trait or ""), `operands` the kinds of its operands in the notation
    of the tables, `traits` all that it may be said to have, `subcommands` those beneath it.
    """

    command: tuple[str, ...]
    family: str
    options: tuple[tuple[tuple[str, ...], str, str], ...]
    operands: str
    instead: dict[str, str]
    traits: frozenset[str]
    carries: bool
    subcommands: tuple[Program, ...]

    def to_json(self) -> dict[str, Any]:
        """Return everything as plain values."""
        return {
            "command": " ".join(self.command),
            "family": self.family,
            "traits": sorted(self.traits),
            "carries": self.carries,
            "operands": self.operands,
            "instead": self.instead,
            "options": [
                {"spellings": list(spellings), "value": kind, "trait": trait} for spellings, kind, trait in self.options
            ],
            "subcommands": [sub.to_json() for sub in self.subcommands],
        }


def programs() -> Iterator[Program]:
    """Yield every program of the tables, by family and name."""
    for family, names in index.families().items():
        entries = table.entries(index.module(f"tables.{family}")["TABLE"])
        for name in sorted(names):
            yield _program((name,), family, index.like(entries[name]), frozenset())


def find(name: str) -> Program | None:
    """Return a program by its name, None where the tables have none."""
    entry = index.entry(name)
    if entry is None:
        return None
    family = next(family for family, names in index.families().items() if name in names)
    return _program((name,), family, entry, frozenset())


def names() -> list[str]:
    """Return the names of all programs."""
    return sorted(name for names in index.families().values() for name in names)


def _program(command: tuple[str, ...], family: str, entry: Entry, inherited: frozenset[str]) -> Program:
    given = options.table(f"{entry.get('before', '')} {entry.get('options', '')}")
    unique: dict[int, tuple[list[str], str, str]] = {}
    for spelling, option in given.items():
        unique.setdefault(id(option), ([], option.kind, option.trait))[0].append(spelling)
    own = inherited.union(_kinds(entry.get("traits", "")))
    subs = [(name, inner) for name, inner in entry.get("sub", {}).items()]
    if "other" in entry:
        subs.append(("*", entry["other"]))
    below = tuple(_program((*command, name), family, index.like(inner), own) for name, inner in subs)
    traits = own.union(entry.get("may", "").split(), (option.trait for option in given.values() if option.trait))
    specs = [entry.get("operands", ""), *entry.get("instead", {}).values(), *(option.kind for option in given.values())]
    carries = any(kind in _CARRYING for spec in specs for kind in _kinds(spec))
    carries = carries or str(entry.get("run", "")).partition(".")[0] in _CARRIERS
    return Program(
        command,
        family,
        tuple((tuple(spellings), kind, trait) for spellings, kind, trait in unique.values()),
        entry.get("operands", ""),
        dict(entry.get("instead", {})),
        traits.union(*(sub.traits for sub in below)),
        carries,
        below,
    )


_CARRYING = frozenset({"command", "shell", "joined", "script", "run", "code"})
_CARRIERS = frozenset(
    {"carriers", "debuggers", "interpreters", "repeats", "runners", "sessions", "ssh", "tmux"}
)  # modules


def _kinds(spec: str) -> list[str]:
    """Return the words of a specification, without when they count and how often."""
    return [item.partition("^")[0].rstrip("*") for item in spec.split()]


def unknown(rows: Iterable[Row], known: frozenset[str], project: str) -> tuple[str, ...]:
    """Return the names of programs among rows that are not among the `known` ones, each once, in order.

    The project's own programs, called by their path, are not meant.
    """
    found: dict[str, None] = {}
    for row in rows:
        name = row.origin.command[0] if row.action == EXECUTE and row.origin.command else ""
        own = project and row.origin.program.startswith(project + "/")
        if name and not own and name not in known and name.removesuffix(".exe") not in known:
            found[name] = None
    return tuple(found)
