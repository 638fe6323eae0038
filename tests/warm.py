"""`agentguard …` in processes that are forked from one whose libraries are loaded already.

A Python that starts and imports click, httpx and python-tuf costs half a second, and the tests run hundreds of commands.
Each is still a process of its own: arguments, environment, folder, standard streams, exit code, and every module of
agentguard imported from nothing; only what agentguard depends on is there before. Whole cold starts, from the first
instruction of the interpreter, are what the tests of the hook, of the README and of the install are about.

Run as a script this module is that one process. An order is a line of JSON on the socket that is its standard input, with
four descriptors: the standard streams, and a socket on which come the process' number and then its exit code.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LIBRARIES = (
    "asyncio", "click", "cryptography.hazmat.primitives.asymmetric.ec", "cryptography.hazmat.primitives.asymmetric.ed25519",
    "cryptography.hazmat.primitives.serialization", "httpx", "securesystemslib.signer", "starlette.applications",
    "starlette.staticfiles", "tomli_w", "tomllib", "tree_sitter", "tree_sitter_bash", "tree_sitter_toml",
    "tuf.api.metadata", "tuf.ngclient", "uvicorn", "uvicorn.lifespan.on", "uvicorn.loops.asyncio",
    "uvicorn.protocols.http.h11_impl", "uvicorn.protocols.websockets.auto",
)  # fmt: skip


class Process:
    """One command that runs: as much of `subprocess.Popen` as the tests use."""

    def __init__(self, words, stdin, env, cwd):
        self.args = ["agentguard", *words]
        self.returncode = None
        self._texts = []
        self._streams = [tempfile.TemporaryFile() for _ in range(3)]  # noqa: SIM115 - closed when the process has ended
        self._streams[0].write(stdin)
        self._streams[0].seek(0)
        self._told, answer = socket.socketpair()
        with answer:
            order = {"words": words, "env": dict(os.environ if env is None else env), "cwd": str(cwd or os.getcwd())}
            descriptors = [*(stream.fileno() for stream in self._streams), answer.fileno()]
            socket.send_fds(_keeper(), [json.dumps(order).encode() + b"\n"], descriptors)
        self._answer = self._told.makefile()
        self.pid = int(self._answer.readline())

    def poll(self):
        """Return the exit code, None while it runs."""
        with contextlib.suppress(BlockingIOError):
            self._told.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT)
            self.wait()
        return self.returncode

    def wait(self, timeout=60):
        """Wait until it has ended; return its exit code."""
        if self.returncode is None:
            self._told.settimeout(timeout)
            self.returncode = int(self._answer.readline())
            self._answer.close()
            self._told.close()
            for stream in self._streams:
                with stream:
                    stream.seek(0)
                    self._texts.append(stream.read().decode())
        return self.returncode

    def kill(self):
        self._send(signal.SIGKILL)

    def terminate(self):
        self._send(signal.SIGTERM)

    def _send(self, number):
        with contextlib.suppress(ProcessLookupError):  # it has ended by itself
            os.kill(self.pid, number)

    def communicate(self, timeout=60):
        """Wait, and return the texts of standard output and standard error."""
        self.wait(timeout)
        return tuple(self._texts[1:])


def start(*words, stdin=b"", env=None, cwd=None):
    """Start a command and return its process; its environment and folder are ours unless they are given."""
    return Process([str(word) for word in words], stdin, env, cwd)


def run(*words, stdin=b"", env=None, cwd=None):
    """Run a command to its end: what `subprocess.run` returns, with texts."""
    process = start(*words, stdin=stdin, env=env, cwd=cwd)
    out, err = process.communicate()
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


@functools.cache
def _keeper():
    """Return the socket to the one process; it ends when this one does, because the socket is closed then."""
    ours, theirs = socket.socketpair()
    with theirs:
        keeper = subprocess.Popen([sys.executable, __file__], stdin=theirs, start_new_session=True)

    def end():
        ours.close()
        keeper.wait()

    atexit.register(end)
    return ours


def _keep():
    """Take orders until nobody can give one any more; return only in a process that is to run a command."""
    os.environ["OPENSSL_CONF"] = os.devnull  # as agentguard/_env.py sets it before OpenSSL is loaded
    for name in LIBRARIES:
        importlib.import_module(name)
    orders = socket.socket(fileno=os.dup(0))
    while True:
        data, descriptors, _flags, _from = socket.recv_fds(orders, 1 << 16, 4)
        while data and not data.endswith(b"\n"):
            data += orders.recv(1 << 16)
        if not data:
            sys.exit()
        if not os.fork():
            orders.close()
            return json.loads(data), descriptors
        for number in descriptors:
            os.close(number)
        with contextlib.suppress(ChildProcessError):
            while os.waitpid(-1, os.WNOHANG)[0]:
                pass


def _command():
    """Become the process that runs the next command, beneath one that waits for it and tells its exit code."""
    order, descriptors = _keep()
    answer = descriptors.pop()
    if pid := os.fork():
        os.write(answer, b"%d\n" % pid)
        status = os.waitpid(pid, 0)[1]
        with contextlib.suppress(OSError):  # nobody waits any more
            os.write(answer, b"%d\n" % os.waitstatus_to_exitcode(status))
        os._exit(0)
    os.close(answer)
    for number, descriptor in enumerate(descriptors):
        os.dup2(descriptor, number)
        os.close(descriptor)
    os.chdir(order["cwd"])
    os.environ.clear()
    os.environ.update(order["env"])
    sys.argv = ["agentguard", *order["words"]]
    sys.path[0] = ROOT


if __name__ == "__main__":
    _command()
    from agentguard._entry import main

    main()
