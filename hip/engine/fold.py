"""Makes a long conversation short without changing what is answered next.

Rasa works through all events again for every action. The older ones matter only for what they set: slots, the active
loop, and what ``hip.dialogue.history`` reads. They are folded into events that set just that; the newest stay, from a
point at which the assistant listened.

A policy finds what it looks for as long as it looks no further back than the events kept, which hold at least the last
message and all that followed it. Our rules look at one turn. Rasa's ways to take messages back (``action_back``,
``action_default_fallback``) would reach further; the assistant uses neither. Reminders, which live in one process only,
are not kept. A loop's trigger message, which nothing reads, is empty after its start was folded away.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    ConversationPaused,
    Event,
    LoopInterrupted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.slots import AnySlot, Slot
from rasa.shared.core.trackers import DialogueStateTracker

from hip.dialogue.history import History, length_of_fold

#: Folded when there are more events than this since the last fold, down to so many or a few more (``design.md``).
FOLD_ABOVE: Final = 72
KEEP: Final = 24


def fold(events: list[Event], slots: Iterable[Slot]) -> list[Event]:
    """The events to keep of a conversation.

    Args:
        events: all of its latest session, oldest first.
        slots: the domain's. Others that events set are kept too: another model may know them.

    Returns:
        The same events, or a shorter list that leaves the tracker in the same state.
    """
    folded = length_of_fold(events)
    cut = _find_cut(events) if len(events) - folded > FOLD_ABOVE else 0
    return [*_summarise(events[:cut], slots), *events[cut:]] if cut > folded else events


def latest_session(events: list[Event]) -> list[Event]:
    """The events from the last start of a session on, which are all that Rasa's own stores give back."""
    for place in range(len(events) - 1, 0, -1):
        if isinstance(events[place], SessionStarted):
            return events[place:]
    return events


def _find_cut(events: list[Event]) -> int:
    """The last place at which the assistant listened that leaves ``KEEP`` events and a message; 0 where none does."""
    has_message = False
    for place in range(len(events) - 1, 0, -1):
        event = events[place]
        has_message = has_message or isinstance(event, UserUttered)
        listens = isinstance(event, ActionExecuted) and event.action_name == ACTION_LISTEN_NAME
        if listens and has_message and len(events) - place >= KEEP:
            return place
    return 0


def _summarise(head: list[Event], slots: Iterable[Slot]) -> list[Event]:
    """Events that bring a tracker to where these bring it."""
    known = list(slots)
    names = {slot.name for slot in known}
    others = {event.key for event in head if isinstance(event, SlotSet)} - names
    # The only way to learn what events amount to that holds for all of Rasa's: it undoes some by others.
    tracker = DialogueStateTracker.from_events(
        "", head, [*known, *(AnySlot(name, mappings=[]) for name in sorted(others))]
    )
    at = head[-1].timestamp
    events: list[Event] = [
        SlotSet(name, slot.value, at) for name, slot in tracker.slots.items() if slot.value != slot.initial_value
    ]
    if tracker.active_loop_name is not None:
        events.append(ActiveLoop(tracker.active_loop_name, at))
        if tracker.is_active_loop_rejected:
            events.append(ActionExecutionRejected(tracker.active_loop_name, timestamp=at))
        if tracker.is_active_loop_interrupted:
            events.append(LoopInterrupted(True, at))
    if tracker.is_paused():
        events.append(ConversationPaused(at))
    return [History.of(head).as_event(at, len(events) + 1), *events]
