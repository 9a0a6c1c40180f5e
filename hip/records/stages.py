"""How far a conversation came, counted once each, however often it starts again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.engine import Connection

from hip.records.tables import assessment
from hip.records.tally import SCREENED, Count, Kind, add


def count_first(connection: Connection, key: str, stage: str, now: datetime) -> None:
    """Count a stage that no assessment of this conversation had come to."""
    reached = assessment.c.screened_at.is_not(None) if stage == SCREENED else assessment.c.care_level.is_not(None)
    earlier = select(assessment.c.id).where(assessment.c.conversation_hash == key, reached).limit(1)
    if connection.execute(earlier).first() is None:
        add(connection, [Count(Kind.STAGE, stage)], now)
