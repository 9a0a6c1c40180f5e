"""Rasa's conversations in our store: nothing is lost when two write at once or the database is away."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from rasa.core.agent import Agent
from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from rasa.core.lock_store import InMemoryLockStore
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from sanic import Sanic

from hip.engine.channel import RepeatableRest
from hip.engine.tracker_store import ConversationStore
from hip.launch.failure import LaunchError
from hip.records import RecordsError, build_engine
from hip.records.erasure import erase_tracker
from hip.records.migration import migrate
from hip.settings import get_settings
from tests.engine.conftest import FakeActions

DOMAIN = Domain.load([str(Path(__file__).parent / "tiny" / "domain.yml")])


@pytest.fixture(autouse=True)
def keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{tmp_path}/hip.db")
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.fixture
def open_store(empty_url: str) -> Iterator[Callable[[], ConversationStore]]:
    """Opens the database as one more server would."""
    stores: list[ConversationStore] = []
    if empty_url.startswith("postgresql"):
        migrate(empty_url)

    def open_one() -> ConversationStore:
        stores.append(ConversationStore(DOMAIN, host=empty_url))
        return stores[-1]

    yield open_one
    for store in stores:
        store.rows.engine.dispose()


def begin(*texts: str) -> DialogueStateTracker:
    events = [SessionStarted(), *map(UserUttered, texts), SlotSet("side", "left")]
    return DialogueStateTracker.from_events("somebody", events, DOMAIN.slots)


async def read(store: ConversationStore) -> DialogueStateTracker:
    found = await store.retrieve("somebody")
    assert found is not None
    return found


def texts(tracker: DialogueStateTracker) -> list[str | None]:
    return [event.text for event in tracker.events if isinstance(event, UserUttered)]


async def test_a_conversation_comes_back(open_store: Callable[[], ConversationStore]) -> None:
    await open_store().save(begin("hello"))
    tracker = await read(open_store())
    assert tracker.latest_message
    assert (tracker.latest_message.text, tracker.get_slot("side")) == ("hello", "left")
    assert list(await open_store().keys()) == ["somebody"]
    assert await open_store().exists("somebody")
    assert not await open_store().exists("nobody")


async def test_a_conversation_without_events_is_not_written(open_store: Callable[[], ConversationStore]) -> None:
    store = open_store()
    tracker = await store.get_or_create_tracker("somebody", append_action_listen=False)
    assert list(await store.keys()) == []
    tracker.update(UserUttered("hello"))
    await store.save(tracker)
    tracker.update(UserUttered("left"))
    await store.save(tracker)
    assert texts(await read(store)) == ["hello", "left"]


async def test_two_servers_at_once_lose_nothing_and_say_so(
    open_store: Callable[[], ConversationStore], caplog: pytest.LogCaptureFixture
) -> None:
    one, two = open_store(), open_store()
    await one.save(begin("hello"))
    first, second = await read(one), await read(two)
    first.update(UserUttered("from one"))
    second.update(UserUttered("from two"))
    second.update(SlotSet("score", "7"))
    await one.save(first)
    assert caplog.records == []
    await two.save(second)
    assert [record.levelno for record in caplog.records] == [logging.ERROR]
    assert "by two processes at once" in caplog.text
    assert "from" not in caplog.text
    tracker = await read(one)
    assert texts(tracker) == ["hello", "from one", "from two"]
    assert (tracker.get_slot("side"), tracker.get_slot("score")) == ("left", "7")
    second.update(UserUttered("two goes on with what it has in hand"))
    await two.save(second)
    assert texts(await read(one)) == [
        *("hello", "from one", "from two"),
        "two goes on with what it has in hand",
    ]


async def test_two_servers_that_both_begin_a_conversation(open_store: Callable[[], ConversationStore]) -> None:
    one, two = open_store(), open_store()
    await one.save(DialogueStateTracker.from_events("somebody", [UserUttered("from one")], DOMAIN.slots))
    await two.save(DialogueStateTracker.from_events("somebody", [UserUttered("from two")], DOMAIN.slots))
    assert texts(await read(one)) == ["from one", "from two"]


async def test_what_was_deleted_while_it_was_answered_stays_deleted(
    open_store: Callable[[], ConversationStore], empty_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    store = open_store()
    await store.save(begin("hello"))
    tracker = await read(store)
    engine = build_engine(empty_url)
    erase_tracker("somebody", engine)
    engine.dispose()
    tracker.update(UserUttered("my secret"))
    await store.save(tracker)
    assert await store.retrieve("somebody") is None
    assert "it stays deleted" in caplog.text


class Broker:
    """Notes what it is told."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def publish(self, event: dict[str, Any]) -> None:
        self.told.append(event.get("text"))


async def test_an_event_broker_is_told_each_event_once(open_store: Callable[[], ConversationStore]) -> None:
    store = open_store()
    broker = Broker()
    store.event_broker = broker  # type: ignore[assignment]
    await store.save(begin("hello"))
    tracker = await read(store)
    tracker.update(UserUttered("left"))
    await store.save(tracker)
    await store.save(tracker)
    assert broker.told == [None, "hello", None, "left"]


def test_sqlite_is_in_write_ahead_mode_and_waits_for_other_writers(tmp_path: Path) -> None:
    store = ConversationStore(DOMAIN, host=f"sqlite:///{tmp_path}/new/conversations.db")
    with store.rows.engine.connect() as connection:
        assert connection.execute(sa.text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(sa.text("PRAGMA busy_timeout")).scalar() == 5000
    store.rows.engine.dispose()


def test_the_settings_choose_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", f"sqlite:///{tmp_path}/chosen.db")
    get_settings.cache_clear()
    assert str(ConversationStore(Domain.empty()).rows.engine.url).endswith("/chosen.db")


def test_with_postgresql_keys_must_be_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://u:p@localhost/none")
    get_settings.cache_clear()
    with pytest.raises(LaunchError, match="DATA_KEYS must be set"):
        ConversationStore(DOMAIN)


class Broken(TrackerStore):
    """A store whose database is away when a test says so."""

    reads, writes = True, True
    kept: DialogueStateTracker | None = None

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        if not self.reads:
            raise RecordsError("records: cannot read")
        return self.kept

    async def save(self, tracker: DialogueStateTracker) -> None:
        if not self.writes:
            raise RecordsError("records: cannot write")


@pytest.mark.parametrize("broken", ["reads", "writes"])
async def test_without_the_database_nothing_is_answered(
    tiny_project: Path, actions: FakeActions, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """Silence is what the gateway turns into an honest message; an answer would be to a conversation that is lost."""
    store, endpoint = Broken(DOMAIN), EndpointConfig(actions.url)
    model = str(tiny_project / "models" / "tiny.tar.gz")
    agent = Agent.load(model, tracker_store=store, action_endpoint=endpoint)
    monkeypatch.setattr(RestInput, "blueprint", lambda _self, on_new_message: on_new_message)
    monkeypatch.setattr("hip.engine.channel.add_readiness", lambda _blueprint: None)  # there is no server
    take: Any = RepeatableRest().blueprint(agent.handle_message)
    channel = CollectingOutputChannel()
    await take(UserMessage("hello", channel, "somebody"))
    assert [message["text"] for message in channel.messages] == ["Which side?"]
    setattr(store, broken, False)
    channel = CollectingOutputChannel()
    with pytest.raises(RecordsError):
        await take(UserMessage("hello", channel, "somebody"))
    assert channel.messages == []


async def test_a_repeat_of_a_message_folded_away_is_not_read_again(
    open_store: Callable[[], ConversationStore], monkeypatch: pytest.MonkeyPatch
) -> None:
    store = open_store()
    turns = [
        event
        for n in range(40)
        for event in (
            ActionExecuted("action_listen"),
            UserUttered("no", metadata={"message_id": f"id-{n}"}),
            BotUttered(f"answer {n}"),
        )
    ]
    await store.save(DialogueStateTracker.from_events("somebody", [SessionStarted(), *turns], DOMAIN.slots))
    context = SimpleNamespace(agent=SimpleNamespace(tracker_store=store, lock_store=InMemoryLockStore()))
    monkeypatch.setattr(Sanic, "get_app", lambda: SimpleNamespace(ctx=context))
    monkeypatch.setattr(RestInput, "blueprint", lambda _self, on_new_message: on_new_message)
    monkeypatch.setattr("hip.engine.channel.add_readiness", lambda _blueprint: None)  # there is no server
    read: list[str] = []

    async def note(message: UserMessage) -> None:
        read.append(message.metadata["message_id"])

    take: Any = RepeatableRest().blueprint(note)
    answers = {}
    for name in ("id-39", "id-38", "id-5", "another"):
        channel = CollectingOutputChannel()
        await take(UserMessage("no", channel, "somebody", metadata={"message_id": name, "repeat": True}))
        answers[name] = [message["text"] for message in channel.messages]
    assert answers == {"id-39": ["answer 39"], "id-38": ["answer 38"], "id-5": ["answer 39"], "another": []}
    assert read == ["another"]
