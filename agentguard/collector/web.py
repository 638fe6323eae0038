"""What all routes of the collector share: who is asking, bodies within limits, answers and errors.

Answers are JSON; errors are {"error": word, "message": text}. A client that is slow to send is let go.
"""

from __future__ import annotations

import asyncio
import sqlite3
from typing import TYPE_CHECKING, Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from agentguard import jsontext
from agentguard.collector.tokens import ADMIN
from agentguard.errors import AuditError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from agentguard.collector.access import AccessLog
    from agentguard.collector.tokens import Token, Tokens

BODY_SECONDS = 30.0  # for a whole body to come
_RETRY_SECONDS = "60"


class Door:
    """Lets readers in. Whoever may not come in is recorded: by the token's name, and without one by address."""

    def __init__(self, readers: Tokens, access: AccessLog) -> None:
        self._readers = readers
        self._access = access

    def enter(self, request: Request, token: str, *scopes: str) -> Token:
        """Return whose token it is. Raises `HTTPException` unless it has one of these scopes; an admin's has all.

        What cannot be recorded raises OSError or sqlite3.Error. It may wait for the disk.
        """
        who = self.known(request, token)
        if who is None:
            raise HTTPException(401, "this takes a reader's token", {"www-authenticate": "Bearer"})
        self.allow(request, who, *scopes)
        return who

    def allow(self, request: Request, who: Token, *scopes: str) -> None:
        """Do nothing if a reader's token has one of these scopes. Raises as `enter` does."""
        if who.scope not in (*scopes, ADMIN):
            needed = f"this takes a token with scope {' or '.join(scopes or (ADMIN,))}; yours has {who.scope}"
            raise self.refusal(request, who, needed)

    def known(self, request: Request, token: str) -> Token | None:
        """Return whose token it is, None if it is nobody's."""
        who = self._readers.find(token) if token else None
        if who:
            self._access.settle()
        elif token:
            self._access.stranger(request.client.host if request.client else "unknown")
        return who

    def refusal(self, request: Request, who: Token, why: str) -> HTTPException:
        """Record that a reader may not have what was asked for; return the error to raise."""
        self._access.refused(who.name, request.url.path, request.query_params, why)
        return HTTPException(403, why)


def bearer(request: Request) -> str:
    """Return the token of a request, "" if it has none."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def body(request: Request, limit: int) -> bytes:
    """Return the body as it was sent. Raises `HTTPException` if it is too long, too slow or cut off."""
    data = bytearray()
    try:
        async with asyncio.timeout(BODY_SECONDS):
            async for chunk in request.stream():
                data += chunk
                if len(data) > limit:
                    raise HTTPException(413, f"the body is longer than {limit} bytes", {"connection": "close"})
    except TimeoutError:
        raise HTTPException(408, "the body took too long to come", {"connection": "close"}) from None
    except ClientDisconnect:
        raise HTTPException(400, "the body was cut off") from None
    return bytes(data)


async def json_body(request: Request, limit: int = 8 * 1024) -> dict[str, Any]:
    """Return the body as an object. Raises `HTTPException`."""
    try:
        value = jsontext.loads(await body(request, limit))
    except jsontext.JsonError:
        value = None
    if not isinstance(value, dict):
        raise HTTPException(400, "the body must be a JSON object")
    return value


def answer(value: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """Return an answer in JSON."""
    return Response(jsontext.dumps(value), status, headers, "application/json")


def error(status: int, code: str, message: str, **more: Any) -> Response:
    """Return an error."""
    return answer({"error": code, "message": message, **more}, status)


async def _http_error(_request: Request, problem: HTTPException) -> Response:
    words = {400: "bad-request", 401: "no-token", 403: "not-allowed", 413: "too-long", 429: "too-many"}
    value = {"error": words.get(problem.status_code, "http"), "message": problem.detail}
    return answer(value, problem.status_code, problem.headers)


async def _no_room(_request: Request, problem: OSError | sqlite3.Error) -> Response:
    message = f"the collector cannot use its data now: {getattr(problem, 'strerror', None) or problem}"
    return answer({"error": "no-room", "message": message}, 503, {"retry-after": _RETRY_SECONDS})


async def _internal(_request: Request, problem: Exception) -> Response:
    what = problem.message if isinstance(problem, AuditError) else type(problem).__name__
    return error(500, "internal", f"the collector failed: {what}")


HANDLERS: dict[Any, Any] = {
    HTTPException: _http_error,
    OSError: _no_room,
    sqlite3.Error: _no_room,
    Exception: _internal,
}
