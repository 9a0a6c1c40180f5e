"""Tickets for conversations, in Redis: in order of arrival, woken at once, and none outlives its owner for long.

Each step is one Lua script (``hip.engine.lock_scripts``), so two servers can never both see a free lock. Whoever leaves
publishes to the one who is next. A message that is lost on the way costs little: a waiting ticket comes again
when its life is a third over, or that of the holder ends, which also keeps it alive.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
import os
import secrets
import socket
import weakref
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import redis.asyncio
from redis.exceptions import ConnectionError, RedisError

from hip.engine import timeouts
from hip.engine.lock_scripts import COME, LEAVE

logger = logging.getLogger(__name__)

_KEYS: Final = "hip:lock:"
_NEWS: Final = "hip:lock:news:"
_HOLDS: Final = -1
_PAUSE: Final = 0.1  # seconds between attempts to reach a Redis that is restarting

#: Failures of one step: Redis cannot be reached, refuses, or does not answer in time.
FAILURES: Final = (RedisError, OSError, TimeoutError)


class LockLost(Exception):
    """The ticket holds no longer: Redis was not reached for the length of its life, or has lost its memory."""


@dataclass
class Ticket:
    """A place in the queue of one conversation.

    Attributes:
        keys: the lock's keys in Redis.
        name: of this ticket, unlike any other.
        life: seconds after which it is void when nobody renews it.
        number: its place; 0 until Redis gave one.
        until: by the loop's clock, the moment before which nobody else can hold the lock.
        news: set when it may be its turn.
    """

    keys: Sequence[str]
    name: str
    life: float
    number: str = "0"
    until: float = 0.0
    news: asyncio.Event = field(default_factory=asyncio.Event)


class TicketQueue:
    """The tickets of one server, in one event loop.

    Args:
        url: of Redis.
    """

    def __init__(self, url: str) -> None:
        # Who looks at a lock in Redis sees which server holds it.
        self._name = f"{socket.gethostname()}.{os.getpid()}.{secrets.token_hex(8)}"
        self._numbers = itertools.count()
        self._waiting: dict[str, Ticket] = {}
        self._arrivals: weakref.WeakValueDictionary[str, asyncio.Lock] = weakref.WeakValueDictionary()
        self._reader: asyncio.Task[None] | None = None
        common: dict[str, Any] = {
            "socket_connect_timeout": timeouts.REDIS,
            "socket_keepalive": True,
            "decode_responses": True,
        }
        self._client = redis.asyncio.Redis(
            connection_pool=redis.asyncio.BlockingConnectionPool.from_url(
                url, max_connections=32, timeout=timeouts.REDIS, socket_timeout=timeouts.REDIS, **common
            )
        )
        self._listener = redis.asyncio.Redis.from_url(url, **common)  # it waits as long as it takes
        self._come = self._client.register_script(COME)
        self._leave = self._client.register_script(LEAVE)

    def draw(self, conversation: str, life: float = timeouts.LOCK) -> Ticket:
        """A new ticket, which Redis does not know yet."""
        keys = [f"{_KEYS}{{{conversation}}}:{part}" for part in ("holder", "queue", "alive")]
        return Ticket(keys, f"{self._name}:{next(self._numbers)}", life)

    async def hold(self, ticket: Ticket) -> None:
        """Wait until it is this ticket's turn.

        Raises:
            RedisError, OSError, TimeoutError: Redis cannot be used.
        """
        # Over two connections the second message of a conversation could overtake the first.
        async with self._arrivals.setdefault(ticket.keys[0], asyncio.Lock()):
            pause = await self._try(ticket)
        if pause is None:
            return
        async with self._told(ticket):
            while pause is not None:
                await _first_of(ticket.news, min(pause, ticket.life / 3))
                ticket.news.clear()
                pause = await self._try(ticket)

    async def renew(self, ticket: Ticket) -> None:
        """Go on holding.

        Raises:
            LockLost: it holds no longer.
            RedisError, OSError, TimeoutError: Redis cannot be used.
        """
        if await self._come_again(ticket, held=True) is None:
            raise LockLost

    async def leave(self, ticket: Ticket) -> None:
        """Let the next one in, whether this one waits or holds.

        Raises:
            RedisError, OSError, TimeoutError: Redis cannot be used; the ticket ends with its life.
        """
        await self._run(self._leave, ticket)

    async def close(self) -> None:
        """Close the connections."""
        await self._stop_reading()
        await self._client.close()
        await self._client.connection_pool.disconnect()
        await self._listener.close()
        await self._listener.connection_pool.disconnect()

    async def _try(self, ticket: Ticket) -> float | None:
        """Seconds after which to come again at the latest; None when the ticket holds."""
        ticket.number, pause = await self._come_again(ticket, held=False)
        return None if pause == _HOLDS else max(pause, 1) / 1000

    async def _come_again(self, ticket: Ticket, *, held: bool) -> Any:
        until = asyncio.get_running_loop().time() + ticket.life
        said = await self._run(self._come, ticket, round(ticket.life * 1000), ticket.number, int(held))
        if said is not None and said[1] == _HOLDS:
            ticket.until = until
        return said

    async def _run(self, script: Any, ticket: Ticket, *arguments: object) -> Any:
        """One step; all may be repeated, so a Redis that is just restarting is waited for."""
        async with asyncio.timeout(timeouts.REDIS * 1.5):
            while True:
                try:
                    return await script(keys=ticket.keys, args=[ticket.name, _NEWS, *arguments])
                except ConnectionError:
                    await asyncio.sleep(_PAUSE)

    @asynccontextmanager
    async def _told(self, ticket: Ticket) -> AsyncIterator[None]:
        """Have news for a ticket; the connection for news is open while anybody waits."""
        self._waiting[ticket.name] = ticket
        if self._reader is None:
            self._reader = asyncio.create_task(self._read())
        try:
            yield
        finally:
            del self._waiting[ticket.name]
            if not self._waiting:
                await self._stop_reading()

    async def _stop_reading(self) -> None:
        reader, self._reader = self._reader, None
        if reader is not None:
            reader.cancel()
            await asyncio.wait({reader})

    async def _read(self) -> None:
        while True:
            try:
                async with self._listener.pubsub() as line:
                    await line.subscribe(_NEWS + self._name)
                    async for message in line.listen():
                        self._tell(message)
            except FAILURES as error:
                logger.warning("No news of locks from Redis (%s): trying again", type(error).__name__)
                await asyncio.sleep(_PAUSE)

    def _tell(self, message: dict[str, Any]) -> None:
        if message["type"] == "subscribe":  # news from before were missed
            told = list(self._waiting.values())
        else:
            told = [ticket for ticket in (self._waiting.get(message["data"]),) if ticket]
        for ticket in told:
            ticket.news.set()


async def _first_of(event: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
