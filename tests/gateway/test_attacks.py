"""What somebody with bad intentions sends: each is refused with a clear error, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
from dataclasses import replace
from typing import Any

import httpx2
import pytest

from tests.gateway.conftest import Clocks, Gateways, Person, error_of
from tests.gateway.fake_rasa import FakeRasa


def forged(token: str) -> list[str]:
    """Tokens like this one that the server did not sign."""
    session_id, _, signature = token.rpartition(".")
    other = ("A" if session_id[0] != "A" else "B") + session_id[1:]
    return [
        "",
        "x",
        session_id,
        f"{other}.{signature}",
        f"{session_id}.{signature[:-1]}",
        f"{session_id}.",
        f".{signature}",
        token + token,
        "A" * 100_000,
    ]


async def test_a_token_that_this_server_did_not_sign(person: Person) -> None:
    token = person.token
    for wrong in forged(token):
        person.token = wrong
        assert error_of(await person.send("hello?")) == (401, "bad_token")
        for method, path in (("GET", "messages"), ("DELETE", "session"), ("GET", "summary"), ("POST", "callback")):
            assert error_of(await person.ask(method, path)) == (401, "bad_token")
    person.token = token
    assert len(await person.history()) == 1


@pytest.mark.parametrize("header", ["", "Basic abc", "Bearer", "Token {token}"])
async def test_a_token_that_is_not_sent_as_it_should_be(person: Person, header: str) -> None:
    headers = {"Authorization": header.format(token=person.token)}
    assert error_of(await person.ask("GET", "messages", headers=headers)) == (401, "bad_token")


async def test_anothers_token_shows_nothing_of_mine(person: Person, client: httpx2.AsyncClient, rasa: FakeRasa) -> None:
    await person.say("my own words", message_id="the-same-id")
    other = await Person(client).begin()
    (reply,) = await other.say("other words", message_id="the-same-id")
    assert reply["text"] == "You said: other words"
    assert "my own words" not in str(await other.history())


async def test_another_servers_key_opens_nothing(person: Person, gateways: Gateways) -> None:
    stranger = Person(await gateways.start(replace(gateways.settings, session_keys=("k" * 40,))))
    stranger.token = person.token
    assert error_of(await stranger.send("hello?")) == (401, "bad_token")


async def test_the_browser_never_chooses_the_conversation(client: httpx2.AsyncClient, rasa: FakeRasa) -> None:
    response = await client.post("/api/v1/sessions", json={"token": "mine", "id": "mine", "sender": "mine"})
    assert response.status_code == 201
    assert "mine" not in rasa.heard[0]["sender"]
    assert "mine" not in response.json()["token"]


@pytest.mark.parametrize(
    ("payload", "label"),
    [
        ("/restart", "Something else"),
        ("/restart ", "Start again"),
        ("/delete_data", "Delete"),
        ('/inform{"age": 40}', "Start again"),
        ("left", "Left"),
        ("Right", "Right"),
    ],
)
async def test_a_forged_payload(person: Person, rasa: FakeRasa, payload: str, label: str) -> None:
    assert error_of(await person.send(label, payload=payload)) == (422, "not_offered")
    assert rasa.texts == []
    assert len(await person.history()) == 1


async def test_a_payload_that_was_offered_before_the_last_answer(person: Person, rasa: FakeRasa) -> None:
    async def no_buttons(message: dict[str, Any]) -> Any:
        return [{"text": "Anything else?"}]

    rasa.script = no_buttons
    await person.say("Start again", payload="/restart")
    assert rasa.texts == ["/restart"], "the last answer offered it"
    assert error_of(await person.send("Start again", payload="/restart")) == (422, "not_offered")
    assert rasa.texts == ["/restart"]


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("/restart", "restart"),
        ("  /restart", "restart"),
        ("//restart", "restart"),
        ("/ /restart", "restart"),
        ('/inform{"age": 40}', 'inform{"age": 40}'),
        ("\u200b/restart", "restart"),
        ("\ufeff/restart", "restart"),
        ("\u202e/restart", "restart"),
        ("\u2060\x00 \t/restart", "restart"),
        ("\u3000/restart", "restart"),
        ("\u00a0\u2003/restart", "restart"),
        ("\x1f/restart", "restart"),
        ("\x85/restart", "restart"),
        ("\u2028/restart", "restart"),
        ("／restart", "restart"),
        ("⁄restart", "restart"),
        ("∕restart", "restart"),
        ("\u200b／\u200b/restart", "restart"),
        ("/\x00/\x00restart", "restart"),
        ("/", "?"),
        ("/// /", "?"),
        ("1/2 an hour", "1/2 an hour"),
        ("yes /restart", "yes /restart"),
    ],
)
async def test_a_slash_is_never_an_intent(person: Person, rasa: FakeRasa, typed: str, read: str) -> None:
    await person.say(typed)
    assert rasa.texts == [read]
    assert not rasa.texts[0].strip().startswith("/"), "as Rasa strips it"


@pytest.mark.parametrize(
    "text", ["<img src=x onerror=alert(1)>", "<script>alert(1)</script>", "&lt;b&gt;", "{{7*7}}", "' OR 1=1 --", "${x}"]
)
async def test_markup_is_text_and_stays_text(person: Person, text: str) -> None:
    (reply,) = await person.say(text)
    assert reply["text"] == f"You said: {text}"
    response = await person.ask("GET", "messages")
    assert response.headers["content-type"] == "application/json"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert ("person", text) in await person.history()


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("a\x00b\x07c\x1b[31md", "abc[31md"),
        ("line one\r\nline two\rline three", "line one\nline two\nline three"),
        ("half \ud800 a pair", "half  a pair"),
        ("left\u202eright", "leftright"),
        ("  spaces  ", "spaces"),
        ("❤️ ça va\u0301", "❤️ ça va\u0301"),
    ],
)
async def test_control_characters_are_taken_out(person: Person, rasa: FakeRasa, typed: str, kept: str) -> None:
    body = json.dumps({"id": "message-0000", "text": typed}).encode()  # as \ud800, which is JSON but not Unicode
    response = await person.ask("POST", "messages", content=body, headers={"Content-Type": "application/json"})
    assert response.status_code == 200
    assert rasa.texts == [kept]


@pytest.mark.parametrize("typed", ["", " ", "\x00\x01", "\u200b\u200d", "\n\r\n"])
async def test_nothing_at_all(person: Person, rasa: FakeRasa, typed: str) -> None:
    assert error_of(await person.send(typed)) == (400, "bad_request")
    assert rasa.texts == []


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not json",
        b"[]",
        b"null",
        b'"text"',
        b"{}",
        b'{"id": "message-0000"}',
        b'{"text": "x"}',
        b'{"id": "short", "text": "x"}',
        b'{"id": "message 0000", "text": "x"}',
        b'{"id": 12345678, "text": "x"}',
        b'{"id": "message-0000", "text": ["x"]}',
        b'{"id": "message-0000", "text": "x", "payload": null}',
        b'{"id": "message-0000", "text": "x", "sender": "somebody else"}',
        b'{"id": "message-0000", "text": "\xff"}',
        b"[" * 100_000,
        b'{"id": "message-0000", "text": ' + b"1" * 10_000 + b"}",
    ],
)
async def test_what_is_no_message(person: Person, rasa: FakeRasa, body: bytes) -> None:
    response = await person.ask("POST", "messages", content=body, headers={"Content-Type": "application/json"})
    assert error_of(response) == (400, "bad_request")
    assert rasa.texts == []
    assert len(await person.history()) == 1


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""])
async def test_a_form_of_another_website_is_no_message(person: Person, rasa: FakeRasa, kind: str) -> None:
    body = json.dumps({"id": "message-0000", "text": "x"}).encode()
    response = await person.ask("POST", "messages", content=body, headers={"Content-Type": kind})
    assert error_of(response) == (400, "bad_request")
    assert rasa.texts == []


async def test_how_much_is_read(person: Person, rasa: FakeRasa) -> None:
    assert (await person.send("😀" * 20_000)).status_code == 200
    assert error_of(await person.send("x" * 20_001)) == (413, "too_long")
    assert error_of(await person.send("x" * 1_000_000)) == (413, "too_long")
    assert len(rasa.texts) == 1
    (reply,) = await person.say("I am still here")
    assert reply["text"] == "You said: I am still here"


async def test_a_megabyte_is_not_read_to_its_end(person: Person) -> None:
    sent = 0

    async def megabytes() -> Any:
        nonlocal sent
        for _ in range(1000):
            sent += 64 * 1024
            yield b"x" * 64 * 1024

    response = await person.ask("POST", "messages", content=megabytes(), headers={"Content-Type": "application/json"})
    assert error_of(response) == (413, "too_long")


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "null",
        "https://www.clinic.example.evil.example",
        "http://www.clinic.example",
        "https://www.clinic.example:444",
        "https://WWW.clinic.example",
        "",
    ],
)
async def test_a_page_of_another_website(person: Person, rasa: FakeRasa, origin: str) -> None:
    body = {"id": "message-0000", "text": "x"}
    response = await person.ask("POST", "messages", json=body, headers={"Origin": origin})
    assert error_of(response) == (403, "bad_origin")
    assert "access-control-allow-origin" not in response.headers
    asked = {"Origin": origin, "Access-Control-Request-Method": "POST"}
    assert (await person.ask("OPTIONS", "messages", headers=asked)).status_code == 403
    assert rasa.texts == []


async def test_the_clinics_website_and_our_own_page(person: Person, gateways: Gateways) -> None:
    for origin in ("https://www.clinic.example", gateways.settings.public_url):
        response = await person.ask("GET", "messages", headers={"Origin": origin})
        assert response.status_code == 200
    allowed = {"Origin": "https://www.clinic.example"}
    response = await person.ask("GET", "messages", headers=allowed)
    assert response.headers["access-control-allow-origin"] == "https://www.clinic.example"
    assert "access-control-allow-credentials" not in response.headers
    person.token = "wrong"
    refused = await person.ask("GET", "messages", headers=allowed)
    assert error_of(refused) == (401, "bad_token")
    assert refused.headers["access-control-allow-origin"] == "https://www.clinic.example", "the widget can read why"
    preflight = allowed | {
        "Access-Control-Request-Method": "DELETE",
        "Access-Control-Request-Headers": "authorization, content-type",
    }
    assert (await person.ask("OPTIONS", "session", headers=preflight)).status_code == 200


async def test_two_hundred_messages_in_a_second(person: Person, rasa: FakeRasa, clocks: Clocks) -> None:
    limit = 40
    responses = await asyncio.gather(*(person.send(f"no. {n}", message_id=f"message-flood-{n}") for n in range(200)))
    answered = [n for n, response in enumerate(responses) if response.status_code == 200]
    refused = [response for response in responses if response.status_code != 200]
    assert len(answered) == limit
    assert {error_of(response) for response in refused} == {(429, "too_many")}
    assert all(1 <= int(response.headers["retry-after"]) <= 61 for response in refused)
    assert sorted(rasa.texts) == sorted(f"no. {n}" for n in answered), "all that was taken was answered, once"
    clocks.move(61)
    lost = next(n for n, response in enumerate(responses) if response.status_code == 429)
    (reply,) = await person.say(f"no. {lost}", message_id=f"message-flood-{lost}")
    assert reply["text"] == f"You said: no. {lost}"


async def test_one_address_cannot_keep_others_out(client: httpx2.AsyncClient, gateways: Gateways) -> None:
    for _ in range(gateways.settings.address_session_limit):
        assert (await client.post("/api/v1/sessions")).status_code == 201
    assert error_of(await client.post("/api/v1/sessions")) == (429, "too_many")


async def test_one_address_cannot_ask_without_end(person: Person, gateways: Gateways, clocks: Clocks) -> None:
    narrow = Person(await gateways.start(replace(gateways.settings, address_limit=5)), person.token)
    responses = [await narrow.ask("GET", "messages") for _ in range(6)]
    assert [response.status_code for response in responses] == [200] * 5 + [429]
    assert error_of(responses[-1]) == (429, "too_many")
    assert error_of(await narrow.send("hello?")) == (429, "too_many")
    clocks.move(61)
    assert (await narrow.ask("GET", "messages")).status_code == 200


async def test_a_replay_after_deletion(person: Person) -> None:
    await person.say("one", message_id="the-same-id")
    assert (await person.ask("DELETE", "session")).status_code == 204
    assert error_of(await person.send("one", message_id="the-same-id")) == (401, "bad_token")
    assert error_of(await person.ask("GET", "messages")) == (401, "bad_token")
    assert error_of(await person.ask("DELETE", "session")) == (401, "bad_token")


@pytest.mark.parametrize("after", ["", "0", "m1", "m000000001", "m0000000x", "m-0000001", "m0000001\u0660"])
async def test_an_id_that_is_no_message(person: Person, after: str) -> None:
    response = await person.ask("GET", "messages", params={"after": after})
    assert error_of(response) == (400, "bad_request")


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/..%2f..%2fetc%2fpasswd", 404),
        ("GET", "/..", 200),  # the browser's own path for /
        ("GET", "/.env", 404),
        ("GET", "/package.json%00.js", 404),
        ("POST", "/", 405),
        ("PUT", "/api/v1/messages", 405),
        ("GET", "/api/v1/sessions", 405),
    ],
)
async def test_addresses_that_are_not_there(gateways: Gateways, method: str, path: str, status: int) -> None:
    client = await gateways.start()
    client.event_hooks = {}
    response = await client.request(method, path)
    assert response.status_code == status
    if status != 200:
        error_of(response)


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/api/v1/messages", "GET, HEAD, POST"),
        ("/api/v1/session", "DELETE"),
        ("/", "GET, HEAD"),
        ("/page.css", "GET, HEAD"),
    ],
)
async def test_a_wrong_method_is_told_which_ones_there_are(gateways: Gateways, path: str, allowed: str) -> None:
    """Found by schemathesis: it was a 400, with nothing said of the methods."""
    client = await gateways.start()
    client.event_hooks = {}
    response = await client.request("PATCH", path)
    assert error_of(response) == (405, "bad_request")
    assert response.headers["allow"] == allowed


async def test_the_headers_of_every_answer(person: Person) -> None:
    person.client.event_hooks = {}
    refused = {"Origin": "https://evil.example"}
    for response in [
        await person.ask("GET", "messages"),
        await person.ask("GET", "nothing"),
        await person.ask("GET", "messages", headers=refused),
        await person.client.get("/"),
    ]:
        policy = response.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["cache-control"] == "no-store"
        assert "server" not in response.headers
