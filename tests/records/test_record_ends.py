"""An assessment that is closed or erased, on SQLite and on PostgreSQL."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.engine import Engine

from hip.records import (
    RecordStore,
    Status,
    Versions,
    build_engine,
)
from hip.records.migration import migrate
from hip.records.tables import assessment
from tests.records.outcomes import CONSULTATION, CONVERSATION, count, hand_over, rows
from tests.vault import VAULT


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
