"""Deleting leaves nothing, in any table and in the raw bytes of any database file."""

from __future__ import annotations

import asyncio
import gc
from collections import deque
from pathlib import Path
from typing import Any

import pytest
from rasa.core.lock_store import InMemoryLockStore, LockStore
from rasa.utils.endpoints import read_endpoint_config
from sqlalchemy import select

from hip.content import ROOT
from hip.gateway import turns
from hip.gateway.tokens import TokenMaker
from hip.records import Handover, RecordStore, build_engine
from hip.records.encryption import Vault
from hip.records.erasure import erase_everything
from hip.records.keys import conversation_key
from hip.records.migration import migrate
from hip.records.trackers import Trackers, tracker
from hip.settings import Settings
from tests.gateway.conftest import Gateways, Person, error_of, until_quiet
from tests.gateway.fake_rasa import FakeRasa, echo
from tests.gateway.results import CONSULTATION, REFERENCE

WORDS = "zebra crossing"


def conversation_of(settings: Settings, person: Person) -> str:
    conversation = TokenMaker(settings.session_keys).read(person.token)
    assert conversation
    return conversation


def keep_in_rasa(settings: Settings, conversation: str, text: str) -> None:
    """A row as our store in Rasa writes it."""
    migrate(settings.tracker_database_url)
    engine = build_engine(settings.tracker_database_url, single=True)
    rows = Trackers(engine, Vault(settings.data_keys))
    stored = rows.read(conversation)
    rows.write(conversation, [{"event": "user", "text": text * 50}], stored.version if stored else None)
    engine.dispose()


def kept_by_rasa(settings: Settings, conversation: str) -> bytes:
    """What is stored of it; nothing when there is none."""
    engine = build_engine(settings.tracker_database_url)
    with engine.connect() as connection:
        mine = tracker.c.conversation_hash == conversation_key(conversation)
        content = connection.execute(select(tracker.c.content).where(mine)).scalar()
    engine.dispose()
    return str(content or "").encode()


def raw(settings: Settings) -> bytes:
    """All bytes of all files beside the databases."""
    folder = Path(settings.database_url.removeprefix("sqlite:///")).parent
    return b"".join(path.read_bytes() for path in sorted(folder.iterdir()) if ".db" in path.name)


async def test_nothing_is_left_of_me_and_all_of_the_others(person: Person, gateways: Gateways) -> None:
    settings = gateways.settings
    other = await Person(person.client).begin()
    for who, words in ((person, WORDS), (other, "heron island")):
        conversation = conversation_of(settings, who)
        await who.say(words)
        keep_in_rasa(settings, conversation, words)
        engine = build_engine(settings.database_url)
        RecordStore(engine, Vault(settings.data_keys)).save_progress(conversation, {"age": 71, "side": "left"}, "side")
        engine.dispose()
    mine, others = conversation_of(settings, person), conversation_of(settings, other)
    traces = {who: [conversation_key(who).encode(), kept_by_rasa(settings, who)[:60]] for who in (mine, others)}
    assert all(trace in raw(settings) for each in traces.values() for trace in each), "else this test shows nothing"
    assert [secret for secret in (WORDS, "heron island", mine, others) if secret.encode() in raw(settings)] == []

    assert (await person.ask("DELETE", "session")).status_code == 204

    left = raw(settings)
    assert [trace for trace in traces[mine] if trace in left] == []
    assert [trace for trace in traces[others] if trace not in left] == []
    assert [text for who, text in await other.history() if who == "person"] == ["heron island"]
    engine = build_engine(settings.database_url)
    with engine.connect() as connection:
        rows = {
            table: connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar()
            for table in ("chat_session", "assessment")
        }
    engine.dispose()
    assert rows == {"chat_session": 1, "assessment": 1}


def holders(conversation: str) -> list[str]:
    """What in this process's memory holds the conversation's id: collections, and what they are attributes of."""
    gc.collect()
    found = []
    for each in gc.get_objects():
        if isinstance(each, dict):
            inside = any(part == conversation for pair in list(each.items()) for part in pair if isinstance(part, str))
        elif isinstance(each, list | tuple | set | frozenset | deque):
            inside = any(isinstance(part, str) and part == conversation for part in list(each))
        else:
            continue
        if inside:
            found.append(f"{type(each).__name__} of {len(each)}")
    return found


async def test_nothing_is_left_in_the_memory_of_the_gateway(person: Person, rasa: FakeRasa, gateways: Gateways) -> None:
    conversation = conversation_of(gateways.settings, person)
    await person.say(WORDS)
    await asyncio.gather(person.say("one"), person.say("two"))
    assert (await person.ask("POST", "callback", json={"name": "x", "phone": "1", "consent": True})).status_code == 400
    await until_quiet()
    rasa.heard.clear()  # the stand-in lives in this process, too
    rasa.most_at_once.clear()
    assert holders(conversation) == ["OrderedDict of 1"], "the limits know it"
    assert (await person.ask("DELETE", "session")).status_code == 204
    await until_quiet()
    assert holders(conversation) == []


async def test_rasas_lock_ends_with_the_message_whatever_happens_in_it() -> None:
    """Rasa's own lock store, as ``endpoints.yml`` has it: nothing of a conversation stays between two messages."""
    store = LockStore.create(read_endpoint_config(str(ROOT / "endpoints.yml"), "lock_store"))
    assert isinstance(store, InMemoryLockStore)
    async with store.lock("mine"):
        assert set(store.conversation_locks) == {"mine"}
    assert store.conversation_locks == {}
    with pytest.raises(ZeroDivisionError):
        async with store.lock("mine"):
            raise ZeroDivisionError
    assert store.conversation_locks == {}

    async def answer() -> None:
        async with store.lock("mine", wait_time_in_seconds=0.01):
            await asyncio.sleep(0.02)

    await asyncio.gather(*(answer() for _ in range(5)))
    assert store.conversation_locks == {}


async def test_what_is_typed_is_never_in_the_files_as_it_was_typed(person: Person, gateways: Gateways) -> None:
    await person.say(WORDS)
    kept = raw(gateways.settings)
    assert WORDS.encode() not in kept
    assert person.token.encode() not in kept
    assert person.token.split(".")[0].encode() not in kept


async def test_deleting_waits_for_what_is_being_answered(person: Person, rasa: FakeRasa, gateways: Gateways) -> None:
    conversation = conversation_of(gateways.settings, person)

    async def late(message: dict[str, Any]) -> Any:
        await asyncio.sleep(0.5)
        keep_in_rasa(gateways.settings, conversation, message["message"])
        return await echo(message)

    rasa.script = late
    sending = asyncio.create_task(person.send(WORDS))
    while not rasa.texts:
        await asyncio.sleep(0.01)
    assert (await person.ask("DELETE", "session")).status_code == 204
    assert (await sending).status_code in (200, 401)
    assert conversation_key(conversation).encode() not in raw(gateways.settings)


async def test_an_answer_that_comes_after_the_deletion_is_deleted_too(
    person: Person, rasa: FakeRasa, gateways: Gateways, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(turns, "ANSWER_SECONDS", 0.3)
    conversation = conversation_of(gateways.settings, person)
    goes_on = asyncio.Event()
    loop = asyncio.get_running_loop()

    async def late(message: dict[str, Any]) -> Any:
        await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(goes_on.wait(), loop))
        keep_in_rasa(gateways.settings, conversation, message["message"])
        return await echo(message)

    rasa.script = late
    assert (await person.send(WORDS)).status_code == 503
    assert (await person.ask("DELETE", "session")).status_code == 204
    goes_on.set()
    await until_quiet()
    assert conversation_key(conversation).encode() not in raw(gateways.settings)


async def test_deleting_in_the_chat_leaves_only_the_answer(person: Person, rasa: FakeRasa, gateways: Gateways) -> None:
    settings = gateways.settings
    await person.say(WORDS)
    conversation = conversation_of(settings, person)
    keep_in_rasa(settings, conversation, WORDS)
    trace = kept_by_rasa(settings, conversation)[:60]
    assert trace in raw(settings)

    async def deleted(_message: dict[str, Any]) -> Any:
        return [{"text": "Everything is deleted."}, {"custom": {"erased": True}}]

    rasa.script = deleted
    (reply,) = await person.say("delete my data")
    assert (reply["text"], reply["custom"]) == ("Everything is deleted.", None)
    assert await person.history() == [("assistant", "Everything is deleted.")]
    assert trace not in raw(settings)
    assert kept_by_rasa(settings, conversation) == b""
    rasa.script = echo
    await person.say("hello again")
    assert [text for _, text in await person.history()] == [
        "Everything is deleted.",
        "hello again",
        "You said: hello again",
    ]


async def test_a_deletion_that_failed_can_be_tried_again(person: Person, gateways: Gateways) -> None:
    settings = gateways.settings
    await person.say(WORDS)
    conversation = conversation_of(settings, person)
    keep_in_rasa(settings, conversation, WORDS)
    tracker = Path(settings.tracker_database_url.removeprefix("sqlite:///"))
    whole = tracker.read_bytes()
    tracker.write_bytes(b"this is no database" * 1000)
    assert error_of(await person.ask("DELETE", "session")) == (503, "unavailable")
    tracker.write_bytes(whole)
    assert (await person.ask("DELETE", "session")).status_code == 204
    assert conversation_key(conversation).encode() not in raw(settings)


def test_erasing_may_be_repeated_and_needs_no_conversation(settings: Settings) -> None:
    records, tracker = build_engine(settings.database_url), build_engine(settings.tracker_database_url)
    for _ in range(2):
        erase_everything("nobody", records, tracker)
    assert not Path(settings.tracker_database_url.removeprefix("sqlite:///")).exists(), "no empty file is made"
    for engine in (records, tracker):
        engine.dispose()


async def test_a_call_back_request_goes_with_the_rest(person: Person, gateways: Gateways) -> None:
    engine = build_engine(gateways.settings.database_url)
    store = RecordStore(engine, Vault(gateways.settings.data_keys))
    conversation = conversation_of(gateways.settings, person)
    store.save_progress(conversation, {"age": 71}, "age")
    store.finish(conversation, CONSULTATION, Handover(REFERENCE, ("consultation",)))
    contact = {"name": "Zoë Zebra", "phone": "020 7946 0958", "consent": True}
    assert (await person.ask("POST", "callback", json=contact)).status_code == 201
    assert b"Zebra" not in raw(gateways.settings)
    assert (await person.ask("DELETE", "session")).status_code == 204
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM callback").scalar() == 0
    engine.dispose()
