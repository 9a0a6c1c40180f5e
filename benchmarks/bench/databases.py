"""The database behind both assistants: a PostgreSQL server of its own where its binaries are, else SQLite files."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from tests.postgresql_server import PostgresqlServer


@dataclass
class Databases:
    """Gives new, empty databases.

    Attributes:
        folder: of SQLite files.
        server: PostgreSQL, if there is one.
    """

    folder: Path
    server: PostgresqlServer | None = None
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def kind(self) -> str:
        """In words."""
        return "SQLite" if self.server is None else "PostgreSQL"

    @property
    def processes(self) -> tuple[psutil.Process, ...]:
        """What runs apart from the assistants; SQLite is part of them."""
        if self.server is None or self.server.process is None:
            return ()
        return (psutil.Process(self.server.process.pid),)

    def new(self) -> str:
        """The SQLAlchemy URL of another database."""
        name = f"bench{next(self._numbers)}"
        if self.server is None:
            return f"sqlite:///{self.folder}/{name}.db"
        self.server.run("createdb", name)
        return self.server.url.replace("/postgres?", f"/{name}?")


@contextmanager
def open_databases(folder: Path, sqlite: bool = False) -> Iterator[Databases]:
    """Until the block ends.

    Args:
        folder: a temporary one.
        sqlite: use SQLite even where PostgreSQL is.
    """
    if sqlite or find_spec("pgserver") is None:
        yield Databases(folder)
        return
    from tests.postgresql_server import running_postgresql

    with running_postgresql() as server:
        yield Databases(folder, server)
