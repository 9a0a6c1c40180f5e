"""Two Rasa and two action servers behind nginx do what one of each does, for many at once."""

from __future__ import annotations

import asyncio
import itertools
import uuid
from random import Random
from typing import Any

import httpx2
import pytest

from evaluation.cases import read_vignettes
from evaluation.player import Send, custom_parts, play, rest_sender
from hip.engine import timeouts
from tests.conversations.chat import OTHERWISE, ROUTINE
from tests.scale.cluster import Cluster
from tests.scale.looking import find_record, values_of
from tests.scale.person import Person

#: Every so many patients are played, to save time; `python -m evaluation` plays them all.
EVERY = 8
MANY = 200


def alternating(cluster: Cluster) -> Send:
    """Sends the messages of one conversation to the Rasa servers in turn, past the proxy."""
    conversation = uuid.uuid4().hex
    settings = [cluster.servers[name].settings for name in cluster.names("rasa")]
    urls = [f"http://127.0.0.1:{each.rasa_port}/webhooks/rest/webhook" for each in settings]
    turns = itertools.cycle([rest_sender(url, conversation) for url in urls])
    return lambda text: next(turns)(text)


@pytest.mark.parametrize("case", read_vignettes()[::EVERY], ids=lambda case: case["id"])
def test_the_same_answers_when_two_servers_take_turns(cluster: Cluster, case: dict[str, Any]) -> None:
    """One server, and two that each have every other message of the same conversation."""
    settings = cluster.servers["rasa-0"].settings
    one = play(case, rest_sender(f"http://127.0.0.1:{settings.rasa_port}/webhooks/rest/webhook"))
    two = play(case, alternating(cluster))
    assert one.outcome
    assert two.outcome
    assert one.asked == two.asked
    assert texts(one.transcript) == texts(two.transcript)


def texts(transcript: list[tuple[str, list[dict[str, Any]]]]) -> list[tuple[str, list[str]]]:
    """What was said by both, without what differs by chance: the reference code."""
    return [
        (said, [reply["text"] for reply in replies if "text" in reply and "HIP-" not in reply["text"]])
        for said, replies in transcript
    ]


async def post(client: httpx2.AsyncClient, person: Person, message_id: str, text: str) -> list[dict[str, Any]]:
    """Send until answered, as the widget does; "busy" is no failure."""
    headers = {"Authorization": f"Bearer {person.token}"}
    for _ in range(60):
        response = await client.post(
            f"{person.url}/api/v1/messages", json={"id": message_id, "text": text}, headers=headers
        )
        if response.status_code == 200:
            return list(response.json()["messages"])
        assert response.status_code in (409, 503), response.text
        await asyncio.sleep(0.5)
    raise AssertionError("never answered")


async def test_twenty_messages_at_once_to_one_conversation_are_kept_in_order(cluster: Cluster, person: Person) -> None:
    person.answer_until("age")
    before = len(person.history())
    ages = [str(40 + number) for number in range(20)]
    async with httpx2.AsyncClient(timeout=timeouts.WIDGET) as client:
        await asyncio.gather(*(post(client, person, f"message-at-once-{age}", f"I am {age}") for age in ages))
    messages = person.history()[before:]
    said = [message["text"] for message in messages if message["from"] == "person"]
    assert sorted(said) == sorted(f"I am {age}" for age in ages), "each once"
    person.say("none of these")
    person.answer_until(None)
    assert person.outcome
    record = find_record(cluster.settings, person.outcome["reference"])
    assert [f"I am {age}" for age in values_of(record, "age")] == said


async def test_twenty_messages_at_once_straight_to_both_rasa_servers(cluster: Cluster) -> None:
    """Without the gateway, which lets one through at a time, the locks alone keep them apart."""
    conversation = uuid.uuid4().hex
    urls = [
        f"http://127.0.0.1:{cluster.servers[name].settings.rasa_port}/webhooks/rest/webhook"
        for name in cluster.names("rasa")
    ]
    async with httpx2.AsyncClient(timeout=timeouts.INNER_PROXY) as client:

        async def tell(url: str, text: str) -> list[dict[str, Any]]:
            response = await client.post(url, json={"sender": conversation, "message": text})
            return list(response.json())

        for text in ("hello", "yes", "it's for me"):
            await tell(urls[0], text)
        answers = await asyncio.gather(*(tell(urls[number % 2], f"I am {40 + number}") for number in range(20)))
        assert all(answers), "each was answered"
        replies, outcome = await tell(urls[1], "none of these"), None
        while outcome is None:
            (question,) = custom_parts(replies, "question")[-1:]
            replies = await tell(urls[0], {**ROUTINE, **OTHERWISE}[question["id"]])
            outcome = next(iter(custom_parts(replies, "outcome")), None)
    record = find_record(cluster.settings, outcome["reference"])
    assert sorted(values_of(record, "age")) == list(range(40, 60)), "each was read once"


def test_the_proxies_wrote_no_message_into_a_file(cluster: Cluster, person: Person) -> None:
    person.answer_until("age")
    person.say("I am 63. " + "I walk the dog every day and it still hurts. " * 400)
    person.answer_until(None)
    assert "temporary file" not in cluster.log("nginx")


async def test_two_hundred_conversations_at_once(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    """From the greeting to the result; not one refusal."""
    before = database_size(cluster)
    outcomes = await talk_all(cluster.url, MANY, Random(12))
    each = (database_size(cluster) - before) / MANY
    with capsys.disabled():
        print(f"\n{MANY} conversations at once, to the result; {each / 1024:.1f} KiB of the database for each")
    assert len(outcomes) == MANY
    assert {outcome["care_level"] for outcome in outcomes} == {"consultation"}
    assert len({outcome["reference"] for outcome in outcomes}) == MANY


def database_size(cluster: Cluster) -> int:
    """Bytes of all tables and indexes."""
    query = "SELECT pg_database_size('postgres')"
    return int(cluster.postgresql.run("psql", "--tuples-only", "--no-align", "--command", query))


async def talk_all(url: str, people: int, dice: Random) -> list[dict[str, Any]]:
    """So many conversations at once."""
    limits = httpx2.Limits(max_connections=people)
    async with httpx2.AsyncClient(timeout=timeouts.WIDGET, limits=limits) as client:
        return list(await asyncio.gather(*(talk(client, url, Random(dice.random())) for _ in range(people))))


async def talk(client: httpx2.AsyncClient, url: str, dice: Random) -> dict[str, Any]:
    """One conversation, whose messages are answered at the first attempt; a person reads and types for 10 to 30 s."""
    await asyncio.sleep(dice.uniform(0, 20))
    response = await client.post(f"{url}/api/v1/sessions")
    assert response.status_code == 201, response.text
    person = Person(url, response.json()["token"], replies=response.json()["messages"])
    headers = {"Authorization": f"Bearer {person.token}"}
    while not person.outcome:
        assert person.question
        await asyncio.sleep(dice.uniform(10, 30))
        body = {"id": person.new_id(), "text": {**ROUTINE, **OTHERWISE}[person.question]}
        response = await client.post(f"{url}/api/v1/messages", json=body, headers=headers)
        assert response.status_code == 200, response.text
        person.replies = response.json()["messages"]
    return person.outcome
