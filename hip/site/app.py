"""Puts the staff page together."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from typing import Final

from argon2 import PasswordHasher
from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hip.gateway.aftercare import Aftercare
from hip.gateway.guard import HEADERS, TRANSPORT_SECURITY, allowed_methods
from hip.gateway.limits import MinuteLimit
from hip.handover.booking import BookingDesk
from hip.records import Clock, RecordStore, build_engine, utc_now
from hip.records.encryption import Vault
from hip.settings import LOOPBACK, Settings
from hip.site.accounts import Accounts
from hip.site.audit import Audit
from hip.site.casebook import Casebook
from hip.site.entrance import Entrance
from hip.site.figures import FigureReader
from hip.site.logins import Logins
from hip.site.pages import Pages
from hip.site.queue import Queue
from hip.site.views import TEMPLATES, Views
from hip.site.visit import NOT_FOUND, Door, Refusal

#: No script at all, and forms go to this server only.
CONTENT_POLICY: Final = (
    "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)

#: How often one address may ask, and may try to log in, a minute.
REQUESTS: Final = 300
LOGINS: Final = 20


def build_app(
    settings: Settings,
    *,
    clock: Clock = utc_now,
    ticks: Callable[[], float] = time.monotonic,
    hasher: PasswordHasher | None = None,
) -> Starlette:
    """The web application.

    Args:
        settings: with keys; see ``hip.launch.keys``.
        clock: gives the present moment.
        ticks: seconds that never go back, for the limits.
        hasher: hashes passwords; a test passes a quick one.

    Raises:
        EncryptionError, ContentError, DatabaseUrlError: naming what is missing or wrong.
    """
    vault, engine, booking = Vault(settings.data_keys), build_engine(settings.database_url), BookingDesk.load()
    records, audit = RecordStore(engine, vault, clock), Audit(engine, clock)
    aftercare = Aftercare(engine, records, vault, booking, clock)
    secure = settings.site_url.startswith("https://")
    door = Door(Logins(engine, clock), Views(booking.clinic), MinuteLimit(REQUESTS, ticks), _origins(settings), secure)
    casebook = Casebook(engine, records, vault, aftercare, clock)
    routes = [
        Route("/healthz", _lives),
        Route("/site.css", _style),
        *Entrance(door, Accounts(engine, clock, hasher), audit, MinuteLimit(LOGINS, ticks)).routes(),
        *Pages(door, audit, Queue(engine), casebook, FigureReader(engine, clock), clock).routes(),
    ]

    async def refuse(request: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 404
        response = door.refuse(Refusal(status, *NOT_FOUND))
        if status == 405:
            response.headers["Allow"] = allowed_methods(request)
        return response

    return Starlette(
        routes=routes,
        middleware=[Middleware(SafeHeaders, secure=secure)],
        exception_handlers={HTTPException: refuse},
        lifespan=partial(_live, engine=engine),
    )


class SafeHeaders:
    """Sets the headers of every response."""

    def __init__(self, app: ASGIApp, secure: bool) -> None:
        self._app = app
        more = {"Strict-Transport-Security": TRANSPORT_SECURITY} if secure else {}
        # With "no-referrer" a browser would send its own forms with the origin "null", as a foreign page's would be.
        own = {"Content-Security-Policy": CONTENT_POLICY, "Referrer-Policy": "same-origin"}
        self._headers = HEADERS | own | more

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._headers.items():
                    headers[name] = value
            await send(message)

        await self._app(scope, receive, send_with_headers)


def _origins(settings: Settings) -> frozenset[str]:
    origins = {settings.site_url}
    if settings.site_host == LOOPBACK:
        origins |= {f"http://{LOOPBACK}:{settings.site_port}", f"http://localhost:{settings.site_port}"}
    return frozenset(origins)


async def _lives(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


async def _style(_request: Request) -> Response:
    return FileResponse(TEMPLATES / "site.css", media_type="text/css")


@asynccontextmanager
async def _live(_app: Starlette, engine: Engine) -> AsyncIterator[None]:
    try:
        yield
    finally:
        engine.dispose()
