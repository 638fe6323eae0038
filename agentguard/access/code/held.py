"""What is known of a value in code, for every language that is read.

Text is a value as the rest of the access layer has it: exact, partly known, unknown. Whole numbers are ints. Beside
these stand the things of this module. Wherever code may give one of several values, a tuple of *alternatives* stands
for it: at least one, at most `MAX_ALTERNATIVES`.
"""

from __future__ import annotations

from agentguard.access.model import ANY, ONE, STAR, UNKNOWN, Pattern
from agentguard.access.shell import telling
from agentguard.access.shell.values import concat, folder, parts_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, TypeAlias

    from agentguard.access.model import Value, Wildcard

    Held: TypeAlias = Any  # Value, int, or a class of this module
    Alternatives: TypeAlias = tuple[Held, ...]

MAX_ALTERNATIVES = 16  # more than these count as not known
MAX_ITEMS = 256  # elements of one sequence; a longer one is not known
_MAX_TEXT = 64 * 1024
UNSEEN = "_unseen_by_agentguard_"  # stands in code for a part of it that is not known
NOTHING: Alternatives = (UNKNOWN,)


class Place:
    """A path object: what is known of its text."""

    __slots__ = ("value",)

    def __init__(self, value: Value) -> None:
        self.value = value


class Items:
    """A list, tuple or array whose elements are known one by one, each as alternatives."""

    __slots__ = ("items",)

    def __init__(self, items: list[Alternatives]) -> None:
        self.items = items


class Many:
    """A sequence of unknown length, all of whose elements are of these alternatives."""

    __slots__ = ("element",)

    def __init__(self, element: Alternatives) -> None:
        self.element = element


class Table:
    """A dictionary in the code: alternatives by key."""

    __slots__ = ("items",)

    def __init__(self, items: dict[str, Alternatives]) -> None:
        self.items = items


class Named:
    """A module, a function, or what a call of it gave, by its full name: `os`, `os.system`, `socket.socket()`."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


class Contents:
    """What the file of this path holds, or an open file."""

    __slots__ = ("path",)

    def __init__(self, path: Value) -> None:
        self.path = "/dev/stdin" if path in _STDIN else path


_STDIN = ("0", "php://stdin")  # a descriptor, and PHP's name of it


class Told(Pattern):
    """A text of which a part was read from files or comes from a program: what that is may be told to others with it."""

    __slots__ = ()


class Secret(Pattern):
    """A text that holds what a variable of the environment holds whose name says that it is a secret."""

    __slots__ = ("name",)

    def __init__(self, name: str, parts: tuple[str | Wildcard, ...] = (ANY,)) -> None:
        super().__init__(parts)
        self.name = name


class Edited:
    """What the file of this path holds, with changes: (old, or None for what is not known; new; how often, -1 always).

    `value` is what is known of it as a text.
    """

    __slots__ = ("edits", "path", "value")

    def __init__(self, path: Value, edits: tuple[tuple[str | None, str, int], ...], value: Value = UNKNOWN) -> None:
        self.path = path
        self.edits = edits
        self.value = value


class Split:
    """Text that is cut into words as a shell does it."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class Marker:
    """A value of which only the origin is known. There is one of each."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name


OPENED = Marker("what is put into an open file")
ENVIRON = Marker("the environment")  # every variable, or any text that holds all of them
FETCHED = Marker("from the network")
OUTPUT = Marker("what a process writes")


def several(found: Iterable[Held]) -> Alternatives:
    """Return alternatives, equal ones once; unknown where they are none or too many."""
    done: list[Held] = []
    for one in found:
        if not any(one is other or (type(one) is type(other) and _same(one, other)) for other in done):
            done.append(one)
            if len(done) > MAX_ALTERNATIVES:
                return NOTHING
    return tuple(done) or NOTHING


def _same(one: Held, other: Held) -> bool:
    if isinstance(one, (str, int, Pattern)):
        return bool(one == other)
    if isinstance(one, Named):
        return bool(one.name == other.name)
    return isinstance(one, (Place, Contents)) and bool(
        getattr(one, "value", None) == getattr(other, "value", None)
        and getattr(one, "path", None) == getattr(other, "path", None)
    )


def text(held: Held) -> Value:
    """Return what is known of something as a text."""
    if isinstance(held, Secret) and held.parts == (ANY,):
        return UNKNOWN
    if isinstance(held, (str, Pattern)):
        return held
    if isinstance(held, int):
        return str(held)
    return text(held.value) if isinstance(held, (Place, Edited)) else UNKNOWN


def literal(written: str) -> Value:
    """Return the text of a literal in the code, of which parts may not be known."""
    if UNSEEN not in written:
        return written
    pieces = written.split(UNSEEN)
    return concat([part for number, piece in enumerate(pieces) for part in ((ANY, piece) if number else (piece,))])


def edited(held: Contents | Edited, old: Held, new: Held, count: Held = -1, value: Value = UNKNOWN) -> Held:
    """Return the text of a file with one text in place of another; the old one may be a pattern."""
    edits = held.edits if isinstance(held, Edited) else ()
    if not isinstance(new, str) or not isinstance(count, int) or len(edits) >= MAX_ALTERNATIVES:
        return value
    return Edited(held.path, (*edits, (old if isinstance(old, str) and old else None, new, count)), value)


def joined(values: Iterable[Held]) -> Held:
    """Return texts put together. What holds the whole environment makes the result hold it, too."""
    values = list(values)
    for marker in (ENVIRON, FETCHED):
        if marker in values:
            return marker
    found = concat([part for value in values for part in parts_of(text(value))])
    if isinstance(found, str):
        return found
    if not any(map(is_told, values)) and (name := next(filter(None, map(secret, values)), "")):
        return Secret(name, parts_of(found))
    return Told(found.parts) if isinstance(found, Pattern) and any(map(is_told, values)) else found


def variable(name: Held) -> Held:
    """Return what a variable of the environment holds of which nothing but the name is known."""
    return Secret(name) if isinstance(name, str) and telling.key(name) else UNKNOWN


def expanded(text_: Value, of: Callable[[str], Held]) -> Value:
    """Return a text with its `$NAME` and `${NAME}` filled in."""
    if not isinstance(text_, str) or "$" not in text_:
        return text_
    first, *rest = text_.split("$")
    done: list[Held] = [first]
    for piece in rest:
        braced = piece.startswith("{")
        name, _, tail = piece[1:].partition("}") if braced else (piece, "", "")
        if not braced:
            size = next((k for k, char in enumerate(piece) if not (char.isalnum() or char == "_")), len(piece))
            name, tail = piece[:size], piece[size:]
        done += [of(name), tail]
    return text(joined(done))


def secret(held: Held) -> str:
    """Return the name of the variable whose secret something holds, "" where there is none."""
    if isinstance(held, Secret):
        return held.name
    if isinstance(held, (Table, Items)):
        inner = held.items.values() if isinstance(held, Table) else held.items
        return next((name for given in inner for one in given if (name := secret(one))), "")
    return telling.key(held.attribute) if getattr(held, "of", None) is ENVIRON else ""


def is_told(held: Held) -> bool:
    """Return whether something holds what was read from files, or what a program writes."""
    if isinstance(held, Table):
        return any(is_told(one) for given in held.items.values() for one in given)
    if isinstance(held, Named):
        return held.name.startswith(_PROCESSES)
    return isinstance(held, (Contents, Edited, Told)) or held is OUTPUT


def gives(held: Held) -> bool:
    """Return whether something tells others what is not theirs: what was read, or a secret of the environment."""
    return is_told(held) or bool(secret(held))


def everything(held: Held) -> bool:
    """Return whether something is or holds all of the environment."""
    if isinstance(held, Table):
        return any(map(everything, (one for name, given in held.items.items() if name != "env" for one in given)))
    if isinstance(held, Items):
        return any(everything(one) for given in held.items for one in given)
    return held is ENVIRON or (isinstance(held, Many) and any(map(everything, held.element)))


# Functions that give what a program writes.
_PROCESSES = (
    "subprocess.check_output(", "subprocess.getoutput(", "subprocess.run(", "subprocess.Popen(", "os.popen(",
    "child_process.exec", "child_process.spawnSync",
)  # fmt: skip


def beneath(folder: Value, name: Value) -> Value:
    """Return a path joined as os.path.join does it."""
    first = parts_of(name)[0]
    if isinstance(first, str) and first[:1] == "/":
        return name
    last = parts_of(folder)[-1]
    if folder in ("", ".") or (isinstance(last, str) and last[-1:] == "/"):
        return concat([*parts_of(folder if folder != "." else ""), *parts_of(name)])
    return concat([*parts_of(folder), "/", *parts_of(name)])


def parent(path: Value) -> Value:
    """Return the folder that a path lies in."""
    if path == ".":
        return ".."
    if isinstance(path, str):
        head, slash, _ = path.rstrip("/").rpartition("/")
        return head or slash or "."
    return concat(folder(path)) if isinstance(path, Pattern) else UNKNOWN


def last_name(path: Value) -> Value:
    """Return the last name of a path."""
    if isinstance(path, str):
        return path.rstrip("/").rpartition("/")[2]
    parts = parts_of(path)
    last = parts[-1]
    return concat([ANY, last.rpartition("/")[2]]) if isinstance(last, str) else UNKNOWN


def at_home(path: Value, home: str) -> Value:
    """Return a path with its leading `~` filled in."""
    first, *others = parts_of(path)
    if isinstance(first, str) and first[:1] == "~" and first[1:2] in ("", "/"):
        return concat([home + first[1:], *others])
    return path


LISTED: Alternatives = (Pattern((STAR,)), Pattern((".", STAR)))  # the names in a folder: hidden ones too


def globbed(pattern: str) -> Value:
    """Return the paths that a glob stands for; `**` is any number of folders."""
    parts: list[Any] = []
    at = 0
    while at < len(pattern):
        if pattern.startswith("**/", at):
            parts.append(ANY)
            at += 3
            continue
        if pattern.startswith("**", at):
            parts.append(ANY)
            at += 2
            continue
        char = pattern[at]
        if char == "[" and (end := pattern.find("]", at + 2)) > 0:
            parts.append(ONE)
            at = end
        else:
            parts.append(STAR if char == "*" else ONE if char == "?" else char)
        at += 1
    return concat(parts)


# -- texts


def decoded(data: str, how: str) -> Value:
    """Return what a decoder makes of a text; bytes are texts whose odd bytes are halves of surrogate pairs."""
    import binascii  # noqa: PLC0415 - rare

    raw = data.encode("utf-8", "surrogateescape")
    try:
        if how == "hex":
            done = binascii.unhexlify(b"".join(raw.split()))
        elif how == "base64":
            done = binascii.a2b_base64(raw.translate(bytes.maketrans(b"-_", b"+/")) + b"=" * (-len(raw) % 4))
        elif how in ("zlib", "gzip"):
            import zlib  # noqa: PLC0415 - rare

            done = zlib.decompressobj(47 if how == "gzip" else 15).decompress(raw, _MAX_TEXT)
        elif how == "rot13":
            return "".join(_turned(char) for char in data)
        elif how in ("base32", "base16", "ascii85", "base85"):
            import base64  # noqa: PLC0415 - rare

            decoders: dict[str, Callable[[bytes], bytes]] = {
                "base32": base64.b32decode, "base16": base64.b16decode, "ascii85": base64.a85decode,
                "base85": base64.b85decode,
            }  # fmt: skip
            done = decoders[how](raw)
        else:
            return UNKNOWN
    except ValueError:
        return UNKNOWN
    except Exception:  # noqa: BLE001 - zlib.error is of no other kind
        return UNKNOWN
    return done.decode("utf-8", "surrogateescape")


def _turned(char: str) -> str:
    if "a" <= char <= "z":
        return chr((ord(char) - 84) % 26 + 97)
    return chr((ord(char) - 52) % 26 + 65) if "A" <= char <= "Z" else char


def formatted(form: str, args: list[Held]) -> Held:
    """Return `form % args`: `%s`, `%d` and `%%`; anything else is any text."""
    done: list[Held] = []
    values = iter(args)
    at = 0
    while (mark := form.find("%", at)) >= 0:
        done.append(form[at:mark])
        kind = form[mark + 1 : mark + 2]
        at = mark + 2
        if kind == "%":
            done.append("%")
        elif kind in ("s", "d", "r"):
            done.append(next(values, UNKNOWN))
        else:
            done.append(UNKNOWN)
            while at < len(form) and not form[at - 1].isalpha():
                at += 1
            next(values, None)
    return joined([*done, form[at:]])


def filled(form: str, args: list[Held], names: dict[str, Held]) -> Held:
    """Return `form.format(…)`: `{}`, `{0}`, `{name}`; anything else is any text."""
    done: list[Held] = []
    at = number = 0
    while at < len(form):
        if form[at : at + 2] in ("{{", "}}"):
            done.append(form[at])
            at += 2
        elif form[at] == "{" and (end := form.find("}", at)) > 0:
            key = form[at + 1 : end]
            if key == "":
                key, number = str(number), number + 1
            if key.isascii() and key.isdigit() and int(key[:4]) < len(args):
                done.append(args[int(key[:4])])
            else:
                done.append(names.get(key, UNKNOWN))
            at = end + 1
        else:
            end = min((place for place in (form.find("{", at), form.find("}", at)) if place > at), default=len(form))
            done.append(form[at:end])
            at = end
    return joined(done)


def unquoted(text: str) -> Held:
    """Return a text with `%XX` filled in."""
    first, *rest = text.split("%")
    done = [first]
    for piece in rest:
        try:
            done.append(chr(int(piece[:2], 16)) + piece[2:])
        except ValueError:
            return UNKNOWN
    return "".join(done)


def cut(held: Held, lower: int | None, upper: int | None, step: int | None) -> Held:
    """Return `held[lower:upper:step]`."""
    if step == 0:
        return UNKNOWN
    if isinstance(held, str):
        return held[lower:upper:step]
    return Items(held.items[lower:upper:step]) if isinstance(held, Items) else UNKNOWN


def reckoned(left: Held, sign: str, right: Held) -> Held:
    """Return what arithmetic makes of whole numbers, and `+` and `*` of texts and lists."""
    if isinstance(left, int) and isinstance(right, int):
        if abs(left) > 1 << 64 or abs(right) > 1 << 64:
            return UNKNOWN
        if sign in ("<<", ">>", "**") and not 0 <= right < 64:
            return UNKNOWN
        if sign in ("//", "%") and right == 0:
            return UNKNOWN
        return _ARITHMETIC[sign](left, right) if sign in _ARITHMETIC else UNKNOWN
    if sign == "+":
        if isinstance(left, Items) and isinstance(right, Items):
            return Items([*left.items, *right.items][:MAX_ITEMS])
        if isinstance(left, (Contents, Edited)) and isinstance(right, str):
            return edited(left, None, right, value=joined((left, right)))
        if isinstance(left, (Items, Many)) and isinstance(right, (Items, Many)):
            return Items([*_listed(left), *_listed(right)])
        return joined((left, right))
    if sign == "*" and isinstance(left, str) and isinstance(right, int):
        return left * right if right >= 0 and len(left) * right <= _MAX_TEXT else UNKNOWN
    if sign == "%" and isinstance(left, str):
        if isinstance(right, Items):
            return formatted(left, [one for item in right.items for one in item[:1]])
        return formatted(left, [right])
    return UNKNOWN


def _listed(held: Items | Many) -> list[Alternatives]:
    return held.items if isinstance(held, Items) else [held.element]


_ARITHMETIC: dict[str, Callable[[int, int], Held]] = {
    "+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "//": lambda a, b: a // b,
    "%": lambda a, b: a % b, "^": lambda a, b: a ^ b, "|": lambda a, b: a | b, "&": lambda a, b: a & b,
    "<<": lambda a, b: a << b, ">>": lambda a, b: a >> b, "**": lambda a, b: a**b if abs(a) < 256 else UNKNOWN,
}  # fmt: skip


def elements(held: Held) -> Alternatives:
    """Return what a loop over something may give."""
    if isinstance(held, Items):
        return several(one for item in held.items for one in item)
    if isinstance(held, Many):
        return held.element
    if isinstance(held, Table):
        return several(held.items)
    if isinstance(held, str) and len(held) <= MAX_ALTERNATIVES:
        return several(held)
    if isinstance(held, Named) and held.name.endswith(")") and "." in held.name:  # `client.volumes.list()[]`
        return (Named(held.name + "[]"),)
    return (held,) if isinstance(held, Contents) or held is FETCHED else NOTHING


def chars(numbers: Items) -> Held:
    """Return the text of a list of character codes, as `bytes([…])` makes it."""
    done = []
    for item in numbers.items:
        if len(item) != 1 or not isinstance(item[0], int) or not 0 <= item[0] < 0x110000:
            return UNKNOWN
        done.append(chr(item[0]))
    return "".join(done)
