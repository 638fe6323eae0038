"""One line of a spool, read back. Takes any bytes: whoever wrote them may be hostile.

A line that cannot be read is a line too, with its `problem`; nothing is skipped. Exact bytes matter here, so body and
texts are kept as they stood. The format is drawn in `agentguard.audit.spool`.
"""

from __future__ import annotations

import json
import math
from typing import Any

from agentguard.audit.spool import LINE_LIMIT, NO_HEAD, TAG
from agentguard.digest import sha256_hex

_HEX = "0123456789abcdef"
_MAX_SEQ = 2**53
_CHAIN, _HASH, _SALT = 32, 64, 32  # hex digits


class Line:
    """One record as it was written.

    `raw`: the line without its newline. `body`: the facts. `texts`: the texts, None when they were erased. `h`: the
    hash that the line claims. `problem`: why it could not be read ("" if it could; else all but `raw` is empty and seq
    is -1). `file` and `number` (from 1) say where it stood, if anywhere.
    """

    __slots__ = (
        "body",
        "body_raw",
        "chain",
        "file",
        "h",
        "number",
        "problem",
        "raw",
        "salt",
        "seq",
        "texts",
        "texts_raw",
    )

    def __init__(self, raw: bytes, problem: str = "") -> None:
        self.raw = raw
        self.problem = problem
        self.chain = ""
        self.seq = -1
        self.h = ""
        self.body: dict[str, Any] = {}
        self.texts: dict[str, Any] | None = None
        self.body_raw = self.texts_raw = self.salt = ""
        self.file = ""
        self.number = 0

    def hash_after(self, previous: str) -> str:
        """Return the hash that this line must have after a line with hash `previous`."""
        return hash_after(previous, self.body_raw)

    @property
    def starts_chain(self) -> bool:
        """Whether this is a genesis record, and hashed as one."""
        return self.body.get("kind") == "genesis" and self.h == self.hash_after(NO_HEAD)

    @property
    def texts_hold(self) -> bool:
        """Whether the texts are those that the body is committed to. Erased texts hold."""
        return self.texts is None or sha256_hex((self.salt + self.texts_raw).encode("ascii")) == self.body.get("texts")


def hash_after(previous: str, body: str) -> str:
    """Return the hash of a record with the exact body `body` after one with hash `previous`."""
    return sha256_hex(TAG + (previous + body).encode("ascii"))


class _LineError(ValueError):
    pass


def parse(raw: bytes) -> Line:
    """Return the line in `raw` (no newline). Never raises."""
    line = Line(raw)
    try:
        _read(line)
    except RecursionError:
        return Line(raw, "nested too deeply")
    except ValueError as error:
        return Line(raw, str(error))
    return line


def _read(line: Line) -> None:
    if len(line.raw) >= LINE_LIMIT:
        raise _LineError("longer than a line may be")
    if not line.raw.isascii():
        raise _LineError("not ASCII")
    text = line.raw.decode("ascii")
    pos = _expect(text, 0, '{"b":')
    line.body, pos = _value(text, pos)
    line.body_raw = text[5:pos]
    start = _expect(text, pos, ',"t":')
    line.texts, pos = _value(text, start)
    line.texts_raw = text[start:pos]
    pos = _expect(text, pos, ',"s":"')
    line.salt, _, rest = text[pos:].partition('"')
    _expect(rest, 0, ',"h":"')
    line.h = rest[6:-2]
    if rest[-2:] != '"}' or not is_hex(line.h, _HASH):
        raise _LineError("has no hash at its end")
    if not is_whole(line):
        raise _LineError(line.problem)


def is_whole(line: Line) -> bool:
    """Whether a line that is JSON of the right form has what a record must have; sets its chain and number.

    If not, `problem` says what is missing.
    """
    line.problem = ""
    if not isinstance(line.body, dict) or not isinstance(line.texts, (dict, type(None))):
        line.problem = "body or texts are no object"
    elif not is_hex(line.h, _HASH):
        line.problem = "has no hash at its end"
    elif not is_hex(line.salt, 0 if line.texts is None else _SALT):
        line.problem = "has no salt"
    elif not is_hex(line.body.get("chain"), _CHAIN) or not is_hex(line.body.get("texts"), _HASH):
        line.problem = "has no chain or no commitment to its texts"
    elif type(line.body.get("seq")) is not int or not 0 <= line.body["seq"] < _MAX_SEQ:
        line.problem = "has no number"
    else:
        line.chain, line.seq = line.body["chain"], line.body["seq"]
    return not line.problem


def is_hex(value: Any, digits: int) -> bool:
    """Whether `value` is a text of exactly so many lower-case hex digits."""
    return isinstance(value, str) and len(value) == digits and not value.strip(_HEX)


def _expect(text: str, pos: int, wanted: str) -> int:
    if not text.startswith(wanted, pos):
        raise _LineError(f"not a record: {wanted.strip(',')} is missing")
    return pos + len(wanted)


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _LineError("an object has the same key twice")
    return found


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise _LineError("a number is out of range")
    return value


def _constant(_text: str) -> Any:
    raise _LineError("NaN and Infinity are no JSON")


_DECODER = json.JSONDecoder(object_pairs_hook=_pairs, parse_float=_finite, parse_constant=_constant)


def _value(text: str, pos: int) -> tuple[Any, int]:
    try:
        return _DECODER.raw_decode(text, pos)
    except json.JSONDecodeError:
        raise _LineError("not JSON") from None
