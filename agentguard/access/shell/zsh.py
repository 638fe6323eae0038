"""What zsh reads otherwise than bash: globs with qualifiers and bare groups, nested expansions (zshexpn(1)).

macOS's default shell. Which of the two reads a text is seldom known, so a spelling that bash takes for an error, or that
nobody means in bash, is read as zsh reads it, and where both read it each reading counts. What runs code inside a glob
is not followed: that is not readable.
"""

from __future__ import annotations

from agentguard.access.model import ANY, STAR, UNKNOWN, Pattern
from agentguard.access.shell.pieces import BREAK, QUOTED, RESULT, SEAM, TEXT, Unreadable
from agentguard.access.shell.skip import Skipper
from agentguard.access.shell.values import UNSET, concat, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.access.model import Value
    from agentguard.access.shell.fields import Piece
    from agentguard.access.shell.flow import Feed, Frame
    from agentguard.access.shell.interpret import Machine
    from agentguard.access.shell.pieces import Simple
    from agentguard.access.shell.state import State
    from agentguard.access.shell.values import Held
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


def replaced(machine: Machine, simple: Simple, state: State, stdin: Feed | None, frame: Frame) -> None:
    """Run a command as well with zsh's global aliases in place of its words (zshmisc(1), Aliasing)."""
    text, at, used = "", simple.start, []
    for start, end in simple.words:
        meaning = state.aliases.get(" g" + frame.text[start:end], ("",))[0]
        if meaning and isinstance(meaning, str):
            text, at = text + frame.text[at:start] + meaning, end
            used.append(" g" + frame.text[start:end])
    if used:
        own = state.copy()
        for name in used:
            own.aliases.pop(name, None)
        where = frame.place(simple.start, simple.end)
        from agentguard.access.shell import flow  # noqa: PLC0415 - few texts make aliases

        machine.run(flow.Frame(text + frame.text[at : simple.end], frame.via, None, where), own, stdin)


def mapped(reader: Reader, raw: str) -> None:
    """`mapfile[name]` of zsh/mapfile: what a file holds."""
    from agentguard.access.shell.command import Call  # noqa: PLC0415 - each needs the other

    call = Call(reader.machine, reader.state, reader.frame, reader.frame.where, [], None, {})
    call.path("read", reader.value(raw), "mapfile of zsh is what the file holds")


def behind(reader: Reader, given: tuple[str, Held], raw: str, end: int, out: list[Piece], *, quoted: bool) -> int:
    """Add what `$name` and the marks behind it at `end` stand for in zsh. Return the place behind them, 0 for nothing.

    `$name[2]`, `$name:h`, and an array, which is all of its elements and not the first alone. Where bash reads something
    else in it, `unsplit` lets the command be run once more for zsh.
    """
    name, held = given
    mark = raw[end : end + 1]
    settled = reader.state.dialect == "zsh"
    if mark == "[" and (isinstance(held, (list, dict)) or name == "mapfile"):
        try:
            close = Skipper(raw).bracket(end)
        except Unreadable:
            return 0
        key = raw[end + 1 : close - 1]
        if name == "mapfile" and held is UNKNOWN:
            mapped(reader, key)
            reader.held(UNKNOWN, out, quoted=quoted)
            return close
        if isinstance(held, dict):
            place = reader.value(key)
            reader.held(held.get(place, UNSET) if isinstance(place, str) else UNKNOWN, out, quoted=quoted)
        elif isinstance(held, list):
            found = _elements(reader, held, key)
            if isinstance(found, list):
                reader.elements(found, out, quoted=quoted, one=False)
            else:
                reader.held(found, out, quoted=quoted)
        return close
    if mark == ":" and raw[end + 1 : end + 2] in tuple("htreaAPluqQ") and not isinstance(held, (list, dict)):
        changed, after = modified(held, raw, end)
        if changed == held:
            return 0
        if not settled:
            reader.machine.unsplit = True
            return 0
        reader.held(changed, out, quoted=quoted)
        return after
    if isinstance(held, list) and len(held) > 1 and not quoted:
        if not settled:
            reader.machine.unsplit = True
            return 0
        reader.elements(held, out, quoted=quoted, one=False)
        return end or 1
    return 0


def element(reader: Reader, held: list[Value], key: str, otherwise: Held) -> Held:
    """Return the element of an array that `${name[key]}` stands for: zsh counts from one, bash (`otherwise`) from zero."""
    found = _elements(reader, held, key)
    if found == otherwise or found is UNSET:  # `${name[0]}` is bash's
        return otherwise
    if reader.state.dialect != "zsh":
        reader.machine.unsplit = True
        return otherwise
    return UNKNOWN if isinstance(found, list) else found


def _elements(reader: Reader, held: list[Value], key: str) -> Held:
    """Return what a subscript of zsh picks out of an array: one element, or several as a list (zshparam(1), Subscripts)."""
    if key in ("@", "*"):
        return held
    if key[:1] == "(":
        return UNKNOWN
    first, comma, last = key.partition(",")
    start = reader.arithmetic(first)
    stop = reader.arithmetic(last) if comma else start
    if start is None or stop is None:
        return UNKNOWN if not held else _any(held, several=bool(comma))
    start, stop = (number + len(held) + 1 if number < 0 else number for number in (start, stop))
    if comma:
        return held[max(start - 1, 0) : max(stop, 0)]
    return held[start - 1] if 0 < start <= len(held) else UNSET


def _any(held: list[Value], *, several: bool) -> Held:
    """Return what stands for any element of an array."""
    return held if several else held[0] if len(set(map(repr, held))) == 1 else UNKNOWN


def modified(held: Held, raw: str, at: int) -> tuple[Held, int]:
    """Return a value with the modifiers done that stand at `at`, as `:t:r`, and the place behind them (zshexpn(1))."""
    while raw[at : at + 1] == ":" and (letter := raw[at + 1 : at + 2]) and letter in "htreaAPluqQ":
        held = _modify(held, letter) if isinstance(held, (str, Pattern)) else held
        at += 2
        if letter in "ht":
            while raw[at : at + 1].isdigit():
                at, held = at + 1, UNKNOWN
    return held, at


def _modify(held: str | Pattern, letter: str) -> Held:
    if letter in "lu":
        parts = (held,) if isinstance(held, str) else held.parts
        return concat(
            [(part.lower() if letter == "l" else part.upper()) if isinstance(part, str) else part for part in parts]
        )
    if letter in "aAPqQ":  # the same file
        return held
    if isinstance(held, Pattern):
        return _modified_parts(held, letter)
    folder, slash, name = held.rstrip("/").rpartition("/")
    if letter == "h":
        return folder or ("/" if slash else ".")
    if letter == "t":
        return name
    stem = _root(name)
    if letter == "e":
        return name[len(stem) + 1 :]
    return folder + slash + stem


def _modified_parts(held: Pattern, letter: str) -> Held:
    """Return a value with unknown parts without its last name, or that name, or it without its extension."""
    place = len(held.parts) - 1
    while place >= 0 and (part := held.parts[place]) is not ANY and not (isinstance(part, str) and "/" in part):
        place -= 1
    cut = held.parts[place] if place >= 0 else None
    last = held.parts[-1]
    if isinstance(cut, str) and letter in "ht":
        folder, _, name = cut.rpartition("/")
        return concat([*held.parts[:place], folder] if letter == "h" else [name, *held.parts[place + 1 :]])
    if letter == "t":
        return concat([STAR, last]) if isinstance(last, str) else Pattern((STAR,))
    if letter == "r" and isinstance(last, str) and "." in last.rpartition("/")[2]:
        return concat([*held.parts[:-1], _root(last)])
    return Pattern((STAR,)) if letter == "e" else UNKNOWN


def _root(name: str) -> str:
    """Return a name without its extension."""
    folder, slash, last = name.rpartition("/")
    stem, dot, _ = last.rpartition(".")
    return folder + slash + stem if dot else name


def marked(reader: Reader, raw: str, at: int, out: list[Piece]) -> int:
    """Add what `$=name`, `$~name` and `$^name` stand for: a value that is split, or matched with files (zshexpn(1)).

    Return the place behind it, 0 where it is none.
    """
    start = at + 1
    while raw[start : start + 1] in ("=", "~", "^"):
        start += 1
    end = start
    while end < len(raw) and (raw[end] == "_" or raw[end].isalnum()):
        end += 1
    if raw[start : start + 1] in ("@", "*"):
        end = start + 1
    if end == start:
        return 0
    _split_or_matched(reader, raw[at + 1 : start], raw[start:end], out)
    return end


def _split_or_matched(reader: Reader, marks: str, inner: str, out: list[Piece]) -> None:
    """Add an expansion behind marks: even where zsh reads it, its value is then split, or matched with files."""
    from agentguard.access.shell import parameters  # noqa: PLC0415 - it has loaded this

    pieces: list[Piece] = []
    parameters.expand(reader, inner, pieces, quoted=False)
    if "~" in marks and pieces and isinstance(first := pieces[0][1], str) and first[:1] == "~":
        lead: list[Piece] = []
        rest = first[reader.tilde(first, 0, lead, colon=False) :]
        pieces[:1] = [*lead, (pieces[0][0], rest)]
    if reader.state.dialect == "zsh" and "=" not in marks:  # a pattern, and one word
        out.extend((TEXT if kind == RESULT else kind, text) for kind, text in pieces)
        return
    for kind, text in pieces:
        if reader.state.dialect == "zsh" and kind == RESULT and isinstance(text, str):
            for number, word in enumerate(text.split()):
                out.extend([(BREAK, " ")] if number else [])
                out.append((TEXT if "~" in marks else QUOTED, word))
        else:
            out.append((kind, text))


_NESTED = "__nested"  # the name that an expansion has which stands in the place of one


def nested(reader: Reader, inner: str, out: list[Piece], *, quoted: bool) -> bool:
    """Add what `${inner}` stands for if it has flags or an expansion in the place of a name; return whether it has.

    `${(U)name}`, `${(f)"$(<file)"}`, `${$(command):t}`, `${${name}%x}`, `${=name}`, `${~name}`, `${:-word}`.
    """
    from agentguard.access.shell import parameters  # noqa: PLC0415 - it has loaded this

    text, flags, marks = inner, "", ""
    if text[:1] == "(":
        end = Skipper(text).parentheses(0)
        flags, text = text[1 : end - 1], text[end:]
    while text[:1] in ("=", "~", "^") and len(text) > 1:
        marks, text = marks + text[0], text[1:]
    held: Held = UNSET
    if text[:1] in ('"', "`") or text[:2] in ("$(", "${"):
        end = Skipper(text).piece(0)
        held, text = reader.value(text[:end]), _NESTED + text[end:]
    elif text[:2] in (":-", ":="):  # no name at all: the word
        text = _NESTED + text
    elif not flags and not marks:
        return False
    pieces: list[Piece] = []
    reader.state.variables[_NESTED] = held
    if marks and not quoted:
        _split_or_matched(reader, marks, text, pieces)
    else:
        parameters.expand(reader, text, pieces, quoted=quoted)
    reader.state.variables.pop(_NESTED, None)
    out.extend(_flagged(reader, flags, pieces, QUOTED if quoted else RESULT))
    return True


def _flagged(reader: Reader, flags: str, pieces: list[Piece], kind: str) -> list[Piece]:
    """Return pieces with the flags done (zshexpn(1), Parameter Expansion Flags); what is not followed is not known."""
    at = 0
    while at < len(flags):
        flag = flags[at]
        at += 1
        given = ""
        if flag in "js":
            mark = flags[at : at + 1]
            end = flags.find({"(": ")", "[": "]", "{": "}", "<": ">"}.get(mark, mark), at + 1) if mark else -1
            if end < 0:
                return [(kind, ANY)]
            given, at = flags[at + 1 : end], end + 1
        if flag == "j":
            pieces = [(kind, given) if which in (BREAK, SEAM) else (which, text) for which, text in pieces]
        elif flag == "P":
            found: list[Piece] = []
            from agentguard.access.shell import parameters  # noqa: PLC0415 - it has loaded this

            for _, text in pieces:
                if isinstance(text, str) and text.isidentifier():
                    parameters.expand(reader, text, found, quoted=kind == QUOTED)
                elif text != "":
                    found.append((kind, ANY))
            pieces = found
        elif flag in _CHANGES:
            pieces = [(which, _CHANGES[flag](text) if isinstance(text, str) else text) for which, text in pieces]
        elif flag in "eQ":  # what stands in the value is expanded again, or loses its quotes
            read = reader.body if flag == "e" else reader.value
            pieces = [
                (which, part)
                for which, text in pieces
                for part in (parts_of(read(text)) if isinstance(text, str) else (text,))
            ]
        elif flag == "s":
            cut: list[Piece] = []
            for which, text in pieces:
                for number, part in enumerate(text.split(given) if given and isinstance(text, str) else (text,)):
                    cut += [(BREAK, " "), (which, part)] if number else [(which, part)]
            pieces = cut
        elif flag not in _SAME:
            return [(kind, ANY)]
    return pieces


_CHANGES: dict[str, Callable[[str], str]] = {"U": str.upper, "L": str.lower, "C": str.title}
_SAME = frozenset("@AfoOinuvVMqzw-+F")  # order, quotes and splitting change no text that counts
