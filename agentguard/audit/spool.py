r"""The spool: one folder a person, to which every hook appends its record. Nothing it acknowledged is lost silently.

    key                      32 random bytes, made once; only redaction reads them
    lock                     held (flock) while a record is written; one letter in it for every mishap
    ballast                  bytes to give back when the disk is full
    current.ndjson           where records are appended, one line each
    seg-<first>-<last>.ndjson    closed pieces of at most 1 MiB, named by the numbers of their records
    torn-…, damaged-…        what was found broken and set aside

A line is `{"b":{body},"t":{texts},"s":"salt","h":"hash"}`, ASCII, at most 64 KiB. With || for "followed by":

    hash             = SHA-256("agentguard record 1\n" || hash of the line before, 64 hex digits || exact bytes of b)
    b["texts"]       = SHA-256(salt, 32 hex digits || exact bytes of t)

so that texts can be erased later and the chain still holds. `seq` goes up by one with every record, across chains too.
A chain starts with a genesis record, at 64 zeros; one file holds one chain; the first record of a file repeats the hash
before it as `prev`. `lost`, `torn` and `full` count the mishaps of this spool so far: a rise from one record to the
next says what happened between them.

Everything is done relative to the open folder, which must be this person's own and no link. Waiting for the lock is
limited by counted tries (500 ms of sleep in all). What is seldom needed lives in `mend`.
"""

from __future__ import annotations

import fcntl
import os
import stat
import time

from agentguard.digest import sha256_hex
from agentguard.errors import SpoolError
from agentguard.jsontext import dumps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, TypeAlias

    from agentguard.audit.lines import Line
    from agentguard.audit.verify import Report

    Pieces: TypeAlias = tuple[str, str, str, str]

CURRENT, LOCK, KEY = "current.ndjson", "lock", "key"
LINE_LIMIT = 64 * 1024  # bytes, newline included
FRAME = 1024  # bytes that a line has at most beside the fields of its body and its texts
SEGMENT_BYTES = 1024 * 1024  # no file grows beyond it
TAG = b"agentguard record 1\n"
NO_HEAD = "0" * 64
KEY_BYTES = 32

# Mishaps: the letter in the lock file, and the field that counts it.
LOST, TORN, FULL = b"l", b"t", b"f"
_MISHAPS = (("lost", LOST), ("torn", TORN), ("full", FULL))
_MISHAPS_READ = 64 * 1024

_WAITS = ((10, 0.0002), (48, 0.001), (90, 0.005))  # (tries, seconds of sleep after each): 500 ms
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_TAIL = 4096  # bytes; most lines are shorter
_HEX = b"0123456789abcdef"


def append(folder: str, body: dict[str, Any], texts: dict[str, Any], *, sync: bool = False) -> tuple[int, str]:
    """Append one record and return its number and hash. With `sync` it is on the disk when this returns.

    `body` must not have the fields that the spool adds (chain, seq, prev, texts, lost, torn, full). Raises
    `SpoolError`; the next record that can be written then counts this one as lost.
    """
    try:
        folder_fd = open_folder(folder, make=True)
    except OSError as error:
        raise _error(folder, error) from None
    lock = -1
    try:
        lock, letters = open_file(folder_fd, LOCK, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        pieces = encoded(body, texts)  # before the lock is taken, which others wait for
        take(lock, fcntl.LOCK_EX)
        return _append(folder_fd, lock, body, pieces, mishaps(lock, letters), sync=sync)
    except (OSError, SpoolError, ValueError, TypeError) as error:
        if lock >= 0:
            note(lock, LOST)
        raise _error(folder, error) from None
    finally:
        if lock >= 0:
            os.close(lock)  # and with it the lock
        os.close(folder_fd)


def _append(
    folder: int, lock: int, body: dict[str, Any], pieces: Pieces, counts: dict[str, int], *, sync: bool
) -> tuple[int, str]:
    fd = -1
    try:
        size, head = 0, None
        try:
            fd, size = open_file(folder, CURRENT, os.O_RDWR | os.O_APPEND)
            head = tail(fd, size)
        except FileNotFoundError:
            pass
        start = b""
        if head is None or size > SEGMENT_BYTES - LINE_LIMIT:
            from agentguard.audit import mend  # noqa: PLC0415 - seldom

            if fd >= 0:
                os.close(fd)
                fd = -1
            fd, size, head, start = mend.ready(folder, lock, body)
            counts = mishaps(lock, os.fstat(lock).st_size)  # with what was found just now
        data, h = make_line(head, pieces, counts, first=not size and not start)
        write(folder, lock, fd, size, start + data)
        if sync:
            os.fsync(fd)
            os.fsync(folder)
    finally:
        if fd >= 0:
            os.close(fd)
    return head[1] + 1, h


def encoded(body: dict[str, Any], texts: dict[str, Any]) -> Pieces:
    """Return what of a line does not depend on its place: the fields of the body, the texts, salt and commitment.

    Texts that make the line too long are cut, and the record says so.
    """
    facts, written = dumps(body), dumps(texts)
    if len(facts) + len(written) > LINE_LIMIT - FRAME:
        from agentguard.audit import mend  # noqa: PLC0415 - seldom

        return encoded(*mend.cut(body, texts))
    salt = os.urandom(16).hex()
    return facts[1:-1], written, salt, sha256_hex((salt + written).encode("ascii"))


def make_line(head: tuple[str, int, str], pieces: Pieces, counts: dict[str, int], *, first: bool) -> tuple[bytes, str]:
    """Return the line of the record after `head`, newline included, and its hash."""
    chain, seq, prev = head
    facts, written, salt, commitment = pieces
    place = f'{{"chain":"{chain}","seq":{seq + 1},'
    if first:
        place += f'"prev":"{prev}",'
    for field, count in counts.items():
        facts += f',"{field}":{count}'
    b = f'{place}{facts},"texts":"{commitment}"}}'
    h = sha256_hex(TAG + (prev + b).encode("ascii"))
    return f'{{"b":{b},"t":{written},"s":"{salt}","h":"{h}"}}\n'.encode("ascii"), h


def write(folder: int, lock: int, fd: int, size: int, data: bytes) -> None:
    """Append `data` with one write. A full disk is given back the ballast, once."""
    try:
        _write_once(fd, size, data)
    except OSError:
        from agentguard.audit import mend  # noqa: PLC0415 - seldom

        if not mend.free_ballast(folder, lock):
            raise
        _write_once(fd, size, data)


def _write_once(fd: int, size: int, data: bytes) -> None:
    done = os.write(fd, data)
    if done != len(data):
        os.ftruncate(fd, size)
        raise OSError(f"only {done} of {len(data)} bytes could be written")


def tail(fd: int, size: int) -> tuple[str, int, str] | None:
    """Return (chain, seq, hash) of the last line of a file; None if it is empty, torn or not a line of ours."""
    for reach in (_TAIL, LINE_LIMIT + 1):
        start = max(0, size - reach)
        data = os.pread(fd, size - start, start)
        cut = data.rfind(b"\n", 0, -1)
        if cut >= 0 or start == 0:
            return head_of(data[cut + 1 :])
    return None


def head_of(line: bytes) -> tuple[str, int, str] | None:
    """Read a line at its fixed places: chain and seq stand first in the body, the hash last in the line."""
    comma = line.find(b",", 55, 75)
    chain, seq, h = line[15:47], line[55:comma], line[-67:-3]
    sound = (
        line[:15] == b'{"b":{"chain":"'
        and line[47:55] == b'","seq":'
        and line[-72:-67] == b'"h":"'
        and line[-3:] == b'"}\n'
        and not (chain + h).strip(_HEX)
        and seq.isdigit()
    )
    return (chain.decode("ascii"), int(seq), h.decode("ascii")) if sound else None


def open_folder(folder: str, *, make: bool = False) -> int:
    """Open a spool folder and return its descriptor. It must be a folder of this user's own, and no link.

    With `make` it is made where it is missing. Raises OSError and `SpoolError`.
    """
    try:
        fd = os.open(folder, _FOLDER)
    except FileNotFoundError:
        if not make:
            raise
        os.makedirs(os.path.dirname(folder), mode=0o700, exist_ok=True)
        try:  # noqa: SIM105 - contextlib is not for the hook
            os.mkdir(folder, 0o700)
        except FileExistsError:  # another hook was quicker
            pass
        fd = os.open(folder, _FOLDER)
    status = os.fstat(fd)
    if status.st_uid != os.geteuid():
        os.close(fd)
        raise SpoolError(f"{folder} belongs to user {status.st_uid}, not to user {os.geteuid()}")
    if status.st_mode & 0o077:
        os.fchmod(fd, 0o700)
    return fd


def open_file(folder: int, name: str, flags: int) -> tuple[int, int]:
    """Open a file of the spool; return its descriptor and size. It must be regular, this user's own, with one name."""
    fd = os.open(name, flags | _FILE, 0o600, dir_fd=folder)
    status = os.fstat(fd)
    if not stat.S_ISREG(status.st_mode) or status.st_uid != os.geteuid() or status.st_nlink > 1:
        os.close(fd)
        raise SpoolError(f"{name} in the spool is not a file of its own")
    return fd, status.st_size


def take(lock: int, kind: int) -> None:
    """Take the lock. Raises `SpoolError` when all tries are used up."""
    for tries, seconds in _WAITS:
        for _ in range(tries):
            try:
                fcntl.flock(lock, kind | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(seconds)
            else:
                return
    raise SpoolError("the spool's lock was held too long")


def note(lock: int, mishap: bytes) -> None:
    """Write down a mishap as well as it can be done; needs neither the lock nor, most of the time, room on the disk."""
    try:
        os.write(lock, mishap)
    except OSError:
        return


def mishaps(lock: int, size: int) -> dict[str, int]:
    """Return how often each mishap has happened to this spool, those that have. `size` is that of the lock file."""
    if not size:  # a newline, so that the file has a block of its own before the disk is full
        os.write(lock, b"\n")
    if size < 2:
        return {}
    letters = os.pread(lock, _MISHAPS_READ, 0)
    return {field: count for field, letter in _MISHAPS if (count := letters.count(letter))}


def device_key(folder: str) -> bytes:
    """Return this spool's 32 random bytes for redaction; b"" where they cannot be had. Never raises."""
    try:
        folder_fd = open_folder(folder, make=True)
    except (OSError, SpoolError):
        return b""
    try:
        try:
            fd = os.open(KEY, os.O_RDONLY | _FILE, dir_fd=folder_fd)
        except FileNotFoundError:
            from agentguard.audit import mend  # noqa: PLC0415 - once

            mend.make_key(folder_fd)
            fd = os.open(KEY, os.O_RDONLY | _FILE, dir_fd=folder_fd)
        try:
            key = os.read(fd, KEY_BYTES)
        finally:
            os.close(fd)
    except OSError:
        return b""
    finally:
        os.close(folder_fd)
    return key if len(key) == KEY_BYTES else b""


def read(folder: str) -> Iterator[Line]:
    """Yield every line of the spool in order; see `agentguard.audit.reader.read`."""
    from agentguard.audit import reader  # noqa: PLC0415 - not for the hook

    return reader.read(folder)


def verify(folder: str) -> Report:
    """Check every chain of the spool; see `agentguard.audit.verify.verify`."""
    from agentguard.audit import verify as checks  # noqa: PLC0415 - not for the hook

    return checks.verify(folder)


def _error(folder: str, error: BaseException) -> SpoolError:
    why = error.strerror or str(error) if isinstance(error, OSError) else str(error)
    return SpoolError(f"no record could be written in {folder}: {why}", hint="run `agentguard audit verify`")
