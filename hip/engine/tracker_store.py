"""Where Rasa keeps conversations: one row each, read once and written once a message, and of bounded length.

Rasa's own SQL store keeps a row for each event, counts and reads all of them for every message, and saves a new
conversation before there is anything in it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, deserialise_events
from rasa.shared.core.trackers import DialogueStateTracker

from hip.engine.fold import fold, latest_session
from hip.engine.source import Original
from hip.launch.keys import provide_keys
from hip.records.database import RecordsError, build_engine, parse_database_url, sqlite_path
from hip.records.encryption import Vault
from hip.records.trackers import Trackers, WrittenMeanwhile
from hip.records.trackers import tracker as table
from hip.settings import get_settings

logger = logging.getLogger(__name__)

REPLACES: Final = (
    Original("rasa.core.tracker_store", "SQLTrackerStore._retrieve", (1264, 1288), "f249ce2dc6e5bf12"),
    Original("rasa.core.tracker_store", "SQLTrackerStore._event_query", (1290, 1331), "e21b119189c26761"),
    Original("rasa.core.tracker_store", "SQLTrackerStore.save", (1333, 1362), "ad2b5ed7174f78fb"),
    Original("rasa.core.tracker_store", "SQLTrackerStore._additional_events", (1364, 1374), "a3437c8dfac35954"),
    Original("rasa.core.tracker_store", "TrackerStore.get_or_create_tracker", (191, 213), "839e7b4914c929d0"),
    Original("rasa.core.tracker_store", "TrackerStore.create_tracker", (223, 244), "4f754e3b7e89d32b"),
    Original("rasa.core.tracker_store", "TrackerStore.stream_events", (316, 325), "7b87a3169ed49dc2"),
    Original("rasa.core.tracker_store", "_load_from_module_name_in_endpoint_config", (1540, 1568), "338175cb10d79768"),
    Original("rasa.core.processor", "MessageProcessor.handle_message", (152, 178), "5a34634928f391d7"),
    Original("rasa.core.processor", "MessageProcessor.get_tracker", (374, 397), "5658cfa5b094e418"),
)

#: The attribute of a tracker that says what of it is stored.
_KNOWN: Final = "hip_stored"
#: A writer that finds another's version reads again and adds its own events, so often at most.
_TRIES: Final = 5


@dataclass(frozen=True)
class _Known:
    """What of a tracker is stored.

    Attributes:
        version: of the row; None when there was none.
        events: how many of the tracker's first events.
    """

    version: int | None = None
    events: int = 0


class ConversationStore(TrackerStore):
    """Rasa's tracker store on the table ``tracker`` of SQLite or PostgreSQL."""

    def __init__(self, domain: Domain | None = None, host: str | None = None, **kwargs: Any) -> None:
        """Open the store; a SQLite file without the table gets it.

        Args:
            domain: the model's domain.
            host: an SQLAlchemy URL; the one of the settings when None.
            kwargs: what Rasa passes on, such as the event broker.

        Raises:
            RecordsError, LaunchError: the database cannot be used or a key is missing, in one line.
        """
        super().__init__(domain, **kwargs)
        url = host or get_settings().tracker_database_url
        vault = Vault(provide_keys(get_settings()).data_keys)
        _make_table(url)
        self.rows = Trackers(build_engine(url, single=True), vault)

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The conversation's latest session, its beginning summed up; None when there is none.

        Raises:
            RecordsError: the database cannot be used, or what is stored cannot be read.
        """
        stored = await asyncio.to_thread(self.rows.read, sender_id)
        if stored is None:
            return None
        found = DialogueStateTracker.from_dict(sender_id, stored.events, self.domain.slots)
        setattr(found, _KNOWN, _Known(stored.version, len(stored.events)))
        return found

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the conversation; one without events is not written, since there is nothing to lose.

        Where another process wrote the conversation since it was read, which the lock should have prevented, what both
        added is kept.

        Raises:
            RecordsError: the database cannot be used; nothing was written.
        """
        known = getattr(tracker, _KNOWN, _Known())
        events = list(tracker.events)
        new = events[known.events :]
        if not new:
            return
        if self.event_broker is not None:
            await self._stream_new_events(self.event_broker, new, tracker.sender_id)
        try:
            version: int | None = await self._write(tracker.sender_id, events, known.version)
        except WrittenMeanwhile:
            logger.error("A conversation was written by two processes at once: do they share one lock store?")
            await self._add(tracker.sender_id, new, existed=known.version is not None)
            version = known.version  # an old one: if this tracker is saved again, its events are added once more
        setattr(tracker, _KNOWN, _Known(version, len(events)))

    async def keys(self) -> Iterable[str]:
        """The ids of all conversations, each decrypted for it: for exports, not for use in a message."""
        return await asyncio.to_thread(lambda: list(self.rows.senders()))

    async def _write(self, sender: str, events: list[Event], before: int | None) -> int:
        kept = [event.as_dict() for event in fold(latest_session(events), self.domain.slots)]
        return await asyncio.to_thread(self.rows.write, sender, kept, before)

    async def _add(self, sender: str, new: list[Event], *, existed: bool) -> None:
        """Add events after those that another process wrote."""
        for _ in range(_TRIES):
            stored = await asyncio.to_thread(self.rows.read, sender)
            if stored is None and existed:
                logger.error("A conversation was deleted while a message of it was answered; it stays deleted")
                return
            earlier = deserialise_events(stored.events) if stored else []
            try:
                await self._write(sender, [*earlier, *new], stored.version if stored else None)
                return
            except WrittenMeanwhile:
                continue
        raise RecordsError("records: a conversation is written by others all the time, so nothing could be added")


def _make_table(url: str) -> None:
    """Give a SQLite file its tables, so that ``rasa shell`` works at once; PostgreSQL is migrated by who runs it."""
    path = sqlite_path(parse_database_url(url))
    if path is None:
        return
    if path.is_file():
        engine = build_engine(url)
        try:
            if sa.inspect(engine).has_table(table.name):
                return
        finally:
            engine.dispose()
    from hip.records.migration import migrate  # Alembic: only when there is something to do

    migrate(url)
