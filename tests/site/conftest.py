"""The staff page in this process, with a database, a clock and hand-overs of a test's own."""

from __future__ import annotations

import re
import shutil
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx2
import pytest
from argon2 import PasswordHasher
from sqlalchemy.engine import Engine

from hip.handover.reference import new_reference
from hip.launch.keys import provide_keys
from hip.records import Handover, RecordStore, build_engine
from hip.records.encryption import Vault
from hip.records.migration import migrate
from hip.settings import Settings
from hip.site.accounts import Accounts
from hip.site.app import build_app
from hip.triage.levels import CareLevel
from hip.triage.rulebook import Rule
from tests.conftest import make_settings
from tests.gateway.results import Fired, Result
from tests.site.description import check_response

#: Argon2 at its weakest, so that tests do not wait; its real parameters have a test of their own.
QUICK = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "three plain words"
TOLD: dict[str, Any] = {"consent": True, "age": 61, "respondent": "self", "hip_replacement": False, "site": "groin"}


class Clocks:
    """The moment and the ticks; both stand still until they are moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)
        self.ticks = 1000.0

    def __call__(self) -> datetime:
        return self.now

    def move(self, **passed: float) -> None:
        self.now += timedelta(**passed)
        self.ticks += timedelta(**passed).total_seconds()


@dataclass
class People:
    """Makes hand-overs, as the assistant would."""

    store: RecordStore
    clocks: Clocks
    number: int = 0

    def hand_over(
        self, level: CareLevel, *, to: str | None = None, answers: Mapping[str, Any] = TOLD, rule: Rule | None = None
    ) -> str:
        """Finish an assessment; ``to`` goes on with a conversation, ``rule`` is the one that fired."""
        self.number += 1
        conversation = to or f"person-{self.number}"
        self.store.save_progress(conversation, dict(answers) | {"pain_score": self.number % 10}, "pain_score")
        fired = Fired("R10", level, ("hct",)) if rule is None else Fired(rule.id, level, rule.sources)
        result = Result(level, (fired,))
        given = None if level.urgent else Handover(new_reference(), ("consultation",))
        self.clocks.move(minutes=1)
        return self.store.finish(conversation, result, given) or ""


@dataclass
class Colleague:
    """A browser, without a script."""

    client: httpx2.AsyncClient
    page: str = ""
    _seen: list[int] = field(default_factory=list)

    async def get(self, path: str, code: int = 200) -> str:
        response = await self.client.get(path)
        assert response.status_code == code, (path, response.status_code, response.text[:300])
        self.page = response.text
        return self.page

    @property
    def key(self) -> str:
        """What the forms of the last page send back."""
        found = re.search(r'name="key" value="([0-9a-f]{64})"', self.page)
        assert found, "no form"
        return found[1]

    async def post(self, path: str, **fields: str) -> httpx2.Response:
        response = await self.client.post(path, data={"key": self.key, **fields})
        self.page = response.text or self.page
        return response

    async def log_in(self, name: str = "ann", password: str = PASSWORD) -> httpx2.Response:
        await self.get("/login")
        return await self.post("/login", name=name, password=password)


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


@pytest.fixture(scope="session")
def staff_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file, to be copied."""
    path = tmp_path_factory.mktemp("staff") / "hip.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture
def settings(tmp_path: Path, staff_database: Path) -> Settings:
    shutil.copy(staff_database, tmp_path)
    return provide_keys(make_settings(tmp_path))


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    made = build_engine(settings.database_url)
    yield made
    made.dispose()


@pytest.fixture
def accounts(engine: Engine, clocks: Clocks) -> Accounts:
    """With one login, ann's."""
    made = Accounts(engine, clocks, QUICK)
    made.add("ann", PASSWORD, must_change=False)
    return made


@pytest.fixture
def people(engine: Engine, settings: Settings, clocks: Clocks) -> People:
    return People(RecordStore(engine, Vault(settings.data_keys), clocks), clocks)


@pytest.fixture
async def browser_of(settings: Settings, clocks: Clocks, accounts: Accounts) -> AsyncIterator[Callable[[], Colleague]]:
    """Opens another browser on the same staff page."""
    async with AsyncExitStack() as stack:
        app = build_app(settings, clock=clocks, ticks=lambda: clocks.ticks, hasher=QUICK)
        await stack.enter_async_context(app.router.lifespan_context(app))

        def open_browser(address: str = "127.0.0.1") -> Colleague:
            transport = httpx2.ASGITransport(app, client=(address, 40000))
            client = httpx2.AsyncClient(
                transport=transport, base_url=settings.site_url, event_hooks={"response": [check_response]}
            )
            stack.push_async_callback(client.aclose)
            return Colleague(client)

        yield open_browser


@pytest.fixture
async def visitor(browser_of: Callable[..., Colleague]) -> Colleague:
    """Not logged in."""
    return browser_of()


@pytest.fixture
async def ann(browser_of: Callable[..., Colleague]) -> Colleague:
    """Logged in."""
    browser = browser_of()
    response = await browser.log_in()
    assert (response.status_code, response.headers["location"]) == (303, "/")
    return browser
