"""Short names of the care levels for staff, where the whole title of ``clinic/rules.yml`` would not fit."""

from __future__ import annotations

from typing import Final

from hip.triage.levels import CareLevel

LEVEL_NAMES: Final = {
    CareLevel.EMERGENCY_AMBULANCE.value: "Call 999",
    CareLevel.MENTAL_HEALTH_CRISIS.value: "Mental health crisis",
    CareLevel.EMERGENCY_DEPARTMENT.value: "A&E now",
    CareLevel.SAME_DAY.value: "Help the same day",
    CareLevel.GP_SOON.value: "GP soon",
    CareLevel.CLINICIAN_REVIEW.value: "Clinician looks first",
    CareLevel.CONSULTATION.value: "Hip consultation",
    CareLevel.FIRST_LINE_CARE.value: "First steps",
    CareLevel.OUT_OF_SCOPE.value: "Not for this clinic",
}
