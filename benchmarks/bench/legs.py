"""One leg of the run: an assistant is started, talked to by one person and by 32 at once, looked at, and stopped."""

from __future__ import annotations

import asyncio
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Final

import psutil

from benchmarks.bench.assistants import AROUND, CORE, Start
from benchmarks.bench.databases import Databases
from benchmarks.bench.load import Played, play
from benchmarks.bench.script import Conversation
from benchmarks.bench.servers import Servers, processor_time
from hip.launch.failure import LaunchError

AT_ONCE: Final = 32


@dataclass(frozen=True)
class Plan:
    """Whose conversations are played.

    Attributes:
        warm: not counted: caches fill, connections open.
        alone: one after the other.
        crowd: ``AT_ONCE`` at once.
    """

    warm: Sequence[Conversation]
    alone: Sequence[Conversation]
    crowd: Sequence[Conversation]


@dataclass(frozen=True)
class Leg:
    """What one leg found; ``_1`` is with one conversation at a time, ``_32`` with 32 at once.

    Attributes:
        start_s: from starting the processes until the first answer.
        rate_1, rate_32: messages a second.
        median_ms_1, median_ms_32: median time of a message.
        p95_ms_1, p95_ms_32: 95 % of messages took no longer.
        processor_ms: processor time a message at 32, of all servers and the database.
        memory_mb: resident (RSS) of Rasa and action server after that, with all they started.
        memory_pss_mb: the same, with what processes share counted once (PSS).
        around_mb: resident of gateway, staff page and retention; 0 when they do not run.
        elsewhere: processor cores that neither assistant, database nor this program used meanwhile.
        silent: messages without a reply, of those at 32.
        finished: share of conversations that came to an outcome, of those at 32.
        messages: how many at 32.
    """

    start_s: float
    rate_1: float
    median_ms_1: float
    p95_ms_1: float
    rate_32: float
    median_ms_32: float
    p95_ms_32: float
    processor_ms: float
    memory_mb: float
    memory_pss_mb: float
    around_mb: float
    elsewhere: float
    silent: float
    finished: float
    messages: float


def run_leg(start: Start, plan: Plan, databases: Databases) -> Leg:
    """Start, play, look, stop.

    Raises:
        LaunchError: it did not start, or no conversation came to its end, so that the figures would be of nothing.
    """
    with tempfile.TemporaryDirectory(prefix="hip-bench-") as folder, Servers(Path(folder)) as servers:
        started = start(servers, databases)
        asyncio.run(play(started.channel, plan.warm, AT_ONCE))
        alone = asyncio.run(play(started.channel, plan.alone, 1))
        spent, busy, began = servers.processor_time(*databases.processes), _busy(), time.monotonic()
        own = processor_time([psutil.Process()])
        crowd = asyncio.run(play(started.channel, plan.crowd, AT_ONCE))
        spent = servers.processor_time(*databases.processes) - spent
        elsewhere = _busy() - busy - spent - (processor_time([psutil.Process()]) - own)
        seconds = time.monotonic() - began
        core = servers.memory(*CORE)
        around = servers.memory(*(name for name in AROUND if name in servers.processes))
        if not crowd.finished:
            raise LaunchError(f"no conversation came to its end: {_tail(servers.folder)}")
    return Leg(
        start_s=started.seconds,
        **_times(alone, "1"),
        **_times(crowd, "32"),
        processor_ms=1000 * spent / len(crowd.took),
        memory_mb=core.rss,
        memory_pss_mb=core.pss,
        around_mb=around.rss,
        elsewhere=max(0.0, elsewhere / seconds),
        silent=crowd.silent,
        finished=crowd.finished / len(plan.crowd),
        messages=len(crowd.took),
    )


def median_of(legs: Sequence[Leg]) -> Leg:
    """The median of each figure."""
    return Leg(*map(statistics.median, zip(*map(astuple, legs), strict=True)))


def _times(played: Played, name: str) -> dict[str, float]:
    return {
        f"rate_{name}": played.rate,
        f"median_ms_{name}": played.median_ms,
        f"p95_ms_{name}": played.p95_ms,
    }


def _busy() -> float:
    """Seconds that all cores together have worked."""
    times = psutil.cpu_times()
    return float(sum(times) - times.idle - times.iowait - times.guest - times.guest_nice)


def _tail(folder: Path) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace")[-2000:] for log in folder.glob("*.log"))


def load_average() -> float:
    """Of the last minute."""
    return os.getloadavg()[0]
