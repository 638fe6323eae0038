"""The collector's web application. Answers are JSON; errors are {"error": word, "message": text}.

POST /v1/enroll    {"secret", "device"} -> {"token"}
POST /v1/records   NDJSON, plain or gzip, device's token -> {"receipt", "key", "signature", "alerts"}
                   409 {"expected"}: records are missing before these; with ?gone=1 they are taken anyway
GET  /v1/search    ?q=QUERY&limit=N&before=NUMBER, reader's token -> {"records": [...], "complete", "next"}
GET  /v1/chains    reader's token -> {"chains": [...], "alerts": [...]}
GET  /healthz      -> {"ok": true}
GET  /bundle/…     the published bundle, if the collector was told to serve one
"""

from __future__ import annotations

import sqlite3
import time
import zlib
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from agentguard import jsontext
from agentguard.audit import query
from agentguard.audit.record import stamp
from agentguard.audit.unsent import BATCH_BYTES, BATCH_RECORDS
from agentguard.collector import ingest
from agentguard.collector.store import NEWEST
from agentguard.errors import AuditError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentguard.collector.keys import Keys
    from agentguard.collector.store import Store

_BODY_LIMIT = BATCH_BYTES + BATCH_RECORDS + 64 * 1024  # bytes, as sent and unpacked
_ENROL_LIMIT = 8 * 1024
_DEVICE_LIMIT = 200  # characters
_RESULTS, _MOST_RESULTS = 100, 1000
_LOOK_AT = 200_000  # records that one search looks at, at most
_RETRY_SECONDS = "60"


def application(keys: Keys, store: Store, taker: ingest.Ingest, bundle_folder: str = "") -> Starlette:
    """Return the application. `bundle_folder` is served read-only under /bundle/ if it is named."""
    service = _Service(keys, store, taker)
    routes: list[Route | Mount] = [
        Route("/v1/enroll", service.enroll, methods=["POST"]),
        Route("/v1/records", service.records, methods=["POST"]),
        Route("/v1/search", service.search, methods=["GET"]),
        Route("/v1/chains", service.chains, methods=["GET"]),
        Route("/healthz", service.health, methods=["GET"]),
    ]
    if bundle_folder:
        routes.append(Mount("/bundle", StaticFiles(directory=bundle_folder)))
    handlers: dict[Any, Any] = {
        HTTPException: _http_error,
        OSError: _no_room,
        sqlite3.Error: _no_room,
        Exception: _internal,
    }
    return Starlette(routes=routes, exception_handlers=handlers)


class _Service:
    """The routes."""

    def __init__(self, keys: Keys, store: Store, taker: ingest.Ingest) -> None:
        self._keys = keys
        self._store = store
        self._taker = taker

    async def enroll(self, request: Request) -> Response:
        body = await _body(request, _ENROL_LIMIT)
        try:
            value = jsontext.loads(body)
            secret, device = value["secret"], value["device"]
        except (jsontext.JsonError, KeyError, TypeError):
            return _error(400, "bad-request", "the body must be an object with secret and device")
        if not isinstance(secret, str) or not isinstance(device, str):
            return _error(400, "bad-request", "secret and device must be texts")
        if not device or len(device) > _DEVICE_LIMIT or not device.isprintable():
            return _error(400, "bad-request", f"device must have 1 to {_DEVICE_LIMIT} printable characters")
        if not self._keys.may_enrol(secret):
            return _error(403, "wrong-secret", "this is not the enrol secret")
        return _json({"token": await run_in_threadpool(self._keys.enrol, device, stamp(time.time()))})

    async def records(self, request: Request) -> Response:
        device = self._keys.device(_bearer(request))
        if device is None:
            return _error(401, "not-enrolled", "this token belongs to no device")
        encoding = request.headers.get("content-encoding", "identity").lower()
        if encoding not in ("identity", "gzip"):
            return _error(415, "unknown-encoding", "content-encoding must be gzip or none")
        body = await _body(request, _BODY_LIMIT)
        gone = request.query_params.get("gone") == "1"
        try:
            return _json(await run_in_threadpool(self._take, device, body, encoding, gone=gone))
        except ingest.BadRecordsError as error:
            return _error(400, "bad-records", str(error), line=error.line)
        except ingest.GapError as error:
            return _error(409, "gap", str(error), expected=error.expected)

    def _take(self, device: str, body: bytes, encoding: str, *, gone: bool) -> dict[str, Any]:
        data = _unpacked(body) if encoding == "gzip" else body
        return self._taker.take(device, ingest.batch(data), time.time(), gone=gone)

    async def search(self, request: Request) -> Response:
        if not self._keys.may_read(_bearer(request)):
            return _error(401, "not-a-reader", "searching takes the reader's token")
        limit = request.query_params.get("limit", str(_RESULTS))
        if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:9]) <= _MOST_RESULTS):
            return _error(400, "bad-request", f"limit must be 1 to {_MOST_RESULTS}")
        try:
            terms = query.parse(request.query_params.get("q", ""), now=time.time())
        except query.QueryError as error:
            return _error(400, "bad-query", error.diagnostics())
        before = request.query_params.get("before", str(NEWEST))
        if not (before.isascii() and before.isdigit() and int(before[:20]) <= NEWEST):
            return _error(400, "bad-request", "before must be the number that the search before gave as next")
        return _json(await run_in_threadpool(self._search, terms, int(limit), int(before)))

    def _search(self, terms: query.Group, limit: int, before: int) -> dict[str, Any]:
        """Return records, and where to go on if there may be more: `next` is the number of the last one looked at."""
        found: list[dict[str, Any]] = []
        last = before
        for looked_at, (number, (header, line)) in enumerate(self._store.before(before)):
            if len(found) == limit or looked_at == _LOOK_AT:
                return {"records": found, "complete": False, "next": last}
            last = number
            if line is None:
                continue
            body = {**line.body, "device": header["device"]}  # the device is the token's, whatever the record says
            if query.matches(terms, body, line.texts, header["at"]):
                facts = {"received": header["at"], "device": header["device"], "flag": header["flag"], "h": line.h}
                found.append({**facts, "body": line.body, "texts": line.texts})
        return {"records": found, "complete": True, "next": None}

    async def chains(self, request: Request) -> Response:
        if not self._keys.may_read(_bearer(request)):
            return _error(401, "not-a-reader", "reading takes the reader's token")
        return _json(await run_in_threadpool(self._chains))

    def _chains(self) -> dict[str, Any]:
        return {"chains": self._store.chains(), "alerts": self._store.alerts()}

    async def health(self, _request: Request) -> Response:
        return _json({"ok": True})


def _bearer(request: Request) -> str:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def _body(request: Request, limit: int) -> bytes:
    data = bytearray()
    try:
        async for chunk in request.stream():
            data += chunk
            if len(data) > limit:
                raise HTTPException(413, f"the body is longer than {limit} bytes")
    except ClientDisconnect:
        raise HTTPException(400, "the body was cut off") from None
    return bytes(data)


def _unpacked(data: bytes) -> bytes:
    """Return what a gzip body holds. Raises `HTTPException` and `BadRecordsError`."""
    unpack = zlib.decompressobj(wbits=31)  # a gzip header, and nothing else
    try:
        found = unpack.decompress(data, _BODY_LIMIT + 1)
    except zlib.error:
        raise ingest.BadRecordsError("the body is not gzip") from None
    if len(found) > _BODY_LIMIT:
        raise HTTPException(413, f"the body unpacks to more than {_BODY_LIMIT} bytes")
    if not unpack.eof or unpack.unused_data:
        raise ingest.BadRecordsError("the gzip body is cut off or has something after its end")
    return found


def _json(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    return Response(jsontext.dumps(value), status, headers, "application/json")


def _error(status: int, code: str, message: str, **more: Any) -> Response:
    return _json({"error": code, "message": message, **more}, status)


async def _http_error(_request: Request, error: HTTPException) -> Response:
    return _error(error.status_code, "http", error.detail)


async def _no_room(_request: Request, error: OSError | sqlite3.Error) -> Response:
    message = f"the collector cannot use its data now: {getattr(error, 'strerror', None) or error}"
    return _json({"error": "no-room", "message": message}, 503, {"retry-after": _RETRY_SECONDS})


async def _internal(_request: Request, error: Exception) -> Response:
    what = error.message if isinstance(error, AuditError) else type(error).__name__
    return _error(500, "internal", f"the collector failed: {what}")
