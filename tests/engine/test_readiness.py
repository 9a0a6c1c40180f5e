"""A Rasa server is ready only when each part that a message needs is there, and names the one that is not."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from aiohttp import web
from rasa.core.agent import Agent
from rasa.core.lock_store import InMemoryLockStore, LockError

from hip.engine.readiness import find_missing
from hip.launch.readiness import free_port


@pytest.fixture
async def actions() -> AsyncIterator[dict[str, Any]]:
    """An action server whose answer a test can change."""
    state: dict[str, Any] = {"status": 200, "port": free_port()}

    async def ready(_request: web.Request) -> web.Response:
        return web.Response(status=state["status"])

    app = web.Application()
    app.router.add_get("/ready", ready)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", state["port"]).start()
    state["url"] = f"http://127.0.0.1:{state['port']}"
    yield state
    await runner.cleanup()


class BrokenLocks(InMemoryLockStore):
    @asynccontextmanager
    async def lock(self, conversation_id: str, *_more: Any) -> AsyncIterator[Any]:
        raise LockError("Redis cannot be used")
        yield


async def test_a_server_without_a_model() -> None:
    assert await find_missing(None, "http://127.0.0.1:1") == "model"
    assert await find_missing(Agent(), "http://127.0.0.1:1") == "model"


@pytest.fixture
def agent(tiny_project: Any) -> Agent:
    return Agent.load(str(tiny_project / "models" / "tiny.tar.gz"))


async def test_everything_is_there(agent: Agent, actions: dict[str, Any]) -> None:
    assert await find_missing(agent, actions["url"]) is None
    assert list(await agent.tracker_store.keys()) == [], "it leaves nothing behind"


@pytest.mark.parametrize("status", [404, 500, 503])
async def test_an_action_server_that_is_not_ready(agent: Agent, actions: dict[str, Any], status: int) -> None:
    actions["status"] = status
    assert await find_missing(agent, actions["url"]) == "actions"


async def test_no_action_server(agent: Agent) -> None:
    assert await find_missing(agent, f"http://127.0.0.1:{free_port()}") == "actions"


async def test_no_locks(agent: Agent, actions: dict[str, Any]) -> None:
    agent.lock_store = BrokenLocks()
    assert await find_missing(agent, actions["url"]) == "locks or conversations"


async def test_no_conversations(agent: Agent, actions: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    async def fail(_sender: str) -> None:
        raise OSError("no database")

    monkeypatch.setattr(agent.tracker_store, "retrieve", fail)
    assert await find_missing(agent, actions["url"]) == "locks or conversations"
