"""The state of one conversation, read from and written to Rasa's slots."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hip.assessment import FACTS, Facts, FactValue, parse_fact

#: Slots beside the facts; ``domain.yml`` declares them.
PROGRESS_SLOT = "progress"
CARE_LEVEL_SLOT = "care_level"
REFERENCE_SLOT = "reference"
CLARIFYING_SLOT = "clarifying"


@dataclass(frozen=True)
class Progress:
    """How far the assessment has come.

    Attributes:
        asked: question id to how often it was put.
        attempts: question id to how many messages tried to answer it.
        answered: questions the person has answered as far as they will, though some of their facts stay unknown.
        misunderstood: messages in a row that could not be used.
        known: the facts as they stood after the last turn, to see what a message changed.
        confirmed: the answers were read back.
        order: the questions put, oldest first, for going back.
        doubted: emergency signs that were taken back; the first is being asked about once more.
        skipped: details for the summary that the person would not give.
        reopened: a correction after the result took it back, so the assessment goes on where it has to.
    """

    asked: Mapping[str, int] = field(default_factory=dict)
    attempts: Mapping[str, int] = field(default_factory=dict)
    answered: frozenset[str] = frozenset()
    misunderstood: int = 0
    known: Facts = field(default_factory=dict)
    confirmed: bool = False
    order: tuple[str, ...] = ()
    doubted: tuple[str, ...] = ()
    skipped: frozenset[str] = frozenset()
    reopened: bool = False

    @classmethod
    def from_slot(cls, raw: Any) -> Progress:
        """Read the slot; anything that is not a progress, such as an empty slot, is a fresh start."""
        if not isinstance(raw, Mapping):
            return cls()
        return cls(
            asked=_counts(raw.get("asked")),
            attempts=_counts(raw.get("attempts")),
            answered=frozenset(map(str, raw.get("answered", ()))),
            misunderstood=int(raw.get("misunderstood", 0)),
            known=facts_from_slots(raw.get("known", {})),
            confirmed=bool(raw.get("confirmed", False)),
            order=tuple(map(str, raw.get("order", ()))),
            doubted=tuple(map(str, raw.get("doubted", ()))),
            skipped=frozenset(map(str, raw.get("skipped", ()))),
            reopened=bool(raw.get("reopened", False)),
        )

    def as_slot(self) -> dict[str, Any]:
        """The slot's JSON value."""
        return {
            "asked": dict(self.asked),
            "attempts": dict(self.attempts),
            "answered": sorted(self.answered),
            "misunderstood": self.misunderstood,
            "known": {fact_id: as_json(value) for fact_id, value in self.known.items()},
            "confirmed": self.confirmed,
            "order": list(self.order),
            "doubted": list(self.doubted),
            "skipped": sorted(self.skipped),
            "reopened": self.reopened,
        }

    def putting(self, question: str) -> Progress:
        """The progress after this question is put."""
        order = self.order if self.order[-1:] == (question,) else (*self.order, question)
        return replace(self, asked={**self.asked, question: self.asked.get(question, 0) + 1}, order=order)


@dataclass(frozen=True)
class Clarifying:
    """What is and was asked about possible red flags.

    Attributes:
        fact: id of the fact that is being asked about; None when none is.
        explained: whether it was said once why this is asked; the next message without an answer counts as yes.
        denied: facts that were answered with no; they are not asked about again.
    """

    fact: str | None = None
    explained: bool = False
    denied: frozenset[str] = frozenset()

    @classmethod
    def from_slot(cls, raw: Any) -> Clarifying:
        """Read the slot; anything else, such as an empty slot, is a fresh start."""
        if not isinstance(raw, Mapping):
            return cls()
        fact = raw.get("fact")
        denied = frozenset(map(str, raw.get("denied") or ()))
        return cls(str(fact) if fact in FACTS else None, bool(raw.get("explained")), denied)

    def as_slot(self) -> dict[str, Any]:
        """The slot's JSON value."""
        return {"fact": self.fact, "explained": self.explained, "denied": sorted(self.denied)}


def _counts(raw: Any) -> dict[str, int]:
    return {str(key): int(times) for key, times in raw.items()} if isinstance(raw, Mapping) else {}


def as_json(value: FactValue) -> Any:
    """A fact's value as JSON knows it: a set as a list."""
    return list(value) if isinstance(value, tuple) else value


def facts_from_slots(slots: Mapping[str, Any]) -> dict[str, FactValue]:
    """The facts held by slots.

    A value that does not fit its fact (it can only come from outside, such as a forged payload) is left out, so the
    fact is unknown and is asked again: unknown is never "no".
    """
    facts: dict[str, FactValue] = {}
    for fact_id in FACTS:
        value = slots.get(fact_id)
        if value is None:
            continue
        try:
            facts[fact_id] = parse_fact(fact_id, value)
        except ValueError:
            continue
    return facts
