"""Moves everything that is encrypted to the newest key, so that an older one can be thrown away.

It goes through the tables in batches, each a short transaction, beside running servers. It may be stopped at any moment
and run again: what is under the newest key already stays as it is, and every value can be read all the time.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Column, Table, and_, inspect, select, tuple_, update
from sqlalchemy.engine import Connection, Engine

import hip.records.chat_tables
import hip.records.staff_tables
import hip.records.trackers  # noqa: F401  # their tables belong to the metadata
from hip.records.database import IMMEDIATE, RecordsError, explained, scrub
from hip.records.encryption import EncryptionError, Vault
from hip.records.tables import ENCRYPTED, metadata

logger = logging.getLogger(__name__)

#: So many rows are held at once: a fraction of a second, in which other writers of an SQLite file wait.
BATCH: Final = 200

#: A pass that finds something is followed by another, since servers may write under an older key meanwhile.
MOST_PASSES: Final = 5


@dataclass
class _Pass:
    """What one pass did: values renewed, and those that no key reads by ``table.column``."""

    renewed: int
    unreadable: dict[str, int]


class Rotation:
    """One run of it.

    Args:
        engine: of the records, or of Rasa's conversations.
        vault: its first key is the newest one.
        batch: rows in one transaction.
    """

    def __init__(self, engine: Engine, vault: Vault, batch: int = BATCH) -> None:
        self._engine = engine
        self._writer = engine.execution_options(**IMMEDIATE)
        self._vault = vault
        self._batch = batch

    def run(self) -> int:
        """Renew all that is under an older key.

        Returns:
            How many values there were.

        Raises:
            EncryptionError: there are values that no key reads; all others are renewed.
            RecordsError: the database cannot be used, or a server goes on writing under an older key. What was renewed
                before that stays so.
        """
        renewed = 0
        for _ in range(MOST_PASSES):
            found = self._pass()
            renewed += found.renewed
            if found.renewed == 0:
                break
        else:
            raise RecordsError(
                "records: something still encrypts with an older key: start all servers anew with the new DATA_KEYS, "
                "then run this again"
            )
        with explained("rotate keys"):
            scrub(self._engine)  # what was under the old key is overwritten
        if found.unreadable:
            where = ", ".join(f"{count} in {name}" for name, count in found.unreadable.items())
            raise EncryptionError(f"records: no key of DATA_KEYS reads {where}: put back the key it was encrypted with")
        return renewed

    def _pass(self) -> _Pass:
        total = _Pass(0, {})
        with explained("rotate keys"):
            tables = set(inspect(self._engine).get_table_names())
        for table, column in encrypted_columns():
            if table.name in tables:
                name = f"{table.name}.{column.name}"
                renewed, unreadable = self._renew_column(table, column)
                total.renewed += renewed
                if unreadable:
                    total.unreadable[name] = unreadable
                if renewed:
                    logger.info("%s: %d values moved to the newest key", name, renewed)
        return total

    def _renew_column(self, table: Table, column: Column[Any]) -> tuple[int, int]:
        renewed = unreadable = 0
        after: tuple[Any, ...] | None = None
        while True:
            with explained("rotate keys"), self._writer.begin() as connection:
                rows = self._read(connection, table, column, after)
                for *key, stored in rows:
                    try:
                        renewed += self._renew(connection, table, column, key, stored)
                    except EncryptionError:
                        unreadable += 1
            if len(rows) < self._batch:
                return renewed, unreadable
            after = tuple(rows[-1][:-1])

    def _read(
        self, connection: Connection, table: Table, column: Column[Any], after: tuple[Any, ...] | None
    ) -> list[Any]:
        """The next rows in the order of the primary key: key columns, then the value."""
        keys = list(table.primary_key.columns)
        wanted = select(*keys, column).order_by(*keys).limit(self._batch)
        if after is not None:
            wanted = wanted.where(tuple_(*keys) > tuple_(*after))
        return list(connection.execute(wanted).all())

    def _renew(self, connection: Connection, table: Table, column: Column[Any], key: list[Any], stored: str) -> int:
        """Renew one value, unless somebody else has changed it since it was read."""
        if self._vault.is_current(stored):
            return 0
        renewed = self._vault.renew(stored)
        mine = and_(*(part == value for part, value in zip(table.primary_key.columns, key, strict=True)))
        change = update(table).where(mine, column == stored).values({column: renewed})
        return int(connection.execute(change).rowcount)


def encrypted_columns() -> Iterator[tuple[Table, Column[Any]]]:
    """Every column that holds something encrypted."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            if column.info == ENCRYPTED:
                yield table, column
