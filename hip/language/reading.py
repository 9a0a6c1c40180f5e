"""What was understood of one message: the contract between the fact reader, the Rasa components and the dialogue."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum

from hip.assessment import FactValue
from hip.language.corrections import Correction
from hip.language.positions import Positions


class Answer(Enum):
    """What a short answer says to the question just asked, as a whole."""

    YES = "yes"
    NO = "no"
    NOT_SURE = "not_sure"
    SKIP = "skip"


@dataclass(frozen=True)
class FactReading:
    """The facts of one message.

    Attributes:
        facts: fact id to value, as said; explicit negatives as false; never ``NOT_SURE``.
        unsure: ids of facts the person says they do not know, such as every fact of the screen just asked after
            "not sure".
        answer: what the message says to the whole question just asked, when it is such an answer.
        implied: ids among ``facts`` that were not mentioned but follow from an answer to the whole question, such as
            the points of a checklist after "none of these"; they say nothing about what was told before.
        corrects: the wording takes back or changes something said before ("I meant", "scrap that", "not the left").
        positions: points of the checklist just asked that were named by their place; ``facts`` already holds them, as
            if the whole list had been shown.
        by_position: ids among ``facts`` that rest on a place alone.
        correction: a change to what was said before that cannot be made without it ("the other one", "I meant weeks").
        of_relative: facts told of a relative; they count when that relative is known to be the patient.
    """

    facts: Mapping[str, FactValue] = field(default_factory=dict)
    unsure: frozenset[str] = frozenset()
    answer: Answer | None = None
    implied: frozenset[str] = frozenset()
    corrects: bool = False
    positions: Positions | None = None
    by_position: frozenset[str] = frozenset()
    correction: Correction | None = None
    of_relative: Mapping[str, FactValue] = field(default_factory=dict)
