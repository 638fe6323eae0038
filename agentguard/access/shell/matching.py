"""Shell patterns against text (bash(1), Pattern Matching), the extended ones included.

A pattern is written as in the shell; a quoted character has a backslash before it. A set of places in the text is one
integer, bit N for the place before character N, so that one pass over the pattern finds every place where a match may
end: no backtracking, and the work is counted.
"""

from __future__ import annotations

from agentguard.access.globs import Class, bracket
from agentguard.access.model import ONE, STAR, Wildcard
from agentguard.access.shell.limits import MAX_NESTING, MAX_PATTERN_WORK
from agentguard.access.shell.pieces import TooMuch, Unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import TypeAlias

    Node: TypeAlias = "str | Wildcard | Class | Group"

_KINDS = frozenset("?*+@!")


class Group:
    """An extended pattern: how often one of its alternatives stands there (`?`, `*`, `+`, `@`), or none (`!`)."""

    __slots__ = ("alternatives", "kind")

    def __init__(self, kind: str, alternatives: list[list[Node]]) -> None:
        self.kind = kind
        self.alternatives = alternatives


def parse(text: str, *, extended: bool) -> list[Node]:
    """Return the nodes of a pattern. Raises `Unreadable`."""
    nodes, end, _ = _sequence(text, 0, extended, 0)
    while end < len(text):  # a `)` or `|` that belongs to no group stands for itself
        nodes.append(text[end])
        more, end, _ = _sequence(text, end + 1, extended, 0)
        nodes += more
    return nodes


def _sequence(text: str, at: int, extended: bool, depth: int) -> tuple[list[Node], int, bool]:
    """Return the nodes from `at` to the `|` or `)` that ends them, that place, and whether a group was closed there."""
    if depth > MAX_NESTING:
        raise TooMuch("its patterns are nested too deeply")
    nodes: list[Node] = []
    while at < len(text):
        char = text[at]
        if extended and char in _KINDS and text[at + 1 : at + 2] == "(":
            group, end = _group(text, at, depth)
            nodes.append(group)
            at = end
            continue
        if depth and char in "|)":
            return nodes, at, True
        at += 1
        if char == "*":
            if not (nodes and nodes[-1] is STAR):
                nodes.append(STAR)
        elif char == "?":
            nodes.append(ONE)
        elif char == "\\" and at < len(text):
            nodes.append(text[at])
            at += 1
        elif char == "[" and (read := bracket(text, at - 1)):
            nodes.append(read[0])
            at = read[1]
        else:
            nodes.append(char)
    return nodes, at, False


def _group(text: str, at: int, depth: int) -> tuple[Group, int]:
    """Return the group that starts at `at` and the place behind it."""
    kind = text[at]
    if kind == "!" and depth:
        raise Unreadable("a group of patterns holds one of what must not be there")  # shells differ
    alternatives: list[list[Node]] = []
    at += 1
    while True:
        nodes, at, closed = _sequence(text, at + 1, True, depth + 1)
        alternatives.append(nodes)
        if not closed:
            raise Unreadable("a group of patterns is not closed")
        if text[at] == ")":
            return Group(kind, alternatives), at + 1


def dotted(nodes: Sequence[Node]) -> bool:
    """Return whether a pattern spells the dot at its start, as names with one need it."""
    for node in nodes:
        if isinstance(node, Group) and node.kind != "!":
            if any(map(dotted, node.alternatives)):
                return True
            if node.kind in "?*":
                continue
        return node == "."
    return False


class Subject:
    """A text that patterns are matched against. Raises `TooMuch` where that costs too much.

    `hidden`: a dot at its start is there to be matched like other characters; else only by a dot that is spelt.
    """

    __slots__ = ("_full", "_masks", "_work", "fold", "size", "spelt", "text")
    total = 0  # what has been worked for all texts; who asks before and after knows what something has cost

    def __init__(self, text: str, *, fold: bool = False, hidden: bool = True) -> None:
        self.text = text
        self.spelt = not hidden and text[:1] == "."
        self.size = len(text)
        self.fold = fold
        self._full = (1 << self.size + 1) - 1
        self._masks: dict[object, int] = {}
        self._work = 0

    def fits(self, nodes: Sequence[Node]) -> bool:
        """Return whether the whole text matches."""
        return bool(self.ends(nodes, 1) >> self.size)

    def first(self, nodes: Sequence[Node], at: int = 0) -> int:
        """Return the end of the shortest match that starts at `at`, -1 for none."""
        ends = self.ends(nodes, 1 << at)
        return (ends & -ends).bit_length() - 1

    def last(self, nodes: Sequence[Node], at: int = 0) -> int:
        """Return the end of the longest match that starts at `at`, -1 for none."""
        return self.ends(nodes, 1 << at).bit_length() - 1

    def ends(self, nodes: Sequence[Node], places: int) -> int:
        """Return the places where a match may end that starts at one of `places`."""
        for node in nodes:
            if not places:
                return 0
            self._work += 1 + self.size // 1024
            Subject.total += 1 + self.size // 1024
            if self._work > MAX_PATTERN_WORK:
                raise TooMuch("its pattern takes too long to match")
            if (
                self.spelt
                and places & 1
                and not isinstance(node, str)
                and (not isinstance(node, Group) or node.kind == "!")
            ):
                places ^= 1
                if not places:
                    return 0
            if node is STAR:
                places = self._full & -(places & -places)
            elif node is ONE:
                places = (places << 1) & self._full
            elif isinstance(node, Group):
                places = self._grouped(node, places)
            else:
                places = (places & self._where(node)) << 1
        return places

    def _grouped(self, group: Group, places: int) -> int:
        if group.kind == "!":
            found = 0
            while places:
                place = places & -places
                places ^= place
                found |= self._full & -place & ~self._any(group, place)
            return found
        if group.kind in "@?":
            return self._any(group, places) | (places if group.kind == "?" else 0)
        found = places if group.kind == "*" else self._any(group, places)
        new = found
        while new:
            new = self._any(group, new) & ~found
            found |= new
        return found

    def _any(self, group: Group, places: int) -> int:
        found = 0
        for nodes in group.alternatives:
            found |= self.ends(nodes, places)
            if not nodes:
                self._work += 1
        return found

    def _where(self, node: Node) -> int:
        """Return the places before the characters that a single item matches."""
        mask = self._masks.get(node)
        if mask is None:
            if isinstance(node, Class):
                bits = ["1" if self._holds(node, char) else "0" for char in reversed(self.text)]
            elif self.fold and isinstance(node, str):
                bits = ["1" if char.lower() == node.lower() else "0" for char in reversed(self.text)]
            else:
                bits = ["1" if char == node else "0" for char in reversed(self.text)]
            self._work += self.size // 64
            Subject.total += self.size // 64
            mask = self._masks[node] = int("".join(bits) or "0", 2)
        return mask

    def _holds(self, node: Class, char: str) -> bool:
        return node.has(char, fold=self.fold)


def backwards(nodes: Sequence[Node]) -> list[Node]:
    """Return the pattern that matches the texts of a pattern read from their ends."""
    return [
        Group(node.kind, [backwards(alternative) for alternative in node.alternatives])
        if isinstance(node, Group)
        else node
        for node in reversed(nodes)
    ]
