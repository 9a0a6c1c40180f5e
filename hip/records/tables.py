"""The four tables of the records. ``migrations/`` builds them; a test holds the two together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    text,
)
from sqlalchemy.types import TypeDecorator

#: Constraint names are spelt out so that a migration can name them on both databases.
metadata: Final = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

#: Marks a column whose values are encrypted by ``hip.records.encryption``; a change of key finds them by it.
ENCRYPTED: Final = {"encrypted": True}


class UtcDateTime(TypeDecorator):  # type: ignore[type-arg]  # generic in the stubs only, not at run time
    """A moment in UTC. SQLite keeps no time zone, so a moment without one is refused and UTC is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone cannot be recorded")
        return value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def _assessment_id() -> Column[Any]:
    return Column("assessment_id", String(36), ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True)


assessment: Final = Table(
    "assessment",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("conversation_hash", String(64), nullable=False),
    # The first, second, ... assessment of its conversation: clocks can stand still or go back, this cannot.
    Column("sequence", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("updated_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("respondent", String(32)),
    Column("care_level", String(64)),
    Column("rules_version", String(64), nullable=False),
    Column("content_version", String(64), nullable=False),
    # How far it came, for the staff page's counts.
    Column("open_question", String(64)),
    Column("screened_at", UtcDateTime),
    CheckConstraint("status in ('open', 'finished', 'declined', 'stopped')", name="status"),
    CheckConstraint("(status = 'open') = (ended_at is null)", name="ended_at"),
    CheckConstraint("(status = 'finished') = (care_level is not null)", name="care_level"),
    Index("uq_assessment_conversation_hash_sequence", "conversation_hash", "sequence", unique=True),
    Index(
        "uq_assessment_open",
        "conversation_hash",
        unique=True,
        sqlite_where=text("status = 'open'"),
        postgresql_where=text("status = 'open'"),
    ),
)

answer: Final = Table(
    "answer",
    metadata,
    _assessment_id(),
    Column("fact_id", String(64), primary_key=True),
    Column("revision", Integer, primary_key=True, autoincrement=False),  # 1, then one more for each correction
    Column("value", Text, nullable=False, info=ENCRYPTED),  # of JSON; null: taken back, so unknown again
    Column("question_id", String(64)),
    Column("recorded_at", UtcDateTime, nullable=False),
    Column("superseded_at", UtcDateTime),  # null: the latest value
    Index(
        "uq_answer_latest",
        "assessment_id",
        "fact_id",
        unique=True,
        sqlite_where=text("superseded_at is null"),
        postgresql_where=text("superseded_at is null"),
    ),
)

rule_fired: Final = Table(
    "rule_fired",
    metadata,
    _assessment_id(),
    Column("rule_id", String(64), primary_key=True),
    Column("level", String(64), nullable=False),
    Column("source", Text, nullable=False),
    Column("rank", Integer, nullable=False),  # 0 is the rule that decided
)

handover: Final = Table(
    "handover",
    metadata,
    _assessment_id(),
    Column("reference", String(16), nullable=False),
    Column("services", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index("uq_handover_reference", "reference", unique=True),
)
