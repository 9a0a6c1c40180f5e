"""Both web applications, listening on ports of their own in threads of this process."""

from __future__ import annotations

import asyncio
import dataclasses
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import requests
import uvicorn
from starlette.applications import Starlette

from hip.gateway.app import build_app as build_gateway
from hip.launch.keys import provide_keys
from hip.records import RecordStore, build_engine
from hip.records.encryption import Vault
from hip.records.migration import migrate
from hip.settings import Settings
from hip.site.accounts import Accounts
from hip.site.app import build_app as build_site
from hip.triage.levels import CareLevel
from tests.conftest import make_settings
from tests.gateway.fake_rasa import FakeRasa
from tests.site.conftest import PASSWORD, QUICK, Clocks, People

PLENTY = {"session_limit": 10**6, "address_limit": 10**6, "address_session_limit": 10**6}


@contextmanager
def listening(app: Starlette, port: int) -> Iterator[None]:
    """Until the block ends."""
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, access_log=False, ws="none", lifespan="on"))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve()), daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="package")
def fuzz_settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("fuzz")
    settings = dataclasses.replace(provide_keys(make_settings(folder)), **PLENTY)
    migrate(settings.database_url)
    return settings


@pytest.fixture(scope="package")
def public(fuzz_settings: Settings) -> Iterator[str]:
    """The address of a gateway, in front of a Rasa that says back what it hears."""
    rasa = FakeRasa()
    rasa.start()
    settings = dataclasses.replace(fuzz_settings, rasa_port=rasa.port)
    with listening(build_gateway(settings), settings.gateway_port):
        yield settings.gateway_url
    rasa.stop()


@dataclasses.dataclass
class Staff:
    """Somebody who is logged in to the staff page, and again whenever that has ended."""

    url: str
    references: list[str]
    clocks: Clocks
    answers: Counter[int] = dataclasses.field(default_factory=Counter)
    session: requests.Session = dataclasses.field(default_factory=requests.Session)
    key: str = ""

    def log_in(self) -> None:
        """Once more; a minute has passed, so that nobody is asked to slow down."""
        self.clocks.move(minutes=1)
        self.session = requests.Session()
        form = {"key": self._key("/login"), "name": "ann", "password": PASSWORD}
        done = self.session.post(f"{self.url}/login", data=form, allow_redirects=False, headers={"Origin": self.url})
        assert done.status_code == 303, done.status_code
        self.key = self._key("/password")

    def _key(self, path: str) -> str:
        found = re.search(r'name="key" value="([0-9a-f]{64})"', self.session.get(self.url + path).text)
        assert found, path
        return found[1]


@pytest.fixture(scope="package")
def staff(fuzz_settings: Settings) -> Iterator[Staff]:
    """A staff page with some hand-overs."""
    clocks, engine = Clocks(), build_engine(fuzz_settings.database_url)
    Accounts(engine, clocks, QUICK).add("ann", PASSWORD, must_change=False)
    people = People(RecordStore(engine, Vault(fuzz_settings.data_keys), clocks), clocks)
    references = [people.hand_over(level) for level in (CareLevel.CONSULTATION, CareLevel.CLINICIAN_REVIEW)]
    app = build_site(fuzz_settings, clock=clocks, ticks=lambda: clocks.ticks, hasher=QUICK)
    with listening(app, fuzz_settings.site_port):
        somebody = Staff(fuzz_settings.site_url, references, clocks)
        somebody.log_in()
        yield somebody
    engine.dispose()
