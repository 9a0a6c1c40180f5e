"""A form whose action server fails stays as it was: active, with the same question open and every slot kept.

And a form that looks ahead from the state of the conversation, where Rasa's replays it.
"""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from hip.engine.problem import end_turn, ends_turn, is_problem, tell_problem, was_told
from hip.engine.source import Original

if TYPE_CHECKING:
    from rasa.core.channels.channel import OutputChannel
    from rasa.core.nlg import NaturalLanguageGenerator
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import Event
    from rasa.shared.core.trackers import DialogueStateTracker

REPLACES: Final = (
    Original("rasa.core.actions.forms", "FormAction.do", (649, 682), "8df86b824d597489"),
    Original("rasa.core.actions.forms", "FormAction.activate", (562, 647), "c1134dc312e3f13f"),
    Original("rasa.core.actions.forms", "FormAction.validate", (379, 430), "c8fa3a4629063949"),
    Original("rasa.core.actions.forms", "FormAction.validate_slots", (231, 281), "f1c2eadd46821796"),
    Original("rasa.core.actions.forms", "FormAction.request_next_slot", (432, 469), "3006646965d4a46d"),
    Original("rasa.core.actions.forms", "FormAction._user_rejected_manually", (300, 312), "1add53e9927c569d"),
    Original("rasa.core.actions.forms", "FormAction._temporary_tracker", (283, 298), "363475ba3675d003"),
    Original("rasa.core.actions.loops", "LoopAction.run", (15, 41), "219e174d2384e01d"),
)


def replace(forms: ModuleType) -> None:
    """Put our subclass in the place of ``FormAction``; Rasa makes a new one for every run."""
    from rasa.shared.core.constants import REQUESTED_SLOT
    from rasa.shared.core.events import ActionExecuted, FollowupAction, SlotSet

    original: Any = forms.FormAction

    class FormAction(original):
        """Rasa's form, which asks nothing more once a call to the action server has ended the turn."""

        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, **kwargs)
            self._turn_ended = False

        def _user_rejected_manually(self, validation_events: list[Event]) -> bool:
            """Rasa asks here whether to go on to the next question, and whether an empty answer rejects the form."""
            return self._turn_ended or super()._user_rejected_manually(validation_events)

        async def validate_slots(self, *args: Any, **kwargs: Any) -> list[Event]:
            return self._watch(await super().validate_slots(*args, **kwargs))

        async def request_next_slot(self, *args: Any, **kwargs: Any) -> list[Event]:
            return self._watch(await super().request_next_slot(*args, **kwargs))

        def _temporary_tracker(
            self, current_tracker: DialogueStateTracker, additional_events: list[Event], domain: Domain
        ) -> DialogueStateTracker:
            """The conversation as it would be with these events."""
            if current_tracker.idx_after_latest_restart():  # Rasa leaves out what was before
                tracker: DialogueStateTracker = super()._temporary_tracker(current_tracker, additional_events, domain)
                return tracker
            tracker = current_tracker.copy()
            tracker.update(SlotSet(REQUESTED_SLOT, self.get_slot_to_fill(current_tracker)))
            tracker.update(ActionExecuted(self.name()))
            for event in additional_events:
                tracker.update(event)
            return tracker

        def _watch(self, events: list[Event]) -> list[Event]:
            self._turn_ended = self._turn_ended or ends_turn(events)
            return events

        async def run(
            self,
            output_channel: OutputChannel,
            nlg: NaturalLanguageGenerator,
            tracker: DialogueStateTracker,
            domain: Domain,
        ) -> list[Event]:
            events: list[Event] = await super().run(output_channel, nlg, tracker, domain)
            if not self._turn_ended:
                return events
            kept = [event for event in events if not is_problem(event) and not _moves_on(event)]
            # Said here rather than taken from the events: on activation Rasa drops what slot extraction said.
            told = [] if was_told(tracker) else [await tell_problem(nlg, tracker, output_channel.name())]
            return [*kept, *told, *end_turn(tracker)]

    def _moves_on(event: Event) -> bool:
        """A next question that was not asked, since its action failed, must not become the open one."""
        return isinstance(event, FollowupAction) or (isinstance(event, SlotSet) and event.key == REQUESTED_SLOT)

    FormAction.__qualname__ = original.__qualname__
    forms.FormAction = FormAction  # type: ignore[attr-defined]
