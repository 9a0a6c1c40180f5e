"""Looks into the database, as the clinician who reads a hand-over does."""

from __future__ import annotations

from hip.records import RecordStore, build_engine
from hip.records.encryption import Vault
from hip.records.record import Record
from hip.settings import Settings


def find_record(settings: Settings, reference: str) -> Record:
    """The assessment that a reference names; it must be there."""
    engine = build_engine(settings.database_url)
    try:
        record = RecordStore(engine, Vault(settings.data_keys)).find_by_reference(reference)
    finally:
        engine.dispose()
    assert record, "the assessment is not there"
    return record


def values_of(record: Record, fact: str) -> list[object]:
    """Every value that a fact had, in the order in which each took the place of the one before."""
    return [answer.value for answer in record.history if answer.fact_id == fact]
