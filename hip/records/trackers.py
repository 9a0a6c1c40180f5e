"""Rasa's conversations: one encrypted row each, read with one statement a message and written with one.

The table lives in the database that TRACKER_DATABASE_URL names, which may be that of the records. Like there, a
conversation is known by the hash of its id; the id itself is only inside what is encrypted.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeVar

from sqlalchemy import Column, Integer, String, Table, Text, bindparam, delete, insert, select, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, IntegrityError

from hip.records.database import RecordsError, explained
from hip.records.encryption import EncryptionError, Vault
from hip.records.keys import conversation_key
from hip.records.record import Clock, utc_now
from hip.records.tables import ENCRYPTED, UtcDateTime, metadata

tracker: Final = Table(
    "tracker",
    metadata,
    Column("conversation_hash", String(64), primary_key=True),
    # One more with each write, so that a writer sees that another has been at work since it read.
    Column("version", Integer, nullable=False),
    # Not indexed: that would double the cost of every write, and only the purge looks for it, once a day.
    Column("updated_at", UtcDateTime, nullable=False),
    Column("content", Text, nullable=False, info=ENCRYPTED),  # the id and the events
)

#: The fastest level: what Rasa keeps of a message repeats itself so much that a higher one gains little.
_LEVEL: Final = 1

_COLUMNS: Final = (tracker.c.version, tracker.c.content)
#: The statements of a message, built once.
READ: Final = select(*_COLUMNS).where(tracker.c.conversation_hash == bindparam("key"))
INSERT: Final = insert(tracker)
UPDATE: Final = (
    update(tracker)
    .where(tracker.c.conversation_hash == bindparam("key"), tracker.c.version == bindparam("before"))
    .values(version=bindparam("version"), updated_at=bindparam("updated_at"), content=bindparam("content"))
)

_Result = TypeVar("_Result")
Events = list[dict[str, Any]]


class WrittenMeanwhile(Exception):
    """Another process has written the conversation since it was read, or has deleted it; nothing was written."""


@dataclass(frozen=True)
class Stored:
    """A conversation as it is stored.

    Attributes:
        version: counts its writes, from 1.
        events: Rasa's events as dictionaries, oldest first.
        sender: the conversation's id.
    """

    version: int
    events: Events
    sender: str


class Trackers:
    """Reads and writes conversations.

    Args:
        engine: of ``hip.records.database.build_engine(url, single=True)``.
        vault: encrypts the events.
        clock: gives the present moment.
    """

    def __init__(self, engine: Engine, vault: Vault, clock: Clock = utc_now) -> None:
        self.engine = engine
        self._vault = vault
        self._clock = clock

    def read(self, sender: str) -> Stored | None:
        """Read a conversation; None when there is none.

        Raises:
            RecordsError: the database cannot be used, or what is stored cannot be decrypted.
        """
        row = self._run(lambda connection: connection.execute(READ, {"key": conversation_key(sender)}).first(), "read")
        if row is None:
            return None
        stored = self._open(row)
        if stored.sender != sender:
            raise RecordsError("records: a stored conversation is not the one that its row names")
        return stored

    def write(self, sender: str, events: Events, before: int | None) -> int:
        """Write a conversation whole.

        Args:
            sender: its id.
            events: as dictionaries, oldest first.
            before: the version that was read; None for a conversation that was not there.

        Returns:
            The version it has now.

        Raises:
            WrittenMeanwhile: it has another version than ``before``, or none.
            RecordsError: the database cannot be used.
        """
        key, version = conversation_key(sender), (before or 0) + 1
        content = self._seal(sender, events)
        values = {"version": version, "updated_at": self._clock(), "content": content}

        def put(connection: Connection) -> bool:
            if before is not None:
                return connection.execute(UPDATE, {"key": key, "before": before, **values}).rowcount == 1
            try:
                return connection.execute(INSERT, {"conversation_hash": key, **values}).rowcount == 1
            except IntegrityError:
                return False  # a row is there already

        if self._run(put, "write"):
            return version
        # A connection that broke may have broken after the write: no two writes have the same content.
        row = self._run(lambda connection: connection.execute(READ, {"key": key}).first(), "read")
        if row is not None and row.content == content:
            return version
        raise WrittenMeanwhile

    def senders(self) -> Iterator[str]:
        """The ids of all conversations; every one is decrypted for it.

        Raises:
            RecordsError: as ``read``.
        """
        for row in self._run(lambda connection: connection.execute(select(*_COLUMNS)).all(), "list"):
            yield self._open(row).sender

    def _seal(self, sender: str, events: Events) -> str:
        plain = json.dumps({"sender": sender, "events": events}, ensure_ascii=False, separators=(",", ":"))
        # Rasa's events can hold half a surrogate pair, which JSON can and UTF-8 proper cannot.
        return self._vault.seal(zlib.compress(plain.encode("utf-8", "surrogatepass"), _LEVEL))

    def _open(self, row: Any) -> Stored:
        try:
            kept = json.loads(zlib.decompress(self._vault.open(row.content)).decode("utf-8", "surrogatepass"))
            return Stored(row.version, kept["events"], kept["sender"])
        except (zlib.error, ValueError, KeyError, TypeError):
            raise EncryptionError("A stored conversation is damaged") from None

    def _run(self, work: Callable[[Connection], _Result], doing: str) -> _Result:
        """One statement, tried again once when the connection has gone stale, as after a restart of the database."""
        with explained(f"{doing} a conversation of Rasa's"):
            try:
                with self.engine.connect() as connection:
                    return work(connection)
            except DBAPIError as error:
                if not error.connection_invalidated:
                    raise
            with self.engine.connect() as connection:
                return work(connection)


def delete_trackers(connection: Connection, keys: Iterable[str]) -> int:
    """Delete conversations by the hashes of their ids; how many there were."""
    return sum(connection.execute(delete(tracker).where(tracker.c.conversation_hash == key)).rowcount for key in keys)


def list_old(connection: Connection, cutoff: datetime) -> set[str]:
    """The hashes of conversations in which nothing happened since ``cutoff``."""
    return set(connection.execute(select(tracker.c.conversation_hash).where(tracker.c.updated_at < cutoff)).scalars())
