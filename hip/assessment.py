"""The shared vocabulary: every fact the assistant can know about a person, its type and unit, and who asks for it.

The ids are the contract between conversation, rules, records, widget and evaluation. Wording lives in
``clinic/questions.yml``; this module holds only what code must agree on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final


class FactKind(Enum):
    """What values a fact takes."""

    BOOL = "bool"
    CHOICE = "choice"
    SET = "set"
    INT = "int"
    NUMBER = "number"


class QuestionKind(Enum):
    """How a channel should show a question."""

    CHOICE = "choice"
    CHECKLIST = "checklist"
    NUMBER = "number"
    SCALE = "scale"
    BODY_MAP = "body_map"
    TEXT = "text"


#: Said to be asked and not known. Never the same as false; for a screening fact it counts as true.
NOT_SURE: Final = "not_sure"

FactValue = bool | int | float | str | tuple[str, ...]
Facts = Mapping[str, FactValue]


@dataclass(frozen=True)
class Fact:
    """One thing that can be known about a person.

    Attributes:
        id: the shared id.
        kind: the type of its values.
        question: id of the question that asks for it; None when it is only ever volunteered.
        values: the allowed values of a choice or set.
        low: the lowest allowed number, in the fact's own unit.
        high: the highest allowed number, in the fact's own unit.
    """

    id: str
    kind: FactKind
    question: str | None = None
    values: tuple[str, ...] = ()
    low: float = 0
    high: float = 0


def _bools(question: str | None, *ids: str) -> list[Fact]:
    return [Fact(fact_id, FactKind.BOOL, question) for fact_id in ids]


_FACTS: Final[list[Fact]] = [
    Fact("consent", FactKind.BOOL, "consent"),
    Fact("respondent", FactKind.CHOICE, "respondent", ("self", "someone_else")),
    Fact("age", FactKind.INT, "age", low=0, high=120),  # years
    *_bools("injury_screen", "injury", "cannot_bear_weight", "leg_deformity", "sudden_severe_onset"),
    *_bools("infection_screen", "fever_or_unwell", "hot_swollen_joint", "cannot_move_joint", "sepsis_signs"),
    *_bools("nerve_screen", "saddle_numbness", "bladder_bowel_change", "both_legs_weak"),
    *_bools("circulation_screen", "leg_swelling", "chest_pain_or_breathless", "cold_pale_leg", "abdominal_emergency"),
    *_bools("health_screen", "cancer_history", "weight_loss", "constant_night_pain", "bone_risk", "avascular_risk"),
    *_bools("hip_history", "hip_replacement"),
    Fact("recent_hip_procedure", FactKind.CHOICE, "hip_history", ("none", "injection", "operation")),
    *_bools("hip_history", "procedure_getting_worse", "surgery_planned"),
    Fact("side", FactKind.CHOICE, "side", ("left", "right", "both")),
    Fact("site", FactKind.CHOICE, "site", ("groin", "outer_hip", "buttock", "thigh", "knee", "back", "elsewhere")),
    Fact("duration_weeks", FactKind.NUMBER, "duration", low=0, high=6240),  # weeks; 120 years
    Fact("pain_score", FactKind.INT, "pain_score", low=0, high=10),  # 0-10, now
    *_bools("pain_pattern", "worse_with_activity", "worsening_fast"),
    Fact("morning_stiffness_minutes", FactKind.INT, "stiffness", low=0, high=1440),  # minutes
    *_bools("stiffness", "other_joints"),
    Fact(
        "activity_limits",
        FactKind.SET,
        "activity_limits",
        ("walking", "stairs", "dressing", "sleep", "work_or_sport", "none"),
    ),
    Fact("lifestyle_tried", FactKind.SET, "lifestyle_tried", ("exercise", "physiotherapy", "weight_loss", "none")),
    Fact(
        "medicines_tried",
        FactKind.SET,
        "medicines_tried",
        ("paracetamol", "anti_inflammatory", "opioid", "gel", "none"),
    ),
    Fact(
        "previous_injection",
        FactKind.CHOICE,
        "previous_injection",
        ("none", "steroid", "hyaluronic_acid", "prp", "unsure"),
    ),
    Fact("previous_injection_weeks", FactKind.NUMBER, "previous_injection_weeks", low=0, high=6240),  # weeks ago
    Fact("previous_injection_helped", FactKind.BOOL, "previous_injection_helped"),
    Fact(
        "diagnosis",
        FactKind.CHOICE,
        "diagnosis",
        ("osteoarthritis", "inflammatory", "bursitis", "other", "none"),
    ),
    *_bools(
        "injection_checks",
        "anticoagulant",
        "diabetes",
        "steroid_or_anaesthetic_allergy",
        "current_infection",
        "pregnant_or_breastfeeding",
        "immunosuppressed",
        "recent_vaccine",
    ),
    *_bools("diabetes_poor_control", "diabetes_poor_control"),
    Fact("injections_past_year", FactKind.INT, "injections_past_year", low=0, high=50),
    *_bools(
        None,
        "limp",
        "impact_training",
        "longstanding_numbness",
        "collapse",
        "urinary_or_pelvic_mimic",
        "allergic_reaction",
        "leg_numb_after_injection",
        "leg_numb_after_injury",
        "vision_or_new_headache",
        "uncontrolled_hypertension",
        "mood_disorder_history",
        "egg_protein_allergy",
        "normal_imaging",
        "suicidal",
        "overdose",
        "pain_in_hip",  # the words place the pain in the hip, though not where in it
        "told_story",  # a message tells of the trouble at length
    ),
]

FACTS: Final[Mapping[str, Fact]] = {fact.id: fact for fact in _FACTS}

#: What the words of a message imply, beside the facts that channels, records and evaluation share.
IMPLIED_FACTS: Final = frozenset({"pain_in_hip", "told_story"})

#: The screens in which an answer of "not sure" counts as yes (clinical rules, section 1, point 3).
EMERGENCY_SCREENS: Final = ("injury_screen", "infection_screen", "nerve_screen", "circulation_screen")


def facts_of(question: str) -> tuple[Fact, ...]:
    """The facts that a question asks for; empty for a question that asks for none, such as ``read_back``."""
    return tuple(fact for fact in FACTS.values() if fact.question == question)


def parse_fact(fact_id: str, raw: Any) -> FactValue:
    """Check one raw value against its fact.

    Args:
        fact_id: an id of ``FACTS``.
        raw: bool, number, text or list, as read from JSON, YAML or a slot.

    Returns:
        The value in its proper type; a set becomes a sorted tuple without repeats; ``NOT_SURE`` stays as it is.

    Raises:
        ValueError: naming the fact and what is wrong with the value.
    """
    fact = FACTS.get(fact_id)
    if fact is None:
        raise ValueError(f"unknown fact {fact_id!r}")
    if raw == NOT_SURE:
        return NOT_SURE
    if fact.kind is FactKind.BOOL:
        if isinstance(raw, bool):
            return raw
        raise ValueError(f"{fact_id}: {raw!r} is not true or false")
    if fact.kind is FactKind.CHOICE:
        if isinstance(raw, str) and raw in fact.values:
            return raw
        raise ValueError(f"{fact_id}: {raw!r} is not one of {', '.join(fact.values)}")
    if fact.kind is FactKind.SET:
        return _parse_set(fact, raw)
    return _parse_number(fact, raw)


def _parse_set(fact: Fact, raw: Any) -> tuple[str, ...]:
    if not isinstance(raw, list | tuple | set | frozenset):
        raise ValueError(f"{fact.id}: {raw!r} is not a list")
    for value in raw:
        if value not in fact.values:
            raise ValueError(f"{fact.id}: {value!r} is not one of {', '.join(fact.values)}")
    chosen = set(raw)
    if len(chosen) > 1:
        chosen.discard("none")  # "none" beside something else was said before it
    return tuple(value for value in fact.values if value in chosen)


def _parse_number(fact: Fact, raw: Any) -> int | float:
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise ValueError(f"{fact.id}: {raw!r} is not a number")
    if not fact.low <= raw <= fact.high:
        raise ValueError(f"{fact.id}: {raw!r} is not between {fact.low:g} and {fact.high:g}")
    if fact.kind is FactKind.INT:
        if raw != int(raw):
            raise ValueError(f"{fact.id}: {raw!r} is not a whole number")
        return int(raw)
    return float(raw)


def parse_facts(raw: Mapping[str, Any]) -> dict[str, FactValue]:
    """Check many raw values; None means unknown and is left out.

    Raises:
        ValueError: on the first value that is wrong, naming it.
    """
    return {fact_id: parse_fact(fact_id, value) for fact_id, value in raw.items() if value is not None}
