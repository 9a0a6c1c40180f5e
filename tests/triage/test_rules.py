"""Each row of the clinical rules on patients made for it."""

from __future__ import annotations

import pytest

from hip.assessment import EMERGENCY_SCREENS, NOT_SURE, facts_of, parse_facts
from hip.triage.engine import assess
from hip.triage.rulebook import Rulebook
from tests.triage.rule_rows import ROWS, Row, patient


def name(row: Row) -> str:
    return f"{row.rule} {row.fires} unknown {row.deciding}"


def fired(rulebook: Rulebook, facts: dict[str, object]) -> list[str]:
    return [rule.id for rule in assess(rulebook, parse_facts(facts)).fired]


def test_every_rule_has_patients(rulebook: Rulebook) -> None:
    with_rows = {row.rule for row in ROWS} | {rulebook.unanswered_screen.id}  # tested below
    assert with_rows == {rule.id for rule in rulebook.all_rules}


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_rule_fires_and_gives_the_level(rulebook: Rulebook, row: Row) -> None:
    facts = patient(**row.fires)
    assert row.rule in fired(rulebook, facts)
    level = assess(rulebook, parse_facts(facts)).level
    assert level is not None
    assert level.value == row.level


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_rule_stays_quiet(rulebook: Rulebook, row: Row) -> None:
    assert row.rule not in fired(rulebook, patient(**{**row.fires, **row.quiet}))


@pytest.mark.parametrize("row", ROWS, ids=name)
def test_rule_with_its_deciding_fact_unknown(rulebook: Rulebook, row: Row) -> None:
    facts = patient(**{**row.fires, row.deciding: None})
    assert (row.rule in fired(rulebook, facts)) is row.fires_unknown


@pytest.mark.parametrize("fact", [fact.id for screen in EMERGENCY_SCREENS for fact in facts_of(screen)])
def test_not_sure_about_an_emergency_counts_as_yes(rulebook: Rulebook, fact: str) -> None:
    assert fired(rulebook, patient(**{fact: NOT_SURE})) == fired(rulebook, patient(**{fact: True}))


@pytest.mark.parametrize("fact", ["suicidal", "overdose", "allergic_reaction"])
def test_not_sure_about_a_volunteered_emergency_counts_as_yes(rulebook: Rulebook, fact: str) -> None:
    assert assess(rulebook, patient(**{fact: NOT_SURE})).interrupts


@pytest.mark.parametrize("screen", EMERGENCY_SCREENS)
def test_an_unanswered_screen_means_help_today(rulebook: Rulebook, screen: str) -> None:
    facts = patient(**{facts_of(screen)[0].id: None})
    assert assess(rulebook, facts).level is None
    left_open = assess(rulebook, facts, {screen})
    assert left_open.level is rulebook.unanswered_screen.level
    assert left_open.fired == (rulebook.unanswered_screen,)
    assert assess(rulebook, patient(), {screen}).level is not left_open.level


@pytest.mark.parametrize("screen", EMERGENCY_SCREENS)
def test_no_level_below_same_day_before_every_screen_is_answered(rulebook: Rulebook, screen: str) -> None:
    for fact in facts_of(screen):
        for changes in ({}, {"anticoagulant": True}, {"weight_loss": True}, {"site": "knee"}):
            assert assess(rulebook, patient(**{**changes, fact.id: None})).level is None


def test_no_level_below_same_day_before_the_age_is_answered(rulebook: Rulebook) -> None:
    facts = patient(age=None, weight_loss=True)
    assert assess(rulebook, facts).level is None
    refused = assess(rulebook, facts, {"age"})
    assert [rule.id for rule in refused.fired] == ["R6", "N-age"]


@pytest.mark.parametrize("question", ["health_screen", "hip_history", "injection_checks"])
def test_an_open_part_of_an_answered_question_is_for_a_clinician(rulebook: Rulebook, question: str) -> None:
    facts = patient(**{facts_of(question)[-1].id: None})
    assert assess(rulebook, facts).level is None
    answered = assess(rulebook, facts, {question}).level
    assert answered is not None
    assert answered.value == "clinician_review"


def test_an_unclear_age_counts_as_old_after_a_fall(rulebook: Rulebook) -> None:
    facts = patient(injury=True, duration_weeks=1.0, age=NOT_SURE)
    assert "R1b" in fired(rulebook, facts)


def test_several_emergencies_are_all_told(rulebook: Rulebook) -> None:
    assessment = assess(rulebook, patient(suicidal=True, chest_pain_or_breathless=True, hot_swollen_joint=True))
    assert [level.value for level in assessment.urgent_levels] == [
        "emergency_ambulance",
        "mental_health_crisis",
        "emergency_department",
    ]


@pytest.mark.parametrize(
    ("changes", "interrupts"),
    [
        ({"sepsis_signs": True}, True),
        ({"suicidal": True}, True),
        ({"hot_swollen_joint": True}, True),
        ({"leg_swelling": True}, False),
        ({"age": 17}, True),
        ({"age": 18, "leg_swelling": True}, False),
        ({"weight_loss": True}, False),
        ({}, False),
    ],
)
def test_what_interrupts_at_once(rulebook: Rulebook, changes: dict[str, object], interrupts: bool) -> None:
    assert assess(rulebook, patient(**changes)).interrupts is interrupts
