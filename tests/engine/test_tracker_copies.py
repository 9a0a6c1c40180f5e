"""A copy of a conversation is what replaying its events makes of it, and goes its own way from there."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    ConversationPaused,
    Event,
    FollowupAction,
    LoopInterrupted,
    Restarted,
    SessionStarted,
    SlotSet,
    UserUtteranceReverted,
    UserUttered,
)
from rasa.shared.core.slots import AnySlot, TextSlot
from rasa.shared.core.trackers import DialogueStateTracker

EVENTS = st.lists(
    st.sampled_from(
        [
            lambda: ActionExecuted("action_listen"),
            lambda: UserUttered("no", {"name": "deny"}, [{"entity": "side", "value": "left"}]),
            lambda: ActionExecuted("form"),
            lambda: ActiveLoop("form"),
            lambda: ActiveLoop(None),
            lambda: ActionExecutionRejected("form"),
            lambda: LoopInterrupted(True),
            lambda: SlotSet("side", "left"),
            lambda: SlotSet("progress", {"asked": 1}),
            lambda: BotUttered("Which side?"),
            lambda: FollowupAction("form"),
            ConversationPaused,
            SessionStarted,
            Restarted,
            UserUtteranceReverted,
        ]
    ).map(lambda make: make()),
    max_size=20,
)


def tracker_of(events: list[Event]) -> DialogueStateTracker:
    slots = [TextSlot("side", mappings=[]), AnySlot("progress", mappings=[], initial_value={})]
    return DialogueStateTracker.from_events("x", events, slots)


def state(tracker: DialogueStateTracker) -> dict[str, Any]:
    attributes = dict(vars(tracker))
    slots = attributes.pop("slots").values()
    # A message that was never said has the moment in which it was made up.
    message, said = attributes.pop("latest_message"), attributes.pop("latest_bot_utterance")
    return attributes | {"slots": [vars(slot) for slot in slots], "message": message.text, "said": said.text}


@given(EVENTS)
def test_a_copy_is_what_a_replay_makes(events: list[Event]) -> None:
    tracker = tracker_of(events)
    assert state(tracker.copy()) == state(tracker.travel_back_in_time(float("inf")))


@given(EVENTS, EVENTS)
def test_what_happens_to_a_copy_does_not_happen_to_the_first(events: list[Event], later: list[Event]) -> None:
    tracker = tracker_of(events)
    before = copy.deepcopy(state(tracker))
    twin = tracker.copy()
    for event in later:
        twin.update(event)
    assert state(tracker) == before
    assert state(twin) == state(tracker_of([*events, *later]))


def test_ids_of_model_and_assistant_are_not_copied() -> None:
    """As with Rasa's: who adds the events to the conversation itself adds them."""
    tracker = tracker_of([])
    tracker.model_id = tracker.assistant_id = "some"
    twin = tracker.copy()
    assert (twin.model_id, twin.assistant_id) == (None, None)


@given(EVENTS, EVENTS)
def test_trackers_of_one_domain_do_not_meet_in_its_slots(events: list[Event], others: list[Event]) -> None:
    slots = [TextSlot("side", mappings=[]), AnySlot("progress", mappings=[], initial_value={})]
    one = DialogueStateTracker.from_events("x", events, slots)
    before = state(one)
    DialogueStateTracker.from_events("y", others, slots)
    assert state(one) == before
    assert [(slot.value, slot.has_been_set) for slot in slots] == [(None, False), ({}, False)]
