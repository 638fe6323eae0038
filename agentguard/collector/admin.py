"""The routes for administrators: tokens of people, and devices. What is done is recorded like a read.

GET    /v1/tokens         -> {"tokens": [{"name", "scope", "at", "revoked"}]}
POST   /v1/tokens         {"name", "scope"} -> {"token"}: said this once
DELETE /v1/tokens/NAME    -> {"revoked": how many}
DELETE /v1/devices/NAME   -> {"revoked": how many}: the device sends no more, and cannot enrol under this name
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.routing import Route

from agentguard.audit.record import stamp
from agentguard.collector import web
from agentguard.collector.tokens import SCOPES

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from agentguard.collector.access import AccessLog
    from agentguard.collector.keys import Keys
    from agentguard.collector.tokens import Tokens

_NAME_LIMIT = 64  # characters


def routes(keys: Keys, access: AccessLog) -> list[Route]:
    """Return the routes."""
    door = web.Door(keys.readers, access)

    def route(path: str, method: str, work: Callable[[Request, dict[str, Any]], dict[str, Any]]) -> Route:
        async def endpoint(request: Request) -> Response:
            who = (await run_in_threadpool(door.enter, request, web.bearer(request))).name
            value = await web.json_body(request) if method == "POST" else {}
            found = await run_in_threadpool(work, request, value)
            asked: dict[str, str] = {name: str(value[name]) for name in ("name", "scope") if name in value}
            await run_in_threadpool(access.read, who, f"{method} {request.url.path}", asked, 1)
            return web.answer(found)

        return Route(path, endpoint, methods=[method])

    def tokens(_request: Request, _value: dict[str, Any]) -> dict[str, Any]:
        return {"tokens": [token._asdict() for token in keys.readers.all()]}

    def give(_request: Request, value: dict[str, Any]) -> dict[str, Any]:
        name, scope = value.get("name"), value.get("scope")
        if not isinstance(name, str) or not is_name(name) or scope not in SCOPES:
            raise HTTPException(400, f"name must be new letters and digits, scope one of {', '.join(SCOPES)}")
        if any(token.name == name and not token.revoked for token in keys.readers.all()):
            raise HTTPException(409, f"there is a token {name} already")
        return {"token": keys.readers.give(name, str(scope), stamp(time.time()))}

    def revoke(of: Tokens) -> Callable[[Request, dict[str, Any]], dict[str, Any]]:
        def work(request: Request, _value: dict[str, Any]) -> dict[str, Any]:
            count = of.revoke(request.path_params["name"], stamp(time.time()))
            if not count:
                raise HTTPException(404, "there is nothing of this name to revoke")
            return {"revoked": count}

        return work

    return [
        route("/v1/tokens", "GET", tokens),
        route("/v1/tokens", "POST", give),
        route("/v1/tokens/{name}", "DELETE", revoke(keys.readers)),
        route("/v1/devices/{name:path}", "DELETE", revoke(keys.devices)),
    ]


def is_name(name: str) -> bool:
    """Whether a token may have this name: letters, digits, dot, dash, underscore and @."""
    return 0 < len(name) <= _NAME_LIMIT and all(char.isalnum() or char in "._-@" for char in name) and name.isascii()
