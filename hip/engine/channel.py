"""Rasa's REST channel, which answers a repeated message as it answered it first.

When a connection breaks, the gateway cannot know whether Rasa has read the message. It sends it again and says so; a
"no" that is read twice would answer the next question, too, which nobody had asked yet.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Final

from rasa.core.channels.channel import CollectingOutputChannel, UserMessage
from rasa.core.channels.rest import RestInput
from rasa.shared.core.events import BotUttered, Event, UserUttered
from sanic import Blueprint, Sanic

from hip.dialogue.history import History, length_of_fold
from hip.engine.readiness import add_readiness
from hip.engine.source import Original

#: Nothing is replaced here; that a repeat finds the first message rests on these.
REPLACES: Final = (
    Original("rasa.core.channels.rest", "RestInput.blueprint", (121, 182), "1dfd941b6ea317dc"),
    Original("rasa.core.channels.rest", "RestInput.get_metadata", (65, 78), "7f81c0edcd341153"),
    Original("rasa.core.channels.channel", "register", (83, 98), "2c5ba237af1c5886"),
)


class RepeatableRest(RestInput):
    """Takes ``metadata: {"message_id": ..., "repeat": true}`` beside sender and message."""

    @classmethod
    def name(cls) -> str:
        """The same address as Rasa's own: ``/webhooks/rest/webhook``."""
        return "rest"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Rasa's own endpoint, with the check before it."""

        async def once(message: UserMessage) -> None:
            metadata = message.metadata if isinstance(message.metadata, dict) else {}
            if not metadata.get("repeat") or not await _say_again(message, metadata.get("message_id")):
                try:
                    await on_new_message(message)
                except BaseException:
                    _take_back(message)
                    raise

        blueprint: Blueprint = super().blueprint(once)
        add_readiness(blueprint)
        return blueprint


def _take_back(message: UserMessage) -> None:
    """Say nothing when the turn could not be stored: the person would go on from what Rasa does not know."""
    if type(message.output_channel) is CollectingOutputChannel:
        message.output_channel.messages.clear()


async def _say_again(message: UserMessage, message_id: object) -> bool:
    """Give the answer that the message got before.

    Returns:
        Whether it had one.
    """
    agent = Sanic.get_app().ctx.agent
    async with agent.lock_store.lock(message.sender_id):  # it may still be at work on the first one
        tracker = await agent.tracker_store.retrieve(message.sender_id)
    events = list(tracker.events) if tracker else []
    answer = find_answer(events, message_id) or _answer_since(events, message_id)
    for said in answer:
        await message.output_channel.send_response(message.sender_id, said)
    return bool(answer)


def _answer_since(events: list[Event], message_id: object) -> list[dict[str, Any]]:
    """The latest answer, for a message so long ago that its own was folded away: it must not be read twice."""
    if message_id not in History.of(events[: length_of_fold(events)]).message_ids:
        return []
    return find_answer(events, History.of(events).message_ids[-1])


def find_answer(events: list[Event], message_id: object) -> list[dict[str, Any]]:
    """What the assistant said to a message.

    Args:
        events: of the conversation.
        message_id: of the message; the last one with it counts.

    Returns:
        Messages as ``OutputChannel.send_response`` takes them; empty when there is no such message or no answer to it.
    """
    answer: list[dict[str, Any]] = []
    for event in reversed(events):
        if isinstance(event, BotUttered):
            parts = {name: part for name, part in event.data.items() if part}
            answer.insert(0, {"text": event.text, **parts} if event.text else parts)
        elif isinstance(event, UserUttered):
            if event.metadata.get("message_id") == message_id:
                return answer
            answer = []
    return []
