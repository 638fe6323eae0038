"""`${…}`: parameter expansion (bash(1), Parameter Expansion). What is not exact gives an unknown part, never nothing."""

from __future__ import annotations

from agentguard.access import globs
from agentguard.access.model import ANY, STAR, UNKNOWN, Pattern
from agentguard.access.shell.limits import MAX_PATTERN_WORK
from agentguard.access.shell.skip import Skipper
from agentguard.access.shell.values import UNSET, Unset, parts_of
from agentguard.access.shell.words import QUOTED, RESULT, TEXT, element

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentguard.access.model import Value
    from agentguard.access.shell.values import Held
    from agentguard.access.shell.words import Piece, Reader

_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_OPERATORS = (
    ":-", ":=", ":?", ":+", "-", "=", "?", "+", "##", "#", "%%", "%", "//", "/#", "/%", "/", "^^", "^", ",,", ",", "@",
    ":",
)  # fmt: skip
_DEFAULTS = frozenset({":-", ":=", ":?", ":+", "-", "=", "?", "+"})


def expand(reader: Reader, inner: str, out: list[Piece], *, quoted: bool) -> None:
    """Add what `${inner}` stands for to `out`."""
    kind = QUOTED if quoted else RESULT
    length = inner[:1] == "#" and len(inner) > 1 and inner[1] not in "-=?+#%/:}"
    indirect = inner[:1] == "!" and len(inner) > 1
    text = inner[1:] if length or indirect else inner
    name, subscript, rest = _head(text)
    if not name:
        out.append((kind, ANY))
        return
    if indirect:
        name = _target(reader, name, subscript, rest)
        subscript = ""
        if not name:
            out.append((kind, ANY))
            return
    if subscript in ("@", "*") or name in ("@", "*"):
        _many(reader, name, subscript or name, rest, out, quoted=quoted, length=length)
        return
    held = _held(reader, name, subscript)
    if length:
        out.append((kind, str(len(held)) if isinstance(held, str) else "0" if held is UNSET else STAR))
        return
    operator = next((op for op in _OPERATORS if rest.startswith(op)), "")
    if rest and not operator:
        out.append((kind, ANY))
    elif not rest:
        reader.held(held, out, quoted=quoted)
    elif operator in _DEFAULTS:
        _default(reader, name, held, operator, rest[len(operator) :], out, quoted=quoted)
    else:
        reader.held(_changed(reader, held, operator, rest[len(operator) :]), out, quoted=quoted)


def _head(text: str) -> tuple[str, str, str]:
    """Return name, subscript ("" for none) and what follows them."""
    if text[:1] in ("@", "*", "#", "?", "$", "!", "-"):
        end = 1
    else:
        end = 0
        while end < len(text) and text[end] in _NAME:
            end += 1
        if text[:1].isdigit() and not text[:end].isdigit():
            return "", "", ""
    name = text[:end]
    if text[end : end + 1] == "[":
        close = text.find("]", end)
        if close < 0:
            return "", "", ""
        return name, text[end + 1 : close] or "?", text[close + 1 :]
    return name, "", text[end:]


def _target(reader: Reader, name: str, subscript: str, rest: str) -> str:
    """Return the variable that `${!name…}` means, "" where that is not known or it lists names."""
    if rest[:1] in ("@", "*") or subscript:
        return ""
    held = _held(reader, name, "")
    return held if isinstance(held, str) and held.isidentifier() else ""


def _held(reader: Reader, name: str, subscript: str) -> Held:
    if not (name[0] in _NAME and not name[0].isdigit()):
        pieces: list[Piece] = []
        reader.parameter(name, pieces, quoted=False) if len(name) == 1 else _digits(reader, name, pieces)
        if not pieces:
            return UNSET
        text = pieces[0][1]
        return text if isinstance(text, str) else UNKNOWN
    held = reader.state.get(name)
    if isinstance(held, dict):
        key = reader.value(subscript or "0")
        return element(held, key) if isinstance(key, str) else UNKNOWN
    if isinstance(held, list):
        index = reader.arithmetic(subscript) if subscript else 0
        return UNKNOWN if index is None else element(held, str(index))
    if subscript and subscript != "0":
        reader.body(subscript)  # what it runs, runs
        return UNKNOWN
    return held


def _digits(reader: Reader, name: str, out: list[Piece]) -> None:
    if name.isdigit():
        reader.parameter(name, out, quoted=False)
    else:
        out.append((RESULT, ANY))


def _many(reader: Reader, name: str, which: str, rest: str, out: list[Piece], *, quoted: bool, length: bool) -> None:
    """Add all elements of an array or all parameters."""
    kind = QUOTED if quoted else RESULT
    held: Held = reader.state.get(name) if name not in ("@", "*") else reader.state.parameters or []
    if name in ("@", "*") and reader.state.parameters is None:
        held = UNKNOWN
    if isinstance(held, dict):
        held = list(held.values())
    values: list[Value] | None = held if isinstance(held, list) else None
    if isinstance(held, (str, Pattern)):
        values = [held] if isinstance(held, str) or not (length or rest) else None
    if held is UNSET:
        values = []
    if values is None:
        out.append((kind, STAR if length else ANY))
    elif length:
        out.append((kind, str(len(values))))
    elif not rest:
        reader.elements(values, out, quoted=quoted, one=which == "*")
    elif rest[0] == ":" and rest[1:2] not in ("-", "=", "?", "+"):
        some = _slice(reader, values, rest[1:], first=1 if name in ("@", "*") else 0)
        if some is None:
            out.append((kind, ANY))
        else:
            reader.elements(some, out, quoted=quoted, one=which == "*")
    else:
        operator = next((op for op in _OPERATORS if rest.startswith(op)), "")
        if operator in _DEFAULTS:
            use = bool(values) == (operator[-1] == "+")
            if use:
                _word(reader, rest[len(operator) :], out, quoted=quoted)
            elif operator[-1] != "+":
                reader.elements(values, out, quoted=quoted, one=which == "*")
            return
        changed = [_changed(reader, value, operator, rest[len(operator) :]) for value in values]
        reader.elements(changed, out, quoted=quoted, one=which == "*")  # type: ignore[arg-type] # plain stays plain


def _slice(reader: Reader, values: list[Value], rest: str, *, first: int) -> list[Value] | None:
    start_text, _, count_text = rest.partition(":")
    start = reader.arithmetic(start_text)
    count = reader.arithmetic(count_text) if count_text else len(values)
    if start is None or count is None or start < first or count < 0:
        return None
    return values[start - first : start - first + count]


def _default(
    reader: Reader, name: str, held: Held, operator: str, word: str, out: list[Piece], *, quoted: bool
) -> None:
    """`:-` and its kin. A variable of the environment has been split into "set" and "not set" before."""
    missing = held is UNSET or (operator[0] == ":" and held == "")
    if operator[-1] == "+":
        if not missing:
            _word(reader, word, out, quoted=quoted)
        elif quoted:
            out.append((QUOTED, ""))
    elif not missing or operator[-1] == "?":
        reader.held(held, out, quoted=quoted)
        if operator[-1] == "?":
            reader.value(word)
    elif operator[-1] == "=":
        value = reader.value(word)
        reader.state.set(name, value)
        reader.held(value, out, quoted=quoted)
    else:
        _word(reader, word, out, quoted=quoted)


def _word(reader: Reader, word: str, out: list[Piece], *, quoted: bool) -> None:
    """Add the expansion of the word of an operator; unquoted, its text is split like the result of one."""
    if quoted:
        if "'" in word:  # stands for itself there, and quotes in an operand: shells differ
            out.append(
                (QUOTED, ANY if "\\" in word else word) if "$" not in word and "`" not in word else (QUOTED, ANY)
            )
            reader.body(word)
            return
        value = reader.body(word.replace('"', ""))
        out.extend((QUOTED, part) for part in parts_of(value) or ("",))
        return
    for kind, text in reader.pieces(word):
        out.append((RESULT if kind == TEXT else kind, text))


def _changed(reader: Reader, held: Held, operator: str, word: str) -> Held:
    """Return a value with an operator applied; UNKNOWN where value or operand is not exact."""
    if isinstance(held, Unset):
        reader.value(word)
        return UNSET
    if operator == ":":
        return _substring(reader, held, word)
    if operator == "@":
        return _transformed(reader, held, word)
    if operator in ("/", "//", "/#", "/%"):
        return _replaced(reader, held, operator, word)
    pattern = _pattern(reader, word)
    if not isinstance(held, str) or pattern is None:
        return UNKNOWN
    if operator[0] in "^,":
        if word:
            return UNKNOWN
        change = str.upper if operator[0] == "^" else str.lower
        return change(held) if len(operator) == 2 else change(held[:1]) + held[1:]
    if (len(held) + 1) * (len(pattern) + 1) * len(held) > MAX_PATTERN_WORK:
        return UNKNOWN
    sizes: Sequence[int] = range(len(held) + 1)
    if len(operator) == 2:
        sizes = sizes[::-1]
    for size in sizes:
        if operator[0] == "#" and globs.fits(pattern, held[:size]):
            return held[size:]
        if operator[0] == "%" and globs.fits(pattern, held[len(held) - size :]):
            return held[: len(held) - size]
    return held


def _pattern(reader: Reader, word: str) -> tuple[globs.Item, ...] | None:
    """Return the items of a pattern operand, None where it is not exact."""
    done: list[str] = []
    for kind, text in reader.pieces(word):
        if not isinstance(text, str):
            return None
        done.append(text if kind != QUOTED else "".join("\\" + char for char in text))
    return globs.component("".join(done))


def _replaced(reader: Reader, held: Held, operator: str, word: str) -> Held:
    """`${name/pattern/text}`: the longest match, once, everywhere, at the start or at the end."""
    cut = _slash(word)
    pattern = _pattern(reader, word[:cut])
    text = reader.value(word[cut + 1 :]) if cut < len(word) else ""
    if not isinstance(held, str) or pattern is None or not isinstance(text, str) or "&" in text:
        return UNKNOWN
    if len(held) ** 3 * (len(pattern) + 1) > 10 * MAX_PATTERN_WORK:
        return UNKNOWN
    if not pattern:
        return held
    done: list[str] = []
    at = 0
    changed = False
    while at < len(held):
        ends = range(len(held), at, -1)
        if operator == "/%":
            ends = range(len(held), len(held) - 1, -1)
        if (operator == "/#" and at) or (changed and operator != "//"):
            ends = range(0)
        end = next((end for end in ends if globs.fits(pattern, held[at:end])), at)
        if end > at:
            done.append(text)
            at = end
            changed = True
        else:
            done.append(held[at])
            at += 1
    return "".join(done)


def _slash(word: str) -> int:
    """Return the place of the first unquoted slash of a replacement, its length where there is none."""
    skip = Skipper(word)
    at = 0
    while at < len(word):
        if word[at] == "/":
            return at
        at = skip.piece(at) if word[at] in "\\'\"`$" else at + 1
    return len(word)


def _substring(reader: Reader, held: Held, word: str) -> Held:
    start_text, _, count_text = word.partition(":")
    start = reader.arithmetic(start_text)
    count = reader.arithmetic(count_text) if count_text else None
    if not isinstance(held, str) or start is None or (count_text and count is None):
        return UNKNOWN
    start = start if start >= 0 else len(held) + start
    if start < 0:
        return ""
    if count is None:
        return held[start:]
    end = start + count if count >= 0 else len(held) + count
    return held[start:end] if end >= start else UNKNOWN


def _transformed(reader: Reader, held: Held, word: str) -> Held:
    if not isinstance(held, str):
        return UNKNOWN
    if word == "U":
        return held.upper()
    if word == "u":
        return held[:1].upper() + held[1:]
    if word == "L":
        return held.lower()
    if word == "E":
        from agentguard.access.shell import ansi  # noqa: PLC0415 - rare

        return ansi.decode(held)
    if word == "P":  # a prompt: commands in it run
        reader.body(held)
    return UNKNOWN
