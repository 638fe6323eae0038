"""Glob patterns against texts that are known, and against texts that are known in part."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentguard.access.model import ANY, ONE, STAR, Pattern
from agentguard.policy.globs import Glob, symbols
from agentguard.policy.model import MAYBE, NO, YES


@pytest.mark.parametrize(
    ("pattern", "matching", "others"),
    [
        ("/etc/shadow", ["/etc/shadow"], ["/etc/shadow2", "/etc", "/etc/shadow/x"]),
        ("/x/*", ["/x/a", "/x/.a"], ["/x", "/x/a/b"]),
        ("/x/**", ["/x/a", "/x/a/b"], ["/x", "/xy/a"]),
        ("**/.env", ["/.env", "/a/.env", "/a/b/.env"], ["/a/x.env", "/a/.env/b", "/a/.env2"]),
        ("**/.env.*", ["/a/.env.local", "/a/.env."], ["/a/.env", "/a/.env.d/x"]),
        ("**/*.pem", ["/a/k.pem", "/.pem"], ["/a/k.pem/x", "/a/kpem"]),
        ("**/.git/hooks/**", ["/a/.git/hooks/pre", "/.git/hooks/a/b"], ["/a/.git/hooks", "/a/x.git/hooks/y"]),
        ("/a/**/b", ["/a/b", "/a/x/b", "/a/x/y/b"], ["/a/xb", "/ab", "/a/b/c"]),
        ("/a/**/*.py", ["/a/b.py", "/a/x/b.py"], ["/a/b.pyc", "/b.py"]),
        ("/a?c", ["/abc"], ["/ac", "/a/c", "/abbc"]),
        ("/a[bc]d", ["/abd", "/acd"], ["/aed", "/ad", "/a/d"]),
        ("/a[!bc]d", ["/aed"], ["/abd", "/a/d"]),
        ("/a[0-9]", ["/a7"], ["/ax", "/a77"]),
        ("/a[]x]", ["/a]", "/ax"], ["/a"]),
        ("/a[b", ["/a[b"], ["/ab"]),
        ("/home/*/.ssh/**", ["/home/dev/.ssh/id"], ["/home/.ssh/id", "/home/a/b/.ssh/id"]),
    ],
)
def test_path_patterns(pattern, matching, others):
    """A star stays within a name, two stars are any depth, and x/** is not x."""
    glob = Glob(pattern, "/")
    assert [*matching, *others] == [
        *filter(glob.accepts, matching),
        *(text for text in others if not glob.accepts(text)),
    ]


def test_word_patterns_have_no_separator():
    """In words a star also runs over slashes."""
    assert Glob("release/*", "").accepts("release/1/2")
    assert not Glob("release/*", "").accepts("releases/1")


PIECES = st.sampled_from(["a", "b", ".", "/", "*", "**", "**/", "?", "[ab]", "[!a]"])
PATTERNS = st.lists(PIECES, max_size=7).map("".join)
TEXTS = st.text("ab./", max_size=8)


def _oracle(pattern: str) -> str:
    """Return the pattern as a regular expression."""
    out, i = "", 0
    while i < len(pattern):
        if pattern.startswith("**", i):
            end = i
            while pattern[end : end + 1] == "*":
                end += 1
            if pattern[end : end + 1] == "/" and i and pattern[i - 1] == "/":
                out += "(?:.*/)?"
                end += 1
            else:
                out += ".*"
            i = end
        elif pattern[i] == "*":
            out, i = out + "[^/]*", i + 1
        elif pattern[i] == "?":
            out, i = out + "[^/]", i + 1
        elif pattern[i] == "[":
            end = pattern.index("]", i + 2)
            inside = pattern[i + 1 : end]
            out += f"(?!/)[^{inside[1:]}]" if inside[0] == "!" else f"[{inside}]"
            i = end + 1
        else:
            out, i = out + re.escape(pattern[i]), i + 1
    return out


@given(PATTERNS, TEXTS)
def test_automata_agree_with_regular_expressions(pattern, text):
    """The automaton accepts exactly what the same pattern written as a regular expression accepts."""
    assert bool(re.fullmatch(_oracle(pattern), text, re.DOTALL)) == Glob(pattern, "/").accepts(text)


PARTS = st.lists(
    st.one_of(st.text("ab.", min_size=1, max_size=2), st.just("/"), st.sampled_from([ANY, STAR, ONE])), max_size=5
)
FILLINGS = {ANY: ["", "a", "b", ".", "/", "a/b", "ab/"], STAR: ["", "a", "b", "ab"], ONE: ["a", "b"]}


@given(PATTERNS, PARTS, st.data())
def test_what_could_match_is_never_called_impossible(pattern, parts, data):
    """If any filling of a partly known text matches, the answer is not NO; if all must match, every filling does."""
    text = symbols(Pattern(tuple(parts)), sep="")
    filled = "".join(part if isinstance(part, str) else data.draw(st.sampled_from(FILLINGS[part])) for part in parts)
    glob = Glob(pattern, "/")
    if glob.accepts(filled):
        assert glob.meets(text) != NO
    elif glob.covers(text):
        raise AssertionError(f"{pattern} covers {parts} and does not match {filled}")


@pytest.mark.parametrize(
    ("pattern", "parts", "expected"),
    [
        ("**/.env", (ANY, "/.env"), YES),
        ("**/.env", ("/p/src/", ANY), MAYBE),
        ("**/.env", ("/p/src/", STAR), NO),
        ("**/.env", ("/p/.e", STAR), YES),
        ("/h/.ssh/**", (ANY, "/package.json"), MAYBE),
        ("/h/.ssh/**", ("/h/", ANY), YES),
        ("/h/.ssh/**", ("/x/", ANY), NO),
        ("**/*.pem", ("/p/", STAR, ".py"), NO),
        ("**/.env.*", ("/p/", STAR, ".py"), NO),
    ],
)
def test_a_known_part_must_speak_for_a_match(pattern, parts, expected):
    """YES only where a known part lies on a known part of the pattern; a shell's star never finds a hidden name."""
    assert expected == Glob(pattern, "/").meets(symbols(Pattern(parts), sep="/"))


@pytest.mark.parametrize(
    ("pattern", "root", "expected"),
    [
        ("/h/.ssh/**", "/h", YES),
        ("/h/.ssh/**", "/h/.ssh", YES),
        ("/h/.ssh/**", "/h/.ssh/keys", YES),
        ("/h/.ssh/**", "/x", NO),
        ("/h/*/x", "/h", YES),
        ("/h/*/x", "/h/dev", YES),
        ("/h/*/x", "/h/dev/y", NO),
        ("**/.env", "/h", MAYBE),
        ("**/.env", "/h/.env", YES),
        ("/h/**/token", "/h", YES),
        ("/h/**/token", "/h/a", MAYBE),
        ("**/hooks/**", "/h/hooks/pre", YES),
        ("/", "/", YES),
        ("/etc", "/", YES),
    ],
)
def test_trees(pattern, root, expected):
    """A fixed part at or beneath the root is sure, a floating name is only a maybe."""
    assert expected == Glob(pattern, "/").tree(root)


def test_work_is_bounded():
    """A pattern made to make backtracking explode is as quick as any other."""
    glob = Glob("*a" * 60 + "b", "/")
    assert not glob.accepts("a" * 4000)
