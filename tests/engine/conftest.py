"""A tiny Rasa project with one form, trained once, and an action server that fails as it is told to."""

from __future__ import annotations

import asyncio
import json
import shutil
import threading
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import rasa
from rasa.core.agent import Agent
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from hip.launch.readiness import free_port
from hip.settings import get_settings
from tests.databases import empty_url, new_url, postgresql

__all__ = ["empty_url", "new_url", "postgresql"]

TINY = Path(__file__).parent / "tiny"


@pytest.fixture(scope="session")
def tiny_project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A trained copy of the tiny project; the model is in ``models/tiny.tar.gz``."""
    root = tmp_path_factory.mktemp("tiny") / "project"
    shutil.copytree(TINY, root)
    rasa.train(
        domain=str(root / "domain.yml"),
        config=str(root / "config.yml"),
        training_files=[str(root / "data")],
        output=str(root / "models"),
        fixed_model_name="tiny",
        force_training=True,
    )
    return root


@dataclass
class FakeActions:
    """An action server whose answers a test can spoil.

    Attributes:
        fault: how it fails; "" answers properly.
        failing: the actions that fail; empty for all.
        calls: the actions called so far.
    """

    port: int
    fault: str = ""
    failing: frozenset[str] = frozenset()
    calls: list[str] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/webhook"

    def answer(self, call: dict[str, Any]) -> tuple[int, bytes]:
        """Status and body for one call."""
        name = call["next_action"]
        self.calls.append(name)
        if self.fault and (not self.failing or name in self.failing):
            return self._fail(call)
        return 200, json.dumps(proper_answer(name, call["tracker"]["slots"])).encode()

    def _fail(self, call: dict[str, Any]) -> tuple[int, bytes]:
        if self.fault == "hang":
            self.released.wait(20)
        bodies: dict[str, tuple[int, bytes]] = {
            "hang": (200, b"{}"),
            "error": (500, json.dumps({"error": "x", "request_body": call}).encode()),
            "not json": (200, b"<html>"),
            "wrong shape": (200, b'{"events": "none"}'),
            "unknown event": (200, b'{"events": [{"event": "no such event"}], "responses": []}'),
            "odd refusal": (400, b"[]"),
            "no action": (404, b"{}"),
        }
        return bodies[self.fault]


def proper_answer(name: str, slots: dict[str, Any]) -> dict[str, Any]:
    """What an action of the tiny project answers to these slots."""
    events: list[dict[str, Any]] = []
    responses: list[dict[str, Any]] = []
    if name == "validate_little_form":
        missing = next((slot for slot in ("side", "score") if slots[slot] is None), None)
        events = [{"event": "slot", "name": "requested_slot", "value": missing}]
    elif name == "action_explain":
        responses = [{"text": "Because it helps."}]
    elif name == "action_ask_score":
        responses = [{"text": "How bad?"}]
    return {"events": events, "responses": responses}


@pytest.fixture
def actions() -> Iterator[FakeActions]:
    """A running action server that answers properly until told otherwise."""
    fake = FakeActions(free_port())

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            status, body = fake.answer(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: Any) -> None:
            """Nothing: the output of a test is its own."""

    server = ThreadingHTTPServer(("127.0.0.1", fake.port), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield fake
    fake.released.set()
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Chat:
    """One conversation with the tiny assistant."""

    agent: Agent

    async def say(self, text: str) -> list[str]:
        """The texts answered."""
        return [message["text"] for message in await self.agent.handle_text(text, sender_id="somebody") or []]

    async def tracker(self) -> DialogueStateTracker:
        found = await self.agent.tracker_store.retrieve("somebody")
        assert found is not None
        return found


@pytest.fixture
async def chat(tiny_project: Path, actions: FakeActions, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Chat]:
    """A new conversation, with calls to the action server that give up after half a second."""
    monkeypatch.setenv("ACTION_TIMEOUT_SECONDS", "0.5")
    get_settings.cache_clear()
    endpoint = EndpointConfig(actions.url)
    yield Chat(Agent.load(str(tiny_project / "models" / "tiny.tar.gz"), action_endpoint=endpoint))
    await asyncio.sleep(0.05)  # connections given up on are closed in the loop's next rounds
    get_settings.cache_clear()
