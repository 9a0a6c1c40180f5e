"""What was typed beside what was made of it: the facts are those of what was meant, and no red flag gets lost."""

from __future__ import annotations

import datetime

import pytest
from rasa.shared.core.events import ActiveLoop
from rasa.shared.core.slots import AnySlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message

from hip.language.components import ClinicalFactExtractor
from hip.language.corrector import CORRECTED
from hip.language.facts import shared_reader


@pytest.mark.parametrize(
    ("typed", "corrected", "facts"),
    [
        # The corrector turned the words of a red flag into others, or into their opposite: it is kept.
        ("my bum has gone numb", "my bus has gone home", {"saddle_numbness": True}),
        ("i have a fever", "i have no fever", {"fever_or_unwell": True}),
        # It found one that was mistyped.
        ("my bmu has gone nunb", "my bum has gone numb", {"saddle_numbness": True}),
        # What is no red flag is as the corrector has it.
        ("i have diabetes", "i have dials", {}),
        ("my let hip", "my left hip", {"pain_in_hip": True, "side": "left"}),
    ],
)
def test_facts_of_what_was_meant_and_red_flags_of_both(typed: str, corrected: str, facts: dict[str, object]) -> None:
    extractor = ClinicalFactExtractor(shared_reader(), lambda: datetime.date(2026, 11, 28))
    tracker = DialogueStateTracker("typed", slots=[AnySlot("clarifying", mappings=[])])
    (message,) = extractor.process([Message({TEXT: typed, CORRECTED: corrected})], tracker)
    assert {entity["entity"]: entity["value"] for entity in message.get(ENTITIES)} == facts


def test_a_mistyped_denial_of_a_whole_list_affirms_none_of_it() -> None:
    extractor = ClinicalFactExtractor(shared_reader(), lambda: datetime.date(2026, 11, 28))
    slots = [AnySlot("clarifying", mappings=[]), AnySlot("requested_slot", mappings=[], initial_value="nerve_screen")]
    tracker = DialogueStateTracker("typed", slots=slots)
    tracker.update(ActiveLoop("hip_assessment_form"))
    message = Message({TEXT: "nok to alk of those", CORRECTED: "no to all of those"})
    extractor.process([message], tracker)
    assert {entity["entity"]: entity["value"] for entity in message.get(ENTITIES)} == dict.fromkeys(
        ("saddle_numbness", "bladder_bowel_change", "both_legs_weak"), False
    )
