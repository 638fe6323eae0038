"""Runs the collector: data folder, landing log, index, application, web server."""

from __future__ import annotations

import contextlib
import os
import signal
import sqlite3
from typing import TYPE_CHECKING

import uvicorn

from agentguard import jsontext
from agentguard.bundle import files
from agentguard.collector.app import application
from agentguard.collector.ingest import Ingest
from agentguard.collector.keys import Keys
from agentguard.collector.landing import Landing
from agentguard.collector.store import SqliteStore
from agentguard.errors import ConfigError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable


class _Server(uvicorn.Server):
    """A server that says its address when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[str], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            self._ready(f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}")


def serve(
    keys: Keys,
    host: str,
    port: int,
    *,
    bundle_folder: str = "",
    ready_file: str = "",
    ready: Callable[[str], None] = lambda _url: None,
) -> None:
    """Serve until SIGINT or SIGTERM. Raises `ConfigError` if the data or the address cannot be used.

    When the address is bound, `ready` is called with the URL and {"url", "pid"} is written to `ready_file`.
    """
    if bundle_folder and not os.path.isdir(bundle_folder):
        raise ConfigError(f"{bundle_folder} is not a folder")
    try:
        log = Landing(keys.path("landing"))
        store = SqliteStore(keys.path("index.sqlite"), log)
    except (OSError, sqlite3.Error) as error:
        raise ConfigError(f"{keys.folder} cannot be used for the collector's data: {error}") from None
    app = application(keys, store, Ingest(log, store, keys), bundle_folder)
    config = uvicorn.Config(
        app, host=host, port=port, log_level="warning", access_log=False, server_header=False, timeout_keep_alive=15
    )

    def tell(url: str) -> None:
        if ready_file:
            files.replace(ready_file, jsontext.canonical({"url": url, "pid": os.getpid()}) + b"\n", 0o600)
        ready(url)

    for number in (signal.SIGINT, signal.SIGTERM):  # uvicorn raises them again when it is done
        signal.signal(number, lambda _number, _frame: None)
    server = _Server(config, tell)
    try:
        server.run()
    except SystemExit:
        raise ConfigError(f"the collector could not be started on {host}:{port}") from None
    finally:
        store.close()
        log.close()
        if ready_file:
            with contextlib.suppress(FileNotFoundError):
                os.unlink(ready_file)
