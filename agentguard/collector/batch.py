"""What a device sends in one request: records of one chain, one line each, in order. Unpacked and checked, line by line.

It needs nothing that the collector knows, so any process may do it (see `checkers`). Takes any bytes.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any, NamedTuple

import zstandard

from agentguard.audit import lines
from agentguard.audit.unsent import BATCH_BYTES, BATCH_RECORDS
from agentguard.collector import fast
from agentguard.collector.store import READ

if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentguard.audit.lines import Line

LIMIT = BATCH_BYTES + BATCH_RECORDS + 64 * 1024  # bytes of a body, as sent and unpacked
ENCODINGS = ("identity", "gzip", "zstd")
_ZSTD_WINDOW = 8 * 1024 * 1024  # bytes: what `zstd` itself uses up to level 19
_NO_BODY: dict[str, Any] = {}


class BadBatchError(Exception):
    """The request is no batch of records. `line`: the number of the line at fault, from 1; 0 for the whole."""

    def __init__(self, message: str, line: int = 0, status: int = 400) -> None:
        super().__init__(message)
        self.message = message
        self.line = line
        self.status = status


class Checked(NamedTuple):
    """What taking a record must know of it.

    `whole`: its texts are those it is committed to. `follows`: it follows from the record before it in the batch.
    `starts`: it begins a chain. `says`: the device that it names, "" if it names none. `body` and `body_raw` are there for
    the first of a batch, `body` for every genesis record.
    """

    raw: bytes
    chain: str
    seq: int
    h: str
    whole: bool
    follows: bool
    starts: bool
    says: str
    body: dict[str, Any]
    body_raw: str

    def is_after(self, previous: str) -> bool:
        """Whether the first record of a batch follows from one with this hash."""
        return self.h == lines.hash_after(previous, self.body_raw)


def read(data: bytes, encoding: str, *, own: bool = False) -> list[Checked]:
    """Return the records in a body. `own`: they are the collector's, who alone writes who read what. Raises `BadBatchError`."""
    rows = _unpacked(data, encoding).split(b"\n")
    if rows[-1] == b"":
        rows.pop()
    if not rows or len(rows) > BATCH_RECORDS:
        raise BadBatchError(f"a request has 1 to {BATCH_RECORDS} records, this one {len(rows)}")
    found: list[Line] = []
    for number, raw in enumerate(rows, 1):
        line = fast.parse(raw)
        if line.problem:
            raise BadBatchError(f"line {number} is no record: {line.problem}", number)
        if found and (line.chain != found[-1].chain or line.seq != found[-1].seq + 1):
            raise BadBatchError(f"line {number} does not follow the line before it", number)
        if not own and str(line.body.get("kind")).lower() == READ:
            raise BadBatchError(f"line {number} is of a kind that only the collector writes: {READ}", number)
        found.append(line)
    return checked(found)


def checked(found: Iterable[Line]) -> list[Checked]:
    """Return what taking these records, of one chain and one after another, must know of them."""
    records: list[Checked] = []
    for line in found:
        first, genesis = not records, line.body.get("kind") == "genesis"
        named = line.body.get("device")
        says = named if type(named) is str else ""
        records.append(
            Checked(
                line.raw,
                line.chain,
                line.seq,
                line.h,
                line.texts_hold,
                not first and line.h == line.hash_after(records[-1].h),
                genesis and line.starts_chain,
                records[-1].says
                if records and records[-1].says == says
                else says,  # one text: it goes between processes
                line.body if first or genesis else _NO_BODY,
                line.body_raw if first else "",
            )
        )
    return records


def _unpacked(data: bytes, encoding: str) -> bytes:
    """Return what a body holds, never unpacking more of it than may come."""
    found = data
    if encoding == "gzip":
        found = _gunzipped(data)
    elif encoding == "zstd":
        found = _unzstd(data)
    if len(found) > LIMIT:
        raise BadBatchError(f"the body unpacks to more than {LIMIT} bytes", status=413)
    return found


def _gunzipped(data: bytes) -> bytes:
    unpack = zlib.decompressobj(wbits=31)  # a gzip header, and nothing else
    try:
        found = unpack.decompress(data, LIMIT + 1)
    except zlib.error:
        raise BadBatchError("the body is not gzip") from None
    if len(found) <= LIMIT and (not unpack.eof or unpack.unused_data):
        raise BadBatchError("the gzip body is cut off or has something after its end")
    return found


def _unzstd(data: bytes) -> bytes:
    try:
        size = zstandard.get_frame_parameters(data).content_size
        if size not in (zstandard.CONTENTSIZE_UNKNOWN, zstandard.CONTENTSIZE_ERROR) and size > LIMIT:
            return bytes(LIMIT + 1)  # it says so itself
        unpack = zstandard.ZstdDecompressor(max_window_size=_ZSTD_WINDOW)
        return unpack.decompress(data, max_output_size=LIMIT + 1, allow_extra_data=False)
    except zstandard.ZstdError:
        raise BadBatchError(f"the body is no whole zstd frame of at most {LIMIT} bytes") from None
