"""What the records keep of answers, on SQLite and on PostgreSQL."""

import hashlib
import re
from datetime import UTC, timedelta
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from hip.records import (
    RecordStore,
    Versions,
)
from hip.records.encryption import EncryptionError, Vault, new_data_key
from hip.records.tables import answer, assessment, metadata
from tests.records.outcomes import CONSULTATION, CONVERSATION, count, hand_over, rows
from tests.vault import VAULT


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
