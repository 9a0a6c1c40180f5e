"""Carries out a planned turn: says it, gives the result, sets the slots, and writes the records."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from rasa_sdk import Tracker
from rasa_sdk.events import FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.counting import is_screened, list_counts
from actions.desk import Desk
from actions.handover import give_outcome
from actions.safe_action import Events
from hip.assessment import FACTS, Facts, FactValue
from hip.dialogue.state import CARE_LEVEL_SLOT, PROGRESS_SLOT, REFERENCE_SLOT, Progress, as_json
from hip.dialogue.summary import in_words, read_back, read_back_part
from hip.dialogue.turns import End, Message, Result, Saying, Turn
from hip.language.reading import Answer
from hip.records.erasure import ERASED
from hip.triage.levels import CareLevel

FORM: Final = "hip_assessment_form"
#: Confidence of the intent classifier from which a message that no reader took for an answer counts as "skip".
SURE: Final = 0.6


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
        asked=reading.get("question"),
        change=reading.get("change"),
    )


def carry_out(desk: Desk, dispatcher: CollectingDispatcher, tracker: Tracker, facts: Facts, turn: Turn) -> Events:
    """Do what a turn says.

    Args:
        desk: the product's parts.
        dispatcher: where messages go.
        tracker: the conversation.
        facts: everything known before the turn changed anything.
        turn: what was planned.

    Returns:
        The events for Rasa: slots, and what the outcome set.
    """
    after = {**({} if turn.clear else facts), **turn.facts}
    known = {fact_id: value for fact_id, value in after.items() if value is not None}
    for saying in turn.say:
        _say(dispatcher, desk, saying, known)
    if turn.read_back:
        lines = read_back(desk.questions, known)
        text = "\n".join(f"- {line.text}" for line in lines)
        dispatcher.utter_message(text=text, json_message=read_back_part(lines))
    events: Events = []
    if turn.clear:
        events += [SlotSet(fact_id, None) for fact_id in FACTS]
        events += [SlotSet(CARE_LEVEL_SLOT, None), SlotSet(REFERENCE_SLOT, None)]
    events += [SlotSet(fact_id, _json(value)) for fact_id, value in turn.facts.items()]
    events.append(SlotSet(PROGRESS_SLOT, turn.progress.as_slot()))
    _record(desk, tracker, turn, known)
    if turn.end is End.DELETED:
        dispatcher.utter_message(json_message={ERASED: True})  # the gateway deletes what it keeps, too
    if turn.result is Result.OUTCOME:
        answered = turn.progress.answered
        goes_on = turn.ask is not None
        events += give_outcome(desk, dispatcher, tracker.sender_id, known, answered, goes_on=goes_on)
    elif turn.result is Result.BOOKING:
        _say_booking(desk, dispatcher, tracker, goes_on=turn.ask is not None)
    elif turn.result is Result.TAKEN_BACK:
        events += [SlotSet(CARE_LEVEL_SLOT, None), SlotSet(REFERENCE_SLOT, None)]
        if turn.ask is None:
            events.append(FollowupAction(FORM))  # no form is active: it begins, and asks what is open
    return events


def _say(dispatcher: CollectingDispatcher, desk: Desk, saying: Saying, facts: Mapping[str, FactValue]) -> None:
    places = dict(saying.places)
    if saying.name == "corrected":
        changed = [fact_id for fact_id in places["what"].split(",") if fact_id in facts]
        places["what"] = "; ".join(in_words(desk.questions, fact_id, facts[fact_id]).rstrip(".") for fact_id in changed)
    dispatcher.utter_message(response=f"utter_{saying.name}", **places)


def _say_booking(desk: Desk, dispatcher: CollectingDispatcher, tracker: Tracker, *, goes_on: bool) -> None:
    """The links of the level that was told; a level without services has none."""
    reference = tracker.get_slot(REFERENCE_SLOT)
    links = desk.links(desk.rules.levels[CareLevel(tracker.get_slot(CARE_LEVEL_SLOT))].services, reference)
    if links:
        dispatcher.utter_message(text=desk.booking_text(reference, links))
    elif not goes_on:
        dispatcher.utter_message(response="utter_after_result")


def _record(desk: Desk, tracker: Tracker, turn: Turn, known: Mapping[str, FactValue]) -> None:
    """Write the turn to the records; nothing but counts is written before consent."""
    conversation, question = tracker.sender_id, tracker.get_slot("requested_slot")
    counts = list_counts(Progress.from_slot(tracker.get_slot(PROGRESS_SLOT)), question, turn)
    if turn.end is End.DELETED:
        desk.records.erase(conversation)
    elif turn.end is End.DECLINED:
        desk.records.close(conversation, "declined", counts=counts)
    elif known.get("consent") is True:
        cleared = {fact_id: None for fact_id, value in turn.facts.items() if value is None}
        answers = {**known, **cleared}
        if tracker.get_slot(CARE_LEVEL_SLOT) is not None and turn.result in (None, Result.BOOKING) and not turn.clear:
            desk.records.add_details(conversation, answers, question, counts=counts)
            return
        asks = question if turn.end is End.STOPPED else turn.ask
        screened = is_screened(known, turn.progress)
        desk.records.save_progress(conversation, answers, question, asks=asks, screened=screened, counts=counts)
        if turn.end is End.STOPPED:
            desk.records.close(conversation, "stopped")
    else:
        desk.records.count(counts)


def _json(value: FactValue | None) -> Any:
    return None if value is None else as_json(value)
