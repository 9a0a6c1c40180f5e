"""What a proof comes to: a statement, the cases it was searched for, and every patient that breaks it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from hip.assessment import Facts
from hip.proof.logic import Formula
from hip.proof.prover import Check, Example, Prover

#: Says in words what happens to the patient that was found.
Explain = Callable[[Facts, frozenset[str]], str]


@dataclass(frozen=True)
class Case:
    """One search among all patients.

    Attributes:
        what: what is wrong if the search does not come out as it should.
        formula: what is searched for.
        check: the same, asked of the engine.
        forbidden: whether no patient may meet the formula; else at least one must.
        explain: what happens to the patient that breaks the statement.
    """

    what: str
    formula: Formula
    check: Check
    forbidden: bool = True
    explain: Explain | None = None


@dataclass(frozen=True)
class Breach:
    """One way in which a statement does not hold; ``patient`` is None where the fault is that there is none."""

    what: str
    patient: Example | None = None

    def __str__(self) -> str:
        return self.what + (f"\n        patient: {self.patient}" if self.patient else "")


@dataclass(frozen=True)
class Claim:
    """One statement of a property.

    Attributes:
        says: the statement, in words.
        cases: how many searches of all patients, or other cases, it was shown by.
        breaches: where it does not hold.
    """

    says: str
    cases: int
    breaches: tuple[Breach, ...] = ()

    @property
    def proved(self) -> bool:
        """Whether it holds in every case."""
        return not self.breaches


def settle(prover: Prover, says: str, cases: Iterable[Case]) -> Claim:
    """Search every case of a statement."""
    count, breaches = 0, []
    for case in cases:
        count += 1
        example = prover.find(case.formula, case.check, shorten=case.forbidden)
        if (example is not None) is case.forbidden:
            explained = f" - {case.explain(example.facts, example.answered)}" if case.explain and example else ""
            breaches.append(Breach(case.what + explained, example))
    return Claim(says, count, tuple(breaches))
