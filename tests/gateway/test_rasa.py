"""A message whose connection is lost is sent once more, and Rasa is told that it may have had it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from hip.gateway.rasa import NoAnswer, NotSent, Rasa

ANSWER = httpx2.Response(200, json=[{"recipient_id": "x", "text": "Which side?"}])
LOST = [httpx2.ReadError, httpx2.WriteError, httpx2.CloseError, httpx2.RemoteProtocolError]


class Line:
    """What happens to each request in turn; keeps their bodies."""

    def __init__(self, *events: Any) -> None:
        self.events: Iterator[Any] = iter(events)
        self.bodies: list[dict[str, Any]] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        self.bodies.append(json.loads(request.content))
        event = next(self.events)
        if isinstance(event, httpx2.Response):
            return event
        raise event("lost", request=request)


async def send(line: Line, repeat: bool = False) -> list[str]:
    async with httpx2.AsyncClient(transport=httpx2.MockTransport(line)) as client:
        answer = await Rasa(client, "http://rasa", "http://links").send("someone", "left", "id-1", repeat=repeat)
    return [reply.text for reply in answer.replies]


@pytest.mark.parametrize("error", LOST)
async def test_a_lost_connection_is_tried_once_more_as_a_repeat(error: type[Exception]) -> None:
    line = Line(error, ANSWER)
    assert await send(line) == ["Which side?"]
    first, second = line.bodies
    assert first["metadata"] == {"message_id": "id-1", "repeat": False}
    assert second == first | {"metadata": {"message_id": "id-1", "repeat": True}}


@pytest.mark.parametrize("then", [*LOST, httpx2.ConnectError, httpx2.ReadTimeout, httpx2.Response(502)])
async def test_twice_is_enough_and_the_message_may_have_got_there(then: Any) -> None:
    line = Line(httpx2.ReadError, then)
    with pytest.raises(NoAnswer):
        await send(line)
    assert len(line.bodies) == 2


@pytest.mark.parametrize("error", [httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout])
async def test_what_was_never_sent_is_left_to_the_person(error: type[Exception]) -> None:
    line = Line(error)
    with pytest.raises(NotSent):
        await send(line)


async def test_an_answer_that_does_not_come_is_not_waited_for_again() -> None:
    with pytest.raises(NoAnswer):
        await send(Line(httpx2.ReadTimeout))
