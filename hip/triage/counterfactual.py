"""What would have to be otherwise for a less urgent result: a line for the clinician, worked out by the rules alone.

It explains a result and says nothing about what is true: no answer is changed, and none is called unlikely.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from typing import Final

from hip.assessment import FACTS, NOT_SURE, FactKind, Facts, FactValue
from hip.triage.conditions import All, AnyOf, Condition, Not, Test, tested_facts
from hip.triage.engine import assess
from hip.triage.levels import CareLevel
from hip.triage.rulebook import Rule, Rulebook

#: Not symptoms but who the person is: nobody is told what they would be at another age.
_FIXED: Final = frozenset({"age", "consent", "respondent"})


@dataclass(frozen=True)
class Change:
    """One answer that would be otherwise: ``was`` what it is, ``would_be`` what it is not."""

    fact: str
    was: FactValue
    would_be: FactValue


@dataclass(frozen=True)
class Counterfactual:
    """The answers that would be otherwise, one or two of them, and the less urgent level that would then stand."""

    changes: tuple[Change, ...]
    level: CareLevel


def find_counterfactuals(
    rulebook: Rulebook, facts: Facts, answered: Collection[str] = ()
) -> tuple[Counterfactual, ...]:
    """The smallest changes that would make the result less urgent.

    Args:
        rulebook: the rules.
        facts: what is known, as ``parse_facts`` returns it.
        answered: ids of questions the person has answered as far as they will.

    Returns:
        Every single answer that does so by itself; where none does, every two that do together; least urgent first.
        Empty without a result, and where it takes more than two.
    """
    level = assess(rulebook, facts, answered).level
    if level is None:
        return ()
    changes = list(_list_changes(assess(rulebook, facts, answered).fired, facts))
    for size in (1, 2):
        found = [
            Counterfactual(together, less)
            for together in combinations(changes, size)
            if len({change.fact for change in together}) == size
            and (less := assess(rulebook, _apply(facts, together), answered).level)
            and level.outranks(less)
        ]
        if found:
            return tuple(sorted(_keep_least(found), key=lambda one: -one.level.rank))
    return ()


def describe(counterfactual: Counterfactual) -> str:
    """The line in ids, such as ``would be first_line_care without constant_night_pain``."""
    parts = [_describe_change(change) for change in counterfactual.changes]
    return f"would be {counterfactual.level.value} {' and '.join(parts)}"


def _describe_change(change: Change) -> str:
    if change.would_be is False:
        return f"without {change.fact}"
    value = ", ".join(change.would_be) if isinstance(change.would_be, tuple) else f"{change.would_be}"
    return f"with {change.fact} {value or 'none'}"


def _apply(facts: Facts, changes: Iterable[Change]) -> dict[str, FactValue]:
    return {**facts, **{change.fact: change.would_be for change in changes}}


def _keep_least(found: Iterable[Counterfactual]) -> list[Counterfactual]:
    """Of several values of the same answers only the first that leads to the least urgent level."""
    kept: dict[tuple[str, ...], Counterfactual] = {}
    for one in found:
        facts = tuple(change.fact for change in one.changes)
        if facts not in kept or kept[facts].level.outranks(one.level):
            kept[facts] = one
    return list(kept.values())


def _list_changes(fired: Iterable[Rule], facts: Facts) -> Iterator[Change]:
    """Other values of the answers that the rules which fired have compared."""
    conditions = [rule.when for rule in fired if rule.when]
    tested = frozenset().union(*map(tested_facts, conditions))
    for fact_id in FACTS:
        if fact_id in tested and fact_id in facts and fact_id not in _FIXED:
            for value in _list_others(conditions, fact_id):
                if value != facts[fact_id]:
                    yield Change(fact_id, facts[fact_id], value)


def _list_others(conditions: Iterable[Condition], fact_id: str) -> list[FactValue]:
    fact = FACTS[fact_id]
    if fact.kind is FactKind.BOOL:
        return [False]
    if fact.kind is FactKind.CHOICE:
        return list(fact.values)
    if fact.kind is FactKind.SET:
        return [("none",)]
    limits = {
        float(str(value))
        for condition in conditions
        for test in _list_tests(condition, fact_id)
        for value in test.values
        if value != NOT_SURE
    }
    near = {limit + step for limit in limits for step in (-1.0, 0.0, 1.0)}
    numbers = sorted(number for number in near if fact.low <= number <= fact.high)
    return [int(number) if fact.kind is FactKind.INT else number for number in numbers]


def _list_tests(condition: Condition, fact_id: str) -> list[Test]:
    match condition:
        case Test(fact=fact):
            return [condition] if fact == fact_id else []
        case Not(part):
            return _list_tests(part, fact_id)
        case All(parts) | AnyOf(parts):
            return [test for part in parts for test in _list_tests(part, fact_id)]
