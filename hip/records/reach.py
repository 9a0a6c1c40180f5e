"""Whether the records can be read now, for probes.

``hip.records.migration.check`` asks for more: that the schema is exactly this program's. In a rolling update the schema
is already the next program's while this one still serves, and must not take itself out of service for that.
"""

from __future__ import annotations

from sqlalchemy import select

from hip.records.database import build_engine, explained
from hip.records.tables import assessment


def reach(url: str) -> None:
    """Read from the records.

    Raises:
        RecordsError: they cannot be reached, or have no tables yet.
    """
    engine = build_engine(url)
    try:
        with explained("look at the records"), engine.connect() as connection:
            connection.execute(select(assessment.c.id).limit(1))
    finally:
        engine.dispose()
