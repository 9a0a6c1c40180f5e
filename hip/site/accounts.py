"""Who may log in: names, hashed passwords, and a limit on how often a password may be guessed."""

from __future__ import annotations

import re
import secrets
import threading
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError
from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection, Engine

from hip.handover.reference import ALPHABET
from hip.records.database import IMMEDIATE, explained
from hip.records.record import Clock, utc_now
from hip.records.staff_tables import staff_audit, staff_session, staff_user
from hip.site.audit import Act, write_line

#: So many wrong passwords for one name, and for so long nobody may try another.
MOST_FAILURES: Final = 5
LOCKED_FOR: Final = timedelta(minutes=15)

SHORTEST, LONGEST = 12, 200

_NAME: Final = re.compile(r"[a-z0-9](?:[a-z0-9._-]{0,62}[a-z0-9])?")


class AccountError(ValueError):
    """A name or password that cannot be used; the message is fit for a person to read and repeats no password."""


class LoginRefused(Exception):
    """The name or the password is wrong; which of them is not said."""


class LoginLocked(Exception):
    """Too many wrong passwords for this name lately."""


@dataclass(frozen=True)
class Staff:
    """Somebody who may log in; ``must_change``: with a password that a command printed."""

    id: str
    name: str
    must_change: bool


def new_password() -> str:
    """A password to hand out once: 72 bits, easy to read aloud."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(4)).lower()


def check_password(name: str, password: str) -> None:
    """Whether a password will do.

    Raises:
        AccountError: it is too short, too long, or the name.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise AccountError(f"The password must have {SHORTEST} to {LONGEST} characters. Three or four words do well.")
    if name in password.lower() or len(set(password)) < 5:
        raise AccountError("The password is too easy to guess: leave your name out, and do not repeat one character.")


class Accounts:
    """The accounts in the database.

    Args:
        engine: from ``hip.records.build_engine``.
        clock: gives the present moment.
        hasher: Argon2id with the library's parameters, those of RFC 9106 for little memory.

    Every method raises ``RecordsError`` when the database cannot be used.
    """

    def __init__(self, engine: Engine, clock: Clock = utc_now, hasher: PasswordHasher | None = None) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**IMMEDIATE)
        self._clock = clock
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_urlsafe())
        # One guess at a time: neither memory nor the count of failures can be overrun.
        self._guessing = threading.Lock()

    def add(self, name: str, password: str, *, must_change: bool) -> None:
        """Add somebody.

        Raises:
            AccountError: the name is taken or not a name, or the password will not do.
        """
        name = _read_name(name)
        check_password(name, password)
        hashed = self._hasher.hash(password)
        with explained("add a login"), self._writer.begin() as connection:
            if _find(connection, name) is not None:
                raise AccountError(
                    f"{name} is there already: `python -m hip.site set-password {name}` changes the password"
                )
            row = {"id": str(uuid.uuid4()), "name": name, "password_hash": hashed, "must_change": must_change}
            connection.execute(insert(staff_user).values(**row, created_at=self._clock()))

    def set_password(self, name: str, password: str, *, must_change: bool) -> None:
        """Change a password and end every login under the old one.

        Raises:
            AccountError: there is nobody of this name, or the password will not do.
        """
        name = _read_name(name)
        check_password(name, password)
        hashed = self._hasher.hash(password)
        with explained("change a password"), self._writer.begin() as connection:
            row = _require(connection, name)
            connection.execute(
                update(staff_user)
                .where(staff_user.c.id == row.id)
                .values(password_hash=hashed, must_change=must_change)
            )
            connection.execute(delete(staff_session).where(staff_session.c.user_id == row.id))

    def remove(self, name: str) -> None:
        """Take somebody's access away, at once.

        Raises:
            AccountError: there is nobody of this name.
        """
        with explained("remove a login"), self._writer.begin() as connection:
            row = _require(connection, _read_name(name))
            connection.execute(delete(staff_user).where(staff_user.c.id == row.id))  # sessions cascade

    def list_all(self) -> tuple[Staff, ...]:
        """Everybody, by name."""
        with explained("list the logins"), self._engine.connect() as connection:
            rows = connection.execute(select(staff_user).order_by(staff_user.c.name))
            return tuple(Staff(row.id, row.name, row.must_change) for row in rows)

    def log_in(self, name: str, password: str) -> Staff:
        """Check a name and a password.

        Raises:
            LoginRefused: one of them is wrong.
            LoginLocked: there were too many wrong ones; this one was not looked at.
        """
        name = name.strip().lower()
        with self._guessing:
            with explained("look up a login"), self._engine.connect() as connection:
                row = _find(connection, name)
                if row is not None and _failures(connection, name, self._clock() - LOCKED_FOR) >= MOST_FAILURES:
                    raise LoginLocked
            right = self._verify(self._nobody if row is None else row.password_hash, password)
            if row is None:
                raise LoginRefused  # after as long a time as for a wrong password
            with explained("note a login"), self._writer.begin() as connection:
                act = Act.LOGIN if right else Act.LOGIN_FAILED
                write_line(connection, self._clock(), row.name, act)
            if not right:
                raise LoginRefused
        return Staff(row.id, row.name, row.must_change)

    def _verify(self, hashed: str, password: str) -> bool:
        try:
            return self._hasher.verify(hashed, password[: LONGEST + 1])
        except VerifyMismatchError:
            return False


def _read_name(name: str) -> str:
    plain = name.strip().lower()
    if not _NAME.fullmatch(plain):
        raise AccountError("A name has 1 to 64 small letters, digits, dots and dashes")
    return plain


def _find(connection: Connection, name: str) -> Any:
    return connection.execute(select(staff_user).where(staff_user.c.name == name)).one_or_none()


def _require(connection: Connection, name: str) -> Any:
    row = _find(connection, name)
    if row is None:
        raise AccountError(f"there is nobody called {name}")
    return row


def _failures(connection: Connection, name: str, since: datetime) -> int:
    failed = staff_audit.c.action == Act.LOGIN_FAILED.value
    wanted = select(func.count()).where(staff_audit.c.user_name == name, failed, staff_audit.c.at > since)
    return int(connection.execute(wanted).scalar_one())
