"""A new session begins with no open question: only what the person told is carried over from the old one.

Rasa ends a session after an hour's silence. The form ends with it, but ``requested_slot`` would be carried over like
any slot, and what the person says on coming back would be taken for an answer to a question of an hour ago.
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from hip.engine.source import Original

if TYPE_CHECKING:
    from rasa.shared.core.events import SlotSet
    from rasa.shared.core.trackers import DialogueStateTracker

REPLACES: Final = (
    Original(
        "rasa.core.actions.action", "ActionSessionStart._slot_set_events_from_tracker", (575, 583), "c66d3d3375b503ac"
    ),
)


def replace(action: ModuleType) -> None:
    """Leave the open question out of what ``ActionSessionStart`` carries over."""
    from rasa.shared.core.constants import REQUESTED_SLOT

    session_start: Any = action.ActionSessionStart
    carry_all = session_start._slot_set_events_from_tracker

    def carry_over(tracker: DialogueStateTracker) -> list[SlotSet]:
        return [event for event in carry_all(tracker) if event.key != REQUESTED_SLOT]

    session_start._slot_set_events_from_tracker = staticmethod(carry_over)
