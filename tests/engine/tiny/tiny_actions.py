"""Actions of the tiny project, for the tests with real servers."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.executor import CollectingDispatcher


class ReadMood(Action):
    """Fills nothing."""

    def name(self) -> str:
        return "action_read_mood"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        return []


class Explain(Action):
    """Raises, and quotes the person as careless code would."""

    def name(self) -> str:
        return "action_explain"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        raise ValueError(f"cannot explain {tracker.latest_message['text']}")


class AskScore(Action):
    """Asks."""

    def name(self) -> str:
        return "action_ask_score"

    def run(self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]) -> list[dict[str, Any]]:
        dispatcher.utter_message("How bad?")
        return []


class ValidateLittleForm(FormValidationAction):
    """Accepts everything."""

    def name(self) -> str:
        return "validate_little_form"
