"""One message of a conversation at a time over any number of Rasa servers: Rasa's lock store, on Redis.

Rasa's own ``RedisLockStore`` reads the lock, changes it and writes it back, so two servers can give out the same
ticket; and whoever waits looks once a second. Why this one is as it is: docs/decisions/0013-lock-store.md.
"""

from __future__ import annotations

import asyncio
import logging
import weakref
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, Final

from rasa.core.lock import TicketLock
from rasa.core.lock_store import LockError, LockStore

from hip.engine import timeouts
from hip.engine.lock_queue import FAILURES, LockLost, Ticket, TicketQueue
from hip.engine.source import Original
from hip.settings import get_settings

logger = logging.getLogger(__name__)

#: Nothing is replaced here; that only ``lock`` is ever called, and that this class is found, rests on these.
REPLACES: Final = (
    Original("rasa.core.lock_store", "LockStore.lock", (90, 108), "ec8faa49dc5d8bbb"),
    Original("rasa.core.lock_store", "_load_from_module_name_in_endpoint_config", (326, 340), "63812668198d2cd4"),
    Original("rasa.core.agent", "Agent.handle_message", (410, 421), "89ebe50cfcb4853f"),
)


class ConversationLocks(LockStore):
    """Rasa's lock store on Redis.

    Args:
        endpoint_config: what Rasa passes on from endpoints.yml; not used, REDIS_URL says where Redis is.
        url: of Redis; the one of the settings when None.
        wait: seconds after which a message that waits behind others gives up.
    """

    def __init__(self, endpoint_config: Any = None, url: str | None = None, wait: float = timeouts.LOCK_WAIT) -> None:
        super().__init__()
        self._url = url or get_settings().redis_url
        if not self._url:
            raise LockError("REDIS_URL is not set: without it, endpoints.yml must leave lock_store at in_memory")
        self._wait = wait
        self._queues: weakref.WeakKeyDictionary[asyncio.AbstractEventLoop, TicketQueue] = weakref.WeakKeyDictionary()

    @asynccontextmanager
    async def lock(
        self, conversation_id: str, lock_lifetime: float = timeouts.LOCK, wait_time_in_seconds: float = 1
    ) -> AsyncGenerator[TicketLock, None]:
        """Hold the lock of a conversation.

        Args:
            conversation_id: Rasa's sender id.
            lock_lifetime: seconds after which the lock of a server that died is free.
            wait_time_in_seconds: not used; whoever waits is woken.

        Raises:
            LockError: Redis cannot be used, others took too long, or the lock was lost. The message names nobody.
        """
        queue = self._queue()
        ticket = queue.draw(conversation_id, lock_lifetime)
        try:
            await self._wait_for_turn(queue, ticket)
            async with _kept(queue, ticket):
                yield self.create_lock(conversation_id)
        finally:
            await _leave(queue, ticket)

    async def close(self) -> None:
        """Close the connections of the running event loop."""
        queue = self._queues.pop(asyncio.get_running_loop(), None)
        if queue is not None:
            await queue.close()

    def _queue(self) -> TicketQueue:
        loop = asyncio.get_running_loop()
        if loop not in self._queues:
            self._queues[loop] = TicketQueue(self._url)
        return self._queues[loop]

    async def _wait_for_turn(self, queue: TicketQueue, ticket: Ticket) -> None:
        waiting = asyncio.timeout(self._wait)
        try:
            async with waiting:
                await queue.hold(ticket)
        except FAILURES as error:
            if waiting.expired():
                raise LockError(f"Earlier messages of the conversation took more than {self._wait:g} s") from None
            raise LockError(f"Redis cannot be used for locks ({type(error).__name__})") from error


@asynccontextmanager
async def _kept(queue: TicketQueue, ticket: Ticket) -> AsyncIterator[None]:
    """Keep a lock while it is needed; what is done under it is cancelled in the moment when another could get it.

    Raises:
        LockError: it was lost.
    """
    fence = asyncio.timeout_at(ticket.until)
    try:
        async with fence:
            keeper = asyncio.create_task(_renew(queue, ticket, fence))
            try:
                yield
            finally:
                keeper.cancel()
    except TimeoutError:
        if fence.expired():
            raise LockError("The lock of the conversation was lost in the middle of a message") from None
        raise


async def _renew(queue: TicketQueue, ticket: Ticket, fence: asyncio.Timeout) -> None:
    """Renew at each third of the lock's life; without success the fence falls at its end."""
    while True:
        await asyncio.sleep(ticket.life / 3)
        try:
            await queue.renew(ticket)
        except LockLost:
            fence.reschedule(asyncio.get_running_loop().time())
            return
        except FAILURES as error:
            logger.warning("A lock was not renewed (%s)", type(error).__name__)
        else:
            fence.reschedule(ticket.until)


async def _leave(queue: TicketQueue, ticket: Ticket) -> None:
    """The message is done and its answer is good, so a Redis that has just failed costs only the rest of the life."""
    try:
        await queue.leave(ticket)
    except FAILURES as error:
        logger.warning("A lock was not given back (%s): it ends by itself in %g s", type(error).__name__, ticket.life)
