"""The staff page's tables: who may log in, who has, what was looked at, what was done about a hand-over, and counts."""

from __future__ import annotations

from typing import Final

from sqlalchemy import Boolean, CheckConstraint, Column, Date, ForeignKey, Integer, String, Table, Text

from hip.records.tables import ENCRYPTED, UtcDateTime, metadata

staff_user: Final = Table(
    "staff_user",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(64), nullable=False, index=True, unique=True),  # in small letters
    Column("password_hash", Text, nullable=False),  # Argon2id, with its own salt
    # The password was printed by a command, so its owner has to choose another before anything is shown.
    Column("must_change", Boolean, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
)

#: A login. The browser has the token, we only its hash.
staff_session: Final = Table(
    "staff_session",
    metadata,
    Column("token_hash", String(64), primary_key=True),
    Column("user_id", String(36), ForeignKey("staff_user.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("last_used_at", UtcDateTime, nullable=False),
)

#: What staff did. It outlives the user (by name) and the hand-over (which it then no longer names).
staff_audit: Final = Table(
    "staff_audit",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("at", UtcDateTime, nullable=False, index=True),
    Column("user_name", String(64), nullable=False, index=True),
    Column("action", String(32), nullable=False),
    Column("assessment_id", String(36), ForeignKey("assessment.id", ondelete="SET NULL"), index=True),
)

#: How far staff have come with a hand-over; one without a row is new.
follow_up: Final = Table(
    "follow_up",
    metadata,
    Column("assessment_id", String(36), ForeignKey("assessment.id", ondelete="CASCADE"), primary_key=True),
    Column("status", String(16), nullable=False, index=True),
    Column("note", Text, nullable=False, info=ENCRYPTED),
    Column("revision", Integer, nullable=False),  # so that nobody overwrites what a colleague wrote meanwhile
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", String(64), nullable=False),
    CheckConstraint("status in ('new', 'contacted', 'booked', 'closed')", name="status"),
)

#: How often something happened on a day. It holds nothing of any one person, so it outlives every deletion.
tally: Final = Table(
    "tally",
    metadata,
    Column("day", Date, primary_key=True),  # in UTC
    Column("kind", String(16), primary_key=True),
    Column("key", String(64), primary_key=True),
    Column("count", Integer, nullable=False),
)
