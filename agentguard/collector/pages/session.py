"""Who is looking at a page: a reader's token, typed once into a form and kept by the browser until it is closed.

The cookie is the token itself: the collector keeps no sessions, and what revokes the token ends what is open. Scripts
cannot read it (HttpOnly) and other sites cannot send it (SameSite=Strict), so a form of theirs changes nothing here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote

from starlette.responses import RedirectResponse, Response

from agentguard.collector import web

if TYPE_CHECKING:
    from starlette.requests import Request

COOKIE = "agentguard-reader"
SIGN_IN = "/signin"
_FORM_LIMIT = 4096  # bytes


def token_of(request: Request) -> str:
    """Return the token that the browser keeps, "" where it has none."""
    return request.cookies.get(COOKIE, "")


def to_sign_in(request: Request) -> Response:
    """Send the browser to the form, which leads back to what was asked for."""
    back = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    return RedirectResponse(f"{SIGN_IN}?next={quote(back, safe='')}", 303)


def local(path: str) -> str:
    """Return a path of this collector to go on to; "/" for anything that leads elsewhere."""
    fine = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable() and "\\" not in path
    return path if fine else "/"


async def form(request: Request) -> dict[str, str]:
    """Return the fields of a form that was sent. Raises `HTTPException`."""
    data = await web.body(request, _FORM_LIMIT)
    return {name: values[-1] for name, values in parse_qs(data.decode("utf-8", "replace")).items()}


def signed_in(request: Request, token: str, then: str) -> Response:
    """Have the browser keep a token and go on."""
    response = RedirectResponse(local(then), 303)
    response.set_cookie(COOKIE, token, httponly=True, samesite="strict", secure=request.url.scheme == "https")
    return response


def signed_out() -> Response:
    """Have the browser forget the token."""
    response = RedirectResponse(SIGN_IN, 303)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
    return response
