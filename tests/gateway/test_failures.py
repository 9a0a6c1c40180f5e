"""Rasa is down, slow or broken, or this process dies: the person hears of it in time; nothing is lost or doubled."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from starlette.responses import JSONResponse, Response

from hip.gateway import turns
from hip.gateway.conversations import LEASE, Conversations
from hip.gateway.messages import Said
from hip.gateway.tokens import TokenMaker
from hip.launch.keys import new_keys
from hip.records import build_engine
from hip.records.encryption import Vault
from tests.gateway.conftest import Clocks, Gateways, Person, error_of, until_quiet
from tests.gateway.fake_rasa import FakeRasa, echo


async def test_rasa_is_down_and_comes_back(person: Person, rasa: FakeRasa) -> None:
    rasa.stop()
    assert error_of(await person.send("my hip hurts", message_id="message-kept")) == (503, "unavailable")
    assert error_of(await person.send("my hip hurts", message_id="message-kept")) == (503, "unavailable")
    assert ("person", "my hip hurts") in await person.history()
    rasa.start()
    (reply,) = await person.say("my hip hurts", message_id="message-kept")
    assert reply["text"] == "You said: my hip hurts"
    assert rasa.heard[-1]["metadata"] == {"message_id": "message-kept", "repeat": False}, "it never got there before"
    assert [text for who, text in await person.history() if who == "person"] == ["my hip hurts"]


async def test_rasa_is_down_at_the_beginning(client: httpx2.AsyncClient, rasa: FakeRasa, gateways: Gateways) -> None:
    rasa.stop()
    assert error_of(await client.post("/api/v1/sessions")) == (503, "unavailable")
    engine = build_engine(gateways.settings.database_url)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM chat_session").scalar() == 0
    engine.dispose()
    rasa.start()
    await Person(client).begin()


async def test_rasa_dies_in_the_middle_of_a_message(person: Person, rasa: FakeRasa) -> None:
    async def never(_message: dict[str, Any]) -> Any:
        await asyncio.sleep(60)

    rasa.script = never
    sending = asyncio.create_task(person.send("chest pain", message_id="message-kept"))
    while not rasa.texts:
        await asyncio.sleep(0.01)
    await asyncio.to_thread(rasa.stop)
    assert error_of(await sending) == (503, "unavailable")
    rasa.script = echo
    rasa.start()
    await person.say("chest pain", message_id="message-kept")
    assert rasa.heard[-1]["metadata"] == {"message_id": "message-kept", "repeat": True}, "it may have been read"


@pytest.mark.parametrize(
    "answer",
    [
        [],
        {},
        None,
        "text",
        [1],
        [{"custom": {"question": {}}}],
        [{"text": ""}],
        [{"text": "x", "buttons": [{"payload": "no title"}]}],
        [{"text": "x", "custom": {"outcome": {"reference": "HIP-3923-92C6"}}}],
        JSONResponse({"status": "failure"}, 500),
        JSONResponse({}, 503),
        Response("<html>busy</html>", 200),
        Response(b"\xff\xfe", 200),
    ],
    ids=lambda answer: str(answer.body) if isinstance(answer, Response) else str(answer),
)
async def test_rasa_answers_nonsense(
    person: Person, rasa: FakeRasa, answer: Any, caplog: pytest.LogCaptureFixture
) -> None:
    async def broken(_message: dict[str, Any]) -> Any:
        return answer

    rasa.script = broken
    assert error_of(await person.send("zebra crossing", message_id="message-kept")) == (503, "unavailable")
    rasa.script = echo
    (reply,) = await person.say("zebra crossing", message_id="message-kept")
    assert reply["text"] == "You said: zebra crossing"
    assert "zebra" not in caplog.text


async def test_rasa_is_slow_and_the_answer_is_found_later(
    person: Person, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "ANSWER_SECONDS", 0.5)
    goes_on = asyncio.Event()
    loop = asyncio.get_running_loop()

    async def slow(message: dict[str, Any]) -> Any:
        waiting = asyncio.run_coroutine_threadsafe(goes_on.wait(), loop)
        await asyncio.wrap_future(waiting)
        return await echo(message)

    rasa.script = slow
    assert error_of(await person.send("slow one", message_id="message-slow")) == (503, "unavailable")
    assert error_of(await person.send("slow one", message_id="message-slow")) == (503, "unavailable")
    goes_on.set()
    monkeypatch.undo()
    (reply,) = await person.say("slow one", message_id="message-slow")
    assert reply["text"] == "You said: slow one"
    assert rasa.texts == ["slow one"], "it was sent once"


async def test_a_message_behind_a_slow_one_is_refused_and_can_be_sent_again(
    person: Person, rasa: FakeRasa, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "ANSWER_SECONDS", 0.5)
    goes_on = asyncio.Event()
    loop = asyncio.get_running_loop()

    async def slow(message: dict[str, Any]) -> Any:
        if message["message"] == "first":
            await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(goes_on.wait(), loop))
        return await echo(message)

    rasa.script = slow
    first = asyncio.create_task(person.send("first", message_id="message-first"))
    while not rasa.texts:
        await asyncio.sleep(0.01)
    assert (await person.send("second", message_id="message-second")).status_code in (409, 503)
    assert error_of(await first) == (503, "unavailable")
    goes_on.set()
    await until_quiet()
    monkeypatch.undo()
    await person.say("first", message_id="message-first")
    await person.say("second", message_id="message-second")
    assert rasa.texts == ["first", "second"], "each once, in their order"


async def test_a_gateway_that_died_with_a_message_does_not_stop_the_conversation(
    person: Person, gateways: Gateways, rasa: FakeRasa, clocks: Clocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "ANSWER_SECONDS", 0.3)
    settings = gateways.settings
    engine = build_engine(settings.database_url)
    dead = Conversations(engine, Vault(settings.data_keys), lambda: clocks.now)
    conversation = TokenMaker(settings.session_keys).read(person.token)
    assert conversation
    dead.accept(conversation, "message-dead", Said("was I read?"))
    engine.dispose()
    assert error_of(await person.send("was I read?", message_id="message-dead")) == (503, "unavailable")
    assert (await person.send("and I?", message_id="message-next")).status_code in (409, 503)
    await until_quiet()
    monkeypatch.undo()
    clocks.move(LEASE.total_seconds() + 1)
    await person.say("was I read?", message_id="message-dead")
    assert rasa.heard[-1]["metadata"]["repeat"] is True
    await person.say("and I?", message_id="message-next")
    assert rasa.texts == ["was I read?", "and I?"]


async def test_the_database_is_away(person: Person, gateways: Gateways, caplog: pytest.LogCaptureFixture) -> None:
    engine = build_engine(gateways.settings.database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE chat_turn RENAME TO away")
    caplog.set_level(logging.DEBUG)
    assert error_of(await person.send("zebra crossing")) == (503, "unavailable")
    assert error_of(await person.client.post("/api/v1/sessions")) == (503, "unavailable")
    with engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE away RENAME TO chat_turn")
    engine.dispose()
    await person.say("zebra crossing")
    assert "zebra" not in caplog.text


async def test_what_nobody_foresaw_shows_no_stack_trace(
    person: Person, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def explode(_self: Any, _conversation: str, _message_id: str, said: Said) -> None:
        raise ZeroDivisionError(said.text)

    monkeypatch.setattr(Conversations, "accept", explode)
    response = await person.send("zebra crossing")
    assert error_of(response) == (503, "unavailable")
    assert "Traceback" not in response.text
    assert "ZeroDivisionError" in caplog.text
    assert "zebra" not in caplog.text


async def test_keys_that_were_changed_open_what_was_kept_before(person: Person, gateways: Gateways) -> None:
    await person.say("kept")
    fresh, old = new_keys(), gateways.settings
    rotated = replace(
        old,
        session_keys=(fresh["SESSION_KEYS"], *old.session_keys),
        data_keys=(fresh["DATA_KEYS"], *old.data_keys),
    )
    later = Person(await gateways.start(rotated), person.token)
    await later.say("also kept", message_id="message-later")
    assert [text for who, text in await later.history() if who == "person"] == ["kept", "also kept"]
    lost = Person(await gateways.start(replace(old, data_keys=(fresh["DATA_KEYS"],))), person.token)
    assert error_of(await lost.ask("GET", "messages")) == (503, "unavailable")
