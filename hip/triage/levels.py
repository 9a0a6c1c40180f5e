"""The nine care levels, most urgent first, and what each of them permits."""

from __future__ import annotations

from enum import Enum


class CareLevel(Enum):
    """Where a person is sent. The order of definition is the order of urgency."""

    EMERGENCY_AMBULANCE = "emergency_ambulance"
    MENTAL_HEALTH_CRISIS = "mental_health_crisis"
    EMERGENCY_DEPARTMENT = "emergency_department"
    SAME_DAY = "same_day"
    GP_SOON = "gp_soon"
    CLINICIAN_REVIEW = "clinician_review"
    CONSULTATION = "consultation"
    FIRST_LINE_CARE = "first_line_care"
    OUT_OF_SCOPE = "out_of_scope"

    @property
    def rank(self) -> int:
        """Place in the order of urgency; 0 is the most urgent."""
        return _RANKS[self]

    @property
    def urgent(self) -> bool:
        """Whether care is needed today, so that no link of the clinic may stand beside it."""
        return self.rank <= CareLevel.SAME_DAY.rank

    @property
    def interrupts(self) -> bool:
        """Whether the assessment ends as soon as this level is known, whatever was being asked."""
        return self.rank <= CareLevel.EMERGENCY_DEPARTMENT.rank

    @property
    def routine(self) -> bool:
        """Whether the level is given only when no red flag and no caution gave another."""
        return self.rank >= CareLevel.CONSULTATION.rank

    def outranks(self, other: CareLevel) -> bool:
        """Whether this level is more urgent than the other."""
        return self.rank < other.rank


_RANKS = {level: rank for rank, level in enumerate(CareLevel)}
