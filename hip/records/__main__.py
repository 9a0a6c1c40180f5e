"""``python -m hip.records migrate | downgrade | check | purge`` for the databases of the settings."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import timedelta

from dotenv import load_dotenv

from hip.content import ROOT
from hip.records.database import DEFAULT_URL, RecordsError, build_engine
from hip.records.migration import check, downgrade, migrate
from hip.records.record import utc_now
from hip.records.retention import Periods, Purge, Purged
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
    chosen = parser.parse_args(arguments)

    load_dotenv(ROOT / ".env")
    try:
        if chosen.command == "migrate":
            print(f"records: migrated to revision {_on_all(migrate)}")
        elif chosen.command == "downgrade":
            revision = _on_all(lambda url: downgrade(url, chosen.revision))
            print(f"records: taken back to revision {revision or 'base'}")
        elif chosen.command == "purge":
            print(f"records: purged {_purge()}")
        else:
            print(f"records: ready, at revision {_on_all(check)}")
    except (RecordsError, SettingsError) as error:
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


def _purge() -> Purged:
    settings = read_settings()
    check(settings.database_url)
    records, tracker = build_engine(settings.database_url), build_engine(settings.tracker_database_url)
    periods = Periods(*(timedelta(days=days) for days in settings.keep_days))
    try:
        return Purge(records, tracker, periods, utc_now()).run()
    finally:
        records.dispose()
        tracker.dispose()


if __name__ == "__main__":
    sys.exit(main())
