"""Gives an outcome: the advice, the explanation that goes with it, and the hand-over, all recorded first."""

from __future__ import annotations

from collections.abc import Collection

from rasa_sdk.events import SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.desk import Desk
from actions.safe_action import Events
from hip.assessment import Facts
from hip.dialogue.outcome import one_bubble, outcome_message, urgent_message
from hip.dialogue.state import CARE_LEVEL_SLOT, REFERENCE_SLOT
from hip.explanations import load_first_line
from hip.handover.booking import BookingLink
from hip.handover.reference import new_reference
from hip.records import Handover, ReferenceTaken
from hip.triage.engine import Assessment, assess
from hip.triage.levels import CareLevel

#: Drawing one reference that exists already is rare beyond care; two in a row mean something else is wrong.
TRIES = 2


def record_outcome(desk: Desk, conversation: str, assessment: Assessment) -> tuple[str | None, tuple[BookingLink, ...]]:
    """Write the outcome to the records.

    Raises:
        ValueError: the assessment has no care level.

    Returns:
        The reference that counts, which is the first one when the same outcome was recorded before, and the links of
        the level's services; no reference and no link for a level without services.
    """
    services = desk.rules.levels[level_of(assessment)].services
    if not services:
        desk.records.finish(conversation, assessment, None)
        return None, ()
    for tries_left in reversed(range(TRIES)):
        try:
            reference = desk.records.finish(conversation, assessment, Handover(new_reference(), services))
            return reference, desk.links(services, reference)
        except ReferenceTaken:
            if not tries_left:
                raise
    raise AssertionError("unreachable: the last try returns or raises")


def level_of(assessment: Assessment) -> CareLevel:
    """The care level of a finished assessment.

    Raises:
        ValueError: it has none.
    """
    if assessment.level is None:
        raise ValueError("the assessment is finished but has no care level")
    return assessment.level


def give_outcome(
    desk: Desk,
    dispatcher: CollectingDispatcher,
    conversation: str,
    facts: Facts,
    answered: Collection[str],
    *,
    goes_on: bool,
) -> Events:
    """Tell and record the outcome of a finished assessment; ``goes_on`` when a question follows in the same turn."""
    assessment = assess(desk.rules, facts, answered)
    reference, links = record_outcome(desk, conversation, assessment)
    level = level_of(assessment)
    if level.urgent:
        _utter(dispatcher, urgent_message(desk.rules, assessment, level).as_message())
        return [SlotSet(CARE_LEVEL_SLOT, level.value)]
    _utter(dispatcher, outcome_message(desk.rules, assessment, reference, links).as_message())
    if level is CareLevel.CONSULTATION:
        dispatcher.utter_message(response="utter_ask_injection/which_option")
    elif level is CareLevel.FIRST_LINE_CARE:
        dispatcher.utter_message(text=one_bubble(load_first_line().text_for(facts)))
    if links:
        dispatcher.utter_message(text=desk.booking_text(reference, links))
    if not goes_on:
        dispatcher.utter_message(response="utter_after_result")
    return [SlotSet(CARE_LEVEL_SLOT, level.value), SlotSet(REFERENCE_SLOT, reference)]


def _utter(dispatcher: CollectingDispatcher, message: dict[str, object]) -> None:
    dispatcher.utter_message(text=message["text"], json_message=message["custom"])
