"""A scripted stand-in for Rasa's REST channel, on a real port in a thread of its own."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hip.launch.readiness import free_port

Script = Callable[[dict[str, Any]], Awaitable[Any]]


async def echo(message: dict[str, Any]) -> Any:
    """Says back what it heard, with two buttons."""
    heard = message["message"]
    buttons = [{"title": "Left", "payload": "Left"}, {"title": "Start again", "payload": "/restart"}]
    return [{"recipient_id": "x", "text": f"You said: {heard}", "buttons": buttons}]


class FakeRasa:
    """What it hears is kept in ``heard``; what it answers is decided by ``script``."""

    def __init__(self) -> None:
        self.port = free_port()
        self.heard: list[dict[str, Any]] = []
        self.script: Script = echo
        self.at_once = 0
        self.most_at_once: dict[str, int] = {}
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def texts(self) -> list[str]:
        """What it heard, without the greetings."""
        return [message["message"] for message in self.heard if message["message"] != "hello"]

    async def _receive(self, request: Request) -> Response:
        message = await request.json()
        sender = message["sender"]
        self.heard.append(message)
        working = sum(1 for other in self._working if other == sender) + 1
        self.most_at_once[sender] = max(working, self.most_at_once.get(sender, 0))
        self._working.append(sender)
        try:
            answer = await self.script(message)
        finally:
            self._working.remove(sender)
        return answer if isinstance(answer, Response) else JSONResponse(answer)

    def start(self) -> None:
        """Listen."""
        self._working: list[str] = []
        app = Starlette(routes=[Route("/webhooks/rest/webhook", self._receive, methods=["POST"])])
        config = uvicorn.Config(app, port=self.port, log_level="critical", ws="none", timeout_graceful_shutdown=0)
        server = self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
        self._thread.start()
        while not server.started:
            time.sleep(0.01)

    def stop(self) -> None:
        """As if it had crashed: what it was working on is lost."""
        if self._server and self._thread:
            self._server.should_exit = self._server.force_exit = True
            self._thread.join()
            self._server = None
