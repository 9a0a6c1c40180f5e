"""Facts, corrections and counterfactuals in the words of a summary."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from hip.assessment import FACTS, IMPLIED_FACTS, NOT_SURE, Fact, FactKind, Facts, FactValue
from hip.dialogue.questions import QuestionBook
from hip.dialogue.summary import in_words
from hip.handover.summary_model import Answer, Correction, State
from hip.records.record import RecordedAnswer
from hip.triage.conditions import evaluate
from hip.triage.counterfactual import Change, Counterfactual
from hip.triage.rulebook import Rulebook

#: About the talk, or only implied by other words: no answers of the person's.
_LEFT_OUT: Final = frozenset({"consent", "respondent"}) | IMPLIED_FACTS

#: Where the label of the choice, or the title of the question, does not say by itself what the fact is.
_LABELS: Final[Mapping[str, str]] = {
    "recent_hip_procedure": "An injection or operation on this hip in the last three months",
    "previous_injection_helped": "The last injection helped",
    "diabetes_poor_control": "Diabetes that often runs high",
}

_UNITS: Final[Mapping[str, str]] = {
    "duration_weeks": " weeks",
    "previous_injection_weeks": " weeks ago",
    "morning_stiffness_minutes": " minutes",
}


def list_answers(questions: QuestionBook, rulebook: Rulebook, facts: Facts) -> tuple[Answer, ...]:
    """Every fact that is known, and every one that was to be asked and is not."""
    to_ask = {step.id for step in rulebook.questions if step.only_if is None or evaluate(step.only_if, facts)}
    return tuple(
        _answer(questions, fact, facts.get(fact.id))
        for fact in FACTS.values()
        if fact.id not in _LEFT_OUT and (fact.id in facts or fact.question in to_ask)
    )


def list_corrections(questions: QuestionBook, history: Iterable[RecordedAnswer]) -> tuple[Correction, ...]:
    """Each value that took the place of another, oldest first."""
    latest: dict[str, FactValue | None] = {}
    corrections = []
    for recorded in history:
        fact_id, value = recorded.fact_id, recorded.value
        if fact_id in latest and fact_id not in IMPLIED_FACTS:
            fact = FACTS[fact_id]
            before, after = (_value_in_words(questions, fact, each) for each in (latest[fact_id], value))
            corrections.append(Correction(recorded.recorded_at, _label(questions, fact), before, after))
        latest[fact_id] = value
    return tuple(corrections)


def counterfactual_in_words(questions: QuestionBook, rulebook: Rulebook, found: Counterfactual) -> str:
    """One sentence, such as: Would be “First steps for hip pain” (first_line_care) without “A fall”."""
    changes = " and ".join(_change_in_words(questions, change) for change in found.changes)
    return f"Would be “{rulebook.levels[found.level].title}” ({found.level.value}) {changes}."


def yes_no_labels(questions: QuestionBook) -> dict[str, str]:
    """What each yes/no fact is called."""
    return {fact.id: _label(questions, fact) for fact in FACTS.values() if fact.kind is FactKind.BOOL}


def _answer(questions: QuestionBook, fact: Fact, value: FactValue | None) -> Answer:
    label, state = _label(questions, fact), _state(fact, value)
    return Answer(
        fact=fact.id,
        kind=fact.kind,
        question=fact.question,
        topic=questions.questions[fact.question].name if fact.question else "",
        label=label,
        value=value,
        state=state,
        words=_sentence(questions, fact, label, state, value),
        status="No" if state is State.DENIED else _value_in_words(questions, fact, value).capitalize(),
    )


def _sentence(questions: QuestionBook, fact: Fact, label: str, state: State, value: FactValue | None) -> str:
    if fact.kind is FactKind.BOOL or state is not State.TOLD or value is None:
        return f"{label}."
    return in_words(questions, fact.id, value or ("none",) if isinstance(value, tuple) else value)


def _state(fact: Fact, value: FactValue | None) -> State:
    if value is None:
        return State.OPEN
    if value == NOT_SURE:
        return State.NOT_SURE
    if value is False or (fact.id, value) == ("recent_hip_procedure", "none"):
        return State.DENIED
    return State.TOLD


def _label(questions: QuestionBook, fact: Fact) -> str:
    if fact.id in _LABELS:
        return _LABELS[fact.id]
    label = questions.words_for(fact.id, True) if fact.kind is FactKind.BOOL else None
    return label or questions.questions[fact.question or fact.id].name


def _value_in_words(questions: QuestionBook, fact: Fact, value: FactValue | None) -> str:
    if value is None:
        return "not known"
    if value == NOT_SURE:
        return "not sure"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(questions.words_for(fact.id, (item,)) or item for item in value) or "none"
    if isinstance(value, str):
        return questions.words_for(fact.id, value) or value
    return f"{value:g}{_UNITS.get(fact.id, '')}"


def _change_in_words(questions: QuestionBook, change: Change) -> str:
    fact = FACTS[change.fact]
    label = _label(questions, fact)
    if change.would_be is False:
        return f"without “{label}”"
    was, would_be = (_value_in_words(questions, fact, value) for value in (change.was, change.would_be))
    return f"with “{label}: {would_be}” instead of “{was}”"
