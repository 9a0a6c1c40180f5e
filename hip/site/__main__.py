"""``python -m hip.site add-user | set-password | remove-user NAME``, and ``users``: who may open the staff page."""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Sequence

from hip.records import RecordsError, build_engine
from hip.records.migration import check
from hip.settings import SettingsError, get_settings
from hip.site.accounts import AccountError, Accounts, check_password, new_password


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command.

    Returns:
        0 when it worked; 1 with the reason on standard error when it did not.
    """
    parser = argparse.ArgumentParser(prog="python -m hip.site", description="Says who may open the staff page.")
    commands = parser.add_subparsers(dest="command", required=True)
    for name, meaning in (
        ("add-user", "let somebody in"),
        ("set-password", "give somebody a new password; they are logged out"),
        ("remove-user", "take somebody's access away, at once"),
    ):
        command = commands.add_parser(name, help=meaning)
        command.add_argument("name", metavar="NAME")
        if name != "remove-user":
            command.add_argument(
                "--generate", action="store_true", help="print a first password, which has to be changed at once"
            )
    commands.add_parser("users", help="list everybody")
    chosen = parser.parse_args(arguments)
    try:
        url = get_settings().database_url
        check(url)
        engine = build_engine(url)
        try:
            _run(Accounts(engine), chosen)
        finally:
            engine.dispose()
    except (AccountError, RecordsError, SettingsError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _run(accounts: Accounts, chosen: argparse.Namespace) -> None:
    if chosen.command == "users":
        for staff in accounts.list_all():
            print(f"{staff.name}{' (has yet to choose a password)' if staff.must_change else ''}")
    elif chosen.command == "remove-user":
        accounts.remove(chosen.name)
        print(f"{chosen.name} can no longer log in")
    else:
        # Without a terminal nobody can type one, so one is made.
        generate = chosen.generate or not sys.stdin.isatty()
        password = new_password() if generate else _read_password(chosen.name)
        change = accounts.add if chosen.command == "add-user" else accounts.set_password
        change(chosen.name, password, must_change=generate)
        print(f"First password of {chosen.name}: {password}" if generate else f"{chosen.name} can log in")


def _read_password(name: str) -> str:
    password = getpass.getpass("Password: ")
    check_password(name.lower(), password)
    if getpass.getpass("The same again: ") != password:
        raise AccountError("The two passwords are not the same")
    return password


if __name__ == "__main__":
    sys.exit(main())
