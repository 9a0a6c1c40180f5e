"""What a browser does in an ordinary conversation."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import time
from typing import Any

import httpx2
import pytest

from hip.handover.booking import BookingDesk
from hip.handover.hours import PhoneHours, Span
from hip.settings import Settings
from tests.gateway.conftest import Clocks, Gateways, Person
from tests.gateway.fake_rasa import FakeRasa, echo


async def test_a_conversation_from_beginning_to_end(person: Person, rasa: FakeRasa) -> None:
    assert [message["text"] for message in person.greeting] == ["You said: hello"]
    (reply,) = await person.say("My hip hurts")
    assert reply == {
        "id": "m00000003",
        "from": "assistant",
        "text": "You said: My hip hurts",
        "buttons": [{"title": "Left", "payload": "Left"}, {"title": "Start again", "payload": "/restart"}],
        "custom": None,
    }
    await person.say("Left", payload="Left")
    assert rasa.texts == ["My hip hurts", "Left"]
    assert await person.history() == [
        ("assistant", "You said: hello"),
        ("person", "My hip hurts"),
        ("assistant", "You said: My hip hurts"),
        ("person", "Left"),
        ("assistant", "You said: Left"),
    ]
    later = (await person.ask("GET", "messages?after=m00000003")).json()["messages"]
    assert [message["id"] for message in later] == ["m00000004", "m00000005"]


async def test_everybody_has_a_conversation_of_their_own(client: httpx2.AsyncClient, rasa: FakeRasa) -> None:
    one, two = await Person(client).begin(), await Person(client).begin()
    await one.say("only mine")
    assert ("person", "only mine") not in await two.history()
    senders = {message["sender"] for message in rasa.heard}
    assert len(senders) == 2
    assert not any(sender in token for sender in senders for token in (one.token, two.token))


async def test_the_same_id_again_gives_the_same_answer_and_nothing_twice(person: Person, rasa: FakeRasa) -> None:
    first = await person.say("one", message_id="the-same-id")
    assert await person.say("one", message_id="the-same-id") == first
    assert await person.say("something else", message_id="the-same-id") == first
    assert rasa.texts == ["one"]
    assert len(await person.history()) == 3


async def test_the_same_message_twice_at_the_same_time(person: Person, rasa: FakeRasa) -> None:
    rasa.script = slowly
    answers = await asyncio.gather(*(person.say("one", message_id="the-same-id") for _ in range(5)))
    assert all(answer == answers[0] for answer in answers)
    assert rasa.texts == ["one"]


async def test_two_gateways_know_of_each_other(gateways: Gateways, rasa: FakeRasa) -> None:
    here, there = Person(await gateways.start()), Person(await gateways.start())
    await here.begin()
    there.token = here.token
    rasa.script = slowly
    answers = await asyncio.gather(*(who.say("one", message_id="the-same-id") for who in (here, there, here, there)))
    assert all(answer == answers[0] for answer in answers)
    assert rasa.texts == ["one"]
    assert await there.history() == await here.history()


async def slowly(message: dict[str, Any]) -> Any:
    await asyncio.sleep(0.15)
    return await echo(message)


@pytest.mark.parametrize("gateway_count", [1, 2])
async def test_twenty_messages_at_once_are_answered_one_by_one_in_their_order(
    gateways: Gateways, rasa: FakeRasa, gateway_count: int
) -> None:
    people = [Person(await gateways.start()) for _ in range(gateway_count)]
    await people[0].begin()
    sending = []
    for number in range(20):
        people[number % gateway_count].token = people[0].token
        message_id = f"message-at-once-{number}"
        sending.append(asyncio.create_task(people[number % gateway_count].say(f"no. {number}", message_id=message_id)))
        while ("person", f"no. {number}") not in await people[0].history():  # until it has been taken
            await asyncio.sleep(0.01)
    answers = await asyncio.gather(*sending)
    assert [answer[0]["text"] for answer in answers] == [f"You said: no. {number}" for number in range(20)]
    assert rasa.texts == [f"no. {number}" for number in range(20)]
    assert max(rasa.most_at_once.values()) == 1


async def test_a_question_and_its_parts_are_one_message(person: Person, rasa: FakeRasa) -> None:
    question = {"id": "age", "kind": "number"}

    async def script(_message: dict[str, Any]) -> Any:
        return [
            {"recipient_id": "x", "text": "Thank you."},
            {"recipient_id": "x", "text": "How old are you?"},
            {"recipient_id": "x", "custom": {"question": question, "internal": 1}},
        ]

    rasa.script = script
    replies = await person.say("hello there")
    assert [(reply["text"], reply["custom"]) for reply in replies] == [
        ("Thank you.", None),
        ("How old are you?", {"question": question}),
    ]


async def test_booking_links_go_through_the_counter(person: Person, rasa: FakeRasa, settings: Settings) -> None:
    link = {"service": "consultation", "url": "https://booking.example/x", "phone": "020 7946 0101"}
    phone = {"service": "clinic_phone", "url": None, "phone": "020 7946 0100"}

    async def script(_message: dict[str, Any]) -> Any:
        outcome = {
            "care_level": "consultation",
            "reasons": ["T1"],
            "reference": "HIP-3923-92C6",
            "booking": [link, phone],
        }
        return [{"text": "Your result", "custom": {"outcome": outcome}}]

    rasa.script = script
    (reply,) = await person.say("and now?")
    urls = [entry["url"] for entry in reply["custom"]["outcome"]["booking"]]
    assert urls == [f"{settings.public_url}/go/HIP-3923-92C6?service=consultation", None]


async def test_what_stands_below_the_ways_to_book_is_that_of_the_moment(
    gateways: Gateways, rasa: FakeRasa, clocks: Clocks, monkeypatch: pytest.MonkeyPatch
) -> None:
    week = Span((0, 1, 2, 3, 4), time(9), time(17, 30))
    hours = PhoneHours((week,), frozenset(), "Open {hours}.", "Closed until {hours}.")
    desk = replace(BookingDesk.load(), hours=hours, link_failed="Phone us instead.")
    monkeypatch.setattr(BookingDesk, "load", lambda: desk)
    link = {"service": "consultation", "url": "https://booking.example/x", "phone": "020 7946 0101"}
    booking: list[Any] = []

    async def script(_message: dict[str, Any]) -> Any:
        outcome = {"care_level": "consultation", "reasons": ["T1"], "reference": "HIP-3923-92C6", "booking": booking}
        words = f"Your reference is HIP-3923-92C6.\n{hours.line(clocks.now)}"
        return [{"text": "Your result", "custom": {"outcome": outcome}}, {"text": words}]

    rasa.script = script
    person = await Person(await gateways.start()).begin()
    nothing, _ = await person.say("and now?")
    assert "notes" not in nothing["custom"]["outcome"]
    booking.append(link)
    reply, words = await person.say("and now?")
    spoken = "Monday to Friday, 9 am to 5.30 pm"
    assert reply["custom"]["outcome"]["notes"] == ["Phone us instead.", f"Open {spoken}."]
    assert words["text"] == "Your reference is HIP-3923-92C6.", "said once"
    clocks.move(12 * 3600)
    *_, later, words_then = (await person.ask("GET", "messages")).json()["messages"]
    assert later["custom"]["outcome"]["notes"] == ["Phone us instead.", f"Closed until {spoken}."]
    assert words_then["text"] == words["text"], "what was true then is not said any more"


async def test_a_long_message_is_read_whole_and_answered_politely(person: Person, rasa: FakeRasa) -> None:
    story = "It hurts. " * 1_500
    replies = await person.say(story)
    assert rasa.texts == [story.strip()]
    assert replies[0]["text"].startswith("That was a long message.")
    assert replies[1]["text"].startswith("You said: It hurts.")


async def test_nothing_distracts_from_an_emergency_in_a_long_message(person: Person, rasa: FakeRasa) -> None:
    async def script(_message: dict[str, Any]) -> Any:
        return [{"text": "Call 999 now."}]

    rasa.script = script
    assert [reply["text"] for reply in await person.say("It hurts. " * 1_500)] == ["Call 999 now."]


async def test_a_long_conversation_goes_on_after_a_pause(person: Person, clocks: Clocks) -> None:
    clocks.move(3 * 24 * 3600)
    await person.say("I am back")
    assert len(await person.history()) == 3
