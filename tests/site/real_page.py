"""The staff page's own process on the database of really started servers, with somebody logged in."""

from __future__ import annotations

import dataclasses
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2

from hip.launch.readiness import wait_for
from hip.records import build_engine
from hip.site.accounts import Accounts, new_password
from tests.conftest import START_SECONDS, Servers


@contextmanager
def staff_page(servers: Servers) -> Iterator[httpx2.Client]:
    """Start it and log in; its output is in ``servers.log("site")``.

    Args:
        servers: with keys in their settings; see ``hip.launch.keys``.
    """
    settings = servers.settings
    name, password = f"ann-{secrets.token_hex(4)}", new_password()
    engine = build_engine(settings.database_url)
    Accounts(engine).add(name, password, must_change=False)
    engine.dispose()
    alone = dataclasses.replace(servers, processes={})
    alone.start("site")
    try:
        assert wait_for(lambda: _lives(settings.site_url), START_SECONDS), alone.log("site")
        with httpx2.Client(base_url=settings.site_url, timeout=15) as client:
            found = re.search(r'name="key" value="([0-9a-f]{64})"', client.get("/login").text)
            assert found, "no form"
            form = {"key": found[1], "name": name, "password": password}
            assert client.post("/login", data=form).headers["location"] == "/"
            yield client
    finally:
        alone.stop()


def _lives(url: str) -> bool:
    try:
        return httpx2.get(f"{url}/healthz", timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False
