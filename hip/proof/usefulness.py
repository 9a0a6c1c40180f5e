"""Property 4, the use of a question: each one asked can still change the result, or the rules list it.

A question is asked for one of three reasons: the rules list it for the level, it is a gate without which no level
below same day is given, or a more urgent rule waits for a fact that it asks for. The first two are stated in the rules.
Of the third it is shown that it is true whenever the question is asked: answers to what is still open make such a rule
fire, and another answer to this question keeps it from firing.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product

from hip.assessment import FACTS, NOT_SURE, FactKind, Facts, FactValue
from hip.proof.conditions import judge
from hip.proof.finding import Case, Claim, settle
from hip.proof.logic import Formula, every, opposite, some
from hip.proof.patient import Patient
from hip.proof.prover import Prover
from hip.triage.conditions import All, AnyOf, Condition, Gap, Not, Test, evaluate, tested_facts
from hip.triage.engine import GATES, assess, judge_routine, list_facts, settle_facts
from hip.triage.levels import CareLevel
from hip.triage.questions import CONSENT, next_question
from hip.triage.rulebook import QuestionStep


def prove_usefulness(prover: Prover) -> Claim:
    """Prove that no question is asked whose answer the rules neither list nor can use."""
    turns = {rule.id: _turns(prover, rule.when) for rule in prover.rulebook.rules if rule.when}
    steps = [step for step in prover.rulebook.questions if step.id in prover.verdict.asks and step.id != CONSENT]
    says = "every question asked can still change the result, or is one that the rules list for the level"
    return settle(prover, says, (_case(prover, step, turns) for step in steps))


def _case(prover: Prover, step: QuestionStep, turns: Mapping[str, Mapping[str, Formula]]) -> Case:
    verdict = prover.verdict

    def check(facts: Facts, answered: frozenset[str]) -> bool:
        if next_question(prover.rulebook, facts, answered) != step.id:
            return False
        known = settle_facts(facts, answered)
        level = _foresee(prover, facts, answered)
        listed = level in step.asked_at and not (step.unless and evaluate(step.unless, known))
        if listed or (step.id in GATES and not level.urgent):
            return False
        higher = [rule.when for rule in prover.rulebook.rules if rule.when and rule.level.outranks(level)]
        asked = [_list_asked(prover, when) for when in higher]
        left = [
            [fact for fact, question in facts_asked.items() if question not in answered and fact not in known]
            for facts_asked in asked
        ]
        return not any(
            _can_turn(when, known, open_facts, fact)
            for when, open_facts in zip(higher, left, strict=True)
            for fact in list_facts(step.id).intersection(open_facts)
        )

    listed = some(every((foreseen, verdict.lists(step, level))) for level, foreseen in verdict.foreseen.items())
    useful = some(
        every(
            (turns[rule.id].get(fact, False), some(f for at, f in verdict.foreseen.items() if rule.level.outranks(at)))
        )
        for rule in prover.rulebook.rules
        if rule.id in turns
        for fact in list_facts(step.id)
    )
    formula = every((verdict.asks[step.id], opposite(listed), opposite(useful)))
    return Case(f"{step.id} is asked though no answer to it could change anything", formula, check)


def _foresee(prover: Prover, facts: Facts, answered: frozenset[str]) -> CareLevel:
    """The level that stands, or would if everything still open turned out harmless."""
    assessment = assess(prover.rulebook, facts, answered)
    if assessment.level or assessment.fired:
        return assessment.level or assessment.fired[0].level
    routine = judge_routine(prover.rulebook, settle_facts(facts, answered))
    return routine.level if routine else CareLevel.CONSULTATION


def _list_asked(prover: Prover, when: Condition) -> dict[str, str]:
    """The facts of a condition that are ever asked, and by which question."""
    alone = {step.id for step in prover.rulebook.questions if step.asked_alone}
    return {fact: str(FACTS[fact].question) for fact in sorted(tested_facts(when)) if FACTS[fact].question in alone}


def _turns(prover: Prover, when: Condition) -> Mapping[str, Formula]:
    """Fact id to whether it alone can decide if a rule fires, with some answers to everything else still open."""
    patient = prover.verdict.settled
    asked = _list_asked(prover, when)
    still_open = {
        fact: every((patient.cells[fact].unknown, opposite(prover.patient.answered[question])))
        for fact, question in asked.items()
    }
    fires: dict[tuple[FactValue, ...], Formula] = {}
    for answer in product(*(_list_answers(when, fact) for fact in asked)):
        cells = dict(patient.cells)
        for fact, value in zip(asked, answer, strict=True):
            cells[fact] = cells[fact].turning(still_open[fact], value)
        fires[answer] = judge(when, Patient(cells, patient.answered)).holds
    turns: dict[str, Formula] = {}
    for at, fact in enumerate(asked):
        alike: dict[tuple[FactValue, ...], list[Formula]] = {}  # answers that differ in this fact only
        for answer, fired in fires.items():
            alike.setdefault((*answer[:at], *answer[at + 1 :]), []).append(fired)
        decides = some(every((some(group), opposite(every(group)))) for group in alike.values())
        turns[fact] = every((still_open[fact], decides))
    return turns


def _can_turn(when: Condition, known: Facts, open_facts: list[str], fact: str) -> bool:
    """The same, asked of the engine."""
    others = [name for name in open_facts if name != fact]
    for answer in product(*(_list_answers(when, name) for name in others)):
        rest = {**known, **dict(zip(others, answer, strict=True))}
        if len({evaluate(when, {**rest, fact: value}) is True for value in _list_answers(when, fact)}) == 2:
            return True
    return False


def _list_answers(condition: Condition, fact_id: str) -> list[FactValue]:
    """Answers to a fact that a condition can tell apart: on both sides of each line that its comparisons draw."""
    fact, tests = FACTS[fact_id], _list_tests(condition, fact_id)
    limits = [value for test in tests for value in test.values if value != NOT_SURE]
    answers: list[FactValue]
    if fact.kind is FactKind.BOOL:
        answers = [True, False]
    elif fact.kind is FactKind.CHOICE:
        other = [value for value in fact.values if value not in limits]
        answers = [*limits[:1], *other[:1]]
    elif fact.kind is FactKind.SET:
        answers = [(), *((value,) for value in fact.values)]
    else:
        near = {float(str(limit)) + step for limit in limits for step in (-1, 0, 1)} | {fact.low, fact.high}
        numbers = sorted(number for number in near if fact.low <= number <= fact.high)
        answers = [int(number) if fact.kind is FactKind.INT else number for number in numbers]
    said_unsure = any(test.values == (NOT_SURE,) or test.gap is Gap.HOLDS_IF_NOT_SURE for test in tests)
    return [*answers, NOT_SURE] if said_unsure else answers


def _list_tests(condition: Condition, fact_id: str) -> list[Test]:
    match condition:
        case Test(fact=fact):
            return [condition] if fact == fact_id else []
        case Not(part):
            return _list_tests(part, fact_id)
        case All(parts) | AnyOf(parts):
            return [test for part in parts for test in _list_tests(part, fact_id)]
