"""``python -m hip.records migrate | downgrade | check | purge | rotate-keys`` for the databases of the settings."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence

from dotenv import load_dotenv

from hip.content import ROOT
from hip.launch.failure import LaunchError
from hip.launch.keys import provide_keys
from hip.launch.retention import purge
from hip.records.database import DEFAULT_URL, RecordsError, build_engine, parse_database_url, sqlite_path
from hip.records.encryption import Vault
from hip.records.migration import check, downgrade, migrate
from hip.records.rotation import Rotation
from hip.settings import SettingsError, read_settings


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; the environment goes before ``.env``, which goes before the default SQLite file.

    Returns:
        0 when it worked, 1 when it did not, with one line on standard error.
    """
    parser = argparse.ArgumentParser(prog="python -m hip.records", description="Prepares and checks the database.")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("migrate", help="bring the database to the newest schema")
    back = commands.add_parser("downgrade", help="take the schema back; what only the newer schema holds is lost")
    back.add_argument("revision", nargs="?", default="-1", help="a revision, -1 for one step (default), or base")
    commands.add_parser("check", help="can the database be reached, and does its schema fit this program?")
    commands.add_parser("purge", help="delete what has been kept for long enough; run it every day")
    commands.add_parser("rotate-keys", help="move everything encrypted to the first key of DATA_KEYS; may be repeated")
    chosen = parser.parse_args(arguments)

    load_dotenv(ROOT / ".env")
    try:
        if chosen.command == "migrate":
            print(f"records: migrated to revision {_on_all(lambda url: migrate(url, _open_vault))}")
        elif chosen.command == "downgrade":
            revision = _on_all(lambda url: downgrade(url, chosen.revision, _open_vault))
            print(f"records: taken back to revision {revision or 'base'}")
        elif chosen.command == "purge":
            print(f"records: purged {purge(read_settings())}")
        elif chosen.command == "rotate-keys":
            print(f"records: {_rotate()} values moved to the newest key, and all others are under it already")
        else:
            print(f"records: ready, at revision {_on_all(check)}")
    except (LaunchError, RecordsError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _on_all(step: Callable[[str], str | None]) -> str | None:
    """Do it to the database of the records, and to that of Rasa's conversations where it is another.

    A SQLite file for conversations is left out: Rasa's store makes its table by itself.

    Returns:
        The revision of the records.
    """
    url = os.environ.get("DATABASE_URL") or DEFAULT_URL
    other = os.environ.get("TRACKER_DATABASE_URL") or url
    revision = step(url)
    if other != url and not other.startswith("sqlite"):
        step(other)
    return revision


def _open_vault() -> Vault:
    return Vault(provide_keys(read_settings()).data_keys)


def _rotate() -> int:
    settings = read_settings()
    check(settings.database_url)
    vault = _open_vault()
    renewed = 0
    # Rasa's conversations may be in the database of the records, or in one of their own.
    for url in dict.fromkeys((settings.database_url, settings.tracker_database_url)):
        path = sqlite_path(parse_database_url(url))
        if path is not None and not path.exists():
            continue  # nothing was kept yet
        engine = build_engine(url)
        try:
            renewed += Rotation(engine, vault).run()
        finally:
            engine.dispose()
    return renewed


if __name__ == "__main__":
    sys.exit(main())
