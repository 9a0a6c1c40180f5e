"""Rasa's conversations on SQLite: many readers beside one writer, and errors that quote nobody."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SessionStarted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from hip.engine.tracker_store import ConversationStore
from hip.settings import get_settings


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/new/conversations.db"


async def save(store: ConversationStore, text: str) -> None:
    tracker = DialogueStateTracker.from_events(
        "somebody", [SessionStarted(), UserUttered(text), SlotSet("side", "left")]
    )
    await store.save(tracker)


async def test_a_conversation_comes_back(url: str) -> None:
    await save(ConversationStore(Domain.load([str(Path(__file__).parent / "tiny" / "domain.yml")]), host=url), "hello")
    again = ConversationStore(Domain.load([str(Path(__file__).parent / "tiny" / "domain.yml")]), host=url)
    tracker = await again.retrieve("somebody")
    assert tracker is not None
    assert (tracker.latest_message.text, tracker.get_slot("side")) == ("hello", "left")


def test_sqlite_is_in_write_ahead_mode_and_waits_for_other_writers(url: str) -> None:
    store = ConversationStore(Domain.empty(), host=url)
    with store.engine.connect() as connection:
        assert connection.execute(sa.text("PRAGMA journal_mode")).scalar() == "wal"
        assert connection.execute(sa.text("PRAGMA busy_timeout")).scalar() == 5000


async def test_a_database_error_does_not_quote_the_person(url: str) -> None:
    store = ConversationStore(Domain.empty(), host=url)
    with store.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE events"))
        connection.execute(
            sa.text("CREATE TABLE events (id INTEGER PRIMARY KEY, sender_id TEXT, type_name TEXT, timestamp FLOAT)")
        )
    with store.session_scope() as session:
        session.add(store.SQLEvent(sender_id="somebody", type_name="user", data="my secret"))
        with pytest.raises(sa.exc.OperationalError) as caught:
            session.commit()
    assert "my secret" not in str(caught.value)


def test_the_settings_choose_the_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", f"sqlite:///{tmp_path}/chosen.db")
    get_settings.cache_clear()
    assert str(ConversationStore(Domain.empty()).engine.url).endswith("/chosen.db")
    get_settings.cache_clear()
