"""Messages a second with one and with two of each server: printed, not asserted; this machine's cores are the limit."""

from __future__ import annotations

import asyncio
import os
import statistics
import time
from pathlib import Path

import httpx2
import pytest

from tests.conversations.chat import OTHERWISE, ROUTINE
from tests.scale.cluster import Cluster
from tests.scale.person import Person

PEOPLE = 32
SECONDS = 20.0
KINDS = ("nginx", "gateway", "rasa", "actions")


async def measure(cluster: Cluster) -> tuple[float, float, float, dict[str, float]]:
    """With people who answer at once.

    Returns:
        Messages a second, median and 95th percentile in ms, and ms of processor time a message by kind of server, which
        hardly depends on what else the machine does.
    """
    before = processor_time(cluster)
    took: list[float] = []
    end = time.monotonic() + SECONDS

    async def talk(client: httpx2.AsyncClient) -> None:
        person = Person(cluster.url)
        while time.monotonic() < end:
            if person.outcome or not person.token:
                response = await client.post(f"{cluster.url}/api/v1/sessions")
                assert response.status_code == 201, response.text
                person = Person(cluster.url, response.json()["token"])
            else:
                body = {"id": person.new_id(), "text": {**ROUTINE, **OTHERWISE}[person.question or ""]}
                began = time.monotonic()
                response = await client.post(
                    f"{cluster.url}/api/v1/messages", json=body, headers={"Authorization": f"Bearer {person.token}"}
                )
                assert response.status_code == 200, response.text
                took.append(time.monotonic() - began)
            person.replies = response.json()["messages"]

    async with httpx2.AsyncClient(timeout=60, limits=httpx2.Limits(max_connections=PEOPLE)) as client:
        await asyncio.gather(*(talk(client) for _ in range(PEOPLE)))
    used = {kind: (seconds - before[kind]) * 1000 / len(took) for kind, seconds in processor_time(cluster).items()}
    return len(took) / SECONDS, statistics.median(took) * 1000, statistics.quantiles(took, n=20)[-1] * 1000, used


def processor_time(cluster: Cluster) -> dict[str, float]:
    """Seconds of processor time so far, by kind of server; a process that has ended counts with its parent."""
    pids = {kind: [cluster.servers[name].process for name in cluster.names(kind)] for kind in KINDS}
    pids |= {"redis": [cluster.redis.process], "postgresql": [cluster.postgresql.process]}
    return {kind: sum(spent(process.pid) for process in each if process) for kind, each in pids.items()}


def spent(pid: int) -> float:
    """Seconds of a process, of its children, and of those that have ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except (FileNotFoundError, ProcessLookupError):  # it has just ended, so its parent has its time
        return 0.0
    ticks = sum(int(field) for field in fields[11:15])  # utime, stime, cutime, cstime: see proc(5)
    return ticks / os.sysconf("SC_CLK_TCK") + sum(spent(int(child)) for child in children)


def resident(pid: int) -> int:
    """Megabytes of memory that a process has to itself, with its share of what it shares."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    (kilobytes,) = (line.split()[1] for line in lines if line.startswith("Pss:"))
    return int(kilobytes) // 1024


async def test_throughput(cluster: Cluster, capsys: pytest.CaptureFixture[str]) -> None:
    rows = []
    for count in (2, 1):
        for number in range(count, cluster.count):
            cluster.kill(f"rasa-{number}", f"actions-{number}", f"gateway-{number}")
        await measure(cluster)  # caches fill, connections open
        rows.append((count, *await measure(cluster)))
    with capsys.disabled():
        print(
            f"\n{PEOPLE} conversations at once, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} from all together"
        )
        for count, rate, median, slow, used in rows:
            print(f"{count} of each server: {rate:.1f} messages/s, p50 {median:.0f} ms, p95 {slow:.0f} ms")
            print(" ", ", ".join(f"{kind} {spent:.1f} ms" for kind, spent in used.items()), "of a processor a message")
        for name, server in cluster.servers.items():
            if server.process:
                print(f"{name}: {resident(server.process.pid)} MB")
    assert all(rate > 0 for _, rate, *_ in rows)
