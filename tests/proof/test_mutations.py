"""A rulebook that is edited so that it breaks a property is found out, and a patient that breaks it is named."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from hip.assessment import NOT_SURE
from hip.handover.booking import BookingDesk
from hip.proof import talk, verdict
from hip.proof.finding import Breach, Claim
from hip.proof.floors import load_floors
from hip.proof.links import prove_links
from hip.proof.logic import every, opposite, some
from hip.proof.prover import Example, Prover
from hip.proof.reach import prove_reach
from hip.proof.rows import prove_cautions, prove_rows
from hip.proof.talk import prove_talk
from hip.proof.urgency import prove_urgency
from hip.proof.wording import prove_wording
from hip.triage import engine
from hip.triage.conditions import Operator, evaluate
from hip.triage.conditions import Test as Comparison
from hip.triage.engine import assess, settle_facts
from hip.triage.grammar import parse_condition
from hip.triage.levels import CareLevel
from hip.triage.rulebook import Rule, Rulebook, load_rulebook

RULEBOOK, FLOORS, DESK = load_rulebook(), load_floors(), BookingDesk.load()

Edit = Callable[[Rulebook], Rulebook]


def with_rules(rulebook: Rulebook, change: Callable[[Rule], Rule | None]) -> Rulebook:
    def changed(rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        return tuple(rule for old in rules if (rule := change(old)))

    return replace(rulebook, rules=changed(rulebook.rules), routine=changed(rulebook.routine))


def dropping(rule_id: str) -> Edit:
    return lambda rulebook: with_rules(rulebook, lambda rule: None if rule.id == rule_id else rule)


def changing(rule_id: str, **changes: Any) -> Edit:
    return lambda rulebook: with_rules(rulebook, lambda rule: replace(rule, **changes) if rule.id == rule_id else rule)


def when(rule_id: str, raw: Any) -> Edit:
    return changing(rule_id, when=parse_condition(raw, {}, rule_id))


def serving(level: CareLevel, *services: str) -> Edit:
    def edit(rulebook: Rulebook) -> Rulebook:
        advice = replace(rulebook.levels[level], services=services)
        return replace(rulebook, levels={**rulebook.levels, level: advice})

    return edit


def asking(question: str, **changes: Any) -> Edit:
    def edit(rulebook: Rulebook) -> Rulebook:
        steps = (replace(step, **changes) if step.id == question else step for step in rulebook.questions)
        return replace(rulebook, questions=tuple(steps))

    return edit


def links(prover: Prover) -> list[Claim]:
    return prove_links(prover, DESK)


def cautions(prover: Prover) -> list[Claim]:
    return prove_cautions(prover, FLOORS)


def rows(prover: Prover) -> list[Claim]:
    return prove_rows(prover, FLOORS)


def wording(prover: Prover) -> list[Claim]:
    return [prove_wording(prover)]


def list_breaches(edit: Edit, *properties: Callable[[Prover], list[Claim]]) -> Iterator[Breach]:
    prover = Prover(edit(RULEBOOK))
    for prove_property in properties:
        for claim in prove_property(prover):
            yield from claim.breaches


def urgency_of(symptom: str) -> Callable[[Prover], list[Claim]]:
    return lambda prover: prove_urgency(prover, [symptom])


LIMP_CALMS = {"all": ["leg_swelling", {"fact": "limp", "is": False}]}
UNKNOWN_ALARMS = {"all": ["leg_swelling", {"fact": "bone_risk", "is": False, "or_unknown": True}]}
NO_AGE = {"all": ["cold_pale_leg", {"fact": "age", "below": 10}, {"fact": "age", "above": 20}]}
NO_USE = {"all": [{"fact": "side", "is": "left"}, {"fact": "side", "is": "right"}]}

#: A name, what is edited, the property that breaks, words of the breach, and words of the patient that it names.
#: Many patients break most of them, and which one the solver finds first depends on what it solved before.
BROKEN: list[tuple[str, Edit, Callable[[Prover], list[Claim]], str, str | None]] = [
    ("same day offers a consultation", serving(CareLevel.SAME_DAY, "consultation"), links,
     "same_day comes with a link", ""),
    ("A&E offers the phone", serving(CareLevel.EMERGENCY_DEPARTMENT, "clinic_phone"), links,
     "emergency_department comes with a link", ""),
    ("gp_soon offers a consultation", serving(CareLevel.GP_SOON, "consultation"), links,
     "gp_soon hands over to consultation", ""),
    ("children are not stopped", dropping("R13"), links, "a child is shown a link",
     r"age: 1?[0-9]\b"),
    ("a text names a website", changing("R8", says="Book online at https://clinic.example today."), links,
     "same_day says", ""),
    ("a limp calms a swollen leg", when("R8", LIMP_CALMS), urgency_of("limp"),
     "limp: yes is less urgent than no - yes gives", "leg_swelling"),
    ("thin bones calm a swollen leg", when("R8", UNKNOWN_ALARMS), urgency_of("bone_risk"),
     "bone_risk: yes is less urgent than unknown", "leg_swelling"),
    ("only no is a caution", when("C-egg", {"fact": "egg_protein_allergy", "is": False}),
     urgency_of("egg_protein_allergy"), "egg_protein_allergy: unknown is treated as safer than no", ""),
    ("not sure about suicide is no", when("R18", "suicidal"), urgency_of("suicidal"),
     "suicidal: not sure is less urgent than yes - not sure gives", ""),
    ("not sure about a cold leg is not yes", changing("R9", when=Comparison("cold_pale_leg", Operator.IS, (NOT_SURE,))),
     urgency_of("cold_pale_leg"), "cold_pale_leg: not sure is not taken as yes", ""),
    ("nobody reaches the crisis level", dropping("R18"), prove_reach, "nobody ends with mental_health_crisis", None),
    ("a rule is dead", when("R9", NO_AGE), prove_reach, "R9 never gives emergency_ambulance", None),
    ("a part of a rule is dead", when("R8", {"any": ["leg_swelling", {"all": ["leg_swelling", "limp"]}]}), prove_reach,
     "R8 would be the same without", None),
    ("two routine rules for one knee", when("S-first", {"fact": "site", "is": ["groin", "knee"]}), prove_reach,
     "S-scope and S-first both hold", "site: knee"),
    ("words for another level", changing("R8", level=CareLevel.GP_SOON), wording,
     "R8 (gp_soon): its reason sends to same_day", "leg_swelling"),
    ("a dead end", dropping("S-first"), prove_talk, "the asking ends without a level", "consent: true"),
    ("a question of no use", when("C-egg", {"any": ["egg_protein_allergy", NO_USE]}), prove_talk,
     "side is asked though no answer to it could change anything", "consent: true"),
    ("the checks are never put", asking("injection_checks", asked_at=frozenset(), with_question="site"), cautions,
     "injection_checks is never put", ""),
    ("a blood thinner is forgotten", dropping("C-anticoagulant"), cautions,
     "blood thinner or bleeding disorder gets less than clinician_review - gives", "anticoagulant: (true|not_sure)"),
    ("a caution talks of an injection", changing("C-vaccine", level=CareLevel.FIRST_LINE_CARE), cautions,
     "vaccine gets less than clinician_review - gives first_line_care", "recent_vaccine: true"),
    ("a caution is turned round", when("C-many-injections", {"fact": "injections_past_year", "at_most": 3}), cautions,
     "three or more injections in a year gets less", ""),
    ("an old person's fall can wait", dropping("R1b"), rows, "R1b does not get emergency_department - gives",
     "injury: (true|not_sure)"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("edit", "broken", "breach", "patient"), [row[1:] for row in BROKEN], ids=[row[0] for row in BROKEN]
)
def test_a_broken_property_names_a_patient(
    edit: Edit, broken: Callable[[Prover], list[Claim]], breach: str, patient: str | None
) -> None:
    found = [one for one in list_breaches(edit, broken) if breach in one.what]
    assert found
    if patient is not None:
        assert found[0].patient is not None
        assert re.search(patient, str(found[0].patient))


def test_reasons_that_contradict_each_other_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Were every rule that fires told, a child with a limp would read of A&E now and of a GP today."""
    for module in (engine, verdict):
        monkeypatch.setattr(module, "overrules", lambda rule, other: False)
    found = [
        breach for breach in list_breaches(lambda rulebook: rulebook, prove_reach) if "R13a is told" in breach.what
    ]
    assert "beside R13" in found[0].what
    assert "age: 1" in str(found[0].patient)


def test_a_bound_that_is_too_low_names_who_is_asked_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(talk, "MOST_QUESTIONS", 5)
    found = [breach for breach in list_breaches(lambda rulebook: rulebook, prove_talk) if "is one more" in breach.what]
    assert len(found) > 5
    assert "consent: true" in str(found[0].patient)


#: Whoever has their facts is held by another rule as well, with the same level; they stand for what they tell.
HELD_BY_OTHERS = {"R3", "R5", "R11", "R12", "R15d"}
FLAGS = [rule.id for rule in RULEBOOK.rules if rule.id[0] in "RC"]


def list_patients() -> list[Example]:
    """For each rule a patient whose level no other rule gives, where there is one."""
    prover = Prover(RULEBOOK)
    gives, fires = prover.verdict.gives, prover.verdict.fires
    found = []
    for rule in RULEBOOK.rules:
        others = some(fires[other.id] for other in RULEBOOK.rules if other.level is rule.level and other is not rule)
        alone = every((fires[rule.id], gives[rule.level], opposite(others)))
        found.append(prover.find(alone, lambda facts, answered: True, shorten=False))
    return [example for example in found if example]


PATIENTS = list_patients()


def is_noticed(edit: Edit) -> bool:
    """Whether an edited rulebook gives somebody less than a floor: one of those patients, or else any there can be."""
    rulebook = edit(RULEBOOK)
    for one in PATIENTS:
        level, known = assess(rulebook, one.facts, one.answered).level, settle_facts(one.facts, one.answered)
        floors = [floor.level for floor in (*FLOORS.red_flags, *FLOORS.cautions) if evaluate(floor.when, known)]
        if any(level is None or floor.outranks(level) for floor in floors if level or floor.urgent):
            return True
    return any(list_breaches(edit, wording, rows, cautions))


def test_every_red_flag_and_caution_is_missed_when_it_is_dropped() -> None:
    assert {rule for rule in FLAGS if not is_noticed(dropping(rule))} == HELD_BY_OTHERS


def test_no_red_flag_or_caution_can_be_lowered_unseen() -> None:
    def lower(rule_id: str) -> Edit:
        [level] = [rule.level for rule in RULEBOOK.rules if rule.id == rule_id]
        return changing(rule_id, level=list(CareLevel)[level.rank + 1])

    assert [rule for rule in FLAGS if not is_noticed(lower(rule))] == ["R15d"]  # C-recent-injection holds it as well
