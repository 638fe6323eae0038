"""Passphrases: from a file, asked on a terminal, and never asked where nobody can answer."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

import pytest

from agentguard.cli import passphrase
from agentguard.errors import ConfigError, UsageError

# The terminal becomes the new session's own first, as a login does it: passphrases are asked there.
CODE = """
import fcntl, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from agentguard.cli import passphrase
print(passphrase.{}(None)())
"""


def on_terminal(which, *typed):
    """Run one of the functions on a terminal of its own, type each answer when asked, and return what it gave."""
    master, slave = pty.openpty()
    argv = [sys.executable, "-c", CODE.format(which)]
    streams = {"stdin": slave, "stderr": slave, "stdout": subprocess.PIPE}
    with subprocess.Popen(argv, start_new_session=True, **streams) as process:
        os.close(slave)
        for answer in typed:
            seen = b""
            while not seen.rstrip().endswith(b":"):
                seen += os.read(master, 1024)
            os.write(master, answer.encode() + b"\n")
        out, _ = process.communicate(timeout=60)
    os.close(master)
    return out.decode().strip()


def test_a_new_passphrase_is_asked_twice():
    """What is typed twice is the passphrase of the new key."""
    assert on_terminal("optional", "correct horse", "correct horse") == "b'correct horse'"


def test_a_slip_is_asked_again():
    """Two answers that differ start the question over."""
    assert on_terminal("optional", "correct", "corect", "horse", "horse") == "b'horse'"


def test_enter_means_none():
    """Enter alone leaves the new key without one."""
    assert on_terminal("optional", "") == "b''"


def test_an_existing_passphrase_is_asked_once():
    """A key that has one is opened with what is typed."""
    assert on_terminal("existing", "correct horse") == "b'correct horse'"


def test_the_first_line_of_a_file(tmp_path):
    """A file's first line counts, without its end; an empty one is an error."""
    file = tmp_path / "secret"
    file.write_bytes(b"correct horse\r\nmore\n")
    assert passphrase.optional(str(file))() == passphrase.existing(str(file))() == b"correct horse"
    file.write_bytes(b"\nmore\n")
    with pytest.raises(ConfigError, match="holds no passphrase"):
        passphrase.optional(str(file))()


def test_without_a_terminal_nobody_is_asked(monkeypatch):
    """A new key gets none; one that has a passphrase needs the file."""
    monkeypatch.setattr(passphrase, "on_terminal", lambda: False)
    assert passphrase.optional(None)() == b""
    with pytest.raises(UsageError, match="no terminal"):
        passphrase.existing(None)()
