"""What servers stand on stops, hangs, fills up or jumps: an honest answer within ten seconds, nothing lost."""

from __future__ import annotations

import resource
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from hip.launch.readiness import wait_for
from tests.conftest import Servers
from tests.scale.cluster import Cluster
from tests.scale.person import PROMISE, Person
from tests.scale.test_kills import carry_on
from tests.whole_assistant import running_assistant


def test_redis_is_frozen_and_goes_on(cluster: Cluster, person: Person) -> None:
    person.answer_until("age")
    cluster.redis.pause()
    assert not person.try_once("I am 63 and it is my left hip", "message-frozen")
    assert wait_for(lambda: not cluster.is_ready(), 15), "an answer is good for five seconds"
    cluster.redis.resume()
    person.say("I am 63 and it is my left hip", "message-frozen")
    carry_on(cluster, person)


def test_redis_is_restarted_between_two_messages(cluster: Cluster, person: Person) -> None:
    person.answer_until("age")
    cluster.redis.kill()
    cluster.redis.start()
    assert person.try_once("I am 63 and it is my left hip", "message-after"), "nobody notices"
    carry_on(cluster, person)


def test_postgresql_is_stopped_and_started(cluster: Cluster, person: Person) -> None:
    person.answer_until("age")
    cluster.postgresql.stop()
    assert not person.try_once("I am 63 and it is my left hip", "message-stopped")
    assert wait_for(lambda: not cluster.is_ready(), 15), "an answer is good for five seconds"
    cluster.postgresql.start()
    person.say("I am 63 and it is my left hip", "message-stopped")
    carry_on(cluster, person)


def test_the_action_servers_hang(cluster: Cluster, person: Person) -> None:
    person.answer_until("age")
    cluster.pause(*cluster.names("actions"))
    assert person.try_once("I am 63 and it is my left hip", "message-hangs"), "Rasa itself tells"
    assert "999" in person.text
    assert "111" in person.text
    cluster.resume(*cluster.names("actions"))
    person.say("shall I go on?")
    carry_on(cluster, person)


def test_the_rasa_servers_hang(cluster: Cluster, person: Person) -> None:
    person.answer_until("age")
    cluster.pause(*cluster.names("rasa"))
    assert not person.try_once("I am 63 and it is my left hip", "message-hangs")
    cluster.resume(*cluster.names("rasa"))
    person.say("I am 63 and it is my left hip", "message-hangs")
    carry_on(cluster, person)


@pytest.mark.parametrize("fault", ["missing", "broken"])
def test_the_model_file(cluster: Cluster, person: Person, tmp_path: Path, fault: str) -> None:
    """Rasa is restarted with it; readiness says no, people are told, and with the right file they go on."""
    person.answer_until("age")
    model = tmp_path / "assistant.tar.gz"
    if fault == "broken":
        model.write_bytes(cluster.model.read_bytes()[:100_000])
    rasas = cluster.names("rasa")
    right = {name: cluster.servers[name].command for name in rasas}
    cluster.kill(*rasas)
    for name in rasas:
        cluster.servers[name].command = [str(model) if part == str(cluster.model) else part for part in right[name]]
    cluster.start(*rasas)
    wait_for(lambda: cluster.is_ready(), 30)
    assert wait_for(lambda: not cluster.is_ready(), 15), "an answer is good for five seconds"
    assert not person.try_once("I am 63 and it is my left hip", "message-model")
    cluster.kill(*rasas)
    for name in rasas:
        cluster.servers[name].command = right[name]
    cluster.start(*rasas)
    cluster.wait_until_up(*rasas)
    person.say("I am 63 and it is my left hip", "message-model")
    carry_on(cluster, person)


@pytest.fixture
def one_machine(trained_model: Path, tmp_path: Path) -> Iterator[Servers]:
    """One of each server on SQLite, as `make run` starts them."""
    with running_assistant(tmp_path, trained_model) as servers:
        yield servers


def test_the_disk_of_sqlite_is_full(one_machine: Servers) -> None:
    """The limit on a file's size gives the same errors as a full disk, and needs no disk of its own."""
    person = Person(one_machine.settings.gateway_url).begin()
    person.answer_until("age")
    for process in one_machine.processes.values():
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
    assert not person.try_once("I am 63 and it is my left hip", "message-full")
    free = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
    for process in one_machine.processes.values():
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, free)
    person.say("I am 63 and it is my left hip", "message-full")
    person.answer_until(None)
    person.check_nothing_lost()
    assert person.slowest < PROMISE


def test_the_clock_jumps(trained_model: Path, tmp_path: Path) -> None:
    """Half an hour forth, then an hour back, in the middle of a conversation, for all servers at once."""
    faketime = shutil.which("faketime")
    assert faketime, "faketime is missing: `apt-get install faketime`, as root"
    offset = tmp_path / "offset"
    offset.write_text("+0")
    library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
    fake = [
        "env",
        *(f"LD_PRELOAD={library}", f"FAKETIME_TIMESTAMP_FILE={offset}", "FAKETIME_CACHE_DURATION=1"),
        "FAKETIME_DONT_FAKE_MONOTONIC=1",
    ]
    with running_assistant(tmp_path, trained_model, before=fake) as servers:
        person = Person(servers.settings.gateway_url).begin()
        person.answer_until("age")
        for jump in ("+30m", "-30m"):
            offset.write_text(jump)
            person.say({"+30m": "63", "-30m": "none of these"}[jump])
            assert person.refusals == []
        person.answer_until(None)
        assert person.outcome
        assert person.outcome["care_level"] == "consultation"
        person.check_nothing_lost()
