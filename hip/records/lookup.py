"""Reads one recorded assessment back."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select
from sqlalchemy.engine import Connection

from hip.assessment import parse_fact, parse_facts
from hip.records.answers import current_answers
from hip.records.encryption import Vault
from hip.records.record import Record, RecordedAnswer, RecordedRule, Status, Versions
from hip.records.tables import answer, assessment, handover, rule_fired
from hip.triage.levels import CareLevel


def read_record(connection: Connection, vault: Vault, reference: str) -> Record | None:
    """The assessment with this reference, in its one written form."""
    row = connection.execute(
        select(assessment, handover.c.reference, handover.c.services, handover.c.created_at)
        .select_from(assessment.join(handover))
        .where(handover.c.reference == reference)
    ).one_or_none()
    if row is None:
        return None
    return Record(
        id=row.id,
        reference=row.reference,
        services=tuple(row.services),
        handed_over_at=row.created_at,
        status=Status(row.status),
        care_level=CareLevel(row.care_level),
        started_at=row.started_at,
        updated_at=row.updated_at,
        ended_at=row.ended_at,
        respondent=row.respondent,
        versions=Versions(row.rules_version, row.content_version),
        answers=parse_facts(current_answers(connection, vault, row.id)),
        history=_history(connection, vault, row.id),
        rules=_rules(connection, row.id),
        later_level=_later_level(connection, row),
    )


def _history(connection: Connection, vault: Vault, assessment_id: str) -> tuple[RecordedAnswer, ...]:
    rows = connection.execute(
        select(answer)
        .where(answer.c.assessment_id == assessment_id)
        .order_by(answer.c.recorded_at, answer.c.fact_id, answer.c.revision)
    )
    return tuple(
        RecordedAnswer(
            row.fact_id,
            None if (value := vault.decrypt(row.value)) is None else parse_fact(row.fact_id, value),
            row.question_id,
            row.recorded_at,
            row.superseded_at,
        )
        for row in rows
    )


def _rules(connection: Connection, assessment_id: str) -> tuple[RecordedRule, ...]:
    rows = connection.execute(
        select(rule_fired).where(rule_fired.c.assessment_id == assessment_id).order_by(rule_fired.c.rank)
    )
    return tuple(RecordedRule(row.rule_id, CareLevel(row.level), row.source) for row in rows)


def _later_level(connection: Connection, row: Any) -> CareLevel | None:
    later = (
        select(assessment.c.care_level)
        .where(assessment.c.conversation_hash == row.conversation_hash, assessment.c.sequence > row.sequence)
        .where(assessment.c.status == Status.FINISHED.value)
        .order_by(assessment.c.sequence.desc())
    )
    level = connection.execute(later).scalars().first()
    return None if level is None else CareLevel(level)
