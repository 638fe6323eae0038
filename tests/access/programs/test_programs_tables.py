"""The tables themselves: every word in them means something."""

import pytest

from agentguard.access.model import TRAITS
from agentguard.access.programs import index, options, outputs, table, walk

KEYS = {
    "again", "before", "fetches", "first", "instead", "language", "like", "may", "operands", "options", "other", "output",
    "run", "single", "stop", "sub", "tree", "traits",
}  # fmt: skip


def every(entry, name):
    """Return an entry and all of its subcommands, with their names."""
    yield name, entry
    for sub, inner in entry.get("sub", {}).items():
        yield from every(inner, f"{name} {sub}")
    if "other" in entry:
        yield from every(entry["other"], f"{name} *")


ENTRIES = [
    (family, name, entry)
    for family in index.families()
    for program in table.names(index.module(f"tables.{family}")["TABLE"])
    for name, entry in every(table.entry(index.module(f"tables.{family}")["TABLE"], program), program)
]


def kinds(entry):
    """Return every kind that an entry uses, with whether a function of its own reads the line."""
    specs = [entry.get("operands", ""), *entry.get("instead", {}).values()]
    found = {item.partition("^")[0].rstrip("*") for spec in specs for item in spec.split()}
    for option in options.table(f"{entry.get('options', '')} {entry.get('before', '')}").values():
        found |= {option.kind, *option.more}
    return found - {""}


def test_index_and_tables_hold_the_same_programs():
    """The index names each program once, in the table that has its entry."""
    listed = {family: set(names) for family, names in index.families().items()}
    assert listed == {family: set(table.names(index.module(f"tables.{family}")["TABLE"])) for family in listed}
    names = [name for names in index.families().values() for name in names]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize("family", index.families())
def test_entries_use_only_known_words(family):
    """Keys, traits, kinds, functions and outputs of a table exist."""
    wrong = []
    for of, name, entry in ENTRIES:
        if of != family:
            continue
        wrong += [(name, key) for key in entry if key not in KEYS]
        spelled = options.table(f"{entry.get('options', '')} {entry.get('before', '')}").values()
        traits = {item.partition("^")[0] for item in f"{entry.get('traits', '')} {entry.get('may', '')}".split()} | {
            option.trait for option in spelled
        } - {""}
        wrong += [(name, trait) for trait in traits - TRAITS]
        if "run" in entry:
            module, _, function = entry["run"].partition(".")
            if not callable(index.module(module).get(function)):
                wrong.append((name, entry["run"]))
        else:
            wrong += [(name, kind) for kind in kinds(entry) - walk.KINDS]
        module, _, function = entry.get("output", "echo").partition(" ")[0].rpartition(".")
        if function not in (index.module(module) if module else outputs.WRITERS):
            wrong.append((name, entry["output"]))
        if "like" in entry and "like" in index.like(entry):
            wrong.append((name, entry["like"]))
    assert [] == wrong


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a b\n  operands read*", {"operands": "read*"}),
        ("a\n  options  -a -b\n           -c=text\n  stop", {"options": "-a -b -c=text", "stop": True}),
        ("a \\\n  b\n  traits   force", {"traits": "force"}),
        ("a\n  > x y\n    operands read\n    >> z\n      traits   force\n  > w", {
            "sub": {name: {"operands": "read", "sub": {"z": {"traits": "force"}}} for name in "xy"} | {"w": {}},
        }),
        ("a\n  instead  --x read*\n  instead  --y text*", {"instead": {"--x": "read*", "--y": "text*"}}),
        ("a\n  > *\n    stop", {"other": {"stop": True}}),
    ],
)  # fmt: skip
def test_notation_is_read_as_documented(text, expected):
    """Names, keys, longer lines and subcommands."""
    assert expected == table.entry(f"z\n  stop\n\n{text}\n\nq", "a")
    assert None is table.entry(text, "options")


@pytest.mark.parametrize(
    ("words", "flags", "operands"),
    [
        (["-ab", "x"], [("-a", None), ("--bee", None)], ["x"]),
        (["-vX", "-v", "Y"], [("--value", "X"), ("--value", "Y")], []),
        (["-av", "X", "y"], [("-a", None), ("--value", "X")], ["y"]),
        (["--value=X", "--val", "Y", "--bee"], [("--value", "X"), ("--value", "Y"), ("--bee", None)], []),
        (["x", "-a", "--", "-b"], [("-a", None)], ["x", "-b"]),
        (["-o", "x", "-oX", "--opt=Y"], [("--opt", None), ("--opt", "X"), ("--opt", "Y")], ["x"]),
        (["--none=1", "-z"], [("--none", "1"), ("-z", None)], []),
        (["-"], [], ["-"]),
    ],
)
def test_options_are_read_as_getopt_reads_them(words, flags, operands):
    """Bundles, values in the same or the next word, abbreviations, optional values, the end of options."""
    line = options.read(options.table("-a -b,--bee -v,--value=text -o,--opt=text?"), words)
    assert (flags, operands) == (line.flags, line.operands)


def test_an_option_may_take_several_words():
    """`--bind SOURCE TARGET`, `-L NAME VALUES`; the values behind the first have kinds of their own."""
    line = options.read(
        options.table("--bind=read+text -L=text+text+write"), ["--bind", "a", "b", "-Lx", "y", "z", "w"]
    )
    assert [("--bind", "a"), ("-L", "x")] == line.flags
    assert [("--bind", "b", "text"), ("-L", "y", "text"), ("-L", "z", "write")] == line.more
    assert ["w"] == line.operands


def test_options_end_at_the_first_operand_where_the_program_says_so():
    """What follows belongs to the command that is carried."""
    line = options.read(options.table("-n=text"), ["-n", "5", "cat", "-n", "x"], stop=True)
    assert ([("-n", "5")], ["cat", "-n", "x"]) == (line.flags, line.operands)


def test_one_dash_may_start_a_whole_name():
    """`-out=x`, `-out x`, and single letters beside them."""
    line = options.read(options.table("-out=text -f"), ["-out=x", "-out", "y", "-f", "-auto-approve", "z"], single=True)
    assert [("-out", "x"), ("-out", "y"), ("-f", None), ("-auto-approve", None)] == line.flags
    assert ["z"] == line.operands
