"""Where Rasa keeps conversations: its SQL store on the database of our settings, fit for more than one user."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.domain import Domain
from sqlalchemy.engine import make_url

from hip.engine.source import Original
from hip.settings import get_settings

REPLACES: Final = (
    Original("rasa.core.tracker_store", "SQLTrackerStore.__init__", (1061, 1120), "8038560682dec80d"),
    Original("rasa.core.tracker_store", "_load_from_module_name_in_endpoint_config", (1540, 1568), "338175cb10d79768"),
    Original("rasa.core.tracker_store", "SQLTrackerStore.SQLEvent", (1046, 1059), "b53d96b853109b3a"),
)


class ConversationStore(SQLTrackerStore):
    """Rasa's SQL store; SQLite in write-ahead mode, and no conversation in the text of a database error."""

    def __init__(self, domain: Domain | None = None, host: str | None = None, **kwargs: Any) -> None:
        """Open the store.

        Args:
            domain: the model's domain.
            host: an SQLAlchemy URL; the one of the settings when None.
            kwargs: what Rasa passes on, such as the event broker.
        """
        url = host or get_settings().tracker_database_url
        prepare_database(url)
        super().__init__(domain=domain, host=url, **kwargs)
        self.engine.hide_parameters = True


def prepare_database(url: str) -> None:
    """Make the folder of an SQLite file, and let the file be read while it is written; the file keeps that mode.

    Python's sqlite3 by itself waits five seconds for another writer before it gives up.
    """
    parsed = make_url(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return
    Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        connection.execute(sa.text("PRAGMA journal_mode=WAL"))
    engine.dispose()
