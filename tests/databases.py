"""Real databases for tests: SQLite files, and a PostgreSQL server of our own on a socket."""

from __future__ import annotations

import os
import shutil
import tempfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, text

from hip.records.migration import migrate

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
