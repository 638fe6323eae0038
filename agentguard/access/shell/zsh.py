"""What zsh reads otherwise than bash: globs with qualifiers and bare groups, nested expansions (zshexpn(1)).

macOS's default shell. Which of the two reads a text is seldom known, so a spelling that bash takes for an error, or that
nobody means in bash, is read as zsh reads it, and where both read it each reading counts. What runs code inside a glob
is not followed: that is not readable.
"""

from __future__ import annotations

from agentguard.access.model import ANY, UNKNOWN
from agentguard.access.shell.fields import QUOTED, RESULT
from agentguard.access.shell.pieces import Unreadable
from agentguard.access.shell.skip import Skipper

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.access.model import Value
    from agentguard.access.shell.fields import Piece
    from agentguard.access.shell.words import Reader

# zshexpn(1), Glob Qualifiers: kinds of files, permissions, owners, times, sizes, order, numbers and options of the glob.
_QUALIFIERS = frozenset("/F.@=p*%brwxARWXIJEstSUGuglamcLMNDTnoOdY^-,0123456789[]khmwsf+<>#q:P")
_STARTS = frozenset("/F.@=p*%rwxARWXIJEsStUGugdlamcLMNDTnoOY^-[#")


def qualifiers(text: str) -> bool:
    """Return whether the text of parentheses at the end of a word can be qualifiers. Raises `Unreadable` for code."""
    text = text.removeprefix("#q")
    if not text or (text[0] not in _STARTS and text[0] not in "e+"):
        return False
    if text[0] == "+" or (text[0] == "e" and text[1:2] != "|" and not text[1:2].isalnum()):
        raise Unreadable("a glob of zsh runs code")
    if not _QUALIFIERS.issuperset(text):
        if any(mark in text for mark in ("e:", "e'", 'e"', "e{", "e[")):
            raise Unreadable("a glob of zsh runs code")
        return False
    return "|" not in text


def flags(text: str) -> frozenset[str] | None:
    """Return the options that globbing flags stand for: `(#i)`, `(#l)`; None where parentheses hold no such flags."""
    if text[:1] != "#" or len(text) < 2 or text[1] not in "ilIbBmMseU":
        return None
    return frozenset({"nocaseglob"} if text[1] in "il" else ())


def nested(reader: Reader, inner: str, out: list[Piece], *, quoted: bool) -> bool:
    """Add what `${inner}` stands for if it has flags or an expansion in the place of a name; return whether it has.

    `${(U)name}`, `${(f)"$(<file)"}`, `${$(command)}`, `${${name}%x}`, `${=name}`, `${~name}`, `${:-word}`.
    """
    kind = QUOTED if quoted else RESULT
    text, flagged = inner, False
    if text[:1] == "(":
        text = text[Skipper(text).parentheses(0) :]
        flagged = True
    while text[:1] in ("=", "~", "^") and len(text) > 1:
        text = text[1:]
        flagged = True
    if text[:1] in ('"', "`") or text[:2] in ("$(", "${"):
        end = Skipper(text).piece(0)
        value: Value = reader.value(text[:end])
        if end < len(text) or flagged:
            reader.body(text[end:])
            value = UNKNOWN
        reader.held(value, out, quoted=quoted)
        return True
    if text[:2] in (":-", ":="):  # no name at all: the word
        reader.held(reader.value(text[2:]), out, quoted=quoted)
        return True
    if not flagged:
        return False
    from agentguard.access.shell import parameters  # noqa: PLC0415 - it has loaded this

    pieces: list[Piece] = []
    parameters.expand(reader, text, pieces, quoted=quoted)
    if inner[:1] == "(" and "e" in inner[: inner.find(")")]:  # what stands in the value is expanded again
        for _, value_text in pieces:
            reader.body(value_text if isinstance(value_text, str) else "")
    out.extend(pieces if inner[:1] != "(" else _flagged(inner, pieces, kind))
    return True


def _flagged(inner: str, pieces: list[Piece], kind: str) -> list[Piece]:
    """Return pieces with the flags done that only change the case; what others make of a value is not known."""
    flags = inner[1 : inner.find(")")]
    changes: dict[str, Callable[[str], str]] = {"U": str.upper, "L": str.lower, "@": str, "f": str}
    change = changes.get(flags)
    if change is None:
        return [(kind, ANY)]
    return [(which, change(text) if isinstance(text, str) else text) for which, text in pieces]
