"""The example sentences of red flags, and which facts are red flags at all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hip.assessment import FACTS, FactKind, FactValue
from hip.content import CLINIC, ContentError, read_content
from hip.language.nearness import Thresholds
from hip.triage.engine import assess
from hip.triage.rulebook import Rulebook

EXAMPLES_FILE: Final = "red_flag_examples.yml"
SCHEMA: Final = "red_flag_examples"
#: An adult whose age alone raises nothing (clinical rules, R1b and R10).
_ADULT: Final[Mapping[str, FactValue]] = {"age": 40}


@dataclass(frozen=True)
class RedFlagExamples:
    """``clinic/red_flag_examples.yml``.

    Attributes:
        red: each example sentence with its fact.
        harmless: sentences that resemble red flags and are none.
        thresholds: from where on a text is near.
    """

    red: tuple[tuple[str, str], ...]
    harmless: tuple[str, ...]
    thresholds: Thresholds


def load_examples(folder: Path = CLINIC) -> RedFlagExamples:
    """Read the example sentences.

    Raises:
        ContentError: naming the fact or sentence that is there twice, or what breaks the schema.
    """
    content = read_content(EXAMPLES_FILE, SCHEMA, folder)
    entries = content["facts"]
    red = tuple((sentence, entry["fact"]) for entry in entries for sentence in entry["examples"])
    harmless = (*(sentence for entry in entries for sentence in entry["harmless"]), *content["harmless"])
    for kind, names in (
        ("fact", [entry["fact"] for entry in entries]),
        ("sentence", [sentence.casefold() for sentence in (*(sentence for sentence, _ in red), *harmless)]),
    ):
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ContentError(f"{folder / EXAMPLES_FILE}: {kind} is there twice: {', '.join(twice)}")
    return RedFlagExamples(red, harmless, Thresholds(**content["thresholds"]))


def find_red_flags(rules: Rulebook) -> tuple[str, ...]:
    """The facts that a possible red flag may be, by the rules themselves.

    A yes-or-no fact that gives an adult an urgent level when nothing else is known; and one that no question asks for,
    if it makes the level more urgent beside one other answer. What a question asks of everybody anyway and what only
    matters beside a red flag, such as a hip replacement, needs no question of its own.
    """
    return tuple(
        fact.id
        for fact in FACTS.values()
        if fact.kind is FactKind.BOOL
        and (_raises(rules, fact.id, {}) or (fact.question is None and _raises_beside_another(rules, fact.id)))
    )


def _raises_beside_another(rules: Rulebook, fact_id: str) -> bool:
    others = [
        {fact.id: value}
        for fact in FACTS.values()
        if fact.id not in (fact_id, *_ADULT)
        for value in ((True,) if fact.kind is FactKind.BOOL else fact.values if fact.kind is FactKind.CHOICE else ())
    ]
    return any(_raises(rules, fact_id, other) for other in others)


def _raises(rules: Rulebook, fact_id: str, others: Mapping[str, FactValue]) -> bool:
    """Whether the fact makes the level urgent, or more urgent than it is without it."""
    before = assess(rules, {**_ADULT, **others}).level
    after = assess(rules, {**_ADULT, **others, fact_id: True}).level
    return after is not None and after.urgent and (before is None or after.outranks(before))


def check_facts(examples: RedFlagExamples, rules: Rulebook) -> frozenset[str]:
    """The facts that are red flags, after checking that these have examples and nothing else has.

    Raises:
        ContentError: when the file and the rules disagree, naming the facts.
    """
    ours, theirs = {fact for _, fact in examples.red}, frozenset(find_red_flags(rules))
    if ours != theirs:
        raise ContentError(
            f"clinic/{EXAMPLES_FILE}: by the rules these need examples: {', '.join(sorted(theirs - ours)) or 'none'}; "
            f"and these are no red flags: {', '.join(sorted(ours - theirs)) or 'none'}"
        )
    return theirs
