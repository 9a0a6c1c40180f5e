"""What a browser opens: the page that holds the widget, the widget's files, and booking links that are counted."""

from __future__ import annotations

import asyncio
import html
import re
from dataclasses import dataclass
from pathlib import Path
from string import Template
from typing import Final

from starlette.requests import Request
from starlette.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from hip.content import ROOT
from hip.gateway.aftercare import Aftercare, urgent_words
from hip.gateway.api import Limits
from hip.gateway.description import load_description
from hip.gateway.guard import address_of
from hip.gateway.turns import TurnDesk
from hip.gateway.wording import Problem, load_words
from hip.handover.booking import BookingDesk
from hip.triage.levels import CareLevel

#: What `npm run build` makes of widget/.
DIST: Final = ROOT / "widget" / "dist"

_TEMPLATES: Final = Path(__file__).resolve().parent / "templates"
_FILE_NAME: Final = re.compile(r"[a-z0-9][a-z0-9_.-]{0,63}")
_KINDS: Final = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".html": "text/html",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
    ".woff2": "font/woff2",
}
#: Files may be kept for so many seconds, and other websites may load them: they hold nothing about anybody.
_PUBLIC: Final = {"Cache-Control": "public, max-age=300", "Cross-Origin-Resource-Policy": "cross-origin"}


@dataclass(frozen=True)
class Pages:
    """The endpoints."""

    desk: TurnDesk
    aftercare: Aftercare
    booking: BookingDesk
    limits: Limits
    dist: Path = DIST

    def routes(self) -> list[Route]:
        """All routes; the one for any other file comes last."""
        return [
            Route("/", self.chat),
            Route("/fixtures", self.fixtures),
            Route("/go/{reference}", self.go),
            Route("/openapi.json", self.description),
            Route("/page.css", self.style),
            Route("/widget.js", self.widget),
            Route("/{file}", self.file),
        ]

    async def chat(self, _request: Request) -> Response:
        """GET /"""
        words = load_words().pages
        return self._page(
            "chat.html", title=words["chat_title"], intro=words["chat_intro"], no_script=words["chat_no_script"]
        )

    async def fixtures(self, _request: Request) -> Response:
        """GET /fixtures"""
        return self._file("fixtures.html")

    async def widget(self, _request: Request) -> Response:
        """GET /widget.js"""
        return self._file("widget.js")

    async def file(self, request: Request) -> Response:
        """GET /{file}"""
        return self._file(request.path_params["file"])

    async def style(self, _request: Request) -> Response:
        """GET /page.css"""
        return FileResponse(_TEMPLATES / "page.css", media_type="text/css", headers=_PUBLIC)

    async def description(self, _request: Request) -> Response:
        """GET /openapi.json"""
        return JSONResponse(load_description())

    async def go(self, request: Request) -> Response:
        """GET /go/{reference}"""
        self.limits.address.use(address_of(request))
        service = request.query_params.get("service", "")
        async with asyncio.timeout(9):
            found = await self.desk.call(self.aftercare.follow, request.path_params["reference"], service)
        words = load_words().pages
        if found is None:
            return self._page("note.html", 404, title=words["link_title"], text=words["link_unknown"])
        if isinstance(found, CareLevel):
            title, text = urgent_words(found)
            return self._page("note.html", 409, title=words["link_urgent_title"], text=f"{title}. {text}")
        return RedirectResponse(found, 302)

    def _file(self, name: str) -> Response:
        path = self.dist / name
        kind = _KINDS.get(path.suffix)
        if kind is None or not _FILE_NAME.fullmatch(name) or not path.is_file():
            raise Problem("not_found")
        return FileResponse(path, media_type=kind, headers=_PUBLIC)

    def _page(self, template: str, status: int = 200, **words: str) -> Response:
        values = {"clinic": self.booking.clinic, "phone": self.booking.phone, **words}
        page = Template((_TEMPLATES / template).read_text(encoding="utf-8"))
        return HTMLResponse(page.substitute({name: html.escape(value) for name, value in values.items()}), status)
