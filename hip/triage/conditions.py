"""Conditions over facts, in three-valued logic: they hold, they do not hold, or it is not known yet.

They are plain data, so that the same condition can be evaluated for one person and proved for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import Enum
from typing import Final

from hip.assessment import EMERGENCY_SCREENS, FACTS, NOT_SURE, Facts, FactValue

#: Facts for which "not sure" counts as yes (clinical rules, section 1, point 3).
SCREEN_FACTS: Final = frozenset(fact.id for fact in FACTS.values() if fact.question in EMERGENCY_SCREENS)


_SAID_NOT_SURE: Final = (NOT_SURE,)


class Operator(Enum):
    """How a fact's value is compared."""

    IS = "is"  # one of the values
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    ABOVE = "above"
    BELOW = "below"
    INCLUDES = "includes"  # the set holds at least one of the values
    EXCLUDES = "excludes"  # the set holds none of the values


class Gap(Enum):
    """What a test says when the value is not there."""

    UNDECIDED = "undecided"
    HOLDS_IF_NOT_SURE = "or_not_sure"  # holds once the person was asked and cannot say
    HOLDS_IF_UNKNOWN = "or_unknown"  # holds at once, asked or not


@dataclass(frozen=True)
class Test:
    """A comparison of one fact.

    Attributes:
        fact: an id of ``hip.assessment.FACTS``.
        operator: the comparison.
        values: what to compare with: one number, or one or more values; ``(NOT_SURE,)`` asks whether the person
            said that they do not know.
        gap: what holds when the value is unknown or not sure.
    """

    fact: str
    operator: Operator
    values: tuple[FactValue, ...]
    gap: Gap = Gap.UNDECIDED


@dataclass(frozen=True)
class All:
    """Holds when every part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class AnyOf:
    """Holds when at least one part holds."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True)
class Not:
    """Holds when its part is known not to hold; unknown stays unknown."""

    part: Condition


Condition = Test | All | AnyOf | Not

_COMPARE: Final[dict[Operator, Callable[[float, float], bool]]] = {
    Operator.AT_LEAST: lambda value, limit: value >= limit,
    Operator.AT_MOST: lambda value, limit: value <= limit,
    Operator.ABOVE: lambda value, limit: value > limit,
    Operator.BELOW: lambda value, limit: value < limit,
}


def evaluate(condition: Condition, facts: Facts) -> bool | None:
    """Whether a condition holds for a person; None when what is known does not decide it."""
    # Hundreds are evaluated for every message, which a match statement makes twice as slow.
    if isinstance(condition, Test):
        return _evaluate_test(condition, facts)
    if isinstance(condition, Not):
        outcome = evaluate(condition.part, facts)
        return None if outcome is None else not outcome
    return _combine(condition.parts, facts, deciding=isinstance(condition, AnyOf))


def _combine(parts: tuple[Condition, ...], facts: Facts, deciding: bool) -> bool | None:
    unknown = False
    for part in parts:
        outcome = evaluate(part, facts)
        if outcome is deciding:
            return deciding
        unknown = unknown or outcome is None
    return None if unknown else not deciding


def _evaluate_test(test: Test, facts: Facts) -> bool | None:
    value = facts.get(test.fact)
    if value is None:
        return True if test.gap is Gap.HOLDS_IF_UNKNOWN else None
    if value == NOT_SURE:
        if test.values == _SAID_NOT_SURE:
            return True
        if test.fact not in SCREEN_FACTS:
            return None if test.gap is Gap.UNDECIDED else True
        value = True
    if test.operator is Operator.IS:
        return value in test.values
    if test.values == _SAID_NOT_SURE:
        return False
    if isinstance(value, tuple):
        included = not set(value).isdisjoint(test.values)
        return included is (test.operator is Operator.INCLUDES)
    limit = test.values[0]
    assert isinstance(value, int | float)  # facts are parsed, and the rulebook checks operators against kinds
    assert isinstance(limit, int | float)
    return _COMPARE[test.operator](value, limit)


def tested_facts(condition: Condition) -> frozenset[str]:
    """The ids of the facts that a condition compares."""
    match condition:
        case Test(fact=fact):
            return frozenset({fact})
        case Not(part):
            return tested_facts(part)
        case All(parts) | AnyOf(parts):
            return frozenset().union(*map(tested_facts, parts))


def find_deciding(
    condition: Condition, facts: Facts, askable: Collection[str], target: bool = True
) -> frozenset[str] | None:
    """The facts whose answers could still bring a condition to an outcome.

    Args:
        condition: the condition.
        facts: what is known.
        askable: ids of the facts that a question still open would ask for; nothing else can become known.
        target: the outcome looked for.

    Returns:
        Ids among ``askable``; empty when the outcome already stands; None when no answer can bring it about.
    """
    if isinstance(condition, Test):
        outcome = _evaluate_test(condition, facts)
        if outcome is None:
            return frozenset({condition.fact}) if condition.fact in askable and condition.fact not in facts else None
        return frozenset() if outcome is target else None
    if isinstance(condition, Not):
        return find_deciding(condition.part, facts, askable, not target)
    every = target is isinstance(condition, All)  # every part must come to the target, else one
    possible = []
    for part in condition.parts:
        found = find_deciding(part, facts, askable, target)
        if found is None and every:
            return None
        if found is not None:
            if not found and not every:
                return found
            possible.append(found)
    return frozenset().union(*possible) if possible or every else None
