"""What is asked, in which order, and when asking ends."""

from __future__ import annotations

from typing import Any

import pytest

from hip.assessment import NOT_SURE, facts_of
from hip.triage.engine import assess
from hip.triage.questions import next_question
from hip.triage.rulebook import Rulebook
from tests.triage.rule_rows import patient


def interview(rulebook: Rulebook, truth: dict[str, Any], volunteered: tuple[str, ...] = ()) -> list[str]:
    """The questions asked of a person who answers each of them fully."""
    facts = {fact: truth[fact] for fact in volunteered}
    asked: list[str] = []
    while question := next_question(rulebook, facts, frozenset(asked)):
        assert question not in asked
        asked.append(question)
        facts |= {fact.id: truth[fact.id] for fact in facts_of(question) if fact.id in truth}
    return asked


ROUTINE = [
    "consent", "respondent", "age", "injury_screen", "infection_screen", "nerve_screen", "circulation_screen",
    "health_screen", "hip_history", "duration", "pain_pattern", "stiffness", "lifestyle_tried", "medicines_tried",
    "site", "injection_checks",
]  # fmt: skip
SCREENS = ROUTINE[:7]


def test_the_routine_order(rulebook: Rulebook) -> None:
    assert interview(rulebook, patient()) == ROUTINE


def test_who_has_told_at_length_is_not_asked_the_open_question(rulebook: Rulebook) -> None:
    asked = interview(rulebook, patient(told_story=True), ("told_story",))
    assert asked == [question for question in ROUTINE if question != "duration"]


INJECTED = patient(
    previous_injection="steroid",
    previous_injection_weeks=30.0,
    previous_injection_helped=True,
    injections_past_year=1,
    diabetes=True,
    diabetes_poor_control=False,
)


def test_follow_ups_only_after_what_they_follow(rulebook: Rulebook) -> None:
    assert interview(rulebook, INJECTED) == [*ROUTINE, "diabetes_poor_control"]


def test_the_longest_conversation(rulebook: Rulebook) -> None:
    """Nobody can be asked more: ``hip.proof.talk`` proves it."""
    asked = interview(rulebook, INJECTED, ("previous_injection",))
    routine = [question for question in ROUTINE if question != "duration"]
    assert asked == [
        *routine[:-1], "previous_injection_weeks", "injections_past_year", "injection_checks", "diabetes_poor_control",
    ]  # fmt: skip
    assert len(asked) == 18


def test_no_count_of_a_year_whose_last_injection_was_before_it(rulebook: Rulebook) -> None:
    truth = patient(previous_injection="steroid", previous_injection_weeks=60.0, previous_injection_helped=True)
    assert "injections_past_year" not in interview(rulebook, truth)


def test_an_emergency_ends_the_questions(rulebook: Rulebook) -> None:
    assert interview(rulebook, patient(hot_swollen_joint=True))[-1] == "infection_screen"


def test_under_18_ends_the_questions(rulebook: Rulebook) -> None:
    assert interview(rulebook, patient(age=17)) == ["consent", "respondent", "age"]


@pytest.mark.parametrize("answer", [False, NOT_SURE])
def test_without_consent_nothing_is_asked(rulebook: Rulebook, answer: Any) -> None:
    assert interview(rulebook, patient(consent=answer)) == ["consent"]


def test_consent_that_was_asked_and_not_given_is_not_consent(rulebook: Rulebook) -> None:
    assert next_question(rulebook, patient(consent=None, side=None), {"consent"}) is None


def test_pain_elsewhere_ends_early(rulebook: Rulebook) -> None:
    asked = interview(rulebook, patient(site="elsewhere"), ("site",))
    assert asked == ["consent", "age", *SCREENS[3:], "health_screen", "hip_history"]
    assert interview(rulebook, patient(site="back")) == ROUTINE[:-1]


def test_back_pain_with_past_cancer_is_asked_on(rulebook: Rulebook) -> None:
    asked = interview(rulebook, patient(site="back", cancer_history=True))
    assert "pain_pattern" in asked
    assert "injection_checks" not in asked


def test_same_day_asks_only_what_could_be_more_urgent(rulebook: Rulebook) -> None:
    asked = interview(rulebook, patient(leg_swelling=True), ("leg_swelling",))
    assert asked == ["consent", "age", "injury_screen", "infection_screen", "nerve_screen", "circulation_screen"]


def test_a_recent_fall_is_asked_about_thin_bones(rulebook: Rulebook) -> None:
    asked = interview(rulebook, patient(injury=True, duration_weeks=1.0), ("injury", "duration_weeks"))
    assert asked == ["consent", *SCREENS[2:], "health_screen"]


def test_see_a_gp_soon_asks_no_injection_questions(rulebook: Rulebook) -> None:
    asked = interview(rulebook, patient(weight_loss=True))
    assert "pain_pattern" in asked
    assert not {"injection_checks", "previous_injection", "lifestyle_tried"} & set(asked)


@pytest.mark.parametrize("question", ["site", "lifestyle_tried", "medicines_tried", "stiffness", "injection_checks"])
def test_a_skipped_question_is_not_asked_again_and_a_level_comes_out(rulebook: Rulebook, question: str) -> None:
    facts = patient(**{fact.id: None for fact in facts_of(question)})
    assert next_question(rulebook, facts) == question
    assert next_question(rulebook, facts, {question}) is None
    assert assess(rulebook, facts, {question}).level is not None
