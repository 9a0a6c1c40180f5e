"""Says responses in the Rasa process itself, so that nothing depends on the action server.

Rasa's own generator picks a variation at random and knows only slots; ours is deterministic, puts questions by what is
known, and adds the ``outcome`` part to an emergency response.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rasa.core.nlg.response import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig

from hip.assessment import Facts
from hip.dialogue.clarifying import load_clarifying
from hip.dialogue.history import History, count_said
from hip.dialogue.outcome import one_bubble, reminder_name, reminder_text, urgent_message
from hip.dialogue.policy import ASK
from hip.dialogue.questions import load_questions
from hip.dialogue.state import (
    CARE_LEVEL_SLOT,
    CLARIFYING_SLOT,
    PROGRESS_SLOT,
    Clarifying,
    Progress,
    facts_from_slots,
)
from hip.dialogue.wording import load_wordings
from hip.explanations import Topic, load_topics
from hip.triage.engine import assess
from hip.triage.levels import CareLevel
from hip.triage.questions import list_details, list_questions
from hip.triage.rulebook import load_rulebook

URGENT = {f"utter_{level.value}": level for level in CareLevel if level.urgent}
REMINDERS = {reminder_name(level): level for level in CareLevel if level.urgent}


class ResponseGenerator(TemplatedNaturalLanguageGenerator):
    """Generates every bot message from the clinic's content and the conversation so far."""

    def __init__(self, endpoint_config: EndpointConfig | None = None, domain: Domain | None = None) -> None:
        """Rasa builds it from ``endpoints.yml`` with these two arguments."""
        super().__init__((domain or Domain.empty()).responses)
        self._questions = load_questions()
        self._wordings = load_wordings()
        self._topics = load_topics()
        self._rules = load_rulebook()
        self._clarifying = load_clarifying()

    async def generate(
        self, utter_action: str, tracker: DialogueStateTracker, output_channel: str, **kwargs: Any
    ) -> dict[str, Any] | None:
        """The message for a response name; None when the domain has no such response."""
        facts = facts_from_slots(tracker.current_slot_values())
        told = tracker.get_slot(CARE_LEVEL_SLOT)
        # The clinic's own number never stands beside urgent advice.
        urgent = told is not None and CareLevel(told).urgent
        if utter_action in URGENT:
            return urgent_message(self._rules, assess(self._rules, facts), URGENT[utter_action]).as_message()
        if utter_action in REMINDERS:
            said = self._wordings.text("emergency_reminder", count_said(tracker.events, utter_action), False, {})
            return {"text": f"{said}\n{reminder_text(self._rules, REMINDERS[utter_action])}"}
        if utter_action == "utter_why_ask":
            return {"text": self._why(tracker)}
        name = utter_action.removeprefix(ASK)
        if utter_action.startswith(ASK) and name in self._questions.questions:
            return self._ask(name, facts, tracker, told)
        if utter_action.startswith(ASK) and name in self._clarifying:
            times = count_said(tracker.events, utter_action)
            return self._questions.put_question(self._clarifying[name], facts, times).as_message()
        topic = self._topics.get(utter_action.removeprefix("utter_"))
        if topic is not None:
            if urgent and "{clinic_phone}" in topic.text:
                times = count_said(tracker.events, utter_action)
                return {"text": self._wordings.text("later_urgent", times, False, {})}
            text = topic.text_for(facts, History.of(tracker.events).own_words)
            return topic_message(topic, self._wordings.fill(text))
        name = utter_action.removeprefix("utter_")
        if urgent and f"{name}_urgent" in self._wordings:
            name = f"{name}_urgent"
        if name in self._wordings:
            other = facts.get("respondent") == "someone_else"
            text = self._wordings.text(name, count_said(tracker.events, utter_action), other, _places(kwargs))
            return {"text": text}
        response: dict[str, Any] | None = await super().generate(utter_action, tracker, output_channel, **kwargs)
        return response

    def _ask(self, name: str, facts: Facts, tracker: DialogueStateTracker, told: str | None) -> dict[str, Any]:
        """Put a question, in other words than before, with how far the assessment has come."""
        state = Progress.from_slot(tracker.get_slot(PROGRESS_SLOT))
        if told is not None:
            left = list_details(self._rules, facts, state.answered | state.skipped, CareLevel(told))
        else:
            left = list_questions(self._rules, facts, state.answered)
        done = len(set(state.order) - {name, *left})
        progress = (done, len(left)) if name in left else None
        return self._questions.put(name, facts, state.asked.get(name, 1) - 1, progress).as_message()

    def _why(self, tracker: DialogueStateTracker) -> str:
        clarifying = Clarifying.from_slot(tracker.get_slot(CLARIFYING_SLOT))
        asked = clarifying.fact or tracker.get_slot("requested_slot") or ""
        question = self._clarifying.get(asked) or self._questions.questions.get(asked)
        return question.why if question else self._wordings.text("help", 0, False, {})


def topic_message(topic: Topic, text: str) -> dict[str, Any]:
    """An answer as a message: its text, which stands on its own, and its card where it has one."""
    message: dict[str, Any] = {"text": one_bubble(text)}
    if topic.custom is not None:
        message["custom"] = topic.custom
    return message


def _places(kwargs: Mapping[str, Any]) -> dict[str, str]:
    return {key: value for key, value in kwargs.items() if isinstance(value, str)}
