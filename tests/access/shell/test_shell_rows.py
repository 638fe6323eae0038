r"""Shell text and the rows that it gives: one table of cases a topic.

A line of a table is `TEXT => ROWS`, the rows as the fixture `short` writes them. `\n` and `\t` in a text are a line end
and a tab.
"""

from pathlib import Path

import pytest

from agentguard.access.shell.interpret import interpret

CASES = [
    (path.stem, *line.split(" =>", 1))
    for path in sorted((Path(__file__).parent / "cases").glob("*.txt"))
    for line in path.read_text().splitlines()
]


@pytest.mark.parametrize("topic", sorted({topic for topic, _, _ in CASES}))
def test_texts_give_their_rows(short, topic):
    """Lists, redirections, folders, variables, compound commands and mere data give exactly these rows."""
    given = [
        (text, expected.strip(), short(text.replace("\\n", "\n").replace("\\t", "\t")))
        for of, text, expected in CASES
        if of == topic
    ]
    wrong = [f"{text} => {got}, not {expected}" for text, expected, got in given if got != expected]
    assert not wrong, "\n".join(wrong)


def test_every_text_gives_rows_or_is_opaque(short):
    """Only a comment, a function that nobody calls and a loop over nothing give no row."""
    silent = [text for _, text, expected in CASES if not expected.strip()]
    assert ["# cat .env", "f() { cat .env; }", 'for f; do cat "$f"; done'] == sorted(silent)


def test_rows_say_where_they_come_from(worlds):
    """A row's span is the piece of the text that it was read from, in characters, also behind other alphabets."""
    text = "echo äöü; cat $(cat a.txt) | sh -c 'rm b.txt'"
    rows = interpret(text, "/home/dev/project", worlds(), "Bash").rows
    found = {(row.action, " ".join(row.origin.command)): text[slice(*row.origin.span)] for row in rows}
    assert {
        ("execute", "echo"): "echo äöü",
        ("execute", "cat"): "cat $(cat a.txt)",
        ("read", "cat"): "cat $(cat a.txt)",
        ("execute", "sh"): "sh -c 'rm b.txt'",
        ("execute", "rm"): "sh -c 'rm b.txt'",
        ("delete", "rm"): "sh -c 'rm b.txt'",
    } == found
    inner = [
        text[slice(*row.origin.span)] for row in rows if row.path is not None and str(row.path.text).endswith("a.txt")
    ]
    assert ["cat a.txt"] == inner


def test_rows_carry_the_tool_and_the_program(worlds):
    """Rows name the tool of the call, and the path of a program that was called by one."""
    rows = interpret("/usr/bin/git push", "/home/dev/project", worlds(), "Monitor").rows
    assert {("Monitor", ("git", "push"), "/usr/bin/git")} == {
        (row.tool, row.origin.command, row.origin.program) for row in rows
    }


def test_flags_are_written_in_their_long_spelling(worlds):
    """A policy on `--force` sees -f, a bundle of letters and an abbreviation alike."""
    for text, flag in (
        ("git push -f", "--force"), ("git push -qf", "--force"), ("git push --force", "--force"),
        ("git reset --har", "--hard"), ("rm -Rf x", "--recursive"),
    ):  # fmt: skip
        rows = interpret(text, "/home/dev/project", worlds(), "Bash").rows
        assert flag in rows[0].origin.flags, text


def test_a_glob_that_nothing_matches_says_so(worlds):
    """Its extent is that of one file: no file has such a name now."""
    rows = interpret("md5sum dist/* .en*", "/home/dev/project", worlds(), "Bash").rows
    assert [("/home/dev/project/dist/*", "exact"), ("/home/dev/project/.env", "exact")] == [
        (str(row.path.text), row.path.extent) for row in rows if row.path
    ]
