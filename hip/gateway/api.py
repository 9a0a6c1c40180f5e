"""The JSON interface under ``/api/v1``; ``openapi.yml`` describes it and gives the schemas of what is sent."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hip.gateway.aftercare import Aftercare, read_contact
from hip.gateway.conversations import Conversations
from hip.gateway.description import body_validator
from hip.gateway.guard import address_of
from hip.gateway.limits import MinuteLimit
from hip.gateway.messages import Message, Said, parse_message_id
from hip.gateway.text import SCREENED_LENGTH, clean
from hip.gateway.tokens import TokenMaker
from hip.gateway.turns import ANSWER_SECONDS, TurnDesk
from hip.gateway.wording import Problem
from hip.handover.booking import BookingDesk
from hip.records.record import Clock, utc_now

PREFIX: Final = "/api/v1"

#: The longest message that is read has 20,000 characters, and JSON may spell each in 12 bytes.
BODY_BYTES: Final = 256 * 1024

#: For reading the request and the database around a turn; the whole stays below ten seconds.
_REQUEST_SECONDS: Final = ANSWER_SECONDS + 0.5

_Endpoint = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True)
class Limits:
    """How often an address may ask, an address may begin, and a conversation may send."""

    address: MinuteLimit
    begin: MinuteLimit
    conversation: MinuteLimit


@dataclass(frozen=True)
class Api:
    """The endpoints."""

    tokens: TokenMaker
    desk: TurnDesk
    conversations: Conversations
    aftercare: Aftercare
    limits: Limits
    booking: BookingDesk
    clock: Clock = utc_now

    def routes(self) -> list[Route]:
        """All routes, each limited in number and time."""
        table: list[tuple[str, str, _Endpoint]] = [
            ("POST", "/sessions", self.begin),
            ("DELETE", "/session", self.delete),
            ("POST", "/messages", self.say),
            ("GET", "/messages", self.history),
            ("GET", "/summary", self.summary),
            ("POST", "/callback", self.callback),
        ]
        return [Route(PREFIX + path, self._limited(endpoint), methods=[method]) for method, path, endpoint in table]

    def _limited(self, endpoint: _Endpoint) -> _Endpoint:
        async def limited(request: Request) -> Response:
            self.limits.address.use(address_of(request))
            async with asyncio.timeout(_REQUEST_SECONDS):
                return await endpoint(request)

        return limited

    async def begin(self, request: Request) -> Response:
        """POST /sessions"""
        self.limits.begin.use(address_of(request))
        token = self.tokens.new()
        messages = await self.desk.begin(self._conversation(token))
        return JSONResponse({"token": token} | self._as_json(messages), 201)

    async def say(self, request: Request) -> Response:
        """POST /messages"""
        conversation = self._authorised(request)
        self.limits.conversation.use(conversation)
        body = await read_body(request, "NewMessage")
        said = _read_said(body)
        return JSONResponse(self._as_json(await self.desk.say(conversation, body["id"], said)))

    async def history(self, request: Request) -> Response:
        """GET /messages"""
        conversation = self._authorised(request)
        raw = request.query_params.get("after")
        after = 0 if raw is None else parse_message_id(raw)
        if after is None:
            raise Problem("bad_request")
        return JSONResponse(self._as_json(await self.desk.call(self.conversations.history, conversation, after)))

    async def delete(self, request: Request) -> Response:
        """DELETE /session"""
        conversation = self._authorised(request)
        await self.desk.delete(conversation)
        self.limits.conversation.forget(conversation)  # its id was in memory, too
        return Response(status_code=204)

    async def summary(self, request: Request) -> Response:
        """GET /summary"""
        conversation = self._authorised(request)
        await self.desk.call(self.conversations.require, conversation)
        form = request.query_params.get("format", "text")
        document = await self.desk.call(self.aftercare.summary, conversation, form)
        headers = {"Content-Disposition": f'attachment; filename="{document.name}"'}
        return Response(document.content, media_type=document.media_type, headers=headers)

    async def callback(self, request: Request) -> Response:
        """POST /callback"""
        conversation = self._authorised(request)
        self.limits.conversation.use(conversation)
        body = await read_body(request, "CallbackRequest")
        if not body["consent"]:
            raise Problem("no_consent")
        contact = read_contact(body["name"], body["phone"])
        await self.desk.call(self.conversations.require, conversation)
        await self.desk.call(self.aftercare.ask_for_callback, conversation, contact)
        return JSONResponse({}, 201)

    def _as_json(self, messages: Iterable[Message]) -> dict[str, Any]:
        return {"messages": [self._shown(message.as_json()) for message in messages]}

    def _shown(self, message: dict[str, Any]) -> dict[str, Any]:
        """The message with what stands below the ways to book; not kept with it, since it changes by the hour.

        So when the phone is answered is left out of what was said in words: an hour later the two would disagree.
        """
        if self.booking.hours is not None and message["from"] == "assistant":
            message["text"] = self.booking.hours.leave_out(message["text"])
        outcome = (message["custom"] or {}).get("outcome")
        if not outcome or not outcome.get("booking"):
            return message
        linked = any(way["url"] for way in outcome["booking"])
        notes = list(self.booking.notes(self.clock(), linked=linked))
        return message | {"custom": {**message["custom"], "outcome": {**outcome, "notes": notes}}}

    def _authorised(self, request: Request) -> str:
        """The conversation of the token in the header.

        Raises:
            Problem: there is none, or this server did not sign it.
        """
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer":
            raise Problem("bad_token")
        return self._conversation(token.strip())

    def _conversation(self, token: str) -> str:
        conversation = self.tokens.read(token)
        if conversation is None:
            raise Problem("bad_token")
        return conversation


async def read_body(request: Request, schema: str) -> dict[str, Any]:
    """The JSON of a request.

    Args:
        request: its body is read no further than ``BODY_BYTES``.
        schema: name of its schema in ``openapi.yml``.

    Raises:
        Problem: it is too long, is not JSON or does not fit the schema.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
        raise Problem("bad_request")
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > BODY_BYTES:
            raise Problem("too_long")
    try:
        body = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError):
        raise Problem("bad_request") from None
    if isinstance(body, dict) and isinstance(body.get("text"), str) and len(body["text"]) > SCREENED_LENGTH:
        raise Problem("too_long")
    if not body_validator(schema).is_valid(body):
        raise Problem("bad_request")
    return dict(body)


def _read_said(body: dict[str, Any]) -> Said:
    if "payload" in body:
        return Said(body["text"], body["payload"])
    text = clean(body["text"])
    if not text:
        raise Problem("empty")
    return Said(text)
