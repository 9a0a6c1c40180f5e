"""``python -m hip.records migrate | downgrade | check`` for the database that DATABASE_URL names."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from dotenv import load_dotenv

from hip.content import ROOT
from hip.records.database import DEFAULT_URL, RecordsError
from hip.records.migration import check, downgrade, migrate


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
    chosen = parser.parse_args(arguments)

    load_dotenv(ROOT / ".env")
    url = os.environ.get("DATABASE_URL") or DEFAULT_URL
    try:
        if chosen.command == "migrate":
            print(f"records: migrated to revision {migrate(url)}")
        elif chosen.command == "downgrade":
            print(f"records: taken back to revision {downgrade(url, chosen.revision) or 'base'}")
        else:
            print(f"records: ready, at revision {check(url)}")
    except RecordsError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
