"""From the raw text of a word to the values that a program gets: every expansion of bash(1), EXPANSION, in its order.

Braces first, then tilde, parameters, substitutions and arithmetic from left to right, then splitting, then globs. What
is not known stays a part that is not known, so that the known parts beside it still count. Commands in a substitution
are handed to the interpreter, and their output, where it can be computed, takes their place.
"""

from __future__ import annotations

from agentguard.access.limits import MAX_GLOB_CHARS
from agentguard.access.model import ANY, ONE, STAR, UNKNOWN, Pattern, Wildcard
from agentguard.access.shell.limits import MAX_FIELDS
from agentguard.access.shell.pieces import TooMuch
from agentguard.access.shell.skip import Skipper, assignment
from agentguard.access.shell.state import DEFAULT_IFS
from agentguard.access.shell.values import UNSET, Globbed, Unset, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.shell.flow import Frame
    from agentguard.access.shell.interpret import Machine
    from agentguard.access.shell.state import State
    from agentguard.access.shell.values import Held

    Piece = tuple[str, str | Wildcard]

_PLAIN = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./:,+@%^=]}#!"
_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_SPECIAL_PARAMETERS = frozenset("@*#?-$!0")
_STOPS = frozenset("\\'\"$`<>(")
_GLOB = frozenset("*?[")

# What a piece of a word is. QUOTED text stands for itself; TEXT was written unquoted (globs count); RESULT came out of
# an unquoted expansion (split, then globs count); a BREAK separates the elements of "$@".
QUOTED, TEXT, RESULT, BREAK = "quoted", "text", "result", "break"


class Reader:
    """Expands the raw words of one piece of shell text. Places are characters of that text, None for nowhere in it."""

    __slots__ = ("frame", "machine", "state")

    def __init__(self, machine: Machine, state: State, frame: Frame) -> None:
        self.machine = machine
        self.state = state
        self.frame = frame

    def fields(self, raw: str, at: int = 0) -> list[Value]:
        """Return the words that a raw word becomes; `at` is its place in the text. Raises `Unreadable`."""
        if not raw.strip(_PLAIN):
            return [raw]
        if "{" in raw:
            from agentguard.access.shell import braces  # noqa: PLC0415 - few words have any

            raws = braces.expand(raw)
            if raws != [raw]:
                found: list[Value] = []
                for one in raws:
                    found += self._split(self._pieces(one, None, tilde=True))
                    if len(found) > MAX_FIELDS:
                        raise TooMuch("its braces stand for too many words")
                return found
        return self._split(self._pieces(raw, at, tilde=True))

    def value(self, raw: str, at: int = 0, *, assigned: bool = False) -> Value:
        """Return the one value of a raw word that is neither split nor matched with files: the right side of `=`."""
        if not raw.strip(_PLAIN):
            return raw
        return _joined(self._pieces(raw, at, tilde=True, colon=assigned))

    def body(self, raw: str, at: int | None = None) -> Value:
        """Return the value of text in which only `$`, backquotes and backslashes count: a here-document."""
        out: list[Piece] = []
        self._quoted(raw, 0, len(raw), at, out, here=True)
        return _joined(out)

    def pieces(self, raw: str) -> list[Piece]:
        """Return the pieces of a raw word that stands inside an expansion."""
        return self._pieces(raw, None, tilde=True)

    # -- pieces

    def _pieces(self, raw: str, base: int | None, *, tilde: bool = False, colon: bool = False) -> list[Piece]:
        skip = Skipper(raw)
        out: list[Piece] = []
        at, size = 0, len(raw)
        if tilde:
            at = self._tilde(raw, 0, out, colon=colon)
        homes = assignment(raw)  # `NAME=~/x:~/y` as an argument: tildes count behind `=` and `:` too
        colon = colon or homes > 0
        while at < size:
            char = raw[at]
            if char not in _STOPS:
                start = at
                while at < size and raw[at] not in _STOPS:
                    if raw[at] == ":" and colon and raw[at + 1 : at + 2] == "~":
                        break
                    at += 1
                    if at == homes and raw[at : at + 1] == "~":
                        break
                out.append((TEXT, raw[start:at]))
                if raw[at : at + 1] == ":" and raw[at : at + 2] == ":~":
                    out.append((TEXT, ":"))
                    at = self._tilde(raw, at + 1, out, colon=colon) if colon else at + 1
                elif at == homes and raw[at : at + 1] == "~":
                    at = self._tilde(raw, at, out, colon=True)
            elif char == "\\":
                if raw[at + 1 : at + 2] != "\n":
                    out.append((QUOTED, raw[at + 1 : at + 2] or "\\"))
                at += 2
            elif char == "'":
                end = skip.piece(at)
                out.append((QUOTED, raw[at + 1 : end - 1]))
                at = end
            elif char == '"':
                end = skip.double(at)
                if end == at + 2:
                    out.append((QUOTED, ""))
                self._quoted(raw, at + 1, end - 1, base, out)
                at = end
            elif char in "<>":
                end = skip.substitution(at)
                place = None if base is None else base + at + 2
                out.append((QUOTED, self.machine.process(raw[at + 2 : end - 1], char, self, place)))
                at = end
            elif char == "(":  # an extended glob: some text; or the parentheses of an array, read elsewhere
                kind, text = out.pop() if out else (TEXT, "")
                if isinstance(text, str):
                    out.append((kind, text[:-1]))
                out.append((TEXT, ANY))
                at = skip.parentheses(at)
            else:
                at = self.expansion(raw, at, skip, base, out, quoted=False)
        if raw[:1] == "~" and ":" in raw.partition("/")[0] and not colon:  # bash makes `HOME:$x` of `~:$x`
            return [(QUOTED, ANY)]
        return out

    def _quoted(self, raw: str, at: int, end: int, base: int | None, out: list[Piece], *, here: bool = False) -> None:
        """Add the pieces of what stands between double quotes, or in a here-document."""
        skip = Skipper(raw)
        start = at
        while at < end:
            char = raw[at]
            if char == "\\":
                follows = raw[at + 1 : at + 2]
                if follows in ("$", "`", "\\", "\n") or (follows == '"' and not here):
                    out.append((QUOTED, raw[start:at] + (follows if follows != "\n" else "")))
                    start = at = at + 2
                else:
                    at += 2
            elif char in "$`":
                if start < at:
                    out.append((QUOTED, raw[start:at]))
                start = at = self.expansion(raw, at, skip, base, out, quoted=True)
            else:
                at += 1
        if start < end:
            out.append((QUOTED, raw[start:end]))

    def _tilde(self, raw: str, at: int, out: list[Piece], *, colon: bool) -> int:
        """Add the home that an unquoted tilde at `at` stands for. Return the place behind the tilde-prefix."""
        if raw[at : at + 1] != "~":
            return at
        end = at + 1
        while end < len(raw) and (raw[end] in _NAME or raw[end] in ".-+"):
            end += 1
        if end < len(raw) and raw[end] != "/" and not (colon and raw[end] == ":"):
            return at  # something quoted or expanded in it: a plain tilde
        user = raw[at + 1 : end]
        world = self.machine.world
        if user in ("", world.user):
            self._held(self.state.get("HOME") if not user else world.home, out, quoted=True)
        elif user in ("+", "-"):
            self._held(self.state.get("PWD" if user == "+" else "OLDPWD"), out, quoted=True)
        elif user == "root":
            out.append((QUOTED, "/var/root" if world.platform == "darwin" else "/root"))
        else:
            out.append((QUOTED, ANY))
        return end

    def expansion(self, raw: str, at: int, skip: Skipper, base: int | None, out: list[Piece], *, quoted: bool) -> int:
        """Add what the `$` or backquote at `at` stands for. Return the place behind it."""
        if raw[at] == "`":
            end = skip.backquote(at)
            inner = raw[at + 1 : end - 1]
            for mark in ("\\\\", "\\`", "\\$") if "\\" in inner else ():
                inner = inner.replace(mark, mark[1])
            self._held(self.machine.substitute(inner, self, None), out, quoted=quoted)
            return end
        follows = raw[at + 1 : at + 2]
        if follows == "{":
            end = skip.parameter(at, quoted=quoted)
            from agentguard.access.shell import parameters  # noqa: PLC0415 - few words have any

            parameters.expand(self, raw[at + 2 : end - 1], out, quoted=quoted)
            return end
        if follows == "(":
            end = skip.arithmetic(at + 1) if raw[at + 2 : at + 3] == "(" else 0
            if end:
                self._number(raw[at + 3 : end - 2], out, quoted=quoted)
                return end
            end = skip.substitution(at)
            place = None if base is None else base + at + 2
            self._held(self.machine.substitute(raw[at + 2 : end - 1], self, place), out, quoted=quoted)
            return end
        if follows == "[":
            end = skip.dollar(at, quoted=quoted)
            self._number(raw[at + 2 : end - 1], out, quoted=quoted)
            return end
        if follows == "'" and not quoted:
            from agentguard.access.shell import ansi  # noqa: PLC0415 - few words have any

            end = skip.dollar(at, quoted=False)
            out.append((QUOTED, ansi.decode(raw[at + 2 : end - 1])))
            return end
        if follows == '"' and not quoted:  # a translated string: as it stands
            return at + 1
        if follows in _SPECIAL_PARAMETERS or follows.isdigit():
            self.parameter(follows, out, quoted=quoted)
            return at + 2
        end = at + 1
        while end < len(raw) and raw[end] in _NAME:
            end += 1
        if end == at + 1:
            out.append((QUOTED if quoted else TEXT, "$"))
        else:
            self._held(self.state.get(raw[at + 1 : end]), out, quoted=quoted)
        return end

    def _number(self, raw: str, out: list[Piece], *, quoted: bool) -> None:
        value = self.arithmetic(raw)
        out.append((QUOTED if quoted else RESULT, STAR if value is None else str(value)))

    def arithmetic(self, raw: str) -> int | None:
        """Return the value of an arithmetic expression, None where it is not exact. Commands inside it run."""
        text = self.body(raw)
        if not isinstance(text, str):
            return None
        from agentguard.access.shell import arith, hidden  # noqa: PLC0415 - few words have any

        hidden.subscripts(self, text)
        if any(mark in text for mark in ("=", "++", "--")):
            assigned_in_arithmetic(text, self.state)
        return arith.evaluate(text.replace('"', ""), self.state.exact)

    def parameter(self, name: str, out: list[Piece], *, quoted: bool) -> None:
        """Add a positional or special parameter."""
        given = self.state.parameters
        kind = QUOTED if quoted else RESULT
        if name in ("@", "*"):
            if given is None:
                out.append((kind, ANY))
            else:
                self.elements(given, out, quoted=quoted, one=name == "*")
        elif name == "#":
            out.append((kind, STAR if given is None else str(len(given))))
        elif name == "0":
            self._held(self.state.zero, out, quoted=quoted)
        elif name.isdigit():
            index = int(name) - 1
            held: Held = UNKNOWN if given is None else given[index] if index < len(given) else UNSET
            self._held(held, out, quoted=quoted)
        else:  # $? $$ $! $-: numbers and letters, never a slash
            out.append((kind, STAR))

    def elements(self, values: list[Value], out: list[Piece], *, quoted: bool, one: bool) -> None:
        """Add the elements of a list: one word each, or all in one word (`"$*"`)."""
        for number, value in enumerate(values):
            if number:
                out.append((QUOTED, " ") if one and quoted else (BREAK, ""))
            if quoted:
                out.append((QUOTED, ""))
            self._held(value, out, quoted=quoted)

    def _held(self, held: Held, out: list[Piece], *, quoted: bool) -> None:
        kind = QUOTED if quoted else RESULT
        if isinstance(held, (list, dict)):
            held = element(held, "0")
        if isinstance(held, str):
            out.append((kind, held))
        elif isinstance(held, Unset):
            if quoted:
                out.append((kind, ""))
        elif isinstance(held, Pattern):
            out.extend((kind, part) for part in held.parts)
        else:  # nothing known; a Choice cannot be seen here but through `${!name}`
            out.append((kind, ANY))

    held = _held

    # -- splitting and globs

    def _split(self, pieces: list[Piece]) -> list[Value]:
        """Return the words that pieces become (bash(1), Word Splitting and Pathname Expansion)."""
        blanks = self.state.exact("IFS")
        if blanks is None:
            blanks = DEFAULT_IFS
        found: list[list[Piece]] = []
        word: list[Piece] = []
        for piece in pieces:
            kind, text = piece
            if kind == BREAK:
                found.append(word)
                word = []
            elif kind != RESULT or not isinstance(text, str):
                word.append(piece)
            else:
                for number, part in enumerate(_cut(text, blanks)):
                    if number:
                        found.append(word)
                        word = []
                    word.append((QUOTED, "") if part is None else (RESULT, part))
        found.append(word)
        if len(found) > MAX_FIELDS:
            raise TooMuch("it stands for too many words")
        return [
            self._globbed(word) for word in found if word and (any(text != "" or kind == QUOTED for kind, text in word))
        ]

    def _globbed(self, word: list[Piece]) -> Value:
        """Return one word with its unquoted `*`, `?` and `[…]` as wildcards."""
        literal = concat([text for _, text in word])
        if not any(kind != QUOTED and isinstance(text, str) and not _GLOB.isdisjoint(text) for kind, text in word):
            return literal
        if sum(len(text) for _, text in word if isinstance(text, str)) > MAX_GLOB_CHARS:  # no file has such a name
            return literal
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
            if not active or char not in ("*", "?", "["):
                parts.append(char)
            elif char == "?":
                parts.append(ONE)
            elif char == "*":
                double = at < len(chars) and chars[at] == ("*", True)
                deep = double and (self.state.globstar or self.machine.world.platform == "darwin")
                parts.append(ANY if deep else STAR)
                while at < len(chars) and chars[at] == ("*", True):
                    at += 1
            else:
                end = _bracket_end(chars, at)
                parts.append(ONE if end else "[")
                at = end or at
        value = concat(parts)
        if isinstance(value, Pattern) and isinstance(literal, str):
            return Globbed(value.parts, literal)
        return value


def element(held: list[Value] | dict[str, Value], key: str) -> Value | Unset:
    """Return one element of an array."""
    if isinstance(held, dict):
        return held.get(key, UNSET)
    at = int(key)
    return held[at] if -len(held) <= at < len(held) else UNSET


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
        if char == "]" and active:
            return place + 1
        place += 1
    return 0


def _joined(pieces: list[Piece]) -> Value:
    return concat([" " if kind == BREAK else text for kind, text in pieces])


def _cut(text: str, blanks: str) -> list[str | None]:
    """Return text cut at the characters of IFS. None is an empty word, "" at an end only separates from a neighbour."""
    white = "".join(char for char in blanks if char in " \t\n")
    hard = [char for char in blanks if char not in " \t\n"]
    pieces = [text]
    for char in hard:
        pieces = [part for piece in pieces for part in piece.split(char)]
    found: list[str | None] = []
    for number, piece in enumerate(pieces):
        for char in white[1:]:
            piece = piece.replace(char, white[0])  # noqa: PLW2901 - the same piece, one separator
        items: list[str | None] = (
            [item for item in piece.split(white[0]) if item] if white else [piece] if piece else []
        )
        last = number == len(pieces) - 1
        if not items and not last:
            items = [None]
        if number == 0 and white and piece[:1] == white[0] and items != [None]:
            found.append("")
        found += items
        if last and (not items or (white and piece[-1:] == white[0])) and (text and (hard or white)):
            found.append("")
    return found or [""]


def assigned_in_arithmetic(text: str, state: State) -> None:
    """Forget every variable that an arithmetic expression may assign."""
    name = ""
    for char in text + " ":
        if char in _NAME:
            name += char
        else:
            if name and not name[0].isdigit():
                state.set(name, UNKNOWN)
            name = ""
