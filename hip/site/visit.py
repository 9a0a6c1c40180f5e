"""One request of somebody who is logged in, and what every request must pass before it is answered."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import parse_qsl

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response, StreamingResponse

from hip.engine.server_logs import describe_exception
from hip.gateway.guard import address_of
from hip.gateway.limits import MinuteLimit, TooMany
from hip.records.database import RecordsError
from hip.site.accounts import Staff
from hip.site.logins import FORM_ONLY, Logins, is_form_key
from hip.site.views import Views

logger = logging.getLogger(__name__)

#: Seconds after which somebody is told that the page is still being made.
PATIENCE: Final = 0.4

_FORM_BYTES: Final = 64 * 1024
_MOST_FIELDS: Final = 20


class Refusal(Exception):
    """A request that is not answered as asked; title and text are shown."""

    def __init__(self, status: int, title: str, text: str) -> None:
        super().__init__(title)
        self.status, self.title, self.text = status, title, text


NOT_FOUND: Final = ("Nothing is here", "There is no such page or hand-over. It may have been deleted.")
FORGED: Final = (
    "That form was not accepted",
    "It was out of date, or did not come from this page. Go back, load the page again, and try once more.",
)
BROKEN: Final = (
    "This does not work at the moment",
    "The database or a part of this page does not answer. Nothing was changed. Please try again in a minute.",
)
TOO_MANY: Final = ("Too many requests", "Please wait a minute, then try again.")


@dataclass(frozen=True)
class Visit:
    """A request; ``staff`` is None and ``token`` stands for the login page's own cookie where nobody is logged in."""

    request: Request
    token: str
    staff: Staff | None
    form: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Who it is."""
        if self.staff is None:
            raise Refusal(403, *FORGED)
        return self.staff.name

    def number(self, name: str, default: int) -> int:
        """A whole number of the query that is at least 1; the default for anything else."""
        raw = self.request.query_params.get(name, "")
        return int(raw) if raw.isascii() and raw.isdecimal() and int(raw[:9]) > 0 and len(raw) < 9 else default


Page = Callable[[Visit], Response]


@dataclass(frozen=True)
class Door:
    """What every request passes: limits, origin, form, cookie, login.

    Attributes:
        logins: who is logged in.
        views: draws the pages.
        limit: requests of one address a minute.
        origins: the page's own.
        secure: staff reach it over https.
    """

    logins: Logins
    views: Views
    limit: MinuteLimit
    origins: frozenset[str]
    secure: bool

    @property
    def cookie(self) -> str:
        """Name of the cookie; the prefix makes browsers refuse one that another host or plain http set."""
        return "__Host-hip-staff" if self.secure else "hip-staff"

    def open_to_all(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        """A page that needs no login."""
        return self._answer(page, lambda visit: None)

    def staff_only(
        self, page: Page, *, new_too: bool = False, loads: str | None = None
    ) -> Callable[[Request], Awaitable[Response]]:
        """A page for those who are logged in.

        Args:
            page: draws it.
            new_too: also with a password that has yet to be changed.
            loads: the title under which it is said to be loading when it is not ready soon; None: it is waited for.
        """

        def turn_away(visit: Visit) -> Response | None:
            if visit.staff is None:
                where = "/login?ended=1" if visit.token and not visit.token.startswith(FORM_ONLY) else "/login"
                return RedirectResponse(where, 303)
            if visit.staff.must_change and not new_too:
                return RedirectResponse("/password", 303)
            return None

        return self._answer(page, turn_away, loads)

    def _answer(
        self, page: Page, turn_away: Callable[[Visit], Response | None], loads: str | None = None
    ) -> Callable[[Request], Awaitable[Response]]:
        async def answer(request: Request) -> Response:
            try:
                self.limit.use(address_of(request))
                form = await self._read_form(request) if request.method == "POST" else {}
                visit = await to_thread.run_sync(self._admit, request, form)
                turned = turn_away(visit)
                if turned is not None:
                    return turned
                if loads is None:
                    return await to_thread.run_sync(page, visit)
            except Exception as error:
                return self.refuse(error)
            return await self._draw(page, visit, loads)

        return answer

    async def _draw(self, page: Page, visit: Visit, title: str) -> Response:
        """The page; where it is not ready soon its head, with a word that it is loading, and then the page."""

        async def draw() -> Response:
            try:
                return await to_thread.run_sync(page, visit)
            except Exception as error:
                return self.refuse(error)

        async def in_two() -> AsyncIterator[str]:
            yield self.views.loading(visit.staff, visit.token, title, visit.request.url.path)
            yield self.views.rest(await drawing)

        drawing = asyncio.create_task(draw())
        done, _ = await asyncio.wait({drawing}, timeout=PATIENCE)
        if done:
            return drawing.result()
        # A proxy must not keep the head until the rest is there.
        return StreamingResponse(in_two(), media_type="text/html", headers={"X-Accel-Buffering": "no"})

    def _admit(self, request: Request, form: Mapping[str, str]) -> Visit:
        token = request.cookies.get(self.cookie, "")
        visit = Visit(request, token, self.logins.find(token), form)
        logged_out = visit.staff is None and request.url.path != "/login"
        if request.method == "POST" and not logged_out and not (token and is_form_key(token, form.get("key", ""))):
            raise Refusal(403, *FORGED)
        return visit

    async def _read_form(self, request: Request) -> dict[str, str]:
        """The form of a page of ours.

        Raises:
            Refusal: it came from another website, is too long, or is no form.
        """
        origin = request.headers.get("origin")
        foreign = origin is not None and origin not in self.origins
        if foreign or request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
            raise Refusal(403, *FORGED)
        raw = bytearray()
        async for chunk in request.stream():
            raw += chunk
            if len(raw) > _FORM_BYTES:
                raise Refusal(413, "That is too long", "Please shorten the text and send it again.")
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/x-www-form-urlencoded":
            raise Refusal(400, *FORGED)
        try:
            return dict(parse_qsl(raw.decode("ascii"), True, True, errors="strict", max_num_fields=_MOST_FIELDS))
        except ValueError:
            raise Refusal(400, *FORGED) from None

    def refuse(self, error: Exception) -> Response:
        """The page for any failure; what nobody foresaw is logged without its message."""
        if isinstance(error, TooMany):
            response = self.views.refusal(429, *TOO_MANY)
            response.headers["Retry-After"] = str(error.retry_after)
            return response
        if isinstance(error, Refusal):
            return self.views.refusal(error.status, error.title, error.text)
        if isinstance(error, RecordsError):
            logger.error("%s", error)  # holds no SQL, parameter or row
            return self.views.refusal(503, *BROKEN)
        logger.error("A request failed\n%s", describe_exception(error))
        return self.views.refusal(500, *BROKEN)

    def hand_out(self, response: Response, token: str) -> Response:
        """Put a token into the cookie; it goes when the browser closes."""
        response.set_cookie(self.cookie, token, path="/", httponly=True, secure=self.secure, samesite="strict")
        return response

    def take_back(self, response: Response) -> Response:
        """Delete the cookie."""
        response.delete_cookie(self.cookie, path="/", httponly=True, secure=self.secure, samesite="strict")
        return response
