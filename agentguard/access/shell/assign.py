"""Assignments: `NAME=value`, `NAME+=value`, `NAME[key]=value`, `NAME=(…)` (bash(1), PARAMETERS and Arrays)."""

from __future__ import annotations

from agentguard.access.model import UNKNOWN, WRITE, Origin, Pattern, Row
from agentguard.access.shell.scan import scan
from agentguard.access.shell.skip import assignment
from agentguard.access.shell.values import concat, parts_of

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
        _set_array(raw, size, reader, keyed=isinstance(state.get(name), dict))
        origin = Origin(via=reader.frame.via, span=reader.frame.where)
        reader.machine.row(Row(WRITE, variable=name, origin=origin, why="an assignment"))
        return
    value = reader.value(raw[size:], start + size, assigned=True)
    held = state.get(name)
    if bracket:
        state.set(name, _with_element(reader, held, index[:-1], value if not adds else UNKNOWN))
        assigned.pop(name, None)
        return
    if adds:
        before = assigned.get(name, held if isinstance(held, (str, Pattern)) else UNKNOWN)
        value = concat([*parts_of(before), *parts_of(value)])
    assigned[name] = value


def declared(raw: str, start: int, reader: Reader, *, keyed: bool) -> Value:
    """Return `NAME=value` as one word for `export` and its kin; of an array, which is set at once, the name alone."""
    size = assignment(raw)
    if raw[size : size + 1] == "(":
        _set_array(raw, size, reader, keyed=keyed)
        return raw[: size - 1].partition("[")[0].rstrip("+")
    return concat([raw[:size], *parts_of(reader.value(raw[size:], start + size, assigned=True))])


def _set_array(raw: str, size: int, reader: Reader, *, keyed: bool) -> None:
    adds = raw[size - 2] == "+"
    name = raw[: size - 2 if adds else size - 1].partition("[")[0]
    inside = raw[size + 1 : -1]
    values: list[Value] = []
    by_key: dict[str, Value] = {}
    known = True
    for simple in scan(inside).commands.values():
        for first, last in simple.words:
            word = inside[first:last]
            key, close, rest = word[1:].partition("]=") if word[0] == "[" else ("", "", "")
            if close:
                place = reader.value(key) if keyed else str(reader.arithmetic(key))
                value = reader.value(rest, assigned=True)
                if isinstance(place, str) and place != "None":
                    by_key[place] = value
                else:
                    known = False
            else:
                values += reader.fields(word)
    held = reader.state.get(name)
    if by_key or keyed:
        before = held if adds and isinstance(held, dict) else {}
        reader.state.set(name, {**before, **by_key} if known and not values else UNKNOWN)
    else:
        reader.state.set(name, [*(held if adds and isinstance(held, list) else []), *values])


def _with_element(reader: Reader, held: Held, key: str, value: Value) -> Held:
    """Return an array with one element set."""
    if isinstance(held, dict):
        place = reader.value(key)
        return {**held, place: value} if isinstance(place, str) else UNKNOWN
    number = reader.arithmetic(key)
    elements = held if isinstance(held, list) else [] if not isinstance(held, (str, Pattern)) else [held]
    if number is None or number < 0:
        return UNKNOWN
    if number <= len(elements):
        return [*elements[:number], value, *elements[number + 1 :]]
    return {**{str(place): element for place, element in enumerate(elements)}, str(number): value}
