"""Whether this Rasa server can really answer a message: model, lock, conversations and an action server are all there.

Rasa's own answer at ``/`` is "hello" as soon as it listens, whatever is missing behind it.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from typing import TYPE_CHECKING, Any, Final

import aiohttp
from sanic import Blueprint, Sanic
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as reply

from hip.settings import get_settings

if TYPE_CHECKING:
    from rasa.core.agent import Agent

logger = logging.getLogger(__name__)

#: Seconds the whole look may take; a probe waits longer.
SECONDS: Final = 5.0


def add_readiness(blueprint: Blueprint) -> None:
    """Add ``GET ready`` to a channel: 200 when a message can be answered, else 503 with the part that is missing."""

    @blueprint.get("/ready")
    async def ready(_request: Request) -> HTTPResponse:
        missing = await find_missing(Sanic.get_app().ctx.agent, get_settings().action_url)
        return reply({"status": "ok"}) if missing is None else reply({"missing": missing}, status=503)


async def find_missing(agent: Agent | None, action_url: str) -> str | None:
    """The first part that is not there: ``model``, ``locks or conversations`` or ``actions``; None when all are."""
    if agent is None or not agent.is_ready():
        return "model"
    looks = (("locks or conversations", _look_at_stores, agent), ("actions", _look_at_actions, action_url))
    for name, look, at in looks:
        try:
            async with asyncio.timeout(SECONDS):
                await look(at)
        except Exception as error:  # whatever it is, no message can be answered
            logger.warning("Not ready: %s (%s)", name, type(error).__name__)
            return name
    return None


async def _look_at_stores(agent: Any) -> None:
    """Lock and read a conversation that nobody has, as the first message of a new one would."""
    nobody = f"readiness-{secrets.token_hex(8)}"
    async with agent.lock_store.lock(nobody):
        await agent.tracker_store.retrieve(nobody)


async def _look_at_actions(url: str) -> None:
    async with aiohttp.ClientSession(raise_for_status=True) as session, session.get(f"{url}/ready"):
        pass
