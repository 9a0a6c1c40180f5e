"""A second server for the tests of the lock store: ``python -m tests.engine.lock_worker URL LIFE``.

Each line of standard input, ``NUMBER SECONDS``, has it take the lock once and hold it for so long; "stop" ends it.
"""

from __future__ import annotations

import asyncio
import sys

from redis.asyncio import Redis

from hip.engine.lock_store import ConversationLocks

CONVERSATION = "somebody"


async def take(store: ConversationLocks, client: Redis[str], number: str, seconds: float, life: float) -> None:
    """Hold the lock once, and write down in Redis when, and whether anybody else held it."""
    async with store.lock(CONVERSATION, life):
        inside = await client.incr("inside")
        await client.rpush("served", number)
        await client.rpush("beside", inside - 1)
        await asyncio.sleep(seconds)
        await client.decr("inside")
        await client.rpush("left", number)


async def work(url: str, life: float) -> None:
    """Until told to stop."""
    store = ConversationLocks(url=url)
    client: Redis[str] = Redis.from_url(url, decode_responses=True)
    tasks = set()
    while (line := (await asyncio.to_thread(sys.stdin.readline)).strip()) not in ("", "stop"):
        number, seconds = line.split()
        tasks.add(asyncio.create_task(take(store, client, number, float(seconds), life)))
        await asyncio.sleep(0)
    await asyncio.gather(*tasks)
    await store.close()
    await client.close()


if __name__ == "__main__":
    asyncio.run(work(sys.argv[1], float(sys.argv[2])))
