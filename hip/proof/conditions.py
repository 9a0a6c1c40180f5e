"""``hip.triage.conditions`` for a patient with open facts: the same outcomes, as formulas."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hip.assessment import NOT_SURE
from hip.proof.logic import Formula, Truth, every, opposite, some
from hip.proof.patient import Patient
from hip.triage.conditions import SCREEN_FACTS, All, AnyOf, Condition, Gap, Not, Test


def judge(condition: Condition, patient: Patient) -> Truth:
    """As ``evaluate``."""
    match condition:
        case Test():
            return _judge_test(condition, patient)
        case Not(part):
            outcome = judge(part, patient)
            return Truth(outcome.fails, outcome.holds)
        case All(parts):
            outcomes = [judge(part, patient) for part in parts]
            return Truth(every(part.holds for part in outcomes), some(part.fails for part in outcomes))
        case AnyOf(parts):
            outcomes = [judge(part, patient) for part in parts]
            return Truth(some(part.holds for part in outcomes), every(part.fails for part in outcomes))


def _judge_test(test: Test, patient: Patient) -> Truth:
    cell = patient.cells[test.fact]
    unknown_holds = every((cell.unknown, test.gap is Gap.HOLDS_IF_UNKNOWN))
    if test.values == (NOT_SURE,):
        return Truth(some((unknown_holds, cell.unsure)), cell.known)
    compares = cell.compares(test.operator, test.values)
    if test.fact in SCREEN_FACTS:  # not sure counts as yes
        unsure = cell.holding(True).compares(test.operator, test.values)
        unsure_holds, unsure_fails = every((cell.unsure, unsure)), every((cell.unsure, opposite(unsure)))
    else:
        unsure_holds, unsure_fails = every((cell.unsure, test.gap is not Gap.UNDECIDED)), False
    return Truth(
        some((unknown_holds, unsure_holds, every((cell.known, compares)))),
        some((unsure_fails, every((cell.known, opposite(compares))))),
    )


@dataclass(frozen=True)
class Deciding:
    """As the outcome of ``find_deciding``.

    Attributes:
        possible: whether answers can bring the condition to the outcome, or it stands already.
        facts: fact id to whether it is among those whose answers could do so.
    """

    possible: Formula
    facts: Mapping[str, Formula]

    @property
    def stands(self) -> Formula:
        """Whether the outcome stands already."""
        return every((self.possible, opposite(some(self.facts.values()))))


def decide(condition: Condition, patient: Patient, askable: Mapping[str, Formula], target: bool = True) -> Deciding:
    """As ``find_deciding``; ``askable`` says of each fact whether a question still open would ask for it."""
    match condition:
        case Test(fact=fact):
            outcome = _judge_test(condition, patient)
            asks = every((outcome.undecided, patient.cells[fact].unknown, askable.get(fact, False)))
            return Deciding(some((asks, outcome.is_(target))), {fact: asks})
        case Not(part):
            return decide(part, patient, askable, not target)
        case All(parts) | AnyOf(parts):
            found = [decide(part, patient, askable, target) for part in parts]
            ids = dict.fromkeys(fact for part in found for fact in part.facts)
            named = {fact: some(part.facts.get(fact, False) for part in found) for fact in ids}
            if target is isinstance(condition, All):
                possible = every(part.possible for part in found)
                return Deciding(possible, {fact: every((possible, name)) for fact, name in named.items()})
            stands = some(part.stands for part in found)
            left = {fact: every((opposite(stands), name)) for fact, name in named.items()}
            return Deciding(some(part.possible for part in found), left)
