"""The answers read back in plain words."""

from __future__ import annotations

import pytest

from hip.assessment import EMERGENCY_SCREENS, NOT_SURE, facts_of
from hip.dialogue.questions import load_questions
from hip.dialogue.summary import Line, read_back, read_back_part
from hip.durations import duration_in_words

QUESTIONS = load_questions()


def texts(facts: dict) -> list[str]:
    return [line.text for line in read_back(QUESTIONS, facts)]


@pytest.mark.parametrize(
    ("weeks", "words"),
    [
        (0.1, "about 1 day"),
        (0.6, "about 4 days"),
        (1, "about 1 week"),
        (8, "about 8 weeks"),
        (26, "about 6 months"),
        (104, "about 2 years"),
        (520, "about 10 years"),
    ],
)
def test_a_time_in_the_unit_a_person_would_use(weeks: float, words: str) -> None:
    assert duration_in_words(weeks) == words


def test_what_applies_what_does_not_and_what_is_not_known_are_told_apart() -> None:
    assert texts({"age": 63, "diabetes": True, "anticoagulant": False, "weight_loss": NOT_SURE}) == [
        "Age 63.",
        "Diabetes.",
        "Not the case: Blood thinners or a bleeding problem.",
        "Not sure: Losing weight without trying.",
    ]


def test_a_list_that_was_denied_whole_is_one_line() -> None:
    denied = {fact.id: False for screen in EMERGENCY_SCREENS for fact in facts_of(screen)}
    assert texts(denied) == ["None of the emergency signs I asked about."]
    assert texts({**denied, "injury": True})[0] == "A fall, knock or accident."


def test_a_point_that_was_not_denied_is_never_in_such_a_line() -> None:
    facts = {fact.id: False for fact in facts_of("nerve_screen")}
    assert "None of the emergency signs I asked about." not in texts(facts)


def test_each_line_names_the_question_by_which_it_can_be_changed() -> None:
    lines = read_back(QUESTIONS, {"age": 63, "anticoagulant": False, "limp": True})
    assert lines[0] == Line("Age 63.", "age", "Age")
    assert [line.question for line in lines] == ["age", None, "injection_checks"]
    part = read_back_part(lines)["read_back"]
    assert part[0] == {"question": "age", "label": "Age", "text": "Age 63."}


def test_what_is_only_implied_is_not_read_back() -> None:
    assert texts({"pain_in_hip": True, "consent": True}) == []
