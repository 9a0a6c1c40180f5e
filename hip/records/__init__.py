"""What is kept of an assessment: answers, rules fired and hand-over, in SQLite or PostgreSQL.

The raw conversation id, names and message text are never stored; a conversation is known by the SHA-256 of its id.
"""

from hip.records.database import DatabaseUrlError, RecordsError, build_engine
from hip.records.record import (
    AssessmentLike,
    Clock,
    FiredRuleLike,
    Handover,
    Record,
    RecordedAnswer,
    RecordedRule,
    Status,
    Versions,
    utc_now,
)
from hip.records.store import RecordStore, ReferenceTaken

__all__ = [
    "AssessmentLike",
    "Clock",
    "DatabaseUrlError",
    "FiredRuleLike",
    "Handover",
    "Record",
    "RecordStore",
    "RecordedAnswer",
    "RecordedRule",
    "RecordsError",
    "ReferenceTaken",
    "Status",
    "Versions",
    "build_engine",
    "utc_now",
]
