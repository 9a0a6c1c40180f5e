"""Property 2: one symptom more never makes a result less urgent, and not knowing is never safer than no.

The order: a level is more urgent the higher it stands in ``CareLevel``. A withheld result tells nothing, shows no link
and asks on; it stands between ``clinician_review`` and ``consultation``: it may take the place of a routine result,
never of a level that a red flag or a caution gave. A symptom is any yes-or-no fact but consent and what words imply.
It is unknown as long as it was neither told nor asked; what an answered question left open is "not sure", and in an
emergency screen care the same day, whatever a yes would have given.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from hip.assessment import EMERGENCY_SCREENS, FACTS, IMPLIED_FACTS, NOT_SURE, FactKind, Facts, FactValue
from hip.proof.finding import Case, Claim, settle
from hip.proof.logic import Formula, differ, every, opposite, some
from hip.proof.prover import Prover
from hip.proof.verdict import Verdict
from hip.triage.conditions import SCREEN_FACTS
from hip.triage.engine import assess, is_open
from hip.triage.levels import CareLevel

SYMPTOMS: Final = tuple(
    fact.id
    for fact in FACTS.values()
    if fact.kind is FactKind.BOOL and fact.id != "consent" and fact.id not in IMPLIED_FACTS
)

_NAMES: Final[Mapping[FactValue | None, str]] = {True: "yes", False: "no", None: "unknown", NOT_SURE: "not sure"}


class _Variants:
    """The verdicts on all patients with one symptom made certain, each worked out once."""

    def __init__(self, prover: Prover) -> None:
        self._prover = prover
        self._known: dict[tuple[str, FactValue | None], Verdict] = {}

    def verdict(self, symptom: str, value: FactValue | None) -> Verdict:
        key = (symptom, value)
        if key not in self._known:
            self._known[key] = self._prover.verdict.with_fact(symptom, value)
        return self._known[key]

    def case(self, symptom: str, value: FactValue | None, other: FactValue | None) -> Case:
        """That nobody with the one value is told something less urgent than with the other."""
        one, two = self.verdict(symptom, value), self.verdict(symptom, other)
        rulebook, question = self._prover.rulebook, FACTS[symptom].question

        def levels(facts: Facts, answered: frozenset[str]) -> tuple[CareLevel | None, CareLevel | None]:
            first, second = (assess(rulebook, _put(facts, symptom, held), answered) for held in (value, other))
            return first.level, second.level

        def check(facts: Facts, answered: frozenset[str]) -> bool:
            first, second = levels(facts, answered)
            asked = None in (value, other) and question in answered
            return not asked and second is not None and (second.outranks(first) if first else not second.routine)

        def explain(facts: Facts, answered: frozenset[str]) -> str:
            first, second = levels(facts, answered)
            return f"{_NAMES[value]} gives {_name(first)}, {_NAMES[other]} gives {_name(second)}"

        asked = self._prover.patient.answered[question] if question and None in (value, other) else False
        formula = every((lowers(one, two), opposite(asked)))
        return Case(f"{symptom}: {_NAMES[value]} is less urgent than {_NAMES[other]}", formula, check, explain=explain)


def prove_urgency(prover: Prover, symptoms: Collection[str] = SYMPTOMS) -> list[Claim]:
    """Prove property 2, for all symptoms or for some only."""
    variants = _Variants(prover)
    return [
        settle(prover, "turning a symptom from no to yes never lowers the urgency",
               (variants.case(symptom, True, False) for symptom in symptoms)),
        settle(prover, "turning a symptom from unknown to yes never lowers the urgency",
               (variants.case(symptom, True, None) for symptom in symptoms)),
        settle(prover, "whatever is told while a symptom is unknown is at least as urgent as with no",
               (_unknown_case(prover, variants, symptom) for symptom in symptoms)),
        settle(prover, "not sure about a symptom is never less urgent than no",
               (variants.case(symptom, NOT_SURE, False) for symptom in symptoms)),
        settle(prover, "not sure in an emergency screen is yes: the same rules, the same level",
               (_screen_case(prover, variants, symptom) for symptom in symptoms if symptom in SCREEN_FACTS)),
        settle(prover, "what is left open in an emergency screen is care today", _left_open(prover)),
        settle(prover, "not sure about what nobody asks is never less urgent than yes",
               (variants.case(symptom, NOT_SURE, True) for symptom in symptoms if FACTS[symptom].question is None)),
    ]  # fmt: skip


def _left_open(prover: Prover) -> Iterator[Case]:
    verdict = prover.verdict
    for screen in EMERGENCY_SCREENS:

        def check(facts: Facts, answered: frozenset[str], screen: str = screen) -> bool:
            level = assess(prover.rulebook, facts, answered).level
            return screen in answered and is_open(screen, facts) and (level is None or not level.urgent)

        left = every((prover.patient.answered[screen], prover.patient.is_open(screen)))
        formula = every((left, opposite(verdict.at_least(CareLevel.SAME_DAY))))
        yield Case(f"{screen} was left open without care today", formula, check)


def lowers(one: Verdict, other: Verdict) -> Formula:
    """Whether the first patient's result is the less urgent one."""
    return some(
        every((other.gives[level], opposite(some((one.at_least(level), every((level.routine, opposite(one.given))))))))
        for level in CareLevel
    )


def _put(facts: Facts, symptom: str, value: FactValue | None) -> dict[str, FactValue]:
    rest = {fact: held for fact, held in facts.items() if fact != symptom}
    return rest if value is None else {**rest, symptom: value}


def _name(level: CareLevel | None) -> str:
    return level.value if level else "no result yet"


def _unknown_case(prover: Prover, variants: _Variants, symptom: str) -> Case:
    """That an unknown symptom gives no less urgent level than "no", and no routine level that "no" would hold back."""
    unknown, no = variants.verdict(symptom, None), variants.verdict(symptom, False)
    safer = some(
        every((unknown.gives[level], some(no.gives[worse] for worse in CareLevel if worse.outranks(level))))
        for level in CareLevel
    )
    early = every((some(unknown.gives[level] for level in CareLevel if level.routine), opposite(no.given)))

    def levels(facts: Facts, answered: frozenset[str]) -> tuple[CareLevel | None, CareLevel | None]:
        first, second = (assess(prover.rulebook, _put(facts, symptom, held), answered) for held in (None, False))
        return first.level, second.level

    def check(facts: Facts, answered: frozenset[str]) -> bool:
        first, second = levels(facts, answered)
        return first is not None and (first.routine if second is None else second.outranks(first))

    def explain(facts: Facts, answered: frozenset[str]) -> str:
        first, second = levels(facts, answered)
        return f"unknown gives {_name(first)}, no gives {_name(second)}"

    return Case(f"{symptom}: unknown is treated as safer than no", some((safer, early)), check, explain=explain)


def _screen_case(prover: Prover, variants: _Variants, symptom: str) -> Case:
    unsure, yes = variants.verdict(symptom, NOT_SURE), variants.verdict(symptom, True)
    rules = some(differ(unsure.fires[rule.id], yes.fires[rule.id]) for rule in prover.rulebook.all_rules)
    level = some(differ(unsure.gives[level], yes.gives[level]) for level in CareLevel)

    def check(facts: Facts, answered: frozenset[str]) -> bool:
        one, other = (assess(prover.rulebook, _put(facts, symptom, held), answered) for held in (NOT_SURE, True))
        return one != other

    return Case(f"{symptom}: not sure is not taken as yes", some((rules, level)), check)
