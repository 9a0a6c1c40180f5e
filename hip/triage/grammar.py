"""Reads the conditions of ``clinic/rules.yml`` and refuses what cannot be meant, naming the place."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from hip.assessment import FACTS, NOT_SURE, Fact, FactKind, FactValue, parse_fact
from hip.content import ContentError
from hip.triage.conditions import SCREEN_FACTS, All, AnyOf, Condition, Gap, Not, Operator, Test

_OPERATORS: Final[Mapping[FactKind, frozenset[Operator]]] = {
    FactKind.BOOL: frozenset({Operator.IS}),
    FactKind.CHOICE: frozenset({Operator.IS}),
    FactKind.SET: frozenset({Operator.INCLUDES, Operator.EXCLUDES}),
    FactKind.INT: frozenset({Operator.AT_LEAST, Operator.AT_MOST, Operator.ABOVE, Operator.BELOW}),
    FactKind.NUMBER: frozenset({Operator.AT_LEAST, Operator.AT_MOST, Operator.ABOVE, Operator.BELOW}),
}


def parse_condition(raw: Any, terms: Mapping[str, Condition], place: str) -> Condition:
    """Read one condition.

    Args:
        raw: the YAML: a fact or term id; a mapping with ``all``, ``any`` or ``not``; or one comparison of a fact.
        terms: the named conditions that may be used.
        place: where in the file this is, for the error.

    Raises:
        ContentError: naming the place and what is wrong there.
    """
    if isinstance(raw, str):
        return _parse_name(raw, terms, place)
    if not isinstance(raw, dict):
        raise ContentError(f"{place}: {raw!r} is not a condition")
    if "fact" in raw:
        return _parse_test(raw, place)
    if len(raw) != 1 or not set(raw) <= {"all", "any", "not"}:
        here = ", ".join(map(str, raw)) or "nothing"
        raise ContentError(f"{place}: a condition has exactly one of all, any, not, fact; here: {here}")
    [(joint, inner)] = raw.items()
    if joint == "not":
        return Not(parse_condition(inner, terms, f"{place} > not"))
    if not isinstance(inner, list) or not inner:
        raise ContentError(f"{place} > {joint}: needs a list of conditions")
    parts = tuple(parse_condition(part, terms, f"{place} > {joint} > {at}") for at, part in enumerate(inner, 1))
    return All(parts) if joint == "all" else AnyOf(parts)


def _parse_name(name: str, terms: Mapping[str, Condition], place: str) -> Condition:
    if name in terms:
        return terms[name]
    if _find_fact(name, place).kind is not FactKind.BOOL:
        raise ContentError(f"{place}: {name} is not a yes-or-no fact; say how it is compared")
    return Test(name, Operator.IS, (True,))


def _find_fact(name: Any, place: str) -> Fact:
    fact = FACTS.get(name) if isinstance(name, str) else None
    if fact is None:
        raise ContentError(f"{place}: unknown fact or term {name!r}")
    return fact


def _parse_test(raw: Mapping[str, Any], place: str) -> Test:
    fact = _find_fact(raw["fact"], place)
    gaps = [gap for gap in (Gap.HOLDS_IF_NOT_SURE, Gap.HOLDS_IF_UNKNOWN) if gap.value in raw]
    names = [name for name in raw if name != "fact" and name not in {gap.value for gap in gaps}]
    if len(names) != 1 or names[0] not in {operator.value for operator in Operator}:
        raise ContentError(f"{place}: {fact.id} needs exactly one comparison; here: {', '.join(names) or 'none'}")
    if len(gaps) > 1 or any(raw[gap.value] is not True for gap in gaps):
        raise ContentError(f"{place}: {fact.id}: say or_unknown: true or or_not_sure: true, or leave both out")
    operator = Operator(names[0])
    if operator not in _OPERATORS[fact.kind] and raw[operator.value] != NOT_SURE:
        raise ContentError(f"{place}: {fact.id} is a {fact.kind.value} and cannot be compared with {operator.value}")
    values = _parse_values(fact, operator, raw[operator.value], place)
    return Test(fact.id, operator, values, gaps[0] if gaps else Gap.UNDECIDED)


def _parse_values(fact: Fact, operator: Operator, raw: Any, place: str) -> tuple[FactValue, ...]:
    if raw == NOT_SURE:
        if operator is not Operator.IS or fact.id in SCREEN_FACTS:
            raise ContentError(f"{place}: {fact.id}: not_sure goes with 'is', and never with an emergency screen")
        return (NOT_SURE,)
    listed = raw if isinstance(raw, list) else [raw]
    many = operator in (Operator.IS, Operator.INCLUDES, Operator.EXCLUDES)
    if not listed or NOT_SURE in listed or (len(listed) > 1 and not many):
        raise ContentError(f"{place}: {fact.id}: {raw!r} is not a value to compare with")
    values: list[FactValue] = []
    for value in listed:
        try:
            parsed = parse_fact(fact.id, [value] if fact.kind is FactKind.SET else value)
        except ValueError as error:
            raise ContentError(f"{place}: {error}") from error
        values.extend(parsed if isinstance(parsed, tuple) else (parsed,))
    return tuple(values)
