"""Finds secrets that only their place in a command gives away: options, names with values beside them, standard input.

The hook reaches this module, and only for texts that may hold a secret.
"""

from __future__ import annotations

from agentguard.audit import shapes
from agentguard.audit.look import COMMAND_ENDS, NONE, QUOTES, SPACE, Look, edge, find, plain, reference, skip, words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    Place: TypeAlias = tuple[int, int]  # where a word, or what of it is secret, starts and ends

_SAYS = ("echo", "printf")
_BACK = 1024  # characters before a pipe in which what is said into it is looked for
_CLUSTER = 16  # flags in one word, at most
_NAMES = tuple(word for _kind, word, alone in shapes.ASSIGNMENTS if not alone)


def secrets(look: Look) -> Iterator[tuple[int, int, str, bool]]:
    """Yield the spans of secrets by the tables `OPTIONS` and `FED`."""
    for program, (options, fed) in _BY_PROGRAM.items():
        if program not in look.text:
            continue
        calls = {command: list(_calls(look, command)) for command in dict.fromkeys(row[1] for row in (*options, *fed))}
        for kind, command, option, how in options:
            for _start, places in calls[command]:
                for place in _given(look, places, option, how, shapes.FLAGS.get(command, "")):
                    if _said_here(look, place):
                        yield *place, kind, False
        for kind, command, separator in fed:
            for start, places in calls[command]:
                for place in [*_said(look, start), *_here(look, places)]:
                    found = _behind(look, place, separator)
                    if found and _said_here(look, found):
                        yield *found, kind, False


def _by_program() -> dict[str, tuple[list[tuple[str, str, str, str]], list[tuple[str, str, str]]]]:
    """Return the rows of both tables by the program that they are about."""
    found: dict[str, tuple[list[tuple[str, str, str, str]], list[tuple[str, str, str]]]] = {}
    for option in shapes.OPTIONS:
        found.setdefault(option[1].partition(" ")[0], ([], []))[0].append(option)
    for fed in shapes.FED:
        found.setdefault(fed[1].partition(" ")[0], ([], []))[1].append(fed)
    return found


_BY_PROGRAM = _by_program()


def _said_here(look: Look, place: Place) -> bool:
    """Whether there is something at a place, and not only where it is to be had."""
    start, stop = place
    return bool(plain(look.text[start:stop])) and not reference(look, start)


def _calls(look: Look, command: str) -> Iterator[tuple[int, list[Place]]]:
    """Yield (where it starts, the words that follow) of each call of a command: a program, and words that must follow."""
    text = look.text
    program, *following = command.split(" ")
    pos = text.find(program)
    while pos >= 0:
        end = pos + len(program)
        if text[end : end + 1] in QUOTES:  # the program itself is quoted
            end += text[pos - 1 : pos] == text[end]
        if (end == len(text) or text[end] in SPACE or text[end] in COMMAND_ENDS) and edge(text, pos, shapes.DOTTED):
            places = list(words(look, end))
            end = places[-1][1] if places else end
            for word in following:
                number = next((n for n, (start, stop) in enumerate(places) if text[start:stop] == word), len(places))
                if number == len(places):
                    break
                places = places[number + 1 :]
            else:
                yield pos, places
        pos = text.find(program, end)


def _given(look: Look, places: list[Place], option: str, how: str, flags: str) -> Iterator[Place]:
    """Yield where the secrets of an option stand among the words of a command."""
    text = look.text
    for number, (start, stop) in enumerate(places):
        following = places[number + 1] if number + 1 < len(places) else None
        if how == shapes.NAMED:
            if following and plain(text[start:stop]).lower().endswith(_NAMES):
                yield following
            continue
        after = _option_end(text, start, stop, option, flags)
        if not after:
            continue
        found: Place | None = None
        if how == shapes.LAST:
            found = places[-1] if following else None
        elif after == stop:
            found = following if how != shapes.ATTACHED else None
        elif how != shapes.NEXT or text[after - 1] == "=":
            found = after, stop
        if found and (text[found[0]] != "-" or after < stop):
            found = _behind(look, found, how if len(how) == 1 else "")
            if found:
                yield found


def _option_end(text: str, start: int, stop: int, option: str, flags: str) -> int:
    """Return where an option in a word ends, its `=` included, 0 where the word is not this option."""
    if len(option) == 2:  # `-u`, also as the last of several: `-sSu`
        end = skip(text, start + 1, flags, _CLUSTER) if text[start] == "-" else start
        return end + 1 if end > start and end < stop and text[end] == option[1] else 0
    end = start + len(option)
    if not text.startswith(option, start) or (end < stop and text[end] != "="):
        return 0
    return end + (end < stop)


def _behind(look: Look, place: Place, separator: str) -> Place | None:
    """Return what of a word stands behind its first separator; the whole word where there is none to look for."""
    start, stop = place
    if not separator:
        return place
    mark = find(look, separator, start, stop)
    return (mark + 1, stop - (look.text[stop - 1] in QUOTES)) if mark >= 0 else None


def _said(look: Look, pos: int) -> Iterator[Place]:
    """Yield the words that echo or printf says into the pipe before the command at `pos`."""
    text, quotes = look.text, look.quotes
    bar = text.rfind("|", max(0, pos - _BACK), pos)
    if bar < 0 or any(char in COMMAND_ENDS for char in text[bar + 1 : pos]):
        return
    start = bar
    while start > max(0, bar - _BACK):
        before = text[start - 1]
        if quotes[start - 1] == quotes[bar] and before in COMMAND_ENDS + "(`{":
            break
        if quotes[bar] != NONE and quotes[start - 1] == NONE:
            break
        start -= 1
    program = ""
    for first, last in words(look, start, bar):
        word = text[first:last]
        if program:
            form = program == "printf" and "%" in word
            if word[0] != "-" and not form:
                yield first, last
        else:
            program = next(
                (name for name in _SAYS if word.endswith(name) and edge(text, last - len(name), shapes.DOTTED)), ""
            )


def _here(look: Look, places: list[Place]) -> Iterator[Place]:
    """Yield the word of a here-string among the words of a command."""
    for number, (start, stop) in enumerate(places):
        if look.text.startswith("<<<", start):
            if stop > start + 3:
                yield start + 3, stop
            elif number + 1 < len(places):
                yield places[number + 1]
