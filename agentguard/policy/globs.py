"""Glob patterns as bit-parallel automata, which tell whether a text matches, and a partly known one could or must.

A pattern is a row of positions, one bit each; matching moves a set of positions along the text. The work is at most
length of the text times length of the pattern, whatever both hold: nothing backtracks. (Baeza-Yates and Gonnet, "A new
approach to text searching", CACM 1992; the same with wildcards in Navarro and Raffinot, "Flexible pattern matching".)

With a separator ("/" for paths): `*` and `?` and `[...]` never match it, `**` matches anything, `a/**/b` is a/b and
a/x/b and so on, a leading `**/` is any folder. Without one (""): `*` is any text, `?` any character.

A partly known text is a list of symbols: one-character strings, and the wildcards of `access.model` with these rules:

- STAR, ONE: the shell's `*` and `?`; they never match a separator, and at the start of a name no dot;
- ANY: any text at all;
- NUMBER: digits, perhaps with a sign before them.
"""

from __future__ import annotations

from agentguard.access.model import ANY, NUMBER, ONE, STAR, Pattern, Wildcard
from agentguard.policy.model import MAYBE, NO, YES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Symbols: TypeAlias = "list[str | Wildcard]"
    # A `[...]`: its bit, whether it is negated, single characters, and ranges as (first, last).
    Class: TypeAlias = "tuple[int, bool, str, tuple[tuple[str, str], ...]]"

# Two more symbols, made by `symbols` where a shell wildcard begins a name.
HEAD = Wildcard("HEAD")  # one character, neither separator nor dot
HEAD_STAR = Wildcard("HEAD_STAR")  # nothing, or HEAD and then STAR

ONE_OR_MORE = (ONE, ANY)  # any text that is not empty
_SILENT = "/."  # what nearly every path or host holds


class Glob:
    """A compiled pattern, or several side by side. Each mask has the bits of the positions that hold such a token.

    Several are one automaton: all of them are moved along a text at once, and any of them may match it.
    """

    __slots__ = (
        "_folder", "accept", "any", "chars", "classes", "dirs", "letters", "one", "sep", "skips", "star", "start", "telling",
    )  # fmt: skip

    def __init__(self, text: str, sep: str, *others: str) -> None:
        self.sep = sep
        self.chars: dict[str, int] = {}  # literal characters
        self.classes: list[Class] = []  # [...]
        self.one = self.star = self.any = 0  # ?, * and **
        self.dirs = 0  # the **/ within a/**/b: nothing, or anything up to a separator
        self.accept = 0
        self.telling = 0 if sep else -1  # positions of which a known text says what it is
        entered, bit = 0, 1
        for one in (text, *others):
            end = self._read(one, bit)
            if sep:
                self.telling |= self._telling(one, end) & -bit
            self.accept |= end
            entered |= bit
            bit = end << 1
        self.skips = self.star | self.any | self.dirs
        self.letters = 0
        for char, bits in self.chars.items():
            if char != sep:
                self.letters |= bits
        self.start = self._close(entered)
        floats = self.start if self.start & 1 & self.any else 0
        self._folder = ("", 0 if floats else self.start, floats)  # the folder looked at last, and what was read by then

    def _read(self, text: str, bit: int) -> int:
        """Set the masks of a pattern whose first position is `bit`; return the position behind its last one."""
        sep, i = self.sep, 0
        while i < len(text):
            char = text[i]
            i += 1
            if char == "*":
                run = i
                while i < len(text) and text[i] == "*":
                    i += 1
                if not sep or i == run:
                    self.star |= bit
                elif text[i : i + 1] == sep and run > 1 and text[run - 2] == sep:
                    self.dirs |= bit
                    i += 1
                else:
                    self.any |= bit
            elif char == "?":
                self.one |= bit
            elif char == "[" and (end := _class_end(text, i)):
                self.classes.append((bit, *_class(text[i : end - 1])))
                i = end
            else:
                self.chars[char] = self.chars.get(char, 0) | bit
            bit <<= 1
        return bit

    def _telling(self, text: str, end: int) -> int:
        """Return the positions before `end` that speak for a path: all but an extension that stands behind other letters.

        `*.json` says nothing of `credentials.json`; `.e*` says something of `.env`, and `*.pem` of `*.pem`.
        """
        name = text[text.rfind(self.sep) + 1 :]
        head, dot, tail = name.rpartition(".")
        if not dot or not tail.isalnum() or not any(char.isalnum() for char in head):
            return end - 1
        return (end >> len(tail)) - 1

    def _close(self, entered: int) -> int:
        """Add what can be reached from newly entered positions without reading anything."""
        while more := ((entered & self.skips) << 1) & ~entered:
            entered |= more
        return entered

    def _step(self, state: int, char: str) -> int:
        """Read one character."""
        moved = state & self.chars.get(char, 0)
        if char == self.sep:
            moved |= state & self.dirs
            stay = state & (self.any | self.dirs)
        else:
            moved |= state & self.one
            stay = state & self.skips
            for bit, negated, singles, ranges in self.classes:
                if state & bit and (char in singles or any(a <= char <= b for a, b in ranges)) != negated:
                    moved |= bit
        return self._close((moved | stay & (self.star | self.any)) << 1) | stay

    def _step_some(self, state: int, *, dot: bool = True, separator: bool = False) -> int:
        """Read one unknown character: never a separator unless `separator`, never a dot unless `dot`."""
        moved = state & (self.letters if dot else self.letters & ~self.chars.get(".", 0)) | state & self.one
        stay = state & self.skips
        for bit, *_ in self.classes:
            moved |= state & bit
        if separator:
            moved |= state & (self.chars.get(self.sep, 0) | self.dirs)
        return self._close((moved | stay & (self.star | self.any)) << 1) | stay

    def _steps(self, state: int, *, separator: bool = False) -> int:
        """Read any number of unknown characters."""
        while (more := state | self._step_some(state, separator=separator)) != state:
            state = more
        return state

    def _number(self, state: int) -> int:
        """Read a number."""
        todo = state | self._step(state, "-")
        done = 0
        while todo:
            after = 0
            for digit in "0123456789":
                after |= self._step(todo, digit)
            todo = after & ~done
            done |= after
        return done

    def accepts(self, text: str) -> bool:
        """Return whether `text` matches."""
        state = self.start
        for char in text:
            state = self._step(state, char)
            if not state:
                return False
        return bool(state & self.accept)

    def passed(self, text: str, loose: int, known: int) -> tuple[int, int]:
        """Return (positions, positions for which a known part speaks) behind a known text: for `covers` and `meets`.

        `loose` and `known`: those behind what stands before it; `start` and 0 where nothing does.
        """
        for char in text:
            loose, known = self._read_known(loose, known, char)
            if not loose:
                break
        return loose, known

    def _read_known(self, loose: int, known: int, char: str) -> tuple[int, int]:
        """Read one known character. A known part speaks where it lies on a telling position of the pattern."""
        speaks = loose & self.telling & self.chars.get(char, 0)
        literal = 0 if char in _SILENT else self._close(speaks << 1)
        return self._step(loose, char), self._step(known, char) | literal

    def covers(self, text: Symbols, state: int | None = None) -> bool:
        """Return whether whatever a partly known text turns out to be will match: wildcards only under wildcards.

        `state`: the positions behind what stands before the text.
        """
        state = self.start if state is None else state
        deep = self.any | self.dirs | (0 if self.sep else self.star)
        for symbol in text:
            if isinstance(symbol, str):
                state = self._step(state, symbol)
            elif symbol is ANY:
                stay = state & deep
                state = self._close((stay & ~self.dirs) << 1) | stay
            else:
                stay = state & self.skips
                entered = stay & ~self.dirs
                if symbol in (ONE, HEAD):
                    entered |= state & self.one
                state = self._close(entered << 1) | stay
            if not state:
                return False
        return bool(state & self.accept)

    def meets(self, text: Symbols, loose: int | None = None, known: int = 0) -> int:
        """Return whether a partly known text could match: NO, MAYBE, or YES if a known part of it speaks for it.

        A known part speaks for it where it lies on a known part of the pattern; slashes, dots and extensions say nothing.
        `loose` and `known`: what `passed` gave for what stands before the text.
        """
        loose = self.start if loose is None else loose
        for symbol in text:
            if isinstance(symbol, str):
                loose, known = self._read_known(loose, known, symbol)
            else:
                known = self._some(known, symbol)
                loose = self._some(loose, symbol)
            if not loose:
                return NO
        if known & self.accept:
            return YES
        return MAYBE if loose & self.accept else NO

    def _some(self, state: int, symbol: Wildcard) -> int:
        """Read one wildcard of a partly known text."""
        if symbol is ONE:
            return self._step_some(state)
        if symbol is HEAD:
            return self._step_some(state, dot=False)
        if symbol is HEAD_STAR:
            return state | self._steps(self._step_some(state, dot=False))
        if symbol is NUMBER:
            return self._number(state)
        return self._steps(state, separator=symbol is ANY)

    def tree(self, root: str) -> int:
        """Return whether a folder, with all beneath it, holds something that matches: NO, MAYBE or YES.

        YES: the folder itself does, or the pattern's fixed part lies in the tree, or all that is beneath it matches.
        MAYBE: only a name that may stand anywhere (`**/.env`), so one would have to look.
        """
        folder = root[: root.rstrip(self.sep).rfind(self.sep) + 1] if self.sep else ""
        if folder != self._folder[0]:  # the trees of one call often lie in one folder
            floats = self.start if self.start & 1 & self.any else 0
            self._folder = (folder, *self._into(0 if floats else self.start, floats, folder))
        _, fixed, floats = self._folder
        for part in (root[len(folder) :], "" if root.endswith(self.sep) else self.sep):
            fixed, floats = self._into(fixed, floats, part)
            if (fixed | floats) & self.accept:
                return YES
        return YES if fixed else MAYBE if floats else NO

    def _into(self, fixed: int, floats: int, part: str) -> tuple[int, int]:
        """Read a piece of the path of a folder, for `tree`: what is fixed, and what may stand anywhere."""
        deep = self.any | self.dirs
        for char in part:
            floats = self._step(floats, char) | self._step(fixed & deep, char)
            fixed = self._step(fixed & ~deep, char)
        return fixed, floats


def _class_end(text: str, start: int) -> int:
    """Return the place after the `]` that ends a class begun before `start`; 0 where there is none."""
    first = start + 1 if text[start : start + 1] in ("!", "^") else start
    return text.find("]", first + 1) + 1


def _class(inside: str) -> tuple[bool, str, tuple[tuple[str, str], ...]]:
    """Return a class's (negated, single characters, ranges)."""
    negated = inside[0] in "!^" and len(inside) > 1
    if negated:
        inside = inside[1:]
    singles, ranges, i = "", [], 0
    while i < len(inside):
        if inside[i + 1 : i + 2] == "-" and i + 2 < len(inside):
            ranges.append((inside[i], inside[i + 2]))
            i += 3
        else:
            singles += inside[i]
            i += 1
    return negated, singles, tuple(ranges)


def symbols(value: Pattern, *, sep: str, fold: bool = False, tree: bool = False) -> Symbols:
    """Return a partly known text as symbols; of a path if `sep` is "/".

    An unknown last name of a path is not empty, unless the path is a tree: think of `rm -r "$folder/$name"`.
    """
    found: Symbols = []
    parts = value.parts
    for number, part in enumerate(parts):
        start = bool(sep) and (not found or found[-1] == sep)
        if isinstance(part, str):
            found.extend(part.casefold() if fold else part)
        elif part is ONE:
            found.append(HEAD if start else ONE)
        elif part is STAR and start:
            follows = parts[number + 1] if number + 1 < len(parts) else sep
            dotted = isinstance(follows, str) and follows[:1] in (sep, ".")
            found.extend((HEAD, STAR) if dotted else (HEAD_STAR,))
        else:
            if part is ANY and start and number + 1 == len(parts) and not tree:
                found.append(ONE)
            found.append(part)
    return found
