"""The routes of the pages. Whoever is not signed in is sent to the form; every read is recorded before it is answered."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING, Any

import jinja2
from markupsafe import Markup
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

from agentguard.audit.query import QueryError
from agentguard.collector import web
from agentguard.collector.pages import session
from agentguard.collector.pages.policies import Policies
from agentguard.collector.pages.views import EXAMPLES, Views, search_url
from agentguard.collector.tokens import FLEET, SEARCH

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from agentguard.collector.access import AccessLog
    from agentguard.collector.keys import Keys
    from agentguard.collector.pages.views import Shown
    from agentguard.collector.store import Store
    from agentguard.collector.tokens import Token

_HERE = os.path.dirname(os.path.abspath(__file__))
HEADERS = {
    "content-security-policy": "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
}


def routes(keys: Keys, store: Store, access: AccessLog, bundle_folder: str) -> list[Route]:
    """Return the routes."""
    pages = _Pages(keys, access)
    views = Views(store, Policies(bundle_folder))
    with open(os.path.join(_HERE, "page.css"), "rb") as file:
        style = file.read()

    async def css(_request: Request) -> Response:
        return Response(style, media_type="text/css", headers={"cache-control": "max-age=3600", **_NOSNIFF})

    return [
        Route("/", pages.page(views.search, SEARCH), methods=["GET"]),
        Route("/records/{id}", pages.page(views.record, SEARCH), methods=["GET"]),
        Route("/devices", pages.page(views.devices, SEARCH, FLEET), methods=["GET"]),
        Route("/alerts", pages.page(views.alerts, SEARCH, FLEET), methods=["GET"]),
        Route("/records.csv", pages.file(views.csv, SEARCH), methods=["GET"]),
        Route(session.SIGN_IN, pages.form, methods=["GET"]),
        Route(session.SIGN_IN, pages.sign_in, methods=["POST"]),
        Route("/signout", pages.sign_out, methods=["POST"]),
        Route("/page.css", css, methods=["GET"]),
    ]


_NOSNIFF = {"x-content-type-options": "nosniff"}


def _visible(value: Any) -> Any:
    """Return a value as it may stand on a page: what cannot be seen is written out, so that nothing hides or turns."""
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return "".join(char if char.isprintable() or char == "\n" else ascii(char)[1:-1] for char in value)


class _Pages:
    """Draws templates for whoever is signed in."""

    def __init__(self, keys: Keys, access: AccessLog) -> None:
        self._door = web.Door(keys.readers, access)
        self._access = access
        self._templates = jinja2.Environment(
            loader=jinja2.FileSystemLoader(os.path.join(_HERE, "templates")),
            autoescape=True,
            undefined=jinja2.StrictUndefined,
            finalize=_visible,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.globals["search_url"] = search_url

    def page(self, view: Callable[[Request], Shown], *scopes: str) -> Callable[[Request], Any]:
        """Return the endpoint that shows a view to readers with one of these scopes."""

        def drawn(request: Request, who: Token) -> Response:
            shown = view(request)
            self._access.read(who.name, request.url.path, request.query_params, shown.found)
            return self._html(shown.template, who, request, shown.values)

        return self._for_readers(drawn, scopes)

    def file(self, view: Callable[[Request], tuple[bytes, int, str]], *scopes: str) -> Callable[[Request], Any]:
        """Return the endpoint that hands a file out."""

        def handed(request: Request, who: Token) -> Response:
            data, found, name = view(request)
            self._access.read(who.name, request.url.path, request.query_params, found)
            headers = {**HEADERS, "content-disposition": f'attachment; filename="{name}"'}
            return Response(data, media_type="text/csv; charset=utf-8", headers=headers)

        return self._for_readers(handed, scopes)

    async def form(self, request: Request) -> Response:
        then = session.local(request.query_params.get("next", "/"))
        return self._html("signin.html", None, request, {"next": then, "wrong": ""})

    async def sign_in(self, request: Request) -> Response:
        fields = await session.form(request)
        then, token = session.local(fields.get("next", "/")), fields.get("token", "").strip()
        if await run_in_threadpool(self._door.known, request, token) is None:
            wrong = "This is no reader's token, or it was revoked."
            return self._html("signin.html", None, request, {"next": then, "wrong": wrong}, 403)
        return session.signed_in(request, token, then)

    async def sign_out(self, _request: Request) -> Response:
        return session.signed_out()

    def _for_readers(
        self, work: Callable[[Request, Token], Response], scopes: tuple[str, ...]
    ) -> Callable[[Request], Any]:
        def answered(request: Request, who: Token) -> Response:
            self._door.allow(request, who, *scopes)
            return work(request, who)

        async def endpoint(request: Request) -> Response:
            who = await run_in_threadpool(self._door.known, request, session.token_of(request))
            if who is None:
                return session.to_sign_in(request)
            try:
                return await run_in_threadpool(answered, request, who)
            except QueryError as problem:
                values = {"q": request.query_params.get("q", ""), "problem": problem.diagnostics(), "examples": [
                    (name, example, search_url(example)) for name, example in EXAMPLES]}  # fmt: skip
                return self._html("wrong.html", who, request, values, 400)
            except HTTPException as problem:
                return self._failed(who, request, problem.status_code, str(problem.detail))
            except (OSError, sqlite3.Error) as problem:
                reason = getattr(problem, "strerror", None) or str(problem)
                return self._failed(who, request, 503, f"the collector cannot use its data now: {reason}")

        return endpoint

    def _failed(self, who: Token, request: Request, status: int, message: str) -> Response:
        return self._html("error.html", who, request, {"status": status, "message": message}, status)

    def _html(
        self, template: str, who: Token | None, request: Request, values: dict[str, Any], status: int = 200
    ) -> Response:
        shared = {"who": who, "path": request.url.path, "fleet_only": who is not None and who.scope == FLEET}
        text = self._templates.get_template(template).render({**shared, **values})
        return HTMLResponse(text, status, headers=HEADERS)
