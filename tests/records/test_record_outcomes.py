"""What the records keep of an outcome, on SQLite and on PostgreSQL."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from hip.records import (
    Handover,
    RecordedRule,
    RecordStore,
    ReferenceTaken,
    Status,
    Versions,
)
from hip.records.tables import assessment, rule_fired
from hip.triage.engine import Assessment
from hip.triage.levels import CareLevel
from tests.records.outcomes import AMBULANCE, CONSULTATION, CONVERSATION, Outcome, count, hand_over, rows


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
