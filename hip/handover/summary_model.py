"""What a summary of one handed-over assessment holds, whoever reads it and whatever file it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Final

from hip.assessment import FactKind, FactValue
from hip.handover.reference import parse_reference
from hip.records.record import Versions
from hip.triage.levels import CareLevel

DISCLAIMER: Final = (
    "An automated assistant wrote this from what was answered online. It is not a diagnosis, and nobody at the clinic "
    "has checked it yet."
)


class Reader(Enum):
    """Whom a summary is written for."""

    PERSON = "person"  # plain words and their reasons
    CLINICIAN = "clinician"  # rules with sources, every check, what would change the result


class State(Enum):
    """How a fact stands. Unknown is never the same as no."""

    TOLD = "told"
    DENIED = "denied"
    NOT_SURE = "not_sure"
    OPEN = "open"  # not asked, or not answered


@dataclass(frozen=True)
class Answer:
    """One fact.

    Attributes:
        fact: its id.
        kind: the type of its values.
        question: id of the question that asks for it; None for one that is only volunteered.
        topic: the short title of that question; empty without one.
        label: what it is called, in the clinic's words.
        value: None when it is not known.
        state: how it stands.
        words: label and value as one sentence.
        status: the value beside its label, as in a table.
    """

    fact: str
    kind: FactKind
    question: str | None
    topic: str
    label: str
    value: FactValue | None
    state: State
    words: str
    status: str


@dataclass(frozen=True)
class OwnMessage:
    """One message in the person's own words; ``asked`` is the title of the question it follows, if any."""

    said_at: datetime
    asked: str | None
    text: str


@dataclass(frozen=True)
class Correction:
    """A value that was told and then changed."""

    made_at: datetime
    label: str
    before: str
    after: str


@dataclass(frozen=True)
class SourceLine:
    """Where a rule comes from; ``title`` is the key itself when the rules no longer name it."""

    key: str
    title: str
    address: str | None


@dataclass(frozen=True)
class RuleLine:
    """A rule that fired; ``name`` and ``clinician`` are empty when it is no longer among the rules."""

    id: str
    level: CareLevel
    name: str
    clinician: str
    sources: tuple[SourceLine, ...]


@dataclass(frozen=True)
class ServiceLine:
    """A service that was offered, and its phone."""

    id: str
    name: str
    phone: str


@dataclass(frozen=True)
class Told:
    """What the person was told at a care level."""

    level: CareLevel
    title: str
    text: str
    safety_net: str


@dataclass(frozen=True)
class Summary:
    """One handed-over assessment.

    Attributes:
        reference: the hand-over code.
        started_at: when the assessment began.
        given_at: when the result was given.
        respondent: ``self`` or ``someone_else``; None when that was not told.
        result: care level and its texts.
        reasons: those that the person was told, the deciding one first.
        services: offered with the result.
        later: an urgent level that the person was told after this result; nothing may be booked then.
        answers: every fact that is known or was to be asked, in the order of asking.
        checks: the facts among them that matter before an injection.
        own_words: None when the messages are not kept here: another channel, or deleted.
        rules: those that fired, the deciding one first.
        counterfactuals: what would have to be otherwise for a less urgent result, a sentence each; None when that
            cannot be worked out, since the rules of today give these answers another level.
        corrections: oldest first.
        versions: the rules and texts in force at the time.
        wording_changed: whether they have been changed since, so that the wording here is newer than the result.

    Raises:
        ValueError: the reference is not a valid code. Files are named by it, so it can be nothing else.
    """

    reference: str
    started_at: datetime
    given_at: datetime
    respondent: str | None
    result: Told
    reasons: tuple[str, ...]
    services: tuple[ServiceLine, ...]
    later: Told | None
    answers: tuple[Answer, ...]
    checks: tuple[Answer, ...]
    own_words: tuple[OwnMessage, ...] | None
    rules: tuple[RuleLine, ...]
    counterfactuals: tuple[str, ...] | None
    corrections: tuple[Correction, ...]
    versions: Versions
    wording_changed: bool

    def __post_init__(self) -> None:
        if parse_reference(self.reference) != self.reference:
            raise ValueError("summary: the reference is not a code as new_reference() gives it")

    def in_state(self, state: State) -> tuple[Answer, ...]:
        """The answers that stand so."""
        return tuple(answer for answer in self.answers if answer.state is state)
