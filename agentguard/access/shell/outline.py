"""How shell text was read, for people who ask: its structure, and what its words came to. Never on the hook's path.

`outline` gives the commands of a text by their structure alone, `steps` what each command got as its words when the
text was run abstractly: the values of its words and variables, the folder, and what carried it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from agentguard.access.shell import tree
from agentguard.access.shell.interpret import interpret
from agentguard.access.shell.pieces import Unreadable
from agentguard.access.shell.scan import scan

if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.shell.command import Call
    from agentguard.access.shell.pieces import Redirection
    from agentguard.access.shell.tree import Node
    from agentguard.access.world import World

# What each kind of node is called.
_NAMES = {
    tree.CHAIN: "and/or", tree.PIPE: "pipeline", tree.SEQUENCE: "list", tree.SUBSHELL: "subshell", tree.GROUP: "group",
    tree.IF: "if", tree.WHILE: "while", tree.FOR: "for", tree.COUNT: "for ((", tree.CASE: "case",
    tree.FUNCTION: "function", tree.REDIRECTED: "redirected",
}  # fmt: skip


class Line(NamedTuple):
    """One line of an outline: how deep it stands, what it is ("" for a simple command), and its text."""

    depth: int
    kind: str
    text: str


class Step(NamedTuple):
    """One command as it was run. `start` and `end` are the place in the input that it was read from.

    `words` are what its words came to, `assigned` the variables set for it or by it, `cwd` its folder.
    """

    words: tuple[Value, ...]
    assigned: dict[str, Value]
    cwd: Value
    via: tuple[str, ...]
    start: int
    end: int


def outline(text: str) -> list[Line] | str:
    """Return the structure of a text, or why it cannot be read."""
    try:
        scanned = scan(text)
        root = tree.build(scanned)
    except Unreadable as reason:
        return str(reason)
    lines: list[Line] = []
    _write(root, scanned.text, 0, lines)
    return lines


def _write(node: Node, text: str, depth: int, lines: list[Line]) -> None:
    kind = node[0]
    if kind == tree.SIMPLE:
        lines.append(Line(depth, "", text[node[1].start : node[1].end]))
        return
    if kind == tree.SEQUENCE and len(node[1]) == 1 and not node[1][0][1]:
        _write(node[1][0][0], text, depth, lines)
        return
    lines.append(Line(depth, _NAMES[kind], _head(node, text)))
    for label, child in _parts(node, text):
        if label:
            lines.append(Line(depth + 1, label, ""))
        _write(child, text, depth + (2 if label else 1), lines)


def _head(node: Node, text: str) -> str:
    """Return what stands at the head of a compound command."""
    if node[0] == tree.FOR:
        words = [] if node[2] is None else [text[start:end] for start, end in node[2]]
        return " ".join([node[1], "in", *words] if words else [node[1]])
    if node[0] in (tree.CASE, tree.COUNT, tree.FUNCTION):
        start, end = node[1]
        return text[start:end]
    if node[0] == tree.REDIRECTED:
        return " ".join(_redirection(one, text) for one in node[2])
    return "until" if node[0] == tree.WHILE and node[3] else ""


def _redirection(one: Redirection, text: str) -> str:
    target = one.here.delimiter if one.here is not None else text[one.start : one.end]
    return f"{one.descriptor}{one.operator}{target}"


def _parts(node: Node, text: str) -> list[tuple[str, Node]]:
    """Return the parts of a compound command, each with what it is to the whole ("" where that goes without saying)."""
    kind = node[0]
    if kind == tree.SEQUENCE:
        return [("in the background" if background else "", child) for child, background in node[1]]
    if kind == tree.CHAIN:
        return [(operator, child) for operator, child in node[1]]
    if kind == tree.PIPE:
        return [("", child) for child in node[1]]
    if kind == tree.IF:
        found = [part for condition, body in node[1] for part in (("condition", condition), ("then", body))]
        return [*found, ("else", node[2])] if node[2][1] else found
    if kind == tree.WHILE:
        return [("condition", node[1]), ("do", node[2])]
    if kind == tree.CASE:
        return [(" | ".join(text[start:end] for start, end in patterns), body) for patterns, body, _ in node[2]]
    return [("", node[{tree.FOR: 3, tree.COUNT: 2, tree.FUNCTION: 2}.get(kind, 1)])]


def steps(text: str, cwd: str, world: World, tool: str) -> list[Step]:
    """Return every command that a run of the text comes across, in order, those of carriers and substitutions too."""
    found: list[Step] = []

    def note(call: Call, words: list[Value]) -> None:
        place = call.where
        step = Step(tuple(words), dict(call.assigned), call.cwd, call.frame.via, *place)
        if step not in found:
            found.append(step)

    interpret(text, cwd, world, tool, note)
    return found
