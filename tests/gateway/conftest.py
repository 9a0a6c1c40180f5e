"""A gateway in front of a scripted Rasa, with a database of its own; every answer is held against openapi.yml."""

from __future__ import annotations

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest

from hip.gateway.app import build_app
from hip.launch.keys import provide_keys
from hip.records.migration import migrate
from hip.settings import Settings
from tests.conftest import make_settings
from tests.gateway.description import check_response
from tests.gateway.fake_rasa import FakeRasa


class Clocks:
    """The moment and the ticks; both stand still until they are moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
        self.ticks = 1000.0

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.ticks += seconds


@dataclass
class Person:
    """A browser with one conversation."""

    client: httpx2.AsyncClient
    token: str = ""
    greeting: list[dict[str, Any]] = field(default_factory=list)
    _ids: Iterator[int] = field(default_factory=itertools.count)

    async def begin(self) -> Person:
        response = await self.client.post("/api/v1/sessions")
        assert response.status_code == 201, response.text
        self.token, self.greeting = response.json()["token"], response.json()["messages"]
        return self

    async def send(self, text: str, payload: str | None = None, message_id: str | None = None) -> httpx2.Response:
        body = {"id": message_id or f"message-{next(self._ids)}", "text": text}
        if payload is not None:
            body["payload"] = payload
        return await self.ask("POST", "messages", json=body)

    async def say(self, text: str, payload: str | None = None, message_id: str | None = None) -> list[dict[str, Any]]:
        response = await self.send(text, payload, message_id)
        assert response.status_code == 200, response.text
        return list(response.json()["messages"])

    async def ask(self, method: str, path: str, **more: Any) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self.token}"} | more.pop("headers", {})
        return await self.client.request(method, f"/api/v1/{path}", headers=headers, **more)

    async def history(self) -> list[tuple[str, str]]:
        messages = (await self.ask("GET", "messages")).json()["messages"]
        return [(message["from"], message["text"]) for message in messages]


@dataclass
class Gateways:
    """Starts gateways on one database, each as a process of its own would be."""

    settings: Settings
    clocks: Clocks
    stack: AsyncExitStack

    async def start(self, settings: Settings | None = None, dist: Path | None = None) -> httpx2.AsyncClient:
        more = {} if dist is None else {"dist": dist}
        app = build_app(
            settings or self.settings, clock=lambda: self.clocks.now, ticks=lambda: self.clocks.ticks, **more
        )
        await self.stack.enter_async_context(app.router.lifespan_context(app))
        transport = httpx2.ASGITransport(app, client=("203.0.113.7", 40000))
        client = httpx2.AsyncClient(
            transport=transport, base_url=self.settings.public_url, event_hooks={"response": [check_response]}
        )
        return await self.stack.enter_async_context(client)


def error_of(response: httpx2.Response) -> tuple[int, str]:
    """Status and code of a refusal, whose message names both numbers."""
    error = response.json()["error"]
    assert "999" in error["message"]
    assert "111" in error["message"]
    return response.status_code, error["code"]


async def until_quiet() -> None:
    """Wait until no gateway of this process works on a message any more."""
    for _ in range(1000):
        if not any(getattr(task.get_coro(), "__name__", "") == "_work" for task in asyncio.all_tasks()):
            return
        await asyncio.sleep(0.01)
    raise AssertionError("a message is still being worked on")


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture
def rasa() -> Iterator[FakeRasa]:
    fake = FakeRasa()
    fake.start()
    yield fake
    fake.stop()


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("empty") / "hip.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def settings(tmp_path: Path, rasa: FakeRasa, empty_database: Path) -> Settings:
    shutil.copy(empty_database, tmp_path)
    more = {"RASA_PORT": str(rasa.port), "ALLOWED_ORIGINS": "https://www.clinic.example"}
    return provide_keys(make_settings(tmp_path, **more))


@pytest.fixture
async def gateways(settings: Settings, clocks: Clocks) -> AsyncIterator[Gateways]:
    async with AsyncExitStack() as stack:
        yield Gateways(settings, clocks, stack)


@pytest.fixture
async def client(gateways: Gateways) -> httpx2.AsyncClient:
    return await gateways.start()


@pytest.fixture
async def person(client: httpx2.AsyncClient) -> Person:
    return await Person(client).begin()
