"""The values that a pass over shell text gives, and how it says that the text cannot be read."""

from __future__ import annotations

# What a piece of a word is: QUOTED text stands for itself; TEXT was written unquoted (globs count); RESULT came out of an
# unquoted expansion (split, then globs count); a BREAK separates elements of `"$@"`, a SEAM those of `$@`, and both hold
# what separates them where no word is split.
QUOTED, TEXT, RESULT, BREAK, SEAM = "quoted", "text", "result", "break", "seam"


class Unreadable(Exception):  # noqa: N818 - a verdict about text from outside
    """The text cannot be read, or not within the limits. The message says why."""


class TooMuch(Unreadable):
    """A counted limit is reached."""


class Twofold(Unreadable):
    """Both bash and zsh read it, and each in its own way."""


class Here:
    """A here-document: where its body lies, whether its delimiter was quoted (no expansion), and `<<-`."""

    __slots__ = ("delimiter", "end", "quoted", "start", "strip")

    def __init__(self, delimiter: str, quoted: bool, strip: bool) -> None:
        self.delimiter = delimiter
        self.quoted = quoted
        self.strip = strip
        self.start = self.end = 0


class Redirection:
    """One redirection: its operator, the descriptor before it as written ("" for none), and its target.

    The target is a raw word (`start`, `end`), or the here-document `here`.
    """

    __slots__ = ("descriptor", "end", "here", "operator", "start")

    def __init__(self, operator: str, descriptor: str, start: int, end: int, here: Here | None) -> None:
        self.operator = operator
        self.descriptor = descriptor
        self.start = start
        self.end = end
        self.here = here


class Simple:
    """One simple command: its raw words and its redirections, in order.

    `region` is "test" for `[[ … ]]` (then `words` are those inside) and "arithmetic" for `((…))`, else "".
    """

    __slots__ = ("end", "redirections", "region", "start", "words")

    def __init__(self, start: int) -> None:
        self.start = self.end = start
        self.words: list[tuple[int, int]] = []
        self.redirections: list[Redirection] = []
        self.region = ""


class Scan:
    """What one pass found. All places are characters of `text`.

    `commands` maps the start of each simple command to it; `words` the start of every other word (of `for` and `case`,
    names of functions) to its end; `redirections` the end of a compound command to those that follow it; `loops` the
    start of the head of a `for ((…))` to its end. `negated`: a `!` was taken out, so success and failure may be swapped.
    `flat` holds the commands and operators in order, and all there is where nothing is `compound`.
    """

    __slots__ = (
        "commands", "compound", "flat", "loops", "negated", "operators", "redirections", "skeleton", "text", "words",
    )  # fmt: skip

    def __init__(self, text: str) -> None:
        self.text = text
        self.skeleton = bytearray(b" " * len(text))
        self.commands: dict[int, Simple] = {}
        self.words: dict[int, int] = {}
        self.redirections: dict[int, list[Redirection]] = {}
        self.loops: dict[int, int] = {}
        self.flat: list[Simple | str] = []
        self.compound = False
        self.operators = 0
        self.negated = False
