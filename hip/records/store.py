"""Writes and reads the records of assessments. Every method is one short transaction and may be repeated safely."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, insert, select
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import IntegrityError

from hip.assessment import FactValue
from hip.handover.reference import parse_reference
from hip.records.answers import current_answers, record_answers
from hip.records.database import IMMEDIATE, RecordsError, explained, scrub
from hip.records.encryption import Vault
from hip.records.keys import conversation_key, lock_conversation
from hip.records.lookup import read_record
from hip.records.record import AssessmentLike, Clock, Handover, Record, Status, Versions, utc_now
from hip.records.rows import change, find_latest, find_reference, list_values
from hip.records.stages import count_first
from hip.records.tables import assessment, handover, rule_fired
from hip.records.tally import GIVEN, SCREENED, TOLD, Count, Kind, add

_ENDED_BY_PERSON: Final = (Status.DECLINED, Status.STOPPED)


class ReferenceTaken(RecordsError):
    """Another assessment has this reference already; draw a new one and finish again."""


class RecordStore:
    """The records of all conversations.

    Args:
        engine: from ``build_engine``.
        vault: encrypts the answers.
        clock: gives the present moment, with its time zone.
        versions: the rules and content in force; by default the fingerprints of the clinic's folder.

    Every method raises ``RecordsError`` when the database cannot be used or an answer cannot be decrypted.
    """

    def __init__(
        self, engine: Engine, vault: Vault, clock: Clock = utc_now, *, versions: Versions | None = None
    ) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**IMMEDIATE)
        self._vault = vault
        self._clock = clock
        self._versions = versions or Versions.of_folder()

    def save_progress(
        self,
        conversation_id: str,
        answers: Mapping[str, FactValue | None],
        question: str | None,
        *,
        asks: str | None = None,
        screened: bool = False,
        counts: Sequence[Count] = (),
    ) -> None:
        """Record the answers so far; starts an assessment when none is open.

        Right after an assessment ended, the very same answers are that turn again and start no new one.

        Args:
            conversation_id: the channel's id of the conversation; only its hash is kept.
            answers: all facts known now. A fact left out stays as it was; None takes back what was recorded.
            question: id of the question that was asked, kept with each value that is new.
            asks: id of the question that is put next.
            screened: the emergency questions are all settled.
            counts: what else of this turn is counted.

        Raises:
            ValueError: an answer that is not a value of its fact; nothing is recorded then.
        """
        known, values = list_values(answers)
        with self._write("save answers", conversation_id, counts) as (connection, key, now):
            row = find_latest(connection, key)
            if row is None or row.status != Status.OPEN.value:
                if row is not None and current_answers(connection, self._vault, row.id) == known:
                    return
                assessment_id, at, screened_at = self._start(connection, key, now), None, None
            else:
                assessment_id, at, screened_at = row.id, row.open_question, row.screened_at
            changes: dict[str, Any] = {}
            if record_answers(connection, self._vault, assessment_id, values, question, now):
                changes["updated_at"] = now
                if "respondent" in values:
                    changes["respondent"] = values["respondent"]
            if asks != at:
                changes["open_question"] = asks
            if screened and screened_at is None:
                count_first(connection, key, SCREENED, now)
                changes["screened_at"] = now
            if changes:
                change(connection, assessment_id, changes)

    def add_details(
        self,
        conversation_id: str,
        answers: Mapping[str, FactValue | None],
        question: str | None,
        *,
        counts: Sequence[Count] = (),
    ) -> None:
        """Add what was told after the result to the assessment that gave it, when it did not change the result.

        Does nothing when the last assessment is not a finished one. Arguments and errors as for ``save_progress``.
        """
        _, values = list_values(answers)
        with self._write("add details", conversation_id, counts) as (connection, key, now):
            row = find_latest(connection, key)
            if row is None or row.status != Status.FINISHED.value:
                return
            if record_answers(connection, self._vault, row.id, values, question, now):
                change(connection, row.id, {"updated_at": now})

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
            row = find_latest(connection, key)
            if row is not None and row.status == Status.FINISHED.value and row.care_level == level:
                return find_reference(connection, row.id) or _hand_over(connection, row.id, given, now)
            # Somebody whom an emergency takes past the rest of the emergency questions has come just as far.
            count_first(connection, key, SCREENED, now)
            count_first(connection, key, TOLD, now)
            add(connection, [Count(Kind.LEVEL, level)], now)
            is_open = row is not None and row.status == Status.OPEN.value
            assessment_id = row.id if is_open else self._start(connection, key, now)
            ended = {"status": Status.FINISHED.value, "updated_at": now, "ended_at": now, "care_level": level}
            if row is None or row.screened_at is None:
                ended["screened_at"] = now
            change(connection, assessment_id, ended | self._version_columns())
            rules = [
                {"rule_id": rule.id, "level": rule.level.value, "source": ", ".join(rule.sources), "rank": rank}
                for rank, rule in enumerate(outcome.fired)
            ]
            if rules:
                connection.execute(insert(rule_fired).values(assessment_id=assessment_id), rules)
            return _hand_over(connection, assessment_id, given, now)

    def close(self, conversation_id: str, status: Status | str, *, counts: Sequence[Count] = ()) -> None:
        """End the open assessment without a care level; does nothing when none is open.

        Args:
            conversation_id: the channel's id of the conversation.
            status: ``declined`` or ``stopped``.
            counts: what else of this turn is counted.

        Raises:
            ValueError: any other status.
        """
        ended = Status(status)
        if ended not in _ENDED_BY_PERSON:
            raise ValueError(f"an assessment cannot be closed as {ended.value!r}, only as declined or stopped")
        with self._write("close an assessment", conversation_id, counts) as (connection, key, now):
            row = find_latest(connection, key)
            if row is not None and row.status == Status.OPEN.value:
                change(connection, row.id, {"status": ended.value, "updated_at": now, "ended_at": now})

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
                .where(assessment.c.conversation_hash == conversation_key(conversation_id))
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
            return read_record(connection, self._vault, code)

    def count(self, counts: Sequence[Count]) -> None:
        """Count a turn of which nothing else is recorded."""
        if counts:
            with explained("count"), self._writer.begin() as connection:
                add(connection, counts, self._clock())

    @contextmanager
    def _write(
        self, doing: str, conversation_id: str, counts: Sequence[Count] = ()
    ) -> Iterator[tuple[Connection, str, datetime]]:
        """One transaction that no other writer of the same conversation can enter."""
        key = conversation_key(conversation_id)
        with explained(doing), self._writer.begin() as connection:
            lock_conversation(connection, key)
            now = self._clock()
            yield connection, key, now
            add(connection, counts, now)

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
        if columns["sequence"] == 1:
            add(connection, [Count(Kind.STAGE, GIVEN)], now)
        connection.execute(insert(assessment).values(**columns, **self._version_columns()))
        return str(columns["id"])

    def _version_columns(self) -> dict[str, Any]:
        return {"rules_version": self._versions.rules, "content_version": self._versions.content}


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
