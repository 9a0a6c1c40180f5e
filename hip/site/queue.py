"""The list of hand-overs: most urgent first, then oldest."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any, Final

from sqlalchemy import case, exists, func, select
from sqlalchemy.engine import Connection, Engine

from hip.handover.reference import ALPHABET, PREFIX, parse_reference
from hip.records.chat_tables import callback, link_use
from hip.records.database import explained
from hip.records.record import Status
from hip.records.staff_tables import follow_up
from hip.records.tables import assessment, handover, rule_fired
from hip.triage.levels import CareLevel

#: Hand-overs on one page; the most that a search or an export gives.
PAGE: Final = 25
MOST_FOUND: Final = 25
MOST_EXPORTED: Final = 10_000

_SHORTEST_PART: Final = 3


class FollowUp(Enum):
    """How far staff have come with a hand-over."""

    NEW = "new"
    CONTACTED = "contacted"
    BOOKED = "booked"
    CLOSED = "closed"


#: What the list may be narrowed to.
CHOICES: Final[dict[str, tuple[FollowUp, ...]]] = {
    "waiting": (FollowUp.NEW, FollowUp.CONTACTED),
    **{status.value: (status,) for status in FollowUp},
    "all": tuple(FollowUp),
}


@dataclass(frozen=True)
class Entry:
    """One hand-over in the list.

    Attributes:
        level: the level with which it was handed over.
        later: an urgent level that the same person was told afterwards; it then counts instead.
        callback: they asked to be phoned.
        link_used: they followed a booking link.
    """

    assessment_id: str
    reference: str
    level: CareLevel
    later: CareLevel | None
    handed_over_at: datetime
    status: FollowUp
    services: tuple[str, ...]
    callback: bool
    link_used: bool

    @property
    def urgency(self) -> CareLevel:
        """The level by which it stands in the list."""
        return self.later or self.level


@dataclass(frozen=True)
class Listing:
    """One page of the list; ``total`` counts all pages."""

    entries: tuple[Entry, ...]
    total: int
    page: int

    @property
    def pages(self) -> int:
        """How many pages there are; at least one."""
        return max(1, -(-self.total // PAGE))


class Queue:
    """Reads the list. Every method raises ``RecordsError`` when the database cannot be used."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def list(self, choice: str, page: int) -> Listing:
        """One page of hand-overs with these statuses.

        Args:
            choice: a key of ``CHOICES``.
            page: from 1; one beyond the last gives the last.
        """
        wanted = _status().in_([status.value for status in CHOICES[choice]])
        joined = select(func.count()).select_from(handover.outerjoin(follow_up, _same(follow_up))).where(wanted)
        with explained("list hand-overs"), self._engine.connect() as connection:
            total = int(connection.execute(joined).scalar_one())
            page = min(page, max(1, -(-total // PAGE)))
            entries = _read(connection, _ordered(wanted).limit(PAGE).offset((page - 1) * PAGE))
        return Listing(entries, total, page)

    def find(self, typed: str) -> tuple[Entry, ...]:
        """The hand-over with this reference, however it was typed, or those of which a part was typed."""
        code = parse_reference(typed)
        if code is not None:
            wanted: Any = handover.c.reference == code
        else:
            part = "".join(char for char in typed.upper().removeprefix(PREFIX) if char in ALPHABET)
            odd = any(char.isalnum() and char not in ALPHABET for char in typed.upper().removeprefix(PREFIX))
            if odd or len(part) < _SHORTEST_PART:
                return ()
            plain = func.replace(func.replace(handover.c.reference, f"{PREFIX}-", ""), "-", "")
            wanted = plain.contains(part, autoescape=True)
        with explained("search for a reference"), self._engine.connect() as connection:
            return _read(connection, _ordered(wanted).limit(MOST_FOUND))

    def export(self, choice: str) -> str:
        """The list as CSV for a spreadsheet, without a word that anybody typed."""
        wanted = _status().in_([status.value for status in CHOICES[choice]])
        with explained("export hand-overs"), self._engine.connect() as connection:
            entries = _read(connection, _ordered(wanted).limit(MOST_EXPORTED))
            rules: dict[str, list[str]] = {}
            fired = select(rule_fired.c.assessment_id, rule_fired.c.rule_id).order_by(rule_fired.c.rank)
            ids = {entry.assessment_id for entry in entries}
            for assessment_id, rule in connection.execute(
                fired.where(rule_fired.c.assessment_id.in_(select(handover.c.assessment_id)))
            ):
                if assessment_id in ids:
                    rules.setdefault(assessment_id, []).append(rule)
        head = ("reference", "level", "later level", "handed over (UTC)", "status", "call-back", "link used")
        rows = [
            (
                entry.reference,
                entry.level.value,
                entry.later.value if entry.later else "",
                f"{entry.handed_over_at:%Y-%m-%d %H:%M}",
                entry.status.value,
                "yes" if entry.callback else "no",
                "yes" if entry.link_used else "no",
                " ".join(entry.services),
                " ".join(rules.get(entry.assessment_id, ())),
            )
            for entry in entries
        ]
        return write_csv([(*head, "services", "rules"), *rows])


def write_csv(rows: Iterable[Sequence[str]]) -> str:
    """CSV as RFC 4180 has it; a cell that a spreadsheet would take for a formula begins with an apostrophe."""
    text = io.StringIO()
    csv.writer(text).writerows([[_plain(cell) for cell in row] for row in rows])
    return text.getvalue()


def _plain(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")) else cell


def _same(table: Any) -> Any:
    return table.c.assessment_id == handover.c.assessment_id


def _status() -> Any:
    return func.coalesce(follow_up.c.status, FollowUp.NEW.value)


def _ordered(wanted: Any) -> Any:
    """Everything of the list for the hand-overs that are wanted, in order."""
    after = assessment.alias("after")
    told_later = (
        select(after.c.care_level)
        .where(after.c.conversation_hash == assessment.c.conversation_hash, after.c.sequence > assessment.c.sequence)
        .where(after.c.status == Status.FINISHED.value)
        .order_by(after.c.sequence.desc())
        .limit(1)
        .scalar_subquery()
    )
    found = (
        select(
            assessment.c.id,
            assessment.c.care_level,
            told_later.label("told_later"),
            handover.c.reference,
            handover.c.services,
            handover.c.created_at,
            _status().label("status"),
            exists().where(callback.c.reference == handover.c.reference).label("callback"),
            exists().where(link_use.c.assessment_id == handover.c.assessment_id).label("link_used"),
        )
        .select_from(handover.join(assessment).outerjoin(follow_up, _same(follow_up)))
        .where(wanted)
        .subquery("found")
    )
    ranks: dict[Any, Any] = {level.value: level.rank for level in CareLevel}
    urgent = [level.value for level in CareLevel if level.urgent]
    counts: Any = case((found.c.told_later.in_(urgent), found.c.told_later), else_=found.c.care_level)
    return select(found).order_by(case(ranks, value=counts), found.c.created_at, found.c.reference)


def _read(connection: Connection, wanted: Any) -> tuple[Entry, ...]:
    entries = []
    for row in connection.execute(wanted):
        later = CareLevel(row.told_later) if row.told_later else None
        entries.append(
            Entry(
                assessment_id=row.id,
                reference=row.reference,
                level=CareLevel(row.care_level),
                later=later if later is not None and later.urgent else None,
                handed_over_at=row.created_at,
                status=FollowUp(row.status),
                services=tuple(row.services),
                callback=bool(row.callback),
                link_used=bool(row.link_used),
            )
        )
    return tuple(entries)
