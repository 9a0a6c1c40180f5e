"""A person at the widget: messages have ids and are sent again until they are answered, as the widget does it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx2

from evaluation.player import custom_parts
from hip.engine import timeouts
from tests.conversations.chat import OTHERWISE, ROUTINE

#: A message is answered or honestly refused within this.
PROMISE = 10.0


@dataclass
class Person:
    """One conversation over the public address.

    Attributes:
        url: of the public proxy.
        said: every text that was sent, in its order.
        refusals: what came back instead of answers, and how long each took, in seconds.
    """

    url: str
    token: str = ""
    said: list[str] = field(default_factory=list)
    replies: list[dict[str, Any]] = field(default_factory=list)
    refusals: list[tuple[int, str, float]] = field(default_factory=list)
    slowest: float = 0.0
    _ids: Iterator[int] = field(default_factory=itertools.count)
    _sent: set[str] = field(default_factory=set)

    def begin(self) -> Person:
        status, body = self.ask("POST", "sessions")
        assert status == 201, body
        self.token, self.replies = body["token"], body["messages"]
        return self

    def ask(self, method: str, path: str, **more: Any) -> tuple[int, dict[str, Any]]:
        """One request on a connection of its own, with the time it took."""
        began = time.monotonic()
        response = httpx2.request(
            method,
            f"{self.url}/api/v1/{path}",
            headers={"Authorization": f"Bearer {self.token}"} if self.token else {},
            timeout=timeouts.WIDGET,
            **more,
        )
        self.slowest = max(self.slowest, time.monotonic() - began)
        return response.status_code, response.json()

    def try_once(self, text: str, message_id: str) -> bool:
        """Send a message; whether it was answered. A refusal must be honest."""
        if message_id not in self._sent:
            self._sent.add(message_id)
            self.said.append(text)
        began = time.monotonic()
        status, body = self.ask("POST", "messages", json={"id": message_id, "text": text})
        if status == 200:
            self.replies = body["messages"]
            assert self.replies, "silence"
            return True
        message = body["error"]["message"]
        assert "999" in message, message
        assert "111" in message, message
        self.refusals.append((status, body["error"]["code"], time.monotonic() - began))
        return False

    def new_id(self) -> str:
        return f"message-{next(self._ids)}"

    def say(self, text: str, message_id: str | None = None, patience: float = 120) -> list[dict[str, Any]]:
        """Send a message until it is answered."""
        message_id = message_id or self.new_id()
        end = time.monotonic() + patience
        while not self.try_once(text, message_id):
            assert time.monotonic() < end, f"no answer: {self.refusals}"
            time.sleep(0.5)
        return self.replies

    @property
    def text(self) -> str:
        return "\n".join(reply["text"] for reply in self.replies)

    @property
    def question(self) -> str | None:
        parts = custom_parts(self.replies, "question")
        return str(parts[-1]["id"]) if parts else None

    @property
    def outcome(self) -> dict[str, Any] | None:
        parts = custom_parts(self.replies, "outcome")
        return dict(parts[-1]) if parts else None

    def answer_until(self, question: str | None) -> None:
        """Answer as a person without anything urgent, until this question, or until the result."""
        for _ in range(40):
            if self.question == question or (question is None and self.outcome):
                return
            assert self.question, self.text
            self.say({**ROUTINE, **OTHERWISE}[self.question])
        raise AssertionError(f"never came to {question}")

    def history(self) -> list[dict[str, Any]]:
        status, body = self.ask("GET", "messages")
        assert status == 200, body
        return list(body["messages"])

    def check_nothing_lost(self) -> None:
        """Each message that was said stands in the database once, in its order, with an answer after it."""
        messages = self.history()
        said = [message["text"] for message in messages if message["from"] == "person"]
        assert said == self.said
        for message, after in itertools.pairwise([*messages, {"from": "person"}]):
            assert (message["from"], after["from"]) != ("person", "person"), "one was never answered"
