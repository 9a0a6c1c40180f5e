"""Outcomes to record, and what is in the tables."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.engine import Engine

from hip.handover.reference import new_reference
from hip.records import (
    Handover,
)
from hip.records.tables import answer, assessment, handover, rule_fired
from hip.triage.levels import CareLevel

CONVERSATION = "c0ffee-raw-conversation-id"


@dataclass(frozen=True)
class Fired:
    id: str
    level: CareLevel
    sources: tuple[str, ...] = ("bsr", "medscape")


@dataclass(frozen=True)
class Outcome:
    level: CareLevel | None
    fired: tuple[Fired, ...] = ()


CONSULTATION = Outcome(CareLevel.CONSULTATION, (Fired("C1", CareLevel.CONSULTATION),))
AMBULANCE = Outcome(
    CareLevel.EMERGENCY_AMBULANCE,
    (Fired("R8b", CareLevel.EMERGENCY_AMBULANCE, ("nhs-dvt",)), Fired("R2", CareLevel.EMERGENCY_DEPARTMENT)),
)


def hand_over(*services: str) -> Handover:
    return Handover(new_reference(), services)


def rows(engine: Engine, table: Any, *order: Any) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(table).order_by(*order)))


def count(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (assessment, answer, rule_fired, handover)
        }
