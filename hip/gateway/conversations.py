"""What the gateway keeps of each conversation, in the database, so that any number of gateway processes share it.

Every method is one short transaction. Nothing is held while Rasa works: a turn that is open has a lease, and when the
process that works on it dies, the lease runs out and the next attempt takes the turn over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import and_, delete, func, insert, select, update
from sqlalchemy.engine import Connection, Engine

from hip.engine import timeouts
from hip.gateway.messages import Message, Reply, Said
from hip.gateway.transcript import Transcript
from hip.gateway.turn import NoConversation, NotOffered, State, Turn
from hip.records.chat_tables import callback, chat_message, chat_session, chat_turn
from hip.records.database import IMMEDIATE, explained
from hip.records.encryption import Vault
from hip.records.keys import conversation_key, lock_conversation
from hip.records.record import Clock, utc_now

#: Longer than a turn can take: waiting for earlier ones, then for Rasa (``hip.gateway.turns``).
LEASE: Final = timedelta(seconds=timeouts.LEASE)

#: The greeting's turn; no client can send this id, since it is too short.
GREETING: Final = "hello"


class Conversations:
    """The conversations in the database.

    Args:
        engine: from ``hip.records.build_engine``.
        vault: encrypts every message.
        clock: gives the present moment.

    Every method raises ``RecordsError`` when the database cannot be used or a message cannot be decrypted.
    """

    def __init__(self, engine: Engine, vault: Vault, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**IMMEDIATE)
        self._vault = vault
        self._clock = clock

    def begin(self, conversation: str) -> Turn:
        """Keep a new conversation, with the turn of its greeting."""
        with self._write("begin a conversation", conversation) as (connection, key, now):
            session = {"conversation_hash": key, "created_at": now, "last_used_at": now, "closed": False}
            connection.execute(insert(chat_session).values(**session))
            _insert_turn(connection, key, 0, GREETING, now)
        return Turn(0, State.MINE, Said(GREETING))

    def accept(self, conversation: str, client_id: str, said: Said) -> Turn:
        """Take a message, or find that it was taken before.

        Raises:
            NoConversation: there is none, or it is being deleted.
            NotOffered: a payload that was not offered in the last answer.
        """
        with self._write("take a message", conversation) as (connection, key, now):
            _require_open(connection, key)
            found = select(chat_turn).where(chat_turn.c.conversation_hash == key, chat_turn.c.client_id == client_id)
            row = connection.execute(found).one_or_none()
            if row is not None:
                return self._repeat(connection, key, row, now)
            if (
                said.payload is not None
                and (said.text, said.payload) not in Transcript(connection, key, self._vault).offered()
            ):
                raise NotOffered
            last = select(func.coalesce(func.max(chat_turn.c.number), 0)).where(chat_turn.c.conversation_hash == key)
            number = int(connection.execute(last).scalar_one()) + 1
            _insert_turn(connection, key, number, client_id, now)
            Transcript(connection, key, self._vault).add(number, True, [said.as_stored()], now)
            connection.execute(
                update(chat_session).where(chat_session.c.conversation_hash == key).values(last_used_at=now)
            )
            return Turn(number, State.MINE, said, first=_is_first(connection, key, number, now))

    def _repeat(self, connection: Connection, key: str, row: Any, now: datetime) -> Turn:
        if row.state == "answered":
            return Turn(
                row.number, State.ANSWERED, replies=Transcript(connection, key, self._vault).replies(row.number)
            )
        if row.state == "open" and row.lease_until > now:
            return Turn(row.number, State.THEIRS)
        # It failed, or the process that had it died: it is this caller's now.
        _set_turn(connection, key, row.number, state="open", sent=True, lease_until=now + LEASE)
        said = Transcript(connection, key, self._vault).said(row.number)
        return Turn(row.number, State.MINE, said, row.sent, _is_first(connection, key, row.number, now))

    def look(self, conversation: str, number: int) -> Turn:
        """How a turn stands, for whoever waits for it.

        Raises:
            NoConversation: it has been deleted.
        """
        key = conversation_key(conversation)
        with explained("look at a message"), self._engine.connect() as connection:
            now = self._clock()
            row = connection.execute(select(chat_turn).where(_is_turn(key, number))).one_or_none()
            if row is None:
                raise NoConversation
            if row.state == "answered":
                return Turn(number, State.ANSWERED, replies=Transcript(connection, key, self._vault).replies(number))
            alive = row.state == "open" and row.lease_until > now
            state = State.THEIRS if alive else State.FAILED
            return Turn(number, state, first=_is_first(connection, key, number, now))

    def answer(
        self, conversation: str, number: int, replies: Sequence[Reply], *, only: bool = False
    ) -> tuple[Message, ...] | None:
        """Keep the answer to a turn.

        Args:
            conversation: its id.
            number: the turn.
            replies: what the assistant said.
            only: the person asked to delete everything: only this answer stays.

        Returns:
            The messages; None when the conversation was deleted meanwhile, so that nothing is kept.
        """
        with self._write("keep an answer", conversation) as (connection, key, now):
            if connection.execute(select(chat_turn.c.number).where(_is_turn(key, number))).first() is None:
                return None
            if only:
                for table, others in (
                    (chat_message, chat_message.c.turn <= number),
                    (chat_turn, chat_turn.c.number < number),
                    (callback, callback.c.reference.is_not(None)),
                ):
                    connection.execute(delete(table).where(table.c.conversation_hash == key, others))
            transcript = Transcript(connection, key, self._vault)
            transcript.add(number, False, [reply.as_stored() for reply in replies], now)
            _set_turn(connection, key, number, state="answered")
            return transcript.replies(number)

    def fail(self, conversation: str, number: int, *, sent: bool) -> None:
        """Give a turn up until it is sent again.

        Args:
            conversation: its id.
            number: the turn.
            sent: Rasa may have read it.
        """
        with self._write("give up a message", conversation) as (connection, key, _):
            _set_turn(connection, key, number, state="failed", sent=sent)

    def history(self, conversation: str, after: int = 0) -> tuple[Message, ...]:
        """All messages after a position, oldest first.

        Raises:
            NoConversation: there is none, or it is being deleted.
        """
        key = conversation_key(conversation)
        with explained("read a conversation"), self._engine.connect() as connection:
            _require_open(connection, key)
            return Transcript(connection, key, self._vault).after(after)

    def require(self, conversation: str) -> None:
        """Make sure that a conversation is there.

        Raises:
            NoConversation: there is none, or it is being deleted.
        """
        with explained("look up a conversation"), self._engine.connect() as connection:
            _require_open(connection, conversation_key(conversation))

    def close(self, conversation: str) -> None:
        """Take no more messages; may be repeated, since a deletion that failed is tried again.

        Raises:
            NoConversation: there is none.
        """
        with self._write("close a conversation", conversation) as (connection, key, _):
            closing = update(chat_session).where(chat_session.c.conversation_hash == key).values(closed=True)
            if connection.execute(closing).rowcount == 0:
                raise NoConversation

    def is_busy(self, conversation: str) -> bool:
        """Whether a turn is being worked on."""
        live = select(func.count()).where(
            chat_turn.c.conversation_hash == conversation_key(conversation), _is_live(self._clock())
        )
        with explained("look at a conversation"), self._engine.connect() as connection:
            return bool(connection.execute(live).scalar_one())

    @contextmanager
    def _write(self, doing: str, conversation: str) -> Iterator[tuple[Connection, str, datetime]]:
        """One transaction that no other writer of the same conversation can enter."""
        key = conversation_key(conversation)
        with explained(doing), self._writer.begin() as connection:
            lock_conversation(connection, key)
            yield connection, key, self._clock()


def _require_open(connection: Connection, key: str) -> None:
    found = select(chat_session.c.closed).where(chat_session.c.conversation_hash == key)
    if connection.execute(found).scalar_one_or_none() is not False:
        raise NoConversation


def _is_turn(key: str, number: int) -> Any:
    return and_(chat_turn.c.conversation_hash == key, chat_turn.c.number == number)


def _is_live(now: datetime) -> Any:
    return and_(chat_turn.c.state == "open", chat_turn.c.lease_until > now)


def _is_first(connection: Connection, key: str, number: int, now: datetime) -> bool:
    """Whether no earlier turn is being worked on."""
    earlier = and_(chat_turn.c.conversation_hash == key, chat_turn.c.number < number, _is_live(now))
    return connection.execute(select(chat_turn.c.number).where(earlier).limit(1)).first() is None


def _insert_turn(connection: Connection, key: str, number: int, client_id: str, now: datetime) -> None:
    # "sent" before it is: whoever finds it so after a crash must not count it twice.
    columns = {"number": number, "client_id": client_id, "state": "open", "sent": True, "lease_until": now + LEASE}
    connection.execute(insert(chat_turn).values(conversation_hash=key, **columns))


def _set_turn(connection: Connection, key: str, number: int, **columns: Any) -> None:
    connection.execute(update(chat_turn).where(_is_turn(key, number)).values(**columns))
