"""Property 5, and the rows of the clinical rules: nobody gets less care than ``floors.yml`` says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from hip.assessment import Facts
from hip.proof.conditions import judge
from hip.proof.finding import Case, Claim, settle
from hip.proof.floors import Floor, Floors
from hip.proof.logic import every, opposite, some
from hip.proof.prover import Prover
from hip.triage.conditions import evaluate
from hip.triage.engine import assess, is_open, settle_facts
from hip.triage.levels import CareLevel

#: The levels at which an injection is talked of as a next step.
_INJECTION_LEVELS: Final = (CareLevel.CONSULTATION, CareLevel.FIRST_LINE_CARE)
#: The questions that ask about the cautions.
_CHECKS: Final = ("health_screen", "hip_history", "injection_checks")


def prove_cautions(prover: Prover, floors: Floors) -> list[Claim]:
    """Prove property 5."""
    return [
        settle(
            prover,
            "with a caution no result talks of an injection: clinician_review or above, or out of scope",
            (_forbid(prover, floor, _INJECTION_LEVELS) for floor in floors.cautions),
        ),
        settle(
            prover,
            "each caution takes the place of a consultation that somebody would have had",
            (_matters(prover, floor) for floor in floors.cautions),
        ),
        settle(
            prover,
            "no result talks of an injection before every question about cautions was put",
            (_unasked(prover, question) for question in _CHECKS),
        ),
    ]


def _unasked(prover: Prover, question: str) -> Case:
    def check(facts: Facts, answered: frozenset[str]) -> bool:
        level = assess(prover.rulebook, facts, answered).level
        return level in _INJECTION_LEVELS and is_open(question, settle_facts(facts, answered))

    verdict = prover.verdict
    told = some(verdict.gives[level] for level in _INJECTION_LEVELS)
    return Case(f"{question} is never put", every((told, verdict.settled.is_open(question))), check)


def prove_rows(prover: Prover, floors: Floors) -> list[Claim]:
    """Prove that each row of the clinical rules, section 2, gives its level or a more urgent one."""
    return [
        settle(prover, "whoever has the facts of a row gets its level or a more urgent one",
               _rows(prover, floors)),
    ]  # fmt: skip


def _rows(prover: Prover, floors: Floors) -> Iterator[Case]:
    for floor in floors.red_flags:
        if floor.level.urgent:  # never withheld
            yield _demand(prover, floor)
        else:
            yield _forbid(prover, floor, tuple(level for level in CareLevel if floor.level.outranks(level)))


def _meets(floor: Floor, facts: Facts, answered: frozenset[str]) -> bool:
    return evaluate(floor.when, settle_facts(facts, answered)) is True


def _demand(prover: Prover, floor: Floor) -> Case:
    holds = judge(floor.when, prover.verdict.settled).holds
    levels = [level for level in CareLevel if not floor.level.outranks(level)]
    return Case(
        f"{floor.row} does not get {floor.level.value}",
        every((holds, opposite(prover.verdict.at_least(floor.level)))),
        lambda facts, answered: (
            _meets(floor, facts, answered) and assess(prover.rulebook, facts, answered).level not in levels
        ),
        explain=lambda facts, answered: _told(prover, facts, answered),
    )


def _forbid(prover: Prover, floor: Floor, levels: tuple[CareLevel, ...]) -> Case:
    holds = judge(floor.when, prover.verdict.settled).holds
    return Case(
        f"{floor.row} gets less than {floor.level.value}",
        every((holds, some(prover.verdict.gives[level] for level in levels))),
        lambda facts, answered: (
            _meets(floor, facts, answered) and assess(prover.rulebook, facts, answered).level in levels
        ),
        explain=lambda facts, answered: _told(prover, facts, answered),
    )


def _matters(prover: Prover, floor: Floor) -> Case:
    """Somebody has the caution, is held back for it, and has everything else that a consultation asks for."""
    verdict = prover.verdict
    consult = [rule for rule in prover.rulebook.routine if rule.level is CareLevel.CONSULTATION and rule.when]
    wanted = some(judge(rule.when, verdict.settled).holds for rule in consult if rule.when)
    held = [level for level in CareLevel if level.outranks(CareLevel.CONSULTATION) and not level.urgent]

    def check(facts: Facts, answered: frozenset[str]) -> bool:
        known = settle_facts(facts, answered)
        return (
            _meets(floor, facts, answered)
            and any(rule.when and evaluate(rule.when, known) for rule in consult)
            and assess(prover.rulebook, facts, answered).level in held
        )

    formula = every((judge(floor.when, verdict.settled).holds, wanted, some(verdict.gives[level] for level in held)))
    return Case(f"{floor.row} never takes the place of a consultation", formula, check, forbidden=False)


def _told(prover: Prover, facts: Facts, answered: frozenset[str]) -> str:
    level = assess(prover.rulebook, facts, answered).level
    return f"gives {level.value if level else 'no result'}"
