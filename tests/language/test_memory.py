"""What a message only implies never takes back what was said."""

from __future__ import annotations

import datetime

import pytest

from hip.assessment import NOT_SURE
from hip.language.facts import FactReader
from hip.language.memory import recall

READER = FactReader()
TODAY = datetime.date(2026, 11, 25)


@pytest.mark.parametrize(
    ("known", "text", "question", "kept"),
    [
        ({"cancer_history": True}, "none of these", "health_screen", {"cancer_history": None, "weight_loss": False}),
        ({"injury": True}, "no", "injury_screen", {"injury": None, "leg_deformity": False}),
        ({"diabetes": True}, "no, none of those", "injection_checks", {"diabetes": None, "anticoagulant": False}),
        ({"injury": NOT_SURE}, "none of these", "injury_screen", {"injury": None, "leg_deformity": False}),
        ({"injury": True}, "Sudden, very bad pain", "injury_screen", {"injury": None, "sudden_severe_onset": True}),
        ({"anticoagulant": True}, "I am not on blood thinners", None, {"anticoagulant": False}),
        ({"side": "left"}, "it's the right hip", None, {"side": "right"}),
        (
            {"medicines_tried": ["paracetamol"]},
            "I take naproxen as well",
            None,
            {"medicines_tried": ("paracetamol", "anti_inflammatory")},
        ),
        ({"lifestyle_tried": ["none"]}, "I did have physio once", None, {"lifestyle_tried": ("physiotherapy",)}),
    ],
)
def test_what_is_kept_of_a_message(known, text, question, kept) -> None:
    facts, _ = recall(READER.read(text, question, TODAY), known)
    for fact_id, value in kept.items():
        assert facts.get(fact_id) == value, fact_id


def test_not_sure_does_not_undo_an_answer() -> None:
    reading = READER.read("not sure", "nerve_screen", TODAY)
    _, unsure = recall(reading, {"saddle_numbness": True, "both_legs_weak": False})
    assert unsure == {"bladder_bowel_change"}
