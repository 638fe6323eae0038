"""Works in people's spools with their own rights, and in all of them at once.

A spool belongs to the person. Root never opens, looks at, renames, removes or locks a path in it: a link or a FIFO that
the person put there must not make root do anything. Root looks at the entries of its own folder, `spool/`, and no
deeper: a folder there is somebody's spool if it belongs to the user whose number it bears. That needs no directory of
accounts, which may lie on a network that is down. Whatever else has such a name is squatting on it, and is renamed.

Each piece of work is done by a child that has become that person (`agentguard.child`). Many of them run side by side: a
talk says what is to be done next and is handed what came of it, so nobody waits for anybody else's spool. A sync that runs
as the person works directly.
"""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections import deque
from typing import TYPE_CHECKING, NamedTuple

from agentguard.child import Child, ChildError, wait
from agentguard.errors import AuditError, NotServedError, SpoolError

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable, Iterator
    from typing import TypeAlias

    from agentguard.places import Places

    Job: TypeAlias = Callable[[], Iterable[bytes]]
    Talk: TypeAlias = Generator[Job, list[bytes], None]

LIMIT = 2 * 1024 * 1024  # bytes that one piece of work may hand over
AT_ONCE = 64  # children
ENTRIES = 1_000_000  # of the folder of spools that are looked at, most of which nobody has made by using an agent
_NOBODY = 65_534  # a group without rights, where the folder's own says nothing about the person
_DIGITS = 10


class Spool(NamedTuple):
    """One person's spool. `gid`: a group of that person."""

    uid: int
    gid: int
    folder: str


def spools(places: Places) -> list[Spool]:
    """Return the spools that this process should hand over: every person's if it is root's sync."""
    if not places.managed or os.geteuid() != 0:
        uid = os.geteuid()
        return [Spool(uid, os.getegid(), places.spool(uid))]
    return sorted(
        Spool(uid, facts.st_gid or _NOBODY, places.spool(uid))
        for uid, facts in _entries(places)
        if _is_spool(uid, facts)
    )


def evict(places: Places) -> int:
    """Give the names of people's spools back that others have put something at; return how many. For root only."""
    squatted = [uid for uid, facts in _entries(places) if not _is_spool(uid, facts)]
    for uid in squatted:
        with contextlib.suppress(OSError):  # whoever made it was quicker
            os.rename(places.spool(uid), os.path.join(places.spools, f"squatted-{uid}-{secrets.token_hex(4)}"))
    return len(squatted)


def _is_spool(uid: int, facts: os.stat_result) -> bool:
    return stat.S_ISDIR(facts.st_mode) and facts.st_uid == uid


def _entries(places: Places) -> Iterator[tuple[int, os.stat_result]]:
    """Yield the entries of root's own folder that bear the number of a user. No link is followed, nothing is opened."""
    try:
        with os.scandir(places.spools) as entries:
            for entry, _count in zip(entries, range(ENTRIES), strict=False):
                name = entry.name
                if name.isascii() and name.isdigit() and len(name) <= _DIGITS and name == str(int(name)):
                    with contextlib.suppress(OSError):
                        yield int(name), entry.stat(follow_symlinks=False)
    except (FileNotFoundError, NotADirectoryError):
        return


def work(spool: Spool, job: Job) -> list[bytes]:
    """Return what `job` yields, done with the rights of a spool's person. Raises `SpoolError`."""
    found: list[bytes] = []

    def talk() -> Talk:
        found.extend((yield job))

    for problem in together([(spool, talk())]):
        raise problem
    return found


def together(talks: Iterable[tuple[Spool, Talk]]) -> list[AuditError]:
    """Have all talks side by side and return what ended one of them before it was done.

    A job that fails is a `SpoolError` in its own talk. `NotServedError` ends all of them, and is raised.
    """
    problems: list[AuditError] = []
    ready: deque[tuple[Spool, Talk, list[bytes] | SpoolError | None]] = deque((*one, None) for one in talks)
    running: dict[Child, tuple[Spool, Talk]] = {}
    try:
        while ready or running:
            if ready and len(running) < AT_ONCE:
                spool, talk, answer = ready.popleft()
                try:
                    job = talk.throw(answer) if isinstance(answer, SpoolError) else talk.send(answer)  # type: ignore[arg-type]
                except StopIteration:
                    continue
                except NotServedError:
                    raise
                except AuditError as error:
                    problems.append(error)
                    continue
                if spool.uid == os.geteuid():
                    ready.append((spool, talk, _done_here(job)))
                    continue
                running[Child(job, LIMIT, ids=(spool.uid, spool.gid))] = (spool, talk)
            for child in wait(list(running), idle=not ready or len(running) == AT_ONCE):
                spool, talk = running[child]
                try:
                    answer = child.result()
                except ChildError as error:
                    answer = SpoolError(f"the spool of user {spool.uid} could not be worked in: {error}")
                if answer is not None:
                    del running[child]
                    ready.append((spool, talk, answer))
    finally:
        for child in running:
            child.end()
    return problems


def _done_here(job: Job) -> list[bytes] | SpoolError:
    try:
        return list(job())
    except SpoolError as error:
        return error
    except OSError as error:
        return SpoolError(f"the spool cannot be worked in: {error.strerror}")
