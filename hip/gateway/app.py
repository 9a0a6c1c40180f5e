"""Puts the gateway together."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import httpx2
from sqlalchemy.engine import Engine
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware

from hip.gateway.aftercare import Aftercare
from hip.gateway.api import Api, Limits
from hip.gateway.conversations import Conversations
from hip.gateway.guard import Catcher, Guard, answer_refusal
from hip.gateway.health import Health
from hip.gateway.limits import MinuteLimit
from hip.gateway.pages import DIST, Pages
from hip.gateway.rasa import Rasa
from hip.gateway.tokens import TokenMaker
from hip.gateway.turns import RASA_SECONDS, TurnDesk
from hip.handover.booking import BookingDesk
from hip.records import Clock, RecordStore, build_engine, utc_now
from hip.records.encryption import Vault
from hip.records.erasure import erase_everything, erase_tracker
from hip.settings import LOOPBACK, Settings


def build_app(
    settings: Settings, *, clock: Clock = utc_now, ticks: Callable[[], float] = time.monotonic, dist: Path = DIST
) -> Starlette:
    """The web application.

    Args:
        settings: with keys; see ``hip.launch.keys``.
        clock: gives the present moment.
        ticks: seconds that never go back, for the limits.
        dist: the widget's build.

    Raises:
        EncryptionError, SessionKeyError, ContentError, DatabaseUrlError: naming what is missing or wrong.
    """
    vault, tokens = Vault(settings.data_keys), TokenMaker(settings.session_keys)
    engine, tracker = build_engine(settings.database_url), build_engine(settings.tracker_database_url)
    booking = BookingDesk.load()
    conversations = Conversations(engine, vault, clock)
    client = httpx2.AsyncClient(timeout=httpx2.Timeout(RASA_SECONDS, connect=2.0, pool=5.0))
    desk = TurnDesk(
        conversations,
        Rasa(client, settings.rasa_url, settings.public_url),
        partial(erase_everything, records=engine, tracker=tracker),
        partial(erase_tracker, tracker=tracker),
    )
    aftercare = Aftercare(engine, RecordStore(engine, vault, clock), vault, booking, clock)
    limits = Limits(
        address=MinuteLimit(settings.address_limit, ticks),
        begin=MinuteLimit(settings.address_session_limit, ticks),
        conversation=MinuteLimit(settings.session_limit, ticks),
    )
    routes = [
        *Health(settings).routes(),
        *Api(tokens, desk, conversations, aftercare, limits, booking, clock).routes(),
        *Pages(desk, aftercare, booking, limits, dist).routes(),
    ]
    return Starlette(
        routes=routes,
        middleware=_layers(settings),
        exception_handlers={HTTPException: answer_refusal},
        lifespan=partial(_live, desk=desk, client=client, engines=(engine, tracker)),
    )


def _layers(settings: Settings) -> list[Middleware]:
    return [
        Middleware(Guard, origins=own_origins(settings) | {*settings.allowed_origins}, secure=_is_https(settings)),
        Middleware(
            CORSMiddleware,
            allow_origins=list(settings.allowed_origins),
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=["Authorization", "Content-Type"],
            expose_headers=["Retry-After", "Content-Disposition"],
        ),
        Middleware(Catcher),
    ]


def own_origins(settings: Settings) -> frozenset[str]:
    """The origins of the gateway's own pages."""
    origins = {settings.public_url}
    if settings.gateway_host == LOOPBACK:
        origins |= {settings.gateway_url, f"http://localhost:{settings.gateway_port}"}
    return frozenset(origins)


def _is_https(settings: Settings) -> bool:
    return settings.public_url.startswith("https://")


@asynccontextmanager
async def _live(
    _app: Starlette, desk: TurnDesk, client: httpx2.AsyncClient, engines: tuple[Engine, ...]
) -> AsyncIterator[None]:
    """Until the server stops; what is being worked on is finished first."""
    try:
        yield
    finally:
        await desk.finish()
        await client.aclose()
        for engine in engines:
            engine.dispose()
