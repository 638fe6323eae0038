"""Budgets: whatever the text, work is bounded by counts, and what was not looked at is opaque."""

import time

import pytest

from agentguard.access.model import OPAQUE
from agentguard.access.shell import limits
from agentguard.access.shell.interpret import interpret
from agentguard.access.world import MemoryDisk, World

WORLD = World(home="/home/dev", project="/home/dev/project", disk=MemoryDisk({"/home/dev/project": None}))
MEGABYTE = 1_000_000

PIECES = [
    "$(", "(", "{a,b}", "((", "`", '"$(', "${x:-", "<(", "if a; then ", "{ ", "a;", "a ", "a|", "a && ", "$((",
    "[[ ", "! ", "case x in x) ", "f() { ", "\\", "\n", '"', "'", "<<E ", "for x in ", "while a; do ", "a=( ", "[",
    "$x", "!(", ">", "x=", "#\n", "é", "a=$(", "$((x)", "{a,", "*", "~", "cat <<A\n", "> x ", "{1..9}", "`a`",
    "x=$x$x;", '"a"', "'b' ", "eval ", '"${x//a/b}"', "$'\\x41'", "$[", "a\n",
]  # fmt: skip


def access(text):
    return interpret(text, "/home/dev/project", WORLD, "Bash")


@pytest.mark.parametrize("piece", PIECES)
def test_a_megabyte_of_anything_is_opaque_at_once(piece):
    """Text past the limit is not even scanned."""
    found = access(piece * (MEGABYTE // len(piece)))
    assert [OPAQUE] == [row.certainty for row in found.rows]
    assert not found.complete


@pytest.mark.parametrize("piece", PIECES)
def test_as_much_as_is_read_stays_in_bounds(piece):
    """Just below the limit the work is that of a few passes over the text, and the counts say how much it was."""
    text = piece * (limits.MAX_TEXT // 4 // len(piece))
    start = time.process_time()
    found = access(text)
    assert time.process_time() - start < 20  # a bound against blow-ups, far above what it takes
    assert found.work["commands"] <= limits.MAX_COMMANDS + 1
    assert len(found.rows) <= limits.MAX_ROWS + 10


@pytest.mark.parametrize(
    "text",
    [
        "f() { f; f; }; f",
        "for a in {1..100}; do for b in {1..100}; do for c in {1..100}; do cat $a$b$c; done; done; done",
        "echo " + "a " * 100_000,
        "echo " + "$(echo " * 40 + "a" + ")" * 40,
        "( " * 100 + "a" + " )" * 100,
        "echo {a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}{a,b}",
        "; ".join(f"if a; then x{n}=1; else x{n}=2; fi" for n in range(10))
        + "; echo "
        + "".join(f"$x{n}" for n in range(10)),
        "rm " + " ".join(f"f{n}" for n in range(limits.MAX_OPERANDS + 1)),
    ],
)
def test_a_spent_budget_leaves_an_opaque_row(text):
    """Endless recursion, loops, words, braces and alternatives end, and the rest is opaque."""
    found = access(text)
    assert any(row.certainty == OPAQUE for row in found.rows)
    assert not found.complete


def test_values_that_grow_are_unknown_in_the_end():
    """Doubling a text again and again gives an unknown value, not a huge one."""
    rows = access("x=aaaaaaaa; " + "x=$x$x; " * 60 + 'cat "$x"').rows
    assert [("read", "unknown")] == [(row.action, row.certainty) for row in rows if row.action == "read"]


def test_two_thousand_words_are_all_looked_at():
    """A long command line of files is understood in full."""
    found = access("rm " + " ".join(f"f{n}" for n in range(2000)))
    assert (2000, True) == (sum(row.action == "delete" for row in found.rows), found.complete)


def test_equal_rows_are_told_once():
    """A loop that does the same a hundred times gives its rows once."""
    assert len(access("for i in {1..100}; do cat a.txt; done").rows) == 2
