"""The tables of the public gateway: conversations with their messages, call-back requests, and booking links used.

A conversation is known by the same hash as its assessments. What people write is encrypted
(``hip.records.encryption``); nothing else here tells of anybody's health.
"""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import Boolean, CheckConstraint, Column, ForeignKey, Index, Integer, String, Table, Text

from hip.records.tables import ENCRYPTED, UtcDateTime, metadata


def _conversation() -> Column[Any]:
    return Column(
        "conversation_hash",
        String(64),
        ForeignKey("chat_session.conversation_hash", ondelete="CASCADE"),
        primary_key=True,
    )


chat_session: Final = Table(
    "chat_session",
    metadata,
    Column("conversation_hash", String(64), primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime, nullable=False, index=True),
    # Being deleted: nothing more is taken, and what is still under way is waited for.
    Column("closed", Boolean, nullable=False),
)

#: One message of the person and how far its answer has come.
chat_turn: Final = Table(
    "chat_turn",
    metadata,
    _conversation(),
    Column("number", Integer, primary_key=True, autoincrement=False),  # 0 is the greeting
    Column("client_id", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    # Whether Rasa may have read the message already, so that sending it again must not count twice.
    Column("sent", Boolean, nullable=False),
    # Until when the process that works on it may be believed to be alive.
    Column("lease_until", UtcDateTime, nullable=False),
    CheckConstraint("state in ('open', 'answered', 'failed')", name="state"),
    Index("uq_chat_turn_client_id", "conversation_hash", "client_id", unique=True),
)

chat_message: Final = Table(
    "chat_message",
    metadata,
    _conversation(),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("turn", Integer, nullable=False),
    Column("from_person", Boolean, nullable=False),
    Column("content", Text, nullable=False, info=ENCRYPTED),
    Column("created_at", UtcDateTime, nullable=False),
)

callback: Final = Table(
    "callback",
    metadata,
    _conversation(),  # one a conversation; asking again replaces it
    Column("reference", String(16), nullable=False, index=True),
    Column("contact", Text, nullable=False, info=ENCRYPTED),  # name and phone
    Column("consent_at", UtcDateTime, nullable=False),
)

#: One use of a booking link.
link_use: Final = Table(
    "link_use",
    metadata,
    Column("id", String(36), primary_key=True),
    Column(
        "assessment_id",
        String(36),
        ForeignKey("assessment.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    Column("service", String(32), nullable=False),
    Column("used_at", UtcDateTime, nullable=False),
)
