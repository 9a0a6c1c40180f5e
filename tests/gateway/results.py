"""Results of assessments, for tests that need one to have been given."""

from __future__ import annotations

from dataclasses import dataclass

from hip.triage.levels import CareLevel

REFERENCE = "HIP-6R4C-5NMH"


@dataclass(frozen=True)
class Fired:
    id: str
    level: CareLevel
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Result:
    level: CareLevel
    fired: tuple[Fired, ...]


CONSULTATION = Result(CareLevel.CONSULTATION, (Fired("T1", CareLevel.CONSULTATION, ("article",)),))
EMERGENCY = Result(CareLevel.EMERGENCY_AMBULANCE, (Fired("R1a", CareLevel.EMERGENCY_AMBULANCE, ("nhs_111",)),))
