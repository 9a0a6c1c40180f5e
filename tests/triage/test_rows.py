"""Every row of the clinical rules is there: as a rule, and as a floor that the proof holds the rules to."""

from __future__ import annotations

from typing import Any

import pytest

from hip.proof.floors import load_floors
from hip.triage.engine import assess
from hip.triage.rulebook import Rulebook

#: The rows of the clinical rules, section 2, and the rules that encode each. R15b gives no level: it is an answer.
RED_FLAGS = {
    "R1": ["R1"], "R1a": ["R1a", "R1"], "R1b": ["R1b"], "R1b2": ["R1b2"], "R1b3": ["R1b3"], "R1c": ["R1c", "R1c-gp"],
    "R2": ["R2"], "R2s": ["R2s"], "R3": ["R3"], "R3a": ["R3a"], "R3b": ["R3b"], "R3c": ["R3c", "R3c-worse"],
    "R4": ["R4"], "R4n": ["R4n"], "R5": ["R5"], "R5a": ["R5a"], "R6": ["R6"], "R7": ["R7", "R7-other"], "R8": ["R8"],
    "R8b": ["R8b"], "R9": ["R9"], "R10": ["R10"], "R11": ["R11"], "R12": ["R12"], "R12b": ["R12b"], "R13": ["R13"],
    "R13a": ["R13a"], "R14": ["R14"], "R15": ["R15"], "R15a": ["R15a"], "R15c": ["R15c"], "R15d": ["R15d", "R15d-ed"],
    "R16": ["R16"], "R16a": ["R16a"], "R17": ["R17"], "R18": ["R18"], "R18a": ["R18a"], "RSO": ["RSO"],
}  # fmt: skip
#: The rows of section 3, and the rules that encode each; N rules hold what was not known.
CAUTIONS = {
    "current infection": ["C-infection"], "steroid or anaesthetic allergy": ["C-allergy"],
    "hip replacement": ["C-replacement"], "surgery planned": ["C-surgery"],
    "blood thinner or bleeding disorder": ["C-anticoagulant"], "diabetes out of control": ["C-diabetes"],
    "diabetes not known": ["N-checks"], "weakened immune system": ["C-immune"], "vaccine": ["C-vaccine"],
    "pregnancy or breastfeeding": ["R14"], "recent injection or operation": ["C-recent-injection", "R3c"],
    "last injection under 13 weeks ago": ["C-recent-injection"],
    "three or more injections in a year": ["C-many-injections"], "high blood pressure out of control": ["C-pressure"],
    "bipolar illness or psychosis": ["C-mood"], "egg or bird protein allergy": ["C-egg"],
    "normal scan and long pain": ["C-imaging"], "risk to the blood supply of the hip": ["R7", "R7-other", "N-health"],
    "worse since a procedure": ["R15a", "N-hip"], "age not known": ["N-age"],
}  # fmt: skip
ROUTINE = ["S-scope", "S-consult", "S-first"]


def test_every_row_has_its_rules_and_every_rule_its_row(rulebook: Rulebook) -> None:
    encoded = {rule for rules in (*RED_FLAGS.values(), *CAUTIONS.values()) for rule in rules}
    assert encoded | {*ROUTINE, "U-screen"} == {rule.id for rule in rulebook.all_rules}


def test_the_proof_holds_the_rules_to_every_row() -> None:
    floors = load_floors()
    assert {floor.row for floor in floors.red_flags} == set(RED_FLAGS)
    assert {floor.row for floor in floors.cautions} == set(CAUTIONS)


def test_every_rule_says_where_it_comes_from_and_that_no_clinician_has_signed_it(rulebook: Rulebook) -> None:
    for rule in rulebook.all_rules:
        assert rule.status == "awaiting clinician sign-off"
        assert rule.reviewed == "2026-11-25"
        assert rule.sources or not {"S"} & set(rule.basis)


@pytest.mark.parametrize(
    ("facts", "said"),
    [
        ({"hip_replacement": True, "fever_or_unwell": True, "procedure_getting_worse": True}, ["R2", "R3a", "R15"]),
        ({"age": 13, "limp": True}, ["R13a"]),
        ({"suicidal": True, "overdose": True}, ["R18a", "R18"]),
        ({"leg_swelling": True, "anticoagulant": True}, ["R8"]),
        ({"impact_training": True, "site": "groin", "limp": True}, ["R1c"]),
    ],
)
def test_what_is_told_does_not_contradict_itself(rulebook: Rulebook, facts: dict[str, Any], said: list[str]) -> None:
    assert [rule.id for rule in assess(rulebook, facts).said] == said
