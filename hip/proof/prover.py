"""Searches all patients for one that breaks a property, and checks on the engine itself whatever it finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import z3

from hip.assessment import FACTS, Facts
from hip.proof.logic import Formula
from hip.proof.patient import Everybody, Patient
from hip.proof.verdict import Verdict
from hip.triage.rulebook import Rulebook

#: Whether the engine says of a patient what the solver found.
Check = Callable[[Facts, frozenset[str]], bool]


class ProofError(RuntimeError):
    """The solver and the engine disagree, or the solver gave up: nothing is proved either way."""


@dataclass(frozen=True)
class Example:
    """A concrete patient: facts and the questions answered as far as they will, as few as show the point."""

    facts: Facts
    answered: frozenset[str]

    def __str__(self) -> str:
        facts = ", ".join(f"{fact}: {_in_yaml(value)}" for fact, value in self.facts.items())
        answered = f"; answered: {', '.join(sorted(self.answered))}" if self.answered else ""
        return "{" + facts + "}" + answered


def _in_yaml(value: object) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(value)}]"
    return str(value).lower() if isinstance(value, bool) else str(value)


class Prover:
    """All patients under one rulebook.

    Attributes:
        rulebook: the rules.
        searches: how often all patients were searched.
    """

    def __init__(self, rulebook: Rulebook) -> None:
        self.rulebook = rulebook
        self.searches = 0
        self._everybody = Everybody()
        self._solver = z3.SolverFor("QF_FD")

    @cached_property
    def verdict(self) -> Verdict:
        """What the rules say of a patient of whom everything is open."""
        return Verdict(self.rulebook, self.patient)

    @property
    def patient(self) -> Patient:
        """The patient of whom everything is open."""
        return self._everybody.patient

    def find(self, formula: Formula, check: Check, shorten: bool = True) -> Example | None:
        """Search for a patient.

        Args:
            formula: what must hold of the patient.
            check: the same, asked of the engine.
            shorten: whether to leave out of the patient what the point can be shown without.

        Returns:
            A patient; None when there is none.

        Raises:
            ProofError: the engine does not say of the patient what the formula says.
        """
        self.searches += 1
        if formula is False:
            return None
        if bounds := self._everybody.new_bounds():
            self._solver.add(bounds)
        self._solver.push()
        self._solver.add(formula)
        outcome = self._solver.check()
        found = self._everybody.read(self._solver.model()) if outcome == z3.sat else None
        self._solver.pop()
        if outcome == z3.unknown:
            raise ProofError(f"the solver gave up: {self._solver.reason_unknown()}")
        if found is None:
            return None
        if not check(*found):
            raise ProofError(f"the engine does not do what the proof says it does with {Example(*found)}")
        return _shorten(*found, check) if shorten else Example(*found)


def _shorten(facts: Facts, answered: frozenset[str], check: Check) -> Example:
    """Leave out whatever the point can be shown without."""
    for fact in [fact for fact in FACTS if fact in facts]:
        fewer = {name: value for name, value in facts.items() if name != fact}
        if check(fewer, answered):
            facts = fewer
    for question in sorted(answered):
        if check(facts, answered - {question}):
            answered -= {question}
    return Example(facts, answered)
