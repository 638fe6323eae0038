"""Elements of arrays (bash(1), Arrays): indexed ones, with gaps or without, and associative ones.

A list is an indexed array without gaps, a `Sparse` one with gaps, any other dict an associative one. What holds one
value is an array of one element at index 0.
"""

from __future__ import annotations

from agentguard.access.model import UNKNOWN, Pattern
from agentguard.access.shell.values import UNSET, Sparse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentguard.access.model import Value
    from agentguard.access.shell.values import Held
    from agentguard.access.shell.words import Reader


def is_keyed(held: Held) -> bool:
    """Return whether it is an associative array."""
    return isinstance(held, dict) and not isinstance(held, Sparse)


def first(held: list[Value] | dict[str, Value]) -> Held:
    """Return what the name of an array alone stands for."""
    if isinstance(held, dict):
        return held.get("0", UNSET)
    return held[0] if held else UNSET


def element(reader: Reader, held: Held, key: str) -> Held:
    """Return the element that a raw subscript names."""
    if is_keyed(held):
        place = reader.value(key)
        return held.get(place, UNSET) if isinstance(place, str) and isinstance(held, dict) else UNKNOWN
    number = reader.arithmetic(key)
    if number is None:
        return UNKNOWN
    if isinstance(held, list):
        return held[number] if -len(held) <= number < len(held) else UNSET
    if isinstance(held, dict):
        return held.get(str(number if number >= 0 else _size(held) + number), UNSET)
    if isinstance(held, (str, Pattern)):
        return held if number in (0, -1) else UNSET
    return UNSET if held is UNSET else UNKNOWN


def _size(held: dict[str, Value]) -> int:
    """Return the place behind the last element of an array with gaps."""
    return max(map(int, held), default=-1) + 1


def items(held: Held) -> dict[str, Value] | None:
    """Return all elements by their keys; None where they are not known."""
    if isinstance(held, dict):
        return held
    if isinstance(held, list):
        return {str(number): value for number, value in enumerate(held)}
    if held is UNSET:
        return {}
    return {"0": held} if isinstance(held, (str, Pattern)) else None


def indexed(elements: dict[str, Value]) -> list[Value] | Sparse:
    """Return elements by index as an array."""
    if all(str(number) in elements for number in range(len(elements))):
        return [elements[str(number)] for number in range(len(elements))]
    return Sparse((str(number), elements[str(number)]) for number in sorted(map(int, elements)))


def with_element(reader: Reader, held: Held, key: str, value: Value) -> Held:
    """Return an array with the element of a raw subscript set."""
    if isinstance(held, dict) and is_keyed(held):
        place = reader.value(key)
        return {**held, place: value} if isinstance(place, str) else UNKNOWN
    number = reader.arithmetic(key)
    elements = items(held) or {}
    if number is not None and number < 0:
        number += _size(elements)
    if number is None or number < 0:
        return UNKNOWN
    if isinstance(held, list) and number == len(held):
        return [*held, value]
    return indexed({**elements, str(number): value})
