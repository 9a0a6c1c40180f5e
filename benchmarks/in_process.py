"""Rasa's agent with an action server in the same process, so that only what is compared differs between two runs.

Calls are turned into JSON and back as over HTTP, and their bytes are counted.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.agent import Agent
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

#: Answers an action call with events and responses.
Answer = Callable[[dict[str, Any]], Awaitable[dict[str, Any]]]


class InProcessActions(EndpointConfig):
    """An action endpoint that needs no network.

    Attributes:
        sent: the sizes of the calls since it was last emptied, in bytes.
    """

    def __init__(self, answer: Answer) -> None:
        super().__init__("http://in-process", enable_selective_domain=True)
        self._answer = answer
        self.sent: list[int] = []

    async def request(self, *_args: Any, **options: Any) -> Any:
        """See ``EndpointConfig.request``."""
        body = json.dumps(options["json"]).encode()
        self.sent.append(len(body))
        answer = await self._answer(json.loads(body))
        return json.loads(json.dumps(answer))


def run_actions(package: str) -> Answer:
    """The actions of a package, run by rasa-sdk as its server does."""
    from rasa_sdk.executor import ActionExecutor

    executor = ActionExecutor()
    executor.register_package(package)

    async def answer(call: dict[str, Any]) -> dict[str, Any]:
        result: dict[str, Any] = await executor.run(call)
        return result

    return answer


class Talk:
    """One conversation with an agent of its own.

    Args:
        model: path of the trained model.
        store: where it is kept.
        actions: the action endpoint.
        nlg: the response generator's endpoint; None for the domain's responses.
    """

    def __init__(
        self, model: str, store: TrackerStore, actions: InProcessActions, nlg: EndpointConfig | None = None
    ) -> None:
        self.agent = Agent.load(model, action_endpoint=actions, generator=nlg)
        self.actions = actions
        self.keep_in(store)

    def keep_in(self, store: TrackerStore) -> None:
        """Go on with another store, as after a restart."""
        store.domain = self.agent.domain
        self.agent.tracker_store = self.agent.processor.tracker_store = store

    async def say(self, text: str, sender: str) -> list[dict[str, Any]]:
        """The messages that come back."""
        return list(await self.agent.handle_text(text, sender_id=sender) or [])

    async def tracker(self, sender: str) -> DialogueStateTracker:
        """The conversation as the next message will find it."""
        found = await self.agent.tracker_store.retrieve(sender)
        assert found is not None
        return found
