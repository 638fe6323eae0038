"""Assignments: `NAME=value`, `NAME+=value`, `NAME[key]=value`, `NAME=(…)` (bash(1), PARAMETERS and Arrays)."""

from __future__ import annotations

from agentguard.access.model import UNKNOWN, WRITE, Origin, Pattern, Row
from agentguard.access.shell import arrays
from agentguard.access.shell.pieces import TooMuch, Unreadable
from agentguard.access.shell.scan import scan
from agentguard.access.shell.skip import assignment
from agentguard.access.shell.values import UNSET, Unset, concat, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.shell.values import Held
    from agentguard.access.shell.words import Reader


def assign(raw: str, start: int, reader: Reader, assigned: dict[str, Value]) -> None:
    """Work out one assignment. Arrays go into the state at once, everything else into `assigned`."""
    size = assignment(raw)
    adds = raw[size - 2] == "+"
    name, bracket, index = raw[: size - 2 if adds else size - 1].partition("[")
    state = reader.state
    if raw[size : size + 1] == "(":
        _set_array(raw, size, reader, keyed=arrays.is_keyed(state.get(name)))
        origin = Origin(via=reader.frame.via, span=reader.frame.where)
        reader.machine.row(Row(WRITE, variable=name, origin=origin, why="an assignment"))
        return
    value = reader.value(raw[size:], start + size, assigned=True)
    held = state.get(name)
    if bracket:
        key = index[:-1]
        if adds:
            before = arrays.element(reader, held, key)
            value = _longer(before, value)
        state.set(name, arrays.with_element(reader, held, key, value))
        assigned.pop(name, None)
        return
    if adds:
        if isinstance(held, (list, dict)) and name not in assigned:  # the first element grows
            state.set(name, arrays.with_element(reader, held, "0", _longer(arrays.first(held), value)))
            return
        value = _longer(assigned.get(name, held), value)
    assigned[name] = value


def _longer(held: Held, value: Value) -> Value:
    """Return what a variable holds with a text behind it."""
    if isinstance(held, Unset):
        return value
    return concat([*parts_of(held if isinstance(held, (str, Pattern)) else UNKNOWN), *parts_of(value)])


def declared(raw: str, start: int, reader: Reader, *, keyed: bool) -> Value:
    """Return `NAME=value` as one word for `export` and its kin; of an array, which is set at once, the name alone."""
    size = assignment(raw)
    if raw[size : size + 1] == "(":
        _set_array(raw, size, reader, keyed=keyed)
        return raw[: size - 1].partition("[")[0].rstrip("+")
    return concat([raw[:size], *parts_of(reader.value(raw[size:], start + size, assigned=True))])


def _words(inside: str, reader: Reader) -> list[list[tuple[int, int]]]:
    """Return the places of the words of an array, line by line."""
    try:
        scanned = scan(inside)
        if not scanned.compound:
            return [simple.words for simple in scanned.commands.values()]
    except Unreadable as reason:
        if reader.state.dialect == "bash" or isinstance(reason, TooMuch):
            raise
    from agentguard.access.shell import zshgrammar  # noqa: PLC0415 - few texts are zsh's alone

    return [zshgrammar.words(inside)]  # `((#i)x*)` is no subshell


def _set_array(raw: str, size: int, reader: Reader, *, keyed: bool) -> None:
    adds = raw[size - 2] == "+"
    name = raw[: size - 2 if adds else size - 1].partition("[")[0]
    inside = raw[size + 1 : -1]
    held = reader.state.get(name) if adds else UNSET
    by_key: dict[str, Value] = dict(arrays.items(held) or {})
    number = 0 if keyed else max(map(int, by_key), default=-1) + 1
    loose: list[Value] = []
    known = True
    for spans in _words(inside, reader):
        for first, last in spans:
            word = inside[first:last]
            key, close, rest = word[1:].partition("]=") if word[0] == "[" else ("", "", "")
            if close:
                place = reader.value(key) if keyed else reader.arithmetic(key)
                value = reader.value(rest, assigned=True)
                if isinstance(place, int) and place >= 0:
                    number = place
                    by_key[str(number)] = value
                    number += 1
                elif isinstance(place, str) and keyed:
                    by_key[place] = value
                else:
                    known = False
            elif keyed:  # keys and values by turns
                loose += reader.fields(word)
            else:
                for value in reader.fields(word):
                    by_key[str(number)] = value
                    number += 1
    if keyed:
        for key_value, value in zip(loose[::2], [*loose[1::2], ""], strict=False):
            known = known and isinstance(key_value, str)
            by_key[str(key_value)] = value
        reader.state.set(name, by_key if known else UNKNOWN)
    else:
        reader.state.set(name, arrays.indexed(by_key) if known else UNKNOWN)
