"""A text as redaction looks at it: its quotes, its words, and the marks that stand in it already.

The hook reaches this module, and only for texts that may hold a secret.
"""

# ruff: noqa: RUF001, RUF002 - marks are made of these characters
from __future__ import annotations

from agentguard.audit import shapes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

NONE, SINGLE, DOUBLE = 0, 1, 2  # inside which quotes a character stands
QUOTES = {"'": SINGLE, '"': DOUBLE}
SPACE = " \t"
WHITE = " \t\r\n"
ENDS = WHITE + ";&|,)]}<>`"  # what ends a value that is not quoted
NEAR = 64  # characters that are looked back, at most
_STEP = 256
COMMAND_ENDS = "\r\n;&|)"
_ESCAPES = "abefnrtv0"
_HEX_ESCAPES = (("%", 2), ("\\x", 2), ("\\u", 4))
_BEFORE_OPTION = ("", *WHITE, *QUOTES)
_HEX = "0123456789abcdef"


class Look:
    """One text, and what all searches want to know of it.

    `low` has ASCII letters in lower case, at the same places. `quotes` says of each character inside which quotes it
    stands (an opening quote stands outside). `covered` is 1 wherever a mark of an earlier redaction stands.
    """

    __slots__ = ("covered", "low", "quotes", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.low = text.encode("utf-8", "surrogatepass").lower().decode("utf-8", "surrogatepass")
        self.quotes = _quoting(text)
        self.covered = marks(text)


def words(look: Look, pos: int, limit: int | None = None) -> Iterator[tuple[int, int]]:
    """Yield where each word of a simple command starts and ends, from `pos` to the end of the command (or to `limit`).

    A command that stands inside quotes ends with them.
    """
    text = look.text
    inside = look.quotes.find(NONE, pos) - 1 if pos < len(text) and look.quotes[pos] else -1
    limit = min(len(text) if limit is None else limit, inside if inside >= 0 else len(text))
    start = -1
    while pos < limit:
        char = text[pos]
        if char in SPACE or char in COMMAND_ENDS:
            if start >= 0:
                yield start, pos
            if char not in SPACE:
                return
            start = -1
        elif start < 0:
            start = pos
        if char == "\\":
            pos += 1
        elif char in QUOTES:
            pos = closing(text, pos)
        pos += 1
    if start >= 0:
        yield start, limit


def find(look: Look, char: str, start: int, end: int) -> int:
    """Return the place of the first `char` that is no part of a mark, -1 where there is none."""
    pos = look.text.find(char, start, end)
    while pos >= 0 and look.covered[pos]:
        pos = look.text.find(char, pos + 1, end)
    return pos


def edge(text: str, pos: int, chars: str) -> bool:
    """Whether a word of `chars` starts at `pos`: after an escape, a percent triplet or a one-letter option one does too."""
    before = text[max(0, pos - 6) : pos]
    if not before or before[-1] not in chars:
        return True
    if before[-2:-1] == "\\":
        return before[-1] in _ESCAPES
    if before[-2:-1] == "-":
        return before[-1] in shapes.LOWER + shapes.UPPER and before[-3:-2] in _BEFORE_OPTION
    for head, digits in _HEX_ESCAPES:
        if before[-digits - len(head) : -digits] == head and not before[-digits:].strip(shapes.HEX):
            return True
    return False


def reference(look: Look, start: int) -> bool:
    """Whether the value is said elsewhere: `$NAME`, `${…}`, `$(…)`, `os.environ[…]`."""
    text = look.text
    if text.startswith(shapes.REFERENCES, start):
        return True
    if text[start : start + 1] in QUOTES and look.quotes[start] != QUOTES[text[start]]:
        return text[start] == '"' and reference(look, start + 1)
    if text[start : start + 1] != "$" or look.quotes[start] == SINGLE:
        return False
    if text[start + 1 : start + 2] in ("(", "{"):
        return True
    end = run(text, start + 1, shapes.WORD)
    return end > start + 1 and (end == len(text) or text[end] in ENDS or text[end] in "\"'@")


def closing(text: str, pos: int) -> int:
    """Return the place of the quote that closes the one at `pos`, the end of the text where none does."""
    quote = text[pos]
    pos = text.find(quote, pos + 1)
    while quote == '"' and pos > 0 and _escaped(text, pos):
        pos = text.find(quote, pos + 1)
    return pos if pos >= 0 else len(text)


def _escaped(text: str, pos: int) -> bool:
    count = 0
    while count < min(pos, NEAR) and text[pos - 1 - count] == "\\":
        count += 1
    return count % 2 == 1


def plain(word: str) -> str:
    """Return a shell word without its quotes and backslashes."""
    word = word[1:] if word.startswith("$'") else word
    return word.replace("\\", "").replace("'", "").replace('"', "")


def run(text: str, pos: int, chars: str) -> int:
    """Return the end of the run of `chars` that starts at `pos`."""
    while True:
        piece = text[pos : pos + _STEP]
        used = len(piece) - len(piece.lstrip(chars))
        pos += used
        if used < _STEP:
            return pos


def skip(text: str, pos: int, chars: str, limit: int = 8) -> int:
    """Return the place after at most `limit` of `chars`."""
    end = min(len(text), pos + limit)
    while pos < end and text[pos] in chars:
        pos += 1
    return pos


def _quoting(text: str) -> bytearray:
    """Return for each character, and for the end, inside which quotes it stands."""
    states = bytearray(len(text) + 1)
    pos = 0
    nearest = dict.fromkeys(QUOTES, -1)
    while pos < len(text):
        for quote, place in nearest.items():
            if place < pos:
                place = text.find(quote, pos)  # noqa: PLW2901
                nearest[quote] = place if place >= 0 else len(text)
        start = min(nearest.values())
        if start < len(text) and _escaped(text, start):
            pos = start + 1
            continue
        if start == len(text):
            break
        close = closing(text, start)
        end = min(close + 1, len(text) + 1)
        states[start + 1 : end] = bytes([QUOTES[text[start]]]) * (end - start - 1)
        pos = end
    return states


def marks(text: str) -> bytearray:
    """Return 1 for each character of a mark, `‹type›` or `‹type:8 hex digits›`, and 0 for every other one."""
    covered = bytearray(len(text) + 1)
    start = text.find("‹")
    while start >= 0:
        end = text.find("›", start, start + NEAR)
        kind, colon, digits = text[start + 1 : end].partition(":") if end >= 0 else ("", "", "")
        if kind in shapes.TYPES and (not colon or (len(digits) == 8 and not digits.strip(_HEX))):
            covered[start : end + 1] = b"\1" * (end + 1 - start)
        start = text.find("‹", start + 1)
    return covered
