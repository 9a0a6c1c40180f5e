"""Reads the answers back in plain words, so that the person can correct them before a result is given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from hip.assessment import EMERGENCY_SCREENS, FACTS, IMPLIED_FACTS, NOT_SURE, FactKind, Facts, FactValue, facts_of
from hip.dialogue.questions import QuestionBook
from hip.durations import duration_in_words

#: Not read back: they are about the talk, not about the hip.
_LEFT_OUT: Final = frozenset({"consent", "respondent"}) | IMPLIED_FACTS


@dataclass(frozen=True)
class Line:
    """One line of the read-back.

    Attributes:
        text: what was understood.
        question: id of the question whose answer it is; None for one that no question asks for.
        label: that question's short title, by which a change is asked for.
    """

    text: str
    question: str | None = None
    label: str | None = None


def read_back(questions: QuestionBook, facts: Facts) -> tuple[Line, ...]:
    """What was understood, one line a topic: numbers and places, what applies, what does not, what is not known."""
    told = [fact_id for fact_id in FACTS if fact_id in facts and fact_id not in _LEFT_OUT]
    denied = [fact_id for fact_id in told if facts[fact_id] is False and fact_id in _checklist_facts()]
    unsure = [fact_id for fact_id in told if facts[fact_id] == NOT_SURE]
    lines = [
        _line(questions, FACTS[fact_id].question, in_words(questions, fact_id, facts[fact_id]))
        for fact_id in told
        if facts[fact_id] not in (False, NOT_SURE) and (fact_id, facts[fact_id]) != ("recent_hip_procedure", "none")
    ]
    for fact_ids, text, question in _whole_lists():
        if all(facts.get(fact_id) is False for fact_id in fact_ids):
            lines.append(_line(questions, question, text))
            denied = [fact_id for fact_id in denied if fact_id not in fact_ids]
    lines += _listed(questions, "Not the case: ", denied)
    lines += _listed(questions, "Not sure: ", unsure)
    return tuple(lines)


def read_back_part(lines: Iterable[Line]) -> dict[str, Any]:
    """The read-back as a channel shows it: each line with the title by which it can be changed."""
    return {"read_back": [{"question": line.question, "label": line.label, "text": line.text} for line in lines]}


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


def _line(questions: QuestionBook, question: str | None, text: str) -> Line:
    return Line(text, question, questions.questions[question].name if question else None)


def _set_in_words(questions: QuestionBook, fact_id: str, value: tuple[str, ...]) -> str:
    name = {
        "activity_limits": "Made difficult: ",
        "lifestyle_tried": "Tried: ",
        "medicines_tried": "Medicines tried: ",
    }[fact_id]
    labels = [questions.words_for(fact_id, (item,)) or "none" for item in value]
    return f"{name}{', '.join(labels)}."


def _listed(questions: QuestionBook, start: str, fact_ids: Iterable[str]) -> list[Line]:
    """One line a question, so that each can be changed by itself."""
    by_question: dict[str | None, list[str]] = {}
    for fact_id in fact_ids:
        by_question.setdefault(FACTS[fact_id].question, []).append(_label(questions, fact_id))
    return [_line(questions, question, f"{start}{'; '.join(labels)}.") for question, labels in by_question.items()]


def _label(questions: QuestionBook, fact_id: str) -> str:
    """What a fact is called: the label of its true value, or its name where it has no such label."""
    return questions.words_for(fact_id, True) or fact_id.replace("_", " ")


def _whole_lists() -> Iterator[tuple[frozenset[str], str, str | None]]:
    """Lists whose points are read back in one line when every one was denied, and the question that asks for them."""
    yield _yes_no_facts(*EMERGENCY_SCREENS), "None of the emergency signs I asked about.", None
    yield _yes_no_facts("health_screen"), "None of the health problems I asked about.", "health_screen"
    yield _yes_no_facts("hip_history"), "No replacement in this hip and no operation planned.", "hip_history"
    yield _yes_no_facts("injection_checks"), "None of the points to check before an injection.", "injection_checks"


def _yes_no_facts(*questions: str) -> frozenset[str]:
    facts = (fact for question in questions for fact in facts_of(question))
    return frozenset(fact.id for fact in facts if fact.kind is FactKind.BOOL)


def _checklist_facts() -> frozenset[str]:
    """The yes/no facts that a person was asked about, so that a "no" is worth reading back."""
    return frozenset(fact.id for fact in FACTS.values() if fact.kind is FactKind.BOOL and fact.question) - _LEFT_OUT
