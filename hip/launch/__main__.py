"""``python -m hip.launch run | train | shell | actions | gateway | site | retention | keys``; the Makefile calls it."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from hip.launch.failure import LaunchError
from hip.settings import Settings, SettingsError, get_settings

_COMMANDS: Final = ("run", "train", "shell", "actions", "gateway", "site", "retention", "keys")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 when it worked; 1 with the reason on standard error when it did not.
    """
    parser = argparse.ArgumentParser(prog="python -m hip.launch", description="Trains and starts the assistant.")
    parser.add_argument("command", choices=_COMMANDS)
    command = parser.parse_args(arguments).command
    try:
        return _run(command, get_settings())
    except (LaunchError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1


def _run(command: str, settings: Settings) -> int:
    # Each imports only what it needs: the action server should not wait for Rasa's imports.
    if command == "actions":
        from hip.engine.memory import begin_start

        begin_start()
        from hip.launch.action_server import serve

        serve(settings)
        return 0
    if command == "retention":
        from hip.launch.retention import serve as serve_retention

        serve_retention(settings)
        return 0
    from hip.launch.keys import new_keys, provide_keys

    if command == "keys":
        print("\n".join(f"{name}={key}" for name, key in new_keys().items()))
        return 0
    if command == "gateway":
        from hip.gateway.server import serve as serve_gateway

        serve_gateway(provide_keys(settings))
        return 0
    if command == "site":
        from hip.site.server import serve as serve_site

        serve_site(provide_keys(settings))
        return 0
    from hip.launch.training import Model, train_if_changed

    if command == "run":
        from hip.launch.readiness import check_ports

        settings = provide_keys(settings)
        check_ports(settings)  # before a training that takes a minute
    train_if_changed(Model())
    if command == "train":
        return 0
    _migrate(settings)
    if command == "shell":
        from hip.launch.shell import run_shell

        return run_shell(settings)
    from hip.launch.servers import run_servers

    _warn_of_placeholders()
    run_servers(settings, first_login=_provide_first_login(settings))
    return 0


def _warn_of_placeholders() -> None:
    """Name every link and number that the clinic has yet to supply."""
    from hip.content import ContentError
    from hip.handover.booking import BookingDesk

    try:
        placeholders = BookingDesk.load().placeholders
    except ContentError as error:
        raise LaunchError(str(error)) from error
    for placeholder in placeholders:
        print(f"Not for patients yet: {placeholder}", flush=True)


def _provide_first_login(settings: Settings) -> str | None:
    from hip.records.database import RecordsError
    from hip.site.first_login import provide_first_login

    try:
        return provide_first_login(settings)
    except RecordsError as error:
        raise LaunchError(str(error)) from error


def _migrate(settings: Settings) -> None:
    from hip.launch.keys import provide_keys
    from hip.records.database import RecordsError
    from hip.records.encryption import Vault
    from hip.records.migration import migrate

    try:
        for url in dict.fromkeys((settings.tracker_database_url, settings.database_url)):
            revision = migrate(url, lambda: Vault(provide_keys(settings).data_keys))
        print(f"Database is at revision {revision}", flush=True)
    except RecordsError as error:
        raise LaunchError(str(error)) from error


if __name__ == "__main__":
    sys.exit(main())
