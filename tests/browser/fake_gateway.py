"""A server that speaks the gateway's contract with a fixed conversation, and fails when a test asks it to.

The questions are the clinic's own (``clinic/questions.yml``); no Rasa is behind it, so browser tests start in a second.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, Response
from starlette.routing import Route

from hip.content import ROOT
from hip.dialogue.questions import load_questions

DIST: Final = ROOT / "widget" / "dist"
PHONE: Final = "020 7946 0100"
TAG: Final = "ravenscroft-hip-assistant"

#: As strict as the gateway's, and with no way at all to make script from text.
STRICT: Final = (
    "default-src 'none'; script-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)

ORDER: Final = (
    *("consent", "respondent", "age", "infection_screen", "site", "side", "duration", "pain_score"),
    *("activity_limits", "read_back"),
)
READ_BACK: Final = [
    {"question": "age", "label": "Age", "text": "63"},
    {"question": "side", "label": "Which hip", "text": "Left"},
]
EMERGENCY: Final = "Call 999 now\nCall 999 now and ask for an ambulance.\nWhy I say this:\n- Chest pain needs help now."
RESULT: Final = "A hip pain consultation\nIt is worth talking to a clinician.\nCall NHS 111 if it gets worse."
REFERENCE: Final = "HIP-6R4C-5NMH"
NOTES: Final = ["If a booking page does not open, please phone us instead.", "Our phone is answered on weekdays."]
BOOKING: Final = f"https://booking.ravenscroft.example/consultation?ref={REFERENCE}"


@dataclass
class FakeGateway:
    """The server's state; a test may look at it and may set ``fault``.

    Attributes:
        fault: ``unavailable`` (503), ``too_many`` (429), ``slow`` (waits ``delay`` seconds); None: works.
        received: text of every message that was taken, once each.
        callbacks: what was sent to be phoned back.
        deleted: how many conversations were deleted.
    """

    url: str = ""
    fault: str | None = None
    delay: float = 0.0
    sessions: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    answers: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    received: list[str] = field(default_factory=list)
    attempts: list[str] = field(default_factory=list)
    callbacks: list[dict[str, Any]] = field(default_factory=list)
    deleted: int = 0
    number: int = 0

    def app(self) -> Starlette:
        """The web application."""
        routes = [
            Route("/", self.page),
            Route("/api/v1/sessions", self.start, methods=["POST"]),
            Route("/api/v1/messages", self.send, methods=["POST"]),
            Route("/api/v1/messages", self.history),
            Route("/api/v1/session", self.erase, methods=["DELETE"]),
            Route("/api/v1/summary", self.summary),
            Route("/api/v1/callback", self.call_back, methods=["POST"]),
            Route("/{file}", self.file),
        ]
        cors = Middleware(CORSMiddleware, allow_origins=["*"], allow_methods=["*"], allow_headers=["*"])
        return Starlette(routes=routes, middleware=[cors])

    async def page(self, request: Request) -> Response:
        """GET /: a page that holds the widget; its query becomes the widget's attributes."""
        attributes = " ".join(f'{name}="{value}"' for name, value in request.query_params.items())
        return host_page("/widget.js", f'phone="{PHONE}" {attributes}', STRICT)

    async def file(self, request: Request) -> Response:
        """GET /widget.js, /fixtures.html, /fixtures.js"""
        path = DIST / Path(request.path_params["file"]).name
        if not path.is_file():
            return Response(status_code=204 if path.name == "favicon.ico" else 404)
        return FileResponse(path, headers={"Content-Security-Policy": STRICT})

    async def start(self, _request: Request) -> Response:
        """POST sessions"""
        if refusal := await self._refusal():
            return refusal
        token = f"token-{len(self.sessions) + 1}"
        self.sessions[token] = []
        greeting = self._message("assistant", "Hello. I am the hip assistant of Ravenscroft Health.")
        self.sessions[token] += [greeting, self._question("consent")]
        return JSONResponse({"token": token, "messages": self.sessions[token]}, 201)

    async def send(self, request: Request) -> Response:
        """POST messages"""
        body = await request.json()
        self.attempts.append(body["id"])
        messages = self._session(request)
        if messages is None:
            return problem(401, "bad_token")
        if refusal := await self._refusal():
            return refusal
        if body["id"] not in self.answers:
            self.received.append(body["text"])
            messages.append(self._message("person", body["text"]))
            self.answers[body["id"]] = self._reply(messages, body["text"])
            messages += self.answers[body["id"]]
        if self.fault == "slow":
            await asyncio.sleep(self.delay)
        return JSONResponse({"messages": self.answers[body["id"]]})

    async def history(self, request: Request) -> Response:
        """GET messages"""
        messages = self._session(request)
        if messages is None:
            return problem(401, "bad_token")
        if refusal := await self._refusal():
            return refusal
        after = request.query_params.get("after")
        ids = [message["id"] for message in messages]
        return JSONResponse({"messages": messages[ids.index(after) + 1 if after else 0 :]})

    async def erase(self, request: Request) -> Response:
        """DELETE session"""
        if refusal := await self._refusal():
            return refusal
        self.sessions.pop(request.headers["authorization"].removeprefix("Bearer "))
        self.deleted += 1
        return Response(status_code=204)

    async def summary(self, request: Request) -> Response:
        """GET summary"""
        if refusal := await self._refusal():
            return refusal
        return Response(f"summary as {request.query_params['format']}", media_type="text/plain")

    async def call_back(self, request: Request) -> Response:
        """POST callback"""
        if refusal := await self._refusal():
            return refusal
        self.callbacks.append(await request.json())
        return JSONResponse({}, 201)

    def _session(self, request: Request) -> list[dict[str, Any]] | None:
        return self.sessions.get(request.headers.get("authorization", "").removeprefix("Bearer "))

    async def _refusal(self) -> Response | None:
        if self.fault == "unavailable":
            return problem(503, "unavailable", "Sorry, not working. In an emergency call 999. Urgent: NHS 111.")
        if self.fault == "too_many":
            return problem(429, "too_many", headers={"Retry-After": "1"})
        return None

    def _reply(self, messages: list[dict[str, Any]], text: str) -> list[dict[str, Any]]:
        if "chest pain" in text:
            outcome = {"care_level": "emergency_ambulance", "reasons": ["R8b"], "reference": None, "booking": []}
            return [self._message("assistant", EMERGENCY, {"outcome": outcome})]
        words = f"Hip pain consultation: {BOOKING} or phone 020 7946 0101\nYour reference is {REFERENCE}."
        if text == "how do I book?":
            return [self._message("assistant", words)]
        if text == "Start again":
            return [self._question("restart_confirm")]
        if text.startswith("Change: "):
            return [self._question("side")]
        if text.startswith("<"):
            return [self._message("assistant", f"You wrote {text}"), self._question("consent")]
        asked = [m["custom"]["question"]["id"] for m in messages if "question" in (m["custom"] or {})]
        left = [name for name in ORDER if name not in asked]
        if left:
            done = len(ORDER) - len(left)
            lines = "\n".join(f"- {line['text']}" for line in READ_BACK)
            said = [self._message("assistant", lines, {"read_back": READ_BACK})] if left[0] == "read_back" else []
            return [*said, self._question(left[0], {"done": done, "left_at_most": len(left)})]
        counted = f"{self.url}/go/{REFERENCE}?service=consultation"
        booking = [{"service": "consultation", "url": counted, "phone": "020 7946 0101"}]
        outcome = {"care_level": "consultation", "reasons": ["C1"], "reference": REFERENCE, "booking": booking}
        outcome["notes"] = NOTES
        return [
            self._message("assistant", RESULT, {"outcome": outcome}),
            self._message("assistant", words),
        ]

    def _question(self, name: str, progress: dict[str, int] | None = None) -> dict[str, Any]:
        said = load_questions().put(name, {}, 0)
        entry = load_questions().questions[name]
        part: dict[str, Any] = {"id": name, "kind": entry.kind.value, "options": list(said.buttons)}
        part |= {"none": entry.none_label} if entry.none_label else {}
        part |= {"not_sure": "Not sure"} if entry.not_sure else {}
        part |= {"skip": "Skip this question"} if entry.skip else {}
        part |= {"progress": progress} if progress else {}
        return self._message("assistant", said.text, {"question": part}, list(said.buttons))

    def _message(
        self, sender: str, text: str, custom: dict[str, Any] | None = None, labels: list[str] | None = None
    ) -> dict[str, Any]:
        self.number += 1
        buttons = [{"title": label, "payload": label} for label in labels or []]
        return {"id": f"{self.number:06}", "from": sender, "text": text, "buttons": buttons, "custom": custom}


def host_page(script: str, attributes: str, policy: str) -> Response:
    """A page with one script tag and one custom element, as the README shows it."""
    return HTMLResponse(
        '<!doctype html><html lang="en-GB"><head><meta charset="utf-8"><title>A clinic</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<script src="{script}" defer></script></head>'
        f"<body><main><h1>Our hip clinic</h1><{TAG} {attributes}></{TAG}></main></body></html>",
        headers={"Content-Security-Policy": policy},
    )


def problem(status: int, code: str, said: str = "", headers: dict[str, str] | None = None) -> Response:
    """An error as the contract words it."""
    return JSONResponse({"error": {"code": code, "message": said}}, status, headers)


@contextmanager
def serving(app: Starlette) -> Iterator[str]:
    """Serves an application on a free loopback port, in a thread of its own; gives its address."""
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="critical", ws="none", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("the server did not start")
            thread.join(0.02)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()
