"""How shell text is shown to people: its structure, and the words that each command got."""

import pytest

from agentguard.access.model import Pattern
from agentguard.access.shell import outline


def shown(text):
    """Return an outline as indented lines."""
    lines = outline.outline(text)
    return lines if isinstance(lines, str) else ["  " * one.depth + f"{one.kind} {one.text}".strip() for one in lines]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("cat a", ["cat a"]),
        ("a | b", ["pipeline", "  a", "  b"]),
        ("a && b || c", ["and/or", "  a", "  &&", "    b", "  ||", "    c"]),
        ("a & b", ["list", "  in the background", "    a", "  b"]),
        ("(a; b)", ["subshell", "  list", "    a", "    b"]),
        ("{ a; } > x", ["redirected >x", "  group", "    a"]),
        ("if a; then b; else c; fi", ["if", "  condition", "    a", "  then", "    b", "  else", "    c"]),
        ("until a; do b; done", ["while until", "  condition", "    a", "  do", "    b"]),
        ("for x in 1 $y; do a; done", ["for x in 1 $y", "  a"]),
        ("for x; do a; done", ["for x", "  a"]),
        ("for ((i=0;i<3;i++)); do a; done", ["for (( ((i=0;i<3;i++))", "  a"]),
        ("case $x in a|b) c;; *) d;; esac", ["case $x", "  a | b", "    c", "  *", "    d"]),
        ("f() { a; }", ["function f", "  group", "    a"]),
        ("while read x; do a; done <<'E'\nb\nE\n", ["redirected <<E", "  while", "    condition", "      read x", "    do",
                                                    "      a"]),
        ("a |", "its syntax is not understood"),
        ("cat 'x", "a quote is not closed"),
    ],
)  # fmt: skip
def test_outline_shows_the_structure(text, expected):
    """Each construct by its name, its parts beneath it; a text that cannot be read says why."""
    assert expected == shown(text)


def test_steps_tell_words_variables_folder_and_carriers(worlds):
    """Every command in the order in which it is come across, also those that others carry."""
    text = 'F=.env; cd src && sudo cat "$F" *.py $(echo x)'
    found = [
        (step.words, step.assigned, step.cwd, step.via)
        for step in outline.steps(text, "/home/dev/project", worlds(), "Bash")
    ]
    src = "/home/dev/project/src"
    glob = found[4][0][2]
    assert [
        ((), {"F": ".env"}, "/home/dev/project", ()),
        (("cd", "src"), {}, "/home/dev/project", ()),
        (("echo", "x"), {}, src, ()),
        (("sudo", "cat", ".env", glob, "x"), {}, src, ()),
        (("cat", ".env", glob, "x"), {}, src, ("sudo",)),
    ] == found
    assert isinstance(glob, Pattern)
    assert "*.py" == str(glob)


def test_a_command_is_told_once(worlds):
    """A loop that does the same again and again is one step."""
    assert 1 == len(outline.steps("for i in 1 2 3; do cat a; done", "/home/dev/project", worlds(), "Bash"))
