"""The form's one action: what a message changes, what is said, and which question comes next."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rasa_sdk import Tracker
from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.desk import Desk, open_desk
from actions.handover import give_outcome
from actions.safe_action import Events, SafeAction
from hip.assessment import FACTS, Facts, FactValue
from hip.dialogue.state import (
    CARE_LEVEL_SLOT,
    PROGRESS_SLOT,
    REFERENCE_SLOT,
    Progress,
    as_json,
    facts_from_slots,
)
from hip.dialogue.summary import in_words, read_back
from hip.dialogue.turns import End, Message, Saying, Turn
from hip.language.reading import Answer

#: Confidence of the intent classifier from which a message that no reader took for an answer counts as "skip".
SURE: Final = 0.6


class ValidateHipAssessmentForm(SafeAction):
    """Decides each turn of the assessment; Rasa's form then asks the question that ``requested_slot`` names."""

    def name(self) -> str:
        """The name by which Rasa's form calls its validation."""
        return "validate_hip_assessment_form"

    def act(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> Events:
        """Plan the turn and carry it out."""
        desk = open_desk()
        facts = facts_from_slots(tracker.slots)
        progress = Progress.from_slot(tracker.get_slot(PROGRESS_SLOT))
        turn = desk.planner.plan(
            facts,
            progress,
            tracker.get_slot("requested_slot"),
            read_message(tracker.latest_message, facts),
            finished=tracker.get_slot(CARE_LEVEL_SLOT) is not None,
        )
        after = {} if turn.clear else facts
        after = {**after, **turn.facts}
        known = {fact_id: value for fact_id, value in after.items() if value is not None}
        for saying in turn.say:
            _say(dispatcher, desk, saying, known)
        events: Events = []
        if turn.clear:
            events += [SlotSet(fact_id, None) for fact_id in FACTS]
            events += [SlotSet(CARE_LEVEL_SLOT, None), SlotSet(REFERENCE_SLOT, None)]
        events += [SlotSet(fact_id, _json(value)) for fact_id, value in turn.facts.items()]
        events += [SlotSet(PROGRESS_SLOT, turn.progress.as_slot()), SlotSet("requested_slot", turn.ask)]
        if turn.ask == "read_back":
            dispatcher.utter_message(text="\n".join(f"- {line}" for line in read_back(desk.questions, known)))
        return events + _record(desk, dispatcher, tracker, turn, known)


def read_message(latest: Mapping[str, Any], facts: Facts) -> Message:
    """What the language components understood of the latest message; nothing when there is none.

    Args:
        latest: the tracker's latest message.
        facts: everything known; an entity whose value did not become a fact says nothing.
    """
    reading = latest.get("fact_reading") or {}
    answer = reading.get("answer")
    guess = latest.get("intent") or {}
    intent = guess.get("name")
    if intent == "skip" and answer is None and guess.get("confidence", 0) < SURE:
        intent = None  # a few words that nobody understood; a question is not dropped on a guess
    selected = (latest.get("response_selector") or {}).get(intent) or {}
    return Message(
        intent=intent,
        topic=selected.get("response", {}).get("intent_response_key"),
        answer=Answer(answer) if answer else None,
        corrects=bool(reading.get("corrects")),
        said=frozenset(entity["entity"] for entity in latest.get("entities", ()) if entity["entity"] in facts),
    )


def _say(dispatcher: CollectingDispatcher, desk: Desk, saying: Saying, facts: Mapping[str, FactValue]) -> None:
    places = dict(saying.places)
    if saying.name == "corrected":
        changed = [fact_id for fact_id in places["what"].split(",") if fact_id in facts]
        places["what"] = "; ".join(in_words(desk.questions, fact_id, facts[fact_id]).rstrip(".") for fact_id in changed)
    dispatcher.utter_message(response=f"utter_{saying.name}", **places)


def _record(
    desk: Desk,
    dispatcher: CollectingDispatcher,
    tracker: Tracker,
    turn: Turn,
    known: Mapping[str, FactValue],
) -> Events:
    """Write the turn to the records; nothing is written before consent."""
    conversation = tracker.sender_id
    if turn.end is End.DELETED:
        desk.records.erase(conversation)
        return []
    if turn.end is End.DECLINED:
        desk.records.close(conversation, "declined")
        return []
    if known.get("consent") is not True:
        return []
    cleared = {fact_id: None for fact_id, value in turn.facts.items() if value is None}
    desk.records.save_progress(conversation, {**known, **cleared}, tracker.get_slot("requested_slot"))
    if turn.end is End.STOPPED:
        if tracker.get_slot(CARE_LEVEL_SLOT) is None:
            desk.records.close(conversation, "stopped")
        return []
    if turn.end is End.FINISHED:
        return give_outcome(desk, dispatcher, conversation, known, turn.progress.answered)
    return []


def _json(value: FactValue | None) -> Any:
    return None if value is None else as_json(value)
