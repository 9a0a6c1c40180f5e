"""Time, versions, turns at once and a database in trouble, on SQLite and on PostgreSQL."""

import logging
import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.engine import Engine

from hip.content import ContentError
from hip.records import (
    RecordsError,
    RecordStore,
    Versions,
    build_engine,
)
from hip.records.migration import migrate
from hip.records.tables import assessment, handover
from tests.records.outcomes import CONSULTATION, CONVERSATION, count, hand_over, rows
from tests.vault import VAULT


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
