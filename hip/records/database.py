"""From a database URL to an engine, set up for SQLite or PostgreSQL, and from a database error to one safe line."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import create_engine, event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.engine.url import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.pool import QueuePool

from hip.content import ROOT

DEFAULT_URL: Final = "sqlite:///var/hip.db"

CONNECT_TIMEOUT: Final = 3  # seconds
STATEMENT_TIMEOUT: Final = 5_000  # milliseconds; also the longest wait for a lock
POSTGRESQL_DRIVERS: Final = ("postgresql", "postgresql+psycopg2")

#: Execution option: how a SQLite transaction begins. A writer takes its lock at once, so it can never fail half-way.
SQLITE_BEGIN: Final = "sqlite_begin"
IMMEDIATE: Final = {SQLITE_BEGIN: "IMMEDIATE"}

_WAL_PAUSE: Final = 0.02  # seconds

_UNDEFINED_TABLE: Final = "42P01"  # PostgreSQL's code


class RecordsError(RuntimeError):
    """The records cannot be read or written. The message never holds a password, an answer or an SQL parameter."""


class DatabaseUrlError(RecordsError, ValueError):
    """DATABASE_URL is not one that the records can use."""


def parse_database_url(raw: str) -> URL:
    """Check a database URL.

    Args:
        raw: ``sqlite:///path`` (a relative path starts at the project's folder) or ``postgresql://user@host/name``.

    Raises:
        DatabaseUrlError: saying what is wrong, without repeating the URL, which may hold a password.
    """
    text = raw.strip()
    if text.startswith("postgres://"):  # what several hosting services set; SQLAlchemy wants the long name
        text = "postgresql" + text.removeprefix("postgres")
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):
        raise DatabaseUrlError(
            "DATABASE_URL is not a database URL: expected sqlite:///path/to/file.db or postgresql://user:password@host/name"
        ) from None
    if url.drivername in ("sqlite", "sqlite+pysqlite"):
        return _check_sqlite(url)
    if url.drivername in POSTGRESQL_DRIVERS:
        if not url.database:
            raise DatabaseUrlError("DATABASE_URL: names no database; write postgresql://user:password@host/name")
        return url
    raise DatabaseUrlError(f"DATABASE_URL: {url.drivername!r} is not supported; use sqlite or postgresql")


def _check_sqlite(url: URL) -> URL:
    if url.host:
        raise DatabaseUrlError("DATABASE_URL: a SQLite path needs three slashes: sqlite:///var/hip.db")
    if not url.database or url.database == ":memory:":
        raise DatabaseUrlError("DATABASE_URL: records need a SQLite file; one kept in memory would be lost")
    if url.query or url.database.startswith("file:"):
        raise DatabaseUrlError("DATABASE_URL: a SQLite URL takes a plain path and no options")
    return url.set(database=str(ROOT / url.database))


def sqlite_path(url: URL) -> Path | None:
    """The file of a checked SQLite URL; None for PostgreSQL."""
    return Path(str(url.database)) if url.get_backend_name() == "sqlite" else None


def build_engine(raw: str = DEFAULT_URL, wait: int = STATEMENT_TIMEOUT, *, single: bool = False) -> Engine:
    """Set up the engine for a database URL; connects to nothing yet.

    Args:
        raw: see ``parse_database_url``.
        wait: the longest a statement or a lock may take, in milliseconds.
        single: every statement is a transaction of its own and makes one way to the database: nothing before it asks
            whether the connection still stands, so the caller tries again when it does not.

    Raises:
        DatabaseUrlError: the URL cannot be used.
    """
    url = parse_database_url(raw)
    # hide_parameters: an error must not carry answers into a log.
    if sqlite_path(url) is None:
        return create_engine(
            url,
            future=True,
            hide_parameters=True,
            pool_pre_ping=not single,
            isolation_level="AUTOCOMMIT" if single else None,
            pool_timeout=CONNECT_TIMEOUT,
            connect_args={
                "connect_timeout": CONNECT_TIMEOUT,
                "application_name": "hip-records",
                "tcp_user_timeout": STATEMENT_TIMEOUT,
                "options": f"-c statement_timeout={wait} -c lock_timeout={wait}",
            },
        )
    engine = create_engine(
        url,
        future=True,
        hide_parameters=True,
        poolclass=QueuePool,
        pool_timeout=CONNECT_TIMEOUT,
        connect_args={"check_same_thread": False, "timeout": wait / 1000},
    )
    event.listen(engine, "connect", _set_up_sqlite)
    if not single:  # sqlite3 is told below to begin no transaction by itself
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # sqlite3 would begin transactions late; _begin_sqlite does it instead
    cursor = connection.cursor()
    # busy_timeout comes from connect_args "timeout", so it already holds here.
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.execute("PRAGMA secure_delete = ON")  # erased means overwritten
    if cursor.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        _switch_to_wal(cursor)
    cursor.close()


def _switch_to_wal(cursor: Any) -> None:
    """Write ahead from now on; the file keeps that. SQLite itself does not wait here for another that does the same."""
    end = time.monotonic() + CONNECT_TIMEOUT
    while True:
        try:
            cursor.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if "locked" not in str(error) or time.monotonic() > end:
                raise
            time.sleep(_WAL_PAUSE)


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql(f"BEGIN {connection.get_execution_options().get(SQLITE_BEGIN, 'DEFERRED')}")


def scrub(engine: Engine) -> None:
    """Empty SQLite's write-ahead log into the database, so that what was erased is in neither.

    A reader at work postpones this to the next checkpoint. PostgreSQL's autovacuum does its own.
    """
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        cursor: Any = connection.cursor()
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


def describe(error: SQLAlchemyError) -> str:
    """One line on a database error, fit for a log: no SQL, no parameter, no row."""
    cause = error.orig if isinstance(error, DBAPIError) else None
    lines = str(cause or "").strip().splitlines()
    first = lines[0] if lines else ""
    code = getattr(cause, "pgcode", None) or ""
    if code == _UNDEFINED_TABLE or first.startswith("no such table"):
        return "the database has no tables yet: run `python -m hip.records migrate`"
    # These speak of the database and never of what was written to it; 42 is PostgreSQL's class for names and rights.
    if first and (isinstance(error, OperationalError) or code.startswith("42") or first == "file is not a database"):
        return first
    return type(cause or error).__name__


@contextmanager
def explained(doing: str) -> Iterator[None]:
    """Turn any database error into a ``RecordsError``: "cannot <doing>: <reason>".

    The cause is cut off on purpose: PostgreSQL puts whole rows into its error details.
    """
    try:
        yield
    except SQLAlchemyError as error:
        raise RecordsError(f"records: cannot {doing}: {describe(error)}") from None
