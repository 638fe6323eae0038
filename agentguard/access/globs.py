"""Globs as agents, shells and ignore files write them: read into parts, and matched against one name.

No regular expression and no backtracking beyond the last star: matching costs at most the product of both lengths, and
a name on disk is short. A leading dot is the caller's business (`hidden`), because shells and ignore files differ.
"""

from __future__ import annotations

from agentguard.access.limits import MAX_ALTERNATIVES, MAX_GLOB_CHARS
from agentguard.access.model import NUMBER, ONE, STAR, Wildcard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import TypeAlias

    Part: TypeAlias = "str | Wildcard"
    Item: TypeAlias = "str | Wildcard | Class"

# POSIX character classes (IEEE 1003.1, 9.3.5), as Python tests a character.
_POSIX: dict[str, Callable[[str], bool]] = {
    "alnum": str.isalnum, "alpha": str.isalpha, "digit": str.isdigit, "lower": str.islower, "print": str.isprintable,
    "space": str.isspace, "upper": str.isupper,
    "blank": " \t".__contains__, "cntrl": lambda c: c < " " or c == "\x7f",
    "graph": lambda c: c.isprintable() and c != " ", "punct": lambda c: c.isascii() and c.isprintable()
    and not c.isalnum() and c != " ", "xdigit": "0123456789abcdefABCDEF".__contains__,
    "ascii": str.isascii, "word": lambda c: c.isalnum() or c == "_",  # bash(1) has two more
}  # fmt: skip


class Class:
    """One character of a bracket expression: the ranges it holds, the named classes, and whether it is turned round."""

    __slots__ = ("named", "negated", "ranges")

    def __init__(self, ranges: tuple[tuple[str, str], ...], named: tuple[str, ...], negated: bool) -> None:
        self.ranges = ranges
        self.named = named
        self.negated = negated

    def holds(self, char: str) -> bool:
        """Return whether `char` is one of them; a slash never is."""
        return char != "/" and self.has(char)

    def has(self, char: str, *, fold: bool = False) -> bool:
        """Return whether `char` is one of them, a slash like others; `fold`: its case counts for named classes only."""
        chars = (char.lower(), char.upper()) if fold else (char,)
        found = any(low <= one <= high for low, high in self.ranges for one in chars)
        return (found or any(_POSIX[name](char) for name in self.named)) != self.negated


def bracket(text: str, start: int) -> tuple[Class, int] | None:
    """Return the bracket expression that opens at `text[start]` and the index behind it; None where it never closes.

    POSIX.1 2.13.1: `]` first is a member, `!` or `^` first turns it round, `a-z` is a range, `[:name:]` a class, `[=c=]`
    and `[.c.]` the character c.
    """
    at = start + 1
    negated = text[at : at + 1] in ("!", "^")
    at += negated
    ranges: list[tuple[str, str]] = []
    named: list[str] = []
    first = True
    while at < len(text):
        char = text[at]
        if char == "]" and not first:
            return Class(tuple(ranges), tuple(named), negated), at + 1
        first = False
        if char == "[" and text[at + 1 : at + 2] == ":":
            end = text.find(":]", at + 2)
            if end > 0 and text[at + 2 : end] in _POSIX:
                named.append(text[at + 2 : end])
                at = end + 2
                continue
        if char == "[" and text[at + 1 : at + 2] in ("=", ".") and text[at + 3 : at + 5] == text[at + 1] + "]":
            char = text[at + 2]  # `[=c=]` and `[.c.]`: one character
            at += 4
        elif char == "\\" and at + 1 < len(text):
            at += 1
            char = text[at]
        high = text[at + 2 : at + 3]
        if text[at + 1 : at + 2] == "-" and high not in ("", "]"):
            if high == "\\" and at + 3 < len(text):
                at += 1
                high = text[at + 2]
            ranges.append((char, high))
            at += 3
        else:
            ranges.append((char, char))
            at += 1
    return None


_DIGIT = Class((("0", "9"), ("-", "-")), (), negated=False)


def items(parts: Sequence[Part]) -> tuple[Item, ...]:
    """Return the single items of one path component: characters, STAR and ONE. Stars in a row count as one.

    A number is anything that starts like one.
    """
    found: list[Item] = []
    for part in parts:
        if isinstance(part, str):
            found.extend(part)
        elif part is ONE:
            found.append(ONE)
        elif part is NUMBER:
            found += [_DIGIT, STAR]
        elif not (found and found[-1] is STAR):
            found.append(STAR)
    return tuple(found)


def component(text: str) -> tuple[Item, ...]:
    """Return the items of one component of an ignore rule, which gitignore(5) reads as fnmatch(3) does."""
    found: list[Item] = []
    at = 0
    while at < len(text):
        char = text[at]
        at += 1
        if char == "*":
            if not (found and found[-1] is STAR):
                found.append(STAR)
        elif char == "?":
            found.append(ONE)
        elif char == "\\" and at < len(text):
            found.append(text[at])
            at += 1
        elif char == "[" and (read := bracket(text, at - 1)):
            found.append(read[0])
            at = read[1]
        else:
            found.append(char)
    return tuple(found)


def fits(pattern: Sequence[Item], name: str) -> bool:
    """Return whether the whole of `name` (one component, no slash) matches the items."""
    at = here = 0
    star, back = -1, 0
    size = len(pattern)
    while here < len(name):
        item = pattern[at] if at < size else None
        if item is STAR:
            star, back = at, here
            at += 1
        elif item is not None and _one(item, name[here]):
            at += 1
            here += 1
        elif star >= 0:
            back += 1
            at, here = star + 1, back
        else:
            return False
    return all(item is STAR for item in pattern[at:])


def _one(item: Item, char: str) -> bool:
    if isinstance(item, str):
        return item == char
    return item is ONE or (isinstance(item, Class) and item.holds(char))


def hidden(pattern: Sequence[Item]) -> bool:
    """Return whether the items match names with a leading dot as a shell does it: only where they spell the dot."""
    return bool(pattern) and pattern[0] == "."


def braces(text: str) -> list[str] | None:
    """Return the globs that the braces of a search tool's glob stand for, in order; None where there are too many."""
    if len(text) > MAX_GLOB_CHARS:
        return None
    found: list[str] = []
    todo = [text]
    passes = 0
    while todo:
        passes += 1
        if len(todo) + len(found) > MAX_ALTERNATIVES or passes > 4 * MAX_ALTERNATIVES:
            return None
        some = todo.pop()
        split = _first_brace(some)
        if split is None:
            found.append(some)
        else:
            before, options, behind = split
            todo += [before + option + behind for option in reversed(options)]
    return found


def _first_brace(text: str) -> tuple[str, list[str], str] | None:
    """Return what stands before the first pair of braces, its alternatives, and what stands behind them."""
    depth = 0
    start = mark = at = 0
    options: list[str] = []
    while at < len(text):
        char = text[at]
        if char == "\\":
            at += 1
        elif char == "{":
            depth += 1
            if depth == 1:
                start = mark = at
        elif char == "," and depth == 1:
            options.append(text[mark + 1 : at])
            mark = at
        elif char == "}" and depth:
            depth -= 1
            if not depth:
                return text[:start], [*options, text[mark + 1 : at]], text[at + 1 :]
        at += 1
    return None
