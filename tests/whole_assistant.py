"""The assistant with its gateway, really started as `make run` starts them, with databases of its own."""

from __future__ import annotations

import dataclasses
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from hip.launch.keys import provide_keys
from hip.launch.readiness import assistant_answers, gateway_answers, wait_for
from hip.records.migration import migrate
from tests.conftest import START_SECONDS, Servers, make_settings, rasa_command

#: So much that nobody is asked to slow down.
PLENTY = {"SESSION_LIMIT": "1000000", "ADDRESS_LIMIT": "1000000", "ADDRESS_SESSION_LIMIT": "1000000"}


@contextmanager
def running_assistant(folder: Path, model: Path, before: Sequence[str] = (), **more: str) -> Iterator[Servers]:
    """One of each server, answering, until the block ends.

    Args:
        folder: of the databases and logs.
        model: the assistant's.
        before: words that are put in front of each server's command.
        more: settings, by the names of their variables.
    """
    settings = provide_keys(make_settings(folder, **PLENTY, **more))
    settings = dataclasses.replace(settings, public_url=settings.gateway_url)
    migrate(settings.database_url)
    launch = [*before, sys.executable, "-m", "hip.launch"]
    commands = {
        "actions": [*launch, "actions"],
        "rasa": [*before, *rasa_command(settings, model)],
        "gateway": [*launch, "gateway"],
    }
    servers = Servers(settings, folder, commands=commands)
    try:
        for name in commands:
            servers.start(name)
        assert wait_for(lambda: gateway_answers(settings), START_SECONDS), servers.log("gateway")
        assert wait_for(lambda: assistant_answers(settings), START_SECONDS), servers.log("rasa")
        yield servers
    finally:
        servers.stop()


@contextmanager
def gateway_in_front(servers: Servers, **limits: int) -> Iterator[Servers]:
    """The gateway's process alone, answering, in front of servers that others share, until the block ends.

    Args:
        servers: those that run already.
        limits: of messages and sessions, by the names of their settings; else as in an installation.
    """
    alone = dataclasses.replace(
        servers, settings=dataclasses.replace(provide_keys(servers.settings), **limits), processes={}
    )
    alone.start("gateway")
    try:
        assert wait_for(lambda: gateway_answers(alone.settings), START_SECONDS), alone.log("gateway")
        yield alone
    finally:
        alone.stop()
