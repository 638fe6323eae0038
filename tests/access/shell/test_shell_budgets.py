"""Budgets: whatever the text, work is bounded by counts, and what was not looked at is opaque."""

import cProfile
from pathlib import Path

import pytest

from agentguard.access.model import OPAQUE, UNKNOWN
from agentguard.access.shell import limits
from agentguard.access.shell.flow import Feed
from agentguard.access.shell.interpret import interpret
from agentguard.access.shell.made import Made, Thing
from agentguard.access.world import MemoryDisk, World

WORLD = World(home="/home/dev", project="/home/dev/project", disk=MemoryDisk({"/home/dev/project": None}))
MEGABYTE = 1_000_000
ORDINARY = "echo a b | cat\n" * (limits.MAX_TEXT // 15)  # as much text as one call may hold
MULTIPLE = 25  # times the work on that: a bound against blow-ups

PIECES = [
    "$(", "(", "{a,b}", "((", "`", '"$(', "${x:-", "<(", "if a; then ", "{ ", "a;", "a ", "a|", "a && ", "$((",
    "[[ ", "! ", "case x in x) ", "f() { ", "\\", "\n", '"', "'", "<<E ", "for x in ", "while a; do ", "a=( ", "[",
    "$x", "!(", ">", "x=", "#\n", "é", "a=$(", "$((x)", "{a,", "*", "~", "cat <<A\n", "> x ", "{1..9}", "`a`",
    "x=$x$x;", '"a"', "'b' ", "eval ", '"${x//a/b}"', "$'\\x41'", "$[", "a\n",
    "ln -s a b;", "echo x > f;", "cat f | sh;", "echo a >> f;", "mkdir d && cd d;", "trap 'a' EXIT;", "f() { a; }; f;",
    "x=$(a); $x;", "a | sed s/a/b/ |", "declare -n a=b;", "cp a b;", "exec 3<a;", "find . |", "a > >(b);", "ls|",
]  # fmt: skip


def access(text):
    return interpret(text, "/home/dev/project", WORLD, "Bash")


@pytest.mark.parametrize("piece", PIECES)
def test_a_megabyte_of_anything_is_opaque_at_once(piece):
    """Of text past the limit only what stands before it is looked at, and the rest is opaque."""
    found = access(piece * (MEGABYTE // len(piece)))
    assert OPAQUE in [row.certainty for row in found.rows]
    assert not found.complete
    assert found.work["commands"] <= limits.MAX_COMMANDS + 1


@pytest.mark.slow
@pytest.mark.parametrize("piece", PIECES)
def test_as_much_as_is_read_stays_in_bounds(piece, ordinary):
    """Below the limit the work is that of some ordinary text, and the counts say how much it was."""
    calls, found = _calls(access, piece * (limits.MAX_TEXT // 16 // len(piece)))
    assert calls < MULTIPLE * ordinary
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
        "; ".join(f"if a; then x{n}=a; else x{n}=b; fi" for n in range(10))
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


@pytest.mark.parametrize(
    "text",
    [
        "( " * 10_000 + "a" + " )" * 10_000, "(" * 10_000 + "rm -rf ~" + ")" * 10_000,
        "echo " + "$((" * 5_000 + "1" + "))" * 5_000, "a" + " | a" * 20_000,
        "cat <<E\n" + "x\n" * 500_000 + "E\n", "a " * 4_000_000, "x=1; " * 30_000, "echo " + "{a,b}" * 200_000,
        "".join(f"f{n}() {{ f{n + 1}; f{n + 1}; }}; " for n in range(30)) + "f0",
    ],
)  # fmt: skip
def test_what_is_too_much_is_opaque(text):
    """Parentheses, arithmetic, pipelines, here-documents, words, assignments and braces without end: never let through."""
    found = access(text)
    assert OPAQUE in [row.certainty for row in found.rows]
    assert not found.complete


def test_files_without_end_are_bounded_and_never_silent():
    """A text that makes more files than are remembered is judged all the same; one that it runs then is not known."""
    found = access("; ".join(f"echo a > f{n}" for n in range(limits.MAX_MADE - 10)) + "; sh f1")
    assert not any(row.certainty == OPAQUE for row in found.rows if "standard" in row.why)
    made = Made(MemoryDisk({}), "linux")
    for number in range(limits.MAX_MADE + 5):
        made.put(f"/x/f{number}", Thing("file", Feed("a")))
    assert (len(made.places) <= limits.MAX_MADE + 1, True) == (True, made.full)
    assert [UNKNOWN] == [feed.value for feed in made.contents(f"/x/f{limits.MAX_MADE + 4}")]


def test_the_documentation_lists_every_limit():
    """docs/shell.md has a row for each limit of the shell, with its number."""
    text = (Path(__file__).parents[3] / "docs" / "shell.md").read_text()
    for name, value in vars(limits).items():
        if name.startswith("MAX_"):
            assert f"| `{name}` | {value:,} |" in text, name


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


def test_a_glob_that_stands_there_often_is_looked_at_once(ordinary):
    """Thousands of stars cost what one costs, and give its rows."""
    disk = MemoryDisk({f"/home/dev/project/f{number}": b"" for number in range(100)})
    world = World(home="/home/dev", project="/home/dev/project", disk=disk)
    calls, found = _calls(interpret, "cat " + "* " * 1900, "/home/dev/project", world, "Bash")
    assert calls < ordinary
    assert (101, True) == (len(found.rows), found.complete)


LOOPS = {
    "nothing at all": "for a in {1..100}; do for b in {1..100}; do for c in {1..100}; do :; done; done; done",
    "carriers": "for i in {1..1000}; do echo $i | xargs -I{} sh -c 'echo {} | xargs sh -c cat'; done",
    "patterns": "x=$(printf '%060000d' 1); for i in {1..2000}; do y=${x//0/ab}; done",
    "groups": "x=$(printf '%01000d' 1); for i in {1..2000}; do y=${x##*(*(0|1)|?(0)0)2}; done",
    "one glob": "for i in {1..500}; do ls **/*/*/*; done",
    "many globs": "for i in {1..500}; do ls **/*/*/*$i; done",
    "evaluated text": 'x="# $(printf \'%060000d\' 1)"; for i in {1..2000}; do eval "$x"; done',
    "split text": "x=$(printf '%060000d' 1); for i in {1..2000}; do : $x; done",
    "filters": "for i in {1..1000}; do seq 1 9999 | tr 1 2 | rev | base64 | cat; done",
    "arithmetic": "x=" + "1+" * 900 + "1; for i in {1..2000}; do : $((x)); done",
    "code": "x=$(printf 'a=1;%.0s' {1..9000}); for i in {1..1000}; do python3 -c \"$x\"; done",
    "choices": "".join(f"if a; then x=${{x:-{n}}}{n}; fi; if b; then y=$y{n}; fi; " for n in range(4))
    + "for i in {1..1500}; do : $x $y; done",
    "folders": "mkdir d && cd d; " * 900,
}
LARGE = MemoryDisk({f"/home/dev/project/{a}/{b}/f{c}": b"" for a in range(12) for b in range(12) for c in range(12)})


@pytest.mark.slow
@pytest.mark.parametrize("loop", LOOPS)
def test_a_loop_with_work_in_it_costs_what_a_long_text_does(loop, ordinary):
    """Work is counted over the whole call: however much a short loop would do, it costs what some long text does."""
    world = World(home="/home/dev", project="/home/dev/project", disk=LARGE)
    assert _calls(interpret, LOOPS[loop], "/home/dev/project", world, "Bash")[0] < MULTIPLE * ordinary


@pytest.fixture(scope="module")
def ordinary():
    """How much work ordinary text is, as much of it as one call may hold."""
    return _calls(access, ORDINARY)[0]


def _calls(work, *arguments):
    """Return how many functions a piece of work calls, which no clock and no other process has a say in, and its result."""
    profile = cProfile.Profile()
    profile.enable()
    found = work(*arguments)
    profile.disable()
    return sum(entry.callcount for entry in profile.getstats()), found
