"""Copies a conversation by its state instead of by replaying it.

Rasa copies the tracker for every action, and once more in a form, and each time works through all events again. It also
copies each of the domain's slots by pickling. What a tracker holds is, by Rasa's own rule, what its events amount to,
so a copy of the one is a copy of the other. Copies share their slots: one that changes is put in the place of the old.
"""

from __future__ import annotations

import copy
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from rasa.shared.constants import DEFAULT_SENDER_ID

from hip.engine.source import Original

if TYPE_CHECKING:
    from rasa.shared.core.slots import Slot
    from rasa.shared.core.trackers import DialogueStateTracker

REPLACES: Final = (
    Original("rasa.shared.core.trackers", "DialogueStateTracker.copy", (620, 622), "3306ddffdae15700"),
    Original("rasa.shared.core.trackers", "DialogueStateTracker.travel_back_in_time", (624, 639), "6560f01b0055cd3c"),
    Original("rasa.shared.core.trackers", "DialogueStateTracker.init_copy", (448, 455), "cb9485b2743c28ac"),
    Original("rasa.shared.core.trackers", "DialogueStateTracker.__init__", (180, 228), "b821a7b4cf9e4915"),
    Original("rasa.shared.core.trackers", "DialogueStateTracker._reset", (784, 792), "700c024dbaf568c0"),
    Original("rasa.shared.core.trackers", "DialogueStateTracker._reset_slots", (794, 797), "8b093844f570efec"),
    Original("rasa.shared.core.trackers", "DialogueStateTracker._set_slot", (799, 808), "dfdcfbaf73aaa59c"),
    Original("rasa.shared.core.slots", "Slot.reset", (105, 108), "5d59d413a3dca491"),
    Original("rasa.shared.core.trackers", "TrackerActiveLoop", (76, 82), "d34c0a8cf0d3c770"),
    Original("rasa.shared.core.slots", "Slot.__init__", (31, 56), "4c4a829746c266ad"),
)


def replace(trackers: ModuleType) -> None:
    """Put our ``copy`` into Rasa's tracker, and have its slots shared until one changes."""
    tracker: Any = trackers.DialogueStateTracker

    def copy_state(self: DialogueStateTracker) -> DialogueStateTracker:
        """A tracker with the same events in the same state, that can go another way from there."""
        # The arguments of Rasa's ``init_copy``, without slots that would be made only to be replaced.
        twin = tracker(
            self.sender_id or DEFAULT_SENDER_ID, (), self._max_event_history, is_rule_tracker=self.is_rule_tracker
        )
        twin.events.extend(self.events)
        twin.slots = dict(self.slots)
        twin.active_loop = copy.copy(self.active_loop)
        for name in _REPLACED_BY_EVENTS:
            setattr(twin, name, getattr(self, name))
        return twin

    set_unknown_slot = tracker._set_slot

    def set_slot(self: DialogueStateTracker, key: str, value: Any) -> None:
        if key not in self.slots:
            set_unknown_slot(self, key, value)  # which logs that there is no such slot
            return
        self.slots[key] = changed = _copy_slot(self.slots[key])
        changed.value = value

    def reset_slots(self: DialogueStateTracker) -> None:
        for name, slot in self.slots.items():
            if slot.has_been_set:
                self.slots[name] = fresh = _copy_slot(slot)
                fresh.reset()

    tracker.copy = copy_state
    tracker._set_slot = set_slot
    tracker._reset_slots = reset_slots
    trackers.Slot.__copy__ = _share_slot


#: The other attributes of a tracker that events change: they put another value there.
_REPLACED_BY_EVENTS: Final = ("_paused", "followup_action", "latest_action", "latest_message", "latest_bot_utterance")


def _share_slot(slot: Slot) -> Slot:
    """What a new tracker takes of the domain's: nothing but ``set_slot`` and ``reset_slots`` ever changes a slot."""
    return slot


def _copy_slot(slot: Slot) -> Slot:
    """What ``copy.copy`` did by way of pickling."""
    twin = object.__new__(type(slot))
    twin.__dict__.update(slot.__dict__)
    return twin
