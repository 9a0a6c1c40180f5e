"""Plays conversations, so many at once, and times each message."""

from __future__ import annotations

import asyncio
import math
import statistics
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import aiohttp

from benchmarks.bench.script import Conversation

Reply = list[dict[str, Any]]
_PATIENCE = aiohttp.ClientTimeout(total=300)


class Channel(Protocol):
    """How a person reaches an assistant."""

    async def begin(self, session: aiohttp.ClientSession) -> str:
        """A new conversation."""

    async def say(self, session: aiohttp.ClientSession, conversation: str, text: str) -> Reply:
        """What is answered to a message."""


@dataclass(frozen=True)
class RestChannel:
    """Rasa's REST channel at an address."""

    url: str

    async def begin(self, session: aiohttp.ClientSession) -> str:
        """See ``Channel``."""
        return uuid.uuid4().hex

    async def say(self, session: aiohttp.ClientSession, conversation: str, text: str) -> Reply:
        """See ``Channel``."""
        body = {"sender": conversation, "message": text}
        async with session.post(f"{self.url}/webhooks/rest/webhook", json=body) as response:
            replies: Reply = await response.json()
            return replies


@dataclass(frozen=True)
class GatewayChannel:
    """The public gateway; a conversation is its token. Beginning one is answered, too, and is not timed."""

    url: str

    async def begin(self, session: aiohttp.ClientSession) -> str:
        """See ``Channel``."""
        async with session.post(f"{self.url}/api/v1/sessions") as response:
            return str((await response.json())["token"])

    async def say(self, session: aiohttp.ClientSession, conversation: str, text: str) -> Reply:
        """See ``Channel``."""
        body, headers = {"id": uuid.uuid4().hex, "text": text}, {"Authorization": f"Bearer {conversation}"}
        async with session.post(f"{self.url}/api/v1/messages", json=body, headers=headers) as response:
            replies: Reply = (await response.json())["messages"]
            return replies


@dataclass
class Played:
    """What came of it.

    Attributes:
        took: of each message, seconds until its answer was there.
        elapsed: seconds for all of them.
        silent: messages without any reply.
        finished: conversations that were told an outcome.
    """

    took: list[float] = field(default_factory=list)
    elapsed: float = 0.0
    silent: int = 0
    finished: int = 0

    @property
    def rate(self) -> float:
        """Messages a second."""
        return len(self.took) / self.elapsed

    @property
    def median_ms(self) -> float:
        """Half of the messages took no longer."""
        return statistics.median(self.took) * 1000

    @property
    def p95_ms(self) -> float:
        """95 of 100 messages took no longer."""
        return percentile(self.took, 95) * 1000


def percentile(values: Sequence[float], percent: float) -> float:
    """The smallest of the values that so many per cent of them do not exceed (nearest rank).

    Raises:
        ValueError: there are no values.
    """
    if not values:
        raise ValueError("no values")
    return sorted(values)[max(0, math.ceil(len(values) * percent / 100) - 1)]


async def play(channel: Channel, conversations: Iterable[Conversation], at_once: int) -> Played:
    """Play all conversations, each message as soon as the one before it is answered.

    Args:
        channel: where they are said.
        conversations: taken in their order by whoever is free.
        at_once: how many people there are.

    Raises:
        aiohttp.ClientError: a message was refused.
    """
    played, waiting = Played(), iter(conversations)

    async def talk(session: aiohttp.ClientSession) -> None:
        for conversation in waiting:
            name = await channel.begin(session)
            finished = False
            for line in conversation.lines:
                began = time.perf_counter()
                replies = await channel.say(session, name, line)
                played.took.append(time.perf_counter() - began)
                played.silent += not replies
                finished = finished or any("outcome" in (reply.get("custom") or {}) for reply in replies)
            played.finished += finished

    connector = aiohttp.TCPConnector(limit=at_once)
    async with aiohttp.ClientSession(connector=connector, timeout=_PATIENCE, raise_for_status=True) as session:
        began = time.perf_counter()
        await asyncio.gather(*(talk(session) for _ in range(at_once)))
        played.elapsed = time.perf_counter() - began
    return played
