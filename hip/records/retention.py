"""Deletes what has been kept for long enough: chats without a result first, results later, the audit last.

A conversation goes as a whole, from the records, the gateway's tables and Rasa's. How far it came stays as a count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, delete, exists, or_, select, union
from sqlalchemy.engine import Connection, Engine

from hip.records.chat_tables import chat_session
from hip.records.database import IMMEDIATE, explained, scrub, sqlite_path
from hip.records.keys import lock_conversation
from hip.records.record import Status
from hip.records.staff_tables import staff_audit, staff_session
from hip.records.tables import assessment
from hip.records.tally import Count, Kind, add_earlier
from hip.records.trackers import delete_trackers, list_old


@dataclass(frozen=True)
class Periods:
    """How long what is kept.

    Attributes:
        abandoned: chats without a result, from the last message on.
        results: conversations with a result, from the last message on.
        audit: what staff did.
        logins: a login that is not used; the staff page ends it sooner.
    """

    abandoned: timedelta
    results: timedelta
    audit: timedelta
    logins: timedelta = timedelta(days=1)


@dataclass(frozen=True)
class Purged:
    """How much was deleted."""

    abandoned: int
    results: int
    audit: int

    def __str__(self) -> str:
        return f"{self.abandoned} abandoned chats, {self.results} with a result, {self.audit} lines of the audit"


@dataclass(frozen=True)
class Purge:
    """One run of the purge; it may be repeated, and may be stopped at any moment.

    Attributes:
        records: the database of the records and the gateway.
        tracker: the database of Rasa's conversations; it may be the same.
        periods: how long what is kept.
        now: the present moment.
    """

    records: Engine
    tracker: Engine
    periods: Periods
    now: datetime

    def run(self) -> Purged:
        """Delete all that is due.

        Raises:
            RecordsError: a database cannot be used. What was deleted before that stays deleted.
        """
        with explained("find old conversations"), self.records.connect() as connection:
            key = _keys().c.key
            abandoned = set(connection.execute(select(key).where(self._is_due(False, key))).scalars())
            results = set(connection.execute(select(key).where(self._is_due(True, key))).scalars())
        gone = {key for key in abandoned if self._delete(key, False)} | {
            key for key in results if self._delete(key, True)
        }
        strays = self._erase_from_tracker(gone)
        with explained("purge the audit"), self.records.execution_options(**IMMEDIATE).begin() as connection:
            old = delete(staff_audit).where(staff_audit.c.at < self.now - self.periods.audit)
            audit = connection.execute(old).rowcount
            unused = staff_session.c.last_used_at < self.now - self.periods.logins
            connection.execute(delete(staff_session).where(unused))
        with explained("purge"):
            scrub(self.records)
        return Purged(len(gone & abandoned) + strays, len(gone & results), int(audit))

    def _is_due(self, told: bool, key: Any) -> Any:
        """Whether nothing happened in a conversation since its period began; ``told``: whether it has a result."""
        cutoff = self.now - (self.periods.results if told else self.periods.abandoned)
        mine = assessment.c.conversation_hash == key
        has_result = exists().where(and_(mine, assessment.c.status == Status.FINISHED.value))
        return and_(
            has_result if told else ~has_result,
            ~exists().where(and_(mine, assessment.c.updated_at >= cutoff)),
            ~exists().where(and_(chat_session.c.conversation_hash == key, chat_session.c.last_used_at >= cutoff)),
        )

    def _delete(self, key: str, told: bool) -> bool:
        """Delete one conversation, unless somebody came back to it a moment ago; whether it is gone."""
        with (
            explained("purge a conversation"),
            self.records.execution_options(**IMMEDIATE).begin() as connection,
        ):
            lock_conversation(connection, key)
            if not connection.execute(select(self._is_due(told, key))).scalar_one():
                return False
            add_earlier(connection, _list_stops(connection, key))
            # Everything else goes with these: every foreign key cascades, but the audit's, which is emptied.
            connection.execute(delete(assessment).where(assessment.c.conversation_hash == key))
            connection.execute(delete(chat_session).where(chat_session.c.conversation_hash == key))
            return True

    def _erase_from_tracker(self, gone: set[str]) -> int:
        """Delete what Rasa keeps of conversations that are gone, and of old ones that only Rasa ever knew.

        Those are the chats in which consent was never given, over Rasa's own channel or ``rasa shell``.

        Returns:
            How many only Rasa knew.
        """
        path = sqlite_path(self.tracker.url)
        if path is not None and not path.exists():
            return 0
        with explained("list Rasa's conversations"), self.tracker.connect() as connection:
            old = list_old(connection, self.now - self.periods.abandoned)
        strays = {key for key in old - gone if not self._is_kept(key)}
        with explained("purge Rasa's conversations"):
            with self.tracker.execution_options(**IMMEDIATE).begin() as connection:
                delete_trackers(connection, gone | strays)
            scrub(self.tracker)
        return len(strays)

    def _is_kept(self, key: str) -> bool:
        """Whether the records or the gateway know the conversation."""
        session = exists().where(chat_session.c.conversation_hash == key)
        recorded = exists().where(assessment.c.conversation_hash == key)
        with explained("look up a conversation"), self.records.connect() as connection:
            return bool(connection.execute(select(or_(session, recorded))).scalar_one())


def _keys() -> Any:
    """Every conversation that the records or the gateway know."""
    return union(
        select(assessment.c.conversation_hash.label("key")), select(chat_session.c.conversation_hash.label("key"))
    ).subquery("keys")


def _list_stops(connection: Connection, key: str) -> list[tuple[Count, datetime]]:
    """At which questions this conversation's assessments were left, and when."""
    left = select(assessment.c.open_question, assessment.c.updated_at).where(
        assessment.c.conversation_hash == key,
        assessment.c.status.in_([Status.OPEN.value, Status.STOPPED.value]),
        assessment.c.open_question.is_not(None),
    )
    return [(Count(Kind.STOPPED, row.open_question), row.updated_at) for row in connection.execute(left)]
