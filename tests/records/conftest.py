"""Real databases for the records: SQLite files, and a PostgreSQL server of our own on a socket."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import Engine

from hip.records import RecordStore, Versions, build_engine
from hip.records.migration import migrate
from hip.records.staff_tables import tally
from hip.records.tables import assessment
from tests.vault import VAULT

BACKENDS = ("sqlite", "postgresql")


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Any]:
    """A PostgreSQL server for the session; its folder is short, since a socket's path must be."""
    folder = Path(tempfile.mkdtemp(prefix="hip-pg-"))
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))  # pgserver's lock file; warns when there is none
    import pgserver

    server = pgserver.get_server(folder / "data", cleanup_mode="delete")
    try:
        for setting in ("fsync = off", "synchronous_commit = off", "full_page_writes = off"):
            server.psql(f"ALTER SYSTEM SET {setting};")  # nothing here has to outlive a power cut
        server.psql("SELECT pg_reload_conf();")
        yield server
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def new_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[[str], str]]:
    """Gives the URL of an empty database of its own for a backend."""
    engines = []

    def create(backend: str) -> str:
        name = f"t{uuid.uuid4().hex}"
        if backend == "sqlite":
            return f"sqlite:///{tmp_path / 'var' / name}.db"
        server = request.getfixturevalue("postgresql")
        engine = create_engine(server.get_uri(), future=True, isolation_level="AUTOCOMMIT")
        engines.append((engine, name))
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        return str(server.get_uri(name))

    yield create
    for engine, name in engines:
        with engine.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
        engine.dispose()


@pytest.fixture(params=BACKENDS)
def empty_url(request: pytest.FixtureRequest, new_url: Callable[[str], str]) -> str:
    """The URL of an empty database, once for each backend."""
    return new_url(request.param)


@pytest.fixture
def url(empty_url: str) -> str:
    """The URL of a migrated database."""
    migrate(empty_url)
    return empty_url


@pytest.fixture
def own_engine(url: str) -> Iterator[Engine]:
    """An engine on a migrated database of this test's own, which it may spoil."""
    engine = build_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session", params=BACKENDS)
def shared_engine(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """An engine on a migrated database for all tests of a backend that only write rows."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path_factory.mktemp('shared')}/hip.db"
    else:
        url = str(request.getfixturevalue("postgresql").get_uri())
    migrate(url)
    engine = build_engine(url)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(shared_engine: Engine) -> Iterator[Engine]:
    """The shared database, emptied afterwards."""
    yield shared_engine
    with shared_engine.begin() as connection:
        connection.execute(assessment.delete())  # the other tables' rows go with theirs
        connection.execute(tally.delete())


class Watch:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, **passed: float) -> None:
        self.now += timedelta(**passed)


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def store(engine: Engine, watch: Watch) -> RecordStore:
    return RecordStore(engine, VAULT, watch, versions=Versions("rules-1", "content-1"))
