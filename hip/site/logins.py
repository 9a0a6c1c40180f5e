"""Who is logged in: a random token in the browser's cookie, its hash in the database, and two ends of its life."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import timedelta
from typing import Final

from sqlalchemy import delete, insert, select, update
from sqlalchemy.engine import Engine

from hip.records.database import IMMEDIATE, explained
from hip.records.record import Clock, utc_now
from hip.records.staff_tables import staff_session, staff_user
from hip.site.accounts import Staff

#: A login ends when nothing was done for so long, and after so long whatever was done.
IDLE: Final = timedelta(minutes=30)
LONGEST: Final = timedelta(hours=12)

#: Use is written down no more often than this, so that a page does not cost a write each time.
_PRECISION: Final = timedelta(minutes=1)
_LONGEST_TOKEN: Final = 100


#: A cookie that only makes the login form valid begins so.
FORM_ONLY: Final = "form."


def new_token() -> str:
    """256 bits from the operating system; the browser never chooses one."""
    return secrets.token_urlsafe(32)


def form_key(token: str) -> str:
    """What a form must send back: only a page that this server made for this cookie can know it."""
    return hashlib.sha256(f"hip staff form {token}".encode()).hexdigest()


def is_form_key(token: str, given: str) -> bool:
    """Whether a form sent back the right key."""
    return hmac.compare_digest(form_key(token).encode(), given.encode("utf-8", "replace"))


class Logins:
    """The logins in the database. Every method raises ``RecordsError`` when that cannot be used."""

    def __init__(self, engine: Engine, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**IMMEDIATE)
        self._clock = clock

    def begin(self, user_id: str) -> str:
        """Log somebody in and give the token for the cookie."""
        token, now = new_token(), self._clock()
        row = {"token_hash": _hash(token), "user_id": user_id, "created_at": now, "last_used_at": now}
        with explained("log somebody in"), self._writer.begin() as connection:
            connection.execute(insert(staff_session).values(**row))
        return token

    def find(self, token: str) -> Staff | None:
        """Who has this token; None when nobody has, or the login has ended."""
        if not token or len(token) > _LONGEST_TOKEN:
            return None
        wanted = select(
            staff_user.c.id,
            staff_user.c.name,
            staff_user.c.must_change,
            staff_session.c.created_at,
            staff_session.c.last_used_at,
        ).select_from(staff_session.join(staff_user))
        now = self._clock()
        with explained("look up a login"), self._engine.connect() as connection:
            row = connection.execute(wanted.where(staff_session.c.token_hash == _hash(token))).one_or_none()
        if row is None:
            return None
        if now - row.last_used_at >= IDLE or now - row.created_at >= LONGEST:
            self.end(token)
            return None
        if now - row.last_used_at >= _PRECISION:
            mine = staff_session.c.token_hash == _hash(token)
            with explained("note the use of a login"), self._writer.begin() as connection:
                connection.execute(update(staff_session).where(mine).values(last_used_at=now))
        return Staff(row.id, row.name, row.must_change)

    def end(self, token: str) -> None:
        """Log out; may be repeated."""
        with explained("log somebody out"), self._writer.begin() as connection:
            connection.execute(delete(staff_session).where(staff_session.c.token_hash == _hash(token)))


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
