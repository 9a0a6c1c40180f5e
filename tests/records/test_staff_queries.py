"""The staff page's queries on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from hip.gateway.aftercare import Aftercare
from hip.handover.booking import BookingDesk
from hip.handover.reference import new_reference
from hip.records import Handover, RecordStore
from hip.records.encryption import Vault, new_data_key
from hip.records.staff_tables import staff_audit, staff_user, tally
from hip.site.accounts import Accounts
from hip.site.audit import Act, Audit
from hip.site.casebook import Casebook, ChangedMeanwhile
from hip.site.figures import FigureReader
from hip.site.logins import Logins
from hip.site.queue import FollowUp, Queue
from hip.triage.levels import CareLevel
from tests.gateway.results import EMERGENCY, Fired, Result


@pytest.fixture(autouse=True)
def emptied(engine: Engine) -> Iterator[None]:
    yield
    with engine.begin() as connection:
        for table in (staff_user, staff_audit, tally):
            connection.execute(table.delete())


@pytest.fixture
def references(store: RecordStore, watch: Any) -> list[str]:
    """Of a consultation, one for the GP soon, and a routine one after which 999 was told."""
    made = []
    for number, level in enumerate((CareLevel.CONSULTATION, CareLevel.GP_SOON, CareLevel.FIRST_LINE_CARE)):
        store.save_progress(f"p{number}", {"consent": True, "age": 60 + number}, "age", asks="side")
        given = Handover(new_reference(), ("consultation",))
        made.append(store.finish(f"p{number}", Result(level, (Fired("R1", level, ("hct",)),)), given) or "")
        watch.move(minutes=1)
    store.save_progress("p2", {"consent": True, "leg_deformity": True}, None)
    store.finish("p2", EMERGENCY, None)
    return made


def test_the_order_of_the_list(engine: Engine, references: list[str]) -> None:
    queue = Queue(engine)
    consultation, soon, routine = references
    listing = queue.list("waiting", 1)
    assert [entry.reference for entry in listing.entries] == [routine, soon, consultation]
    assert (listing.total, listing.pages, listing.entries[0].later) == (3, 1, CareLevel.EMERGENCY_AMBULANCE)
    assert [entry.reference for entry in queue.find(soon[4:12])] == [soon]
    assert queue.export("all").count("\r\n") == 4
    assert queue.list("closed", 1).entries == ()


def test_of_two_first_notes_only_one_is_kept(engine: Engine, store: RecordStore, references: list[str]) -> None:
    vault = Vault([new_data_key()])
    casebook = Casebook(engine, store, vault, Aftercare(engine, store, vault, BookingDesk.load()))
    record = casebook.find(references[0])
    assert record
    casebook.save(record.id, FollowUp.CONTACTED, "first", 0, "ann")
    with pytest.raises(ChangedMeanwhile):
        casebook.save(record.id, FollowUp.CLOSED, "second", 0, "bob")
    casebook.save(record.id, FollowUp.BOOKED, "third", 1, "bob")
    case = casebook.open(record)
    assert (case.note.text, case.note.status, case.note.revision) == ("third", FollowUp.BOOKED, 2)
    assert Queue(engine).list("booked", 1).total == 1


def test_counts(engine: Engine, watch: Any, references: list[str]) -> None:
    figures = FigureReader(engine, watch).read(4)
    assert [each.shown for each in figures.stages] == ["0", "under 5", "under 5", "under 5", "0"]
    assert sum(not week.none for each in figures.levels for week in each.weeks) == 4


def test_accounts_logins_and_audit(engine: Engine, watch: Any) -> None:
    accounts = Accounts(engine, watch)
    accounts.add("ann", "three plain words", must_change=False)
    ann = accounts.log_in("ann", "three plain words")
    logins = Logins(engine, watch)
    token = logins.begin(ann.id)
    watch.move(minutes=2)
    assert logins.find(token) == ann
    Audit(engine, watch).write("ann", Act.QUEUE)
    lines, more = Audit(engine, watch).read(1)
    assert ([line.act for line in lines], more) == ([Act.QUEUE, Act.LOGIN], False)
    logins.end(token)
    assert logins.find(token) is None
