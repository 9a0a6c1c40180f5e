"""What holds for every request: where it may come from, what is said when it fails, and which headers go back."""

from __future__ import annotations

import ipaddress
import logging
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Match
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hip.engine.server_logs import describe_exception
from hip.gateway.limits import TooMany
from hip.gateway.wording import Problem, load_words
from hip.records.database import RecordsError

logger = logging.getLogger(__name__)

#: Everything comes from this server; nothing may put our pages in a frame, or a form or script of others into them.
CONTENT_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)

HEADERS: Final = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}

#: Two years, as browsers' preload lists ask for.
TRANSPORT_SECURITY: Final = "max-age=63072000; includeSubDomains"


def problem_response(problem: Problem) -> Response:
    """The answer to a request that is refused."""
    body = {"error": {"code": problem.code, "message": load_words().problems[problem.kind]}}
    headers = {} if problem.retry_after is None else {"Retry-After": str(problem.retry_after)}
    if problem.status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return JSONResponse(body, problem.status, headers)


def address_of(request: Request) -> str:
    """Whom a request is counted for: an IPv4 address, or the network of an IPv6 one, which one household has."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, 64), strict=False))
    return str(address)


class Guard:
    """The outermost layer: refuses pages of other websites, and sets the headers of every response.

    Args:
        app: what lies inside.
        origins: whose pages may call; a request that names no origin comes from no page.
        secure: the public reaches us over https.
    """

    def __init__(self, app: ASGIApp, origins: frozenset[str], secure: bool) -> None:
        self._app = app
        self._origins = origins
        self._headers = HEADERS | ({"Strict-Transport-Security": TRANSPORT_SECURITY} if secure else {})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers.setdefault(name, value)
            await send(message)

        origin = Headers(scope=scope).get("origin")
        if origin is None or origin in self._origins:
            await self._app(scope, receive, send_with_headers)
        else:
            await problem_response(Problem("bad_origin"))(scope, receive, send_with_headers)


class Catcher:
    """The innermost layer: turns every failure into a clear answer, so that no stack trace gets anywhere."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""
        started = False

        async def watch(message: Message) -> None:
            nonlocal started
            started = started or message["type"] == "http.response.start"
            await send(message)

        try:
            await self._app(scope, receive, watch)
        except Exception as error:
            if scope["type"] != "http" or started:  # nothing can be said any more; the connection ends
                raise
            await problem_response(problem_for(error))(scope, receive, send)


def problem_for(error: Exception) -> Problem:
    """What a person is told of any failure; what nobody foresaw is logged without its message."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, TooMany):
        return Problem("too_many", error.retry_after)
    if isinstance(error, HTTPException):
        return Problem("not_found" if error.status_code == 404 else "bad_request")
    if isinstance(error, TimeoutError):
        logger.error("A request took too long; the person was told")
    elif isinstance(error, RecordsError):
        logger.error("%s", error)  # holds no SQL, parameter or row
    else:
        logger.error("A request failed\n%s", describe_exception(error))
    return Problem("unavailable")


async def answer_refusal(request: Request, error: Exception) -> Response:
    """For Starlette's own refusals, of an address or a method."""
    response = problem_response(problem_for(error))
    if isinstance(error, HTTPException) and error.status_code == 405:
        response.status_code = 405
        response.headers["Allow"] = allowed_methods(request)
    return response


def allowed_methods(request: Request) -> str:
    """The methods of an address, as the header ``Allow`` lists them: Starlette itself looks at its first route only."""
    routes = [route for route in request.app.routes if route.matches(request.scope)[0] is not Match.NONE]
    # The path of a plain route fits that of the widget's files, too.
    plain = [route for route in routes if route.path == request.url.path] or routes
    return ", ".join(sorted({method for route in plain for method in route.methods}))
