"""What goes into the records and what comes out of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Protocol

from hip.assessment import FactValue
from hip.content import CLINIC, ContentError
from hip.handover.reference import parse_reference
from hip.triage.levels import CareLevel

#: Gives the present moment, with its time zone.
Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present moment in UTC."""
    return datetime.now(UTC)


class Status(Enum):
    """How an assessment stands."""

    OPEN = "open"
    FINISHED = "finished"  # with a care level
    DECLINED = "declined"  # no consent
    STOPPED = "stopped"  # by the person, before a care level


class FiredRuleLike(Protocol):
    """A rule that fired, as ``hip.triage`` gives it."""

    @property
    def id(self) -> str: ...

    @property
    def level(self) -> CareLevel: ...

    @property
    def sources(self) -> Sequence[str]: ...


class AssessmentLike(Protocol):
    """The outcome of the rules, as ``hip.triage`` gives it.

    Attributes:
        level: the care level; None while too little is known to give one.
        fired: the rules that fired, the deciding one first.
    """

    @property
    def level(self) -> CareLevel | None: ...

    @property
    def fired(self) -> Sequence[FiredRuleLike]: ...


@dataclass(frozen=True)
class Versions:
    """Which rules and which other clinic content were in force.

    Attributes:
        rules: version of ``clinic/rules.yml``.
        content: version of the clinic's other YAML files.
    """

    rules: str
    content: str

    @classmethod
    def of_folder(cls, folder: Path = CLINIC) -> Versions:
        """Fingerprints of the files as they are, which nobody can forget to raise.

        Returns:
            The first 16 hexadecimal digits of each SHA-256.

        Raises:
            ContentError: the folder has no ``rules.yml``.
        """
        rules = folder / "rules.yml"
        if not rules.is_file():
            raise ContentError(f"{rules}: is missing, so records cannot say which rules were in force")
        others = sorted(path for path in folder.rglob("*.yml") if path != rules)
        return cls(_fingerprint(folder, [rules]), _fingerprint(folder, others))


def _fingerprint(folder: Path, paths: Sequence[Path]) -> str:
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]


@dataclass(frozen=True)
class Handover:
    """What a person was handed over with.

    Attributes:
        reference: a code of ``hip.handover.reference``.
        services: ids of the clinic's services offered.

    Raises:
        ValueError: the reference is not a valid code.
    """

    reference: str
    services: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if parse_reference(self.reference) != self.reference:
            raise ValueError("hand-over: the reference is not a code as new_reference() gives it")


@dataclass(frozen=True)
class RecordedAnswer:
    """One value a fact had; ``value`` None means that it was taken back. ``superseded_at`` None: the latest."""

    fact_id: str
    value: FactValue | None
    question_id: str | None
    recorded_at: datetime
    superseded_at: datetime | None


@dataclass(frozen=True)
class RecordedRule:
    """One rule that fired; ``source`` names its sources, with commas between."""

    id: str
    level: CareLevel
    source: str


@dataclass(frozen=True)
class Record:
    """One assessment that was handed over, as staff look it up.

    Attributes:
        answers: the latest value of every fact that is known.
        history: every value recorded, corrections included, oldest first.
        rules: the rules that fired, the deciding one first.
        later_level: the care level of the conversation's last finished assessment, where that is a later one than
            this: a person who booked and then reported a red flag must not be taken for the routine case they were.
    """

    id: str
    reference: str
    services: tuple[str, ...]
    handed_over_at: datetime
    status: Status
    care_level: CareLevel
    started_at: datetime
    updated_at: datetime
    ended_at: datetime
    respondent: str | None
    versions: Versions
    answers: Mapping[str, FactValue]
    history: tuple[RecordedAnswer, ...]
    rules: tuple[RecordedRule, ...]
    later_level: CareLevel | None
