"""What the records keep, on SQLite and on PostgreSQL."""

import hashlib
import logging
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.engine import Engine

from hip.content import ContentError
from hip.handover.reference import new_reference
from hip.records import (
    Handover,
    RecordedRule,
    RecordsError,
    RecordStore,
    ReferenceTaken,
    Status,
    Versions,
    build_engine,
)
from hip.records.encryption import EncryptionError, Vault, new_data_key
from hip.records.migration import migrate
from hip.records.tables import answer, assessment, handover, metadata, rule_fired
from hip.triage.engine import Assessment
from hip.triage.levels import CareLevel
from tests.vault import VAULT

CONVERSATION = "c0ffee-raw-conversation-id"


@dataclass(frozen=True)
class Fired:
    id: str
    level: CareLevel
    sources: tuple[str, ...] = ("bsr", "medscape")


@dataclass(frozen=True)
class Outcome:
    level: CareLevel | None
    fired: tuple[Fired, ...] = ()


CONSULTATION = Outcome(CareLevel.CONSULTATION, (Fired("C1", CareLevel.CONSULTATION),))
AMBULANCE = Outcome(
    CareLevel.EMERGENCY_AMBULANCE,
    (Fired("R8b", CareLevel.EMERGENCY_AMBULANCE, ("nhs-dvt",)), Fired("R2", CareLevel.EMERGENCY_DEPARTMENT)),
)


def hand_over(*services: str) -> Handover:
    return Handover(new_reference(), services)


def rows(engine: Engine, table: Any, *order: Any) -> list[Any]:
    with engine.connect() as connection:
        return list(connection.execute(select(table).order_by(*order)))


def count(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        return {
            table.name: connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (assessment, answer, rule_fired, handover)
        }


# --- answers


def test_the_first_answers_open_an_assessment(store: RecordStore, engine: Engine, watch: Any) -> None:
    store.save_progress(CONVERSATION, {"consent": True, "respondent": "someone_else", "age": 71}, "age")
    [row] = rows(engine, assessment)
    assert (row.status, row.respondent, row.care_level, row.ended_at) == ("open", "someone_else", None, None)
    assert row.started_at == row.updated_at == watch.now
    assert row.started_at.tzinfo is UTC
    assert (row.rules_version, row.content_version) == ("rules-1", "content-1")
    assert {(a.fact_id, VAULT.decrypt(a.value), a.question_id) for a in rows(engine, answer)} == {
        ("consent", True, "age"),
        ("respondent", "someone_else", "age"),
        ("age", 71, "age"),
    }


def test_no_answer_is_in_the_database_as_it_was_given(store: RecordStore, engine: Engine) -> None:
    store.save_progress(CONVERSATION, {"age": 71, "site": "groin", "medicines_tried": ("paracetamol",)}, "age")
    store.save_progress(CONVERSATION, {"site": "buttock"}, "site")
    everything = "".join(str(tuple(row)) for table in metadata.sorted_tables for row in rows(engine, table))
    for told in ("71", "groin", "buttock", "paracetamol"):
        assert told not in re.sub(r"gAAAA[\w=-]+|[0-9a-f]{64}|[0-9a-f-]{36}", "", everything)
    same = {VAULT.decrypt(row.value): row.value for row in rows(engine, answer) if row.fact_id == "site"}
    assert set(same) == {"groin", "buttock"}


def test_answers_under_a_key_that_is_gone_are_a_clear_error(store: RecordStore, engine: Engine) -> None:
    store.save_progress(CONVERSATION, {"age": 71}, "age")
    reference = str(store.finish(CONVERSATION, CONSULTATION, hand_over()))
    other = RecordStore(engine, Vault([new_data_key()]), versions=Versions("r", "c"))
    with pytest.raises(EncryptionError, match="put back the key"):
        other.find_by_reference(reference)
    with pytest.raises(EncryptionError, match="put back the key"):
        other.add_details(CONVERSATION, {"age": 72}, "age")
    assert store.find_by_reference(reference)


def test_the_raw_conversation_id_is_never_stored(store: RecordStore, engine: Engine) -> None:
    store.save_progress(CONVERSATION, {"age": 71}, "age")
    store.finish(CONVERSATION, CONSULTATION, hand_over("consultation"))
    assert rows(engine, assessment)[0].conversation_hash == hashlib.sha256(CONVERSATION.encode()).hexdigest()
    everything = "".join(str(tuple(row)) for table in metadata.sorted_tables for row in rows(engine, table))
    assert CONVERSATION not in everything


@pytest.mark.parametrize(
    ("fact", "value"),
    [
        ("injury", False),
        ("injury", "not_sure"),
        ("age", 0),
        ("duration_weeks", 4.3),
        ("site", "groin"),
        ("medicines_tried", ("paracetamol", "gel")),
        ("medicines_tried", ()),
    ],
)
def test_every_kind_of_value_comes_back_as_it_was(store: RecordStore, fact: str, value: Any) -> None:
    store.save_progress(CONVERSATION, {fact: value}, None)
    reference = store.finish(CONVERSATION, CONSULTATION, hand_over())
    assert reference is not None
    record = store.find_by_reference(reference)
    assert record is not None
    assert record.answers == {fact: value}
    assert type(record.answers[fact]) is type(value)


def test_saving_the_same_again_writes_nothing(store: RecordStore, engine: Engine, watch: Any) -> None:
    answers = {"consent": True, "activity_limits": ("walking", "stairs")}
    store.save_progress(CONVERSATION, answers, "consent")
    before = rows(engine, answer, answer.c.fact_id), rows(engine, assessment)
    watch.move(minutes=5)
    store.save_progress(CONVERSATION, answers, "age")
    assert (rows(engine, answer, answer.c.fact_id), rows(engine, assessment)) == before


def test_only_what_changed_is_written_and_the_correction_is_kept(store: RecordStore, watch: Any) -> None:
    start = watch.now
    store.save_progress(CONVERSATION, {"side": "left", "age": 60}, "side")
    watch.move(minutes=1)
    store.save_progress(CONVERSATION, {"side": "right", "age": 60}, "read_back")
    watch.move(minutes=1)
    record = store.find_by_reference(store.finish(CONVERSATION, CONSULTATION, hand_over()) or "")
    assert record is not None
    assert record.answers == {"side": "right", "age": 60}
    later = start + timedelta(minutes=1)
    assert [(a.fact_id, a.value, a.question_id, a.recorded_at, a.superseded_at) for a in record.history] == [
        ("age", 60, "side", start, None),
        ("side", "left", "side", start, later),
        ("side", "right", "read_back", later, None),
    ]
    assert record.updated_at == start + timedelta(minutes=2)


def test_an_answer_taken_back_is_unknown_again_and_stays_in_the_history(store: RecordStore) -> None:
    store.save_progress(CONVERSATION, {"fever_or_unwell": True, "age": 60}, "infection_screen")
    store.save_progress(CONVERSATION, {"fever_or_unwell": None, "injury": None}, "read_back")
    store.save_progress(CONVERSATION, {"fever_or_unwell": None}, "read_back")
    record = store.find_by_reference(store.finish(CONVERSATION, CONSULTATION, hand_over()) or "")
    assert record is not None
    assert record.answers == {"age": 60}
    assert [a.value for a in record.history if a.fact_id == "fever_or_unwell"] == [True, None]
    assert "injury" not in {a.fact_id for a in record.history}


def test_a_fact_left_out_stays_as_it_was(store: RecordStore) -> None:
    store.save_progress(CONVERSATION, {"age": 60}, "age")
    store.save_progress(CONVERSATION, {"side": "left"}, "side")
    record = store.find_by_reference(store.finish(CONVERSATION, CONSULTATION, hand_over()) or "")
    assert record is not None
    assert record.answers == {"age": 60, "side": "left"}


@pytest.mark.parametrize(
    ("answers", "problem"),
    [({"age": 150}, "age: 150"), ({"pain": 3}, "unknown fact 'pain'"), ({"site": "my own words"}, "site")],
)
def test_a_wrong_answer_is_refused_whole(
    store: RecordStore, engine: Engine, answers: dict[str, Any], problem: str
) -> None:
    with pytest.raises(ValueError, match=problem):
        store.save_progress(CONVERSATION, {"side": "left"} | answers, "age")
    assert set(count(engine).values()) == {0}


def test_conversations_are_kept_apart(store: RecordStore, engine: Engine) -> None:
    store.save_progress("one", {"age": 40}, "age")
    store.save_progress("two", {"age": 50}, "age")
    assert count(engine)["assessment"] == 2


# --- outcome


def test_the_outcome_holds_level_rules_and_handover(store: RecordStore, watch: Any) -> None:
    store.save_progress(CONVERSATION, {"age": 60}, "age")
    watch.move(minutes=4)
    given = hand_over("consultation", "clinic_phone")
    assert store.finish(CONVERSATION, CONSULTATION, given) == given.reference
    record = store.find_by_reference(given.reference.lower().replace("-", " "))
    assert record is not None
    assert (record.reference, record.services) == (given.reference, ("consultation", "clinic_phone"))
    assert (record.status, record.care_level) == (Status.FINISHED, CareLevel.CONSULTATION)
    assert record.rules == (RecordedRule("C1", CareLevel.CONSULTATION, "bsr, medscape"),)
    assert record.versions == Versions("rules-1", "content-1")
    assert record.ended_at == record.handed_over_at == watch.now
    assert record.ended_at - record.started_at == timedelta(minutes=4)
    assert record.later_level is None


def test_rules_keep_their_rank(store: RecordStore, engine: Engine) -> None:
    store.finish(CONVERSATION, AMBULANCE, None)
    kept = rows(engine, rule_fired, rule_fired.c.rank)
    assert [(rule.rule_id, rule.level, rule.source, rule.rank) for rule in kept] == [
        ("R8b", "emergency_ambulance", "nhs-dvt", 0),
        ("R2", "emergency_department", "bsr, medscape", 1),
    ]


def test_finishing_again_at_the_same_level_keeps_the_first_reference(store: RecordStore, engine: Engine) -> None:
    store.save_progress(CONVERSATION, {"age": 60}, "age")
    first = store.finish(CONVERSATION, CONSULTATION, hand_over("consultation"))
    before = count(engine)
    store.save_progress(CONVERSATION, {"age": 60}, "age")  # the same turn, delivered twice
    assert store.finish(CONVERSATION, CONSULTATION, hand_over("consultation")) == first
    assert store.finish(CONVERSATION, CONSULTATION, None) == first
    assert count(engine) == before
    assert store.reference_of(CONVERSATION) == first


def test_a_handover_that_comes_late_is_added(store: RecordStore) -> None:
    assert store.finish(CONVERSATION, CONSULTATION, None) is None
    given = hand_over("consultation")
    assert store.finish(CONVERSATION, CONSULTATION, given) == given.reference


def test_an_emergency_after_a_booking_is_a_record_of_its_own(store: RecordStore, engine: Engine) -> None:
    booked = store.finish(CONVERSATION, CONSULTATION, hand_over("consultation"))
    assert store.finish(CONVERSATION, AMBULANCE, None) is None
    assert store.finish(CONVERSATION, AMBULANCE, None) is None
    assert [row.care_level for row in rows(engine, assessment, assessment.c.sequence)] == [
        "consultation",
        "emergency_ambulance",
    ]
    assert store.reference_of(CONVERSATION) is None  # what was booked before must not be offered again
    record = store.find_by_reference(booked or "")
    assert record is not None
    assert (record.care_level, record.later_level) == (CareLevel.CONSULTATION, CareLevel.EMERGENCY_AMBULANCE)


def test_a_new_assessment_may_follow_a_finished_one(store: RecordStore, engine: Engine, watch: Any) -> None:
    store.save_progress(CONVERSATION, {"age": 60, "side": "left"}, "side")
    first = store.finish(CONVERSATION, CONSULTATION, hand_over("consultation"))
    watch.move(days=-1)  # a clock that was put back changes nothing about the order
    store.save_progress(CONVERSATION, {"age": 60}, "age")
    assert store.reference_of(CONVERSATION) == first
    second = store.finish(CONVERSATION, CONSULTATION, hand_over("consultation"))
    assert second not in (None, first)
    assert store.reference_of(CONVERSATION) == second
    assert [row.sequence for row in rows(engine, assessment, assessment.c.sequence)] == [1, 2]


def test_a_reference_is_never_given_twice(store: RecordStore, engine: Engine) -> None:
    given = hand_over("consultation")
    store.finish("one", CONSULTATION, given)
    store.save_progress("two", {"age": 60}, "age")
    with pytest.raises(ReferenceTaken):
        store.finish("two", CONSULTATION, given)
    assert {row.status for row in rows(engine, assessment)} == {"finished", "open"}
    assert store.finish("two", CONSULTATION, hand_over("consultation")) is not None


@pytest.mark.parametrize("level", [level for level in CareLevel if level.urgent])
def test_no_clinic_service_is_handed_over_with_an_urgent_level(store: RecordStore, level: CareLevel) -> None:
    with pytest.raises(ValueError, match=f"no clinic service may be handed over at {level.value}"):
        store.finish(CONVERSATION, Outcome(level), hand_over("consultation"))
    assert store.finish(CONVERSATION, Outcome(level), hand_over()) is not None


def test_without_a_level_nothing_is_finished(store: RecordStore) -> None:
    with pytest.raises(ValueError, match="without a care level"):
        store.finish(CONVERSATION, Assessment(None, (), False), None)


@pytest.mark.parametrize("reference", ["", "HIP-2222-2222", "HIP22222222"])
def test_a_handover_needs_a_valid_reference(reference: str) -> None:
    with pytest.raises(ValueError, match="reference"):
        Handover(reference, ())


@pytest.mark.parametrize("reference", ["", "nonsense", "HIP-7K3D-9FQX", "HIP-NWJ8-5N2D"])
def test_an_unknown_reference_finds_nothing(store: RecordStore, reference: str) -> None:
    assert store.find_by_reference(reference) is None


# --- closing and erasing


@pytest.mark.parametrize("status", [Status.DECLINED, Status.STOPPED, "declined", "stopped"])
def test_an_assessment_can_be_closed(store: RecordStore, engine: Engine, watch: Any, status: Status | str) -> None:
    store.save_progress(CONVERSATION, {"consent": False}, "consent")
    watch.move(minutes=1)
    store.close(CONVERSATION, status)
    watch.move(minutes=1)
    store.close(CONVERSATION, status)
    store.save_progress(CONVERSATION, {"consent": False}, "consent")  # the same turn, delivered twice
    [row] = rows(engine, assessment)
    assert (row.status, row.care_level) == (Status(status).value, None)
    assert row.ended_at == watch.now - timedelta(minutes=1)
    assert store.reference_of(CONVERSATION) is None


def test_closing_leaves_a_finished_assessment_alone(store: RecordStore, engine: Engine) -> None:
    store.finish(CONVERSATION, CONSULTATION, None)
    store.close(CONVERSATION, Status.STOPPED)
    store.close("another", Status.STOPPED)
    assert [row.status for row in rows(engine, assessment)] == ["finished"]


@pytest.mark.parametrize("status", ["open", "finished", "lost"])
def test_other_statuses_do_not_close(store: RecordStore, status: str) -> None:
    with pytest.raises(ValueError, match=status):
        store.close(CONVERSATION, status)


def test_erasing_leaves_nothing_of_that_conversation_and_all_of_the_others(store: RecordStore, engine: Engine) -> None:
    for conversation in ("mine", "theirs"):
        store.save_progress(conversation, {"age": 60}, "age")
        store.save_progress(conversation, {"age": 61}, "age")
        store.finish(conversation, CONSULTATION, hand_over("consultation"))
    store.save_progress("mine", {"age": 62}, "age")
    kept = store.reference_of("theirs")
    assert store.erase("mine") == 2
    assert store.erase("mine") == 0
    assert count(engine) == {"assessment": 1, "answer": 2, "rule_fired": 1, "handover": 1}
    assert store.reference_of("mine") is None
    assert store.reference_of("theirs") == kept


def test_what_was_erased_is_in_no_sqlite_file(new_url: Callable[[str], str], watch: Any) -> None:
    url = new_url("sqlite")
    migrate(url)
    engine = build_engine(url)
    store = RecordStore(engine, VAULT, watch, versions=Versions("rules-1", "content-1"))
    given = hand_over("consultation")
    store.finish("mine", CONSULTATION, given)
    folder = Path(url.removeprefix("sqlite:///")).parent

    def written() -> bool:
        return any(given.reference.encode() in path.read_bytes() for path in folder.iterdir())

    assert written()
    store.erase("mine")
    assert not written()
    engine.dispose()


# --- time, versions and trouble


def test_times_of_another_zone_are_kept_in_utc(engine: Engine) -> None:
    summer = datetime(2026, 7, 1, 10, 0, tzinfo=timezone(timedelta(hours=1)))
    RecordStore(engine, VAULT, lambda: summer, versions=Versions("r", "c")).save_progress("one", {"age": 60}, None)
    [row] = rows(engine, assessment)
    assert (row.started_at, row.started_at.utcoffset()) == (summer, timedelta(0))


def test_a_clock_without_a_time_zone_is_refused(engine: Engine) -> None:
    store = RecordStore(engine, VAULT, lambda: datetime(2026, 7, 1), versions=Versions("r", "c"))
    with pytest.raises(RecordsError, match="save answers"):
        store.save_progress("one", {"age": 60}, None)


def test_versions_change_with_the_clinics_files(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match=r"rules\.yml: is missing"):
        Versions.of_folder(tmp_path)
    (tmp_path / "rules.yml").write_text("version: 1\n")
    first = Versions.of_folder(tmp_path)
    assert first == Versions.of_folder(tmp_path)
    (tmp_path / "lexicon").mkdir()
    (tmp_path / "lexicon" / "words.yml").write_text("a: b\n")
    second = Versions.of_folder(tmp_path)
    assert second.rules == first.rules
    assert second.content != first.content
    (tmp_path / "rules.yml").write_text("version: 2\n")
    assert Versions.of_folder(tmp_path).rules != first.rules


def test_turns_at_the_same_time_make_one_assessment_and_lose_nothing(store: RecordStore, engine: Engine) -> None:
    facts = ["injury", "limp", "diabetes", "weight_loss", "bone_risk", "collapse", "cancer_history", "suicidal"]
    failures: list[BaseException] = []

    def turn(fact: str) -> None:
        try:
            store.save_progress(CONVERSATION, {fact: True}, None)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=turn, args=(fact,)) for fact in facts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert count(engine) == {"assessment": 1, "answer": len(facts), "rule_fired": 0, "handover": 0}


def test_finishing_at_the_same_time_gives_one_reference(store: RecordStore, engine: Engine) -> None:
    store.save_progress(CONVERSATION, {"age": 60}, "age")
    given: list[str | None] = []
    threads = [
        threading.Thread(
            target=lambda: given.append(store.finish(CONVERSATION, CONSULTATION, hand_over("consultation")))
        )
        for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(given) == 6
    assert len(set(given)) == 1
    assert count(engine)["handover"] == 1


def test_a_database_that_was_not_migrated_is_named(empty_url: str, tmp_path: Path) -> None:
    (tmp_path / "var").mkdir(exist_ok=True)
    engine = build_engine(empty_url)
    store = RecordStore(engine, VAULT, versions=Versions("r", "c"))
    with pytest.raises(RecordsError, match="cannot save answers: the database has no tables yet: run `python -m hip"):
        store.save_progress("one", {"age": 60}, None)
    engine.dispose()


def test_errors_and_logs_hold_no_answers(own_engine: Engine, caplog: pytest.LogCaptureFixture) -> None:
    store = RecordStore(own_engine, VAULT, versions=Versions("r", "c"))
    with own_engine.begin() as connection:
        connection.execute(text("DROP TABLE answer"))
    caplog.set_level(logging.DEBUG)
    with pytest.raises(RecordsError) as error:
        store.save_progress(CONVERSATION, {"duration_weeks": 4321.0}, None)
    assert error.value.__cause__ is None
    assert error.value.__suppress_context__
    store_text = str(error.value) + caplog.text
    assert "4321" not in store_text
    assert CONVERSATION not in store_text


def test_a_lost_postgresql_connection_is_replaced(new_url: Callable[[str], str], watch: Any, postgresql: Any) -> None:
    url = new_url("postgresql")
    migrate(url)
    engine = build_engine(url)
    store = RecordStore(engine, VAULT, watch, versions=Versions("r", "c"))
    store.save_progress("one", {"age": 60}, "age")
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'hip-records';"
    assert " t\n" in postgresql.psql(kill)
    store.save_progress("one", {"age": 61}, "age")
    assert count(engine)["answer"] == 2
    engine.dispose()


def test_a_held_lock_ends_in_an_error_and_not_in_a_wait_without_end(new_url: Callable[[str], str], watch: Any) -> None:
    for backend in ("sqlite", "postgresql"):
        url = new_url(backend)
        migrate(url)
        holder, engine = build_engine(url), build_engine(url, wait=200)
        store = RecordStore(engine, VAULT, watch, versions=Versions("r", "c"))
        with holder.execution_options(sqlite_begin="IMMEDIATE").begin() as connection:
            if backend == "postgresql":
                connection.execute(text("LOCK TABLE assessment IN ACCESS EXCLUSIVE MODE"))
            with pytest.raises(RecordsError, match=r"database is locked|timeout"):
                store.save_progress("one", {"age": 60}, "age")
        store.save_progress("one", {"age": 60}, "age")
        assert len(rows(engine, handover)) == 0
        engine.dispose()
        holder.dispose()
