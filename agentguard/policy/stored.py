"""The compiled policy as the hook reads it: from the bytes that are signed, a line at a time (`policy/wire.py` writes them).

What is read is checked as it is read. Whoever takes a policy into use checks it as a whole first (`form.checked` over
`unpacked`), so that no policy is in force of which a part is not understood.
"""

from __future__ import annotations

from agentguard import jsontext
from agentguard.errors import PolicyError
from agentguard.policy import form, keys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from agentguard.access.model import Row
    from agentguard.access.world import World

MAGIC = b"agentguard policy 1"
_ANY = b"agentguard policy "
TEXTS = ("reason", "remedy", "owner", "tags")  # of a rule; needed only where it has a say
LIMIT = 64 * 1024 * 1024  # bytes, inflated
_KEPT = 10_000  # answers that are kept
BLOCK = 128  # rules or sets that are inflated together


class Lines:
    """Some lines, each one JSON object: read and checked when somebody asks for it, and kept."""

    __slots__ = ("_check", "_count", "_line", "_ready", "_start")

    def __init__(self, line: Callable[[int], str], start: int, count: int, check: Callable[[Any, int], None]) -> None:
        self._line = line
        self._start = start
        self._count = count
        self._check = check
        self._ready: dict[int, dict[str, Any]] = {}

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> dict[str, Any]:
        found = self._ready.get(number)
        if found is None:
            if not 0 <= number < self._count:
                raise IndexError(number)
            found = jsontext.loads(self._line(self._start + number).encode("ascii"))
            self._check(found, number)
            self._ready[number] = found
        return found

    def __iter__(self) -> Iterator[dict[str, Any]]:
        return (self[number] for number in range(self._count))


class Stored:
    """A stored policy. `head` are its settings; `rules` and `sets` are read as they are asked for."""

    __slots__ = ("_blocks", "_data", "_index", "_known", "_texts", "_whole", "head", "rules", "sets")

    def __init__(self, data: bytes) -> None:
        """Read the head. Raises `PolicyError` for a policy that this version does not understand."""
        self.head, rest = head_of(data)
        length, rules, sets = self.head["index"], self.head["rules"], self.head["sets"]
        self._index = self._inflated(rest[:length]).split("\n")
        if len(self._index) != self.head["buckets"] + len(keys.KINDS) + 1:
            raise form.wrong("its index has another number of lines")
        self._data = rest[length:]
        self._blocks: dict[int, list[str]] = {}
        self._texts: list[str] | None = None
        self._known: dict[str, tuple[int, ...]] = {}
        self._whole: dict[str, list[int]] = {}
        self.sets = Lines(self._line, rules, sets, lambda entry, number: form.one_set(entry, number, sets))
        self.rules = Lines(self._line, 0, rules, lambda rule, number: form.one_rule(rule, number, sets))

    def keys_in(self, world: World) -> keys.Keys:
        """Return what finds out the keys of rows in a world."""
        return keys.Keys(world, _json(self._index[-1].encode("ascii")))

    def texts(self, number: int) -> dict[str, Any]:
        """Return reason, remedy, owner and tags of a rule."""
        if self._texts is None:
            self._texts = self._inflated(self._data[sum(self.head["blocks"]) :]).split("\n")
        found: dict[str, Any] = _json(self._texts[number].encode("ascii"))
        return found

    def candidates(self, row: Row, found: keys.Keys, *, whole: bool) -> list[int]:
        """Return the rules that could match a row; `whole`: whatever its path is."""
        origin = row.origin
        asked = (row.action, row.tool, origin.command, origin.program, origin.traits)
        base = found.kept.get(asked)
        if base is None:
            if len(found.kept) >= _KEPT:
                found.kept.clear()
            base = found.kept[asked] = self._filed(found.of_command(row)).union(self.head["wide"][row.action])
        names, folders, kinds = found.of(row)
        if whole and row.path is not None and keys.PATH not in kinds:
            kinds.append(keys.PATH)
        numbers = base.union(self._filed(names)) if names else base
        for folder in folders:
            lying = found.lying.get(folder)
            if lying is None:
                lying = found.lying[folder] = self._filed(found.of_folder(folder))
            numbers |= lying
        for kind in kinds:
            numbers = numbers.union(self._of_kind(kind))
        return sorted(numbers)

    def _filed(self, names: list[str]) -> frozenset[int]:
        """Return the rules that are filed under some keys."""
        numbers: list[int] = []
        for name in names:
            known = self._known.get(name)
            if known is None:
                place, bits = keys.bucket(name, self.head["buckets"])
                line = self._index[place]
                filed = map(int, line.split(",")) if line else ()
                if len(self._known) >= _KEPT:
                    self._known.clear()
                known = self._known[name] = tuple([one >> 4 for one in filed if one & 15 == bits])
            numbers += known
        return frozenset(numbers)

    def unpacked(self) -> dict[str, Any]:
        """Return the compiled policy as one value, as the compiler made it."""
        shared = {key: self.head[key] for key in form.HEAD_SHARED if key in self.head}
        rules = [{**rule, **self.texts(number)} for number, rule in enumerate(self.rules)]
        return {**shared, "rules": rules, "sets": list(self.sets), "by_action": self.by_action()}

    def by_action(self) -> dict[str, list[int]]:
        """Return for each action the numbers of the rules that could match its rows."""
        return self.texts(len(self.rules))

    def _of_kind(self, kind: str) -> list[int]:
        if kind not in self._whole:
            line = self._index[keys.KINDS.index(kind) - len(keys.KINDS) - 1]
            self._whole[kind] = [int(number) for number in line.split(",") if number]
        return self._whole[kind]

    def _line(self, number: int) -> str:
        """Return the line of a rule, or behind all rules that of a set; the lines round it are inflated with it."""
        place, offset = divmod(number, BLOCK)
        block = self._blocks.get(place)
        if block is None:
            lengths = self.head["blocks"]
            if place >= len(lengths):
                raise form.wrong("its body has another number of lines")
            start = sum(lengths[:place])
            block = self._inflated(self._data[start : start + lengths[place]]).split("\n")
            if len(block) != min(BLOCK, self.head["rules"] + self.head["sets"] - place * BLOCK):
                raise form.wrong("its body has another number of lines")
            self._blocks[place] = block
        return block[offset]

    def _inflated(self, data: bytes) -> str:
        if self.head["deflated"]:
            import zlib  # noqa: PLC0415 - only for large policies

            inflater = zlib.decompressobj()
            data = inflater.decompress(data, LIMIT)
            if inflater.unconsumed_tail:
                raise form.wrong(f"it is larger than {LIMIT} bytes")
        return data.decode("ascii")


def head_of(data: bytes) -> tuple[dict[str, Any], bytes]:
    """Return the settings of a stored policy, and what stands behind them. Raises `PolicyError`."""
    head, _, rest = data[len(MAGIC) + 1 :].partition(b"\n")
    return form.head(_json(head)), rest


def newer(data: bytes) -> bool:
    """Return whether a policy is stored in a way that a later version has come up with."""
    return data.startswith(_ANY) and not data.startswith(MAGIC + b"\n")


def read(data: bytes) -> dict[str, Any]:
    """Return a compiled policy as one value, from the compiler's JSON or as it is stored. Raises `PolicyError`."""
    if newer(data):
        raise form.wrong("a later version has stored it")
    return form.checked(Stored(data).unpacked() if data.startswith(MAGIC) else _json(data))


def _json(data: bytes) -> Any:
    try:
        return jsontext.loads(data)
    except jsontext.JsonError as error:
        raise PolicyError(f"the compiled policy is not readable: {error}", hint="agentguard sync") from None
