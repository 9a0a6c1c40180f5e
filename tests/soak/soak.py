"""Sends thousands of random messages over the public gateway, in random states, and looks for harm."""

from __future__ import annotations

import itertools
import json
import re
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import httpx2

from evaluation.player import custom_parts
from tests.conftest import Servers
from tests.conversations.chat import DETAILS, OTHERWISE, ROUTINE
from tests.soak.messages import MARK, Drawn, Messages

#: Refusals that are honest: nothing typed, too much typed, and a button that was not offered.
HONEST: Final = {400: "bad_request", 413: "too_long", 422: "not_offered"}
#: Random messages of one conversation.
LENGTH: Final = 50
#: The part of the messages after which memory must stay: caches are full, and every lazy import is done.
WARM_UP: Final = 0.25
MOST_GROWTH: Final = 0.10
_HARM: Final = re.compile(r"Traceback|Exception|\bERROR\b|\bCRITICAL\b|Error:|Task was destroyed|never awaited")
_STEPS: Final = 80


@dataclass
class Report:
    """What happened.

    Attributes:
        sent: random messages, by kind.
        answers: status codes of their answers.
        faults: what must not be, each once, with how often.
        memory: resident megabytes of each server: after how many messages, and how much.
        walks: how many conversations went on to a result afterwards.
        seconds: the whole took.
    """

    sent: Counter[str] = field(default_factory=Counter)
    answers: Counter[int] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    memory: list[tuple[int, dict[str, float]]] = field(default_factory=list)
    walks: int = 0
    seconds: float = 0.0

    @property
    def total(self) -> int:
        return self.sent.total()

    def growth(self) -> dict[str, float]:
        """Of each server since the end of the warm-up; 0.05 is five per cent."""
        warm = next(memory for after, memory in self.memory if after >= self.total * WARM_UP)
        return {name: self.memory[-1][1][name] / megabytes - 1 for name, megabytes in warm.items()}

    def misses(self, *, memory: bool = True) -> list[str]:
        """The bars that were missed."""
        missed = [f"{fault} ({times} times)" for fault, times in self.faults.most_common()]
        if memory:
            missed += [
                f"{name} grew by {growth:.1%} after the warm-up; the bar is {MOST_GROWTH:.0%}"
                for name, growth in self.growth().items()
                if growth >= MOST_GROWTH
            ]
        return missed


class Person:
    """One conversation over HTTP, that goes wrong on purpose."""

    def __init__(self, client: httpx2.Client, report: Report, guard: threading.Lock) -> None:
        self._client, self._report, self._guard = client, report, guard
        self._ids: Iterator[int] = itertools.count()
        self.replies: list[dict[str, Any]] = []
        response = client.post("/api/v1/sessions")
        assert response.status_code == 201, response.status_code
        self.token, self.replies = response.json()["token"], response.json()["messages"]

    @property
    def question(self) -> str | None:
        parts = custom_parts(self.replies, "question")
        return str(parts[-1]["id"]) if parts else None

    @property
    def buttons(self) -> list[tuple[str, str]]:
        return [(button["title"], button["payload"]) for reply in self.replies for button in reply["buttons"]]

    def send(self, text: str, payload: str | None = None) -> httpx2.Response:
        body: dict[str, str] = {"id": f"message-{next(self._ids)}", "text": text}
        if payload is not None:
            body["payload"] = payload
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        # ASCII throughout, as a browser may write it, so that halves of characters arrive too.
        response = self._client.post("/api/v1/messages", headers=headers, content=json.dumps(body))
        if response.status_code == 200:
            self.replies = response.json()["messages"]
        return response

    def bother(self, message: Drawn) -> None:
        """Send one random message and judge the answer."""
        try:
            response = self.send(message.text, message.payload)
        except httpx2.HTTPError as error:
            self._note(message, 0, f"{message.kind}: {type(error).__name__}")
            return
        fault = None
        if response.status_code == 200:
            if not any(reply["text"].strip() or reply["custom"] for reply in self.replies):
                fault = f"{message.kind}: silence"
        elif HONEST.get(response.status_code) != response.json()["error"]["code"]:
            fault = f"{message.kind}: status {response.status_code}"
        elif not response.json()["error"]["message"]:
            fault = f"{message.kind}: a refusal without a word"
        self._note(message, response.status_code, fault)

    def _note(self, message: Drawn, status: int, fault: str | None) -> None:
        with self._guard:
            self._report.sent[message.kind] += 1
            self._report.answers[status] += 1
            if fault:
                self._report.faults[fault] += 1

    def walk(self, steps: int) -> None:
        """Answer sensibly for some turns, which leads to a state to be bothered in."""
        for _ in range(steps):
            self.reply_sensibly()

    def reply_sensibly(self) -> None:
        answers = {**ROUTINE, **OTHERWISE, **DETAILS, "restart_confirm": "yes", "delete_confirm": "no"}
        text = answers.get(self.question or "", "start again")
        response = self.send(text)
        assert response.status_code == 200, f"status {response.status_code} to a sensible answer"
        assert self.replies, "silence after a sensible answer"

    def finish(self) -> bool:
        """Whether a sensible person comes to a result from here."""
        self.send("start again")
        for _ in range(_STEPS):
            if custom_parts(self.replies, "outcome"):
                return True
            self.reply_sensibly()
        return False


def resident(servers: Servers) -> dict[str, float]:
    """Megabytes of memory that each server and its children hold."""
    sizes = {}
    for name, process in servers.processes.items():
        total = 0
        for status in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = status.read_text().rpartition(")")[2].split()
                if int(fields[2]) == process.pid:  # of its process group
                    total += int(fields[21])
            except (OSError, IndexError, ValueError):
                continue
        sizes[name] = total * 4096 / 1e6
    return sizes


def soak(servers: Servers, messages: int, seed: int, people: int = 6, length: int = LENGTH, say: Any = None) -> Report:
    """Run until so many random messages were sent.

    Args:
        servers: a gateway, a Rasa server and an action server, answering.
        messages: how many random ones; sensible ones come beside them.
        seed: of everything that is drawn.
        people: conversations at a time.
        length: random messages of one conversation.
        say: told how far it is.
    """
    report, guard, began = Report(), threading.Lock(), time.monotonic()
    step = max(messages // 20, 1)

    def converse(number: int) -> None:
        drawn = Messages(f"{seed}-{number}")
        with httpx2.Client(base_url=servers.settings.gateway_url, timeout=20) as client:
            try:
                person = Person(client, report, guard)
                person.walk(drawn.random.randrange(22))
                for _ in range(min(length, messages - number * length)):
                    person.bother(drawn.draw(person.buttons))
                if not person.finish():
                    raise AssertionError(f"no way to a result from the question {person.question}")
                with guard:
                    report.walks += 1
            except (AssertionError, httpx2.HTTPError, KeyError, ValueError) as error:
                with guard:
                    report.faults[f"dead end: {type(error).__name__} {error}"] += 1

    measured = 0
    with ThreadPoolExecutor(people) as pool:
        for _ in pool.map(converse, range(-(-messages // length))):
            with guard:
                if report.total >= measured + step or report.total == messages:
                    measured = report.total
                    report.memory.append((measured, resident(servers)))
                    if say:
                        say(f"{measured} messages, {time.monotonic() - began:.0f} s, {report.memory[-1][1]}")
    report.seconds = time.monotonic() - began
    report.faults.update(harm_in_logs(servers))
    return report


def harm_in_logs(servers: Servers) -> Counter[str]:
    """Lines that tell of an exception, and anything that people typed."""
    found: Counter[str] = Counter()
    for name in servers.processes:
        for line in servers.log(name).splitlines():
            if MARK in line.lower():
                found[f"the log of {name} holds what was typed"] += 1
            if _HARM.search(line):
                found[f"the log of {name}: {line[:160]}"] += 1
    return found
