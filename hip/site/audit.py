"""Who looked at what, and when. No health text: a hand-over is named by its reference, as long as it is kept."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from sqlalchemy import insert, select
from sqlalchemy.engine import Connection, Engine

from hip.records.database import IMMEDIATE, explained
from hip.records.record import Clock, utc_now
from hip.records.staff_tables import staff_audit
from hip.records.tables import handover

#: Lines on one page.
PAGE: Final = 50


class Act(Enum):
    """What somebody did."""

    LOGIN = "login"
    LOGIN_FAILED = "login_failed"
    LOGOUT = "logout"
    PASSWORD = "password"
    QUEUE = "queue"
    SEARCH = "search"
    VIEW = "view"
    CHANGE = "change"
    DOWNLOAD = "download"
    EXPORT = "export"
    FIGURES = "figures"
    AUDIT = "audit"

    @property
    def words(self) -> str:
        """For a person."""
        return _WORDS[self]


_WORDS: Final = {
    Act.LOGIN: "logged in",
    Act.LOGIN_FAILED: "gave a wrong password",
    Act.LOGOUT: "logged out",
    Act.PASSWORD: "changed the password",
    Act.QUEUE: "looked at the list",
    Act.SEARCH: "searched for a reference",
    Act.VIEW: "opened a hand-over",
    Act.CHANGE: "changed status or note",
    Act.DOWNLOAD: "downloaded a summary",
    Act.EXPORT: "exported the list",
    Act.FIGURES: "looked at the figures",
    Act.AUDIT: "looked at this page",
}


@dataclass(frozen=True)
class AuditLine:
    """One thing done; ``reference`` is None where it concerned no hand-over, or one that has since been deleted."""

    at: datetime
    name: str
    act: Act
    reference: str | None
    deleted: bool


#: Acts that concern one hand-over.
_ABOUT_ONE: Final = frozenset({Act.VIEW, Act.CHANGE, Act.DOWNLOAD})


def write_line(connection: Connection, now: datetime, name: str, act: Act, assessment_id: str | None = None) -> None:
    """Write one line in the caller's transaction."""
    line = {"id": str(uuid.uuid4()), "at": now, "user_name": name, "action": act.value, "assessment_id": assessment_id}
    connection.execute(insert(staff_audit).values(**line))


class Audit:
    """The audit in the database. Every method raises ``RecordsError`` when that cannot be used."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**IMMEDIATE)
        self._clock = clock

    def write(self, name: str, act: Act, assessment_id: str | None = None) -> None:
        """Note what is about to be shown or done; where that fails, nothing may be shown."""
        with explained("write the audit"), self._writer.begin() as connection:
            write_line(connection, self._clock(), name, act, assessment_id)

    def read(self, page: int) -> tuple[tuple[AuditLine, ...], bool]:
        """One page, newest first, and whether there is another; pages count from 1."""
        wanted = (
            select(staff_audit, handover.c.reference)
            .select_from(staff_audit.outerjoin(handover, handover.c.assessment_id == staff_audit.c.assessment_id))
            .order_by(staff_audit.c.at.desc(), staff_audit.c.id)
            .limit(PAGE + 1)
            .offset((page - 1) * PAGE)
        )
        with explained("read the audit"), self._engine.connect() as connection:
            rows = connection.execute(wanted).all()
        lines = tuple(
            AuditLine(row.at, row.user_name, act, row.reference, row.reference is None and act in _ABOUT_ONE)
            for row in rows[:PAGE]
            for act in [Act(row.action)]
        )
        return lines, len(rows) > PAGE
