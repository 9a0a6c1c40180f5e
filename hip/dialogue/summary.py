"""Reads the answers back in plain words, so that the person can correct them before a result is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from hip.assessment import EMERGENCY_SCREENS, FACTS, NOT_SURE, FactKind, Facts, FactValue, facts_of
from hip.dialogue.questions import QuestionBook

WEEKS_IN_A_YEAR: Final = 52.18
WEEKS_IN_A_MONTH: Final = 4.35
#: Not read back: they are about the talk, not about the hip.
_LEFT_OUT: Final = frozenset({"consent", "respondent"})


def read_back(questions: QuestionBook, facts: Facts) -> tuple[str, ...]:
    """What was understood, one line a topic: numbers and places, what applies, what does not, what is not known."""
    lines = [line for fact_id in FACTS if fact_id in facts and (line := _line(questions, fact_id, facts[fact_id]))]
    denied = [fact_id for fact_id in facts if facts[fact_id] is False and fact_id in _checklist_facts()]
    for fact_ids, line in _whole_lists():
        if all(facts.get(fact_id) is False for fact_id in fact_ids):
            lines.append(line)
            denied = [fact_id for fact_id in denied if fact_id not in fact_ids]
    lines += _listed("Not the case: ", denied, questions)
    lines += _listed("Not sure: ", [fact_id for fact_id in facts if facts[fact_id] == NOT_SURE], questions)
    return tuple(lines)


def in_words(questions: QuestionBook, fact_id: str, value: FactValue) -> str:
    """One fact as a person would say it, for the read-back and for a correction."""
    if fact_id == "age":
        return f"Age {value}."
    if fact_id == "pain_score":
        return f"Pain {value} out of 10 now."
    if fact_id == "duration_weeks":
        return f"Pain for {duration_in_words(float(str(value)))}."
    if fact_id == "previous_injection_weeks":
        return f"Last injection {duration_in_words(float(str(value)))} ago."
    if fact_id == "morning_stiffness_minutes":
        return f"Stiff for about {value} minutes in the morning." if value else "No stiffness in the morning."
    if fact_id == "injections_past_year":
        return f"Injections in the past year: {value}."
    if FACTS[fact_id].kind is FactKind.SET and isinstance(value, tuple):
        return _set_in_words(questions, fact_id, value)
    name = {"site": "Pain mainly here: ", "side": "Side: ", "diagnosis": "Told by a doctor: "}.get(fact_id, "")
    if fact_id == "previous_injection":
        name = "Earlier injection: "
    if value is False:
        return f"Not the case: {_label(questions, fact_id)}."
    label = questions.words_for(fact_id, value)
    return f"{name}{label or str(value)}."


def duration_in_words(weeks: float) -> str:
    """A number of weeks in the unit a person would use."""
    if weeks < 1:
        days = max(1, round(weeks * 7))
        return _count(days, "day")
    if weeks < 9:
        return _count(round(weeks), "week")
    if weeks < 1.8 * WEEKS_IN_A_YEAR:
        return _count(round(weeks / WEEKS_IN_A_MONTH), "month")
    return _count(round(weeks / WEEKS_IN_A_YEAR), "year")


def _count(number: int, unit: str) -> str:
    return f"about {number} {unit}" if number == 1 else f"about {number} {unit}s"


def _line(questions: QuestionBook, fact_id: str, value: FactValue) -> str | None:
    if fact_id in _LEFT_OUT or value is False or value == NOT_SURE:
        return None
    if fact_id == "recent_hip_procedure" and value == "none":
        return None
    return in_words(questions, fact_id, value)


def _set_in_words(questions: QuestionBook, fact_id: str, value: tuple[str, ...]) -> str:
    name = {
        "activity_limits": "Made difficult: ",
        "lifestyle_tried": "Tried: ",
        "medicines_tried": "Medicines tried: ",
    }[fact_id]
    labels = [questions.words_for(fact_id, (item,)) or "none" for item in value]
    return f"{name}{', '.join(labels)}."


def _listed(start: str, fact_ids: Iterable[str], questions: QuestionBook) -> list[str]:
    labels = [_label(questions, fact_id) for fact_id in fact_ids]
    return [start + "; ".join(labels) + "."] if labels else []


def _label(questions: QuestionBook, fact_id: str) -> str:
    """What a fact is called: the label of its true value, or its name where it has no such label."""
    return questions.words_for(fact_id, True) or fact_id.replace("_", " ")


def _whole_lists() -> Iterator[tuple[frozenset[str], str]]:
    """Lists whose points are read back in one line when every one was denied."""
    yield _yes_no_facts(*EMERGENCY_SCREENS), "None of the emergency signs I asked about."
    yield _yes_no_facts("health_screen"), "None of the health problems I asked about."
    yield _yes_no_facts("hip_history"), "No replacement in this hip and no operation planned."
    yield _yes_no_facts("injection_checks"), "None of the points to check before an injection."


def _yes_no_facts(*questions: str) -> frozenset[str]:
    facts = (fact for question in questions for fact in facts_of(question))
    return frozenset(fact.id for fact in facts if fact.kind is FactKind.BOOL)


def _checklist_facts() -> frozenset[str]:
    """The yes/no facts that a person was asked about, so that a "no" is worth reading back."""
    return frozenset(fact.id for fact in FACTS.values() if fact.kind is FactKind.BOOL and fact.question) - _LEFT_OUT
