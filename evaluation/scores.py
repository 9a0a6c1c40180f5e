"""Figures over played patients and read messages."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import Any

from evaluation.player import Talk
from hip.assessment import EMERGENCY_SCREENS, facts_of
from hip.triage.levels import CareLevel

EMERGENCIES = {level.value for level in CareLevel if level.interrupts}
ROUTINE = {"consultation", "first_line_care"}
#: Red flags of the clinical rules, as the evaluation counts them.
RED_FLAGS = frozenset(
    {
        *(fact.id for screen in EMERGENCY_SCREENS for fact in facts_of(screen)),
        *("weight_loss", "constant_night_pain", "procedure_getting_worse", "suicidal", "overdose"),
    }
)


def score_levels(cases: Sequence[Mapping[str, Any]], given: Sequence[Mapping[str, Any] | None]) -> dict[str, int]:
    """Count exact, under- and over-triage, emergencies caught, booking leaks and conversations without an outcome.

    Args:
        cases: vignettes.
        given: for each the outcome part, ``{"care_level", "booking", ...}``, or None when there was none.
    """
    counts = dict.fromkeys(("cases", "exact", "under", "over", "broken", "leaks", "emergencies", "caught"), 0)
    for case, outcome in zip(cases, given, strict=True):
        right = case["care_level"]
        counts["cases"] += 1
        counts["emergencies"] += right in EMERGENCIES
        if outcome is None:
            counts["broken"] += 1
            continue
        level = outcome["care_level"]
        counts["exact"] += level == right
        counts["under"] += CareLevel(right).outranks(CareLevel(level))
        counts["over"] += CareLevel(level).outranks(CareLevel(right))
        counts["caught"] += right in EMERGENCIES and level in EMERGENCIES
        counts["leaks"] += bool(outcome["booking"]) and not case["booking"]
    return counts


def median_turns(cases: Sequence[Mapping[str, Any]], talks: Sequence[Talk]) -> float:
    """The median number of messages of the patients whose right level is routine."""
    return statistics.median(
        talk.turns for case, talk in zip(cases, talks, strict=True) if case["care_level"] in ROUTINE
    )


def score_readings(rows: Sequence[Mapping[str, Any]], readings: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    """Score intents, topics and facts of single messages.

    Args:
        rows: messages with their right answers.
        readings: by id, as ``python -m hip.language`` prints them.
    """
    intents = topics = asked = right = wrong = missed = flags = heard = false_flags = 0
    for row in rows:
        reading = readings[row["id"]]
        intents += reading["intent"] == row["intent"]
        if row["topic"]:
            asked += 1
            topics += reading["topic"] == row["topic"]
        want, have = _pairs(row["facts"]), _pairs(_with_close_weeks(row["facts"], reading["facts"]))
        right, wrong, missed = right + len(want & have), wrong + len(have - want), missed + len(want - have)
        said = {fact for fact, value in want if value == "True" and fact in RED_FLAGS}
        read = {fact for fact, value in have if value == "True" and fact in RED_FLAGS}
        flags, heard, false_flags = flags + len(said), heard + len(said & read), false_flags + len(read - said)
    precision, recall = right / max(1, right + wrong), right / max(1, right + missed)
    return {
        "messages": len(rows),
        "intent_accuracy": intents / len(rows),
        "topic_accuracy": topics / max(1, asked),
        "fact_precision": precision,
        "fact_recall": recall,
        "fact_f1": 2 * precision * recall / max(1e-9, precision + recall),
        "red_flags": flags,
        "red_flags_heard": heard,
        "false_red_flags": false_flags,
    }


def _pairs(facts: Mapping[str, Any]) -> set[tuple[str, str]]:
    return {(fact, str(sorted(value)) if isinstance(value, list) else str(value)) for fact, value in facts.items()}


def _with_close_weeks(want: Mapping[str, Any], have: Mapping[str, Any]) -> dict[str, Any]:
    """Weeks within 10 % of the right number count as right."""
    close = dict(have)
    for fact in _weeks(want) & _weeks(have):
        if abs(have[fact] - want[fact]) <= 0.1 * want[fact] + 0.15:
            close[fact] = want[fact]
    return close


def _weeks(facts: Mapping[str, Any]) -> set[str]:
    return {fact for fact in facts if fact.endswith("_weeks")}
