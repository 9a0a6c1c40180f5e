"""A login for trying things out: `make run` prints it until its password has been changed."""

from __future__ import annotations

from typing import Final

from hip.records.database import build_engine
from hip.settings import Settings
from hip.site.accounts import Accounts, new_password

NAME: Final = "staff"


def provide_first_login(settings: Settings) -> str | None:
    """Make sure that somebody can log in.

    The password is kept nowhere but as a hash, so as long as nobody changed it each start makes another.

    Returns:
        A fresh password for ``NAME``, which has to be changed at once; None when people have logins of their own.

    Raises:
        RecordsError: the database cannot be used.
    """
    engine = build_engine(settings.database_url)
    try:
        accounts, password = Accounts(engine), new_password()
        there = accounts.list_all()
        if not there:
            accounts.add(NAME, password, must_change=True)
        elif [(staff.name, staff.must_change) for staff in there] == [(NAME, True)]:
            accounts.set_password(NAME, password, must_change=True)
        else:
            return None
        return password
    finally:
        engine.dispose()
