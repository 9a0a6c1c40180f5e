"""Single rows of an assessment, inside the record store's transactions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.engine import Connection

from hip.assessment import FactValue, parse_facts
from hip.records.answers import stored
from hip.records.tables import assessment, handover


def list_values(answers: Mapping[str, FactValue | None]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is known, and what of each answer is to be recorded, both as JSON; None takes back what was recorded."""
    known = {fact_id: stored(value) for fact_id, value in parse_facts(answers).items()}
    return known, {fact_id: known.get(fact_id) for fact_id in answers}


def find_latest(connection: Connection, key: str) -> Any:
    """The row of a conversation's latest assessment; None when there is none."""
    last = select(assessment).where(assessment.c.conversation_hash == key).order_by(assessment.c.sequence.desc())
    return connection.execute(last.limit(1)).one_or_none()


def change(connection: Connection, assessment_id: str, columns: Mapping[str, Any]) -> None:
    """Set columns of an assessment."""
    connection.execute(update(assessment).where(assessment.c.id == assessment_id).values(**columns))


def find_reference(connection: Connection, assessment_id: str) -> str | None:
    """The reference that an assessment was handed over with, if it was."""
    found = select(handover.c.reference).where(handover.c.assessment_id == assessment_id)
    return connection.execute(found).scalar_one_or_none()
