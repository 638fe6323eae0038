"""Processes that check batches, one a core: that is most of what taking records costs, and one interpreter has one core.

They are forked before there is any thread, get bodies as they came and give back what `batch.read` says. A process that
is lost (the system was short of memory, say) is not replaced; what it had in hand is checked here, and so is everything
once all are lost. They end when their connection does: they never outlive the server, however that ends.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import sys
from multiprocessing import Pipe
from typing import TYPE_CHECKING

from agentguard.collector import batch
from agentguard.collector.batch import BadBatchError, Checked

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

_SMALL = 16 * 1024  # bytes of a body that is not worth the way


class Checkers:
    """So many processes. Any thread may ask; as many at a time as there are processes, the others wait."""

    def __init__(self, count: int) -> None:
        self._all: list[Connection] = []
        self._idle: queue.SimpleQueue[Connection] = queue.SimpleQueue()
        self.processes: list[int] = []
        for _ in range(count):
            ours, theirs = Pipe()
            process = os.fork()
            if not process:
                self._all.append(ours)
                _begin(theirs, self._all)
            theirs.close()
            self._all.append(ours)
            self._idle.put(ours)
            self.processes.append(process)
        self._left = count

    def read(self, body: bytes, encoding: str) -> list[Checked]:
        """Return the records in a body. Raises `BadBatchError`."""
        if len(body) < _SMALL or not self._left:
            return batch.read(body, encoding)
        process = self._idle.get()
        try:
            process.send_bytes(encoding.encode("ascii") + b"\n" + body)
            records, problem = pickle.loads(process.recv_bytes())  # noqa: S301 - from a process of our own
        except (EOFError, OSError):
            self._left -= 1
            sys.stderr.write("agentguard: a process that checks records was lost; fewer are left\n")
            if not self._left:
                self._idle.put(process)  # whoever waits for one finds it lost, too
            return batch.read(body, encoding)
        self._idle.put(process)
        if problem:
            raise BadBatchError(*problem)
        return [Checked(*record) for record in records]

    def leave(self) -> None:
        """Let go of them in a process that has nothing to do with them."""
        for connection in self._all:
            connection.close()

    def close(self) -> None:
        """End them."""
        self.leave()
        for process in self.processes:
            with contextlib.suppress(ChildProcessError):
                os.waitpid(process, 0)


def _begin(connection: Connection, others: list[Connection]) -> None:
    """Work in the new process until the server is gone."""
    code = 1
    try:
        for number in (signal.SIGINT, signal.SIGTERM):  # the connection says when it is over
            signal.signal(number, signal.SIG_IGN)
        for other in others:
            other.close()
        with contextlib.suppress(EOFError, ConnectionError):
            while True:
                encoding, _, body = connection.recv_bytes().partition(b"\n")
                connection.send_bytes(pickle.dumps(_answer(body, encoding.decode("ascii"))))
        code = 0
    finally:
        os._exit(code)


def _answer(body: bytes, encoding: str) -> tuple[list[tuple[object, ...]], tuple[str, int, int] | None]:
    try:
        return [tuple(record) for record in batch.read(body, encoding)], None
    except BadBatchError as problem:
        return [], (problem.message, problem.line, problem.status)
