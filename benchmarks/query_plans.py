"""How the databases find a conversation among many: fills the table, and asks for the plans of its statements."""

from __future__ import annotations

import base64
import random
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import event, insert
from sqlalchemy.engine import Engine

from hip.records.keys import conversation_key
from hip.records.trackers import INSERT, READ, UPDATE, tracker

_WHEN = datetime(2026, 11, 25, tzinfo=UTC)
_BATCH = 10_000

#: The three statements with values for each.
STATEMENTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "read": (READ, {"key": conversation_key("finished-7")}),
    "first write": (
        INSERT,
        {"conversation_hash": conversation_key("new"), "version": 1, "updated_at": _WHEN, "content": "x"},
    ),
    "write": (
        UPDATE,
        {"key": conversation_key("finished-7"), "before": 9, "version": 10, "updated_at": _WHEN, "content": "x"},
    ),
}


def fill(engine: Engine, finished: int, length: int) -> None:
    """Put finished conversations into the table, and let the database count what it has.

    Args:
        engine: of a migrated database.
        finished: how many.
        length: of what is stored of each, in bytes.
    """
    # As what is encrypted, it cannot be made smaller.
    content = base64.b64encode(random.Random(0).randbytes(length)).decode()[:length]
    with engine.begin() as connection:
        for start in range(0, finished, _BATCH):
            rows = [
                {"conversation_hash": conversation_key(f"finished-{n}"), "version": 9, "content": content}
                for n in range(start, min(start + _BATCH, finished))
            ]
            connection.execute(insert(tracker).values(updated_at=_WHEN), rows)
        connection.exec_driver_sql("ANALYZE tracker")


def explain(engine: Engine) -> dict[str, str]:
    """The plan of each of ``STATEMENTS`` as the database tells it; nothing is changed.

    Args:
        engine: on which a statement can be taken back: not one of ``single=True``.
    """
    ask = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
    plans = {}
    with engine.connect() as connection:
        sent: list[tuple[str, Any]] = []
        event.listen(connection, "before_cursor_execute", lambda _c, _u, sql, values, *_: sent.append((sql, values)))
        for name, (statement, values) in STATEMENTS.items():
            connection.execute(statement, values)
            rows = connection.exec_driver_sql(ask + sent[-1][0], sent[-1][1]).all()
            connection.rollback()
            plans[name] = "\n".join(str(row[-1]) for row in rows)
    return plans
