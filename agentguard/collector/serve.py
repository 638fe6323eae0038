"""Runs the collector: data folder, landing log, ledger, web server; and a process of its own that indexes.

The indexer is woken by a byte through a pipe whenever something has landed, and ends when the pipe is closed: it never
outlives the server, however that ends. If the indexer ends first, so does the server: a service manager starts both anew.
"""

from __future__ import annotations

import contextlib
import gc
import os
import resource
import signal
import sqlite3
import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from agentguard import jsontext
from agentguard.bundle import files
from agentguard.collector import indexing, loss, retention
from agentguard.collector.access import AccessLog
from agentguard.collector.app import application
from agentguard.collector.checkers import Checkers
from agentguard.collector.folders import INDEX, LANDING, LEDGER
from agentguard.collector.ingest import Ingest
from agentguard.collector.landing import Landing, Reader
from agentguard.collector.ledger import Ledger, end_of
from agentguard.collector.sqlite import SqliteStore
from agentguard.errors import AgentguardError, ConfigError

if TYPE_CHECKING:
    import asyncio
    import socket
    from collections.abc import Callable

    from agentguard.collector.keys import Keys

HEADER_SECONDS = 15.0  # from the connection to the end of a request's headers
_RETENTION_SECONDS = 3600.0
_INDEXER_NICE = 10  # what devices wait for comes first
_CONNECTIONS = 1000  # at the same time


class _Protocol(H11Protocol):
    """HTTP, with a limit on how long a client may take to say what it wants."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.loop.call_later(HEADER_SECONDS, self._let_go)

    def _let_go(self) -> None:
        if self.cycle is None and not self.transport.is_closing():
            self.transport.close()


class _Server(uvicorn.Server):
    """A server that says its address when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[str], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            scheme = "https" if self.config.is_ssl else "http"
            self._ready(f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}")


def serve(
    keys: Keys,
    host: str,
    port: int,
    *,
    tls: tuple[str, str] | None = None,
    bundle_folder: str = "",
    ready_file: str = "",
    ready: Callable[[str], None] = lambda _url: None,
) -> None:
    """Serve until SIGINT or SIGTERM.

    Raises `ConfigError` if records are lost (see `loss`), or the data, the certificate or the address cannot be used.

    `tls`: files with the certificate chain and the private key. When the address is bound, `ready` is called with the
    URL and {"url", "pid"} is written to `ready_file`.
    """
    if bundle_folder and not os.path.isdir(bundle_folder):
        raise ConfigError(f"{bundle_folder} is not a folder")
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))  # connections, and files of the index
    gc.set_threshold(100_000, 50, 100)  # records come as thousands of objects that hold no loops
    try:
        loss.check(keys)
    except OSError as error:
        raise ConfigError(f"{keys.folder} cannot be used for the collector's data: {error}") from None
    checkers = Checkers(_cores())
    wake, indexer = _start_indexer(keys, checkers)
    try:
        log = Landing(keys.path(LANDING))
        ledger = Ledger(keys.path(LEDGER), log)
    except (OSError, sqlite3.Error) as error:
        raise ConfigError(f"{keys.folder} cannot be used for the collector's data: {error}") from None
    store = SqliteStore(keys.path(INDEX), ledger, log)
    store.shelf.tell = lambda: _wake(wake, indexing.CHECK)
    taker = Ingest(log, ledger, keys)
    log.landed = lambda: _wake(wake, indexing.LANDED)
    access = AccessLog(taker, ledger)
    app = application(keys, store, taker, checkers, access, bundle_folder=bundle_folder)
    config: dict[str, Any] = {"ssl_certfile": tls[0], "ssl_keyfile": tls[1]} if tls else {}
    config |= {"http": _Protocol, "limit_concurrency": _CONNECTIONS, "timeout_keep_alive": 15}
    try:
        server = _Server(
            uvicorn.Config(
                app, host=host, port=port, log_level="warning", access_log=False, server_header=False, **config
            ),
            lambda url: _tell(url, ready_file, ready),
        )
    except OSError as error:
        raise ConfigError(f"the certificate or its key cannot be used: {error.strerror or error}") from None
    for number in (signal.SIGINT, signal.SIGTERM):  # uvicorn raises them again when it is done
        signal.signal(number, lambda _number, _frame: None)
    ended = threading.Thread(target=_watch, args=(indexer, server), daemon=True)
    ended.start()
    log.landed()  # what is there already may not be indexed yet
    stop = threading.Event()
    keeping = threading.Thread(target=_keep, args=(keys, store, (log, ledger), wake, stop))
    keeping.start()
    try:
        server.run()
    except SystemExit:
        raise ConfigError(f"the collector could not be started on {host}:{port}") from None
    finally:
        with contextlib.suppress(OSError, sqlite3.Error):
            access.settle()
        stop.set()
        keeping.join()
        os.close(wake)
        ended.join()
        checkers.close()
        store.close()
        ledger.close()
        log.close()
        if ready_file:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(ready_file)


def _cores() -> int:
    """Return how many processes can work beside each other; 0 if there is one core alone."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores if cores > 1 else 0


def _tell(url: str, ready_file: str, ready: Callable[[str], None]) -> None:
    if ready_file:
        files.replace(ready_file, jsontext.canonical({"url": url, "pid": os.getpid()}) + b"\n", 0o600)
    ready(url)


def _start_indexer(keys: Keys, checkers: Checkers) -> tuple[int, int]:
    """Start the process that indexes, before there is any thread: (end of the pipe that wakes it, its number)."""
    wakes, wake = os.pipe()
    os.set_blocking(wake, False)
    indexer = os.fork()
    if indexer:
        os.close(wakes)
        return wake, indexer
    code = 1
    try:
        os.close(wake)
        checkers.leave()
        os.nice(_INDEXER_NICE)
        for number in (signal.SIGINT, signal.SIGTERM):  # the pipe says when it is over
            signal.signal(number, signal.SIG_IGN)
        if os.read(wakes, 1):
            log = Reader(keys.path(LANDING))
            indexing.run(
                keys.path(INDEX),
                log,
                lambda: end_of(keys.path(LEDGER)),
                wakes,
                lambda indexer: retention.forget(indexer, retention.load(keys), time.time()),
            )
        code = 0
    except AgentguardError as error:
        sys.stderr.write(f"agentguard: {error}\n")
    finally:
        os._exit(code)


def _wake(wake: int, why: bytes) -> None:
    """Wake the process that indexes. If it has so much to do that the pipe is full, it looks at everything anyway."""
    with contextlib.suppress(BlockingIOError, BrokenPipeError):
        os.write(wake, why)


def _keep(keys: Keys, store: SqliteStore, where: tuple[Landing, Ledger], wake: int, stop: threading.Event) -> None:
    """Have retention enforced now and every hour."""
    while True:
        try:
            days = retention.load(keys)
            _wake(wake, indexing.FORGET)
            retention.retire(*where, store, days, time.time())
        except (AgentguardError, OSError, sqlite3.Error) as error:
            sys.stderr.write(f"agentguard: retention cannot be enforced now: {error}\n")
        if stop.wait(_RETENTION_SECONDS):
            return


def _watch(indexer: int, server: uvicorn.Server) -> None:
    _pid, status = os.waitpid(indexer, 0)
    if not server.should_exit:
        code = os.waitstatus_to_exitcode(status)
        how = f"was killed by signal {-code}" if code < 0 else f"ended with {code}"
        sys.stderr.write(f"agentguard: the process that indexes {how}, so the server ends too: start it again\n")
    server.should_exit = True
