"""What has been kept for long enough goes, from every table, Rasa's included; nothing else does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, inspect, select
from sqlalchemy.engine import Engine

from hip.gateway.conversations import Conversations
from hip.gateway.messages import Said
from hip.handover.reference import new_reference
from hip.records import Handover, RecordStore, Versions, build_engine
from hip.records.__main__ import main
from hip.records.chat_tables import chat_message, chat_session
from hip.records.encryption import Vault, new_data_key
from hip.records.keys import conversation_key
from hip.records.migration import migrate
from hip.records.retention import Periods, Purge, Purged
from hip.records.staff_tables import staff_audit, tally
from hip.records.tables import assessment, metadata
from hip.records.tally import Kind, Tally
from hip.records.trackers import Trackers, tracker
from hip.site.audit import Act, Audit
from hip.triage.levels import CareLevel
from tests.gateway.results import CONSULTATION, EMERGENCY

PERIODS = Periods(timedelta(days=30), timedelta(days=365), timedelta(days=730))
SECRET = "zebra crossing 4711"


@dataclass
class World:
    """All databases of an installation, and people in them."""

    records: Engine
    tracker: Engine
    watch: Any
    vault: Vault = field(default_factory=lambda: Vault([new_data_key()]))

    @cached_property
    def writer(self) -> Engine:
        """On the conversations, as Rasa has it."""
        return build_engine(str(self.tracker.url), single=True)

    @property
    def store(self) -> RecordStore:
        return RecordStore(self.records, self.vault, self.watch, versions=Versions("r", "c"))

    def begin(self, person: str, *, consent: bool = True) -> None:
        conversations = Conversations(self.records, self.vault, self.watch)
        conversations.begin(person)
        conversations.accept(person, "message-1", Said(SECRET))
        self.hear(person)
        if consent:
            self.store.save_progress(person, {"consent": True, "age": 61}, "consent", asks="side")

    def hear(self, person: str) -> None:
        rows = Trackers(self.writer, self.vault, self.watch)
        stored = rows.read(person)
        rows.write(person, [{"event": "user", "text": SECRET}], stored.version if stored else None)

    def close(self) -> None:
        for engine in (self.records, self.tracker, self.writer):
            engine.dispose()

    def purge(self) -> Purged:
        return Purge(self.records, self.tracker, PERIODS, self.watch()).run()

    def senders(self) -> set[str]:
        return set(Trackers(self.tracker, self.vault).senders())

    def known(self) -> set[str]:
        with self.records.connect() as connection:
            kept = set(connection.execute(select(assessment.c.conversation_hash)).scalars())
            return kept | set(connection.execute(select(chat_session.c.conversation_hash)).scalars())

    def rows(self) -> dict[str, int]:
        with self.records.connect() as connection:
            tables = [table for table in metadata.sorted_tables if table is not tally]
            return {t.name: connection.execute(select(func.count()).select_from(t)).scalar_one() for t in tables}


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, new_url: Callable[[str], str], watch: Any) -> Iterator[World]:
    url = new_url(request.param)
    migrate(url)
    records = build_engine(url)
    # As installed: conversations in a file of their own with SQLite, in the same database with PostgreSQL.
    other = url if request.param == "postgresql" else url.replace(".db", "-rasa.db")
    migrate(other)
    world = World(records, build_engine(other), watch)
    yield world
    world.close()


def test_an_abandoned_chat_goes_after_30_days(world: World) -> None:
    world.begin("gone")
    world.begin("silent", consent=False)
    world.watch.move(days=29)
    world.begin("fresh")
    assert world.purge() == Purged(0, 0, 0)
    world.watch.move(days=1, seconds=1)
    assert world.purge() == Purged(2, 0, 0)
    assert world.known() == {conversation_key("fresh")}
    assert world.senders() == {"fresh"}
    assert world.purge() == Purged(0, 0, 0)


def test_whoever_comes_back_is_kept(world: World) -> None:
    world.begin("back")
    world.watch.move(days=29)
    world.store.save_progress("back", {"consent": True, "age": 62}, "age")
    world.watch.move(days=29)
    assert world.purge() == Purged(0, 0, 0)
    assert world.senders() == {"back"}, "Rasa's part is as old as its records are new"


def test_a_result_is_kept_for_a_year(world: World) -> None:
    for person, result, given in (
        ("booked", CONSULTATION, Handover(new_reference(), ("consultation",))),
        ("urgent", EMERGENCY, None),
    ):
        world.begin(person)
        world.store.finish(person, result, given)
    world.watch.move(days=364)
    assert world.purge() == Purged(0, 0, 0)
    world.watch.move(days=2)
    assert world.purge() == Purged(0, 2, 0)
    assert (world.known(), world.senders()) == (set(), set())
    assert set(world.rows().values()) == {0}


def test_a_chat_that_only_rasa_knows_goes_too(world: World) -> None:
    world.hear("rest-channel")
    world.watch.move(days=31)
    world.hear("yesterday")
    assert world.purge() == Purged(1, 0, 0)
    assert world.senders() == {"yesterday"}


def test_where_they_stopped_stays_as_a_count(world: World) -> None:
    day = world.watch().date()
    world.begin("one")
    world.begin("two")
    world.store.finish("two", CONSULTATION, None)
    world.watch.move(days=400)
    world.purge()
    counts = Tally(world.records)
    assert counts.by_day(Kind.STOPPED, day) == [(day, "side", 1)]
    assert counts.by_key(Kind.LEVEL, day) == {CareLevel.CONSULTATION.value: 1}


def test_the_audit_goes_after_two_years_and_does_not_name_what_is_gone(world: World) -> None:
    world.begin("one")
    world.store.finish("one", CONSULTATION, Handover(new_reference()))
    with world.records.connect() as connection:
        assessment_id = connection.execute(select(assessment.c.id)).scalar_one()
    Audit(world.records, world.watch).write("ann", Act.VIEW, assessment_id)
    world.watch.move(days=366)
    assert world.purge() == Purged(0, 1, 0)
    with world.records.connect() as connection:
        assert [row.assessment_id for row in connection.execute(select(staff_audit))] == [None]
    world.watch.move(days=365)
    assert world.purge() == Purged(0, 0, 1)


def test_nothing_is_left_in_the_files(new_url: Callable[[str], str], watch: Any) -> None:
    url = new_url("sqlite")
    migrate(url)
    other = url.replace(".db", "-rasa.db")
    migrate(other)
    world = World(build_engine(url), build_engine(other), watch)
    world.begin("one")
    folder = Path(url.removeprefix("sqlite:///")).parent
    with world.records.connect() as connection:
        written = connection.execute(select(chat_message.c.content)).scalars().first()
    with world.tracker.connect() as connection:
        kept = connection.execute(select(tracker.c.content)).scalar_one()
    assert written
    traces = [str(written)[:60].encode(), kept[:60].encode(), conversation_key("one").encode()]
    found = b"".join(path.read_bytes() for path in folder.iterdir())
    assert all(trace in found for trace in traces), "else this test shows nothing"
    assert SECRET.encode() not in found
    watch.move(days=31)
    world.purge()
    world.close()
    left = b"".join(path.read_bytes() for path in folder.iterdir())
    assert [trace for trace in traces if trace in left] == []


def test_without_a_tracker_there_is_none_afterwards(new_url: Callable[[str], str], tmp_path: Path, watch: Any) -> None:
    url = new_url("sqlite")
    migrate(url)
    records, tracker = build_engine(url), build_engine(f"sqlite:///{tmp_path}/none.db")
    assert Purge(records, tracker, PERIODS, watch()).run() == Purged(0, 0, 0)
    assert not (tmp_path / "none.db").exists()


def test_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], new_url: Callable[[str], str]
) -> None:
    url = new_url("sqlite")
    monkeypatch.setenv("DATABASE_URL", url)
    monkeypatch.setenv("TRACKER_DATABASE_URL", f"sqlite:///{tmp_path}/rasa.db")
    assert main(["purge"]) == 1
    assert "run `python -m hip.records migrate`" in capsys.readouterr().err
    migrate(url)
    assert main(["purge"]) == 0
    assert capsys.readouterr().out == "records: purged 0 abandoned chats, 0 with a result, 0 lines of the audit\n"
    monkeypatch.setenv("KEEP_RESULTS_DAYS", "0")
    assert main(["purge"]) == 1
    assert "KEEP_RESULTS_DAYS" in capsys.readouterr().err


def test_every_table_that_holds_a_person_is_emptied(world: World) -> None:
    """A new table must hang on one that the purge empties, or be named here with its reason."""
    free = {"staff_user", "staff_session", "staff_audit", "tally", "assessment", "chat_session", "tracker"}
    inspector = inspect(world.records)
    for table in set(metadata.tables) - free:
        keys = inspector.get_foreign_keys(table)
        assert [key["options"].get("ondelete") for key in keys] == ["CASCADE"], table
        assert {key["referred_table"] for key in keys} <= {"assessment", "chat_session"}, table
