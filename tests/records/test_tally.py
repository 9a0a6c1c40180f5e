"""Counts: summed by day, in the transaction of what is counted, each conversation once in each stage."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, text
from sqlalchemy.engine import Engine

from hip.handover.reference import new_reference
from hip.records import Handover, RecordStore, Status, Versions
from hip.records.tally import Count, Kind, Tally
from hip.triage.levels import CareLevel
from tests.gateway.results import Fired, Result
from tests.vault import VAULT

DAY = date(2026, 11, 25)
STEROID, PRP = Count(Kind.TOPIC, "ask_injection/steroid"), Count(Kind.TOPIC, "ask_injection/prp")


def result(level: CareLevel) -> Result:
    return Result(level, (Fired("R1", level, ()),))


def stages(engine: Engine) -> dict[str, int]:
    return Tally(engine).by_key(Kind.STAGE, DAY)


def test_counts_are_summed_by_day(engine: Engine, watch: Any) -> None:
    counts = Tally(engine, watch)
    counts.add(STEROID, PRP, STEROID)
    counts.add(STEROID)
    watch.move(days=1)
    counts.add(STEROID)
    counts.add()
    assert counts.by_key(Kind.TOPIC, DAY) == {STEROID.key: 4, PRP.key: 1}
    assert counts.by_key(Kind.TOPIC, DAY + timedelta(days=1)) == {STEROID.key: 1}
    assert counts.by_day(Kind.TOPIC, DAY)[-1] == (DAY + timedelta(days=1), STEROID.key, 1)
    assert counts.by_key(Kind.LEVEL, DAY) == {}


def test_each_conversation_counts_once_in_each_stage(store: RecordStore, engine: Engine) -> None:
    store.save_progress("one", {"consent": True}, "consent", asks="age")
    assert stages(engine) == {"given": 1}
    for _ in range(2):
        store.save_progress("one", {"consent": True, "age": 61}, "age", asks="side", screened=True)
    assert stages(engine) == {"given": 1, "screened": 1}
    store.finish("one", result(CareLevel.CONSULTATION), Handover(new_reference()))
    store.finish("one", result(CareLevel.CONSULTATION), None)  # the same once more
    assert stages(engine) == {"given": 1, "screened": 1, "told": 1}
    store.save_progress("one", {"consent": True, "age": 62}, "age", asks="side", screened=True)  # starts again
    store.finish("one", result(CareLevel.GP_SOON), None)
    assert stages(engine) == {"given": 1, "screened": 1, "told": 1}
    assert Tally(engine).by_key(Kind.LEVEL, DAY) == {"consultation": 1, "gp_soon": 1}


def test_an_emergency_comes_as_far_as_any_result(store: RecordStore, engine: Engine) -> None:
    store.save_progress("one", {"consent": True, "leg_deformity": True}, "consent")
    store.finish("one", result(CareLevel.EMERGENCY_AMBULANCE), None)
    assert stages(engine) == {"given": 1, "screened": 1, "told": 1}


def test_counts_are_written_with_the_turn_or_not_at_all(store: RecordStore, engine: Engine) -> None:
    store.save_progress("one", {"consent": True}, "consent", counts=[STEROID])
    store.add_details("one", {"age": 61}, "age", counts=[STEROID])
    store.close("one", Status.STOPPED, counts=[STEROID])
    store.count([STEROID])
    store.count([])
    assert Tally(engine).by_key(Kind.TOPIC, DAY) == {STEROID.key: 4}
    with pytest.raises(ValueError, match="closed as"):
        store.close("one", "finished", counts=[STEROID])
    with pytest.raises(ValueError, match="age"):
        store.save_progress("one", {"age": "old"}, None, counts=[STEROID])
    assert Tally(engine).by_key(Kind.TOPIC, DAY) == {STEROID.key: 4}


def test_the_open_question_is_kept_as_it_moves_on(store: RecordStore, engine: Engine) -> None:
    kept = text("SELECT open_question FROM assessment")
    for asks in ("age", "side", "side"):
        store.save_progress("one", {"consent": True}, "consent", asks=asks)
        with engine.connect() as connection:
            assert connection.execute(kept).scalar_one() == asks


def test_a_turn_costs_one_transaction(own_engine: Engine, watch: Any) -> None:
    commits: list[Any] = []
    event.listen(own_engine, "commit", lambda connection: commits.append(connection))
    store = RecordStore(own_engine, VAULT, watch, versions=Versions("r", "c"))
    store.save_progress("one", {"consent": True}, "consent", asks="age", screened=True, counts=[STEROID, PRP])
    assert len(commits) == 1
