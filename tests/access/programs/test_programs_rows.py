"""Programs and the rows that they give: for each table of programs one file of cases.

A line is `COMMAND => ROWS`, the rows as the fixture `short` writes them.
"""

from pathlib import Path

import pytest

from agentguard.access.programs import index, table

HERE = Path(__file__).parent / "cases"
CASES = [
    (path.stem, *line.split(" => ", 1)) for path in sorted(HERE.glob("*.txt")) for line in path.read_text().splitlines()
]


@pytest.mark.parametrize("family", sorted({family for family, _, _ in CASES}))
def test_commands_give_their_rows(short, family):
    """What a program reads, writes, deletes, connects to and runs, and what that means: each line of a file of cases."""
    given = [(command, expected, short(command)) for of, command, expected in CASES if of == family]
    wrong = [f"{command} => {got}, not {expected}" for command, expected, got in given if got != expected]
    assert not wrong, "\n".join(wrong)


def groups(entry, path=()):
    """Return the groups of subcommands of an entry that have a name: {(names of the way there): names}."""
    found = {}
    for name, inner in entry.get("sub", {}).items():
        found.setdefault(id(inner), (path, [], inner))[1].append(name)
    for way, names, inner in found.values():
        yield (*way, names[0]), {(*way, name) for name in names}
        yield from groups(inner, (*way, names[0]))


def entries():
    """Return (table, first name, all names, entry) of every entry."""
    for family in index.families():
        text = index.module(f"tables.{family}")["TABLE"]
        for paragraph in text.strip("\n").split("\n\n"):
            names = list(table.names(paragraph))
            yield family, names[0], set(names), table.entry(text, names[0])


@pytest.mark.parametrize(("family", "name", "names", "entry"), [pytest.param(*one, id=one[1]) for one in entries()])
def test_every_entry_has_cases(family, name, names, entry):
    """Each program has a positive case and a near miss, each group of its subcommands at least one case."""
    words = [command.split() for of, command, _ in CASES if of == family]
    mine = [command for command in words if names & {word.rpartition("/")[2] for word in command[:2]}]
    assert len(mine) >= 2, f"{name} needs a case and a near miss in cases/{family}.txt"
    missing = [
        " ".join(way) for way, spellings in groups(entry)
        if not any(set(spelling) <= set(command) for spelling in spellings for command in mine)
    ]  # fmt: skip
    assert [] == missing
