"""The answers of one assessment, each encrypted: the latest value of each fact, with every value it had before."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.engine import Connection

from hip.assessment import FactValue
from hip.records.encryption import Vault
from hip.records.tables import answer

#: The statements of a turn, built once: building them takes longer than running them.
_LATEST: Final = select(answer.c.fact_id, answer.c.value, answer.c.revision).where(
    answer.c.assessment_id == bindparam("assessment"), answer.c.superseded_at.is_(None)
)
_SUPERSEDE: Final = (
    update(answer)
    .where(answer.c.assessment_id == bindparam("assessment"), answer.c.superseded_at.is_(None))
    .where(answer.c.fact_id.in_(bindparam("facts", expanding=True)))
    .values(superseded_at=bindparam("now"))
)
_INSERT: Final = insert(answer)


def stored(value: FactValue) -> Any:
    """A fact's value as JSON gives it back."""
    return list(value) if isinstance(value, tuple) else value


def current_answers(connection: Connection, vault: Vault, assessment_id: str) -> Mapping[str, Any]:
    """The latest value of every known fact, as JSON."""
    rows = connection.execute(_LATEST, {"assessment": assessment_id})
    values = {row.fact_id: vault.decrypt(row.value) for row in rows}
    return {fact_id: value for fact_id, value in values.items() if value is not None}


def record_answers(
    connection: Connection,
    vault: Vault,
    assessment_id: str,
    values: Mapping[str, Any],
    question: str | None,
    now: datetime,
) -> bool:
    """Write the values that differ from the latest ones; whether there were any."""
    before = {row.fact_id: row for row in connection.execute(_LATEST, {"assessment": assessment_id})}
    changed = {
        fact_id: value
        for fact_id, value in values.items()
        if value != (vault.decrypt(before[fact_id].value) if fact_id in before else None)
    }
    if not changed:
        return False
    if not before.keys().isdisjoint(changed):
        connection.execute(_SUPERSEDE, {"assessment": assessment_id, "facts": list(changed), "now": now})
    rows = [
        {
            "assessment_id": assessment_id,
            "fact_id": fact_id,
            "revision": before[fact_id].revision + 1 if fact_id in before else 1,
            "value": vault.encrypt(value),
            "question_id": question,
            "recorded_at": now,
        }
        for fact_id, value in changed.items()
    ]
    connection.execute(_INSERT, rows)
    return True
