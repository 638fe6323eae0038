"""From the pieces of a word to the words that a program gets (bash(1), Word Splitting, Pathname Expansion).

What kinds of pieces there are stands in `pieces`. Unknown parts are wildcards in the place of text; they may hold more
than one word.
"""

from __future__ import annotations

from agentguard.access.limits import MAX_GLOB_CHARS
from agentguard.access.model import ANY, ONE, STAR, Pattern
from agentguard.access.shell.limits import MAX_FIELDS
from agentguard.access.shell.pieces import BREAK, QUOTED, RESULT, SEAM, TEXT, TooMuch, Unreadable
from agentguard.access.shell.state import DEFAULT_IFS
from agentguard.access.shell.values import Globbed, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value, Wildcard
    from agentguard.access.shell.state import State

    Piece = tuple[str, str | Wildcard]

_GLOB = frozenset("*?[")
_WHITE = frozenset(" \t\n")
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_/, %~")


def split(pieces: list[Piece], state: State) -> list[Value]:
    """Return the words that pieces become. In zsh what comes out of an expansion is neither split nor matched."""
    if state.dialect == "zsh":
        pieces = [(QUOTED if kind == RESULT and text != "" else kind, text) for kind, text in pieces]
    for kind, _ in pieces:
        if kind in (BREAK, SEAM, RESULT):
            words = _split(pieces, separators(state))
            break
    else:
        words = [pieces]
    return [_word(word, state) for word in words if word and any(text != "" or kind == QUOTED for kind, text in word)]


def joined(pieces: list[Piece]) -> Value:
    """Return pieces as one value that is not split."""
    return concat([text for _, text in pieces])


def separators(state: State) -> str:
    """Return the characters at which words are split."""
    blanks = state.exact("IFS")
    return DEFAULT_IFS if blanks is None else blanks


def _split(pieces: list[Piece], blanks: str) -> list[list[Piece]]:
    words: list[list[Piece]] = []
    word: list[Piece] | None = None
    behind_white = False  # a word has ended at white space, and a separator that follows belongs to that end
    for piece in pieces:
        kind, text = piece
        if kind == SEAM and blanks:
            kind, text = RESULT, blanks[0]
        elif kind == TEXT and ":" in blanks and isinstance(text, str) and "[:" in text:
            word = [] if word is None else word  # bash takes separators in it for quoted, so `[:alpha:]` is no class
            word += [(QUOTED if part == ":" else TEXT, part) for part in _colons(text)]
            continue
        if kind in (BREAK, SEAM):
            if word is not None:
                words.append(word)
                word = None
            behind_white = False
            continue
        if kind != RESULT or not isinstance(text, str):
            word = [] if word is None else word
            word.append(piece)
            continue
        at, size = 0, len(text)
        while at < size:
            start = at
            while at < size and text[at] not in blanks:
                at += 1
            if at > start:
                if word is None:
                    word = []
                word.append((RESULT, text[start:at]))
            if at == size:
                break
            if word is not None:
                words.append(word)
                word = None
                behind_white = text[at] in _WHITE
            elif text[at] not in _WHITE:
                if not behind_white:
                    words.append([(QUOTED, "")])
                behind_white = False
            at += 1
            if len(words) > MAX_FIELDS:
                raise TooMuch("it stands for too many words")
    if word is not None:
        words.append(word)
    return words


def _colons(text: str) -> list[str]:
    """Return text cut so that each colon stands alone."""
    parts = [part for piece in text.split(":") for part in (piece, ":")]
    return parts[:-1]


def _word(word: list[Piece], state: State) -> Value:
    """Return one word, matched with files if it holds an unquoted `*`, `?`, `[` or a group."""
    active = False
    size = 0
    for kind, text in word:
        if isinstance(text, str):
            size += len(text)
            active = active or (kind != QUOTED and (not _GLOB.isdisjoint(text) or "(" in text))
    if "extendedglob" in state.options:
        active = active or any(kind != QUOTED and isinstance(text, str) and text[:1] == "^" for kind, text in word)
    literal = concat([text for _, text in word])
    if not active or size > MAX_GLOB_CHARS or "noglob" in state.options:  # no file has so long a name
        return literal
    if not isinstance(literal, str):
        return _partly(word)
    from agentguard.access.shell.filenames import Glob  # noqa: PLC0415 - few words are globs

    try:
        glob = Glob(escaped(word), _options(word, state), _ignored(state))
    except TooMuch:
        raise
    except Unreadable:  # a group is not closed, or holds a slash: shells differ
        return _partly(word)
    parts = glob.parts()
    if all(isinstance(part, str) for part in parts):
        return literal
    value = concat(parts)
    return Globbed(value.parts, literal, glob) if isinstance(value, Pattern) else Globbed((ANY,), literal, glob)


def escaped(word: list[Piece]) -> str:
    """Return known pieces as a pattern: what was quoted has a backslash before each character that could count."""
    return "".join(
        text if kind != QUOTED else "".join(char if char in _PLAIN else "\\" + char for char in text)
        for kind, text in word
        if isinstance(text, str)
    )


def _options(word: list[Piece], state: State) -> frozenset[str]:
    options = state.options if state.dialect == "bash" else state.options | {"zsh"}
    if any(kind == TEXT and isinstance(text, str) and "(" in text for kind, text in word):
        options |= {"extglob"}  # no shell takes a parenthesis in a word that does not know these
    return options


def _ignored(state: State) -> str:
    held = state.variables.get("GLOBIGNORE", "")
    return held if isinstance(held, str) else ""


def _partly(word: list[Piece]) -> Value:
    """Return a word with unknown parts in which `*`, `?` and `[…]` are wildcards."""
    chars: list[tuple[str | Wildcard, bool]] = []
    for kind, text in word:
        if isinstance(text, str):
            chars += [(char, kind != QUOTED) for char in text]
        else:
            chars.append((text, False))
    parts: list[str | Wildcard] = []
    at = 0
    while at < len(chars):
        char, active = chars[at]
        at += 1
        if active and chars[at : at + 1] == [("(", True)] and char in ("?", "*", "+", "@", "!"):
            parts.append(ANY)
            at = _group_end(chars, at)
        elif not active or char not in ("*", "?", "["):
            parts.append(char)
        elif char == "?":
            parts.append(ONE)
        elif char == "*":
            parts.append(ANY if chars[at : at + 1] == [("*", True)] else STAR)
            while chars[at : at + 1] == [("*", True)] and chars[at + 1 : at + 2] != [("(", True)]:
                at += 1
        else:
            end = _bracket_end(chars, at)
            parts.append(STAR if end else "[")  # where no file matches it stays as it is
            at = end or at
    return concat(parts)


def _group_end(chars: list[tuple[str | Wildcard, bool]], at: int) -> int:
    depth = 0
    while at < len(chars):
        depth += (chars[at] == ("(", True)) - (chars[at] == (")", True))
        at += 1
        if not depth:
            break
    return at


def _bracket_end(chars: list[tuple[str | Wildcard, bool]], at: int) -> int:
    """Return the place behind the `]` that closes a bracket expression opened before `at`, 0 where nothing does."""
    place = at
    if place < len(chars) and chars[place][0] in ("!", "^"):
        place += 1
    if place < len(chars) and chars[place][0] == "]":
        place += 1
    while place < len(chars):
        char, active = chars[place]
        if char == "/":
            return 0
        if char == "[" and chars[place + 1 : place + 2] == [(":", True)]:
            place = next((end for end in range(place + 2, len(chars)) if chars[end][0] in (":", "/")), place)
            place += chars[place + 1 : place + 2] == [("]", True)]
        if char == "]" and active:
            return place + 1
        place += 1
    return 0
