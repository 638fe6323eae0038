"""Values as the interpreter computes them: exact text, text with known parts, nothing known.

Four more never leave the shell part: `UNSET`, a variable that has no value; a list, the elements of an array, and a
dict, those of an associative one; and `Choice`, a variable that may have one of several values because branches met.
"""

from __future__ import annotations

from agentguard.access.model import ANY, NUMBER, UNKNOWN, Pattern
from agentguard.access.shell.limits import MAX_ALTERNATIVES, MAX_VALUE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import TypeAlias

    from agentguard.access.model import Value, Wildcard
    from agentguard.access.shell.filenames import Glob
    from agentguard.access.world import Disk

    Option: TypeAlias = "Value | Unset | list[Value] | dict[str, Value]"
    Held: TypeAlias = "Value | Unset | list[Value] | dict[str, Value] | Choice"


class Unset:
    """No value at all. There is one: `UNSET`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNSET"


UNSET = Unset()
A_NUMBER = Pattern((NUMBER,))
_COUNT = 6  # digits of a number that may be any other one: it counts something, and is no address


class Choice:
    """One of several values; which one is not known. At least two, all different, none a `Choice`."""

    __slots__ = ("options",)

    def __init__(self, options: tuple[Option, ...]) -> None:
        self.options = options

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Choice) and self.options == other.options

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Choice{self.options!r}"


class Globbed(Pattern):
    """A pattern that a glob gave. `literal` is the text that stays where no file matches."""

    __slots__ = ("_glob", "literal")

    def __init__(self, parts: tuple[str | Wildcard, ...], literal: str, glob: Glob | None = None) -> None:
        super().__init__(parts)
        self.literal = literal
        self._glob = glob

    def names(self, cwd: str, disk: Disk) -> list[str] | None:
        """Return the names that take the place of the word; None where its parts are all that is known."""
        return self._glob.names(cwd, disk) if self._glob is not None else None

    __hash__ = Pattern.__hash__


class Sparse(dict[str, "Value"]):
    """An indexed array with gaps: its elements by index, written in decimal and in order."""

    __slots__ = ()


class Beneath(Pattern):
    """Everything beneath the folder `root`, as a program finds it that walks through all of it.

    `keeps` tells of a path relative to that folder whether it is among them, None where all are. `some`: nobody knows
    which of these they are, so that reading them may read any, and deleting them deletes no whole folder.
    """

    __slots__ = ("keeps", "root", "some")

    def __init__(self, root: Value, keeps: Callable[[str], bool] | None = None, *, some: bool = False) -> None:
        super().__init__((*parts_of(root), "/", ANY))
        self.root = root
        self.keeps = keeps
        self.some = some

    __hash__ = Pattern.__hash__


def concat(parts: Iterable[str | Wildcard]) -> Value:
    """Return known texts and unknown parts as one value; texts and unknown parts that meet are joined."""
    done: list[str | Wildcard] = []
    for part in parts:
        if part == "":
            continue
        last = done[-1] if done else None
        if isinstance(part, str) and isinstance(last, str):
            done[-1] = last + part
        elif part is not ANY or last is not ANY:
            done.append(part)
    if not done:
        return ""
    if len(done) == 1:
        only = done[0]
        if isinstance(only, str):
            return only if len(only) <= MAX_VALUE else UNKNOWN
        if only is ANY:
            return UNKNOWN
    if sum(len(part) for part in done if isinstance(part, str)) > MAX_VALUE:
        return UNKNOWN
    return Pattern(tuple(done))


def parts_of(value: Value) -> tuple[str | Wildcard, ...]:
    """Return the parts of a value, so that `concat(parts_of(value))` is that value."""
    if isinstance(value, str):
        return (value,)
    return value.parts if isinstance(value, Pattern) else (ANY,)


def counted(value: Value) -> Value:
    """Return text that a shell will read with `$?` for each number that is not known: that is one, too."""
    if not isinstance(value, Pattern) or any(not isinstance(part, str) and part is not NUMBER for part in value.parts):
        return value
    pairs = zip(value.parts, value.parts[1:], strict=False)
    if any(part is NUMBER and str(before)[-1:] in ("$", "\\") for before, part in pairs):
        return value
    return "".join(part if isinstance(part, str) else "$?" for part in value.parts)


def folder(path: Pattern) -> tuple[str | Wildcard, ...]:
    """Return what is known of the folder of a path: all before its last slash, as far as that one can be told."""
    parts = path.parts
    last = parts[-1]
    if isinstance(last, str) and "/" in last.rstrip("/"):
        return (*parts[:-1], last.rstrip("/").rpartition("/")[0])
    if isinstance(last, str) and last[-1:] == "/":
        return (ANY,)
    for number in range(len(parts) - 1, -1, -1):
        part = parts[number]
        if part is ANY:
            break
        if isinstance(part, str) and "/" in part:
            return (*parts[:number], part.rpartition("/")[0] or ("" if number else "/"))
    else:
        return (".",)
    first = parts[0]
    return (first.rpartition("/")[0] + "/", ANY) if isinstance(first, str) and "/" in first else (ANY,)


def plain(value: Value) -> str | None:
    """Return the exact text of a value; of a glob, the text it was written as. None where it is not exact."""
    if isinstance(value, str):
        return value
    return value.literal if isinstance(value, Globbed) else None


def unglobbed(value: Value) -> Value:
    """Return the value as a program takes it that does not look for a file: globs as they were written."""
    return value.literal if isinstance(value, Globbed) else value


def either(one: Held, other: Held) -> Held:
    """Return what a variable holds after two branches meet."""
    if one is other or one == other:
        return one
    options: list[Option] = []
    for held in (one, other):
        for option in held.options if isinstance(held, Choice) else (held,):
            if option not in options:
                options.append(option)
    if A_NUMBER in options or len(options) > MAX_ALTERNATIVES:
        options = numbered(options)
    if len(options) > MAX_ALTERNATIVES:
        return UNKNOWN
    return Choice(tuple(options)) if len(options) > 1 else options[0]


def is_count(held: Held) -> bool:
    """Return whether a variable counts something: a short number, or one that is not known."""
    if isinstance(held, Choice):
        return all(map(is_count, held.options))
    return held == A_NUMBER or (isinstance(held, str) and held.isdecimal() and held.isascii() and len(held) <= _COUNT)


def numbered(options: Iterable[Option]) -> list[Option]:
    """Return options with one number that is not known in place of all that count something."""
    found = list(options)
    others = [option for option in found if not is_count(option)]
    return [*others, A_NUMBER] if len(others) < len(found) else found


def lines(value: Value) -> list[Value]:
    """Return the lines of a text, without the empty ones; a text with unknown parts may be any number of lines.

    Each line of such a text is one value that holds what is known of it.
    """
    if isinstance(value, str):
        return [line for line in value.split("\n") if line]
    if isinstance(value, Pattern):
        found: list[list[str | Wildcard]] = [[]]
        for part in value.parts:
            if isinstance(part, str) and "\n" in part:
                first, *rest = part.split("\n")
                found[-1].append(first)
                found.extend([text] for text in rest)
            else:
                found[-1].append(part)
        return [line for line in map(concat, found) if line != ""]
    return [value]
