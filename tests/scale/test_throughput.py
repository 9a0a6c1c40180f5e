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


async def measure(cluster: Cluster) -> tuple[float, float, float]:
    """Messages a second, median and 95th percentile in ms, with people who answer at once."""
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
    return len(took) / SECONDS, statistics.median(took) * 1000, statistics.quantiles(took, n=20)[-1] * 1000


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
        for count, rate, median, slow in rows:
            print(f"{count} of each server: {rate:.1f} messages/s, p50 {median:.0f} ms, p95 {slow:.0f} ms")
        for name, server in cluster.servers.items():
            if server.process:
                print(f"{name}: {resident(server.process.pid)} MB")
    assert all(rate > 0 for _, rate, _, _ in rows)
