"""Real databases for the records: SQLite files, and a PostgreSQL server of our own on a socket."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.engine import Engine

from hip.records import RecordStore, Versions, build_engine
from hip.records.migration import migrate
from hip.records.staff_tables import tally
from hip.records.tables import assessment
from tests.databases import BACKENDS, empty_url, new_url, postgresql, url
from tests.vault import VAULT

__all__ = ["empty_url", "new_url", "postgresql", "url"]


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
