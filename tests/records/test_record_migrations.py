"""The schema goes up and down on both databases, is the one the code expects, and the command line is plain."""

import json
import multiprocessing
import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, select, text
from sqlalchemy.engine import Engine

from hip.content import ROOT
from hip.records import DatabaseUrlError, RecordsError, RecordStore, Versions, build_engine
from hip.records.__main__ import main
from hip.records.database import CONNECT_TIMEOUT, DEFAULT_URL, parse_database_url
from hip.records.migration import check, downgrade, migrate
from hip.records.tables import assessment, metadata
from tests.vault import VAULT

#: The newest revision and the one before it.
HEAD, BEFORE = "0005", "0004"
TABLES = {"assessment", "answer", "rule_fired", "handover"} | {
    *("chat_session", "chat_turn", "chat_message", "callback", "link_use"),
    *("staff_user", "staff_session", "staff_audit", "follow_up", "tally"),
    "tracker",
}


def tables(url: str) -> set[str]:
    engine = build_engine(url)
    try:
        return set(inspect(engine).get_table_names()) - {"alembic_version"}
    finally:
        engine.dispose()


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    """Runs the command for a database; gives its exit code, standard output and standard error."""

    def command(url: str, *arguments: str) -> tuple[int, str, str]:
        monkeypatch.setenv("DATABASE_URL", url)
        code = main(arguments)
        return code, *capsys.readouterr()

    return command


def describe_schema(engine: Engine) -> list[Any]:
    """Every index and constraint as the database itself writes it, conditions included."""
    queries = {
        "sqlite": "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY name",
        "postgresql": f"""
            SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' AND tablename <> 'alembic_version'
            UNION SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
            WHERE conrelid::regclass::text IN {tuple(sorted(TABLES))} ORDER BY 1, 2
        """,
    }
    with engine.connect() as connection:
        found: list[Any] = [tuple(row) for row in connection.execute(text(queries[engine.dialect.name]))]
    inspector = inspect(engine)
    for table in sorted(TABLES):
        found.append(
            [(column["name"], str(column["type"]), column["nullable"]) for column in inspector.get_columns(table)]
        )
        checks = inspector.get_check_constraints(table)
        found.append(sorted((check["name"], check["sqltext"]) for check in checks))
        keys = inspector.get_foreign_keys(table)
        found.append([(key["name"], key["referred_table"], key["options"]) for key in keys])
    return found


def test_up_down_and_up_again(empty_url: str) -> None:
    assert migrate(empty_url) == HEAD
    assert tables(empty_url) == TABLES
    assert check(empty_url) == HEAD
    assert migrate(empty_url) == HEAD
    assert downgrade(empty_url) == BEFORE
    assert downgrade(empty_url, "base") is None
    assert tables(empty_url) == set()
    migrate(empty_url)
    assert downgrade(empty_url, "base") is None
    assert tables(empty_url) == set()
    assert migrate(empty_url) == HEAD
    assert check(empty_url) == HEAD


def test_migrating_again_keeps_what_is_stored(own_engine: Engine, url: str) -> None:
    store = RecordStore(own_engine, VAULT, versions=Versions("r", "c"))
    store.save_progress("one", {"age": 60}, "age")
    migrate(url)
    store.save_progress("one", {"age": 61}, "age")
    assert store.erase("one") == 1


ANSWERS = {"age": 60, "site": "groin", "limp": False, "duration_weeks": 4.5, "medicines_tried": ["gel"], "side": None}


def test_answers_kept_in_plain_are_encrypted_and_back(empty_url: str, own_engine: Engine) -> None:
    downgrade(empty_url, BEFORE)
    store = RecordStore(own_engine, VAULT, versions=Versions("r", "c"))
    store.save_progress("one", {}, None, asks="age")
    insert = text(
        "INSERT INTO answer (assessment_id, fact_id, revision, value, recorded_at, superseded_at) "
        "VALUES (:id, :fact, :revision, :value, :at, :gone)"
    )
    earlier = [("age", number, number, "2026-11-25 09:00:00") for number in range(1, 2500)]  # more than two batches
    latest = [(fact, 2500, value, None) for fact, value in ANSWERS.items()]
    with own_engine.begin() as connection:
        mine = connection.execute(select(assessment.c.id)).scalar_one()
        rows = [
            {"id": mine, "fact": fact, "revision": revision, "value": json.dumps(value), "at": "2026-11-25 09:00:00"}
            | {"gone": gone}
            for fact, revision, value, gone in [*earlier, *latest]
        ]
        connection.execute(insert, rows)
    plain = values(own_engine)
    with pytest.raises(RecordsError, match="revision 0005 encrypts the answers that there are, so it needs the keys"):
        migrate(empty_url)
    assert values(own_engine) == plain, "a migration that could not be done did nothing"
    assert migrate(empty_url, lambda: VAULT) == HEAD
    assert check(empty_url) == HEAD
    sealed = values(own_engine)
    assert all(str(value).startswith("gAAAA") for value in sealed.values())
    opened = {key: VAULT.decrypt(value) for key, value in sealed.items()}
    assert opened == {key: json.loads(value) for key, value in plain.items()}
    assert opened["site", 2500] == "groin"
    store.save_progress("one", {"age": 61, "side": "left"}, "age")
    assert downgrade(empty_url, vault=lambda: VAULT) == BEFORE
    back = values(own_engine)
    assert len(back) == len(plain) + 2
    assert {key: back[key] for key in plain} == plain


def values(engine: Engine) -> dict[Any, Any]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT fact_id, revision, CAST(value AS text) AS value FROM answer")).all()
    return {(row.fact_id, row.revision): row.value for row in rows}


def test_models_and_migrations_agree(url: str, own_engine: Engine) -> None:
    with own_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_models_and_migrations_agree_on_conditions_too(empty_url: str, new_url: Callable[[str], str]) -> None:
    """Alembic's comparison does not look at check constraints or the conditions of partial indexes."""
    migrate(empty_url)
    migrated = build_engine(empty_url)
    other = new_url(migrated.dialect.name)
    if other.startswith("sqlite:///"):
        Path(other.removeprefix("sqlite:///")).parent.mkdir(parents=True, exist_ok=True)
    built = build_engine(other)
    metadata.create_all(built)
    assert describe_schema(migrated) == describe_schema(built)
    migrated.dispose()
    built.dispose()


def test_a_failed_migration_leaves_nothing_half_done(empty_url: str, own_engine: Engine) -> None:
    downgrade(empty_url, "base")
    with own_engine.begin() as connection:
        connection.execute(text("CREATE TABLE rule_fired (id integer)"))  # in the way of the third table
    with pytest.raises(RecordsError, match="cannot migrate"):
        migrate(empty_url)
    assert tables(empty_url) == {"rule_fired"}


def test_migrations_at_once_do_no_harm(empty_url: str) -> None:
    fork = multiprocessing.get_context("fork")
    start, done = fork.Barrier(5), fork.Queue()

    def migrate_with_the_others() -> None:
        start.wait()
        try:
            done.put(migrate(empty_url))
        except RecordsError as error:
            done.put(str(error))

    processes = [fork.Process(target=migrate_with_the_others) for _ in range(5)]
    for process in processes:
        process.start()
    said = [done.get(timeout=60) for _ in processes]
    for process in processes:
        process.join()
    assert said == [HEAD] * 5
    assert check(empty_url) == HEAD


def test_a_schema_that_differs_is_noticed(url: str, own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(text("DROP INDEX uq_handover_reference"))
    with pytest.raises(RecordsError, match=f"differ from revision {HEAD} in 1 place"):
        check(url)


def test_tables_of_other_programs_in_the_same_database_are_left_alone(url: str, own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(text("CREATE TABLE conversations (id integer)"))
    assert check(url) == HEAD
    downgrade(url, "base")
    assert tables(url) == {"conversations"}


def test_a_database_of_a_newer_program_is_named(url: str, own_engine: Engine) -> None:
    with own_engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(RecordsError, match=f"at revision 9999, this program expects {HEAD}"):
        check(url)
    with pytest.raises(RecordsError, match=r"cannot migrate: .*9999"):
        migrate(url)


def test_the_sqlite_file_is_its_owners_only_and_set_up_for_many_readers(new_url: Callable[[str], str]) -> None:
    url = new_url("sqlite")
    migrate(url)
    path = Path(url.removeprefix("sqlite:///"))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    engine = build_engine(url)
    pragmas = {"journal_mode": "wal", "foreign_keys": 1, "busy_timeout": 5000, "secure_delete": 1}
    with engine.connect() as connection:
        assert {name: connection.execute(text(f"PRAGMA {name}")).scalar() for name in pragmas} == pragmas
        assert {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()} == {0o600}
    engine.dispose()


def test_postgresql_is_never_waited_for_without_end(new_url: Callable[[str], str]) -> None:
    engine = build_engine(new_url("postgresql"))
    with engine.connect() as connection:
        assert connection.execute(text("SHOW statement_timeout")).scalar() == "5s"
        assert connection.execute(text("SHOW lock_timeout")).scalar() == "5s"
        driver: Any = connection.connection.dbapi_connection
        assert driver.info.dsn_parameters["connect_timeout"] == str(CONNECT_TIMEOUT) == "3"
    engine.dispose()


# --- the URL


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        ("", "not a database URL"),
        ("var/hip.db", "not a database URL"),
        ("postgresql://hip:s3cret@host:port/hip", "not a database URL"),
        ("mysql://hip:s3cret@host/hip", "'mysql' is not supported"),
        ("postgresql+asyncpg://hip:s3cret@host/hip", "'postgresql+asyncpg' is not supported"),
        ("postgresql://hip:s3cret@host", "names no database"),
        ("postgresql://hip:s3cret@host/", "names no database"),
        ("sqlite://var/hip.db", "three slashes"),
        ("sqlite://", "need a SQLite file"),
        ("sqlite:///:memory:", "need a SQLite file"),
        ("sqlite:///file:hip.db?mode=memory&uri=true", "plain path"),
    ],
)
def test_a_wrong_url_is_explained_without_its_password(url: str, problem: str) -> None:
    with pytest.raises(DatabaseUrlError) as error:
        build_engine(url)
    assert problem in str(error.value)
    assert "s3cret" not in str(error.value)
    assert error.value.__suppress_context__ or error.value.__context__ is None


def test_a_relative_sqlite_path_starts_at_the_project() -> None:
    assert parse_database_url(DEFAULT_URL).database == str(ROOT / "var" / "hip.db")
    assert parse_database_url("sqlite:////srv/hip.db").database == "/srv/hip.db"


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg2"])
def test_postgresql_has_three_names(scheme: str) -> None:
    url = parse_database_url(f" {scheme}://hip:s3cret@host/hip\n")
    assert (url.get_backend_name(), url.host, url.database) == ("postgresql", "host", "hip")


# --- the command line

Run = Callable[..., tuple[int, str, str]]


def test_the_commands_say_one_line_each(empty_url: str, run: Run) -> None:
    for arguments, code, said in [
        (["check"], 1, "run `python -m hip.records migrate`"),
        (["migrate"], 0, f"records: migrated to revision {HEAD}"),
        (["check"], 0, f"records: ready, at revision {HEAD}"),
        (["downgrade", "-1"], 0, f"records: taken back to revision {BEFORE}"),
        (["downgrade", "base"], 0, "records: taken back to revision base"),
        (["downgrade"], 1, "records: cannot downgrade: Relative revision -1 didn't produce 1 migrations"),
    ]:
        left, output, errors = run(empty_url, *arguments)
        assert left == code
        assert said in (errors if code else output)
        assert (output + errors).count("\n") == 1


@pytest.mark.parametrize("command", ["migrate", "check", "downgrade"])
@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("postgresql://hip:s3cret@127.0.0.1:1/hip", "Connection refused"),
        ("postgresql://hip:s3cret@no-such-host.invalid/hip", "could not translate host name"),
        ("mysql://hip:s3cret@127.0.0.1/hip", "'mysql' is not supported"),
    ],
)
def test_trouble_is_one_line_without_the_password(command: str, url: str, said: str, run: Run) -> None:
    code, output, errors = run(url, command)
    assert (code, output) == (1, "")
    assert said in errors
    assert errors.count("\n") == 1
    assert "s3cret" not in errors


def test_missing_rights_are_named_without_the_password(
    new_url: Callable[[str], str], postgresql: Any, run: Run
) -> None:
    url = new_url("postgresql")
    postgresql.psql("CREATE ROLE visitor LOGIN;")
    code, output, errors = run(url.replace("postgres:@", "visitor:s3cret@"), "migrate")
    postgresql.psql("DROP ROLE visitor;")
    assert (code, output) == (1, "")
    assert errors == "records: cannot migrate: permission denied for schema public\n"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, run: Run) -> None:
    (tmp_path / "file").write_text("in the way")
    said = f"records: cannot write {tmp_path}/file/var/hip.db: Not a directory\n"
    assert run(f"sqlite:///{tmp_path}/file/var/hip.db", "migrate") == (1, "", said)


def test_a_file_that_is_no_database_is_named(tmp_path: Path, run: Run) -> None:
    (tmp_path / "hip.db").write_text("these are notes, not a database; " * 40)
    said = "records: cannot migrate: file is not a database\n"
    assert run(f"sqlite:///{tmp_path}/hip.db", "migrate") == (1, "", said)


def test_a_mistyped_sqlite_path_is_not_created_by_a_check(tmp_path: Path, run: Run) -> None:
    code, _, errors = run(f"sqlite:///{tmp_path}/hip.db", "check")
    assert code == 1
    assert f"there is no database at {tmp_path}/hip.db" in errors
    assert list(tmp_path.iterdir()) == []


def test_an_unknown_command_is_refused(run: Run) -> None:
    with pytest.raises(SystemExit):
        run("sqlite:////nowhere/hip.db", "drop")


def test_the_module_runs_as_an_operator_would_run_it(tmp_path: Path) -> None:
    command = [sys.executable, "-W", "error", "-m", "hip.records", "migrate"]
    environment = os.environ | {"DATABASE_URL": f"sqlite:///{tmp_path}/hip.db"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, f"records: migrated to revision {HEAD}\n", "")


def test_the_command_takes_the_database_of_conversations_along(
    run: Callable[..., tuple[int, str, str]], new_url: Callable[[str], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    records, conversations = new_url("postgresql"), new_url("postgresql")
    monkeypatch.setenv("TRACKER_DATABASE_URL", conversations)
    assert run(records, "migrate") == (0, f"records: migrated to revision {HEAD}\n", "")
    assert check(conversations) == HEAD
    assert run(records, "downgrade", "base")[0] == 0
    assert run(records, "check")[0] == 1
    assert tables(conversations) == set()
