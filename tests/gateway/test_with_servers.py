"""The gateway in front of the really started assistant: the same results, nothing typed in any log, nothing left."""

from __future__ import annotations

import dataclasses
import itertools
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest
from sqlalchemy import select

from evaluation.cases import read_vignettes
from evaluation.player import Send, Talk, custom_parts, play, rest_sender
from hip.gateway.tokens import TokenMaker
from hip.records import build_engine
from hip.records.keys import conversation_key
from hip.records.tables import assessment, handover
from tests.conftest import Servers
from tests.gateway.test_deletion import kept_by_rasa
from tests.site.real_page import staff_page
from tests.whole_assistant import gateway_in_front

#: What may stand in an address besides the reference: the service asked for, and that the assistant sent the person.
ADDRESS = re.compile(
    r"https://booking\.ravenscroft\.example/[a-z-]+\?ref=(?P<ref>[A-Z0-9-]+)&service=[a-z_]+&source=assistant"
    r"|http://127\.0\.0\.1:\d+/go/(?P<counted>[A-Z0-9-]+)\?service=[a-z_]+"
)


#: Who asks to be phoned.
CALLER = "Quentin Quokka"

#: The staff page answers one address 300 times a minute.
MOST_VIEWED = 250


@dataclasses.dataclass
class Browser:
    """One conversation over HTTP."""

    client: httpx2.Client
    token: str = ""
    begun: list[dict[str, Any]] = dataclasses.field(default_factory=list)
    _ids: Iterator[int] = dataclasses.field(default_factory=itertools.count)

    def begin(self) -> list[dict[str, Any]]:
        response = self.client.post("/api/v1/sessions")
        assert response.status_code == 201, response.text
        self.token, self.begun = response.json()["token"], list(response.json()["messages"])
        return self.begun

    def say(self, text: str) -> list[dict[str, Any]]:
        response = self.ask("POST", "messages", json={"id": f"message-{next(self._ids)}", "text": text})
        assert response.status_code == 200, response.text
        return list(response.json()["messages"])

    def ask(self, method: str, path: str, **more: Any) -> httpx2.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        return self.client.request(method, f"/api/v1/{path}", headers=headers, **more)


@pytest.fixture(scope="module")
def gateway(servers: Servers) -> Iterator[Servers]:
    """The gateway's process alone, in front of the shared servers."""
    plenty = {"session_limit": 10_000, "address_limit": 100_000, "address_session_limit": 1_000}
    with gateway_in_front(servers, **plenty) as alone:
        yield alone


@pytest.fixture
def browser(gateway: Servers) -> Iterator[Browser]:
    with httpx2.Client(base_url=gateway.settings.gateway_url, timeout=15) as client:
        yield Browser(client)


def sender(browser: Browser) -> Send:
    """As a patient of the evaluation speaks: "hello" begins the conversation."""

    def send(text: str) -> list[dict[str, Any]]:
        return browser.begin() if text == "hello" and not browser.token else browser.say(text)

    return send


def outcome_of(replies: list[dict[str, Any]]) -> dict[str, Any]:
    (outcome,) = custom_parts(replies, "outcome")
    return dict(outcome)


def test_it_is_ready_and_begins_with_the_consent_question(browser: Browser) -> None:
    assert browser.client.get("/readyz").json() == {"status": "ok"}
    messages = browser.begin()
    assert [part["id"] for part in custom_parts(messages, "question")] == ["consent"]
    assert all(message["text"] for message in messages)


@pytest.mark.parametrize("case", read_vignettes(), ids=lambda case: case["id"])
def test_patients_get_the_same_result_as_without_it(gateway: Servers, browser: Browser, case: dict[str, Any]) -> None:
    url = f"{gateway.settings.rasa_url}/webhooks/rest/webhook"
    with_it, without = play(case, sender(browser)), play(case, rest_sender(url))
    assert with_it.outcome
    assert without.outcome
    assert with_it.asked == without.asked
    assert with_it.outcome["care_level"] == case["care_level"]
    for part in ("care_level", "reasons"):
        assert with_it.outcome[part] == without.outcome[part]
    services = [link["service"] for link in with_it.outcome["booking"]]
    assert services == [link["service"] for link in without.outcome["booking"]]
    for talk in (with_it, without):
        check_addresses(talk)
    if services:
        check_summaries(browser, with_it.outcome["reference"])
        ask_for_callback(browser)


def ask_for_callback(browser: Browser) -> None:
    contact = {"name": CALLER, "phone": "020 7946 0958", "consent": True}
    assert browser.ask("POST", "callback", json=contact).status_code == 201


def check_addresses(talk: Talk) -> None:
    """Every address in everything that was answered holds the reference, a service and nothing else."""
    assert talk.outcome
    everything = json.dumps([replies for _, replies in talk.transcript], ensure_ascii=False)
    addresses = re.findall(r"\w+://[^\s\"\\]+", everything)
    assert bool(addresses) == any(link["url"] for link in talk.outcome["booking"])
    for address in addresses:
        found = ADDRESS.fullmatch(address)
        assert found, address
        assert (found["ref"] or found["counted"]) == talk.outcome["reference"]


def check_summaries(browser: Browser, reference: str) -> None:
    """Each file is named by the reference alone."""
    for form, ending in (("text", "txt"), ("pdf", "pdf"), ("fhir", "json")):
        response = browser.ask("GET", "summary", params={"format": form})
        assert response.status_code == 200
        assert response.headers["content-disposition"] == f'attachment; filename="{reference}.{ending}"'


def test_nothing_that_all_those_patients_said_is_in_any_log(gateway: Servers) -> None:
    """After all the conversations above, their call-back requests, and a look at each of them on the staff page."""
    said = {text for case in read_vignettes() for text in (case["opening"], *case["replies"].values()) if " " in text}
    assert len(said) > 200
    with build_engine(gateway.settings.database_url).connect() as connection:
        references = set(connection.execute(select(handover.c.reference)).scalars())
        hashes = set(connection.execute(select(assessment.c.conversation_hash)).scalars())
    assert len(references) >= 2 * sum(bool(case["booking"]) for case in read_vignettes()), "run the whole file"
    with staff_page(gateway) as staff:
        assert "Hand-overs" in staff.get("/").text
        pages = [staff.get(f"/hand-overs/{reference}").text for reference in sorted(references)[:MOST_VIEWED]]
        files = [staff.get(f"/hand-overs/{reference}/summary").text for reference in sorted(references)[:20]]
    assert any(CALLER in page and "+44 20 7946 0958" in page for page in pages)
    assert any(text in page for page in (*pages, *files) for text in said), "their own words are read there"
    for name in ("gateway", "rasa", "actions", "site"):
        log = gateway.log(name)
        assert log
        told = [text for text in {*said, *references, *hashes, CALLER, "7946 0958"} if text in log]
        assert told == [], name


def test_a_long_story_is_screened_to_its_end(browser: Browser) -> None:
    browser.begin()
    browser.say("yes")
    story = "I have had a sore hip for a long time and I walk my dog. " * 340
    replies = browser.say(story + "And now I have crushing chest pain.")
    outcome = outcome_of(replies)
    assert outcome["care_level"] == "emergency_ambulance"
    assert outcome["booking"] == []
    assert len(replies) == 1, "nothing distracts from it"


@pytest.mark.parametrize("typed", ["/session_start", "//session_start", "／session_start", "\u200b/session_start"])
def test_a_slash_reaches_no_intent(browser: Browser, typed: str) -> None:
    """As an intent it would empty the session and say nothing; as words it is not understood."""
    browser.begin()
    assert [part["id"] for part in custom_parts(browser.say(typed), "question")] == ["consent"]


def test_everything_is_gone_and_nothing_was_logged(gateway: Servers, browser: Browser) -> None:
    words = "the quokka sat on my hip"
    browser.begin()
    browser.say("yes")
    browser.say(words)
    settings = gateway.settings
    conversation = TokenMaker(settings.session_keys).read(browser.token)
    assert conversation
    key = conversation_key(conversation).encode()
    assert key in raw(gateway), "else this test shows nothing"
    assert [secret for secret in (conversation, "quokka") if secret.encode() in raw(gateway)] == []
    assert browser.ask("DELETE", "session").status_code == 204
    assert browser.ask("GET", "messages").status_code == 401
    assert key not in raw(gateway)
    for name in ("gateway", "rasa", "actions"):
        assert "quokka" not in gateway.log(name), name


def raw(gateway: Servers) -> bytes:
    """All bytes of all database files."""
    folder = Path(gateway.settings.database_url.removeprefix("sqlite:///")).parent
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if ".db" in path.name)


def test_rasa_reads_a_repeated_message_once(gateway: Servers) -> None:
    """As the gateway sends it again when the connection broke."""
    url = f"{gateway.settings.rasa_url}/webhooks/rest/webhook"

    def send(text: str, message_id: str, repeat: bool = False) -> Any:
        metadata = {"message_id": message_id, "repeat": repeat}
        body = {"sender": "repeated", "message": text, "metadata": metadata}
        return httpx2.post(url, json=body, timeout=15).json()

    send("hello", "one")
    first = send("yes", "two")
    assert send("yes", "two", repeat=True) == first
    assert send("yes", "three", repeat=True) != first, "one that never arrived is read"


def test_deleting_in_the_chat_deletes_here_too(gateway: Servers, browser: Browser) -> None:
    browser.begin()
    browser.say("yes")
    browser.say("the wombat sat on my hip")
    settings = gateway.settings
    conversation = str(TokenMaker(settings.session_keys).read(browser.token))
    assert kept_by_rasa(settings, conversation) != b""
    browser.say("delete my data")
    browser.say("yes")
    messages = browser.ask("GET", "messages").json()["messages"]
    assert [message["from"] for message in messages] == ["assistant"]
    assert "deleted" in messages[0]["text"]
    assert kept_by_rasa(settings, conversation) == b""
    assert b"wombat" not in raw(gateway)
