"""Actions around an outcome that is already told: recording an interrupt, and what comes after a result."""

from __future__ import annotations

from dataclasses import replace

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.assessment_form import read_message
from actions.desk import open_desk
from actions.handover import give_outcome, record_outcome
from actions.safe_action import Events, SafeAction
from hip.assessment import NOT_SURE
from hip.dialogue.outcome import booking_text
from hip.dialogue.state import CARE_LEVEL_SLOT, PROGRESS_SLOT, REFERENCE_SLOT, Progress, facts_from_slots
from hip.triage.engine import assess
from hip.triage.levels import CareLevel


class ActionRecordOutcome(SafeAction):
    """Records an assessment that an emergency ended. The person has been told already and hears nothing more."""

    def name(self) -> str:
        """Predicted by the safety policy after the emergency response."""
        return "action_record_outcome"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Write facts, level and rules; only with consent, as everything else."""
        desk, facts = open_desk(), facts_from_slots(tracker.slots)
        assessment = assess(desk.rules, facts)
        if facts.get("consent") is True and assessment.level is not None:
            desk.records.save_progress(tracker.sender_id, facts, tracker.get_slot("requested_slot"))
            record_outcome(desk, tracker.sender_id, assessment)
        return []

    def fail(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Say nothing: the emergency message stands, and nothing may distract from it. The failure is logged."""
        return []


class ActionAfterResult(SafeAction):
    """Answers what is said after a result: it may change the result, ask to book, or be nothing in particular."""

    def name(self) -> str:
        """Predicted by a rule in ``data/rules.yml`` while an outcome stands."""
        return "action_after_result"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Work the result out again when facts changed; else give the booking again or ask what else."""
        desk, facts = open_desk(), facts_from_slots(tracker.slots)
        progress = Progress.from_slot(tracker.get_slot(PROGRESS_SLOT))
        told = CareLevel(tracker.get_slot(CARE_LEVEL_SLOT))
        message = read_message(tracker.latest_message, facts)
        if any(progress.known.get(fact_id, NOT_SURE) != facts.get(fact_id) for fact_id in message.said):
            known = SlotSet(PROGRESS_SLOT, replace(progress, known=facts).as_slot())
            desk.records.save_progress(tracker.sender_id, facts, None)
            assessment = assess(desk.rules, facts, progress.answered)
            if assessment.level is not None and assessment.level is not told:
                dispatcher.utter_message(response="utter_result_changed")
                return [known, *give_outcome(desk, dispatcher, tracker.sender_id, facts, progress.answered)]
            dispatcher.utter_message(response="utter_result_unchanged")
            return [known]
        if message.intent in ("book", "affirm"):
            links = desk.booking.links(desk.rules.levels[told].services, tracker.get_slot(REFERENCE_SLOT))
            if links:
                dispatcher.utter_message(text=booking_text(tracker.get_slot(REFERENCE_SLOT), links))
                return []
        dispatcher.utter_message(response="utter_after_result")
        return []
