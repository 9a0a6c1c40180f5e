"""The attacks of ``test_attacks.py`` over a real network, on the really started assistant: refused, and it goes on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from evaluation.player import custom_parts
from tests.conftest import Servers
from tests.gateway.conftest import error_of
from tests.gateway.test_with_servers import Browser
from tests.whole_assistant import gateway_in_front

MARKUP = "<img src=x onerror=alert(1)> my hip hurts"


@pytest.fixture(scope="module")
def attacked(servers: Servers) -> Iterator[Servers]:
    """The gateway's process with the limits that an installation has."""
    with gateway_in_front(servers) as alone:
        yield alone


@pytest.fixture
def browser(attacked: Servers) -> Iterator[Browser]:
    with httpx2.Client(base_url=attacked.settings.gateway_url, timeout=15) as client:
        begun = Browser(client)
        begun.begin()
        yield begun


def asked(messages: list[dict[str, Any]]) -> list[str]:
    return [part["id"] for part in custom_parts(messages, "question")]


def test_each_is_refused_and_the_conversation_goes_on(browser: Browser) -> None:
    mine = browser.token
    message = {"id": "attack-0001", "text": "yes"}
    for forged in (mine[:-1], "A" + mine[1:], f"{mine.split('.')[0]}.AAAA"):
        browser.token = forged
        assert error_of(browser.ask("POST", "messages", json=message)) == (401, "bad_token")
    browser.token = mine
    for payload in ("/restart", '/inform{"age": 40}', "/session_start"):
        assert error_of(browser.ask("POST", "messages", json=message | {"payload": payload})) == (422, "not_offered")
    for size in (300_000, 1_000_000, 8_000_000):
        assert error_of(browser.ask("POST", "messages", json=message | {"text": "x" * size})) == (413, "too_long")
    headers = {"Authorization": f"Bearer {mine}", "Origin": "https://evil.example"}
    foreign = browser.client.post("/api/v1/messages", json=message, headers=headers)
    assert error_of(foreign) == (403, "bad_origin")
    assert len(browser.ask("GET", "messages").json()["messages"]) == len(browser.begun)
    assert asked(browser.say("yes")) == ["respondent"], "none of it was taken for an answer"


def test_markup_is_words(browser: Browser) -> None:
    browser.say("yes")
    browser.say(MARKUP)
    history = browser.ask("GET", "messages")
    assert history.headers["content-type"] == "application/json"
    assert MARKUP in [each["text"] for each in history.json()["messages"] if each["from"] == "person"]


async def test_two_hundred_messages_at_once_and_a_neighbour_who_notices_nothing(attacked: Servers) -> None:
    url = attacked.settings.gateway_url
    limits = httpx2.Limits(max_connections=200)
    async with (
        httpx2.AsyncClient(base_url=url, timeout=30, limits=limits) as flood,
        httpx2.AsyncClient(base_url=url, timeout=15) as other,
    ):
        token = (await flood.post("/api/v1/sessions")).json()["token"]
        theirs = (await other.post("/api/v1/sessions")).json()["token"]

        async def send(client: httpx2.AsyncClient, who: str, message_id: str, text: str) -> httpx2.Response:
            headers = {"Authorization": f"Bearer {who}"}
            body = {"id": message_id, "text": text}
            return await client.post("/api/v1/messages", json=body, headers=headers)

        flooding = [asyncio.create_task(send(flood, token, f"flood-{n:04}", f"message {n}")) for n in range(200)]
        neighbour = await send(other, theirs, "neighbour-1", "yes")
        responses = await asyncio.gather(*flooding)
        assert neighbour.status_code == 200
        assert asked(neighbour.json()["messages"]) == ["respondent"]
        refused = {error_of(response) for response in responses if response.status_code != 200}
        assert (429, "too_many") in refused
        # One conversation is answered message by message, so some may be told to send theirs again.
        assert refused <= {(429, "too_many"), (409, "busy"), (503, "unavailable")}
        history = await flood.get("/api/v1/messages", headers={"Authorization": f"Bearer {token}"})
        kept = [each["text"] for each in history.json()["messages"] if each["from"] == "person"]
        answered = [f"message {n}" for n, response in enumerate(responses) if response.status_code == 200]
        assert answered
        assert set(answered) <= set(kept)
        assert len(kept) == len(set(kept)) <= attacked.settings.session_limit
        assert attacked.log("gateway").count("Traceback") == 0
