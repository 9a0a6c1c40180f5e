"""Actions around an outcome that is already told: recording an interrupt, and what comes after a result."""

from __future__ import annotations

from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher

from actions.desk import open_desk
from actions.handover import record_outcome
from actions.safe_action import Events, SafeAction
from actions.turn import carry_out, read_message
from hip.dialogue.state import CARE_LEVEL_SLOT, PROGRESS_SLOT, Progress, facts_from_slots
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
    """Answers what is said after a result, when no question is open: it may change the result, or ask to book."""

    def name(self) -> str:
        """Predicted by a rule in ``data/rules.yml`` while an outcome stands."""
        return "action_after_result"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Plan the turn with no question open, and carry it out."""
        desk, facts = open_desk(), facts_from_slots(tracker.slots)
        progress = Progress.from_slot(tracker.get_slot(PROGRESS_SLOT))
        told = CareLevel(tracker.get_slot(CARE_LEVEL_SLOT))
        turn = desk.planner.plan(facts, progress, None, read_message(tracker.latest_message, facts), told)
        return carry_out(desk, dispatcher, tracker, facts, turn)
