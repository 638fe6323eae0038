"""`${…}`: parameter expansion (bash(1), Parameter Expansion). What is not exact gives an unknown part, never nothing."""

from __future__ import annotations

from agentguard.access.model import ANY, NUMBER, UNKNOWN, Pattern
from agentguard.access.shell import arrays, telling
from agentguard.access.shell.fields import separators
from agentguard.access.shell.pieces import BREAK, QUOTED, RESULT, SEAM, TEXT, Unreadable
from agentguard.access.shell.skip import Skipper
from agentguard.access.shell.state import DEFAULT_IFS
from agentguard.access.shell.values import UNSET, Choice

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.shell.fields import Piece
    from agentguard.access.shell.values import Held
    from agentguard.access.shell.words import Reader

_NAME = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_")
_SPECIAL = frozenset("@*#?$!-")
_OPERATORS = (
    ":-", ":=", ":?", ":+", "-", "=", "?", "+", "##", "#", "%%", "%", "//", "/#", "/%", "/", "^^", "^", ",,", ",", "~~",
    "~", "@", ":",
)  # fmt: skip
_DEFAULTS = frozenset({":-", ":=", ":?", ":+", "-", "=", "?", "+"})


def expand(reader: Reader, inner: str, out: list[Piece], *, quoted: bool) -> None:
    """Add what `${inner}` stands for to `out`."""
    kind = QUOTED if quoted else RESULT
    if inner[:1] in (" ", "\t", "\n", "|"):  # `${ command; }`
        reader.held(reader.machine.substitute(inner.lstrip("|"), reader, None), out, quoted=quoted)
        return
    if inner[:1] in ("(", "=", "~", "^", '"', "`") or inner[:2] in ("$(", "${", ":-", ":="):
        from agentguard.access.shell import zsh  # noqa: PLC0415 - none of bash's

        if zsh.nested(reader, inner, out, quoted=quoted):
            return
    length = (
        inner[:1] == "#"
        and len(inner) > 1
        and (inner[1] not in "-=?+#%/:^,~@" or len(inner) == 2 or inner[1:3] == "@[")
    )
    indirect = inner[:1] == "!" and (inner[1:2] in _NAME or inner[1:2] in ("@", "*", "#"))
    name, subscript, rest = _head(inner[1:] if length or indirect else inner)
    if not name:
        reader.body(inner)  # what it runs, runs
        out.append((kind, ANY))
        return
    if indirect:
        target = _target(reader, name, subscript, rest, out, quoted=quoted)
        if target is None:
            return
        name, subscript = target
    if subscript in ("@", "*") or name in ("@", "*"):
        telling.use(reader.machine, reader.state, name)
        _many(reader, name, subscript or name, rest, out, quoted=quoted, length=length)
        return
    secret = reader.machine.secret
    telling.use(reader.machine, reader.state, name)
    held = _held(reader, name, subscript)
    if length or (rest and _withheld(rest)):
        reader.machine.secret = secret
    if length:
        out.append((kind, str(len(held)) if isinstance(held, str) else "0" if held is UNSET else NUMBER))
        return
    operator = _operator(rest)
    word = rest[len(operator) :]
    if rest and not operator:
        reader.body(rest)
        out.append((kind, ANY))
    elif not rest:
        whole = reader.state.get(name)
        if isinstance(whole, list) and not quoted and not subscript and reader.state.dialect != "bash":
            from agentguard.access.shell import zsh  # noqa: PLC0415 - few variables are arrays

            if zsh.behind(reader, (name, whole), "", 0, out, quoted=quoted):
                return
        reader.held(held, out, quoted=quoted)
    elif operator in _DEFAULTS:
        _default(reader, (name, subscript), held, operator, word, out, quoted=quoted)
    elif operator == ":" and reader.state.dialect != "bash" and _modified(reader, held, rest, out, quoted=quoted):
        pass
    elif operator == ":" and isinstance(held, dict) and arrays.is_keyed(held):
        out.append((kind, ANY))
    else:
        from agentguard.access.shell import changes  # noqa: PLC0415 - few expansions change a value

        changed = changes.change(reader, [held], operator, word, quoted=quoted, name=name)
        reader.held(changed[0], out, quoted=quoted)


def _modified(reader: Reader, held: Held, rest: str, out: list[Piece], *, quoted: bool) -> bool:
    """Add what zsh's `${name:t}` stands for; bash takes a letter for the place that a variable of that name holds."""
    if rest[1:2] not in "htreaAPluqQ" or rest[1:2] in reader.state.variables:
        return False
    from agentguard.access.shell import zsh  # noqa: PLC0415 - none of bash's

    changed, end = zsh.modified(held, rest, 0)
    if end != len(rest):
        return False
    reader.held(changed, out, quoted=quoted)
    return True


def _withheld(rest: str) -> bool:
    """Return whether `${name…}` shows whether the variable is set, or its first characters, and no more."""
    return rest[:1] == "+" or rest[:2] == ":+" or (len(rest) == 4 and rest[:3] == ":0:" and rest[3].isdigit())


def _operator(rest: str) -> str:
    return next((operator for operator in _OPERATORS if rest.startswith(operator)), "")


def _head(text: str) -> tuple[str, str, str]:
    """Return name, subscript ("" for none) and what follows them."""
    if text[:1] in _SPECIAL:
        end = 1
    else:
        end = 0
        while end < len(text) and text[end] in _NAME:
            end += 1
        if text[:1].isdigit() and not text[:end].isdigit():
            return "", "", ""
    name = text[:end]
    if text[end : end + 1] == "[" and name not in _SPECIAL:
        try:
            close = Skipper(text).bracket(end)
        except Unreadable:
            return "", "", ""
        return name, text[end + 1 : close - 1] or "?", text[close:]
    return name, "", text[end:]


def _target(
    reader: Reader, name: str, subscript: str, rest: str, out: list[Piece], *, quoted: bool
) -> tuple[str, str] | None:
    """Return the variable and subscript that `${!name…}` means; None where it lists names or is not known: then done."""
    kind = QUOTED if quoted else RESULT
    if subscript in ("@", "*") and not rest:
        elements = arrays.items(reader.state.get(name))
        if elements is None or (quoted and subscript == "*" and reader.mixed) or not separators(reader.state):
            out.append((kind, ANY))
        else:
            reader.elements(list(elements), out, quoted=quoted, one=subscript == "*")
        return None
    held = _held(reader, name, subscript) if rest not in ("@", "*") else UNKNOWN  # the environment holds more names
    if not isinstance(held, str):
        reader.body(rest)
        if held is not UNSET:
            out.append((kind, ANY))
        return None
    named, key, more = _head(held)
    if more or not named:
        out.append((kind, ANY))
        return None
    return named, key


def _held(reader: Reader, name: str, subscript: str) -> Held:
    if name[0].isdigit() and name != "0":
        given = reader.state.parameters
        number = int(name) if len(name) < 9 else 0
        return UNKNOWN if given is None or not number else given[number - 1] if number <= len(given) else UNSET
    if name[0] not in _NAME or name == "0":
        pieces: list[Piece] = []
        reader.parameter(name, pieces, quoted=False)
        if not pieces:
            return UNSET
        if len(pieces) > 1:
            return UNKNOWN
        text = pieces[0][1]
        return text if isinstance(text, str) else UNKNOWN if text is ANY else Pattern((text,))
    held = reader.element(name, subscript)
    if name == "mapfile" and subscript and held is UNKNOWN:
        from agentguard.access.shell import zsh  # noqa: PLC0415 - none of bash's

        zsh.mapped(reader, subscript)
    if subscript and reader.state.dialect != "bash" and isinstance(whole := reader.state.get(name), list):
        from agentguard.access.shell import zsh  # noqa: PLC0415 - few variables are arrays

        return zsh.element(reader, whole, subscript, held)
    return UNKNOWN if isinstance(held, Choice) else held


def _many(reader: Reader, name: str, which: str, rest: str, out: list[Piece], *, quoted: bool, length: bool) -> None:
    """Add all elements of an array or all parameters."""
    kind = QUOTED if quoted else RESULT
    given = reader.state.parameters
    held: Held = reader.state.get(name) if name not in ("@", "*") else UNKNOWN if given is None else given
    elements = arrays.items(held)
    operator = _operator(rest)
    word = rest[len(operator) :]
    one = which == "*"
    if elements is None:
        reader.body(rest)
        out.append((kind, NUMBER if length else ANY))
        return
    values = list(elements.values())
    if length:
        out.append((kind, NUMBER if isinstance(held, Pattern) else str(len(values))))
    elif not rest:
        reader.elements(values, out, quoted=quoted, one=one)
    elif operator == ":":
        some = _slice(reader, elements, word, positional=name in ("@", "*"))
        if some is None or arrays.is_keyed(held) or (quoted and one and reader.mixed):
            out.append((kind, ANY))
        else:
            reader.elements(some, out, quoted=quoted, one=one)
    elif operator in _DEFAULTS:
        missing = not values or (operator[0] == ":" and values == [""])
        if operator[0] == ":" and len(values) > 1 and all(value == "" for value in values):
            out.append((kind, ANY))  # shells differ
        elif quoted and one and reader.mixed:
            out.append((kind, ANY))
        elif missing == (operator[-1] == "+"):
            if operator[-1] != "+":
                reader.elements(values, out, quoted=quoted, one=one)
            elif quoted and one:
                out.append((QUOTED, ""))
        else:
            _word(reader, word, out, quoted=quoted)
    elif operator:
        from agentguard.access.shell import changes  # noqa: PLC0415 - few expansions change a value

        whole = operator == "@" and word in ("A", "K", "k", "a")
        changed = changes.change(reader, list(values), operator, word, quoted=quoted, name=name)
        odd = quoted and one and reader.mixed
        if not quoted and separators(reader.state) != DEFAULT_IFS:
            odd = odd or "" in changed or not separators(reader.state)
        if whole or odd:  # shells differ
            out.append((kind, ANY))
        else:
            plain: list[Value] = [UNKNOWN if not isinstance(value, (str, Pattern)) else value for value in changed]
            reader.elements(plain, out, quoted=quoted, one=one)
    else:
        reader.body(rest)
        out.append((kind, ANY))


def _slice(reader: Reader, elements: dict[str, Value], word: str, *, positional: bool) -> list[Value] | None:
    """Return `${name[@]:start:count}`: `count` elements, from the index `start` on."""
    start_text, colon, count_text = halves(word)
    start = reader.arithmetic(start_text)
    count = reader.arithmetic(count_text) if colon else len(elements) + 1
    if start is None or count is None or count < 0:
        return None
    by_index: list[tuple[int, Value]] = [(int(key), value) for key, value in elements.items() if key.isdigit()]
    if positional:
        by_index = [(0, reader.state.zero), *((number + 1, value) for number, value in by_index)]
        if start == 0 and not isinstance(reader.state.zero, str):
            return None
    if start < 0:
        start += max((number for number, _ in by_index), default=0) + 1
        if start < 0:
            return []
    return [value for number, value in by_index if number >= start][:count]


def halves(word: str) -> tuple[str, str, str]:
    """Return the two expressions of a substring; a colon in brackets or behind a `?` separates nothing."""
    skip = Skipper(word)
    depth = questions = at = 0
    while at < len(word):
        char = word[at]
        if char in "\\'\"`$":
            at = skip.piece(at)
            continue
        if char in "([":
            depth += 1
        elif char in ")]":
            depth -= 1
        elif char == "?":
            questions += 1
        elif char == ":" and questions:
            questions -= 1
        elif char == ":" and not depth:
            return word[:at], ":", word[at + 1 :]
        at += 1
    return word, "", ""


def _default(
    reader: Reader, target: tuple[str, str], held: Held, operator: str, word: str, out: list[Piece], *, quoted: bool
) -> None:
    """`:-` and its kin. A variable of the environment has been split into "set" and "not set" before."""
    if isinstance(held, (list, dict)):
        held = arrays.first(held)
    missing = held is UNSET or (operator[0] == ":" and held == "")
    if operator[-1] == "+":
        if not missing:
            _word(reader, word, out, quoted=quoted)
        else:
            out.append((QUOTED if quoted else RESULT, ""))
    elif not missing or operator[-1] == "?":
        reader.held(held, out, quoted=quoted)
        if operator[-1] == "?":
            reader.value(word)
    elif operator[-1] == "=":
        name, subscript = target
        pieces: list[Piece] = []
        _word(reader, word, pieces, quoted=quoted)
        from agentguard.access.shell.fields import joined  # noqa: PLC0415 - rare

        value = joined(pieces)
        if subscript:
            reader.state.set(name, arrays.with_element(reader, reader.state.get(name), subscript, value))
        else:
            reader.state.set(name, value)
        reader.held(value, out, quoted=quoted)
    else:
        _word(reader, word, out, quoted=quoted)


def _word(reader: Reader, word: str, out: list[Piece], *, quoted: bool) -> None:
    """Add the expansion of the word of an operator; unquoted, its text is split like the result of one."""
    pieces: list[Piece]
    if quoted:
        if not word:
            out.append((QUOTED, ""))
        pieces = []
        reader.quoted(word, pieces)
        if separators(reader.state) != DEFAULT_IFS and any(kind == BREAK for kind, _ in pieces):
            out.append((QUOTED, ANY))  # the elements are joined, split and split again
        else:
            out.extend(pieces)
        return
    pieces = reader.pieces(word)
    kinds = {kind for kind, _ in pieces}
    if SEAM in kinds or (BREAK in kinds and not kinds <= {BREAK, QUOTED}):
        if BREAK in kinds or separators(reader.state) != DEFAULT_IFS:  # the elements are joined, split and split again
            out.append((RESULT, ANY))
            return
    elif BREAK in kinds and separators(reader.state) != DEFAULT_IFS:
        out.append((RESULT, ANY))
        return
    for kind, text in pieces:
        out.append((RESULT, " ") if kind == SEAM else (RESULT if kind == TEXT else kind, text))
