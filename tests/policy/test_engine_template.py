"""Reasons and remedies filled in with what the deciding row has."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentguard.access.model import ANY, TREE, UNKNOWN, Origin, Path, Pattern, Row
from agentguard.policy.conditions import TEMPLATES
from agentguard.policy.template import VALUE_LIMIT, fill

PATH = Row("read", path=Path("/x/a"))


@pytest.mark.parametrize(
    ("text", "row", "expected"),
    [
        ("{path} is out.", PATH, '"/x/a" is out.'),
        ("{path}", Row("read", path=Path("/x/a", "/y")), '"/x/a" (a link to "/y")'),
        ("{path}", Row("read", path=Path("/x", extent=TREE)), '"/x" (with all beneath it)'),
        ("{path}", Row("read", path=Path(Pattern(("/x/", ANY)))), '"/x/…"'),
        ("{host}:{port}", Row("connect", host="x.org", port=443), '"x.org":"443"'),
        ("{host}", Row("connect", host=UNKNOWN), '"…"'),
        ("{command}", Row("execute", origin=Origin(("git", "push"))), '"git push"'),
        ("{path} is out.", Row("connect", host="x.org"), "this is out."),
        ("{host} {moon} {path", PATH, "this {moon} {path"),
        ("{path}", Row("read", path=Path("/{host}/{path}")), '"/{host}/{path}"'),
        ("{path}", Row("read", path=Path('/a"b\n\x1b[31m\u202ec')), '"/a\'b  [31m c"'),
        ("{path}", Row("read", path=Path("/a\u200b\u3164\ufe0fb\u2028c")), '"/a   b c"'),
        ("{row} is not named", Row("execute", origin=Origin(("npm", "ci"))), '"npm ci" is not named'),
        ("{row} is not named", Row("prompt"), "this is not named"),
        ("no braces", PATH, "no braces"),
    ],
)
def test_placeholders(text, row, expected):
    """A value is quoted and harmless; what the row does not have stays as it was written."""
    assert expected == fill(text, row)


def test_what_was_found_in_a_tree_is_named(decide, make_world):
    """The reason says which file in a tree is meant, not only which tree."""
    rules = [{"effect": "deny", "action": "read", "path": ["**/.env", "!/w/a/.env"], "reason": "{path} is secret."}]
    row = Row("read", path=Path("/w", extent=TREE))
    decision = decide(rules, row, world=make_world(["/w/a/.env", "/w/b/.env"]))
    assert '"/w" with "/w/b/.env" in it is secret.' == decision.reason


def test_every_placeholder_of_the_language_is_filled():
    """The engine fills in each placeholder that a policy may use."""
    row = Row(
        "read", tool="a", path=Path("/a"), host="a", port=1, ref="a", remote="a", package="a", variable="a", server="a",
        mcp_tool="a", subagent="a", origin=Origin(("a",)),
    )  # fmt: skip
    for name in TEMPLATES:
        assert "{" not in fill(f"{{{name}}}", row)


@given(st.text(max_size=400))
def test_whatever_an_agent_names_is_one_short_printable_line(text):
    """No value breaks out of its quotes, its line or its length."""
    filled = fill("{path}", Row("read", path=Path(text)))
    assert (filled[0], filled[-1]) == ('"', '"')
    assert '"' not in filled[1:-1]
    assert filled.isprintable()
    assert len(filled) <= VALUE_LIMIT + 2


def test_a_long_value_keeps_both_ends():
    """The start says where, the end says what."""
    for length in (200, 2000):
        filled = fill("{path}", Row("read", path=Path("/home/dev/" + "x" * length + "/.env")))
        assert filled.startswith('"/home/dev/')
        assert filled.endswith('/.env"')
        assert "…" in filled


def test_secrets_go_before_a_value_is_cut():
    """What takes secrets out sees the whole value, wherever the cut falls."""
    row = Row("read", path=Path("/home/" + "x" * 30 + "hunter2" + "y" * 60))
    assert "***" in fill("{path}", row, hide=lambda text: text.replace("hunter2", "***"))
