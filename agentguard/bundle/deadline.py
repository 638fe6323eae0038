"""One deadline for everything that is fetched in one go, also against a server that sends a byte every ten seconds.

Whoever reads asks `check` between two pieces. Where that is not enough (a header that drips, a name server that hangs)
a timer interrupts the process: on POSIX systems and in the main thread, where Python runs signal handlers.
"""

from __future__ import annotations

import contextlib
import signal
import threading
import time
from typing import TYPE_CHECKING

from tuf.api.exceptions import SlowRetrievalError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Deadline:
    """A point in time after which `check` raises python-tuf's `SlowRetrievalError`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = time.monotonic() + seconds

    def check(self) -> None:
        """Raise if the time is over."""
        if time.monotonic() >= self._end:
            self.over()

    def over(self, *_signal: object) -> None:
        """Say that the time is over."""
        raise SlowRetrievalError(f"fetching took longer than {self._seconds:g} s")


@contextlib.contextmanager
def within(seconds: float) -> Iterator[Deadline]:
    """Give a deadline that holds for the block."""
    deadline = Deadline(seconds)
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield deadline
        return
    before = signal.signal(signal.SIGALRM, deadline.over)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield deadline
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
