"""Rasa's conversations in one row each: what is kept is unreadable, and no writer overwrites another."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import create_engine, event, select, text
from sqlalchemy.engine import Engine

from benchmarks.query_plans import explain, fill
from hip.records import RecordsError, build_engine
from hip.records.encryption import EncryptionError, Vault, new_data_key
from hip.records.keys import conversation_key
from hip.records.migration import downgrade, migrate
from hip.records.trackers import Trackers, WrittenMeanwhile, tracker

EVENTS = [{"event": "user", "text": "zebra crossing \ud800 \x00 é", "timestamp": 1.5}]
FINISHED = 100_000


@pytest.fixture
def single(url: str) -> Iterator[Engine]:
    engine = build_engine(url, single=True)
    yield engine
    engine.dispose()


@pytest.fixture
def rows(single: Engine, watch: Any) -> Trackers:
    return Trackers(single, Vault([new_data_key()]), watch)


def raw(engine: Engine) -> str:
    with engine.connect() as connection:
        return repr([tuple(row) for row in connection.execute(select(tracker))])


def test_what_was_written_comes_back(rows: Trackers) -> None:
    assert rows.read("somebody") is None
    assert rows.write("somebody", EVENTS, None) == 1
    stored = rows.read("somebody")
    assert stored is not None
    assert (stored.version, stored.events, stored.sender) == (1, EVENTS, "somebody")
    assert rows.write("somebody", [*EVENTS, *EVENTS], 1) == 2
    assert rows.write("else", [], None) == 1
    assert sorted(rows.senders()) == ["else", "somebody"]


def test_neither_words_nor_ids_are_readable(rows: Trackers, single: Engine) -> None:
    rows.write("somebody", EVENTS, None)
    assert conversation_key("somebody") in raw(single)
    assert "zebra" not in raw(single)
    assert "somebody" not in raw(single)


def test_it_needs_the_key(rows: Trackers, single: Engine) -> None:
    rows.write("somebody", EVENTS, None)
    with pytest.raises(EncryptionError, match="cannot be read with any key"):
        Trackers(single, Vault([new_data_key()])).read("somebody")


def test_a_row_under_another_name_is_refused(rows: Trackers, single: Engine) -> None:
    rows.write("somebody", EVENTS, None)
    with single.connect() as connection:
        connection.execute(tracker.update().values(conversation_hash=conversation_key("else")))
    with pytest.raises(RecordsError, match="not the one that its row names"):
        rows.read("else")


def test_the_second_of_two_writers_is_told(rows: Trackers) -> None:
    rows.write("somebody", EVENTS, None)
    with pytest.raises(WrittenMeanwhile):
        rows.write("somebody", [], None)
    rows.write("somebody", [*EVENTS, *EVENTS], 1)
    with pytest.raises(WrittenMeanwhile):
        rows.write("somebody", [], 1)
    stored = rows.read("somebody")
    assert stored is not None
    assert (stored.version, len(stored.events)) == (2, 2)


def test_what_was_deleted_meanwhile_stays_deleted(rows: Trackers) -> None:
    with pytest.raises(WrittenMeanwhile):
        rows.write("somebody", EVENTS, 3)
    assert rows.read("somebody") is None


def test_each_makes_one_statement_and_nothing_else(rows: Trackers, single: Engine) -> None:
    statements: list[str] = []
    event.listen(single, "before_cursor_execute", lambda _c, _u, statement, *_: statements.append(statement.split()[0]))
    rows.write("somebody", EVENTS, None)
    rows.read("somebody")
    rows.write("somebody", EVENTS, 1)
    assert statements == ["INSERT", "SELECT", "UPDATE"]


def test_a_write_is_there_at_once(rows: Trackers, url: str) -> None:
    """Without a COMMIT of its own."""
    rows.write("somebody", EVENTS, None)
    other = build_engine(url)
    assert conversation_key("somebody") in raw(other)
    other.dispose()


def test_a_connection_gone_stale_is_replaced(new_url: Callable[[str], str]) -> None:
    url = new_url("postgresql")  # SQLite has none to lose
    migrate(url)
    rows = Trackers(build_engine(url, single=True), Vault([new_data_key()]))
    rows.write("somebody", EVENTS, None)
    end_connections(url)
    assert rows.read("somebody") is not None
    end_connections(url)
    assert rows.write("somebody", EVENTS, 1) == 2
    rows.engine.dispose()


def end_connections(url: str) -> None:
    """As a restart of the server does."""
    engine = create_engine(url, isolation_level="AUTOCOMMIT", future=True)
    with engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    engine.dispose()


def test_an_answer_lost_on_the_way_back_is_no_second_writer(rows: Trackers, monkeypatch: pytest.MonkeyPatch) -> None:
    """The connection broke after the row was written: the second try finds its own work."""
    rows.write("somebody", EVENTS, None)
    run, first = rows._run, iter([True])

    def twice(work: Callable[..., Any], doing: str) -> Any:
        if doing == "write" and next(first, False):
            run(work, doing)
        return run(work, doing)

    monkeypatch.setattr(rows, "_run", twice)
    assert rows.write("somebody", [], 1) == 2


def test_an_error_quotes_nobody(rows: Trackers, single: Engine) -> None:
    with single.connect() as connection:
        connection.execute(text("DROP TABLE tracker"))
    with pytest.raises(RecordsError, match=r"run `python -m hip.records migrate") as caught:
        rows.write("zebra", EVENTS, None)
    assert "zebra" not in str(caught.value)


def test_with_100_000_finished_conversations_the_primary_key_is_used(own_engine: Engine) -> None:
    fill(own_engine, FINISHED, length=400)
    plans = explain(own_engine)
    for name in ("read", "write"):
        assert "pk_tracker" in plans[name] or "sqlite_autoindex_tracker_1" in plans[name], plans
    assert "Seq Scan" not in "".join(plans.values())
    assert "SCAN" not in "".join(plans.values())


def test_the_migration_drops_what_rasa_kept_in_plain_text_and_nothing_else(url: str) -> None:
    engine = build_engine(url)
    columns = "sender_id TEXT, type_name TEXT, timestamp FLOAT, intent_name TEXT, action_name TEXT, data TEXT"
    for definition, dropped in ((f"id INTEGER PRIMARY KEY, {columns}", True), ("id INTEGER, title TEXT", False)):
        assert downgrade(url, "0003") == "0003"
        with engine.begin() as connection:
            connection.execute(text(f"CREATE TABLE events ({definition})"))
        migrate(url)
        with engine.connect() as connection:
            assert engine.dialect.has_table(connection, "events") is not dropped
    engine.dispose()
