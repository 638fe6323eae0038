"""What a spool needs seldom: a first record, a closed segment, a torn or damaged file, room on a full disk.

The hook reaches this module, so it imports what the hook may import. What works on the folder runs under its lock.
"""

from __future__ import annotations

import fcntl
import os
import time

from agentguard.audit import spool
from agentguard.audit.record import stamp
from agentguard.errors import SpoolError
from agentguard.jsontext import dumps

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeAlias

    Head: TypeAlias = tuple[str, int, str]  # chain, number and hash of a record

BALLAST = "ballast"
BALLAST_BYTES = 256 * 1024
_SEGMENT, _SEGMENT_END = "seg-", ".ndjson"
_READ_LIMIT = 2 * spool.SEGMENT_BYTES  # bytes; no file of ours is longer
_NEW = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_EXCL

# Why a chain starts.
NEW, DAMAGED, FORK = "new", "damaged", "fork"

# Rounds of cutting: characters a text may keep, and entries a list may keep. The last round always fits.
_ROUNDS = ((2048, 2048), (512, 256), (128, 64), (64, 16), (32, 0))
_NAME_LIMIT = 64  # characters that a text of the body keeps: names and ids


def segment_name(first: int, last: int) -> str:
    """Return the name of a closed segment. Sorting the names sorts the records."""
    return f"{_SEGMENT}{first:010d}-{last:010d}{_SEGMENT_END}"


def segments(folder: int) -> list[tuple[int, int, str]]:
    """Return (first, last, name) of every closed segment, in order."""
    found = []
    for name in os.listdir(folder):
        first, _, last = name.removeprefix(_SEGMENT).removesuffix(_SEGMENT_END).partition("-")
        if name.startswith(_SEGMENT) and name.endswith(_SEGMENT_END) and first.isdigit() and last.isdigit():
            found.append((int(first), int(last), name))
    return sorted(found)


def ready(folder: int, lock: int, body: dict[str, Any]) -> tuple[int, int, Head, bytes]:
    """Open `current.ndjson` fit for the next record: (descriptor, size, head, what to write before the record)."""
    fd, size = _open_current(folder)
    try:
        head = spool.tail(fd, size)
        if size and head is None:
            size = _set_torn_aside(folder, lock, fd, size)
            head = spool.tail(fd, size)
        sound = head is not None or not size
        if head is not None and size <= spool.SEGMENT_BYTES - spool.LINE_LIMIT:
            return fd, size, head, b""
        if size:
            if head is not None:
                close_segment(folder, fd, head)
                make_ballast(folder)
            else:
                head = _set_damaged_aside(folder, fd)
            os.close(fd)
            fd = -1
            fd, _size = _open_current(folder)
        else:
            head, sound = _head_of_segments(folder)
        if head is not None and sound:
            return fd, 0, head, b""
        make_ballast(folder)
        start, head = genesis(NEW if sound else DAMAGED, head, body)
    except BaseException:
        if fd >= 0:
            os.close(fd)
        raise
    return fd, 0, head, start


def genesis(reason: str, before: Head | None, body: dict[str, Any]) -> tuple[bytes, Head]:
    """Return the first line of a new chain and its head. `before` is the last record known of the chain before."""
    chain = os.urandom(16).hex()
    seq = before[1] if before else -1
    facts = {
        "id": os.urandom(8).hex(),
        "kind": "genesis",
        "time": stamp(time.time()),
        "device": body.get("device", ""),
        "user": body.get("user", ""),
        "uid": os.geteuid(),
        "boot": _boot_id(),
        "reason": reason,
        "previous": {"chain": before[0], "seq": before[1], "h": before[2]} if before else {},
    }
    line, h = spool.make_line((chain, seq, spool.NO_HEAD), spool.encoded(facts, {}), {}, first=True)
    return line, (chain, seq + 1, h)


def new_chain(path: str, reason: str, *, leaving: str, device: str, user: str) -> None:
    """Close the chain `leaving` of the spool at `path`, if it still goes on, and start another one.

    Raises `SpoolError` and OSError.
    """
    folder = spool.open_folder(path)
    lock = fd = -1
    try:
        lock, _size = spool.open_file(folder, spool.LOCK, os.O_RDWR | os.O_APPEND | os.O_CREAT)
        spool.take(lock, fcntl.LOCK_EX)
        body = {"device": device, "user": user}
        fd, size, head, start = ready(folder, lock, body)
        if not start:  # else a new one has just started by itself
            if head[0] != leaving:
                return
            if size:
                close_segment(folder, fd, head)
                os.close(fd)
                fd = -1
                fd, _size = _open_current(folder)
            start, _head = genesis(reason, head, body)
        spool.write(folder, lock, fd, 0, start)
    finally:
        for one in (fd, lock, folder):
            if one >= 0:
                os.close(one)


def close_segment(folder: int, fd: int, head: Head) -> None:
    """Give `current.ndjson`, whose last record is `head`, the name of a closed segment."""
    start = os.pread(fd, 128, 0)
    first = start[55 : start.find(b",", 55)]  # the same fixed place as in `spool.head_of`
    if not first.isdigit():
        raise SpoolError("the first record of current.ndjson cannot be read")
    name = segment_name(int(first), head[1])
    if _exists(folder, name):
        raise SpoolError(f"{name} is there already")
    os.rename(spool.CURRENT, name, src_dir_fd=folder, dst_dir_fd=folder)


def _open_current(folder: int) -> tuple[int, int]:
    return spool.open_file(folder, spool.CURRENT, os.O_RDWR | os.O_APPEND | os.O_CREAT)


def _head_of_segments(folder: int) -> tuple[Head | None, bool]:
    """Return the head of the newest segment, None where there is none, and whether its chain can go on."""
    known = segments(folder)
    if not known:
        return None, True
    _first, last, name = known[-1]
    fd, size = spool.open_file(folder, name, os.O_RDONLY)
    try:
        head = spool.tail(fd, size)
    finally:
        os.close(fd)
    return (head, True) if head is not None and head[1] == last else (("", last, ""), False)


def _set_torn_aside(folder: int, lock: int, fd: int, size: int) -> int:
    """Move what follows the last newline into a file of its own; return the size that is left."""
    data = os.pread(fd, min(size, _READ_LIMIT), 0)
    keep = data.rfind(b"\n") + 1
    if keep == size or len(data) < size:
        return size
    spool.note(lock, spool.TORN)
    try:
        aside = os.open(f"torn-{time.time_ns()}", _NEW | os.O_CLOEXEC, 0o600, dir_fd=folder)
        try:
            os.write(aside, data[keep:])
        finally:
            os.close(aside)
    except (
        OSError
    ):  # a disk that has no room for it; a torn line was never acknowledged, and the count says it was there
        pass
    os.ftruncate(fd, keep)
    return keep


def _set_damaged_aside(folder: int, fd: int) -> Head | None:
    """Rename a `current.ndjson` whose last line is no line of ours; return the last record known of this spool."""
    known = [("", last, "") for _first, last, _name in segments(folder)]
    for line in os.pread(fd, _READ_LIMIT, 0).splitlines(keepends=True):
        head = spool.head_of(line)
        if head is not None:
            known.append(head)
    os.rename(spool.CURRENT, f"damaged-{time.time_ns()}", src_dir_fd=folder, dst_dir_fd=folder)
    return max(known, key=lambda head: head[1], default=None)


def free_ballast(folder: int, lock: int) -> bool:
    """Give the disk its room back; whether there was any to give."""
    try:
        os.unlink(BALLAST, dir_fd=folder)
    except OSError:
        return False
    spool.note(lock, spool.FULL)
    return True


def make_ballast(folder: int) -> None:
    """Put the ballast (back) in its place, where there is room enough. Bytes that no file system can squeeze."""
    disk = os.fstatvfs(folder)
    if _exists(folder, BALLAST) or disk.f_bavail * disk.f_frsize < 2 * BALLAST_BYTES:
        return
    part = f"{BALLAST}.{os.getpid()}"
    try:
        fd = os.open(part, _NEW | os.O_CLOEXEC, 0o600, dir_fd=folder)
        try:
            whole = os.write(fd, os.urandom(BALLAST_BYTES)) == BALLAST_BYTES
        finally:
            os.close(fd)
        if whole:
            os.rename(part, BALLAST, src_dir_fd=folder, dst_dir_fd=folder)
        else:
            os.unlink(part, dir_fd=folder)
    except OSError:
        return


def make_key(folder: int) -> None:
    """Make the key for redaction, whole or not at all; the first of several hooks wins."""
    part = f"{spool.KEY}.{os.getpid()}"
    fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600, dir_fd=folder)
    try:
        if os.write(fd, os.urandom(spool.KEY_BYTES)) == spool.KEY_BYTES:
            os.link(part, spool.KEY, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)
    except FileExistsError:
        pass
    finally:
        os.close(fd)
        os.unlink(part, dir_fd=folder)


def cut(body: dict[str, Any], texts: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return a record whose line fits: texts and lists cut as little as it takes, and `cut` said."""
    body = {**body, "cut": True}
    if "rows_complete" in body:
        body["rows_complete"] = False
    for characters, entries in _ROUNDS:
        less_texts = _shortened(texts, characters, entries)
        less_body = _shortened(body, max(characters, _NAME_LIMIT), entries)
        if len(dumps(less_texts)) + len(dumps(less_body)) <= spool.LINE_LIMIT - spool.FRAME:
            return less_body, less_texts
    raise SpoolError("a record is too long even without its texts")


def _shortened(value: Any, characters: int, entries: int) -> Any:
    if isinstance(value, str):
        return value if len(value) <= characters else value[:characters] + "…"
    if isinstance(value, list):
        return [_shortened(one, characters, entries) for one in value[:entries]]
    if isinstance(value, dict):
        return {key: _shortened(one, characters, entries) for key, one in value.items()}
    return value


def _exists(folder: int, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _boot_id() -> str:
    """Return the kernel's id of this boot, "" where it has none (proc(5), /proc/sys/kernel/random/boot_id)."""
    try:
        fd = os.open("/proc/sys/kernel/random/boot_id", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return ""
    try:
        return os.read(fd, 64).decode("ascii", "replace").strip()
    finally:
        os.close(fd)
