"""The base of every action: whatever breaks, the person gets an honest message with 999 and 111; nothing is lost."""

from __future__ import annotations

import logging
from abc import ABC, abstractmethod
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from hip.dialogue.state import CARE_LEVEL_SLOT
from hip.triage.levels import CareLevel

logger = logging.getLogger(__name__)

Events = list[dict[str, Any]]


class SafeAction(Action, ABC):
    """An action whose failure is answered instead of leaving the person without a reply.

    Subclasses implement ``act``. When it raises, what it had said so far is dropped, the open question stays open, and
    the log names the error's type and place only: its text may hold what a person wrote.
    """

    async def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> Events:
        """Act, or say that something broke. See ``rasa_sdk.Action`` for the arguments."""
        said = CollectingDispatcher()
        try:
            events = self.act(said, tracker)
        except Exception as error:
            logger.error("%s failed: %s", self.name(), _describe(error))
            return self.fail(dispatcher, tracker)
        dispatcher.messages.extend(said.messages)
        return events

    @abstractmethod
    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """What the action does; events as rasa-sdk makes them."""

    def fail(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """The safe answer, with the urgent-care numbers."""
        told = tracker.get_slot(CARE_LEVEL_SLOT)
        urgent = told is not None and CareLevel(told).urgent
        dispatcher.utter_message(response="utter_technical_problem_urgent" if urgent else "utter_technical_problem")
        # A form that is left with its question goes on with it at the next message.
        return [SlotSet("requested_slot", tracker.get_slot("requested_slot"))] if tracker.active_loop else []


def _describe(error: Exception) -> str:
    """The type of an error and the line it came from, without its text."""
    place, trace = "unknown", error.__traceback__
    while trace is not None:
        place = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {place}"
