"""The values a fact can take, as truths a solver can choose: for numbers one truth for each line that a rule draws.

A rule only ever asks whether a number is above a line or not, so numbers between the same lines are one case to it.
That makes the space of all answers finite, and every formula one of plain truths.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import pairwise

import z3

from hip.assessment import Fact, FactKind, FactValue
from hip.proof.logic import Formula, opposite, some
from hip.triage.conditions import Operator

#: Whether the value of a fact compares so, as ``hip.triage.conditions`` compares it.
Compare = Callable[[Operator, tuple[FactValue, ...]], Formula]


class Variable:
    """One fact's value, left open.

    Attributes:
        fact: the fact.
    """

    def __init__(self, fact: Fact) -> None:
        self.fact = fact
        self._truths: dict[object, z3.BoolRef] = {}
        self._bounded = 0
        if fact.kind is FactKind.BOOL:
            self._truth(True)
        for value in fact.values:
            self._truth(value)

    def compares(self, operator: Operator, values: tuple[FactValue, ...]) -> Formula:
        """Whether the value compares so."""
        if self.fact.kind is FactKind.BOOL:
            return some(self._truth(True) if value is True else opposite(self._truth(True)) for value in values)
        if operator in (Operator.IS, Operator.INCLUDES):
            return some(self._truth(value) for value in values)
        if operator is Operator.EXCLUDES:
            return opposite(some(self._truth(value) for value in values))
        limit = Fraction(str(values[0]))
        # A line is (limit, whether the limit itself lies below it): at least 6 and above 6 are two lines.
        line = (limit, operator in (Operator.ABOVE, Operator.AT_MOST))
        if self.fact.kind is FactKind.INT and line[1]:
            line = (limit + 1, False)
        above = operator in (Operator.ABOVE, Operator.AT_LEAST)
        return self._is_above(line) if above else opposite(self._is_above(line))

    def new_bounds(self) -> list[z3.BoolRef]:
        """What holds of the truths in use, whoever the patient is; nothing when none came since the last call."""
        if len(self._truths) == self._bounded:
            return []
        self._bounded = len(self._truths)
        if self.fact.kind is FactKind.CHOICE:
            return [z3.PbEq([(truth, 1) for truth in self._truths.values()], 1)]
        if self.fact.kind is FactKind.SET:  # "none" stands alone
            none = self._truth("none")
            return [z3.Not(z3.And(none, truth)) for value, truth in self._truths.items() if value != "none"]
        lines = self._lines()
        return [z3.Implies(upper, lower) for (_, lower), (_, upper) in pairwise(lines)]

    def read(self, model: z3.ModelRef) -> FactValue:
        """The value that a solver chose."""
        chosen = [value for value, truth in self._truths.items() if is_true(model, truth)]
        if self.fact.kind is FactKind.BOOL:
            return bool(chosen)
        if self.fact.kind is FactKind.CHOICE:
            return str(chosen[0])
        if self.fact.kind is FactKind.SET:
            return tuple(value for value in self.fact.values if value in chosen)
        number = self._read_number(model)
        return int(number) if self.fact.kind is FactKind.INT else float(number)

    def _read_number(self, model: z3.ModelRef) -> Fraction:
        low, below = Fraction(str(self.fact.low)), False
        high = Fraction(str(self.fact.high))
        for (limit, limit_below), truth in self._lines():
            if not is_true(model, truth):
                high = limit
                break
            low, below = limit, limit_below
        return (low + high) / 2 if below else low

    def _is_above(self, line: tuple[Fraction, bool]) -> Formula:
        limit, limit_below = line
        if limit < self.fact.low or (limit == self.fact.low and not limit_below):
            return True
        if limit > self.fact.high or (limit == self.fact.high and limit_below):
            return False
        return self._truth(line)

    def _lines(self) -> list[tuple[tuple[Fraction, bool], z3.BoolRef]]:
        lines = [(line, truth) for line, truth in self._truths.items() if isinstance(line, tuple)]
        return sorted(lines, key=lambda found: found[0])

    def _truth(self, value: object) -> z3.BoolRef:
        if value not in self._truths:
            self._truths[value] = z3.Bool(f"{self.fact.id} {value}")
        return self._truths[value]


def is_true(model: z3.ModelRef, formula: Formula) -> bool:
    """Whether a formula is true in what a solver chose; what it left open is taken as false."""
    return formula if isinstance(formula, bool) else z3.is_true(model.eval(formula, model_completion=True))
