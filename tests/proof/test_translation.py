"""The formulas of the proof say of a patient what the engine says: on a thousand patients made at random."""

from __future__ import annotations

from typing import Any

import z3
from hypothesis import given, settings
from hypothesis import strategies as st

from hip.assessment import FACTS, NOT_SURE, FactKind
from hip.proof.patient import Everybody
from hip.proof.verdict import Verdict
from hip.triage.conditions import Operator
from hip.triage.engine import assess
from hip.triage.levels import CareLevel
from hip.triage.questions import CONSENT, next_question
from hip.triage.rulebook import load_rulebook
from tests.triage.test_properties import PATIENTS

RULEBOOK = load_rulebook()
ANSWERED = st.sets(st.sampled_from([step.id for step in RULEBOOK.questions])).map(frozenset) | st.just(frozenset())


class Everyone:
    """The formulas about all patients, built once, and a solver that can be told of one patient."""

    def __init__(self) -> None:
        self.everybody = Everybody()
        self.verdict = Verdict(RULEBOOK, self.everybody.patient)
        self.outcomes = _outcomes(self.verdict)
        self.comparisons = {
            fact: [(held, cell.compares(*held)) for held in _comparisons(fact)]
            for fact, cell in self.everybody.patient.cells.items()
        }
        self.solver = z3.SolverFor("QF_FD")
        self.solver.add(self.everybody.new_bounds())
        # Named in the solver, an outcome is read off the model; evaluating each formula took ten times as long.
        self.names = {name: z3.Bool(f"outcome {name}") for name in self.outcomes}
        self.solver.add([self.names[name] == outcome for name, outcome in self.outcomes.items()])

    def describe(self, facts: dict[str, Any], answered: frozenset[str]) -> dict[str, bool]:
        """What the formulas say of one patient."""
        said: list[Any] = []
        for fact, cell in self.everybody.patient.cells.items():
            value = facts.get(fact)
            said += [_is(cell.unknown, value is None), _is(cell.unsure, value == NOT_SURE)]
            if value is not None and value != NOT_SURE:
                said += [
                    _is(compares, _compares(operator, value, values[0]))
                    for (operator, values), compares in self.comparisons[fact]
                    if not isinstance(compares, bool)
                ]
        said += [_is(asked, question in answered) for question, asked in self.everybody.patient.answered.items()]
        assert self.solver.check(said) == z3.sat
        model = self.solver.model()
        return {name: z3.is_true(model[outcome]) for name, outcome in self.names.items()}


def _comparisons(fact_id: str) -> list[tuple[Operator, Any]]:
    fact = FACTS[fact_id]
    if fact.kind is FactKind.BOOL:
        return [(Operator.IS, (True,))]
    if fact.kind is FactKind.CHOICE:
        return [(Operator.IS, (value,)) for value in fact.values]
    if fact.kind is FactKind.SET:
        return [(Operator.INCLUDES, (value,)) for value in fact.values]
    limits = sorted({test for rule in RULEBOOK.all_rules if rule.when for test in _limits(rule.when, fact_id)} | {18})
    return [(operator, (limit,)) for limit in limits for operator in (Operator.AT_LEAST, Operator.ABOVE)]


def _limits(condition: Any, fact_id: str) -> list[float]:
    if hasattr(condition, "values"):
        mine = condition.fact == fact_id and condition.values != (NOT_SURE,)
        return list(condition.values) if mine else []
    parts = condition.parts if hasattr(condition, "parts") else (condition.part,)
    return [limit for part in parts for limit in _limits(part, fact_id)]


def _is(truth: z3.BoolRef, wanted: bool) -> z3.BoolRef:
    return truth if wanted else z3.Not(truth)


def _compares(operator: Operator, value: Any, other: Any) -> bool:
    return {
        Operator.IS: lambda: value == other,
        Operator.INCLUDES: lambda: other in value,
        Operator.AT_LEAST: lambda: value >= other,
        Operator.ABOVE: lambda: value > other,
    }[operator]()


def _outcomes(verdict: Verdict) -> dict[str, Any]:
    fired = {f"fires {rule.id}": verdict.fires[rule.id] for rule in (*RULEBOOK.rules, RULEBOOK.unanswered_screen)}
    says = {f"says {rule.id}": verdict.says[rule.id] for rule in RULEBOOK.rules}
    gives = {f"gives {level.value}": given for level, given in verdict.gives.items()}
    asks = {f"asks {step.id}": verdict.asks.get(step.id, False) for step in RULEBOOK.questions}
    ends = {"interrupts": verdict.interrupts, "finished": verdict.finished, "consents": verdict.consents}
    return fired | says | gives | asks | ends


def _engine(facts: dict[str, Any], answered: frozenset[str]) -> dict[str, bool]:
    assessment, question = assess(RULEBOOK, facts, answered), next_question(RULEBOOK, facts, answered)
    flags = (*RULEBOOK.rules, RULEBOOK.unanswered_screen)
    fired = {f"fires {rule.id}": rule in assessment.fired for rule in flags}
    says = {f"says {rule.id}": rule in assessment.said for rule in RULEBOOK.rules}
    gives = {f"gives {level.value}": assessment.level is level for level in CareLevel}
    asks = {f"asks {step.id}": question == step.id for step in RULEBOOK.questions}
    ends = {"interrupts": assessment.interrupts, "finished": question is None, "consents": facts.get(CONSENT) is True}
    return fired | says | gives | asks | ends


EVERYONE = Everyone()


@settings(max_examples=1000, deadline=None)
@given(PATIENTS, ANSWERED)
def test_the_formulas_say_what_the_engine_says(facts: dict[str, Any], answered: frozenset[str]) -> None:
    assert EVERYONE.describe(facts, answered) == _engine(facts, answered)
