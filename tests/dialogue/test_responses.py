"""What the Rasa process says for an answer: fitted to the person, with its card, and quiet beside an urgent result."""

from __future__ import annotations

from typing import Any

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import Event, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from hip.dialogue.importer import clinic_domain
from hip.dialogue.responses import ResponseGenerator
from hip.dialogue.state import CARE_LEVEL_SLOT

CONTROL = ("care_level", "reference", "progress", "requested_slot", "clarifying")
DOMAIN = Domain.from_dict(
    {
        **clinic_domain(),
        "slots": {
            **clinic_domain()["slots"],
            **{
                name: {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]}
                for name in CONTROL
            },
        },
    }
)
GENERATOR = ResponseGenerator(domain=DOMAIN)


async def answer(topic: str, *events: Event) -> dict[str, Any]:
    tracker = DialogueStateTracker.from_events("someone", list(events), slots=DOMAIN.slots, domain=DOMAIN)
    message = await GENERATOR.generate(f"utter_{topic}", tracker, "rest")
    assert message is not None
    return message


def told(text: str, **facts: Any) -> list[Event]:
    entities = [{"entity": fact, "value": value} for fact, value in facts.items()]
    slots = [SlotSet(fact, value) for fact, value in facts.items()]
    return [UserUttered(text, {"name": "inform"}, entities), *slots]


async def test_the_comparison_goes_with_a_text_that_stands_on_its_own() -> None:
    message = await answer("ask_injection/which_option")
    assert message["custom"]["comparison"]["columns"] == ["Steroid", "Hyaluronic acid", "PRP (platelet rich plasma)"]
    for said in ("Steroid", "Hyaluronic acid", "PRP", "NICE", "From the clinic's article"):
        assert said in message["text"]


async def test_the_domain_holds_the_card_too() -> None:
    (message,) = DOMAIN.responses["utter_ask_injection/which_option"]
    assert "comparison" in message["custom"]


async def test_an_ordinary_answer_has_no_card() -> None:
    assert "custom" not in await answer("ask_injection/steroid")


@pytest.mark.parametrize(
    ("topic", "events", "said"),
    [
        (
            "steroid",
            told("I take apixaban", anticoagulant=True),
            "You told me about apixaban: your medicines are taken",
        ),
        (
            "steroid",
            told("blood thinners", anticoagulant=True),
            "You told me about a blood thinner or bleeding problem",
        ),
        ("steroid", told("six weeks ago", previous_injection_weeks=6), "the last injection, about 6 weeks ago"),
        ("what_is_it", told("what if someone is pregnant"), "You asked about pregnancy or breastfeeding"),
        ("prp", told("they call it severe arthritis"), "You told me about severe arthritis"),
        (
            "aftercare",
            [*told("it is for my mum", respondent="someone_else"), *told("she is diabetic", diabetes=True)],
            "a steroid can lift their blood sugar",
        ),
    ],
)
async def test_an_answer_uses_what_was_told(topic: str, events: list[Event], said: str) -> None:
    assert said in (await answer(f"ask_injection/{topic}", *events))["text"]


async def test_the_clinics_phone_is_filled_in_but_not_beside_an_urgent_result() -> None:
    assert "020 7946 0100" in (await answer("ask_logistics/price"))["text"]
    urgent = await answer("ask_logistics/price", SlotSet(CARE_LEVEL_SLOT, "emergency_ambulance"))
    assert "020" not in urgent["text"]
