"""Puts what a message says together with what was said before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hip.assessment import FACTS, NOT_SURE, FactKind, FactValue, parse_fact
from hip.language.reading import FactReading


def recall(reading: FactReading, known: Mapping[str, Any]) -> tuple[dict[str, FactValue], frozenset[str]]:
    """The facts to keep of a message.

    Nothing said before is lost to what a message only implies: "none of these" to the rest of a checklist does not
    take back what was told, and "not sure" does not undo an answer. What is mentioned again replaces what was said, but
    a list of things tried grows unless the message corrects.

    Args:
        reading: what the message says.
        known: fact id to the value of its slot; None when unknown.

    Returns:
        The facts, and the ids of those the person does not know.
    """
    facts: dict[str, FactValue] = {}
    for fact_id, value in reading.facts.items():
        before = known.get(fact_id)
        if fact_id in reading.implied and before is not None:
            continue
        if FACTS[fact_id].kind is FactKind.SET and isinstance(before, list | tuple) and not reading.corrects:
            value = parse_fact(fact_id, [*before, *value] if isinstance(value, tuple) else before)
        facts[fact_id] = value
    unsure = frozenset(fact_id for fact_id in reading.unsure if known.get(fact_id) in (None, NOT_SURE))
    return facts, unsure
