r"""Every construct of bash(1), EXPANSION, one row each, and ten thousand words at random, beside a real bash.

A row of the table is `SETUP ;; WORD => WORDS`; the setup may be left out. Expected words stand between ` | `, the empty
one is `∅`, `␤` a line end, `…` any text, `*` in an unknown part any text without a slash, `$HOME` the home. `?` before a row: a
bash cannot tell, because something is not known here, or because shells differ.
"""

import contextlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentguard.access.shell import braces
from agentguard.access.shell.pieces import Unreadable
from agentguard.access.shell.scan import scan
from agentguard.access.shell.skip import Skipper

from .generator import generated

ROWS = [
    (line.removeprefix("? "), line.startswith("? "))
    for line in (Path(__file__).parent / "cases/expansion.table").read_text().split("\n")
    if line and not line.startswith("# ")
]


def parts(row):
    """Return the setup, the word and what is expected of a row."""
    text, _, expected = row.partition(" =>")
    setup, _, word = text.rpartition(" ;; ")
    words = expected[1:].replace("␤", "\n").split(" | ") if expected else []
    return setup, word, ["" if one == "∅" else one for one in words]


@pytest.mark.parametrize(("row", "ours_only"), ROWS, ids=[row for row, _ in ROWS])
def test_each_expansion_of_the_manual_gives_its_words(box, row, ours_only):
    """Words are exact wherever the manual says what they are; the unknown keeps its known parts."""
    setup, word, expected = parts(row)
    assert [one.replace("$HOME", box.folder) for one in expected] == [str(value) for value in box.ours(word, setup)]


def test_bash_gives_the_words_of_the_table(box):
    """What the table expects is what a real bash makes of it."""
    rows = [parts(row) for row, ours_only in ROWS if not ours_only]
    real = box.bash([word for _, word, _ in rows], [setup for setup, _, _ in rows])
    wrong = {
        (setup, word): (expected, there)
        for (setup, word, expected), there in zip(rows, real, strict=True)
        if [one.replace("$HOME", box.folder) for one in expected] != there
    }
    assert {} == wrong


def test_ten_thousand_words_are_those_of_bash_or_not_known(box, fits):
    """Never a wrong exact word, never a word less; and by far most of them are exact."""
    pairs = generated()
    assert len(pairs) >= 10_000
    real = box.bash([word for _, word in pairs], [setup for setup, _ in pairs])
    exact = compared = 0
    wrong = {}
    for (setup, word), there in zip(pairs, real, strict=True):
        if there is None:
            continue
        compared += 1
        try:
            ours = box.ours(word, setup)
        except Unreadable:
            continue  # an opaque row
        exact += ours == there
        if not fits(ours, there, setup):
            wrong[setup, word] = ours, there
    if wrong:  # a fork that fails under load leaves out a substitution: once more
        again = box.bash([word for _, word in wrong], [setup for setup, _ in wrong])
        wrong = {
            key: (ours, there)
            for (key, (ours, _)), there in zip(wrong.items(), again, strict=True)
            if there is not None and not fits(ours, there, key[0])
        }
    assert {} == wrong
    assert compared > 0.98 * len(pairs)
    assert exact > 0.88 * compared  # measured: 0.90


SIGNS = st.text("${}()[]`'\"\\ab01:-=+*/%#!@?,.~<>|&; \n^", max_size=60)


@settings(max_examples=400, deadline=None)
@given(SIGNS)
def test_any_word_is_expanded_or_unreadable(box, text):
    """No text makes the expansion fail in another way, and it gives a bounded number of words."""
    try:
        commands = scan("x " + text).commands
        found = box.ours(text) if len(commands) == 1 else []
    except (Unreadable, ValueError):
        return
    assert len(found) <= 2_000 * 60


@settings(max_examples=300, deadline=None)
@given(st.text("0123456789abnij+-*/%<>=!&|^~?:,()[]#@_ x$`{}", max_size=40))
def test_any_arithmetic_has_a_value_or_none(box, text):
    """Arithmetic never fails, and its values have 64 bits."""
    value = box.number(text)
    assert value is None or -(2**63) <= value < 2**63


@settings(max_examples=300, deadline=None)
@given(st.text("{},.01ab$'\"\\`-z", max_size=40))
def test_any_braces_give_words_or_are_unreadable(text):
    """Brace expansion gives a bounded number of words."""
    with contextlib.suppress(Unreadable):
        assert 1 <= len(braces.expand(text)) <= 2_000


@settings(max_examples=300, deadline=None)
@given(SIGNS)
def test_places_found_in_any_text_lie_in_it(text):
    """The ends of quotes and words are places of the text, and behind where they start."""
    skip = Skipper(text)
    for at, char in enumerate(text):
        try:
            end = skip.piece(at) if char in "\\'\"`$" else skip.word(at)
        except Unreadable:
            continue
        assert at <= end <= len(text)


@pytest.mark.parametrize(
    "text", ["(" * 5000, "1+" * 5000 + "1", "-" * 5000 + "1", "1?" * 2000 + "1", "n=" * 3000 + "1", "2**" * 3000 + "1"]
)
def test_long_arithmetic_has_no_value(box, text):
    """Past the limits of depth and length nothing is known."""
    assert box.number(text) is None


def test_a_variable_that_names_itself_has_no_value(box):
    """Values of variables are expressions; a circle of them ends."""
    assert box.number("loop", "loop=loop+1") is None


@pytest.mark.parametrize(
    "word", ["${v//*a*b*c/x}", "${v##*a*a*a*a*b}", "${v%%+(a|aa|aaa)b}", "${v//!(b)*!(c)/x}", "${v//[a-z]*([a-z])/}"]
)
def test_patterns_cost_no_more_than_their_limit(box, word):
    """No pattern backtracks: 20,000 characters are matched or given up within counted work."""
    assert len(box.ours(word, "shopt -s extglob; v=" + "a" * 20_000)) <= 1
