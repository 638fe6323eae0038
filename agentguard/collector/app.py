"""The collector's web application: what devices ask.

People have routes of their own: `reads` and `admin` those of their programs, `pages` those of their browsers.

POST /v1/enroll    {"secret", "device"} -> {"token"}
POST /v1/records   NDJSON, plain, gzip or zstd, device's token -> {"receipt", "key", "signature", "alerts", "known"}
                   409 {"expected"}: records are missing before these; with ?gone=1 they are taken anyway
                   429 and Retry-After: too many requests of this device; 503: the collector has no room
GET  /healthz      -> {"ok": true, "index": whole, behind, incomplete or unusable, "behind": bytes}: it takes records, and
                   whether all of them can be found
GET  /bundle/…     the published bundle, if the collector was told to serve one
"""

from __future__ import annotations

import math
import sqlite3
import time
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from agentguard.audit.record import stamp
from agentguard.collector import admin, batch, ingest, reads, web
from agentguard.collector.landing import OWN
from agentguard.collector.limits import Rate
from agentguard.collector.pages import routes as pages
from agentguard.collector.tokens import DEVICE

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from agentguard.collector.access import AccessLog
    from agentguard.collector.checkers import Checkers
    from agentguard.collector.keys import Keys
    from agentguard.collector.store import Store

_DEVICE_LIMIT = 200  # characters


def application(
    keys: Keys,
    store: Store,
    taker: ingest.Ingest,
    checkers: Checkers,
    access: AccessLog,
    *,
    bundle_folder: str = "",
) -> Starlette:
    """Return the application. `bundle_folder` is served read-only under /bundle/ if it is named."""
    service = _Devices(keys, taker, checkers, store)
    routes: list[Route | Mount] = [
        Route("/v1/enroll", service.enroll, methods=["POST"]),
        Route("/v1/records", service.records, methods=["POST"]),
        Route("/healthz", service.health, methods=["GET"]),
        *reads.routes(keys, store, access),
        *admin.routes(keys, access),
        *pages.routes(keys, store, access, bundle_folder),
    ]
    if bundle_folder:
        routes.append(Mount("/bundle", StaticFiles(directory=bundle_folder)))
    return Starlette(routes=routes, exception_handlers=web.HANDLERS)


class _Devices:
    """The routes."""

    def __init__(self, keys: Keys, taker: ingest.Ingest, checkers: Checkers, store: Store) -> None:
        self._keys = keys
        self._checkers = checkers
        self._taker = taker
        self._store = store
        self._rate = Rate()

    async def enroll(self, request: Request) -> Response:
        value = await web.json_body(request)
        secret, device = value.get("secret"), value.get("device")
        if not isinstance(secret, str) or not isinstance(device, str):
            return web.error(400, "bad-request", "secret and device must be texts")
        if not device or len(device) > _DEVICE_LIMIT or not device.isprintable() or device == OWN:
            message = f"device must have 1 to {_DEVICE_LIMIT} printable characters, and not be {OWN}"
            return web.error(400, "bad-request", message)
        if not self._keys.may_enrol(secret):
            return web.error(403, "wrong-secret", "this is not the enrol secret")
        if self._keys.devices.is_barred(device):
            return web.error(403, "revoked", "this device was revoked; an administrator can let it in again")
        return web.answer({"token": await run_in_threadpool(self._enrol, device)})

    def _enrol(self, device: str) -> str:
        return self._keys.devices.give(device, DEVICE, stamp(time.time()))

    async def records(self, request: Request) -> Response:
        token = self._keys.devices.find(web.bearer(request))
        if token is None:
            return web.error(401, "not-enrolled", "this token belongs to no device")
        wait = self._rate.wait(token.name, time.monotonic())
        if wait:
            headers = {"retry-after": str(math.ceil(wait))}
            return web.answer({"error": "too-many", "message": "this device sends too often"}, 429, headers)
        encoding = request.headers.get("content-encoding", "identity").lower()
        if encoding not in batch.ENCODINGS:
            return web.error(415, "unknown-encoding", f"content-encoding must be one of {', '.join(batch.ENCODINGS)}")
        data = await web.body(request, batch.LIMIT)
        gone = request.query_params.get("gone") == "1"
        try:
            return web.answer(await run_in_threadpool(self._take, token.name, data, encoding, gone=gone))
        except batch.BadBatchError as problem:
            word = "too-long" if problem.status == 413 else "bad-records"
            return web.error(problem.status, word, problem.message, line=problem.line)
        except ingest.GapError as problem:
            return web.error(409, "gap", str(problem), expected=problem.expected)

    async def health(self, _request: Request) -> Response:
        return web.answer({"ok": True, **await run_in_threadpool(self._index)})

    def _index(self) -> dict[str, Any]:
        """Return how the index is: what goes wrong with it keeps nobody from sending records."""
        try:
            lacks = self._store.lacks()
        except (OSError, sqlite3.Error):
            return {"index": "unusable", "behind": 0}
        word = "incomplete" if lacks.missing else "behind" if lacks.behind else "whole"
        return {"index": word, "behind": lacks.behind}

    def _take(self, device: str, data: bytes, encoding: str, *, gone: bool) -> dict[str, Any]:
        return self._taker.take(device, self._checkers.read(data, encoding), time.time(), gone=gone)
