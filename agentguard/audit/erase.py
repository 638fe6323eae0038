"""Erasing: the texts of records go for good, the facts and the chain stay, and a tombstone says what was erased.

A line's hash covers its body only, and the body holds a commitment to the texts. So `t` can become null and `s` empty
without breaking the chain; without the salt nobody can try out what the texts were. First the tombstone is recorded,
with the numbers of the records, who erased and why; then the files are replaced one by one, under the lock that hooks
wait for. Whoever is interrupted between the two erases again. Texts without a tombstone that are gone are a break.

What was uploaded before is erased at the collector (`agentguard.collector.erasing`). The reason is redacted like any text.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from typing import TYPE_CHECKING, Any

from agentguard.audit import lines, mend, spool
from agentguard.audit.record import stamp
from agentguard.audit.redact import Redactor
from agentguard.errors import SpoolError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from agentguard.audit.lines import Line

KIND = "erasure"
_PART = "erase.part"  # one at a time, under the lock
NUMBERS = 2_000  # record numbers in one tombstone; they fit a line


def erase(folder: str, seqs: Collection[int], who: dict[str, Any], reason: str) -> int:
    """Erase the texts of these records of the spool at `folder`; return how many still had any.

    `who` holds device and user for the tombstone. Secrets are taken out of the reason, as they are of every text that is
    recorded. Raises `SpoolError`.
    """
    redactor = Redactor(lambda: spool.device_key(folder))
    texts = {"reason": redactor.text(reason)}
    if redactor.found:
        who = {**who, "redactions": dict(redactor.found)}
    wanted = sorted(set(seqs))
    for start in range(0, len(wanted), NUMBERS):
        facts = {"id": os.urandom(8).hex(), "kind": KIND, "time": stamp(time.time()), **who}
        spool.append(folder, {**facts, "erased": wanted[start : start + NUMBERS]}, texts, sync=True)
    folder_fd = lock = -1
    try:
        folder_fd = spool.open_folder(folder)
        lock, _size = spool.open_file(folder_fd, spool.LOCK, os.O_RDWR)
        spool.take(lock, fcntl.LOCK_EX)
        names = [name for _first, _last, name in mend.segments(folder_fd)] + [spool.CURRENT]
        return sum(_in_file(folder_fd, name, set(wanted)) for name in names)
    except OSError as error:
        raise SpoolError(f"{folder} cannot be changed: {error.strerror}", hint="erase again") from None
    finally:
        for fd in (lock, folder_fd):
            if fd >= 0:
                os.close(fd)


def erased(line: Line) -> bytes:
    """Return a line without its texts, newline not included."""
    return f'{{"b":{line.body_raw},"t":null,"s":"","h":"{line.h}"}}'.encode("ascii")


def tombstones(found: Iterable[Line]) -> Iterator[int]:
    """Yield the numbers of the records that tombstones among these lines name: of their own spool."""
    for line in found:
        if "of" not in line.body:
            yield from _named(line)


def of_another(line: Line) -> tuple[str, set[int]]:
    """Return chain and numbers of the records that a collector's tombstone names."""
    chain = line.body.get("of")
    return (chain, set(_named(line))) if isinstance(chain, str) else ("", set())


def _named(line: Line) -> Iterator[int]:
    numbers = line.body.get("erased")
    if line.body.get("kind") == KIND and isinstance(numbers, list):
        yield from (number for number in numbers if type(number) is int)


def _in_file(folder: int, name: str, seqs: set[int]) -> int:
    """Replace a file of the spool by one without these texts, whole or not at all; return how many there were."""
    fd, size = spool.open_file(folder, name, os.O_RDONLY)
    try:
        data = os.pread(fd, size, 0)
    finally:
        os.close(fd)
    rows = data.split(b"\n")
    count = 0
    for number, raw in enumerate(rows):
        line = lines.parse(raw)
        if line.seq in seqs and line.texts is not None:
            rows[number] = erased(line)
            count += 1
    if count:
        _replace(folder, name, b"\n".join(rows))
    return count


def _replace(folder: int, name: str, data: bytes) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    try:
        with os.fdopen(os.open(_PART, flags, 0o600, dir_fd=folder), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.rename(_PART, name, src_dir_fd=folder, dst_dir_fd=folder)
        os.fsync(folder)
    except OSError:
        with contextlib.suppress(OSError):
            os.unlink(_PART, dir_fd=folder)
        raise
