"""A pseudo-terminal with a person at it: starts a program, reads its screen, types.

A screen is a stream of text and control sequences, and programs draw the space between two words as a cursor movement.
So what is looked for is compared without control sequences and without any white space (ECMA-48, sections 5.3 to 5.6).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self

_ROWS, _COLUMNS = 50, 160
_SEQUENCE = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI … final
    r"|\x1b[\]PX^_].*?(?:\x07|\x1b\\)"  # OSC, DCS and other strings, up to BEL or ST
    r"|\x1b[ -/]*[0-~]"  # other escapes
    r"|[\x00-\x1f\x7f]",
    re.DOTALL,
)


def plain(screen: str) -> str:
    """Return the text on a screen without control sequences and white space."""
    return "".join(_SEQUENCE.sub("", screen).split())


class Terminal:
    """A program that believes a person sits in front of it. Use as a context manager; leaving it ends the program."""

    def __init__(self, argv: Sequence[str], *, env: Mapping[str, str], cwd: str, uid: int) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", _ROWS, _COLUMNS, 0, 0))
        self._output = b""
        self._seen = 0
        self._process = subprocess.Popen(
            ["setsid", "--ctty", *argv],  # in place: the process becomes a session leader with this terminal
            env=dict(env),
            cwd=cwd,
            stdin=slave,
            stdout=slave,
            stderr=slave,
            user=uid,
            group=uid,
            extra_groups=[],
        )
        os.close(slave)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._master)

    @property
    def screen(self) -> str:
        """Everything that was ever written to the screen, as it came."""
        return self._output.decode("utf-8", "replace")

    def shows(self, *texts: str, within: float) -> bool:
        """Wait until all `texts` were drawn since the last `type`; return whether they were, within these seconds."""
        wanted = [plain(text) for text in texts]
        end = time.monotonic() + within
        while True:
            drawn = plain(self._output[self._seen :].decode("utf-8", "replace"))
            if all(text in drawn for text in wanted):
                return True
            if time.monotonic() > end or not self._read(0.1):
                return False

    def type(self, keys: str) -> None:
        """Press these keys. What is on the screen until now no longer counts as shown."""
        self._seen = len(self._output)
        os.write(self._master, keys.encode())

    def watch(self, seconds: float) -> None:
        """Let the program go on for some time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self._read(0.1):
            pass

    def _read(self, wait: float) -> bool:
        """Take in what the program has drawn; return False when it has ended."""
        if select.select([self._master], [], [], wait)[0]:
            try:
                self._output += os.read(self._master, 65536)
            except OSError:  # EIO: the other end is closed
                return False
        return True
