"""Is a word, a command or a port in a set? Words: `*` is any run of characters, `?` one, `[...]` one of those.

Each set is made of texts of a compiled policy and answers NO, MAYBE or YES; what the modes mean is told in pathset.
"""

from __future__ import annotations

from agentguard.access.model import Pattern
from agentguard.policy.model import MAYBE, NO, YES
from agentguard.policy.pathset import HITS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentguard.access.model import Value
    from agentguard.policy.globs import Glob
    from agentguard.policy.pathset import Spellings

_META = frozenset("*?[")


class Words:
    """Words, sorted by shape: the common shapes need one call into C for all words of that shape."""

    __slots__ = ("_ends", "_exact", "_globs", "_inside", "_others", "_starts", "_texts")

    def __init__(self, values: Iterable[str], _spellings: Spellings | None = None) -> None:
        self._texts = tuple(values)
        exact, starts, ends, inside = [], [], [], []
        others: list[str] = []
        for text in self._texts:
            if _META.isdisjoint(text):
                exact.append(text)
            elif text[-1] == "*" and _META.isdisjoint(text[:-1]):
                starts.append(text[:-1])
            elif text[0] == "*" and _META.isdisjoint(text[1:]):
                ends.append(text[1:])
            elif text[0] == text[-1] == "*" and _META.isdisjoint(text[1:-1]):
                inside.append(text[1:-1])
            else:
                others.append(text)
        self._others = tuple(others)
        self._exact = frozenset(exact)
        self._starts = tuple(starts)
        self._ends = tuple(ends)
        self._inside = tuple(inside)
        self._globs: dict[tuple[str, ...], Glob] = {}

    def holds(self, word: str) -> bool:
        """Return whether a word matches."""
        if word in self._exact or word.startswith(self._starts) or word.endswith(self._ends):
            return True
        for part in self._inside:
            if part in word:
                return True
        return bool(self._others) and self._glob(self._others).accepts(word)

    def match(self, value: Value, mode: str) -> int:
        """Return NO, MAYBE or YES for a word that may be known in part, or not at all."""
        if isinstance(value, str):
            return YES if self.holds(value) else NO
        if not isinstance(value, Pattern):
            return MAYBE
        from agentguard.policy.globs import symbols  # noqa: PLC0415 - only for partly known words

        if not self._texts:
            return NO
        word, glob = symbols(value, sep=""), self._glob(self._texts)
        if glob.covers(word):
            return YES
        return MAYBE if glob.meets(word) >= (YES if mode == HITS else MAYBE) else NO

    def _glob(self, texts: tuple[str, ...]) -> Glob:
        """Return words as one automaton."""
        glob = self._globs.get(texts)
        if glob is None:
            from agentguard.policy.globs import Glob  # noqa: PLC0415 - the common shapes need none

            glob = self._globs[texts] = Glob(texts[0], "", *texts[1:])
        return glob


class Commands:
    """Programs and their subcommands: `git push` is every command that begins with those words."""

    __slots__ = ("_any_program", "_by_program", "_fold")

    def __init__(self, values: Iterable[str], spellings: Spellings) -> None:
        self._fold = spellings.fold
        self._by_program: dict[str, list[list[Words]]] = {}
        self._any_program: list[list[Words]] = []
        for value in values:
            first, *rest = value.split()
            first = first.casefold() if self._fold else first
            words = [Words((word,)) for word in rest]
            if _META.isdisjoint(first):
                self._by_program.setdefault(first, []).append(words)
            else:
                self._any_program.append([Words((first,)), *words])

    def match(self, value: tuple[Sequence[str], str, bool], _mode: str) -> int:
        """Return NO or YES for (words of the command, path of the program or "", whether its mere name counts)."""
        (first, *rest), program, by_name = value
        names = {first, program}
        if by_name:
            names |= {first.rpartition("/")[2], program.rpartition("/")[2]}
        else:
            names = {name for name in names if "/" in name}
        if self._fold:
            names = {name.casefold() for name in names}
        names.discard("")
        for name in names:
            tails = [*self._by_program.get(name, ())]
            tails += [tail for head, *tail in self._any_program if head.holds(name)]
            for tail in tails:
                if len(tail) <= len(rest) and all(word.holds(text) for word, text in zip(tail, rest, strict=False)):
                    return YES
        return NO


class Ports:
    """Ports and ranges of ports: `443`, `8000-8999`."""

    __slots__ = ("_ranges",)

    def __init__(self, values: Iterable[str], _spellings: Spellings | None = None) -> None:
        ends = [value.partition("-") for value in values]
        self._ranges = [(int(low), int(high or low)) for low, _, high in ends]

    def match(self, port: int, _mode: str) -> int:
        """Return NO or YES."""
        return YES if any(low <= port <= high for low, high in self._ranges) else NO
