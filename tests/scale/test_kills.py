"""Each process is killed in the middle of a message: an honest answer in ten seconds, nothing lost, and on it goes."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import httpx2

from hip.launch.readiness import wait_for
from tests.scale.cluster import Cluster
from tests.scale.looking import find_record
from tests.scale.person import PROMISE, Person


@contextmanager
def a_message_under_way(cluster: Cluster, person: Person, said: str) -> Iterator[Callable[[], bool | None]]:
    """Send a message whose action hangs, so that everything before it is in the middle of it.

    Gives a function that waits for the end: whether it was answered, or None when the connection broke.
    """
    ended: list[bool | None] = []

    def send() -> None:
        try:
            ended.append(person.try_once(said, "message-under-way"))
        except httpx2.HTTPError:
            ended.append(None)

    def wait() -> bool | None:
        thread.join(60)
        return ended[0]

    cluster.pause(*cluster.names("actions"))
    thread = threading.Thread(target=send)
    thread.start()
    assert wait_for(lambda: holders(cluster) != [], 30), "the message never got to Rasa"
    time.sleep(0.5)  # from the lock to the action
    yield wait
    thread.join(60)


def holders(cluster: Cluster) -> list[str]:
    """The tickets that hold a lock now."""
    with cluster.redis.ask() as redis:
        return [str(redis.get(key)) for key in redis.keys("hip:lock:*:holder")]


def rasa_at_work(cluster: Cluster) -> str:
    """The Rasa server that has the message."""
    (ticket,) = holders(cluster)
    return cluster.name_of(int(ticket.split(":")[0].split(".")[-2]))


def carry_on(cluster: Cluster, person: Person) -> None:
    """To the result, and look at what is in the database."""
    person.answer_until(None)
    assert person.outcome
    assert person.outcome["care_level"] == "consultation"
    person.check_nothing_lost()
    assert person.slowest < PROMISE
    answers = find_record(cluster.settings, person.outcome["reference"]).answers
    assert answers["age"] == 63
    assert answers["side"] == "left"


def test_the_action_servers(cluster: Cluster, person: Person) -> None:
    person.answer_until("age")
    with a_message_under_way(cluster, person, "I am 63 and it is my left hip") as end:
        cluster.kill(*cluster.names("actions"))
        assert end() is True, "Rasa itself tells"
    assert "999" in person.text
    assert "111" in person.text
    cluster.start(*cluster.names("actions"))
    cluster.wait_until_up(*cluster.names("actions"))
    person.say("shall I go on?")
    carry_on(cluster, person)


def test_the_rasa_server_that_has_it(cluster: Cluster, person: Person) -> None:
    person.answer_until("age")
    with a_message_under_way(cluster, person, "I am 63 and it is my left hip") as end:
        cluster.kill(rasa_at_work(cluster))
        assert end() is False
        cluster.resume(*cluster.names("actions"))
        person.say("I am 63 and it is my left hip", "message-under-way")
    carry_on(cluster, person)


def test_the_gateways(cluster: Cluster, person: Person) -> None:
    person.answer_until("age")
    with a_message_under_way(cluster, person, "I am 63 and it is my left hip") as end:
        cluster.kill(*cluster.names("gateway"))
        assert end() is False, "nginx tells"
        assert person.refusals[-1][:2] == (503, "unavailable")
        cluster.resume(*cluster.names("actions"))
        cluster.start(*cluster.names("gateway"))
        cluster.wait_until_up(*cluster.names("gateway"))
        person.say("I am 63 and it is my left hip", "message-under-way")
    carry_on(cluster, person)


def test_the_proxy(cluster: Cluster, person: Person) -> None:
    person.answer_until("age")
    with a_message_under_way(cluster, person, "I am 63 and it is my left hip") as end:
        cluster.kill("nginx")
        assert end() is None, "the widget tells: nobody is left who could"
        cluster.resume(*cluster.names("actions"))
        cluster.start("nginx")
        cluster.wait_until_up("nginx")
        person.say("I am 63 and it is my left hip", "message-under-way")
    carry_on(cluster, person)


def test_redis(cluster: Cluster, person: Person) -> None:
    person.answer_until("age")
    with a_message_under_way(cluster, person, "I am 63 and it is my left hip"):
        cluster.redis.kill()
        cluster.resume(*cluster.names("actions"))
    assert not person.try_once("hello?", "message-without-redis"), "without locks nothing is read"
    cluster.redis.start()
    person.say("I am 63 and it is my left hip", "message-under-way")
    person.say("hello?", "message-without-redis")
    carry_on(cluster, person)


def test_postgresql(cluster: Cluster, person: Person) -> None:
    person.answer_until("age")
    with a_message_under_way(cluster, person, "I am 63 and it is my left hip") as end:
        cluster.postgresql.kill()
        cluster.resume(*cluster.names("actions"))
        assert end() is False
    assert wait_for(lambda: not cluster.is_ready(), 15), "an answer is good for five seconds"
    cluster.postgresql.start()
    person.say("I am 63 and it is my left hip", "message-under-way")
    carry_on(cluster, person)
