"""One hand-over as staff see it, and what they write beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import func, insert, select, update
from sqlalchemy.engine import Engine

from hip.gateway.aftercare import Aftercare, Contact
from hip.handover.summary_model import Summary
from hip.records.chat_tables import link_use
from hip.records.database import IMMEDIATE, explained
from hip.records.encryption import Vault
from hip.records.record import Clock, Record, utc_now
from hip.records.staff_tables import follow_up
from hip.records.store import RecordStore
from hip.records.tables import assessment
from hip.site.queue import FollowUp

LONGEST_NOTE: Final = 4000


class ChangedMeanwhile(Exception):
    """A colleague saved something since the page was opened."""


@dataclass(frozen=True)
class Note:
    """What staff wrote; ``revision`` 0 with nothing written yet."""

    status: FollowUp = FollowUp.NEW
    text: str = ""
    revision: int = 0
    changed_at: datetime | None = None
    changed_by: str | None = None


@dataclass(frozen=True)
class Case:
    """One hand-over; ``links`` are service and moment of each use of a booking link."""

    summary: Summary
    note: Note
    contact: Contact | None
    links: tuple[tuple[str, datetime], ...]


class Casebook:
    """Reads and writes single hand-overs.

    Args:
        engine: of the records.
        records: the store on it.
        vault: encrypts notes.
        aftercare: summarises, and knows who asked to be phoned.
        clock: gives the present moment.

    Every method raises ``RecordsError`` when the database cannot be used.
    """

    def __init__(
        self, engine: Engine, records: RecordStore, vault: Vault, aftercare: Aftercare, clock: Clock = utc_now
    ) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**IMMEDIATE)
        self._records = records
        self._vault = vault
        self._aftercare = aftercare
        self._clock = clock

    def find(self, reference: str) -> Record | None:
        """The record alone, such as for a download."""
        return self._records.find_by_reference(reference)

    def open(self, record: Record) -> Case:
        """Everything about a hand-over."""
        used = select(link_use.c.service, link_use.c.used_at).where(link_use.c.assessment_id == record.id)
        with explained("read the use of links"), self._engine.connect() as connection:
            links = tuple((row[0], row[1]) for row in connection.execute(used.order_by(link_use.c.used_at)))
        contact = self._aftercare.contact_for(record.reference)
        return Case(self.summarise(record), self.note(record.id), contact, links)

    def summarise(self, record: Record) -> Summary:
        """The assessment itself, for the page and for a file."""
        return self._aftercare.summarise(record)

    def note(self, assessment_id: str) -> Note:
        """What staff wrote so far."""
        wanted = select(follow_up).where(follow_up.c.assessment_id == assessment_id)
        with explained("read a note"), self._engine.connect() as connection:
            row = connection.execute(wanted).one_or_none()
        if row is None:
            return Note()
        text = str(self._vault.decrypt(row.note))
        return Note(FollowUp(row.status), text, row.revision, row.changed_at, row.changed_by)

    def save(self, assessment_id: str, status: FollowUp, text: str, revision: int, name: str) -> None:
        """Keep status and note, the note encrypted.

        Args:
            assessment_id: of the record.
            status: how far staff have come.
            text: the note.
            revision: the one that was on the page.
            name: who writes.

        Raises:
            ChangedMeanwhile: the revision is another by now; nothing was kept.
        """
        columns: dict[str, Any] = {"status": status.value, "note": self._vault.encrypt(text), "revision": revision + 1}
        columns |= {"changed_at": self._clock(), "changed_by": name}
        mine = follow_up.c.assessment_id == assessment_id
        with explained("keep a note"), self._writer.begin() as connection:
            # Held until the end, so that of two who write the first note only one does.
            connection.execute(select(assessment.c.id).where(assessment.c.id == assessment_id).with_for_update())
            there = connection.execute(select(func.max(follow_up.c.revision)).where(mine)).scalar_one()
            if (there or 0) != revision:
                raise ChangedMeanwhile
            if there is None:
                connection.execute(insert(follow_up).values(assessment_id=assessment_id, **columns))
            else:
                connection.execute(update(follow_up).where(mine).values(**columns))
