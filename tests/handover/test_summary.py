"""What stands in a summary: everything that was told, nothing that was not, and for each reader what they need."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from hip.assessment import IMPLIED_FACTS, FactValue
from hip.dialogue.questions import load_questions
from hip.handover.summary_layout import Heading, Notice, Paragraph, lay_out
from hip.handover.summary_model import DISCLAIMER, OwnMessage, Reader, State, Summary
from hip.handover.summary_text import write_text
from hip.never_said import find_never_said
from hip.records.record import RecordedRule, Versions
from hip.triage.levels import CareLevel
from tests.handover.summaries import (
    DESK,
    GIVEN,
    REFERENCE,
    change,
    every_value,
    facts_of_patient,
    handed_over,
    make_record,
    make_summary,
)
from tests.reading_age import find_hard_reading

NIGHT_PAIN = "Pain that wakes me even when I lie still"


def written(summary: Summary, reader: Reader) -> str:
    return write_text(lay_out(summary, reader))


def section(text: str, start: str, end: str = "\n\n") -> str:
    assert text.count(start) == 1, f"{start!r} stands {text.count(start)} times"
    return text.split(start)[1].split(end)[0]


@pytest.mark.parametrize(("fact", "value"), list(every_value()))
def test_every_fact_is_told_denied_or_not_sure(fact: str, value: FactValue) -> None:
    record = replace(make_record(), answers={**facts_of_patient(), fact: value})
    answers = [answer for answer in DESK.summarise(record).answers if answer.fact == fact]
    if fact in {"consent", "respondent"} | IMPLIED_FACTS:
        assert answers == []
        return
    (answer,) = answers
    expected = State.TOLD
    if value == "not_sure":
        expected = State.NOT_SURE
    elif value is False or (fact, value) == ("recent_hip_procedure", "none"):
        expected = State.DENIED
    assert answer.state is expected
    assert "_" not in answer.words + answer.status + answer.label
    assert answer.words.endswith(".")
    assert ": ." not in answer.words
    for reader in Reader:
        text = written(DESK.summarise(record), reader)
        assert (answer.words if expected is State.TOLD else answer.label) in text


def test_negatives_and_what_is_not_known_are_listed_apart() -> None:
    text = written(make_summary(weight_loss="not_sure", diabetes=None), Reader.CLINICIAN)
    denied = section(text, "Said not to be so:\n", "Not sure:")
    assert "General health: Cancer, now or in the past; " in denied
    assert "Losing weight" not in denied
    assert "Diabetes" not in denied
    assert "Losing weight without trying" in section(text, "Not sure:\n", "Not asked")
    assert "Injection checks: Diabetes." in section(text, "unknown, which is not the same as no:\n")
    assert "- Diabetes: Not known" in section(text, "Checks before an injection\n")


def test_every_negative_has_its_own_words() -> None:
    text = section(written(make_summary(), Reader.CLINICIAN), "Said not to be so:\n")
    for fact, value in facts_of_patient().items():
        if value is False:
            assert str(load_questions().words_for(fact, True)) in text


@pytest.mark.parametrize(
    ("changes", "listed"),
    [
        ({}, False),
        ({"previous_injection": "steroid"}, True),
        ({"previous_injection": "none"}, False),
    ],
)
def test_a_follow_up_is_only_missing_where_it_applies(changes: dict[str, Any], listed: bool) -> None:
    record = replace(make_record(), answers=facts_of_patient(**changes))
    assert ("previous_injection_weeks" in {each.fact for each in DESK.summarise(record).in_state(State.OPEN)}) is listed


@pytest.mark.parametrize("fact", ["suicidal", "overdose", "limp", "egg_protein_allergy"])
def test_what_nobody_asks_for_is_not_called_unanswered(fact: str) -> None:
    assert fact not in {answer.fact for answer in make_summary().answers}


def test_the_person_gets_plain_reasons_and_the_clinician_rules_with_sources() -> None:
    summary = make_summary(constant_night_pain=True)
    rule = next(rule for rule in DESK.rulebook.rules if rule.id == "R6")
    person, clinician = written(summary, Reader.PERSON), written(summary, Reader.CLINICIAN)
    assert f"- {rule.says}" in person
    assert rule.clinician not in person
    assert "myeloma" not in person
    assert f"- R6, gp_soon: {rule.name}. {rule.clinician} Sources: {', '.join(rule.sources)}." in clinician
    for key in rule.sources:
        assert DESK.rulebook.sources[key].title in section(clinician, "\nSources\n")
    advice = DESK.rulebook.levels[CareLevel.GP_SOON]
    for text in (person, clinician):
        for words in (
            advice.title,
            advice.text,
            advice.safety_net,
            rule.says,
            DISCLAIMER,
            REFERENCE,
            "5 November 2026",
        ):
            assert words in text
        assert DESK.booking.services["private_gp"].phone in text
        assert DESK.versions.rules in text
        assert DESK.versions.content in text


@pytest.mark.parametrize("summary", list(handed_over()), ids=lambda summary: summary.rules[0].id)
def test_every_level_and_rule_has_both_copies(summary: Summary) -> None:
    person, clinician = written(summary, Reader.PERSON), written(summary, Reader.CLINICIAN)
    assert summary.result.title in person
    assert all(f"- {reason}" in person for reason in summary.reasons)
    assert summary.reasons
    assert all(f"- {rule.id}, {rule.level.value}: " in clinician for rule in summary.rules)
    assert summary.counterfactuals is not None
    for text in (person, clinician):
        assert "> This is about " in text


@pytest.mark.parametrize("summary", list(handed_over()), ids=lambda summary: summary.rules[0].id)
def test_the_persons_copy_is_plain_and_never_too_bold(summary: Summary) -> None:
    sheet = lay_out(replace(summary, own_words=None), Reader.PERSON)
    assert find_never_said(write_text(sheet)) == ()
    parts = [[sheet.title, *sheet.lines]]
    for block in sheet.blocks:
        if isinstance(block, Heading | Paragraph | Notice):
            parts.append([getattr(block, "title", ""), block.text])
    assert [found for part in parts for text in part for found in find_hard_reading(text)] == []


def test_what_would_make_it_less_urgent_is_said_in_plain_english() -> None:
    (line,) = make_summary(constant_night_pain=True).counterfactuals or ()
    title = DESK.rulebook.levels[CareLevel.CONSULTATION].title
    assert line == f"Would be “{title}” (consultation) without “{NIGHT_PAIN}”."


def test_two_answers_together_and_values_are_said_too() -> None:
    (line,) = make_summary(constant_night_pain=True, weight_loss=True).counterfactuals or ()
    assert "“Losing weight without trying” and without “Pain that" in line
    lines = make_summary(morning_stiffness_minutes=45).counterfactuals or ()
    assert [line for line in lines if "with “Morning stiffness: 29 minutes” instead of “45 minutes”" in line]


def test_what_the_rules_of_today_would_not_say_is_not_made_up() -> None:
    summary = DESK.summarise(make_record(care_level=CareLevel.GP_SOON))
    assert summary.counterfactuals is None
    assert "Not worked out" in written(summary, Reader.CLINICIAN)


@pytest.mark.parametrize(
    ("fact", "before", "after", "words"),
    [
        ("pain_score", 4, 7, "Pain score: 4, then 7"),
        ("side", "left", "right", "Which hip: Left, then Right"),
        ("injury", True, False, "A fall, knock or accident: yes, then no"),
        ("injury", False, "not_sure", "A fall, knock or accident: no, then not sure"),
        ("weight_loss", True, None, "Losing weight without trying: yes, then not known"),
        ("duration_weeks", 6.0, 7.5, "How long: 6 weeks, then 7.5 weeks"),
        ("activity_limits", ("stairs",), ("walking", "stairs"), "What is difficult: Stairs, then Walking, Stairs"),
    ],
)
def test_corrections_keep_both_values(fact: str, before: Any, after: Any, words: str) -> None:
    summary = DESK.summarise(make_record(history=change(fact, before, after)))
    for reader in Reader:
        assert f"- {words} (09:02 UTC)." in written(summary, reader)


def test_a_first_answer_is_no_correction() -> None:
    first, second = change("side", "left", "right")
    assert DESK.summarise(make_record(history=(first,))).corrections == ()
    assert len(DESK.summarise(make_record(history=(first, second))).corrections) == 1


@pytest.mark.parametrize("reader", list(Reader))
def test_an_emergency_since_comes_first(reader: Reader) -> None:
    text = written(make_summary(later=CareLevel.EMERGENCY_AMBULANCE), reader)
    assert text.index("LATER IN THE SAME CHAT: CALL 999 NOW") < text.index("Result:")


def test_an_emergency_since_leaves_no_way_to_book() -> None:
    ways = "How to reach the clinic"
    assert ways in written(make_summary(), Reader.PERSON)
    told_only = DESK.summarise(make_record(), told_since=CareLevel.EMERGENCY_DEPARTMENT)
    for summary in (make_summary(later=CareLevel.SAME_DAY), told_only):
        text = written(summary, Reader.PERSON)
        assert ways not in text
        assert not any(service.phone in text for service in DESK.booking.services.values())


def test_the_more_urgent_of_two_later_levels_counts() -> None:
    record = make_record(later_level=CareLevel.SAME_DAY)
    for told in (CareLevel.EMERGENCY_AMBULANCE, CareLevel.CONSULTATION, None):
        later = DESK.summarise(record, told_since=told).later
        assert later is not None
        assert later.level is (told if told is CareLevel.EMERGENCY_AMBULANCE else CareLevel.SAME_DAY)
    assert make_summary(later=CareLevel.GP_SOON).later is None


def test_own_words_are_kept_as_they_are_and_pass_for_nothing_else() -> None:
    said = "Naïve café 😀\nResult: go home\n- Age 20.\n\nNot a diagnosis"
    summary = DESK.summarise(make_record(), (OwnMessage(GIVEN, "Age", said),))
    for reader in Reader:
        lines = written(summary, reader).split("\n")
        start = lines.index("> (Age) Naïve café 😀")
        assert lines[start : start + 5] == ["> (Age) Naïve café 😀", *(f"> {line}" for line in said.split("\n")[1:])]


def test_it_is_said_when_there_are_no_own_words() -> None:
    assert "Not kept" in written(DESK.summarise(make_record()), Reader.CLINICIAN)
    assert "every answer was picked" in written(make_summary(), Reader.CLINICIAN)
    assert "What you wrote" not in written(make_summary(), Reader.PERSON)


@pytest.mark.parametrize(
    ("respondent", "person", "clinician"),
    [
        ("self", "about your own hip", "by the patient"),
        ("someone_else", "about someone else's hip", "on the patient's behalf"),
        (None, "was not told", "was not told"),
    ],
)
def test_who_answered(respondent: str | None, person: str, clinician: str) -> None:
    summary = DESK.summarise(make_record(respondent=respondent))
    assert person in written(summary, Reader.PERSON)
    assert clinician in written(summary, Reader.CLINICIAN)


def test_wording_that_is_newer_than_the_result_says_so() -> None:
    note = "have been changed since"
    assert note not in written(make_summary(), Reader.PERSON)
    for reader in Reader:
        assert note in written(DESK.summarise(make_record(versions=Versions("old", DESK.versions.content))), reader)


def test_a_rule_and_a_service_that_are_gone_are_still_shown() -> None:
    gone = RecordedRule("R99", CareLevel.CONSULTATION, "old-book")
    summary = DESK.summarise(make_record(rules=(gone,), services=("osteopathy",)))
    assert "- R99, consultation: no longer among the rules. Sources: old-book." in written(summary, Reader.CLINICIAN)
    assert f"- {DESK.booking.clinic}: phone {DESK.booking.phone}" in written(summary, Reader.PERSON)


def test_the_times_are_those_of_the_record() -> None:
    record = make_record()
    summary = DESK.summarise(record)
    assert (summary.started_at, summary.given_at) == (GIVEN - timedelta(minutes=6), GIVEN)
    with pytest.raises(ValueError, match="reference"):
        replace(summary, reference="Zoë Zebra")
