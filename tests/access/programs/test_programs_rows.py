"""Programs and the rows that they give: for each table of programs one file of cases.

A line is `COMMAND => ROWS`, the rows as the fixture `short` writes them.
"""

from pathlib import Path

import pytest

from agentguard.access.model import ACTIONS
from agentguard.access.programs import index, options, table

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


def signs(rows):
    """Return what the rows of a case tell of its program: what it does to what, what it means, that it carries something.

    That it only reads is none; nor is what a program does that another one carries.
    """
    found = set()
    for part in rows.split(" | "):
        *carriers, told = part.split("> ")
        if carriers:
            found.add("carries")
            continue
        words, brace, rest = told.lstrip("?~").partition("{")
        action, _, resource = words.strip().partition(" ")
        if part.startswith("opaque: ") or (action in ACTIONS and resource):
            found.add(action)
        if action in ACTIONS and resource.endswith("/**"):
            found.add(f"{action} everything beneath")
        found.update(rest.partition("}")[0].split() if brace else ())
        found.update(kind for kind in ("path", "package", "ref", "host", "sql") if f" {kind}=" in told)
    return found - {"read-only"}


def may_tell(entry):
    """Return whether an entry says anything of its program but that it is harmless."""
    inner = [*entry.get("sub", {}).values(), *([entry["other"]] if "other" in entry else [])]
    given = options.table(f"{entry.get('options', '')} {entry.get('before', '')}").values()
    specs = [entry.get("operands", ""), *entry.get("instead", {}).values(), *(option.kind for option in given)]
    kinds = {item.partition("^")[0].rstrip("*") for spec in specs for item in spec.split()}
    traits = {item.partition("^")[0] for item in f"{entry.get('traits', '')} {entry.get('may', '')}".split()}
    traits |= {option.trait for option in given}
    telling = (
        kinds - {"text", "look", "digits", ""} or traits - {"read-only", ""} or {"run", "first", "like"} & set(entry)
    )
    return bool(telling) or any(may_tell(one) for one in inner)


def lacking(family, name, names, entry):
    """Yield what the cases of an entry lack."""
    cases = [(command, signs(rows)) for of, command, rows in CASES if of == family]
    mine = [one for one in cases if names & {word.rpartition("/")[2] for word in one[0].split()[:2]}]
    positive = {sign for _, told in mine for sign in told}
    if len(mine) < 2:
        yield "two cases"
    elif may_tell(entry) and not positive:
        yield "a case in which it does something"
    elif positive and not any(positive - told for _, told in mine):
        yield f"a near miss, without {' or '.join(sorted(positive))}"
    for way, spellings in groups(entry):
        if not any(set(spelling) <= set(command.split()) for spelling in spellings for command, _ in mine):
            yield f"a case of {' '.join(way)}"


@pytest.mark.parametrize("family", index.families())
def test_every_entry_has_a_case_and_a_near_miss(family):
    """Each program is shown doing what its entry says and, as closely, not doing it; each group of subcommands has a case.

    An entry that only says that its program is harmless has nothing that could be absent.
    """
    of_family = [one for one in entries() if one[0] == family]
    missing = [f"{one[1]} needs {what} in cases/{family}.txt" for one in of_family for what in lacking(*one)]
    assert not missing, "\n".join(missing)


def test_signs_tell_a_case_from_a_near_miss():
    """Rows that are there or not, traits, what a carried command does not count for."""
    assert {"read", "write", "write everything beneath"} == signs("cp | read a.txt | write /tmp/**")
    assert {"force", "ref"} == signs("git push {force} ref=main@origin")
    assert {"carries"} == signs("sudo> rm | sudo> rm {destroys-data}")
    assert set() == signs("true {read-only}")
