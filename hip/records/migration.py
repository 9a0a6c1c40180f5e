"""Brings a database to the newest schema and back, through Alembic, without an ini file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import text
from sqlalchemy.engine import Connection, Engine

import hip.records.chat_tables
import hip.records.staff_tables
import hip.records.trackers  # noqa: F401  # their tables belong to the metadata
from hip.records.database import IMMEDIATE, RecordsError, build_engine, explained, parse_database_url, sqlite_path
from hip.records.encryption import Vault
from hip.records.tables import metadata

SCRIPTS: Final = Path(__file__).resolve().parent / "migrations"

#: Two migrations at once wait for each other, so much and no longer, in milliseconds.
WAIT: Final = 60_000

#: Any number that no other program using the same database locks: "hip" in ASCII.
_ADVISORY_LOCK: Final = 0x686970


def migrate(url: str, vault: Callable[[], Vault] | None = None) -> str | None:
    """Bring the database to the newest schema; a missing SQLite file is created, readable by its owner only.

    Args:
        url: the database.
        vault: gives the keys; called only when something has to be encrypted that an older revision did not encrypt.

    Returns:
        The revision it is at now.

    Raises:
        RecordsError: one line naming what failed.
    """
    _create_file(url)
    return _run(url, "migrate", lambda config: command.upgrade(config, "head"), vault)


def downgrade(url: str, revision: str = "-1", vault: Callable[[], Vault] | None = None) -> str | None:
    """Take the schema back, with the data that only the newer schema holds.

    Args:
        url: the database.
        revision: a revision id, "-1" for one step, or "base" for an empty database.
        vault: as for ``migrate``; an older revision may keep in plain what is encrypted now.

    Returns:
        The revision it is at now; None for an empty database.

    Raises:
        RecordsError: one line naming what failed.
    """
    _require_file(url)
    return _run(url, "downgrade", lambda config: command.downgrade(config, revision), vault)


def check(url: str) -> str:
    """Check that the database can be reached and has the tables that this program expects.

    Returns:
        The revision it is at.

    Raises:
        RecordsError: it cannot be reached, or its schema is another.
    """
    _require_file(url)
    head = ScriptDirectory.from_config(_config()).get_current_head()
    with _connect(url, "check the database", {}) as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_ours})
        current = context.get_current_revision()
        differences = compare_metadata(context, metadata) if current == head else []
    if current is None:
        raise RecordsError("records: the database has no tables yet: run `python -m hip.records migrate`")
    if current != head:
        raise RecordsError(f"records: the database is at revision {current}, this program expects {head}")
    if differences:
        raise RecordsError(f"records: the tables differ from revision {current} in {len(differences)} place(s)")
    return current


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    """The database may be shared with other programs; their tables are no business of ours."""
    return kind != "table" or name in metadata.tables


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    return config


@contextmanager
def _connect(url: str, doing: str, options: Mapping[str, str]) -> Iterator[Connection]:
    """One transaction on a connection of its own, begun with these execution options."""
    engine: Engine = build_engine(url, WAIT)
    try:
        with explained(doing), engine.execution_options(**options).begin() as connection:
            yield connection
    finally:
        engine.dispose()


def _run(url: str, doing: str, step: Callable[[Config], None], vault: Callable[[], Vault] | None) -> str | None:
    """Run one Alembic command in one transaction that no other migration can enter."""
    config = _config()
    with _connect(url, doing, IMMEDIATE) as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _ADVISORY_LOCK})
        config.attributes["connection"], config.attributes["vault"] = connection, vault
        try:
            step(config)
        except CommandError as error:
            raise RecordsError(f"records: cannot {doing}: {error}") from error
        return MigrationContext.configure(connection).get_current_revision()


def _create_file(url: str) -> None:
    path = sqlite_path(parse_database_url(url))
    if path is None:
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    except OSError as error:
        raise RecordsError(f"records: cannot write {path}: {error.strerror}") from error


def _require_file(url: str) -> None:
    path = sqlite_path(parse_database_url(url))
    if path is not None and not path.is_file():
        raise RecordsError(f"records: there is no database at {path}: run `python -m hip.records migrate`")
