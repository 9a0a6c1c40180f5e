"""Writes and reads the records of assessments. Every method is one short transaction and may be repeated safely."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, insert, select, text, update
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from hip.assessment import FactValue, parse_facts
from hip.handover.reference import parse_reference
from hip.records.answers import current_answers, record_answers, stored
from hip.records.database import IMMEDIATE, RecordsError, explained, scrub
from hip.records.lookup import read_record
from hip.records.record import AssessmentLike, Clock, Handover, Record, Status, Versions, utc_now
from hip.records.tables import assessment, handover, rule_fired

_ENDED_BY_PERSON: Final = (Status.DECLINED, Status.STOPPED)


class ReferenceTaken(RecordsError):
    """Another assessment has this reference already; draw a new one and finish again."""


class RecordStore:
    """The records of all conversations.

    Args:
        engine: from ``build_engine``.
        clock: gives the present moment, with its time zone.
        versions: the rules and content in force; by default the fingerprints of the clinic's folder.

    Every method raises ``RecordsError`` when the database cannot be used.
    """

    def __init__(self, engine: Engine, clock: Clock = utc_now, *, versions: Versions | None = None) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**IMMEDIATE)
        self._clock = clock
        self._versions = versions or Versions.of_folder()

    def save_progress(
        self, conversation_id: str, answers: Mapping[str, FactValue | None], question: str | None
    ) -> None:
        """Record the answers so far; starts an assessment when none is open.

        Right after an assessment ended, the very same answers are that turn again and start no new one.

        Args:
            conversation_id: the channel's id of the conversation; only its hash is kept.
            answers: all facts known now. A fact left out stays as it was; None takes back what was recorded.
            question: id of the question that was asked, kept with each value that is new.

        Raises:
            ValueError: an answer that is not a value of its fact; nothing is recorded then.
        """
        known = {fact_id: stored(value) for fact_id, value in parse_facts(answers).items()}
        values = {fact_id: known.get(fact_id) for fact_id in answers}
        with self._write("save answers", conversation_id) as (connection, key, now):
            row = _latest(connection, key)
            if row is None or row.status != Status.OPEN.value:
                if row is not None and current_answers(connection, row.id) == known:
                    return
                assessment_id = self._start(connection, key, now)
            else:
                assessment_id = row.id
            if record_answers(connection, assessment_id, values, question, now):
                changes: dict[str, Any] = {"updated_at": now}
                if "respondent" in values:
                    changes["respondent"] = values["respondent"]
                _update(connection, assessment_id, changes)

    def finish(self, conversation_id: str, outcome: AssessmentLike, given: Handover | None) -> str | None:
        """Record the outcome: care level, rules fired and hand-over.

        Repeated with the same level and no answers in between, it changes nothing and keeps the first reference. With
        another level it records that outcome as a new assessment, so that the first one stays as it was given.

        Args:
            conversation_id: the channel's id of the conversation.
            outcome: the care level and the rules that fired, the deciding one first.
            given: what the person is handed over with, if anything.

        Returns:
            The reference that counts, or None when there is none.

        Raises:
            ReferenceTaken: the new reference belongs to another assessment; nothing is recorded then.
            ValueError: there is no care level yet, or a clinic service is handed over at a level that permits none.
        """
        if outcome.level is None:
            raise ValueError("an assessment without a care level cannot be finished")
        if outcome.level.urgent and given is not None and given.services:
            raise ValueError(f"no clinic service may be handed over at {outcome.level.value}")
        level = outcome.level.value
        with self._write("finish an assessment", conversation_id) as (connection, key, now):
            row = _latest(connection, key)
            if row is not None and row.status == Status.FINISHED.value and row.care_level == level:
                return _reference(connection, row.id) or _hand_over(connection, row.id, given, now)
            is_open = row is not None and row.status == Status.OPEN.value
            assessment_id = row.id if is_open else self._start(connection, key, now)
            ended = {"status": Status.FINISHED.value, "updated_at": now, "ended_at": now, "care_level": level}
            _update(connection, assessment_id, ended | self._version_columns())
            rules = [
                {"rule_id": rule.id, "level": rule.level.value, "source": ", ".join(rule.sources), "rank": rank}
                for rank, rule in enumerate(outcome.fired)
            ]
            if rules:
                connection.execute(insert(rule_fired).values(assessment_id=assessment_id), rules)
            return _hand_over(connection, assessment_id, given, now)

    def close(self, conversation_id: str, status: Status | str) -> None:
        """End the open assessment without a care level; does nothing when none is open.

        Args:
            conversation_id: the channel's id of the conversation.
            status: ``declined`` or ``stopped``.

        Raises:
            ValueError: any other status.
        """
        ended = Status(status)
        if ended not in _ENDED_BY_PERSON:
            raise ValueError(f"an assessment cannot be closed as {ended.value!r}, only as declined or stopped")
        with self._write("close an assessment", conversation_id) as (connection, key, now):
            row = _latest(connection, key)
            if row is not None and row.status == Status.OPEN.value:
                _update(connection, row.id, {"status": ended.value, "updated_at": now, "ended_at": now})

    def erase(self, conversation_id: str) -> int:
        """Delete everything of a conversation: all its assessments, answers, rules and hand-overs.

        Returns:
            How many assessments there were.
        """
        with self._write("erase a conversation", conversation_id) as (connection, key, _):
            # Answers, rules and hand-overs go with it: every foreign key cascades.
            erased = connection.execute(delete(assessment).where(assessment.c.conversation_hash == key)).rowcount
        with explained("erase a conversation"):
            scrub(self._engine)
        return int(erased)

    def reference_of(self, conversation_id: str) -> str | None:
        """The reference of the conversation's last finished assessment; None when that has none."""
        with self._read("look up a reference") as connection:
            finished = (
                select(handover.c.reference)
                .select_from(assessment.outerjoin(handover))
                .where(assessment.c.conversation_hash == _key(conversation_id))
                .where(assessment.c.status == Status.FINISHED.value)
                .order_by(assessment.c.sequence.desc())
            )
            return connection.execute(finished).scalars().first()

    def find_by_reference(self, reference: str) -> Record | None:
        """The assessment with this reference, as a person may have typed it; None when there is none."""
        code = parse_reference(reference)
        if code is None:
            return None
        with self._read("look up a record") as connection:
            return read_record(connection, code)

    @contextmanager
    def _write(self, doing: str, conversation_id: str) -> Iterator[tuple[Connection, str, datetime]]:
        """One transaction that no other writer of the same conversation can enter."""
        key = _key(conversation_id)
        with explained(doing), self._writer.begin() as connection:
            if connection.dialect.name == "postgresql":  # SQLite's BEGIN IMMEDIATE holds off every other writer
                lock = int.from_bytes(bytes.fromhex(key)[:8], "big", signed=True)
                connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": lock})
            yield connection, key, self._clock()

    @contextmanager
    def _read(self, doing: str) -> Iterator[Connection]:
        with explained(doing), self._engine.connect() as connection:
            yield connection

    def _start(self, connection: Connection, key: str, now: datetime) -> str:
        """Open a new assessment and give its id."""
        last = select(func.coalesce(func.max(assessment.c.sequence), 0)).where(assessment.c.conversation_hash == key)
        columns = {
            "id": str(uuid.uuid4()),
            "conversation_hash": key,
            "sequence": connection.execute(last).scalar_one() + 1,
            "status": Status.OPEN.value,
            "started_at": now,
            "updated_at": now,
        }
        connection.execute(insert(assessment).values(**columns, **self._version_columns()))
        return str(columns["id"])

    def _version_columns(self) -> dict[str, Any]:
        return {"rules_version": self._versions.rules, "content_version": self._versions.content}


def _key(conversation_id: str) -> str:
    return hashlib.sha256(conversation_id.encode("utf-8", "surrogatepass")).hexdigest()


def _latest(connection: Connection, key: str) -> Any:
    last = select(assessment).where(assessment.c.conversation_hash == key).order_by(assessment.c.sequence.desc())
    return connection.execute(last.limit(1)).one_or_none()


def _update(connection: Connection, assessment_id: str, columns: Mapping[str, Any]) -> None:
    connection.execute(update(assessment).where(assessment.c.id == assessment_id).values(**columns))


def _reference(connection: Connection, assessment_id: str) -> str | None:
    found = select(handover.c.reference).where(handover.c.assessment_id == assessment_id)
    return connection.execute(found).scalar_one_or_none()


def _hand_over(connection: Connection, assessment_id: str, given: Handover | None, now: datetime) -> str | None:
    if given is None:
        return None
    columns = {"assessment_id": assessment_id, "reference": given.reference, "services": list(given.services)}
    try:
        connection.execute(insert(handover).values(**columns, created_at=now))
    except IntegrityError:
        # The row is new, its other columns are checked and its assessment is locked: only the reference can clash.
        raise ReferenceTaken("records: this reference belongs to another assessment") from None
    return given.reference
