"""The form's one action: what a message changes, what is said, and which question comes next."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.desk import open_desk
from actions.safe_action import Events, SafeAction
from actions.turn import carry_out, read_message
from hip.dialogue.state import CARE_LEVEL_SLOT, PROGRESS_SLOT, Progress, facts_from_slots
from hip.triage.levels import CareLevel


class ValidateHipAssessmentForm(SafeAction):
    """Decides each turn of the assessment; Rasa's form then asks the question that ``requested_slot`` names."""

    def name(self) -> str:
        """The name by which Rasa's form calls its validation."""
        return "validate_hip_assessment_form"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Plan the turn and carry it out."""
        desk, facts = open_desk(), facts_from_slots(tracker.slots)
        told = tracker.get_slot(CARE_LEVEL_SLOT)
        turn = desk.planner.plan(
            facts,
            Progress.from_slot(tracker.get_slot(PROGRESS_SLOT)),
            tracker.get_slot("requested_slot"),
            read_message(tracker.latest_message, facts),
            CareLevel(told) if told else None,
        )
        return [*carry_out(desk, dispatcher, tracker, facts, turn), SlotSet("requested_slot", turn.ask)]
