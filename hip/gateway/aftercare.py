"""What comes after a result: the summary, a call-back request, and booking links that are counted."""

from __future__ import annotations

import unicodedata
import uuid
from dataclasses import dataclass
from typing import Final

import phonenumbers
from sqlalchemy import delete, insert, select
from sqlalchemy.engine import Engine

from hip.gateway.own_messages import read_own_words
from hip.gateway.transcript import Transcript
from hip.gateway.wording import Problem
from hip.handover.booking import BookingDesk
from hip.handover.summary import Document, UnknownFormat, render
from hip.handover.summary_builder import SummaryDesk
from hip.handover.summary_model import Summary
from hip.records.chat_tables import callback, link_use
from hip.records.database import IMMEDIATE, explained
from hip.records.encryption import Vault
from hip.records.keys import conversation_key, lock_conversation
from hip.records.record import Clock, Record, utc_now
from hip.records.store import RecordStore
from hip.records.tables import assessment
from hip.records.tally import BOOKING, Count, Kind, add
from hip.triage.levels import CareLevel
from hip.triage.rulebook import load_rulebook

_LONGEST_NAME: Final = 100
_REGION: Final = "GB"


@dataclass(frozen=True)
class Contact:
    """Who is to be called back.

    Attributes:
        name: as typed, without control characters.
        phone: in the international form, such as ``+44 20 7946 0100``.
    """

    name: str
    phone: str


def read_contact(name: str, phone: str) -> Contact:
    """Check what a person typed.

    Raises:
        Problem: the name is empty or too long, or the number cannot be one.
    """
    plain = "".join(c for c in unicodedata.normalize("NFC", name) if unicodedata.category(c)[0] != "C").strip()
    if not 1 <= len(plain) <= _LONGEST_NAME:
        raise Problem("bad_name")
    try:
        number = phonenumbers.parse(phone[:_LONGEST_NAME], _REGION)
    except phonenumbers.NumberParseException:
        raise Problem("bad_phone") from None
    if not phonenumbers.is_possible_number(number):
        raise Problem("bad_phone")
    return Contact(plain, phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL))


class Aftercare:
    """Reads the records and keeps what a person does with a result.

    Args:
        engine: of the records.
        records: the store on it.
        vault: encrypts contact details.
        booking: services and their links.
        clock: gives the present moment.

    Every method raises ``RecordsError`` when the database cannot be used.
    """

    def __init__(
        self, engine: Engine, records: RecordStore, vault: Vault, booking: BookingDesk, clock: Clock = utc_now
    ) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**IMMEDIATE)
        self._records = records
        self._vault = vault
        self._booking = booking
        self._summaries = SummaryDesk.load(booking)
        self._clock = clock

    def summary(self, conversation: str, form: str) -> Document:
        """The person's own summary of their last result.

        Raises:
            Problem: there is no result with a reference, or no such form.
        """
        record = self._last(conversation)
        if record is None:
            raise Problem("no_summary")
        try:
            return render(form, self.summarise(record))
        except UnknownFormat:
            raise Problem("bad_request") from None

    def summarise(self, record: Record) -> Summary:
        """All that is known of a handed-over assessment, with what the person was told since."""
        told_since = self._urgent_since(record, self._key_of(record))
        own_words = read_own_words(self._engine, self._vault, record, self._summaries.titles)
        return self._summaries.summarise(record, own_words, told_since)

    def ask_for_callback(self, conversation: str, contact: Contact) -> None:
        """Keep a call-back request, encrypted; a second one replaces the first.

        Raises:
            Problem: the last result does not offer the clinic.
        """
        key, now = conversation_key(conversation), self._clock()
        record = self._last(conversation)
        if record is None or not record.services or self._urgent_since(record, key):
            raise Problem("no_callback")
        kept = self._vault.encrypt({"name": contact.name, "phone": contact.phone})
        with explained("keep a call-back request"), self._writer.begin() as connection:
            lock_conversation(connection, key)
            connection.execute(delete(callback).where(callback.c.conversation_hash == key))
            row = {"conversation_hash": key, "reference": record.reference, "contact": kept, "consent_at": now}
            connection.execute(insert(callback).values(**row))

    def follow(self, reference: str, service: str) -> str | CareLevel | None:
        """Count the use of a booking link.

        Args:
            reference: as it stands in the link.
            service: id of the service.

        Returns:
            The booking system's address; the level when the person has since been told to get urgent help, so that no
            booking may follow; None for a reference or service that was not handed out.
        """
        record = self._records.find_by_reference(reference)
        if record is None or service not in record.services:
            return None
        key = self._key_of(record)
        if urgent := self._urgent_since(record, key):
            return urgent
        (link,) = self._booking.links([service], record.reference)
        if link.url is None:
            return None
        with explained("count a booking link"), self._writer.begin() as connection:
            lock_conversation(connection, key)
            now = self._clock()
            used = select(link_use.c.id).select_from(link_use.join(assessment))
            if connection.execute(used.where(assessment.c.conversation_hash == key).limit(1)).first() is None:
                add(connection, [Count(Kind.STAGE, BOOKING)], now)
            use = {"id": str(uuid.uuid4()), "assessment_id": record.id, "service": service, "used_at": now}
            connection.execute(insert(link_use).values(**use))
        return link.url

    def _last(self, conversation: str) -> Record | None:
        reference = self._records.reference_of(conversation)
        return None if reference is None else self._records.find_by_reference(reference)

    def _key_of(self, record: Record) -> str:
        wanted = select(assessment.c.conversation_hash).where(assessment.c.id == record.id)
        with explained("look up a conversation"), self._engine.connect() as connection:
            return str(connection.execute(wanted).scalar_one())

    def _urgent_since(self, record: Record, key: str) -> CareLevel | None:
        """The urgent level that the person was told after this result, whether or not it could be recorded."""
        with explained("read a conversation"), self._engine.connect() as connection:
            told = Transcript(connection, key, self._vault).last_level()
        return next((level for level in (record.later_level, told) if level is not None and level.urgent), None)

    def contact_for(self, reference: str) -> Contact | None:
        """Who asked to be called back about a reference; None when nobody did."""
        wanted = select(callback.c.contact).where(callback.c.reference == reference)
        with explained("read a call-back request"), self._engine.connect() as connection:
            stored = connection.execute(wanted).scalars().first()
        return None if stored is None else Contact(**self._vault.decrypt(stored))


def urgent_words(level: CareLevel) -> tuple[str, str]:
    """Title and text of a level that permits no booking."""
    advice = load_rulebook().levels[level]
    return advice.title, advice.text
