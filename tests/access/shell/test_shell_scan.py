"""The scanner: which words there are, and the skeleton that the parser gets."""

import pytest

from agentguard.access.shell.loader import parse
from agentguard.access.shell.pieces import TooMuch, Unreadable
from agentguard.access.shell.scan import scan
from agentguard.access.shell.tree import build


@pytest.mark.parametrize(
    ("text", "skeleton"),
    [
        ("a 'b c' | d", "%%%%%%% | %"),
        ("a > x b && c", "%%%%%%% && %"),
        ("if a; then b; fi > x", "if %; then %; fi    "),
        ("for x in a 'b'; do c; done", "for x in % %%%; do %; done"),
        ("case $x in a|'b') c;; esac", "case %% in %|%%%) %;; esac"),
        ("f() { a; }", "%() { %; }"),
        ("function f { a; }", "function % { %; }"),
        ("echo if then", "%%%%%%%%%%%%"),
        ("! a; time b", "  %;      %"),
        ("a # b; c", "%       "),
        ("[[ a && b ]] || c", "%%%%%%%%%%%% || %"),
        ("((a)) && b", "%%%%% && %"),
        ("for ((i=0;i<3;i++)); do a; done", "for x in %%%%%%%%%%; do %; done"),
        ("a <<E; b\nx | y\nE\nc", "%%%%%; %;        %"),
        ("a $(b | c; d) e", "%%%%%%%%%%%%%%%"),
        ("x=(a b) c", "%%%%%%%%%"),
        ("2>&1 a", "%%%%%%"),
        ("{fd}>x a", "%%%%%%%%"),
        ("a \\\n b", "%%%%%%"),
        ("ä 'ö'", "%%%%%"),
    ],
)
def test_skeleton_keeps_grammar_and_hides_words(text, skeleton):
    """Each simple command is one run of marks as long as it was; operators and reserved words stay in their place."""
    scanned = scan(text)
    assert skeleton == scanned.skeleton.decode("ascii")
    assert len(text) == len(scanned.skeleton)
    assert parse(bytes(scanned.skeleton)).has_error is False


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a b", ["a", "b"]),
        ("a'b c'd $(e f) \"g $(h 'i)') j\"", ["a'b c'd", "$(e f)", "\"g $(h 'i)') j\""]),
        ("a $(case x in b) c;; esac) d", ["a", "$(case x in b) c;; esac)", "d"]),
        ("a $((1 + (2))) $(( (b) ) )", ["a", "$((1 + (2)))", "$(( (b) ) )"]),
        ('a `b \\`c\\`` ${d:-"}"} e', ["a", "`b \\`c\\``", '${d:-"}"}', "e"]),
        ("a <(b) --c=<(d) e>(f)", ["a", "<(b)", "--c=<(d)", "e>(f)"]),
        ("a $(b # c)\n) d", ["a", "$(b # c)\n)", "d"]),
        ("a \"$(cat <<'E'\nit's )\nE\n)\" b", ["a", "\"$(cat <<'E'\nit's )\nE\n)\"", "b"]),
        ("a#b #c", ["a#b"]),
        ("a @(b|c).d", ["a", "@(b|c).d"]),
        ("a 3 4>b 5<&- c", ["a", "3", "c"]),
        ("a\rb \u00a0c", ["a\rb", "\u00a0c"]),
    ],
)  # fmt: skip
def test_words_end_where_the_shell_ends_them(text, words):
    """Quotes, substitutions, comments and here-documents inside one another."""
    simple = next(iter(scan(text).commands.values()))
    assert words == [text[start:end] for start, end in simple.words]


def test_here_documents_lie_behind_their_line():
    """Several on one line, with quoted delimiters and tabs, and the text behind them goes on."""
    text = "a <<A <<-'B' && c\n1 $x\nA\n\t2\n\tB\nd"
    scanned = scan(text)
    first, second = scanned.commands.values().__iter__().__next__().redirections
    assert ("1 $x\n", False, False) == (text[first.here.start : first.here.end], first.here.quoted, first.here.strip)
    assert ("\t2\n", True, True) == (text[second.here.start : second.here.end], second.here.quoted, second.here.strip)
    assert ["a <<A <<-'B'", "c", "d"] == [text[one.start : one.end] for one in scanned.commands.values()]


@pytest.mark.parametrize(
    "text",
    ["a 'b", 'a "b', "a `b", "a $(b", "a ${b", "a )", "( a", "a <", "a <<", "esac", "a ;;", "for 1 in a; do b; done", "a (b)",
     "[[ a", "{ a; } b", "case x a", "case x in a", "[[ a ]] b", "a && ;", "a | | b", "if a; then b", "a; done", "() { a; }"],
)  # fmt: skip
def test_what_is_no_shell_text_is_unreadable(text):
    """Every error of syntax is said, none is guessed around."""
    with pytest.raises(Unreadable):
        build(scan(text))


@pytest.mark.parametrize(
    "text", ["a;" * 5000, "$(" * 100 + "a" + ")" * 100, "(" * 50_000, "a" * 300_000, "( " * 90 + "a" + " )" * 90]
)
def test_limits_are_told_from_errors(text):
    """A spent budget is not the same as a mistake in the text."""
    with pytest.raises(TooMuch):
        build(scan(text))
