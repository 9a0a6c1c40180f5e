"""What is said to messages that are about something else, by kind."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.slots import AnySlot, TextSlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.nlu.constants import INTENT_RESPONSE_KEY

from evaluation.cross_validate import load_examples
from hip.dialogue.importer import clinic_domain
from hip.dialogue.responses import ResponseGenerator
from hip.dialogue.state import CARE_LEVEL_SLOT, PROGRESS_SLOT
from hip.dialogue.wording import load_wordings

KINDS = sorted(
    {str(message.get(INTENT_RESPONSE_KEY)) for message in load_examples() if message.get("intent") == "out_of_scope"}
)


def say(name: str, level: str | None) -> str:
    domain = Domain.from_dict({"version": "3.1", "responses": clinic_domain()["responses"]})
    slots = [TextSlot(CARE_LEVEL_SLOT, mappings=[], initial_value=level), AnySlot(PROGRESS_SLOT, mappings=[])]
    tracker = DialogueStateTracker("out of scope", slots=slots)
    message: Any = asyncio.run(ResponseGenerator(domain=domain).generate(f"utter_{name}", tracker, "rest"))
    return str(message["text"])


def test_there_are_kinds() -> None:
    assert len(KINDS) == 8


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_an_answer_of_its_own(kind: str) -> None:
    assert say(kind, None)
    assert {say(kind, None)} & {say(other, None) for other in KINDS if other != kind} == set()


@pytest.mark.parametrize("kind", KINDS)
def test_beside_an_urgent_result_no_answer_names_the_clinic(kind: str) -> None:
    phone = load_wordings().fill("{clinic_phone}")
    assert phone not in say(kind, "emergency_ambulance")


def test_another_language_is_offered_the_phone_an_interpreter_and_the_emergency_numbers() -> None:
    phone = load_wordings().fill("{clinic_phone}")
    assert all(part in say("out_of_scope/another_language", None) for part in ("999", "111", "interpreter", phone))
    assert "999" in say("out_of_scope/another_language", "same_day")
