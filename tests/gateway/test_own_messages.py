"""The person's own words through the gateway: in the summary, without what was picked, and gone when deleted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pypdfium2
import pytest
from sqlalchemy.engine import Engine

from hip.gateway.own_messages import read_own_words
from hip.gateway.tokens import TokenMaker
from hip.handover.reference import new_reference
from hip.records import Handover, RecordStore, build_engine
from hip.records.encryption import EncryptionError, Vault, new_data_key
from hip.records.erasure import erase_everything
from hip.records.record import Record
from hip.settings import Settings
from tests.gateway.conftest import Clocks, Person
from tests.gateway.fake_rasa import FakeRasa
from tests.gateway.results import CONSULTATION

TITLES = {"side": "Which hip", "health_screen": "General health", "read_back": "Check of the answers"}
FACTS = {"consent": True, "age": 71, "side": "left", "site": "groin"}


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    engine = build_engine(settings.database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def conversation(person: Person, settings: Settings) -> str:
    conversation = TokenMaker(settings.session_keys).read(person.token)
    assert conversation
    return conversation


@pytest.fixture
def finish(engine: Engine, settings: Settings, conversation: str, clocks: Clocks) -> Callable[..., Record]:
    """Records an assessment at the present moment, begun ten seconds before when ``begun`` is not given."""
    store = RecordStore(engine, Vault(settings.data_keys), lambda: clocks.now)

    def give(**changes: Any) -> Record:
        store.save_progress(conversation, FACTS | changes, "side")
        clocks.move(10)
        reference = store.finish(conversation, CONSULTATION, Handover(new_reference(), ("consultation",)))
        assert reference
        record = store.find_by_reference(reference)
        assert record
        return record

    return give


def asks(question: str, options: list[str], **more: Any) -> Any:
    async def script(_message: dict[str, Any]) -> Any:
        part = {"question": {"id": question, "kind": "checklist", "options": options}} | more
        buttons = [{"title": option, "payload": option} for option in options]
        return [{"text": "Which of these?", "buttons": buttons}, {"custom": part}]

    return script


async def test_what_was_typed_is_kept_and_what_was_picked_is_not(
    person: Person, rasa: FakeRasa, finish: Callable[..., Record], engine: Engine, settings: Settings
) -> None:
    await person.say("My hip is sore, worse on stairs 😀")
    rasa.script = asks("health_screen", ["Cancer", "Losing weight", "None of these"])
    await person.say("Left", payload="Left")
    rasa.script = asks("side", ["Left", "Right"], read_back=[{"question": "age", "label": "Age", "text": "Age 71."}])
    await person.say("Cancer; Losing weight")
    await person.say("Change: Age")
    await person.say("the left one\nmostly")
    own = read_own_words(engine, Vault(settings.data_keys), finish(), TITLES)
    assert own is not None
    assert [(each.asked, each.text) for each in own] == [
        (None, "My hip is sore, worse on stairs 😀"),
        ("Which hip", "the left one\nmostly"),
    ]


async def test_a_label_of_an_earlier_question_is_typed(
    person: Person, rasa: FakeRasa, finish: Callable[..., Record], engine: Engine, settings: Settings
) -> None:
    rasa.script = asks("side", ["Left", "Right"])
    await person.say("hello there")
    rasa.script = asks("health_screen", ["Cancer"])
    await person.say("Left")
    await person.say("Left")
    own = read_own_words(engine, Vault(settings.data_keys), finish(), TITLES) or ()
    assert [(each.asked, each.text) for each in own] == [(None, "hello there"), ("General health", "Left")]


async def test_each_assessment_has_its_own(
    person: Person, finish: Callable[..., Record], engine: Engine, settings: Settings, clocks: Clocks
) -> None:
    await person.say("about my hip")
    first = finish()
    clocks.move(60)
    await person.say("can I drive home")
    clocks.move(60)
    second = finish(age=40)
    clocks.move(60)
    await person.say("and fly")
    vault = Vault(settings.data_keys)
    words = [[each.text for each in read_own_words(engine, vault, record, TITLES) or ()] for record in (first, second)]
    assert words == [["about my hip", "can I drive home"], ["can I drive home", "and fly"]]


async def test_there_are_none_after_deletion_or_from_another_channel(
    person: Person, finish: Callable[..., Record], engine: Engine, settings: Settings, conversation: str
) -> None:
    await person.say("my zebra hip")
    record, vault = finish(), Vault(settings.data_keys)
    assert read_own_words(engine, vault, record, TITLES)
    store = RecordStore(engine, vault)
    store.save_progress("from-the-shell", FACTS, "side")
    reference = store.finish("from-the-shell", CONSULTATION, Handover(new_reference(), ()))
    other = store.find_by_reference(str(reference))
    assert other
    assert read_own_words(engine, vault, other, TITLES) is None
    erase_everything(conversation, engine, engine)
    assert read_own_words(engine, vault, record, TITLES) is None


async def test_another_key_reads_nothing_and_says_nothing(
    person: Person, finish: Callable[..., Record], engine: Engine
) -> None:
    await person.say("my zebra hip")
    with pytest.raises(EncryptionError) as error:
        read_own_words(engine, Vault([new_data_key()]), finish(), TITLES)
    assert "zebra" not in str(error.value)


@pytest.mark.parametrize(
    ("form", "media_type", "ending"),
    [
        ("text", "text/plain; charset=utf-8", "txt"),
        ("pdf", "application/pdf", "pdf"),
        ("fhir", "application/fhir+json", "json"),
    ],
)
async def test_the_person_downloads_it(
    person: Person, finish: Callable[..., Record], form: str, media_type: str, ending: str
) -> None:
    await person.say("Zoë Zebra, 71, my hip hurts")
    record = finish()
    response = await person.ask("GET", f"summary?format={form}")
    assert response.status_code == 200
    assert response.headers["content-type"] == media_type
    assert response.headers["content-disposition"] == f'attachment; filename="{record.reference}.{ending}"'
    assert response.headers["cache-control"] == "no-store"
    assert "zebra" not in str(response.headers).lower() + str(response.url).lower()
    text = response.text
    if form == "pdf":
        pages = [page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(response.content)]
        text = " ".join(" ".join(pages).split())
    elif form == "fhir":
        text = json.dumps(response.json(), ensure_ascii=False)
    for words in ("Zoë Zebra, 71, my hip hurts", record.reference, "not a diagnosis"):
        assert words in text
