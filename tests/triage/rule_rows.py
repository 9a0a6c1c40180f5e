"""For every rule: a patient on whom it fires, one on whom it does not, and one with the deciding fact unknown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hip.assessment import NOT_SURE

#: An adult with groin pain of a year and no red flag or caution, who has tried exercise and paracetamol.
WELL: dict[str, Any] = {
    "consent": True,
    "respondent": "self",
    "age": 58,
    "injury": False,
    "cannot_bear_weight": False,
    "leg_deformity": False,
    "sudden_severe_onset": False,
    "fever_or_unwell": False,
    "hot_swollen_joint": False,
    "cannot_move_joint": False,
    "sepsis_signs": False,
    "saddle_numbness": False,
    "bladder_bowel_change": False,
    "both_legs_weak": False,
    "leg_swelling": False,
    "chest_pain_or_breathless": False,
    "cold_pale_leg": False,
    "abdominal_emergency": False,
    "cancer_history": False,
    "weight_loss": False,
    "constant_night_pain": False,
    "bone_risk": False,
    "avascular_risk": False,
    "hip_replacement": False,
    "recent_hip_procedure": "none",
    "procedure_getting_worse": False,
    "surgery_planned": False,
    "side": "left",
    "site": "groin",
    "duration_weeks": 52.0,
    "pain_score": 5,
    "worse_with_activity": True,
    "worsening_fast": False,
    "morning_stiffness_minutes": 10,
    "other_joints": False,
    "activity_limits": ("walking",),
    "lifestyle_tried": ("exercise",),
    "medicines_tried": ("paracetamol",),
    "previous_injection": "none",
    "diagnosis": "osteoarthritis",
    "anticoagulant": False,
    "diabetes": False,
    "steroid_or_anaesthetic_allergy": False,
    "current_infection": False,
    "pregnant_or_breastfeeding": False,
    "immunosuppressed": False,
    "recent_vaccine": False,
}


def patient(**changes: Any) -> dict[str, Any]:
    """The well patient with changes; None makes a fact unknown."""
    return {fact: value for fact, value in {**WELL, **changes}.items() if value is not None}


@dataclass(frozen=True)
class Row:
    """One rule's patients.

    Attributes:
        rule: the rule's id.
        fires: changes to the well patient that make the rule fire.
        level: the care level of the patient on whom it fires.
        quiet: changes on top of ``fires`` that keep it from firing.
        deciding: the fact that is unknown in the third patient.
        fires_unknown: whether the rule fires all the same, as the clinical rules say of this fact.
    """

    rule: str
    fires: dict[str, Any]
    level: str
    quiet: dict[str, Any]
    deciding: str
    fires_unknown: bool = False


AMBULANCE, CRISIS, ED, SAME_DAY = "emergency_ambulance", "mental_health_crisis", "emergency_department", "same_day"
GP, REVIEW = "gp_soon", "clinician_review"

ROWS = (
    Row("R18a", {"overdose": True}, AMBULANCE, {"overdose": False}, "overdose"),
    Row("R1", {"injury": True, "cannot_bear_weight": True}, AMBULANCE, {"injury": False}, "injury"),
    Row("R1", {"leg_deformity": True}, AMBULANCE, {"leg_deformity": False}, "leg_deformity"),
    Row(
        "R1",
        {"sudden_severe_onset": True, "cannot_bear_weight": True},
        AMBULANCE,
        {"cannot_bear_weight": False},
        "cannot_bear_weight",
    ),
    Row(
        "R1",
        {"cannot_bear_weight": True, "cancer_history": True},
        AMBULANCE,
        {"cancer_history": False},
        "cancer_history",
    ),
    Row("R1", {"cannot_bear_weight": True, "bone_risk": True}, AMBULANCE, {"bone_risk": False}, "bone_risk"),
    Row(
        "R1",
        {"leg_numb_after_injury": True, "injury": True},
        AMBULANCE,
        {"leg_numb_after_injury": False},
        "leg_numb_after_injury",
    ),
    Row("R1", {"leg_numb_after_injury": True, "injury": True}, AMBULANCE, {"injury": False}, "injury", True),
    Row("R2s", {"sepsis_signs": True}, AMBULANCE, {"sepsis_signs": False}, "sepsis_signs"),
    Row("R3b", {"hip_replacement": True, "leg_deformity": True}, AMBULANCE, {"leg_deformity": False}, "leg_deformity"),
    Row(
        "R3b",
        {"hip_replacement": True, "sudden_severe_onset": True},
        AMBULANCE,
        {"hip_replacement": False},
        "hip_replacement",
    ),
    Row(
        "R8b",
        {"chest_pain_or_breathless": True},
        AMBULANCE,
        {"chest_pain_or_breathless": False},
        "chest_pain_or_breathless",
    ),
    Row("R9", {"cold_pale_leg": True}, AMBULANCE, {"cold_pale_leg": False}, "cold_pale_leg"),
    Row("R10", {"abdominal_emergency": True, "age": 60}, AMBULANCE, {"age": 59}, "age", True),
    Row("R10", {"abdominal_emergency": True, "age": 30, "collapse": True}, AMBULANCE, {"collapse": False}, "collapse"),
    Row("R15c", {"allergic_reaction": True}, AMBULANCE, {"allergic_reaction": False}, "allergic_reaction"),
    Row("R18", {"suicidal": True}, CRISIS, {"suicidal": False}, "suicidal"),
    Row("R1a", {"cannot_bear_weight": True}, ED, {"cannot_bear_weight": False}, "cannot_bear_weight"),
    Row("R1a", {"cannot_bear_weight": True}, ED, {"injury": True}, "injury", True),
    Row("R1b", {"injury": True, "age": 65, "duration_weeks": 1.0}, ED, {"age": 64}, "age"),
    Row("R1b", {"injury": True, "age": 65, "duration_weeks": 6.0}, ED, {"duration_weeks": 6.5}, "duration_weeks", True),
    Row("R1b", {"injury": True, "bone_risk": True, "duration_weeks": 3.0}, ED, {"bone_risk": False}, "bone_risk"),
    Row("R2", {"fever_or_unwell": True}, ED, {"fever_or_unwell": False}, "fever_or_unwell"),
    Row("R2", {"hot_swollen_joint": True}, ED, {"hot_swollen_joint": False}, "hot_swollen_joint"),
    Row("R2", {"cannot_move_joint": True, "duration_weeks": 2.0}, ED, {"duration_weeks": 3.0}, "duration_weeks", True),
    Row("R3a", {"hip_replacement": True, "hot_swollen_joint": True}, ED, {"hip_replacement": False}, "hip_replacement"),
    Row("R4", {"saddle_numbness": True}, ED, {"saddle_numbness": False}, "saddle_numbness"),
    Row("R4", {"bladder_bowel_change": True}, ED, {"bladder_bowel_change": False}, "bladder_bowel_change"),
    Row("R4", {"both_legs_weak": True}, ED, {"both_legs_weak": False}, "both_legs_weak"),
    Row("R5", {"cancer_history": True, "both_legs_weak": True}, ED, {"both_legs_weak": False}, "both_legs_weak"),
    Row("R11", {"abdominal_emergency": True, "age": 30}, ED, {"abdominal_emergency": False}, "abdominal_emergency"),
    Row("R12", {"abdominal_emergency": True, "age": 30}, ED, {"age": 70}, "age"),
    Row("R13a", {"age": 13, "limp": True}, ED, {"limp": False}, "limp"),
    Row("R13a", {"age": 10, "limp": True, "site": "knee"}, ED, {"site": "outer_hip"}, "site", True),
    Row("R13a", {"age": 16, "limp": True}, ED, {"age": 17}, "age"),
    Row(
        "R15",
        {"recent_hip_procedure": "injection", "procedure_getting_worse": True, "fever_or_unwell": True},
        ED,
        {"procedure_getting_worse": False},
        "procedure_getting_worse",
    ),
    Row(
        "R15d-ed",
        {"leg_numb_after_injection": True, "previous_injection_weeks": 0.3},
        ED,
        {"previous_injection_weeks": 0.0},
        "previous_injection_weeks",
        True,
    ),
    Row(
        "R15d-ed",
        {"leg_numb_after_injection": True, "previous_injection_weeks": 0.0, "saddle_numbness": True},
        ED,
        {"saddle_numbness": False},
        "saddle_numbness",
    ),
    Row(
        "R16a",
        {"vision_or_new_headache": True, "morning_stiffness_minutes": 60},
        ED,
        {"morning_stiffness_minutes": 30},
        "morning_stiffness_minutes",
    ),
    Row("R13", {"age": 17}, SAME_DAY, {"age": 18}, "age"),
    Row("R1b2", {"injury": True, "duration_weeks": 2.0}, SAME_DAY, {"duration_weeks": 7.0}, "duration_weeks", True),
    Row("R1b2", {"injury": True, "duration_weeks": 2.0}, SAME_DAY, {"bone_risk": True}, "bone_risk", True),
    Row("R1b2", {"injury": True, "duration_weeks": 2.0}, SAME_DAY, {"injury": False}, "injury"),
    Row("R1c", {"impact_training": True, "limp": True}, SAME_DAY, {"limp": False}, "limp"),
    Row("R1c", {"impact_training": True, "constant_night_pain": True}, SAME_DAY, {"site": "buttock"}, "site"),
    Row("R3", {"hip_replacement": True, "worsening_fast": True}, SAME_DAY, {"worsening_fast": False}, "worsening_fast"),
    Row(
        "R3",
        {"hip_replacement": True, "procedure_getting_worse": True},
        SAME_DAY,
        {"hip_replacement": False},
        "hip_replacement",
    ),
    Row(
        "R3c-worse",
        {"recent_hip_procedure": "operation", "procedure_getting_worse": True},
        SAME_DAY,
        {"recent_hip_procedure": "injection"},
        "recent_hip_procedure",
    ),
    Row(
        "R5a",
        {"cancer_history": True, "site": "back", "constant_night_pain": True},
        SAME_DAY,
        {"site": "groin"},
        "site",
    ),
    Row(
        "R5a",
        {"cancer_history": True, "site": "back", "worsening_fast": True},
        SAME_DAY,
        {"cancer_history": False},
        "cancer_history",
    ),
    Row("R8", {"leg_swelling": True}, SAME_DAY, {"leg_swelling": False}, "leg_swelling"),
    Row(
        "R12b",
        {"urinary_or_pelvic_mimic": True},
        SAME_DAY,
        {"urinary_or_pelvic_mimic": False},
        "urinary_or_pelvic_mimic",
    ),
    Row(
        "R15a",
        {"recent_hip_procedure": "injection", "procedure_getting_worse": True},
        SAME_DAY,
        {"recent_hip_procedure": "operation"},
        "recent_hip_procedure",
        True,
    ),
    Row("R17", {"worsening_fast": True}, SAME_DAY, {"worsening_fast": False}, "worsening_fast"),
    Row("RSO", {"sudden_severe_onset": True}, SAME_DAY, {"sudden_severe_onset": False}, "sudden_severe_onset"),
    Row("R1c-gp", {"impact_training": True}, GP, {"site": "outer_hip"}, "site"),
    Row("R1c-gp", {"impact_training": True}, GP, {"impact_training": False}, "impact_training"),
    Row("R6", {"cancer_history": True}, GP, {"cancer_history": False}, "cancer_history"),
    Row("R6", {"weight_loss": True}, GP, {"weight_loss": False}, "weight_loss"),
    Row("R6", {"constant_night_pain": True}, GP, {"constant_night_pain": False}, "constant_night_pain"),
    Row("R7", {"avascular_risk": True}, GP, {"site": "outer_hip"}, "site", True),
    Row("R7", {"avascular_risk": True, "site": "buttock"}, GP, {"avascular_risk": False}, "avascular_risk"),
    Row(
        "R14",
        {"pregnant_or_breastfeeding": True},
        GP,
        {"pregnant_or_breastfeeding": False},
        "pregnant_or_breastfeeding",
    ),
    Row(
        "R16",
        {"morning_stiffness_minutes": 31},
        GP,
        {"morning_stiffness_minutes": 30},
        "morning_stiffness_minutes",
    ),
    Row("R16", {"diagnosis": "inflammatory"}, GP, {"diagnosis": "bursitis"}, "diagnosis"),
    Row("R1b3", {"injury": True, "duration_weeks": 6.5}, REVIEW, {"duration_weeks": 6.0}, "duration_weeks"),
    Row("R3c", {"recent_hip_procedure": "operation"}, REVIEW, {"recent_hip_procedure": "none"}, "recent_hip_procedure"),
    Row("R4n", {"longstanding_numbness": True}, REVIEW, {"saddle_numbness": True}, "saddle_numbness"),
    Row("R4n", {"longstanding_numbness": True}, REVIEW, {"longstanding_numbness": False}, "longstanding_numbness"),
    Row("R7-other", {"avascular_risk": True, "site": "outer_hip"}, REVIEW, {"site": "groin"}, "site"),
    Row(
        "R15d",
        {"leg_numb_after_injection": True, "previous_injection_weeks": 0.0, "recent_hip_procedure": "injection"},
        REVIEW,
        {"previous_injection_weeks": 0.2},
        "previous_injection_weeks",
    ),
    Row("C-infection", {"current_infection": True}, REVIEW, {"current_infection": False}, "current_infection"),
    Row(
        "C-allergy",
        {"steroid_or_anaesthetic_allergy": True},
        REVIEW,
        {"steroid_or_anaesthetic_allergy": False},
        "steroid_or_anaesthetic_allergy",
    ),
    Row("C-replacement", {"hip_replacement": True}, REVIEW, {"hip_replacement": False}, "hip_replacement"),
    Row("C-surgery", {"surgery_planned": True}, REVIEW, {"surgery_planned": False}, "surgery_planned"),
    Row("C-anticoagulant", {"anticoagulant": True}, REVIEW, {"anticoagulant": False}, "anticoagulant"),
    Row(
        "C-diabetes",
        {"diabetes": True, "diabetes_poor_control": True},
        REVIEW,
        {"diabetes_poor_control": False},
        "diabetes_poor_control",
    ),
    Row("C-immune", {"immunosuppressed": True}, REVIEW, {"immunosuppressed": False}, "immunosuppressed"),
    Row("C-vaccine", {"recent_vaccine": True}, REVIEW, {"recent_vaccine": False}, "recent_vaccine"),
    Row(
        "C-recent-injection",
        {"recent_hip_procedure": "injection"},
        REVIEW,
        {"recent_hip_procedure": "none"},
        "recent_hip_procedure",
    ),
    Row(
        "C-recent-injection",
        {"previous_injection": "steroid", "previous_injection_weeks": 12.9},
        REVIEW,
        {"previous_injection_weeks": 13.0},
        "previous_injection_weeks",
    ),
    Row(
        "C-recent-injection",
        {"previous_injection": "prp", "previous_injection_weeks": NOT_SURE, "recent_hip_procedure": NOT_SURE},
        REVIEW,
        {"previous_injection": "none"},
        "previous_injection",
    ),
    Row("C-many-injections", {"injections_past_year": 3}, REVIEW, {"injections_past_year": 2}, "injections_past_year"),
    Row(
        "C-pressure",
        {"uncontrolled_hypertension": True},
        REVIEW,
        {"uncontrolled_hypertension": False},
        "uncontrolled_hypertension",
    ),
    Row("C-mood", {"mood_disorder_history": True}, REVIEW, {"mood_disorder_history": False}, "mood_disorder_history"),
    Row("C-egg", {"egg_protein_allergy": True}, REVIEW, {"egg_protein_allergy": False}, "egg_protein_allergy"),
    Row("C-imaging", {"normal_imaging": True}, REVIEW, {"normal_imaging": False}, "normal_imaging"),
    Row("C-imaging", {"normal_imaging": True}, REVIEW, {"duration_weeks": 13.0}, "duration_weeks", True),
    *(
        Row("N-health", {fact: NOT_SURE}, REVIEW, {fact: False}, fact)
        for fact in ("cancer_history", "weight_loss", "constant_night_pain", "bone_risk", "avascular_risk")
    ),
    *(
        Row("N-hip", {fact: NOT_SURE}, REVIEW, {fact: "none" if fact == "recent_hip_procedure" else False}, fact)
        for fact in ("hip_replacement", "recent_hip_procedure", "procedure_getting_worse", "surgery_planned")
    ),
    *(
        Row("N-checks", {fact: NOT_SURE}, REVIEW, {fact: False}, fact)
        for fact in (
            "anticoagulant",
            "diabetes",
            "steroid_or_anaesthetic_allergy",
            "current_infection",
            "pregnant_or_breastfeeding",
            "immunosuppressed",
            "recent_vaccine",
        )
    ),
    Row("N-age", {"age": NOT_SURE}, REVIEW, {"age": 40}, "age"),
    Row("S-scope", {"site": "knee"}, "out_of_scope", {"site": "groin"}, "site"),
    Row("S-scope", {"site": "elsewhere"}, "out_of_scope", {"injury": True}, "cancer_history"),
    Row("S-consult", {}, "consultation", {"medicines_tried": ("none",)}, "medicines_tried"),
    Row("S-consult", {"site": "outer_hip"}, "consultation", {"lifestyle_tried": ("physiotherapy",)}, "lifestyle_tried"),
    Row("S-consult", {}, "consultation", {"anticoagulant": True}, "anticoagulant"),
    Row(
        "S-first",
        {"lifestyle_tried": ("none",)},
        "first_line_care",
        {"lifestyle_tried": ("exercise",)},
        "lifestyle_tried",
    ),
    Row("S-first", {"medicines_tried": ()}, "first_line_care", {"medicines_tried": ("gel",)}, "medicines_tried"),
    Row("S-first", {"site": NOT_SURE}, "first_line_care", {"site": "groin"}, "site"),
    Row(
        "S-first",
        {"site": "outer_hip", "lifestyle_tried": ("weight_loss",)},
        "first_line_care",
        {"site": "thigh"},
        "site",
    ),
)
