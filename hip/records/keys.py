"""How a conversation is known in the database, and how two writers of the same one are kept apart."""

from __future__ import annotations

import hashlib
from typing import Final

from sqlalchemy import text
from sqlalchemy.engine import Connection

_LOCK: Final = text("SELECT pg_advisory_xact_lock(:key)")


def conversation_key(conversation_id: str) -> str:
    """The SHA-256 of a conversation's id in hexadecimal; the id itself is never stored in the records."""
    return hashlib.sha256(conversation_id.encode("utf-8", "surrogatepass")).hexdigest()


def lock_conversation(connection: Connection, key: str) -> None:
    """Hold off every other writer of this conversation until the transaction ends.

    Args:
        connection: in a transaction; with SQLite one begun with ``IMMEDIATE``, which holds off every writer already.
        key: of ``conversation_key``.
    """
    if connection.dialect.name == "postgresql":
        lock = int.from_bytes(bytes.fromhex(key)[:8], "big", signed=True)
        connection.execute(_LOCK, {"key": lock})
