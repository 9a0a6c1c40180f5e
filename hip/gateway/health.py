"""Whether this process lives, and whether a message can really be answered."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from typing import Final

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hip.gateway.wording import Problem
from hip.launch.failure import LaunchError
from hip.launch.readiness import assistant_answers
from hip.records import RecordsError
from hip.records.reach import reach
from hip.settings import Settings

#: An answer is good for so many seconds: anybody may ask, and each time a message goes through all servers.
GOOD_FOR: Final = 5.0
_SECONDS: Final = 9.0


@dataclass
class Health:
    """The endpoints."""

    settings: Settings
    _asked: float = field(default=float("-inf"), init=False)
    _ready: bool = field(default=False, init=False)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock, init=False)

    def routes(self) -> list[Route]:
        """Both routes."""
        return [Route("/healthz", self.lives), Route("/readyz", self.answers)]

    async def lives(self, _request: Request) -> Response:
        """GET /healthz"""
        return JSONResponse({"status": "ok"})

    async def answers(self, _request: Request) -> Response:
        """GET /readyz"""
        async with self._lock:
            if time.monotonic() - self._asked > GOOD_FOR:
                try:
                    async with asyncio.timeout(_SECONDS):
                        self._ready = await to_thread.run_sync(self._ask, abandon_on_cancel=True)
                except TimeoutError:
                    self._ready = False
                self._asked = time.monotonic()
        if not self._ready:
            raise Problem("unavailable")
        return JSONResponse({"status": "ok"})

    def _ask(self) -> bool:
        """Look at the database, then have a greeting answered; it leaves nothing behind."""
        try:
            reach(self.settings.database_url)
            return assistant_answers(self.settings)
        except (RecordsError, LaunchError):
            return False
