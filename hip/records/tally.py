"""Counts a day: how often something happened, and nothing of the person to whom it happened.

Nobody is counted before the question about consent was put to them. A count that is a person's last trace stays when
they have their data deleted, since it no longer tells of anybody.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from functools import cache
from typing import Any, Final

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import Connection, Engine

from hip.records.database import IMMEDIATE, explained
from hip.records.record import Clock, utc_now
from hip.records.staff_tables import tally


class Kind(Enum):
    """What is counted."""

    STAGE = "stage"  # key: one of STAGES; each conversation counts once in each
    LEVEL = "level"  # key: a care level that was told
    STOPPED = "stopped"  # key: the question at which an assessment that is no longer kept was left
    TOPIC = "topic"  # key: such as ask_injection/steroid
    UNCLEAR = "unclear"  # key: the question whose answer was not understood


#: How far a conversation comes.
ASKED, GIVEN, SCREENED, TOLD, BOOKING = "asked", "given", "screened", "told", "booking"
STAGES: Final = (ASKED, GIVEN, SCREENED, TOLD, BOOKING)


@dataclass(frozen=True)
class Count:
    """One more of something."""

    kind: Kind
    key: str


def add(connection: Connection, counts: Iterable[Count], now: datetime) -> None:
    """Count, in the caller's transaction, in one round.

    Args:
        connection: in a transaction.
        counts: what happened.
        now: when.
    """
    _add(connection, Counter((now.date(), count.kind, count.key) for count in counts))


def add_earlier(connection: Connection, counts: Iterable[tuple[Count, datetime]]) -> None:
    """Count what happened at other moments than now; otherwise as ``add``."""
    _add(connection, Counter((at.date(), count.kind, count.key) for count, at in counts))


def _add(connection: Connection, counted: Counter[tuple[date, Kind, str]]) -> None:
    if not counted:
        return
    # In a fixed order: two transactions that wait for each other's rows would never end.
    rows = [
        {"day": day, "kind": kind.value, "key": key, "count": count}
        for (day, kind, key), count in sorted(
            counted.items(), key=lambda item: (item[0][0], item[0][1].value, item[0][2])
        )
    ]
    connection.execute(_upsert(connection.dialect.name), rows)


@cache
def _upsert(dialect: str) -> Any:
    """Built once: building it takes longer than running it."""
    build: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    new = build(tally)
    more = {"count": tally.c.count + new.excluded.count}
    return new.on_conflict_do_update(index_elements=["day", "kind", "key"], set_=more)


class Tally:
    """The counts in the database.

    Args:
        engine: from ``hip.records.build_engine``.
        clock: gives the present moment.
    """

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**IMMEDIATE)
        self._clock = clock

    def add(self, *counts: Count) -> None:
        """Count in a transaction of its own.

        Raises:
            RecordsError: the database cannot be used.
        """
        with explained("count"), self._writer.begin() as connection:
            add(connection, counts, self._clock())

    def by_key(self, kind: Kind, since: date) -> dict[str, int]:
        """The sum of each key from a day on.

        Raises:
            RecordsError: the database cannot be used.
        """
        wanted = (
            select(tally.c.key, func.sum(tally.c.count))
            .where(tally.c.kind == kind.value, tally.c.day >= since)
            .group_by(tally.c.key)
        )
        with explained("read counts"), self._engine.connect() as connection:
            return {key: int(count) for key, count in connection.execute(wanted)}

    def by_day(self, kind: Kind, since: date) -> list[tuple[date, str, int]]:
        """Day, key and count from a day on, oldest first.

        Raises:
            RecordsError: the database cannot be used.
        """
        wanted = (
            select(tally.c.day, tally.c.key, tally.c.count)
            .where(tally.c.kind == kind.value, tally.c.day >= since)
            .order_by(tally.c.day, tally.c.key)
        )
        with explained("read counts"), self._engine.connect() as connection:
            return [(row[0], row[1], int(row[2])) for row in connection.execute(wanted)]
