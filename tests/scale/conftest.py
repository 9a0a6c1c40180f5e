"""One cluster for all tests of this folder; each finds it whole."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from hip.launch.readiness import wait_for
from tests.scale.cluster import START_SECONDS, Cluster, running_cluster
from tests.scale.person import Person


@pytest.fixture(scope="session")
def shared_cluster(trained_model: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with running_cluster(tmp_path_factory.mktemp("cluster"), trained_model) as cluster:
        yield cluster


@pytest.fixture
def cluster(shared_cluster: Cluster) -> Iterator[Cluster]:
    """The cluster; what a test killed or paused runs again after it."""
    yield shared_cluster
    heal(shared_cluster)


def heal(cluster: Cluster) -> None:
    """Start what is dead, wake what sleeps, and wait until a message is answered by each gateway."""
    for name, server in cluster.servers.items():
        if server.process is None or server.process.poll() is not None:
            server.process = None
            cluster.start(name)
        else:
            cluster.signal(signal.SIGCONT, name)
    cluster.wait_until_up()
    for number in range(cluster.count):
        assert wait_for(lambda number=number: cluster.is_ready(number), START_SECONDS), cluster.log(f"gateway-{number}")


@pytest.fixture
def person(cluster: Cluster) -> Person:
    return Person(cluster.url).begin()
