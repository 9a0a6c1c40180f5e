"""A patient with every fact open: unknown, not sure, or any of its values; and the patients that a solver finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import z3

from hip.assessment import EMERGENCY_SCREENS, FACTS, NOT_SURE, Fact, FactValue
from hip.proof.logic import Formula, every, opposite, some
from hip.proof.variables import Compare, Variable, is_true
from hip.triage.conditions import Operator, Test, evaluate

#: Every question that asks for a fact.
QUESTIONS: Final = tuple(dict.fromkeys(fact.question for fact in FACTS.values() if fact.question))


@dataclass(frozen=True)
class Cell:
    """What is known of one fact.

    Attributes:
        fact: which one.
        unknown: whether nothing is known of it.
        unsure: whether the person was asked and does not know.
        compares: how its value compares; it counts only when the fact is neither unknown nor unsure.
    """

    fact: Fact
    unknown: Formula
    unsure: Formula
    compares: Compare

    @property
    def known(self) -> Formula:
        """Whether there is a value."""
        return every((opposite(self.unknown), opposite(self.unsure)))

    def is_(self, operator: Operator, *values: FactValue) -> Formula:
        """Whether there is a value and it compares so."""
        return every((self.known, self.compares(operator, values)))

    def holding(self, value: FactValue | None) -> Cell:
        """The cell with one certain value; None for unknown."""
        if value is None or value == NOT_SURE:
            return replace(self, unknown=value is None, unsure=value is not None)
        return Cell(self.fact, False, False, lambda operator, values: _compare(self.fact, value, operator, values))

    def turning(self, when: Formula, value: FactValue) -> Cell:
        """The cell that holds a value where a condition is met, and stays as it is elsewhere."""
        if when is False:
            return self
        held = self.holding(value)
        keeps = opposite(when)
        return Cell(
            self.fact,
            every((self.unknown, keeps)),
            some((every((when, held.unsure)), every((keeps, self.unsure)))),
            lambda operator, values: some(
                (every((when, held.compares(operator, values))), every((keeps, self.compares(operator, values))))
            ),
        )


def _compare(fact: Fact, value: FactValue, operator: Operator, values: tuple[FactValue, ...]) -> bool:
    return evaluate(Test(fact.id, operator, values), {fact.id: value}) is True


@dataclass(frozen=True)
class Patient:
    """Everything the engine is given: the facts, and the questions answered as far as the person will."""

    cells: Mapping[str, Cell]
    answered: Mapping[str, Formula]

    def with_fact(self, fact_id: str, value: FactValue | None) -> Patient:
        """The same patient with one fact made certain; None for unknown."""
        return replace(self, cells={**self.cells, fact_id: self.cells[fact_id].holding(value)})

    def settled(self) -> Patient:
        """What an answered question left open counts as not sure, as in ``hip.triage.engine.settle_facts``."""
        return replace(self, cells={fact_id: self._settle(cell) for fact_id, cell in self.cells.items()})

    def _settle(self, cell: Cell) -> Cell:
        question = cell.fact.question
        if question is None or question in EMERGENCY_SCREENS:
            return cell
        left = every((cell.unknown, self.answered[question]))
        return replace(
            cell,
            unknown=every((cell.unknown, opposite(self.answered[question]))),
            unsure=some((cell.unsure, left)),
        )

    def is_open(self, question: str) -> Formula:
        """Whether a question asks for a fact that is unknown."""
        return some(cell.unknown for cell in self.cells.values() if cell.fact.question == question)


class Everybody:
    """All patients there can be.

    Attributes:
        patient: a patient of whom everything is open.
    """

    def __init__(self) -> None:
        self._told = False
        self._variables = {fact.id: Variable(fact) for fact in FACTS.values()}
        cells = {
            fact.id: Cell(
                fact,
                z3.Bool(f"{fact.id} unknown"),
                z3.Bool(f"{fact.id} not sure"),
                self._variables[fact.id].compares,
            )
            for fact in FACTS.values()
        }
        self.patient = Patient(cells, {question: z3.Bool(f"{question} answered") for question in QUESTIONS})

    def new_bounds(self) -> list[z3.BoolRef]:
        """What holds of every patient, for what formulas have asked since this was called last."""
        new = [bound for variable in self._variables.values() for bound in variable.new_bounds()]
        if not self._told:
            new += [z3.Not(z3.And(cell.unknown, cell.unsure)) for cell in self.patient.cells.values()]
        self._told = True
        return new

    def read(self, model: z3.ModelRef) -> tuple[dict[str, FactValue], frozenset[str]]:
        """The facts and answered questions of the patient that a solver found."""
        facts: dict[str, FactValue] = {}
        for fact_id, cell in self.patient.cells.items():
            if not is_true(model, cell.unknown):
                unsure = is_true(model, cell.unsure)
                facts[fact_id] = NOT_SURE if unsure else self._variables[fact_id].read(model)
        answered = self.patient.answered
        return facts, frozenset(question for question, asked in answered.items() if is_true(model, asked))
