"""Slot extraction that looks only at slots which a message can fill, and whose action, when it fails, says so.

Rasa goes through every mapping of every slot for every message, and we have a slot for each fact. It also drops what
an action of a custom slot mapping says, and calls the next one as if nothing had happened.
"""

from __future__ import annotations

import copy
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from hip.engine.problem import is_problem
from hip.engine.source import Original

if TYPE_CHECKING:
    from rasa.core.channels.channel import OutputChannel
    from rasa.core.nlg import NaturalLanguageGenerator as Generator
    from rasa.shared.core.domain import Domain
    from rasa.shared.core.events import Event
    from rasa.shared.core.trackers import DialogueStateTracker

REPLACES: Final = (
    Original("rasa.core.actions.action", "ActionExtractSlots.__init__", (1048, 1050), "0fd3d56ddcfacbe2"),
    Original("rasa.core.actions.action", "ActionExtractSlots.run", (1231, 1309), "20d742a37ad99adf"),
    Original("rasa.core.actions.action", "ActionExtractSlots._run_custom_action", (1101, 1140), "6fdffd5b4f586d93"),
    Original(
        "rasa.core.actions.action", "ActionExtractSlots._execute_validation_action", (1164, 1199), "e58699fcd86cb943"
    ),
    Original(
        "rasa.core.actions.action", "extract_slot_value_from_predefined_mapping", (1312, 1364), "2015e64d35a627ab"
    ),
    Original("rasa.shared.core.slot_mappings", "SlotMapping.entity_is_desired", (140, 174), "213b7f243ec82561"),
)


def replace(module: ModuleType) -> None:
    """Wrap two methods of ``ActionExtractSlots``; Rasa makes a new one for every run."""
    extraction: Any = module.ActionExtractSlots
    make, extract, call = extraction.__init__, extraction.run, extraction._run_custom_action

    def __init__(self: Any, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        self._problems = []

    async def _run_custom_action(self: Any, *args: Any, **kwargs: Any) -> list[Event]:
        if self._problems:
            return []
        events: list[Event] = await call(self, *args, **kwargs)
        self._problems = [event for event in events if is_problem(event)]
        return [event for event in events if not is_problem(event)]

    async def run(
        self: Any, output_channel: OutputChannel, nlg: Generator, tracker: DialogueStateTracker, domain: Domain
    ) -> list[Event]:
        # Rasa replays the conversation over the domain's slots for an action that checks them.
        if module.ACTION_VALIDATE_SLOT_MAPPINGS not in domain.user_actions:
            domain = _with_slots_to_fill(domain, tracker)
        return [*await extract(self, output_channel, nlg, tracker, domain), *self._problems]

    extraction.__init__ = __init__
    extraction.run = run
    extraction._run_custom_action = _run_custom_action


def _with_slots_to_fill(domain: Domain, tracker: DialogueStateTracker) -> Domain:
    """The domain without slots that only entities fill which the message does not have."""
    said = {entity.get("entity") for entity in tracker.latest_message.entities} if tracker.latest_message else set()
    narrowed = copy.copy(domain)
    narrowed.slots = [
        slot
        for slot in domain.slots
        if any(mapping.get("type") != "from_entity" or mapping.get("entity") in said for mapping in slot.mappings)
    ]
    return narrowed
