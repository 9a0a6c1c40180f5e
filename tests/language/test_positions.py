"""Answers to a checklist by the place of its points, and corrections of what was said before."""

from __future__ import annotations

import datetime
from typing import Any

import pytest

from hip.language.facts import FactReader
from hip.language.memory import find_withdrawn, recall

READER = FactReader()
TODAY = datetime.date(2026, 11, 25)
INJURY = ("injury", "cannot_bear_weight", "leg_deformity", "sudden_severe_onset")

PLACES = [
    ("injury_screen", "the second one", [False, True, False, False]),
    ("injury_screen", "the last two", [False, False, True, True]),
    ("injury_screen", "all but the last", [True, True, True, False]),
    ("injury_screen", "none except the third", [False, False, True, False]),
    ("injury_screen", "yes, no, yes, no", [True, False, True, False]),
    ("injury_screen", "no, yes a bit, no, no", [False, True, False, False]),
    ("injury_screen", "1 and 3", [True, False, True, False]),
    ("injury_screen", "first yes, second no, third no, last no", [True, False, False, False]),
    ("injury_screen", "the shorter one", [False, False, True, False]),
    ("injury_screen", "only the fall", [True, False, False, False]),
    ("injury_screen", "not the first", [False, None, None, None]),
    ("injury_screen", "it started first thing in the morning", [None, None, None, None]),
    ("injury_screen", "last year I had the other one done", [None, None, None, None]),
]


@pytest.mark.parametrize(("question", "text", "values"), PLACES)
def test_points_are_named_by_their_place(question: str, text: str, values: list[bool | None]) -> None:
    read = READER.read(text, question, TODAY).facts
    assert [read.get(fact) for fact in INJURY] == values


def test_a_place_counts_among_the_points_that_were_still_open() -> None:
    facts, _ = recall(READER.read("the second", "injury_screen", TODAY), {"injury": True})
    assert facts == {"cannot_bear_weight": False, "leg_deformity": True, "sudden_severe_onset": False}


def test_a_place_that_was_not_shown_says_nothing() -> None:
    known = {"injury": True, "cannot_bear_weight": False}
    facts, _ = recall(READER.read("the third", "injury_screen", TODAY), known)
    assert facts == {}


CORRECTIONS: list[tuple[str, str | None, dict[str, Any], dict[str, Any]]] = [
    ("not the left, the other one", None, {"side": "left"}, {"side": "right"}),
    ("sorry, the other side", "duration", {"side": "right"}, {"side": "left"}),
    ("wrong hip", "duration", {"side": "right"}, {"side": "left"}),
    ("I meant weeks", "pain_score", {"duration_weeks": 26.07}, {"duration_weeks": 6.0}),
    ("months, not weeks", "pain_score", {"duration_weeks": 6.0}, {"duration_weeks": 26.07}),
    ("sorry I meant days", "diagnosis", {"duration_weeks": 52.18, "previous_injection_weeks": 3.0},
     {"previous_injection_weeks": 0.429}),
    ("oops, I meant hours", "activity_limits", {"morning_stiffness_minutes": 2}, {"morning_stiffness_minutes": 120}),
]  # fmt: skip


@pytest.mark.parametrize(("text", "question", "known", "changed"), CORRECTIONS)
def test_a_correction_changes_what_was_said_before(
    text: str, question: str | None, known: dict[str, Any], changed: dict[str, Any]
) -> None:
    reading = READER.read(text, question, TODAY)
    facts, _ = recall(reading, known)
    assert (facts, reading.corrects) == (changed, True)


@pytest.mark.parametrize("text", ["the other hip is fine", "my other leg has started to ache", "it has been weeks"])
def test_what_corrects_nothing_changes_nothing(text: str) -> None:
    facts, _ = recall(READER.read(text, None, TODAY), {"side": "left", "duration_weeks": 26.07})
    assert facts.get("side", "left") == "left"
    assert facts.get("duration_weeks", 26.07) > 2


def test_a_withdrawn_emergency_is_made_visible() -> None:
    known = {"cannot_bear_weight": True, "diabetes": True}
    reading = READER.read("actually I can walk on it", None, TODAY)
    facts, _ = recall(reading, known)
    assert reading.corrects
    assert find_withdrawn(facts, known) == {"cannot_bear_weight"}
    assert find_withdrawn({"diabetes": False}, known) == frozenset()


@pytest.mark.parametrize(
    ("text", "fact"),
    [("mum had breast cancer in 2010", "cancer_history"), ("my husband is on apixaban", "anticoagulant")],
)
def test_a_relatives_illness_counts_once_the_relative_is_the_patient(text: str, fact: str) -> None:
    reading = READER.read(text, "health_screen", TODAY)
    assert fact not in recall(reading, {})[0]
    assert recall(reading, {"respondent": "someone_else"})[0][fact] is True


@pytest.mark.parametrize("question", ["injection_checks", "hip_history", "infection_screen", "nerve_screen"])
@pytest.mark.parametrize(
    "text",
    [
        "how long does a steroid injection last?",
        "is it better to do it first or last",
        "what happens in the second week?",
        "will the first one hurt?",
    ],
)
def test_a_question_names_no_point_and_denies_none(question: str, text: str) -> None:
    assert READER.read(text, question, datetime.date(2026, 11, 25)).facts == {}
