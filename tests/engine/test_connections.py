"""Calls to the action server share connections; one that was closed is no failure."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import pytest
from rasa.core.actions.action import RemoteAction
from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from hip.engine import connections

ANSWER = b'{"events": [{"event": "slot", "name": "side", "value": "left"}], "responses": []}'


@dataclass
class Counting:
    """An action server that counts its connections.

    Attributes:
        connections: how many were made.
        calls: how many came over all of them.
        drops: the calls, by their numbers, that it closes the connection at, unanswered.
    """

    port: int = 0
    connections: int = 0
    calls: int = 0
    drops: set[int] = field(default_factory=set)

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while head := await _read_head(reader):
            (length,) = (int(line.split(b":")[1]) for line in head if line.lower().startswith(b"content-length"))
            await reader.readexactly(length)
            self.calls += 1
            if self.calls in self.drops:
                break
            kind = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
            writer.write(kind + b"Content-Length: %d\r\n\r\n" % len(ANSWER) + ANSWER)
        writer.close()


async def _read_head(reader: asyncio.StreamReader) -> list[bytes]:
    try:
        return (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
    except asyncio.IncompleteReadError:
        return []


@pytest.fixture
async def server() -> AsyncIterator[Counting]:
    counting = Counting()
    listening = await asyncio.start_server(counting.answer, "127.0.0.1", 0)
    counting.port = listening.sockets[0].getsockname()[1]
    yield counting
    await connections.close()
    listening.close()


async def call(server: Counting) -> list[Event]:
    from rasa.core.channels.channel import CollectingOutputChannel

    action = RemoteAction("action_x", EndpointConfig(f"http://127.0.0.1:{server.port}", enable_selective_domain=True))
    nlg, domain = TemplatedNaturalLanguageGenerator({}), Domain.empty()
    events: list[Event] = await action.run(
        CollectingOutputChannel(), nlg, DialogueStateTracker.from_events("x", []), domain
    )
    return events


async def test_one_connection_serves_many_calls(server: Counting) -> None:
    for _ in range(5):
        assert await call(server) == [SlotSet("side", "left")]
    assert (server.calls, server.connections) == (5, 1)


async def test_a_connection_that_was_closed_is_made_anew(server: Counting) -> None:
    server.drops = {2}
    assert await call(server) == await call(server) == [SlotSet("side", "left")]
    assert (server.calls, server.connections) == (3, 2)


@pytest.mark.parametrize(
    "broken",
    [
        aiohttp.ServerDisconnectedError(),
        aiohttp.ClientOSError(
            errno.ECONNRESET, "reset by the other side, as when a proxy is told to read its file anew"
        ),
        aiohttp.ClientOSError(errno.EPIPE, "broken"),
        aiohttp.ClientConnectionResetError("closing"),
    ],
    ids=repr,
)
async def test_in_whatever_way_a_kept_connection_breaks_it_is_made_anew(
    server: Counting, monkeypatch: pytest.MonkeyPatch, broken: Exception
) -> None:
    request, errors = EndpointConfig.request, [broken]

    async def breaks_once(*args: Any, **options: Any) -> Any:
        if errors:
            raise errors.pop()
        return await request(*args, **options)

    monkeypatch.setattr(EndpointConfig, "request", breaks_once)
    assert await call(server) == [SlotSet("side", "left")]


async def test_a_server_that_keeps_closing_is_a_failure(server: Counting) -> None:
    server.drops = {1, 2}
    said, *_ = await call(server)
    assert "999" in said.text
    assert server.calls == 2


async def test_closing_leaves_nothing_open(server: Counting) -> None:
    await call(server)
    await connections.close()
    await connections.close()  # when there is nothing, it does nothing
    session = EndpointConfig("http://x").session()
    assert isinstance(session.connector, aiohttp.TCPConnector)
    assert not session.connector.closed
    await session.close()
    assert not session.connector or not session.connector.closed
