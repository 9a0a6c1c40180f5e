"""Single rows of an assessment, inside the record store's transactions."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.engine import Connection

from hip.assessment import FactValue, parse_facts
from hip.records.answers import stored
from hip.records.tables import assessment, handover

_LATEST: Final = (
    select(assessment)
    .where(assessment.c.conversation_hash == bindparam("key"))
    .order_by(assessment.c.sequence.desc())
    .limit(1)
)


def list_values(answers: Mapping[str, FactValue | None]) -> tuple[dict[str, Any], dict[str, Any]]:
    """What is known, and what of each answer is to be recorded, both as JSON; None takes back what was recorded."""
    known = {fact_id: stored(value) for fact_id, value in parse_facts(answers).items()}
    return known, {fact_id: known.get(fact_id) for fact_id in answers}


def find_latest(connection: Connection, key: str) -> Any:
    """The row of a conversation's latest assessment; None when there is none."""
    return connection.execute(_LATEST, {"key": key}).one_or_none()


def change(connection: Connection, assessment_id: str, columns: Mapping[str, Any]) -> None:
    """Set columns of an assessment."""
    connection.execute(_change(frozenset(columns)), {"assessment": assessment_id, **columns})


@cache
def _change(columns: frozenset[str]) -> Any:
    """Built once for each choice of columns, of which there are few."""
    return (
        update(assessment)
        .where(assessment.c.id == bindparam("assessment"))
        .values({name: bindparam(name) for name in columns})
    )


def find_reference(connection: Connection, assessment_id: str) -> str | None:
    """The reference that an assessment was handed over with, if it was."""
    found = select(handover.c.reference).where(handover.c.assessment_id == assessment_id)
    return connection.execute(found).scalar_one_or_none()
