"""The assistant with its gateway, really started for a soak, with databases of its own."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hip.launch.keys import provide_keys
from hip.launch.readiness import gateway_answers, wait_for
from hip.records.migration import migrate
from tests.conftest import START_SECONDS, Servers, make_settings, rasa_command


@contextmanager
def started(folder: Path, model: Path, **more: str) -> Iterator[Servers]:
    """Until the block ends; nobody is asked to slow down. ``more`` are settings by the names of their variables."""
    plenty = {"session_limit": 10**6, "address_limit": 10**6, "address_session_limit": 10**6}
    settings = dataclasses.replace(provide_keys(make_settings(folder, **more)), **plenty)
    migrate(settings.database_url)
    launch = [sys.executable, "-m", "hip.launch"]
    commands = {"rasa": rasa_command(settings, model), "actions": [*launch, "actions"], "gateway": [*launch, "gateway"]}
    servers = Servers(settings, folder, commands=commands)
    try:
        servers.start("rasa")
        servers.start_actions()
        servers.wait_until_answering()
        servers.start("gateway")
        assert wait_for(lambda: gateway_answers(settings), START_SECONDS), servers.log("gateway")
        yield servers
    finally:
        servers.stop()
