"""The lock store against a real Redis: order, one at a time, woken at once, and what happens when somebody dies."""

from __future__ import annotations

import asyncio
import logging
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from rasa.core.lock_store import InMemoryLockStore, LockError, LockStore
from rasa.core.utils import AvailableEndpoints
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

from hip.engine import timeouts
from hip.engine.lock_store import ConversationLocks
from hip.settings import ROOT, get_settings
from tests.engine.lock_worker import CONVERSATION, take
from tests.redis_server import RedisServer, running_redis

QUEUE = f"hip:lock:{{{CONVERSATION}}}:queue"
HOLDER = f"hip:lock:{{{CONVERSATION}}}:holder"
#: So long that nothing in a test happens because it is over.
LONG = 300.0
#: So long that a test that hangs is seen.
GUARD = 60


@pytest.fixture(params=[True], ids=["remembers"])
def server(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[RedisServer]:
    with running_redis(tmp_path, keeps=request.param) as running:
        yield running


forgetful = pytest.mark.parametrize("server", [False], ids=["forgets"], indirect=True)


@pytest.fixture
def redis(server: RedisServer) -> Iterator[Redis[str]]:
    with server.ask() as connection:
        yield connection


@pytest.fixture
async def store(server: RedisServer) -> AsyncIterator[ConversationLocks]:
    locks = ConversationLocks(url=server.url)
    yield locks
    await locks.close()


@pytest.fixture
async def client(server: RedisServer) -> AsyncIterator[AsyncRedis[str]]:
    connection: AsyncRedis[str] = AsyncRedis.from_url(server.url, decode_responses=True)
    yield connection
    await connection.close()
    await connection.connection_pool.disconnect()


@contextmanager
def worker(server: RedisServer, life: float) -> Iterator[subprocess.Popen[str]]:
    """A process with a lock store of its own."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.engine.lock_worker", server.url, str(life)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def tell(process: subprocess.Popen[str], line: str) -> None:
    assert process.stdin
    process.stdin.write(f"{line}\n")
    process.stdin.flush()


async def until(ready: Callable[[], Any]) -> None:
    async with asyncio.timeout(GUARD):
        while not ready():
            await asyncio.sleep(0.01)


async def test_twenty_are_served_in_order_over_two_processes(
    server: RedisServer, redis: Redis[str], store: ConversationLocks, client: AsyncRedis[str]
) -> None:
    with worker(server, LONG) as other:
        ours = []
        async with asyncio.timeout(GUARD):
            async with store.lock(CONVERSATION, LONG):
                for number in range(20):
                    if number % 2:
                        tell(other, f"{number} 0")
                    else:
                        ours.append(asyncio.create_task(take(store, client, str(number), 0, LONG)))
                    await until(lambda came=number + 1: redis.zcard(QUEUE) == came)
                assert redis.llen("served") == 0
            await asyncio.gather(*ours)
            await until(lambda: redis.llen("left") == 20)
        tell(other, "stop")
        await asyncio.to_thread(other.wait, GUARD)
    assert redis.lrange("served", 0, -1) == [str(number) for number in range(20)]
    assert set(redis.lrange("beside", 0, -1)) == {"0"}
    assert redis.keys("hip:lock:*") == []


async def test_never_two_at_once_when_forty_come_together(
    server: RedisServer, redis: Redis[str], store: ConversationLocks, client: AsyncRedis[str]
) -> None:
    with worker(server, LONG) as other:
        for number in range(20):
            tell(other, f"{number} 0.002")
        async with asyncio.timeout(GUARD):
            await asyncio.gather(*(take(store, client, str(number), 0.002, LONG) for number in range(20, 40)))
            await until(lambda: redis.llen("left") == 40)
            await until(lambda: not redis.keys("hip:lock:*"))  # the other process writes first and gives back then
    assert set(redis.lrange("beside", 0, -1)) == {"0"}


async def test_waiting_costs_no_commands(redis: Redis[str], store: ConversationLocks, client: AsyncRedis[str]) -> None:
    """Rasa's own store would ask twice in these two seconds; and with this life, only news can wake the waiting one."""
    redis.config_resetstat()
    async with asyncio.timeout(GUARD):
        async with store.lock(CONVERSATION, LONG):
            waiting = asyncio.create_task(take(store, client, "0", 0, LONG))
            await until(lambda: redis.zcard(QUEUE))
            await asyncio.sleep(2)
        await waiting
    calls = redis.info("commandstats")
    steps = calls["cmdstat_evalsha"]["calls"]
    # Each comes and leaves, which is four; the waiting one also when its news begin and when they come. A script that
    # Redis does not know yet is sent once more.
    assert steps - redis_loads(calls) == 6


def redis_loads(calls: dict[str, Any]) -> int:
    return int(calls.get("cmdstat_script|load", calls.get("cmdstat_script", {"calls": 0}))["calls"])


async def test_a_living_holder_keeps_its_lock(
    server: RedisServer, redis: Redis[str], store: ConversationLocks, client: AsyncRedis[str]
) -> None:
    with worker(server, 0.6) as other:
        tell(other, "first 2")
        await until(lambda: redis.llen("served"))
        await asyncio.wait_for(take(store, client, "second", 0, 0.6), GUARD)
        assert redis.lrange("left", 0, -1) == ["first", "second"]
        assert redis.lrange("beside", 0, -1) == ["0", "0"]


async def test_the_lock_of_a_killed_holder_ends_with_its_life(
    server: RedisServer, redis: Redis[str], store: ConversationLocks, client: AsyncRedis[str]
) -> None:
    with worker(server, 1) as other:
        tell(other, "killed 600")
        tell(other, "waited 600")
        await until(lambda: redis.llen("served"))
        other.kill()
        other.wait()
        assert redis.get(HOLDER), "nobody gave it back"
        await asyncio.wait_for(take(store, client, "next", 0, 1), GUARD)
    assert redis.lrange("served", 0, -1) == ["killed", "next"]


async def test_a_dead_one_that_waited_is_passed_over(
    server: RedisServer, redis: Redis[str], store: ConversationLocks, client: AsyncRedis[str]
) -> None:
    async with asyncio.timeout(GUARD):
        with worker(server, 1) as other:
            async with store.lock(CONVERSATION, LONG):
                tell(other, "0 0")
                await until(lambda: redis.zcard(QUEUE) == 1)
                ours = asyncio.create_task(take(store, client, "1", 0, 1))
                await until(lambda: redis.zcard(QUEUE) == 2)
                other.kill()
                other.wait()
            await ours
    assert redis.lrange("served", 0, -1) == ["1"]


async def test_one_that_waits_no_longer_is_passed_over(
    redis: Redis[str], store: ConversationLocks, client: AsyncRedis[str]
) -> None:
    async with asyncio.timeout(GUARD):
        async with store.lock(CONVERSATION, LONG):
            waiting = [asyncio.create_task(take(store, client, str(number), 0, LONG)) for number in range(2)]
            await until(lambda: redis.zcard(QUEUE) == 2)
            first = redis.zrange(QUEUE, 0, 0)
            waiting[0].cancel()
            await asyncio.wait({waiting[0]})
            assert redis.zrange(QUEUE, 0, 0) != first
        await waiting[1]
    assert redis.lrange("served", 0, -1) == ["1"]


async def test_who_waits_too_long_is_told(server: RedisServer, redis: Redis[str], store: ConversationLocks) -> None:
    impatient = ConversationLocks(url=server.url, wait=0.2)
    async with asyncio.timeout(GUARD), store.lock(CONVERSATION, LONG):
        with pytest.raises(LockError, match=r"more than 0\.2 s"):
            async with impatient.lock(CONVERSATION, LONG):
                pass
        assert redis.zcard(QUEUE) == 0
    await impatient.close()


async def test_redis_is_restarted_while_one_holds_and_three_wait(
    server: RedisServer, redis: Redis[str], store: ConversationLocks, client: AsyncRedis[str]
) -> None:
    async with asyncio.timeout(GUARD):
        async with store.lock(CONVERSATION, LONG):
            waiting = []
            for number in range(3):
                waiting.append(asyncio.create_task(take(store, client, str(number), 0, LONG)))
                await until(lambda came=number + 1: redis.zcard(QUEUE) == came)
            server.kill()
            server.start()
        await asyncio.gather(*waiting)
    assert redis.lrange("served", 0, -1) == ["0", "1", "2"]
    assert set(redis.lrange("beside", 0, -1)) == {"0"}


@forgetful
async def test_those_who_wait_keep_their_order_when_redis_forgets(
    server: RedisServer, redis: Redis[str], store: ConversationLocks, client: AsyncRedis[str]
) -> None:
    async with asyncio.timeout(GUARD):
        waiting = []

        async def hold_for_ever() -> None:
            async with store.lock(CONVERSATION, 0.9):
                for number in range(3):
                    waiting.append(asyncio.create_task(take(store, client, str(number), 0.1, 0.9)))
                    await until(lambda came=number + 1: redis.zcard(QUEUE) == came)
                server.kill()
                server.start()
                await asyncio.Event().wait()  # it is noticed at the next renewal, and this is cancelled

        with pytest.raises(LockError, match="lost in the middle"):
            await hold_for_ever()
        await asyncio.gather(*waiting)
    # The first to come again finds no holder. The other two are in the order in which they came at first.
    served = redis.lrange("served", 0, -1)
    assert sorted(served) == ["0", "1", "2"]
    rest = [number for number in served[1:] if number != served[0]]
    assert rest == sorted(rest)


async def test_what_is_done_under_a_lock_stops_before_another_can_get_it(
    server: RedisServer, store: ConversationLocks
) -> None:
    async with asyncio.timeout(GUARD):
        async with store.lock(CONVERSATION, 1):
            pass  # the script is known, the connection open

        async def hold_for_ever() -> None:
            async with store.lock(CONVERSATION, 1):
                server.kill()
                await asyncio.Event().wait()

        with pytest.raises(LockError, match="lost in the middle"):
            await hold_for_ever()
    server.start()


async def test_redis_is_down(server: RedisServer, store: ConversationLocks, caplog: pytest.LogCaptureFixture) -> None:
    server.kill()
    async with asyncio.timeout(GUARD):
        with pytest.raises(LockError, match="Redis cannot be used for locks") as caught:
            async with store.lock(CONVERSATION):
                pytest.fail("nobody may be let in")
    assert CONVERSATION not in str(caught.value) + caplog.text
    server.start()
    async with asyncio.timeout(GUARD), store.lock(CONVERSATION):
        pass


async def test_redis_is_frozen(server: RedisServer, store: ConversationLocks) -> None:
    async with asyncio.timeout(GUARD), store.lock("somebody else"):
        pass
    server.pause()
    async with asyncio.timeout(GUARD):
        with pytest.raises(LockError, match="Redis cannot be used for locks"):
            async with store.lock(CONVERSATION):
                pytest.fail("nobody may be let in")
    server.resume()
    async with asyncio.timeout(GUARD), store.lock(CONVERSATION, timeouts.LOCK):
        pass


async def test_an_answer_is_good_though_its_lock_cannot_be_given_back(
    server: RedisServer, store: ConversationLocks, caplog: pytest.LogCaptureFixture
) -> None:
    async with asyncio.timeout(GUARD), store.lock(CONVERSATION):
        server.kill()
    (record,) = caplog.records
    assert (record.levelno, "ends by itself in 10 s" in record.message) == (logging.WARNING, True)
    server.start()


async def test_what_goes_wrong_inside_comes_out_as_it_is(redis: Redis[str], store: ConversationLocks) -> None:
    for error in (TimeoutError("of the body"), ValueError("of the body"), asyncio.CancelledError("of the body")):
        with pytest.raises(type(error), match="of the body"):
            async with store.lock(CONVERSATION):
                raise error
        assert redis.keys("hip:lock:*") == []


def test_endpoints_name_it_only_when_redis_is_set(server: RedisServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    script = (
        "from rasa.core.utils import AvailableEndpoints as A; from rasa.core.lock_store import LockStore as L;"
        "print(type(L.create(A.read_endpoints('endpoints.yml').lock_store)).__name__)"
    )
    for url, name in (("", "InMemoryLockStore"), (server.url, "ConversationLocks")):
        monkeypatch.setenv("REDIS_URL", url)
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
        assert done.stdout.split()[-1] == name
    assert isinstance(LockStore.create(AvailableEndpoints().lock_store), InMemoryLockStore)


def test_without_redis_it_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("REDIS_URL", raising=False)
    get_settings.cache_clear()
    with pytest.raises(LockError, match="REDIS_URL is not set"):
        ConversationLocks()
    get_settings.cache_clear()
