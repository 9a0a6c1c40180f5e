"""What reading and writing a conversation costs with none and with 100,000 finished ones beside it.

``python -m benchmarks.stored`` fills SQLite files and databases of a PostgreSQL server of its own, takes turns between
the empty and the full one, so that a busy machine slows both alike, and prints the query plans. The last line is JSON.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy.engine import Engine

from benchmarks.query_plans import explain, fill
from hip.records import build_engine
from hip.records.encryption import Vault, new_data_key
from hip.records.migration import migrate
from hip.records.trackers import Events, Trackers

FINISHED = 100_000
MESSAGES = 1000
#: Conversations under way at once.
OPEN = 32
#: Of a stored conversation, about what ``benchmarks.length`` finds.
LENGTH = 8_000


def make_events(seed: int) -> Events:
    """Events that are stored in about ``LENGTH`` bytes."""
    draw = random.Random(seed)
    letters = "abcdefghijklmnopqrstuvwxyz     "
    text = lambda length: "".join(draw.choice(letters) for _ in range(length))  # noqa: E731
    return [{"event": "user", "timestamp": 1.0, "text": text(150), "parse_data": {"n": n}} for n in range(60)]


@contextmanager
def databases(folder: Path) -> Iterator[dict[str, tuple[str, str]]]:
    """URLs of two databases for each kind."""
    os.environ.setdefault("XDG_RUNTIME_DIR", str(folder))
    import pgserver
    from sqlalchemy import create_engine, text

    server = pgserver.get_server(folder / "pg", cleanup_mode="delete")
    try:
        engine = create_engine(server.get_uri(), future=True, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for name in ("empty", "full"):
                connection.execute(text(f'CREATE DATABASE "{name}"'))
        engine.dispose()
        yield {
            "sqlite": (f"sqlite:///{folder}/empty.db", f"sqlite:///{folder}/full.db"),
            "postgresql": (server.get_uri("empty"), server.get_uri("full")),
        }
    finally:
        server.cleanup()


def time_messages(engines: tuple[Engine, Engine]) -> tuple[float, float]:
    """The median milliseconds of a read and a write, in the empty and in the full database."""
    vault = Vault([new_data_key()])
    rows = [Trackers(engine, vault) for engine in engines]
    events = make_events(0)
    for each in rows:
        for number in range(OPEN):
            each.write(f"open-{number}", events, None)
    took: tuple[list[float], list[float]] = ([], [])
    for message in range(MESSAGES):
        for each, times in zip(rows, took, strict=True):
            begun = time.perf_counter()
            stored = each.read(f"open-{message % OPEN}")
            assert stored is not None
            each.write(stored.sender, stored.events, stored.version)
            times.append((time.perf_counter() - begun) * 1000)
    return statistics.median(took[0]), statistics.median(took[1])


def main() -> None:
    """Print plans, table and JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--finished", type=int, default=FINISHED, help="conversations in the full database")
    finished = parser.parse_args().finished
    figures: dict[str, dict[str, float]] = {}
    with tempfile.TemporaryDirectory(prefix="hip-") as folder, databases(Path(folder)) as urls:
        for backend, pair in urls.items():
            for url in pair:
                migrate(url)
            engine = build_engine(pair[1], wait=600_000)
            fill(engine, finished, LENGTH)
            for name, plan in explain(engine).items():
                print(f"{backend}, {name}:\n  " + plan.replace("\n", "\n  "))
            engine.dispose()
            both = build_engine(pair[0], single=True), build_engine(pair[1], single=True)
            empty, full = time_messages(both)
            for each in both:
                each.dispose()
            figures[backend] = {"empty_ms": round(empty, 3), "full_ms": round(full, 3), "ratio": round(full / empty, 3)}
    print(f"\n{'database':12}{'0 finished, ms':>16}{f'{finished:,} finished, ms':>26}{'ratio':>8}")
    for backend, row in figures.items():
        print(f"{backend:12}{row['empty_ms']:16.2f}{row['full_ms']:26.2f}{row['ratio']:8.2f}")
    ratios = {backend: row["ratio"] for backend, row in figures.items()}
    print(json.dumps({"stored_ratio": ratios, "finished": finished, "figures": figures}))


if __name__ == "__main__":
    main()
