"""Finds where quotes, expansions and words of shell text end. After bash(1), "QUOTING" and "EXPANSION"."""

from __future__ import annotations

from agentguard.access.shell.limits import MAX_DEPTH, MAX_NESTING
from agentguard.access.shell.pieces import TooMuch, Unreadable

_ENDS_WORD = frozenset(" \t\n|&;()<>")
_STOPS = frozenset(" \t\n|&;()<>\\'\"$`")
PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,+@%=]}#!"  # they stand for themselves
_EXTGLOB = frozenset("?*+@!")
_GLOB = frozenset("*?[]/.^~")


class Skipper:
    """Finds the ends of quotes, expansions and words in one text.

    `ends` remembers those of `((`: 0 for none; and below 0 those of substitutions that only zsh understands.
    `wasted` counts the characters looked at for a `((` that was none.
    """

    __slots__ = ("depth", "ends", "size", "text", "wasted")

    def __init__(self, text: str) -> None:
        self.text = text
        self.size = len(text)
        self.depth = 0
        self.ends: dict[int, int] = {}
        self.wasted = 0

    def word(self, at: int) -> int:
        """Return the end of the word that starts at `at`."""
        text, size = self.text, self.size
        start = quoted = at  # `quoted`: where the last quote or expansion ended
        while at < size:
            char = text[at]
            if char not in _STOPS:
                at += 1
            elif char in _ENDS_WORD:
                if char == "(" and at > max(start, quoted) and (end := self._attached(start, at)):
                    at = end
                elif char in "<>" and text[at + 1 : at + 2] == "(":
                    at = self.substitution(at)
                else:
                    return at
            else:
                at = quoted = self.piece(at)
        return at

    def piece(self, at: int) -> int:
        """Return the end of the quote, escape or expansion that starts at `at`."""
        char = self.text[at]
        if char == "\\":
            return min(at + 2, self.size)
        if char == "'":
            return self._find("'", at + 1)
        if char == '"':
            return self.double(at)
        if char == "`":
            return self.backquote(at)
        return self.dollar(at, quoted=False)

    def double(self, at: int) -> int:
        """Return the end of the double-quoted string that opens at `at`."""
        text = self.text
        at += 1
        while at < self.size:
            char = text[at]
            if char == '"':
                return at + 1
            if char == "\\":
                at += 2
            elif char == "$":
                at = self.dollar(at, quoted=True)
            elif char == "`":
                at = self.backquote(at)
            else:
                at += 1
        raise Unreadable("a double quote is not closed")

    def backquote(self, at: int) -> int:
        """Return the end of the backquoted command that opens at `at`."""
        at += 1
        while at < self.size:
            char = self.text[at]
            if char == "`":
                return at + 1
            at += 2 if char == "\\" else 1
        raise Unreadable("a backquote is not closed")

    def dollar(self, at: int, *, quoted: bool) -> int:
        """Return the end of what the `$` at `at` starts; of the `$` alone where it starts nothing that brackets."""
        follows = self.text[at + 1 : at + 2]
        if follows == "{":
            return self.parameter(at, quoted=quoted)
        if follows == "(":
            return (self.text[at + 2 : at + 3] == "(" and self.arithmetic(at + 1)) or self.substitution(at)
        if follows == "[":
            return self.bracket(at + 1)
        if follows == "'" and not quoted:
            end = at + 2
            while end < self.size:
                if self.text[end] == "'":
                    return end + 1
                end += 2 if self.text[end] == "\\" else 1
            raise Unreadable("a quote is not closed")
        return at + 1

    def parameter(self, at: int, *, quoted: bool) -> int:
        """Return the end of the `${…}` that opens at `at`."""
        self._enter()
        text = self.text
        at += 2
        while at < self.size:
            char = text[at]
            if char == "}":
                self.depth -= 1
                return at + 1
            if char in '\\"`$' or (char == "'" and not quoted):
                at = self.dollar(at, quoted=quoted) if char == "$" else self.piece(at)
            else:
                at += 1
        raise Unreadable("a ${ is not closed")

    def arithmetic(self, at: int) -> int:
        """Return the end of the `((…))` that opens at `at`, 0 where it turns out to be two parentheses."""
        if at not in self.ends:
            self.ends[at] = self._arithmetic(at)
        return self.ends[at]

    def _arithmetic(self, start: int) -> int:
        self._enter()
        at = start
        text = self.text
        at += 2
        depth = 0
        while at < self.size:
            char = text[at]
            if char == ")":
                if not depth:
                    if text[at + 1 : at + 2] == ")":
                        self.depth -= 1
                        return at + 2
                    break
                depth -= 1
                at += 1
            elif char in "\\'\"`$":
                at = self.piece(at)
            else:
                depth += char == "("
                if depth > MAX_DEPTH:
                    raise TooMuch("its parentheses are too many")
                at += 1
        self.depth -= 1
        self.wasted += at - start
        if self.wasted > 8 * self.size + 1000:
            raise TooMuch("its parentheses are too many")
        return 0

    def substitution(self, at: int) -> int:
        """Return the end of the `$(…)`, `<(…)` or `>(…)` that opens at `at`."""
        if -1 - at in self.ends:
            return self._zsh_end(at) + 1
        self._enter()
        from agentguard.access.shell.scan import end_of_commands  # noqa: PLC0415 - each needs the other

        depth = self.depth
        try:
            end = end_of_commands(self, at + 2)
        except TooMuch:
            raise
        except Unreadable:
            self.depth = depth
            end = self._zsh_end(at)
        self.depth -= 1
        if end >= self.size:
            raise Unreadable("a ( is not closed")
        return end + 1

    def _zsh_end(self, start: int) -> int:
        """Return where the commands of a substitution end that bash does not understand. Each is tried once."""
        known = self.ends.get(-1 - start)
        if known is None:
            self.ends[-1 - start] = 0
            from agentguard.access.shell import zshgrammar  # noqa: PLC0415 - few texts are zsh's alone

            known = self.ends[-1 - start] = zshgrammar.end_of_commands(self, start + 2)
        if not known:
            raise Unreadable("its syntax is not understood")
        return known

    def parentheses(self, at: int) -> int:
        """Return the end of the parentheses that open at `at`, quotes inside them heeded."""
        depth = 0
        while at < self.size:
            char = self.text[at]
            if char in "\\'\"`$":
                at = self.piece(at)
                continue
            depth += (char == "(") - (char == ")")
            at += 1
            if not depth:
                return at
        raise Unreadable("a ( is not closed")

    def _attached(self, start: int, at: int) -> int:
        """Return the end of the parentheses at `at` if they belong to the word from `start`: arrays, extended globs."""
        if self.text[at - 1] == "=" and assignment(self.text[start:at]):
            return self.parentheses(at)
        if self.text[at - 1] in _EXTGLOB:
            return self.parentheses(at)
        # zsh: `*.c(.N)`, `id_(rsa|dsa)`. In bash an error, but for the `()` of a function.
        end = self.parentheses(at)
        globs = not _GLOB.isdisjoint(self.text[start:at]) or "|" in self.text[at:end]
        return end if globs and end > at + 2 else 0

    def number_range(self, at: int) -> int:
        """Return the end of `<1-9>`, `<->` or the like at `at`: a glob of zsh, two redirections in bash; 0 for none."""
        at += 1
        while self.text[at : at + 1].isdigit():
            at += 1
        if self.text[at : at + 1] != "-":
            return 0
        at += 1
        while self.text[at : at + 1].isdigit():
            at += 1
        return at + 1 if self.text[at : at + 1] == ">" else 0

    def bracket(self, at: int) -> int:
        """Return the end of the brackets that open at `at`, quotes inside them heeded."""
        depth = 0
        while at < self.size:
            char = self.text[at]
            if char in "\\'\"`$":
                at = self.piece(at)
                continue
            depth += (char == "[") - (char == "]")
            at += 1
            if not depth:
                return at
        raise Unreadable("a $[ is not closed")

    def _find(self, mark: str, at: int) -> int:
        end = self.text.find(mark, at)
        if end < 0:
            raise Unreadable("a quote is not closed")
        return end + 1

    def _enter(self) -> None:
        self.depth += 1
        if self.depth > MAX_NESTING:
            raise TooMuch("it is nested too deeply")


def assignment(word: str) -> int:
    """Return the length of `NAME=`, `NAME+=` or `NAME[…]=` at the start of a raw word, 0 where there is none."""
    if "=" not in word:
        return 0
    at = 0
    size = len(word)
    while at < size and (word[at] == "_" or (word[at].isascii() and word[at].isalnum())):
        at += 1
    if not at or word[0].isdigit():
        return 0
    if word[at : at + 1] == "[":
        end = word.find("]", at)
        if end < 0 or "=" in word[at:end]:
            return 0
        at = end + 1
    if word[at : at + 1] == "=":
        return at + 1
    return at + 2 if word[at : at + 2] == "+=" else 0
