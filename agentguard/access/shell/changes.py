"""What the operators of `${…}` make of a value: bash(1), Parameter Expansion, from `:offset` to `@operator`.

Of a value with unknown parts the known parts stay where the operator surely leaves them alone; where it may reach
them, nothing is known of the result.
"""

from __future__ import annotations

from agentguard.access.model import ANY, UNKNOWN, Pattern
from agentguard.access.shell.fields import escaped
from agentguard.access.shell.matching import Group, Subject, backwards, parse
from agentguard.access.shell.pieces import QUOTED, TooMuch, Unreadable
from agentguard.access.shell.skip import Skipper
from agentguard.access.shell.values import Unset, concat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from agentguard.access.model import Wildcard
    from agentguard.access.shell.fields import Piece
    from agentguard.access.shell.matching import Node
    from agentguard.access.shell.values import Held
    from agentguard.access.shell.words import Reader

    Parts = tuple[str | Wildcard, ...]


def change(reader: Reader, values: list[Held], operator: str, word: str, *, quoted: bool, name: str) -> list[Held]:
    """Return each value with an operator applied whose operand is `word`."""
    before = Subject.total
    reader.machine.spend(sum(map(_size, values)))
    done = _change(reader, values, operator, word, quoted=quoted, name=name)
    reader.machine.spend(Subject.total - before)
    return done


def _size(held: Held) -> int:
    parts = (held,) if isinstance(held, str) else held.parts if isinstance(held, Pattern) else ()
    return sum(len(part) for part in parts if isinstance(part, str))


def _change(reader: Reader, values: list[Held], operator: str, word: str, *, quoted: bool, name: str) -> list[Held]:
    if operator == ":":
        return _each(values, _substring(reader, word))
    if operator == "@":
        from agentguard.access.shell.transform import transformed  # noqa: PLC0415 - rare

        return [transformed(reader, held, word, name) for held in values]
    if operator[0] == "/":
        cut = _slash(word, 1 if operator == "//" and word[:1] == "/" else 0)
        nodes = _nodes(reader, word[:cut])
        pieces = reader.pieces(word[cut + 1 :])
        text = _replacement(pieces)
        if nodes is None or text is None:
            return _each(values, _nothing)
        found, put = nodes, text
        return _each(values, lambda parts: _replaced(parts, operator, found, put))
    nodes = _nodes(reader, word)
    if nodes is None:
        return _each(values, _nothing)
    if operator[0] in "^,~":
        return _each(values, lambda parts: _cased(parts, operator, nodes))
    if operator[0] == "#":
        return _each(values, lambda parts: _without_start(parts, nodes, longest=len(operator) == 2))
    turned = backwards(nodes)
    return _each(values, lambda parts: _turned(_without_start(_turned(parts), turned, longest=len(operator) == 2)))


def _each(values: list[Held], function: Callable[[Parts], Parts]) -> list[Held]:
    done: list[Held] = []
    for value in values:
        if isinstance(value, Unset):
            done.append(value)
        elif isinstance(value, (str, Pattern)):
            try:
                done.append(concat(function((value,) if isinstance(value, str) else value.parts)))
            except TooMuch:
                done.append(UNKNOWN)
        else:
            done.append(UNKNOWN)
    return done


def _nothing(_parts: Parts) -> Parts:
    return (ANY,)


def _turned(parts: Parts) -> Parts:
    return tuple(part[::-1] if isinstance(part, str) else part for part in reversed(parts))


def _nodes(reader: Reader, word: str) -> list[Node] | None:
    """Return the pattern that an operand is, None where it is not exact."""
    pieces = reader.pieces(word)
    if not all(isinstance(text, str) for _, text in pieces):
        return None
    try:
        return parse(escaped(pieces), extended="extglob" in reader.state.options)
    except Unreadable:
        return None


def _replacement(pieces: list[Piece]) -> str | None:
    """Return the text that takes the place of a match, None where it is not exact; shells differ on `&`."""
    done = ""
    for kind, text in pieces:
        if not isinstance(text, str) or (kind != QUOTED and "&" in text):
            return None
        done += text
    return done


def _reaches(nodes: list[Node], text: str, *, start: bool) -> bool:
    """Return whether a match that starts in `text` may go on behind its end; `start`: one that starts at its start."""
    if not text:
        return False
    if any(isinstance(node, Group) for node in nodes):
        return True
    subject = Subject(text)
    places = 1 if start else (1 << len(text)) - 1
    return any(subject.ends(nodes[:size], places) >> len(text) for size in range(1, len(nodes) + 1))


def _without_start(parts: Parts, nodes: list[Node], *, longest: bool) -> Parts:
    """Return a value without the match at its start."""
    first = parts[0] if parts else ""
    if len(parts) <= 1 and isinstance(first, str):
        subject = Subject(first)
        end = subject.last(nodes) if longest else subject.first(nodes)
        return (first[end:],) if end > 0 else parts
    if isinstance(first, str):
        end = Subject(first).first(nodes)
        if end >= 0 and not longest:
            return (first[end:], *parts[1:])
        if not _reaches(nodes, first, start=True):
            end = Subject(first).last(nodes)
            return (first[end:], *parts[1:]) if end > 0 else parts
    last = parts[-1]
    single = not any(isinstance(node, Group) for node in nodes)
    if (
        longest
        and nodes
        and isinstance(last, str)
        and single
        and str(nodes[0]) == "STAR"
        and "STAR" not in map(str, nodes[1:])
    ):
        end = Subject(last).last(nodes)
        if end >= len(nodes) - 1 and end >= 0:  # none can end behind the last one
            return (last[end:],)
    if isinstance(last, str) and single and len(parts) > 1 and not isinstance(first, str):
        # What is taken off comes from the unknown start, unless a match may reach into the known end.
        if not _ends_in(nodes, last):
            return parts
    return (ANY,)


def _ends_in(nodes: list[Node], text: str) -> bool:
    """Return whether a match that starts before `text` may end in it, behind its first character or later."""
    subject = Subject(text)
    return any(subject.ends(nodes[size:], 1) > 1 for size in range(len(nodes)))


def _replaced(parts: Parts, operator: str, nodes: list[Node], text: str) -> Parts:
    """`${name/pattern/text}`: the longest match, once, everywhere, at the start or at the end."""
    if not nodes:
        return (text, *parts) if operator == "/#" else (*parts, text) if operator == "/%" else parts
    if len(parts) == 1 and isinstance(only := parts[0], str):
        return (_replaced_text(only, operator, nodes, text),)
    for number, part in enumerate(parts):  # a match that may lie on a seam makes it all unknown
        if isinstance(part, str) and (
            (number + 1 < len(parts) and _reaches(nodes, part, start=False)) or (number and _ends_in(nodes, part))
        ):
            return (ANY,)
    done: list[str | Wildcard] = []
    for number, part in enumerate(parts):
        if not isinstance(part, str):
            done.append(ANY)
        elif (operator == "/#" and number) or (operator == "/%" and number + 1 < len(parts)):
            done.append(part)
        else:
            changed = _replaced_text(part, operator, nodes, text)
            if operator == "/" and changed != part:
                if number:
                    return (ANY,)
                return (changed, *parts[1:])
            done.append(changed)
    return tuple(done)


def _replaced_text(held: str, operator: str, nodes: list[Node], text: str) -> str:
    subject = Subject(held)
    if operator == "/#":
        end = subject.last(nodes)
        return text + held[end:] if end >= 0 else held
    if operator == "/%":
        size = Subject(held[::-1]).last(backwards(nodes))
        return held[: len(held) - size] + text if size >= 0 else held
    if not held:
        return text if subject.fits(nodes) else held
    done: list[str] = []
    at = 0
    while at < len(held):
        end = subject.last(nodes, at)
        if end > at:
            done.append(text)
            at = end
            if operator == "/":
                break
        else:
            done.append(held[at])
            at += 1
    return "".join(done) + held[at:]


def _slash(word: str, at: int) -> int:
    """Return the place of the first unquoted slash from `at` on, the length of the word where there is none."""
    skip = Skipper(word)
    while at < len(word):
        if word[at] == "/":
            return at
        at = skip.piece(at) if word[at] in "\\'\"`$" else at + 1
    return len(word)


def _cased(parts: Parts, operator: str, nodes: list[Node]) -> Parts:
    """`^`, `,` and `~`: the case of the first character, or of all, that the pattern fits; without one of any."""
    turn = {"^": str.upper, ",": str.lower, "~": str.swapcase}[operator[0]]

    def one(char: str) -> str:
        return turn(char) if not nodes or Subject(char).fits(nodes) else char

    if len(operator) == 1:
        first = parts[0] if parts else ""
        return (one(first[:1]) + first[1:], *parts[1:]) if isinstance(first, str) else (ANY,)
    letters: dict[str, str] = {}
    done: list[str | Wildcard] = []
    for part in parts:
        if isinstance(part, str):
            for char in part:
                if char not in letters:
                    letters[char] = one(char)
            done.append("".join(letters[char] for char in part))
        else:
            done.append(part)
    return tuple(done)


def _substring(reader: Reader, word: str) -> Callable[[Parts], Parts]:
    from agentguard.access.shell.parameters import halves  # noqa: PLC0415 - it has loaded this

    start_text, colon, count_text = halves(word)
    start = reader.arithmetic(start_text)
    count = reader.arithmetic(count_text) if colon else None

    def cut(parts: Parts) -> Parts:
        if start is None or (colon and count is None):
            return (ANY,)
        if len(parts) == 1 and isinstance(only := parts[0], str):
            return _cut(only, start, count)
        first, last = parts[0], parts[-1]
        known = len(last) if isinstance(last, str) else 0
        if start < 0:  # from the end
            if -start > known or not isinstance(last, str):
                return (ANY,)
            return _cut(last, start, count)
        if not isinstance(first, str) or start > len(first):
            return (ANY,)
        if count is None:
            return (first[start:], *parts[1:])
        if count >= 0:
            return (first[start : start + count],) if start + count <= len(first) else (first[start:], ANY)
        if -count > known or not isinstance(last, str):
            return (first[start:], ANY)
        return (first[start:], *parts[1:-1], last[: len(last) + count])

    return cut


def _cut(held: str, start: int, count: int | None) -> Parts:
    if start < 0:
        start += len(held)
        if start < 0:
            return ("",)
    if count is None:
        return (held[start:],)
    end = start + count if count >= 0 else len(held) + count
    return (held[start:end],) if end >= start else (ANY,)
