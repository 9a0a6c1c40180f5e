"""After a result: the summary, booking links that are counted, and a call-back request."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from hip.gateway.aftercare import Aftercare, Contact, read_contact
from hip.gateway.tokens import TokenMaker
from hip.gateway.wording import Problem
from hip.handover.booking import BookingDesk
from hip.records import Handover, RecordStore, build_engine
from hip.records.encryption import Vault
from hip.settings import Settings
from tests.gateway.conftest import Gateways, Person, error_of
from tests.gateway.fake_rasa import FakeRasa
from tests.gateway.results import CONSULTATION, EMERGENCY, REFERENCE, Result

CONTACT = {"name": "Zoë Zebra", "phone": "020 7946 0958", "consent": True}
FACTS = {"consent": True, "age": 71, "side": "left", "site": "groin", "duration_weeks": 104.0, "injury": False}


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    engine = build_engine(settings.database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def finish(engine: Engine, person: Person, settings: Settings) -> Any:
    """Gives a result in the person's conversation, as the action server would."""
    store = RecordStore(engine, Vault(settings.data_keys))
    conversation = TokenMaker(settings.session_keys).read(person.token)
    assert conversation

    def give(result: Result, *services: str) -> None:
        store.save_progress(conversation, FACTS, "side")
        store.finish(conversation, result, Handover(REFERENCE, services) if services else None)

    return give


async def test_the_summary_is_the_persons_own(person: Person, finish: Any) -> None:
    assert error_of(await person.ask("GET", "summary")) == (404, "no_summary")
    finish(CONSULTATION, "consultation")
    response = await person.ask("GET", "summary?format=text")
    assert response.headers["content-disposition"] == f'attachment; filename="{REFERENCE}.txt"'
    assert response.headers["cache-control"] == "no-store"
    for words in (REFERENCE, "Age 71.", "Side: Left", "not a diagnosis", "Rules: T1. Sources: article.", "999"):
        assert words in response.text
    assert error_of(await (await Person(person.client).begin()).ask("GET", "summary")) == (404, "no_summary")


async def test_a_format_that_is_not_there(person: Person, finish: Any) -> None:
    finish(CONSULTATION, "consultation")
    assert error_of(await person.ask("GET", "summary?format=docx")) == (400, "bad_request")


async def test_an_emergency_has_no_hand_over(person: Person, finish: Any) -> None:
    finish(EMERGENCY)
    assert error_of(await person.ask("GET", "summary")) == (404, "no_summary")
    assert error_of(await person.ask("POST", "callback", json=CONTACT)) == (409, "no_callback")


async def test_the_booking_link_is_counted(person: Person, finish: Any, engine: Engine) -> None:
    finish(CONSULTATION, "consultation", "clinic_phone")
    for _ in range(3):
        response = await person.client.get(f"/go/{REFERENCE}?service=consultation")
        assert response.status_code == 302
    target = response.headers["location"]
    assert target.startswith("https://booking.ravenscroft.example/consultation?")
    assert f"ref={REFERENCE}" in target
    assert response.headers["cache-control"] == "no-store"
    with engine.connect() as connection:
        uses = connection.exec_driver_sql("SELECT service, count(*) FROM link_use GROUP BY service").all()
    assert uses == [("consultation", 3)]


@pytest.mark.parametrize(
    "link",
    [
        "HIP-0000-0000?service=consultation",
        "x?service=consultation",
        "%3Cscript%3E?service=consultation",
        "{reference}?service=physiotherapy",
        "{reference}?service=clinic_phone",
        "{reference}?service=",
        "{reference}",
    ],
)
async def test_any_other_link_gives_a_page_with_the_phone(
    person: Person, finish: Any, engine: Engine, link: str
) -> None:
    finish(CONSULTATION, "consultation", "clinic_phone")
    response = await person.client.get("/go/" + link.format(reference=REFERENCE))
    assert response.status_code == 404
    assert response.headers["content-type"].startswith("text/html")
    for words in (BookingDesk.load().phone, "999", "111"):
        assert words in response.text
    assert "<script" not in response.text
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM link_use").scalar() == 0


async def test_no_booking_follows_an_emergency(person: Person, finish: Any, engine: Engine) -> None:
    finish(CONSULTATION, "consultation")
    finish(EMERGENCY)
    response = await person.client.get(f"/go/{REFERENCE}?service=consultation")
    assert response.status_code == 409
    assert "999" in response.text
    assert "booking.ravenscroft" not in response.text
    assert error_of(await person.ask("POST", "callback", json=CONTACT)) == (409, "no_callback")


async def test_a_call_back_is_kept_encrypted_and_only_once(
    person: Person, finish: Any, engine: Engine, settings: Settings
) -> None:
    assert error_of(await person.ask("POST", "callback", json=CONTACT)) == (409, "no_callback")
    finish(CONSULTATION, "consultation")
    assert (await person.ask("POST", "callback", json=CONTACT | {"name": "Somebody"})).status_code == 201
    assert (await person.ask("POST", "callback", json=CONTACT)).status_code == 201
    with engine.connect() as connection:
        (row,) = connection.exec_driver_sql("SELECT contact FROM callback").all()
    assert "Zebra" not in row[0]
    aftercare = Aftercare(
        engine, RecordStore(engine, Vault(settings.data_keys)), Vault(settings.data_keys), BookingDesk.load()
    )
    assert aftercare.contact_for(REFERENCE) == Contact("Zoë Zebra", "+44 20 7946 0958")
    assert aftercare.contact_for("HIP-0000-0000") is None


async def test_an_emergency_that_was_told_but_not_recorded_counts_too(
    person: Person, finish: Any, rasa: FakeRasa
) -> None:
    finish(CONSULTATION, "consultation")

    async def emergency(_message: dict[str, Any]) -> Any:
        outcome = {"care_level": "emergency_ambulance", "reasons": ["R1a"], "reference": None, "booking": []}
        return [{"text": "Call 999 now."}, {"custom": {"outcome": outcome}}]

    rasa.script = emergency
    await person.say("chest pain")
    assert error_of(await person.ask("POST", "callback", json=CONTACT)) == (409, "no_callback")
    response = await person.client.get(f"/go/{REFERENCE}?service=consultation")
    assert response.status_code == 409
    assert "999" in response.text


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"consent": False}, "if you agree"),
        ({"name": " "}, "your name"),
        ({"name": "\u200b"}, "your name"),
        ({"name": "x" * 101}, "your name"),
        ({"phone": "12"}, "phone number"),
        ({"phone": "not a number"}, "phone number"),
        ({"phone": "0" * 90}, "phone number"),
    ],
)
async def test_what_is_wrong_with_a_call_back_is_said(
    person: Person, finish: Any, wrong: dict[str, Any], said: str
) -> None:
    finish(CONSULTATION, "consultation")
    response = await person.ask("POST", "callback", json=CONTACT | wrong)
    assert (response.status_code, response.json()["error"]["code"]) == (400, "bad_request")
    assert said in response.json()["error"]["message"]


@pytest.mark.parametrize("missing", ["name", "phone", "consent"])
async def test_a_call_back_without_consent_or_contact(person: Person, finish: Any, missing: str) -> None:
    finish(CONSULTATION, "consultation")
    contact = {key: value for key, value in CONTACT.items() if key != missing}
    assert error_of(await person.ask("POST", "callback", json=contact)) == (400, "bad_request")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("020 7946 0958", "+44 20 7946 0958"),
        ("(020) 7946-0958", "+44 20 7946 0958"),
        ("+44 7700 900123", "+44 7700 900123"),
        ("07700900123", "+44 7700 900123"),
        ("+353 1 234 5678", "+353 1 234 5678"),
    ],
)
def test_numbers_as_people_write_them(typed: str, kept: str) -> None:
    assert read_contact("A", typed).phone == kept


def test_a_name_is_kept_as_it_is() -> None:
    assert read_contact("  Siân\u0000 O’Neill-李 ", "020 7946 0958").name == "Siân O’Neill-李"
    with pytest.raises(Problem):
        read_contact("", "020 7946 0958")


async def test_a_summary_needs_a_conversation(person: Person, gateways: Gateways, finish: Any) -> None:
    finish(CONSULTATION, "consultation")
    await person.ask("DELETE", "session")
    assert error_of(await person.ask("GET", "summary")) == (401, "bad_token")
    response = await person.client.get(f"/go/{REFERENCE}?service=consultation")
    assert response.status_code == 404
