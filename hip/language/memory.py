"""Puts what a message says together with what was said before."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from hip.assessment import EMERGENCY_SCREENS, FACTS, NOT_SURE, FactKind, FactValue, parse_fact
from hip.language.corrections import apply_correction
from hip.language.labels import Choices, load_choices
from hip.language.positions import resolve
from hip.language.reading import FactReading


def recall(reading: FactReading, known: Mapping[str, Any]) -> tuple[dict[str, FactValue], frozenset[str]]:
    """The facts to keep of a message.

    Nothing said before is lost to what a message only implies: "none of these" to the rest of a checklist does not
    take back what was told, and "not sure" does not undo an answer. What is mentioned again replaces what was said, but
    a list of things tried grows unless the message corrects. "The second one" is the second of the points that were
    still open, "the other one" the other side than the one known, and a relative's illness the patient's once that
    relative is the patient.

    Args:
        reading: what the message says.
        known: fact id to the value of its slot; None when unknown.

    Returns:
        The facts, and the ids of those the person does not know.
    """
    said, implied, open_facts = _placed(reading, known)
    if known.get("respondent") == "someone_else":
        said = {**reading.of_relative, **said}
    if reading.correction is not None:
        said |= apply_correction(reading.correction, known)
    facts: dict[str, FactValue] = {}
    for fact_id, value in said.items():
        before = known.get(fact_id)
        if fact_id in implied and before is not None:
            continue
        if FACTS[fact_id].kind is FactKind.SET and isinstance(before, list | tuple) and not reading.corrects:
            value = parse_fact(fact_id, [*before, *value] if isinstance(value, tuple) else before)
        facts[fact_id] = value
    unsure = frozenset(fact_id for fact_id in open_facts if known.get(fact_id) in (None, NOT_SURE))
    return facts, unsure


def find_withdrawn(facts: Mapping[str, FactValue], known: Mapping[str, Any]) -> frozenset[str]:
    """Emergency facts that were told before and that a message now denies, such as "actually I can walk on it".

    One of these is read back once before it is cleared (rules.md, section 7, correction).

    Args:
        facts: what ``recall`` keeps of the message.
        known: fact id to the value of its slot, before the message.
    """
    return frozenset(
        fact_id
        for fact_id, value in facts.items()
        if value is False and known.get(fact_id) is True and FACTS[fact_id].question in EMERGENCY_SCREENS
    )


def _placed(
    reading: FactReading, known: Mapping[str, Any]
) -> tuple[dict[str, FactValue], frozenset[str], frozenset[str]]:
    """Facts, implied and unsure ids, with places counted among the points that were still open and so shown."""
    positions = reading.positions
    options = _choices().get(positions.question, Choices()).options if positions else ()
    shown = [option for option in options if known.get(option.fact) is None]
    if positions is None or not shown or len(shown) == len(options):
        return dict(reading.facts), reading.implied, reading.unsure
    said = {fact_id: value for fact_id, value in reading.facts.items() if fact_id not in reading.by_position}
    resolved = resolve(positions, shown)
    if resolved is None:  # they count the points of the whole list, or miscounted: the question comes again
        return said, reading.implied - reading.by_position, reading.unsure - reading.by_position
    rest = {fact_id: value for fact_id, value in resolved.rest.items() if fact_id not in said}
    unsure = (reading.unsure - reading.by_position) | resolved.unsure
    return {**rest, **said, **resolved.facts}, (reading.implied - reading.by_position) | rest.keys(), unsure


@cache
def _choices() -> Mapping[str, Choices]:
    return load_choices()
