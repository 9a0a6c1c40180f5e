"""A person's own words from the kept messages, for the clinician's summary. Nothing here is ever logged."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.engine import Connection, Engine

from hip.gateway.messages import Message
from hip.handover.summary_model import OwnMessage
from hip.records.chat_tables import chat_message, chat_session
from hip.records.database import explained
from hip.records.encryption import Vault
from hip.records.record import Record
from hip.records.tables import assessment

#: Joins the labels picked from a checklist.
_JOINT: Final = "; "


def read_own_words(
    engine: Engine, vault: Vault, record: Record, titles: Mapping[str, str]
) -> tuple[OwnMessage, ...] | None:
    """What the person typed themselves around one assessment; what they picked from buttons is left out.

    Args:
        engine: of the records.
        vault: decrypts the messages.
        record: the assessment. Its messages are those from the end of the one before it to the beginning of the next,
            so that what was asked after the result is there as well.
        titles: of the questions, by id.

    Returns:
        Oldest first; None when the conversation did not come through the gateway or was deleted.

    Raises:
        RecordsError: the database cannot be used, or a message cannot be decrypted.
    """
    with explained("read a person's own words"), engine.connect() as connection:
        key = connection.execute(
            select(chat_session.c.conversation_hash)
            .join(assessment, assessment.c.conversation_hash == chat_session.c.conversation_hash)
            .where(assessment.c.id == record.id)
        ).scalar_one_or_none()
        if key is None:
            return None
        since, until = _span(connection, key, record)
        messages = tuple(_read(connection, vault, key))
    return tuple(
        own
        for own in _own(messages, titles)
        if (since is None or own.said_at >= since) and (until is None or own.said_at <= until)
    )


@dataclass(frozen=True)
class _Dated:
    message: Message
    at: datetime


def _span(connection: Connection, key: str, record: Record) -> tuple[datetime | None, datetime | None]:
    """The end of the assessment before this one and the beginning of the next; None where there is none."""
    rows = connection.execute(
        select(assessment.c.id, assessment.c.started_at, assessment.c.ended_at)
        .where(assessment.c.conversation_hash == key)
        .order_by(assessment.c.sequence)
    ).all()
    at = [row.id for row in rows].index(record.id)
    since = rows[at - 1].ended_at if at else None
    until = rows[at + 1].started_at if at + 1 < len(rows) else None
    return since, until


def _read(connection: Connection, vault: Vault, key: str) -> Iterator[_Dated]:
    rows = connection.execute(
        select(chat_message).where(chat_message.c.conversation_hash == key).order_by(chat_message.c.position)
    )
    for row in rows:
        yield _Dated(Message.from_stored(row.position, row.from_person, vault.decrypt(row.content)), row.created_at)


def _own(messages: Iterable[_Dated], titles: Mapping[str, str]) -> Iterator[OwnMessage]:
    asked: str | None = None
    offered: set[str] = set()
    before_is_person = True
    for dated in messages:
        message = dated.message
        if message.from_person:
            if not set(message.text.split(_JOINT)) <= offered:
                yield OwnMessage(dated.at, asked, message.text)
        else:
            if before_is_person:  # a new answer: what was offered before it is gone
                asked, offered = None, set()
            asked = _asked(message, titles) or asked
            offered |= _offered(message)
        before_is_person = message.from_person


def _asked(message: Message, titles: Mapping[str, str]) -> str | None:
    part = (message.custom or {}).get("question")
    return titles.get(part["id"]) if part else None


def _offered(message: Message) -> set[str]:
    """Every label that could be picked."""
    custom = message.custom or {}
    labels = {title for title, _ in message.buttons}
    labels.update(custom.get("question", {}).get("options", ()))
    labels.update(f"Change: {line['label']}" for line in custom.get("read_back", ()))
    return labels
